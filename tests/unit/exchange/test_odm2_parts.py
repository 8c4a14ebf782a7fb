"""ODM 2.0 and foreign studies, part by part: a node in, a node out; what is odd first."""

# ruff: noqa: E501 - a node and what becomes of it stand on one line
from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from lxml import etree

from mda5_crf.errors import InputRefused
from mda5_crf.exchange import odm2in, odm2mend
from mda5_crf.exchange.exprtree import Call, Found, Name, NotUnderstood, Number, Op, Tree, Word, written
from mda5_crf.exchange.odm2admin import admin_down, admin_up
from mda5_crf.exchange.odm2data import Asked, data_down, data_up
from mda5_crf.exchange.odm2mend import mended
from mda5_crf.exchange.odm2node import (
    KEPT,
    LANG,
    ONLY_1,
    ONLY_2,
    XML,
    Node,
    all_of,
    copied,
    first_of,
    made,
    only1,
    only2,
    own,
    same,
    settle,
    walk,
)
from mda5_crf.exchange.odm2plan import Plan
from mda5_crf.exchange.odm2up import study_up
from mda5_crf.exchange.odm_foreign import open_tag, write_node
from mda5_crf.exchange.odmgrammar import grammar
from mda5_crf.exchange.odmmended import mended as loadable
from mda5_crf.exchange.odmreport import ImportReport
from mda5_crf.exchange.odmstudy import definition_from_odm
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.settings import resource


def n(name: str, *children: Node, text: str | None = None, **attributes: str) -> Node:
    return made(name, {**attributes}, *children, text=text)


def shaped(node: Node) -> Node:
    return settle(copied(node), grammar("2.0"), ONLY_2, ONLY_1)


def names(node: Node) -> list[str]:
    return [one[0] for one in node[3]]


# -- what the schema does not take -------------------------------------------------------------------------


@cache
def schema() -> Any:  # noqa: ANN401 - lxml ships no types
    return etree.XMLSchema(etree.parse(str(resource("schema", "odm-2.0", "ODM.xsd"))))


def version(*inside: Node, **study: str) -> Node:
    said = {"OID": "S", "StudyName": "N", "ProtocolName": "P", **study}
    return made("Study", {**said}, n("MetaDataVersion", *inside, OID="M", Name="m"))


def repaired(node: Node) -> Node:
    """The definitions in it, once the schema takes it."""
    found = mended(node, schema())
    first: Node = found[3][0]
    return first


ITEM = {"OID": "I", "Name": "i", "DataType": "text"}


@pytest.mark.parametrize(
    "attributes, wanted",
    [
        ({"OID": "I", "DataType": "text"}, {"Name": "I"}),
        ({"OID": "I", "Name": "", "DataType": "text"}, {"Name": "I", only1("Name"): ""}),
        ({"OID": "I", "Name": "i", "DataType": "odd"}, {"DataType": "text", only1("DataType"): "odd"}),
        ({**ITEM, "Length": "long"}, {only1("Length"): "long"}),
    ],
)
def test_an_attribute_that_the_schema_refuses_is_kept_beside_the_plainest(
    attributes: dict[str, str], wanted: dict[str, str]
) -> None:
    (item,) = repaired(version(n("ItemDef", **attributes)))[3]
    length = {"Length"} & attributes.keys()
    assert item[0] == "ItemDef"
    assert item[1] == {name: value for name, value in (attributes | wanted).items() if name not in length}


def test_a_group_without_type_or_texts_of_none_get_the_plainest() -> None:
    text = n("Description", n("TranslatedText", text="words"))
    (group,) = repaired(version(n("ItemGroupDef", text, OID="G", Name="g", Repeating="Sometimes")))[3]
    assert (group[1]["Type"], group[1]["Repeating"], group[1][only1("Repeating")]) == (
        "Section",
        "No",
        "Sometimes",
    )
    (words,) = first_of(group, "Description")[3]  # type: ignore[index]
    assert words[1]["Type"] == "text/plain" and words[2] == "words"


