"""The delegation log: tasks that give rights by days, duties that checks ask for, and every change."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf.crypto import AUTHORITY, SigningKey, Task
from mda5_crf.db import delegations
from mda5_crf.db.delegations import Duty, Sheet, SheetRefused
from mda5_crf.db.records import Draft
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied, StoreError
from mda5_crf.services import accounts
from mda5_crf.services.access import Action, judge
from mda5_crf.services.session import Session
from tests.scenario import Ward
from tests.vaults import FOUNDER, enter, password
from tests.wards import NOW, Clock, built, trial

OWN = password(FOUNDER)
NEW = "harbour-violet-31-candle-maple"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(built(), tmp_path / "ward.mda5"))


@contextmanager
def at(folder: Path, login: str = FOUNDER, now: datetime = NOW) -> Iterator[Session]:
    """A session on a day, the vault's clock too."""
    clock = Clock(now)
    with Session(enter(folder, login, clock), trial(), clock) as session:
        yield session


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    with at(folder) as session:
        yield session


def roles(session: Session, login: str) -> tuple[str, ...]:
    return next(one.roles for one in session.accounts() if one.login == login)


# -- tasks ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-8", "E6-1", "E6-16")
def test_a_task_gives_rights_from_its_first_to_its_last_day(folder: Path) -> None:
    with at(folder) as session:
        session.begin_task("n07", "read_only", "2026-09-05", "2026-09-07", own_password=OWN)
        session.end_task("n07", "data_entry", "2026-09-05", own_password=OWN)
        assert roles(session, "n07") == ("data_entry",)
    held = {}
    clock = Clock()
    with Session(enter(folder, "n07", clock), trial(), clock) as session:
        for day in (0, 3, 4, 5, 6, 7):
            clock.now = NOW + timedelta(days=day)
            held[day] = roles(session, "n07")
    assert held == {
        0: ("data_entry",), 3: ("data_entry",), 4: ("data_entry", "read_only"),
        5: ("read_only",), 6: ("read_only",), 7: (),
    }  # fmt: skip


def test_the_session_of_a_person_follows_the_days(folder: Path) -> None:
    """The present day counts at the log-in, not the newest certificate's list."""
    with at(folder, now=datetime.now(NOW.tzinfo)) as session:
        session.begin_task("n07", "monitor", "2099-01-01", own_password=OWN)
    with at(folder, "n07") as session:
        assert session.person.roles == ("data_entry",)
        with pytest.raises(PermissionDenied):
            session.require(Action.VERIFY)


@pytest.mark.requirement("E6-1")
def test_a_change_of_role_is_a_certificate_alone(session: Session) -> None:
    before = session.vault.register()
    old = before.of_login("n07")
    assert old is not None
    generation = session.vault.meta.gen
    session.begin_task("n07", "read_only", own_password=OWN)
    new = session.vault.register().of_login("n07")
    assert new is not None
    assert (new.box, new.author, new.sign) == (old.box, old.author, old.sign)
    assert (new.serial, new.by, session.vault.meta.gen) == (old.serial + 1, session.person.id, generation)
    assert not session.verify().troubles


def test_what_was_written_keeps_the_right_of_its_day(folder: Path) -> None:
    with at(folder, "n07") as session:
        Ward(session).enrol().open("BL", "VS").enter("VSPERF", "Y")
    with at(folder) as session:
        session.end_task("n07", "data_entry", "2026-09-01", own_password=OWN)
        assert not session.verify().troubles


@pytest.mark.requirement("P11-8")
def test_nobody_becomes_a_principal_investigator_unasked(folder: Path) -> None:
    """The authority signs for a monitor; what it signs for an investigator makes a principal one."""
    with at(folder) as session:
        session.begin_task("n07", "monitor", own_password=OWN)
        with pytest.raises(InputRefused, match="principal_unasked"):
            session.begin_task("n07", "investigator", own_password=OWN)
        assert not session.verify().troubles


def test_ended_now_is_ended(folder: Path) -> None:
    with at(folder) as session:
        session.begin_task("n07", "read_only", own_password=OWN)
        account = session.end_task("n07", "data_entry", own_password=OWN)
        assert account.tasks == (Task("read_only", "2026-09-01"),)
    with at(folder, "n07") as session, pytest.raises(PermissionDenied):
        session.enrol()


