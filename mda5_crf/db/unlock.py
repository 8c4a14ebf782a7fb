"""From log-in and password to an open database.

The numbers are the steps of unlocking: 1 read and bound the key file, 2 wait after failures, 3 derive,
4 open the keyring, 5 find a grant that a keeper signed, 6 open ``study.db``; 7 and 8 (person, heads,
records) are ``openvault``'s. An unknown log-in costs the same as a wrong password and is answered with
the same sentence.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from mda5_crf.crypto import (
    Cost,
    CostRefused,
    WrapRefused,
    file_hash,
    forget,
    password_key,
    random_bytes,
)
from mda5_crf.db.attempts import UNKNOWN, Attempts
from mda5_crf.db.files import trouble
from mda5_crf.db.keysfile import KeysFile, Slot
from mda5_crf.db.place import DATABASE, OTHER_KEY, Place
from mda5_crf.db.slots import (
    GrantRefused,
    Keyring,
    Signer,
    newest_grants,
    open_grant,
    open_keyring,
    open_signer,
)
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.vaultmeta import VaultMeta, read_meta
from mda5_crf.errors import LoginRefused, StoreError

__all__ = [
    "DATABASE",
    "STUDY_KEY",
    "Unlocked",
    "check_password_of",
    "count_failure",
    "newest_key",
    "open_database",
    "other_keys",
    "signer_of",
]

STUDY_KEY: Final = "study"


@dataclass(slots=True)
class Unlocked:
    """What a person holds while logged in; :meth:`forget` empties ``database_key`` and ``wrapping``."""

    file: KeysFile
    slot: Slot
    keyring: Keyring
    wrapping: bytearray = field(repr=False)
    database_key: bytearray = field(default_factory=bytearray, repr=False)
    gen: int = 0

    def forget(self) -> None:
        """Overwrite the secrets."""
        self.keyring.forget()
        forget(self.wrapping)
        forget(self.database_key)


def check_password_of(file: KeysFile, login: str, password: str, attempts: Attempts) -> Unlocked:
    """Steps 2 to 4: the wait, the derivation, the keyring.

    Raises LoginRefused (wait; log-in or password wrong, failure counted) and StoreError (memory; the
    failure cannot be written).
    """
    slot = file.slot_of(login)
    counted = login if slot else UNKNOWN
    wait = attempts.wait(counted)
    if wait:
        raise LoginRefused("store.login_wait", seconds=wait)
    try:
        if slot is None:
            _spend_the_same(file, login, password)
            raise WrapRefused("unknown log-in")
        keyring, wrapping = open_keyring(file.vault, slot, password)
    except CostRefused:
        raise StoreError("store.key_memory_short") from None
    except WrapRefused:
        count_failure(attempts, counted)
        raise LoginRefused("store.login_refused") from None
    return Unlocked(file, slot, keyring, wrapping)


def open_database(place: Place, unlocked: Unlocked) -> tuple[AnyStore, VaultMeta]:
    """Steps 5 and 6: the newest grant a keeper signed that opens the database of this vault.

    After an interrupted renewal of the key the file may be of the generation before: then the older
    grant opens it. Raises StoreError.
    """
    file, slot, name = unlocked.file, unlocked.slot, place.name
    refused = False
    tried = 0
    for gen, key in _keys(unlocked):
        if key is None:
            refused = True
            continue
        tried = tried or gen
        try:
            store = place.open_store(bytes(key))
        except StoreError as error:
            forget(key)
            if error.code != OTHER_KEY:
                raise
            continue
        try:
            meta = read_meta(store)
            if meta.vault != file.vault or meta.gen != gen:
                code = "store.vault_other" if meta.vault != file.vault else "store.key_does_not_fit"
                raise StoreError(code, vault=name, gen=gen)
        except StoreError:
            store.close()
            forget(key)
            raise
        unlocked.database_key, unlocked.gen = key, gen
        return store, meta
    if refused:
        raise StoreError("store.key_grant_refused", vault=name)
    if tried:
        raise StoreError("store.key_does_not_fit", vault=name, gen=tried)
    older = [grant.gen for grant in slot.grants if grant.key == STUDY_KEY]
    if older:
        raise StoreError(
            "store.key_generation_old", vault=name, gen=max(older), seen=unlocked.keyring.min_gen
        )
    raise StoreError("store.key_no_grant", vault=name)


def signer_of(unlocked: Unlocked, password: str, attempts: Attempts) -> Signer:
    """The sign key, for one act. Wrong passwords count as failed log-ins. Raises LoginRefused, StoreError."""
    login = unlocked.slot.login
    wait = attempts.wait(login)
    if wait:
        raise LoginRefused("store.login_wait", seconds=wait)
    try:
        return open_signer(unlocked.file.vault, unlocked.slot, password)
    except CostRefused:
        raise StoreError("store.key_memory_short") from None
    except WrapRefused:
        count_failure(attempts, login)
        raise LoginRefused("store.password_wrong") from None


def count_failure(attempts: Attempts, login: str) -> None:
    """Count a failed password. Raises StoreError when it cannot be written: uncounted guesses are free."""
    try:
        attempts.failed(login)
    except OSError as error:
        raise trouble(error, attempts.path) from None


def other_keys(unlocked: Unlocked, gen: int) -> list[bytes]:
    """The database keys of other generations than ``gen`` that were lawfully granted to the person."""
    found: list[bytes] = []
    for grant in newest_grants(unlocked.slot, STUDY_KEY, 0):
        if grant.gen != gen:
            with contextlib.suppress(GrantRefused):
                found.append(open_grant(unlocked.file, unlocked.slot, grant, unlocked.keyring))
    return found


def newest_key(unlocked: Unlocked, name: str) -> tuple[bytearray, int]:
    """The database key of the newest generation granted to the person. Raises StoreError: there is none."""
    for gen, key in _keys(unlocked):
        if key is not None:
            return key, gen
    raise StoreError("store.key_no_grant", vault=name)


def _keys(unlocked: Unlocked) -> Iterator[tuple[int, bytearray | None]]:
    """The keys granted, newest generation first; None for a grant that no keeper made."""
    for grant in newest_grants(unlocked.slot, STUDY_KEY, unlocked.keyring.min_gen):
        try:
            yield grant.gen, bytearray(open_grant(unlocked.file, unlocked.slot, grant, unlocked.keyring))
        except GrantRefused:
            yield grant.gen, None


def _spend_the_same(file: KeysFile, login: str, password: str) -> None:
    """Derive a key for nobody, at the cost of one account, always the same for one log-in."""
    model = Cost(bytes(16))
    if file.slots:
        named = f"{file.vault} {login}".encode("utf-8", "surrogatepass")
        model = file.slots[int(file_hash(named), 16) % len(file.slots)].cost
    forget(password_key(password, replace(model, salt=random_bytes(16))))
