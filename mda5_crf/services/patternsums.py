"""Looks through the values of all participants for what is unlike the others. Pure; accuses nobody.

Each participant is compared with all the others of the same data, so habits of a ward or a device show with
nobody. A pattern counts when its chance is below :data:`NOTABLE`, and adds minus its decimal logarithm to the
score, at most :data:`MOST`.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from math import ceil, log10
from statistics import median
from typing import Final

from mda5_crf.services.patternmodel import Case, Chosen, Looked, Reason, Seen
from mda5_crf.services.patterntests import at_least, digits, shares
from mda5_crf.text import message

NOTABLE: Final = 0.01
MOST: Final = 6.0
FEW_DIGITS: Final = 20
"""So many numbers a participant needs before the last digits say anything."""
OTHERS: Final = 50
"""So many numbers of others an item needs before its own habit of digits is the measure."""
VECTOR: Final = 4
"""So many measured numbers a form needs before two with the same ones are no accident."""
FAST_FORM: Final = 10
"""So many answers a form needs before its keying is timed."""
FAST: Final = 4.0
"""So many times faster than the others' median is notable."""
LEAST: Final = 0.5
"""Seconds an answer: a median below is of data that nobody keyed, and says nothing of speed."""
FEW_TEXTS: Final = 5
COMMON: Final = 0.3
"""A quantity of which one value makes up more than this part of at least so many says nothing of anybody."""
NIGHT: Final = range(5, 22)
"""Hours of the day; outside it is night."""
BEFORE_CLOSING: Final = timedelta(hours=24)
REPEATS: Final = 4
"""So many values of an item a participant needs before they can vary too little."""
FLAT: Final = 0.05
"""The least varying part of all participants, of each item."""
_FLOOR: Final = 0.01
"""No share of others is taken to be less: of a hundred participants none may do what one lawfully does."""

Progress = Callable[[int, int], None]


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


def look(cases: Sequence[Case], *, sample: int = 5, seed: int = 1, progress: Progress = _nobody) -> Seen:
    """Compare every participant with all others. What ``progress`` raises ends the work."""
    cases = telling(cases)
    facts = _Facts(cases)
    found: list[tuple[float, Case, tuple[Reason, ...]]] = []
    tried = 0
    for number, case in enumerate(cases):
        progress(number, len(cases))
        reasons: list[Reason] = []
        for test in _TESTS:
            told = test(facts, case)
            tried += told is not None
            if told is not None and told.weight > 0:
                reasons.append(told)
        reasons.sort(key=lambda one: (-one.weight, one.pattern))
        found.append((sum(one.weight for one in reasons), case, tuple(reasons)))
    progress(len(cases), len(cases))
    found.sort(key=lambda one: (-one[0], one[1].subjid, one[1].identity))
    looked = tuple(
        Looked(
            rank, case.identity, case.subjid, case.site, round(score, 2), reasons, len(case.readings),
            len(case.visits),
        )
        for rank, (score, case, reasons) in enumerate(found, 1)
    )  # fmt: skip
    return Seen(looked, propose(looked, sample, seed), seed, tried, round(NOTABLE * tried, 1))


def propose(looked: Sequence[Looked], count: int, seed: int) -> tuple[Chosen, ...]:
    """Half by score (only those with a reason), the rest drawn from all others.

    The drawing depends on ``seed`` and on who takes part, on nothing else: anybody can repeat it.
    """
    count = min(max(count, 0), len(looked))
    first = [one.subjid for one in looked[: ceil(count / 2)] if one.reasons]
    rest = sorted(one.subjid for one in looked if one.subjid not in first)
    whose = sha256("\n".join(sorted(one.subjid for one in looked)).encode()).hexdigest()
    drawing = random.Random(f"{seed} {whose}")  # noqa: S311 - a sample that must be repeatable, no secret
    drawn = sorted(drawing.sample(rest, count - len(first)))
    return (*(Chosen(one, drawn=False) for one in first), *(Chosen(one, drawn=True) for one in drawn))


