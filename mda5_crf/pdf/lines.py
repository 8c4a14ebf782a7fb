"""Breaking text into lines: English between words, Chinese between characters but not before 。 or after （."""

from __future__ import annotations

import re
from functools import lru_cache

from mda5_crf.pdf.fonts import printable, width

_CLOSING = "，。、；：？！）》」』】〕〉”’％℃,.;:?!)]}%°"
_OPENING = "（《「『【〔〈“‘([{"
_TOKEN = re.compile(r"[ \u3000]+|[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’]|[^ \u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’]+")
_INSIDE = re.compile(r"[^/\-_,;=|]*[/\-_,;=|]|[^/\-_,;=|]+")


def _tokens(text: str) -> list[str]:
    """Pieces that stay whole: words, blanks, single Chinese characters with their punctuation."""
    glued: list[str] = []
    for piece in _TOKEN.findall(text):
        last = glued[-1] if glued else " "
        if not last.isspace() and not piece.isspace() and (piece[0] in _CLOSING or last[-1] in _OPENING):
            glued[-1] += piece
        else:
            glued.append(piece)
    return glued


def _pieces(token: str, face: str, size: float, room: float) -> list[str]:
    """A token wider than a line, cut after / - _ where that is enough, between characters where not."""
    fitting: list[str] = []
    for part in _INSIDE.findall(token):
        if fitting and width(fitting[-1] + part, face, size) <= room:
            fitting[-1] += part
            continue
        while width(part, face, size) > room and len(part) > 1:
            cut = next(
                (n for n in range(2, len(part) + 1) if width(part[:n], face, size) > room), len(part)
            ) - 1
            fitting.append(part[: max(cut, 1)])
            part = part[max(cut, 1) :]
        fitting.append(part)
    return fitting


@lru_cache(maxsize=32768)
def wrap(text: str, face: str, size: float, room: float) -> tuple[str, ...]:
    """``text`` in lines no wider than ``room`` points; an empty text is one empty line.

    Nothing is lost: joined, the lines are the text without the blanks at the breaks. A single character
    wider than ``room`` still stands on a line of its own.
    """
    lines: list[str] = []
    for paragraph in printable(text).split("\n"):
        line = ""
        for token in _tokens(paragraph):
            candidate = line + token
            if width(candidate.rstrip(" \u3000"), face, size) <= room:
                line = candidate if line or not token.isspace() else ""
                continue
            if line.strip():
                lines.append(line.rstrip(" \u3000"))
            if token.isspace():
                line = ""
                continue
            *full, line = _pieces(token, face, size, room)
            lines.extend(full)
        lines.append(line.rstrip(" \u3000"))
    return tuple(lines)


@lru_cache(maxsize=32768)
def longest_word(text: str, face: str, size: float) -> float:
    """The narrowest a column can be, in points, without cutting a word of ``text``."""
    tokens = [token for part in printable(text).split("\n") for token in _tokens(part)]
    return max((width(token, face, size) for token in tokens), default=0.0)
