"""Reads one item of a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from mda5_crf.study.coding import Dictionary
from mda5_crf.study.compiling import Compiler, Node, constant
from mda5_crf.study.load_course import KEY, read_course
from mda5_crf.study.load_study import NAME, RESERVED, read_conversion, regular_expression, unknown_codelist
from mda5_crf.study.load_totals import item_rest
from mda5_crf.study.model import CodeList, Item, ItemType, Range, Unit
from mda5_crf.study.reader import NO_TEXT, Table, exact
from mda5_crf.study.report import suggestion
from mda5_crf.study.units import same_unit
from mda5_crf.text import Text

NUMBERS = frozenset({ItemType.INTEGER, ItemType.DECIMAL})
DATES = frozenset({ItemType.DATE, ItemType.PARTIAL_DATE})
_TIMES = DATES | {ItemType.TIME, ItemType.DATETIME}
_CODED = frozenset({ItemType.CODE, ItemType.MULTI})
_ANSWERED = frozenset(ItemType) - {ItemType.LABEL}

_TYPES_OF_KEY: Mapping[str, frozenset[ItemType]] = {
    "length": NUMBERS | {ItemType.TEXT},
    "decimals": frozenset({ItemType.DECIMAL}),
    "unit": NUMBERS,
    "units": NUMBERS,
    "unit_from": NUMBERS,
    "codelist": _CODED,
    "to": frozenset({ItemType.LINK}),
    "many": frozenset({ItemType.LINK}),
    "comparator": NUMBERS,
    "pattern": frozenset({ItemType.TEXT}),
    "hard": NUMBERS | _TIMES | {ItemType.CODE},
    "soft": NUMBERS | _TIMES | {ItemType.CODE},
    "required": _ANSWERED,
    "calculate": _ANSWERED,
    "missing": _ANSWERED,
    "not_done_item": _ANSWERED,
    "investigator": _ANSWERED,
    "key": _ANSWERED,
    "source": _ANSWERED,
    "rest": NUMBERS | {ItemType.CODE},
    "same_as": _ANSWERED,
    "coding": frozenset({ItemType.TEXT}),
    KEY: NUMBERS,
}
_NOT_COMPUTED = (
    "required",
    "missing",
    "not_done_item",
    "units",
    "unit_from",
    "comparator",
    "pattern",
    "investigator",
    "key",
    "source",
    "rest",
    "same_as",
    "coding",
)

_BETWEEN_CODES = re.compile(r"[,;|]")
"""What separates the answers of an item of type multi when they are typed or stored."""

Conversions = dict[str, tuple[Decimal, Decimal]]
Implied = tuple[str, Decimal] | None


@dataclass(frozen=True, slots=True)
class Shared:
    """What all forms refer to: read before them."""

    units: Mapping[str, Unit]
    codelists: Mapping[str, CodeList]
    missing: Mapping[str, Text]
    compiler: Compiler
    sources: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An item with the table it came from, for the checks that need the whole form."""

    item: Item
    table: Table


def read_item(table: Table, form: str, group: str, row: str, shared: Shared) -> ReadItem | None:
    """One ``[[group.item]]``; None without a usable name or type. ``row`` = the repeating group, or ""."""
    name = table.string("name", required=True)
    table.place = table.place.named(f"group.{group}.{name}")
    kind = table.choice("type", ItemType)
    label = table.texts("label") or NO_TEXT
    if name and (NAME.fullmatch(name) is None or name in RESERVED):
        table.problem("name", "bad_name", name=name)
        return None
    if not name or kind is None:
        return None
    _keys_fit(table, kind)
    computed = table.has("calculate")
    compiler = shared.compiler
    node = Node("item", form, name)
    numeric = kind in NUMBERS or kind is ItemType.CODE
    hard = compiler.range(table, "hard", form, row, name, numeric)
    soft = compiler.range(table, "soft", form, row, name, numeric)
    _soft_inside_hard(table, hard, soft)
    unit, conversions, implied = _units(table, shared)
    item = Item(
        oid=f"{form}.{name}",
        name=name,
        form=form,
        group=group,
        type=kind,
        label=label,
        length=table.whole("length", 1, 10_000),
        decimals=table.whole("decimals", 0, 12),
        unit=unit,
        units=tuple(conversions),
        conversions=conversions,
        implied=implied,
        unit_from=table.string("unit_from") or None,
        codelist=_codelist(table, kind, shared),
        to=table.string("to") or None,
        many=table.flag("many"),
        comparator=table.flag("comparator"),
        hard=hard,
        soft=soft,
        pattern=regular_expression(table, "pattern") or None,
        required=table.flag("required") and not computed,
        relevant=compiler.key(table, "relevant", form, row, node),
        calculate=compiler.key(table, "calculate", form, row, node),
        missing=_missing(table, shared),
        not_done_item=table.string("not_done_item") or None,
        investigator=table.flag("investigator"),
        key=table.flag("key"),
        source=read_source(table, shared),
        rest=item_rest(table, kind, shared.codelists.get(table.string("codelist"))),
        same_as=table.strings("same_as"),
        course=read_course(table, form, row, compiler),
        sdtm=table.string("sdtm") or None,
        coding=table.choice("coding", Dictionary) if table.has("coding") else None,
        hint=table.texts("hint", required=False),
        guidance=table.texts("guidance", required=False),
        row=table.string("row") or None,
        column=table.string("column") or None,
        renamed_from=_renamed(table, name),
    )
    table.close()
    return ReadItem(item, table)


