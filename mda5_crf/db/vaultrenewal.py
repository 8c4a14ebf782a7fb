"""A vault that can renew its database key; see :mod:`rekey` for the parts and what a kill leaves."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import replace

from mda5_crf.crypto import forget, random_bytes
from mda5_crf.db import rekey
from mda5_crf.db.accounts import Register
from mda5_crf.db.backup import back_up
from mda5_crf.db.heldvault import HeldVault
from mda5_crf.db.journal import Journal
from mda5_crf.db.keysfile import RECOVERY
from mda5_crf.db.records import Draft
from mda5_crf.db.slots import Signer
from mda5_crf.db.store import Store
from mda5_crf.db.unlock import DATABASE, STUDY_KEY, other_keys
from mda5_crf.db.vaultmeta import (
    PAGE_KEY_BYTES,
    read_device_keys,
    read_meta,
    rewrap,
    write_device_keys,
    write_keys_count,
    write_meta,
)
from mda5_crf.errors import PermissionDenied, StoreError

REASONS = REMOVED, HAND_OVER, LOST, KNOWN, RECOVERED, NEW_SHEETS = (
    "removed", "hand-over", "lost", "known", "recovered", "new-sheets",
)  # fmt: skip
"""Why a key is renewed: somebody was removed, an administrator gave it up, a PC or stick or sheet was lost,
a password became known to another, recovery was used, a new set of recovery sheets replaced one.
"""


class RenewableVault(HeldVault):
    """See the module text."""

    def renew_key(self, *, signer_password: str, reason: str, without_data: Collection[str] = ()) -> None:
        """A new key for the database and grants of it for everybody active: see :mod:`rekey`.

        ``reason`` is a code (REASONS); the log-ins ``without_data`` keep their account but lose the key.
        Raises PermissionDenied, LoginRefused, StoreError; then the vault is as it was.
        """
        self._renew(self._keeper(signer_password, self.register()), reason, without_data=without_data)

    def _renew(
        self,
        signer: Signer,
        reason: str,
        *,
        leaving: Collection[str] = (),
        without_data: Collection[str] = (),
    ) -> None:
        if self.place.shared:
            self._renew_on_server(signer, reason, leaving=leaving, without_data=without_data)
            return
        unlocked, folder, gen = self._unlocked, self.folder, self.meta.gen + 1
        before, stamp = unlocked.file, self._clock().strftime("%Y%m%dT%H%M%S%fZ")
        back_up(self.store, folder, f"key_{stamp}")
        key = rekey.new_key()
        granted = rekey.grant_anew(
            before,
            self.register(),
            gen,
            bytes(key),
            (self.login, signer.sign),
            # Sheets that were used have been seen: they open nothing written from now on.
            leaving=(*leaving, RECOVERY) if reason == RECOVERED else leaving,
            without_data=without_data,
        )
        people = sorted(c.person for login in without_data if (c := self.register().of_login(login)))
        content = {"gen": gen, "reason": reason, "swapped": list(granted.swapped), "without_data": people}

        def write(copy: Store) -> None:
            Journal(copy, self.identity, self.meta.zone).append(
                [Draft("rekey", "", content)], at=self._clock()
            )

        rekey.build(self.store, bytes(key), gen, write)
        try:
            self._write_keys(granted.file)
            self.store.close()
            try:
                rekey.move_in(folder)
            except StoreError:
                self._reopen(bytes(unlocked.database_key))
                raise
        except StoreError:
            forget(key)
            rekey.clear(folder)
            with contextlib.suppress(StoreError):
                self._write_keys(before)
            raise
        forget(unlocked.database_key)
        unlocked.database_key, unlocked.gen = key, gen
        self._reopen(bytes(key))
        self._settle_generation()
        rekey.drop_old_backups(folder, back_up(self.store, folder, f"key_{stamp}n"))

    def _renew_on_server(
        self, signer: Signer, reason: str, *, leaving: Collection[str], without_data: Collection[str]
    ) -> None:
        """The same where the key opens no file: secrets wrapped anew, key file and record in one transaction.

        Copies made under the old key are not destroyed: they lie at other PCs too. They open with old keys,
        and hold what those persons could read anyway.
        """
        self.freshen()
        unlocked, gen, old = self._unlocked, self.meta.gen + 1, bytes(self._unlocked.database_key)
        register, key = self.register(), rekey.new_key()
        granted = rekey.grant_anew(
            unlocked.file,
            register,
            gen,
            bytes(key),
            (self.login, signer.sign),
            leaving=(*leaving, RECOVERY) if reason == RECOVERED else leaving,
            without_data=without_data,
        )
        people = sorted(c.person for login in without_data if (c := register.of_login(login)))
        content = {"gen": gen, "reason": reason, "swapped": list(granted.swapped), "without_data": people}
        pages = {**self.device_keys.page_keys, gen: random_bytes(PAGE_KEY_BYTES)}
        sealed = rekey.only(granted.file, gen).sealed(bytes(key))
        try:
            with self.journal.begin() as tx:
                self.journal.write(tx, [Draft("rekey", "", content)], self._clock())
                rewrap(self.store, tx, bytes(key))
                write_meta(self.store, tx, replace(self.meta, gen=gen))
                write_device_keys(self.store, tx, replace(self.device_keys, page_keys=pages))
                write_keys_count(self.store, tx, sealed.write)
                self.place.write_keys(sealed, tx)
        except BaseException:
            # Whatever it was, an interrupt too: what stands on the server is wrapped under the old key.
            self.store.use_key(old)
            forget(key)
            raise
        forget(unlocked.database_key)
        unlocked.database_key, unlocked.gen, unlocked.file = key, gen, sealed
        unlocked.slot = sealed.slot_of(self.login) or unlocked.slot
        self.meta, self.device_keys = read_meta(self.store), read_device_keys(self.store)

    def _reopen(self, key: bytes) -> None:
        """The same file again, or the one that took its place."""
        self.store = Store.open(self.folder / DATABASE, key)
        self.meta = read_meta(self.store)
        self.device_keys = read_device_keys(self.store)
        self.journal = Journal(self.store, self.identity, self.meta.zone)

    def _settle_generation(self) -> None:
        """Only grants of the generation that the database has; the person's slot is taken from there too."""
        unlocked = self._unlocked
        self._write_keys(rekey.only(unlocked.file, self.meta.gen))
        slot = unlocked.file.slot_of(self.login)
        if slot is not None:
            unlocked.slot = slot

    def _finish_renewal(self) -> None:
        """A renewal of the key was cut off: go on with the generation that the database has.

        The check value of ``keys.json`` may be under the key of the generation before: whoever opens it holds
        a grant of that too.
        """
        unlocked = self._unlocked
        if self.place.shared:
            return  # there it is one transaction
        left = rekey.clear(self.folder)
        generations = {g.gen for slot in unlocked.file.slots for g in slot.grants if g.key == STUDY_KEY}
        if not left and generations <= {self.meta.gen}:
            return
        keys = [bytes(unlocked.database_key), *other_keys(unlocked, self.meta.gen)]
        if not any(unlocked.file.mac_fits(key) for key in keys):
            return  # somebody else wrote the file: said by _look_back, and left as it is
        self._settle_generation()
        self._notes.append("renewal_finished")

    def _keeper(self, password: str, register: Register) -> Signer:
        signer = self._signer(password)
        if signer.sign.public not in register.keepers().values():
            raise PermissionDenied("store.login_not_keeper")
        return signer