def telling(cases: Sequence[Case]) -> list[Case]:
    """The same without quantities that hardly differ: limits of a laboratory, doses, zeros of a scale.

    Equal limits are no copied values, and their last digits are nobody's habit.
    """
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        for one in case.readings:
            texts[one.item][one.text.strip()] += 1
    dull = {
        item
        for item, counted in texts.items()
        if counted.total() >= FEW_TEXTS and counted.most_common(1)[0][1] > COMMON * counted.total()
    }
    return [replace(case, readings=tuple(r for r in case.readings if r.item not in dull)) for case in cases]


class _Facts:
    """What all participants together have, so that each can be compared with the rest."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.digits: dict[str, Counter[int]] = defaultdict(Counter)
        self.own_digits: dict[str, dict[str, Counter[int]]] = {}
        self.vectors: dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[str, str]]] = defaultdict(list)
        self.spreads: dict[str, dict[str, Fraction]] = defaultdict(dict)
        self.speeds: dict[str, list[float]] = defaultdict(list)
        self.totals: Counter[str] = Counter()
        self.counts: dict[str, dict[str, tuple[int, int]]] = {}
        for case in cases:
            own: dict[str, Counter[int]] = defaultdict(Counter)
            by_item: dict[str, list[Decimal]] = defaultdict(list)
            for one in case.readings:
                own[one.item][int(one.text.strip()[-1])] += 1
                by_item[one.item].append(one.number)
            self.own_digits[case.identity] = own
            for item, counted in own.items():
                self.digits[item].update(counted)
            for item, numbers in by_item.items():
                if len(numbers) >= REPEATS:
                    self.spreads[item][case.identity] = _variance(numbers)
            for place, form, vector in vectors_of(case):
                self.vectors[form, vector].append((case.identity, place))
            for place, seconds, _ in speeds_of(case):
                self.speeds[_form(place)].append(seconds)
            self.counts[case.identity] = dict(_shares_of(case))
            for name, (count, of) in self.counts[case.identity].items():
                self.totals[name] += count
                self.totals[f"{name} of"] += of
        self.order = {item: sorted(one.values()) for item, one in self.spreads.items()}
        self.usual = {form: median(found) for form, found in self.speeds.items()}

    def others(self, case: Case, name: str) -> float:
        """The share of all others."""
        count, of = self.counts[case.identity][name]
        rest = self.totals[f"{name} of"] - of
        return max((self.totals[name] - count) / rest if rest else 0.0, _FLOOR)


def _shares_of(case: Case) -> Iterator[tuple[str, tuple[int, int]]]:
    """Plain shares: name → how many of how many."""
    visits = case.visits
    yield "weekend", (sum(one.off for one in visits), len(visits))
    planned = [one for one in visits if one.planned is not None]
    yield "planned", (sum(one.day == one.planned for one in planned), len(planned))
    by_form: dict[str, list[bool]] = defaultdict(list)
    changed: set[str] = set()
    for one in case.keyed:
        by_form[one.place].append(one.at.hour not in NIGHT)
        if one.changed:
            changed.add(one.place)
    # Forms, not answers: those of one sitting come together and would count many times.
    yield "night", (sum(any(late) for late in by_form.values()), len(by_form))
    yield "corrected", (len(changed), len(by_form))
    last = 0
    if case.closed is not None:
        begin = case.closed - BEFORE_CLOSING
        last = len({one.place for one in case.keyed if one.changed and begin <= one.at <= case.closed})
    yield "closing", (last, len(by_form) if case.closed is not None else 0)


def vectors_of(case: Case) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Place, form and all measured numbers of each form that has enough of them."""
    by_place: dict[str, dict[str, str]] = defaultdict(dict)
    for one in case.readings:
        by_place[one.place][f"{one.item}#{len(by_place[one.place])}"] = one.text.strip()
    for place, values in by_place.items():
        if len(values) >= VECTOR and len(set(values.values())) > 1:
            yield place, _form(place), tuple(sorted(values.items()))


