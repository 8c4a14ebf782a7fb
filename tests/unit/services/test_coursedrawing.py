"""Where the values of a course stand on screen and paper."""

from __future__ import annotations

from decimal import Decimal

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.course import Course, Point
from mda5_crf.services.coursedrawing import Drawing, drawing
from mda5_crf.study.values import Status
from mda5_crf.text import both
from tests.wards import trial

ITEM = trial().forms["VS"].items["WEIGHT_VSORRES"]
KEY = ItemKey("s", "BL", "", "VS", "", "MAIN", "", ITEM.name)


def of(*values: str | None, band: tuple[Decimal | None, Decimal | None] | None = None) -> Drawing:
    points = tuple(
        Point(KEY, "BL", None, Status.VALID, None if text is None else Decimal(text), both("x"), "r")
        for text in values
    )
    return drawing(Course(KEY, ITEM, points, band=band))


def test_values_without_a_date_stand_one_after_the_other() -> None:
    assert [spot.x for spot in of("60", "70", "65").spots] == [0.0, 0.5, 1.0]
    assert [spot.y for spot in of("60", "70").spots] == [0.0, 1.0]


def test_one_value_stands_in_the_middle_and_nothing_is_drawn_of_none() -> None:
    (spot,) = of("60").spots
    assert (spot.x, spot.y) == (0.5, 0.5)
    assert of(None) == of() == Drawing()


def test_zero_alone_has_a_scale_too() -> None:
    (spot,) = of("0").spots
    assert spot.y == 0.5


def test_a_band_is_cut_at_the_edges_and_may_be_open() -> None:
    assert of("60", "70", band=(None, Decimal(65))).band == (0.0, 0.5)
    assert of("60", "70", band=(Decimal(65), None)).band == (0.5, 1.0)
    assert of("60", "70", band=(Decimal(10), Decimal(20))).band is None
