"""Reading typed numbers: exact, never guessed. A comma is refused because it means two things."""

from __future__ import annotations

import re
from decimal import Decimal

from mda5_crf.study.folding import decimal_points, narrow
from mda5_crf.study.operand import Interval, Number

MAX_DIGITS = 34

_NUMBER = re.compile(r"([+-]?)\s*([0-9]*)(?:\.([0-9]*))?")
_CANONICAL = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LIMIT = re.compile(r"(<=|>=|<|>|≤|≥|≦|≧)\s*(.*)", re.DOTALL)
_SIGNS = {"≤": "<=", "≥": ">=", "≦": "<=", "≧": ">="}


def read_number(text: str) -> tuple[str, Number] | None:
    """The canonical text and the number of a typed text; None when it is no number.

    ``<5``, ``≤5``, ``>2000`` and ``≥2000`` read as intervals. Zeros after the point are kept as typed.
    """
    if len(text) < MAX_DIGITS and _CANONICAL.fullmatch(text):
        return text, Decimal(text)  # as it is stored: the commonest by far
    plain = decimal_points(narrow(text))
    limit = _LIMIT.fullmatch(plain)
    if limit is None:
        return _exact(plain)
    found = _exact(limit[2])
    if found is None:
        return None
    sign = _SIGNS.get(limit[1], limit[1])
    number = found[1]
    is_open = len(sign) == 1
    if sign.startswith("<"):
        return sign + found[0], Interval(None, number, high_open=is_open)
    return sign + found[0], Interval(number, None, low_open=is_open)


def _exact(text: str) -> tuple[str, Decimal] | None:
    match = _NUMBER.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return None
    whole = match[2].lstrip("0") or "0"
    places = match[3] or ""
    if len(whole) + len(places) > MAX_DIGITS:
        return None
    digits = f"{whole}.{places}" if places else whole
    negative = match[1] == "-" and digits.strip("0.") != ""
    canonical = f"-{digits}" if negative else digits
    return canonical, Decimal(canonical)


def has_too_many_digits(text: str) -> bool:
    """True for a number that is one but for its length."""
    plain = decimal_points(narrow(text)).lstrip("<>=≤≥ ")
    match = _NUMBER.fullmatch(plain)
    return match is not None and len((match[2] or "").lstrip("0")) + len(match[3] or "") > MAX_DIGITS
