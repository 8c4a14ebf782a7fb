"""The identification list: names stand in one file, under a key of its own, for those who were given it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mda5_crf.crypto import random_bytes
from mda5_crf.db import peopledb
from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.openvault import OpenVault
from mda5_crf.db.peopledb import FILE_NAME, NEW_NAME, PeopleFile, identities_files
from mda5_crf.db.rows import ALL, row_record
from mda5_crf.db.verify import verify
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied, StoreError
from mda5_crf.jobs.identitypages import print_list
from mda5_crf.services import identities
from mda5_crf.services.access import Action, Role, can
from mda5_crf.services.identities import IdentityList, identity_in_free_text
from mda5_crf.services.session import Session
from tests.commandline import remembered_keys
from tests.pdftext import solid, text_of
from tests.vaults import password
from tests.wards import session_at, ward_folder

__all__ = ["ward_folder"]

PLANTED = {
    "name": "欧阳丽华",
    "initials": "OYLH",
    "hospital": "ZY00873321",
    "phone": "13871234567",
    "idno": "11010519491231002X",
    "note": "侄女陪同",
}


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    with remembered_keys():
        yield


def _open(session: Session) -> IdentityList:
    return IdentityList(session, password(session.person.login))


def _begun(session: Session) -> tuple[IdentityList, str]:
    """A list with one planted person; returns it and the participant's identity."""
    subject = session.enrol().identity
    opened = _open(session)
    opened.set(subject, PLANTED)
    return opened, subject


def _grant(session: Session, login: str) -> None:
    identities.grant(session, login, own_password=password(session.person.login))


def _code(refused: pytest.ExceptionInfo[CrfError]) -> str:
    return refused.value.code


