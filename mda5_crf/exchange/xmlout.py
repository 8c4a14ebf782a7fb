r"""XML as a stream: elements are written as they come, and nothing is kept but what is still open.

Characters that XML 1.0 cannot hold (most control characters, lone surrogates, U+FFFE, U+FFFF) are written as
``\uXXXX``. The element then has the attribute ``mda5:Escaped`` with the names of the attributes where that
was done ("." for its text), and in those a backslash is doubled; everywhere else a backslash is a backslash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final

EXTENSION: Final = "mda5:"
"""How names of the own namespace begin."""
ESCAPED: Final = "mda5:Escaped"
_TEXT: Final = "."
_PIECE: Final = 1 << 16
_SPECIAL: Final = re.compile("[^ !#-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORBIDDEN: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMED: Final = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
}  # fmt: skip
_IN_VALUE: Final = str.maketrans(_NAMED)
_IN_TEXT: Final = str.maketrans({one: _NAMED[one] for one in "&<>\r"})
_ESCAPE: Final = re.compile(r"\\(\\|u[0-9a-f]{4})")

Value = str | None
"""An attribute's value; None = no attribute."""


def escaped(text: str) -> str:
    r"""The text with everything that XML 1.0 cannot hold as ``\uXXXX``, and backslashes doubled."""
    return _FORBIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\\", "\\\\"))


def unescaped(text: str) -> str:
    """What :func:`escaped` was given."""
    return _ESCAPE.sub(lambda found: "\\" if found[1] == "\\" else chr(int(found[1][1:], 16)), text)


class XmlOut:
    """Writes one document. ``extensions`` False leaves out whatever is in the own namespace."""

    def __init__(self, sink: Callable[[bytes], object], *, extensions: bool = True) -> None:
        self.extensions = extensions
        self._sink = sink
        self._open: list[str] = []
        self._pieces: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>']
        self._size = 0
        self._sum = hashlib.sha256()

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._open)

    def start(self, name: str, **attributes: Value) -> None:
        """Open an element. Attributes of the own namespace are written ``mda5_Name=``."""
        self._put(f"\n<{name}{self._attributes(attributes)}>")
        self._open.append(name)

    def end(self) -> None:
        """Close the element that was opened last."""
        self._put(f"</{self._open.pop()}>")

    def leaf(self, name: str, text: str | None = None, **attributes: Value) -> None:
        """An element without children; None = an empty one."""
        if text is None:
            self._put(f"\n<{name}{self._attributes(attributes)}/>")
            return
        odd = ""
        if _SPECIAL.search(text):
            if _FORBIDDEN.search(text):
                text, odd = escaped(text), _TEXT
            text = text.translate(_IN_TEXT)
        self._put(f"\n<{name}{self._attributes(attributes, odd)}>{text}</{name}>")

    def node(self, name: str, attributes: dict[str, Value], text: str | None = None, *, whole: bool) -> None:
        """As :meth:`leaf` (``whole``) or :meth:`start`, with all names as they stand in the file."""
        odd = ""
        if text is not None and _SPECIAL.search(text):
            if _FORBIDDEN.search(text):
                text, odd = escaped(text), _TEXT
            text = text.translate(_IN_TEXT)
        opened = f"\n<{name}{self._attributes(attributes, odd, as_is=True)}"
        if whole:
            self._put(f"{opened}/>" if text is None else f"{opened}>{text}</{name}>")
        else:
            self._put(f"{opened}>")
            self._open.append(name)

    def raw(self, xml: str) -> None:
        """What is XML already, from :mod:`mda5_crf.exchange.odmread`."""
        self._put(xml)

    def close(self) -> None:
        """Close what is open and hand over the rest."""
        while self._open:
            self.end()
        self._pieces.append("\n")
        self._flush()

    def sha256(self) -> str:
        """Of all bytes so far, in hex."""
        self._flush()
        return self._sum.hexdigest()

    def _attributes(self, attributes: dict[str, Value], odd: str = "", *, as_is: bool = False) -> str:
        if not attributes and not odd:
            return ""
        made, strange = [], [odd] if odd else []
        for name, value in attributes.items():
            if value is None:
                continue
            if "_" in name and not as_is:
                if name[:5] == "mda5_" and not self.extensions:
                    continue
                name = name.replace("_", ":", 1)  # noqa: PLW2901 - the name as XML has it
            if _SPECIAL.search(value):
                if _FORBIDDEN.search(value):
                    strange.append(name)
                    value = escaped(value)  # noqa: PLW2901
                value = value.translate(_IN_VALUE)  # noqa: PLW2901
            made.append(f' {name}="{value}"')
        if strange and self.extensions:
            made.append(f' {ESCAPED}="{" ".join(strange)}"')
        return "".join(made)

    def _put(self, piece: str) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= _PIECE:
            self._flush()

    def _flush(self) -> None:
        made = "".join(self._pieces).encode("utf-8")
        self._sum.update(made)
        self._sink(made)
        self._pieces.clear()
        self._size = 0
