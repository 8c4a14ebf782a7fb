"""Numbers in free text that identify a person: they belong in the site's identification list alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

IDNO, PHONE = "idno", "phone"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
ID_LENGTH: Final = len(_WEIGHTS) + 1
_ID_NUMBER: Final = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9Xx])")
_MOBILE: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def numbers(plain: str) -> Iterator[tuple[str, int, int]]:
    """Kind, begin and end of each Chinese id-number with a fitting check digit and each mobile number.

    ``plain`` is in NFKC, so that full-width digits count too.
    """
    for found in _ID_NUMBER.finditer(plain):
        if id_number_ok(found[0]):
            yield IDNO, found.start(), found.end()
    for found in _MOBILE.finditer(plain):
        yield PHONE, found.start(), found.end()


def id_number_ok(text: str) -> bool:
    """Whether the check digit of an 18-digit Chinese id-number fits (GB 11643)."""
    if len(text) != ID_LENGTH or not text[:-1].isdecimal() or not text.isascii():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return text[-1].upper() == _CHECKS[total % 11]
