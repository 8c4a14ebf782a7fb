"""Real vaults for tests: one is built per run, every test works on its own copy of the folder.

Argon2id costs 0.3 s by design and is not weakened for tests; ``tests.once`` derives a key once in a run.
``enter`` goes further and opens a slot with the key that it gave before; every other step is the real one.

    def test_x(ward: Path) -> None:      # conftest.py: from tests.vaults import open_ward, ward
        with enter(ward, "n07") as vault: ...
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from mda5_crf.crypto import WrapRefused
from mda5_crf.db import openvault
from mda5_crf.db.attempts import utc_now
from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.slots import open_keyring, unwrapped_keyring
from mda5_crf.db.unlock import Unlocked
from mda5_crf.db.vault import OpenVault, create_vault
from tests.once import built_once, one_salt_each

FOUNDER: Final = "i01"
PEOPLE: Final = {
    "i01": ("Li Na", "investigator", "orbit-canvas-12-lantern"),
    "n07": ("Zhang Wei", "data_entry", "meadow-string-44-copper"),
    "d02": ("Wang Fang", "data_manager", "velvet-anchor-90-thistle"),
    "a03": ("Chen Jie", "administrator", "walnut-garlic-71-parade"),
}
_WRAPPING: dict[bytes, bytearray] = {}


def password(login: str) -> str:
    """The password of one of PEOPLE."""
    return PEOPLE[login][2]


def build(folder: Path, name: str = "Ward 3", site: str = "01") -> Path:
    """A new vault with all of PEOPLE; the first founded it, the others were admitted."""
    first, *others = PEOPLE
    vault = create_vault(
        folder,
        study_oid="NCT04966884",
        definition=("ab" * 32, b"source"),
        site=site,
        name=name,
        person=(first, *PEOPLE[first][:2]),
        password=password(first),
    )
    with vault:
        for login in others:
            person, role, secret = PEOPLE[login]
            vault.add_person(login, person, role, secret, signer_password=password(first))
    return folder


def unlock(folder: Path, login: str = FOUNDER) -> Unlocked:
    """Steps 1 to 4 of unlocking, deriving each password at most once per session."""
    file = read_keys(folder)
    slot = file.slot_of(login)
    assert slot is not None
    known = _WRAPPING.get(slot.cost.salt)
    if known is not None:
        try:
            wrapping = bytearray(known)
            return Unlocked(file, slot, unwrapped_keyring(file.vault, slot, wrapping), wrapping)
        except WrapRefused:
            pass
    keyring, wrapping = open_keyring(file.vault, slot, password(login))
    _WRAPPING[slot.cost.salt] = bytearray(wrapping)
    return Unlocked(file, slot, keyring, wrapping)


def enter(folder: Path, login: str = FOUNDER, clock: Callable[[], datetime] = utc_now) -> OpenVault:
    """Open a vault as ``open_vault`` does, without paying for the derivation again."""
    return openvault.enter(folder, clock, lambda _: unlock(folder, login))


def built() -> Path:
    """One vault for the whole run; tests must not change it."""
    with one_salt_each():
        return built_once("vault.mda5", build)


def copied(folder: Path) -> Path:
    """A copy of the built vault at ``folder``."""
    return Path(shutil.copytree(built(), folder))


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """A copy of the vault for one test."""
    return copied(tmp_path / "ward.mda5")


@pytest.fixture
def open_ward(ward: Path) -> Iterator[OpenVault]:
    """The copy, open for its founder."""
    with enter(ward) as vault:
        yield vault
