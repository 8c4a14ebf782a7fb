"""Ed25519 keys. A signature always names its context; keys of small order are refused."""

from __future__ import annotations

import base64
import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mda5_crf.crypto.hashes import context_prefix

_P: Final = 2**255 - 19
_ORDER_8_Y: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7


def _small_order() -> frozenset[bytes]:
    """The 14 encodings of points of order 1, 2, 4 and 8: five y, two of them also as y + p, two signs.

    OpenSSL loads them, and under such a key one fixed "signature" fits many or all messages.
    """
    heights = (0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y, _P, _P + 1)
    return frozenset((y | sign << 255).to_bytes(32, "little") for y in heights for sign in (0, 1))


SMALL_ORDER: Final = _small_order()


class KeyRefused(ValueError):
    """Bytes that are no usable public or secret key. The text never quotes them."""


class BadSignature(ValueError):
    """A signature that this key did not make over these bytes in this context."""


class VerifyKey:
    """The public half of a signing key. Hashable; equal when the 32 bytes are equal."""

    __slots__ = ("_key", "raw")

    def __init__(self, raw: bytes) -> None:
        """Take 32 bytes. Raises KeyRefused for another length or a point of small order."""
        if len(raw) != 32 or raw in SMALL_ORDER:
            raise KeyRefused("not a usable Ed25519 public key")
        try:
            self._key = Ed25519PublicKey.from_public_bytes(raw)
        except ValueError:
            raise KeyRefused("not a usable Ed25519 public key") from None
        self.raw: Final = bytes(raw)

    @classmethod
    def from_text(cls, text: str) -> VerifyKey:
        """Read base64. Raises KeyRefused."""
        return cls(unbase64(text))

    @property
    def text(self) -> str:
        """The key in base64."""
        return base64.b64encode(self.raw).decode("ascii")

    def verify(self, context: str, data: bytes, signature: bytes) -> None:
        """Raise BadSignature unless ``signature`` was made over ``data`` in ``context`` by this key."""
        try:
            self._key.verify(signature, context_prefix(context) + data)
        except InvalidSignature:
            raise BadSignature("signature does not fit") from None

    def accepts(self, context: str, data: bytes, signature: bytes) -> bool:
        """Whether :meth:`verify` passes."""
        try:
            self.verify(context, data, signature)
        except BadSignature:
            return False
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"VerifyKey({self.raw.hex()[:8]}…)"


class SigningKey:
    """An Ed25519 key pair. Its repr never shows the seed."""

    __slots__ = ("_key", "_seed", "public")

    def __init__(self, seed: bytes) -> None:
        """Take the 32-byte seed. Raises KeyRefused for another length."""
        if len(seed) != 32:
            raise KeyRefused("an Ed25519 seed has 32 bytes")
        self._seed = bytearray(seed)
        self._key: Ed25519PrivateKey | None = Ed25519PrivateKey.from_private_bytes(bytes(seed))
        self.public: Final = VerifyKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> SigningKey:
        """A new random key."""
        return cls(os.urandom(32))

    @classmethod
    def from_text(cls, text: str) -> SigningKey:
        """Read a seed in base64. Raises KeyRefused."""
        return cls(unbase64(text))

    @property
    def seed(self) -> bytes:
        """The 32 secret bytes; zeros once forgotten."""
        return bytes(self._seed)

    def forget(self) -> None:
        """Overwrite the seed and drop the key: nothing can be signed any more. Best effort."""
        self._seed[:] = bytes(32)
        self._key = None

    def sign(self, context: str, data: bytes) -> bytes:
        """64 bytes: Ed25519 over the context and ``data``. Raises KeyRefused once forgotten."""
        if self._key is None:
            raise KeyRefused("the key was forgotten")
        return self._key.sign(context_prefix(context) + data)

    def __repr__(self) -> str:
        return f"SigningKey({self.public!r})"


def seal(author: SigningKey, head: str) -> bytes:
    """The author's seal over a record hash (hex), and so over the whole chain before it."""
    return author.sign("seal", bytes.fromhex(head))


def seal_fits(author: VerifyKey, head: str, signature: bytes) -> bool:
    """Whether ``signature`` is the author's seal over the record hash ``head`` (hex; other text has none)."""
    try:
        sealed = bytes.fromhex(head)
    except ValueError:
        return False
    return author.accepts("seal", sealed, signature)


def base64_text(data: bytes) -> str:
    """Bytes as they stand in JSON: standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def unbase64(text: str) -> bytes:
    """Read :func:`base64_text` strictly: one spelling per value. Raises KeyRefused."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KeyRefused("not base64") from None
    if base64.b64encode(data).decode("ascii") != text:
        raise KeyRefused("not base64")
    return data
