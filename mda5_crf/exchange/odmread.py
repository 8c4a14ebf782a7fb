"""Reads any ODM file, 1.1 to 2.0, element by element, and tells what is in it.

Lenient: with a namespace or without, with a DOCTYPE (passed over, never followed) or without, whatever
element the file begins with. Nothing is kept but the open path and one subject (or one study), whatever
the size. Refused are only files that are not XML, that declare entities, or that hold nothing of ODM.

A *node* is ``[name, {attribute: value}, text or null, [nodes]]``. Names of ODM are bare (``ItemDef``),
whatever the address of its namespace; all others are written ``{address}name``, ``xml:lang`` too
(:data:`LANG`). Where an element holds text between its children, what is inside stands as it was written
in one child ``["#xml", {}, "<serialised>", []]``.

This module parses what strangers wrote: the program runs it in a process of its own (``jobs/looker``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Final

from mda5_crf.errors import InputRefused

if TYPE_CHECKING:
    from lxml import etree

Element = Any
"""Of lxml, which ships no types."""
Node = list[Any]
"""``[name, {attribute: value}, text or None, [nodes]]``."""
Event = dict[str, Any]

LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
XML: Final = "#xml"
"""The name of a node that is serialised XML: mixed content."""
CDISC: Final = "http://www.cdisc.org/ns/odm/"
MOST_ATTRIBUTES: Final = 1000
"""Of one element; ODM knows some thirty for one."""

_CHUNK: Final = 1 << 16
_FIRST: Final = 1 << 10
"""Bytes at a time until the root has been seen: entities are declared before it."""
_DATA: Final = "ClinicalData"
_ROOTS: Final = frozenset({"ODM", _DATA})
"""Elements whose children are told one by one."""
_TOLD: Final = {
    "Study": "study",
    "AdminData": "admin",
    "ReferenceData": "reference",
    "SubjectData": "subject",
}
_DEFINITIONS: Final = frozenset(
    {
        "MetaDataVersion", "Protocol", "StudyEventDef", "FormDef", "ItemGroupDef", "ItemDef", "CodeList",
        "ConditionDef", "MethodDef", "StudyEventGroupDef", "WorkflowDef", "StudyTiming", "ValueListDef",
        "WhereClauseDef", "CommentDef",
    }
)  # fmt: skip
"""Definitions that may stand at the root of a file; a Study is put around them."""
_SEEN: Final = tuple(f"{{*}}{name}" for name in sorted({*_ROOTS, *_TOLD, "MetaDataVersion"}))


def lines(stream: IO[bytes], options: Mapping[str, Any]) -> Iterator[Event]:
    """Tell the file as events, in its own order.

    ``head`` (attrs, root, version, namespace, doctype), ``study`` / ``admin`` / ``reference`` (node),
    ``clinical`` (attrs, n), ``subject`` (node, n), ``other`` (node, under) and at last ``end`` (counts of the
    elements of ODM by name, foreign by full name, repaired). ``options``: ``{"data": False}`` leaves out the
    subjects (they are counted all the same).

    Raises InputRefused for what is not well-formed XML (after telling what came before), for declared
    entities, and for a file with nothing of ODM in it.
    """
    yield from _Reader(options).read(stream)


class _Reader:
    def __init__(self, options: Mapping[str, Any]) -> None:
        self._data = options.get("data") is not False
        self._uri: str | None = None
        self._names: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._repaired: Counter[str] = Counter()
        self._stack: list[tuple[Any, str]] = []
        self._inside: Any = None
        self._spent: Any = None
        self._headed = False
        self._clinical = 0

    # -- the file --------------------------------------------------------------------------------------

    def read(self, stream: IO[bytes]) -> Iterator[Event]:
        from lxml import etree

        parser = etree.XMLPullParser(
            events=("start", "end"), tag=_SEEN, resolve_entities=False, no_network=True, load_dtd=False,
            dtd_validation=False, attribute_defaults=False, huge_tree=False, remove_comments=True,
            remove_pis=True,
        )  # fmt: skip
        probe = etree.XMLPullParser(
            events=("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        yield from self._prolog(stream, parser, probe)
        while piece := stream.read(_CHUNK):
            yield from self._feed(parser, piece)
        root = self._finish(parser)
        yield from self._told(parser)
        yield from self._rest(root)
        if not self._headed:
            raise InputRefused("odmin.not_odm")
        yield self._end()

    def _prolog(self, stream: IO[bytes], parser: Element, probe: Element) -> Iterator[Event]:
        """Until the root is seen, by small pieces and with a parser of its own that sees every element."""
        from lxml import etree

        first = True
        while piece := stream.read(_FIRST):
            if first:
                kept = piece.lstrip(b" \t\r\n")
                self._repaired["leading_space"] += len(kept) != len(piece)
                piece = kept
                first = not piece
            if piece:
                # What is wrong is said by the other parser, with the events that came before it.
                broken = False
                try:
                    probe.feed(piece)
                except etree.XMLSyntaxError:
                    broken = True
                root = next((element for _, element in probe.read_events()), None)
                if root is not None:
                    self._declared(root)
                yield from self._feed(parser, piece)
                if root is not None or broken:
                    return

    def _declared(self, root: Element) -> None:
        """What stands before the root: a DOCTYPE is passed over, declared entities are refused."""
        info = root.getroottree().docinfo
        if info.internalDTD is not None:
            if next(iter(info.internalDTD.iterentities()), None) is not None:
                raise InputRefused("odmin.entities")
            self._repaired["doctype"] += 1

    def _feed(self, parser: Element, piece: bytes) -> Iterator[Event]:
        from lxml import etree

        self._repaired["comment"] += piece.count(b"<!--")
        try:
            parser.feed(piece)
        except etree.XMLSyntaxError as error:
            yield from self._told(parser)
            raise _not_xml(error) from error
        yield from self._told(parser)

    def _finish(self, parser: Element) -> Element:
        from lxml import etree

        try:
            return parser.close()
        except etree.XMLSyntaxError as error:
            raise _not_xml(error) from error

    # -- the elements ----------------------------------------------------------------------------------

    def _told(self, parser: Element) -> Iterator[Event]:
        for event, element in parser.read_events():
            self._drop()
            if event == "start":
                yield from self._started(element)
            elif element is self._inside:
                self._inside = None
                yield from self._collected(element)
            elif self._stack and element is self._stack[-1][0]:
                yield from self._others(element, None)
                self._counts[self._stack.pop()[1]] += 1
                self._free(element)

    def _started(self, element: Element) -> Iterator[Event]:
        if self._inside is not None:
            return
        name = self._name(element.tag, root=not self._headed)
        if name.startswith("{"):
            return  # the same word in another namespace
        if not self._headed:
            yield self._head(element, name)
        if name in _ROOTS:
            if self._stack:
                yield from self._others(self._stack[-1][0], element)
            self._stack.append((element, name))
            if name == _DATA:
                yield {"what": "clinical", "attrs": self._attributes(element), "n": self._clinical}
                self._clinical += 1
        elif self._stack or element.getparent() is None or name in _TOLD:
            self._inside = element

    def _collected(self, element: Element) -> Iterator[Event]:
        holder = self._stack[-1][0] if self._stack else None
        if holder is not None:
            yield from self._others(holder, element)
        name = self._name(element.tag)
        if name == "SubjectData" and not self._data:
            self._tally(element)
        elif name in _TOLD:
            event: Event = {"what": _TOLD[name], "node": self._node(element)}
            if name == "SubjectData":
                event["n"] = max(self._clinical - 1, 0)
            yield event
        else:
            yield from self._wrapped(element)
        self._free(element)

    def _wrapped(self, element: Element) -> Iterator[Event]:
        """A definition that does not stand in a Study."""
        node = self._node(element)
        if node[0] not in _DEFINITIONS:
            yield {"what": "other", "node": node, "under": ""}
            return
        self._repaired["study_added"] += 1
        if node[0] != "MetaDataVersion":
            node = ["MetaDataVersion", {}, None, [node]]
        name = node[1].get("Name") or node[1].get("OID") or "STUDY"
        about = {"OID": node[1].get("OID") or "STUDY"}
        if (self._uri or "").startswith(f"{CDISC}v2"):
            about |= {"StudyName": name, "ProtocolName": name}
        yield {"what": "study", "node": ["Study", about, None, [node]], "wrapped": True}

    def _others(self, holder: Element, until: Element) -> Iterator[Event]:
        """What has come and gone inside ``holder`` before ``until``: nothing this reader waits for."""
        under = self._stack[-1][1] if self._stack else ""
        while until is not None and until.getparent() is not holder:
            until = until.getparent()  # what is still open is the parser's, not ours to take away
        while len(holder) and holder[0] is not until:
            child = holder[0]
            if isinstance(child.tag, str):
                yield {"what": "other", "node": self._node(child), "under": under}
            holder.remove(child)

    def _rest(self, root: Element) -> Iterator[Event]:
        """A file whose root is a definition that is not waited for, such as one ItemGroupDef."""
        if self._headed or root is None:
            return
        name = self._name(root.tag, root=True)
        if name in _DEFINITIONS:
            yield self._head(root, name)
            yield from self._wrapped(root)

    def _head(self, element: Element, name: str) -> Event:
        self._headed = True
        attributes = self._attributes(element)
        uri = self._uri or ""
        version = attributes.get("ODMVersion", "") if name == "ODM" else ""
        if not version:
            version = uri.removeprefix(CDISC).removeprefix("v") if uri.startswith(CDISC) else ""
        return {
            "what": "head", "attrs": attributes if name == "ODM" else {}, "root": name,
            "version": version or ("1.1" if self._repaired["doctype"] and not uri else ""),
            "namespace": uri, "doctype": bool(self._repaired["doctype"]),
        }  # fmt: skip

    def _end(self) -> Event:
        own: dict[str, int] = {}
        foreign: dict[str, int] = {}
        for name, count in sorted(self._counts.items()):
            (foreign if name.startswith("{") else own)[name] = count
        repaired = [{"code": code, "n": n} for code, n in sorted(self._repaired.items()) if n]
        return {"what": "end", "counts": own, "foreign": foreign, "repaired": repaired}

    # -- one element -----------------------------------------------------------------------------------

    def _name(self, tag: str, *, root: bool = False) -> str:
        known = self._names.get(tag)
        if known is not None:
            return known
        uri, _, local = tag[1:].partition("}") if tag[0] == "{" else ("", "", tag)
        if root and self._uri is None and (uri == "" or uri.startswith(CDISC) or local in _ROOTS):
            self._uri = uri
        own = uri in ("", self._uri) or uri.startswith(CDISC)
        name = local if own else tag
        if self._uri is not None:
            self._names[tag] = name
        return name

    def _attributes(self, element: Element) -> dict[str, str]:
        if len(element.attrib) > MOST_ATTRIBUTES:  # the library takes time by their square
            raise InputRefused("hostile.attributes", most=MOST_ATTRIBUTES)
        found = dict(element.items())
        if found and "{" in "".join(found):
            return {self._attribute(name): value for name, value in found.items()}
        return found

    def _attribute(self, name: str) -> str:
        if name[0] == "{":
            uri, _, local = name[1:].partition("}")
            if uri == self._uri or uri.startswith(CDISC):
                return local
        return name

    def _node(self, element: Element) -> Node:
        name = self._name(element.tag)
        self._counts[name] += 1
        text = element.text
        if len(element) == 0:
            return [name, self._attributes(element), text, []]
        if (text is None or text.isspace()) and all(map(_alone, element)):
            return [name, self._attributes(element), None, [self._node(child) for child in element]]
        if not any(isinstance(child.tag, str) for child in element):
            pieces = (f"{child.text or ''}{child.tail or ''}" for child in element)
            return [name, self._attributes(element), (text or "") + "".join(pieces), []]
        return [name, self._attributes(element), None, [self._mixed(element)]]

    def _mixed(self, element: Element) -> Node:
        """What is inside as it is written."""
        from lxml import etree

        self._counts.update(
            self._name(inner.tag) for inner in element.iterdescendants() if isinstance(inner.tag, str)
        )
        before = _escaped(element.text or "")
        pieces = (etree.tostring(child, encoding="unicode", with_tail=True) for child in element)
        return [XML, {}, before + "".join(pieces), []]

    def _tally(self, element: Element) -> None:
        self._counts.update(self._name(inner.tag) for inner in element.iter() if isinstance(inner.tag, str))

    def _free(self, element: Element) -> None:
        """Empty an element that was told. It stays itself, with the text behind it, until the parser is past
        them: that text may still be growing.
        """
        element.clear(keep_tail=True)
        self._spent = element

    def _drop(self) -> None:
        """Take the last one away; something that comes after it has been seen."""
        if self._spent is not None:
            parent = self._spent.getparent()
            if parent is not None:
                parent.remove(self._spent)
            self._spent = None


def _alone(child: Element) -> bool:
    """Whether it is an element with nothing but blanks behind it (not a reference that nobody declared)."""
    tail = child.tail
    return isinstance(child.tag, str) and (tail is None or tail.isspace())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _not_xml(error: etree.XMLSyntaxError) -> InputRefused:
    """Without the parser's own words: they may quote the file."""
    return InputRefused("odmin.not_xml", line=error.lineno or 1)