def test_what_must_name_something_and_does_not_goes_aside_whole() -> None:
    group = n("ItemGroupDef", n("ItemRef", Mandatory="No"), OID="G", Name="g", Repeating="No", Type="Section")
    (found,) = repaired(version(group))[3]
    assert names(found) == [only1("ItemRef")] and found[3][0][1] == {"Mandatory": "No"}


def test_two_faults_of_one_element_put_it_aside_once() -> None:
    group = n(
        "ItemGroupDef", n("ItemRef", n("Nope"), n("Nope")), OID="G", Name="g", Repeating="No", Type="Section"
    )
    (found,) = repaired(version(group))[3]
    assert names(found) == [only1("ItemRef")] and len(found[3]) == 1


@pytest.mark.parametrize(
    "node",
    [
        n("SubjectData", n("Nope")),
        n("AdminData", n("User", n("FullName", n("Nope")))),
    ],
)
def test_what_cannot_go_aside_stands_and_all_in_it_is_there(node: Node) -> None:
    before = {one[0].rpartition("}")[2] for one in walk(node)}
    found = mended(node, schema())
    assert found[0] in ("SubjectData", "AdminData")
    assert {one[0].rpartition("}")[2] for one in walk(found)} == before


def test_many_faults_that_the_schema_names_one_by_one_are_all_mended() -> None:
    study = version(*(n("Nope", OID=str(one)) for one in range(12)))
    found = mended(study, schema())[3][0]
    assert names(found) == [only1("Nope")] * 12 and [one[1]["OID"] for one in found[3]] == [
        *map(str, range(12))
    ]


@pytest.mark.parametrize(
    "said, meant", [("en_US", "en-US"), (" zh-Hans ", None), ("no language at all", None), ("", None)]
)
def test_a_language_that_is_written_wrong_is_put_right_or_left_out_and_comes_back(
    said: str, meant: str | None
) -> None:
    text = made("TranslatedText", {LANG: said, "Type": "text/plain"}, text="q")
    turned = mended(version(n("ItemDef", n("Question", text), **ITEM)), schema())
    (one,) = [node for node in walk(turned) if node[0] == "TranslatedText"]
    fine = said.strip() == "zh-Hans"  # blanks around it do no harm
    assert one[1].get(LANG) == (said if fine else meant)
    assert one[1].get(only1("lang")) == (None if fine else said)
    down, _ = odm2in.study_down(turned)
    (back,) = [node for node in walk(down) if node[0] == "TranslatedText"]
    assert back[1][LANG] == said and back[2] == "q"


def test_a_fault_in_content_of_others_changes_no_attribute_of_what_holds_it() -> None:
    inner = n("ItemDef", OID="X", Name="x", DataType="text", Length="long")
    item = n("ItemDef", made("{urn:alien}Thing", {}, inner), Length="3", **ITEM)
    fault = "Element '{urn:alien}Thing', attribute 'Length': 'long' is not a number."
    study = version(item)
    odm2mend._repair(study, [("/*/*/ns0:Thing/*", fault)])
    ((held,),) = [one[3] for one in study[3]]
    assert held[0] == only1("ItemDef") and held[1] == {**ITEM, "Length": "3"}
    assert [one[0] for one in walk(held)] == [only1("ItemDef"), "{urn:alien}Thing", only1("ItemDef")]


# -- people and places -------------------------------------------------------------------------------------


def test_people_of_1_3_become_people_of_2_0_and_back() -> None:
    user = n(
        "User", n("LoginName", text="li"), n("FirstName", text="Wei"), n("LastName", text="Li"),
        n("Email", text="a@b"), n("Phone"), n("LocationRef", LocationOID="L1"), n("LocationRef", LocationOID="L2"),
        OID="U", UserType="Investigator",
    )  # fmt: skip
    admin = n(
        "AdminData",
        user,
        n("Location", OID="L1", Name="l", LocationType="Site"),
        n("Location", OID="L2", Name="m"),
    )
    before = copied(admin)
    turned = admin_up(admin)
    assert admin == before
    (who,) = all_of(turned, "User")
    assert names(who)[:3] == ["UserName", "GivenName", "FamilyName"] and who[1]["LocationOID"] == "L1"
    assert [one[1] for one in all_of(who, "Telecom")] == [
        {"TelecomType": "Email", "Value": "a@b"},
        {"TelecomType": "Phone", "Value": ""},
    ]
    (organization,) = all_of(turned, "Organization")
    assert organization[1] == {"OID": "ORG.L1", "Name": "l", "Type": "Site", "LocationOID": "L1"}
    (back,) = all_of(admin_down(turned), "User")
    assert sorted(map(repr, back[3])) == sorted(
        repr(one if one[0] != "Phone" else n("Phone", text="")) for one in user[3]
    )


