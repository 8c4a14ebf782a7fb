"""An unlocked vault: the secrets of the person at the keyboard, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mda5_crf.db.attempts import Attempts
from mda5_crf.db.lockfile import VaultLock
from mda5_crf.db.store import Store
from mda5_crf.db.unlock import Unlocked, open_database
from mda5_crf.db.vaultidentities import ListedVault


class OpenVault(ListedVault):
    """An unlocked vault and the person who unlocked it. Made by ``create_vault`` and ``open_vault``."""

    def __init__(
        self,
        folder: Path,
        lock: VaultLock,
        store: Store,
        unlocked: Unlocked,
        attempts: Attempts,
        clock: Callable[[], datetime],
    ) -> None:
        """Take over lock, store and secrets. Raises LoginRefused for a person the journal does not admit."""
        super().__init__(folder, lock, store, unlocked, attempts, clock)
        self._finish_renewal()
        self._look_back()
        lock.name_holder(unlocked.slot.login)


def enter(folder: Path, clock: Callable[[], datetime], unlock: Callable[[Attempts], Unlocked]) -> OpenVault:
    """Take the lock, let ``unlock`` open the person's slot, open the database.

    Raises what ``unlock`` raises, LoginRefused and StoreError; then nothing stays open or in memory.
    """
    lock = VaultLock(folder)
    unlocked: Unlocked | None = None
    store: Store | None = None
    try:
        attempts = Attempts.read(folder, clock)
        unlocked = unlock(attempts)
        store, _ = open_database(folder, unlocked)
        return OpenVault(folder, lock, store, unlocked, attempts, clock)
    except BaseException:
        # Whatever happened, an interrupt too: the secrets are forgotten and the lock is free.
        if store is not None:
            store.close()
        if unlocked is not None:
            unlocked.forget()
        lock.release()
        raise
