"""What a format cannot hold as it is, and what becomes of it: shortened names, split texts, each told.

Nothing is cut. A name that is too long gets a shorter one, a label loses its end, a text that is too long is
continued in columns of its own, a number that a double cannot hold exactly makes its column text; the list
of changes goes out with the data and names each with what it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from mda5_crf.exchange.datasets import Column, Facts, Kind, Names, Role, Seen, Table, safe_name
from mda5_crf.study.model import CodeList
from mda5_crf.text import Text, message

CSV, XLSX, XPT, SAV, DTA, JSON = "csv", "xlsx", "xpt", "sav", "dta", "dataset-json"
FORMATS: Final = (CSV, XLSX, XPT, SAV, DTA, JSON)
Tongue = Literal["en", "zh", "both"]
CHANGES: Final = (
    "renamed", "label_shortened", "label_plain", "split", "as_text", "nearest", "text_cells", "numbered",
    "wide", "blank_end", "no_user_missing", "choice_shortened", "escaped",
)  # fmt: skip
_SPSS: Final = frozenset("ALL AND BY EQ GE GT LE LT NE NOT OR TO WITH".split())
_STATA: Final = frozenset(
    "_ALL BYTE DOUBLE FLOAT IF IN INT LONG STR STRL USING WITH _B _COEF _CONS _N _PI _PRED _RC _SKIP".split()
)
_ENDINGS: Final = {
    "MISS": "M", "CHAR": "C", "ORRES": "", "STRESN": "N", "ORNRLO": "L", "ORNRHI": "H", "NRIND": "I",
    "TOXGR": "G", "CLSIG": "S", "STAT": "T",
}  # fmt: skip
"""How endings of names are abbreviated where eight letters are all there is."""
_PLAIN: Final = {
    "–": "-", "—": "-", "−": "-", "µ": "u", "μ": "u", "°": " deg ", "≥": ">=", "≤": "<=", "×": "x",
    "α": "alpha", "β": "beta", "γ": "gamma", "’": "'", "′": "'", "…": "...",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What a format takes. Lengths in characters, or in bytes of UTF-8 where ``octets``; 0 = any.

    ``doubles``: its numbers are doubles. ``numbered``: codes become numbers with labels, which is the only
    way they can have labels. ``choice``: bytes of the label of a code.
    """

    name: int = 0
    table: int = 0
    label: int = 0
    text: int = 0
    choice: int = 0
    octets: bool = False
    upper: bool = False
    plain_labels: bool = False
    doubles: bool = False
    numbered: bool = False
    reserved: frozenset[str] = frozenset()


