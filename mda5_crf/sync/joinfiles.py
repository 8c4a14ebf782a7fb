"""The two files of a joining, as they lie on a stick: whoever reads them knows nothing yet of who wrote them.

Both begin as a bundle does: eight bytes that name the kind · u16 version · u32 length of the header (at most
16 KiB) · header, canonical JSON · 64 bytes Ed25519 over all bytes before it · body. Numbers are big-endian.

    invitation   "MDA5INVT", context "invite", signed by the study's authority (the one that the card names)
        header   study, definition (hash), version, source_len, site, name, nonce, made, expires, card (the
                 centre's), reader, body_len, body_sha256
        body     zlib over the canonical source of the definition, at most 8 MiB inflated
    request      "MDA5JOIN", context "request", signed by the joining PC's device key
        header   study, from, to (device ids), sign (the device key), made, reader, body_len, body_sha256
        body     a binary age file to the centre's box over canon{card, nonce, invitation, founder, role}

Cheapest first: size, kind, version, header, signature, length and hash of the body; only then is anything
inflated or decrypted. Nothing here writes, and no name of a file becomes a path.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from mda5_crf.crypto import (
    BoxPublic,
    BoxRefused,
    BoxSecret,
    CanonError,
    Certificate,
    CertificateRefused,
    KeyRefused,
    SigningKey,
    VerifyKey,
    canon,
    file_hash,
    parse_canon,
)
from mda5_crf.db.clock import read_at
from mda5_crf.errors import InputRefused, newer
from mda5_crf.services.session import CENTRE
from mda5_crf.study.source import LARGEST_SOURCE
from mda5_crf.sync.cards import DEVICE, HASH, Card, card_of
from mda5_crf.sync.names import readable

VERSION: Final = 1


class Kind(NamedTuple):
    """What kind of file: its first eight bytes, and the context of its signature."""

    magic: bytes
    context: str


INVITATION: Final = Kind(b"MDA5INVT", "invite")
REQUEST: Final = Kind(b"MDA5JOIN", "request")
INVITATION_SUFFIX: Final = ".mda5invite"
REQUEST_SUFFIX: Final = ".mda5join"
NONCE: Final = re.compile(r"[0-9a-f]{32}")
SITE: Final = re.compile(r"[0-9]{2}")
MAX_INVITATION: Final = 4 << 20
MAX_REQUEST: Final = 64 << 10
MAX_HEADER: Final = 16 << 10
SIGNATURE: Final = 64
_START: Final = struct.Struct(">8sHI")
_LEVEL: Final = 9
_INVITATION_TEXTS: Final = (
    "study", "definition", "version", "site", "name", "nonce", "made", "expires", "body_sha256",
)  # fmt: skip
_INVITATION_FIELDS: Final = frozenset((*_INVITATION_TEXTS, "card", "source_len", "reader", "body_len"))
_REQUEST_TEXTS: Final = ("study", "from", "to", "sign", "made", "body_sha256")
_REQUEST_FIELDS: Final = frozenset((*_REQUEST_TEXTS, "reader", "body_len"))
_INSIDE_FIELDS: Final = frozenset(("card", "nonce", "invitation", "founder", "role"))
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a centre says to one PC of a site. ``made`` and ``expires`` are UTC as in records.

    ``source`` are the canonical bytes of the definition, whose hash ``definition`` is; ``sha256`` names the
    whole file, "" while it is made.
    """

    study: str
    definition: str
    version: str
    site: str
    name: str
    nonce: str
    made: str
    expires: str
    card: Card
    source: bytes
    sha256: str = ""

    def written(self, sign: Callable[[str, bytes], bytes]) -> bytes:
        """The file; ``sign`` is asked for the authority's signature in a context over bytes."""
        body = zlib.compress(self.source, _LEVEL)
        start = _front(INVITATION, {
            "study": self.study, "definition": self.definition, "version": self.version, "site": self.site,
            "name": self.name, "nonce": self.nonce, "made": self.made, "expires": self.expires,
            "card": self.card.body(), "source_len": len(self.source),
        }, body)  # fmt: skip
        return start + sign(INVITATION.context, start) + body


