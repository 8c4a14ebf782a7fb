"""The 1,024 words of SLIP-39 (package shamir-mnemonic), for passwords that the program draws."""

from __future__ import annotations

import secrets
from functools import lru_cache

PASSWORD_WORDS = 6
PASSWORD_DIGITS = 18


@lru_cache(maxsize=1)
def word_list() -> tuple[str, ...]:
    """All words in the order of the list: 4–8 small letters, the first four of each unique."""
    from shamir_mnemonic.wordlist import WORDLIST

    return tuple(WORDLIST)


def draw_words(count: int = PASSWORD_WORDS) -> str:
    """``count`` words joined by hyphens; each adds 10 bits, six are 60 bits."""
    return "-".join(secrets.choice(word_list()) for _ in range(count))


def draw_digits(count: int = PASSWORD_DIGITS) -> str:
    """``count`` digits; 18 are 59.8 bits. For keyboards on which letters are a burden."""
    return "".join(secrets.choice("0123456789") for _ in range(count))
