"""What a key of a definition looks like in the cells of a workbook, and the way back.

Each codec puts a value into one or two cells and takes it out again. What does not come back the same is
never squeezed in: ``put`` gives None, and the key goes into the column ``more`` as TOML.

A cell is a text, a whole number, or None; read back it is a text. Other numbers are texts with the digits
they have: a spreadsheet's own number would drop the zero of ``36.0``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from mda5_crf.study.reader import Toml
from mda5_crf.study.writing import toml_value

Cell = str | int | None

PLACEHOLDER: Final = re.compile(r"\{[A-Za-z_]+(?:\.[a-z]+)?\}")
"""A text that stands for a value of a template's entry."""
_BETWEEN: Final = re.compile(r"\s*[,;，；、\n]\s*")
_NUMBER: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
_TOML: Final = frozenset('[{"')
"""What a value begins with that is written as TOML writes it."""
_ROPE: Final = re.compile(r"(?:[\w-]{1,64}[ \t]*\.[ \t]*){24}")
"""A key of so many dotted parts costs the square of their number."""
_DEEPEST: Final = 12
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "是", "hard"})
_NO: Final = frozenset({"no", "n", "false", "0", "否"})
_STRAIGHT: Final = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\uff02": '"', "\uff07": "'", "\u00a0": " ",
})  # fmt: skip


class BadCell(Exception):
    """A cell that does not read; ``code`` is the message of area ``sheets`` that says why."""

    def __init__(self, code: str, part: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.part = part


@dataclass(frozen=True, slots=True)
class Codec:
    """How one key is written. ``ends`` are what is added to the column's title, one for each cell."""

    put: Callable[[Any, Sequence[str]], Sequence[Cell] | None]
    take: Callable[[Sequence[Cell], Sequence[str]], Any]
    ends: tuple[str, ...] = ("",)
    each_language: bool = False

    def titles(self, title: str, languages: Sequence[str]) -> list[str]:
        """The titles of its columns."""
        ends = [f"::{language}" for language in languages] if self.each_language else self.ends
        return [title + end for end in ends]


def written(cell: Cell) -> str:
    """A cell as text."""
    return "" if cell is None else str(cell).strip()


def straight(text: str) -> str:
    """Quotation marks as a keyboard has them: Word and Excel make curly ones of them."""
    return text.translate(_STRAIGHT)


def same(value: object) -> object:
    """What two ways of writing the same thing have in common: ``5``, ``"5"`` and ``5.0`` are one number."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, Decimal)):
        return _plain(str(value))
    if isinstance(value, str):
        text = value.strip().replace("\r\n", "\n")
        return _plain(text) if _NUMBER.fullmatch(text) else text
    if isinstance(value, Mapping):
        return {key: same(one) for key, one in value.items() if one is not None}
    if isinstance(value, (list, tuple)):
        return [same(one) for one in value]
    return value


def _plain(digits: str) -> str:
    number = Decimal(digits).normalize()
    return f"{number:f}" if abs(number.adjusted()) < 40 else str(number)


# -- the kinds ---------------------------------------------------------------------------------------


def _put_text(value: Toml, _languages: Sequence[str]) -> list[Cell] | None:
    return [value] if isinstance(value, str) and value.strip() else None


def _take_text(cells: Sequence[Cell], _languages: Sequence[str]) -> str:
    return written(cells[0])


def _take_expression(cells: Sequence[Cell], _languages: Sequence[str]) -> str:
    return mended(written(cells[0]))


def mended(text: str) -> str:
    """An expression with straight quotes, if it does not read without."""
    plain = straight(text)
    if plain == text or _reads(text):
        return text
    return plain


def _reads(text: str) -> bool:
    from mda5_crf.study.expression import ExpressionError, parse

    try:
        parse(text)
    except ExpressionError:
        return False
    return True


def _put_flag(value: Toml, _languages: Sequence[str]) -> list[Cell] | None:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [value] if isinstance(value, str) and PLACEHOLDER.fullmatch(value) else None


def _take_flag(cells: Sequence[Cell], _languages: Sequence[str]) -> bool | str:
    text = written(cells[0])
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    if PLACEHOLDER.fullmatch(text):
        return text
    raise BadCell("cell_flag")


def _put_whole(value: Toml, _languages: Sequence[str]) -> list[Cell] | None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return [value]
    return [value] if isinstance(value, str) and PLACEHOLDER.fullmatch(value) else None


def _take_whole(cells: Sequence[Cell], _languages: Sequence[str]) -> int | str:
    text = written(cells[0])
    if PLACEHOLDER.fullmatch(text):
        return text
    return whole(text)


def whole(text: str) -> int:
    """A whole number, also one that a spreadsheet turned into ``5.0``. Raises BadCell."""
    if _NUMBER.fullmatch(text):
        number = Decimal(text)
        if number == number.to_integral_value() and number.adjusted() < 16:
            return int(number)
    raise BadCell("cell_whole")


def _put_number(value: Toml, _languages: Sequence[str]) -> list[Cell] | None:
    end = _end(value)
    return None if end in (None, "") else [end]


def _take_number(cells: Sequence[Cell], _languages: Sequence[str]) -> Cell:
    return _read_number(written(cells[0]))


def _put_pair(value: Toml, languages: Sequence[str]) -> list[Cell] | None:
    if isinstance(value, str) and PLACEHOLDER.fullmatch(value):
        return [value for _ in languages]
    if not isinstance(value, Mapping) or not value or not set(value) <= set(languages):
        return None
    if not all(isinstance(text, str) and text.strip() for text in value.values()):
        return None
    return [value.get(language) for language in languages]


def _take_pair(cells: Sequence[Cell], languages: Sequence[str]) -> dict[str, str] | str:
    first = written(cells[0])
    if PLACEHOLDER.fullmatch(first) and all(written(cell) == first for cell in cells):
        return first
    return {language: written(cell) for language, cell in zip(languages, cells, strict=True) if written(cell)}


def _put_words(value: Toml, _languages: Sequence[str]) -> list[Cell] | None:
    if isinstance(value, str):
        return [value] if PLACEHOLDER.fullmatch(value) else None
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(one, str) for one in value):
        return None
    return [", ".join(value)]


def _take_words(cells: Sequence[Cell], _languages: Sequence[str]) -> list[str] | str:
    text = written(cells[0])
    if PLACEHOLDER.fullmatch(text):
        return text
    return [word for word in _BETWEEN.split(text) if word]


def _put_any(value: Toml, languages: Sequence[str]) -> list[Cell] | None:
    return _put_words(value, languages) or [toml_value(value)]


def _take_any(cells: Sequence[Cell], languages: Sequence[str]) -> Toml:
    text = written(cells[0])
    if text[:1] not in ("[", "{") or PLACEHOLDER.fullmatch(text):
        return _take_words(cells, languages)
    return toml(text)


def toml(text: str) -> Toml:
    """A value as TOML writes it. Raises BadCell, also for what nobody writes and only costs time."""
    if _ROPE.search(text):
        raise BadCell("cell_toml")
    for attempt in dict.fromkeys((text, straight(text))):
        try:
            found = tomllib.loads(f"v = {attempt}", parse_float=Decimal)
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        if set(found) == {"v"} and not _too_deep(found["v"]):
            return found["v"]
    raise BadCell("cell_toml")


def _too_deep(value: Toml) -> bool:
    layer = [value]
    for _ in range(_DEEPEST):
        if not layer:
            return False
        layer = [
            inner
            for one in layer
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return bool(layer)


def _end(value: Toml) -> Cell:
    """One limit as a cell; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and abs(value) < 10**15:
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, str) else None


