"""Studies of other systems: they run, nothing of them is lost, and nothing about them is silent."""

# ruff: noqa: E501 - pieces of XML are easier to read on one line

from __future__ import annotations

import copy
import io
import json
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.errors import InputRefused
from mda5_crf.exchange.odm2out import odm2_out
from mda5_crf.exchange.odm_file import Head, odm_file
from mda5_crf.exchange.odm_foreign import foreign_nodes, write_node
from mda5_crf.exchange.odmmended import mended
from mda5_crf.exchange.odmnaming import Maker, codes
from mda5_crf.exchange.odmnode import plain
from mda5_crf.exchange.odmorigin import names, origin_of
from mda5_crf.exchange.odmread import LANG, Node, lines
from mda5_crf.exchange.odmreport import ImportReport
from mda5_crf.exchange.odmstudy import Imported, definition_from_odm
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.services.exportfeed import Feed
from mda5_crf.services.founding import found
from mda5_crf.services.session import Session
from mda5_crf.study import source
from mda5_crf.study.load import load_source, statistics
from mda5_crf.study.model import Layout, Mark, Study
from tests import odmtable
from tests.odmtally import counts, definition_counts, difference
from tests.once import one_salt_each
from tests.vaults import FOUNDER, password

ODM = 'xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:redcap="https://projectredcap.org"'


@cache
def real(name: str) -> Study:
    return load_source(source.pack(odmtable.imported(name).files))


def taken(version: str, basics: str = "", *, head: str = "", data: str = "") -> tuple[Study, Imported]:
    """The study of one MetaDataVersion."""
    text = (
        f'<ODM {ODM} ODMVersion="1.3.2" {head}><Study OID="S"><GlobalVariables><StudyName>N</StudyName>'
        f"</GlobalVariables><BasicDefinitions>{basics}</BasicDefinitions>"
        f'<MetaDataVersion OID="V" Name="v">{version}</MetaDataVersion></Study>{data}</ODM>'
    )
    made = definition_from_odm(lines(io.BytesIO(text.encode()), {}))
    study = load_source(source.pack(made.files))
    assert sum((_names(node) for node in foreign_nodes(study)), Counter[str]()) == definition_counts(
        text.encode()
    )
    return study, made


def _names(node: Node) -> Counter[str]:
    own = Counter() if node[0].startswith(("{", "#")) else Counter([node[0]])
    return sum((_names(one) for one in node[3]), own)


def form(items: str, *, refs: str = "", group: str = "", more: str = "") -> str:
    """A form F with a group G."""
    return (
        f'<FormDef OID="F" Name="Form" Repeating="No"><ItemGroupRef ItemGroupOID="G"/></FormDef>'
        f'<ItemGroupDef OID="G" Name="Group" Repeating="No" {group}>{refs}</ItemGroupDef>{items}{more}'
    )


def item(oid: str, kind: str = "text", inner: str = "", attributes: str = "") -> tuple[str, str]:
    """(reference, definition)."""
    return (
        f'<ItemRef ItemOID="{oid}" Mandatory="No"/>',
        f'<ItemDef OID="{oid}" Name="{oid}" DataType="{kind}" {attributes}>{inner}</ItemDef>',
    )


def with_items(*made: tuple[str, str], more: str = "", basics: str = "") -> tuple[Study, Imported]:
    return taken(
        form("".join(one[1] for one in made), refs="".join(one[0] for one in made), more=more), basics
    )


# -- the real files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", odmtable.names())
def test_every_real_file_becomes_a_study_that_runs(name: str) -> None:
    study, report = real(name), odmtable.imported(name).report
    told = statistics(study)
    assert (told.events, told.forms, told.items) == (report.events, report.forms, report.items)
    assert study.origin.startswith("ODM ") and told.items > 0
    assert all(line.in_("en") and line.in_("zh") for line in report.lines())
    data = (odmtable.FILES / name).read_bytes()
    in_file = sum(definition_counts(data).values())
    if "odm20" not in name:  # 2.0 is read as 1.3: what is told counts the elements of that
        assert sum(report.read.values()) + sum(report.kept.values()) == in_file


def test_the_table_of_the_page_says_what_the_program_does() -> None:
    assert odmtable.in_page() == odmtable.table(), "python -m tests.odmtable --write"


