"""Redaction with trace: what two persons take back is in no table, page, log, outbox or backup any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from mda5_crf.db import emptying, projection
from mda5_crf.db.backup import back_up
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied, StoreError
from mda5_crf.services import redacting
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from tests.scenario import OpenForm, Ward
from tests.vaults import password
from tests.wards import session_at

SECRET = "Wang Xiaoming 13912345678"
WHY = Reason("PRIVACY", "a name and a telephone number")
DOCTOR, MANAGER, NURSE = "i01", "d02", "n07"


def second(login: str) -> tuple[str, str]:
    return login, password(login)


@pytest.fixture
def told(ward: Ward) -> OpenForm:
    """A name was typed into a comment, and corrected."""
    return ward.open("W4", "SV").enter("SVREASOC", SECRET)


def redact(session: Session, *records: str, left: tuple[str, ...] = ()) -> str:
    return session.redact(
        records, WHY, left, own_password=password(session.person.login), second=second(MANAGER)
    )


def pages(path: Path, key: bytes) -> Iterator[bytes]:
    """Every page of a database or of its log as SQLite sees it, whatever its tables say: also free pages and
    slack. A log has a header of 32 bytes and one of 24 before each page.
    """
    data = path.read_bytes()
    log = path.name.endswith("-wal")
    for at in range(56, len(data) - 4095, 4120) if log else range(0, len(data) - 4095, 4096):
        page = data[at : at + 4096]
        first = at == 0 or (log and data[at - 24 : at - 20] == bytes((0, 0, 0, 1)))
        body, vector = page[16 if first else 0 : 4096 - 80], page[4096 - 80 : 4096 - 64]
        decryptor = Cipher(algorithms.AES256(key), modes.CBC(vector)).decryptor()
        yield decryptor.update(body) + decryptor.finalize()


def holds(folder: Path, key: bytes, text: str) -> set[str]:
    """The files of a vault that hold ``text``: as they lie there, or decrypted page by page."""
    wanted, found = text.encode(), set()
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            clear = b"".join(pages(path, key)) if path.name.startswith("study.db") else b""
            if wanted in data or wanted in clear:
                found.add(str(path.relative_to(folder)))
    return found


@pytest.mark.requirement("E6-4", "P11-5", "PIPL-1")
def test_it_is_nowhere_in_the_folder_any_more(ward: Ward, told: OpenForm, ward_folder: Path) -> None:
    session = ward.session
    vault = session.vault
    key = bytes(vault.store._key)
    told.enter("SVREASOC", "rash")
    outbox = ward_folder / emptying.OUTBOX
    outbox.mkdir()
    (outbox / "MDA5_a_to_b_0001.mda5b").write_bytes(b"x")
    back_up(vault.store, ward_folder, "take_1")
    record = next(r.id for r in vault.journal.records(kinds=("value",)))
    # The search sees it where it is: in the copy, in the log, and in the file once the log has moved there.
    assert holds(ward_folder, key, SECRET) >= {"study.db-wal", "backups/take_1/study.db"}
    assert vault.store.checkpoint()
    assert holds(ward_folder, key, SECRET) == {"study.db", "backups/take_1/study.db"}
    made = redact(session, record, left=("page of 1 Sep, site file: Li Na",))
    assert holds(ward_folder, key, SECRET) == set()
    assert list(outbox.iterdir()) == [] and not (ward_folder / "backups" / "take_1").exists()
    (shown,) = session.redactions()[1]
    assert (shown.record, shown.records, shown.emptied) == (made, (record,), True)
    assert (shown.proposed, shown.confirmed, shown.left) == (
        "Li Na", "Wang Fang", ("page of 1 Sep, site file: Li Na",),
    )  # fmt: skip
    assert session.verify().troubles == ()
    assert [one.text.en for one in session.history(told.key("SVREASOC"))] == ["(redacted)", "entered rash"]
    told.expect("SVREASOC", "rash")


@pytest.mark.requirement("E6-4")
def test_the_item_is_empty_and_takes_another_answer(ward: Ward, told: OpenForm) -> None:
    (record,) = told.last.records if told.last else ()
    redact(ward.session, record)
    again = ward.open("W4", "SV")
    assert not again.entry.stands(again.key("SVREASOC"))
    again.enter("SVREASOC", "rash").expect("SVREASOC", "rash")
    assert ward.session.queries() == () and ward.session.verify().troubles == ()
    with ward.session.vault.store.transaction() as tx:
        before = projection.dump(tx)
        projection.rebuild(tx)
        assert projection.dump(tx) == before


def test_half_typed_text_and_other_records_with_the_same_words(ward: Ward, told: OpenForm) -> None:
    session = ward.session
    (record,) = told.last.records if told.last else ()
    query = session.raise_query(told.key("SVREASOC"), f"Who is {SECRET}?")
    other = redacting.related(session, record)
    assert other == (query.record,)
    redact(session, record, *other)
    (left,) = session.queries()
    assert left.is_open and SECRET not in left.text.en and left.text.zh == "已涂除"
    assert redacting.described(session, record).en.endswith("(redacted)")
    assert session.verify().troubles == ()


def test_a_reason_of_a_strike_goes_and_the_strike_stays(ward: Ward) -> None:
    form = ward.open("LOG", "AE").new_row("ROWS").enter("AETERM", "Rash").strike("ROWS", SECRET)
    (record,) = [r.id for r in ward.session.vault.journal.records(kinds=("strike",))]
    redact(ward.session, record)
    assert ward.session.data(ward.subject).rows[form.entry.key._replace(group="ROWS")] == []
    status = ward.open("W4", "SV").enter("SVREASOC", "x")
    status.entry.reopen(Reason("OTHER", SECRET))
    (record,) = [r.id for r in ward.session.vault.journal.records(kinds=("status",))]
    redact(ward.session, record)
    assert ward.session.data(ward.subject).statuses[status.entry.key] == "incomplete"
    assert ward.session.verify().troubles == ()


@pytest.mark.requirement("E6-4")
def test_one_proposes_and_another_confirms(ward: Ward, told: OpenForm, ward_folder: Path) -> None:
    (record,) = told.last.records if told.last else ()
    session = ward.session
    assert any("copies" in one.en for one in redacting.reaches(session, [record]))
    session.record_print("SV", "0" * 64, 1, ward.subject)
    assert any("pages printed" in one.en for one in redacting.reaches(session, [record]))
    proposal = session.propose_redaction([record], WHY, (), own_password=password(DOCTOR))
    with pytest.raises(InputRefused, match="second_same"):
        session.confirm_redaction(proposal, own_password=password(DOCTOR))
    told.expect("SVREASOC", SECRET)
    session.close()
    with session_at(ward_folder, NURSE) as nurse:
        with pytest.raises(PermissionDenied):
            nurse.confirm_redaction(proposal, own_password=password(NURSE))
        dropped = nurse.propose_redaction([record], WHY, (), own_password=password(NURSE))
        nurse.withdraw_redaction(dropped)
        assert [one.own for one in nurse.redactions()[0]] == [False]
    with session_at(ward_folder, MANAGER) as manager:
        with pytest.raises(LoginRefused):
            manager.confirm_redaction(proposal, own_password="wrong password")
        manager.confirm_redaction(proposal, own_password=password(MANAGER))
        waiting, standing = manager.redactions()
        assert waiting == () and [one.records for one in standing] == [(record,)]
        with pytest.raises(InputRefused, match="no_proposal"):
            manager.confirm_redaction(proposal, own_password=password(MANAGER))
        assert manager.verify().troubles == ()


def test_what_is_refused(ward: Ward, told: OpenForm) -> None:
    session = ward.session
    (record,) = told.last.records if told.last else ()
    enrolment = f"{session.device}:{record.rpartition(':')[2]}"
    first = next(r.id for r in session.vault.journal.records(kinds=("subject",)))
    heads = session.vault.journal.heads()
    cases: list[tuple[tuple[str, ...], Reason, tuple[str, str], type[CrfError]]] = [
        ((), WHY, second(MANAGER), InputRefused),
        (("x:1",), WHY, second(MANAGER), InputRefused),
        (("no id",), WHY, second(MANAGER), InputRefused),
        ((first,), WHY, second(MANAGER), InputRefused),
        ((record,), Reason("PRIVACY", " "), second(MANAGER), InputRefused),
        ((record,), WHY, second(DOCTOR), InputRefused),
        ((record,), WHY, second(NURSE), PermissionDenied),
        ((record,), WHY, (MANAGER, "wrong password"), LoginRefused),
    ]
    for records, reason, other, error in cases:
        with pytest.raises(error):
            session.redact(records, reason, (), own_password=password(DOCTOR), second=other)
    assert session.vault.journal.heads() == heads and enrolment
    redact(session, record)
    with pytest.raises(InputRefused, match="gone"):
        redact(session, record)


def test_an_old_backup_that_cannot_be_removed(
    ward: Ward, told: OpenForm, ward_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content is out of the vault; what is left is said, and removed at the next opening."""
    (record,) = told.last.records if told.last else ()
    back_up(ward.session.vault.store, ward_folder, "take_1")
    with monkeypatch.context() as patch:
        patch.setattr(emptying, "drop_old_backups", lambda _folder, _keep: None)
        with pytest.raises(StoreError) as error:
            redact(ward.session, record)
    assert "old backup" in error.value.in_("en")
    assert emptying.unclean(ward.session.vault.store)
    ward.session.close()
    with session_at(ward_folder) as session:
        assert session.left_to_clean is None and not emptying.unclean(session.vault.store)
        assert not (ward_folder / "backups" / "take_1").exists()


@pytest.mark.requirement("E6-4")
def test_a_restored_copy_empties_itself(ward: Ward, told: OpenForm, ward_folder: Path) -> None:
    """What is named by a redaction and has its content is emptied when the vault is opened."""
    (record,) = told.last.records if told.last else ()
    store = ward.session.vault.store
    redact(ward.session, record)
    whole = told.last is not None and ward.session.vault.journal.get(record)
    assert whole and whole.content is None
    ward.session.close()
    with session_at(ward_folder) as session:
        assert session.left_to_clean is None and session.verify().troubles == () and store is not None
