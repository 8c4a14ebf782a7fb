"""Freezing and locking: what is refused while it holds, in which order steps go, and who opens again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from mda5_crf.db import projection, read, read_locks
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, LoginRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from tests.commandline import remembered_keys
from tests.scenario import Ward
from tests.signward import built_signing, eligible, signing_session, vitals
from tests.vaults import FOUNDER, password
from tests.wards import Clock

FROZEN, THAWED, LOCKED, UNLOCKED = "frozen", "thawed", "locked", "unlocked"
SECOND = (FOUNDER, password(FOUNDER))
Desk = Callable[[str], AbstractContextManager[Session]]
STUDY = ItemKey()


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))


@pytest.fixture
def desk(folder: Path) -> Desk:
    """The ward's PC in the hands of somebody."""
    clock = Clock()

    @contextmanager
    def sit_down(login: str) -> Iterator[Session]:
        with signing_session(folder, login, clock) as session:
            yield session

    return sit_down


@pytest.fixture
def form(desk: Desk) -> ItemKey:
    """A complete form of vital signs, not signed."""
    with desk(FOUNDER) as session:
        return vitals(Ward(session).enrol()).entry.key


def sign(desk: Desk, *keys: ItemKey, meaning: str = "REVIEWED") -> None:
    with desk(FOUNDER) as session:
        session.sign_many(keys, meaning, password(FOUNDER), FOUNDER)


def refused(session: Session, key: ItemKey, state: str, code: str, **more: object) -> InputRefused:
    """The act is refused with this code, and nothing was written."""
    heads = session.vault.journal.heads()
    with pytest.raises(InputRefused) as caught:
        session.set_lock(key, state, **more)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert session.vault.journal.heads() == heads
    text = caught.value.text
    assert "{" not in text.en + text.zh
    return caught.value


def same_after_rebuild(session: Session) -> None:
    with session.vault.store.transaction() as tx:
        before = projection.dump(tx)
        assert projection.rebuild(tx) == []
        assert projection.dump(tx) == before


# -- the order of steps --------------------------------------------------------------------------------


@pytest.mark.requirement("P11-7")
def test_sign_before_complete_and_lock_before_signed_are_refused(desk: Desk, form: ItemKey) -> None:
    with desk("n07") as session:
        begun = Ward(session, form.subject).open("SCR", "VS").enter("SYSBP", "120").entry.key
    with desk(FOUNDER) as session, pytest.raises(InputRefused) as caught:
        session.sign(begun, "REVIEWED", password(FOUNDER), FOUNDER)
    assert caught.value.code == "signing.not_complete"
    with desk("d02") as session:
        assert "not complete" in refused(session, begun, FROZEN, "locks.obstacle").in_("en")
        assert "尚未完成" in refused(session, begun, LOCKED, "locks.obstacle").in_("zh")
        error = refused(session, form, LOCKED, "locks.obstacle")
        assert "Vital signs: has no valid signature" in error.in_("en")
        assert refused(
            session, form, LOCKED, "locks.obstacle", reason="hurry"
        ).code  # a reason opens no order
    sign(desk, form)
    with desk("d02") as session:
        assert session.set_lock(form, LOCKED).state == LOCKED
        refused(session, form, LOCKED, "locks.already_locked")
        refused(session, form, FROZEN, "locks.already_locked")


@pytest.mark.requirement("P11-7")
def test_open_queries_take_a_reason(desk: Desk, form: ItemKey) -> None:
    sign(desk, form)
    with desk("d02") as session:
        session.raise_query(form, "Which arm?")
        error = refused(session, form, LOCKED, "locks.obstacle")
        assert "1 open queries" in error.in_("en")
        assert [one.passable for one in session.lock_obstacles(form, LOCKED)] == [True]
        assert session.set_lock(form, LOCKED, "agreed with the sponsor").state == LOCKED
        assert "agreed with the sponsor" in session.lock_history(form)[0].en


@pytest.mark.requirement("P11-7", "CN-5", "E6-10")
def test_the_study_comes_last_and_its_lock_confirms_the_data_set(desk: Desk, form: ItemKey) -> None:
    subject = ItemKey(form.subject)
    with desk(FOUNDER) as session:
        ward = Ward(session, form.subject)
        for key in (eligible(ward).entry.key, form._replace(form="SV")):
            if key.form == "SV":
                sv = ward.open("BL", "SV")
                sv.enter("SVSTDAT", "2026-08-21").expect_done()
    sign(desk, ItemKey(form.subject, "BL"))
    sign(desk, ItemKey(form.subject, "SCR", form="IE"), meaning="ELIGIBILITY")
    with desk("d02") as session:
        error = refused(session, STUDY, LOCKED, "locks.obstacle")
        assert "01-001: not locked yet" in error.in_("en") and "尚未锁定" in error.in_("zh")
        refused(session, STUDY, FROZEN, "locks.obstacle")
        assert session.lock_obstacles(subject, LOCKED) == ()
        assert session.set_lock(subject, LOCKED).state == LOCKED
        assert session.set_lock(STUDY, LOCKED, "final analysis").state == LOCKED
        (final,) = session.lock_book.acts()
        assert final.counts is not None and final.counts["participants"] == 1 and final.counts["values"] > 5
        assert final.seen is not None and final.seen[session.device] > 5
        # Step by step back: the participant only once the study is open.
        refused(session, subject, UNLOCKED, "locks.study_first", reason="late SAE", second=SECOND)
    with desk(FOUNDER) as session:
        with pytest.raises(InputRefused) as caught:
            session.enrol()
        assert caught.value.code == "locks.refused_locked" and "the study" in caught.value.in_("en")
    with desk("d02") as session:
        session.set_lock(STUDY, UNLOCKED, "late SAE", SECOND)
        assert session.held(subject).state == LOCKED
        same_after_rebuild(session)
        assert session.verify().troubles == ()