def test_a_place_whose_part_1_3_does_not_know_keeps_it() -> None:
    node = n("AdminData", n("Location", OID="L", Name="l", Role="Hospital"))
    (place,) = all_of(admin_down(node), "Location")
    assert "LocationType" not in place[1] and place[1][only2("Role")] == "Hospital"
    assert same(admin_up(admin_down(node)), shaped(node))


@pytest.mark.parametrize("role", ["Site", "Hospital", None])
def test_organizations_of_others_come_back(role: str | None) -> None:
    said = {} if role is None else {"Role": role}
    user = n(
        "User", n("Telecom", TelecomType="Pager", Value="1"), n("Telecom", TelecomType="Pager", Value="2"),
        n("Telecom", TelecomType="Other", Value="3"), OID="U", UserType="Pharmacist", OrganizationOID="O",
    )  # fmt: skip
    about = n("Description", n("TranslatedText", text="x", Type="text/plain"))
    node = n(
        "AdminData", user, n("Organization", about, OID="O", Name="o", Type="CRO"),
        n("Location", OID="L", Name="l", OrganizationOID="O", **said),
    )  # fmt: skip
    down = admin_down(node)
    assert down[1] == {KEPT: "Yes"}
    (place,), (who,) = all_of(down, "Location"), all_of(down, "User")
    assert place[1]["LocationType"] == ("Site" if role == "Site" else "Other")
    assert who[1]["UserType"] == "Other" and [one[2] for one in all_of(who, "Pager")] == ["1"]
    assert same(admin_up(down), shaped(node))


# -- data --------------------------------------------------------------------------------------------------


def subject(*inside: Node) -> Node:
    return n("SubjectData", *inside, SubjectKey="1")


def group(*items: Node, oid: str = "G", **more: str) -> Node:
    return made("ItemGroupData", {"ItemGroupOID": oid, **more}, *items)


def visit(*forms: Node) -> Node:
    return n("StudyEventData", *forms, StudyEventOID="E")


def form(*groups: Node, oid: str = "F", **more: str) -> Node:
    return made("FormData", {"FormOID": oid, **more}, *groups)


def test_forms_under_no_visit_stand_under_one_that_is_made_and_come_back() -> None:
    node = subject(form(group(n("ItemData", ItemOID="I", Value="1")), FormRepeatKey="2"))
    turned = data_up(node, Plan(), {})
    (event,) = turned[3]
    assert event[1] == {"StudyEventOID": "SE.NONE", only1("Made"): "Yes"}
    assert event[3][0][1] == {"ItemGroupOID": "F", "ItemGroupRepeatKey": "2"}
    assert same(data_down(turned, Plan()), node)


def test_escaped_attributes_beside_the_value_stay_escaped() -> None:
    said = {"ItemOID": "I", "Value": "x", own("Escaped"): "Value IsNull"}
    node = subject(visit(form(group(made("ItemData", {**said})))))
    turned = data_up(node, Plan(), {})
    (item,) = [one for one in walk(turned) if one[0] == "ItemData"]
    assert item[1][own("Escaped")] == "IsNull"
    (back,) = [one for one in walk(data_down(turned, Plan())) if one[0] == "ItemData"]
    assert sorted(back[1].pop(own("Escaped")).split()) == ["IsNull", "Value"]
    blank = subject(visit(form(group(made("ItemData", {"ItemOID": "I", "Value": "x", own("Escaped"): ""})))))
    assert (
        own("Escaped") not in next(one for one in walk(data_up(blank, Plan(), {})) if one[0] == "ItemData")[1]
    )


