"""Accounts of an unlocked vault: passwords, admission, reset by two persons, end."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import replace

from mda5_crf.crypto import Certificate, CostRefused, forget, random_id
from mda5_crf.db import accounts
from mda5_crf.db.accounts import PersonKeys
from mda5_crf.db.keysfile import KeysFile, Slot
from mda5_crf.db.passwords import check_password
from mda5_crf.db.records import Draft
from mda5_crf.db.slots import Signer, grant_to, keeps, new_slot, rewrapped
from mda5_crf.db.unlock import STUDY_KEY, check_password_of, signer_of
from mda5_crf.db.vaultrenewal import KNOWN, REMOVED, RenewableVault
from mda5_crf.errors import InputRefused, LoginRefused, PermissionDenied, StoreError


class PeopledVault(RenewableVault):
    """See the module text."""

    def change_password(self, old: str, new: str) -> None:
        """Wrap the person's keys under a new password. Raises LoginRefused, InputRefused, StoreError."""
        self._require_open()
        if old == new:
            raise InputRefused("store.password_same")
        check_password(new, self.login, self.certificate.name, self._words())
        self._rewrap(self._signer(old), new, Draft("password", "", {"login": self.login}))

    @property
    def weakly_wrapped(self) -> bool:
        """Whether the slot was made at less than this program's cost: then :meth:`rewrap` is due."""
        return self._unlocked.slot.cost.weak

    def rewrap(self, password: str) -> None:
        """New wraps under the same password, at the program's cost. Raises LoginRefused, StoreError."""
        self._rewrap(self._signer(password), password)

    def add_person(
        self,
        login: str,
        name: str,
        role: str,
        new_password: str,
        *,
        signer_password: str,
        principal: bool = False,
        start: str = "",
        end: str = "",
    ) -> str:
        """Admit a person and return the new id: keys, slot, grant, certificate, account record.

        ``start`` and ``end`` are the first and the last day of the task (ISO dates; "" = today, open).

        The person at the keyboard signs grant and certificate; ``signer_password`` opens the sign key.
        ``principal`` makes a principal investigator, who admits and certifies others: only whoever holds the
        authority's key can.
        Raises InputRefused, PermissionDenied, LoginRefused, StoreError.
        """
        accounts.check_person(login, name, role)
        register = self.register()
        if register.of_login(login) is not None:
            raise InputRefused("store.login_taken", login=login)
        check_password(new_password, login, name, self._words())
        signer = self._signer(signer_password)
        if signer.sign.public not in register.keepers().values():
            raise PermissionDenied("store.login_not_keeper")
        unlocked, keys = self._unlocked, PersonKeys()
        person = random_id()
        certificate = accounts.certify(
            accounts.uncertified(
                study=self.meta.study,
                site=self.meta.site,
                vault=self.meta.vault,
                person=(person, login, name, role),
                public=keys.public,
                day=start or accounts.first_day(self._clock(), self.meta.zone),
                end=end,
                serial=register.next_serial(person),
            ),
            signer,
            register.of_person(self.identity.person),
            unlocked.keyring.authority,
            principal=principal,
        )
        # An administrator who founded the vault is to give its key up: with the first principal investigator
        # the authority's key goes to the site, which could otherwise never admit a monitor.
        leaves = principal and self.certificate.all_roles == {"administrator"}
        slot = self._fresh_slot(login, new_password, keys, signer if leaves else None)
        if role in accounts.DATA_ROLES:
            slot = self._granted(slot, signer)
        drafts = [accounts.certificate_draft(certificate), accounts.user_draft(person, "active")]
        self._record_person(self._with_card(unlocked.file, certificate, signer), slot, drafts)
        return person

    def reset_person(
        self,
        person: str,
        new_password: str,
        *,
        signer_password: str,
        second: tuple[str, str],
        known: bool = False,
    ) -> None:
        """New keys and a new password for who forgot the own one: a keeper's act with a second person.

        ``second`` is (log-in, password) of another active person. The old keys are lost: what they signed
        stays valid, nobody can sign with them again. ``known``: the old password is known to another; then
        the key of the database is renewed too. The record names both persons.
        Raises InputRefused, PermissionDenied, LoginRefused, StoreError.
        """
        register = self.register()
        old = register.of_person(person)
        if old is None or person in register.disabled:
            raise InputRefused("store.login_unknown", login="" if old is None else old.login)
        if person == self.identity.person:
            raise InputRefused("store.reset_own")
        witness = self.second_person(second, not_these=(person,))
        signer = self._keeper(signer_password, register)
        check_password(new_password, old.login, old.name, self._words())
        keys = PersonKeys()
        certificate = accounts.certify(
            replace(
                old, box=keys.public.box, author=keys.public.author, sign=keys.public.sign,
                serial=register.next_serial(person), by="", signature=b"",
            ),
            signer,
            register.of_person(self.identity.person),
            self._unlocked.keyring.authority,
            principal=accounts.is_principal(old),
            known=register.known,
        )  # fmt: skip
        before = self._unlocked.file
        present = before.slot_of(old.login)
        slot = self._fresh_slot(old.login, new_password, keys)
        if present is not None and any(grant.key == STUDY_KEY for grant in present.grants):
            slot = self._granted(slot, signer)
        self._record_person(
            self._with_card(before, certificate, signer),
            slot,
            [
                accounts.certificate_draft(certificate),
                accounts.user_draft(person, "active", second=witness, act="reset"),
            ],
        )
        # What a keeper granted under the old key would soon be believed by nobody.
        if known or any(grant.by == old.login for each in before.slots for grant in each.grants):
            self._renew(signer, KNOWN)

    def second_person(self, second: tuple[str, str], not_these: Collection[str] = ()) -> str:
        """The id of the second person of an act, who gives log-in and password beside the first one.

        Never the person at the keyboard, and nobody of ``not_these`` (ids). Takes about 0.3 s (key
        derivation). A wrong password counts as a failed log-in.
        Raises InputRefused (one of those), LoginRefused (unknown, wrong password, account ended, waiting).
        """
        login, password = second
        register = self.register()
        certificate = register.of_login(login)
        if certificate is not None and certificate.person in (self.identity.person, *not_these):
            raise InputRefused("store.second_same")
        unlocked = check_password_of(self._unlocked.file, login, password, self._attempts)
        public = unlocked.slot.public
        unlocked.forget()
        if (
            certificate is None
            or certificate.person in register.disabled
            or (certificate.author, certificate.sign) != (public.author, public.sign)
        ):
            raise LoginRefused("store.login_refused")
        return certificate.person

    def second_signs(
        self, second: tuple[str, str], context: str, data: bytes, not_these: Collection[str] = ()
    ) -> tuple[str, bytes]:
        """The id of the second person and that person's signature over ``data``. Raises as above.

        The sign key is opened for this one act: the record proves who agreed. Takes about 0.6 s.
        """
        person = self.second_person(second, not_these)
        unlocked = check_password_of(self._unlocked.file, *second, self._attempts)
        try:
            return person, signer_of(unlocked, second[1], self._attempts).sign.sign(context, data)
        finally:
            unlocked.forget()

    def disable_person(self, person: str, *, signer_password: str, reason: str = "") -> None:
        """End an account: a record in the journal, the slot taken out of ``keys.json``, the key renewed.

        What the person has copied still opens copies; nothing written from now on does. When the key cannot
        be renewed the account has ended all the same, and the error says what is still to be done.
        Raises InputRefused, PermissionDenied, LoginRefused, StoreError.
        """
        self.end_accounts((person,), signer_password=signer_password, reason=reason)

    def end_accounts(self, persons: Sequence[str], *, signer_password: str, reason: str = "") -> None:
        """End several accounts by one act, with one renewal of the key. See :meth:`disable_person`."""
        register = self.register()
        found = [register.of_person(person) for person in persons]
        certificates = [certificate for certificate in found if certificate is not None]
        if len(certificates) != len(found):
            raise InputRefused("store.login_unknown", login="")
        signer = self._keeper(signer_password, register)
        logins = tuple(certificate.login for certificate in certificates)
        if set(register.keepers()) <= set(logins):
            raise InputRefused("store.login_last_keeper", login=logins[0])
        drafts = [accounts.user_draft(person, "disabled", reason) for person in persons]
        self.journal.append(drafts, at=self._clock())
        self.take_slots(logins)
        self._renew(signer, REMOVED, leaving=logins)

    def take_slots(self, logins: Collection[str]) -> None:
        """Take the key slots of ``logins`` out of this folder: they open it no longer. Raises StoreError.

        It ends no account (that is a keeper's word in the journal), and who has a copy of the key goes on
        reading what is written under it.
        """
        file = self._unlocked.file
        for login in logins:
            file = file.without(login)
        self._write_keys(file)

    # -- inside ----------------------------------------------------------------------------------------

    def _fresh_slot(self, login: str, password: str, keys: PersonKeys, by: Signer | None = None) -> Slot:
        """A slot without grants for new keys under ``password``; ``by`` hands on the authority's key."""
        unlocked = self._unlocked
        keyring = replace(
            unlocked.keyring, box=keys.box, author=keys.author, keepers=self.register().keepers(), seen=()
        )
        try:
            slot, wrapping = new_slot(
                self.meta.vault, login, password, keyring, Signer(keys.sign, by.authority if by else None)
            )
        except CostRefused:
            raise StoreError("store.key_memory_short") from None
        forget(wrapping)
        return slot

    def _granted(self, slot: Slot, signer: Signer) -> Slot:
        """The slot with a grant of the database key."""
        unlocked = self._unlocked
        secret = bytes(unlocked.database_key)
        grant = grant_to(self.meta.vault, slot, STUDY_KEY, unlocked.gen, secret, self.login, signer.sign)
        return replace(slot, grants=(grant,))

    def _with_card(self, file: KeysFile, certificate: Certificate, signer: Signer) -> KeysFile:
        """The file with a new keeper's card: people who were last here before him believe his grants then."""
        others = tuple(card for card in file.certs if card.login != certificate.login)
        if not keeps(certificate) or signer.authority is None:
            return replace(file, certs=others)
        return replace(file, certs=(*others, accounts.keeper_card(certificate, signer.authority)))

    def _record_person(self, before: KeysFile, slot: Slot, drafts: Sequence[Draft]) -> None:
        # Keys first: a slot without certificate opens nothing (and gives way to the next attempt), while a
        # certificate without slot would be an account that nobody can use.
        self._write_keys(before.without(slot.login).with_slot(slot))
        try:
            self.journal.append(drafts, at=self._clock())
        except StoreError:
            with contextlib.suppress(StoreError):
                self._write_keys(before)
            raise

    def _rewrap(self, signer: Signer, new: str, draft: Draft | None = None) -> None:
        unlocked = self._unlocked
        before = unlocked.file
        try:
            slot, wrapping = rewrapped(unlocked.file.vault, unlocked.slot, new, unlocked.keyring, signer)
        except CostRefused:
            raise StoreError("store.key_memory_short") from None
        try:
            self._write_keys(unlocked.file.with_slot(slot))
        except StoreError:
            forget(wrapping)
            raise
        if draft is not None:
            # Keys first, as everywhere: a change that cannot be recorded is taken back.
            try:
                self.journal.append([draft], at=self._clock())
            except StoreError:
                forget(wrapping)
                with contextlib.suppress(StoreError):
                    self._write_keys(before)
                raise
        forget(unlocked.wrapping)
        unlocked.wrapping = wrapping
        unlocked.slot = slot