@pytest.mark.requirement("PIPL-8", "PIPL-1")
def test_planted_names_are_in_no_other_file(ward_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the vault, its logs, keys, backups; not in the journal; nor in the clear in its own file."""
    with session_at(ward_folder) as session:
        opened, _ = _begun(session)
        printed = print_list(session, opened, "codes", "both")
        session.renew_key("lost", own_password=password("i01"))
        with session.vault.store.read() as tx:
            records = [row_record(row) for row in tx.each(ALL, {})]
        written = [f for f in ward_folder.rglob("*") if f.is_file()]
        for record in records:
            content = (record.content or b"").decode("utf-8")
            assert not any(text in content for text in PLANTED.values())
        (made,) = [r for r in records if r.kind == "print"]
        assert made.data["what"] == "identities-codes"
        assert made.data["pages"] == printed.pages
        for path in written:
            data = path.read_bytes()
            for text in PLANTED.values():
                assert text.encode() not in data
                assert text.encode("utf-16-le") not in data
    assert not any(text in caplog.text for text in PLANTED.values())
    assert [path.name for path in identities_files(ward_folder)] == [FILE_NAME]


def test_wrong_password_and_no_grant(ward_folder: Path) -> None:
    """The password is asked once more, and counted; a key holder without a grant does not open it."""
    with session_at(ward_folder) as session:
        _begun(session)[0].close()
        with pytest.raises(LoginRefused):
            IdentityList(session, "not-the-password-12")
    assert "attempts" in str(list(ward_folder.iterdir()))
    with session_at(ward_folder, "n07") as session:
        with pytest.raises(PermissionDenied) as refused:
            _open(session)
        assert _code(refused) == "identities.no_grant"
        # Whoever opens study.db with its key has not the other one.
        with pytest.raises(StoreError) as wrong:
            PeopleFile.open(
                ward_folder / FILE_NAME, bytes(session.vault._unlocked.database_key), session.vault.meta.vault
            )
        assert _code(wrong) == "store.not_readable"
    for login in ("d02", "a03"):
        slot = read_keys(ward_folder).slot_of(login)
        assert slot is not None
        assert not [grant for grant in slot.grants if grant.key == "people"]


@pytest.mark.requirement("P11-8", "PIPL-4")
def test_rights(ward_folder: Path) -> None:
    """A data manager neither sees nor is given the list; a nurse sees it when a keeper gave it to her."""
    with session_at(ward_folder, "n07") as session, pytest.raises(InputRefused) as none:
        _open(session)
    assert _code(none) == "identities.none_yet"
    with session_at(ward_folder) as session:
        _, subject = _begun(session)
        for login in ("d02", "a03"):
            with pytest.raises(InputRefused) as refused:
                _grant(session, login)
            assert _code(refused) == "identities.grant_role"
        with pytest.raises(InputRefused):
            _grant(session, "nobody")
        _grant(session, "n07")
        with pytest.raises(InputRefused):
            _grant(session, "n07")
    with session_at(ward_folder, "d02") as session, pytest.raises(PermissionDenied):
        _open(session)
    with session_at(ward_folder, "n07") as session:
        opened = _open(session)
        assert opened.get(subject).name == PLANTED["name"]
        with pytest.raises(PermissionDenied):
            _grant(session, "a03")
        assert session.verify().troubles == ()


def test_revoked_and_removed_people_open_nothing_newer(ward_folder: Path) -> None:
    """Whoever loses the key, or the account, holds one that opens no file written from then on."""
    with session_at(ward_folder) as session:
        _begun(session)
        _grant(session, "n07")
    with session_at(ward_folder, "n07") as session:
        _, stolen, file = session.vault._open_people()
        file.close()
    with session_at(ward_folder) as session:
        identities.revoke(session, "n07", own_password=password("i01"))
        assert identities.holders(session) == ("i01",)
        with pytest.raises(StoreError):
            PeopleFile.open(ward_folder / FILE_NAME, stolen, session.vault.meta.vault)
        with pytest.raises(InputRefused):
            identities.revoke(session, "i01", own_password=password("i01"))
        _grant(session, "n07")
        _, second, file = session.vault._open_people()
        file.close()
        session.disable_person("n07", own_password=password("i01"))
        with pytest.raises(StoreError):
            PeopleFile.open(ward_folder / FILE_NAME, second, session.vault.meta.vault)
        assert _open(session).rows()[0].name == PLANTED["name"]


def test_keeper_without_the_list_leaves_the_renewal_to_one_who_has_it(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        _begun(session)
    before = (ward_folder / FILE_NAME).read_bytes()[:16]
    with session_at(ward_folder, "d02") as session:
        session.renew_key("lost", own_password=password("d02"))
        assert session.vault.identities_due
        assert session.verify().troubles == ()
    with session_at(ward_folder) as session:
        opened = _open(session)
        assert opened.rows()[0].name == PLANTED["name"]
        assert not session.vault.identities_due
    assert (ward_folder / FILE_NAME).read_bytes()[:16] != before


def test_substituted_list_is_refused(ward_folder: Path) -> None:
    """A file under a key of one's own: nobody's grant opens it."""
    with session_at(ward_folder) as session:
        _begun(session)
        vault = session.vault.meta.vault
    (ward_folder / FILE_NAME).unlink()
    PeopleFile.create(ward_folder / FILE_NAME, random_bytes(32), vault, 1).close()
    with session_at(ward_folder) as session, pytest.raises(StoreError) as refused:
        _open(session)
    assert _code(refused) == "identities.key_does_not_fit"
    (ward_folder / FILE_NAME).write_bytes(b"x" * 100)
    with session_at(ward_folder) as session, pytest.raises(StoreError):
        _open(session)


@pytest.mark.parametrize("step", ["copy_under", "move_in", "_settle_people"])
@pytest.mark.parametrize("after", [False, True])
def test_kill_during_the_renewal(ward_folder: Path, step: str, after: bool) -> None:
    """Killed before or after each step: the list opens, with everything that was in it."""
    with session_at(ward_folder) as session:
        opened, subject = _begun(session)
        opened.close()
    child = os.fork()
    if not child:
        _renew_and_die(ward_folder, step, after)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    with session_at(ward_folder) as session:
        opened = _open(session)
        assert opened.get(subject).name == PLANTED["name"]
        assert not (ward_folder / NEW_NAME).exists()
        assert len(session.vault._generations()) == 1


def _renew_and_die(folder: Path, step: str, after: bool) -> None:
    owner = {"copy_under": PeopleFile, "move_in": peopledb, "_settle_people": OpenVault}[step]
    real: Callable[..., object] = getattr(owner, step)

    def deadly(*args: object, **facts: object) -> None:
        if after:
            real(*args, **facts)
        os.kill(os.getpid(), signal.SIGKILL)

    try:
        with session_at(folder) as session:
            setattr(owner, step, deadly)
            session.vault._renew_people(session.vault._signer(password("i01")), session.vault.register())
    finally:
        os._exit(1)


def test_kill_during_a_write(ward_folder: Path) -> None:
    """Killed while a name is being written: the one before stands, or the new one, with its trail."""
    with session_at(ward_folder) as session:
        opened, subject = _begun(session)
        opened.close()
    child = os.fork()
    if not child:
        try:
            with session_at(ward_folder) as session:
                opened = _open(session)
                for number in range(10_000):
                    if number == 7:
                        os.kill(os.getpid(), signal.SIGKILL)
                    opened.set(subject, {"note": f"visit {number}"}, "changed")
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    with session_at(ward_folder) as session:
        opened = _open(session)
        assert opened.get(subject).note == "visit 6"
        trail = [row for row in opened.trail(subject) if row.field == "note"]
        assert [row.before for row in trail[1:]] == [row.after for row in trail[:-1]]


def test_failed_beginning_leaves_no_list(ward_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_at(ward_folder) as session:
        with monkeypatch.context() as patch:
            patch.setattr(PeopleFile, "create", _full)
            with pytest.raises(StoreError):
                _open(session)
        assert not session.vault.has_identities
        assert not session.vault.identity_holders
        assert _open(session).rows() == ()


def test_failed_renewal_leaves_the_list(ward_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_at(ward_folder) as session:
        _begun(session)
        with monkeypatch.context() as patch:
            patch.setattr(peopledb, "move_in", _full)
            with pytest.raises(StoreError):
                session.renew_key("lost", own_password=password("i01"))
        assert session.vault.identities_due
        assert _open(session).rows()[0].name == PLANTED["name"]
        assert not session.vault.identities_due


@pytest.mark.requirement("EMA-2", "PIPL-4")
def test_own_trail(ward_folder: Path) -> None:
    """Who saw and who changed, with what was there before; a change needs a reason; nothing is forgotten."""
    with session_at(ward_folder) as session:
        opened, subject = _begun(session)
        with pytest.raises(InputRefused) as refused:
            opened.set(subject, {"phone": "027 8366 2688"})
        assert _code(refused) == "identities.reason_needed"
        opened.set(subject, {"phone": "027 8366 2688"}, "number changed")
        opened.set(subject, {"phone": "027 8366 2688"})  # the same: no line
        last = opened.trail(subject)[-1]
        assert (last.before, last.after, last.reason) == (PLANTED["phone"], "027 8366 2688", "number changed")
        assert last.person == session.person.id
        assert opened.trail()[0].act == "opened"
        for sql in ("DELETE FROM trail", "UPDATE trail SET after = 'x'"):
            with pytest.raises(Exception, match="only grows"):
                opened._file._raw.execute(sql)


def test_fields_are_checked(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        opened, subject = _begun(session)
        other = session.enrol().identity
        for field, text, code in (
            ("idno", "110105194912310021", "identities.idno_check"),
            ("phone", "call the ward", "identities.phone_form"),
            ("name", "x" * 81, "identities.field_long"),
            ("name", "a\u202eb", "identities.field_long"),
            ("hospital", PLANTED["hospital"], "identities.twice"),
            ("colour", "blue", "identities.field_unknown"),
        ):
            with pytest.raises(InputRefused) as refused:
                opened.set(other, {field: text})
            assert _code(refused) == code
            assert text not in refused.value.text.en
        opened.set(other, {"hospital": PLANTED["hospital"]}, "screened again")
        assert opened.get(other).hospital == opened.get(subject).hospital
        assert opened.set(
            other, {"idno": "１１０１０５１９４９１２３１００２x"}, "same person"
        ).idno.endswith("X")


def test_search(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        opened, subject = _begun(session)
        session.enrol()
        for wanted in ("欧阳", "oylh", "OYL", "873321", "1387123", "ＺＹ０", session.subjid(subject)):
            assert [one.subject for one in opened.rows(wanted)] == [subject]
        assert opened.rows("李") == ()
        assert len(opened.rows()) == 2
        assert identities.proposed_initials("欧阳丽华") == "OYLH"
        assert identities.proposed_initials("张喆") == ""  # a character that is not in the table
        assert identities.proposed_initials("Maria Anna Berg") == "MAB"


def test_closes_with_the_log_out(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        opened, _ = _begun(session)
    assert not opened.is_open
    with pytest.raises(StoreError) as refused:
        opened.rows()
    assert _code(refused) == "identities.closed"


@pytest.mark.requirement("PIPL-8")
def test_identity_in_free_text(ward_folder: Path) -> None:
    """Listed names and numbers, id-numbers and mobile numbers anywhere in a text, and nothing else."""
    with session_at(ward_folder) as session:
        opened, _ = _begun(session)
        text = "患者欧阳丽华（住院号ZY00873321），电话13987654321，证件11010519491231002X。"
        hits = identity_in_free_text(text, opened.rows())
        assert [hit.kind for hit in hits] == ["name", "hospital", "phone", "idno"]
        assert text[hits[0].start : hits[0].end] == PLANTED["name"]
        assert identity_in_free_text("zy00873321", opened.rows()) != ()
    for harmless in ("LDH 245 U/L", "110105194912310021", "ferritin 13871234567890", "", "ZY008733210"):
        assert identity_in_free_text(harmless) == ()


def test_printed_lists(ward_folder: Path) -> None:
    """Both lists carry what they must, in the language asked for; names only on the first."""
    with session_at(ward_folder) as session:
        opened, subject = _begun(session)
        codes = " ".join(text_of(print_list(session, opened, "codes", "zh").data))
        assert all(
            solid(text) in codes for text in (*PLANTED.values(), "参与者鉴认代码表", session.subjid(subject))
        )
        log = " ".join(text_of(print_list(session, opened, "screening", "both").data))
        assert solid("参与者筛选入选表") in log
        assert solid("Screening and enrolment log") in log
        assert solid("OYLH") in log
        assert solid(PLANTED["name"]) not in log
        assert [row.act for row in opened.trail()][-2:] == ["printed", "printed"]


def test_recovery_brings_the_list_back(ward_folder: Path) -> None:
    """Two sheets open the list for the new principal investigator too."""
    from mda5_crf.services.recovery import recover
    from tests.faults.test_recovery import KEEPER, _make

    with session_at(ward_folder) as session:
        sheets = _make(session)
        _begun(session)
    with recover(ward_folder, sheets[:2], KEEPER) as session:
        assert IdentityList(session, KEEPER.password).rows()[0].name == PLANTED["name"]
        assert verify(session.vault.store, judge=None) == []


def test_monitor_has_no_right_of_his_own() -> None:
    """He looks at the list on site, in a holder's sitting: that is no right of the program."""
    able = {role for role in Role if can({role}, Action.SEE_IDENTITIES)}
    assert able == {Role.INVESTIGATOR, Role.DATA_ENTRY}


def _full(*_: object, **__: object) -> None:
    raise StoreError("store.disk_full", place=FILE_NAME)