def test_what_a_visit_names_itself_is_no_form() -> None:
    plan = Plan(kept=True, forms={"F"})
    note = n("Annotation", n("Comment", text="c"), SeqNum="1")
    node = subject(visit(form(group(oid="F"), note), form(group(oid="F"))))
    (event,) = data_up(node, plan, {})[3]
    assert [one[0] for one in event[3]] == ["ItemGroupData", "ItemGroupData", only1("FormData")]
    down = data_down(subject(visit(group(oid="F"), group(oid="F"), n("Query"))), plan)
    (event,) = down[3]
    assert [(one[0], len(one[3])) for one in all_of(event, "FormData")] == [("FormData", 2)]


def test_a_comment_of_nothing_is_left_out_and_one_of_several_words_stays() -> None:
    none = n("Annotation", n("Comment"), n("Flag", n("FlagValue", text="x", CodeListOID="C")), SeqNum="1")
    assert [names(one) for one in all_of(data_up(subject(none), Plan(), {}), "Annotation")] == [["Flag"]]
    words = [n("TranslatedText", text=one, Type="text/plain") for one in "ab"]
    several = subject(n("Annotation", n("Comment", *words), SeqNum="1"))
    (comment,) = data_down(several, Plan())[3][0][3]
    assert comment[2] is None and [one[2] for one in comment[3]] == ["a", "b"]
    html = subject(n("Annotation", n("Comment", n("TranslatedText", text="a", Type="text/html")), SeqNum="1"))
    assert data_down(html, Plan())[3][0][3][0][2] is None


def test_a_query_that_says_nothing_is_a_flag_alone() -> None:
    (note,) = data_down(subject(n("Query", OID="Q", State="Closed")), Plan())[3]
    assert names(note) == ["Flag"] and note[1] == {"SeqNum": "11", own("QueryOID"): "Q"}
    again = data_up(subject(note), Plan(), {"Q": Asked("System", "System", "t", "name")})[3][0]
    assert (again[1]["State"], again[1]["Name"]) == ("Closed", "name")
    bare = data_up(subject(made("Annotation", {own("QueryOID"): "Q"})), Plan(), {"Q": Asked("S", "T", "t")})
    assert bare[3][0][1]["State"] == "Open"


def test_a_group_that_lost_its_holder_stands_by_itself() -> None:
    plan = Plan(kept=True, parents={"B": ["A", "C"]})
    node = subject(visit(form(group(oid="B", ItemGroupRepeatKey="1"), n("Annotation", SeqNum="1"))))
    (event,) = data_up(node, plan, {})[3]
    assert [one[1].get("ItemGroupOID") for one in all_of(event[3][0], "ItemGroupData")] == ["B"]


def test_the_choices_of_one_item_are_several_values_and_come_back() -> None:
    from mda5_crf.exchange.odm2plan import Column

    plan = Plan(columns={"I.A": Column("I", "A"), "I.B": Column("I", "B")})
    note = n("Annotation", n("Comment", text="c", SponsorOrSite="Site"), SeqNum="1")
    items = [
        n("ItemData", note, ItemOID="I.A", Value="false"),
        n("ItemData", copied(note), ItemOID="I.B", Value="true"),
    ]
    turned = data_up(subject(visit(form(group(*items)))), plan, {})
    (item,) = [one for one in walk(turned) if one[0] == "ItemData"]
    assert [one[2] for one in all_of(item, "Value")] == ["B"]
    back = [one for one in walk(data_down(turned, plan)) if one[0] == "ItemData"]
    assert [(one[1]["ItemOID"], one[1]["Value"]) for one in back] == [("I.A", "false"), ("I.B", "true")]
    nothing = subject(visit(group(n("ItemData", n("Query", OID="Q"), ItemOID="I", IsNull="Yes"), oid="F")))
    gone = [one for one in walk(data_down(nothing, plan)) if one[0] == "ItemData"]
    assert [(one[1].get("Value"), len(one[3])) for one in gone] == [(None, 1), (None, 0)]