@pytest.mark.parametrize("name", ["redcap-longitudinal-2arms.xml", "cdisc-odm20-dave-workflow.xml"])
def test_through_a_vault_and_out_again_every_element_is_there(name: str, tmp_path: Path) -> None:
    """The file is out of reach: everything comes from the definitions of the vault."""
    with one_salt_each():
        first = (FOUNDER, "Dr. Wu", "investigator")
        found(
            tmp_path / "v", real(name), site="01", name="W", first=first, password=password(FOUNDER)
        ).close()
        session = Session.open(tmp_path / "v", FOUNDER, password(FOUNDER))
    with session:
        feed, newer = Feed(session), "odm20" in name
        head = Head(datetime(2026, 9, 1, tzinfo=UTC), transactional=False, archival=False, granularity="All")
        pieces: list[bytes] = []
        other = odm2_out(feed, head, pieces.append) if newer else None
        with odm_file(feed, head, pieces.append, other):
            pass
    written = b"".join(pieces)
    before = (odmtable.FILES / name).read_bytes()
    assert difference(definition_counts(before), definition_counts(written)) == {}
    assert counts(written)["ODM"] == 1


@pytest.mark.parametrize("name", [one for one in odmtable.names() if "odm20" not in one])
def test_texts_and_attributes_come_back_as_they_were(name: str) -> None:
    with (odmtable.FILES / name).open("rb") as stream:
        studies = [one["node"] for one in lines(stream, {"data": False}) if one["what"] == "study"]
    assert foreign_nodes(real(name)) == studies


def test_what_the_study_says_is_not_kept_twice() -> None:
    study = real("openedc-metadata-de-en.xml")
    text = json.dumps(origin_of(study), ensure_ascii=False)
    assert "What is your weight?" not in text and "Wie viel wiegen Sie" not in study.forms["F1"].name.en
    assert '["F1.WEIGHT", "label", "en"]' in text


def test_redcap() -> None:
    study = real("redcap-longitudinal-2arms.xml")
    form_ = study.forms["DEMOGRAPHICS"]
    assert [group.title.en for group in form_.groups[:3]] == [
        "Demographics",
        "Consent Information",
        "Contact Information",
    ]
    gym = form_.items["GYM"]
    assert (gym.type, gym.label.en) == ("multi", "Gym (Weight Training)")
    days = [one.text.en for one in study.codelists[gym.codelist or ""].values]
    assert days == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    relevant = form_.items["NUM_CHILDREN"].relevant
    assert relevant is not None and relevant.source == 'SEX == "0" and GIVEN_BIRTH == "1"'
    bmi = form_.items["BMI"].calculate
    assert bmi is not None and bmi.source == "round_((WEIGHT * 10000) / (HEIGHT ** 2), 1)"
    assert (study.events["ENROLLMENT_ARM_1"].target, study.events["DOSE_1_ARM_1"].target) == (1, 2)
    assert study.names["D1"].source == "ENROLLMENT_ARM_1.DEMOGRAPHICS.DATE_ENROLLED"


def test_names_lead_both_ways() -> None:
    known = names(real("redcap-longitudinal-2arms.xml"))
    assert known is not None and names(real("redcap-longitudinal-2arms.xml")) is known
    box = known.item("Form.demographics", "demographics.gym___0", "gym___2")
    assert box is not None and (box.form, box.item, box.code) == ("DEMOGRAPHICS", "GYM", "2")
    assert [one.foreign_item for one in known.items_of("DEMOGRAPHICS", "GYM")] == [
        f"gym___{n}" for n in range(5)
    ]
    assert known.item("Form.demographics", "moved", "sex") is known.item("Form.demographics", "", "sex")
    assert known.item("gone", "gone", "gone") is None and known.event("gone") is None
    assert known.event_of(known.event("Event.dose_1_arm_1") or "") == "Event.dose_1_arm_1"
    assert known.form_of(known.form("Form.demographics") or "") == "Form.demographics"
    assert (known.event_of("GONE"), known.form_of("GONE"), known.items_of("F", "X")) == ("", "", ())
    assert known.group("Form.demographics", "demographics.study_id") == ("DEMOGRAPHICS", "DEMOGRAPHICS")
    single = names(real("redcap-clinical-trial-500.xml"))
    assert single is not None and single.event("") == "STUDY" and single.event_of("STUDY") == ""
    assert names(load_source(source.pack(_own()))) is None


