"""What is different between two moments: old and new, who, when, why; in the order of the schedule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused
from mda5_crf.services import since as module
from mda5_crf.services import wrongplace
from mda5_crf.services.asof import Moment, present
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from mda5_crf.services.since import KINDS, Difference, Differences, since
from tests.monitored import MONITOR
from tests.monitored import Site as Monitored
from tests.scenario import Ward
from tests.signward import eligible, signed, vitals
from tests.unit.services.test_asof import SECOND, WHY, Site, now
from tests.vaults import password
from tests.wards import NOW


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    """One ward for all tests; each enrols a participant of its own."""
    with Site(tmp_path_factory.mktemp("since") / "ward.mda5").ward() as ward:
        yield ward


@pytest.fixture
def ward(shared: Ward) -> Ward:
    return Ward(shared.session).enrol()


def told(found: Differences) -> list[tuple[str, str, str, str, str]]:
    """label, kind, what, old, new: in English."""
    return [
        (place.label, one.kind, one.what.en, one.old.en, one.new.en)
        for place in found.places
        for one in place.differences
    ]


def only(found: Differences, kind: str) -> Difference:
    (one,) = [one for place in found.places for one in place.differences if one.kind == kind]
    return one


def asked(ward: Ward, moment: Moment, until: Moment | None = None) -> Differences:
    return since(ward.session, ward.subject, moment, until)


@pytest.mark.requirement("P11-5")
def test_a_changed_value_is_told_with_who_when_and_why_and_what_follows_from_it(ward: Ward) -> None:
    form = vitals(ward)
    before = now(ward)
    form.enter("SYSBP", "130", because="first").enter("SYSBP", "144", because="misread")
    found = asked(ward, before)
    assert told(found) == [
        ("BL VS", "value", "Systolic", "120 mmHg", "144 mmHg"),
        ("BL VS", "computed", "Pulse pressure", "40 mmHg", "64 mmHg"),
        ("BL SC", "computed", "Total", "121", "145"),
    ]
    one = only(found, "value")
    assert (one.person, one.at, one.steps) == ("Li Na", NOW, 2)
    assert (one.why.en, one.why.zh) == ("Other reason: misread", "其他原因：misread")
    assert ward.session.vault.journal.get(one.record) is not None
    computed = found.places[1].differences[0]
    assert (computed.person, computed.at, computed.record) == ("", None, "")
    assert found.places[0].name.zh == "基线 · 生命体征"
    assert found.heads[0] == before.heads and found.since.en != found.until.en


def test_what_stands_as_it_stood_is_not_listed(ward: Ward) -> None:
    form = vitals(ward)
    before = now(ward)
    assert asked(ward, before).count == 0
    form.enter("SYSBP", "144", because="misread").enter("SYSBP", "120", because="it was right")
    form.entry.set_value(form.key("DIABP"), "80", reason=WHY)
    assert asked(ward, before).places == ()


def test_places_come_in_schedule_order_and_the_participant_first(ward: Ward) -> None:
    before = now(ward)
    log = ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "MTX")
    ward.session.add_event(ward.subject, "UNS")
    ward.open("BL", "VS").enter_all(DIABP="80", SYSBP="120")
    ward.open("SCR", "VS").enter("SYSBP", "110")
    ward.session.raise_query(log.entry.key._replace(event="", form=""), "who is this?")
    found = told(asked(ward, before))
    assert [one[0] for one in found] == [
        "", "SCR VS", "BL VS", "BL VS", "BL VS", "BL SC", "UNS#1", "LOG CM", "LOG CM",
    ]  # fmt: skip
    assert [one[2] for one in found[2:5]] == ["Systolic", "Diastolic", "Pulse pressure"]
    assert found[6][1:3] == ("row", "visit added")
    assert [one[1:3] for one in found[7:]] == [("row", "row added"), ("value", "row 1, Name")]


def test_missing_cleared_struck_and_reopened(ward: Ward) -> None:
    form = vitals(ward)
    log = ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "MTX")
    before = now(ward)
    form.entry.set_missing(form.key("SYSBP"), "ND", WHY)
    form.enter("DIABP", "", because="of another patient")
    form.entry.reopen(WHY)
    log.strike("ROWS", "twice")
    found = told(asked(ward, before))
    assert ("BL VS", "status", "status", "complete", "in progress") in found
    assert ("BL VS", "value", "Systolic", "120 mmHg", "ND") in found
    assert ("BL VS", "value", "Diastolic", "80 mmHg", "") in found
    assert found[-1][:3] == ("LOG CM", "struck", "struck out")
    assert only(asked(ward, before), "struck").why.en == "Other reason: twice"


def test_a_query_is_one_line_from_what_it_was_to_what_it_is(ward: Ward) -> None:
    session, form = ward.session, ward.open("BL", "VS").enter("SYSBP", "120")
    empty = now(ward)
    query = session.raise_query(form.key("SYSBP"), "compare with the source")
    asked_then = now(ward)
    session.answer_query(query.id, "it is right", query.key)
    answered = 'answered, answer "it is right"'
    assert told(asked(ward, empty)) == [("BL VS", "query", 'query: "compare with the source"', "", answered)]
    assert told(asked(ward, empty, asked_then)) == [
        ("BL VS", "query", 'query: "compare with the source"', "", "open")
    ]
    assert told(asked(ward, asked_then))[0][3:] == ("open", answered)
    assert only(asked(ward, asked_then), "query").person == "Li Na"


def test_signatures_made_and_ended(ward: Ward) -> None:
    form = vitals(ward)
    before = now(ward)
    signed(ward, form)
    after = now(ward)
    one = only(asked(ward, before), "signature")
    assert one.person == "Li Na" and "complete and accurate" in one.what.en and one.old.en == ""
    form.enter("SYSBP", "144", because="misread")
    ended = only(asked(ward, after), "signature")
    assert (
        ended.person == "" and ended.old.en != ended.new.en and ended.what.en.startswith("signature changed")
    )
    assert only(asked(ward, before), "signature").new == ended.new


def test_a_void_is_told_once_and_not_item_by_item(ward: Ward) -> None:
    form = vitals(ward)
    before = now(ward)
    wrongplace.void(ward.session, form.entry.key, WHY, SECOND)
    gone = now(ward)
    found = asked(ward, before)
    assert [one for one in told(found) if one[1] != "computed"] == [
        ("BL VS", "void", "entered at the wrong place, no longer counts", "", "")
    ]
    assert only(found, "void").why.en == "Other reason: looked again"
    ward.open("BL", "VS").enter("SYSBP", "125")
    assert ("BL VS", "value", "Systolic", "", "125 mmHg") in told(asked(ward, gone))


def test_a_void_that_ended_is_told_once(ward: Ward) -> None:
    form = vitals(ward)
    wrongplace.void(ward.session, form.entry.key, WHY, SECOND)
    gone = now(ward)
    ward.session.unvoid(form.entry.key, WHY, SECOND)
    found = [one for one in told(asked(ward, gone)) if one[1] != "computed"]
    assert found == [("BL VS", "void", "counts again after it was void", "", "")]


def test_locks_are_told_of_the_form_and_of_the_study(tmp_path: Path) -> None:
    site = Site(tmp_path / "ward.mda5")
    with site.ward() as ward:
        form = vitals(ward.enrol()).entry.key
    with site.ward("d02") as manager:
        manager.subject, before = ward.subject, now(manager)
        manager.session.set_lock(form, "frozen", "data cut")
        (one,) = [one for place in asked(manager, before).places for one in place.differences]
        assert (one.kind, one.what.zh, one.person, one.why.en) == ("lock", "冻结", "Wang Fang", "data cut")
        manager.session.set_lock(form, "thawed", "data cut is made")
        assert [one[2] for one in told(asked(manager, before))] == ["frozen", "freeze ended"]


def test_verification_is_told_form_by_form(tmp_path: Path) -> None:
    site = Monitored(tmp_path / "ward.mda5")
    with site.ward() as ward:
        vs = ward.open("BL", "VS").enter_all(VSPERF="Y", SYSBP_VSORRES="120", DIABP_VSORRES="80")
        keys = [vs.key(item) for item in ("SYSBP_VSORRES", "DIABP_VSORRES")]
        subject = ward.subject
    with site.at(MONITOR) as session:
        before = present(session)
        session.verify_source(keys)
        one = only(since(session, subject, Moment(heads=before.heads)), "sdv")
        assert (one.person, one.items, one.what.en) == (
            "Monitor Zhao", tuple(keys), "2 verified against the source",
        )  # fmt: skip
        verified = present(session)
        session.withdraw_verification(keys[0], "the wrong sheet")
        gone = only(since(session, subject, Moment(heads=verified.heads)), "sdv")
        assert (gone.what.en, gone.new.en) == ("1 verifications taken back", "Systolic blood pressure")
    with site.ward() as ward:
        ward.open("BL", "VS").enter("DIABP_VSORRES", "82", because="misread")
        changed = only(since(ward.session, subject, Moment(heads=verified.heads)), "value")
        assert changed.new.en == "82 mmHg"
        kinds = [
            (one.what.en, one.person)
            for place in since(ward.session, subject, Moment(heads=verified.heads)).places
            for one in place.differences
            if one.kind == "sdv"
        ]
        assert ("1 changed since they were verified", "") in kinds


def test_an_endorsement_is_told(ward: Ward) -> None:
    session, form = ward.session, ward.open("BL", "VS").enter("SYSBP", "120")
    before = now(ward)
    record = next(one.id for one in session.vault.journal.records(form.key("SYSBP").path()))
    endorse(session, form.key("SYSBP").path(), record)
    one = only(asked(ward, before), "endorsed")
    assert (one.what.en, one.new.en, one.items) == (
        "1 endorsed by an investigator", "Systolic", (form.key("SYSBP"),),
    )  # fmt: skip


def endorse(session: Session, path: str, record: str) -> None:
    session.append([Draft("endorse", path, {"records": [record]})])


def test_a_redaction_is_told_without_what_it_took_away(ward: Ward) -> None:
    session = ward.session
    form = ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "Wang Xiaoming")
    before = now(ward)
    record = next(
        one.id for one in session.vault.journal.records(form.key("CMTRT").path()) if one.kind == "value"
    )
    session.redact(
        (record,),
        Reason("PRIVACY", "a name"),
        (),
        own_password=password("i01"),
        second=("d02", password("d02")),
    )
    found = asked(ward, before)
    assert [one.kind for place in found.places for one in place.differences] == ["redacted"]
    assert only(found, "redacted").person == "Li Na"
    assert "Wang Xiaoming" not in repr(found)
    form.enter("CMTRT", "MTX", because="without the name")
    assert ("LOG CM", "value", "row 1, Name", "[redacted]", "MTX") in told(asked(ward, before))


def test_a_new_number_is_told(ward: Ward) -> None:
    session, before = ward.session, now(ward)
    old = session.subjid(ward.subject)
    why = {"code": "OTHER", "text": "twice"}
    session.append([Draft("subject", ward.subject, {"renumber": "01-555", "reason": why})])
    session.refresh()
    assert told(asked(ward, before)) == [("", "number", "participant number", old, "01-555")]
    assert only(asked(ward, before), "number").why.en == "Other reason: twice"


def test_of_somebody_new_everything_is_new(shared: Ward) -> None:
    before = now(shared)
    ward = Ward(shared.session).enrol()
    eligible(ward)
    found = asked(ward, before)
    assert found.places[0].differences[0].kind == "enrolled"
    assert found.places[0].differences[0].new.en == shared.session.subjid(ward.subject) == found.subjid
    assert [place.label for place in found.places][:2] == ["", "SCR IE"]
    assert {one.kind for place in found.places for one in place.differences} <= set(KINDS)
    assert ward.session.subjid(ward.subject)


def test_moments_the_wrong_way_round_are_refused(ward: Ward) -> None:
    before = now(ward)
    ward.open("BL", "VS").enter("SYSBP", "120")
    with pytest.raises(InputRefused) as refused:
        asked(ward, now(ward), before)
    assert refused.value.code == "asof.backwards"
    assert module.NOTHING.en == ""
