"""The outside of a bundle or carrier file, version 1: what is checked before anything is decrypted.

``MDA5BNDL`` (a carrier: ``MDA5CARR``) · u16 version · u32 length of the header · header (canonical JSON) ·
64 bytes signature of the sending device over all bytes before it · body. Numbers are big-endian.
The body is one binary age file to one recipient (module ``packing``).
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, NamedTuple

from mda5_crf.crypto import CanonError, SigningKey, canon, parse_canon
from mda5_crf.db.clock import read_at
from mda5_crf.errors import BundleError, newer
from mda5_crf.sync.cards import DEVICE, HASH
from mda5_crf.sync.registry import Peer, Registry

VERSION: Final = 1
READER: Final = 1
"""What a carrier says of its reader; bundles: ``BUNDLE.reader``."""
MAX_HEADER: Final = 16 * 1024
MAX_FILE: Final = 1 << 30
SIGNATURE: Final = 64
PIECE: Final = 1 << 20
_START: Final = struct.Struct(">8sHI")
_FIELDS: Final = frozenset(
    ("study", "from", "to", "number", "prev", "made", "reader", "body_len", "body_sha256")
)
_STUDY: Final = re.compile(r"[^\x00-\x1f]{1,100}")


class Kind(NamedTuple):
    """What kind of file: its first eight bytes, the context of its signature, the newest body known here."""

    magic: bytes
    context: str
    reader: int


BUNDLE: Final = Kind(b"MDA5BNDL", "bundle", 2)
CARRIER: Final = Kind(b"MDA5CARR", "carrier", READER)
MAGIC: Final = BUNDLE.magic


@dataclass(frozen=True, slots=True)
class Header:
    """Who sends what to whom. ``made`` is UTC, ``prev`` the SHA-256 of the bundle before in this direction.

    ``reader`` is the lowest version of this reader that understands the body.
    """

    study: str
    sender: str
    receiver: str
    number: int
    prev: str
    made: str
    reader: int
    body_len: int
    body_sha256: str

    def to_bytes(self) -> bytes:
        """The canonical header."""
        return canon({
            "study": self.study, "from": self.sender, "to": self.receiver, "number": self.number,
            "prev": self.prev, "made": self.made, "reader": self.reader, "body_len": self.body_len,
            "body_sha256": self.body_sha256,
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """Read :meth:`to_bytes`. Raises BundleError."""
        try:
            raw = parse_canon(data)
        except CanonError:
            raise BundleError("sync.header_damaged") from None
        if not isinstance(raw, dict) or set(raw) != _FIELDS or not _shape_ok(raw):
            raise BundleError("sync.header_damaged")
        return cls(
            raw["study"], raw["from"], raw["to"], raw["number"], raw["prev"], raw["made"], raw["reader"],
            raw["body_len"], raw["body_sha256"],
        )  # fmt: skip


def _shape_ok(raw: dict[str, Any]) -> bool:
    texts = ("study", "from", "to", "prev", "made", "body_sha256")
    numbers = ("number", "reader", "body_len")
    if not all(type(raw[name]) is str for name in texts) or not all(type(raw[n]) is int for n in numbers):
        return False
    try:
        read_at(raw["made"])
    except ValueError:
        return False
    return (
        _STUDY.fullmatch(raw["study"]) is not None
        and DEVICE.fullmatch(raw["from"]) is not None
        and DEVICE.fullmatch(raw["to"]) is not None
        and (not raw["prev"] or HASH.fullmatch(raw["prev"]) is not None)
        and HASH.fullmatch(raw["body_sha256"]) is not None
        and all(raw[name] >= 1 for name in numbers)
    )


def front(header: Header, key: SigningKey, kind: Kind = BUNDLE) -> bytes:
    """Everything before the body, signed by the sending device."""
    body = header.to_bytes()
    start = _START.pack(kind.magic, VERSION, len(body)) + body
    return start + key.sign(kind.context, start)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A file whose outside is in order. ``body`` is where its body begins, ``sha256`` that of all of it."""

    header: Header
    sender: Peer
    registry: Registry
    file: BinaryIO
    body: int
    sha256: str


def open_envelope(file: BinaryIO, size: int, registry: Registry, kind: Kind = BUNDLE) -> Envelope:
    """Check the outside in the fixed order, cheapest first; nothing of the body is interpreted.

    Order: size, magic, version, header, study, recipient, sender, signature, length, hash of the body.
    Raises BundleError; the sender is named only once the signature holds.
    """
    if size > MAX_FILE:
        raise BundleError("sync.file_too_large")
    signed, header = read_header(file, kind)
    signature = file.read(SIGNATURE)
    if len(signature) < SIGNATURE:
        raise BundleError("sync.file_short")
    sender = _parties(header, registry)
    if not sender.sign.accepts(kind.context, signed, signature):
        raise BundleError("sync.signature_false", name=sender.name)
    body = len(signed) + SIGNATURE
    if size < body + header.body_len:
        raise BundleError("sync.file_short")
    if size > body + header.body_len:
        raise BundleError("sync.file_long", name=sender.name)
    whole, found = hashlib.sha256(signed + signature), hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
        whole.update(piece)
    if found.hexdigest() != header.body_sha256:
        raise BundleError("sync.body_damaged", name=sender.name)
    return Envelope(header, sender, registry, file, body, whole.hexdigest())


def read_header(file: BinaryIO, kind: Kind = BUNDLE) -> tuple[bytes, Header]:
    """The bytes that are signed, and what they say; the signature is not looked at. Raises BundleError."""
    start = file.read(_START.size)
    if not start:
        raise BundleError("sync.file_empty")
    if not start.startswith(kind.magic):
        raise BundleError("sync.not_a_bundle")
    if len(start) < _START.size:
        raise BundleError("sync.file_short")
    _, version, length = _START.unpack(start)
    if version > VERSION:
        raise BundleError("sync.version_newer", **newer(version, VERSION))
    if version < VERSION or length > MAX_HEADER:
        raise BundleError("sync.header_damaged")
    raw = file.read(length)
    if len(raw) < length:
        raise BundleError("sync.file_short")
    header = Header.from_bytes(raw)
    if header.reader > kind.reader:
        raise BundleError("sync.version_newer", **newer(header.reader, kind.reader))
    return start + raw, header


def _parties(header: Header, registry: Registry) -> Peer:
    if header.study != registry.study:
        raise BundleError("sync.other_study")
    if header.sender == registry.device:
        raise BundleError("sync.own_bundle")
    if header.receiver != registry.device:
        names = {"to": registry.name_of(header.receiver), "sender": registry.name_of(header.sender)}
        raise BundleError("sync.for_somebody_else", **names)
    return registry.sender(header.sender)
