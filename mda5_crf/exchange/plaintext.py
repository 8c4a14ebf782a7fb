"""Labels that other systems hold as HTML, as the plain text that people see."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_BREAKS: Final = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"}
)
_SILENT: Final = frozenset({"script", "style"})
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,2000}>|&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});")
_BLANKS: Final = re.compile(r"[ \t\u00a0]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")


class _Text(HTMLParser):
    """Collects what is shown; a block begins a line. Comes to an end on any text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A line begins, or something that is never shown."""
        del attrs
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """A line ends, or something that is never shown."""
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """What people read."""
        if not self._silent:
            self.parts.append(data)


def plain(text: str) -> str:
    """``text`` without tags, its entities read, one blank between words and no empty lines."""
    if _TAG.search(text):
        parser = _Text()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    return _LINES.sub("\n", _BLANKS.sub(" ", text.replace("\r\n", "\n"))).strip()
