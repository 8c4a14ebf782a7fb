"""Hashes, derived keys and random bytes. Every hash says what it is a hash of (its context).

    context   "mda5-crf/<what>/1" and one zero byte, before the data of every hash and signature
    digest    SHA-256(context ‖ data)
    HKDF      HKDF-SHA-256 expand to 32 bytes, info = "mda5-crf/<what>/1" and one zero byte
    content   HMAC-SHA-256(salt of 16 bytes, content), without context: the salt is used for nothing else;
              a record's key is hashed the same way under a salt of its own

``tests/golden/crypto.json`` holds a value of each.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from typing import Final

from mda5_crf.crypto.canon import canon

CONTEXTS: Final = frozenset(
    (
        "record genesis seal esign grant cert delegate revoke redact consent bundle invite request approve"
        " page fill archive carrier selfcheck release"
    ).split()
)
DERIVED: Final = frozenset(("keyring", "signer", "keys-file", "recovery", "backup"))
SALT_BYTES: Final = 16
KEY_BYTES: Final = 32


@lru_cache(maxsize=32)
def context_prefix(context: str) -> bytes:
    """``mda5-crf/<context>/1`` and one zero byte. Raises ValueError for an unknown context."""
    if context not in CONTEXTS:
        raise ValueError("unknown context")
    return f"mda5-crf/{context}/1".encode("ascii") + b"\0"


def digest(context: str, data: bytes) -> bytes:
    """SHA-256 over the context and ``data``, 32 bytes."""
    return hashlib.sha256(context_prefix(context) + data).digest()


def record_hash(line: bytes) -> str:
    """The hash of a journal record in hex: SHA-256 over ``record`` and its canonical line."""
    return digest("record", line).hex()


def genesis_hash(study: str, device: str, device_key: str, parent: str) -> str:
    """What the first record of a device names as its predecessor, in hex.

    ``device_key`` is the device's public signing key in base64; ``parent`` the id of the device it
    continues after a restore, or empty.
    """
    first = {"study": study, "device": device, "device_key": device_key, "parent": parent}
    return digest("genesis", canon(first)).hex()


def content_hash(salt: bytes, content: bytes) -> str:
    """The salted hash that stands for a record's content, or its key, in its line, in hex.

    HMAC-SHA-256 under a random salt of 16 bytes: once content and salt are emptied, a list of
    likely contents cannot be tried against it.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("salt must be 16 bytes")
    return hmac.digest(salt, content, "sha256").hex()


def file_hash(data: bytes) -> str:
    """Plain SHA-256 in hex: for files that others must be able to check with any tool."""
    return hashlib.sha256(data).hexdigest()


def keyed_hash(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA-256, 32 bytes."""
    return hmac.digest(key, data, "sha256")


def same(left: bytes, right: bytes) -> bool:
    """Compare secrets without telling by the time taken where they differ."""
    return hmac.compare_digest(left, right)


def hkdf(key: bytes, info: str) -> bytes:
    """HKDF-SHA-256 expand to 32 bytes; ``info`` is one of DERIVED.

    ``key`` is already uniformly random or the output of Argon2id, so the extract step is not
    needed. One output block suffices: T(1) = HMAC(key, info ‖ 0x01) (RFC 5869, section 2.3).
    """
    if info not in DERIVED:
        raise ValueError("unknown derivation")
    if len(key) < KEY_BYTES:
        raise ValueError("key too short")
    return hmac.digest(key, f"mda5-crf/{info}/1".encode("ascii") + b"\0\x01", "sha256")


def random_bytes(count: int) -> bytes:
    """``count`` bytes from the operating system's generator."""
    return os.urandom(count)


def random_id(size: int = 16) -> str:
    """A random identifier of ``size`` bytes, in hex."""
    return os.urandom(size).hex()
