"""What was entered at the wrong place: void, moved, restored; by two persons, with trace."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.db import projection, read, schema
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.records import Draft
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.services.wrongplace import Plan
from tests.scenario import OpenForm, Ward
from tests.signward import built_signing, eligible, signing_session, vitals
from tests.vaults import password
from tests.wards import session_at

WHY = Reason("OTHER", "entered for the wrong visit")
NURSE = ("n07", password("n07"))


def sound(ward: Ward) -> None:
    """Verify finds nothing, and what was folded one by one is what the journal folds to."""
    assert ward.session.verify().troubles == ()
    with ward.session.vault.store.transaction() as tx:
        before = projection.dump(tx)
        projection.rebuild(tx)
        assert projection.dump(tx) == before


@pytest.fixture
def vs(ward: Ward) -> Iterator[OpenForm]:
    """Vital signs entered at W4, which were taken at W8."""
    yield ward.open("W4", "VS").enter_all(SYSBP_VSORRES="120", DIABP_VSORRES="80")
    sound(ward)


def moved(ward: Ward, source: ItemKey, target: ItemKey) -> ItemKey:
    return ward.session.move(ward.session.plan_move(source, target), WHY, NURSE)


def status(ward: Ward, event: str, form: str) -> str:
    nodes = [f for e in ward.session.tree(ward.subject) if e.key.event == event for f in e.forms]
    return next(one.status for one in nodes if one.key.form == form)


def refusal(plan: Plan) -> str:
    assert plan.obstacle is not None and plan.obstacle.en != plan.obstacle.zh
    return plan.obstacle.en


@pytest.mark.requirement("CN-3", "P11-5", "E6-2", "E6-8")
def test_a_form_moves_with_its_values_and_the_old_place_waits(ward: Ward, vs: OpenForm) -> None:
    key = vs.entry.key
    plan = ward.session.plan_move(key, key._replace(event="W8"))
    assert [(c.key.item, c.to.event, c.value.en) for c in plan.carried if c.to] == [
        ("SYSBP_VSORRES", "W8", "120"), ("DIABP_VSORRES", "W8", "80"),
    ]  # fmt: skip
    first = next(r.id for r in ward.session.vault.journal.records(vs.key("SYSBP_VSORRES").path()))
    assert moved(ward, key, ItemKey(ward.subject, "W8")).event == "W8"
    there = ward.open("W8", "VS")
    there.expect("SYSBP_VSORRES", "120").expect("DIABP_VSORRES", "80")
    assert (status(ward, "W4", "VS"), status(ward, "W8", "VS")) == ("not_started", "in_progress")
    now = ward.session.data(ward.subject).get(there.key("SYSBP_VSORRES"))
    assert now is not None
    record = ward.session.vault.journal.get(now.record)
    assert record is not None and record.data["origin"] == {"moved": first}
    assert record.data["reason"] == {"code": "OTHER", "text": WHY.text}
    lines = ward.session.history(key)
    assert [(one.kind, one.superseded) for one in lines] == [
        ("value", True),
        ("value", True),
        ("void", False),
    ]
    assert "moved to 01-001 W8 VS" in lines[-1].text.en and WHY.text in lines[-1].reason
    assert "(moved here)" in ward.session.history(there.entry.key)[0].text.en
    (info,) = ward.session.voids()
    assert (info.person, info.second) == ("Li Na", "Zhang Wei") and not info.restored
    # The place takes the right values, and they are no change of the wrong ones.
    ward.open("W4", "VS").enter("SYSBP_VSORRES", "131").expect("SYSBP_VSORRES", "131")
    assert ward.session.changed_items(key) == frozenset() and ward.session.queries() == ()


@pytest.mark.requirement("CN-3", "P11-5")
def test_what_is_void_counts_nowhere_and_can_be_restored(ward: Ward, vs: OpenForm) -> None:
    vs.fill(VSPERF="Y", SYSBP_VSORRES="80", DIABP_VSORRES="95").expect_hard("below systolic")
    vs.ask(next(f.check for f in vs.findings() if f.blocks))
    assert len(ward.session.queries()) == 1
    plan = ward.session.plan_void(vs.entry.key)
    assert any("1 open queries" in note.en for note in plan.notes)
    ward.session.void(vs.entry.key, WHY, NURSE)
    assert status(ward, "W4", "VS") == "not_started" and ward.session.queries() == ()
    assert [f for f in ward.open("W4", "VS").findings() if not f.at_completion] == []
    assert ward.session.work_list().tasks == ()
    assert ward.session.data(ward.subject).entries == {}
    assert "Nothing is entered" in refusal(ward.session.plan_void(vs.entry.key))
    ward.session.unvoid(vs.entry.key, Reason("ENTRY_ERROR"), NURSE)
    assert status(ward, "W4", "VS") == "in_progress" and len(ward.session.queries()) == 1
    ward.open("W4", "VS").expect("SYSBP_VSORRES", "80")
    assert [one.restored for one in ward.session.voids()] == [True]
    assert ward.session.history(vs.entry.key)[-1].text.en == "Restored: counts again"
    with pytest.raises(InputRefused, match="not_void"):
        ward.session.unvoid(vs.entry.key, WHY, NURSE)


def test_a_place_in_which_something_stands_again_is_not_restored(ward: Ward, vs: OpenForm) -> None:
    ward.session.void(vs.entry.key, WHY, NURSE)
    ward.open("W4", "VS").enter("TEMP_VSORRES", "36.6")
    with pytest.raises(InputRefused) as refused:
        ward.session.unvoid(vs.entry.key, WHY, NURSE)
    assert "Body temperature" in refused.value.in_("en") or "emperature" in refused.value.in_("en")


def test_a_whole_visit_moves(ward: Ward, vs: OpenForm) -> None:
    ward.open("W4", "SV").enter("SVREASOC", "early")
    place = moved(ward, ItemKey(ward.subject, "W4"), ItemKey(ward.subject, "W12"))
    assert place == ItemKey(ward.subject, "W12")
    ward.open("W12", "VS").expect("DIABP_VSORRES", "80")
    ward.open("W12", "SV").expect("SVREASOC", "early")
    assert {key.event for key in ward.session.data(ward.subject).entries} == {"W12"}


def test_repeats_and_rows_are_made_anew_and_keep_their_answers(ward: Ward) -> None:
    """An unscheduled visit becomes another one, its repeats with it."""
    form = ward.unscheduled("VS").enter("SYSBP_VSORRES", "118")
    old = form.entry.key
    place = moved(ward, old.event_key(), ItemKey(ward.subject, "UNS"))
    assert place.event_repeat and place.event_repeat != old.event_repeat
    ward.open("UNS", "VS", place.event_repeat).expect("SYSBP_VSORRES", "118")
    assert ward.session.data(ward.subject).event_repeats["UNS"] == [place.event_repeat]
    assert ward.session.event_label(place) == "UNS#2" and ward.session.event_label(old) == "UNS#1"
    assert "void" in refusal(ward.session.plan_void(old.event_key()))
    reading = ward.reading("BL").enter("HRREAD", "READER 1")
    there = moved(ward, reading.entry.key, ItemKey(ward.subject, "W24"))
    assert there.form_repeat
    OpenForm(ward.session, ward.session.entry(there)).expect_kept("HRREAD", "READER 1")
    sound(ward)


def test_a_row_moves_to_another_participant_without_its_links(ward: Ward) -> None:
    other = ward.subject
    ward.enrol()
    ae = ward.open("LOG", "AE").new_row("ROWS").enter("AETERM", "Rash")
    cm = ward.open("LOG", "CM").new_row("ROWS")
    link = next(i for i in cm.entry.form.items.values() if i.to == "AE")
    cm.enter("CMTRT", "Loratadine").enter(link.name, "1")
    (group,) = cm.row
    row = cm.entry.key._replace(group=group, group_repeat=cm.row[group])
    plan = ward.session.plan_move(row, ItemKey(other, "LOG", "", "CM"))
    assert [c.key.item for c in plan.carried if c.why is not None] == [link.name]
    place = ward.session.move(plan, WHY, NURSE)
    assert (place.subject, place.form, bool(place.group_repeat)) == (other, "CM", True)
    entries = ward.session.data(other).entries
    assert [(k.item, e.text) for k, e in entries.items()] == [("CMTRT", "Loratadine")]
    assert [row.struck for row in read.instances(ward.session.vault.store, ward.subject)] == [False, True]
    ae_row = ae.entry.key._replace(group="ROWS", group_repeat=ae.row["ROWS"])
    ward.session.void(ae_row, WHY, NURSE)
    note = ward.session.entry(ae.entry.key).strike_note(ae_row)
    assert note is not None and WHY.text in note.en
    ward.session.unvoid(ae_row, WHY, NURSE)
    ward.open("LOG", "AE").use_row("ROWS", ae.row["ROWS"]).expect("AETERM", "Rash")
    sound(ward)


def test_a_participant_enrolled_by_mistake(ward: Ward, vs: OpenForm) -> None:
    session, gone = ward.session, ward.subject
    assert "stays used" in session.plan_void(ItemKey(gone)).notes[-1].en
    session.void(ItemKey(gone), WHY, NURSE)
    assert session.subjects() == () and session.matrix().rows == ()
    assert session.next_subjid() == "01-002"
    with pytest.raises(InputRefused, match="subject_exists"):
        session.enrol("01-001")
    assert len(session.history(ItemKey(gone))) == 4
    session.unvoid(ItemKey(gone), WHY, NURSE)
    assert [one.subjid for one in session.subjects()] == ["01-001"]
    vs.expect("SYSBP_VSORRES", "120")


def test_another_number(ward: Ward) -> None:
    session = ward.session
    session.renumber(ward.subject, "０１-００９", WHY)
    assert session.subjid(ward.subject) == "01-009"
    for number, code in (
        ("01-001", "exists"),
        ("02-003", "other_site"),
        ("7", "pattern"),
        ("01-009", "exists"),
    ):
        with pytest.raises(InputRefused, match=code):
            session.renumber(ward.subject, number, WHY)
    assert session.next_subjid() == "01-010"


# -- refused -------------------------------------------------------------------------------------------


def test_where_it_cannot_go(ward: Ward, vs: OpenForm) -> None:
    session, key = ward.session, vs.entry.key
    ward.open("W8", "VS").enter("TEMP_VSORRES", "37")
    assert "something is entered already" in refusal(session.plan_move(key, ItemKey(ward.subject, "W8")))
    assert "stands at" in refusal(session.plan_move(key, ItemKey(ward.subject, "W4")))
    assert "no such place" in refusal(session.plan_move(key, ItemKey("x:1", "W8")))
    assert "no such place" in refusal(session.plan_move(key, ItemKey(ward.subject, "NEVER")))
    assert "no such place" in refusal(session.plan_move(key, ItemKey(ward.subject, "UNS", "x:9")))
    assert "cannot be moved" in refusal(session.plan_move(ItemKey(ward.subject), ItemKey(ward.subject, "W8")))
    assert "does not belong" in refusal(session.plan_move(key, ItemKey(ward.subject, "LOG")))
    assert "Nothing is entered" in refusal(
        session.plan_move(key._replace(event="W24"), ItemKey(ward.subject, "W36"))
    )
    with pytest.raises(InputRefused):
        session.void(key._replace(event="W24"), WHY, NURSE)
    with pytest.raises(ValueError, match="void"):
        session.move(session.plan_void(key), WHY, NURSE)


def test_a_plan_that_is_no_longer_true(ward: Ward, vs: OpenForm) -> None:
    plan = ward.session.plan_move(vs.entry.key, ItemKey(ward.subject, "W8"))
    vs.enter("SYSBP_VSORRES", "125")
    with pytest.raises(InputRefused, match="plan_old"):
        ward.session.move(plan, WHY, NURSE)


@pytest.mark.requirement("P11-8", "CN-3")
def test_two_persons_and_which(ward: Ward, ward_folder: Path) -> None:
    session, key = ward.session, ward.open("W4", "VS").enter("SYSBP_VSORRES", "120").entry.key
    before = session.vault.journal.heads()
    own = (session.person.login, password(session.person.login))
    cases: list[tuple[tuple[str, str], type[CrfError]]] = [
        (own, InputRefused), (("n07", "wrong password"), LoginRefused), (("nobody", "x"), LoginRefused),
        (("d02", password("d02")), PermissionDenied), (("a03", password("a03")), PermissionDenied),
    ]  # fmt: skip
    for second, error in cases:
        with pytest.raises(error):
            session.void(key, WHY, second)
    for reason in (Reason("NOVEL"), Reason("OTHER", " ")):
        with pytest.raises(InputRefused):
            session.void(key, reason, NURSE)
    assert session.vault.journal.heads() == before
    subject = ward.subject
    session.close()
    with session_at(ward_folder, "d02") as other, pytest.raises(PermissionDenied):
        other.void(key, WHY, NURSE)
    with session_at(ward_folder, "n07") as nurse:
        nurse.void(key, WHY, own)  # the investigator may be the second one
        assert nurse.data(subject).entries == {}


def test_the_signature_becomes_void_and_that_is_said_before(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    with signing_session(folder) as session:
        ward = Ward(session).enrol()
        eligible(ward)
        key = vitals(ward).entry.key
        ward.sign("BL", "VS", password("i01"))
        plan = session.plan_void(key)
        assert any("signature of Li Na" in note.en for note in plan.notes)
        session.void(key, WHY, NURSE)
        (shown,) = session.signatures(key)
        assert shown.state == "void" and not shown.counts
        session.unvoid(key, WHY, NURSE)
        assert session.signatures(key)[0].counts  # what was signed stands again, just as it was


@pytest.mark.parametrize(
    "content",
    [
        {}, {"upto": {}}, {"upto": {"d": "1"}, "second": {"person": "p", "sig": ""}},
        {"upto": {"d": 0}, "second": {"person": "p", "sig": "AA" * 43}}, {"upto": [], "second": None},
        {"voids": [], "second": {"person": "", "sig": "x"}}, {"voids": ["x"], "second": {"person": "p"}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["void", "unvoid"])
def test_content_that_is_no_act_of_two(ward: Ward, kind: str, content: dict[str, object]) -> None:
    with pytest.raises(Unfoldable):
        ward.session.append([Draft(kind, ward.subject, content)])
    with ward.session.vault.store.read() as tx:
        assert tx.find(schema.voided) == [] == tx.find(schema.voided_end)


@pytest.mark.requirement("CN-3")
def test_consent_for_another_act_is_named(ward: Ward) -> None:
    """The nurse agreed to one void; her signature is put under another with another tool."""
    vs = ward.open("W4", "VS").enter("SYSBP_VSORRES", "120")
    ward.session.void(vs.entry.key, WHY, NURSE)
    (made,) = ward.session.vault.journal.records(kinds=("void",))
    stolen = {**made.data, "reason": {"code": "OTHER", "text": "something else"}}
    ward.session.append([Draft("void", vs.entry.key._replace(event="W8").path(), stolen)])
    alone = {**made.data, "second": {**made.data["second"], "person": ward.session.person.id}}
    ward.session.append([Draft("void", vs.entry.key._replace(event="W8").path(), alone)])
    found = ward.session.verify().troubles
    assert [one.code for one in found] == ["consent_false", "consent_false"]
    assert "did not sign" in found[0].text.en and "one person twice" in found[1].text.en
