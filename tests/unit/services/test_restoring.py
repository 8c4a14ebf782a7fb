"""Restoring: what is said before, what the vault that is open adds, two persons who sign, ended accounts."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mda5_crf.crypto import canon, parse_canon
from mda5_crf.db import consents, read
from mda5_crf.db import restoring as db_restoring
from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.records import Draft
from mda5_crf.db.verify import verify
from mda5_crf.errors import Cancelled, CrfError, InputRefused, LoginRefused, PermissionDenied, StoreError
from mda5_crf.services import access, backups, restoring, whereabouts
from mda5_crf.services.changes import Reason
from mda5_crf.services.identities import IdentityList
from mda5_crf.services.session import Session
from tests.commandline import remembered_keys
from tests.scenario import Ward
from tests.signward import built_signing, signing_session, vitals
from tests.vaults import enter, password

WHO, SECOND = ("i01", password("i01")), ("d02", password("d02"))
pytestmark = pytest.mark.requirement("FDA-2", "E6-11")


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ward with a copy; then a value was corrected, words redacted and an account ended."""
    base = tmp_path_factory.mktemp("restoring")
    folder = Path(shutil.copytree(built_signing(), base / "ward.mda5"))
    with remembered_keys(), signing_session(folder) as session:
        ward = Ward(session).enrol()
        vitals(ward, systolic="121")
        ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "Wang Wei, bed 7")
        shutil.copytree(backups.make(session).path, base / "copy")
        ward.open("BL", "VS").enter("SYSBP", "122", because="misread")
        (words,) = [one for one in session.vault.journal.records(kinds=("value",)) if "bed" in str(one.data)]
        reason = Reason("OTHER", "a name")
        session.redact([words.id], reason, (), own_password=password("i01"), second=SECOND)
        session.disable_person("n07", own_password=password("i01"), reason="left")
    return base


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    for name in ("ward.mda5", "copy"):
        shutil.copytree(built / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def session(place: Path) -> Iterator[Session]:
    with signing_session(place / "ward.mda5") as own:
        yield own


def beside(session: Session, place: Path, **more: object) -> db_restoring.Restored:
    wanted = {"own_password": password("i01"), "second": SECOND, **more}
    return restoring.restore_beside(session, place / "copy", place / "new.mda5", **wanted)  # type: ignore[arg-type]


def left(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def said(found: restoring.Found, session: Session) -> str:
    lines = restoring.words(found, session)
    assert all(one.zh for one in lines)
    return "\n".join(one.en for one in lines)


# -- before ----------------------------------------------------------------------------------------------


def test_what_a_copy_is_and_lacks_is_said_before(session: Session, place: Path) -> None:
    copy = restoring.look(session, place / "copy" / "backup.json")
    assert not copy.troubles
    heads = session.vault.journal.heads()
    facts = parse_canon((place / "copy" / "backup.json").read_bytes())["heads"]
    lacks = {device: seq - facts.get(device, [0])[0] for device, (seq, _) in heads.items()}
    assert copy.missing == sum(lacks.values()) > 0
    words = said(copy, session)
    assert f"lacks {copy.missing} records" in words
    assert "0 days and 0 hours ago" in words
    assert f"{session.device}:{heads[session.device][0]}" in words


def test_a_copy_of_now_lacks_nothing(session: Session) -> None:
    made = backups.make(session)
    found = restoring.look(session, made.path)
    assert list(found.lost) == [session.device], "the record that it was made is younger than it"
    assert found.missing == 1
    text = said(found, session)
    assert "proved" in text
    assert "lacks 1 " in text


@pytest.mark.parametrize("state", ["older_key", "good"])
def test_the_state_of_a_copy_is_said(session: Session, place: Path, state: str) -> None:
    path = place / "copy" if state == "older_key" else backups.make(session).path
    found = restoring.look(session, path)
    assert found.copy.state == state
    assert ("older key" in said(found, session)) is (state == "older_key")


@pytest.mark.parametrize("what", ["altered", "cut", "no manifest", "other", "newer", "empty", "data entry"])
def test_what_is_wrong_with_a_copy_is_said_before(session: Session, place: Path, what: str) -> None:
    copy = place / "copy"
    if what in ("altered", "cut"):
        data = bytearray((copy / "study.db").read_bytes())
        data[5000] ^= 1
        (copy / "study.db").write_bytes(data if what == "altered" else data[:-4096])
        found = restoring.look(session, copy)
        assert "study.db" in found.troubles[0].en
        assert "not what was written" in said(found, session)
    elif what == "no manifest":
        made = Path(shutil.copytree(backups.make(session).path, place / "bare"))
        (made / "backup.json").unlink()
        found = restoring.look(session, made)
        assert found.copy.state == "unproved"
        assert "not proved" in said(found, session)
    elif what == "other":
        facts = parse_canon((copy / "backup.json").read_bytes())
        (copy / "backup.json").write_bytes(canon({**facts, "vault": "0" * 32}))
        found = restoring.look(session, copy)
        assert found.foreign
        assert "another vault" in said(found, session)
        with pytest.raises(InputRefused) as other:
            beside(session, place)
        assert other.value.code == "backup.of_other_vault"
    elif what == "newer":
        made = Path(shutil.copytree(backups.make(session).path, place / "ahead"))
        facts = parse_canon((made / "backup.json").read_bytes())
        heads = {**facts["heads"], session.device: [9999, "0" * 64]}
        body = {name: value for name, value in facts.items() if name != "mac"} | {"heads": heads}
        mac = session.vault.store.keyed_mac(canon(body)).hex()
        (made / "backup.json").write_bytes(canon({**body, "mac": mac}))
        assert "holds records that this vault lacks" in said(restoring.look(session, made), session)
    elif what == "empty":
        with pytest.raises(StoreError) as gone:
            restoring.look(session, place)
        assert gone.value.code == "backup.not_there"
    else:
        session.person = session.person.__class__("x", "n07", "Z", ("data_entry",))
        for act in (lambda: restoring.look(session, copy), lambda: beside(session, place)):
            with pytest.raises(PermissionDenied):
                act()
    assert "new.mda5" not in left(place)


# -- refused, cancelled, full ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more,error",
    [
        ({"second": ("d02", "wrong-password-here")}, LoginRefused),
        ({"own_password": "wrong-password-here"}, LoginRefused),
        ({"second": WHO}, InputRefused),
        ({"second": ("n07", password("n07"))}, PermissionDenied),
    ],
    ids=["second password", "own password", "alone", "ended since"],
)
def test_refused_nothing_is_left(
    session: Session, place: Path, more: dict[str, object], error: type[CrfError]
) -> None:
    before = left(place)
    with pytest.raises(error) as refused:
        beside(session, place, **more)
    if error is PermissionDenied:
        assert refused.value.code == "backup.restore_ended"
    assert left(place) == before


def test_an_ended_account_restores_nothing_itself(place: Path) -> None:
    """Who has left holds an old copy and the passwords of then; the vault of now says so."""
    who = ("d02", password("d02"))
    present = restoring.Present(people={_person(place, "d02"): (False, 9)})
    with pytest.raises(PermissionDenied):
        restoring.restore(place / "copy", place / "new.mda5", who, WHO, present=present)
    assert left(place) == ["copy", "ward.mda5"]


def _person(place: Path, login: str) -> str:
    with enter(place / "ward.mda5") as vault:
        return next(one.person for one in read.persons(vault.store) if one.login == login)


def test_cancelled_at_any_step_nothing_is_left(session: Session, place: Path) -> None:
    before, told = left(place), [0]
    for stop in (0, 10, 50, 55, 85, 90, 95, 100):

        def cancel(done: int, total: int, stop: int = stop) -> None:
            told[0] = done
            assert 0 <= done <= total == 100
            if done >= stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            beside(session, place, progress=cancel)
        assert told[0] >= stop
        assert left(place) == before


def test_no_room_is_said_before_and_while_copying(
    session: Session, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = left(place)
    usage = shutil.disk_usage

    def free(path: Path) -> object:
        found = usage(path)
        return found._replace(free=1000) if str(path).endswith(db_restoring.TAIL) else found

    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", free)
        with pytest.raises(StoreError) as refused:
            beside(session, place)
    assert refused.value.code == "backup.no_room"
    assert "MiB" in refused.value.text.en

    def fails(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(db_restoring, "sync_file", fails)
    with pytest.raises(StoreError) as stopped:
        beside(session, place)
    assert stopped.value.code == "store.vault_disk_full"
    assert left(place) == before


def test_never_into_this_vault_nor_over_anything(session: Session, place: Path) -> None:
    for target, code in (
        (place / "ward.mda5", "backup.target_inside"),
        (place / "ward.mda5" / "backups" / "new", "backup.target_inside"),
        (place / "copy", "store.vault_exists"),
    ):
        with pytest.raises(CrfError) as refused:
            restoring.restore_beside(session, place / "copy", target, password("i01"), SECOND)
        assert refused.value.code == code


# -- done ------------------------------------------------------------------------------------------------


def test_beside_the_open_vault_everything_it_knows_is_done_there_too(session: Session, place: Path) -> None:
    steps: list[int] = []
    heads = session.vault.journal.heads()
    done = beside(session, place, progress=lambda n, _total: steps.append(n))
    assert steps[0] == 0
    assert steps[-1] == 100
    assert steps == sorted(steps)
    assert done.redacted == 1
    assert done.missing > 0
    lines = [one.en for one in restoring.lines(done)]
    assert any("Ended again" in one and "n07" in one for one in lines)
    assert {copy.reason for copy in backups.copies(session)} >= {"restore"}
    assert session.vault.journal.heads() == heads, "the vault that is open is as it was"
    assert read_keys(place / "new.mda5").slot_of("n07") is None
    with signing_session(place / "new.mda5") as new:
        assert new.vault.meta.gen == 2, "the key is renewed: who left has it"
        assert "n07" not in {one.login for one in new.people() if one.active}
        assert not [one for one in new.vault.journal.records(kinds=("value",)) if "bed" in str(one.data)]
        assert new.verify().troubles == ()
        assert not whereabouts.elsewhere(new.vault)
        (row,) = read.passages(new.vault.store, "restore")
        assert row.content["ended"] == [one.id for one in new.people() if one.login == "n07"]
        Ward(new, new.subjects()[0].identity).open("BL", "VS").expect("SYSBP", "121")


@pytest.mark.parametrize("how", ["nobody", "no keeper", "changed", "same"])
def test_what_is_known_of_accounts_is_said(place: Path, how: str) -> None:
    nurse = _person(place, "n07")
    with enter(place / "ward.mda5") as vault:
        now = restoring.present_of(vault)
    who, present = WHO, now
    if how == "nobody":
        done = restoring.restore(place / "copy", place / "new.mda5", WHO, SECOND)
        assert done.accounts is None
        assert "not known" in restoring.lines(done)[-2].en
        return
    if how == "no keeper":
        # Only the founder is certified as one who ends accounts; the second investigator of a ward is not.
        who = ("d02", password("d02"))
    elif how == "changed":
        present = restoring.Present(people={nurse: (True, 7), "f" * 32: (True, 1)})
    else:
        present = restoring.Present(people={nurse: (True, 1)})
    done = restoring.restore(
        place / "copy", place / "new.mda5", who, WHO if who != WHO else SECOND, present=present
    )
    words = " ".join(one.en for one in restoring.lines(done))
    if how == "no keeper":
        assert ("They cannot log in here" in words) is (done.accounts.locked_out == (nurse,))  # type: ignore[union-attr]
        assert read_keys(place / "new.mda5").slot_of("n07") is None
    elif how == "changed":
        assert "Set them again" in words
        assert "1 accounts that were made after" in words
    else:
        assert "No account was changed" in words


# -- two persons -----------------------------------------------------------------------------------------


Change = Callable[[dict[str, object]], dict[str, object]]
CHANGES: dict[str, Change] = {
    "nobody": lambda content: {name: value for name, value in content.items() if name != "second"},
    "empty name": lambda content: {**content, "second": ""},
    "another copy": lambda content: {**content, "made": "2026-01-01T00:00:00+00:00"},
    "another device": lambda content: {**content, "device": "0" * 16},
    "nothing lost": lambda content: {**content, "lost": {"0" * 16: [1, 9, ""]}},
    "nobody ended": lambda content: {**content, "ended": ["0" * 32]},
    "bad signature": lambda content: {**content, "second": {"person": "x", "sig": "AAAA"}},
}


@pytest.mark.alteration
@pytest.mark.parametrize("change", CHANGES)
def test_the_second_person_signed_exactly_that(place: Path, change: str) -> None:
    """What a key holder writes in the own name about another restore is nobody's agreement."""
    restoring.restore(place / "copy", place / "new.mda5", WHO, SECOND)
    with signing_session(place / "new.mda5") as new:
        (row,) = read.passages(new.vault.store, "restore")
        new.append([Draft("restore", "", CHANGES[change](dict(row.content)))])
        found = verify(new.vault.store, judge=access.judge)
        assert [one.code for one in found] == ["consent_false"]


def test_signing_alone_or_with_an_account_of_no_day_is_false(place: Path) -> None:
    assert not consents.entitled("restore", frozenset({"data_entry"}), frozenset({"investigator"}))
    assert not consents.entitled("restore", frozenset({"administrator"}), frozenset())
    assert consents.entitled("restore", frozenset({"administrator"}), frozenset({"data_entry"}))


def test_a_restore_of_an_earlier_version_stays_readable_and_is_named(place: Path) -> None:
    """Before 0.5 the second person was named and did not sign: no trouble, nor taken for a signature."""
    restoring.restore(place / "copy", place / "new.mda5", WHO, SECOND)
    with signing_session(place / "new.mda5") as new:
        (row,) = read.passages(new.vault.store, "restore")
        old = {name: value for name, value in row.content.items() if name not in ("device", "ended")}
        old["second"] = row.content["second"]["person"]
        (written,) = new.append([Draft("restore", "", old)])
        report = new.verify()
        assert report.troubles == ()
        named = [one.en for one in report.unknown if "did not sign" in one.en]
        assert len(named) == 1
        assert written.id in named[0]


@pytest.mark.requirement("PIPL-8")
@pytest.mark.parametrize("ended", [False, True], ids=["as it was", "with a new key"])
def test_the_list_of_names_comes_back_with_its_password(tmp_path: Path, ended: bool) -> None:
    """The identification list is copied along, opens with its own password and is the same."""
    folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    named = {"name": "欧阳丽华", "hospital": "ZY00873321", "phone": "13871234567"}
    with signing_session(folder) as session:
        subject = session.enrol().identity
        opened = IdentityList(session, password("i01"))
        opened.set(subject, named)
        before = opened.rows()
        made = backups.make(session)
        assert (made.path / "people.db").is_file()
        assert backups.check(session, made) == ()
        opened.set(subject, {"note": "entered after the copy"})
        opened.close()
        if ended:
            made = backups.copy_at(session, Path(shutil.copytree(made.path, tmp_path / "kept")))
            session.disable_person("n07", own_password=password("i01"))
        restoring.restore_beside(session, made.path, tmp_path / "new.mda5", password("i01"), SECOND)
    with signing_session(tmp_path / "new.mda5") as new:
        with pytest.raises(LoginRefused):
            IdentityList(new, "not-the-password-12")
        again = IdentityList(new, password("i01"))
        assert again.rows() == before
        again.close()
        assert new.verify().troubles == ()
    with signing_session(tmp_path / "new.mda5", "d02") as other, pytest.raises(PermissionDenied):
        IdentityList(other, password("d02"))
    for path in (tmp_path / "new.mda5").rglob("*"):
        assert not path.is_file() or "欧阳丽华".encode() not in path.read_bytes()
