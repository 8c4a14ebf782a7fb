"""Two recovery sheets open a vault for one purpose: to admit a keeper. They can seal and sign nothing else.

What the sheets open is judged like any log-in: the grant must be signed by a keeper whom the vault's own
journal names under the authority that the sheets have pinned. The records of the act are the new keeper's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from mda5_crf.crypto import Certificate, CostRefused, WrapRefused, forget, random_id
from mda5_crf.crypto.shares import ShareRefused, Sheet, combine, set_mark
from mda5_crf.db import accounts, recovery
from mda5_crf.db.accounts import PersonKeys, Register
from mda5_crf.db.attempts import Attempts, utc_now
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.keysfile import RECOVERY, Grant, KeysFile, Slot
from mda5_crf.db.passwords import check_password
from mda5_crf.db.place import OTHER_KEY, Place, place_of
from mda5_crf.db.records import Draft
from mda5_crf.db.recovery import USED, OpenedSet
from mda5_crf.db.slots import (
    GrantRefused,
    Keyring,
    Signer,
    grant_to,
    granted_bytes,
    keeps,
    new_slot,
    opened_grant,
)
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.unlock import STUDY_KEY, count_failure
from mda5_crf.db.vaultmeta import VaultMeta, read_meta, write_keys_count
from mda5_crf.db.vaultrecovery import PEOPLE_KEY
from mda5_crf.errors import InputRefused, LoginRefused, StoreError

ROLES: Final = ("investigator", "data_manager")
"""Whom recovery admits: the site's principal investigator, or at a centre the data manager. An administrator
is to hold no key of the data."""


@dataclass(frozen=True, slots=True)
class NewKeeper:
    """Who is admitted: log-in, printed name, one of ROLES, the first password, and why (free text)."""

    login: str
    name: str
    role: str
    password: str
    reason: str


def check_set(where: Place | Path | str, one: Sheet, other: Sheet) -> KeysFile:
    """The vault's key file, if the two sheets are of the set it names. Nothing is tried before that.

    Raises InputRefused in words: no set, a sheet of another set or vault, the same sheet twice; StoreError.
    """
    lies = place_of(where)
    try:
        lies.require_vault()
        file = lies.read_keys()
    finally:
        if lies is not where:
            lies.close()
    number = recovery.number_of(file)
    if not number:
        raise InputRefused("recovery.no_set")
    mark = set_mark(file.vault, number)
    for place, sheet in enumerate((one, other), start=1):
        if sheet.mark != mark:
            raise InputRefused("recovery.other_set", place=place, set=number, vault=file.vault[:8])
    if one.number == other.number:
        raise InputRefused("recovery.same_sheet", number=one.number)
    return file


def recover(
    where: Place | Path | str,
    sheets: tuple[Sheet, Sheet],
    keeper: NewKeeper,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Admit ``keeper`` to the vault with two sheets, and record it. The vault is closed again afterwards.

    The caller then opens the vault as the new keeper and renews its key. Raises InputRefused, LoginRefused,
    StoreError; then nobody was admitted.
    """
    place = place_of(where)
    check_set(place, *sheets)
    lock = place.lock()
    opened: OpenedSet | None = None
    store: AnyStore | None = None
    key = bytearray()
    try:
        file = check_set(place, *sheets)  # as it is under the lock
        attempts = place.attempts(clock)
        opened = _open(file, sheets, attempts)
        store, key, meta, register = _open_database(place, file, opened)
        act = _Admission(place, file, store, key, meta, register, opened, clock)
        act.admit(keeper, sheets)
    finally:
        if store is not None:
            store.close()
        if opened is not None:
            opened.forget()
        forget(key)
        lock.release()
        place.close()


def _open(file: KeysFile, sheets: tuple[Sheet, Sheet], attempts: Attempts) -> OpenedSet:
    wait = attempts.wait(RECOVERY)
    if wait:
        raise LoginRefused("store.login_wait", seconds=wait)
    assert file.recovery is not None  # check_set saw it
    key = bytearray()
    try:
        key = combine(*sheets)
        return recovery.open_slot(file.vault, file.recovery, key)
    except (ShareRefused, WrapRefused):
        count_failure(attempts, RECOVERY)
        raise InputRefused("recovery.does_not_open") from None
    finally:
        forget(key)


def _open_database(
    place: Place, file: KeysFile, opened: OpenedSet
) -> tuple[AnyStore, bytearray, VaultMeta, Register]:
    """The newest grant that opens ``study.db`` and that a keeper of that very journal has signed."""
    assert file.recovery is not None
    tried = 0
    for grant in recovery.grants(file.recovery, STUDY_KEY, opened.min_gen):
        try:
            key = bytearray(opened_grant(file.vault, RECOVERY, opened.box, grant))
        except GrantRefused:
            continue
        tried = tried or grant.gen
        try:
            store = place.open_store(bytes(key))
        except StoreError as error:
            forget(key)
            if error.code != OTHER_KEY:
                raise
            continue
        try:
            meta = read_meta(store)
            register = Register.read(store, file.vault, opened.authority)
            if meta.vault != file.vault or meta.gen != grant.gen:
                raise StoreError("store.key_does_not_fit", vault=place.name, gen=grant.gen)
            if not _by_keeper(file.vault, grant, register):
                raise StoreError("store.key_grant_refused", vault=place.name)
        except StoreError:
            store.close()
            forget(key)
            raise
        return store, key, meta, register
    if tried:
        raise StoreError("store.key_does_not_fit", vault=place.name, gen=tried)
    raise StoreError("store.key_grant_refused", vault=place.name)


