"""A stranger's data with what was done here since: each thing in its place, nothing of the file lost or moved.

One small study with a visit, a form and a group that repeat; what the export says is read as XML again.
"""

# ruff: noqa: E501 - a node and what becomes of it stand on one line
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.exchange.odm_frames import AUDIT, PLACED, nested
from mda5_crf.exchange.odm_names import ODM, OWN
from mda5_crf.exchange.odmaudits import audit_node, audit_of
from mda5_crf.exchange.odmclinical import MORE, PIECE, flat
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.exports import HISTORY, SNAPSHOT, finish, write_odm
from mda5_crf.services.importkinds import AUDITED, RUN
from mda5_crf.services.session import Session
from mda5_crf.study.model import Study
from tests.strangers import bring, stranger, study_of

LONG = "so " * (PIECE // 2)
HEAD = f'<ODM xmlns="{ODM}" ODMVersion="1.3.2" CreationDateTime="2026-01-01T00:00:00Z" FileOID="F"'
STUDY = """<Study OID="S"><GlobalVariables><StudyName>N</StudyName><StudyDescription>D</StudyDescription>
<ProtocolName>P</ProtocolName></GlobalVariables><MetaDataVersion OID="V" Name="v"><Protocol>
<StudyEventRef StudyEventOID="E.ONE" Mandatory="Yes"/><StudyEventRef StudyEventOID="E.MANY" Mandatory="No"/>
</Protocol><StudyEventDef OID="E.ONE" Name="One" Repeating="No" Type="Scheduled">
<FormRef FormOID="F.ONE" Mandatory="Yes"/><FormRef FormOID="F.MANY" Mandatory="No"/></StudyEventDef>
<StudyEventDef OID="E.MANY" Name="Many" Repeating="Yes" Type="Unscheduled">
<FormRef FormOID="F.ONE" Mandatory="Yes"/></StudyEventDef>
<FormDef OID="F.ONE" Name="One" Repeating="No"><ItemGroupRef ItemGroupOID="G.ONE" Mandatory="Yes"/>
<ItemGroupRef ItemGroupOID="G.ROWS" Mandatory="No"/></FormDef>
<FormDef OID="F.MANY" Name="Many" Repeating="Yes"><ItemGroupRef ItemGroupOID="G.ALONE" Mandatory="Yes"/></FormDef>
<ItemGroupDef OID="G.ONE" Name="One" Repeating="No"><ItemRef ItemOID="NAME" Mandatory="No"/>
<ItemRef ItemOID="SEX" Mandatory="No"/><ItemRef ItemOID="MOOD" Mandatory="No"/></ItemGroupDef>
<ItemGroupDef OID="G.ROWS" Name="Rows" Repeating="Yes"><ItemRef ItemOID="DRUG" Mandatory="No"/>
<ItemRef ItemOID="DOSE" Mandatory="No"/></ItemGroupDef>
<ItemGroupDef OID="G.ALONE" Name="Alone" Repeating="No"><ItemRef ItemOID="NOTE" Mandatory="No"/></ItemGroupDef>
<ItemDef OID="NAME" Name="Name" DataType="text"/><ItemDef OID="MOOD" Name="Mood" DataType="text"/>
<ItemDef OID="SEX" Name="Sex" DataType="text"><CodeListRef CodeListOID="C.SEX"/></ItemDef>
<ItemDef OID="DRUG" Name="Drug" DataType="text"/><ItemDef OID="DOSE" Name="Dose" DataType="text"/>
<ItemDef OID="NOTE" Name="Note" DataType="text"/>
<CodeList OID="C.SEX" Name="Sex" DataType="text">
<CodeListItem CodedValue="a man"><Decode><TranslatedText>man</TranslatedText></Decode></CodeListItem>
<CodeListItem CodedValue="a woman"><Decode><TranslatedText>woman</TranslatedText></Decode></CodeListItem>
</CodeList></MetaDataVersion></Study>"""
ONE = f"""<SubjectData SubjectKey="001"><StudyEventData StudyEventOID="E.ONE">
<FormData FormOID="F.ONE"><Annotation SeqNum="1"><Comment>{LONG}</Comment></Annotation>
<ItemGroupData ItemGroupOID="G.ONE"><ItemData ItemOID="NAME" Value="as it came"/>
<ItemData ItemOID="SEX" Value="a man"/><ItemData ItemOID="STRANGE" Value="{LONG}"/>
<ItemDataString ItemOID="MOOD">typed</ItemDataString></ItemGroupData>
<ItemGroupData ItemGroupOID="G.ROWS" ItemGroupRepeatKey="7"><ItemData ItemOID="DRUG" Value="seven"/></ItemGroupData>
<ItemGroupData ItemGroupOID="G.ROWS" ItemGroupRepeatKey="8"><ItemData ItemOID="DRUG" Value="eight"/>
<ItemData ItemOID="DOSE" Value="8 mg"/></ItemGroupData></FormData>
<FormData FormOID="F.MANY" FormRepeatKey="x"><ItemGroupData ItemGroupOID="G.ALONE">
<ItemData ItemOID="NOTE" Value="note x"/></ItemGroupData></FormData>
<FormData FormOID="F.UNKNOWN"><ItemGroupData ItemGroupOID="G.ONE"><ItemData ItemOID="NAME" Value="nowhere"/>
</ItemGroupData></FormData></StudyEventData>
<StudyEventData StudyEventOID="E.MANY" StudyEventRepeatKey="3"><FormData FormOID="F.ONE">
<ItemGroupData ItemGroupOID="G.ONE"><ItemData ItemOID="NAME" Value="third"/></ItemGroupData></FormData></StudyEventData>
<StudyEventData StudyEventOID="E.UNKNOWN"><FormData FormOID="F.ONE"/></StudyEventData></SubjectData>"""
TWO = """<SubjectData SubjectKey="002"><StudyEventData StudyEventOID="E.ONE"><FormData FormOID="F.ONE">
<ItemGroupData ItemGroupOID="G.ONE"><ItemData ItemOID="NAME" Value="second"/></ItemGroupData></FormData>
</StudyEventData></SubjectData>"""
AUDITS = """<AuditRecord><UserRef UserOID="U"/><LocationRef LocationOID="L"/>
<DateTimeStamp>2026-01-01T00:00:00</DateTimeStamp><ReasonForChange>why</ReasonForChange>
<SourceID>s</SourceID></AuditRecord>"""
HELD: dict[str, Study] = {}
"""The definition, made once."""
CLINICAL = '<ClinicalData StudyOID="S" MetaDataVersionOID="V">'


def data(*, kind: str = "Snapshot", inside: str = ONE + TWO, after: str = "") -> str:
    return f'{HEAD} FileType="{kind}">{STUDY}{CLINICAL}{inside}</ClinicalData>{after}</ODM>'


def written(place: Path, text: str, name: str = "in.xml") -> Path:
    place.mkdir(exist_ok=True)
    file = place / name
    file.write_text(text, "utf-8")
    return file


@contextmanager
def taken(place: Path, *texts: str) -> Iterator[Session]:
    """A vault of that study into which files were taken."""
    files = [written(place, text, f"{number}.xml") for number, text in enumerate(texts)]
    held = HELD.setdefault("study", study_of(files[0]))
    with stranger(files[0], place, held) as session:
        for file in files:
            bring(session, file)
        yield session


def told(session: Session, place: Path, kind: str = SNAPSHOT, *subjects: str) -> Tree.Element:
    """An export, read again."""
    file = place / f"out-{len(list(place.iterdir()))}.xml"
    finish(session, write_odm(session, file, kind, subjects))
    return Tree.parse(file).getroot()


def tag(one: Tree.Element) -> str:
    return one.tag.rpartition("}")[2]


def short(one: Tree.Element) -> dict[str, str]:
    """The attributes, those of the program by their local name with a plus."""
    return {name.replace(f"{{{OWN}}}", "+"): text for name, text in one.attrib.items()}


def elements(root: Tree.Element, key: str) -> list[Tree.Element]:
    """Those of one participant: one in a file of states, any number in one of transactions."""
    found = [one for one in root.iter(f"{{{ODM}}}SubjectData") if one.get("SubjectKey") == key]
    assert found
    return found


def answers(root: Tree.Element, key: str = "001") -> dict[str, str | None]:
    """Place → answer, of one participant; of several the one said last."""
    found: dict[str, str | None] = {}

    def walk(one: Tree.Element, path: str) -> None:
        for child in one:
            names = [
                child.get(f"{level}{end}")
                for level in ("StudyEvent", "Form", "ItemGroup", "Item")
                for end in ("OID", "RepeatKey")
            ]
            here = f"{path}/{':'.join(name for name in names if name)}"
            if tag(child).startswith("ItemData"):
                found[here[1:]] = child.get("Value", child.text)
            else:
                walk(child, here)

    for one in elements(root, key):
        walk(one, "")
    return found


def known(session: Session, number: str = "01-001") -> str:
    (found,) = [one.identity for one in session.subjects() if one.subjid == number]
    return found


def places(session: Session) -> dict[str, ItemKey]:
    """Text that came in → where it stands."""
    return {
        entry.text: key
        for one in session.subjects()
        for key, entry in session.data(one.identity).entries.items()
    }


def say(session: Session, key: ItemKey, **content: Any) -> str:  # noqa: ANN401
    (record,) = session.append([Draft("value", key.path(), content)])
    session.refresh()
    return record.id


def strike(session: Session, path: str) -> None:
    session.append([Draft("strike", path, {"state": "struck", "reason": {"code": "", "text": "gone"}})])
    session.refresh()


CAME = {
    "E.ONE/F.ONE/G.ONE/NAME": "as it came",
    "E.ONE/F.ONE/G.ONE/SEX": "a man",
    "E.ONE/F.ONE/G.ONE/STRANGE": LONG,
    "E.ONE/F.ONE/G.ONE/MOOD": "typed",
    "E.ONE/F.ONE/G.ROWS:7/DRUG": "seven",
    "E.ONE/F.ONE/G.ROWS:8/DRUG": "eight",
    "E.ONE/F.ONE/G.ROWS:8/DOSE": "8 mg",
    "E.ONE/F.MANY:x/G.ALONE/NOTE": "note x",
    "E.ONE/F.UNKNOWN/G.ONE/NAME": "nowhere",
    "E.MANY:3/F.ONE/G.ONE/NAME": "third",
}


def test_a_struck_row_form_and_visit_go_and_what_follows_keeps_its_own_answer(tmp_path: Path) -> None:
    with taken(tmp_path, data()) as session:
        there = places(session)
        assert answers(told(session, tmp_path)) == CAME
        strike(session, there["seven"].row_key().path())
        left = {place: text for place, text in CAME.items() if "ROWS:7" not in place}
        assert answers(told(session, tmp_path)) == left
        strike(session, there["note x"].form_key().path())
        left.pop("E.ONE/F.MANY:x/G.ALONE/NOTE")
        assert answers(told(session, tmp_path)) == left
        strike(session, there["third"].event_key().path())
        left.pop("E.MANY:3/F.ONE/G.ONE/NAME")
        assert answers(told(session, tmp_path)) == left
        history = answers(told(session, tmp_path, HISTORY))
        assert {place: history[place] for place in CAME} == CAME  # what was said, was said


def test_an_answer_taken_away_here_is_null_and_names_its_record(tmp_path: Path) -> None:
    with taken(tmp_path, data()) as session:
        there = places(session)
        records = {say(session, there[text], text="") for text in ("as it came", "typed")}
        root = told(session, tmp_path)
        null = [one for one in root.iter() if one.get("IsNull") == "Yes"]
        assert {one.get("ItemOID") for one in null} == {"NAME", "MOOD"}
        assert {short(one)["+SourceID"] for one in null} == records
        assert all(one.get("Value") is None and not one.text for one in null)


def test_an_answer_changed_here_has_the_code_and_the_type_of_the_source(tmp_path: Path) -> None:
    with taken(tmp_path, data()) as session:
        there = places(session)
        codes = session.study.codelists[
            session.study.forms[there["as it came"].form].items["SEX"].codelist or ""
        ]
        man, woman = (one.code for one in codes.values)
        say(session, there[man], text=woman)
        say(session, there["typed"], text="changed")
        found = answers(told(session, tmp_path))
        changed = {"E.ONE/F.ONE/G.ONE/SEX": "a woman", "E.ONE/F.ONE/G.ONE/MOOD": "changed"}
        assert found == CAME | changed


def test_what_was_only_entered_here_stands_where_it_belongs(tmp_path: Path) -> None:
    with taken(tmp_path, data()) as session:
        there, subject = places(session), known(session)
        name, drug, note = there["as it came"], there["seven"], there["note x"]
        dose = say(session, drug._replace(item=there["8 mg"].item), text="7 mg")  # in a row of the file
        row, _ = session.entry(name.form_key()).add_row(drug.group)
        say(session, drug._replace(group_repeat=row), text="nine")
        form = session.add_form(ItemKey(subject, note.event), note.form)
        say(session, note._replace(form_repeat=form.form_repeat), text="note y")
        event = session.add_event(subject, there["third"].event)
        codes = session.study.codelists[session.study.forms[name.form].items["SEX"].codelist or ""]
        visit = name._replace(event=event.event, event_repeat=event.event_repeat)
        say(session, visit, text="fourth")
        say(session, visit._replace(item="SEX"), text=codes.values[1].code)
        say(session, visit._replace(item="MOOD"), text="", missing="ND")
        session.append([Draft("missing", visit._replace(item="MOOD").path(), {"code": "NA"})])
        session.refresh()
        root = told(session, tmp_path)
        made = {
            "E.ONE/F.ONE/G.ROWS:7/DOSE": "7 mg",
            "E.ONE/F.ONE/G.ROWS:3/DRUG": "nine",
            "E.ONE/F.MANY:2/G.ALONE/NOTE": "note y",
            "E.MANY:2/F.ONE/G.ONE/NAME": "fourth",
            "E.MANY:2/F.ONE/G.ONE/SEX": "a woman",
            "E.MANY:2/F.ONE/G.ONE/MOOD": None,
        }
        assert answers(root) == CAME | made
        ours = [one for one in root.iter() if "+SourceID" in short(one)]
        assert len(ours) == len(made)
        assert dose in {short(one)["+SourceID"] for one in ours}
        history = answers(told(session, tmp_path, HISTORY))
        assert history["E.MANY:2/F.ONE/G.ONE/SEX"] == "a woman"
        assert history["E.ONE/F.ONE/G.ROWS:3/DRUG"] == "nine"


def test_a_participant_of_here_and_one_that_is_not_wanted(tmp_path: Path) -> None:
    with taken(tmp_path, data(after="<Association/>")) as session:
        name = places(session)["as it came"]
        mine = session.enrol().identity
        say(session, name._replace(subject=mine), text="mine")
        session.enrol()  # nothing was answered yet
        root = told(session, tmp_path)
        keys = [one.get("SubjectKey") for one in root.iter(f"{{{ODM}}}SubjectData")]
        assert keys == ["001", "002", "003", "004"]
        assert answers(root, "003") == {"E.ONE/F.ONE/G.ONE/NAME": "mine"}
        assert answers(root, "004") == {}
        for chosen, key in ((mine, "003"), (known(session), "001")):
            for kind in (SNAPSHOT, HISTORY):
                alone = told(session, tmp_path, kind, chosen)
                found = {one.get("SubjectKey") for one in alone.iter(f"{{{ODM}}}SubjectData")}
                assert found == {key}


def test_a_second_file_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    with taken(tmp_path, data(inside=ONE), data(inside=TWO)) as session:
        (clinical,) = told(session, tmp_path).findall(f"{{{ODM}}}ClinicalData")
        assert [one.get("SubjectKey") for one in clinical] == ["001", "002"]


def test_what_is_about_nobody_keeps_its_place(tmp_path: Path) -> None:
    nothing = '<ClinicalData StudyOID="S" MetaDataVersionOID="W"/>'
    text = data(inside=ONE + "<AuditRecords/>", after=f"{nothing}{CLINICAL}{TWO}</ClinicalData>")
    text = text.replace(STUDY, f"{STUDY}<Study OID='OTHER'/><ReferenceData StudyOID='S'/>", 1)
    with taken(tmp_path, data(inside=""), text) as session:
        root = told(session, tmp_path)
        names = [tag(one) for one in root]
        assert [one.get("MetaDataVersionOID") for one in root.iter(f"{{{ODM}}}ClinicalData")] == [
            "V",
            "W",
            "V",
        ]
        assert names.count("Study") == 2
        assert names.index("ReferenceData") < names.index("ClinicalData")
        alone = told(session, tmp_path, SNAPSHOT, known(session, "01-002"))
        assert [one.get("SubjectKey") for one in alone.iter(f"{{{ODM}}}SubjectData")] == ["002"]


def test_who_was_not_enrolled_goes_out_with_every_answer_and_its_audit(tmp_path: Path) -> None:
    item = f'<ItemData ItemOID="NAME" Value="kept">{AUDITS}</ItemData><ItemDataString ItemOID="MOOD">m</ItemDataString>'
    odd = TWO.replace('SubjectKey="002"', 'SubjectKey=""').replace(
        '<ItemData ItemOID="NAME" Value="second"/>', item
    )
    with taken(tmp_path, data(inside=ONE + odd)) as session:
        assert len(session.subjects()) == 1
        root = told(session, tmp_path)
        assert answers(root, "") == {"E.ONE/F.ONE/G.ONE/NAME": "kept", "E.ONE/F.ONE/G.ONE/MOOD": "m"}
        (element,) = elements(root, "")
        (audit,) = element.iter(f"{{{ODM}}}AuditRecord")
        assert [tag(one) for one in audit] == [
            "UserRef",
            "LocationRef",
            "DateTimeStamp",
            "ReasonForChange",
            "SourceID",
        ]


# -- trees -----------------------------------------------------------------------------------------------


def test_runs_and_long_texts_become_elements_again() -> None:
    tree = nested(
        [
            [0, "A", ["x", "one"], "te"],
            [0, MORE, ["x"], " two"],
            [0, MORE, ["#text"], "xt"],
            [1, RUN, ["P", "Q"]],
            [1, AUDITED, ["R"]],
            [1, "B", ["v", None], None, 1],
            [0, "C", [], None],
        ]
    )
    first, last = tree
    assert first[:3] == ["A", {"x": "one two"}, "text"]
    assert [one[1] for one in first[3][:3]] == [{"ItemOID": oid, "Value": PLACED} for oid in "PQR"]
    assert [one[3] for one in first[3][:3]] == [[], [], [AUDIT]]
    assert first[3][3] == ["B", {"v": PLACED}, PLACED, []]
    assert last == ["C", {}, None, []]


@pytest.mark.parametrize("length", [0, 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 1])
def test_an_element_of_any_length_comes_back(length: int) -> None:
    text = "x" * length
    node = ["A", {"a": text, "b": text[1:]}, text, [["B", {}, None, []], ["C", {"c": text}, text[1:], []]]]
    assert nested(flat(node)) == [node]


@pytest.mark.parametrize(
    "audit",
    [
        {},
        {"point": "Monitoring"},
        {"user": "U", "location": "L", "time": "T", "reason": "R", "source": "S"},
        {"point": "DBAudit", "reason": "why"},
    ],
)
def test_an_audit_record_says_the_same_there_and_back(audit: dict[str, str]) -> None:
    assert audit_of(audit_node(audit)) == audit


def test_an_audit_record_that_says_nothing_is_no_fact() -> None:
    children: list[list[object]] = [
        [name, {}, None, []]
        for name in ("UserRef", "LocationRef", "DateTimeStamp", "ReasonForChange", "SourceID", "Unknown")
    ]
    assert audit_of(["AuditRecord", {"EditPoint": ""}, None, children]) == {}