# -- what is refused while it holds --------------------------------------------------------------------


@pytest.fixture
def locked(desk: Desk, form: ItemKey) -> ItemKey:
    sign(desk, form)
    with desk("d02") as session:
        session.set_lock(form, LOCKED)
    return form


@pytest.mark.requirement("E6-10")
def test_a_locked_form_takes_nothing(desk: Desk, locked: ItemKey) -> None:
    with desk(FOUNDER) as session:
        ward = Ward(session, locked.subject)
        form = ward.open("BL", "VS")
        heads = session.vault.journal.heads()
        typing = Reason("TYPING")
        query = Draft("query", locked.path(), {"query": "q1", "state": "Answered", "source": "system"})
        acts: list[Callable[[], object]] = [
            lambda: form.enter("SYSBP", "121", because="typo"),
            lambda: form.mark("SYSBP", "ND"),
            lambda: form.fill(SYSBP="121"),
            form.complete,
            lambda: form.entry.reopen(typing),
            lambda: session.second(locked).set_value(form.key("SYSBP"), "120"),
            lambda: session.raise_query(locked, "Why?"),
            lambda: session.append([query]),
            lambda: session.append([Draft("strike", locked.path(), {"state": "struck"})]),
            lambda: session.append([Draft("pin", locked.path(), {"definition": "x"})]),
            lambda: session.append([Draft("row", f"{locked.path()}/LOG", {})]),
            lambda: session.append([Draft("verify", locked.path(), {"state": "verified"})]),
            lambda: session.append([Draft("endorse", form.key("SYSBP").path(), {"records": ["a:1"]})]),
            lambda: session.sign(locked, "REVIEWED", password(FOUNDER), FOUNDER),
        ]
        for act in acts:
            with pytest.raises(InputRefused) as caught:
                act()
            assert caught.value.code == "locks.refused_locked"
            assert "Wang Fang locked this form on 2026-09-01 10:00" in caught.value.in_("en")
            assert "锁定本表单" in caught.value.in_("zh")
        assert session.vault.journal.heads() == heads
        assert form.entry.readonly is not None and "data manager" in form.entry.readonly.en
        form.expect("SYSBP", "120")
        # Another form of the same visit is open.
        assert ward.open("SCR", "VS").enter("SYSBP", "118").entry.readonly is None


@pytest.mark.requirement("E6-10")
def test_of_a_frozen_form_only_queries_are_answered(desk: Desk, form: ItemKey) -> None:
    with desk("d02") as session:
        session.set_lock(form, FROZEN)
        query = session.raise_query(form, "Which arm?")
    with desk("n07") as session:
        vs = Ward(session, form.subject).open("BL", "VS")
        with pytest.raises(InputRefused) as caught:
            vs.enter("SYSBP", "121", because="typo")
        assert caught.value.code == "locks.refused_frozen"
        assert session.answer_query(query.id, "Left.").state == "Answered"
        assert vs.state.status == FROZEN
    sign(desk, form)  # a signature changes nothing of it
    with desk("d02") as session:
        refused(session, form, FROZEN, "locks.already_frozen")
        refused(session, form, THAWED, "locks.reason_needed", reason=" ")
        session.set_lock(form, THAWED, "the ward found the sheet")
        refused(session, form, THAWED, "locks.nothing_frozen", reason="again")
    with desk("n07") as session:
        assert Ward(session, form.subject).open("BL", "VS").state.status == "signed"


@pytest.mark.requirement("E6-10")
def test_scopes_lie_in_one_another(desk: Desk, locked: ItemKey) -> None:
    """Freezing a visit weakens no lock in it; thawing it leaves the lock; adding forms to it is refused."""
    visit = locked.event_key()
    with desk("d02") as session:
        book = session.lock_book
        session.append([Draft("lock", visit.path(), {"state": FROZEN})])
        assert book.held(locked).state == LOCKED and book.held(locked._replace(form="SV")).state == FROZEN
        session.append([Draft("lock", visit.path(), {"state": THAWED})])
        assert book.held(locked).state == LOCKED and book.held(visit).state == "open"
        session.append([Draft("lock", visit.path(), {"state": LOCKED})])
        session.set_lock(locked, UNLOCKED, "one value", SECOND)
        assert book.held(locked).state == "open" and book.held(visit).state == LOCKED
    with desk("n07") as session:
        with pytest.raises(InputRefused) as caught:
            session.add_form(visit, "RD")
        assert "this visit" in caught.value.in_("en")
        Ward(session, locked.subject).open("BL", "VS").enter("SYSBP", "121", because="typo")


