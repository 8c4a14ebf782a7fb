"""Why a text is no value of its item, said with the item's own words and an example."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from mda5_crf.study import moments, units
from mda5_crf.study.folding import narrow
from mda5_crf.study.model import CodeList, Item, ItemType, Range
from mda5_crf.study.numbers import MAX_DIGITS, has_too_many_digits, read_number
from mda5_crf.study.operand import Interval, Number, plain
from mda5_crf.text import Text, both, message

MOST_CODES = 8


def of_text(item: Item, text: str, codelist: CodeList | None) -> Text:
    """What is wrong with a text that does not read as the item's type."""
    kind = item.type
    if kind in (ItemType.INTEGER, ItemType.DECIMAL):
        return _not_a_number(item, text)
    if kind in (ItemType.CODE, ItemType.MULTI):
        return _not_a_code(item, codelist)
    if kind is ItemType.LINK:
        return message("finding.links" if item.many else "finding.link", item=item.label, log=item.to)
    if kind is ItemType.TIME:
        return _hinted(item, "time")
    if kind is ItemType.DATETIME:
        impossible = moments.date_parts(text) is not None and moments.read_date(text) is None
        return message("finding.date_real", item=item.label) if impossible else _hinted(item, "datetime")
    return _not_a_date(item, text)


def of_form(item: Item, text: str) -> Text | None:
    """What is wrong with the length (in code points) or the pattern of a text; None when nothing is."""
    if item.type is not ItemType.TEXT:
        return None
    if item.length is not None and len(text) > item.length:
        return message("finding.text_too_long", item=item.label, limit=item.length, count=len(text))
    if item.pattern is not None and re.fullmatch(item.pattern, text) is None:
        return message("finding.pattern" if item.hint else "finding.pattern_plain", item=item.label)
    return None


def of_number(item: Item, typed: Number, *, is_stored_unit: bool) -> Text | None:
    """What is wrong with a number that reads as one: places after the point of a whole number.

    A whole-number item typed in another unit may have places: 16.2 kPa is a blood pressure.
    """
    ends = (typed.low, typed.high) if isinstance(typed, Interval) else (typed,)
    if (
        item.type is ItemType.INTEGER
        and is_stored_unit
        and any(end is not None and end != end.to_integral_value() for end in ends)
    ):
        return _hinted(item, "whole_number", example=example(item))
    return None


def missing_code(item: Item) -> Text:
    """A missing code the item does not take."""
    return message("finding.missing_code", item=item.label)


def unknown_unit(item: Item) -> Text:
    """A unit the item does not know."""
    names = units.known_units(item)
    if not names:
        return message("finding.unit_none", item=item.label)
    return message("finding.unit_unknown", item=item.label, units=_choice(names))


def _choice(names: tuple[str, ...]) -> Text:
    between = message("finding.or")
    if len(names) == 1:
        return both(names[0])
    return Text(*(", ".join(names[:-1]) + word + names[-1] for word in (between.en, between.zh)))


def _hinted(item: Item, name: str, **params: object) -> Text:
    """The message with an example, or without when the hint gives one already."""
    has_example = item.hint is not None and any(char.isdigit() for char in item.hint.en)
    return message(f"finding.{name}_plain" if has_example else f"finding.{name}", item=item.label, **params)


def _not_a_number(item: Item, text: str) -> Text:
    bare = narrow(text)
    if not item.comparator and isinstance((read_number(text) or ("", None))[1], Interval):
        return message("finding.number_no_limit", item=item.label, example=example(item))
    if has_too_many_digits(text):
        return message("finding.number_too_long", item=item.label, limit=MAX_DIGITS)
    if "," in bare and read_number(bare.replace(",", "")) is not None:
        return message("finding.number_no_comma", item=item.label, example=example(item))
    number = re.match(r"[<>=≤≥]*\s*[+-]?[0-9]+(?:\.[0-9]+)?\s*(?=[^\s0-9.,])", bare)
    if number is not None and units.known_units(item):
        return unknown_unit(item)
    if item.type is ItemType.INTEGER:
        return _hinted(item, "whole_number", example=example(item))
    if item.comparator:
        return message("finding.number_or_limit", item=item.label, example=example(item))
    return _hinted(item, "number", example=example(item))


def _not_a_code(item: Item, codelist: CodeList | None) -> Text:
    several = "codes" if item.type is ItemType.MULTI else "code"
    values = () if codelist is None else codelist.values
    if not values or len(values) > MOST_CODES:
        if codelist is not None and codelist.integers and values:
            return message(
                f"finding.{several}", item=item.label, codes=both(f"{values[0].code}–{values[-1].code}")
            )
        return message(f"finding.{several}_many", item=item.label)
    return message(
        f"finding.{several}", item=item.label, codes=both(", ".join(value.code for value in values))
    )


def _not_a_date(item: Item, text: str) -> Text:
    if moments.is_unknown_date(text):
        return message("finding.date_year", item=item.label)
    parts = moments.date_parts(text)
    if parts is None:
        name = "partial_date" if item.type is ItemType.PARTIAL_DATE else "date"
        if name == "partial_date":
            return message("finding.partial_date", item=item.label)
        return _hinted(item, "date", example="2022-03-15")
    if moments.read_date(text) is None:
        return message("finding.date_real", item=item.label)
    return message("finding.date_month" if parts[1] is None else "finding.date_day", item=item.label)


def example(item: Item) -> str:
    """A number the item would accept without question: the middle of its usual range, rounded."""
    for limits in (item.soft, item.hard):
        ends = _constants(limits)
        if ends is not None:
            return _round_number(*ends, whole=item.type is ItemType.INTEGER)
    return "35" if item.type is ItemType.INTEGER or not item.decimals else "3.5"


def _constants(limits: Range | None) -> tuple[Decimal, Decimal] | None:
    if limits is None or limits.low is None or limits.high is None:
        return None
    low, high = limits.low.constant_value, limits.high.constant_value
    return (low, high) if isinstance(low, Decimal) and isinstance(high, Decimal) else None


def _round_number(low: Decimal, high: Decimal, *, whole: bool) -> str:
    middle = (low + high) / 2
    for digits in range(1, 8):
        place = Decimal(1).scaleb(middle.adjusted() - digits + 1)
        rounded = middle.quantize(place, ROUND_HALF_UP)
        if low <= rounded <= high and (not whole or rounded == rounded.to_integral_value()):
            return plain(rounded)
    return plain(low)
