"""A file of ODM 2.0 told as one of 1.3: the events of :mod:`mda5_crf.exchange.odmread`, rewritten one by one.

Two ways to read a definition. *As made by us*: if what 2.0 has beyond 1.3 is exactly what
:func:`mda5_crf.exchange.odm2up.study_up` would make of the rest, the rest is all there is. Else *kept*
(:data:`KEPT`): what 1.3 has no place for stays where it stands, in a namespace of its own, and beside it
stands what 1.3 needs. Nothing is lost either way, and the way back gives every element again.

1.3 has two floors, forms and groups, where 2.0 has any number: groups within groups stand beside each other
and remember where they stood; a form with items of its own gets a group of its own name, a group that a visit
names itself a form of its own name. What is only there for that carries :data:`MADE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, Final

from mda5_crf.exchange import odm2choices, odm2units, odmread
from mda5_crf.exchange.odm2admin import admin_down
from mda5_crf.exchange.odm2data import data_down
from mda5_crf.exchange.odm2node import (
    FILE_ABOUT,
    KEPT,
    LANG,
    MADE,
    ONLY_1,
    ONLY_2,
    PLAIN,
    Node,
    all_of,
    aside,
    back,
    copied,
    first_of,
    made,
    only1,
    only2,
    own,
    renamed,
    same,
    settle,
    walk,
    without,
    words,
)
from mda5_crf.exchange.odm2plan import Plan
from mda5_crf.exchange.odm2timing import windows
from mda5_crf.exchange.odm2up import ORIGINS, SCHEDULE, study_up
from mda5_crf.exchange.odmgrammar import grammar

_WORDS: Final = {origin["Type"] + origin["Source"]: word for word, origin in ORIGINS.items()}
_ANY: Final = Plan(kept=True)
REWRITTEN: Final = "rewritten"
"""In the ``head`` of events that are told as those of 1.3."""


def lines(stream: IO[bytes], options: Mapping[str, Any]) -> Iterator[odmread.Event]:
    """What :func:`mda5_crf.exchange.odmread.lines` tells of a file, one of 2.0 told as one of 1.3."""
    return rewritten(odmread.lines(stream, options))


def rewritten(events: Iterable[odmread.Event]) -> Iterator[odmread.Event]:
    """The events of a file as those of a file of 1.3; of an older one as they are.

    ``head`` keeps the version of the file, ``end`` the counts of what stands in it. What was rewritten
    already stays as it is.
    """
    plans: dict[str, Plan] = {}
    plan, newer = _ANY, False
    about: odmread.Event | None = None
    for event in events:
        what = event["what"]
        if about is not None and what != "study":
            yield {**about, "node": _other(about["node"], plan, plans)}
            about = None
        if what == "head":
            newer = str(event["version"]).startswith("2") and REWRITTEN not in event
            yield {**event, "attrs": root_down(event["attrs"]), REWRITTEN: True} if newer else event
        elif not newer or what == "end":
            yield event
        elif what == "study":
            study, told = study_down(event["node"])
            plans |= told
            if about is not None:  # what stands before the study must go out before it: the study has it
                study[3].append([FILE_ABOUT, *aside(about["node"], ONLY_2)[1:]])
                about = None
            yield {**event, "node": study}
        elif what == "clinical":
            plan = plans.get(event["attrs"].get("MetaDataVersionOID", ""), _one(plans))
            yield event
        elif what == "admin":
            yield {**event, "node": admin_down(event["node"])}
        elif what == "subject":
            yield {**event, "node": data_down(event["node"], plan)}
        elif what == "other" and event["node"][0] == "Description" and event["under"] == "ODM":
            about = event
        else:
            yield {**event, "node": _other(event["node"], plan, plans)}


def _one(plans: Mapping[str, Plan]) -> Plan:
    """The plan of a file with one definition, whatever its data call it."""
    return next(iter(plans.values())) if len(plans) == 1 else _ANY


def _other(node: Node, plan: Plan, plans: Mapping[str, Plan]) -> Node:
    if node[0] in ("ReferenceData", "Association"):
        return data_down(node, plans.get(node[1].get("MetaDataVersionOID", ""), _one(plans)))
    if node[0] in grammar("1.3.2"):
        holder = data_down(["ClinicalData", {}, None, [node]], plan)
        found: Node = holder[3][0]
        return found
    return [f"{{{ONLY_2}}}{node[0]}", *node[1:]] if node[0][0] not in "{#" else node


def root_down(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes of the root as 1.3 has them; the version stays that of the file."""
    found = dict(attributes)
    if found.get("Context") == "Archive":
        found["Archival"] = "Yes"
    if "Context" in found:
        found[only2("Context")] = found.pop("Context")
    return found


