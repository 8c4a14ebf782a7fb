"""Where things stand in a TOML text: path of a key or table → line number.

``tomllib`` gives values without places. This reads the same text once more, only when a problem has
to be reported, and only for the places; it expects text that ``tomllib`` has accepted.
"""

from __future__ import annotations

import re
from bisect import bisect_right

Path = tuple[str | int, ...]

# Walked piece by piece: one pattern that repeats a choice goes back, and a text of megabytes would cost a
# hundred times its length. (Possessive repeats of a choice are wrong before Python 3.11.5, gh-106052.)
_BLANK = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"[^\n]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_OPENING = re.compile("\"\"\"|'''|\"|'")
_CLOSING = {
    '"""': re.compile(r'\\.|"{3,5}', re.DOTALL),
    "'''": re.compile("'{3,5}"),
    '"': re.compile(r'\\.|"', re.DOTALL),
    "'": re.compile("'"),
}
_WORD = re.compile(r"[^,\]}\s#]+(?: \d[^,\]}\s#]*)?")


def places(text: str) -> dict[Path, int]:
    """The line (from 1) of every key, table and array element of ``text``."""
    return _Scanner(text).scan()


def line_of(found: dict[Path, int], path: Path) -> int:
    """The line of ``path``, or of the nearest thing around it that has one; 0 when nothing has."""
    while path:
        if path in found:
            return found[path]
        path = path[:-1]
    return 0


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where what ``pattern`` matches at ``at`` ends; it may match nothing at all, but it matches."""
    match = pattern.match(text, at)
    assert match is not None
    return match.end()


def _string_end(text: str, at: int) -> int | None:
    """Where the string that begins at ``at`` ends, None when none begins there."""
    opening = _OPENING.match(text, at)
    if opening is None:
        return None
    for found in _CLOSING[opening[0]].finditer(text, opening.end()):
        if not found[0].startswith("\\"):
            return found.end()
    return len(text)


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._found: dict[Path, int] = {}
        self._sizes: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip_blank():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._found

    def _skip_blank(self) -> bool:
        while True:
            self._at = _past(_BLANK, self._text, self._at)
            if not self._text.startswith("#", self._at):
                return self._at < len(self._text)
            self._at = _past(_COMMENT, self._text, self._at)

    def _mark(self, path: Path) -> None:
        self._found.setdefault(path, bisect_right(self._starts, self._at))

    def _header(self) -> Path:
        start = self._at
        many = self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        self._skip_blank()
        names = self._key()
        end = self._text.index("]", self._at) + (2 if many else 1)
        self._at = start
        path: Path = ()
        for name in names[:-1]:
            self._mark((*path, name))
            path = self._newest((*path, name))
        path = (*path, names[-1])
        if many:
            self._mark(path)
            self._sizes[path] = self._sizes.get(path, 0) + 1
        path = self._newest(path)
        self._mark(path)
        self._at = end
        return path

    def _newest(self, path: Path) -> Path:
        """``path`` itself, or its last element when it is an array of tables."""
        return (*path, self._sizes[path] - 1) if path in self._sizes else path

    def _key(self) -> list[str]:
        names = []
        while True:
            bare = _BARE.match(self._text, self._at)
            end = _string_end(self._text, self._at) if bare is None else bare.end()
            assert end is not None, "tomllib has accepted this text"
            names.append(self._text[self._at : end].strip("\"'"))
            dot = _DOT.match(self._text, end)
            self._at = end if dot is None else dot.end()
            if dot is None:
                return names

    def _pair(self, table: Path) -> None:
        start = self._at
        path = (*table, *self._key())
        behind, self._at = self._at, start
        for depth in range(len(table) + 1, len(path) + 1):
            self._mark(path[:depth])
        self._at = self._text.index("=", behind) + 1
        self._skip_blank()
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            end = _string_end(self._text, self._at)
            if end is None:
                word = _WORD.match(self._text, self._at)
                end = len(self._text) if word is None else word.end()
            self._at = end

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        while self._skip_blank() and self._text[self._at] != "]":
            self._mark((*path, index))
            self._value((*path, index))
            index += 1
            self._skip_comma()
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._skip_blank() and self._text[self._at] != "}":
            self._pair(path)
            self._skip_comma()
        self._at += 1

    def _skip_comma(self) -> None:
        if self._skip_blank() and self._text[self._at] == ",":
            self._at += 1
