"""ODM 2.0: what is written is valid and comes back the same; what others wrote loses nothing on the way."""

from __future__ import annotations

import base64
import io
import shutil
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mda5_crf.errors import StoreError
from mda5_crf.exchange import odm2in, odmread
from mda5_crf.exchange.odm2admin import admin_down
from mda5_crf.exchange.odm2data import Asked, data_down, data_up
from mda5_crf.exchange.odm2node import KEPT, ONLY_1, ONLY_2, Node, all_of, copied, own, same, settle, walk
from mda5_crf.exchange.odm2out import Gathered, newest
from mda5_crf.exchange.odm2plan import Plan
from mda5_crf.exchange.odm2source import files_of
from mda5_crf.exchange.odm2timing import FROM, TARGET, TO, windows
from mda5_crf.exchange.odm2up import study_up
from mda5_crf.exchange.odm_metadata import write_study
from mda5_crf.exchange.odmgrammar import grammar
from mda5_crf.exchange.odmstudy import definition_from_odm
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.jobs.exports import NEWER, SNAPSHOT, finish, write_odm
from mda5_crf.services.session import Session
from mda5_crf.settings import resource
from mda5_crf.study import source
from tests.odmcounts import counted
from tests.scenario import Ward
from tests.strangers import FILES, bring, stranger, study_of
from tests.wards import built, session_at, trial

NEW = tuple(sorted(one.name for one in FILES.glob("cdisc-odm20-*.xml")))
AT = datetime(2026, 9, 1, tzinfo=UTC)


def valid(data: bytes, name: str) -> list[str]:
    schema = etree.XMLSchema(etree.parse(str(resource("schema", "odm-2.0", name))))
    schema.validate(etree.fromstring(data).getroottree())
    return [one.message for one in schema.error_log]


def told(data: bytes) -> list[dict[str, Any]]:
    return [*odmread.lines(io.BytesIO(data), {})]


def study_node(data: bytes) -> Node:
    found: Node = next(one["node"] for one in told(data) if one["what"] == "study")
    return found


def framed(out: XmlOut) -> None:
    out.start(
        "ODM", xmlns="http://www.cdisc.org/ns/odm/v1.3", xmlns_mda5="urn:mda5-crf:odm:1", ODMVersion="1.3.2",
        FileType="Snapshot", FileOID="F", CreationDateTime="2026-09-01T00:00:00Z",
    )  # fmt: skip
    write_study(out, [trial()])
    out.close()


@cache
def older() -> bytes:
    pieces: list[bytes] = []
    framed(XmlOut(pieces.append))
    return b"".join(pieces)


@cache
def newer(*, extensions: bool = True) -> bytes:
    pieces: list[bytes] = []
    framed(newest(trial(), pieces.append, extensions=extensions))
    return b"".join(pieces)


@cache
def rewritten() -> tuple[Node, dict[str, Plan]]:
    return odm2in.study_down(study_node(newer()))


def like_1(node: Node) -> Node:
    return settle(copied(node), grammar("1.3.2"), ONLY_1, ONLY_2)


def study_of_2(inside: str, *, data: str = "") -> bytes:
    return (
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v2.0" ODMVersion="2.0" FileType="Snapshot" FileOID="F" '
        'CreationDateTime="2026-09-01T00:00:00Z"><Study OID="S" StudyName="N" ProtocolName="P">'
        f'<MetaDataVersion OID="M" Name="m">{inside}</MetaDataVersion></Study>{data}</ODM>'
    ).encode()


def again(data: bytes, *, extensions: bool = True) -> bytes:
    """The file of a stranger, to 1.3 and back, written."""
    pieces: list[bytes] = []
    out = Gathered(pieces.append, extensions=extensions, foreign=True)
    inside = False
    for one in odm2in.lines(io.BytesIO(data), {}):
        if one["what"] == "head":
            out.start("ODM", **one["attrs"])
        elif one["what"] == "clinical":
            out.start("ClinicalData", **one["attrs"])
            inside = True
        elif "node" in one:
            if inside and one["what"] != "subject":
                out.end()
                inside = False
            out.add(one["node"])
    out.close()
    return b"".join(pieces)


