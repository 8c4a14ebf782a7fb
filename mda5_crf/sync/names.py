"""Names that people give to PCs: nothing invisible in them, and no two that look alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from mda5_crf.errors import InputRefused

MAX_NAME: Final = 80
_REFUSED: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_MIXED: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
# Cyrillic and Greek letters, and digits, that are taken for a Latin letter on a screen.
_TWINS: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d"
    "\u0432\u043a\u043c\u043d\u0442\u0437"
    "\u03b1\u03b2\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c701i",
    "aeopcyxljsdhqwbkmht3abelkvoptuxoll",
)


def readable(name: str) -> bool:
    """Whether ``name`` has 1 to 80 characters and none that cannot be seen or that turns the writing."""
    return 1 <= len(name) <= MAX_NAME and not any(unicodedata.category(c) in _REFUSED for c in name)


def require_name(name: str, others: Iterable[str] = ()) -> str:
    """``name`` without blanks at its ends, fit for a PC beside ``others``.

    Raises InputRefused: empty, too long, marks that cannot be seen, letters of two alphabets that look
    alike, or too much like another PC's name.
    """
    name = name.strip()
    if not readable(name) or any(one.isspace() and one != " " for one in name):
        raise InputRefused("joining.name_form", most=MAX_NAME)
    if len(_alphabets(name)) > 1:
        raise InputRefused("joining.name_mixed")
    for other in others:
        if looks(other) == looks(name):
            raise InputRefused("joining.name_taken", name=other)
    return name


def looks(name: str) -> str:
    """What is left of a name at a glance: width, case, blanks and twins of letters do not count."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    kept = "".join(c for c in plain if c.isalnum())
    return kept.translate(_TWINS) or plain


def _alphabets(name: str) -> set[str]:
    found = (unicodedata.name(c, "").partition(" ")[0] for c in name if c.isalpha())
    return {alphabet for alphabet in found if alphabet in _MIXED}
