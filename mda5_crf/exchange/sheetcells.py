"""What stands in a cell of a workbook, as text: exactly the number, the day, the time that is meant.

A workbook keeps binary fractions (37.200000000000003 for 37.2) and shows fifteen digits of them: so do we,
in decimal. Days are numbers with a format, counted from 1900 (with a 29 February that never was) or 1904.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from enum import Enum
from typing import Final

_SHOWN: Final = Context(prec=15, rounding=ROUND_HALF_EVEN)
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?")
_WHOLE: Final = re.compile(r"0|-?[1-9]\d{0,29}")
_LARGEST: Final = 308
"""No double has more digits before its point."""
_QUIET: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""Parts of a format that show no number: words, colours, places of a language."""
_ESCAPE: Final = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
_DAYS: Final = frozenset({14, 15, 16, 17, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58})
"""Numbers of formats for days that need no text, those of Chinese Excel among them."""
_TIMES: Final = frozenset({18, 19, 20, 21, 32, 33, 45, 47})
_LAST_DAY: Final = 2_958_465  # 9999-12-31
_DAY: Final = 86_400


class Shape(Enum):
    """What a format makes of a number."""

    PLAIN = "plain"
    DAY = "day"
    TIME = "time"
    MOMENT = "moment"
    LENGTH = "length"
    PERCENT = "percent"


Format = tuple[Shape, int]
"""A shape, and how many digits a whole number has at least (``00000`` of an identifier)."""
PLAIN: Final[Format] = (Shape.PLAIN, 0)


def format_of(number: int, code: str = "") -> Format:
    """The format of a number of a style and, for one of the file's own, its text."""
    if not code:
        if number in _DAYS:
            return Shape.DAY, 0
        if number in _TIMES:
            return Shape.TIME, 0
        found = {22: Shape.MOMENT, 46: Shape.LENGTH, 9: Shape.PERCENT, 10: Shape.PERCENT}
        return found.get(number, Shape.PLAIN), 0
    shown = _QUIET.sub("", code.partition(";")[0][:255]).lower()
    if re.search(r"\[[hms]+\]", shown):
        return Shape.LENGTH, 0
    shown = shown.replace("general", "").replace("am/pm", "h").replace("a/p", "h")
    day = re.search(r"[yde]|(?<![hs:])m{3,}", shown) and not re.search(r"[0#?]e[+-]", shown)
    time = re.search(r"[hs]", shown)
    if day or time:
        return (Shape.MOMENT if day and time else Shape.DAY if day else Shape.TIME), 0
    if "m" in shown and not re.search(r"[0#?]", shown):
        return Shape.DAY, 0
    if "%" in shown:
        return Shape.PERCENT, 0
    return Shape.PLAIN, len(shown) if re.fullmatch(r"0{2,30}", shown) else 0


def number_text(text: str, form: Format, *, from_1904: bool) -> str:
    """The text of a cell that holds a number; as it is written where it is none."""
    if not _NUMBER.fullmatch(text):
        return text
    try:
        value = _SHOWN.create_decimal(text)
    except DecimalException:
        return text
    if value and abs(value.adjusted()) > _LARGEST:
        return text
    shape, digits = form
    if shape is Shape.PLAIN and _WHOLE.fullmatch(text):  # a long identifier keeps its digits
        return text if text[0] == "-" else text.zfill(digits)
    if shape is Shape.PERCENT:
        return f"{_plain(_SHOWN.multiply(value, Decimal(100)))}%"
    if shape is not Shape.PLAIN:
        return _moment(value, shape, from_1904=from_1904) or _plain(value)
    shown = _plain(value)
    return shown.zfill(digits) if digits and shown.isdigit() else shown


def unescaped(text: str) -> str:
    """Text in which a workbook has written signs as ``_x000D_``; NUL and halves of signs stay written."""
    return _ESCAPE.sub(_signs, text) if "_x" in text else text


def _signs(found: re.Match[str]) -> str:
    units = [int(one[2:6], 16) for one in re.findall(r"_x[0-9A-Fa-f]{4}_", found[0])]
    try:
        made = b"".join(one.to_bytes(2, "big") for one in units).decode("utf-16-be")
    except UnicodeDecodeError:
        return found[0]
    return found[0] if "\0" in made else made


def _plain(value: Decimal) -> str:
    if not value:
        return "0"
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _moment(value: Decimal, shape: Shape, *, from_1904: bool) -> str:
    """Day and time in ISO 8601, to the second; "" when the number is none."""
    if not 0 <= value < _LAST_DAY + 1:
        return ""
    seconds = int((value * _DAY).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    days, rest = divmod(seconds, _DAY)
    hours, minutes = divmod(rest // 60, 60)
    clock = f"{hours:02}:{minutes:02}:{rest % 60:02}"
    if shape is Shape.LENGTH:
        return f"{days * 24 + hours:02}:{minutes:02}:{rest % 60:02}"
    if shape is Shape.TIME and days == 0:
        return clock
    if from_1904:
        first = datetime(1904, 1, 1)  # noqa: DTZ001 - a day of a sheet has no zone
    elif days < 1 or days == 60:  # 0 January, and 29 February 1900: days that never were
        return ""
    else:
        first = datetime(1899, 12, 31 if days < 60 else 30)  # noqa: DTZ001
    try:
        day = (first + timedelta(days)).date().isoformat()
    except OverflowError:
        return ""
    return day if shape is Shape.DAY and rest == 0 else f"{day}T{clock}"
