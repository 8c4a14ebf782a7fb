"""The key of the database is renewed: whoever left stays out, and no kill on the way costs a record."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.crypto import BoxSecret
from mda5_crf.db import place, rekey, vaultrenewal
from mda5_crf.db.backup import FOLDER
from mda5_crf.db.keysfile import read_keys, write_keys
from mda5_crf.db.openvault import OpenVault
from mda5_crf.db.store import Store
from mda5_crf.db.unlock import DATABASE
from mda5_crf.db.vault import create_vault, open_vault
from mda5_crf.db.vaultrenewal import HAND_OVER, KNOWN
from mda5_crf.db.verify import verify
from mda5_crf.errors import CrfError, PermissionDenied, StoreError
from mda5_crf.services import people
from mda5_crf.services.access import judge
from tests.vaults import FOUNDER, enter, password

STEPS = ("back_up", "build", "move_in", "only", "drop_old_backups")


def _person(vault: OpenVault, login: str) -> str:
    return next(p.id for p in people.listed(vault.store) if p.login == login)


def _renew(vault: OpenVault) -> None:
    vault.renew_key(signer_password=password(vault.login), reason=KNOWN)


def _wrong(vault: OpenVault) -> list[str]:
    # The vault of these tests has no real definition.
    found = verify(vault.store, judge=judge)
    return [one.code for one in found if one.code != "definition_edited"]


def _records(folder: Path, login: str = FOUNDER) -> int:
    with enter(folder, login) as vault:
        assert not _wrong(vault)
        return sum(seq for seq, _ in vault.journal.heads().values())


@pytest.mark.requirement("E6-16", "PIPL-7")
@pytest.mark.alteration
def test_removed_user_with_old_copy(ward: Path, tmp_path: Path) -> None:
    """The copy from before still opens for who left; the present vault does not, not even with old keys."""
    before = tmp_path / "copy.mda5"
    shutil.copytree(ward, before)
    with enter(ward) as vault:
        old = vault.meta.gen
        vault.disable_person(_person(vault, "n07"), signer_password=password(FOUNDER))
        assert vault.meta.gen == old + 1
        assert not _wrong(vault)
    assert [slot.login for slot in read_keys(ward).slots] == ["i01", "d02", "a03"]
    with enter(before, "n07") as vault:
        assert vault.meta.gen == old
    # The slot and grant of before, put back into the folder of now.
    shutil.copyfile(before / "keys.json", ward / "keys.json")
    with pytest.raises(StoreError) as refused:
        enter(ward, "n07")
    assert refused.value.code == "store.key_does_not_fit"
    for backup in (ward / FOLDER).iterdir():  # no copy under the old key is left either
        file = read_keys(backup)
        assert file.slot_of("n07") is None


def test_all_others_go_on_with_every_record(ward: Path) -> None:
    count = _records(ward)
    with enter(ward) as vault:
        _renew(vault)
    for login in ("i01", "n07", "d02"):
        with enter(ward, login) as vault:
            assert vault.meta.gen == 2
            assert not vault.notices
    assert _records(ward) == count + 1
    assert {g.gen for slot in read_keys(ward).slots for g in slot.grants} == {2}
    assert not (ward / rekey.NEW).exists()


def test_page_keys_of_before_stay(ward: Path) -> None:
    with enter(ward) as vault:
        first = vault.device_keys.page_key
        _renew(vault)
        assert vault.device_keys.page_keys[1] == first
        assert vault.device_keys.page_key != first


@pytest.mark.requirement("P11-16")
def test_admin_after_hand_over_reads_nothing(tmp_path: Path) -> None:
    """An administrator founds the vault, admits the investigator, and gives the key up."""
    folder, first = tmp_path / "ward.mda5", "walnut-garlic-71-parade"
    chief = "orbit-canvas-12-lantern"
    with create_vault(
        folder,
        study_oid="NCT04966884",
        definition=("ab" * 32, b"source"),
        site="01",
        name="Ward 3",
        person=("a03", "Chen Jie", "administrator"),
        password=first,
    ) as vault:
        vault.add_person("i01", "Li Na", "investigator", chief, signer_password=first, principal=True)
    with open_vault(folder, "i01", chief) as vault:
        vault.renew_key(signer_password=chief, reason=HAND_OVER, without_data=["a03"])
    with pytest.raises(StoreError) as refused:
        open_vault(folder, "a03", first)
    assert refused.value.code == "store.key_no_grant"
    for grant in next(slot for slot in read_keys(folder).slots if slot.login == "a03").grants:
        assert grant.key != "study"
    with open_vault(folder, "i01", chief) as vault:  # the site goes on without him
        vault.add_person("m09", "Zhao Min", "monitor", "harbour-violet-31-candle", signer_password=chief)
        assert not _wrong(vault)


@pytest.mark.alteration
def test_public_key_swapped_before_rekey(ward: Path) -> None:
    """An attacker writes his key into a slot and waits for the next renewal: the journal's key is used."""
    file = read_keys(ward)
    slot = file.slot_of("n07")
    assert slot is not None
    false = replace(slot, public=replace(slot.public, box=BoxSecret.generate().public))
    write_keys(ward, file.with_slot(false))
    with enter(ward) as vault:
        _renew(vault)
        *_, last = vault.journal.records(kinds=("rekey",))
        assert last.data["swapped"] == ["n07"]
    with enter(ward, "n07") as vault:
        assert vault.meta.gen == 2


