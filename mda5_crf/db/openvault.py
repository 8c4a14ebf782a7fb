"""An unlocked vault: the secrets of the person at the keyboard, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mda5_crf import integrity
from mda5_crf.db.attempts import Attempts
from mda5_crf.db.place import Lock, Place, place_of
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.unlock import Unlocked, open_database
from mda5_crf.db.vaultidentities import ListedVault
from mda5_crf.db.vaultmeta import read_meta


class OpenVault(ListedVault):
    """An unlocked vault and the person who unlocked it. Made by ``create_vault`` and ``open_vault``."""

    def __init__(
        self,
        place: Place,
        lock: Lock,
        store: AnyStore,
        unlocked: Unlocked,
        attempts: Attempts,
        clock: Callable[[], datetime],
    ) -> None:
        """Take over lock, store and secrets. Raises LoginRefused for a person the journal does not admit."""
        super().__init__(place, lock, store, unlocked, attempts, clock)
        self._finish_renewal()
        self._look_back()
        lock.name_holder(unlocked.slot.login)


def enter(
    where: Place | Path, clock: Callable[[], datetime], unlock: Callable[[Attempts], Unlocked]
) -> OpenVault:
    """Take the lock, let ``unlock`` open the person's slot, open the database.

    Raises what ``unlock`` raises, LoginRefused and StoreError (a program whose files were altered opens no
    real data); then nothing stays open or in memory.
    """
    place = place_of(where)
    lock = place.lock()
    unlocked: Unlocked | None = None
    store: AnyStore | None = None
    try:
        attempts = place.attempts(clock)
        unlocked = unlock(attempts)
        store, _ = open_database(place, unlocked)
        if not read_meta(store).demo:  # a demonstration holds nobody's data, and shows that the rest runs
            integrity.require()
        return OpenVault(place, lock, store, unlocked, attempts, clock)
    except BaseException:
        # Whatever happened, an interrupt too: the secrets are forgotten and the lock is free.
        if store is not None:
            store.close()
        if unlocked is not None:
            unlocked.forget()
        lock.release()
        place.close()
        raise
