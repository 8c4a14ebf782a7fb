"""Synthetic participants whose measurements lead to a wanted Total Improvement Score.

Only measurements are made up here. The score itself is never entered: a follow-up value is chosen so
that the program's own instrument, asked for that one component, gives some points, and a combination
whose points add up to the target is searched for. Nothing is taken from a real person.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mda5_crf.instruments import total_improvement_score

# The publication (Clin Rheumatol 2023;42:1847) gives 14 evaluable participants, 10 responders (2 major,
# 7 moderate, 1 minimal), median 43.75 and quartiles 41.875 and 59.375. Single scores are not published:
# these ten are one set with those summaries, the four below 20 are free, and one has no month-6 visit.
TARGETS: tuple[Decimal | None, ...] = tuple(
    None if t is None else Decimal(t)
    for t in (
        "42.5",
        "65",
        "12.5",
        "40",
        "47.5",
        "0",
        "42.5",
        "70",
        None,
        "45",
        "17.5",
        "32.5",
        "57.5",
        "42.5",
        "7.5",
    )
)

MUSCLES = (
    "NECKFLEX", "DELTR", "DELTL", "BICEPR", "BICEPL", "GMAXR", "GMAXL", "GMEDR", "GMEDL",
    "QUADR", "QUADL", "WRISTEXR", "WRISTEXL", "ANKDFR", "ANKDFL",
)  # fmt: skip
_CATEGORIES = (
    ("0101", "0102"), ("0103", "0104"), ("0105", "0106", "0107"), ("0108", "0109"),
    ("0123", "0124", "0125"), ("0126", "0127"), ("0128", "0129", "0130"), ("0131", "0132", "0133"),
)  # fmt: skip
ULN: Mapping[str, Decimal] = {
    k: Decimal(v) for k, v in {"ck": "190", "ldh": "240", "ast": "35", "alt": "45"}.items()
}


@dataclass(frozen=True, slots=True)
class Measures:
    """The six core set measures at one visit: VAS in cm, MMT-8 0–150, HAQ-DI in eighths, enzymes in U/L."""

    phga: Decimal
    ptga: Decimal
    extra: Decimal
    mmt: int
    haq_eighths: int
    enzymes: Mapping[str, Decimal]

    def as_inputs(self) -> dict[str, Decimal | None]:
        """As the instrument takes them."""
        haq = Decimal(self.haq_eighths) / 8
        return {
            "phga": self.phga,
            "ptga": self.ptga,
            "extra": self.extra,
            "mmt": Decimal(self.mmt),
            "haq": haq,
            **self.enzymes,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up participant. ``reached``: where the course leads by month 6, visit or not."""

    sex: str
    birth_year: int
    height: int
    weight: Decimal
    baseline: Measures
    reached: Measures
    month6: Measures | None

    def at(self, part: Decimal) -> Measures:
        """The measures when ``part`` (0–1) of the way from baseline to month 6 is done."""
        return _between(self.baseline, self.reached, min(max(part, Decimal(0)), Decimal(1)))


def make_person(rng: random.Random, target: Decimal | None, sex: str | None = None) -> Person:
    """A participant whose month-6 score is ``target`` (a multiple of 2.5 from 0 to 100; None = no visit)."""
    for _ in range(400):
        baseline = _baseline(rng)
        reached = _follow_up(rng, baseline, Decimal(30) if target is None else target)
        if reached is not None:
            sex = rng.choice("FFM") if sex is None else sex
            height = rng.randint(152, 166) if sex == "F" else rng.randint(164, 180)
            weight = (
                Decimal(rng.randint(48, 62) if sex == "F" else rng.randint(58, 78))
                + Decimal(rng.randint(0, 9)) / 10
            )
            return Person(
                sex, rng.randint(1962, 1996), height, weight, baseline, reached,
                None if target is None else reached,
            )  # fmt: skip
    raise ValueError("no synthetic measurements lead to this score")


