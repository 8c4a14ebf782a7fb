"""Makes what came from other systems valid ODM 2.0, part by part, by the schema itself.

Real files break the rules of every version: empty names, times that are none, types nobody has. What the
schema does not take stays as content of 1.3 beside what it takes; a name or type that must be there gets the
plainest one. Nothing is dropped, and a file that is written is valid.
"""

from __future__ import annotations

import re
from typing import Any, Final

from mda5_crf.exchange.odm2node import LANG, ONLY_1, XML, Node, aside, copied, only1
from mda5_crf.exchange.odmgrammar import grammar

ODM2: Final = "http://www.cdisc.org/ns/odm/v2.0"
_ROUNDS: Final = 64
"""Of children that may not stand there, the schema names one at a time."""
_STEP: Final = re.compile(r"\[(\d+)\]")
_ATTRIBUTE: Final = re.compile(r"attribute '([^']*)'")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
"""What XML Schema takes for a language."""
_REQUIRED: Final = re.compile(r"The attribute '([^']*)' is required")
_HOLDERS: Final = {"SubjectData": "ClinicalData"}
_FIXED: Final = frozenset(
    {"Study", "MetaDataVersion", "AdminData", "SubjectData", "ReferenceData", "Association"}
)
"""What cannot go aside as a whole."""
_PLAINEST: Final = {
    "Repeating": "No", "Mandatory": "No", "DataType": "text", "Type": "Unscheduled", "SeqNum": "1",
    "State": "Open", "Source": "System", "SoftHard": "Soft",
}  # fmt: skip


def mended(node: Node, schema: Any) -> Node:  # noqa: ANN401 - lxml ships no types
    """The part (Study, AdminData, SubjectData …), changed in place until ``schema`` takes it."""
    for _ in range(_ROUNDS):
        found = _problems(node, schema)
        before = copied(node)
        _repair(node, found)
        if node == before:  # nothing found, or nothing that helps
            break
    return node


def _problems(node: Node, schema: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Where and what, as the schema says it."""
    from lxml import etree

    said = {"FileType": "Snapshot", "FileOID": "F", "CreationDateTime": "2000-01-01T00:00:00Z"}
    # In the default namespace: only so a path counts places among all children.
    root = etree.Element(f"{{{ODM2}}}ODM", said, nsmap={None: ODM2})
    holder = root
    if node[0] in _HOLDERS:
        holder = etree.SubElement(
            root, f"{{{ODM2}}}{_HOLDERS[node[0]]}", StudyOID="S", MetaDataVersionOID="M"
        )
    _element(holder, node)
    schema.validate(root.getroottree())
    inside = "/*/*/*" if holder is not root else "/*/*"
    return [(one.path[len(inside) :], one.message) for one in schema.error_log if one.path.startswith(inside)]


def _element(holder: Any, node: Node) -> None:  # noqa: ANN401
    from lxml import etree

    name, attributes, text, children = node
    if name == XML:
        return
    one = etree.SubElement(holder, name if name[0] == "{" else f"{{{ODM2}}}{name}", _printable(attributes))
    one.text = _clean(text) if text is not None else None
    for child in children:
        _element(one, child)


def _repair(root: Node, found: list[tuple[str, str]]) -> None:
    targets: list[tuple[list[Node], str]] = []
    for path, said in found:
        steps, text = [root], said
        for step in path.split("/")[1:]:
            if not step.startswith("*"):  # of another namespace: what it stands in
                text = ""  # and what is said of an attribute there says nothing of the holder's
                break
            number = _STEP.search(step)
            elements = [one for one in steps[-1][3] if one[0] != XML]
            place = int(number[1]) - 1 if number else 0
            if place >= len(elements):
                break
            steps.append(elements[place])
        targets.append((steps, text))
    for steps, text in targets:  # only now: what is changed moves what comes after it
        _mend(steps, text)


def _mend(steps: list[Node], text: str) -> None:
    node = steps[-1]
    missing = _REQUIRED.search(text)
    attribute = missing or _ATTRIBUTE.search(text)
    if attribute is not None and node[0][0] != "{":
        name = attribute[1].rpartition("}")[2]
        if attribute[1] == LANG and LANG in node[1]:
            _language(node)
            return
        if name in node[1]:
            node[1].setdefault(only1(name), node[1].pop(name))
        if name not in grammar("2.0")[node[0]].required or _filled(node, name):
            return
    _aside(steps)


def _language(node: Node) -> None:
    """en_US is meant as en-US; what is no language at all stands beside a text of none."""
    said = node[1].pop(LANG)
    node[1].setdefault(only1("lang"), said)
    if _LANGUAGE.fullmatch(meant := said.strip().replace("_", "-")):
        node[1][LANG] = meant


def _filled(node: Node, name: str) -> bool:
    """Put the plainest thing there that must be something."""
    if name in ("Name", "StudyName", "ProtocolName", "OID"):
        value = node[1].get("OID") or node[1].get("Name") or node[0]
    elif node[0] == "ItemGroupDef" and name == "Type":
        value = "Section"
    elif node[0] == "TranslatedText":
        value = "text/plain"
    else:
        value = _PLAINEST.get(name, "")
    if value:
        node[1][name] = value
    return bool(value)


def _aside(steps: list[Node]) -> None:
    """The element goes aside; where that is not allowed, what it stands in."""
    for depth in range(len(steps) - 1, 0, -1):
        node, holder = steps[depth], steps[depth - 1]
        if node[0] in _FIXED:
            return
        if node[0][0] == "{":
            continue
        moved = aside(node, ONLY_1)
        kept = [one for one in holder[3] if one is not node]
        if len(kept) != len(holder[3]):
            holder[3] = [*kept, moved]
        return


_UNPRINTABLE: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("?", text)


def _printable(attributes: dict[str, str]) -> dict[str, str]:
    return {name: _clean(value) for name, value in attributes.items()}
