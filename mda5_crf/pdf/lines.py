"""Breaking lines: English between words, Chinese between characters, never before 。 or after （."""

from __future__ import annotations

import re
from functools import lru_cache

from mda5_crf.pdf.fonts import printable, width

_CLOSING = "，。、；：？！）》」』】〕〉”’％℃,.;:?!)]}%°"
_OPENING = "（《「『【〔〈“‘([{"
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’"  # may stand at either side of a break
_TOKEN = re.compile(rf"[ \u3000]+|[{_WIDE}]|[^ {_WIDE}]+")
_INSIDE = re.compile(r"[^/\-_,;=|]*[/\-_,;=|]|[^/\-_,;=|]+")


def tokens(text: str) -> list[str]:
    """Pieces that stay whole: words, blanks, single Chinese characters with their punctuation."""
    glued: list[str] = []
    for piece in _TOKEN.findall(text):
        last = glued[-1] if glued else " "
        if not last.isspace() and not piece.isspace() and (piece[0] in _CLOSING or last[-1] in _OPENING):
            glued[-1] += piece
        else:
            glued.append(piece)
    return glued


def pieces(token: str, face: str, size: float, room: float) -> list[str]:
    """A token wider than a line, cut after / - _ where that is enough, between characters where not."""
    fitting = [""]
    for part in _INSIDE.findall(token):
        if width(fitting[-1] + part, face, size) <= room:
            fitting[-1] += part
            continue
        if width(part, face, size) <= room:
            fitting.append(part)
            continue
        for char in part:
            if fitting[-1] and width(fitting[-1] + char, face, size) > room:
                taken = fitting[-1][-1] if char in _CLOSING and len(fitting[-1]) > 1 else ""
                if taken and width(taken + char, face, size) <= room:
                    fitting[-1] = fitting[-1][:-1]  # a stop does not begin a line: it takes one along
                    fitting.append(taken + char)
                else:
                    fitting.append(char)
            else:
                fitting[-1] += char
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
        for token in tokens(paragraph):
            candidate = line + token
            if width(candidate.rstrip(" \u3000"), face, size) <= room:
                line = candidate if line or not token.isspace() else ""
                continue
            if line.strip():
                lines.append(line.rstrip(" \u3000"))
            if token.isspace():
                line = ""
                continue
            *full, line = pieces(token, face, size, room)
            lines.extend(full)
        lines.append(line.rstrip(" \u3000"))
    return tuple(lines)


@lru_cache(maxsize=32768)
def longest_word(text: str, face: str, size: float) -> float:
    """The narrowest a column can be, in points, without cutting a word of ``text``."""
    found = [token for part in printable(text).split("\n") for token in tokens(part)]
    return max((width(token, face, size) for token in found), default=0.0)