def _baseline(rng: random.Random) -> Measures:
    lead = rng.choice(("ck", "ldh"))
    enzymes = {name: (ULN[name] * Decimal(rng.randint(80, 115)) / 100).quantize(Decimal(1)) for name in ULN}
    enzymes[lead] = (ULN[lead] * Decimal(rng.randint(240, 330)) / 100).quantize(Decimal(1))
    return Measures(
        _cm(rng, 55, 78),
        _cm(rng, 52, 75),
        _cm(rng, 55, 80),
        rng.randint(104, 132),
        rng.randint(9, 16),
        enzymes,
    )


def _cm(rng: random.Random, low: int, high: int) -> Decimal:
    return Decimal(rng.randint(low, high)) / 10


def _follow_up(rng: random.Random, start: Measures, target: Decimal) -> Measures | None:
    """Search one follow-up value per measure so that the points add up to ``target``."""
    before = start.as_inputs()
    lead = max(start.enzymes, key=lambda name: start.enzymes[name] / ULN[name])
    choices: list[dict[Decimal, Decimal]] = []
    names = ("phga", "ptga", "mmt", "haq", "enzyme", "extra")
    for name in names:
        field = lead if name == "enzyme" else name
        found: dict[Decimal, list[Decimal]] = {}
        for value in _candidates(name, before[field] or Decimal(0)):
            result = total_improvement_score(
                baseline=before, followup={**before, field: value}, uln=dict(ULN)
            )
            points = result.points[name]
            if points is not None:
                found.setdefault(points, []).append(value)
        choices.append({points: rng.choice(values) for points, values in found.items()})
    picked = _combine(rng, choices, target)
    if picked is None:
        return None
    end = dict(zip(names, picked, strict=True))
    enzymes = {**start.enzymes, lead: end["enzyme"]}
    return Measures(end["phga"], end["ptga"], end["extra"], int(end["mmt"]), int(end["haq"] * 8), enzymes)


def _candidates(name: str, start: Decimal) -> list[Decimal]:
    if name == "mmt":
        return [Decimal(v) for v in range(int(start) - 2, 151)]
    if name == "haq":
        return [Decimal(v) / 8 for v in range(int(start * 8) + 1)]
    if name == "enzyme":
        return [(start * Decimal(p) / 100).quantize(Decimal(1)) for p in range(22, 101, 3)]
    return [start - Decimal(v) / 10 for v in range(int(start * 10) - 4)]


def _combine(
    rng: random.Random, choices: Sequence[Mapping[Decimal, Decimal]], target: Decimal
) -> list[Decimal] | None:
    if not choices:
        return [] if target == 0 else None
    points = [p for p in choices[0] if p <= target]
    rng.shuffle(points)
    for one in points:
        rest = _combine(rng, choices[1:], target - one)
        if rest is not None:
            return [choices[0][one], *rest]
    return None


def _between(first: Measures, last: Measures, part: Decimal) -> Measures:
    def way(a: Decimal, b: Decimal) -> Decimal:
        return (a + (b - a) * part).quantize(Decimal("0.1"))

    return Measures(
        way(first.phga, last.phga), way(first.ptga, last.ptga), way(first.extra, last.extra),
        int(way(Decimal(first.mmt), Decimal(last.mmt))),
        int(way(Decimal(first.haq_eighths), Decimal(last.haq_eighths))),
        {n: way(first.enzymes[n], last.enzymes[n]).quantize(Decimal(1)) for n in first.enzymes},
    )  # fmt: skip


def muscle_grades(total: int) -> dict[str, int]:
    """Grades 0–10 of the fifteen muscles with this sum; sides never differ by more than 1."""
    base, more = divmod(total, len(MUSCLES))
    return {muscle: base + (index < more) for index, muscle in enumerate(MUSCLES)}


def haq_answers(rng: random.Random, eighths: int) -> dict[str, int]:
    """Answers 0–3 of the twenty HAQ items whose eight category maxima add up to ``eighths``."""
    scores = [eighths // 8 + (index < eighths % 8) for index in range(8)]
    rng.shuffle(scores)
    answers: dict[str, int] = {}
    for score, codes in zip(scores, _CATEGORIES, strict=True):
        worst = rng.choice(codes)
        answers.update({f"HAQ{code}": score if code == worst else rng.randint(0, score) for code in codes})
    return answers
