"""Codes on paper: what proves that this vault printed a page, short enough to be typed.

    mac    HMAC-SHA-256(page key, context ‖ data)
    code   its first 100 bits as 20 characters of Crockford's base32, in five groups of four; read without
           regard to case, spaces and hyphens, O as 0, I and L as 1

Context ``page`` for printed pages, ``fill`` for pages that bring something back. Guessing one takes 2^100
attempts; whoever holds the page key (every key holder) can make one, so it proves the vault, not a person.
"""

from __future__ import annotations

from typing import Final

from mda5_crf.crypto.hashes import context_prefix, keyed_hash

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 20
_GROUP: Final = 4
_READ_AS: Final = str.maketrans("OIL", "011", " -\t")
_LONGEST: Final = 64  # typed, with whatever stands between the groups


class CodeRefused(ValueError):
    """No code of a page: of another length or with other characters. Says nothing of what was typed."""


def page_mac(key: bytes, context: str, data: bytes) -> bytes:
    """What proves ``data``, 32 bytes. ``context`` is "page" or "fill".

    No plain hash: without the key, nobody who has most of a page can try likely values for the rest of it.
    """
    if context not in ("page", "fill"):
        raise ValueError("not a context of pages")
    return keyed_hash(key, context_prefix(context) + data)


def page_code(key: bytes, context: str, data: bytes) -> str:
    """The code of ``data``: ``7K3M-…`` in five groups."""
    return code_of(page_mac(key, context, data))


def code_of(mac: bytes) -> str:
    """The code that a mac begins with."""
    number = int.from_bytes(mac[:13], "big") >> 4
    signs = "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
    return grouped(signs)


def grouped(signs: str) -> str:
    """20 characters as they are printed."""
    return "-".join(signs[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))


def read_code(typed: str) -> str:
    """A typed code as :func:`page_code` writes it. Raises CodeRefused."""
    if len(typed) > _LONGEST or not typed.isascii():
        raise CodeRefused("code")
    signs = typed.strip().upper().translate(_READ_AS)
    if len(signs) != LENGTH or not set(signs) <= set(ALPHABET):
        raise CodeRefused("code")
    return grouped(signs)
