"""Kaplan–Meier with Greenwood's variance and intervals on the log(−log) scale.

Kaplan & Meier, J Am Stat Assoc 1958;53:457–481; Kalbfleisch & Prentice 1980 for the scale, whose intervals
stay in 0–1. Whoever is censored on a day is still at risk on it. The median's interval is that of Brookmeyer
& Crowley (Biometrics 1982;38:29–41) on the same scale: the days at which the bands cross one half.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from mda5_crf.statistics.exact import CONTEXT, ONE, decimal, root
from mda5_crf.statistics.proportions import LEVEL
from mda5_crf.statistics.tails import normal_quantile

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Step:
    """A day on which somebody had the event. ``share``: surviving it; ``low``–``high`` None where the
    variance is not defined (nobody left).
    """

    day: int
    at_risk: int
    events: int
    share: Decimal
    error: Decimal | None
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Survival of ``n``. ``censored``: days of those without an event, sorted. ``median``: first day with a
    share of at most one half, None when it is not reached, and its interval likewise.
    """

    n: int
    events: int
    steps: tuple[Step, ...]
    censored: tuple[int, ...]
    last: int
    median: int | None
    median_low: int | None
    median_high: int | None

    def at(self, day: int) -> Step | None:
        """The last step up to a day; None before the first event (everybody survives)."""
        found = None
        for step in self.steps:
            if step.day <= day:
                found = step
        return found

    def at_risk(self, day: int) -> int:
        """How many are still followed on a day, before what happens on it."""
        gone = sum(step.events for step in self.steps if step.day < day)
        return self.n - gone - sum(one < day for one in self.censored)


def curve(cases: Iterable[tuple[int, bool]], level: Decimal = LEVEL) -> Curve:
    """The curve of (days followed from the beginning on, whether the event ended it)."""
    found = sorted(cases)
    reach = normal_quantile(level)
    at_risk, share, spread = len(found), Fraction(1), Fraction(0)
    steps: list[Step] = []
    for day in sorted({time for time, _ in found}):
        events = sum(event for time, event in found if time == day)
        if events:
            share *= Fraction(at_risk - events, at_risk)
            if at_risk > events:
                spread += Fraction(events, at_risk * (at_risk - events))
            steps.append(_step(day, at_risk, events, share, spread, reach))
        at_risk -= sum(time == day for time, _ in found)
    return Curve(
        len(found), sum(event for _, event in found), tuple(steps),
        tuple(time for time, event in found if not event), found[-1][0] if found else 0,
        _first(steps, lambda step: step.share),
        _first(steps, lambda step: step.low),
        _first(steps, lambda step: step.high),
    )  # fmt: skip


def _step(day: int, at_risk: int, events: int, share: Fraction, spread: Fraction, reach: Decimal) -> Step:
    exact = decimal(share)
    if not share:
        return Step(day, at_risk, events, exact, None, None, None)
    error = CONTEXT.multiply(exact, root(spread))
    logged = CONTEXT.ln(exact)
    if not logged:  # pragma: no cover - a step has an event, so its share is below 1
        return Step(day, at_risk, events, exact, error, ONE, ONE)
    width = CONTEXT.divide(CONTEXT.multiply(reach, root(spread)), abs(logged))
    low = CONTEXT.exp(CONTEXT.multiply(logged, CONTEXT.exp(width)))
    high = CONTEXT.exp(CONTEXT.multiply(logged, CONTEXT.exp(-width)))
    return Step(day, at_risk, events, exact, error, low, high)


def _first(steps: Sequence[Step], of: object) -> int | None:
    assert callable(of)
    for step in steps:
        part = of(step)
        # Where nobody is left the bands are not defined: the lower one has certainly crossed, the upper not.
        if part is not None and Fraction(part) <= _HALF:
            return step.day
    return None
