"""Reads what a table shows beside its cells (``totals``) and what one key may set in it (``rest``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mda5_crf.study.model import Axis, CodeList, Item, ItemType, Layout, Rule, Total
from mda5_crf.study.reader import Table
from mda5_crf.study.report import suggestion

_NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)


def read_totals(
    table: Table, layout: Layout, rows: Mapping[str, Axis], columns: Mapping[str, Axis]
) -> tuple[Total, ...]:
    """The ``totals`` of a group; which items they name is checked by :func:`totals_fit`."""
    if table.has("totals") and layout not in (Layout.GRID, Layout.PANEL):
        table.problem("totals", "key_not_for_layout", key="totals", layout=layout)
    totals = []
    for entry in table.children("totals"):
        item = entry.string("item")
        rule = entry.choice("rule", Rule) if entry.has("rule") else None
        of = entry.strings("of")
        text = entry.texts("text", required=False)
        row, column = entry.string("row") or None, entry.string("column") or None
        for key, code, headings in (("row", row, rows), ("column", column, columns)):
            if code is not None and code not in headings:
                entry.problem(key, "unknown_heading", name=code, hint=suggestion(code, headings))
        if bool(item) == bool(rule) or bool(rule) != bool(of):
            entry.problem("", "total_of_what")
        entry.close()
        totals.append(Total(item, rule, of, row, column, text))
    return tuple(totals)


def totals_fit(table: Table, totals: Sequence[Total], items: Mapping[str, Item]) -> None:
    """Report each total of an item that the form does not have, or that is not calculated or no number."""
    for place, total in enumerate(totals):
        for name in filter(None, (total.item, *total.of)):
            item = items.get(name)
            where = table.place_of("totals").at(place)
            if item is None:
                table.report.add(where, "unknown_item", name=name, hint=suggestion(name, items))
            elif name == total.item and (not item.computed or item.type not in _NUMBERS):
                table.report.add(where, "total_unfit", name=name)


def item_rest(table: Table, kind: ItemType, codelist: CodeList | None) -> str | None:
    """The code of an item at rest."""
    code = table.string("rest") or None
    if code is None:
        return None
    if (codelist is not None and code not in codelist.by_code) or (kind in _NUMBERS and not code.isdigit()):
        table.problem("rest", "rest_code", word=code)
    return code


def group_rest(table: Table, code: str, codelists: Mapping[str, CodeList], items: Iterable[Item]) -> None:
    """Report a code at rest that no item of the group could take."""
    for item in items:
        codelist = codelists.get(item.codelist or "")
        if item.type is ItemType.CODE and codelist is not None and code in codelist.by_code:
            return
        if item.type in _NUMBERS and code.isdigit():
            return
    table.problem("rest", "rest_code", word=code)
