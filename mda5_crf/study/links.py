"""Links to rows of a log. People name a row by its line number, stored are the identities of the rows.

An identity is what ``SubjectData.lines`` holds (``9f3a2c:17``, always with a colon); several are joined by
commas. A line number that leads nowhere is no identity, so it stays visible as what was typed. Lines count
struck rows too; a struck row keeps its number and is marked where a link still names it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from mda5_crf.study.folding import narrow
from mda5_crf.study.operand import Operand
from mda5_crf.text import Language, Text, message

SEPARATOR = ","
_BETWEEN = re.compile(r"\s*[,;，；、|]\s*|\s+")
_IDENTITY = re.compile(r"[A-Za-z0-9_\-]+:[A-Za-z0-9_:\-]+")
_LINE = re.compile(r"(?:[A-Za-z][A-Za-z0-9]*)?\s*#?\s*0*([1-9][0-9]{0,5})")
_BEFORE_NUMBER = re.compile(r"\s*#\s*")
UNKNOWN_LINE = "?"
STRUCK_LINE = "×"
"""Stands behind the number of a struck row, until :func:`in_words` says it."""
_STRUCK = re.compile(rf"(\d+){STRUCK_LINE}")


def _tokens(text: str) -> list[str]:
    return [token for token in _BETWEEN.split(_BEFORE_NUMBER.sub("#", narrow(text))) if token]


def identities(text: str) -> tuple[str, ...] | None:
    """The identities a stored text names, each once; None when it is no list of identities."""
    found = tuple(dict.fromkeys(_tokens(text)))
    return found if found and all(_IDENTITY.fullmatch(token) for token in found) else None


def operand(named: tuple[str, ...], *, many: bool) -> Operand:
    """What an expression sees: a set of identities, or the one; None for several where one is allowed."""
    if many:
        return named
    return named[0] if len(named) == 1 else None


def resolve(text: str, lines: Sequence[str], live: Collection[str] | None = None) -> str | None:
    """The text to store for what was typed: ``3``, ``1,3``, ``AE#3``, or identities as they are.

    ``lines`` are the identities of all rows of the log, the first is line 1; ``live`` those that are not
    struck (default: all). The result is in the order of lines; "" for a blank text, None when a part names
    no live row.
    """
    known = lines if live is None else live
    found: set[str] = set()
    for token in _tokens(text):
        line = _LINE.fullmatch(token)
        named = token
        if line is not None and int(line[1]) <= len(lines):
            named = lines[int(line[1]) - 1]
        if named not in known:
            return None
        found.add(named)
    return SEPARATOR.join(identity for identity in lines if identity in found)


def show(text: str, lines: Sequence[str], live: Collection[str] | None = None) -> str:
    """The line numbers of a stored text: ``1, 3``, of a struck row ``2×``, ``?`` for no row of the log.

    ``lines`` and ``live`` as for :func:`resolve`; a text that is no list of identities comes back as it is.
    """
    named = identities(text)
    if named is None:
        return text
    shown = [
        f"{number}{'' if live is None or identity in live else STRUCK_LINE}"
        for number, identity in enumerate(lines, 1)
        if identity in named
    ]
    return ", ".join([*shown, *(UNKNOWN_LINE for identity in named if identity not in lines)])


def in_words(shown: str) -> Text:
    """What :func:`show` gave, with words for the mark of a struck row: ``1, 2 (struck)``."""

    def said(language: Language) -> str:
        return _STRUCK.sub(lambda found: message("finding.line_struck", number=found[1]).in_(language), shown)

    return Text(said("en"), said("zh"))
