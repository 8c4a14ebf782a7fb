"""A course in words: the last value, the change since, one line for each value."""

from __future__ import annotations

from decimal import Decimal

from mda5_crf.services.course import Course, Point
from mda5_crf.study.operand import plain, round_half_up
from mda5_crf.study.values import Status
from mda5_crf.text import Text, both, message

_MINUS = "\N{MINUS SIGN}"
_TEN = Decimal(10)


def beside(course: Course) -> Text | None:
    """``last 812 · 2022-03-01 (BL) · +12 %``; None when there is no earlier value. Codes say their words."""
    if course.last is None:
        return None
    parts = [message("course.last", value=course.last.words), place(course.last)]
    change = change_of(course)
    if change is not None:
        parts.append(change)
    return joined(parts, " · ")


def description(course: Course) -> Text | None:
    """The same for a screen reader, with the unit."""
    if course.last is None:
        return None
    change = change_of(course)
    told = both("") if change is None else message("course.description_change", change=change)
    return message(
        "course.description", value=with_unit(course, course.last), place=place(course.last), change=told
    )


def place(point: Point) -> Text:
    """``2022-03-01 (BL)``."""
    if point.day is None:
        return message("course.no_day", event=both(point.event))
    return message("course.at", day=both(str(point.day)), event=both(point.event))


def value_of(course: Course, point: Point) -> Text:
    """A value as it counts: with its unit, or with what keeps it from being one."""
    if point.status is Status.NONCONFORMANT:
        return message("course.nonconformant", value=point.words)
    told = with_unit(course, point)
    return message("course.conflict", value=told) if point.conflict else told


def with_unit(course: Course, point: Point) -> Text:
    """A value with its unit, when it is a number."""
    unit = f" {course.item.unit}" if point.data is not None and course.item.unit else ""
    return Text(point.words.en + unit, point.words.zh + unit)


def change_of(course: Course) -> Text | None:
    """``+12 %`` of the last value, else the difference in the unit; None where neither can be said."""
    if course.percent is not None:
        return both(signed(course.percent, 0 if abs(course.percent) >= _TEN else 1) + " %")
    if course.change is None:
        return None
    unit = f" {course.item.unit}" if course.item.unit else ""
    return both(signed(course.change, course.item.decimals) + unit)


def whole_change(course: Course) -> Text | None:
    """``+97 ng/mL (+12 %)``."""
    if course.change is None:
        return None
    unit = f" {course.item.unit}" if course.item.unit else ""
    change = both(signed(course.change, course.item.decimals) + unit)
    percent = change_of(course) if course.percent is not None else None
    return change if percent is None else message("course.change", change=change, percent=percent)


def signed(value: Decimal, decimals: int | None) -> str:
    """A difference with its sign; without trailing zeros, at most 6 places where none are given."""
    rounded = plain(round_half_up(value, 6 if decimals is None else decimals))
    if rounded.startswith("-"):
        return _MINUS + rounded[1:]
    return rounded if rounded == "0" else f"+{rounded}"


def joined(parts: list[Text], by: str) -> Text:
    """Several texts as one."""
    return Text(by.join(part.en for part in parts), by.join(part.zh for part in parts))
