"""A vault: one folder with the encrypted database and the key file, opened by one person at a time.

``create_vault`` makes the folder, ``open_vault`` unlocks it, an ``OpenVault`` holds the secrets of the
person until ``close``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mda5_crf.db.attempts import Attempts, utc_now
from mda5_crf.db.founding import create_vault
from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.lockfile import VaultLock, on_network_share
from mda5_crf.db.openvault import OpenVault
from mda5_crf.db.store import Store
from mda5_crf.db.unlock import Unlocked, check_password_of, open_database
from mda5_crf.errors import StoreError

__all__ = ["OpenVault", "create_vault", "open_vault"]


def open_vault(
    folder: Path, login: str, password: str, *, clock: Callable[[], datetime] = utc_now
) -> OpenVault:
    """Unlock a vault; about 0.3 s by design.

    Raises LoginRefused (the same sentence for an unknown log-in and a wrong password; wait; account
    disabled) and StoreError (missing, in use, read-only, damaged, newer, not belonging together).
    The caller records the log-in with :meth:`OpenVault.login_content`.
    """
    if not folder.is_dir():
        raise StoreError("store.vault_missing", place=folder.name)
    if on_network_share(folder):
        raise StoreError("store.vault_on_network", place=folder.name)
    read_keys(folder)  # before anything is written into a folder that is no vault
    lock = VaultLock(folder)
    unlocked: Unlocked | None = None
    store: Store | None = None
    try:
        attempts = Attempts.read(folder, clock)
        unlocked = check_password_of(read_keys(folder), login, password, attempts)
        store, _ = open_database(folder, unlocked)
        vault = OpenVault(folder, lock, store, unlocked, attempts, clock)
        if unlocked.slot.cost.weak:
            vault.rewrap(password, password)
        return vault
    except BaseException:
        # Whatever happened, an interrupt too: no secrets stay in memory and the lock is free.
        if store is not None:
            store.close()
        if unlocked is not None:
            unlocked.forget()
        lock.release()
        raise
