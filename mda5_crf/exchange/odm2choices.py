"""Items with several answers: in 1.3 one yes/no item per code, in 2.0 one item with several values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mda5_crf.exchange.odm2node import Node, all_of, copied, first_of, made, own
from mda5_crf.exchange.odm2plan import Column, Plan

_TYPE, _LIST = own("Type"), own("CodeListOID")
_JOINTS: Final = {"en": ": ", "zh": "：", "zh-Hans": "："}
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def gather(version: Node, plan: Plan) -> None:
    """One item instead of its columns. Fills ``plan.columns``."""
    lists = {one[1].get("OID", ""): one for one in all_of(version, "CodeList")}
    runs: dict[str, list[Node]] = {}
    for item in all_of(version, "ItemDef"):
        codes = _codes(lists.get(item[1].get(_LIST, "")))
        oid = item[1].get("OID", "")
        code = next((one for one in codes if oid.endswith(f".{one}")), None)
        if item[1].get(_TYPE) == "multi" and code is not None:
            runs.setdefault(oid[: -len(code) - 1], []).append(item)
    bases: dict[str, Node] = {}
    for base, items in runs.items():
        codes = _codes(lists[items[0][1][_LIST]])
        if [one[1]["OID"] for one in items] != [f"{base}.{code}" for code in codes]:
            continue
        one = _base(base, items[0], lists[items[0][1][_LIST]], next(iter(codes)))
        spread_again = _columns(one, lists[items[0][1][_LIST]])
        if all(mine == theirs for mine, theirs in zip(spread_again, items, strict=True)):
            bases[base] = one
            plan.columns |= {f"{base}.{code}": Column(base, code) for code in codes}
    _swap(version, plan, bases)


def spread(version: Node, plan: Plan) -> None:
    """The way back of :func:`gather`."""
    lists = {one[1].get("OID", ""): one for one in all_of(version, "CodeList")}
    found: list[Node] = []
    for one in version[3]:
        ref = first_of(one, "CodeListRef") if one[0] == "ItemDef" else None
        listed = None if ref is None else lists.get(ref[1].get("CodeListOID", ""))
        if listed is None or one[1].get(_TYPE) != "multi":
            found.append(one)
            continue
        base = one[1]["OID"]
        plan.columns |= {f"{base}.{code}": Column(base, code) for code in _codes(listed)}
        found += _columns(one, listed)
    version[3] = found
    several = plan.several
    for group in all_of(version, "ItemGroupDef"):
        refs: list[Node] = []
        for one in group[3]:
            columns = several.get(one[1].get("ItemOID", "")) if one[0] == "ItemRef" else None
            if columns is None:
                refs.append(one)
                continue
            number = one[1].get("OrderNumber", "")
            for place, (oid, _) in enumerate(columns):
                ref = copied(one)
                ref[1]["ItemOID"] = oid
                if number.isdecimal():
                    ref[1]["OrderNumber"] = str(int(number) + place)
                refs.append(ref)
        group[3] = refs


def _swap(version: Node, plan: Plan, bases: Mapping[str, Node]) -> None:
    put: set[str] = set()
    found: list[Node] = []
    for one in version[3]:
        column = plan.columns.get(one[1].get("OID", "")) if one[0] == "ItemDef" else None
        if column is None:
            found.append(one)
        elif column.base not in put:
            put.add(column.base)
            found.append(bases[column.base])
    version[3] = found
    for group in all_of(version, "ItemGroupDef"):
        refs, put = [], set()
        for one in group[3]:
            column = plan.columns.get(one[1].get("ItemOID", "")) if one[0] == "ItemRef" else None
            if column is None:
                refs.append(one)
            elif column.base not in put:
                put.add(column.base)
                one[1]["ItemOID"] = column.base
                refs.append(one)
        group[3] = refs


def _codes(listed: Node | None) -> dict[str, Node]:
    if listed is None:
        return {}
    return {one[1].get("CodedValue", ""): one for one in all_of(listed, "CodeListItem")}


def _base(base: str, first: Node, listed: Node, code: str) -> Node:
    """The item, from its first column."""
    one = copied(first)
    del one[1][_LIST]
    one[1] |= {"OID": base, "Name": one[1].get("Name", "").removesuffix(f".{code}")}
    one[1]["DataType"] = "integer" if listed[1].get("DataType") == "integer" else "text"
    said = _decodes(_codes(listed)[code])
    question = first_of(one, "Question")
    for text in [] if question is None else question[3]:
        tail = _tail(text, said)
        text[2] = (text[2] or "").removesuffix(tail) if tail else text[2]
    one[3].append(made("CodeListRef", {"CodeListOID": listed[1]["OID"]}))
    return one


def _columns(base: Node, listed: Node) -> list[Node]:
    """The yes/no items of an item."""
    found = []
    for place, (code, choice) in enumerate(_codes(listed).items()):
        one = copied(base)
        one[3] = [
            child for child in one[3] if child[0] != "CodeListRef" and (not place or child[0] != "RangeCheck")
        ]
        one[1] |= {
            "OID": f"{base[1]['OID']}.{code}", "Name": f"{base[1].get('Name', '')}.{code}",
            "DataType": "boolean", _LIST: listed[1]["OID"],
        }  # fmt: skip
        said = _decodes(choice)
        question = first_of(one, "Question")
        for text in [] if question is None else question[3]:
            text[2] = (text[2] or "") + _tail(text, said)
        found.append(one)
    return found


def _decodes(choice: Node) -> dict[str, str]:
    decode = first_of(choice, "Decode")
    return {} if decode is None else {one[1].get(_LANG, ""): one[2] or "" for one in decode[3]}


def _tail(text: Node, said: Mapping[str, str]) -> str:
    language = text[1].get(_LANG, "")
    return f"{_JOINTS.get(language, ': ')}{said[language]}" if language in said else ""
