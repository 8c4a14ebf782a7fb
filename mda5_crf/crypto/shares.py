"""Two of three: a key as words on three sheets (SLIP-39, package shamir-mnemonic).

Any two sheets give the key, one says nothing about it. A sheet is 33 words of the list of 1,024; the last
three are a check value, so a wrong word is noticed and, when it is the only one, found. The sheets of one set
carry the same 15-bit mark, made from vault and set number: a sheet of another set is known by its look.
"""

from __future__ import annotations

import difflib
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shamir_mnemonic import EncryptedMasterSecret, MnemonicError, combine_mnemonics, split_ems
from shamir_mnemonic.rs1024 import create_checksum
from shamir_mnemonic.share import Share

from mda5_crf.crypto.words import word_list

SHEETS: Final = 3
NEEDED: Final = 2
SHEET_WORDS: Final = 33
KEY_BYTES: Final = 32
_CHECK_WORDS: Final = 3
_SHORTEST: Final = 4  # letters: the first four of each word are unique
_MARK_BITS: Final = 15
_CUSTOMIZATION: Final = b"shamir_extendable"
_TEN: Final = 1023

Words = tuple[str, ...]


@dataclass
class ShareRefused(ValueError):
    """A sheet that cannot be used. The text quotes no word of it.

    ``kind``: "count" (``count`` words instead of 33), "unknown" (words that are not in the list, at
    ``places`` from 1, ``nearest`` words for each), "wrong" (the check value does not fit; ``places`` has the
    one place where another word would make it fit, or two neighbours that changed places), "shape" (no sheet
    of a set of three), "mark" (sheets of two sets), "same" (one sheet twice).
    """

    kind: str
    count: int = 0
    places: tuple[int, ...] = ()
    nearest: tuple[tuple[str, ...], ...] = field(default=())

    def __str__(self) -> str:
        return f"sheet refused: {self.kind}"


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """One sheet as read: its words, the mark of its set, its number (1 to 3)."""

    words: Words
    mark: int
    number: int


def set_mark(vault: str, number: int) -> int:
    """The 15-bit mark that all sheets of set ``number`` of a vault carry."""
    digest = hashlib.sha256(f"mda5-crf/recovery-set/1\0{vault} {number}".encode()).digest()
    return int.from_bytes(digest[:2], "big") >> (16 - _MARK_BITS)


def split_key(key: bytes, mark: int) -> tuple[Words, ...]:
    """Three sheets of 33 words, any two of which give the 32 bytes of ``key``."""
    if len(key) != KEY_BYTES:
        raise ValueError("a recovery key has 32 bytes")
    secret = EncryptedMasterSecret.from_master_secret(
        key, b"", identifier=mark, extendable=True, iteration_exponent=1
    )
    (group,) = split_ems(1, [(NEEDED, SHEETS)], secret)
    return tuple(tuple(share.words()) for share in group)


def typed_words(text: str) -> tuple[str, ...]:
    """What was typed, as words: small letters; numbers, points and commas between them do not count."""
    plain = unicodedata.normalize("NFKC", text).lower()
    parts = "".join(letter if letter.isalpha() else " " for letter in plain).split()
    return tuple(_whole(part) for part in parts)


def read_sheet(text: str) -> Sheet:
    """Read the words of a sheet; the first four letters of a word are enough. Raises ShareRefused."""
    words = typed_words(text)
    known = set(word_list())
    strange = [place for place, word in enumerate(words, start=1) if word not in known]
    if strange:
        raise ShareRefused(
            "unknown", len(words), tuple(strange), tuple(nearest(words[place - 1]) for place in strange)
        )
    if len(words) != SHEET_WORDS:
        raise ShareRefused("count", len(words))
    numbers = [_numbers()[word] for word in words]
    if _syndrome(numbers):
        raise ShareRefused("wrong", len(words), _suspects(numbers))
    try:
        share = Share.from_mnemonic(" ".join(words))
    except MnemonicError:
        raise ShareRefused("shape", len(words)) from None
    form = (share.group_threshold, share.group_count, share.member_threshold, share.extendable)
    if form != (1, 1, NEEDED, True) or share.index >= SHEETS:
        raise ShareRefused("shape", len(words))
    return Sheet(words, share.identifier, share.index + 1)


def combine(one: Sheet, other: Sheet) -> bytearray:
    """The key of the set. Raises ShareRefused: sheets of two sets, the same sheet twice."""
    if one.mark != other.mark:
        raise ShareRefused("mark")
    if one.number == other.number:
        raise ShareRefused("same")
    try:
        return bytearray(combine_mnemonics([" ".join(one.words), " ".join(other.words)]))
    except MnemonicError:
        # Same mark, other set: the check value over the key does not fit.
        raise ShareRefused("mark") from None


def nearest(word: str) -> tuple[str, ...]:
    """Up to two words of the list that look like ``word``."""
    return tuple(difflib.get_close_matches(word, word_list(), n=2, cutoff=0.6))


def _whole(part: str) -> str:
    """A word by its first letters, four at least."""
    if len(part) >= _SHORTEST:
        found = [word for word in word_list() if word.startswith(part)]
        if len(found) == 1:
            return found[0]
    return part


def _numbers() -> dict[str, int]:
    return {word: number for number, word in enumerate(word_list())}


def _check(body: Sequence[int]) -> int:
    high, middle, low = map(int, create_checksum(list(body), _CUSTOMIZATION))
    return (high << 20) | (middle << 10) | low


def _syndrome(numbers: Sequence[int]) -> int:
    """0 when the check value fits, else how it differs."""
    own = numbers[-_CHECK_WORDS:]
    return _check(numbers[:-_CHECK_WORDS]) ^ ((own[0] << 20) | (own[1] << 10) | own[2])


def _suspects(numbers: Sequence[int]) -> tuple[int, ...]:
    """Where one other word, or two neighbours in the other order, would make the check value fit."""
    for place in range(len(numbers) - 1):
        swapped = list(numbers)
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        if swapped != list(numbers) and not _syndrome(swapped):
            return place + 1, place + 2
    wanted = _syndrome(numbers)
    body = len(numbers) - _CHECK_WORDS
    for word in range(_CHECK_WORDS):
        if not wanted & ~(_TEN << (10 * (_CHECK_WORDS - 1 - word))):
            return (body + word + 1,)
    # The check value is linear: ten bits of each word, each with what it turns over.
    base = _check(numbers[:body])
    for place in range(body):
        turned = []
        for bit in range(10):
            other = list(numbers[:body])
            other[place] ^= 1 << bit
            turned.append(_check(other) ^ base)
        if _reaches(turned, wanted):
            return (place + 1,)
    return ()


def _reaches(vectors: Sequence[int], wanted: int) -> bool:
    """Whether some of ``vectors`` add up (without carry) to ``wanted``."""
    basis: list[int] = []
    for vector in vectors:
        rest = _reduced(vector, basis)
        if rest:
            basis.append(rest)
            basis.sort(reverse=True)
    return not _reduced(wanted, basis)


def _reduced(vector: int, basis: Sequence[int]) -> int:
    for one in basis:
        vector = min(vector, vector ^ one)
    return vector