@pytest.mark.alteration
def test_only_a_keeper_renews(ward: Path) -> None:
    with enter(ward, "n07") as vault:
        with pytest.raises(PermissionDenied):
            vault.renew_key(signer_password=password("n07"), reason=KNOWN)
        assert vault.meta.gen == 1


@pytest.mark.alteration
def test_new_keys_old_db(ward: Path, tmp_path: Path) -> None:
    """The database of before beside the keys of now: refused, and the generation is named."""
    shutil.copyfile(ward / DATABASE, tmp_path / DATABASE)
    with enter(ward) as vault:
        _renew(vault)
    shutil.copyfile(tmp_path / DATABASE, ward / DATABASE)
    with pytest.raises(StoreError) as refused:
        enter(ward)
    assert refused.value.code == "store.key_does_not_fit"
    assert "2" in refused.value.in_("en")


@pytest.mark.parametrize("failing", ["copy_to", "replace", "write_keys"])
def test_a_full_disk_leaves_all_as_it_was(ward: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    count = _records(ward)
    with enter(ward) as vault:
        full = StoreError("store.vault_disk_full", place="study.db")

        def fail(*_: object, **__: object) -> None:
            raise full

        if failing == "copy_to":
            calls = iter([Store.copy_to])

            def second(store: Store, path: Path, key: bytes | None = None) -> None:
                next(calls, fail)(store, path, key)

            monkeypatch.setattr(Store, "copy_to", second)
        elif failing == "replace":
            monkeypatch.setattr(rekey, "move_in", fail)
        else:
            monkeypatch.setattr(place, "write_keys", fail)
        with pytest.raises(StoreError):
            _renew(vault)
        monkeypatch.undo()
        assert vault.meta.gen == 1
        assert vault.journal.heads()
    assert _records(ward) == count
    assert not (ward / rekey.NEW).exists()


def _killed(folder: Path, step: str, after: bool) -> None:
    """Renew the key in a child that ends by SIGKILL before or after ``step``."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the child came to its end"
        return
    try:
        module = vaultrenewal if step == "back_up" else rekey
        real: Callable[..., object] = getattr(module, step)

        def ends(*args: object, **named: object) -> object:
            if not after:
                os.kill(os.getpid(), signal.SIGKILL)
            real(*args, **named)
            os.kill(os.getpid(), signal.SIGKILL)
            return None

        setattr(module, step, ends)
        _renew(enter(folder))
    except CrfError:
        pass
    finally:
        os._exit(1)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_kill_during_rekey(ward: Path, step: str, after: bool) -> None:
    """Exactly one generation opens, every record is there, and the rest is cleared away."""
    count = _records(ward)
    _killed(ward, step, after)
    again = _records(ward)
    assert again >= count
    with enter(ward, "n07") as vault:
        assert not vault.notices
        generation = vault.meta.gen
    moved = (step, after) == ("move_in", True) or step in ("only", "drop_old_backups")
    assert generation == (2 if moved else 1)
    file = read_keys(ward)
    assert {g.gen for slot in file.slots for g in slot.grants} == {generation}
    assert not (ward / rekey.NEW).exists()
    with enter(ward) as vault:  # and it can be done again
        _renew(vault)
        assert vault.meta.gen == generation + 1
