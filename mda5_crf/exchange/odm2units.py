"""Units: in ODM 1.3 a list beside the definition, in 2.0 an item of its own with the units as its answers.

The item of ``I.X`` is ``I.X.U``; items with the same units have the same codelist. Where the list of 1.3 says
more than the items can (units that nobody uses, other OIDs), it stays, as content of 1.3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from mda5_crf.exchange.odm2node import (
    ONLY_1,
    Node,
    all_of,
    aside,
    back,
    copied,
    first_of,
    made,
    only1,
    same,
    without,
)
from mda5_crf.exchange.odm2plan import Plan, UnitItem

_LISTS: Final = "CL.U."
_UNITS: Final = "MeasurementUnit"
_REF: Final = "MeasurementUnitRef"


class Units:
    """The units of a study: OID → code, and the words of each."""

    def __init__(self, basics: Node | None) -> None:
        listed = [] if basics is None else all_of(basics, _UNITS)
        often = Counter(one[1].get("Name", "") for one in listed)
        self.codes: dict[str, str] = {}
        self.symbols: dict[str, Node] = {}
        for one in listed:
            oid, name = one[1].get("OID", ""), one[1].get("Name", "")
            self.codes[oid] = name if name and often[name] == 1 else oid
            symbol = first_of(one, "Symbol")
            if symbol is not None:
                self.symbols[oid] = symbol

    def code(self, oid: str) -> str:
        """The code of a unit, also of one that no list has."""
        return self.codes.get(oid, oid)


def split(version: Node, units: Units, plan: Plan, used: set[str]) -> None:
    """Make the items that hold units; ``used``: OIDs of the definition. Fills ``plan.units``."""
    lists: dict[str, Node] = {}
    items: list[Node] = []
    for one in version[3]:
        items.append(one)
        if one[0] != "ItemDef":
            continue
        oids = [ref[1].get("MeasurementUnitOID", "") for ref in all_of(one, _REF)]
        oid = one[1].get("OID", "")
        if not oids or f"{oid}.U" in used or len(set(oids)) != len(oids):
            continue
        plan.units[oid] = UnitItem(f"{oid}.U", {ref: units.code(ref) for ref in oids})
        without(one, lambda child: child[0] == _REF)
        _limits(one, oids[0])
        name = _LISTS + "|".join(units.code(ref) for ref in oids)
        if name not in lists:
            lists[name] = _list(name, oids, units)
        length = max(len(units.code(ref)) for ref in oids)
        said: dict[str, str | None] = {
            "OID": f"{oid}.U", "Name": f"{one[1].get('Name') or oid}.U", "DataType": "text",
            "Length": str(max(1, length)),
        }  # fmt: skip
        items.append(made("ItemDef", said, made("CodeListRef", {"CodeListOID": name})))
    version[3] = [*items, *lists.values()]
    for group in all_of(version, "ItemGroupDef"):
        refs: list[Node] = []
        for one in group[3]:
            refs.append(one)
            unit = plan.units.get(one[1].get("ItemOID", "")) if one[0] == "ItemRef" else None
            if unit is not None:
                one[1]["UnitsItemOID"] = unit.oid
                closed = one[1].get("CollectionExceptionConditionOID")
                said = {"ItemOID": unit.oid, "Mandatory": "No", "CollectionExceptionConditionOID": closed}
                refs.append(made("ItemRef", said))
        group[3] = refs


def join(version: Node, basics: Node | None, plan: Plan) -> list[Node]:
    """The way back of :func:`split`: units as references again. ``basics``: the list of 1.3 where it was
    kept. Returns the units as far as the items tell them.
    """
    lists = {one[1].get("OID", ""): one for one in all_of(version, "CodeList")}
    defined = {one[1].get("OID", ""): one for one in all_of(version, "ItemDef")}
    known = {code: oid for oid, code in Units(basics).codes.items()}
    found: dict[str, Node] = {}
    gone: set[str] = set()
    for oid, item in defined.items():
        holder = defined.get(f"{oid}.U")
        ref = None if holder is None else first_of(holder, "CodeListRef")
        name = "" if ref is None else ref[1].get("CodeListOID", "")
        if not name.startswith(_LISTS) or name not in lists:
            continue
        told: dict[str, str] = {}
        for choice in all_of(lists[name], "CodeListItem"):
            code = choice[1].get("CodedValue", "")
            told[known.get(code, f"MU.{code}" if basics is None else code)] = code
            unit = next(reversed(told))
            if unit not in found:
                found[unit] = _unit(unit, code, choice)
        plan.units[oid] = UnitItem(f"{oid}.U", told)
        gone |= {f"{oid}.U", name}
        item[3] += [made(_REF, {"MeasurementUnitOID": unit}) for unit in told]
        for check in all_of(item, "RangeCheck"):
            if check[1].pop(only1("Unit"), "") != "No" and first_of(check, "CheckValue") is not None:
                check[3].append(made(_REF, {"MeasurementUnitOID": next(iter(told))}))
    without(version, lambda one: one[1].get("OID") in gone and one[0] in ("ItemDef", "CodeList"))
    for group in all_of(version, "ItemGroupDef"):
        without(group, lambda one: one[0] == "ItemRef" and one[1].get("ItemOID") in gone)
        for one in all_of(group, "ItemRef"):
            if one[1].get("UnitsItemOID") in gone:
                del one[1]["UnitsItemOID"]
    return list(found.values())


def listed(units: Iterable[Node]) -> Node | None:
    """The list of units as 1.3 has it; None when there are none."""
    once: dict[str, Node] = {}
    for one in units:
        once.setdefault(one[1]["OID"], one)
    return made("BasicDefinitions", {}, *once.values()) if once else None


def remainder(basics: Node | None, derived: Node | None) -> Node | None:
    """The list of 1.3 as content of 1.3, where the items do not tell the same."""
    if basics is None or (derived is not None and same(basics, derived)):
        return None
    return aside(basics, ONLY_1)


def kept_list(study: Node) -> Node | None:
    """That remainder taken out of a study of 2.0."""
    found = first_of(study, only1("BasicDefinitions"))
    if found is None:
        return None
    without(study, lambda one: one is found)
    return back(copied(found), ONLY_1)


def _limits(item: Node, unit: str) -> None:
    """A limit stands in the first unit of its item; one that does not say so is marked."""
    for check in all_of(item, "RangeCheck"):
        refs = [one[1].get("MeasurementUnitOID") for one in all_of(check, _REF)]
        if refs == [unit]:
            without(check, lambda one: one[0] == _REF)
        elif not refs and first_of(check, "CheckValue") is not None:
            check[1][only1("Unit")] = "No"


def _list(name: str, oids: list[str], units: Units) -> Node:
    found = made("CodeList", {"OID": name, "Name": name, "DataType": "text"})
    for number, oid in enumerate(oids, 1):
        symbol = units.symbols.get(oid)
        words = [] if symbol is None else [made("Decode", {}, *map(copied, symbol[3]))]
        said: dict[str, str | None] = {"CodedValue": units.code(oid), "OrderNumber": str(number)}
        found[3].append(made("CodeListItem", said, *words))
    return found


def _unit(oid: str, code: str, choice: Node) -> Node:
    decode = first_of(choice, "Decode")
    symbol = [] if decode is None else [made("Symbol", {}, *map(copied, decode[3]))]
    return made(_UNITS, {"OID": oid, "Name": code}, *symbol)
