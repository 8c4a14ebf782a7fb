"""Counts the elements of definitions in ODM files, by a way of its own: nothing of the program is asked."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

ODM = "http://www.cdisc.org/ns/odm/"


def local(tag: str) -> tuple[str, str]:
    """(address, name) of an element."""
    address, _, name = tag[1:].partition("}") if tag[0] == "{" else ("", "", tag)
    return address, name


def _tally(part: ElementTree.Element, own: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for element in part.iter():
        if isinstance(element.tag, str):
            address, name = local(element.tag)
            if address == own or address.startswith(ODM):
                found[name] += 1
    return found


def counts(data: bytes) -> Counter[str]:
    """Elements in the namespace of ODM (whichever version), or in none when the root is in none."""
    root = ElementTree.fromstring(data)
    return _tally(root, local(root.tag)[0])


def definition_counts(data: bytes) -> Counter[str]:
    """The same of the Study elements alone (of a definition that stands at the root: of that)."""
    root = ElementTree.fromstring(data)
    address, name = local(root.tag)
    parts = [one for one in root if local(one.tag)[1] == "Study"] if name == "ODM" else [root]
    if name == "ClinicalData":
        parts = []
    found: Counter[str] = Counter()
    for part in parts:
        found += _tally(part, address)
    return found


def difference(one: Counter[str], other: Counter[str]) -> dict[str, tuple[int, int]]:
    """Name → (count here, count there), where they differ."""
    return {name: (one[name], other[name]) for name in sorted({*one, *other}) if one[name] != other[name]}
