"""Reads ``study.toml``, ``units.toml`` and ``codelists.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mda5_crf.study.model import CodeList, CodeValue, Unit
from mda5_crf.study.reader import NO_TEXT, Table, Toml, exact
from mda5_crf.study.report import suggestion
from mda5_crf.text import Text, both

LANGUAGE = 1
"""The newest version of the definition's language that is read here; a definition says it from 2 on."""

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
RESERVED = frozenset({"EVENT", "WINDOW_LO", "WINDOW_HI"})
_CODE = re.compile(r"(?!-.{60})-?[A-Za-z0-9][A-Za-z0-9 _.,/+()\-]{0,59}")
_TIMEZONE = re.compile(r"[A-Za-z]+(?:/[A-Za-z0-9_+\-]+)*")


@dataclass(slots=True)
class Header:
    """What ``study.toml`` says, before anything refers to anything."""

    oid: str = ""
    version: str = ""
    timezone: str = ""
    subject_pattern: str = ""
    origin: str = ""
    name: Text = NO_TEXT
    protocol: Text = NO_TEXT
    names: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    missing: dict[str, Text] = field(default_factory=dict)
    reasons: dict[str, Text] = field(default_factory=dict)
    sources: dict[str, Text] = field(default_factory=dict)


def read_header(table: Table) -> Header:
    """``study.toml``. Named expressions stay text here: they are compiled with all others."""
    header = Header()
    study = table.child("study", required=True)
    if study is not None:
        header.oid = study.string("oid", required=True)
        header.version = study.string("version", required=True)
        study.whole("language", 1, LANGUAGE)
        header.timezone = _timezone(study)
        header.subject_pattern = regular_expression(study, "subject_pattern", required=True)
        header.origin = study.string("origin")
        study.strings("languages")
        if study.has("languages") and not header.origin:
            study.problem("languages", "languages_without_origin")
        header.name = study.texts("name") or NO_TEXT
        header.protocol = study.texts("protocol") or NO_TEXT
        study.close()
    names = table.child("names")
    if names is not None:
        for name in names.data:
            if NAME.fullmatch(name) is None or name in RESERVED:
                names.problem(name, "bad_name", name=name)
            header.names[name] = names.string(name)
    settings = table.child("settings")
    if settings is not None:
        header.settings = {key: settings.string(key) for key in settings.data}
    header.missing = _coded_texts(table, "missing")
    header.reasons = _coded_texts(table, "reasons")
    if table.has("sources"):
        header.sources = _coded_texts(table, "sources")
    if table.has("reasons") and "OTHER" not in header.reasons:
        table.problem("reasons", "no_other_reason")
    table.close()
    return header


def _coded_texts(table: Table, key: str) -> dict[str, Text]:
    holder = table.child(key, required=True)
    if holder is None:
        return {}
    result = {}
    for code in holder.data:
        if NAME.fullmatch(code) is None:
            holder.problem(code, "bad_name", name=code)
        result[code] = holder.texts(code) or NO_TEXT
    return result


def _timezone(table: Table) -> str:
    name = table.string("timezone", required=True)
    if name:
        try:
            known = _TIMEZONE.fullmatch(name) is not None and bool(ZoneInfo(name))
        except ZoneInfoNotFoundError:
            known = False
        if not known:
            table.problem("timezone", "unknown_timezone", name=name)
    return name


def regular_expression(table: Table, key: str, required: bool = False) -> str:
    """A regular expression that compiles, "" otherwise."""
    pattern = table.string(key, required=required)
    try:
        re.compile(pattern)
    except re.error:
        table.problem(key, "bad_pattern", key=key)
        return ""
    return pattern


def read_units(table: Table) -> dict[str, Unit]:
    """``units.toml``: ``[unit."mmHg"]`` with the units that convert into it."""
    units = {}
    for symbol, entry in table.entries("unit", required=True):
        units[symbol] = Unit(symbol, symbol, _conversions(entry, symbol))
        entry.close()
    table.close()
    return units


def _conversions(entry: Table, symbol: str) -> Mapping[str, tuple[Decimal, Decimal]]:
    result = {}
    for other, conversion in entry.entries("conversions"):
        if other == symbol:
            conversion.problem("", "unit_into_itself", unit=symbol)
        result[other] = read_conversion(conversion)
        conversion.close()
    return result