# -- opening again -------------------------------------------------------------------------------------


def test_unlocking_takes_a_second_person_and_a_reason(desk: Desk, locked: ItemKey) -> None:
    own = ("d02", password("d02"))
    with desk("d02") as session:
        refused(session, locked, THAWED, "locks.nothing_frozen", reason="x")
        refused(session, locked, UNLOCKED, "locks.reason_needed", second=SECOND)
        refused(session, locked, UNLOCKED, "locks.second_needed", reason="late result")
        refused(session, locked, UNLOCKED, "store.second_same", reason="late result", second=own)
        nurse = ("n07", password("n07"))
        refused(session, locked, UNLOCKED, "locks.second_role", reason="late result", second=nurse)
        with pytest.raises(LoginRefused):
            session.set_lock(locked, UNLOCKED, "late result", (FOUNDER, "meadow-string-44-copper"))
        assert session.set_lock(locked, UNLOCKED, "late result", SECOND).state == "open"
        assert session.state(locked).status == "signed"
        newest = session.lock_history(locked)[0]
        assert "Wang Fang unlocked" in newest.en and "with Li Na: late result" in newest.en
        assert session.verify().troubles == ()
        same_after_rebuild(session)


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("login", ["n07", "i01"])
def test_who_may_not(desk: Desk, form: ItemKey, login: str) -> None:
    with desk(login) as session:
        for state in (FROZEN, THAWED, LOCKED, UNLOCKED):
            with pytest.raises(PermissionDenied):
                session.set_lock(form, state, "x", SECOND)


# -- records made past the program ---------------------------------------------------------------------


@pytest.mark.requirement("E6-10", "P11-8")
def test_a_lock_made_by_others_is_named(desk: Desk, form: ItemKey) -> None:
    with desk("n07") as session:
        session.vault.journal.append([Draft("lock", form.path(), {"state": LOCKED})], at=session.now())
        report = session.verify()
    assert report.troubles
    assert any("lock" in one.text.en for one in report.troubles if one.code == "not_entitled")


def unlocking(session: Session, key: ItemKey, **second: str) -> Draft:
    content = {
        "state": UNLOCKED,
        "reason": "x",
        "second": {"person": "p" * 32, "sig": "A" * 86 + "==", **second},
    }
    return Draft("lock", key.path(), content)


@pytest.mark.requirement("P11-16")
def test_an_unlocking_that_nobody_else_signed_is_named(desk: Desk, locked: ItemKey) -> None:
    with desk("d02") as session:
        other = next(one.id for one in session.people() if one.login == FOUNDER)
        session.vault.journal.append([unlocking(session, locked, person=other)], at=session.now())
        (trouble,) = session.verify().troubles
        assert trouble.code == "lock_false" and "did not sign" in trouble.text.en


@pytest.mark.requirement("P11-13")
def test_a_second_signature_moved_to_another_form(desk: Desk, locked: ItemKey) -> None:
    with desk("d02") as session:
        session.set_lock(locked, UNLOCKED, "late result", SECOND)
        made = session.lock_book.acts(locked.subject)[-1]
        record = next(one for one in read.history(session.vault.store, locked) if one.id == made.record)
        moved = Draft("lock", locked._replace(form="SV").path(), dict(record.data))
        session.vault.journal.append([moved], at=session.now())
        assert [one.code for one in session.verify().troubles] == ["lock_false"]


def test_no_mark_takes_a_lock_out_of_sight(desk: Desk, locked: ItemKey) -> None:
    with desk(FOUNDER) as session:
        lock = session.lock_book.acts(locked.subject)[-1].record
        review = Draft("review", locked.path(), {}, replaces=(lock,))
        session.vault.journal.append([review], at=session.now())
        session.refresh()
        assert session.held(locked).state == LOCKED


@pytest.mark.parametrize(
    "content",
    [
        {"state": "open"},
        {"state": UNLOCKED},
        {"state": UNLOCKED, "reason": "x"},
        {"state": LOCKED, "reason": 3},
        {"state": LOCKED, "seen": {"a": "1"}},
        {"state": LOCKED, "second": {"person": "a", "sig": "b"}},
        {"state": LOCKED, "until": "2027"},
        {"state": UNLOCKED, "reason": "x", "second": {"person": "a", "sig": "AAAA"}},
        {"state": UNLOCKED, "reason": "x", "second": {"person": "a", "sig": "?"}},
        {"state": UNLOCKED, "reason": "x", "second": {"person": "", "sig": "AAAA"}},
        {"state": UNLOCKED, "reason": "x", "second": "a"},
    ],
)
def test_contents_of_another_shape_are_refused(desk: Desk, form: ItemKey, content: dict[str, object]) -> None:
    with desk("d02") as session:
        with pytest.raises(projection.Unfoldable):
            session.vault.journal.append([Draft("lock", form.path(), content)], at=session.now())
        assert read_locks.lock_acts(session.vault.store, form.subject) == ()
