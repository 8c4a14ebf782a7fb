"""Password keys (Argon2id) and what is wrapped under them (AES-256-GCM).

The cost written in a file is bounded before a byte of memory is taken; a new wrap always takes this
program's cost, never the file's. A password key opens two things that stay apart: the keyring, held
while a person works, and the signer, opened only for the moment of a signature.
"""

from __future__ import annotations

import time
import unicodedata
from dataclasses import dataclass
from typing import Any, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from mda5_crf.crypto.hashes import hkdf, random_bytes
from mda5_crf.crypto.signing import KeyRefused, base64_text, unbase64

Part = Literal["keyring", "signer"]

MEMORY_KIB: Final = 131072
SMALL_MEMORY_KIB: Final = 65536
PASSES: Final = 3
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
MAX_MEMORY_KIB: Final = 1048576
MAX_PASSES: Final = 10
MAX_LANES: Final = 4
# Of work, so that a PC that happens to be busy does not get a weaker slot; and of waiting, so that one
# that must page memory out does.
TOO_SLOW_WORK: Final = 1.0
TOO_SLOW_WAIT: Final = 5.0


class WrapRefused(ValueError):
    """What is wrapped does not open: wrong password, altered bytes, other slot, other vault."""


class CostRefused(ValueError):
    """A file asks for a derivation outside the bounds, or this PC has not the memory for it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How a password becomes a key: Argon2id with ``memory`` KiB, ``passes``, ``lanes``, a 16-byte salt."""

    salt: bytes
    memory: int = MEMORY_KIB
    passes: int = PASSES
    lanes: int = 1

    def __post_init__(self) -> None:
        """Raises CostRefused outside 64 MiB … 1 GiB, 1 … 10 passes, 1 … 4 lanes, salt of 16 bytes."""
        if not (
            SMALL_MEMORY_KIB <= self.memory <= MAX_MEMORY_KIB
            and 1 <= self.passes <= MAX_PASSES
            and 1 <= self.lanes <= MAX_LANES
            and len(self.salt) == SALT_BYTES
        ):
            raise CostRefused("cost out of bounds")

    @property
    def weak(self) -> bool:
        """Whether this is less than the program would choose even on a small PC."""
        return self.memory < SMALL_MEMORY_KIB or self.passes < PASSES

    def as_json(self) -> dict[str, Any]:
        """As it stands in ``keys.json``."""
        return {
            "name": "argon2id",
            "v": 19,
            "m_kib": self.memory,
            "t": self.passes,
            "p": self.lanes,
            "salt": base64_text(self.salt),
        }

    @classmethod
    def from_json(cls, data: object) -> Cost:
        """Read :meth:`as_json`. Raises CostRefused for another shape, function or cost."""
        if not isinstance(data, dict) or set(data) != {"name", "v", "m_kib", "t", "p", "salt"}:
            raise CostRefused("not a password function of this program")
        numbers = [data["v"], data["m_kib"], data["t"], data["p"]]
        if data["name"] != "argon2id" or any(type(n) is not int for n in numbers) or data["v"] != 19:
            raise CostRefused("not a password function of this program")
        if not isinstance(data["salt"], str):
            raise CostRefused("not a password function of this program")
        try:
            salt = unbase64(data["salt"])
        except KeyRefused:
            raise CostRefused("not a password function of this program") from None
        return cls(salt, data["m_kib"], data["t"], data["p"])


def normal_password(password: str) -> str:
    """NFKC: full-width letters and digits of a Chinese input method equal the half-width ones."""
    return unicodedata.normalize("NFKC", password)


def password_key(password: str, cost: Cost) -> bytearray:
    """32 bytes; 0.3 s and 128 MiB at the program's cost. Raises CostRefused when memory is lacking.

    The caller empties the bytearray (:func:`forget`) when done.
    """
    # A lone surrogate has no UTF-8 form; "surrogatepass" gives it one that no accepted password has.
    text = bytearray(normal_password(password).encode("utf-8", "surrogatepass"))
    try:
        function = Argon2id(
            salt=cost.salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
        )
        return bytearray(function.derive(bytes(text)))
    except MemoryError:
        raise CostRefused("not enough memory") from None
    finally:
        forget(text)


def new_password_key(password: str) -> tuple[bytearray, Cost]:
    """A key under a fresh salt at the program's cost.

    Falls back to 64 MiB only where 128 MiB cannot be had or take longer than one second of work.
    """
    cost = Cost(random_bytes(SALT_BYTES))
    work, wait = time.thread_time(), time.monotonic()
    try:
        key = password_key(password, cost)
    except CostRefused:
        pass
    else:
        if time.thread_time() - work <= TOO_SLOW_WORK and time.monotonic() - wait <= TOO_SLOW_WAIT:
            return key, cost
        forget(key)
    cost = Cost(random_bytes(SALT_BYTES), memory=SMALL_MEMORY_KIB)
    return password_key(password, cost), cost


def part_key(key: bytes | bytearray, part: Part) -> bytearray:
    """The key that wraps one part of a slot."""
    return bytearray(hkdf(bytes(key), part))


def wrap(key: bytes | bytearray, plain: bytes, bound_to: bytes) -> dict[str, str]:
    """AES-256-GCM under a fresh nonce: ``{"nonce", "ct"}`` in base64. ``bound_to`` is authenticated too."""
    nonce = random_bytes(NONCE_BYTES)
    sealed = AESGCM(bytes(key)).encrypt(nonce, plain, bound_to)
    return {"nonce": base64_text(nonce), "ct": base64_text(sealed)}


def unwrap(key: bytes | bytearray, wrapped: object, bound_to: bytes) -> bytes:
    """What :func:`wrap` took. Raises WrapRefused when key, bytes or ``bound_to`` differ."""
    if not isinstance(wrapped, dict) or set(wrapped) != {"nonce", "ct"}:
        raise WrapRefused("not a wrapped key")
    try:
        nonce, sealed = unbase64(wrapped["nonce"]), unbase64(wrapped["ct"])
        if len(nonce) != NONCE_BYTES or len(sealed) < 16:
            raise WrapRefused("not a wrapped key")
        return AESGCM(bytes(key)).decrypt(nonce, sealed, bound_to)
    except (KeyRefused, TypeError):
        raise WrapRefused("not a wrapped key") from None
    except InvalidTag:
        raise WrapRefused("does not open") from None


def forget(secret: bytearray | None) -> None:
    """Overwrite a secret with zeros. Best effort: Python may have made copies."""
    if secret is not None:
        secret[:] = bytes(len(secret))