@pytest.mark.requirement("P11-8")
def test_a_task_that_ends_on_its_first_day_is_ended(folder: Path) -> None:
    """Whom the authority made a monitor it alone certifies anew, for the roles of a site too: an end that the
    principal investigator signed would count nowhere, and the right would stay.
    """
    with at(folder) as session:
        session.begin_task("n07", "monitor", own_password=OWN)
        session.end_task("n07", "monitor", own_password=OWN)
        assert roles(session, "n07") == ("data_entry",) and not session.verify().troubles
        session.end_task("n07", "data_entry", (NOW + timedelta(days=3)).date().isoformat(), own_password=OWN)
        session.reset_person("n07", NEW, own_password=OWN, second=("a03", password("a03")))
        assert not session.verify().troubles
        # Nor does an ended task make somebody a keeper: an investigator so certified would be a principal.
        with pytest.raises(PermissionDenied, match="login_not_certifier"):
            session.begin_task("n07", "investigator", own_password=OWN)
        assert not session.verify().troubles


def test_days_that_do_not_do(session: Session) -> None:
    before = session.vault.journal.heads()
    for start, end, code in (
        ("2026-08-31", "", "people.task_past"),
        ("2026-09-10", "2026-09-09", "people.days_order"),
        ("1.9.2026", "", "people.day_form"),
        ("2026-02-30", "", "people.day_form"),
        ("", "soon", "people.day_form"),
    ):
        with pytest.raises(InputRefused) as refused:
            session.begin_task("n07", "read_only", start, end, own_password=OWN)
        assert refused.value.code == code
    assert session.vault.journal.heads() == before


def test_tasks_that_do_not_do(session: Session) -> None:
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: session.begin_task("n07", "data_entry", own_password=OWN), "people.task_there"),
        (lambda: session.begin_task("n07", "chief", own_password=OWN), "entry.unknown_role"),
        (lambda: session.begin_task("zz", "monitor", own_password=OWN), "entry.unknown_login"),
        (lambda: session.end_task("n07", "monitor", own_password=OWN), "people.task_none"),
        (lambda: session.end_task("n07", "data_entry", own_password=OWN), "people.task_last"),
        (lambda: session.end_task("n07", "data_entry", "2026-08-30", own_password=OWN), "people.end_past"),
        (lambda: session.begin_task(FOUNDER, "monitor", own_password=OWN), "people.tasks_own"),
        (lambda: session.begin_task("n07", "read_only", own_password="wrong one"), "store.password_wrong"),
    ]
    before = session.vault.journal.heads()
    for act, code in cases:
        with pytest.raises(CrfError) as refused:
            act()
        assert refused.value.code == code
    assert session.vault.journal.heads() == before


def test_an_administrator_gets_the_key_with_a_data_role_and_loses_it_with_its_end(folder: Path) -> None:
    with at(folder) as session:
        generation = session.vault.meta.gen
        session.begin_task("a03", "read_only", own_password=OWN)
        assert next(one for one in session.accounts() if one.login == "a03").holds_key
    with at(folder, "a03") as session:
        assert session.person.roles == ("administrator", "read_only")
    with at(folder) as session:
        account = session.end_task("a03", "read_only", own_password=OWN)
        assert not account.holds_key
        assert session.vault.meta.gen == generation + 1
        assert not session.verify().troubles
    with pytest.raises(StoreError) as refused:
        enter(folder, "a03")
    assert refused.value.code == "store.key_no_grant"