def read_conversion(table: Table) -> tuple[Decimal, Decimal]:
    """``factor`` (positive, required) and ``offset`` (0 unless written), see :class:`Unit`."""
    values = {"offset": Decimal(0), "factor": Decimal(1)}
    for key in values:
        written = table.raw(key)
        number = exact(written)
        if written is None:
            if key == "factor":
                table.problem("", "key_missing", key=key)
        elif number is None or (key == "factor" and number <= 0):
            table.problem(key, "bad_factor", key=key)
        else:
            values[key] = number
    return values["offset"], values["factor"]


def read_codelists(table: Table, forms: Sequence[Toml] = ()) -> dict[str, CodeList]:
    """``codelists.toml``: ``values`` written out, ``range = [0, 10]`` with the numbers as labels, or
    ``entries_of = "analyte"``: all template entries ``[[analyte]]`` of ``forms`` (the raw form files).
    """
    lists = {}
    for oid, entry in table.entries("codelist", required=True):
        if NAME.fullmatch(oid) is None:
            entry.problem("", "bad_name", name=oid)
        integers = entry.flag("integers")
        if entry.has("entries_of"):
            values = _entry_values(entry, forms)
        else:
            values = _range_values(entry) if entry.has("range") else _written_values(entry, integers)
        integers = integers or entry.has("range")
        lists[oid] = CodeList(oid, tuple(values), integers, {value.code: value for value in values})
        entry.close()
    table.close()
    return lists


def _range_values(entry: Table) -> list[CodeValue]:
    ends = entry.raw("range")
    if entry.has("values"):
        entry.raw("values")
        entry.problem("range", "range_and_values")
    usable = isinstance(ends, list) and len(ends) == 2 and all(type(end) is int for end in ends)
    if not usable or not 0 <= ends[1] - ends[0] <= 1000:
        entry.problem("range", "bad_code_range")
        return []
    numbers = range(ends[0], ends[1] + 1)
    return [CodeValue(str(number), both(number), rank) for rank, number in enumerate(numbers)]


def _entry_values(entry: Table, forms: Sequence[Toml]) -> list[CodeValue]:
    """The entries of one name over all forms, each code once; malformed ones are reported with their form."""
    name = entry.string("entries_of", required=True)
    for key in ("range", "values"):
        if entry.has(key):
            entry.raw(key)
            entry.problem(key, "entries_and_values", key=key)
    values: dict[str, CodeValue] = {}
    for form in forms:
        listed = form.get(name)
        for made in listed if isinstance(listed, list) else ():
            code = made.get("testcd", made.get("code")) if isinstance(made, dict) else None
            label = made.get("label") if isinstance(made, dict) else None
            if not isinstance(code, str) or not isinstance(label, dict) or code in values:
                continue
            values[code] = CodeValue(
                code, Text(str(label.get("en", "")), str(label.get("zh", ""))), len(values)
            )
    if name and not values:
        entry.problem("entries_of", "no_entries", name=name)
    return list(values.values())


def _written_values(entry: Table, integers: bool) -> list[CodeValue]:
    values: list[CodeValue] = []
    taken: dict[str, str] = {}
    for table in entry.children("values", required=True):
        code = table.string("code", required=True)
        text = table.own_texts()
        if code.casefold() in taken:
            table.problem("code", "duplicate_code", word=code, other=taken[code.casefold()])
            continue
        if code and _CODE.fullmatch(code) is None:
            table.problem("code", "bad_code", word=code)
        if integers and not _is_whole(code):
            table.problem("code", "code_not_whole", word=code)
        taken[code.casefold()] = code
        values.append(CodeValue(code, text, len(values)))
    if entry.has("values") and not values:
        entry.problem("values", "empty_list", key="values")
    return values


def _is_whole(code: str) -> bool:
    return re.fullmatch(r"-?(?:0|[1-9][0-9]*)", code) is not None


def unknown_codelist(table: Table, key: str, name: str, known: Mapping[str, CodeList]) -> None:
    """Report a codelist that ``codelists.toml`` does not have."""
    table.problem(key, "unknown_codelist", name=name, hint=suggestion(name, known))
