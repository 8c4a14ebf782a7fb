"""One made-up participant as the forms ask about it: what is constant, and how ill on which day."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from mda5_crf.jobs.courses import Course, part_done
from mda5_crf.jobs.synthetic import Measures, Person

_SKIN_TO_LUNG = Decimal("0.6")


@dataclass(frozen=True, slots=True)
class Patient:
    """Everything constant. ``dose``: prednisone in mg/day on day 1; ``today``: days since day 1."""

    subjid: str
    person: Person
    course: Course
    day1: date
    rng: random.Random
    born: str
    dose: int
    today: int

    def on(self, day: int) -> date:
        """The date of a day, counted from day 1 (0)."""
        return self.day1 + timedelta(days=day)

    def iso(self, day: int) -> str:
        """The same as it is typed."""
        return self.on(day).isoformat()

    @property
    def woman(self) -> bool:
        """Female by sex."""
        return self.person.sex == "F"

    @property
    def fertile(self) -> bool:
        """Whether the pregnancy test is asked for."""
        return self.woman and self.person.birth_year > 1978

    @property
    def age(self) -> int:
        """About; for predicted values of lung function only."""
        return self.day1.year - self.person.birth_year

    def measures(self, day: int) -> Measures:
        """The core set measures on a day; screening is as baseline."""
        return self.person.at(part_done(day))

    def activity(self, day: int) -> int:
        """How active the disease is, in percent of the activity at baseline."""
        return int(100 * self.measures(day).phga / self.person.baseline.phga)

    def failing(self, day: int) -> bool:
        """Whether a fatal illness of the lungs has begun."""
        return any(event.fatal and day >= event.start for event in self.course.events)

    def lungs(self, day: int) -> int:
        """How much of the lower zones is affected, in percent (0 = no interstitial lung disease)."""
        first = self.course.lungs
        if self.course.worse is not None and day >= self.course.worse:
            return min(first + 20, 100)
        better = Decimal(100 - self.activity(day)) / 100 * _SKIN_TO_LUNG
        return int(first * (1 - better))

    def weight(self, day: int) -> Decimal:
        """Body weight in kg: rises a little on glucocorticoid."""
        start = self.person.weight
        change = Decimal("1.0") if 28 <= day < 182 else Decimal("0.4") if day >= 182 else Decimal(0)
        if self.course.slips is not None and "weight" in self.course.slips and day >= 182:
            return (start * Decimal("0.87")).quantize(Decimal("0.1"))
        return start + change

    def prednisone(self, day: int) -> Decimal:
        """The planned daily dose of a day in mg of prednisone, day 0 and later."""
        return max(step for step in self.taper() if step[0] <= day)[1]

    def taper(self) -> list[tuple[int, Decimal]]:
        """The planned doses: first day of each, mg of prednisone a day, always falling."""
        steps = [(0, Decimal(self.dose))]
        for day, percent in ((28, 80), (42, 65), (56, 50), (84, 35), (112, 25)):
            steps.append((day, _tablets(Decimal(self.dose * percent) / 100)))
        steps += [(182, Decimal(10)), (252, Decimal("7.5")), (330, Decimal(5))]
        kept: list[tuple[int, Decimal]] = []
        for day, dose in steps:
            if not kept or dose < kept[-1][1]:
                kept.append((day, dose))
        return kept


def _tablets(dose: Decimal) -> Decimal:
    """To the next half tablet of 5 mg."""
    half = Decimal("2.5")
    return (dose / half).to_integral_value() * half


def first_dose(weight: Decimal, *, too_much: bool = False) -> int:
    """Prednisone of day 1 in mg: 0.8 to 1 mg/kg in steps of 5 mg; ``too_much``: 1.1 mg/kg and more."""
    if too_much:
        return int(weight * Decimal("1.1") // 5 + 1) * 5
    return int((weight * Decimal("0.9") / 5).to_integral_value()) * 5


def text(number: Decimal | int, digits: int = 0) -> str:
    """A count of the last digit as it is typed: ``text(735, 1)`` is 73.5."""
    return format(Decimal(number).scaleb(-digits), "f")