def test_typed_values_methods_and_renamed_things_come_back() -> None:
    typed = n("ItemDataInteger", text="5", ItemOID="I")
    strange = n("ItemDataAny", made("{urn:x}Any", {}), ItemOID="J")
    audit = n("AuditRecord", UsedImputationMethod="MT.1")
    plan = Plan(renamed={"ItemDef": {"I": "ItemDef.I"}})
    turned = data_up(subject(visit(form(group(typed, strange, n("ItemData", ItemOID="K"), audit)))), plan, {})
    (item,) = [one for one in walk(turned) if one[1].get("ItemOID") == "ItemDef.I"]
    assert item[0] == "ItemData" and item[1][only1("Typed")] == "ItemDataInteger" and item[3][0][2] == "5"
    back = data_down(turned, plan)
    assert {(one[0], one[1]["ItemOID"], one[2]) for one in walk(back) if one[0].startswith("ItemData")} == {
        ("ItemDataInteger", "I", "5"), ("ItemData", "K", None), ("ItemDataAny", "J", None),
    }  # fmt: skip
    for tree, name in ((turned, "UsedMethod"), (back, "UsedImputationMethod")):
        assert [one[1] for one in walk(tree) if one[0].endswith("AuditRecord")] == [{name: "MT.1"}]


# -- a file of 2.0 told as one of 1.3 ----------------------------------------------------------------------


def head(**attributes: str) -> dict[str, Any]:
    return {"what": "head", "version": "2.0", "attrs": attributes}


def other(node: Node, under: str = "ODM") -> dict[str, Any]:
    return {"what": "other", "node": node, "under": under}


def test_an_older_file_and_one_already_told_stay_as_they_are() -> None:
    events = [{**head(), "version": "1.3.2"}, other(n("Description"))]
    assert [*odm2in.rewritten(events)] == events
    twice = [{**head(), odm2in.REWRITTEN: True}, other(n("Description"))]
    assert [*odm2in.rewritten(twice)] == twice


@pytest.mark.parametrize("context, archival", [("Archive", "Yes"), ("Exchange", None)])
def test_what_a_file_is_for(context: str, archival: str | None) -> None:
    (told,) = odm2in.rewritten([head(Context=context)])
    assert told["attrs"].get("Archival") == archival and told["attrs"][only2("Context")] == context


def test_what_stands_outside_a_study_is_told_in_its_place() -> None:
    about = other(n("Description", n("TranslatedText", text="w", Type="text/plain")))
    alien = made("{urn:x}Own", {})
    query = other(n("Query", OID="Q"), "ClinicalData")
    data = other(n("ReferenceData", group(n("ItemData", n("Value", text="1"), ItemOID="I")), StudyOID="S"))
    said = n("Comment", n("TranslatedText", text="c", Type="text/plain"))
    note = other(n("Annotations", n("Annotation", said, SeqNum="1")), "ClinicalData")
    told = [*odm2in.rewritten([head(), about, other(alien), query, data, note, {"what": "end"}])]
    assert [one["what"] for one in told] == ["head", "other", "other", "other", "other", "other", "end"]
    assert told[1]["node"][0] in (only2("Description"), "Description") and told[2]["node"] == alien
    assert told[3]["node"][0] == only2("Query")
    (item,) = [one for one in walk(told[4]["node"]) if one[0] == "ItemData"]
    assert item[1]["Value"] == "1" and [one[2] for one in walk(told[5]["node"]) if one[0] == "Comment"] == [
        "c"
    ]


def roundtrip(node: Node) -> Node:
    """As 1.3, once it is shown that the way back gives every element."""
    down, _ = odm2in.study_down(node)
    for mine, theirs in zip(walk(study_up(down)[0]), walk(shaped(node)), strict=True):
        assert (mine[0], mine[1], mine[2] or "") == (theirs[0], theirs[1], theirs[2] or "")
    return down


def event_def(*refs: Node, oid: str = "E", **more: str) -> Node:
    said = {"OID": oid, "Name": "e", "Repeating": "No", "Type": "Scheduled", **more}
    return made("StudyEventDef", {**said}, *refs)


def ref(oid: str) -> Node:
    return n("ItemGroupRef", ItemGroupOID=oid, Mandatory="No")


def test_a_study_that_says_nothing_of_itself() -> None:
    down = roundtrip(n("Study", n("MetaDataVersion", OID="M", Name="m"), OID="S"))
    assert first_of(down, "GlobalVariables") is None


