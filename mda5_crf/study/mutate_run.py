"""Plays the mutants of checks and ranges in their scenes: which changes does no scene notice?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from mda5_crf.errors import CrfError
from mda5_crf.study import logic
from mda5_crf.study.case_files import Notes
from mda5_crf.study.case_target import SOFT, UNDECIDED
from mda5_crf.study.cases_run import Outcome, Report
from mda5_crf.study.expression import Closure, Expression, ExpressionError, parse
from mda5_crf.study.model import Range
from mda5_crf.study.mutate import mutants
from mda5_crf.study.operand import Operand
from mda5_crf.study.scope import Scope

Fires = Callable[[Scope], bool]


@dataclass(frozen=True, slots=True)
class Trial:
    """One mutant of a check or range. ``compiled`` gives what says whether it fires in a scene; None when
    the mutant is not in the language.
    """

    outcome: Outcome
    name: str
    compiled: Callable[[], Fires | None]


@dataclass(frozen=True, slots=True)
class Result:
    """How many mutants were played, how many no scene noticed, and their problems."""

    tried: int
    survived: int
    notes: Notes


def survivors(report: Report, most: int | None = None, seed: str = "") -> Result:
    """Play the mutants of every check and range with good cases.

    ``most``: a sample of so many, the same for the same ``seed``; the lists of equivalent mutants are
    looked through only when all are played.
    """
    trials = [trial for outcome in report.outcomes if outcome.good for trial in trials_of(outcome)]
    if most is not None:
        trials = sorted(trials, key=lambda trial: _order(seed, trial))[:most]
    notes = Notes()
    tried = survived = 0
    living: dict[int, set[str]] = {}
    for outcome, mine in _by_outcome(trials):
        count, alive = _played(outcome, mine)
        tried += count
        living[id(outcome)] = set(alive)
        for name in alive:
            if not any(name in case.equivalent for case in outcome.cases):
                survived += 1
                place = outcome.cases[0].place
                notes.say(place, "cases.survivor", check=outcome.target.name, mutant=name)
    if most is None:
        _look_through(report.outcomes, living, notes)
    return Result(tried, survived, notes)


def _by_outcome(trials: Sequence[Trial]) -> Iterator[tuple[Outcome, list[Trial]]]:
    found: dict[int, list[Trial]] = {}
    for trial in trials:
        found.setdefault(id(trial.outcome), []).append(trial)
    for mine in found.values():
        yield mine[0].outcome, mine


def _order(seed: str, trial: Trial) -> bytes:
    text = f"{seed} {trial.outcome.target.name} {trial.name}"
    return hashlib.sha256(text.encode()).digest()


def _played(outcome: Outcome, trials: Sequence[Trial]) -> tuple[int, list[str]]:
    """How many of the mutants are in the language, and those that no scene notices.

    Scene by scene, not mutant by mutant: what a scene has computed is kept for the next mutant.
    """
    compiled = [(trial.name, trial.compiled()) for trial in trials]
    alive = [(name, play) for name, play in compiled if play is not None]
    tried = len(alive)
    for scene, stage in outcome.stages:
        scope = stage.scope
        alive = [(name, play) for name, play in alive if _plays(play, scope) is scene.fires]
    return tried, [name for name, _ in alive]


def _plays(play: Fires, scope: Scope) -> bool | None:
    """Whether a mutant fires; None for one that cannot be evaluated here, which is noticed."""
    try:
        return play(scope)
    except (CrfError, ArithmeticError, LookupError, TypeError, ValueError):
        return None


def _look_through(outcomes: Sequence[Outcome], living: dict[int, set[str]], notes: Notes) -> None:
    """What is listed as equivalent must survive, or the list is out of date."""
    for outcome in outcomes:
        for case in outcome.cases if outcome.good else ():
            for name in case.equivalent:
                if name not in living.get(id(outcome), ()):
                    notes.say(case.place, "cases.not_equivalent", check=outcome.target.name, mutant=name)


def trials_of(outcome: Outcome) -> Iterator[Trial]:
    """Every mutant of a check or range."""
    target = outcome.target
    if target.check is not None:
        for mutant in mutants(target.check.fires.source):
            yield Trial(outcome, mutant.name, partial(_check, mutant.source))
        return
    limits = target.range
    if limits is None or target.kind == UNDECIDED:
        return
    assert target.item is not None
    hard = target.item.hard if target.kind == SOFT else None
    for name, change in _ranges(limits):
        yield Trial(outcome, name, partial(_range, target.item.name, hard, change))


def _check(source: str) -> Fires | None:
    changed = _compiled(source)
    return None if changed is None else lambda scope: changed(scope) is True


def _compiled(source: str) -> Closure | None:
    try:
        return parse(source).evaluate
    except ExpressionError:
        return None


@dataclass(frozen=True, slots=True)
class _Limits:
    """A range whose ends may be exclusive."""

    low: Closure | None
    high: Closure | None
    low_counts: bool = True
    high_counts: bool = True

    def broken(self, scope: Scope, data: Operand) -> bool:
        """True when ``data`` lies outside."""
        below = logic.less if self.low_counts else logic.at_most
        above = logic.greater if self.high_counts else logic.at_least
        return (self.low is not None and below(data, self.low(scope)) is True) or (
            self.high is not None and above(data, self.high(scope)) is True
        )


def _closure(end: Expression | None) -> Closure | None:
    return None if end is None else end.evaluate


Change = Callable[[], "_Limits | None"]


def _ranges(limits: Range) -> Iterator[tuple[str, Change]]:
    """The mutants of the ends that are expressions; numbers are compared with the table of limits."""
    low, high = _closure(limits.low), _closure(limits.high)
    if limits.low is not None and not limits.low.constant:
        yield f"> {limits.low.source}", lambda: _Limits(low, high, low_counts=False)
        yield f"no limit {limits.low.source}", lambda: _Limits(None, high)
        for mutant in mutants(limits.low.source):
            yield f">= {mutant.name}", partial(_changed, mutant.source, None, high)
    if limits.high is not None and not limits.high.constant:
        yield f"< {limits.high.source}", lambda: _Limits(low, high, high_counts=False)
        yield f"no limit {limits.high.source}", lambda: _Limits(low, None)
        for mutant in mutants(limits.high.source):
            yield f"<= {mutant.name}", partial(_changed, mutant.source, low, None, is_high=True)


def _changed(
    source: str, low: Closure | None, high: Closure | None, *, is_high: bool = False
) -> _Limits | None:
    changed = _compiled(source)
    if changed is None:
        return None
    return _Limits(low, changed) if is_high else _Limits(changed, high)


def _range(item: str, hard: Range | None, change: Change) -> Fires | None:
    limits = change()
    outside = None if hard is None else _Limits(_closure(hard.low), _closure(hard.high))
    if limits is None:
        return None

    def fires(scope: Scope) -> bool:
        value = scope.whole(item)
        if value is None or value.data is None or (outside is not None and outside.broken(scope, value.data)):
            return False
        return limits.broken(scope, value.data)

    return fires
