"""Strict reading of TOML tables: every key is asked for by name and type, every other key is a problem."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from mda5_crf.study.bilingual import chinese_fault
from mda5_crf.study.report import Place, Report, suggestion
from mda5_crf.text import LANGUAGES, Text

Kind = TypeVar("Kind", bound=StrEnum)

Toml = Any
"""Whatever tomllib gives: tables, lists, texts, numbers, dates."""

NO_TEXT = Text("", "")


class Table:
    """One table of a definition file. Reading a key marks it as known; :meth:`close` names the others.

    Readers never raise: a missing or wrong value is reported and a harmless value is returned, so that
    one run finds every problem.
    """

    __slots__ = ("_known", "_origins", "data", "place", "report")

    def __init__(
        self, report: Report, place: Place, data: dict[str, Any], origins: dict[str, Place] | None = None
    ) -> None:
        self.report = report
        self.place = place
        self.data = data
        self._known: set[str] = set()
        self._origins = origins or {}

    def place_of(self, key: str) -> Place:
        """Where ``key`` is written: in this table, or in the template entry its value came from."""
        return self._origins.get(key) or self.place.at(key)

    def problem(self, key: str, code: str, /, **params: object) -> None:
        """Report ``study.<code>`` at ``key`` of this table ("" = the table itself)."""
        self.report.add(self.place_of(key) if key else self.place, code, **params)

    def has(self, key: str) -> bool:
        """True when the key is written, whatever its value."""
        return key in self.data

    def _take(self, key: str, kind: type | tuple[type, ...], word: str, required: bool = False) -> Toml:
        self._known.add(key)
        value = self.data.get(key)
        if value is None:
            if required:
                self.problem("", "key_missing", key=key)
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.problem(key, word, key=key)
            return None
        return value

    def string(self, key: str, required: bool = False) -> str:
        """A text that is not blank; "" when it is not written."""
        value = self._take(key, str, "not_a_string", required)
        if value is not None and not value.strip():
            self.problem(key, "empty_text", key=key)
        return str(value).strip() if value is not None else ""

    def raw(self, key: str) -> Toml:
        """Whatever is written, for keys with several forms; the caller reports what it cannot use."""
        self._known.add(key)
        return self.data.get(key)

    def flag(self, key: str) -> bool:
        """A true/false; false when it is not written."""
        return bool(self._take(key, bool, "not_a_flag"))

    def whole(self, key: str, low: int, high: int, required: bool = False) -> int | None:
        """A whole number within limits."""
        value = self._take(key, int, "not_a_whole_number", required)
        if value is not None and not low <= value <= high:
            self.problem(key, "number_out_of_limits", key=key, low=low, high=high)
            return None
        return value if value is None else int(value)

    def choice(self, key: str, kind: type[Kind], default: Kind | None = None) -> Kind | None:
        """One of the words of an enumeration; ``default`` when it is not written."""
        word = self.string(key, required=default is None)
        if not word:
            return default
        try:
            return kind(word)
        except ValueError:
            self.problem(
                key,
                "not_a_choice",
                key=key,
                word=word,
                choices=", ".join(kind),
                hint=suggestion(word, list(kind)),
            )
            return default

    def strings(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts, none twice."""
        values = self._take(key, list, "not_a_list", required)
        result: list[str] = []
        for index, value in enumerate(values or ()):
            if not isinstance(value, str) or not value:
                self.report.add(self.place_of(key).at(index), "not_a_string", key=key)
            elif value in result:
                self.report.add(self.place_of(key).at(index), "listed_twice", name=value)
            else:
                result.append(value)
        if required and values is not None and not result:
            self.problem(key, "empty_list", key=key)
        return tuple(result)

    def texts(self, key: str, required: bool = True) -> Text | None:
        """``{ en = …, zh = … }``, both written and both meant."""
        table = self.child(key, required)
        return None if table is None else table.own_texts()

    def own_texts(self) -> Text:
        """The keys ``en`` and ``zh`` of this very table (codes and headings write them beside the code)."""
        if self.report.foreign:
            return self._foreign_texts()
        en, zh = (self.string(language, required=True) for language in LANGUAGES)
        fault = chinese_fault(en, zh) if en and zh else None
        if fault:
            self.problem("en" if fault == "english_has_chinese" else "zh", fault)
        self.close()
        return Text(en, zh)

    def _foreign_texts(self) -> Text:
        """Of a definition from elsewhere: what is not there in one language is shown in the other."""
        en, zh = (self.string(language) for language in LANGUAGES)
        if not en and not zh:
            self.problem("", "key_missing", key="en")
        self.close()
        return Text(en or zh, zh or en)

    def child(self, key: str, required: bool = False) -> Table | None:
        """A table inside this one."""
        value = self._take(key, dict, "not_a_table", required)
        if value is None:
            return None
        inside = {
            path.removeprefix(f"{key}."): place
            for path, place in self._origins.items()
            if path.startswith(f"{key}.")
        }
        return Table(self.report, self.place_of(key), value, inside)

    def children(self, key: str, required: bool = False) -> list[Table]:
        """The tables of a list (``[[key]]``)."""
        values = self._take(key, list, "not_a_list_of_tables", required)
        tables = []
        for index, value in enumerate(values or ()):
            place = self.place_of(key).at(index)
            if isinstance(value, dict):
                tables.append(Table(self.report, place, value))
            else:
                self.report.add(place, "not_a_table", key=key)
        return tables

    def entries(self, key: str, required: bool = False) -> list[tuple[str, Table]]:
        """The named tables inside a table (``[key.NAME]``), in the order written."""
        holder = self.child(key, required)
        if holder is None:
            return []
        result = []
        for name in holder.data:
            table = holder.child(name)
            if table is not None:
                result.append((name, table))
        return result

    def close(self) -> None:
        """Report every key that nobody asked for."""
        for key in self.data:
            if key not in self._known:
                self.problem(key, "unknown_key", key=key, hint=suggestion(key, sorted(self._known)))


def exact(value: object) -> Decimal | None:
    """The exact number written as text or number, or None when it is none (NaN and infinity are none)."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