# -- what must not happen ----------------------------------------------------------------------------------


def test_what_is_not_valid_is_refused_while_it_is_written() -> None:
    out = Gathered(lambda _piece: None)
    out.start("ODM", ODMVersion="1.3.2", FileType="Snapshot", FileOID="F", CreationDateTime="today")
    with pytest.raises(StoreError) as refused:
        out.close()
    assert refused.value.code == "odmback.not_valid" and "today" not in str(refused.value.params)


@pytest.mark.parametrize("damage", ["bomb", "hash", "cut", "json", "edited"])
def test_a_source_that_lies_is_not_believed(damage: str) -> None:
    study = copied(rewritten()[0])
    version = all_of(study, "MetaDataVersion")[0]
    pieces = all_of(version, own("Source"))
    packed = b"".join(base64.b64decode(one[2]) for one in pieces)
    if damage == "bomb":
        packed = zlib.compress(bytes(20 * 1024 * 1024))
    elif damage == "cut":
        packed = packed[:-20]
    elif damage == "json":
        packed = zlib.compress(b"{}")
    elif damage == "hash":
        pieces[0][1]["Hash"] = "0" * 64
    else:
        first = next(one for one in walk(version) if one[0] == "TranslatedText")
        first[2] = "another word"
    version[3] = [one for one in version[3] if one[0] != own("Source")]
    version[3].append([own("Source"), dict(pieces[0][1]), base64.b64encode(packed).decode(), []])
    assert files_of([study]) is None


@pytest.mark.parametrize("length", ["", "P", "P1M", "P7", "7D", "PT7D", "PD", "P٧D", "P9999999D", "--"])
def test_a_length_that_is_no_days_gives_no_window(length: str) -> None:
    constraint: Node = ["RelativeTimingConstraint", {
        "PredecessorOID": "A", "SuccessorOID": "B", "TimepointRelativeTarget": length,
    }, None, []]  # fmt: skip
    assert windows(["MetaDataVersion", {}, None, [constraint]]) == {}


def test_groups_that_hold_each_other_end() -> None:
    refs = '<ItemGroupRef ItemGroupOID="{}" Mandatory="No"/>'
    groups = "".join(
        f'<ItemGroupDef OID="{one}" Name="n" Repeating="No" Type="{kind}">{refs.format(other)}</ItemGroupDef>'
        for one, other, kind in (("F", "A", "Form"), ("A", "B", "Section"), ("B", "A", "Section"))
    )
    data = study_of_2(groups)
    study, plans = odm2in.study_down(study_node(data))
    form = next(one for one in walk(study) if one[0] == "FormDef")
    assert [one[1]["ItemGroupOID"] for one in form[3]] == ["A", "B"]
    assert plans["M"].kept and valid(again(data), "ODM.xsd") == []


# -- our own -----------------------------------------------------------------------------------------------


def test_the_definition_is_valid_with_and_without_extensions() -> None:
    assert valid(newer(), "mda5-crf-odm2.xsd") == []
    plain = newer(extensions=False)
    assert valid(plain, "ODM.xsd") == [] and b"mda5:" not in plain and b"urn:mda5" not in plain


def test_an_attribute_that_nobody_declared_is_refused() -> None:
    said = newer().replace(b"mda5:Layout=", b"mda5:Lay0ut=", 1)
    assert any("Lay0ut" in one for one in valid(said, "mda5-crf-odm2.xsd"))


def test_told_as_1_3_it_is_what_1_3_says() -> None:
    study, plans = rewritten()
    study = copied(study)
    assert KEPT not in study[1] and not next(iter(plans.values())).kept
    version = all_of(study, "MetaDataVersion")[0]
    version[3] = [one for one in version[3] if one[0] != own("Source")]
    assert same(like_1(study_node(older())), study)