def _own() -> dict[str, str]:
    folder = Path(__file__).parents[2] / "data" / "definitions" / "mini"
    return source.read_directory(folder)[0]


def test_data_alone_show_what_there_is() -> None:
    study = real("rave-audit-transactional.xml")
    assert foreign_nodes(study) == [] and (origin_of(study) or {})["made_of_data"]
    assert {item_.type for form_ in study.forms.values() for item_ in form_.items.values()} == {"text"}


# -- odd ones --------------------------------------------------------------------------------------------


def test_a_file_without_a_study_is_refused() -> None:
    for text in (f"<ODM {ODM}/>", f"<ODM {ODM}><Study OID='S'/><AdminData/></ODM>"):
        with pytest.raises(InputRefused) as refused:
            definition_from_odm(lines(io.BytesIO(text.encode()), {}))
        assert refused.value.code == "odmin.no_study"


@pytest.mark.parametrize(
    "version, repaired",
    [
        ("<ItemDef/>", {"no_oid": 1}),
        ('<ItemDef OID="A"/><ItemDef OID="A"/>', {"oid_twice": 1}),
        ('<StudyEventDef OID="E"><FormRef FormOID="X"/></StudyEventDef>', {"form_not_defined": 1}),
        ('<FormDef OID="F"><ItemGroupRef ItemGroupOID="X"/></FormDef>', {"group_not_defined": 1}),
        (form("", refs='<ItemRef ItemOID="X"/>'), {"item_not_defined": 1}),
        (
            form("", refs='<ItemRef ItemOID="X"/><ItemRef ItemOID="X"/>'),
            {"item_not_defined": 1, "reference_twice": 1},
        ),
        (
            '<Protocol><StudyEventRef StudyEventOID="X"/></Protocol><FormDef OID="F"/>',
            {"event_not_defined": 1},
        ),
        ('<StudyEventDef OID="E" Type="Odd"/>', {"unknown_event_type": 1}),
        (
            '<CodeList OID="C"><CodeListItem CodedValue="1"/><CodeListItem CodedValue="1"/></CodeList>',
            {"code_twice": 1},
        ),
        ('<CodeList OID="C"><EnumeratedItem CodedValue=""/></CodeList>', {"code_empty": 1}),
        (
            '<StudyEventDef OID="E"><FormRef FormOID="F"/><FormRef FormOID="F"/></StudyEventDef><FormDef OID="F"/>',
            {"reference_twice": 1},
        ),
    ],
)
def test_what_is_wrong_is_put_right_and_said(version: str, repaired: dict[str, int]) -> None:
    _, made = taken(version)
    assert dict(made.report.repaired) == repaired


def test_what_an_item_may_lack() -> None:
    study, made = with_items(
        item("A", ""), item("B", "odd"), item("C", "text", '<CodeListRef CodeListOID="X"/>'),
        item("D", "float", '<MeasurementUnitRef MeasurementUnitOID="X"/>'),
        ('<ItemRef ItemOID="E" MethodOID="X" CollectionExceptionConditionOID="X"/>', '<ItemDef OID="E" DataType="date"/>'),
    )  # fmt: skip
    assert dict(made.report.repaired) == {
        "no_type": 1, "unknown_type": 1, "list_not_defined": 1, "unit_not_defined": 1,
        "condition_not_defined": 1, "method_not_defined": 1,
    }  # fmt: skip
    assert [one.type for one in study.forms["F"].items.values()] == [
        "text",
        "text",
        "text",
        "decimal",
        "date",
    ]


