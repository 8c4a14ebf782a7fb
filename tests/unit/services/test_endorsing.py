"""Answers that an investigator decides: who waits, what an endorsement covers, and what opens it again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from mda5_crf.db import projection, read
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.services.worklist import Group
from tests.commandline import remembered_keys
from tests.scenario import OpenForm, Ward
from tests.signward import built_signing, eligible, signing_session, vitals
from tests.vaults import FOUNDER, password
from tests.wards import Clock, session_at

Desk = Callable[[str], AbstractContextManager[Session]]


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The ward's PC in the hands of somebody."""
    folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    clock = Clock()

    @contextmanager
    def sit_down(login: str) -> Iterator[Session]:
        with signing_session(folder, login, clock) as session:
            yield session

    return sit_down


@pytest.fixture
def answer(desk: Desk) -> ItemKey:
    """Eligibility as a nurse transcribed it; the form is complete."""
    with desk("n07") as session:
        return eligible(Ward(session).enrol()).key("IEYN")


def open_form(session: Session, key: ItemKey) -> OpenForm:
    return Ward(session, key.subject).open(key.event, key.form)


def tasks(session: Session) -> int:
    return len(session.work_list().of(Group.JUDGEMENT))


@pytest.mark.requirement("E6-17", "EMA-9")
def test_a_transcribed_judgement_waits_until_it_is_endorsed(desk: Desk, answer: ItemKey) -> None:
    with desk(FOUNDER) as session:
        assert tasks(session) == 1
        (one,) = session.judgements()
        assert (one.key, one.person, one.origin) == (answer, "Zhang Wei", "")
        assert one.value.en == "Yes" and "是" in one.value.zh and one.label.en == "All criteria met?"
        assert session.endorse([one]) == 1
        assert session.judgements() == () and tasks(session) == 0
        assert session.verify().troubles == ()
        with session.vault.store.transaction() as tx:
            before = projection.dump(tx)
            assert projection.rebuild(tx) == [] and projection.dump(tx) == before
    with desk("n07") as session:  # a later change by somebody else waits again
        open_form(session, answer).enter("ENROLYN", "N", because="typo").enter("IEYN", "N", because="typo")
        (one,) = session.judgements(answer.subject)
        assert one.value.en == "No" and tasks(session) == 1
    with desk(FOUNDER) as session:  # an investigator's own entry needs no endorsement
        open_form(session, answer).enter("IEYN", "Y", because="checked")
        assert session.judgements() == () and tasks(session) == 0


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("login", ["n07", "d02"])
def test_only_investigators_endorse(desk: Desk, answer: ItemKey, login: str) -> None:
    with desk(login) as session:
        listed = session.judgements()
        assert [one.key for one in listed] == [answer]
        with pytest.raises(PermissionDenied):
            session.endorse(listed)


def test_what_changed_since_it_was_shown_is_not_endorsed(desk: Desk, answer: ItemKey) -> None:
    with desk(FOUNDER) as session:
        shown = session.judgements()
        open_form(session, answer).enter("ENROLYN", "N", because="typo").enter("IEYN", "N", because="typo")
        with pytest.raises(InputRefused) as caught:
            session.endorse(shown)
        assert caught.value.code == "endorse.changed" and "All criteria met?" in caught.value.in_("en")


def test_two_answers_are_decided_first(desk: Desk, answer: ItemKey) -> None:
    with desk("n07") as session:
        session.append([Draft("value", answer.path(), {"text": "N"})])
    with desk(FOUNDER) as session:
        with pytest.raises(InputRefused) as caught:
            session.endorse(session.judgements())
        assert caught.value.code == "endorse.conflict"


