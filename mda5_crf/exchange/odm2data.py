"""Data of one participant as ODM 2.0, from those of 1.3: no FormData, values as elements, units as items of
their own, queries as Query.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from mda5_crf.exchange.odm2node import (
    MADE,
    ONLY_1,
    ONLY_2,
    PLAIN,
    Node,
    all_of,
    aside,
    copied,
    first_of,
    made,
    only1,
    only2,
    own,
    renamed,
    settle,
    walk,
    without,
    words,
)
from mda5_crf.exchange.odm2plan import Plan
from mda5_crf.exchange.odm_names import FLAG_TYPES, flag_list
from mda5_crf.exchange.odmgrammar import grammar

NO_EVENT: Final = "SE.NONE"
"""The visit of data that stand under none: 2.0 has them under visits only."""
UNDER: Final = only2("Under")
"""On a group that stood inside a group: the repeat keys of both in 2.0, joined with :data:`JOINED`."""
JOINED: Final = "/"
QUERY_LIST: Final = flag_list("QUERY")
_TYPED: Final = "ItemData"
_ESCAPED: Final = own("Escaped")
"""Names where a text holds what XML cannot (:mod:`mda5_crf.exchange.xmlout`)."""


class Asked(NamedTuple):
    """What 2.0 says of a query and 1.3 does not. ``updated`` is a time as ODM writes it."""

    source: str
    kind: str
    updated: str
    name: str = ""


def data_up(node: Node, plan: Plan, asked: Mapping[str, Asked]) -> Node:
    """SubjectData, ReferenceData or Association of 2.0 from those of 1.3. The node given is not changed."""
    node = copied(node)
    if plan.renamed:
        renamed(node, plan.renamed)
    loose = all_of(node, "FormData")
    if loose:
        without(node, lambda one: one[0] == "FormData")
        node[3].append(made("StudyEventData", {"StudyEventOID": NO_EVENT, only1("Made"): "Yes"}, *loose))
    for event in all_of(node, "StudyEventData"):
        found: list[Node] = []
        for one in event[3]:
            found += _form(one, plan) if one[0] == "FormData" else [one]
        event[3] = found
    for one in walk(node):
        if one[0] == "ItemGroupData":
            _items(one, plan)
    for one in walk(node):
        _about(one, asked)
    return settle(node, grammar("2.0"), ONLY_2, ONLY_1)


def _form(form: Node, plan: Plan) -> list[Node]:
    oid = form[1].pop("FormOID", "")
    if oid in plan.forms:
        left = [one for one in form[3] if one[0] != "ItemGroupData"]
        return [*all_of(form, "ItemGroupData"), *([aside([*form[:3], left], ONLY_1)] if left else [])]
    form[0] = "ItemGroupData"
    form[1]["ItemGroupOID"] = oid
    if "FormRepeatKey" in form[1]:
        form[1]["ItemGroupRepeatKey"] = form[1].pop("FormRepeatKey")
    form[1].pop(MADE, None)
    if plan.kept:
        _nest(form, oid, plan)
    return [form]


def _nest(form: Node, oid: str, plan: Plan) -> None:
    """Put groups back inside the groups that hold them."""
    stood: dict[tuple[str, str], Node] = {}
    found: list[Node] = []
    for one in form[3]:
        if one[0] != "ItemGroupData":
            found.append(one)
            continue
        group, key = one[1].get("ItemGroupOID", ""), one[1].get("ItemGroupRepeatKey", "")
        if group == oid and oid in plan.groups:
            found += one[3]  # its items stand in the form itself
            continue
        stood[group, key] = one
        above, _, mine = one[1].pop(UNDER, "").rpartition(JOINED)
        holder = None
        for parent in plan.parents.get(group, ()):
            if (holder := _holder(stood, parent, key, above)) is not None:
                break
        if holder is None:
            found.append(one)
            continue
        if mine or above:
            one[1].pop("ItemGroupRepeatKey", None)
            if mine:
                one[1]["ItemGroupRepeatKey"] = mine
        holder[3].append(one)
    form[3] = found


def _holder(stood: Mapping[tuple[str, str], Node], parent: str, key: str, above: str) -> Node | None:
    exact = stood.get((parent, above)) if above else None
    return exact or stood.get((parent, key.rpartition(JOINED)[0])) or stood.get((parent, ""))


# -- items -------------------------------------------------------------------------------------------------


def _items(group: Node, plan: Plan) -> None:
    found: list[Node] = []
    bases: dict[str, Node] = {}
    for one in group[3]:
        if not one[0].startswith(_TYPED) or (one[0] == "ItemDataAny" and one[2] is None and one[3]):
            found.append(one)
            continue
        if one[0] != _TYPED:
            one[1] |= {only1("Typed"): one[0], "Value": one[2] or ""}
            one[0], one[2] = _TYPED, None
        column = plan.columns.get(one[1].get("ItemOID", ""))
        if column is None:
            found += _item(one, plan)
            continue
        value = one[1].pop("Value", None)
        base = bases.get(column.base)
        if base is None:
            base = bases[column.base] = one
            one[1]["ItemOID"] = column.base
            found.append(one)
        if value == "true":
            number = str(len(all_of(base, "Value")) + 1)
            base[3].append(made("Value", {"SeqNum": number}, text=column.code))
    group[3] = found


def _tidy(item: Node) -> None:
    if item[1].get(_ESCAPED) == "":
        del item[1][_ESCAPED]


def _item(item: Node, plan: Plan) -> list[Node]:
    value = item[1].pop("Value", None)
    if value is None:
        without(item, lambda one: one[0] == only2("Value"))
    else:
        said = item[1].pop(only2("SeqNum"), None)
        odd = item[1].get(_ESCAPED, "").split()
        if "Value" in odd:  # an attribute there, a text here
            item[1] |= {_ESCAPED: " ".join(one for one in odd if one != "Value")}
        _tidy(item)
        escaped = "." if "Value" in odd else None
        item[3].insert(0, made("Value", {"SeqNum": said, _ESCAPED: escaped}, text=value))
    unit = plan.units.get(item[1].get("ItemOID", ""))
    ref = first_of(item, "MeasurementUnitRef")
    if unit is None or ref is None:
        return [item]
    oid = ref[1].get("MeasurementUnitOID", "")
    without(item, lambda one: one is ref)
    holder: dict[str, str | None] = {"ItemOID": unit.oid, "TransactionType": item[1].get("TransactionType")}
    return [item, made(_TYPED, holder, made("Value", {}, text=unit.codes.get(oid, oid)))]


# -- what is said about data -------------------------------------------------------------------------------


def _about(node: Node, asked: Mapping[str, Asked]) -> None:
    if "UsedImputationMethod" in node[1]:
        node[1]["UsedMethod"] = node[1].pop("UsedImputationMethod")
    for place, one in enumerate(node[3]):
        if one[0] != "Annotation":
            continue
        told = asked.get(one[1].get(own("QueryOID"), ""))
        if told is not None:
            node[3][place] = _query(one, told)
            continue
        comment = first_of(one, "Comment")
        if comment is not None and comment[2] is not None:
            said = {"Type": PLAIN, _ESCAPED: comment[1].pop(_ESCAPED, None)}
            comment[3] = [made("TranslatedText", said, text=comment[2])]
            comment[2] = None
        elif comment is not None and first_of(comment, only2("TranslatedText")) is None:
            one[3] = [two for two in one[3] if two is not comment]


def _query(note: Node, told: Asked) -> Node:
    flag = first_of(note, "Flag")
    state = words(None if flag is None else first_of(flag, "FlagValue"))
    said: dict[str, str | None] = {
        "OID": note[1][own("QueryOID")], "Source": told.source, "Type": told.kind, "State": state or "Open",
        "LastUpdateDatetime": told.updated, "Name": told.name or None,
    }  # fmt: skip
    return made("Query", said, made("Value", {}, text=words(first_of(note, "Comment"))))


# -- the way back ------------------------------------------------------------------------------------------


def data_down(node: Node, plan: Plan) -> Node:
    """SubjectData, ReferenceData or Association of 1.3 from those of 2.0. The node given is not changed."""
    node = copied(node)
    for event in all_of(node, "StudyEventData"):
        _forms(event, plan)
    for one in walk(node):
        if one[0] == "ItemGroupData":
            _items_down(one, plan)
        _about_down(one, plan)
    if plan.renamed:
        renamed(node, plan.former)
    node = settle(node, grammar("1.3.2"), ONLY_1, ONLY_2)
    if not plan.kept:
        _loosen(node)  # last: 1.3 has no place for them either
    return node


def _loosen(node: Node) -> None:
    """Forms that stood under no visit."""
    found: list[Node] = []
    for one in node[3]:
        found += one[3] if one[0] == "StudyEventData" and "Made" in one[1] else [one]
    node[3] = found


def _forms(event: Node, plan: Plan) -> None:
    found: list[Node] = []
    for one in event[3]:
        if one[0] != "ItemGroupData":
            found.append(one)
            continue
        oid = one[1].get("ItemGroupOID", "")
        if oid in plan.forms:  # a group that a visit names itself
            last = found[-1] if found else None
            if last is None or last[0] != "FormData" or last[1].get("FormOID") != oid:
                found.append(made("FormData", {"FormOID": oid, MADE: "Yes"}))
            found[-1][3] += _flat(one)
            continue
        one[0] = "FormData"
        one[1]["FormOID"] = one[1].pop("ItemGroupOID", "")
        if "ItemGroupRepeatKey" in one[1]:
            one[1]["FormRepeatKey"] = one[1].pop("ItemGroupRepeatKey")
        items = all_of(one, "ItemData")
        behind = next((two[0] for two in one[3] if two[0].startswith("Item")), "") == "ItemGroupData"
        groups = [two for group in all_of(one, "ItemGroupData") for two in _flat(group)]
        without(one, lambda two: two[0] in ("ItemData", "ItemGroupData"))
        if items:
            holder = made("ItemGroupData", {"ItemGroupOID": oid, MADE: "Yes"}, *items)
            groups.insert(len(groups) if behind else 0, holder)
        one[3] += groups
        found.append(one)
    event[3] = found


def _flat(group: Node, above: str = "") -> list[Node]:
    """A group, and the groups in it behind it; repeats inside repeats are told apart by both keys."""
    mine = group[1].get("ItemGroupRepeatKey", "")
    joined = f"{above}{JOINED}{mine}" if above and mine else above or mine
    if above:
        group[1][UNDER] = f"{above}{JOINED}{mine}"
        group[1]["ItemGroupRepeatKey"] = joined
    inside = all_of(group, "ItemGroupData")
    without(group, lambda one: one[0] == "ItemGroupData")
    return [group, *(two for one in inside for two in _flat(one, joined))]


def _items_down(group: Node, plan: Plan) -> None:
    several, holders = plan.several, plan.unit_items
    found: list[Node] = []
    last: dict[str, Node] = {}
    for one in group[3]:
        oid = one[1].get("ItemOID", "")
        if one[0] != _TYPED:
            found.append(one)
        elif oid in several:
            found += _columns_down(one, several[oid])
        elif oid in holders and holders[oid] in last:
            codes = {code: unit for unit, code in plan.units[holders[oid]].codes.items()}
            said = words(first_of(one, "Value"))
            last[holders[oid]][3].append(
                made("MeasurementUnitRef", {"MeasurementUnitOID": codes.get(said, said)})
            )
        else:
            last[oid] = one
            _value_down(one)
            found.append(one)
    group[3] = found


def _value_down(item: Node) -> None:
    value = first_of(item, "Value")
    if value is None or value[3]:
        return
    typed = item[1].pop(only1("Typed"), None)
    if typed is not None:
        item[0], item[2] = typed, value[2]
    else:
        item[1]["Value"] = value[2] or ""
        if value[1].get(_ESCAPED) == ".":
            item[1][_ESCAPED] = " ".join(dict.fromkeys([*item[1].get(_ESCAPED, "").split(), "Value"]))
    if "SeqNum" in value[1]:
        item[1][only2("SeqNum")] = value[1]["SeqNum"]
    without(item, lambda one: one is value)


def _columns_down(item: Node, columns: list[tuple[str, str]]) -> list[Node]:
    chosen = {words(one) for one in all_of(item, "Value")}
    notes = [one for one in item[3] if one[0] not in ("Value", "Query")]
    found = []
    for place, (oid, code) in enumerate(columns):
        one = [item[0], {**item[1], "ItemOID": oid}, None, [copied(two) for two in notes]]
        if not place:
            one[3] += all_of(item, "Query")
        if item[1].get("IsNull") != "Yes":
            one[1]["Value"] = "true" if code in chosen else "false"
        found.append(one)
    return found


def _about_down(node: Node, plan: Plan) -> None:
    if "UsedMethod" in node[1]:
        node[1]["UsedImputationMethod"] = node[1].pop("UsedMethod")
    number = 10
    for place, one in enumerate(node[3]):
        if one[0] == "Query" and not plan.kept and node[0] != "Location":
            number += 1
            node[3][place] = _note(one, number)
        comment = first_of(one, "Comment") if one[0] == "Annotation" else None
        if comment is not None and len(comment[3]) == 1:
            said = dict(comment[3][0][1])
            odd = {_ESCAPED: said.pop(_ESCAPED)} if _ESCAPED in said else {}
            if said == {"Type": PLAIN} and not comment[3][0][3]:
                comment[1] |= odd
                comment[2], comment[3] = comment[3][0][2] or "", []


def _note(query: Node, number: int) -> Node:
    said = words(first_of(query, "Value"))
    flag = made(
        "Flag", {}, made("FlagValue", {"CodeListOID": QUERY_LIST}, text=query[1].get("State", "Open")),
        made("FlagType", {"CodeListOID": FLAG_TYPES}, text="QUERY"),
    )  # fmt: skip
    comment = [made("Comment", {"SponsorOrSite": "Site"}, text=said)] if said else []
    return made(
        "Annotation", {"SeqNum": str(number), own("QueryOID"): query[1].get("OID", "")}, *comment, flag
    )
