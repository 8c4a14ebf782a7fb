"""Attacks on the key file and on log-in. The names are those of the security page."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mda5_crf.crypto import (
    AUTHORITY,
    Cost,
    SigningKey,
    Task,
    canon,
    parse_canon,
    part_key,
    password_key,
    random_bytes,
    wrap,
)
from mda5_crf.db.accounts import PersonKeys, certificate_draft, certify
from mda5_crf.db.journal import Journal
from mda5_crf.db.keysfile import FILE_NAME, PREVIOUS_NAME, parse_keys, read_keys, write_keys
from mda5_crf.db.records import Draft
from mda5_crf.db.slots import (
    GrantRefused,
    Signer,
    _bound,
    check_grant,
    grant_to,
    open_signer,
    with_keyring,
)
from mda5_crf.db.store import Store
from mda5_crf.db.unlock import DATABASE
from mda5_crf.db.vault import create_vault, open_vault
from mda5_crf.db.vaultmeta import read_meta, write_meta
from mda5_crf.errors import CrfError, LoginRefused, StoreError
from mda5_crf.services import people
from tests.vaults import FOUNDER, copied, enter, password, unlock

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def _refusal(call: Callable[[], object], error: type[CrfError] = StoreError) -> str:
    with pytest.raises(error) as refused:
        call()
    assert refused.value.in_("en") != refused.value.in_("zh")
    return refused.value.code


def _edit(folder: Path, *path: str | int, value: object) -> None:
    raw = parse_canon((folder / FILE_NAME).read_bytes())
    place = raw
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    (folder / FILE_NAME).write_bytes(canon(raw))


def _failing(error: CrfError) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def _login(folder: Path, login: str = FOUNDER, secret: str | None = None) -> None:
    open_vault(folder, login, password(login) if secret is None else secret).close()


# -- guessing --------------------------------------------------------------------------------------------


@pytest.mark.derives
def test_wrong_password_and_unknown_login_alike(ward: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, the same derivation, about the same time."""
    derived: list[tuple[int, int, int]] = []

    def watched(secret: str, cost: Cost) -> bytearray:
        derived.append((cost.memory, cost.passes, cost.lanes))
        return password_key(secret, cost)

    monkeypatch.setattr("mda5_crf.db.slots.password_key", watched)
    monkeypatch.setattr("mda5_crf.db.unlock.password_key", watched)
    costs: dict[str, list[float]] = {"n07": [], "nobody": []}
    sentences = set()
    for login in ("n07", "nobody") * 2:
        before = time.process_time()
        with pytest.raises(LoginRefused) as refused:
            open_vault(ward, login, "not the password")
        costs[login].append(time.process_time() - before)
        sentences.add((refused.value.code, refused.value.text))
    assert [code for code, _ in sentences] == ["store.login_refused"]
    # A slot made on a PC that was too slow costs half; the unknown log-in costs what one of the slots costs.
    accounts = {(slot.cost.memory, slot.cost.passes, slot.cost.lanes) for slot in read_keys(ward).slots}
    assert len(derived) == 4
    assert set(derived) <= accounts
    assert derived[:2] == derived[2:]
    known, unknown = (min(seconds) for seconds in costs.values())
    assert max(known, unknown) < 4 * min(known, unknown), costs


@pytest.mark.derives
@pytest.mark.requirement("PIPL-1")
def test_guess_costs_100_ms(ward: Path) -> None:
    before = time.process_time()
    with pytest.raises(LoginRefused):
        open_vault(ward, "n07", "not the password")
    assert time.process_time() - before > 0.1


