"""Two of three recovery sheets: any pair opens, one says nothing, and what they open is one door only."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, permutations
from pathlib import Path

import pytest

from mda5_crf.crypto import SigningKey, WrapRefused, base64_text
from mda5_crf.crypto.shares import ShareRefused, combine, read_sheet, set_mark, split_key
from mda5_crf.crypto.words import word_list
from mda5_crf.db import recovering
from mda5_crf.db import recovery as sets
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.records import Draft
from mda5_crf.db.recovery import open_slot
from mda5_crf.db.rows import ALL, row_record
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied, StoreError
from mda5_crf.services import recovery
from mda5_crf.services.recovery import Ceremony, NewKeeper, recover
from mda5_crf.services.session import Session
from mda5_crf.text import message
from tests.commandline import remembered_keys
from tests.vaults import password
from tests.wards import built, session_at, ward_folder

__all__ = ["ward_folder"]

HOLDERS = ("Sun Yue", "赵敏", "Ma Lin")
SECOND = ("n07", password("n07"))
KEEPER = NewKeeper("i55", "Zhou Rui", "investigator", "pebble-harbor-31-violet", "both keepers have left")


def _make(session: Session, holders: tuple[str, ...] = HOLDERS) -> list[str]:
    """Go through a ceremony as three patient people would; returns what stands on the sheets."""
    own = password(session.person.login)
    ceremony = Ceremony(session, holders, own_password=own, second=SECOND)
    sheets = []
    while ceremony.due <= recovery.SHEETS:
        page = ceremony.sheet()
        sheets.append(" ".join(page.words))
        ceremony.type_back(sheets[-1])
    ceremony.finish(own_password=own)
    return sheets


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    with remembered_keys():
        yield


@cache
def _prepared() -> tuple[Path, tuple[str, ...]]:
    """A ward with a first set and the words of its sheets, made once per process."""
    folder = Path(tempfile.mkdtemp(prefix="mda5-crf-sheets-")) / "ward.mda5"
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    shutil.copytree(built(), folder)
    with session_at(folder) as session:
        return folder, tuple(_make(session))


@pytest.fixture
def sheets(ward_folder: Path) -> list[str]:
    """The words of a first set; ``ward_folder`` is then the ward that it belongs to."""
    folder, words = _prepared()
    shutil.rmtree(ward_folder)
    shutil.copytree(folder, ward_folder)
    return list(words)


def _code(refused: pytest.ExceptionInfo[CrfError]) -> str:
    return refused.value.code


# -- the sheets themselves --------------------------------------------------------------------------------


def test_recovery_every_pair(ward_folder: Path, sheets: list[str]) -> None:
    """Each of the six ordered pairs opens the slot; the key is not the database's."""
    file = read_keys(ward_folder)
    keys = {bytes(combine(read_sheet(a), read_sheet(b))) for a, b in permutations(sheets, 2)}
    assert len(keys) == 1
    for one, other in combinations(sheets, 2):
        opened = open_slot(file.vault, file.recovery or {}, combine(read_sheet(one), read_sheet(other)))
        assert opened.signer.authority is not None
    with session_at(ward_folder) as session:
        assert bytes(session.vault._unlocked.database_key) not in keys


def test_one_share_nothing(ward_folder: Path, sheets: list[str]) -> None:
    with pytest.raises(InputRefused) as refused:
        recover(ward_folder, sheets[:1], KEEPER)
    assert _code(refused) == "recovery.one_alone"
    with pytest.raises(InputRefused) as refused:
        recover(ward_folder, [sheets[1], sheets[1]], KEEPER)
    assert _code(refused) == "recovery.same_sheet"
    # The slot itself: the words of one sheet, taken for the key, open nothing.
    file = read_keys(ward_folder)
    for sheet in sheets:
        with pytest.raises(WrapRefused):
            open_slot(file.vault, file.recovery or {}, sheet.encode()[:32])