def test_it_says_it_by_its_own_means() -> None:
    root = etree.fromstring(newer(extensions=False))
    names = Counter(etree.QName(one).localname for one in root.iter(etree.Element))
    study = trial()
    dated = [one for one in study.events.values() if one.target is not None]
    assert names["RelativeTimingConstraint"] == len(dated) == 7 and names["Transition"] == 7
    space = {"o": "http://www.cdisc.org/ns/odm/v2.0"}
    assert not root.xpath("//o:FormDef | //o:MeasurementUnit", namespaces=space)
    (drugs,) = root.xpath("//o:ItemDef[@OID='I.DH.DHPRIOR']/o:CodeListRef", namespaces=space)
    assert drugs.get("CodeListOID") == f"CL.{study.item('DH.DHPRIOR').codelist}"
    (unit,) = root.xpath("//o:ItemRef[@ItemOID='I.VS.TEMP_VSORRES']/@UnitsItemOID", namespaces=space)
    assert root.xpath(f"//o:ItemDef[@OID='{unit}']/o:CodeListRef", namespaces=space)
    (week,) = root.xpath("//o:RelativeTimingConstraint[@SuccessorOID='SE.W24']", namespaces=space)
    assert (week.get("PredecessorOID"), week.get("TimepointRelativeTarget")) == ("SE.BL", "P182D")
    assert (week.get("TimepointPreWindow"), week.get("TimepointPostWindow")) == ("P14D", "P14D")


@pytest.mark.requirement("P11-7")
def test_imported_it_is_the_same_definition() -> None:
    head = told(newer())[0]
    study = {"what": "study", "node": rewritten()[0]}
    imported = definition_from_odm([{**head, odm2in.REWRITTEN: True}, study])
    assert imported.files == source.unpack(trial().source) and imported.report.items == 1236


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Path]]:
    """A participant with an answer of every sort, exported as 1.3.2 and as 2.0."""
    place = tmp_path_factory.mktemp("odm2")
    with session_at(Path(shutil.copytree(built(), place / "ward.mda5"))) as session:
        ward = Ward(session).enrol()
        signs = ward.open("BL", "VS").enter_all(VSPERF="Y", SYSBP_VSORRES="120", TEMP_VSORRES="36.6")
        session.raise_query(signs.key("SYSBP_VSORRES"), "Sitting?")
        ward.open("SCR", "DH").enter_all(DHNEW="WASHOUT", DHPRIOR="GC,MMF")
        for kind in (SNAPSHOT, NEWER):
            finish(session, write_odm(session, place / f"{kind}.xml", kind))
        yield session, place


