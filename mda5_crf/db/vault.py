"""A vault: a folder with the encrypted database and the key file, or a centre's database on a server.

``create_vault`` makes it, ``open_vault`` unlocks it, an ``OpenVault`` holds the secrets of the
person until ``close``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mda5_crf.db.attempts import utc_now
from mda5_crf.db.founding import create_vault
from mda5_crf.db.openvault import OpenVault, enter
from mda5_crf.db.place import Place, place_of
from mda5_crf.db.unlock import check_password_of
from mda5_crf.db.vaultmeta import MOVED
from mda5_crf.errors import CrfError, StoreError

__all__ = ["OpenVault", "create_vault", "open_vault"]


def open_vault(
    where: Place | Path | str, login: str, password: str, *, clock: Callable[[], datetime] = utc_now
) -> OpenVault:
    """Unlock a vault; about 0.3 s by design.

    Raises LoginRefused (the same sentence for an unknown log-in and a wrong password; wait; account
    disabled) and StoreError (missing, in use, read-only, damaged, newer, not belonging together).
    The caller records the log-in with :meth:`OpenVault.login_content`.
    """
    place = place_of(where)
    try:
        place.require_vault()
    except StoreError:
        place.close()
        raise
    vault = enter(
        place, clock, lambda attempts: check_password_of(place.read_keys(), login, password, attempts)
    )
    moved = vault.store.meta(MOVED)
    if moved is not None:
        vault.close()
        raise StoreError("shared.moved_away", vault=place.name, place=moved.decode("utf-8", "replace"))
    if vault.weakly_wrapped:
        try:
            vault.rewrap(password)
        except CrfError:
            vault.close()
            raise
    return vault