def test_types_lists_units_and_texts() -> None:
    question = (
        '<Question><TranslatedText xml:lang="de">Gewicht</TranslatedText><TranslatedText xml:lang="en">Weight'
        '</TranslatedText><TranslatedText xml:lang="zh-CN">体重</TranslatedText></Question>'
    )
    unit = '<MeasurementUnit OID="{0}" Name="{0}"><Symbol><TranslatedText>{0}</TranslatedText></Symbol></MeasurementUnit>'
    study, made = with_items(
        item("W", "float", question + '<MeasurementUnitRef MeasurementUnitOID="kg"/>', 'SignificantDigits="1"'),
        item("H", "float", '<MeasurementUnitRef MeasurementUnitOID="cm"/><MeasurementUnitRef MeasurementUnitOID="in"/>'),
        item("性别", "text", '<Question><TranslatedText>&lt;b&gt;性别&lt;/b&gt; ?</TranslatedText></Question><CodeListRef CodeListOID="C"/>'),
        item("B", "boolean"), item("P", "partialDate"), item("X", "hexBinary"),
        more='<CodeList OID="C" DataType="text"><CodeListItem CodedValue="男"><Decode><TranslatedText>男</TranslatedText>'
        '</Decode></CodeListItem><CodeListItem CodedValue="a"/><CodeListItem CodedValue="A"/></CodeList>',
        basics="".join(unit.format(one) for one in ("kg", "cm", "in")),
    )  # fmt: skip
    items = study.forms["F"].items
    weight = items["W"]
    assert (weight.label.en, weight.label.zh, weight.unit, weight.decimals) == ("Weight", "体重", "kg", 1)
    assert items["H"].unit is None and items["H"].hint is not None and items["H"].hint.en == "cm / in"
    sex = items["I"]
    assert sex.label.en == "性别 ?"
    assert [one.code for one in study.codelists[sex.codelist or ""].values] == ["V1", "a", "A_2"]
    known = names(study)
    assert known is not None
    target = known.item("F", "G", "性别")
    assert target is not None and [target.value(one) for one in ("男", "a", "A", "?")] == [
        "V1",
        "a",
        "A_2",
        "?",
    ]
    assert [target.foreign(one) for one in ("V1", "a", "A_2")] == ["男", "a", "A"]
    yes = known.item("F", "G", "B")
    assert yes is not None and yes.value("true") == "1" and yes.value("0") == "0"
    assert [items[one].type for one in "PX"] == ["partial_date", "text"]
    assert made.report.languages == ["de", "en", "zh-CN"]


def test_ranges_become_ranges_or_checks_or_stay() -> None:
    def check(sign: str, *values: str, soft: str = "Hard") -> str:
        said = "".join(f"<CheckValue>{value}</CheckValue>" for value in values)
        return f'<RangeCheck Comparator="{sign}" SoftHard="{soft}">{said}</RangeCheck>'

    study, made = with_items(
        item("A", "integer", check("GE", "1") + check("LE", "9") + check("GE", "2", soft="Soft")),
        item("B", "float", check("LT", "5") + check("IN", "1", "2") + check("NOTIN", "3") + check("EQ", "x")),
        item("C", "date", check("GE", "2020-01-01") + check("LE", "soon")),
        item("D", "text", check("EQ", "x") + check("NE", 'a"b')),
        item("E", "integer", check("GE", "5") + check("GE", "1", soft="Soft") + check("LE", "1") + check("ODD", "1")),
        item("K", "integer", '<RangeCheck SoftHard="Soft"><FormalExpression Context="XPath">../ItemData[@ItemOID="A"]'
             "[@Value='1']</FormalExpression></RangeCheck>"),
    )  # fmt: skip
    items = study.forms["F"].items
    hard = items["A"].hard
    assert (
        hard is not None
        and hard.low is not None
        and (hard.low.source, items["A"].soft is not None) == ("1", True)
    )
    fires = {one.oid: one.fires.source for one in study.forms["F"].checks}
    assert fires == {
        "F-B-1": "B >= 5", "F-B-2": "B != 1 and B != 2", "F-B-3": "B == 3", "F-D-1": 'D != "x"', "F-E-3": "E > 1",
        "F-K-1": "not (A == 1)",
    }  # fmt: skip
    assert made.report.odd == {"range": 4, "soft_outside": 1}
    date = items["C"].hard
    assert date is not None and date.low is not None and date.low.source == 'date("2020-01-01")'


