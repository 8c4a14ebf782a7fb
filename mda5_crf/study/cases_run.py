"""Runs cases: does every check fire where it should, and stay silent where it should?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mda5_crf.errors import CrfError, Problem
from mda5_crf.study import findings
from mda5_crf.study import values as reading
from mda5_crf.study.case_files import Notes
from mda5_crf.study.case_scene import Builder, Stage
from mda5_crf.study.case_target import SOFT, UNDECIDED, Target, wanted
from mda5_crf.study.cases import Case, Scene
from mda5_crf.study.model import Study
from mda5_crf.study.scope import Scope
from mda5_crf.text import both, message


@dataclass(slots=True)
class Outcome:
    """What the scenes of one check or range showed. ``stages``: scenes that could be played."""

    target: Target
    cases: list[Case] = field(default_factory=list)
    stages: list[tuple[Scene, Stage]] = field(default_factory=list)
    wrong: list[tuple[Scene, Stage]] = field(default_factory=list)
    fires: int = 0
    holds: int = 0

    @property
    def good(self) -> bool:
        """At least one scene of each sort, and none that is wrong."""
        return bool(self.fires and self.holds) and not self.wrong


@dataclass(slots=True)
class Report:
    """All outcomes, and what is wrong with scenes. ``files`` of the problems are those of the cases."""

    outcomes: list[Outcome]
    notes: Notes

    @property
    def scenes(self) -> int:
        """How many scenes were played."""
        return sum(len(outcome.stages) for outcome in self.outcomes)

    @property
    def proved(self) -> int:
        """How many checks and ranges have good cases."""
        return sum(outcome.good for outcome in self.outcomes)


def fires(stage: Stage) -> bool:
    """Whether the check or range of a scene fires in it."""
    target = stage.target
    if target.check is not None:
        return target.check.fires.evaluate(stage.scope) is True
    return _range_fires(stage.scope, target)


def _range_fires(scope: Scope, target: Target) -> bool:
    assert target.item is not None
    assert target.range is not None
    name = target.item.name
    plan = scope.context.plan.by_name[name]
    value = scope.whole(name)
    if value is None or value is reading.EMPTY:
        return False
    oid = f"{target.range.oid}.{UNDECIDED}" if target.kind == UNDECIDED else target.range.oid
    severity = "soft" if target.kind == SOFT else "query" if target.kind == UNDECIDED else "hard"
    found = findings.of_item(scope, plan, value)
    return any(one.check == oid and one.severity == severity for one in found)


def run(study: Study, cases: Iterable[Case], targets: Iterable[Target] | None = None) -> Report:
    """Play all scenes. ``targets``: what must have cases, otherwise everything of the definition.

    Every problem is in the report: scenes that cannot be built, that are wrong, checks without scenes.
    """
    notes = Notes()
    builder = Builder(study, notes)
    outcomes = {(one.form, one.oid): Outcome(one) for one in (wanted(study) if targets is None else targets)}
    for case in cases:
        key = (case.target.form, case.target.oid)
        outcome = outcomes.setdefault(key, Outcome(case.target))
        outcome.cases.append(case)
        for scene in case.scenes:
            _play(outcome, builder, (case, scene), notes)
    for outcome in outcomes.values():
        _judge(outcome, notes)
    return Report(list(outcomes.values()), notes)


def _play(outcome: Outcome, builder: Builder, one: tuple[Case, Scene], notes: Notes) -> None:
    name, (case, scene) = outcome.target.name, one
    try:
        stage = builder.stage(case, scene)
        if stage is None:
            return
        fired = fires(stage)
    except (CrfError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        notes.say(scene.place, "cases.cannot_run", check=name, why=both(type(error).__name__))
        return
    outcome.stages.append((scene, stage))
    if fired is not scene.fires:
        outcome.wrong.append((scene, stage))
        notes.say(scene.place, "cases.does_not_fire" if scene.fires else "cases.does_not_hold", check=name)
    elif fired:
        outcome.fires += 1
    else:
        outcome.holds += 1


def _judge(outcome: Outcome, notes: Notes) -> None:
    """A check needs both sorts of scenes; wrong ones are named already."""
    target = outcome.target
    file = f"cases/{target.form}.toml"
    for count, expected, code in (
        (outcome.fires, True, "cases.no_fires"),
        (outcome.holds, False, "cases.no_holds"),
    ):
        if not count and not any(scene.fires is expected for scene, _ in outcome.wrong):
            notes.take([Problem(message(code, check=target.name), file)])
