"""The archive: valid, applicable from nothing, and every record in it with all it says."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.exchange.odm_names import columns
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.exports import ARCHIVE, SNAPSHOT, TRAIL, finish, write_odm, write_trail
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from mda5_crf.study.model import Item, ItemType, Study
from tests.scenario import Ward
from tests.signward import built_signing, eligible, signed, signing_session, vitals
from tests.unit.exchange.odmreader import Read, Told, read, valid
from tests.vaults import password
from tests.wards import built, session_at

NURSE = ("n07", password("n07"))
WHY = Reason("OTHER", 'see <source> & "sheet" 第2页 ]]> \u202eabc')
ODD = "line 1\r\nline 2\ttab \x01\x0b\ufffe ]]> <b>&amp;</b> \\u0001 עברית 𝄞 \u0085"
_TEXTS = {
    ItemType.TEXT: ODD, ItemType.INTEGER: "7", ItemType.DECIMAL: "37.50", ItemType.DATE: "2026-08-30",
    ItemType.PARTIAL_DATE: "2022---15", ItemType.TIME: "09:10", ItemType.DATETIME: "2026-08-30T09:10",
}  # fmt: skip


def answer(item: Item, study: Study) -> str:
    """Something to be stored for an item, not always of its type."""
    if item.codelist is not None:
        codes = [one.code for one in study.codelists[item.codelist].values]
        return ",".join(codes[:2]) if item.type is ItemType.MULTI and codes[0] != "NONE" else codes[-1]
    return _TEXTS.get(item.type, "x")


def everything(ward: Ward) -> None:
    """A record for every item that is entered, of all forms; in one act."""
    session, study = ward.session, ward.session.study
    drafts: list[Draft] = []
    for form in study.forms.values():
        event = next(due.event for due in study.due if due.form == form.oid)
        place = ItemKey(ward.subject, event, form=form.oid)
        if form.repeating:
            place = session.add_form(ItemKey(ward.subject, event), form.oid)
        for group in form.groups:
            row = place._replace(group=group.name)
            if group.repeating:
                (made,) = session.append([Draft("row", row.path(), {})])
                row = row._replace(group_repeat=made.id)
            for item in group.items:
                if item.computed or item.type is ItemType.LABEL:
                    continue
                unit = {"unit": item.units[0]} if item.units and len(drafts) % 2 else {}
                content = {"text": answer(item, study), **unit}
                drafts.append(Draft("value", row._replace(item=item.name).path(), content))
    session.append(drafts)
    session.refresh()


def rich(ward: Ward) -> None:
    """Acts of every kind about one participant."""
    vs = ward.open("BL", "VS").enter_all(VSPERF="Y", SYSBP_VSORRES="80", DIABP_VSORRES="95")
    vs.enter("SYSBP_VSORRES", "eighty").enter("SYSBP_VSORRES", "120").mark("PULSE_VSORRES", "ND")
    vs.enter("PULSE_VSORRES", "61").enter("PULSE_VSORRES", "")
    query = ward.session.raise_query(vs.key("SYSBP_VSORRES"), "Which arm? 哪侧手臂？")
    ward.session.answer_query(query.id, "Left\x0carm")
    log = ward.open("LOG", "AE").new_row("ROWS")
    log.enter("AETERM", ODD).enter("AESTDAT", "2026-08")
    log.strike("ROWS", WHY.text)
    log.new_row("ROWS").enter("AETERM", "=cmd|' /C calc'!A0")
    w4 = ward.open("W4", "VS").enter_all(SYSBP_VSORRES="120", DIABP_VSORRES="80")
    key = w4.entry.key
    ward.session.move(ward.session.plan_move(key, key._replace(event="W8")), WHY, NURSE)
    ward.unscheduled("VS").enter("SYSBP_VSORRES", "130")
    ward.enrol()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("odm") / "ward.mda5"))
    with session_at(folder) as session:
        ward = Ward(session).enrol()
        rich(ward)
        everything(ward.enrol())
        yield session


@pytest.fixture(scope="module")
def file(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("out") / "archive.xml"
    finish(session, write_odm(session, file, ARCHIVE))
    return file


@pytest.fixture(scope="module")
def archive(file: Path) -> Read:
    return read(file)


def records(session: Session) -> dict[str, AuditRecord]:
    """The records that the file of the fixture holds: all but those of exports since."""
    found = list(session.vault.journal.records())
    first = next(place for place, one in enumerate(found) if one.kind == "export")
    return {one.id: one for one in found[:first]}


def cells_say(told: Told, item: Item, study: Study, data: dict[str, Any]) -> None:
    """What ODM says of an answer is what the record says."""
    assert tuple(told.cells) == columns(item, study)
    values = [value for value, _ in told.cells.values()]
    units = {unit for _, unit in told.cells.values()}
    flags = {kind: (value, comment) for kind, value, comment in told.notes}
    if data.get("code"):
        assert set(values) == {None} and flags["MISSING"][0] == data["code"]
    elif not data["text"]:
        assert set(values) == {None} and not flags
    elif "NONCONFORMANT" in flags:
        assert set(values) == {None}
        assert flags["NONCONFORMANT"][1] == f"{data['text']} {data.get('unit', '')}".strip(" ")
    elif item.type is ItemType.MULTI:
        chosen = [oid for oid, (value, _) in told.cells.items() if value == "true"]
        assert chosen == [f"I.{item.oid}.{code}" for code in data["text"].split(",")]
    else:
        assert values == [data["text"]]
        unit = data.get("unit") or item.unit
        assert units == {f"MU.{unit}" if unit else None}


# -- what cannot be -------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-6", "EMA-3", "FDA-3")
def test_every_record_is_in_it_once_with_all_it_says(session: Session, archive: Read) -> None:
    """Values, missing codes, units, reasons, people and times: read back and compared, all 44 forms."""
    all_records, forms = records(session), set()
    assert set(archive.told) == set(all_records)
    for name, record in all_records.items():
        told, data = archive.told[name], record.data
        assert (told.kind, told.at, told.hash) == (record.kind, record.at, record.hash)
        assert told.user == f"USR.{record.person}" and told.user in archive.users
        assert told.location == "LOC.01"
        reason = data.get("reason")
        if isinstance(reason, dict):
            assert (told.code, told.own_words) == (reason["code"], reason.get("text", "")) or told.logged
        if record.kind in ("value", "missing"):
            key = ItemKey.parse(record.key)
            forms.add(key.form)
            cells_say(told, session.study.forms[key.form].items[key.item], session.study, data)
        elif record.kind == "signature":
            assert told.manifest == data
        elif not told.logged:
            assert told.content == ({k: v for k, v in data.items() if k != "reason"} or None)
        else:
            assert (told.content or {}) == data
    entered = {
        form.oid
        for form in session.study.forms.values()
        if any(not item.computed for item in form.items.values())
    }
    assert forms == entered and len(session.study.forms) == 44


def test_it_is_valid_with_its_own_schema_and_plain_with_the_standards(
    session: Session, file: Path, tmp_path: Path
) -> None:
    assert valid(file) == []
    plain = tmp_path / "plain.xml"
    finish(session, write_odm(session, plain, ARCHIVE, extensions=False))
    assert valid(plain, plain=True) == [] and b"mda5:" not in plain.read_bytes()
    assert "Archival" not in read(plain).root  # who was logged in is not in it, so it is not the whole


def test_the_history_applied_is_the_state(session: Session, archive: Read, tmp_path: Path) -> None:
    """What is struck or moved away is gone, and every answer that stands in the snapshot stands here too."""
    snapshot = tmp_path / "now.xml"
    finish(session, write_odm(session, snapshot, SNAPSHOT))
    assert valid(snapshot) == []
    now = read(snapshot)
    entered = {where: value for where, value in archive.state.items() if value is not None}
    shown = {where: value for where, value in now.state.items() if value is not None}
    behind = {
        where for where, notes in now.notes.items() if any(kind == "NOT_RELEVANT" for kind, _, _ in notes)
    }
    assert {w: v for w, v in entered.items() if w not in behind} == {
        w: v for w, v in shown.items() if w in entered
    }
    derived = {f"I.{i.oid}" for f in session.study.forms.values() for i in f.items.values() if i.computed}
    assert {where[-1] for where in set(shown) - set(entered)} <= derived
    flags = Counter(kind for notes in now.notes.values() for kind, _, _ in notes)
    assert flags["NONCONFORMANT"] and flags["NOT_RELEVANT"] and flags["QUERY"] and flags["STATUS"]


def test_the_same_moment_is_the_same_bytes(session: Session, tmp_path: Path) -> None:
    sums = []
    for name in ("a.xml", "b.xml"):
        written = write_odm(session, tmp_path / name, SNAPSHOT)
        sums.append(written.sha256)
        assert hashlib.sha256(written.part.read_bytes()).hexdigest() == written.sha256
    assert sums[0] == sums[1]


def test_one_participant_is_that_one_alone(session: Session, tmp_path: Path) -> None:
    first, second = session.subjects()[:2]
    file = tmp_path / "one.xml"
    written = write_odm(session, file, ARCHIVE, [first.identity])
    assert written.subjects == (first.identity,)
    text = written.part.read_text("utf-8")
    assert second.subjid not in text and 'Granularity="SingleSubject"' in text
    assert {one.kind for one in read(written.part).told.values()} >= {"value", "strike", "query", "void"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_filtered_trail_is_transactions_in_order(session: Session, tmp_path: Path, language: str) -> None:
    file = tmp_path / "trail.xml"
    wanted = AuditFilter(kinds=("data",))
    written = write_trail(session, file, wanted, "zh" if language == "zh" else "en")
    finish(session, written)
    assert valid(file) == [] and written.what == TRAIL
    told = read(file)
    passing = {line.record for line in session.audit.lines(wanted)}
    assert set(told.told) == passing and written.records == len(passing)
    assert {one.get("TransactionType") for one in _all(file, "ItemData")} == {"Upsert"}
    words = "其他，请说明" if language == "zh" else "Other, in own words"
    assert any(one.reason.startswith(words) for one in told.told.values())


def test_signatures_hold_what_was_signed(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built_signing(), tmp_path / "signing.mda5"))
    with signing_session(folder) as session:
        ward = Ward(session).enrol()
        eligible(ward)
        form = vitals(ward)
        info = signed(ward, form)
        form.enter("SYSBP", "121", because="typing error")
        assert form.complete().done
        again = signed(ward, form, "APPROVED")
        for what in (ARCHIVE, SNAPSHOT):
            finish(session, write_odm(session, tmp_path / f"{what}.xml", what))
            assert valid(tmp_path / f"{what}.xml") == []
        told = read(tmp_path / "odm-archive.xml").told
        assert told[info.record].meaning == "SD.REVIEWED" and told[again.record].meaning == "SD.APPROVED"
        stand = _all(tmp_path / "odm.xml", "SignatureRef")
        assert [one.get("SignatureOID") for one in stand] == ["SD.APPROVED"]


def _all(file: Path, name: str) -> list[Any]:
    from lxml import etree

    return list(etree.parse(str(file)).iter(f"{{http://www.cdisc.org/ns/odm/v1.3}}{name}"))