def test_an_invalid_file_never_appears(
    ward: tuple[Session, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mda5_crf.exchange.odm2out as module

    monkeypatch.setattr(module, "data_up", lambda node, _plan, _asked: ["Nothing", {}, None, []])
    with pytest.raises(StoreError):
        write_odm(ward[0], tmp_path / "no.xml", NEWER)
    assert list(tmp_path.iterdir()) == []


def test_data_told_as_1_3_are_what_1_3_says(ward: tuple[Session, Path]) -> None:
    _, place = ward
    one, two = (place / f"{kind}.xml" for kind in (SNAPSHOT, NEWER))
    assert valid(two.read_bytes(), "mda5-crf-odm2.xsd") == []
    (plan,) = rewritten()[1].values()
    for here, there in zip(told(one.read_bytes()), told(two.read_bytes()), strict=True):
        assert here["what"] == there["what"]
        if here["what"] == "admin":
            assert same(like_1(here["node"]), admin_down(there["node"]))
        elif here["what"] == "subject":
            assert same(like_1(here["node"]), data_down(there["node"], plan))


def test_values_units_queries_are_elements(ward: tuple[Session, Path]) -> None:
    root = etree.parse(str(ward[1] / f"{NEWER}.xml"))
    space = {"o": "http://www.cdisc.org/ns/odm/v2.0"}

    def find(path: str) -> Any:  # noqa: ANN401 - whatever the path gives
        return root.xpath(path, namespaces=space)

    assert find("//o:ItemData[@ItemOID='I.DH.DHPRIOR']/o:Value/text()") == ["GC", "MMF"]
    assert find("//o:ItemData[@ItemOID='I.VS.TEMP_VSORRES']/o:Value/text()") == ["36.6"]
    assert find("//o:ItemData[@ItemOID='I.VS.TEMP_VSORRES.U']/o:Value/text()") == ["°C"]
    (query,) = find("//o:ItemData[@ItemOID='I.VS.SYSBP_VSORRES']/o:Query")
    assert (query.get("State"), query.get("Source"), query.get("Type")) == (
        "Open",
        "Data Management",
        "Manual",
    )
    assert query[0].text == "Sitting?" and query.get("LastUpdateDatetime").endswith("Z")


@pytest.mark.requirement("P11-7")
def test_own_data_come_back_with_their_values(ward: tuple[Session, Path], tmp_path: Path) -> None:
    _, place = ward
    with stranger(place / f"{NEWER}.xml", tmp_path, trial()) as other:
        bring(other, place / f"{NEWER}.xml")
        finish(other, write_odm(other, tmp_path / "again.xml", NEWER))
    back, sent = values(tmp_path / "again.xml"), values(place / f"{NEWER}.xml")
    # Computed from queries, which do not come with the data: the one that is open here is not asked there.
    assert (sent.pop(("I.EOS.EOSALLQ", "N")), back.pop(("I.EOS.EOSALLQ", "Y"))) == (1, 1)
    assert back == sent


def values(path: Path) -> Counter[tuple[str, ...]]:
    root = etree.parse(str(path))
    return Counter(
        (item.get("ItemOID", ""), *(one.text or "" for one in item if one.tag.endswith("}Value")))
        for item in root.iter("{*}ItemData")
        if any(one.tag.endswith("}Value") for one in item)
    )


def test_what_xml_cannot_hold_stays_marked() -> None:
    item: Node = ["ItemData", {"ItemOID": "I", "Value": "a\\u0001b", own("Escaped"): "Value"}, None, []]
    note: Node = ["Annotation", {"SeqNum": "1"}, None, [["Comment", {own("Escaped"): "."}, "\\u0002", []]]]
    item[3].append(note)
    group: Node = ["ItemGroupData", {"ItemGroupOID": "G"}, None, [item]]
    form: Node = ["FormData", {"FormOID": "F"}, None, [group]]
    node: Node = ["SubjectData", {"SubjectKey": "1"}, None, []]
    node[3].append(["StudyEventData", {"StudyEventOID": "E"}, None, [form]])
    turned = data_up(node, Plan(), {})
    value = next(one for one in walk(turned) if one[0] == "Value")
    assert value[1] == {own("Escaped"): "."} and value[2] == "a\\u0001b"
    assert same(data_down(turned, Plan()), node)


def test_a_query_is_told_only_with_what_is_known_of_it() -> None:
    note: Node = ["Annotation", {"SeqNum": "11", own("QueryOID"): "Q"}, None, [
        ["Comment", {"SponsorOrSite": "Site"}, "Why?", []],
        ["Flag", {}, None, [["FlagValue", {"CodeListOID": "CL.FLAG.QUERY"}, "Answered", []],
                            ["FlagType", {"CodeListOID": "CL.FLAG"}, "QUERY", []]]]]]  # fmt: skip
    node: Node = ["SubjectData", {"SubjectKey": "1"}, None, [note]]
    unknown = data_up(node, Plan(), {})
    assert [one[0] for one in unknown[3]] == ["Annotation"]
    known = data_up(node, Plan(), {"Q": Asked("System", "System", "2026-09-01T00:00:00Z")})
    assert known[3][0][:2] == ["Query", {
        "OID": "Q", "Source": "System", "Type": "System", "State": "Answered",
        "LastUpdateDatetime": "2026-09-01T00:00:00Z",
    }]  # fmt: skip
    assert same(data_down(known, Plan()), node)


# -- others ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NEW)
def test_through_the_journal_every_element_comes_back(name: str, tmp_path: Path) -> None:
    path = FILES / name
    with stranger(path, tmp_path) as session:
        bring(session, path)
        finish(session, write_odm(session, tmp_path / "again.xml", NEWER))
        finish(session, write_odm(session, tmp_path / "plain.xml", NEWER, extensions=False))
    added = Counter({"ODM": 1, "Study": 1}) if "timing" in name else Counter[str]()
    assert counted(tmp_path / "again.xml") == counted(path) + added
    assert valid((tmp_path / "plain.xml").read_bytes(), "ODM.xsd") == []
    mine = [one["node"] for one in told((tmp_path / "again.xml").read_bytes()) if one["what"] == "subject"]
    theirs = [one["node"] for one in told(path.read_bytes()) if one["what"] == "subject"]
    assert len(mine) == len(theirs) and all(map(same, map(said, mine), map(said, theirs)))


def said(node: Node) -> Node:
    """Without what marks a participant as ours, in the order of 2.0."""
    node[1] = {name: value for name, value in node[1].items() if name[0] != "{"}
    node[3] = [said(one) for one in node[3] if one[0][0] != "{"]
    return settle(node, grammar("2.0"), ONLY_2, ONLY_1)


def test_groups_within_groups_keep_their_repeats() -> None:
    inner = "".join(
        f'<ItemGroupData ItemGroupOID="B" ItemGroupRepeatKey="{key}"><ItemData ItemOID="I">'
        f"<Value>{outer}{key}</Value><Value>more</Value></ItemData></ItemGroupData>"
        for outer in "xy"
        for key in "12"
    )
    half = len(inner) // 2
    data = (
        '<ClinicalData StudyOID="S" MetaDataVersionOID="M"><SubjectData SubjectKey="1"><StudyEventData '
        'StudyEventOID="E"><ItemGroupData ItemGroupOID="F">'
        f'<ItemGroupData ItemGroupOID="A" ItemGroupRepeatKey="1">{inner[:half]}</ItemGroupData>'
        f'<ItemGroupData ItemGroupOID="A" ItemGroupRepeatKey="2">{inner[half:]}</ItemGroupData>'
        '<ItemData ItemOID="J"><Value SeqNum="1">own</Value></ItemData></ItemGroupData>'
        '<ItemGroupData ItemGroupOID="A" ItemGroupRepeatKey="7"><ItemData ItemOID="I"/></ItemGroupData>'
        "</StudyEventData></SubjectData></ClinicalData>"
    )
    ref, item = '<ItemGroupRef ItemGroupOID="{}" Mandatory="No"/>', '<ItemRef ItemOID="{}" Mandatory="No"/>'
    group = '<ItemGroupDef OID="{}" Name="n" Repeating="{}" Type="{}">{}</ItemGroupDef>'
    inside = (
        '<StudyEventDef OID="E" Name="e" Repeating="No" Type="Scheduled">'
        + ref.format("F") + ref.format("A") + "</StudyEventDef>"
        + group.format("F", "No", "Form", ref.format("A") + item.format("J"))
        + group.format("A", "Dynamic", "Concept", item.format("K") + ref.format("B") + item.format("I"))
        + group.format("B", "Simple", "Section", item.format("I"))
        + "".join(f'<ItemDef OID="{one}" Name="{one}" DataType="decimal"/>' for one in "IJK")
    )  # fmt: skip
    whole = study_of_2(inside, data=data)
    (subject,) = [one["node"] for one in odm2in.lines(io.BytesIO(whole), {}) if one["what"] == "subject"]
    keys = [one[1].get("ItemGroupRepeatKey") for one in walk(subject) if one[0] == "ItemGroupData"]
    assert keys == ["1", "1/1", "1/2", "2", "2/1", "2/2", None, "7"]
    for one, two in zip(told(whole), told(again(whole)), strict=True):
        if "node" in one:
            assert same(settle(one["node"], grammar("2.0"), ONLY_2, ONLY_1), two["node"])


def test_the_twin_in_1_3_gives_the_same_study() -> None:
    old, new = (
        study_of(FILES / "cdisc-odm132-dave-6lang.xml"),
        study_of(FILES / "cdisc-odm20-dave-workflow.xml"),
    )
    assert [*old.events] == [*new.events] and [*old.forms] == [*new.forms]
    for form in old.forms.values():
        theirs = new.forms[form.oid].items
        mine = {name: (one.type, one.codelist, one.length, one.required) for name, one in form.items.items()}
        assert mine == {
            name: (one.type, one.codelist, one.length, one.required) for name, one in theirs.items()
        }
    assert [(one.event, one.form, one.mark) for one in old.due] == [
        (d.event, d.form, d.mark) for d in new.due
    ]


def test_the_twin_turned_into_2_0_has_what_its_twin_has() -> None:
    old, new = (
        study_node((FILES / name).read_bytes())
        for name in ("cdisc-odm132-dave-6lang.xml", "cdisc-odm20-dave-workflow.xml")
    )
    turned, _ = study_up(old)
    for kind in ("ItemGroupDef", "CodeList", "ConditionDef", "MethodDef", "StudyEventDef"):
        mine, theirs = (
            {one[1]["OID"]: one for node in (study,) for one in walk(node) if one[0] == kind}
            for study in (turned, new)
        )
        assert set(theirs) <= set(mine)
        for oid, one in theirs.items():
            refs = [two[1] for two in one[3] if two[0] in ("ItemGroupRef", "CodeListItem")]
            assert refs == [two[1] for two in mine[oid][3] if two[0] in ("ItemGroupRef", "CodeListItem")]


def test_windows_come_from_chains_of_constraints() -> None:
    study, _ = odm2in.study_down(study_node((FILES / "cdisc-odm20-timing-lzzt.xml").read_bytes()))
    days = {
        one[1]["OID"]: (one[1].get(TARGET), one[1].get(FROM), one[1].get(TO))
        for one in walk(study) if one[0] == "StudyEventDef"
    }  # fmt: skip
    assert days["SE.VISIT2"] == ("1", None, None) and days["SE.VISIT5"] == ("29", "26", "32")
    assert days["SE.VISIT1"] == (None, None, None) and days["SE.VISIT9"] == ("85", "82", "88")


@pytest.mark.parametrize(
    "name", [one for one in sorted(p.name for p in FILES.glob("*.xml")) if one not in NEW]
)
def test_any_definition_becomes_valid_2_0(name: str) -> None:
    for extensions in (True, False):
        pieces: list[bytes] = []
        out = newest(study_of(FILES / name), pieces.append, extensions=extensions)
        out.start("ODM", FileType="Snapshot", FileOID="F", CreationDateTime="2026-09-01T00:00:00Z")
        write_study(out, [study_of(FILES / name)])
        out.close()
    assert valid(b"".join(pieces), "ODM.xsd") == []


names = st.sampled_from(["A", "B", "C", "D", "F"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(names, names), max_size=8),
    st.sets(names),
    st.sampled_from(["Form", "Section", "Dataset"]),
    st.lists(names, max_size=3),
)
def test_whatever_holds_whatever_every_element_comes_back(
    inside: list[tuple[str, str]], forms: set[str], other: str, visits: list[str]
) -> None:
    groups = []
    for one in ("A", "B", "C", "D", "F"):
        held = dict.fromkeys(child for holder, child in inside if holder == one)
        refs = [f'<ItemGroupRef ItemGroupOID="{child}" Mandatory="No"/>' for child in held]
        refs.insert(len(refs) // 2, f'<ItemRef ItemOID="I.{one}" Mandatory="No"/>')
        kind = "Form" if one in forms else other
        groups.append(
            f'<ItemGroupDef OID="{one}" Name="n" Repeating="No" Type="{kind}">{"".join(refs)}</ItemGroupDef>'
        )
    refs = [f'<ItemGroupRef ItemGroupOID="{one}" Mandatory="No"/>' for one in dict.fromkeys(visits)]
    event = f'<StudyEventDef OID="E" Name="e" Repeating="No" Type="Common">{"".join(refs)}</StudyEventDef>'
    node = study_node(study_of_2(event + "".join(groups)))
    study, _ = odm2in.study_down(node)
    turned, _ = study_up(study)
    wanted = settle(copied(node), grammar("2.0"), ONLY_2, ONLY_1)

    def parts(tree: Node) -> dict[str, Node]:
        return {one[1].get("OID", ""): one for one in all_of(tree, "MetaDataVersion")[0][3]}

    mine, theirs = parts(turned), parts(wanted)
    assert mine.keys() == theirs.keys() and all(same(mine[oid], theirs[oid]) for oid in theirs)
