"""The phrase of a joining: 80 bits over two files, slow to compute, that two people compare by voice.

    phrase    Argon2id(SHA-256(SHA-256(invitation) ‖ SHA-256(request)), fixed salt, 128 MiB, 3 passes),
              10 bytes: eight numbers of ten bits, each a word of the SLIP-39 list

The salt is fixed because both sides must come to the same answer from the two files alone. Whoever swaps a
file must find another one with the same half: 2**40 derivations of 0.3 s and 128 MiB each.
"""

from __future__ import annotations

import hashlib
from typing import Final

from mda5_crf.crypto import wrapping
from mda5_crf.crypto.wrapping import MEMORY_KIB, PASSES, CostRefused

NUMBERS: Final = 8
_BITS: Final = 10
_SALT: Final = b"mda5-crf/phrase1"


def join_phrase(invitation: str, request: str) -> tuple[int, ...]:
    """Eight numbers 0 … 1023 from the SHA-256 (hex) of the two files; 0.3 s and 128 MiB.

    Raises CostRefused when the memory cannot be had.
    """
    secret = hashlib.sha256(bytes.fromhex(invitation) + bytes.fromhex(request)).digest()
    try:
        function = wrapping.Argon2id(  # type: ignore[attr-defined]
            salt=_SALT, length=NUMBERS * _BITS // 8, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB
        )
        bits = int.from_bytes(function.derive(secret), "big")
    except MemoryError:
        raise CostRefused("not enough memory") from None
    return tuple(bits >> _BITS * place & (1 << _BITS) - 1 for place in reversed(range(NUMBERS)))
