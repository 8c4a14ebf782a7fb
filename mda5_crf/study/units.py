"""Units typed behind a number, and exact conversion into the stored unit."""

from __future__ import annotations

import re
from decimal import Decimal

from mda5_crf.study.folding import decimal_points, loose, narrow
from mda5_crf.study.model import Item
from mda5_crf.study.operand import Number, add, multiply, plain

_SPLIT = re.compile(r"((?:<=|>=|[<>≤≥≦≧])?\s*[+-]?\s*[0-9]*(?:\.[0-9]*)?)(\s*)(\S.*)?", re.DOTALL)
SAME = (Decimal(0), Decimal(1))
_TIMES = re.compile(r"^[x×*]\s*(?=1)", re.IGNORECASE)


def split_unit(item: Item, text: str) -> tuple[str, str | None]:
    """``"2.1 mg/dL"`` → ``("2.1", "mg/dL")`` when the item knows that unit; else the text as it is.

    The unit comes back as the definition writes it, whatever case, width or micro sign was typed; the
    stored unit itself counts too. ``×10⁹/L`` may follow with or without the sign of multiplication.
    A bare number may have a unit of its own (``Item.implied``).
    """
    names = known_units(item)
    if not names:
        return text, None
    match = _SPLIT.fullmatch(decimal_points(narrow(text)))
    if match is None or not any(char.isdigit() for char in match[1]):
        return text, None
    if match[3] is None:
        return text, _implied(item, match[1].strip())
    written = _TIMES.sub("", match[3])
    wanted = loose(written)
    if wanted[0].isdigit() and not match[2] and written == match[3]:
        return text, None  # 5.210⁹/L: where does the number end?
    for name in names:
        if loose(name) == wanted:
            return match[1].strip(), name
    return text, None


def _implied(item: Item, number: str) -> str | None:
    """The unit that a number without one is in; None is the stored unit."""
    if item.implied is None or not number[0].isdigit():
        return None  # a limit such as <30 says too little
    unit, limit = item.implied
    return unit if Decimal(number) > limit else None


def known_units(item: Item) -> tuple[str, ...]:
    """The units that may be typed for an item, the stored one first."""
    return ((item.unit,) if item.unit else ()) + item.units


def same_unit(left: str, right: str) -> bool:
    """True when two spellings name one unit."""
    return left == right or loose(left) == loose(right)


def conversion(item: Item, unit: str) -> tuple[Decimal, Decimal] | None:
    """(offset, factor) from ``unit`` to the stored unit; (0, 1) for the stored unit; None when unknown."""
    if item.unit is not None and same_unit(unit, item.unit):
        return SAME
    for name, pair in item.conversions.items():
        if same_unit(unit, name):
            return pair
    return None


def convert(value: Number, offset: Decimal, factor: Decimal) -> Number | None:
    """``(value + offset) × factor`` with 34 digits; an interval keeps its open ends."""
    if factor == 1 and not offset:
        return value
    shifted = add(value, offset)
    found = None if shifted is None else multiply(shifted, factor)
    return _bare(found) if isinstance(found, Decimal) else found


def _bare(value: Decimal) -> Decimal:
    """Without the zeros a factor leaves behind the point: 37.000 is 37."""
    return Decimal(plain(value))