@dataclass(frozen=True, slots=True)
class Request:
    """What a joining PC answers: its card, which invitation it took, its first person and that one's role.

    ``centre`` is the device it is for. ``sha256`` names the whole file, "" while it is made.
    """

    card: Card
    centre: str
    nonce: str
    invitation: str
    founder: Certificate
    role: str
    made: str
    sha256: str = ""

    def written(self, key: SigningKey, box: BoxPublic) -> bytes:
        """The file, signed by the joining PC's device ``key``; only the centre's ``box`` opens it."""
        body = box.encrypt(canon({
            "card": self.card.body(), "nonce": self.nonce, "invitation": self.invitation,
            "founder": self.founder.as_json(), "role": self.role,
        }))  # fmt: skip
        start = _front(REQUEST, {
            "study": self.card.study, "from": self.card.device, "to": self.centre,
            "sign": self.card.sign.text, "made": self.made,
        }, body)  # fmt: skip
        return start + key.sign(REQUEST.context, start) + body


def read_invitation(data: bytes) -> Invitation:
    """Read an invitation. Raises InputRefused.

    Its signature proves that nobody altered it who lacks the key it names itself: whether that is the
    centre's is for the phrase to say.
    """
    signed, head, signature, body = _opened(data, INVITATION, "invite", MAX_INVITATION)
    if set(head) != _INVITATION_FIELDS or not _texts(head, _INVITATION_TEXTS):
        raise InputRefused("joining.invite_unreadable")
    shaped = (
        HASH.fullmatch(head["definition"])
        and NONCE.fullmatch(head["nonce"])
        and SITE.fullmatch(head["site"])
        and readable(head["name"])
        and _is_time(head["made"])
        and _is_time(head["expires"])
        and isinstance(head["card"], dict)
    )
    if not shaped:
        raise InputRefused("joining.invite_unreadable")
    card = card_of(head["card"])
    if (card.study, card.site, card.definition) != (head["study"], CENTRE, head["definition"]):
        raise InputRefused("joining.invite_unreadable")
    if not card.authority.accepts(INVITATION.context, signed, signature):
        raise InputRefused("joining.invite_altered")
    _require_whole(head, body, "invite")
    source = _inflated(body, head["source_len"])
    if file_hash(source) != head["definition"]:
        raise InputRefused("joining.invite_altered")
    return Invitation(
        head["study"], head["definition"], head["version"], head["site"], head["name"], head["nonce"],
        head["made"], head["expires"], card, source, file_hash(data),
    )  # fmt: skip


def read_request(data: bytes, device: str, box: BoxSecret) -> Request:
    """Read a request that is for the PC ``device``, whose ``box`` opens it. Raises InputRefused."""
    signed, head, signature, body = _opened(data, REQUEST, "request", MAX_REQUEST)
    if set(head) != _REQUEST_FIELDS or not _texts(head, _REQUEST_TEXTS):
        raise InputRefused("joining.request_unreadable")
    if not (DEVICE.fullmatch(head["from"]) and DEVICE.fullmatch(head["to"]) and _is_time(head["made"])):
        raise InputRefused("joining.request_unreadable")
    try:
        key = VerifyKey.from_text(head["sign"])
    except KeyRefused:
        raise InputRefused("sync.card_keys") from None
    if not key.accepts(REQUEST.context, signed, signature):
        raise InputRefused("joining.request_altered")
    _require_whole(head, body, "request")
    if head["to"] != device:
        raise InputRefused("joining.request_elsewhere")
    card, inside = _inside(body, box)
    if (card.study, card.device, card.sign) != (head["study"], head["from"], key):
        # Somebody stripped the signature and put an own one there.
        raise InputRefused("joining.request_altered")
    try:
        founder = Certificate.from_json(inside["founder"])
    except CertificateRefused:
        raise InputRefused("joining.request_unreadable") from None
    return Request(
        card, head["to"], inside["nonce"], inside["invitation"], founder, inside["role"], head["made"],
        file_hash(data),
    )  # fmt: skip


