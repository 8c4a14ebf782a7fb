"""What CDISC's schemas allow where: of every element its attributes, and its children in their order.

Read from the schema files themselves, so that no table here can differ from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from mda5_crf.settings import resource

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_FILES: Final = {
    "1.3.2": ("odm-1.3.2", ("ODM1-3-2-foundation.xsd",)),
    "2.0": (
        "odm-2.0",
        (
            "ODM-foundation.xsd", "ODM-study.xsd", "ODM-protocol.xsd", "ODM-admindata.xsd",
            "ODM-referencedata.xsd", "ODM-clinicaldata.xsd",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """One element. ``children``: name → place in the order (those that may be mixed have the same);
    ``single``: those that may stand there only once; ``required``: attributes that must be there.
    """

    children: dict[str, int]
    single: frozenset[str]
    attributes: frozenset[str]
    required: frozenset[str]
    text: bool


Grammar = dict[str, Shape]


@cache
def grammar(version: str) -> Grammar:
    """The elements of ODM ``1.3.2`` or ``2.0``. What extensions may add is not in it."""
    return _Reader(version).read()


class _Reader:
    def __init__(self, version: str) -> None:
        from lxml import etree

        folder, names = _FILES[version]
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        self._named: dict[tuple[str, str], etree._Element] = {}
        for name in names:
            root = etree.parse(resource("schema", folder, name), parser).getroot()
            for one in root:
                if isinstance(one.tag, str) and (known := one.get("name")):
                    self._named[one.tag.removeprefix(_XS), known] = one

    def read(self) -> Grammar:
        found = {}
        for (kind, name), element in self._named.items():
            if kind == "element":
                found[name] = self._shape(element.get("type", ""))
        return found

    def _shape(self, kind: str) -> Shape:
        children: dict[str, int] = {}
        single: set[str] = set()
        attributes: dict[str, bool] = {}
        base = self._named.get(("complexType", kind))
        if base is None:
            return Shape({}, frozenset(), frozenset(), frozenset(), text=True)
        text = base.get("mixed") == "true" or base.find(f"{_XS}simpleContent") is not None
        self._walk(base, children, single, attributes, together=False, many=False)
        needed = frozenset(name for name, must in attributes.items() if must)
        return Shape(children, frozenset(single), frozenset(attributes), needed, text)

    def _walk(
        self,
        node: object,
        children: dict[str, int],
        single: set[str],
        attributes: dict[str, bool],
        *,
        together: bool,
        many: bool,
    ) -> None:
        """Collect what stands in ``node``; ``together``: in any order; ``many``: as often as one likes."""
        for one in node:  # type: ignore[attr-defined]
            if not isinstance(one.tag, str):
                continue
            tag = one.tag.removeprefix(_XS)
            often = many or one.get("maxOccurs", "1") != "1"
            if tag == "attribute":
                name = one.get("name") or one.get("ref", "")
                attributes[_local(name)] = one.get("use") == "required"
            elif tag == "attributeGroup":
                self._into(tag, one, children, single, attributes, together=together, many=many)
            elif tag == "element":
                name = _local(one.get("ref") or one.get("name") or "")
                place = max(children.values(), default=0)
                if name in children:
                    single.discard(name)
                    continue
                children[name] = place if together else place + 1
                if not often:
                    single.add(name)
            elif tag == "group":
                if often:  # a new place that all of it shares
                    children[f"#{len(children)}"] = max(children.values(), default=0) + 1
                self._into(tag, one, children, single, attributes, together=together or often, many=often)
            else:
                self._walk(one, children, single, attributes, together=together, many=often)
        for placeholder in [name for name in children if name.startswith("#")] if not together else ():
            del children[placeholder]

    def _into(
        self,
        tag: str,
        reference: object,
        children: dict[str, int],
        single: set[str],
        attributes: dict[str, bool],
        *,
        together: bool,
        many: bool,
    ) -> None:
        target = self._named.get((tag, reference.get("ref", "")))  # type: ignore[attr-defined]
        if target is not None:
            self._walk(target, children, single, attributes, together=together, many=many)


def _local(name: str) -> str:
    """``xml:lang`` and names of other namespaces as they are, ``odm:X`` without its prefix."""
    return name.removeprefix("odm:")