def speeds_of(case: Case) -> Iterator[tuple[str, float, int]]:
    """Place, seconds an answer and number of answers of each form with enough of them, keyed in one sitting.

    Answers of one moment were pasted or imported together, and nobody keyed them: they count as one.
    """
    by_place: dict[str, list[float]] = defaultdict(list)
    for one in case.keyed:
        if not one.changed:
            by_place[one.place].append(one.at.timestamp())
    for place, times in by_place.items():
        moments = sorted(set(times))
        gaps = [after - before for before, after in pairwise(moments) if after - before < 120]
        if len(gaps) >= FAST_FORM - 1:
            yield place, sum(gaps) / len(gaps), len(gaps) + 1


def _form(place: str) -> str:
    return place.rpartition("/")[2].partition("[")[0]


def _variance(numbers: Sequence[Decimal]) -> Fraction:
    exact = [Fraction(one) for one in numbers]
    mean = sum(exact, Fraction(0)) / len(exact)
    return sum(((one - mean) ** 2 for one in exact), Fraction(0)) / (len(exact) - 1)


# -- the patterns --------------------------------------------------------------------------------------


def _reason(pattern: str, count: int, of: int, chance: float, **numbers: object) -> Reason:
    weight = min(MOST, -log10(max(chance, 1e-9))) if chance < NOTABLE else 0.0
    words = message(f"patterns.say_{pattern}", count=count, of=of, **numbers)
    return Reason(pattern, count, of, chance, weight, words)


def _digits(facts: _Facts, case: Case) -> Reason | None:
    counts = [0] * 10
    expected = [0.0] * 10
    for item, own in facts.own_digits[case.identity].items():
        rest = facts.digits[item] - own
        n = own.total()
        usual = shares(rest) if rest.total() >= OTHERS else (0.1,) * 10
        for digit in range(10):
            counts[digit] += own[digit]
            expected[digit] += n * usual[digit]
    n = sum(counts)
    if n < FEW_DIGITS:
        return None
    parts = [one / n for one in expected]
    digit = max(range(10), key=lambda one: counts[one] - n * parts[one])
    return _reason(
        "digits", counts[digit], n, digits(counts, parts), digit=digit, usual=f"{100 * parts[digit]:.0f}"
    )


def _copied(facts: _Facts, case: Case) -> Reason | None:
    total, same = 0, 0
    whom: set[str] = set()
    for _, form, vector in vectors_of(case):
        total += 1
        twins = facts.vectors[form, vector]
        if len(twins) > 1:
            same += 1
            whom.update(identity for identity, _ in twins if identity != case.identity)
    if not total:
        return None
    words = message("patterns.say_copied", count=same, of=total, others=len(whom))
    return Reason("copied", same, total, None, min(MOST, 3.0 * same), words)


def _fast(facts: _Facts, case: Case) -> Reason | None:
    found = list(speeds_of(case))
    if not found:
        return None
    quick = [
        seconds
        for place, seconds, _ in found
        if facts.usual[_form(place)] >= LEAST and seconds * FAST < facts.usual[_form(place)]
    ]
    fastest = f"{min(quick):.1f}" if quick else "–"
    weight = min(MOST, 1.5 * len(quick))
    words = message("patterns.say_fast", count=len(quick), of=len(found), seconds=fastest)
    return Reason("fast", len(quick), len(found), None, weight, words)


def _flat(facts: _Facts, case: Case) -> Reason | None:
    count = of = 0
    for item, by_case in facts.spreads.items():
        own = by_case.get(case.identity)
        order = facts.order[item]
        if own is None or len(order) < 1 / FLAT or not order[len(order) // 2]:
            continue
        of += 1
        count += sum(one <= own for one in order) <= FLAT * len(order)
    if not of:
        return None
    return _reason("flat", count, of, at_least(count, of, FLAT))


def _share(name: str) -> Callable[[_Facts, Case], Reason | None]:
    def test(facts: _Facts, case: Case) -> Reason | None:
        count, of = facts.counts[case.identity][name]
        if not of:
            return None
        others = facts.others(case, name)
        return _reason(name, count, of, at_least(count, of, others), usual=f"{100 * others:.0f}")

    return test


_TESTS: Final[tuple[Callable[[_Facts, Case], Reason | None], ...]] = (
    _digits,
    _copied,
    _fast,
    _flat,
    *(_share(name) for name in ("weekend", "planned", "night", "corrected", "closing")),
)
