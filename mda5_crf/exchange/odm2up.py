"""A study as ODM 2.0, from the study as ODM 1.3.2 has it.

Forms become item groups of Type Form; the visits stand in a StudyEventGroupDef with a WorkflowDef, their
windows in StudyTimings; units are items; an item with several answers is one item. What 2.0 has no place for
stays as content of 1.3 (:mod:`mda5_crf.exchange.odm2node`).

A study that came from 2.0 (:data:`KEPT`) gets back what it had, and nothing is made up.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from mda5_crf.exchange import odm2choices, odm2units
from mda5_crf.exchange.odm2node import (
    KEPT,
    LANG,
    MADE,
    ONLY_1,
    ONLY_2,
    PLAIN,
    XML,
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
    unused,
    walk,
    without,
    words,
)
from mda5_crf.exchange.odm2plan import Plan
from mda5_crf.exchange.odm2timing import FROM, TARGET, TO, timings
from mda5_crf.exchange.odmgrammar import grammar

Plans = dict[str, Plan]
"""OID of a MetaDataVersion → how its data lie."""

SCHEDULE: Final = ("SEG.SCHEDULE", "WF.SCHEDULE", "ST.SCHEDULE")
"""The OIDs of what is made of a schedule: group of visits, workflow, timing."""
ORIGINS: Final = {
    "CRF": {"Type": "Collected", "Source": "Investigator"},
    "Derived": {"Type": "Derived", "Source": "Sponsor"},
    "eDT": {"Type": "Collected", "Source": "Vendor"},
    "Assigned": {"Type": "Assigned", "Source": "Sponsor"},
    "Protocol": {"Type": "Other", "Source": "Sponsor"},
    "Predecessor": {"Type": "Predecessor", "Source": "Sponsor"},
}
"""Where a value comes from: the word of 1.3 → what 2.0 says."""
_KINDS: Final = (
    "StudyEventDef", "FormDef", "ItemGroupDef", "ItemDef", "CodeList", "ConditionDef", "MethodDef",
)  # fmt: skip
_EMPTY_AT: Final = ("Description", "Question", "Decode", "ErrorMessage", "Comment")
_DECIMALS: Final = re.compile(r"[0-9]+\.[0-9]+")


def study_up(study: Node) -> tuple[Node, Plans]:
    """The Study of 2.0, and how the data of its definitions lie. The node given is not changed."""
    study = copied(study)
    kept = study[1].pop(KEPT, "") == "Yes"
    basics = first_of(study, "BasicDefinitions")
    without(study, lambda one: one is basics)
    _variables(study, kept=kept)
    units, plans, derived = odm2units.Units(basics), Plans(), list[Node]()
    for version in all_of(study, "MetaDataVersion"):
        plan = _version(version, units, kept=version[1].pop(KEPT, "") == "Yes")
        plans[version[1].get("OID", "")] = plan
        derived += _told(version, plan)
    left = odm2units.remainder(basics, odm2units.listed(derived))
    if left is not None:
        study[3].append(left)
    _plain(study)
    return settle(study, grammar("2.0"), ONLY_2, ONLY_1), plans


def _told(version: Node, plan: Plan) -> list[Node]:
    """The units as the way back will find them."""
    if not plan.units:
        return []
    shell = [version[0], {}, None, [copied(one) for one in all_of(version, "ItemDef", "CodeList")]]
    return odm2units.join(shell, None, Plan())


def _variables(study: Node, *, kept: bool) -> None:
    said = first_of(study, "GlobalVariables")
    if said is None:
        return
    without(study, lambda one: one is said)
    left = []
    for one in said[3]:
        text = words(one)
        if one[0] in ("StudyName", "ProtocolName"):
            study[1].setdefault(one[0], text or study[1].get("OID") or "-")
        elif one[0] == "StudyDescription":
            if not kept and text:
                study[3].append(_text("Description", text))
        else:
            left.append(aside(one, ONLY_1))
    if left:
        study[3].append([only1("GlobalVariables"), {}, None, left])


def _text(name: str, text: str) -> Node:
    return made(name, {}, made("TranslatedText", {}, text=text))


def _version(version: Node, units: odm2units.Units, *, kept: bool) -> Plan:
    plan = Plan(kept=kept)
    said = version[1].pop("Description", None)
    if kept:
        _merge(version, plan)
    else:
        if said is not None:
            version[3].append(_text("Description", said))
        _distinct(version, plan)
        _origins(version)
        odm2choices.gather(version, plan)
        odm2units.split(version, units, plan, {one[1].get("OID", "") for one in version[3]})
        _schedule(version)
    for one in version[3]:
        _definition(one, kept=kept)
    return plan


# -- a study that never was 2.0 ----------------------------------------------------------------------------


def _distinct(version: Node, plan: Plan) -> None:
    """2.0 allows no two definitions of one OID, of whatever kind."""
    used: set[str] = set()
    for kind in _KINDS:
        for one in all_of(version, kind):
            oid = one[1].get("OID", "")
            if oid in used:
                new = unused(f"{kind.removesuffix('Def')}.{oid}", used)
                plan.renamed.setdefault(kind, {})[oid] = new
                one[1][only1("OID")] = oid
                used.add(new)
            used.add(oid)
    renamed(version, plan.renamed)


def _origins(version: Node) -> None:
    """Where a value comes from stands at the references to its item."""
    said = {
        one[1]["OID"]: ORIGINS[one[1]["Origin"]]
        for one in all_of(version, "ItemDef")
        if one[1].get("Origin") in ORIGINS and "OID" in one[1]
    }
    told: set[str] = set()
    for group in all_of(version, "ItemGroupDef"):
        for one in all_of(group, "ItemRef"):
            oid = one[1].get("ItemOID", "")
            if oid in said:
                told.add(oid)
                one[3].append(made("Origin", {**said[oid]}))
    for item in all_of(version, "ItemDef"):
        if item[1].get("OID") in told:
            del item[1]["Origin"]


def _schedule(version: Node) -> None:
    """The visits of the protocol as a group, a workflow through those that are scheduled, their windows."""
    protocol = first_of(version, "Protocol")
    refs = [] if protocol is None else all_of(protocol, "StudyEventRef")
    if protocol is None or not refs:
        return
    used = {one[1].get("OID") for one in version[3]}
    if not used.isdisjoint(SCHEDULE):
        return
    group, flow, timing = SCHEDULE
    without(protocol, lambda one: one[0] == "StudyEventRef")
    events = {one[1].get("OID"): one for one in all_of(version, "StudyEventDef")}
    visits = [events[oid] for one in refs if (oid := one[1].get("StudyEventOID")) in events]
    told = timings(visits, timing)
    if told is not None:
        protocol[3].append(told)
    said: dict[str, str | None] = {"StudyEventGroupOID": group, "Mandatory": "Yes"}
    protocol[3].append(made("StudyEventGroupRef", said))
    holder = made("StudyEventGroupDef", {"OID": group, "Name": group}, *refs)
    way = _workflow(visits, flow)
    if way is not None:
        version[3].append(way)
        protocol[3].append(made("WorkflowRef", {"WorkflowOID": flow}))
    version[3].append(holder)


def _workflow(visits: list[Node], oid: str) -> Node | None:
    path = [
        one[1]["OID"]
        for one in visits
        if one[1].get("Type") == "Scheduled" and one[1].get("Repeating") == "No"
    ]
    if not path:
        return None
    steps = [
        made("Transition", {"OID": f"TR.{a}.{b}", "Name": f"{a} > {b}", "SourceOID": a, "TargetOID": b})
        for a, b in pairwise(path)
    ]
    start, end = made("WorkflowStart", {"StartOID": path[0]}), made("WorkflowEnd", {"EndOID": path[-1]})
    return made("WorkflowDef", {"OID": oid, "Name": oid}, start, *steps, end)


# -- a study that came from 2.0 ----------------------------------------------------------------------------


def _merge(version: Node, plan: Plan) -> None:
    """Take out what only the two floors of 1.3 needed; see :mod:`mda5_crf.exchange.odm2in`."""
    for protocol in all_of(version, "Protocol"):
        without(protocol, lambda one: one[0] == "StudyEventRef")
    without(version, lambda one: one[0] == "Protocol" and MADE in one[1] and not one[3])
    for event in all_of(version, "StudyEventDef"):
        for name in (TARGET, FROM, TO):
            event[1].pop(name, None)
    groups = {one[1].get("OID", ""): one for one in all_of(version, "ItemGroupDef")}
    nested = only2("ItemGroupRef")
    for oid, group in groups.items():
        for one in all_of(group, nested):
            plan.parents.setdefault(one[1].get("ItemGroupOID", ""), []).append(oid)
        if MADE not in group[1]:
            _interleave(group)
    for form in all_of(version, "FormDef"):
        oid = form[1].get("OID", "")
        if MADE in form[1]:
            plan.forms.add(oid)
            continue
        without(form, lambda one: one[0] == "ItemGroupRef" and MADE in one[1])
        group_of_same = groups.get(oid)
        if group_of_same is not None and MADE in group_of_same[1]:
            plan.groups.add(oid)
            form[3] += [one for one in group_of_same[3] if one[0] in ("ItemRef", nested)]
            _interleave(form)
    without(version, lambda one: one[0] in ("FormDef", "ItemGroupDef") and MADE in one[1])


def _interleave(group: Node) -> None:
    """References to groups among those to items, where they stood."""
    refs = [one for one in group[3] if one[0] in ("ItemRef", "ItemGroupRef", only2("ItemGroupRef"))]
    placed = [(int(one[1].pop(only2("At"), "0") or 0), one) for one in refs if only2("At") in one[1]]
    if not placed:
        return
    others = [one for one in refs if all(one is not two for _, two in placed)]
    for place, one in sorted(placed, key=lambda two: two[0]):
        others.insert(min(place, len(others)), one)
    rest = [one for one in group[3] if all(one is not two for two in refs)]
    for one in others:
        one[0] = one[0].removeprefix(f"{{{ONLY_2}}}")
    group[3] = [*rest, *others]


# -- each definition ---------------------------------------------------------------------------------------


def _definition(one: Node, *, kept: bool) -> None:
    name = one[0]
    if name == "StudyEventDef":
        for ref in all_of(one, "FormRef"):
            ref[0] = "ItemGroupRef"
            ref[1]["ItemGroupOID"] = ref[1].pop("FormOID", "")
        _once(one, "ItemGroupRef", "ItemGroupOID")
    elif name == "FormDef":
        one[0] = "ItemGroupDef"
        one[1] |= {"Type": "Form", "Repeating": _simple(one)}
    elif name == "ItemGroupDef":
        one[1] |= {"Type": "Section", "Repeating": _simple(one)}
        if "SASDatasetName" in one[1]:
            one[1]["DatasetName"] = one[1].pop("SASDatasetName")
        _once(one, "ItemRef", "ItemOID")
    elif name == "ItemDef":
        _item(one, kept=kept)
    elif name == "CodeList":
        _codelist(one)
    elif name in ("ConditionDef", "MethodDef"):
        if not kept and first_of(one, "MethodSignature") is None:
            one[3].append(made("MethodSignature", {}))
        if first_of(one, "Description") is None and not kept:
            one[3].append(_text("Description", one[1].get("Name") or one[1].get("OID") or "-"))
            one[1][only1("Described")] = "No"
        _expressions(one)
    _single_aliases(one)


def _once(holder: Node, name: str, attribute: str) -> None:
    """2.0 allows one reference to a thing; more of them are content of 1.3."""
    seen: set[str] = set()
    numbers: set[str] = set()
    for place, one in enumerate(holder[3]):
        if one[0] != name:
            continue
        target, number = one[1].get(attribute, ""), one[1].get("OrderNumber")
        if target in seen:
            holder[3][place] = aside(one, ONLY_1)
            continue
        seen.add(target)
        if number is not None and (number in numbers or not number.isdecimal() or int(number) < 1):
            one[1][only1("OrderNumber")] = one[1].pop("OrderNumber")
        elif number is not None:
            numbers.add(number)


def _simple(one: Node) -> str:
    said = one[1].get("Repeating", "No")
    return "Simple" if said == "Yes" else "No"


def _item(item: Node, *, kept: bool) -> None:
    digits, length = item[1].get("SignificantDigits"), item[1].get("Length")
    if digits is not None and length is not None and not kept:
        shown = f"{length}.{digits}"
        if _DECIMALS.fullmatch(shown):
            item[1]["DisplayFormat"] = shown
            del item[1]["SignificantDigits"]
    elif digits is not None and f"{length}.{digits}" == item[1].get(only2("DisplayFormat")):
        del item[1]["SignificantDigits"]  # 1.3 has it from there
    if not kept:
        for one in all_of(item, own("Words")):
            if one[1] == {"Kind": "hint"}:
                item[3] = [_instructions(one) if two is one else two for two in item[3]]
    for place, one in enumerate(item[3]):
        if one[0] != "RangeCheck":
            continue
        _expressions(one)
        if first_of(one, "CheckValue") is None and first_of(one, "FormalExpression") is None:
            item[3][place] = aside(one, ONLY_1)
    if item[1].get("DataType") == "" or "DataType" not in item[1]:
        item[1]["DataType"] = "text"
        item[1][only1("DataType")] = ""


def _instructions(hint: Node) -> Node:
    """The words beside the field."""
    texts = [
        made("TranslatedText", {LANG: lang}, text=words(one))
        for name, lang in (("En", "en"), ("Zh", "zh-Hans"))
        if (one := first_of(hint, own(name))) is not None
    ]
    return made("CRFCompletionInstructions", {}, *texts)


def _codelist(one: Node) -> None:
    if one[1].get("DataType") == "float":
        one[1]["DataType"] = "decimal"
        one[1][only1("DataType")] = "float"
    seen: set[str] = set()
    for place, choice in enumerate(one[3]):
        if choice[0] not in ("CodeListItem", "EnumeratedItem"):
            continue
        code = choice[1].get("CodedValue", "")
        if code in seen:
            one[3][place] = aside(choice, ONLY_1)
            continue
        seen.add(code)
        if choice[0] == "EnumeratedItem":
            choice[0] = "CodeListItem"
        _single_aliases(choice)


def _expressions(holder: Node) -> None:
    for place, one in enumerate(holder[3]):
        if one[0] != "FormalExpression":
            continue
        if one[2] is None and not one[3]:
            holder[3][place] = aside(one, ONLY_1)
        elif first_of(one, only2("ExternalCodeLib")) is None:
            one[3] = [
                [*made("Code", {})[:2], one[2], [two for two in one[3] if two[0] == XML]],
                *(two for two in one[3] if two[0] != XML),
            ]
            one[2] = None


def _single_aliases(holder: Node) -> None:
    """2.0 allows one alias of a context."""
    seen: set[str] = set()
    for place, one in enumerate(holder[3]):
        if one[0] == "Alias":
            if (context := one[1].get("Context", "")) in seen:
                holder[3][place] = aside(one, ONLY_1)
            seen.add(context)


def _plain(root: Node) -> None:
    """Texts say what they are; what holds none is content of 1.3."""
    for node in walk(root):
        if node[0] == "TranslatedText" and only2("Type") not in node[1]:
            node[1].setdefault("Type", PLAIN)
        for place, one in enumerate(node[3]):
            if one[0] in _EMPTY_AT and first_of(one, "TranslatedText") is None and one[2] is None:
                node[3][place] = aside(one, ONLY_1)