def test_conditions_are_turned_round_and_circles_are_left() -> None:
    def condition(oid: str, text: str, context: str = "XPath") -> str:
        return f'<ConditionDef OID="{oid}"><FormalExpression Context="{context}">{text}</FormalExpression></ConditionDef>'

    def ref(oid: str, gate: str) -> tuple[str, str]:
        return (
            f'<ItemRef ItemOID="{oid}" CollectionExceptionConditionOID="{gate}"/>',
            f'<ItemDef OID="{oid}" Name="{oid}" DataType="integer"/>',
        )

    study, made = with_items(
        ref("A", "1"), ref("B", "2"), ref("C", "3"), ref("D", "4"), ref("E", "5"),
        more=condition("1", "../ItemData[@ItemOID='B'][@Value='1']") + condition("2", "../ItemData[@ItemOID='A'][@Value='1']")
        + condition("3", "!(D == 1)", "OpenEDC") + condition("4", "whatever", "R") + condition("5", "[A] = '1'", ""),
    )  # fmt: skip
    gates = {name: one.relevant and one.relevant.source for name, one in study.forms["F"].items.items()}
    assert gates["C"] == "D == 1" and gates["D"] is None and gates["E"] == "not coalesce(A == 1, False)"
    assert None in (gates["A"], gates["B"])  # they wait for one another
    assert made.report.odd["expression"] >= 2


def test_groups_forms_and_events() -> None:
    study, _ = taken(
        '<Protocol><StudyEventRef StudyEventOID="E2" OrderNumber="2"/><StudyEventRef StudyEventOID="E1" OrderNumber="1"'
        ' CollectionExceptionConditionOID="C"/></Protocol>'
        '<StudyEventDef OID="E2" Name="two" Repeating="Yes" Type="Unscheduled"><FormRef FormOID="F" Mandatory="Yes"/></StudyEventDef>'
        '<StudyEventDef OID="E1" Name="" Repeating="No" Type="Common"><FormRef FormOID="F"/></StudyEventDef>'
        '<FormDef OID="F" Name="f" Repeating="Yes"><ItemGroupRef ItemGroupOID="G"/><ItemGroupRef ItemGroupOID="H"/></FormDef>'
        '<FormDef OID="2" Name="g"><ItemGroupRef ItemGroupOID="G"/></FormDef><FormDef OID="empty"/>'
        '<ItemGroupDef OID="G" Name="rows" Repeating="Yes"><ItemRef ItemOID="A"/><ItemRef ItemOID="B"/></ItemGroupDef>'
        '<ItemGroupDef OID="H" Name="" Repeating="No"><ItemRef ItemOID="A"/></ItemGroupDef>'
        '<ItemDef OID="A" Name="a" DataType="text"/><ItemDef OID="B" Name="a" DataType="text"/>'
        '<ConditionDef OID="C"><FormalExpression Context="REDCap">[2][A] = "x"</FormalExpression></ConditionDef>'
    )
    assert list(study.events) == ["E1", "E2", "STUDY"] and study.events["E2"].kind == "unscheduled"
    first = study.forms["F"]
    assert (
        first.repeating and first.groups[0].layout is Layout.LOG and list(first.items) == ["A", "A_2", "A_3"]
    )
    assert [(one.event, one.form, one.mark) for one in study.due] == [
        ("E1", "F", Mark.OPTIONAL), ("E2", "F", Mark.REQUIRED), ("STUDY", "F2", Mark.OPTIONAL),
        ("STUDY", "EMPTY", Mark.OPTIONAL),
    ]  # fmt: skip


def test_several_versions_and_includes() -> None:
    text = (
        f'<ODM {ODM}><Study OID="S"><MetaDataVersion OID="1"><FormDef OID="F"/><ItemDef OID="A"/></MetaDataVersion>'
        '<MetaDataVersion OID="2"><Include StudyOID="S" MetaDataVersionOID="1"/><Include MetaDataVersionOID="9"/>'
        '<FormDef OID="F" Name="new"/><FormDef OID="G"/></MetaDataVersion></Study><Study OID="T"/></ODM>'
    )
    made = definition_from_odm(lines(io.BytesIO(text.encode()), {}))
    study = load_source(source.pack(made.files))
    assert study.version == "2" and study.forms["F"].name.en == "new"
    assert (made.report.repaired, made.report.odd) == ({"other_versions": 1}, {"include_elsewhere": 1})
    assert [one[1]["OID"] for one in foreign_nodes(study)] == ["S", "T"]


