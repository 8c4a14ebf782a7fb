"""A vault whose keeper makes recovery sheets; what is wanted of them is said at each log-in."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mda5_crf.crypto import SigningKey, parse_canon
from mda5_crf.db import recovery, schema
from mda5_crf.db.records import Draft
from mda5_crf.db.recovery import MADE, USED
from mda5_crf.db.slots import Signer
from mda5_crf.db.unlock import STUDY_KEY
from mda5_crf.db.vaultdelegation import DelegatingVault
from mda5_crf.db.vaultrenewal import NEW_SHEETS
from mda5_crf.errors import PermissionDenied, StoreError
from mda5_crf.text import message

PEOPLE_KEY = "people"


@dataclass(frozen=True, slots=True)
class SheetAct:
    """One act on recovery sheets as the journal has it: MADE or USED, when, by whom, its content."""

    act: str
    at: str
    person: str
    content: Mapping[str, Any]


class RecoverableVault(DelegatingVault):
    """See the module text."""

    def sheet_acts(self) -> tuple[SheetAct, ...]:
        """All sets made and used in this vault, oldest first."""
        with self.store.read() as tx:
            rows = tx.find(schema.key_act, kind="recovery", device=self.meta.device)
        rows.sort(key=lambda row: row["clock"])
        return tuple(
            SheetAct(row["act"], row["at"], row["person"], parse_canon(row["content"].encode("utf-8")))
            for row in rows
        )

    @property
    def sheets_stand(self) -> bool:
        """Whether any two sheets of the set that the journal names open the vault as it is now."""
        slot, pinned = self._unlocked.file.recovery, self.register().recovery
        if slot is None or pinned is None or slot["kdf"]["set"] != pinned.number:
            return False
        granted = any(grant.gen == self.meta.gen for grant in recovery.grants(slot, STUDY_KEY))
        return granted and slot["public"] == pinned.as_json()

    @property
    def next_sheets(self) -> int:
        """The number of the next set."""
        made = [int(one.content.get("set", 0)) for one in self.sheet_acts() if one.act == MADE]
        return max([recovery.number_of(self._unlocked.file), *made]) + 1

    def check_sheet_maker(self, signer_password: str) -> None:
        """Raise PermissionDenied unless the person may make a set and holds the authority's key for it."""
        self._sheet_maker(signer_password)

    def make_sheets(
        self, key: bytes, number: int, holders: tuple[str, ...], second: str, *, signer_password: str
    ) -> None:
        """Put a new set in force: its slot with grants of all keys the person holds, and its record.

        ``key`` is what the sheets give, ``number`` their set, ``holders`` the names on them, ``second`` the
        id of the second person. A set that was there before opens nothing from then on: the key of the
        database is renewed too. Raises PermissionDenied, LoginRefused, StoreError; then the old set stands.
        """
        signer, authority = self._sheet_maker(signer_password)
        unlocked, before = self._unlocked, self._unlocked.file
        if number != self.next_sheets:
            raise StoreError("recovery.set_changed")
        slot, pinned, _ = recovery.new_slot_of(self.meta.vault, number, key, authority, unlocked.gen)
        by = (self.login, signer.sign)
        for held in [(STUDY_KEY, unlocked.gen, bytes(unlocked.database_key)), *self.other_held()]:
            slot = recovery.granted(self.meta.vault, slot, held, by)
        content = recovery.made_content(self.meta.vault, pinned, signer.sign, holders, second)
        # Keys first: a record of a set that opens nothing would promise what nobody can keep.
        self._write_keys(replace(before, recovery=slot))
        try:
            self.journal.append([Draft("recovery", "", content)], at=self._clock())
        except StoreError:
            with contextlib.suppress(StoreError):
                self._write_keys(before)
            raise
        if before.recovery is not None or number > 1:
            self._renew(signer, NEW_SHEETS)

    def other_held(self) -> list[tuple[str, int, bytes]]:
        """What else the person holds that the sheets are to open: (name, generation, secret)."""
        return []

    # -- inside ----------------------------------------------------------------------------------------

    def _sheet_maker(self, signer_password: str) -> tuple[Signer, SigningKey]:
        signer = self._keeper(signer_password, self.register())
        authority = self._unlocked.keyring.authority
        if signer.authority is None or signer.authority.public != authority:
            raise PermissionDenied("recovery.authority_needed")
        return signer, signer.authority

    def _look_back(self) -> None:
        super()._look_back()
        acts = self.sheet_acts()
        if acts and acts[-1].act == USED:
            self.notices = (*self.notices, message("recovery.notice_used"))
        elif acts and not self.sheets_stand:
            self.notices = (*self.notices, message("recovery.notice_lost"))
