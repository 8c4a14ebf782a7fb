"""Counts the elements of ODM in a file, by local name: what a round trip must leave as it was."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lxml import etree

CDISC = "http://www.cdisc.org/ns/odm/"


def counted(path: Path) -> Counter[str]:
    """Elements in the namespace of ODM, or of a file without one, in no namespace."""
    found: Counter[str] = Counter()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    root = etree.parse(str(path), parser).getroot()
    own = etree.QName(root).namespace or ""
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        uri = name.namespace or ""
        if uri == own or uri.startswith(CDISC):
            found[name.localname] += 1
    return found