# -- the study ---------------------------------------------------------------------------------------------


def study_down(study: Node) -> tuple[Node, dict[str, Plan]]:
    """The Study of 1.3 from that of 2.0, and how the data of its definitions lie. Leaves ``study`` alone."""
    wanted = settle(copied(study), grammar("2.0"), ONLY_2, ONLY_1)
    clean, plans = _down(study, kept=False)
    beyond = any(one[0].startswith(f"{{{ONLY_2}}}") for one in walk(clean))
    if not beyond and same(study_up(clean)[0], wanted):
        return clean, plans
    return _down(study, kept=True)


def _down(study: Node, *, kept: bool) -> tuple[Node, dict[str, Plan]]:
    study = copied(study)
    if kept:
        study[1][KEPT] = "Yes"
    _variables(study, kept=kept)
    basics = odm2units.kept_list(study) if not kept else None
    plans, units = {}, []
    for version in all_of(study, "MetaDataVersion"):
        plan = Plan(kept=kept)
        plans[version[1].get("OID", "")] = plan
        if kept:
            version[1][KEPT] = "Yes"
            _floors(version, plan)
        else:
            units += _own(version, basics, plan)
        for one in version[3]:
            _definition(one, kept=kept)
        _windows(version)
    if not kept:
        listed = basics or odm2units.listed(units)
        if listed is not None:
            study[3].append(listed)
    settle(study, grammar("1.3.2"), ONLY_1, ONLY_2)
    for one in walk(study):
        if one[0] == "TranslatedText" and one[1].get(only2("Type")) == PLAIN:
            del one[1][only2("Type")]
    return study, plans


def _variables(study: Node, *, kept: bool) -> None:
    said = {name: study[1].pop(name) for name in ("StudyName", "ProtocolName") if name in study[1]}
    description = first_of(study, "Description")
    if not said and description is None:
        return
    left = first_of(study, only1("GlobalVariables"))
    more = [] if left is None else back(left, ONLY_1)[3]
    without(study, lambda one: one is left)
    texts = [] if description is None else description[3]
    holder = made("GlobalVariables", {}, *more)
    if "StudyName" in said:
        holder[3].append(made("StudyName", {}, text=said["StudyName"]))
    holder[3].append(made("StudyDescription", {}, text=words(texts[0]) if texts else ""))
    if "ProtocolName" in said:
        holder[3].append(made("ProtocolName", {}, text=said["ProtocolName"]))
    study[3].append(holder)
    if not kept:
        without(study, lambda one: one is description)


def _definition(one: Node, *, kept: bool) -> None:
    name = one[0]
    if name == "StudyEventDef":
        for ref in all_of(one, "ItemGroupRef"):
            ref[0] = "FormRef"
            ref[1]["FormOID"] = ref[1].pop("ItemGroupOID", "")
    elif name in ("FormDef", "ItemGroupDef"):
        _group(one)
    elif name == "ItemDef":
        _item(one, kept=kept)
    elif name == "CodeList":
        _codelist(one)
    elif name in ("ConditionDef", "MethodDef"):
        if not kept:
            without(one, lambda two: two[0] == "MethodSignature")
            if one[1].pop(only1("Described"), "") == "No":
                without(one, lambda two: two[0] == "Description")
        _expressions(one)


def _group(one: Node) -> None:
    said = one[1].get("Repeating", "No")
    if said not in ("Yes", "No"):
        one[1]["Repeating"] = "Yes"
        if said != "Simple":
            one[1][only2("Repeating")] = said
    kind = one[1].pop("Type", None)
    if kind is not None and kind != ("Form" if one[0] == "FormDef" else "Section"):
        one[1][only2("Type")] = kind
    if one[0] == "ItemGroupDef" and "DatasetName" in one[1]:
        one[1]["SASDatasetName"] = one[1].pop("DatasetName")


