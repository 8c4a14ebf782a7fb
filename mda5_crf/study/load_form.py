"""Reads one file of ``forms/``: groups with their items, templates, instruments, checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mda5_crf.study.compiling import Node
from mda5_crf.study.expression import Expression
from mda5_crf.study.load_item import DATES, NUMBERS, ReadItem, Shared, read_item, read_source
from mda5_crf.study.load_study import unknown_codelist
from mda5_crf.study.load_totals import group_rest, read_totals, totals_fit
from mda5_crf.study.model import (
    Axis,
    Check,
    Form,
    Instrument,
    ItemGroup,
    ItemType,
    Layout,
    Sdv,
    Severity,
    Total,
)
from mda5_crf.study.reader import NO_TEXT, Table
from mda5_crf.study.report import suggestion
from mda5_crf.study.template import Expansion, expand

FORM_OID = re.compile(r"[A-Z][A-Z0-9]{0,19}")
_GROUP = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_CHECK = re.compile(r"[A-Z][A-Za-z0-9_.\-]{0,59}")
_INSTRUMENT = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ARGUMENT = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
DEVIATIONS = "DVCAT"
"""The codelist of the categories of protocol deviations."""
_ARRANGED = (Layout.GRID, Layout.PANEL)


class When(StrEnum):
    """When a check runs: at every change of the form, or at completion only."""

    ALWAYS = "always"
    COMPLETE = "complete"


@dataclass(slots=True)
class ReadForm:
    """A form as read, with the tables its parts came from."""

    form: Form
    table: Table
    items: dict[str, ReadItem] = field(default_factory=dict)
    groups: dict[str, ItemGroup] = field(default_factory=dict)
    checks: list[tuple[Check, Table]] = field(default_factory=list)
    instruments: list[tuple[Instrument, Table]] = field(default_factory=list)


class _FormReader:
    def __init__(self, table: Table, shared: Shared) -> None:
        self._table = table
        self._shared = shared
        self._oid = ""
        self._items: dict[str, ReadItem] = {}
        self._groups: dict[str, ItemGroup] = {}
        self._totals: list[tuple[Table, tuple[Total, ...]]] = []
        self._made_checks: list[Table] = []

    def read(self) -> ReadForm | None:
        head = self._table.child("form", required=True)
        if head is None:
            return None
        self._oid = head.string("oid", required=True)
        if FORM_OID.fullmatch(self._oid) is None or self._oid == "PREV":
            head.problem("oid", "bad_name", name=self._oid)
            return None
        if self._table.place.file.removesuffix(".toml") != f"forms/{self._oid}":
            head.problem("oid", "form_file_name", name=self._oid)
        name = head.texts("name") or NO_TEXT
        domain = head.string("domain", required=True)
        date_item = head.string("date_item")
        log, repeating = head.flag("log"), head.flag("repeating")
        watermark, note = head.texts("watermark", required=False), head.texts("note", required=False)
        sdv = head.choice("sdv", Sdv) if head.has("sdv") else None
        source = read_source(head, self._shared)
        head.close()
        self._read_groups()
        self._share_units()
        self._references_in_form()
        if date_item and not self._is_date(date_item):
            head.problem(
                "date_item", "not_a_date_item", name=date_item, hint=suggestion(date_item, self._items)
            )
        if log and not any(group.repeating for group in self._groups.values()):
            head.problem("log", "log_without_rows")
        instruments = list(self._instruments())
        checks = list(self._checks())
        self._table.close()
        form = Form(
            oid=self._oid,
            name=name,
            domain=domain,
            groups=tuple(self._groups.values()),
            checks=tuple(check for check, _ in checks),
            instruments={instrument.name: instrument for instrument, _ in instruments},
            repeating=repeating,
            log=log,
            date_item=date_item or None,
            watermark=watermark,
            note=note,
            sdv=sdv,
            source=source,
            items={name: read.item for name, read in self._items.items()},
        )
        return ReadForm(form, self._table, self._items, self._groups, checks, instruments)

    def _is_date(self, name: str) -> bool:
        return name in self._items and self._items[name].item.type in DATES | {ItemType.DATETIME}

    # groups and items

    def _read_groups(self) -> None:
        tables = self._table.children("group", required=True)
        expansions = list(expand(self._table))
        self._made_checks = [check for expansion in expansions for check in expansion.checks]
        names = [table.string("name", required=True) for table in tables]
        for expansion in expansions:
            if expansion.group and expansion.group not in names:
                hint = suggestion(expansion.group, names)
                self._table.report.add(
                    expansion.place.at("group"), "unknown_group", name=expansion.group, hint=hint
                )
        for name, table in zip(names, tables, strict=True):
            table.place = table.place.named(f"group.{name}")
            if name in self._groups:
                table.problem("name", "duplicate_group", name=name)
            elif name and _GROUP.fullmatch(name) is None:
                table.problem("name", "bad_name", name=name)
            self._read_group(name, table, [made for made in expansions if made.group == name])

    def _read_group(self, name: str, table: Table, expansions: list[Expansion]) -> None:
        title = table.texts("title") or NO_TEXT
        layout = table.choice("layout", Layout, Layout.ROWS) or Layout.ROWS
        repeating = table.flag("repeating")
        if repeating != (layout is Layout.LOG):
            table.problem("repeating" if repeating else "layout", "log_repeats")
        rows = self._axis(table, "rows", layout)
        columns = self._axis(table, "columns", layout)
        if not rows and layout is Layout.PANEL:
            rows = {row.code: row for made in expansions for row in made.rows}
        row_group = name if repeating else ""
        relevant = self._shared.compiler.key(
            table, "relevant", self._oid, row_group, Node("group", self._oid, name)
        )
        tables = list(table.children("item"))
        for expansion in expansions:
            for entry, made in expansion.items:
                if layout in _ARRANGED and not made.has("row") and (not rows or entry in rows):
                    made.data["row"] = entry
                tables.append(made)
        items = [item for item in (self._read_item(made, name, row_group) for made in tables) if item]
        if not tables:
            table.problem("", "empty_group")
        zero = table.string("zero_row")
        rest = table.string("rest") or zero
        totals = read_totals(table, layout, rows, columns)
        table.close()
        self._arranged(items, layout, rows, columns)
        if zero:
            self._zero_row(table, zero, layout, items)
        if rest and rest != zero:
            if layout is Layout.LOG:
                table.problem("rest", "key_not_for_layout", key="rest", layout=layout)
            group_rest(table, rest, self._shared.codelists, [read.item for read in items])
        self._totals.append((table, totals))
        self._groups[name] = ItemGroup(
            oid=f"{self._oid}.{name}",
            name=name,
            form=self._oid,
            title=title,
            layout=layout,
            items=tuple(read.item for read in items),
            rows=tuple(rows.values()),
            columns=tuple(columns.values()),
            repeating=repeating,
            relevant=relevant,
            zero_row=zero or None,
            rest=rest or None,
            totals=totals,
        )

    def _read_item(self, table: Table, group: str, row_group: str) -> ReadItem | None:
        read = read_item(table, self._oid, group, row_group, self._shared)
        if read is None:
            return None
        if read.item.name in self._items:
            table.problem("name", "duplicate_item", name=read.item.name)
            return None
        self._items[read.item.name] = read
        return read

    def _axis(self, table: Table, key: str, layout: Layout) -> dict[str, Axis]:
        if table.has(key) and layout not in _ARRANGED:
            table.problem(key, "key_not_for_layout", key=key, layout=layout)
        headings: dict[str, Axis] = {}
        for entry in table.children(key):
            code = entry.string("code", required=True)
            text = entry.own_texts()
            if code in headings:
                entry.problem("code", "duplicate_heading", name=code)
            elif code:
                headings[code] = Axis(code, text)
        if layout is Layout.GRID and not headings:
            table.problem("", "key_missing", key=key)
        return headings

    def _arranged(
        self, items: list[ReadItem], layout: Layout, rows: Mapping[str, Axis], columns: Mapping[str, Axis]
    ) -> None:
        cells: dict[tuple[str, str], str] = {}
        for read in items:
            item, table = read.item, read.table
            for key, code, headings in (("row", item.row, rows), ("column", item.column, columns)):
                if layout not in _ARRANGED:
                    if code:
                        table.problem(key, "key_not_for_layout", key=key, layout=layout)
                elif code and code not in headings:
                    table.problem(key, "unknown_heading", name=code, hint=suggestion(code, headings))
                elif not code and layout is Layout.GRID and item.type is not ItemType.LABEL:
                    table.problem("", "key_missing", key=key)
            if item.row and item.column:
                other = cells.setdefault((item.row, item.column), item.name)
                if other != item.name:
                    table.problem("column", "cell_taken", row=item.row, column=item.column, other=other)

    def _zero_row(self, table: Table, code: str, layout: Layout, items: list[ReadItem]) -> None:
        if layout is not Layout.GRID:
            table.problem("zero_row", "key_not_for_layout", key="zero_row", layout=layout)
        lists = {read.item.codelist or "" for read in items if read.item.type is ItemType.CODE}
        known = [self._shared.codelists[oid] for oid in lists if oid in self._shared.codelists]
        if not any(code in codelist.by_code for codelist in known):
            table.problem("zero_row", "zero_row_code", word=code)

    def _share_units(self) -> None:
        """An item with ``unit_from`` is typed in the unit of another; it takes over what it does not say."""
        for name, read in self._items.items():
            item, table = read.item, read.table
            if item.unit_from is None:
                continue
            source = self._items.get(item.unit_from)
            if source is None:
                hint = suggestion(item.unit_from, self._items)
                table.problem("unit_from", "unknown_item", name=item.unit_from, hint=hint)
                continue
            other = source.item
            fits = other.type in NUMBERS and other.group == item.group and other.unit_from is None
            if not fits or item.unit not in (None, other.unit):
                table.problem("unit_from", "unit_from_unfit", name=other.name)
            elif item.units and dict(item.conversions) != dict(other.conversions):
                table.problem("units", "unit_from_other_units", name=other.name)
            else:
                same = replace(item, unit=other.unit, units=other.units, conversions=other.conversions)
                self._items[name] = ReadItem(same, table)
        for name, group in self._groups.items():
            items = tuple(self._items[item.name].item for item in group.items)
            self._groups[name] = replace(group, items=items)

    def _references_in_form(self) -> None:
        for table, totals in self._totals:
            totals_fit(table, totals, {name: read.item for name, read in self._items.items()})
        for read in self._items.values():
            name = read.item.not_done_item
            if name is None:
                continue
            other = self._items.get(name)
            if other is None:
                read.table.problem(
                    "not_done_item", "unknown_item", name=name, hint=suggestion(name, self._items)
                )
            elif other.item.type is not ItemType.CODE or name == read.item.name or other.item.computed:
                read.table.problem("not_done_item", "not_done_unfit", name=name)

    # instruments and checks

    def _instruments(self) -> Iterator[tuple[Instrument, Table]]:
        for name, table in self._table.entries("instrument"):
            if _INSTRUMENT.fullmatch(name) is None:
                table.problem("", "bad_instrument_name", name=name)
            function = table.string("function", required=True)
            inputs = table.child("inputs", required=True)
            table.close()
            node = Node("part", self._oid, name)
            given: dict[str, Expression | Mapping[str, Expression]] = {}
            for key in inputs.data if inputs is not None else ():
                assert inputs is not None
                value = inputs.raw(key)
                if key.lower() in given:
                    inputs.problem(key, "listed_twice", name=key)
                elif _ARGUMENT.fullmatch(key) is None:
                    inputs.problem(key, "bad_name", name=key)
                elif isinstance(value, dict):
                    part = inputs.child(key)
                    assert part is not None
                    given[key.lower()] = self._expressions(part, node)
                else:
                    given.update(self._expressions(inputs, node, only=key))
            yield Instrument(name, self._oid, function, given), table

    def _expressions(self, table: Table, node: Node, only: str | None = None) -> dict[str, Expression]:
        result = {}
        for key in (only,) if only else tuple(table.data):
            expression = self._shared.compiler.key(table, key, self._oid, node=node)
            if expression is not None:
                if key.lower() in result:
                    table.problem(key, "listed_twice", name=key)
                result[key.lower()] = expression
        return result

    def _checks(self) -> Iterator[tuple[Check, Table]]:
        for table in [*self._table.children("check"), *self._made_checks]:
            oid = table.string("oid", required=True)
            table.place = table.place.named(f"check.{oid}")
            if oid and _CHECK.fullmatch(oid) is None:
                table.problem("oid", "bad_name", name=oid)
            severity = table.choice("severity", Severity)
            each = table.string("each")
            if each and (each not in self._groups or not self._groups[each].repeating):
                table.problem("each", "each_not_repeating", name=each)
            fires = self._shared.compiler.key(table, "fires", self._oid, each)
            if not table.has("fires"):
                table.problem("", "key_missing", key="fires")
            items = table.strings("items", required=True)
            message = table.texts("message") or NO_TEXT
            deviation = table.string("deviation") or None
            if deviation is not None:
                self._deviation(table, deviation)
            when = table.choice("when", When, When.ALWAYS)
            table.close()
            if oid and severity is not None and fires is not None:
                late = when is When.COMPLETE
                check = Check(oid, self._oid, severity, fires, message, items, late, each or None, deviation)
                yield check, table

    def _deviation(self, table: Table, code: str) -> None:
        categories = self._shared.codelists.get(DEVIATIONS)
        if categories is None:
            unknown_codelist(table, "deviation", DEVIATIONS, self._shared.codelists)
        elif code not in categories.by_code:
            hint = suggestion(code, categories.by_code)
            table.problem("deviation", "unknown_deviation", name=code, codelist=DEVIATIONS, hint=hint)


def read_form(table: Table, shared: Shared) -> ReadForm | None:
    """The form of one file; None when not even its OID can be read."""
    return _FormReader(table, shared).read()
