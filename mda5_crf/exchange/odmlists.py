"""Codelists and units of a stranger's study, as this program has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mda5_crf.exchange.odmindex import Index
from mda5_crf.exchange.odmnaming import Maker, codes
from mda5_crf.exchange.odmnode import attribute, children, first, name_of, said, text_of, texts
from mda5_crf.exchange.odmorigin import BOOLEANS
from mda5_crf.exchange.odmplaces import ordered, short
from mda5_crf.exchange.odmread import Node
from mda5_crf.exchange.odmreport import ImportReport

MOST: Final = 3000
"""Answers; a longer list is a dictionary to look up in, not one to choose from: its items are text."""
WORDS: Final = frozenset({"CodeListItem", "EnumeratedItem"})
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_HEAD: Final = re.compile(r"(?i)(?:codelist|cl)[._]")
OPENCLINICA: Final = "{http://www.openclinica.org/ns/odm_ext_v130/v3.1}"


@dataclass(slots=True)
class Lists:
    """The codelists made: ours by name; foreign OID → ours; foreign code → ours, of each."""

    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    integers: set[str] = field(default_factory=set)
    maker: Maker = field(default_factory=lambda: Maker(40, "_", "LIST"))

    def add(
        self, wanted: str, values: list[tuple[str, dict[str, str]]], *, integers: bool, name: str = ""
    ) -> str:
        """Make a list; give its name."""
        ours = self.maker.make(wanted, name)
        mapped = codes(code for code, _ in values)
        whole = integers and all(_WHOLE.fullmatch(code) for code in mapped.values())
        written: dict[str, dict[str, str]] = {}
        for code, words in values:
            written.setdefault(
                mapped[code],
                {"code": mapped[code], **(words if any(words.values()) else {"en": code or "-"})},
            )
        self.made[ours] = {"integers": True if whole else None, "values": list(written.values())}
        self.codes[ours] = mapped
        if whole:
            self.integers.add(ours)
        return ours

    def booleans(self, yes: dict[str, str], no: dict[str, str]) -> str:
        """The list of the two answers of a boolean without one of its own."""
        if "#boolean" not in self.names:
            name = self.add("BOOLEAN", [("1", yes), ("0", no)], integers=False)
            self.codes[name] |= BOOLEANS
            self.names["#boolean"] = name
        return self.names["#boolean"]


def read_lists(index: Index, report: ImportReport) -> Lists:
    """Every CodeList with answers in it (and OpenClinica's lists of several)."""
    lists = Lists()
    for oid, node in index.all("CodeList").items():
        items = ordered(node, *WORDS)
        if len(items) > MOST:
            report.misses("list_too_long", oid)
            continue
        if items:
            _list(lists, oid, node, items, report)
    for source in index.sources:
        for node in children(source, f"{OPENCLINICA}MultiSelectList"):
            oid = attribute(node, "ID")
            items = list(children(node, f"{OPENCLINICA}MultiSelectListItem"))
            if items and len(items) <= MOST and oid not in lists.names:
                _list(lists, oid, node, items, report)
    return lists


def _list(lists: Lists, oid: str, node: Node, items: list[Node], report: ImportReport) -> None:
    values = []
    seen: set[str] = set()
    for item in items:
        code = str(item[1].get("CodedValue", item[1].get("CodedOptionValue", "")))
        if code in seen:
            report.repair("code_twice", f"{oid} {code}")
            continue
        if not code.strip():
            report.repair("code_empty", oid)
        seen.add(code)
        decode = first(item, "Decode") or first(item, f"{OPENCLINICA}Decode")
        words = said(decode)
        if not words and decode is not None:
            inner = next((one for one in decode[3] if name_of(one).endswith("TranslatedText")), None)
            words = {"": text_of(inner)} if inner is not None else {}
        values.append((code, texts(words, code.strip() or "-")))
        report.use(item, decode, *(children(decode, "TranslatedText") if decode is not None else ()))
    whole = attribute(node, "DataType").casefold() in ("integer", "float", "double")
    wanted = short(oid, _HEAD).removesuffix(".choices")
    ours = lists.add(wanted, values, integers=whole, name=attribute(node, "Name"))
    lists.names[oid] = ours
    if attribute(node, "DataType").casefold() == "boolean":
        lists.codes[ours] = {**BOOLEANS, **lists.codes[ours]}
        known = {one["code"] for one in lists.made[ours]["values"]}
        lists.codes[ours] = {theirs: code for theirs, code in lists.codes[ours].items() if code in known}
    report.use(node)


def differing(made: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Of each list the codes that are written differently here."""
    found = {
        name: {theirs: ours for theirs, ours in mapped.items() if theirs != ours}
        for name, mapped in made.items()
    }
    return {name: mapped for name, mapped in found.items() if mapped}


def read_units(index: Index, report: ImportReport) -> dict[str, str]:
    """Foreign OID → the unit as it is written."""
    found: dict[str, str] = {}
    for oid, node in index.units.items():
        words = said(first(node, "Symbol"))
        text = texts(words, attribute(node, "Name") or oid)
        symbol = " ".join(text.get("en", text.get("zh", "")).split())
        if oid and symbol:
            found[oid] = symbol
            holder = first(node, "Symbol")
            report.use(node, holder, *(children(holder, "TranslatedText") if holder is not None else ()))
    return found