def _item(item: Node, *, kept: bool) -> None:
    if item[1].get("DataType") == "decimal":
        item[1] |= {"DataType": "float", only2("DataType"): "decimal"}
    shown = item[1].get("DisplayFormat", "")
    length, _, digits = shown.partition(".")
    if digits.isdecimal() and length == item[1].get("Length"):
        item[1]["SignificantDigits"] = digits
        if not kept:
            del item[1]["DisplayFormat"]
    if not kept:
        item[3] = [_hint(one) if one[0] == "CRFCompletionInstructions" else one for one in item[3]]
    for check in all_of(item, "RangeCheck"):
        _expressions(check)


def _hint(instructions: Node) -> Node:
    said = {one[1].get(LANG): words(one) for one in instructions[3]}
    texts = [
        made(own(name), {}, text=said[lang])
        for name, lang in (("En", "en"), ("Zh", "zh-Hans"))
        if lang in said
    ]
    return made(own("Words"), {"Kind": "hint"}, *texts)


def _codelist(one: Node) -> None:
    if one[1].get("DataType") == "decimal":
        one[1]["DataType"] = "float"
        if one[1].pop(only1("DataType"), "") != "float":
            one[1][only2("DataType")] = "decimal"
    for choice in all_of(one, "CodeListItem"):
        if first_of(choice, "Decode") is None:
            choice[0] = "EnumeratedItem"


def _expressions(holder: Node) -> None:
    for one in all_of(holder, "FormalExpression"):
        code = first_of(one, "Code")
        if code is not None and not code[1]:
            one[2] = code[2] if not code[3] else None
            one[3] = [*code[3], *(two for two in one[3] if two is not code)]


# -- as made by us -----------------------------------------------------------------------------------------


def _own(version: Node, basics: Node | None, plan: Plan) -> list[Node]:
    description = first_of(version, "Description")
    if description is not None:
        version[1]["Description"] = words(description[3][0]) if description[3] else ""
        without(version, lambda one: one is description)
    _schedule(version)
    for one in version[3]:
        if one[0] == "ItemGroupDef" and one[1].get("Type") == "Form":
            one[0] = "FormDef"
    units = odm2units.join(version, basics, plan)
    odm2choices.spread(version, plan)
    _origins(version)
    for one in version[3]:
        if only1("OID") in one[1]:
            new, old = one[1].get("OID", ""), one[1].pop(only1("OID"))
            plan.renamed.setdefault(one[0], {})[old] = new
    renamed(version, plan.former)
    return units


def _schedule(version: Node) -> None:
    protocol = first_of(version, "Protocol")
    group, flow, _ = SCHEDULE
    holder = next((one for one in all_of(version, "StudyEventGroupDef") if one[1].get("OID") == group), None)
    if protocol is None or holder is None:
        return
    for event in all_of(version, "StudyEventDef"):
        event[1] |= windows(version).get(event[1].get("OID", ""), {})
    without(protocol, lambda one: one[0] in ("StudyTimings", "StudyEventGroupRef", "WorkflowRef"))
    protocol[3] += all_of(holder, "StudyEventRef")
    without(version, lambda one: one is holder or (one[0] == "WorkflowDef" and one[1].get("OID") == flow))


def _origins(version: Node) -> None:
    said: dict[str, str] = {}
    for group in all_of(version, "ItemGroupDef"):
        for ref in all_of(group, "ItemRef"):
            origin = first_of(ref, "Origin")
            if origin is not None:
                word = _WORDS.get(origin[1].get("Type", "") + origin[1].get("Source", ""))
                said[ref[1].get("ItemOID", "")] = word or ""
                without(ref, lambda one, origin=origin: one is origin)  # type: ignore[misc]
    for item in all_of(version, "ItemDef"):
        if said.get(item[1].get("OID", "")):
            item[1]["Origin"] = said[item[1]["OID"]]


# -- kept --------------------------------------------------------------------------------------------------


def _windows(version: Node) -> None:
    """Study days from timing constraints, where only these say them."""
    shadow = [version[0], {}, None, [_bare(one) for one in version[3] if one[0] != "ItemDef"]]
    told = windows(shadow)
    for event in all_of(version, "StudyEventDef"):
        for name, value in told.get(event[1].get("OID", ""), {}).items():
            event[1].setdefault(name, value)


def _bare(node: Node) -> Node:
    return back(node, ONLY_2)