def test_a_list_too_long_to_choose_from_is_text() -> None:
    answers = "".join(f'<CodeListItem CodedValue="{n}"/>' for n in range(3001))
    study, made = with_items(
        item("A", "text", '<CodeListRef CodeListOID="C"/>'), more=f'<CodeList OID="C">{answers}</CodeList>'
    )
    assert study.forms["F"].items["A"].type == "text" and made.report.odd == {"list_too_long": 1}


def test_boxes_and_lists_of_several() -> None:
    box = 'redcap:FieldType="checkbox"'
    study, _ = with_items(
        item("r___1", "boolean", "", box), item("r___-2", "boolean", "", box), item("s___x", "text"),
        item("d", "text", "<Question><TranslatedText>Read this</TranslatedText></Question>", 'redcap:FieldType="descriptive"'),
    )  # fmt: skip
    items = study.forms["F"].items
    assert [(name, one.type.value) for name, one in items.items()] == [
        ("R", "multi"),
        ("S_X", "text"),
        ("D", "label"),
    ]
    assert [one.code for one in study.codelists[items["R"].codelist or ""].values] == ["1", "-2"]
    oc = "http://www.openclinica.org/ns/odm_ext_v130/v3.1"
    several, _ = with_items(
        item("m", "text", f'<o:MultiSelectListRef xmlns:o="{oc}" MultiSelectListID="L"/>'),
        more=f'<o:MultiSelectList xmlns:o="{oc}" ID="L"><o:MultiSelectListItem CodedOptionValue="1">'
        "<o:Decode><TranslatedText>One</TranslatedText></o:Decode></o:MultiSelectListItem>"
        '<o:MultiSelectListItem CodedOptionValue="2"/></o:MultiSelectList>',
    )
    known = names(several)
    assert known is not None
    target = known.item("F", "G", "m")
    assert target is not None and (target.type, target.value("2, 1"), target.foreign("1,2")) == (
        "multi",
        "2,1",
        "1,2",
    )


@given(st.integers(0, 2**32))
@settings(max_examples=12)
def test_however_a_file_is_spoiled_it_is_read_or_refused_in_words(seed: int) -> None:
    chance = random.Random(seed)
    events = copy.deepcopy(
        _events(chance.choice(["openedc-metadata-de-en.xml", "redcap-repeating-instruments.xml"]))
    )
    nodes = [node for one in events if one["what"] == "study" for node in _all(one["node"])]
    for _ in range(chance.randint(1, 40)):
        _spoil(chance.choice(nodes), chance)
    made = None
    with suppress(InputRefused):  # of which there is one: neither a study nor data
        made = definition_from_odm(events)
    if made is None:
        assert not any(
            node[0] == "MetaDataVersion"
            for one in events
            for node in _all(one.get("node", ["", {}, None, []]))
        )
        return
    studies = [one["node"] for one in events if one["what"] == "study"]
    assert foreign_nodes(load_source(source.pack(made.files))) == studies


@cache
def _events(name: str) -> list[dict[str, Any]]:
    with (odmtable.FILES / name).open("rb") as stream:
        return list(lines(stream, {"data": False}))


def _all(node: Node) -> list[Node]:
    return [node, *(inner for child in node[3] for inner in _all(child))]


ODD = [
    "",
    " ",
    "x" * 300,
    "性别",
    "1",
    "-1",
    "\"'\\",
    "<b>x",
    "None",
    "EVENT",
    "[x]=1",
    "1e400",
    "NaN",
    "=1",
    "Yes",
    "😀",
]


def _spoil(node: Node, chance: random.Random) -> None:
    act = chance.randrange(6)
    if act <= 1 and node[1]:
        node[1][chance.choice(list(node[1]))] = chance.choice(ODD)
    elif act == 2 and node[1]:
        del node[1][chance.choice(list(node[1]))]
    elif act == 3 and node[3]:
        node[3].remove(chance.choice(node[3]))
    elif act == 4 and node[3]:
        node[3].append(copy.deepcopy(chance.choice(node[3])))
    else:
        node[2] = chance.choice(ODD)


# -- what does not load --------------------------------------------------------------------------------------