LIMITS: Final[Mapping[str, Limits]] = {
    CSV: Limits(),
    JSON: Limits(),
    XLSX: Limits(table=31, text=32_767),
    XPT: Limits(
        name=8, table=8, label=40, text=200, octets=True, upper=True, plain_labels=True, doubles=True
    ),
    SAV: Limits(
        name=64, table=64, label=255, text=32_767, choice=120, octets=True, doubles=True, reserved=_SPSS
    ),
    DTA: Limits(name=32, table=32, label=80, choice=32_000, doubles=True, numbered=True, reserved=_STATA),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise in the file than in the model. ``what`` is one of CHANGES."""

    table: str
    column: str
    what: str
    before: str
    after: str

    @property
    def text(self) -> Text:
        """What was done, in words."""
        return message(f"datasets.change_{self.what}")


@dataclass(frozen=True, slots=True)
class Field:
    """A column as a format has it. ``place``: where its cell stands in a row; of a split text ``part`` of
    ``parts``; ``why``: where the missing reason of its answer stands, None where there is none.
    """

    column: Column
    place: int
    facts: Facts
    name: str
    label: str
    kind: Kind
    part: int = 0
    parts: int = 1
    why: int | None = None
    limit: int = 0
    octets: bool = False

    def cell(self, row: Sequence[str]) -> str:
        """The text of a row in this column."""
        text = row[self.place]
        return (
            text
            if self.parts == 1
            else pieces(text, self.limit, octets=self.octets, most=self.parts)[self.part]
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as a format has it."""

    table: Table
    name: str
    label: str
    fields: tuple[Field, ...]
    seen: Seen


@dataclass(slots=True)
class Fitting:
    """Fits the tables of one export; ``changes`` is what had to be changed."""

    format: str
    language: Tongue
    codelists: Mapping[str, CodeList]
    changes: list[Change] = field(default_factory=list)
    tables: Names = field(default_factory=Names)

    @property
    def limits(self) -> Limits:
        """Those of the format."""
        return LIMITS[self.format]

    def sheet(self, table: Table, seen: Seen) -> Sheet:
        """A table in the form that the format takes."""
        limits = self.limits
        wanted = _short(table.name, limits.table) if limits.table else table.name
        name = self.tables.new(wanted, limits.table)
        self._told(name != table.name, table, "", "renamed", table.name, name)
        label = self._label(table, "", table.label)
        names, fields = Names(limits.reserved), list[Field]()
        for place, (column, facts) in enumerate(zip(table.columns, seen.facts, strict=True)):
            fields += self._fields(table, place, column, facts, names)
        return Sheet(table, name, label, tuple(fields), seen)

    def _fields(
        self, table: Table, place: int, column: Column, facts: Facts, names: Names
    ) -> Iterator[Field]:
        limits, kind = self.limits, column.kind
        if kind.number and facts.inexact and limits.doubles:
            what = "nearest" if column.derived else "as_text"
            kind = kind if column.derived else Kind.TEXT
            self._told(True, table, column.name, what, str(facts.inexact), column.kind)
        self._told(
            self.format == XLSX and bool(facts.inexact),
            table,
            column.name,
            "text_cells",
            str(facts.inexact),
            "",
        )
        self._told(
            self.format == XPT and bool(facts.wide), table, column.name, "wide", str(facts.wide), "UTF-8"
        )
        self._told(
            self.format in (XPT, SAV) and bool(facts.blank_end), table, column.name, "blank_end",
            str(facts.blank_end), "",
        )  # fmt: skip
        wanted = safe_name(column.name)
        if limits.name and column.role is Role.CHOICE and len(wanted) > limits.name:
            number = str(place - table.place(column.of))  # of many choices: which one it is
            wanted = _short(safe_name(column.of), limits.name)[: limits.name - len(number)] + number
        elif limits.name:
            wanted = _short(wanted, limits.name)
        name = names.new(wanted.upper() if limits.upper else wanted, limits.name)
        self._told(name != column.name, table, column.name, "renamed", column.name, name)
        label = self._label(table, column.name, column.label)
        if limits.numbered and kind is Kind.CODE:
            codes = " ".join(
                f"{number}={one}" for one, number in numbers(self.codelists[column.codes]).items()
            )
            self._told(True, table, column.name, "numbered", column.codes, codes)
        why = _reason(table, place) if kind.number or kind is Kind.DATE or limits.numbered else None
        parts = self._parts(facts)
        numbered = [names.new(f"{name[: limits.name - len(str(n))] if limits.name else name}{n}", limits.name)
                    for n in range(1, parts)]  # fmt: skip
        self._told(parts > 1, table, column.name, "split", name, " ".join([name, *numbered]))
        for part, each in enumerate([name, *numbered]):
            yield Field(column, place, facts, each, label, kind, part, parts, why, limits.text, limits.octets)

    def _parts(self, facts: Facts) -> int:
        """How many columns the longest text needs; a part may end up to 3 bytes early."""
        limit = self.limits.text
        longest = facts.octets if self.limits.octets else facts.units
        return 1 if not limit or longest <= limit else -(-longest // (limit - 3))

    def _label(self, table: Table, column: str, text: Text) -> str:
        limits = self.limits
        label = "en" if limits.plain_labels else self.language
        made = in_tongue(text, label)
        if limits.plain_labels and not made.isascii():
            before, made = made, plain(made)
            self._told(True, table, column, "label_plain", before, made)
        if limits.label and _size(made, octets=limits.octets) > limits.label:
            before, made = made, shortened(made, limits.label, octets=limits.octets)
            self._told(True, table, column, "label_shortened", before, made)
        return made

    def choice(self, table: Table, column: str, text: str) -> str:
        """The label of a code, as long as the format takes it."""
        most = self.limits.choice
        if not most or len(text.encode("utf-8")) <= most:
            return text
        made = shortened(text, most, octets=True)
        self._told(True, table, column, "choice_shortened", text, made)
        return made

    def _told(self, said: bool, table: Table, column: str, what: str, before: str, after: str) -> None:
        if said:
            self.tell(table.name, column, what, before, after)

    def tell(self, table: str, column: str, what: str, before: str, after: str) -> None:
        """Note a change, once."""
        change = Change(table, column, what, before, after)
        if change not in self.changes:
            self.changes.append(change)


def numbers(codes: CodeList) -> dict[str, int]:
    """Code → the number that stands for it where codes must be numbers: its place in the list."""
    return {one.code: number for number, one in enumerate(codes.values, 1)}


def in_tongue(text: Text, tongue: Tongue) -> str:
    """A text in one language or in both."""
    if tongue == "both":
        return text.en if text.en == text.zh else f"{text.en} / {text.zh}"
    return text.in_(tongue)


def pieces(text: str, limit: int, *, octets: bool, most: int) -> list[str]:
    """A text in ``most`` parts of at most ``limit`` bytes (or UTF-16 units), none inside a character."""
    found, start, used = list[str](), 0, 0
    for place, sign in enumerate(text):
        size = len(sign.encode("utf-8")) if octets else 1 + (ord(sign) > 0xFFFF)
        if used + size > limit:
            found.append(text[start:place])
            start, used = place, 0
        used += size
    found.append(text[start:])
    return [*found, *[""] * (most - len(found))]


def shortened(text: str, most: int, *, octets: bool) -> str:
    """The beginning of a text with three points behind it."""
    kept = text
    while _size(kept, octets=octets) > most - 3:
        kept = kept[:-1]
    return kept.rstrip() + "..."


def plain(text: str) -> str:
    """A text in ASCII, as near as it goes; "?" for what has no likeness."""
    made = "".join(_PLAIN.get(sign, sign) for sign in text)
    made = unicodedata.normalize("NFKD", made)
    made = "".join(sign for sign in made if not unicodedata.combining(sign))
    return re.sub(r"\s+", " ", made.encode("ascii", "replace").decode("ascii")).strip()


def _size(text: str, *, octets: bool) -> int:
    return len(text.encode("utf-8")) if octets else len(text)


def _short(name: str, most: int) -> str:
    """A name of at most ``most`` characters that begins with a letter."""
    if not name[:1].isalpha():
        name = f"V{name}"
    if len(name) <= most:
        return name
    head, line, tail = name.rpartition("_")
    ending = _ENDINGS.get(tail)
    if ending is None and len(tail) > 2:
        ending = _ENDINGS.get(tail[2:])
    if not line or ending is None:
        return name.replace("_", "")[:most]
    head = _short(head, most) if "_" in head else head
    return head.replace("_", "")[: most - len(ending)] + ending


def _reason(table: Table, place: int) -> int | None:
    """Where the missing reason of the column at ``place`` stands."""
    name = table.columns[place].name
    for number in range(place + 1, len(table.columns)):
        column = table.columns[number]
        if column.of != name:
            return None
        if column.role is Role.MISSING:
            return number
    return None


Put = Callable[[bytes], object]
