"""The definition in ODM: every visit, form, group, item, codelist and expression of it, in both languages."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache

import pytest

from mda5_crf.exchange.odm_metadata import write_study
from mda5_crf.exchange.odm_names import CONTEXT, columns, version_oid
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.study.expression import parse
from mda5_crf.study.model import ItemType, Severity
from tests.wards import trial

OWN = "{urn:x}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@cache
def written() -> ET.Element:
    pieces: list[bytes] = []
    out = XmlOut(pieces.append)
    out.start("x", xmlns_mda5="urn:x")
    write_study(out, [trial()])
    out.close()
    return ET.fromstring(b"".join(pieces))


@cache
def defined(name: str) -> dict[str, ET.Element]:
    return {one.attrib["OID"]: one for one in written().iter(name)}


def words(element: ET.Element | None) -> tuple[str, ...]:
    assert element is not None
    return tuple(one.text or "" for one in element.findall("TranslatedText"))


def test_nothing_of_the_definition_is_missing() -> None:
    study = trial()
    assert list(defined("MetaDataVersion")) == [version_oid(study)]
    assert set(defined("StudyEventDef")) == {f"SE.{event}" for event in study.events}
    assert set(defined("FormDef")) == {f"F.{form}" for form in study.forms} and len(study.forms) == 44
    groups = {f"IG.{form.oid}.{group.name}" for form in study.forms.values() for group in form.groups}
    assert set(defined("ItemGroupDef")) == groups
    items = [item for form in study.forms.values() for item in form.items.values()]
    assert set(defined("ItemDef")) == {oid for item in items for oid in columns(item, study)}
    for oid, codelist in study.codelists.items():
        found = defined("CodeList")[f"CL.{oid}"].findall("CodeListItem")
        assert [one.get("CodedValue") for one in found] == [one.code for one in codelist.values]
        assert [words(one.find("Decode")) for one in found] == [
            (v.text.en, v.text.zh) for v in codelist.values
        ]


def test_every_reference_leads_somewhere_and_no_oid_is_used_twice() -> None:
    (version,) = written().iter("MetaDataVersion")
    oids = Counter(one.get("OID") for one in version)
    assert max(count for oid, count in oids.items() if oid) == 1
    known = {*oids, *defined("MeasurementUnit")}
    for one in version.iter():
        for name, value in one.attrib.items():
            if name.endswith("OID") and name != "OID" and not name.startswith("{"):
                assert value in known, f"{one.tag} {name}={value}"


def test_questions_and_their_limits_in_both_languages() -> None:
    study = trial()
    for form in study.forms.values():
        for item in form.items.values():
            if item.type in (ItemType.MULTI, ItemType.LABEL):
                continue
            found = defined("ItemDef")[f"I.{item.oid}"]
            assert words(found.find("Question")) == (item.label.en, item.label.zh)
    alt = defined("ItemDef")["I.LBC.ALT_LBORRES"]
    limits = [
        (one.get("Comparator"), one.findtext("CheckValue"), one.get("SoftHard"))
        for one in alt.findall("RangeCheck")
        if one.get("Comparator")
    ]
    assert limits == [
        ("GE", "0", "Hard"),
        ("LE", "20000", "Hard"),
        ("GE", "0", "Soft"),
        ("LE", "300", "Soft"),
    ]
    assert [one.get("MeasurementUnitOID") for one in alt.findall("MeasurementUnitRef")] == [
        "MU.U/L",
        "MU.µkat/L",
    ]
    assert alt.get("DataType") == "text", "<5 is no float"


@pytest.mark.parametrize("kind", ["RangeCheck", "ConditionDef", "MethodDef"])
def test_expressions_are_the_studys_own_and_can_be_read_back(kind: str) -> None:
    found = []
    for one in written().iter(kind):
        for expression in one.findall("FormalExpression"):
            assert expression.get("Context") == CONTEXT
            found.append(expression.text or "")
            parse(found[-1])
    assert len(found) > 20


def test_every_check_stands_at_its_first_item_turned_round() -> None:
    checks = {(form.oid, c.oid): c for form in trial().forms.values() for c in form.checks}
    for oid, item in defined("ItemDef").items():
        for one in item.findall("RangeCheck"):
            check = checks.pop((oid.split(".")[1], one.get(f"{OWN}OID", "")), None)
            if check is None:  # a limit
                assert one.get(f"{OWN}Severity") is None
                continue
            assert one.findtext("FormalExpression") == f"not ({check.fires.source})"
            assert words(one.find("ErrorMessage")) == (check.message.en, check.message.zh)
            assert (one.get("SoftHard") == "Hard") == (check.severity is Severity.HARD)
    assert not checks


def test_languages_are_named() -> None:
    assert {one.get(LANG) for one in written().iter("TranslatedText")} == {"en", "zh-Hans"}