def _inside(body: bytes, box: BoxSecret) -> tuple[Card, dict[str, Any]]:
    try:
        inside = parse_canon(box.decrypt(body))
    except (BoxRefused, CanonError):
        raise InputRefused("joining.request_locked") from None
    if not isinstance(inside, dict) or set(inside) != _INSIDE_FIELDS:
        raise InputRefused("joining.request_unreadable")
    if not _texts(inside, ("nonce", "invitation", "role")) or not isinstance(inside["card"], dict):
        raise InputRefused("joining.request_unreadable")
    if not (NONCE.fullmatch(inside["nonce"]) and HASH.fullmatch(inside["invitation"])):
        raise InputRefused("joining.request_unreadable")
    return card_of(inside["card"]), inside


# -- what both have in common ----------------------------------------------------------------------------


def _front(kind: Kind, header: dict[str, Any], body: bytes) -> bytes:
    """Everything that is signed: kind, version, length, header."""
    raw = canon({**header, "reader": VERSION, "body_len": len(body), "body_sha256": file_hash(body)})
    return _START.pack(kind.magic, VERSION, len(raw)) + raw


def _opened(data: bytes, kind: Kind, which: str, most: int) -> tuple[bytes, dict[str, Any], bytes, bytes]:
    """Bytes signed, header, signature, body; nothing is checked yet but kind, version and canonical form."""
    unreadable = f"joining.{which}_unreadable"
    if len(data) > most or len(data) < _START.size or not data.startswith(kind.magic):
        raise InputRefused(unreadable)
    _, version, length = _START.unpack_from(data)
    if version > VERSION:
        raise InputRefused("joining.file_newer", **newer(version, VERSION))
    body = _START.size + length + SIGNATURE
    if version < VERSION or length > MAX_HEADER or len(data) < body:
        raise InputRefused(unreadable)
    try:
        head = parse_canon(data[_START.size : _START.size + length])
    except CanonError:
        raise InputRefused(unreadable) from None
    if not isinstance(head, dict) or type(head.get("reader")) is not int:
        raise InputRefused(unreadable)
    if head["reader"] > VERSION:
        raise InputRefused("joining.file_newer", **newer(head["reader"], VERSION))
    return data[: body - SIGNATURE], head, data[body - SIGNATURE : body], data[body:]


def _require_whole(head: dict[str, Any], body: bytes, which: str) -> None:
    """The body is as long as the header says, and the one that was signed. Raises InputRefused."""
    if type(head["body_len"]) is not int or head["body_len"] != len(body):
        raise InputRefused(f"joining.{which}_cut")
    if file_hash(body) != head["body_sha256"]:
        raise InputRefused(f"joining.{which}_altered")


def _inflated(body: bytes, length: object) -> bytes:
    """The body, inflated to exactly the length that was declared. Raises InputRefused, holds no more."""
    if type(length) is not int or not 0 < length <= LARGEST_SOURCE:
        raise InputRefused("joining.invite_unreadable")
    unpacker = zlib.decompressobj()
    try:
        source = unpacker.decompress(body, length + 1)
    except zlib.error:
        raise InputRefused("joining.invite_unreadable") from None
    if len(source) != length or not unpacker.eof or unpacker.unused_data:
        raise InputRefused("joining.invite_unreadable")
    return source


def _texts(head: dict[str, Any], names: Iterable[str]) -> bool:
    return all(type(head[name]) is str and 0 < len(head[name]) <= _LONGEST for name in names)


def _is_time(text: str) -> bool:
    try:
        read_at(text)
    except ValueError:
        return False
    return True
