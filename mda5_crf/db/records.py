"""Journal records: the unit of truth, of exchange and of proof.

A record is one line of a device's hash chain. The line holds the content only as a salted hash, so a
content can later be emptied (redaction) or withheld (scope) and the chain still verifies. The format
is final: ``tests/golden/record.json`` holds lines and hashes that every later version must reproduce.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from mda5_crf.crypto import (
    CanonError,
    KeyRefused,
    base64_text,
    canon,
    content_hash,
    parse_canon,
    random_bytes,
    record_hash,
    unbase64,
)
from mda5_crf.db.clock import read_at

JSON = str | int | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]

VERSION: Final = 1
SALT_BYTES: Final = 16
_HEADER: Final = (
    "v", "study", "device", "seq", "prev", "kind", "key", "replaces", "person", "at", "zone", "clock",
    "definition",
)  # fmt: skip
_NUMBERS: Final = frozenset({"v", "seq", "clock"})
_FIELDS: Final = frozenset({*_HEADER, "content", "hash", "salt", "data"})


class RecordRefused(ValueError):
    """Bytes or an object that are no record. The text never quotes data."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to record; the journal adds who, when and where.

    ``key`` is ``ItemKey.path()``; ``replaces`` are the ids this record supersedes for that key;
    ``definition`` the hash of the study definition in force.
    """

    kind: str
    key: str
    content: Mapping[str, Any]
    replaces: tuple[str, ...] = ()
    definition: str = ""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One immutable record. Hashes are lower-case hex, ``at`` is UTC, ``zone`` name and offset.

    ``content`` is the canonical JSON of what was said; None, together with ``salt``, once it was
    redacted or when it was withheld from this receiver.
    """

    device: str
    seq: int
    prev: str
    hash: str
    v: int
    study: str
    kind: str
    key: str
    content_hash: str
    salt: bytes | None
    content: bytes | None
    replaces: tuple[str, ...]
    person: str
    at: str
    zone: str
    clock: int
    definition: str

    @property
    def id(self) -> str:
        """``device:seq``, the record's name everywhere."""
        return f"{self.device}:{self.seq}"

    @property
    def data(self) -> dict[str, Any]:
        """The content as a dict, parsed anew at each call; {} when it is absent."""
        if self.content is None:
            return {}
        data: dict[str, Any] = json.loads(self.content)
        return data

    @property
    def when(self) -> datetime:
        """The time in UTC."""
        return read_at(self.at)

    @property
    def stamp(self) -> tuple[int, str, int]:
        """The total order of records, the same on every machine: (clock, device, seq)."""
        return self.clock, self.device, self.seq

    def line(self) -> bytes:
        """The canonical line whose hash is the record's hash."""
        header: dict[str, Any] = {name: getattr(self, name) for name in _HEADER}
        header["content"] = self.content_hash
        return canon(header)

    def fault(self) -> str:
        """What is wrong with the record taken alone: "" (nothing), "content" or "hash"."""
        try:
            line = self.line()
        except CanonError:  # a number beyond what a line may hold
            return "hash"
        if record_hash(line) != self.hash:
            return "hash"
        if self.content is None or self.salt is None or len(self.salt) != SALT_BYTES:
            return "" if self.content is None and self.salt is None else "content"
        return "" if content_hash(self.salt, self.content) == self.content_hash else "content"

    def stub(self) -> AuditRecord:
        """The record without its content, for a receiver who may not see it."""
        return replace(self, content=None, salt=None)

    def as_json(self) -> dict[str, Any]:
        """As it travels in a bundle: the line's fields, its hash, salt and content (null in a stub)."""
        data: dict[str, Any] = {name: getattr(self, name) for name in _HEADER}
        data["content"], data["hash"] = self.content_hash, self.hash
        data["salt"] = None if self.salt is None else base64_text(self.salt)
        data["data"] = None if self.content is None else self.content.decode("utf-8")
        return data

    @classmethod
    def from_json(cls, data: object) -> AuditRecord:
        """Read :meth:`as_json`. Raises RecordRefused for a wrong shape; hashes are not yet checked."""
        if not isinstance(data, Mapping) or set(data) != _FIELDS:
            raise RecordRefused("record fields")
        for name, value in data.items():
            if name in _NUMBERS:
                if type(value) is not int or value < 1:
                    raise RecordRefused("record number")
            elif name == "replaces":
                if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
                    raise RecordRefused("record replaces")
            elif not isinstance(value, str) and not (value is None and name in ("salt", "data")):
                raise RecordRefused("record text")
        if (data["salt"] is None) != (data["data"] is None):
            raise RecordRefused("record content")
        try:
            salt = None if data["salt"] is None else unbase64(data["salt"])
            content = None if data["data"] is None else data["data"].encode("utf-8")
            if content is not None and not isinstance(parse_canon(content), dict):
                raise RecordRefused("record content")
        except (KeyRefused, CanonError, UnicodeEncodeError):
            raise RecordRefused("record content") from None
        if salt is not None and len(salt) != SALT_BYTES:
            raise RecordRefused("record salt")
        return cls(
            content_hash=data["content"],
            hash=data["hash"],
            salt=salt,
            content=content,
            replaces=tuple(data["replaces"]),
            **{name: data[name] for name in _HEADER if name != "replaces"},
        )


