"""Typed characters brought to one width: ``３７．５`` is ``37.5``.

Compatibility folding (NFKC) character by character, except where it would change a value: a superscript
is no digit (``10⁹`` must not become 109), nor is a circled or a fraction sign.
"""

from __future__ import annotations

import re
import unicodedata

_KEEP = ("<super>", "<sub>", "<circle>", "<fraction>")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_POINT = re.compile(r"(?<=\d)[。·・](?=\d)")


def narrow(text: str) -> str:
    """``text`` without surrounding blanks, every wide or compatible character in its plain form."""
    if text.isascii():
        return text.strip()
    return "".join(map(_plain, text)).translate(_DASHES).strip()


def _plain(char: str) -> str:
    if char.isascii() or unicodedata.decomposition(char).startswith(_KEEP):
        return char
    return unicodedata.normalize("NFKC", char)


def decimal_points(text: str) -> str:
    """The Chinese full stop between digits as a decimal point; ``text`` is narrow already."""
    return text if text.isascii() else _POINT.sub(".", text)


def loose(text: str) -> str:
    """A key for finding units and codes: case, blanks and the two micro signs do not matter."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("μ", "u")
    return re.sub(r"[\s^]+", "", folded.translate(_DASHES))