@pytest.mark.parametrize("names_", [{"StudyName": "N"}, {"ProtocolName": "P"}])
def test_a_study_with_one_name(names_: dict[str, str]) -> None:
    about = n("Description", n("TranslatedText", text="w", Type="text/plain"))
    node = made("Study", {"OID": "S", **names_}, about, n("MetaDataVersion", OID="M", Name="m"))
    variables = first_of(roundtrip(node), "GlobalVariables")
    assert variables is not None and {*names(variables)} == {"StudyDescription", *names_}


def test_digits_that_1_3_has_from_the_format_are_not_told_twice() -> None:
    item = n("ItemDef", OID="I", Name="i", DataType="decimal", Length="5", DisplayFormat="5.2")
    ref_ = n("ItemRef", ItemOID="I", Mandatory="No")
    kept = n("ItemGroupDef", ref_, OID="A", Name="a", Repeating="Static", Type="Concept")
    (told,) = [one for one in walk(roundtrip(version(kept, item))) if one[0] == "ItemDef"]
    assert told[1]["SignificantDigits"] == "2"


# -- a study of 1.3 as 2.0 ---------------------------------------------------------------------------------


def older(*inside: Node, names_: tuple[Node, ...] = (), **said: str) -> Node:
    return n(
        "Study", n("GlobalVariables", *names_), made("MetaDataVersion", {"OID": "M", "Name": "m", **said}, *inside),
        OID="S",
    )  # fmt: skip


def test_what_2_0_allows_once_stands_beside_it() -> None:
    inside = [
        n("Protocol", n("StudyEventRef", StudyEventOID="E"), n("StudyEventRef", StudyEventOID="gone")),
        event_def(n("FormRef", FormOID="X", OrderNumber="1"), n("FormRef", FormOID="X"), n("FormRef", FormOID="Y", OrderNumber="1"), Type="Unscheduled"),
        n("FormDef", n("ItemGroupRef", ItemGroupOID="X"), OID="X", Name="x", Repeating="Yes"),
        n("ItemGroupDef", n("ItemRef", ItemOID="I", OrderNumber="0"), n("ItemRef", ItemOID="I"), n("ItemRef", ItemOID="J", OrderNumber="x"), OID="X", Name="x", SASDatasetName="D"),
        n("ItemDef", n("RangeCheck"), n("RangeCheck", n("CheckValue", text="1")), n("Alias", Context="c", Name="1"), n("Alias", Context="c", Name="2"), n("Question"), OID="I", Name="i", Origin="CRF", Length="x", SignificantDigits="2"),
        n("ItemDef", OID="J", Name="j", DataType="", Origin="Elsewhere"),
        n("CodeList", n("CodeListItem", CodedValue="1"), n("EnumeratedItem", CodedValue="1"), n("EnumeratedItem", CodedValue="2"), n("Alias", Context="c", Name="n"), OID="L", Name="l", DataType="float"),
        n("ConditionDef", n("FormalExpression"), n("FormalExpression", made(XML, {}, text="<x/>"), text="a"), OID="K"),
        n("MethodDef", n("Description", n("TranslatedText", text="d")), OID="T", Name="t"),
    ]  # fmt: skip
    study = older(
        *inside, names_=(n("StudyName"), n("StudyDescription"), n("Odd", text="o")), Description="d"
    )
    turned, plans = study_up(study)
    (told,) = all_of(turned, "MetaDataVersion")
    assert plans["M"].renamed == {"ItemGroupDef": {"X": "ItemGroup.X"}}
    assert turned[1]["StudyName"] == "S" and first_of(turned, "Description") is None
    event = first_of(told, "StudyEventDef")
    assert event is not None and names(event) == ["ItemGroupRef", "ItemGroupRef", only1("ItemGroupRef")]
    assert only1("OrderNumber") in event[3][1][1]
    assert first_of(told, "WorkflowDef") is None and first_of(told, "StudyEventGroupDef") is not None
    one, two = all_of(told, "ItemDef")
    assert {*names(one)} >= {only1("RangeCheck"), "RangeCheck", only1("Alias"), only1("Question")}
    assert two[1]["DataType"] == "text" and two[1][only1("DataType")] == "" and "DisplayFormat" not in one[1]
    listed = first_of(told, "CodeList")
    assert listed is not None and listed[1]["DataType"] == "decimal"
    assert [item[0] for item in listed[3]].count("CodeListItem") == 2
    (expression,) = all_of(first_of(told, "ConditionDef") or [], "FormalExpression")
    assert [(code[0], code[2], len(code[3])) for code in expression[3]] == [("Code", "a", 1)]