def test_a_grant_goes_to_the_keys_of_the_record_alone(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who can write the folder must not get the database key by putting own public keys into a slot."""
    file = session.vault._unlocked.file
    ours, theirs = file.slot_of("a03"), file.slot_of("n07")
    assert ours is not None and theirs is not None
    session.vault._unlocked.file = file.without("a03").with_slot(replace(ours, public=theirs.public))
    with pytest.raises(StoreError) as refused:
        session.begin_task("a03", "read_only", own_password=OWN)
    assert refused.value.code == "people.keys_swapped"


# -- duties --------------------------------------------------------------------------------------------


def consent(ward: Ward, by: str) -> list[str]:
    """The checks that fire on a consent obtained by ``by`` on 2026-08-20."""
    form = ward.open("SCR", "IC").enter_all(RFICDAT="2026-08-20", ICOBTBY=by)
    return [one.check for one in form.findings()]


@pytest.mark.requirement("FDA-6", "FDA-15", "E6-1", "E6-16")
def test_ic_05_asks_the_delegation_log_of_a_real_vault(folder: Path) -> None:
    with at(folder) as session:
        ward = Ward(session).enrol()
        assert "IC-05" not in consent(ward, "INV02")  # no list: unknown
        session.begin_duty("INV02", "CONSENT", "2026-08-01", "2026-08-31", "王医生", own_password=OWN)
        session.begin_duty("NUR1", "CDASI", "2026-08-01", "", "李护士", own_password=OWN)
    with at(folder) as session:
        ward = Ward(session, session.subjects()[0].identity)
        assert "IC-05" not in consent(ward, "INV02")
        assert "IC-05" not in consent(ward, "inv02")  # as codes are typed
        assert "IC-05" in consent(ward, "NUR1")
        session.end_duty("INV02", "CONSENT", "2026-08-19", own_password=OWN)
        assert "IC-05" in consent(ward, "INV02")  # at once, in the same session
        assert not session.verify().troubles


def test_duties_that_do_not_do(session: Session) -> None:
    session.begin_duty("n07", "MMT", "2026-09-01", own_password=OWN)
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: session.begin_duty("INV02", "MMT", own_password=OWN), "people.name_needed"),
        (lambda: session.begin_duty("Dr. 王", "MMT", name="王", own_password=OWN), "people.code_form"),
        (
            lambda: session.begin_duty("INV02", "taste wine", name="W", own_password=OWN),
            "people.form_of_duty",
        ),
        (
            lambda: session.begin_duty("INV02", "MMT", name="W\u202e", own_password=OWN),
            "store.login_name_form",
        ),
        (lambda: session.begin_duty("N07", "MMT", "2026-10-01", own_password=OWN), "people.task_there"),
        (lambda: session.end_duty("n07", "CDASI", own_password=OWN), "people.task_none"),
        (lambda: session.end_duty("n07", "MMT", "2026-08-01", own_password=OWN), "people.days_order"),
        (lambda: session.begin_duty("n07", "CDASI", own_password="x"), "store.password_wrong"),
    ]
    before = session.vault.journal.heads()
    for act, code in cases:
        with pytest.raises(CrfError) as refused:
            act()
        assert refused.value.code == code
    assert session.vault.journal.heads() == before


def forged(session: Session, sheet: Sheet) -> list[str]:
    """What verify finds after ``sheet`` was written past the program."""
    session.vault.journal.append([sheet.draft()], at=session.now())
    return [one.code for one in session.verify().troubles]


def sheet_of(session: Session, **changed: object) -> Sheet:
    meta = session.vault.meta
    duties = (Duty("CONSENT", "2026-01-01"),)
    return replace(Sheet(meta.study, meta.site, meta.vault, "INV02", "W", duties, 1), **changed)  # type: ignore[arg-type]


@pytest.mark.requirement("E6-1")
def test_a_sheet_that_no_keeper_signed_is_named(folder: Path) -> None:
    with at(folder, "n07") as session:
        signer = session.vault._signer(password("n07"))
        own = sheet_of(session).signed(signer.sign)
        assert "delegation_false" in forged(session, own)


def test_a_sheet_for_another_vault_or_edited_is_named(session: Session) -> None:
    signer = session.vault._signer(OWN)
    assert not forged(session, sheet_of(session).signed(signer.sign))
    signed = sheet_of(session).signed(signer.sign)
    edited = replace(signed, duties=(Duty("CONSENT", "2020-01-01"),), serial=2)
    assert forged(session, edited) == ["delegation_false"]
    other = sheet_of(session, vault="ab" * 16, serial=3).signed(signer.sign)
    assert forged(session, other) == ["delegation_false", "delegation_false"]


def test_an_old_sheet_recorded_again_gives_no_duty_back(session: Session) -> None:
    session.begin_duty("n07", "CONSENT", "2026-01-01", own_password=OWN)
    (first,) = delegations.sheets(session.vault.store)
    session.end_duty("n07", "CONSENT", "2026-02-01", own_password=OWN)
    session.vault.journal.append([first.sheet.draft()], at=session.now())
    (sheet,) = session.duty_sheets()
    assert [one.end for one in sheet.duties] == ["2026-02-01"]


CHANGES: list[dict[str, object]] = [
    {"code": "x"}, {"name": ""}, {"serial": 0}, {"serial": True}, {"duties": []}, {"study": 1},
    {"duties": [{"duty": "CONSENT", "from": "2026-02-30", "to": ""}]},
    {"duties": [{"duty": "consent", "from": "2026-02-01", "to": ""}]},
    {"duties": [{"duty": "CONSENT", "from": "2026-02-01"}]},
    {"duties": [{"duty": "CONSENT", "from": 1, "to": ""}]},
    {"more": ""},
]  # fmt: skip


def test_content_of_another_shape_is_refused() -> None:
    plain = Sheet("S", "01", "ab" * 16, "INV02", "W", (Duty("CONSENT", "2026-01-01"),), 1)
    content = plain.signed(SigningKey.generate()).draft().content
    assert Sheet.read(content).code == "INV02"
    broken = [{**content, "delegation": {**content["delegation"], **change}} for change in CHANGES]
    broken += [{}, {**content, "sig": 1}, {**content, "sig": "?"}, {**content, "delegation": []}]
    for one in broken:
        with pytest.raises(SheetRefused):
            Sheet.read(one)


def test_who_may_not_manage_users_may_not_record_a_sheet() -> None:
    assert judge("delegation", {}, ["data_entry"]) is not None
    assert judge("delegation", {}, ["investigator"]) is None


# -- accounts, history, what is said -------------------------------------------------------------------


@pytest.mark.requirement("FDA-6", "E6-16")
def test_the_history_tells_every_change(session: Session) -> None:
    session.begin_task("n07", "read_only", own_password=OWN)
    session.begin_duty("n07", "CONSENT", own_password=OWN)
    session.reset_person("n07", NEW, own_password=OWN, second=("d02", password("d02")))
    session.disable_person("n07", own_password=OWN, reason="left the ward")
    said = [event.what.en for event in session.account_history("n07")]
    assert said[0].startswith("tasks data entry 2026-09-01 – open")
    assert said[1] == "account opened"
    assert said[2].startswith("tasks changed: data entry")
    assert said[3].startswith("duties obtain informed consent")
    assert said[4].startswith("new keys")
    assert said[5] == "password reset, with Wang Fang (d02) as second person"
    assert said[6] == "account ended: left the ward"
    assert len(said) == 7
    whole = [event.what.en for event in session.account_history()]
    assert "database key renewed: a person was removed" in whole
    assert {event.by for event in session.account_history()} == {"Li Na (i01)"}


@pytest.mark.requirement("P11-14")
def test_a_log_in_is_never_given_to_anybody_else(session: Session) -> None:
    session.disable_person("n07", own_password=OWN)
    with pytest.raises(InputRefused) as refused:
        session.add_person("n07", "Somebody Else", "data_entry", NEW, own_password=OWN)
    assert refused.value.code == "store.login_taken"


@pytest.mark.requirement("P11-16", "P11-17")
def test_a_reset_takes_a_second_person_who_stands_in_the_table(session: Session) -> None:
    for second, code in (
        (("n07", password("n07")), "store.second_same"),
        ((FOUNDER, OWN), "store.second_same"),
    ):
        with pytest.raises(InputRefused) as refused:
            session.reset_person("n07", NEW, own_password=OWN, second=second)
        assert refused.value.code == code
    with pytest.raises(PermissionDenied) as denied:
        session.reset_person("d02", NEW, own_password=OWN, second=("n07", password("n07")))
    assert denied.value.code == "people.second_denied"
    with pytest.raises(LoginRefused):
        session.reset_person("n07", NEW, own_password=OWN, second=("d02", "wrong one entirely"))
    assert session.second_person(("a03", password("a03"))).login == "a03"
    with pytest.raises(PermissionDenied):
        session.second_person(("a03", password("a03")), Action.SIGN)


@pytest.mark.requirement("P11-17", "FDA-7")
def test_failures_are_told_to_who_manages_accounts(folder: Path) -> None:
    with at(folder) as session:
        for login in ("n07", "n07", "n07", "d02"):
            session.vault._attempts.failed(login)
    with at(folder) as session:
        session.append([Draft("login", "", session.vault.login_content())])
        session.vault.login_recorded()
        said = [text.en for text in session.account_notices()]
        assert said == [
            "Failed log-ins for d02 since 2026-09-01 10:00: 1",
            "Failed log-ins for n07 since 2026-09-01 10:00: 3",
        ]
        account = next(one for one in session.accounts() if one.login == "n07")
        assert account.failures == 3
    with at(folder, "n07") as session:  # who it is about hears it as well, and of nobody else
        assert sum("Failed" in text.en for text in session.account_notices()) == 1


@pytest.mark.requirement("P11-17")
def test_a_password_from_another_is_changed_before_anything_is_signed(folder: Path) -> None:
    with at(folder) as session:
        session.add_person("i02", "Sun Li", "investigator", NEW, own_password=OWN)
        assert session.password_due is None  # the own one
        subject = session.enrol().identity
    clock = Clock()
    with Session.open(folder, "i02", NEW, clock=clock) as session:
        due = session.password_due
        assert due is not None and due.given
        assert session.account_notices()[0] == due.text
        key = session.tree(subject)[0].forms[0].key
        with pytest.raises(PermissionDenied) as refused:
            session.sign(key, "REVIEWED", NEW, "i02")
        assert refused.value.code == "people.due_given"
        session.change_password(f"{NEW}-own", own_password=NEW)
        assert session.password_due is None
        with pytest.raises(InputRefused):  # now only because it is not complete
            session.sign(key, "REVIEWED", f"{NEW}-own", "i02")
        account = next(one for one in session.accounts() if one.login == "i02")
        assert not account.given


@pytest.mark.requirement("P11-17")
def test_a_password_grows_old_where_the_study_says_so(folder: Path) -> None:
    with at(folder, now=NOW + timedelta(days=90)) as session:
        assert session.password_due is None  # off, unless the definition says so
        settings = {**session.definition.settings, accounts.AGEING: "90"}
        session.definition = replace(session.definition, settings=settings)
        due = session.password_due
        assert due is not None and not due.given
        assert "2026-09-01" in due.text.en and "90" in due.text.zh
        with pytest.raises(PermissionDenied):
            session.require_own_password()
        session.change_password(NEW, own_password=OWN)
        assert session.password_due is None
        session.definition = replace(session.definition, settings={**settings, accounts.AGEING: "often"})
        assert accounts.ageing(session) == 0


def test_a_password_that_cannot_be_recorded_is_not_changed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("store.disk_full", place="ward")

    monkeypatch.setattr(session.vault.journal, "append", full)
    with pytest.raises(StoreError):
        session.change_password(NEW, own_password=OWN)
    monkeypatch.undo()
    session.change_password(NEW, own_password=OWN)  # the old one still counts


@pytest.mark.requirement("E6-16")
def test_the_hand_over_is_offered_until_it_is_done(tmp_path: Path) -> None:
    from mda5_crf.db.vault import create_vault, open_vault

    folder, first, study = tmp_path / "w.mda5", password("a03"), trial()
    with create_vault(
        folder, study_oid=study.oid, definition=(study.hash, study.source), site="01", name="W",
        person=("a03", "Chen Jie", "administrator"), password=first, clock=lambda: NOW,
    ) as vault:  # fmt: skip
        vault.add_person(FOUNDER, "Li Na", "investigator", OWN, signer_password=first, principal=True)
    with Session(open_vault(folder, FOUNDER, OWN), study, Clock()) as session:
        assert [one.login for one in session.hand_over_offer()] == ["a03"]
        assert any("Chen Jie" in text.en for text in session.account_notices())
        session.hand_over("a03", own_password=OWN)
        assert session.hand_over_offer() == ()
        own = next(one for one in session.accounts() if one.login == FOUNDER)
        assert own.principal and own.signed_by == ""
        assert session.vault.certificate.by == AUTHORITY