def described(**rules: Any) -> dict[str, Any]:  # noqa: ANN401 - tables as they are written
    """A small study, with rules where asked."""
    name = {"en": "N"}
    one = {"name": "A", "type": "integer", "label": name, **rules.get("item", {})}
    group = {"name": "G", "title": name, "item": [one], **rules.get("group", {})}
    return {
        "study.toml": {
            "study": {"oid": "S", "version": "1", "origin": "x", "timezone": "Asia/Shanghai", "subject_pattern": ".", "name": name, "protocol": name},
            "missing": {"UNK": name}, "reasons": {"OTHER": name},
        },
        "schedule.toml": {
            "event": [{"oid": "E", "name": name, **rules.get("event", {})}],
            "due": [{"event": "E", "form": "F", "mark": "optional", **rules.get("due", {})}],
        },
        "units.toml": {"unit": {}},
        "codelists.toml": {"codelist": {}},
        "forms/F.toml": {"form": {"oid": "F", "name": name, "domain": "F"}, "group": [group], "check": rules.get("check")},
    }  # fmt: skip


CHECK = {"oid": "C-1", "severity": "hard", "items": ["A"], "message": {"en": "M"}}


@pytest.mark.parametrize(
    'rules, code',
    [
        ({"item": {"relevant": "GONE == 1"}}, "expression"),
        ({"item": {"calculate": "A + 1"}}, "expression"),
        ({"item": {"hard": ["9", "1 +", ]}}, "expression"),
        ({"group": {"relevant": "GONE == 1"}}, "expression"),
        ({"due": {"when": "F.GONE == 1", "mark": "conditional"}}, "expression"),
        ({"check": [{**CHECK, "fires": "GONE > 1"}]}, "expression"),
        ({"check": [{**CHECK, "fires": "A > 1", "items": ["GONE"]}]}, "expression"),
        ({"event": {"target": 0}}, "window"),
        ({"item": {"sdtm": " "}}, "expression"),
    ],
)  # fmt: skip
def test_what_the_loader_refuses_is_taken_out_and_said(rules: dict[str, Any], code: str) -> None:
    report = ImportReport()
    study = mended(described(**rules), report)
    assert list(study.forms["F"].items) == ["A"] and report.odd == {code: 1}


def test_what_cannot_be_mended_is_refused_with_its_place() -> None:
    whole = described(
        item={"type": "nonsense", "relevant": "A == 1"},
        due={"when": "True"},
        check=[{**CHECK, "fires": "A > 1"}],
    )
    report = ImportReport()
    with pytest.raises(InputRefused) as refused:
        mended(whole, report)
    assert refused.value.code == "odmin.not_runnable" and "forms/F.toml" in refused.value.in_("en")


def test_content_of_other_systems_is_left_out_of_a_plain_file() -> None:
    study, _ = with_items(item("A", "text", '<v:x xmlns:v="urn:v">t</v:x>', 'redcap:FieldType="text"'))
    (node,) = foreign_nodes(study)
    told = {}
    for extensions in (True, False):
        pieces: list[bytes] = []
        out = XmlOut(pieces.append, extensions=extensions)
        write_node(out, node)
        out.close()
        told[extensions] = b"".join(pieces).decode()
    assert 'redcap:FieldType="text"' in told[True] and ">t</" in told[True] and 'xmlns:redcap="' in told[True]
    assert "redcap" not in told[False] and "urn:v" not in told[False]


@given(st.lists(st.text(max_size=80)))
def test_codes_are_different_and_lead_back(wanted: list[str]) -> None:
    made = codes(wanted)
    assert set(made) == set(wanted)
    assert len({one.casefold() for one in made.values()}) == len(made)


@given(st.lists(st.text(max_size=60)))
def test_names_are_names_and_different(wanted: list[str]) -> None:
    maker = Maker(20, "", "FORM")
    made = [maker.make(one) for one in wanted]
    assert len(set(made)) == len(made)
    assert all(
        one.isascii() and one.isalnum() and one[0].isalpha() and one.isupper() and len(one) <= 20
        for one in made
    )


def test_markup_is_left_out_of_what_is_shown() -> None:
    assert plain("<div>a<br/>b &amp; c</div>  d") == "a\nb & c\nd"
    assert plain("a < b and c > d") == "a < b and c > d"
    assert LANG.endswith("}lang")
