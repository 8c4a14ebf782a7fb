"""A vault: one folder with the encrypted database and the key file, opened by one person at a time.

``create_vault`` makes the folder, ``open_vault`` unlocks it, an ``OpenVault`` holds the secrets of the
person until ``close``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mda5_crf.db.attempts import utc_now
from mda5_crf.db.founding import create_vault
from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.lockfile import on_network_share
from mda5_crf.db.openvault import OpenVault, enter
from mda5_crf.db.unlock import check_password_of
from mda5_crf.errors import CrfError, StoreError

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
    vault = enter(
        folder, clock, lambda attempts: check_password_of(read_keys(folder), login, password, attempts)
    )
    if vault.weakly_wrapped:
        try:
            vault.rewrap(password)
        except CrfError:
            vault.close()
            raise
    return vault
