"""Who may do what in an unlocked vault, from when to when: tasks of persons with keys, duties of anybody."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from mda5_crf.crypto import Certificate, Task
from mda5_crf.db import accounts, delegations
from mda5_crf.db.accounts import Register
from mda5_crf.db.delegations import Duty, Sheet
from mda5_crf.db.keysfile import Slot
from mda5_crf.db.slots import keeps
from mda5_crf.db.unlock import STUDY_KEY
from mda5_crf.db.vaultpeople import PeopledVault
from mda5_crf.db.vaultrenewal import HAND_OVER
from mda5_crf.errors import InputRefused, PermissionDenied, StoreError


class DelegatingVault(PeopledVault):
    """See the module text."""

    def set_tasks(self, person: str, tasks: Sequence[Task], *, signer_password: str) -> None:
        """Give the person these tasks instead of the present ones: a new certificate over the same keys.

        Nobody changes the own ones. With a first role that works with data comes a grant of the database key;
        with the end of the last one the key is renewed without this person. What the person wrote keeps the
        rights of its day. Raises InputRefused, PermissionDenied, LoginRefused, StoreError.
        """
        register = self.register()
        old = register.of_person(person)
        if old is None or person in register.disabled:
            raise InputRefused("store.login_unknown", login="" if old is None else old.login)
        if person == self.identity.person:
            raise PermissionDenied("people.tasks_own")
        signer = self._keeper(signer_password, register)
        certificate = accounts.certify(
            replace(
                old, tasks=tuple(tasks), serial=register.next_serial(person), by="", signature=b"",
            ),
            signer,
            register.of_person(self.identity.person),
            self._unlocked.keyring.authority,
            principal=accounts.is_principal(old),
            known=register.known,
        )  # fmt: skip
        self._require_keeper_left(register, old, certificate)
        before = self._unlocked.file
        slot = before.slot_of(old.login)
        works, holds = self._works(certificate), slot is not None and _holds(slot)
        if works and not holds and slot is not None:
            # The public keys of the file are whoever's can write it: the journal says whose these are.
            if (slot.public.box, slot.public.sign) != (old.box, old.sign):
                raise StoreError("people.keys_swapped", login=old.login)
            self._write_keys(before.with_slot(self._granted(slot, signer)))
        try:
            self.journal.append([accounts.certificate_draft(certificate)], at=self._clock())
        except StoreError:
            with contextlib.suppress(StoreError):
                self._write_keys(before)
            raise
        if holds and not works:
            self._renew(signer, HAND_OVER, without_data=(old.login,))

    def delegate(self, code: str, name: str, duties: Sequence[Duty], *, signer_password: str) -> str:
        """Record the duties of a person, account or not; returns the record's id.

        Raises InputRefused, PermissionDenied, LoginRefused, StoreError.
        """
        if not delegations.code_ok(code):
            raise InputRefused("people.code_form")
        accounts.check_name(name)
        if any(not delegations.duty_ok(one.duty) for one in duties) or len(duties) > delegations.MOST_DUTIES:
            raise InputRefused("people.form_of_duty")
        signer = self._keeper(signer_password, self.register())
        serial = 1 + max(
            (
                row.sheet.serial
                for row in delegations.sheets(self.store)
                if row.sheet.vault == self.meta.vault and row.sheet.code.casefold() == code.casefold()
            ),
            default=0,
        )
        sheet = Sheet(
            self.meta.study, self.meta.site, self.meta.vault, code, name, tuple(duties), serial
        ).signed(signer.sign)
        (record,) = self.journal.append([sheet.draft()], at=self._clock())
        return record.id

    def holders(self) -> frozenset[str]:
        """The log-ins that hold a grant of the database key now."""
        return frozenset(slot.login for slot in self._unlocked.file.slots if _holds(slot))

    def _works(self, certificate: Certificate) -> bool:
        """Whether a task is or will be one that works with data. Ends count from the day after."""
        today = accounts.first_day(self._clock(), self.meta.zone)
        return any(
            task.role in accounts.DATA_ROLES and (not task.end or task.end >= today)
            for task in certificate.tasks
        )

    @staticmethod
    def _require_keeper_left(register: Register, old: Certificate, new: Certificate) -> None:
        if set(register.keepers()) == {old.login} and not keeps(new):
            raise InputRefused("store.login_last_keeper", login=old.login)


def _holds(slot: Slot) -> bool:
    return any(grant.key == STUDY_KEY for grant in slot.grants)
