"""A vault with an identification list: who may open it, and how its key is renewed.

The list has a key of its own, granted like the database's to persons' boxes and signed by a keeper. It opens
only while its holder has given the password once more. Whenever the key of the database is renewed, so is
this one: by whoever does it, if that person holds it, else at the next opening by a keeper.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from mda5_crf.crypto import random_bytes
from mda5_crf.db import peopledb, recovery, schema
from mda5_crf.db.accounts import Register
from mda5_crf.db.keysfile import Grant, KeysFile, Public, recovery_grants
from mda5_crf.db.peopledb import FILE_NAME, NEW_NAME, PeopleFile
from mda5_crf.db.records import Draft
from mda5_crf.db.slots import (
    DATABASE_KEY_BYTES,
    GrantRefused,
    Signer,
    grant_to,
    newest_grants,
    open_grant,
)
from mda5_crf.db.vaultrecovery import PEOPLE_KEY, RecoverableVault
from mda5_crf.db.vaultrenewal import HAND_OVER
from mda5_crf.errors import InputRefused, PermissionDenied, StoreError

ROLES: Final = frozenset({"investigator", "data_entry"})
"""To whom the list's key may be given: staff of the site."""
_FIRST: Final = 1


class ListedVault(RecoverableVault):
    """See the module text."""

    _people: PeopleFile | None = None

    @property
    def has_identities(self) -> bool:
        """Whether an identification list was begun."""
        return (self.folder / FILE_NAME).is_file()

    @property
    def identity_holders(self) -> frozenset[str]:
        """The log-ins that hold a grant of the list's key."""
        slots = self._unlocked.file.slots
        return frozenset(slot.login for slot in slots if any(g.key == PEOPLE_KEY for g in slot.grants))

    @property
    def identities_due(self) -> bool:
        """Whether the list's key has to be renewed by a keeper who holds it."""
        with self.store.read() as tx:
            rows = tx.find(schema.key_act, kind="identities", device=self.meta.device)
        last = [row for row in rows if row["act"] in ("renewal-due", "renewed")]
        return bool(last) and max(last, key=lambda row: row["clock"])["act"] == "renewal-due"

    def create_identities(self, password: str) -> PeopleFile:
        """Begin the list: a keeper's act, who is its first holder. Raises PermissionDenied, LoginRefused,
        StoreError; then there is none.
        """
        if self.place.shared:
            raise InputRefused("shared.no_list")
        signer = self._keeper(password, self.register())
        if self.has_identities:
            raise StoreError("store.exists_already", place=FILE_NAME)
        key, before = random_bytes(DATABASE_KEY_BYTES), _without(self._unlocked.file, lambda _: False)
        file = self._given(before, frozenset({self.login}), _FIRST, key, signer)
        self._write_keys(file)
        try:
            made = PeopleFile.create(self.folder / FILE_NAME, key, self.meta.vault, _FIRST)
        except StoreError:
            with contextlib.suppress(StoreError):
                self._write_keys(before)
            raise
        self._people = made
        self._settle_people(_FIRST)
        self._note_identities("created")
        return made

    def open_identities(self, password: str) -> PeopleFile:
        """Open the list for a holder who gives the own password once more.

        Raises PermissionDenied (no grant), LoginRefused (wrong password, counted), StoreError.
        """
        signer = self._signer(password)
        if self.login not in self.identity_holders:
            raise PermissionDenied("identities.no_grant")
        self.close_identities()
        gen, _, file = self._open_people()
        self._people = file
        peopledb.clear(self.folder)
        if self._generations() != {gen}:
            self._settle_people(gen)
        register = self.register()
        if self.identities_due and signer.sign.public in register.keepers().values():
            self._renew_people(signer, register)
        return self._people

    @property
    def open_list(self) -> PeopleFile | None:
        """The list, while it is open."""
        return self._people

    def close_identities(self) -> None:
        """Close the list; its holder is asked for the password again."""
        if self._people is not None:
            self._people.close()
            self._people = None

    def grant_identities(self, login: str, *, signer_password: str) -> None:
        """Give the list's key to somebody of the site: a keeper's act, who must hold it.

        Raises InputRefused, PermissionDenied, LoginRefused, StoreError.
        """
        register = self.register()
        certificate = register.of_login(login)
        if certificate is None or certificate.person in register.disabled:
            raise InputRefused("store.login_unknown", login=login)
        if ROLES.isdisjoint(certificate.all_roles):
            raise InputRefused("identities.grant_role", login=login)
        if login in self.identity_holders:
            raise InputRefused("identities.holds_already", login=login)
        signer = self._keeper(signer_password, register)
        gen, key = self._people_key()
        self._write_keys(self._given(self._unlocked.file, frozenset({login}), gen, key, signer))
        self._note_identities("granted", certificate.person)

    def revoke_identities(self, login: str, *, signer_password: str) -> None:
        """Take the list's key from somebody and renew it in the same act. Raises like granting."""
        if login not in self.identity_holders:
            raise InputRefused("identities.holds_not", login=login)
        if login == self.login:
            raise InputRefused("identities.revoke_own")
        register = self.register()
        signer = self._keeper(signer_password, register)
        self._people_key()
        self._renew_people(signer, register, leaving=(login,))
        certificate = register.of_login(login)
        self._note_identities("revoked", "" if certificate is None else certificate.person)

    def other_held(self) -> list[tuple[str, int, bytes]]:
        """The list's key, for recovery sheets: whoever holds two can read everything."""
        if self.login not in self.identity_holders:
            return []
        with contextlib.suppress(PermissionDenied):
            gen, key = self._people_key()
            return [(PEOPLE_KEY, gen, key)]
        return []

    def close(self) -> dict[str, tuple[int, str]]:
        """Log out; the list is closed first."""
        self.close_identities()
        return super().close()

    # -- inside ----------------------------------------------------------------------------------------

    def _renew(
        self,
        signer: Signer,
        reason: str,
        *,
        leaving: Collection[str] = (),
        without_data: Collection[str] = (),
    ) -> None:
        super()._renew(signer, reason, leaving=leaving, without_data=without_data)
        touched = self.identity_holders & set(without_data)
        if not self.has_identities or (reason == HAND_OVER and not touched):
            return
        register = self.register()
        if self.login in self.identity_holders:
            try:
                self._renew_people(signer, register, leaving=without_data)
            except StoreError:
                self._note_identities("renewal-due")
                raise
            return
        # Whoever renews does not hold the list's key: what can be taken away is taken away now.
        keep = {slot.login for slot in self._unlocked.file.slots} - set(without_data)
        self._write_keys(_without(self._unlocked.file, lambda login: login in keep))
        if not self.identities_due:
            self._note_identities("renewal-due")

    def _renew_people(self, signer: Signer, register: Register, *, leaving: Collection[str] = ()) -> None:
        """A new key for the list and grants of it for all holders but ``leaving``.

        After a kill anywhere the file opens with one of the two keys that stand in ``keys.json``; the next
        opening clears away the rest.
        """
        was_open = self._people is not None
        self.close_identities()
        _, _, file = self._open_people()
        before = self._unlocked.file
        gen, key = file.gen + 1, random_bytes(DATABASE_KEY_BYTES)
        staying = frozenset(
            login
            for login in self.identity_holders - set(leaving)
            if (c := register.of_login(login)) is not None and c.person not in register.disabled
        )
        try:
            file.copy_under(self.folder / NEW_NAME, key, gen)
        finally:
            file.close()
        try:
            self._write_keys(self._given(before, staying, gen, key, signer))
            peopledb.move_in(self.folder)
        except StoreError:
            peopledb.clear(self.folder)
            with contextlib.suppress(StoreError):
                self._write_keys(before)
            raise
        self._settle_people(gen)
        self._note_identities("renewed")
        if was_open:
            _, _, self._people = self._open_people()

    def _given(
        self, file: KeysFile, logins: frozenset[str], gen: int, key: bytes, signer: Signer
    ) -> KeysFile:
        """The file with grants of the list's key for these log-ins and the sheets that stand.

        To the public keys that the journal names, never to those of the file.
        """
        register, vault, slots = self.register(), self.meta.vault, []
        for slot in file.slots:
            certificate = register.of_login(slot.login) if slot.login in logins else None
            if certificate is None:
                slots.append(slot)
                continue
            public = Public(certificate.box, certificate.author, certificate.sign)
            own = slot if slot.public == public else replace(slot, public=public)
            grant = grant_to(vault, own, PEOPLE_KEY, gen, key, self.login, signer.sign)
            slots.append(replace(own, grants=(*own.grants, grant)))
        sheets = file.recovery
        if sheets is not None and self.sheets_stand and not _granted_to(sheets, gen):
            sheets = recovery.granted(vault, sheets, (PEOPLE_KEY, gen, key), (self.login, signer.sign))
        return replace(file, slots=tuple(slots), recovery=sheets)

    def _people_key(self) -> tuple[int, bytes]:
        """The key that opens the list now. Raises PermissionDenied, StoreError."""
        if self._people is not None:
            for gen, key in self._people_keys():
                if gen == self._people.gen:
                    return gen, key
        gen, key, file = self._open_people()
        file.close()
        return gen, key

    def _people_keys(self) -> list[tuple[int, bytes]]:
        unlocked, found = self._unlocked, []
        slot = unlocked.file.slot_of(self.login) or unlocked.slot
        for grant in newest_grants(slot, PEOPLE_KEY, 0):
            with contextlib.suppress(GrantRefused):
                found.append((grant.gen, open_grant(unlocked.file, slot, grant, unlocked.keyring)))
        return found

    def _open_people(self) -> tuple[int, bytes, PeopleFile]:
        """The newest key granted by a keeper that opens the file."""
        keys = self._people_keys()
        if not keys:
            raise PermissionDenied("identities.no_grant")
        for gen, key in keys:
            try:
                file = PeopleFile.open(self.folder / FILE_NAME, key, self.meta.vault)
            except StoreError as error:
                if error.code != "store.not_readable":
                    raise
                continue
            if file.gen == gen:
                return gen, key, file
            file.close()
        raise StoreError("identities.key_does_not_fit")

    def _generations(self) -> set[int]:
        slots = self._unlocked.file.slots
        return {grant.gen for slot in slots for grant in slot.grants if grant.key == PEOPLE_KEY}

    def _settle_people(self, gen: int) -> None:
        """Only grants of the generation that the file has; the person's slot is taken from there too."""
        unlocked = self._unlocked

        def kept(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
            return tuple(grant for grant in grants if grant.key != PEOPLE_KEY or grant.gen == gen)

        slots = tuple(replace(slot, grants=kept(slot.grants)) for slot in unlocked.file.slots)
        sheets = unlocked.file.recovery
        if sheets is not None:
            sheets = recovery.with_grants(sheets, kept(recovery_grants(sheets)))
        self._write_keys(replace(unlocked.file, slots=slots, recovery=sheets))
        unlocked.slot = unlocked.file.slot_of(self.login) or unlocked.slot

    def _note_identities(self, act: str, person: str = "") -> None:
        content = {"act": act, **({"person": person} if person else {})}
        self.journal.append([Draft("identities", "", content)], at=self._clock())


def _granted_to(sheets: Mapping[str, Any], gen: int) -> bool:
    return any(grant.gen == gen for grant in recovery.grants(sheets, PEOPLE_KEY))


def _without(file: KeysFile, keep: Callable[[str], bool]) -> KeysFile:
    """The list's key taken from the sheets and from all log-ins that ``keep`` does not name."""
    slots = tuple(
        slot
        if keep(slot.login)
        else replace(slot, grants=tuple(grant for grant in slot.grants if grant.key != PEOPLE_KEY))
        for slot in file.slots
    )
    sheets = file.recovery
    if sheets is not None:
        others = tuple(grant for grant in recovery_grants(sheets) if grant.key != PEOPLE_KEY)
        sheets = recovery.with_grants(sheets, others)
    return replace(file, slots=slots, recovery=sheets)
