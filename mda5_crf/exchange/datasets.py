"""The dataset model: tables of text cells with a description of every column, for every format alike.

A cell is the text of a value, "" where there is none: plain digits, ISO dates (partial ones as far as they
are known, nothing imputed), codes. No number passes through a float on its way here. What a column cannot
hold is never bent to fit: it stands in the table ``ASTYPED`` (:mod:`mda5_crf.exchange.answers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

from mda5_crf.services.auditcsv import guarded
from mda5_crf.services.exportfeed import Participant
from mda5_crf.study.model import CodeList, CodeValue
from mda5_crf.text import Text

FORMS: Final = "forms"
SDTM: Final = "sdtm"
SHAPES: Final = (FORMS, SDTM)
ASTYPED: Final = "ASTYPED"
_INTEGER: Final = re.compile(r"-?[0-9]+")
_DECIMAL: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EXACT: Final = 15
"""So many characters of a decimal number always come back the same from a double."""

Row = list[str]


class Kind(StrEnum):
    """What the cells of a column are. ``partial``: an ISO date of which day or month may lack."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    PARTIAL = "partial_date"
    TIME = "time"
    DATETIME = "datetime"

    @property
    def number(self) -> bool:
        """Whether it is a number in every format."""
        return self in (Kind.INTEGER, Kind.DECIMAL)


class Role(StrEnum):
    """What a column is for: key, answer, one choice of several, character result, missing reason, a code of a
    dictionary.
    """

    KEY = "key"
    VALUE = "value"
    CHOICE = "choice"
    CHARACTER = "character"
    MISSING = "missing"
    CODING = "coding"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``oid`` is that of the item; ``codes`` names a list of the dataset; ``of`` the column that
    a character result, a choice or a missing reason belongs to. ``length``: most characters that the
    definition allows, 0 = no limit.
    """

    name: str
    label: Text
    kind: Kind = Kind.TEXT
    role: Role = Role.VALUE
    oid: str = ""
    codes: str = ""
    unit: str = ""
    of: str = ""
    length: int = 0
    decimals: int | None = None
    derived: bool = False
    annotation: str = ""

    @property
    def key(self) -> bool:
        """Whether it helps to say which row this is."""
        return self.role is Role.KEY


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``structure`` says what a row is, ``domain`` its SDTM domain or "", ``form`` its form or
    "". The key columns come first and name a row together.
    """

    name: str
    label: Text
    columns: tuple[Column, ...]
    structure: Text
    domain: str = ""
    form: str = ""

    def place(self, name: str) -> int:
        """Where a column stands. Raises KeyError."""
        for place, column in enumerate(self.columns):
            if column.name == name:
                return place
        raise KeyError(name)


class Shape(Protocol):
    """Tables, and what makes their rows."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """By name."""
        ...

    @property
    def codelists(self) -> Mapping[str, CodeList]:
        """Those that columns name, and more."""
        ...

    def rows(self, who: Participant) -> Iterator[tuple[str, Row]]:
        """Table name and row of all that is there of a participant."""
        ...


@dataclass(slots=True)
class Facts:
    """What was seen of a column while its cells went by. Lengths are of the longest cell.

    ``inexact``: a number that a double cannot hold; ``blank_end``: a text that ends in blanks.
    """

    filled: int = 0
    octets: int = 0
    units: int = 0
    wide: int = 0
    guarded: int = 0
    inexact: int = 0
    blank_end: int = 0
    decimals: int = 0
    low: Decimal | None = None
    high: Decimal | None = None

    def see(self, text: str, kind: Kind) -> None:
        """Take note of a cell that is not empty."""
        self.filled += 1
        if kind.number:
            self._number(text)
        if text.isascii():
            size = units = len(text)
        else:
            size, units = len(text.encode("utf-8")), len(text.encode("utf-16-le")) // 2
            self.wide += 1
        self.octets, self.units = max(self.octets, size), max(self.units, units)
        self.blank_end += text[-1] == " "
        self.guarded += guarded(text) != text

    def _number(self, text: str) -> None:
        number = Decimal(text)
        self.low = number if self.low is None else min(self.low, number)
        self.high = number if self.high is None else max(self.high, number)
        self.decimals = max(self.decimals, len(text.partition(".")[2]))
        if len(text) > _EXACT and Decimal(repr(float(text))) != number:
            self.inexact += 1


@dataclass(slots=True)
class Seen:
    """What was seen of a table."""

    rows: int = 0
    facts: list[Facts] = field(default_factory=list)

    @classmethod
    def of(cls, table: Table) -> Seen:
        """Nothing yet."""
        return cls(facts=[Facts() for _ in table.columns])

    def see(self, row: Sequence[str], table: Table) -> None:
        """Take note of a row."""
        self.rows += 1
        for text, facts, column in zip(row, self.facts, table.columns, strict=True):
            if text:
                facts.see(text, column.kind)


def fits(text: str, column: Column, codelists: Mapping[str, CodeList]) -> bool:
    """Whether a cell is of its column's kind. "" fits everywhere."""
    if not text:
        return True
    if column.kind is Kind.INTEGER:
        return _INTEGER.fullmatch(text) is not None
    if column.kind is Kind.DECIMAL:
        return _DECIMAL.fullmatch(text) is not None
    if column.kind is Kind.DATE:
        return day(text) is not None
    return column.kind is not Kind.CODE or text in codelists[column.codes].by_code


def day(text: str) -> date | None:
    """The day that a cell names, None for a partial date or none."""
    if not _ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def codelist(oid: str, values: Iterable[tuple[str, Text]], *, integers: bool = False) -> CodeList:
    """A codelist that no definition has."""
    made = tuple(CodeValue(code, text, rank) for rank, (code, text) in enumerate(values, 1))
    return CodeList(oid, made, integers, {one.code: one for one in made})


def joined(first: CodeList, other: CodeList) -> CodeList:
    """A codelist with the codes of an older definition behind its own."""
    more = [one for one in other.values if one.code not in first.by_code]
    if not more:
        return first
    values = (*first.values, *more)
    integers = first.integers and all(_INTEGER.fullmatch(one.code) for one in values)
    return replace(first, values=values, integers=integers, by_code={one.code: one for one in values})


class Names:
    """Names of columns, each once, whatever the case of its letters."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {one.upper() for one in taken}

    def new(self, wanted: str, longest: int = 0) -> str:
        """``wanted``, or with the first free number behind it; at most ``longest`` characters, 0 = any."""
        name, number = wanted[:longest] if longest else wanted, 1
        while name.upper() in self._taken:
            number += 1
            ending = str(number)
            name = f"{wanted[: longest - len(ending)]}{ending}" if longest else f"{wanted}_{ending}"
        self._taken.add(name.upper())
        return name


def safe_name(text: str) -> str:
    """A text as (part of) a name: ASCII letters, digits and underscores."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", text)
