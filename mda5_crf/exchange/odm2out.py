"""Writes a file of ODM 2.0 from what writes ODM 1.3.2.

:class:`Gathered` takes the calls of a writer of 1.3.2 and keeps them as nodes until a part is whole: the
study, AdminData, one participant. Then the part becomes 2.0 and is written. More than the study and one part
is never held. All of it is held against the schema as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.exchange.odm2admin import admin_up
from mda5_crf.exchange.odm2data import Asked, data_up
from mda5_crf.exchange.odm2mend import ODM2, mended
from mda5_crf.exchange.odm2node import (
    FILE_ABOUT,
    LANG,
    ONLY_1,
    ONLY_2,
    XML,
    Node,
    back,
    first_of,
    settle,
)
from mda5_crf.exchange.odm2plan import Plan
from mda5_crf.exchange.odm2source import put, sources_of
from mda5_crf.exchange.odm2up import Plans, study_up
from mda5_crf.exchange.odm_check import SchemaCheck
from mda5_crf.exchange.odm_file import Head, stamp
from mda5_crf.exchange.odm_names import OWN
from mda5_crf.exchange.odmgrammar import grammar
from mda5_crf.exchange.xmlout import Value, XmlOut
from mda5_crf.settings import resource

if TYPE_CHECKING:
    from mda5_crf.services.exportfeed import Feed
    from mda5_crf.study.model import Study

_WHOLE: Final = frozenset({"Study", "AdminData", "ReferenceData", "SubjectData", "Association"})
"""Parts that are converted one by one."""
_PREFIXES: Final = {
    OWN: "mda5", ONLY_1: "odm13", "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/XML/1998/namespace": "xml", "http://www.w3.org/2000/09/xmldsig#": "ds",
}  # fmt: skip
_DECLARED: Final = ("mda5", "odm13", "xml")
_UNTOLD: Final[Mapping[str, Asked]] = {}


class Gathered(XmlOut):
    """Stands where a writer of 1.3.2 expects its XmlOut; ``sink`` gets the bytes of 2.0.

    ``foreign``: the study came from another system, with whatever vendors add, and is mended until it is
    valid; ``sources``: OID of a definition → its hash and source, where those are to go out. ``asked``: for
    a participant (identity), what is to be said of each query by its id; ``extensions`` False leaves out
    whatever is in another namespace. Elements that are no part of a whole are written as they come (the
    root, ClinicalData).
    """

    def __init__(
        self,
        sink: Callable[[bytes], object],
        *,
        extensions: bool = True,
        foreign: bool = False,
        sources: Mapping[str, tuple[str, bytes]] | None = None,
        asked: Callable[[str], Mapping[str, Asked]] | None = None,
    ) -> None:
        super().__init__(
            sink, extensions=True
        )  # a writer is to say all it knows; what is left out is seen here
        self._mending = schema(OPEN) if foreign else None
        kind = PLAIN if not extensions else OPEN if foreign else EXTENDED
        self._check = SchemaCheck(schema=schema(kind), freed=_FREED)
        self._sink_to = sink
        self._out = XmlOut(self._checked, extensions=extensions)
        self._kept = extensions
        self._asked = asked
        self._sources = sources or {}
        self._tree: list[Node] = []
        self._plans: Plans = {}
        self._plan: Plan | None = None

    def start(self, name: str, **attributes: Value) -> None:
        """Open an element of 1.3.2."""
        node: Node = [_clark(name), _named(attributes), None, []]
        if self._tree:
            self._tree[-1][3].append(node)
            self._tree.append(node)
        elif name in _WHOLE:
            self._tree.append(node)
        else:
            self._frame(node)

    def leaf(self, name: str, text: str | None = None, **attributes: Value) -> None:
        """A whole element of 1.3.2."""
        node: Node = [_clark(name), _named(attributes), text, []]
        if self._tree:
            self._tree[-1][3].append(node)
        else:
            self.write(node)

    def add(self, node: Node) -> None:
        """A node of 1.3, whole."""
        if self._tree:
            self._tree[-1][3].append(node)
        elif node[0] in _WHOLE:
            self.write(self._turned(node))
        else:
            self.write(back(node, ONLY_2))

    def raw(self, xml: str) -> None:
        """What is inside the open element as XML."""
        if self._tree:
            self._tree[-1][3].append([XML, {}, xml, []])
        else:
            self._out.raw(xml)

    def node(self, name: str, attributes: dict[str, Value], text: str | None = None, *, whole: bool) -> None:
        """As :meth:`start` and :meth:`leaf`, with names as they stand in a file."""
        (self.leaf(name, text, **attributes) if whole else self.start(name, **attributes))

    def end(self) -> None:
        """Close the element that was opened last; a whole one is written."""
        if not self._tree:
            self._out.end()
            return
        node = self._tree.pop()
        if not self._tree:
            self.write(self._turned(node))

    def write(self, node: Node, inside: tuple[str, ...] = _DECLARED) -> None:
        """A node of 2.0, as it is."""
        name, attributes, text, children = node
        if name == XML:
            self._out.raw(text or "")
            return
        if name[0] == "{" and not self._kept:
            return
        told, declared = self._told(name, attributes, inside)
        shown = _prefixed(name)
        if not children:
            self._out.node(shown, told, text, whole=True)
            return
        self._out.node(shown, told, whole=False)
        for one in children:
            self.write(one, declared)
        self._out.end()

    def close(self) -> None:
        """Close what is open and hand over the rest. Raises StoreError."""
        self._out.close()
        self._check.close()

    def sha256(self) -> str:
        """Of all bytes so far, in hex."""
        return self._out.sha256()

    def _checked(self, piece: bytes) -> None:
        self._check.feed(piece)
        self._sink_to(piece)

    # -- parts -----------------------------------------------------------------------------------------

    def _turned(self, node: Node) -> Node:
        turned = self._newer(node)
        return turned if self._mending is None else mended(turned, self._mending)

    def _newer(self, node: Node) -> Node:
        if node[0] == "Study":
            about = first_of(node, FILE_ABOUT)
            if about is not None:
                node = [*node[:3], [one for one in node[3] if one is not about]]
                if not self._plans:  # of several studies the first has it
                    self.write(["Description", *back(about, ONLY_2)[1:]])
            turned, plans = study_up(node)
            self._plans |= plans
            put(turned, self._sources)
            return turned
        if node[0] == "AdminData":
            return admin_up(node)
        asked = self._asked(node[1].get(f"{{{OWN}}}Identity", "")) if self._asked is not None else _UNTOLD
        return data_up(
            node, self._plan or self._plans.get(node[1].get("MetaDataVersionOID", "")) or Plan(), asked
        )

    def _frame(self, node: Node) -> None:
        """The root, or ClinicalData, whose parts are many."""
        name, attributes = node[0], node[1]
        if name == "ODM":
            attributes = root_up(attributes)
        elif name == "ClinicalData":
            self._plan = self._plans.get(attributes.get("MetaDataVersionOID", ""))
        told, _ = self._told(name, attributes, _DECLARED)
        if name == "ODM" and self._kept:
            told |= {"xmlns:mda5": OWN, "xmlns:odm13": ONLY_1}
        self._out.node(name, told, whole=False)

    def _told(
        self, name: str, attributes: Mapping[str, str], inside: tuple[str, ...]
    ) -> tuple[dict[str, Value], tuple[str, ...]]:
        """Attributes as they stand in the file, with what must be declared for them and the name."""
        told: dict[str, Value] = {}
        declared, spaces = inside, {}
        for one in (name, *attributes):
            if one[0] == "{":
                uri = one[1:].partition("}")[0]
                prefix = _PREFIXES.get(uri) or f"n{abs(hash_of(uri)):x}"
                if prefix not in declared and (self._kept or prefix == "xlink"):
                    declared = (*declared, prefix)
                    spaces[f"xmlns:{prefix}"] = uri
        for one, value in attributes.items():
            if one[0] == "{" and not self._kept and not one.startswith(_STANDARD):
                continue
            told[_prefixed(one)] = value
        return {**spaces, **told}, declared


PLAIN, EXTENDED, OPEN = "ODM.xsd", "mda5-crf-odm2.xsd", "open"
_OWN_ONLY: Final = 'namespace="urn:mda5-crf:odm:1" processContents="strict"'
_ANYBODY: Final = 'namespace="##other" processContents="skip"'
_FREED: Final = tuple(
    f"{{{ODM2}}}{name}" for name in (
        "ItemData", "ItemGroupData", "StudyEventData", "SubjectData", "ClinicalData", "ItemDef",
        "ItemGroupDef", "CodeList", "MetaDataVersion", "User",
    )
)  # fmt: skip
"""Elements that are forgotten with all before them; see :mod:`mda5_crf.exchange.odm_check`."""
_STANDARD: Final = ("{http://www.w3.org/XML/1998/namespace}", "{http://www.w3.org/1999/xlink}")


@cache
def schema(name: str) -> Any:  # noqa: ANN401 - lxml ships no types
    """A schema of 2.0, read once. ``PLAIN``, ``EXTENDED`` or ``OPEN``: with content of any vendor."""
    from lxml import etree

    file = resource("schema", "odm-2.0", PLAIN if name == PLAIN else EXTENDED)
    if name != OPEN:
        return etree.XMLSchema(etree.parse(str(file)))
    text = file.read_text(encoding="utf-8").replace(_OWN_ONLY, _ANYBODY)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.fromstring(text.encode("utf-8"), parser, base_url=str(file)))


def odm2_out(feed: Feed, head: Head, sink: Callable[[bytes], object]) -> Gathered:
    """What :func:`mda5_crf.exchange.odm_file.odm_file` writes a file of 2.0 with. Raises StoreError."""
    sponsors = {one.id for one in feed.people if one.sponsor}

    def asked(identity: str) -> dict[str, Asked]:
        found = {}
        for one in feed.session.queries(identity):
            manual = one.source == "manual"
            source = (
                "System" if not manual else "Site Monitor" if one.raiser in sponsors else "Data Management"
            )
            updated = one.changed or one.raised or head.made
            found[one.id] = Asked(source, "Manual" if manual else "System", stamp(updated), one.check)
        return found

    return Gathered(
        sink, extensions=head.extensions, foreign=bool(feed.study.origin), asked=asked,
        sources=sources_of(one.study for one in feed.definitions),
    )  # fmt: skip


def newest(study: Study, sink: Callable[[bytes], object], *, extensions: bool = True) -> Gathered:
    """What a definition alone is written with as 2.0, its source in it where it is one of our own."""
    foreign = bool(study.origin)
    return Gathered(sink, extensions=extensions, foreign=foreign, sources=sources_of([study]))


def root_up(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes of the root in 2.0."""
    found = {name: value for name, value in attributes.items() if not name.startswith("xmlns")}
    if found.pop("Archival", "") == "Yes":
        found.setdefault("Context", "Archive")
    found = settle(["ODM", found, None, []], grammar("2.0"), ONLY_2, ONLY_1)[1]
    return {"xmlns": ODM2, **found, "ODMVersion": "2.0"}


def hash_of(uri: str) -> int:
    """A small number that is the same every time, for a prefix."""
    import zlib

    return zlib.crc32(uri.encode("utf-8", "surrogatepass"))


def _prefixed(name: str) -> str:
    if name[0] != "{":
        return name
    uri, _, local = name[1:].partition("}")
    return f"{_PREFIXES.get(uri) or f'n{hash_of(uri):x}'}:{local}"


def _clark(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return f"{{{_URIS[prefix]}}}{local}" if colon and prefix in _URIS else name


_URIS: Final = {prefix: uri for uri, prefix in _PREFIXES.items()}


def _named(attributes: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in attributes.items():
        if value is None:
            continue
        if name == "xml_lang":
            found[LANG] = value
        elif name.startswith("xmlns"):
            found[name] = value
        else:
            found[_clark(name.replace("_", ":", 1))] = value
    return found