def test_a_study_without_words_and_one_that_uses_our_names() -> None:
    turned, _ = study_up(n("Study", n("MetaDataVersion", n("Protocol"), OID="M", Name="m"), OID="S"))
    assert "StudyName" not in turned[1] and names(turned) == ["MetaDataVersion"]
    taken_ = older(
        n("Protocol", n("StudyEventRef", StudyEventOID="E")), event_def(), event_def(oid="WF.SCHEDULE")
    )
    (told,) = all_of(study_up(taken_)[0], "MetaDataVersion")
    assert [one[0] for one in told[3]].count("StudyEventGroupDef") == 0  # nothing is made over theirs


# -- written out -------------------------------------------------------------------------------------------


REDCAP, ALIEN = "https://projectredcap.org", "urn:alien"


def shown(node: Node | None, *, extensions: bool, attributes: dict[str, str] | None = None) -> bytes:
    pieces: list[bytes] = []
    out = XmlOut(pieces.append, extensions=extensions)
    out.start("ODM")
    if node is not None:
        write_node(out, node)
    if attributes is not None:
        open_tag(out, "ClinicalData", attributes)
        out.end()
    out.close()
    return b"".join(pieces)


@pytest.mark.parametrize("extensions", [True, False])
def test_content_of_others_is_written_or_left_out_whole(extensions: bool) -> None:
    inner = made("{urn:alien}Thing", {"{https://projectredcap.org}A": "1"}, text="t")
    node = n("ItemDef", n("Question", made(XML, {}, text="<b>q</b>"), inner), inner, OID="I")
    root = etree.fromstring(shown(node, extensions=extensions))
    assert len(root.findall(".//{urn:alien}Thing")) == (2 if extensions else 0)
    assert len(root.findall(".//b")) == 1


@pytest.mark.parametrize("extensions", [True, False])
def test_a_tag_of_others_declares_what_it_needs(extensions: bool) -> None:
    said = {"StudyOID": "S", f"{{{REDCAP}}}A": "1", f"{{{ALIEN}}}B": "2", f"{{{XMLNS}}}lang": "de"}
    root = etree.fromstring(shown(None, extensions=extensions, attributes=said))
    here = dict(root[0].attrib)
    assert here == (said if extensions else {"StudyOID": "S", f"{{{XMLNS}}}lang": "de"})
    assert (REDCAP in root[0].nsmap.values()) is extensions


XMLNS = "http://www.w3.org/XML/1998/namespace"


# -- expressions -------------------------------------------------------------------------------------------


class Scope:
    """Four items, one of each odd kind."""

    def find(self, name: str, *, event: str = "", form: str = "", code: str = "") -> Found | None:
        return {
            "box": Found("RACE", "multi", {}, "3"), "multi": Found("RACE", "multi"), "n": Found("N", "number"),
            "truth": Found("T", "boolean"), "label": None,
        }[name]  # fmt: skip


@pytest.mark.parametrize(
    "tree",
    [
        Op("and", (Number("1"), Name("n"))), Op("or", (Name("n"), Name("box"))), Op("not", (Name("n"),)),
        Op("==", (Name("multi"), Word(""))), Op("==", (Name("truth"), Word("1"))), Name("box"), Name("label"),
        Op("<", (Name("box"), Number("1"))), Op("==", (Name("n"), Word("NaN"))), Op("==", (Name("n"), Word("x"))),
        Op("+", (Name("n"), Op("==", (Name("n"), Number("1"))))), Call("present", (Number("1"),)),
        Op("<", (Op("+", (Name("n"), Number("1"))), Word("x"))), Call("sum", ()), Call("gone", (Number("1"),)),
        Op("**", (Name("n"), Number("1.5"))), Word("a\nb"), Call("abs", (Number("1"), Number("2"))),
    ],
)  # fmt: skip
def test_a_tree_that_cannot_be_said_is_not_said(tree: Tree) -> None:
    with pytest.raises(NotUnderstood):
        written(tree, Scope())