def test_of_another_site(desk: Desk, answer: ItemKey, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(FOUNDER) as session:
        shown = session.judgements()
        monkeypatch.setattr(session.cache(answer.subject).data, "site", "02")
        with pytest.raises(InputRefused) as caught:
            session.endorse(shown)
        assert caught.value.code == "endorse.other_site"


@pytest.mark.requirement("E6-17")
def test_a_signature_covers_it_as_long_as_it_counts(desk: Desk, answer: ItemKey) -> None:
    with desk(FOUNDER) as session:
        (offer,) = [one for one in session.sign_candidates() if one.key == answer.form_key()]
        assert offer.answers == 1 and offer.possible
        session.sign(answer.form_key(), "ELIGIBILITY", password(FOUNDER), FOUNDER)
        assert session.judgements() == () and tasks(session) == 0
    with desk("n07") as session:  # another value of the form changes: the signature is void
        open_form(session, answer).enter("IEDAT", "2026-08-20", because="typo")
        assert [one.key for one in session.judgements()] == [answer] and tasks(session) == 1


@pytest.mark.requirement("P11-7")
def test_it_is_endorsed_before_the_form_is_locked(desk: Desk, answer: ItemKey) -> None:
    with desk("d02") as session:
        session.study.settings["sign_before_lock"] = "VS"  # type: ignore[index]
        try:
            with pytest.raises(InputRefused) as caught:
                session.set_lock(answer.form_key(), "locked")
            assert "1 answers wait" in caught.value.in_("en")
        finally:
            del session.study.settings["sign_before_lock"]  # type: ignore[attr-defined]


# -- endorsements made past the program ----------------------------------------------------------------


@pytest.mark.requirement("P11-8", "E6-17")
def test_an_endorsement_by_somebody_else_counts_for_nothing_and_is_named(desk: Desk, answer: ItemKey) -> None:
    with desk("n07") as session:
        (one,) = session.judgements()
        forged = Draft("endorse", answer.path(), {"records": sorted(one.records)})
        session.vault.journal.append([forged], at=session.now())
        session.refresh()
        assert [two.key for two in session.judgements()] == [answer]
        (trouble,) = session.verify().troubles
        assert trouble.code == "not_entitled" and "endorse" in trouble.text.en


@pytest.mark.requirement("P11-13")
def test_an_endorsement_moved_to_another_answer_counts_for_nothing(desk: Desk, answer: ItemKey) -> None:
    with desk(FOUNDER) as session:
        session.endorse(session.judgements())
        (made,) = [one for one in read.history(session.vault.store, answer) if one.kind == "endorse"]
    with desk("n07") as session:
        other = eligible(Ward(session).enrol()).key("IEYN")
    with desk(FOUNDER) as session:
        session.append([Draft("endorse", other.path(), dict(made.data))])
        assert [one.key for one in session.judgements()] == [other]


@pytest.mark.parametrize(
    "content", [{}, {"records": []}, {"records": "a:1"}, {"records": ["x"]}, {"records": [1]}]
)
def test_contents_of_another_shape_are_refused(
    desk: Desk, answer: ItemKey, content: dict[str, object]
) -> None:
    with desk(FOUNDER) as session, pytest.raises(projection.Unfoldable):
        session.vault.journal.append([Draft("endorse", answer.path(), content)], at=session.now())


# -- signing many at once ------------------------------------------------------------------------------


@pytest.mark.requirement("EMA-9", "P11-12", "P11-15")
def test_a_batch_signs_by_one_act_and_falls_one_by_one(desk: Desk) -> None:
    with desk("n07") as session:
        ward = Ward(session).enrol()
        bl, scr = vitals(ward).entry.key, vitals(ward, "SCR").entry.key
        begun = ward.open("BL", "SV").enter("DOSE", "2").entry.key
    with desk(FOUNDER) as session:
        book = {one.key: one for one in session.sign_candidates(bl.subject)}
        assert book[bl].possible and book[scr].possible and not book[begun].possible
        assert "not complete" in book[begun].obstacle.en  # type: ignore[union-attr]
        assert not book[ItemKey(bl.subject)].possible and not book[bl.event_key()].possible
        first, second = session.sign_many([bl, scr], "REVIEWED", password(FOUNDER), FOUNDER)
        assert first.key == bl and second.key == scr and first.counts and second.counts
        assert first.person == "Li Na" and "2026-09-01 10:00 +08:00" in first.text.en
        # The log-in was asked for once in this sitting; the password each time.
        assert not session.signing_offer(begun).needs_login
        with pytest.raises(InputRefused) as caught:
            session.sign_many([bl, begun], "REVIEWED", password(FOUNDER))
        assert caught.value.code == "signing.not_complete"
        assert session.verify().troubles == ()
    with desk("n07") as session:
        open_form(session, bl).enter("SYSBP", "121", because="typo")
        assert [session.signatures(key)[0].state for key in (bl, scr)] == ["void", "valid"]
        (note,) = session.signatures(bl)[0].notes
        assert note.en == "Baseline · Vital signs: Systolic: 120 mmHg when signed, 121 mmHg now"


@pytest.mark.requirement("EMA-9", "E6-17")
def test_a_casebook_is_signed_at_a_milestone(desk: Desk, answer: ItemKey) -> None:
    subject = ItemKey(answer.subject)
    with desk(FOUNDER) as session:
        ward = Ward(session, answer.subject)
        assert session.signing_offer(subject).obstacle is None  # what has not begun is no hindrance
        begun = ward.open("SCR", "VS").enter("DIABP", "80")
        assert session.signing_offer(subject).obstacle is not None
        begun.enter("SYSBP", "120").expect_done()
        info = session.sign(subject, "APPROVED", password(FOUNDER), FOUNDER)
        assert info.counts and session.signatures(begun.entry.key)[0].record == info.record
        assert begun.state.status == "signed"
        # Eligibility is confirmed by its own meaning alone.
        assert ward.open("SCR", "IE").state.status == "complete"
        open_form(session, answer).enter("IEDAT", "2026-08-20", because="typo")
        assert session.signatures(subject)[0].state == "void"


def test_what_a_batch_cannot_be(desk: Desk, answer: ItemKey) -> None:
    with desk(FOUNDER) as session:
        for keys, code in (
            ((), "signing.nothing_chosen"),
            ([ItemKey("a:1", str(n)) for n in range(601)], "signing.too_many"),
        ):
            with pytest.raises(InputRefused) as caught:
                session.sign_many(keys, "REVIEWED", password(FOUNDER), FOUNDER)
            assert caught.value.code == code


# -- the rest of a panel -------------------------------------------------------------------------------


@pytest.fixture
def abnormal(ward_folder: Path) -> tuple[Path, ItemKey]:
    """A laboratory sheet with two results outside their limits."""
    with session_at(ward_folder, "n07") as session:
        form = Ward(session).enrol().open("BL", "LBC")
        form.enter("LBPERF", "Y")
        for code in ("ALT", "AST"):
            form.enter(f"{code}_LBORRES", "90").enter(f"{code}_LBORNRLO", "5").enter(f"{code}_LBORNRHI", "40")
        return ward_folder, form.key("ALT_LBCLSIG")


def test_the_rest_is_judged_by_an_investigator_alone(abnormal: tuple[Path, ItemKey]) -> None:
    folder, key = abnormal
    with session_at(folder, "n07") as session:
        offer = session.entry(key.form_key()).rest_offer(key.group)
        assert len(offer.judged) == 2 and not [one for one, _ in offer.cells if one.item == key.item]
        assert offer.own == ()
    with session_at(folder, FOUNDER) as session:
        entry = session.entry(key.form_key())
        offer = entry.rest_offer(key.group)
        assert offer.judged == () and [(one.item, value.text) for one, value in offer.own] == [
            ("ALT_LBCLSIG", "NCS"),
            ("AST_LBCLSIG", "NCS"),
        ]
        entry.rest(offer)
        assert session.judgements(key.subject) == ()
        stored = session.data(key.subject).get(key)
        assert stored is not None and stored.text == "NCS"