@pytest.mark.derives
def test_brute_force_list_offline(ward: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A thief tries a list against a copied slot, past all waiting: only the derivation holds him up."""
    file = read_keys(ward)
    slot = file.slot_of("n07")
    assert slot is not None
    guesses = ["password1234", "zhangwei2024", "ward3ward3ward3"]
    began = time.perf_counter()
    for guess in guesses:
        with pytest.raises(ValueError, match="open"):
            open_signer(file.vault, slot, guess)
    rate = len(guesses) / (time.perf_counter() - began)
    with capsys.disabled():
        print(f"\n  offline guesses per second and core: {rate:.1f} at {slot.cost.memory // 1024} MiB")
    assert rate < 20


@pytest.mark.requirement("P11-17", "FDA-7", "E6-1")
def test_failures_reach_the_journal(ward: Path) -> None:
    for login in ("n07", "n07", "hunter2-typed-in-the-wrong-field"):
        with pytest.raises(LoginRefused):
            open_vault(ward, login, "wrong", clock=lambda: NOW)
    assert "hunter2" not in (ward / "attempts.json").read_text("utf-8")
    with enter(ward, "n07") as vault:
        vault.journal.append([Draft("login", "", vault.login_content())])
        assert (ward / "attempts.json").exists(), "a crash before the record is written loses no failure"
        vault.login_recorded()
        recorded = [record.data for record in vault.journal.records(kinds=("login",))][-1]
        assert recorded["attempts"] == [
            {"login": "", "count": 1, "first": NOW.isoformat(), "last": NOW.isoformat()},
            {"login": "n07", "count": 2, "first": NOW.isoformat(), "last": NOW.isoformat()},
        ]
        assert vault.login_content() == {"login": "n07", "result": "ok"}
    assert not (ward / "attempts.json").exists()


@pytest.mark.alteration
def test_attempts_file_deleted(ward: Path) -> None:
    for _ in range(5):
        with pytest.raises(LoginRefused):
            open_vault(ward, "n07", "wrong", clock=lambda: NOW)
    wait = _refusal(lambda: open_vault(ward, "n07", password("n07"), clock=lambda: NOW), LoginRefused)
    assert wait == "store.login_wait"
    (ward / "attempts.json").unlink()
    wrong = _refusal(lambda: open_vault(ward, "n07", "wrong", clock=lambda: NOW), LoginRefused)
    assert wrong == "store.login_refused"
    open_vault(ward, "n07", password("n07"), clock=lambda: NOW).close()


# -- edits of the file -----------------------------------------------------------------------------------


@pytest.mark.alteration
def test_kdf_lowered_in_file(ward: Path) -> None:
    """A lowered cost gives another key and is bound into the wrap: the right password fails too."""
    index = [slot.login for slot in read_keys(ward).slots].index("n07")
    _edit(ward, "slots", index, "kdf", "m_kib", value=65536)
    _edit(ward, "slots", index, "kdf", "t", value=1)
    assert _refusal(lambda: _login(ward, "n07"), LoginRefused) == "store.login_refused"


def test_slot_made_at_low_cost_is_wrapped_anew(ward: Path) -> None:
    unlocked = unlock(ward, "n07")
    file, slot = unlocked.file, unlocked.slot
    signer: Signer = open_signer(file.vault, slot, password("n07"))
    weak = replace(slot, cost=Cost(random_bytes(16), memory=65536, passes=1))
    key = password_key(password("n07"), weak.cost)
    weak = replace(
        weak, signer=wrap(part_key(key, "signer"), signer.to_bytes(), _bound(file.vault, weak, "signer"))
    )
    weak = with_keyring(file.vault, weak, part_key(key, "keyring"), unlocked.keyring)
    write_keys(ward, file.with_slot(weak))
    _login(ward, "n07")
    after = read_keys(ward).slot_of("n07")
    assert after is not None
    assert after.cost.passes == 3
    assert after.cost.salt != weak.cost.salt
    _login(ward, "n07")


@pytest.mark.alteration
def test_kdf_memory_huge(ward: Path) -> None:
    for field, value in (("m_kib", 2**40), ("t", 1000), ("p", 64)):
        copy = Path(shutil.copytree(ward, ward.with_name(f"copy-{field}")))
        _edit(copy, "slots", 0, "kdf", field, value=value)
        began = time.perf_counter()
        assert _refusal(lambda copy=copy: _login(copy)) == "store.key_cost_refused"  # type: ignore[misc]
        assert time.perf_counter() - began < 0.2


@pytest.mark.alteration
def test_slot_from_other_vault(ward: Path, tmp_path: Path) -> None:
    """A colleague founds a vault of his own with a password he knows and moves his slot over."""
    own = create_vault(
        tmp_path / "own.mda5",
        study_oid="NCT04966884",
        definition=("ab" * 32, b"x"),
        site="01",
        name="Ward 3",
        person=("n07", "Zhang Wei", "investigator"),
        password="canyon-ribbon-58-walrus",
    )
    own.close()
    foreign = read_keys(tmp_path / "own.mda5").slots[0]
    file = read_keys(ward)
    write_keys(ward, file.without("n07").with_slot(foreign))
    code = _refusal(lambda: _login(ward, "n07", "canyon-ribbon-58-walrus"), LoginRefused)
    assert code == "store.login_refused"


@pytest.mark.alteration
@pytest.mark.parametrize("part", ["login", "slot", "salt", "box", "author", "sign"])
def test_slot_field_edited(ward: Path, part: str) -> None:
    file = read_keys(ward)
    index = [slot.login for slot in file.slots].index("n07")
    other = file.slots[0]
    path: tuple[str | int, ...]
    if part in ("login", "slot"):
        path, value = ("slots", index, part), "n99" if part == "login" else "ff" * 8
    elif part == "salt":
        path, value = ("slots", index, "kdf", "salt"), other.as_json()["kdf"]["salt"]
    else:
        path, value = ("slots", index, "public", part), other.as_json()["public"][part]
    _edit(ward, *path, value=value)
    login = "n99" if part == "login" else "n07"
    assert _refusal(lambda: _login(ward, login, password("n07")), LoginRefused) == "store.login_refused"


@pytest.mark.alteration
def test_slots_swapped(ward: Path) -> None:
    """Somebody puts the contents of his own slot under another's log-in."""
    raw = parse_canon((ward / FILE_NAME).read_bytes())
    own, victim = (next(s for s in raw["slots"] if s["login"] == login) for login in ("n07", FOUNDER))
    for field in ("kdf", "public", "keyring", "signer", "grants", "slot"):
        own[field], victim[field] = victim[field], own[field]
    (ward / FILE_NAME).write_bytes(canon(raw))
    assert _refusal(lambda: _login(ward, FOUNDER, password("n07")), LoginRefused) == "store.login_refused"


@pytest.mark.requirement("P11-17")
@pytest.mark.alteration
def test_two_slots_same_login(ward: Path) -> None:
    raw = parse_canon((ward / FILE_NAME).read_bytes())
    raw["slots"].append({**raw["slots"][0], "slot": "ff" * 8})
    (ward / FILE_NAME).write_bytes(canon(raw))
    assert _refusal(lambda: _login(ward)) == "store.key_slot_twice"


@pytest.mark.alteration
def test_database_key_substituted(ward: Path, tmp_path: Path) -> None:
    """The attacker makes a database under his own key and grants it to everybody, signed by himself."""
    key, attacker = random_bytes(32), SigningKey.generate()
    with enter(ward) as vault:
        vault.store.copy_to(tmp_path / "evil.db", key)
    shutil.copy(tmp_path / "evil.db", ward / DATABASE)
    for gen in (1, 2):
        file = read_keys(ward)
        for slot in file.slots:
            grant = grant_to(file.vault, slot, "study", gen, key, FOUNDER, attacker)
            file = file.with_slot(replace(slot, grants=(grant,) if gen == 1 else (*slot.grants, grant)))
        write_keys(ward, file.sealed(key))
        assert _refusal(lambda: enter(ward, "n07")) == "store.key_grant_refused"


# -- old files put back ----------------------------------------------------------------------------------


def _renewed(folder: Path) -> None:
    """What a renewal of the database key leaves behind, done by hand: generation 2 everywhere."""
    key = random_bytes(32)
    with enter(folder) as vault:
        vault.store.copy_to(folder / "study.db.new", key)
        signer = vault._signer(password(FOUNDER))
        file = vault._unlocked.file
    (folder / "study.db.new").replace(folder / DATABASE)
    for end in ("-wal", "-shm"):
        (folder / (DATABASE + end)).unlink(missing_ok=True)
    store = Store.open(folder / DATABASE, key)
    with store.transaction() as tx:
        write_meta(store, tx, replace(read_meta(store), gen=2))
    store.close()
    file = read_keys(folder)
    for slot in file.slots:
        if slot.grants:
            grant = grant_to(file.vault, slot, "study", 2, key, FOUNDER, signer.sign)
            file = file.with_slot(replace(slot, grants=(grant,)))
    write_keys(folder, replace(file, gen=2).sealed(key))


@pytest.mark.alteration
def test_old_keys_new_db(ward: Path) -> None:
    old = (ward / FILE_NAME).read_bytes()
    _renewed(ward)
    with enter(ward, "n07") as vault:
        assert vault.meta.gen == 2
    (ward / FILE_NAME).write_bytes(old)
    assert _refusal(lambda: enter(ward, "n07")) == "store.key_does_not_fit"


@pytest.mark.alteration
def test_new_keys_old_db(ward: Path) -> None:
    old = (ward / DATABASE).read_bytes()
    _renewed(ward)
    enter(ward, "n07").close()
    (ward / DATABASE).write_bytes(old)
    with pytest.raises(StoreError) as refused:
        enter(ward, "n07")
    assert refused.value.code == "store.key_does_not_fit"
    assert "generation 2" in refused.value.in_("en")


def test_an_interrupted_renewal_opens_the_generation_that_is_there(ward: Path) -> None:
    """``keys.json`` already names both generations, the database is still of the first."""
    file = read_keys(ward)
    signer = open_signer(file.vault, file.slots[0], password(FOUNDER))
    for slot in file.slots:
        if slot.grants:
            grant = grant_to(file.vault, slot, "study", 2, random_bytes(32), FOUNDER, signer.sign)
            file = file.with_slot(replace(slot, grants=(*slot.grants, grant)))
    write_keys(ward, file)
    with enter(ward, "n07") as vault:
        assert vault.meta.gen == 1


@pytest.mark.alteration
def test_grants_older_than_believed_are_refused(ward: Path) -> None:
    unlocked = unlock(ward, "n07")
    keyring = replace(unlocked.keyring, min_gen=3)
    slot = with_keyring(unlocked.file.vault, unlocked.slot, unlocked.wrapping, keyring)
    write_keys(ward, unlocked.file.with_slot(slot))
    assert _refusal(lambda: enter(ward, "n07")) == "store.key_generation_old"


@pytest.mark.alteration
def test_old_keys_without_rekey(ward: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk was full when somebody was removed, so the key stayed; he puts back the file with his slot."""
    full = StoreError("store.vault_disk_full", place=DATABASE)
    monkeypatch.setattr(Store, "copy_to", _failing(full))
    before = (ward / FILE_NAME).read_bytes()
    with enter(ward) as vault:
        found = vault.register().of_login("n07")
        assert found is not None
        assert (
            _refusal(lambda: vault.disable_person(found.person, signer_password=password(FOUNDER)))
            == "store.vault_disk_full"
        )
    monkeypatch.undo()
    (ward / FILE_NAME).write_bytes(before)
    assert _refusal(lambda: enter(ward, "n07"), LoginRefused) == "store.login_disabled"
    with enter(ward, "d02") as vault:
        assert any("older than this database knows" in notice.en for notice in vault.notices)
        assert "keys_file_older" in vault.login_content()["notes"]
    with enter(ward, "d02") as vault:
        assert vault.notices == (), "said once; then this is the file"


@pytest.mark.alteration
def test_older_database_is_noticed(ward: Path) -> None:
    enter(ward, "n07").close()
    old = (ward / DATABASE).read_bytes()
    with enter(ward, "n07") as vault:
        vault.journal.append([Draft("logout", "", {"login": "n07"})])
    (ward / DATABASE).write_bytes(old)
    with enter(ward, "n07") as vault:
        assert any("fewer records" in notice.en for notice in vault.notices)
        assert vault.login_content()["notes"] == ["older_than_seen"]


@pytest.mark.alteration
def test_check_value_of_the_file(ward: Path) -> None:
    """A grant taken out by another tool is no way in, but it is told."""
    file = read_keys(ward)
    slot = file.slot_of("d02")
    assert slot is not None
    (ward / FILE_NAME).write_bytes(file.with_slot(replace(slot, grants=())).to_bytes())
    with enter(ward, "n07") as vault:
        assert vault.login_content()["notes"] == ["keys_file_changed"]
        assert any("another tool" in notice.en for notice in vault.notices)
    assert _refusal(lambda: enter(ward, "d02")) == "store.key_no_grant"


@pytest.mark.alteration
def test_keys_and_database_of_two_vaults(ward: Path, tmp_path: Path) -> None:
    other = copied(tmp_path / "other.mda5")
    with enter(other) as vault, vault.store.transaction() as tx:
        write_meta(vault.store, tx, replace(vault.meta, vault="00" * 16))
    assert _refusal(lambda: enter(other)) == "store.vault_other"


@pytest.mark.requirement("P11-4")
@pytest.mark.alteration
def test_slot_without_certificate_opens_nothing(ward: Path) -> None:
    """A keeper's program died between writing the slot and the certificate."""
    with enter(ward) as vault:
        vault.add_person(
            "n08", "Wang", "data_entry", "harbour-linen-63-pepper", signer_password=password(FOUNDER)
        )
        with_slot = read_keys(ward).slot_of("n08")
        assert with_slot is not None
    fresh = copied(ward.with_name("fresh.mda5"))
    write_keys(fresh, read_keys(fresh).with_slot(with_slot))
    code = _refusal(lambda: _login(fresh, "n08", "harbour-linen-63-pepper"), LoginRefused)
    assert code == "store.login_uncertified"
    with enter(fresh) as vault:
        vault.add_person(
            "n08", "Wang", "data_entry", "canyon-ribbon-58-walrus", signer_password=password(FOUNDER)
        )
    _login(fresh, "n08", "canyon-ribbon-58-walrus")


# -- passwords, traces -----------------------------------------------------------------------------------


@pytest.mark.alteration
def test_role_written_into_the_file(ward: Path) -> None:
    """A key holder gives himself roles with another tool; the certificate that counts is asked here."""
    with enter(ward, "n07") as vault:
        tasks = (Task("investigator", "2026-01-01"), Task("data_manager", "2026-01-01"))
        forged = replace(vault.certificate, tasks=tasks, serial=99).signed(AUTHORITY, SigningKey.generate())
        vault.journal.append([Draft("certificate", "", forged.as_json())])
    with enter(ward, "n07") as vault:
        assert people.at_keyboard(vault).roles == ("data_entry",)


@pytest.mark.alteration
def test_data_entry_cannot_lock_the_investigator_out(ward: Path) -> None:
    with enter(ward, "d02") as vault:
        nurse, doctor = (vault.register().of_login(login) for login in ("n07", FOUNDER))
        assert nurse is not None
        assert doctor is not None
        vault.disable_person(nurse.person, signer_password=password("d02"))
    with enter(ward, "d02") as vault:
        # What the nurse, who knows the database key, writes with another tool.
        own = replace(vault.identity, person=nurse.person)
        words = [(doctor.person, "disabled"), (nurse.person, "active")]
        Journal(vault.store, own, vault.meta.zone).append(
            [Draft("user", "", {"person": person, "state": state}) for person, state in words]
        )
    with enter(ward) as vault:
        assert vault.register().disabled == {nurse.person}


@pytest.mark.alteration
def test_retired_keys_under_another_log_in(ward: Path) -> None:
    """Newer keys were certified for the person, under a new log-in: the old slot opens nothing."""
    with enter(ward) as vault:
        old = vault.register().of_login("n07")
        assert old is not None
        keys = PersonKeys().public
        fresh = replace(old, login="n08", box=keys.box, author=keys.author, sign=keys.sign, serial=99)
        signed = certify(
            fresh, vault._signer(password(FOUNDER)), vault.certificate, vault.register().authority
        )
        vault.journal.append([certificate_draft(signed)])
    assert _refusal(lambda: enter(ward, "n07"), LoginRefused) == "store.login_uncertified"


@pytest.mark.alteration
def test_administrator_whom_the_investigator_admitted_grants_nothing(ward: Path) -> None:
    """He holds no data key; nor can he slip in a database under a key of his own."""
    enter(ward, "n07").close()
    file, keyring = read_keys(ward), unlock(ward, "n07").keyring
    admin, slot = file.slot_of("a03"), file.slot_of("n07")
    assert admin is not None
    assert slot is not None
    sign = open_signer(file.vault, admin, password("a03")).sign
    with pytest.raises(GrantRefused):
        check_grant(
            file, slot, grant_to(file.vault, slot, "study", 2, random_bytes(32), "a03", sign), keyring
        )


def test_password_fullwidth_equals_halfwidth(ward: Path) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in password("n07"))
    assert wide != password("n07")
    _login(ward, "n07", wide)


# -- the machine fails -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 100, 4096, 20_000])
def test_truncated_vault(ward: Path, size: int) -> None:
    data = (ward / DATABASE).read_bytes()
    assert len(data) > size
    (ward / DATABASE).write_bytes(data[:size])
    code = _refusal(lambda: enter(ward))
    assert code in {"store.not_readable", "store.key_does_not_fit", "store.damaged"}
    assert (ward / DATABASE).read_bytes() == data[:size], "a damaged file is not written to"


def test_missing_parts(ward: Path) -> None:
    (ward / DATABASE).rename(ward / "away")
    assert _refusal(lambda: enter(ward)) == "store.missing"
    assert not (ward / DATABASE).exists()
    (ward / "away").rename(ward / DATABASE)
    (ward / FILE_NAME).unlink()
    assert _refusal(lambda: _login(ward)) == "store.key_file_missing"


def test_truncated_key_file_at_every_length(ward: Path) -> None:
    data = (ward / FILE_NAME).read_bytes()
    for size in range(0, len(data), 97):
        assert _refusal(lambda size=size: parse_keys(data[:size])) == "store.key_file_damaged"  # type: ignore[misc]


_OPEN = """
import os, sys, pathlib
from mda5_crf.crypto import word_list
from mda5_crf.db.vault import create_vault, open_vault
from mda5_crf.errors import CrfError
from mda5_crf.text import message
message("store.vault_read_only"), word_list(), pathlib.Path(".").resolve()
if os.getuid() == 0:  # all is imported: that user may not read where Python lies
    os.setgid(65534); os.setuid(65534)
folder = pathlib.Path(sys.argv[1])
try:
    if sys.argv[2] == "open":
        open_vault(folder, "n07", sys.argv[3])
    else:
        create_vault(folder / "w.mda5", study_oid="S", definition=("00" * 32, b"x"), site="01", name="Ward",
                     person=("i01", "Li Na", "investigator"), password=sys.argv[3])
except CrfError as refused:
    print(refused.code)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no user ids; folders there are protected by lists")
@pytest.mark.parametrize("act", ["open", "create"])
def test_read_only_folder(act: str) -> None:
    """As an unprivileged user: root may write everywhere."""
    base = Path(tempfile.mkdtemp(prefix="mda5-crf-ro-", dir="/tmp"))
    try:
        folder = copied(base / "ward.mda5")
        for path in (base, folder, *folder.iterdir()):
            path.chmod(0o555 if path.is_dir() else 0o444)
        run = subprocess.run(
            [sys.executable, "-c", _OPEN, str(folder), act, password("n07")],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path.cwd(),
        )
        assert run.stdout.strip() == "store.vault_read_only", run.stderr
    finally:
        for path in (base, base / "ward.mda5"):
            path.chmod(0o755)
        shutil.rmtree(base)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 KiB, where this machine lets us mount one."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=600k", "none", str(place)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("cannot mount a small disk here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def _fill(path: Path) -> None:
    path.write_bytes(bytes(shutil.disk_usage(path.parent).free))
    with pytest.raises(OSError, match=f"Errno {errno.ENOSPC}"):
        path.with_name("more").write_bytes(b"x")


def test_disk_full(small_disk: Path) -> None:
    folder = copied(small_disk / "ward.mda5")
    vault = enter(folder, "n07")
    before = (folder / FILE_NAME).read_bytes()
    _fill(small_disk / "filler")
    code = _refusal(lambda: vault.change_password(password("n07"), "harbour-linen-63-pepper"))
    assert code == "store.vault_disk_full"
    assert (folder / FILE_NAME).read_bytes() == before
    wrong = _refusal(lambda: vault.change_password("wrong", "harbour-linen-63-pepper"))
    assert wrong == "store.vault_disk_full", "a guess that cannot be counted is no free guess"
    vault.close()
    _fill(small_disk / "again")
    assert _refusal(lambda: enter(folder, "n07")) == "store.vault_disk_full"
    (small_disk / "filler").unlink()
    enter(folder, "n07").close()


def test_disk_full_while_founding(small_disk: Path) -> None:
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        filler.write(bytes(500 * 1024))

    def found() -> None:
        create_vault(
            small_disk / "w.mda5",
            study_oid="S",
            definition=("00" * 32, b"x"),
            site="01",
            name="Ward",
            person=("i01", "Li Na", "investigator"),
            password=password(FOUNDER),
        )

    code = _refusal(found)
    assert code in {"store.disk_full", "store.vault_disk_full"}
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


_LITTLE_MEMORY = """
import resource, sys, pathlib
from mda5_crf.crypto import word_list
from mda5_crf.db.vault import create_vault, open_vault
from mda5_crf.errors import CrfError
folder, secret = pathlib.Path(sys.argv[1]), sys.argv[2]
used = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (40 << 20), used + (40 << 20)))
try:
    open_vault(folder, "n07", secret)
