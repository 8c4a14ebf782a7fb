"""What an unlocked vault is made of: the secrets of the person at the keyboard, the database, the lock.

What a person may do is asked of ``services.access``; here only what needs a key is held to its key.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from mda5_crf import settings
from mda5_crf.crypto import Certificate, forget
from mda5_crf.db import read, stations, verify_keys
from mda5_crf.db.accounts import Register
from mda5_crf.db.attempts import Attempts
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.keysfile import KeysFile
from mda5_crf.db.place import Lock, Place
from mda5_crf.db.slots import Signer, with_keyring
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.troubles import Trouble
from mda5_crf.db.unlock import Unlocked, check_password_of, newest_key, signer_of
from mda5_crf.db.vaultmeta import (
    DeviceKeys,
    VaultMeta,
    read_device_keys,
    read_keys_count,
    read_meta,
    write_keys_count,
)
from mda5_crf.errors import LoginRefused, StoreError
from mda5_crf.text import Text, message


class HeldVault:
    """What an unlocked vault consists of, and how it is closed. ``OpenVault`` adds what is done with keys."""

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
        self.place = place
        self.folder = place.folder
        self.store = store
        self.meta: VaultMeta = read_meta(store)
        self.device_keys: DeviceKeys = read_device_keys(store)
        self.notices: tuple[Text, ...] = ()
        self._lock = lock
        self._unlocked = unlocked
        self._attempts = attempts
        self._clock = clock
        self._open = True
        self._notes: list[str] = []
        self._seen = {device: (seq, head) for device, seq, head in unlocked.keyring.seen}
        self._seen_here = settings.witnessed(self.meta.vault)
        self._certificate = self._identify()
        self.identity = Identity(
            study=self.meta.study,
            device=self.meta.device,
            person=self._certificate.person,
            author=unlocked.keyring.author,
        )
        self.station = self.meta.device
        """The device in whose chain the person's records are written here: this PC's own where several PCs
        work in one vault, else the vault's only one.
        """
        self.journal = self._open_journal()

    def _open_journal(self) -> Journal:
        """The journal as the person at the keyboard writes it at this PC. Raises StoreError."""
        if not self.place.shared:
            return Journal(self.store, self.identity, self.meta.zone)
        self.station, journal = stations.at_this_pc(
            self.store, self.meta, self.identity, self.register, self._clock, self._require_admitted
        )
        return journal

    # -- what others ask -------------------------------------------------------------------------------

    @property
    def login(self) -> str:
        """The log-in of the person at the keyboard."""
        return self._unlocked.slot.login

    @property
    def certificate(self) -> Certificate:
        """The certificate under which the person at the keyboard logged in."""
        return self._certificate

    def register(self) -> Register:
        """The persons of this vault as the journal has them now."""
        return Register.read(self.store, self.meta.vault, self._unlocked.keyring.authority)

    def login_content(self) -> dict[str, Any]:
        """The content of the log-in record: it takes over the failures counted since the last one.

        Once the record is written, :meth:`login_recorded` empties ``attempts.json``.
        """
        content: dict[str, Any] = {"login": self.login, "result": "ok"}
        failures = self._attempts.as_json()
        if failures:
            content["attempts"] = failures
        if self._notes:
            content["notes"] = list(self._notes)
        return content

    def login_recorded(self) -> None:
        """The failures stand in the journal now: forget them here, not before."""
        # Where the file cannot be removed its failures are counted again: too careful, never too lax.
        with contextlib.suppress(OSError):
            self._attempts.clear()

    def witnesses(self) -> dict[str, tuple[int, str]]:
        """The newest chain heads that this person or this PC has seen before: device → (number, hash)."""
        known = dict(self._seen_here)
        for device, head in self._seen.items():
            if device not in known or known[device][0] < head[0]:
                known[device] = head
        return self.comparable(known)

    def witness_sets(self) -> tuple[dict[str, tuple[int, str]], dict[str, tuple[int, str]]]:
        """The heads that the person at the keyboard saw last, and those that this PC saw: each by itself."""
        return self.comparable(self._seen), self.comparable(self._seen_here)

    def check_keys_file(self) -> tuple[list[Trouble], int]:
        """What is wrong with ``keys.json`` as it lies there; how many log-ins it has. Raises StoreError."""
        return verify_keys.check_keys(
            self.place, self.store, self._unlocked, self.register(), (self.meta, self.device_keys)
        )

    def lost(self) -> dict[str, tuple[int, int]]:
        """What restores recorded as missing: device → first and last number."""
        found: dict[str, tuple[int, int]] = {}
        for row in read.passages(self.store, "restore"):
            for device, (first, last, _) in row.content.get("lost", {}).items():
                if device not in found or found[device][1] < int(last):
                    found[device] = (int(first), int(last))
        return found

    def comparable(self, seen: Mapping[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
        """What was seen and can be held against this folder.

        Not what a restore recorded as lost: that is known, by whom and when. Nor what a chain that this
        device continues has beyond it: the folder it was copied from went on (its log-out is enough). How far
        that chain came along is proved by the ``restore`` record in the own chain.
        """
        lost, heads = self.lost(), self.journal.heads()
        went_on = {device for device in self._continued() if seen.get(device, (0, ""))[0] > heads[device][0]}
        return {
            device: head
            for device, head in seen.items()
            if head[0] > lost.get(device, (0, 0))[1] and device not in went_on
        }

    def went_on(self) -> dict[str, tuple[int, int]]:
        """What this PC or the person saw of chains that this device continues and is not here: device → first
        and last number. Written in the old folder after it was copied or restored from.
        """
        heads, lost, found = self.journal.heads(), self.lost(), {}
        for device in self._continued():
            last = max(seen.get(device, (0, ""))[0] for seen in (self._seen, self._seen_here))
            first = max(heads[device][0], lost.get(device, (0, 0))[1]) + 1
            if last >= first:
                found[device] = (first, last)
        return found

    def _continued(self) -> frozenset[str]:
        """The devices whose chains this one continues, of those that are here."""
        own = read.lineage(self.store, self.meta.device) - {self.meta.device}
        return own & frozenset(self.journal.heads())

    def sign(self, context: str, data: bytes, password: str) -> bytes:
        """Sign with the person's sign key, opened for this one act. Raises LoginRefused, StoreError."""
        return self._signer(password).sign.sign(context, data)

    def authority_signs(
        self, context: str, data: bytes, password: str, second: tuple[str, str] | None = None
    ) -> bytes | None:
        """The signature of the study's authority; None when neither person holds its key.

        ``second`` is (log-in, password) of another person, who is asked where the one at the keyboard does
        not hold it. Takes 0.3 to 1 s. Raises LoginRefused, StoreError.
        """
        held = self._signer(password).authority
        if held is None and second is not None:
            unlocked = check_password_of(self._unlocked.file, *second, self._attempts)
            try:
                held = signer_of(unlocked, second[1], self._attempts).authority
            finally:
                unlocked.forget()
        wanted = self._unlocked.keyring.authority
        return None if held is None or held.public != wanted else held.sign(context, data)

    def prove_password(self, password: str) -> None:
        """Ask for the own password once more; a wrong one counts as a failure. Raises LoginRefused."""
        self._signer(password)

    def now(self) -> datetime:
        """The time by the clock the vault was opened with."""
        return self._clock()

    def key_of_database(self) -> bytes:
        """The database key, for a copy under the same key."""
        self._require_open()
        return bytes(self._unlocked.database_key)

    def continue_as(self, meta: VaultMeta, keys: DeviceKeys, identity: Identity, journal: Journal) -> None:
        """Go on as another device (``restoring.become_new_device`` has written it)."""
        self.meta, self.device_keys, self.identity, self.journal = meta, keys, identity, journal

    # -- the end ---------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether the keys are still in memory: not after :meth:`close`."""
        return self._open

    def close(self) -> dict[str, tuple[int, str]]:
        """Log out: note the heads seen in the keyring, close the database, forget the secrets, free the lock.

        The heads are returned, and noted in the settings of this PC too, outside the vault. May be called
        twice.
        """
        if not self._open:
            return {}
        self._open = False
        heads: dict[str, tuple[int, str]] = {}
        try:
            heads = dict(self.journal.heads())
            settings.witness(self.meta.vault, heads)
            self._note_heads(heads)
        except StoreError:
            # The data are safe already; a full disk only costs this one of several witnesses.
            pass
        finally:
            self.store.close()
            self._unlocked.forget()
            self._lock.release()
            self.place.close()
        return heads

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- inside ----------------------------------------------------------------------------------------

    def _identify(self) -> Certificate:
        """Step 7: the person whose certificate in the journal names exactly the keys that were opened."""
        slot = self._unlocked.slot
        register = self.register()
        certificate = register.of_login(slot.login)
        public = slot.public
        if certificate is None or (certificate.box, certificate.author, certificate.sign) != (
            public.box,
            public.author,
            public.sign,
        ):
            raise LoginRefused("store.login_uncertified")
        if register.of_person(certificate.person) is not certificate:
            raise LoginRefused("store.login_uncertified")  # newer keys were certified for this person
        if certificate.person in register.disabled:
            raise LoginRefused("store.login_disabled")
        return certificate

    def _require_admitted(self) -> None:
        """Whether a person who is logged in still may write: colleagues may have ended the account since.

        What is written after that would be believed by no other PC. Raises StoreError.
        """
        try:
            self._certificate = self._identify()
        except LoginRefused:
            raise StoreError("shared.account_gone", login=self.login) from None

    def _look_back(self) -> None:
        """Step 7: check value and heads. What is odd is said and recorded; work goes on."""
        notices = []
        if not self._unlocked.file.mac_fits(bytes(self._unlocked.database_key)):
            self._notes.append("keys_file_changed")
            notices.append(message("store.vault_keys_changed"))
        if self._unlocked.file.write < read_keys_count(self.store):
            self._notes.append("keys_file_older")
            notices.append(message("store.vault_keys_older"))
        heads = self.journal.heads()
        seen, here = self.comparable(self._seen), self.comparable(self._seen_here)
        if behind_of(heads, seen) or behind_of(heads, here):
            self._notes.append("older_than_seen")
            notices.append(message("store.vault_older_than_seen"))
        self.notices = tuple(notices)

    def _require_open(self) -> None:
        if not self._open:
            raise StoreError("store.vault_closed")
        self.freshen()

    def _signer(self, password: str) -> Signer:
        self._require_open()
        return signer_of(self._unlocked, password, self._attempts)

    def _words(self) -> tuple[str, ...]:
        return (self.meta.name, self.meta.study)

    def _write_keys(self, file: KeysFile) -> None:
        # What is put back after a failure follows what was written last, too.
        following = replace(file, write=self._unlocked.file.write)
        sealed = following.sealed(bytes(self._unlocked.database_key))
        self.place.write_keys(sealed)
        self._unlocked.file = sealed
        # The database remembers how often the file was written: an older file put back is then noticed.
        with self.store.transaction() as tx:
            write_keys_count(self.store, tx, sealed.write)

    def freshen(self) -> None:
        """Where several people work in one vault: take over what others wrote into the key file since.

        Raises StoreError: the person's account has ended, or its key was taken away.
        """
        if not self.place.shared:
            return
        unlocked, file = self._unlocked, self.place.read_keys()
        slot = file.slot_of(self.login)
        if slot is None or slot.public != unlocked.slot.public:
            raise StoreError("shared.account_gone", login=self.login)
        unlocked.file, unlocked.slot = file, slot
        if file.gen != unlocked.gen:
            key, gen = newest_key(unlocked, self.place.name)
            forget(unlocked.database_key)
            unlocked.database_key, unlocked.gen = key, gen
            self.store.use_key(bytes(key))
            self.meta, self.device_keys = read_meta(self.store), read_device_keys(self.store)

    def _note_heads(self, heads: Mapping[str, tuple[int, str]]) -> None:
        salt = self._unlocked.slot.cost.salt
        self.freshen()
        if self._unlocked.slot.cost.salt != salt:
            return  # the password was changed at another PC: what this one holds no longer wraps
        unlocked, register = self._unlocked, self.register()
        seen = {**self._seen, **heads}
        keyring = replace(
            unlocked.keyring,
            keepers=register.keepers(),
            retired=unlocked.keyring.retired | register.retired(),
            min_gen=max(unlocked.keyring.min_gen, unlocked.gen),
            seen=tuple((device, seq, head) for device, (seq, head) in sorted(seen.items())),
            recovery=None if register.recovery is None else register.recovery.as_json(),
        )
        slot = with_keyring(self.meta.vault, unlocked.slot, unlocked.wrapping, keyring)
        self._write_keys(unlocked.file.with_slot(slot))


def behind_of(heads: Mapping[str, tuple[int, str]], seen: Mapping[str, tuple[int, str]]) -> list[str]:
    """The devices of which fewer records are here than were seen, or another one under the same number."""
    found = []
    for device, (seq, head) in seen.items():
        here = heads.get(device)
        if here is None or here[0] < seq or (here[0] == seq and here[1] != head):
            found.append(device)
    return found
