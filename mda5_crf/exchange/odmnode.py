"""Reading in nodes (:mod:`mda5_crf.exchange.odmread`): children by name, attributes, texts in languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from mda5_crf.exchange.odmread import LANG, XML, Node

_TAG: Final = re.compile(r"<[/!?A-Za-z]|&[#A-Za-z]")
_BREAKS: Final = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "ul", "ol", "table"})


def name_of(node: Node) -> str:
    """The name of the element."""
    return str(node[0])


def children(node: Node, *names: str) -> Iterator[Node]:
    """The children of these names, in order; of any name when none is given."""
    for child in node[3]:
        if not names or child[0] in names:
            yield child


def first(node: Node, name: str) -> Node | None:
    """The first child of that name."""
    return next(children(node, name), None)


def attribute(node: Node, name: str) -> str:
    """An attribute without blanks around it; "" when there is none."""
    found = node[1].get(name)
    return str(found).strip() if found is not None else ""


def text_of(node: Node | None) -> str:
    """The text of an element, without blanks around it, its markup left out."""
    if node is None:
        return ""
    if node[2] is not None:
        return plain(str(node[2]))
    return plain(" ".join(str(child[2] or "") for child in node[3] if child[0] == XML))


def said(node: Node | None) -> dict[str, str]:
    """The texts of an element with TranslatedText children, by language in small letters ("" = unsaid).

    A text that stands in the element itself (ODM 1.1) is in no language.
    """
    found: dict[str, str] = {}
    if node is None:
        return found
    for child in children(node, "TranslatedText"):
        text = text_of(child)
        if text:
            found.setdefault(attribute(child, LANG).lower(), text)
    if not found and (text := text_of(node)):
        found[""] = text
    return found


def texts(words: dict[str, str], otherwise: str = "") -> dict[str, str]:
    """``{en, zh}`` as definitions have it: what is English, else in no language, else the first; Chinese only
    where it is there. ``otherwise`` is said when nothing is.
    """
    english = next((text for language, text in words.items() if language[:2] == "en"), "")
    chinese = next((text for language, text in words.items() if language[:2] == "zh"), "")
    english = english or words.get("", "") or next((t for lang, t in words.items() if lang[:2] != "zh"), "")
    made = {"en": english, "zh": chinese}
    return {key: text for key, text in made.items() if text} or {"en": otherwise}


def plain(text: str) -> str:
    """``text`` as a person reads it: markup left out, references resolved, blanks put together."""
    if _TAG.search(text):
        reader = _Plain()
        reader.feed(text)
        reader.close()
        text = "".join(reader.pieces)
    rows = (" ".join(row.split()) for row in text.splitlines())
    return "\n".join(row for row in rows if row)


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser gives it
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.pieces.append("\n")


def walk(node: Node) -> Iterator[Node]:
    """The element and everything in it, in the order of the file."""
    yield node
    for child in node[3]:
        yield from walk(child)
