"""Every element of a stranger's definition, kept one by one, and put together again.

A definition (ItemDef, CodeList …) is a node of its own under its kind; the version it stood in points to it
(``["@ItemDef", number]``). A text that the study's own files say in the same words is not said twice: it
is replaced by where it stands (``["F.ITEM", "label", "en"]``), so that what is written out is what the
program shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from mda5_crf.exchange.odmindex import KINDS
from mda5_crf.exchange.odmread import Node

_OWN: Final = (*KINDS, "MeasurementUnit")
_POINTER: Final = "@"
Words = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Name of a thing of ours (``F``, ``F.ITEM``, ``LIST=code``) → which text → language → the text."""


def apart(studies: Iterable[Node], owner: Callable[[Node], str], words: Words) -> dict[str, Any]:
    """``studies`` and ``elements`` of origin.json. ``owner``: whose texts a definition's texts may be."""
    elements: dict[str, list[Node]] = {}

    def pointed(node: Node) -> Node:
        return [node[0], node[1], node[2], [_apart(child) for child in node[3]]]

    def _apart(child: Node) -> Node:
        name = str(child[0])
        if name in _OWN:
            known = elements.setdefault(name, [])
            known.append(_said_elsewhere(child, owner(child), words))
            return [f"{_POINTER}{name}", {}, str(len(known) - 1), []]
        return pointed(child)

    return {"studies": [pointed(study) for study in studies], "elements": elements}


def together(origin: Mapping[str, Any], say: Callable[[str, str, str], str]) -> list[Node]:
    """The Study elements again. ``say(thing, which, language)`` is the text that stands in the study."""
    elements: Mapping[str, list[Node]] = origin["elements"]

    def whole(node: Node) -> Node:
        name = str(node[0])
        if name.startswith(_POINTER):
            return whole(elements[name[1:]][int(node[2])])
        text = node[2]
        if isinstance(text, list):
            text = say(*text)
        return [name, node[1], text, [whole(child) for child in node[3]]]

    return [whole(study) for study in origin["studies"]]


def _said_elsewhere(node: Node, thing: str, words: Words) -> Node:
    """The node, its texts pointed to where the study says the same."""
    name, attributes, text, inner = node
    if name in ("CodeListItem", "EnumeratedItem"):
        thing = f"{thing}={attributes.get('CodedValue', '')}"
    found: Any = text
    if name == "TranslatedText" and text:
        found = next(
            (
                [thing, which, language]
                for which, by_language in words.get(thing, {}).items()
                for language, said in by_language.items()
                if said == text
            ),
            text,
        )
    return [name, attributes, found, [_said_elsewhere(child, thing, words) for child in inner]]