@pytest.mark.parametrize(
    "tree, said",
    [
        (Op("not", (Op("not", (Op("==", (Name("n"), Number("1"))),)),)), "N == 1"),
        (Op("and", (Name("box"), Call("present", (Name("n"),)))), 'selected(RACE, "3") and present(N)'),
        (Op("!=", (Op("+", (Name("n"), Number("1"))), Word("2.50"))), "coalesce((N + 1) != 2.50, True)"),
        (Op("**", (Op("neg", (Name("n"),)), Number("2"))), "(-N) ** 2"),
        (Op("**", (Name("n"), Number("2"))), "N ** 2"),
        (Call("today", ()), "today"),
        (Op("!=", (Name("box"), Word("yes"))), 'not coalesce(selected(RACE, "3"), False)'),
    ],
)
def test_a_tree_in_our_words(tree: Tree, said: str) -> None:
    assert written(tree, Scope()) == said


# -- rules and what does not load --------------------------------------------------------------------------


def study_of(*inside: Node, events: list[dict[str, Any]] | None = None) -> Any:  # noqa: ANN401
    study = n("Study", n("GlobalVariables"), n("MetaDataVersion", *inside, OID="M", Name="m"), OID="S")
    told = [
        {"what": "head", "version": "1.3.2", "namespace": "", "attrs": {}},
        {"what": "study", "node": study},
    ]
    more: list[Any] = [*told, *(events or ())]
    return definition_from_odm(more)


def simple(*items: Node) -> list[Node]:
    refs = [n("ItemRef", ItemOID=one[1]["OID"]) for one in items]
    return [n("FormDef", n("ItemGroupRef", ItemGroupOID="G"), OID="F", Name="f"), n("ItemGroupDef", *refs, OID="G", Name="g"), *items]  # fmt: skip


def test_nothing_at_all_is_refused_and_what_the_reader_put_right_is_said() -> None:
    with pytest.raises(InputRefused) as refused:
        definition_from_odm([{"what": "end", "repaired": []}])
    assert refused.value.code == "odmin.no_study"
    end = {"what": "end", "repaired": [{"code": "reference_twice", "n": 3}]}
    made_ = study_of(*simple(n("ItemDef", OID="A", Name="A", DataType="text")), events=[end])
    assert made_.report.repaired["reference_twice"] == 3


@pytest.mark.parametrize("low, high", [("1E40", "NaN"), ("x", "")])
def test_limits_that_are_no_numbers_are_left_and_counted(low: str, high: str) -> None:
    checks = [
        n("RangeCheck", n("CheckValue", text=one), Comparator=sign, SoftHard="Hard")
        for sign, one in (("GE", low), ("LE", high))
    ]
    made_ = study_of(*simple(n("ItemDef", *checks, OID="A", Name="A", DataType="integer")))
    assert made_.report.odd["range"] == 2


def test_events_of_our_names_and_windows_out_of_order() -> None:
    redcap = f"{{{REDCAP}}}"
    wild = event_def(oid="STUDY")
    wild[1] |= {f"{redcap}DayOffset": "5", "Type": "Strange"}
    far = event_def(oid="E2")
    far[1] |= {f"{redcap}DayOffset": "7", f"{redcap}OffsetMin": "-3"}
    made_ = study_of(wild, far, *simple(n("ItemDef", OID="A", Name="A", DataType="text")))
    schedule = made_.files["schedule.toml"]
    assert 'oid = "STUDY2"' in schedule and "target = 6" in schedule and "target = 8" in schedule
    assert schedule.count("window") == 1 and "window = [6, 6]" in schedule
    assert made_.report.repaired["unknown_event_type"] == 1


def test_a_description_that_names_no_place_is_refused() -> None:
    with pytest.raises(InputRefused) as refused:
        loadable({"study.toml": {"study": {"oid": "S"}}}, ImportReport())
    assert refused.value.code == "odmin.not_runnable"