def _keys_fit(table: Table, kind: ItemType) -> None:
    for key, kinds in _TYPES_OF_KEY.items():
        if table.has(key) and kind not in kinds:
            table.problem(key, "key_not_for_type", key=key, type=kind)
    if kind in _CODED and not table.has("codelist"):
        table.problem("", "key_missing", key="codelist")
    if kind is ItemType.LINK and not table.has("to"):
        table.problem("", "key_missing", key="to")
    if table.has("calculate"):
        for key in _NOT_COMPUTED:
            if table.has(key) and table.data[key] is not False:
                table.problem(key, "key_of_entered_item", key=key)


def _soft_inside_hard(table: Table, hard: Range | None, soft: Range | None) -> None:
    """A soft limit beyond the hard one can never be met alone: one of the two is a typing error."""
    if hard is None or soft is None:
        return
    low, soft_low = constant(hard.low), constant(soft.low)
    high, soft_high = constant(hard.high), constant(soft.high)
    if (low is not None and soft_low is not None and soft_low < low) or (
        high is not None and soft_high is not None and soft_high > high
    ):
        table.problem("soft", "soft_outside_hard")


def _units(table: Table, shared: Shared) -> tuple[str | None, Conversions, Implied]:
    """The stored unit, and the conversions of this item: its own tables, or names of ``units.toml``. The
    third is the unit that a bare number above a limit is in.
    """
    symbol = table.string("unit")
    alternates = table.raw("units")
    unit = shared.units.get(symbol)
    if symbol and unit is None:
        table.problem("unit", "unknown_unit", name=symbol, hint=suggestion(symbol, shared.units))
    conversions: Conversions = {}
    implied: Implied = None
    if alternates is None:
        return symbol or None, conversions, implied
    if not isinstance(alternates, list):
        table.problem("units", "not_a_list", key="units")
        return symbol or None, conversions, implied
    if not symbol:
        table.problem("units", "units_without_unit")
    known = unit.conversions if unit is not None else {}
    for index, alternate in enumerate(alternates):
        place = table.place_of("units").at(index)
        if isinstance(alternate, dict):
            entry = Table(table.report, place, alternate)
            other = entry.string("unit", required=True)
            conversion = read_conversion(entry)
            implied = _implied(entry, other) or implied
            entry.close()
        elif isinstance(alternate, str) and (alternate in known or unit is None):
            other, conversion = alternate, known.get(alternate, (Decimal(0), Decimal(1)))
        else:
            table.report.add(
                place, "no_conversion", name=alternate, unit=symbol, hint=suggestion(str(alternate), known)
            )
            continue
        if other and same_unit(other, symbol):
            table.report.add(place, "unit_into_itself", unit=other)
        elif any(same_unit(other, listed) for listed in conversions):
            table.report.add(place, "listed_twice", name=other)
        elif other:
            conversions[other] = conversion
    return symbol or None, conversions, implied


def _implied(entry: Table, unit: str) -> Implied:
    """``above``: a number typed without a unit is in this one when it is larger."""
    if not entry.has("above"):
        return None
    limit = exact(entry.raw("above"))
    if limit is None:
        entry.problem("above", "bad_factor", key="above")
    return None if limit is None else (unit, limit)


def _codelist(table: Table, kind: ItemType, shared: Shared) -> str | None:
    name = table.string("codelist")
    if not name:
        return None
    codelist = shared.codelists.get(name)
    if codelist is None:
        unknown_codelist(table, "codelist", name, shared.codelists)
    elif kind is ItemType.MULTI:
        for value in codelist.values:
            if _BETWEEN_CODES.search(value.code):
                table.problem("codelist", "code_of_several", word=value.code, codelist=name)
    elif kind is ItemType.CODE and not codelist.integers:
        for key in ("hard", "soft"):
            if table.has(key):
                table.problem(key, "range_of_words", key=key, codelist=name)
    return name


def read_source(table: Table, shared: Shared) -> str | None:
    """``source`` of a form or item: a code of the study's ``[sources]``."""
    code = table.string("source")
    if code and code not in shared.sources:
        hint = suggestion(code, shared.sources)
        table.problem("source", "unknown_source", name=code, hint=hint)
    return code or None


def _missing(table: Table, shared: Shared) -> tuple[str, ...]:
    codes = table.strings("missing")
    for index, code in enumerate(codes):
        if code not in shared.missing:
            table.report.add(
                table.place_of("missing").at(index),
                "unknown_missing_code",
                name=code,
                hint=suggestion(code, shared.missing),
            )
    return codes


def _renamed(table: Table, name: str) -> str | None:
    former = table.string("renamed_from")
    if former and (former == name or re.fullmatch(r"(?:[A-Z][A-Z0-9_]*\.)?[A-Z][A-Z0-9_]*", former) is None):
        table.problem("renamed_from", "bad_name", name=former)
    return former or None