except CrfError as refused:
    print(refused.code)
try:
    create_vault(folder / "w.mda5", study_oid="S", definition=("00" * 32, b"x"), site="01", name="Ward",
                 person=("i01", "Li Na", "investigator"), password=secret)
except CrfError as refused:
    print(refused.code, [path.name for path in folder.iterdir() if path.name.startswith("w")])
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's limits on memory")
def test_too_little_memory(ward: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _LITTLE_MEMORY, str(ward), password("n07")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path.cwd(),
    )
    assert run.stdout.split("\n") == ["store.key_memory_short", "store.key_memory_short []", ""], run.stderr


_WRITE = """
import sys, pathlib
from mda5_crf.db.keysfile import read_keys, write_keys
folder = pathlib.Path(sys.argv[1])
file = read_keys(folder)
print("go", flush=True)
while True:
    file = file.sealed(bytes(32))
    write_keys(folder, file)
"""


def test_kill_while_writing_the_key_file(ward: Path, times: Callable[[int, int], int]) -> None:
    """Killed anywhere, the key file is the old or the new one, whole."""
    writes = []
    for _ in range(times(5, 200)):
        program = subprocess.Popen(
            [sys.executable, "-c", _WRITE, str(ward)], stdout=subprocess.PIPE, cwd=Path.cwd()
        )
        assert program.stdout is not None
        with program:
            program.stdout.readline()
            time.sleep(random.uniform(0, 0.05))
            program.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
            program.wait()
        file = read_keys(ward)
        assert file.write > 0
        writes.append(file.write)
        parse_keys((ward / PREVIOUS_NAME).read_bytes())
    assert writes == sorted(writes)
    enter(ward, "n07").close()