def make_record(
    draft: Draft,
    *,
    study: str,
    device: str,
    seq: int,
    prev: str,
    person: str,
    at: str,
    zone: str,
    clock: int,
    salt: bytes | None = None,
) -> AuditRecord:
    """Turn a draft into a record. ``salt`` (16 random bytes) is given only by tests of the format."""
    salt = random_bytes(SALT_BYTES) if salt is None else salt
    content = canon(draft.content)
    hashed = content_hash(salt, content)
    line = canon(
        {
            "v": VERSION, "study": study, "device": device, "seq": seq, "prev": prev, "kind": draft.kind,
            "key": draft.key, "content": hashed, "replaces": draft.replaces, "person": person, "at": at,
            "zone": zone, "clock": clock, "definition": draft.definition,
        }
    )  # fmt: skip
    return AuditRecord(
        device, seq, prev, record_hash(line), VERSION, study, draft.kind, draft.key, hashed, salt, content,
        draft.replaces, person, at, zone, clock, draft.definition,
    )  # fmt: skip


def split_id(record: str) -> tuple[str, int] | None:
    """``device:seq`` taken apart; None for any other text."""
    device, _, seq = record.rpartition(":")
    return (device, int(seq)) if device and seq.isascii() and seq.isdigit() and len(seq) < 17 else None


@dataclass(frozen=True, slots=True)
class Seal:
    """The author's signature over the last record of one run of his records in a device's chain."""

    device: str
    first: int
    last: int
    person: str
    signature: bytes = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """As it travels in a bundle."""
        return {
            "device": self.device, "first": self.first, "last": self.last, "person": self.person,
            "sig": base64_text(self.signature),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: object) -> Seal:
        """Read :meth:`as_json`. Raises RecordRefused; the signature is not yet checked."""
        if not isinstance(data, Mapping) or set(data) != {"device", "first", "last", "person", "sig"}:
            raise RecordRefused("seal fields")
        texts = [data["device"], data["person"], data["sig"]]
        numbers = [data["first"], data["last"]]
        if not all(isinstance(text, str) for text in texts):
            raise RecordRefused("seal text")
        if not all(type(number) is int for number in numbers) or not 1 <= numbers[0] <= numbers[1]:
            raise RecordRefused("seal number")
        try:
            signature = unbase64(data["sig"])
        except KeyRefused:
            raise RecordRefused("seal signature") from None
        return cls(data["device"], numbers[0], numbers[1], data["person"], signature)
