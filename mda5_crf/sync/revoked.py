"""The study's list of PCs and keys that are believed no longer: one number, one signature, all of it.

    list      {version 1, study, number, made, authority, entries [entry]}
    entry     {device, name, site, last, reason, at, person, key}
    sig       Ed25519 of the study's authority over context "revoke" and canon{list}

An entry names a PC (``person`` and ``key`` are "") or the author's key of one person there. ``last`` is the
last number of that PC's chain that is still accepted, of that person's records where one is named; 0 = none.
The highest number stands. A later list may leave an entry out: then that PC is believed again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.crypto import CanonError, KeyRefused, VerifyKey, base64_text, canon, unbase64
from mda5_crf.db.clock import read_at
from mda5_crf.db.records import AuditRecord
from mda5_crf.sync.cards import DEVICE
from mda5_crf.sync.names import readable

VERSION: Final = 1
MAX_LIST: Final = 48 * 1024
"""Canonical bytes: what a record and a manifest can hold beside the rest."""
MAX_REASON: Final = 200
_PERSON: Final = re.compile(r"([0-9a-f]{32})?")
_FIELDS: Final = frozenset(("version", "study", "number", "made", "authority", "entries"))
_ENTRY: Final = frozenset(("device", "name", "site", "last", "reason", "at", "person", "key"))
_ENTRY_TEXTS: Final = _ENTRY - {"last"}


class ListRefused(ValueError):
    """A list of no readable shape; ``newer``: a later version of this program made it."""

    def __init__(self, *, newer: bool = False) -> None:
        super().__init__("list of revocations refused")
        self.newer = newer


@dataclass(frozen=True, slots=True)
class Entry:
    """One PC, or one person's key there, and how far what it wrote is still accepted."""

    device: str
    name: str
    site: str
    last: int
    reason: str
    at: str
    person: str = ""
    key: str = ""

    def body(self) -> dict[str, Any]:
        """As it stands in the list."""
        return {
            "device": self.device, "name": self.name, "site": self.site, "last": self.last,
            "reason": self.reason, "at": self.at, "person": self.person, "key": self.key,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list as its authority made it. ``signature`` is b"" while it is made."""

    study: str
    number: int
    made: str
    authority: str
    entries: tuple[Entry, ...]
    signature: bytes = b""

    def body(self) -> dict[str, Any]:
        """What is signed."""
        return {
            "version": VERSION, "study": self.study, "number": self.number, "made": self.made,
            "authority": self.authority, "entries": [entry.body() for entry in self.entries],
        }  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """As it travels and is recorded."""
        return {"list": self.body(), "sig": base64_text(self.signature)}

    @property
    def holds(self) -> bool:
        """Whether the authority that it names signed it."""
        key = VerifyKey.from_text(self.authority)
        return key.accepts("revoke", canon(self.body()), self.signature)

    def entry(self, device: str, person: str = "") -> Entry | None:
        """What it says of a PC, or of a person's key there."""
        found = [one for one in self.entries if (one.device, one.person) == (device, person)]
        return found[0] if found else None


def read_list(data: object, study: str) -> RevocationList:
    """Read :meth:`RevocationList.as_json`; the signature is not yet looked at. Raises ListRefused."""
    if not isinstance(data, Mapping) or not {"list", "sig"} <= set(data):
        raise ListRefused
    body, sig = data["list"], data["sig"]
    if not isinstance(body, dict) or type(body.get("version")) is not int or body["version"] < 1:
        raise ListRefused
    if body["version"] > VERSION:
        raise ListRefused(newer=True)
    texts = ("study", "made", "authority")
    if set(body) != _FIELDS or not all(type(body[name]) is str for name in texts) or type(sig) is not str:
        raise ListRefused
    if type(body["number"]) is not int or body["number"] < 1 or body["study"] != study:
        raise ListRefused
    try:
        read_at(body["made"])
        VerifyKey.from_text(body["authority"])
        entries = _entries(body["entries"])
        found = RevocationList(
            body["study"], body["number"], body["made"], body["authority"], entries, unbase64(sig)
        )
        if len(canon(found.body())) > MAX_LIST:
            raise ListRefused
    except ListRefused:
        raise
    except (CanonError, KeyRefused, ValueError):
        raise ListRefused from None
    return found


def _entries(data: object) -> tuple[Entry, ...]:
    if not isinstance(data, list):
        raise ListRefused
    entries: list[Entry] = []
    for one in data:
        if not isinstance(one, dict) or set(one) != _ENTRY:
            raise ListRefused
        if not all(type(one[name]) is str for name in _ENTRY_TEXTS) or type(one["last"]) is not int:
            raise ListRefused
        shaped = (
            DEVICE.fullmatch(one["device"])
            and _PERSON.fullmatch(one["person"])
            and bool(one["person"]) == bool(one["key"])
            and one["last"] >= 0
            and readable(one["name"])
            and len(one["reason"]) <= MAX_REASON
        )
        if not shaped:
            raise ListRefused
        entries.append(Entry(**one))
    if len({(entry.device, entry.person) for entry in entries}) != len(entries):
        raise ListRefused
    return tuple(entries)


class Cut:
    """How far a bundle's records of revoked PCs are let in: up to the last one that a seal in it ends with.

    A seal covers a whole run, so a run that goes on beyond the last accepted number cannot be proved here and
    is passed over from its beginning; whoever has the shorter seal still brings it.
    """

    def __init__(self, heads: Mapping[str, tuple[int, str]]) -> None:
        self._upto = {device: seq for device, (seq, _) in heads.items()}

    def note(self, device: str, last: int, limit: int | None) -> None:
        """A seal of the bundle ends at record ``last`` of a PC of which ``limit`` is accepted (None: all)."""
        if limit is not None and last <= limit:
            self._upto[device] = max(self._upto.get(device, 0), last)

    def takes(self, device: str, seq: int, limit: int | None) -> bool:
        """Whether record ``seq`` of a PC with that limit is let in."""
        return limit is None or seq <= self._upto.get(device, 0)


def standing(
    records: Iterable[AuditRecord], study: str, authorities: Collection[VerifyKey]
) -> RevocationList | None:
    """Of ``revocation`` records the list with the highest number that one of ``authorities`` signed."""
    believed = {key.text for key in authorities}
    found: list[RevocationList] = []
    for record in records:
        try:
            found.append(read_list(record.data, study))
        except ListRefused:
            continue
    for one in sorted(found, key=lambda each: -each.number):
        if one.authority in believed and one.holds:
            return one
    return None