def _by_keeper(vault: str, grant: Grant, register: Register) -> bool:
    """Whether a keeper of this journal made the grant, one who has left since included."""
    signed = granted_bytes(vault, RECOVERY, grant.key, grant.gen, grant.age)
    return any(
        one.certificate.login == grant.by
        and keeps(one.certificate)
        and one.certificate.sign.accepts("grant", signed, grant.signature)
        for one in register.known
    )


@dataclass(slots=True)
class _Admission:
    """The vault held open by two sheets, for one act."""

    place: Place
    file: KeysFile
    store: AnyStore
    key: bytearray
    meta: VaultMeta
    register: Register
    opened: OpenedSet
    clock: Callable[[], datetime]

    def admit(self, keeper: NewKeeper, sheets: tuple[Sheet, Sheet]) -> None:
        accounts.check_person(keeper.login, keeper.name, keeper.role)
        if keeper.role not in ROLES:
            raise InputRefused("recovery.role")
        if not keeper.reason.strip():
            raise InputRefused("recovery.reason_needed")
        if self.register.of_login(keeper.login) is not None:
            raise InputRefused("store.login_taken", login=keeper.login)
        check_password(keeper.password, keeper.login, keeper.name, (self.meta.name, self.meta.study))
        keys, person = PersonKeys(), random_id()
        certificate = self._certificate(keeper, keys, person)
        slot = self._slot(keeper, keys)
        identity = Identity(study=self.meta.study, device=self.meta.device, person=person, author=keys.author)
        used = {
            "act": USED,
            "set": recovery.number_of(self.file),
            "sheets": sorted(sheet.number for sheet in sheets),
            "person": person,
            "reason": keeper.reason.strip(),
        }
        drafts = [
            accounts.certificate_draft(certificate),
            accounts.user_draft(person, "active"),
            Draft("recovery", "", used),
        ]
        card = self.opened.signer.authority
        assert card is not None  # no set is made without it
        before = self.file
        others = tuple(each for each in before.certs if each.login != keeper.login)
        following = replace(before, certs=(*others, accounts.keeper_card(certificate, card)))
        self._write(following.without(keeper.login).with_slot(slot))
        try:
            Journal(self.store, identity, self.meta.zone).append(drafts, at=self.clock())
        except StoreError:
            with contextlib.suppress(StoreError):
                self._write(before)
            raise

    def _certificate(self, keeper: NewKeeper, keys: PersonKeys, person: str) -> Certificate:
        bare = accounts.uncertified(
            study=self.meta.study,
            site=self.meta.site,
            vault=self.meta.vault,
            person=(person, keeper.login, keeper.name, keeper.role),
            public=keys.public,
            day=accounts.first_day(self.clock(), self.meta.zone),
            serial=self.register.next_serial(person),
        )
        principal = keeper.role == "investigator"
        return accounts.certify(bare, self.opened.signer, None, self.opened.authority, principal=principal)

    def _slot(self, keeper: NewKeeper, keys: PersonKeys) -> Slot:
        ring = Keyring(
            keys.box,
            keys.author,
            self.opened.authority,
            {**self.register.keepers(), keeper.login: keys.sign.public},
            min_gen=self.meta.gen,
        )
        signer = Signer(keys.sign, self.opened.signer.authority)
        try:
            slot, wrapping = new_slot(self.meta.vault, keeper.login, keeper.password, ring, signer)
        except CostRefused:
            raise StoreError("store.key_memory_short") from None
        forget(wrapping)
        held = [(STUDY_KEY, self.meta.gen, bytes(self.key))]
        if keeper.role == "investigator":
            held += self._people_key()
        made = [grant_to(self.meta.vault, slot, *each, keeper.login, keys.sign) for each in held]
        return replace(slot, grants=tuple(made))

    def _people_key(self) -> list[tuple[str, int, bytes]]:
        """The key of the identification list, newest first; the sheets were granted it at the ceremony."""
        assert self.file.recovery is not None
        for grant in recovery.grants(self.file.recovery, PEOPLE_KEY):
            with contextlib.suppress(GrantRefused):
                if _by_keeper(self.file.vault, grant, self.register):
                    secret = opened_grant(self.file.vault, RECOVERY, self.opened.box, grant)
                    return [(PEOPLE_KEY, grant.gen, secret)]
        return []

    def _write(self, file: KeysFile) -> None:
        sealed = replace(file, write=self.file.write).sealed(bytes(self.key))
        self.place.write_keys(sealed)
        with self.store.transaction() as tx:
            write_keys_count(self.store, tx, sealed.write)
        self.file = sealed
