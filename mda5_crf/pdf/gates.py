"""Where to say under which condition questions are asked: once for a group, a run or a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mda5_crf.study.model import Item, ItemGroup
from mda5_crf.text import Text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def shared(items: Iterable[Item]) -> str:
    """The condition that all ``items`` have in common, as source; empty when there is none."""
    sources = {item.relevant.source if item.relevant is not None else "" for item in items}
    return sources.pop() if len(sources) == 1 else ""


def by_column(group: ItemGroup, headings: Mapping[str, Text]) -> tuple[dict[str, Text], dict[str, str]]:
    """Conditions of a table that read the same in every row.

    Returns names to read as column headings (item name → heading) and, for each column whose items all
    ask the same of their own row, the condition of one of them: "significance, only if the position is …".
    """
    names = {item.name: headings[item.column or ""] for item in group.items if item.column in headings}
    codes = {item.name: f"<{item.column}>" for item in group.items if item.column}
    told: dict[str, str] = {}
    for column in headings:
        items = [item for item in group.items if item.column == column]
        general = {
            _NAME.sub(lambda found: codes.get(found[0], found[0]), item.relevant.source)
            if item.relevant is not None
            else ""
            for item in items
        }
        first = items[0].relevant if items else None
        if len(general) == 1 and first is not None:
            told[column] = first.source
    return names, told
