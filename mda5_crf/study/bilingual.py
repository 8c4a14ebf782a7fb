"""Is a text really there in both languages? What can be told by looking at the characters."""

from __future__ import annotations

import re

_CJK = re.compile(r"[㐀-鿿]")
_PROSE = re.compile(r"[a-z]{3,}")


def has_chinese(text: str) -> bool:
    """True when ``text`` has at least one Chinese character."""
    return _CJK.search(text) is not None


def chinese_fault(en: str, zh: str) -> str | None:
    """The catalogue name (area study) of what is wrong with a pair of texts, or None.

    Symbols, numbers and abbreviations (``CK-MB``, ``mg/dL``) may be the same in both languages; a run of
    three lower-case letters without any Chinese character beside it is English left standing.
    """
    if has_chinese(en):
        return "english_has_chinese"
    if has_chinese(zh):
        return None
    if _PROSE.search(zh) or (zh != en and _PROSE.search(en)):
        return "chinese_is_english"
    return None
