"""Units typed behind a number, and exact conversion into the stored unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from mda5_crf.study.folding import decimal_points, loose, narrow
from mda5_crf.study.model import Item
from mda5_crf.study.operand import CONTEXT, Interval, Number, add, multiply

_SPLIT = re.compile(r"((?:<=|>=|[<>≤≥≦≧])?\s*[+-]?\s*[0-9]*(?:\.[0-9]*)?)(\s*)(\S.*)?", re.DOTALL)
_TIMES = re.compile(r"^[x×*]\s*(?=1)", re.IGNORECASE)


def split_unit(item: Item, text: str) -> tuple[str, str | None]:
    """``"2.1 mg/dL"`` → ``("2.1", "mg/dL")`` when the item knows that unit; else the text as it is.

    The unit comes back as the definition writes it, whatever case, width or micro sign was typed; the
    stored unit itself counts too. ``×10⁹/L`` may follow with or without the sign of multiplication.
    """
    names = known_units(item)
    if not names:
        return text, None
    match = _SPLIT.fullmatch(decimal_points(narrow(text)))
    if match is None or match[3] is None or not any(char.isdigit() for char in match[1]):
        return text, None
    wanted = loose(_TIMES.sub("", match[3]))
    for name in names:
        if loose(name) == wanted and (match[2] or not wanted[0].isdigit()):
            return match[1].strip(), name
    return text, None


def known_units(item: Item) -> tuple[str, ...]:
    """The units that may be typed for an item, the stored one first."""
    return ((item.unit,) if item.unit else ()) + item.units


def same_unit(left: str, right: str) -> bool:
    """True when two spellings name one unit."""
    return left == right or loose(left) == loose(right)


def conversion(item: Item, unit: str) -> tuple[Decimal, Decimal] | None:
    """(offset, factor) from ``unit`` to the stored unit; (0, 1) for the stored unit; None when unknown."""
    if item.unit is not None and same_unit(unit, item.unit):
        return Decimal(0), Decimal(1)
    for name, pair in item.conversions.items():
        if same_unit(unit, name):
            return pair
    return None


def convert(value: Number, offset: Decimal, factor: Decimal) -> Number | None:
    """``(value + offset) × factor`` with 34 digits; an interval keeps its open ends."""
    shifted = add(value, offset) if offset else value
    if shifted is None or factor == 1:
        return shifted
    return multiply(shifted, factor)


def convert_back(value: Number, offset: Decimal, factor: Decimal) -> Number | None:
    """From the stored unit to the other: ``value ÷ factor − offset``."""
    if isinstance(value, Interval):
        low = None if value.low is None else _back(value.low, offset, factor)
        high = None if value.high is None else _back(value.high, offset, factor)
        return Interval(low, high, value.low_open, value.high_open)
    return _back(value, offset, factor)


def _back(value: Decimal, offset: Decimal, factor: Decimal) -> Decimal:
    return CONTEXT.subtract(CONTEXT.divide(value, factor), offset)


def listed(names: Iterable[str]) -> str:
    """Units for a sentence: ``mmHg, kPa``."""
    return ", ".join(names)