def _floors(version: Node, plan: Plan) -> None:
    """Forms and groups, as two floors."""
    groups = {one[1].get("OID", ""): one for one in all_of(version, "ItemGroupDef")}
    inside = {
        ref[1].get("ItemGroupOID", "") for one in groups.values() for ref in all_of(one, "ItemGroupRef")
    }
    named = dict.fromkeys(
        ref[1].get("ItemGroupOID", "")
        for event in all_of(version, "StudyEventDef")
        for ref in all_of(event, "ItemGroupRef")
    )
    forms = [oid for oid, one in groups.items() if one[1].get("Type") == "Form" and oid not in inside]
    more: list[Node] = []
    for oid in forms:
        form = groups[oid]
        below = _below(oid, groups, {oid})
        direct = {ref[1].get("ItemGroupOID", "") for ref in all_of(form, "ItemGroupRef")}
        form[0] = "FormDef"
        if any(one[0] == "ItemRef" for one in form[3]):
            plan.groups.add(oid)
            more.append(_split(form))
        form[3] += [_ref(one) for one in below if one not in direct]
    for oid in named:
        if oid in groups and oid not in forms:
            plan.forms.add(oid)
            said = {"OID": oid, "Name": groups[oid][1].get("Name") or oid, "Repeating": "No", MADE: "Yes"}
            more.append(made("FormDef", said, *(_ref(one) for one in (oid, *_below(oid, groups, {oid})))))
    for oid, group in groups.items():
        for ref in all_of(group, "ItemGroupRef"):
            plan.parents.setdefault(ref[1].get("ItemGroupOID", ""), []).append(oid)
        if group[0] == "ItemGroupDef":
            _remember(group)
    version[3] += more
    _visits(version)


def _below(oid: str, groups: Mapping[str, Node], seen: set[str]) -> list[str]:
    """The groups in a group, all floors, in their order."""
    found = []
    for ref in all_of(groups[oid], "ItemGroupRef"):
        target = ref[1].get("ItemGroupOID", "")
        if target in groups and target not in seen:
            seen.add(target)
            found += [target, *_below(target, groups, seen)]
    return found


def _ref(oid: str) -> Node:
    return made("ItemGroupRef", {"ItemGroupOID": oid, "Mandatory": "No", MADE: "Yes"})


def _split(form: Node) -> Node:
    """The group with the items of a form itself."""
    oid = form[1].get("OID", "")
    said = {"OID": oid, "Name": form[1].get("Name") or oid, "Repeating": "No", MADE: "Yes"}
    _remember(form, bare=False)
    items = all_of(form, "ItemRef")
    without(form, lambda one: one[0] == "ItemRef")
    form[3].insert(0, _ref(oid))
    return made("ItemGroupDef", said, *items)


def _remember(group: Node, *, bare: bool = True) -> None:
    """Where references to groups stand among those to items."""
    refs = all_of(group, "ItemRef", "ItemGroupRef")
    if not any(one[0] == "ItemRef" for one in refs) and not bare:
        return
    for place, one in enumerate(refs):
        if one[0] == "ItemGroupRef":
            one[1][only2("At")] = str(place)
            if bare:
                one[0] = only2("ItemGroupRef")


def _visits(version: Node) -> None:
    """The visits in their order, as the protocol of 1.3 lists them."""
    protocol = first_of(version, "Protocol")
    if protocol is None:
        protocol = made("Protocol", {MADE: "Yes"})
        version[3].append(protocol)
    known = [one[1].get("OID", "") for one in all_of(version, "StudyEventDef")]
    told = [
        ref[1].get("StudyEventOID", "")
        for group in all_of(version, "StudyEventGroupDef")
        for ref in all_of(group, "StudyEventRef")
    ] or _path(version)
    for oid in dict.fromkeys([*(one for one in told if one in known), *known]):
        said = {"StudyEventOID": oid, "Mandatory": "No", MADE: "Yes"}
        protocol[3].append(made("StudyEventRef", said))


def _path(version: Node) -> list[str]:
    """Visits along the transitions of the workflow."""
    found: list[str] = []
    for flow in all_of(version, "WorkflowDef"):
        found += [one[1].get("StartOID", "") for one in all_of(flow, "WorkflowStart")]
        found += [one[1].get("TargetOID", "") for one in all_of(flow, "Transition")]
    return found