def _put_limits(value: Toml, _languages: Sequence[str]) -> list[Cell] | None:
    if isinstance(value, str):
        return [value, value] if PLACEHOLDER.fullmatch(value) else None
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return None
    cells = [_end(end) for end in value]
    return None if None in cells else [cell if cell != "" else None for cell in cells]


def _take_limits(cells: Sequence[Cell], _languages: Sequence[str]) -> list[Cell] | str:
    low, high = (written(cell) for cell in cells)
    if low == high and PLACEHOLDER.fullmatch(low):
        return low
    return [_limit(low), _limit(high)]


def _limit(text: str) -> Cell:
    return _read_number(text) if _NUMBER.fullmatch(text) else mended(text)


def _read_number(text: str) -> Cell:
    """A whole number as one; any other as the text it is, with its digits."""
    return int(text) if _WHOLE.fullmatch(text) else text


def _put_loose(value: Toml, languages: Sequence[str]) -> list[Cell] | None:
    if isinstance(value, str):
        # What would come back as something else is written as TOML writes it, in quotes.
        plain = value.strip() and value[:1] not in _TOML and value not in ("yes", "no")
        return [
            value
            if PLACEHOLDER.fullmatch(value) or (plain and not _NUMBER.fullmatch(value))
            else toml_value(value)
        ]
    return _put_flag(value, languages) or _put_number(value, languages) or [toml_value(value)]


def _take_loose(cells: Sequence[Cell], _languages: Sequence[str]) -> Toml:
    """Whatever an entry of a template says: what it is stands nowhere but in how it is written."""
    text = written(cells[0])
    if text in ("yes", "no"):
        return text == "yes"
    if _NUMBER.fullmatch(text):
        return int(text) if _WHOLE.fullmatch(text) else Decimal(text)
    if text[:1] in _TOML and not PLACEHOLDER.fullmatch(text):
        return toml(text)
    return text


TEXT: Final = Codec(_put_text, _take_text)
EXPRESSION: Final = Codec(_put_text, _take_expression)
FLAG: Final = Codec(_put_flag, _take_flag)
WHOLE: Final = Codec(_put_whole, _take_whole)
NUMBER: Final = Codec(_put_number, _take_number)
PAIR: Final = Codec(_put_pair, _take_pair, each_language=True)
WORDS: Final = Codec(_put_words, _take_words)
ANY: Final = Codec(_put_any, _take_any)
LIMITS: Final = Codec(_put_limits, _take_limits, ("_min", "_max"))
LOOSE: Final = Codec(_put_loose, _take_loose)
