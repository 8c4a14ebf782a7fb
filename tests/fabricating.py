"""A centre of made-up honest participants, and one whose values somebody thought up at a desk."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from mda5_crf.services.patternmodel import Case, Keyed, Reading, Visit

WEEKS = (0, 4, 8, 12, 24, 36, 52)
_DAY1 = date(2025, 3, 3)
# Item → mean over participants, spread between and within them, decimals.
_MEASURED: dict[str, tuple[float, float, float, int]] = {
    "VS.SYSBP": (125, 14, 8, 0), "VS.DIABP": (78, 9, 6, 0), "VS.PULSE": (76, 9, 6, 0),
    "VS.TEMP": (36.6, 0.2, 0.25, 1), "VS.WEIGHT": (62, 10, 2, 1),
    "LB.HGB": (128, 13, 6, 0), "LB.WBC": (6, 2, 1, 2), "LB.PLT": (240, 60, 25, 0), "LB.ALT": (32, 15, 9, 0),
    "LB.FERRITIN": (420, 200, 90, 1), "LB.CK": (95, 40, 22, 0), "LB.ALB": (38, 4, 2, 1),
}  # fmt: skip


def centre(seed: int, count: int = 100, *, fabricated: int = 1) -> list[Case]:
    """``count`` participants, the last ``fabricated`` of whom nobody ever saw (from 01-901)."""
    rng = random.Random(seed)
    found = [_honest(rng, f"d:{n}", f"01-{n:03d}") for n in range(1, count - fabricated + 1)]
    found += [_thought_up(rng, f"f:{n}", f"01-{900 + n}") for n in range(1, fabricated + 1)]
    rng.shuffle(found)
    return found


def _text(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}"


def _honest(rng: random.Random, identity: str, subjid: str) -> Case:
    own = {item: rng.gauss(mean, between) for item, (mean, between, _, _) in _MEASURED.items()}
    readings: list[Reading] = []
    keyed: list[Keyed] = []
    visits: list[Visit] = []
    day1 = _DAY1 + timedelta(days=7 * rng.randrange(60))
    for week in WEEKS:
        planned = day1 + timedelta(weeks=week)
        day = planned + timedelta(days=rng.choice((-3, -2, -1, 0, 0, 1, 2, 3, 4))) if week else planned
        while day.weekday() > 4 and rng.random() < 0.9:
            day += timedelta(days=1)
        visits.append(Visit(f"W{week}", day, planned if week else None, day.weekday() > 4))
        at = datetime.combine(day, time(9 + rng.randrange(8), rng.randrange(60)), UTC)
        for item, (_, _, within, decimals) in _MEASURED.items():
            place = f"{identity}/W{week}/{item.partition('.')[0]}"
            number = abs(rng.gauss(own[item], within))
            if item in ("VS.SYSBP", "VS.DIABP") and rng.random() < 0.4:
                number = round(number / 10) * 10  # read from a dial
            text = _text(number, decimals)
            readings.append(Reading(place, item, text, Decimal(text)))
        at = _keyed(rng, keyed, identity, week, at, 2.0, 7.0)
        if rng.random() < 0.25:
            keyed.append(Keyed(f"{identity}/W{week}/LB", at + timedelta(days=3), "p1", changed=True))
    return Case(identity, subjid, "01", tuple(readings), tuple(keyed), tuple(visits))


def _thought_up(rng: random.Random, identity: str, subjid: str) -> Case:
    """Digits that seem random, little variation, days as planned, a sheet copied, one late evening."""
    own = {item: mean for item, (mean, _, _, _) in _MEASURED.items()}
    readings: list[Reading] = []
    keyed: list[Keyed] = []
    visits = []
    day1 = _DAY1 + timedelta(days=7 * rng.randrange(60))
    at = datetime.combine(day1 + timedelta(weeks=53), time(22, 5), UTC)
    before: dict[str, str] = {}
    for week in WEEKS:
        planned = day1 + timedelta(weeks=week)
        visits.append(Visit(f"W{week}", planned, planned if week else None, planned.weekday() > 4))
        again = week == 36
        for item, (_, _, within, decimals) in _MEASURED.items():
            place = f"{identity}/W{week}/{item.partition('.')[0]}"
            text = _text(abs(own[item] + within * rng.uniform(-0.5, 0.5)), decimals)
            text = text[:-1] + rng.choice("3377782456")
            text = before[item] if again and item.startswith("LB") else text
            before[item] = text
            readings.append(Reading(place, item, text, Decimal(text)))
        at = _keyed(rng, keyed, identity, week, at, 0.5, 1.0)
    return Case(identity, subjid, "01", tuple(readings), tuple(keyed), tuple(visits))


def _keyed(
    rng: random.Random, keyed: list[Keyed], identity: str, week: int, at: datetime, low: float, high: float
) -> datetime:
    """Twelve answers on each of the two forms."""
    for form in ("VS", "LB"):
        for _ in range(12):
            at += timedelta(seconds=rng.uniform(low, high))
            keyed.append(Keyed(f"{identity}/W{week}/{form}", at, "p1"))
    return at