def test_share_of_other_set(ward_folder: Path, sheets: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet of an older set is known by its look, before any key is derived."""
    with session_at(ward_folder) as session:
        newer = _make(session)
    monkeypatch.setattr(recovering, "combine", lambda *_: pytest.fail("something was tried"))
    for pair in ([sheets[0], newer[1]], [newer[0], sheets[1]], sheets[:2]):
        with pytest.raises(InputRefused) as refused:
            recover(ward_folder, pair, KEEPER)
        assert _code(refused) == "recovery.other_set"
    foreign = [" ".join(words) for words in split_key(bytes(range(32)), set_mark("ab" * 16, 2))]
    with pytest.raises(InputRefused) as refused:
        recover(ward_folder, foreign[:2], KEEPER)
    assert _code(refused) == "recovery.other_set"


def test_share_mistyped(ward_folder: Path, sheets: list[str]) -> None:
    """No word of the list, another word of it, two that changed places: each is named by its place."""
    words = sheets[0].split()
    strange = [*words]
    strange[6] = strange[6][:3] + "zz"
    with pytest.raises(InputRefused) as refused:
        recover(ward_folder, [" ".join(strange), sheets[1]], KEEPER)
    assert _code(refused) == "recovery.read_unknown"
    assert " 7" in refused.value.text.en
    for place in range(len(words)):
        other = [*words]
        other[place] = next(w for w in word_list() if w != words[place])
        with pytest.raises(ShareRefused) as wrong:
            read_sheet(" ".join(other))
        assert wrong.value.places == (place + 1,)
    swapped = [*words]
    swapped[11], swapped[12] = words[12], words[11]
    if swapped != words:
        with pytest.raises(InputRefused) as refused:
            recover(ward_folder, [sheets[1], " ".join(swapped)], KEEPER)
        assert "12, 13" in refused.value.text.en
        assert "2" in refused.value.text.zh
    with pytest.raises(InputRefused) as refused:
        recover(ward_folder, [" ".join(words[:-1]), sheets[1]], KEEPER)
    assert _code(refused) == "recovery.read_count"
    with pytest.raises(ShareRefused) as wrong:  # two wrong words: noticed, and no place is made up
        read_sheet(" ".join([words[1], *words[1:20], words[0], *words[21:]]))
    assert wrong.value.places == ()


def test_third_share_given(ward_folder: Path, sheets: list[str]) -> None:
    with pytest.raises(InputRefused) as refused:
        recover(ward_folder, sheets, KEEPER)
    assert _code(refused) == "recovery.third"
    assert "3" in refused.value.text.en


def test_words_as_people_type_them(sheets: list[str]) -> None:
    """Capitals, full-width letters, numbers before the words, first four letters only: all the same sheet."""
    plain = read_sheet(sheets[2])
    numbered = "\n".join(f"{n:>2}. {word[:4].upper()}," for n, word in enumerate(plain.words, start=1))
    wide = "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else "　" for c in sheets[2])
    assert read_sheet(numbered) == read_sheet(wide) == plain


# -- what they open ---------------------------------------------------------------------------------------


@pytest.mark.requirement("PIPL-4")
def test_recovery_admits_a_keeper_and_renews(ward_folder: Path, sheets: list[str]) -> None:
    """Who, why and with which sheets stands in the record; old sheets open nothing; a new set is demanded."""
    before = shutil.copytree(ward_folder, ward_folder.with_name("before.mda5"))
    gen = read_keys(ward_folder).gen
    with recover(ward_folder, [sheets[2], sheets[0]], KEEPER) as session:
        assert session.vault.meta.gen == gen + 1
        (made, used) = session.vault.sheet_acts()
        assert used.content["sheets"] == [1, 3]
        assert (used.content["reason"], used.person) == (KEEPER.reason, session.person.id)
        assert made.content["holders"] == list(HOLDERS)
        state = recovery.state(session)
        assert state.due
        assert state.used_by == KEEPER.name
        assert session.verify().troubles == ()
        # A principal investigator, who admits a monitor: the authority's key came with the sheets.
        session.add_person(
            "m09", "Gao Ming", "monitor", "cobalt-ferry-18-walnut", own_password=KEEPER.password
        )
    assert read_keys(ward_folder).recovery is None
    with pytest.raises(InputRefused) as refused:
        recover(ward_folder, sheets[:2], KEEPER)
    assert _code(refused) == "recovery.no_set"
    # Old sheets with the old key file do not open the renewed database.
    shutil.copyfile(before / "keys.json", ward_folder / "keys.json")
    with pytest.raises(StoreError) as stale:
        recover(ward_folder, sheets[:2], KEEPER)
    assert _code(stale) == "store.key_does_not_fit"


def test_after_recovery_everybody_goes_on(ward_folder: Path, sheets: list[str]) -> None:
    """People who were away believe the new keeper's grants; each hears of the set that is missing."""
    recover(ward_folder, sheets[:2], KEEPER).close()
    with session_at(ward_folder, "n07") as session:
        assert [n.en for n in session.vault.notices if "new set" in n.en]
    assert KEEPER.name not in (ward_folder / "keys.json").read_text("utf-8")
    with session_at(ward_folder) as session:
        _make(session)
    with session_at(ward_folder, "n07") as session:
        assert session.vault.notices == ()


def test_recovery_cannot_sign_or_enter(ward_folder: Path, sheets: list[str]) -> None:
    """The slot holds no author key, nobody is certified for its sign key, and it admits keepers alone."""
    file = read_keys(ward_folder)
    opened = open_slot(file.vault, file.recovery or {}, combine(read_sheet(sheets[0]), read_sheet(sheets[1])))
    with session_at(ward_folder) as session:
        register = session.vault.register()
        certified = {key.certificate.sign for key in register.known}
        assert opened.signer.sign.public not in certified
        assert "author" not in (file.recovery or {})["public"]
        # A record that it seals in the nurse's name is found.
        nurse = register.of_login("n07")
        assert nurse is not None
        forger = Identity(
            study=session.vault.meta.study,
            device=session.device,
            person=nurse.person,
            author=opened.signer.sign,
        )
        forged = Draft("print", "", {"what": "x", "sha256": "0", "pages": 1})
        Journal(session.vault.store, forger, session.vault.meta.zone).append([forged], at=session.now())
        assert session.verify().troubles
    for role in ("data_entry", "read_only", "monitor", "administrator"):
        keeper = NewKeeper("x99", "Zhou Rui", role, KEEPER.password, "to enter data")
        with pytest.raises(InputRefused) as refused:
            recover(ward_folder, sheets[:2], keeper)
        assert _code(refused) == "recovery.role"
    for taken in ("i01", "n07"):  # nor does it take anybody's place
        keeper = NewKeeper(taken, "Li Na", "investigator", KEEPER.password, "to sign for her")
        with pytest.raises(InputRefused) as refused:
            recover(ward_folder, sheets[:2], keeper)
        assert _code(refused) == "store.login_taken"


def test_substituted_database_is_refused(ward_folder: Path, sheets: list[str], tmp_path: Path) -> None:
    """Whoever writes the folder encrypts a key of his own to the sheets' box: no keeper signed that grant."""
    file = read_keys(ward_folder)
    assert file.recovery is not None
    with session_at(ward_folder) as session:
        secret = bytes(session.vault._unlocked.database_key)
        slot = sets.with_grants(file.recovery, ())
        slot = sets.granted(file.vault, slot, ("study", file.gen, secret), ("i01", SigningKey.generate()))
        session.vault._write_keys(replace(session.vault._unlocked.file, recovery=slot))
    with pytest.raises(StoreError) as refused:
        recover(ward_folder, sheets[:2], KEEPER)
    assert _code(refused) == "store.key_grant_refused"


def test_swapped_public_key_gets_no_grant(ward_folder: Path, sheets: list[str]) -> None:
    """A renewal grants to the box that the journal names, and names the swap."""
    with session_at(ward_folder) as session:
        file = session.vault._unlocked.file
        stranger = {
            "box": file.slots[1].public.box.text,
            "sign": base64_text(SigningKey.generate().public.raw),
        }
        session.vault._write_keys(replace(file, recovery={**(file.recovery or {}), "public": stranger}))
    with session_at(ward_folder) as session:
        assert any("do not fit" in n.en for n in session.vault.notices)
        session.renew_key("lost", own_password=password("i01"))
        assert session.vault.sheets_stand
        with session.vault.store.read() as tx:
            (renewal,) = [r for r in map(row_record, tx.each(ALL, {})) if r.kind == "rekey"]
        assert renewal.data["swapped"] == ["recovery"]
    with recover(ward_folder, sheets[:2], KEEPER) as session:
        assert session.person.login == KEEPER.login


def test_set_without_a_keepers_signature_is_not_believed(ward_folder: Path, sheets: list[str]) -> None:
    """A nurse with the key writes a record of a set of her own: nobody pins it."""
    with session_at(ward_folder, "n07") as session:
        content = dict(session.vault.sheet_acts()[0].content)
        content |= {"set": 2, "sign": base64_text(SigningKey.generate().public.raw)}
        session.vault.journal.append([Draft("recovery", "", content)], at=session.now())
        pinned = session.vault.register().recovery
        assert pinned is not None
        assert pinned.number == 1
        assert session.verify().troubles


# -- the ceremony -----------------------------------------------------------------------------------------


def test_only_who_holds_the_authority_makes_a_set(ward_folder: Path) -> None:
    with session_at(ward_folder, "d02") as session, pytest.raises(PermissionDenied) as refused:
        Ceremony(session, HOLDERS, own_password=password("d02"), second=SECOND)
    assert _code(refused) == "recovery.authority_needed"
    assert "first person" in refused.value.text.en
    with session_at(ward_folder, "n07") as session, pytest.raises(PermissionDenied):
        Ceremony(session, HOLDERS, own_password=password("n07"), second=("i01", password("i01")))


def test_ceremony_refuses(ward_folder: Path) -> None:
    own = password("i01")
    with session_at(ward_folder) as session:
        for holders in (
            HOLDERS[:2],
            (*HOLDERS[:2], " sun  YUE "),
            (*HOLDERS[:2], ""),
            (*HOLDERS[:2], "a\u202eb"),
        ):
            with pytest.raises(InputRefused):
                Ceremony(session, holders, own_password=own, second=SECOND)
        with pytest.raises(InputRefused):
            Ceremony(session, HOLDERS, own_password=own, second=("i01", own))
        with pytest.raises(LoginRefused):
            Ceremony(session, HOLDERS, own_password=own, second=("n07", "wrong-word-12345"))
        ceremony = Ceremony(session, HOLDERS, own_password=own, second=SECOND)
        page = ceremony.sheet()
        assert (page.number, page.holder, page.set_number) == (1, HOLDERS[0], 1)
        assert len(page.words) == recovery.SHEET_WORDS
        assert any(session.vault.meta.vault[:8] in line.en for line in page.lines())
        words = list(page.words)
        words[2], words[30] = "zzzz", words[29]
        with pytest.raises(InputRefused) as refused:
            ceremony.type_back(" ".join(words))
        assert "3" in refused.value.text.en
        # "paper" and the like are words of the list too: what the sentence says anyway gives nothing away.
        said = set(refused.value.text.en.split()) - set(
            message("recovery.typed_differs", places="").en.split()
        )
        assert not said & set(page.words)
        with pytest.raises(InputRefused):
            ceremony.type_back(" ".join(page.words[:-1]))
        assert ceremony.due == 1  # the next sheet is not shown before this one is typed
        with pytest.raises(InputRefused):
            ceremony.finish(own_password=own)
        ceremony.cancel()
        with pytest.raises(InputRefused):
            ceremony.sheet()
        assert session.vault.sheet_acts() == ()
        assert read_keys(ward_folder).recovery is None


def test_failed_record_leaves_the_old_set(
    ward_folder: Path, sheets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = read_keys(ward_folder).recovery
    with session_at(ward_folder) as session:
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "append", _full)
            with pytest.raises(StoreError):
                _make(session)
        assert read_keys(ward_folder).recovery == old
        assert session.vault.sheets_stand


def test_failed_admission_leaves_nobody(
    ward_folder: Path, sheets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", _full)
        with pytest.raises(StoreError):
            recover(ward_folder, sheets[:2], KEEPER)
    assert read_keys(ward_folder).slot_of(KEEPER.login) is None
    with session_at(ward_folder) as session:
        assert session.vault.notices == ()


def test_wrong_key_is_counted(ward_folder: Path, sheets: list[str]) -> None:
    """Sheets that look right and open nothing count as a failed log-in, which the next one records."""
    vault = read_keys(ward_folder).vault
    forged = [" ".join(words) for words in split_key(bytes(32), set_mark(vault, 1))]
    with pytest.raises(InputRefused) as refused:
        recover(ward_folder, forged[:2], KEEPER)
    assert _code(refused) == "recovery.does_not_open"
    attempts = json.loads((ward_folder / "attempts.json").read_text("utf-8"))
    assert [f["login"] for f in attempts["failures"]] == ["recovery"]
    with session_at(ward_folder) as session:
        assert session.vault.login_content()["attempts"][0]["login"] == "recovery"


def test_slot_of_another_vault_does_not_open(ward_folder: Path, sheets: list[str], tmp_path: Path) -> None:
    file = read_keys(ward_folder)
    key = combine(read_sheet(sheets[0]), read_sheet(sheets[1]))
    with pytest.raises(ValueError, match="open"):
        open_slot("ab" * 16, file.recovery or {}, key)
    edited = {**(file.recovery or {}), "kdf": {"name": "slip39", "set": 2, "k": 2, "n": 3}}
    with pytest.raises(ValueError, match="open"):
        open_slot(file.vault, edited, key)


def _full(*_: object, **__: object) -> None:
    raise StoreError("store.disk_full", place="study.db")
