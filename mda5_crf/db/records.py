"""Journal records: the unit of truth, of exchange and of proof.

A record is one line of a device's hash chain. The line holds key and content only as salted hashes:

    line      canon{v, study, device, seq, prev, kind, key, content, replaces, person, at, zone, clock,
              definition}
    key       hex HMAC-SHA-256(key salt of 16 bytes, the key in UTF-8)
    content   hex HMAC-SHA-256(salt of 16 bytes, the content's canonical JSON)
    hash      SHA-256(``record`` context ‖ line)

Each hash has its own random salt. So the content and its salt can be emptied (redaction) while the key
stays checkable, or all four can be withheld (scope: a *stub*, which tells neither whom nor what it is
about), and the chain still verifies. ``replaces``, kind, person, times and definition stay in clear.
A record of the vault itself has the key "", hashed like any other.

The format is final: ``tests/golden/record.json`` holds lines and hashes that every later version must
reproduce.
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

_read: Final = json.JSONDecoder().decode
JSON = str | int | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]

VERSION: Final = 1
SALT_BYTES: Final = 16
_HEADER: Final = (
    "v", "study", "device", "seq", "prev", "kind", "replaces", "person", "at", "zone", "clock", "definition",
)  # fmt: skip
_NUMBERS: Final = frozenset({"v", "seq", "clock"})
# What opens the hashes of a line: null in a stub; data and salt also after a redaction.
_KEY: Final = ("key", "key_salt")
_CONTENT: Final = ("data", "salt")
_OPENING: Final = frozenset({*_KEY, *_CONTENT})
_FIELDS: Final = frozenset({*_HEADER, "key_hash", "content", "hash", *_OPENING})


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
    redacted. In a stub ``key`` is "" and ``key_salt``, ``salt`` and ``content`` are None.
    """

    device: str
    seq: int
    prev: str
    hash: str
    v: int
    study: str
    kind: str
    key: str
    key_hash: str
    key_salt: bytes | None
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
        data: dict[str, Any] = _read(self.content.decode("utf-8"))
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
        header["key"], header["content"] = self.key_hash, self.content_hash
        return canon(header)

    @property
    def withheld(self) -> bool:
        """Whether this is a stub: not even what it is about is known here, so nothing may be folded of it."""
        return self.key_salt is None

    def fault(self) -> str:
        """What is wrong with the record taken alone: "" (nothing), "hash", "key" or "content"."""
        try:
            line = self.line()
        except CanonError:  # a number beyond what a line may hold
            return "hash"
        if record_hash(line) != self.hash:
            return "hash"
        if self.key_salt is None:
            whole_stub = not self.key and self.content is None and self.salt is None
            return "" if whole_stub else "key"
        if not opens(self.key_salt, self.key.encode("utf-8"), self.key_hash):
            return "key"
        if self.content is None and self.salt is None:
            return ""
        return "" if opens(self.salt, self.content, self.content_hash) else "content"

    def stub(self) -> AuditRecord:
        """The record without key, content and their salts, for a receiver who may not see it."""
        return replace(self, key="", key_salt=None, content=None, salt=None)

    def as_json(self) -> dict[str, Any]:
        """As it travels in a bundle: the line's fields, its hash, and what opens the hashes in the line.

        The line's ``key`` is ``key_hash`` here; ``key`` with ``key_salt``, and ``data`` with ``salt``, are
        what was hashed: all null in a stub, ``data`` and ``salt`` null after a redaction.
        """
        data: dict[str, Any] = {name: getattr(self, name) for name in _HEADER}
        data["key_hash"], data["content"], data["hash"] = self.key_hash, self.content_hash, self.hash
        data["key"] = None if self.key_salt is None else self.key
        data["key_salt"] = None if self.key_salt is None else base64_text(self.key_salt)
        data["salt"] = None if self.salt is None else base64_text(self.salt)
        data["data"] = None if self.content is None else self.content.decode("utf-8")
        return data

    @classmethod
    def rebuilt(cls, data: Mapping[str, Any]) -> AuditRecord:
        """A record of the fields that travel, with the hashes that follow from them.

        ``prev`` must be there, ``key_hash`` and ``content`` where they do not follow. Raises RecordRefused
        for a wrong shape.
        """
        whole = {"key_hash": "", "content": "", "hash": "", **data}
        record = cls.from_json(whole)
        if record.key_salt is not None:
            record = replace(record, key_hash=content_hash(record.key_salt, record.key.encode("utf-8")))
        if record.salt is not None and record.content is not None:
            record = replace(record, content_hash=content_hash(record.salt, record.content))
        try:
            return replace(record, hash=record_hash(record.line()))
        except CanonError:
            raise RecordRefused("record number") from None

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
            elif not isinstance(value, str) and not (value is None and name in _OPENING):
                raise RecordRefused("record text")
        _check_opening(data)
        try:
            content = None if data["data"] is None else data["data"].encode("utf-8")
            if content is not None and not isinstance(parse_canon(content), dict):
                raise RecordRefused("record content")
            key = data["key"] or ""
            key.encode("utf-8")
        except (CanonError, UnicodeEncodeError):
            raise RecordRefused("record content") from None
        return cls(
            key=key,
            key_hash=data["key_hash"],
            key_salt=_salt(data["key_salt"]),
            content_hash=data["content"],
            hash=data["hash"],
            salt=_salt(data["salt"]),
            content=content,
            replaces=tuple(data["replaces"]),
            **{name: data[name] for name in _HEADER if name != "replaces"},
        )


def opens(salt: bytes | None, said: bytes | None, hashed: str) -> bool:
    """Whether ``said`` under ``salt`` is what a line holds as ``hashed``."""
    if salt is None or said is None or len(salt) != SALT_BYTES:
        return False
    return content_hash(salt, said) == hashed


def _check_opening(data: Mapping[str, Any]) -> None:
    """Raise RecordRefused unless all is there, or the content is not, or nothing is."""
    absent = {name for name in _OPENING if data[name] is None}
    if absent not in (set(), set(_CONTENT), _OPENING):
        raise RecordRefused("record content")


def _salt(text: str | None) -> bytes | None:
    """A salt as it travels. Raises RecordRefused."""
    if text is None:
        return None
    try:
        salt = unbase64(text)
    except KeyRefused:
        raise RecordRefused("record salt") from None
    if len(salt) != SALT_BYTES:
        raise RecordRefused("record salt")
    return salt


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
    key_salt: bytes | None = None,
) -> AuditRecord:
    """Turn a draft into a record. The salts (16 random bytes each) are given only by tests of the format."""
    fresh = random_bytes(2 * SALT_BYTES)
    salt = fresh[:SALT_BYTES] if salt is None else salt
    key_salt = fresh[SALT_BYTES:] if key_salt is None else key_salt
    content = canon(draft.content)
    hashed = content_hash(salt, content)
    key_hash = content_hash(key_salt, draft.key.encode("utf-8"))
    line = canon(
        {
            "v": VERSION, "study": study, "device": device, "seq": seq, "prev": prev, "kind": draft.kind,
            "key": key_hash, "content": hashed, "replaces": draft.replaces, "person": person, "at": at,
            "zone": zone, "clock": clock, "definition": draft.definition,
        }
    )  # fmt: skip
    return AuditRecord(
        device, seq, prev, record_hash(line), VERSION, study, draft.kind, draft.key, key_hash, key_salt,
        hashed, salt, content, draft.replaces, person, at, zone, clock, draft.definition,
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
