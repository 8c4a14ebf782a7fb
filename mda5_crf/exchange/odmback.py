"""Reads a whole archive of our own: records as they were, seals, sources of definitions, and the proof.

Strict, unlike the reader of other people's files: what our writer never writes is refused. Whether a record
is what its author wrote is not judged here; hashes and signatures say that to who has the keys.

This module parses what strangers may have written: the program runs it in a process of its own
(``jobs/looker``). Nothing is kept but the record at hand.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import IO, Any, Final

from mda5_crf.errors import InputRefused
from mda5_crf.exchange.odm_names import ODM, OWN
from mda5_crf.exchange.odm_told import ENTERED, Elements, parted, whole
from mda5_crf.exchange.xmlout import EXTENSION, unescaped

Told = dict[str, Any]

_ODM: Final = f"{{{ODM}}}"
_OWN: Final = f"{{{OWN}}}"
_LEVELS: Final = {
    f"{_ODM}StudyEventData": ("StudyEventOID", "SE."),
    f"{_ODM}FormData": ("FormOID", "F."),
    f"{_ODM}ItemGroupData": ("ItemGroupOID", "IG."),
}
_SUBJECT, _ITEM = f"{_ODM}SubjectData", f"{_ODM}ItemData"
_RECORD, _SIGNED, _ENTRY = f"{_ODM}AuditRecord", f"{_ODM}Signature", f"{_OWN}Entry"
_VERSION, _CLINICAL, _ROOT = f"{_ODM}MetaDataVersion", f"{_ODM}ClinicalData", f"{_ODM}ODM"
_STUDY = f"{_ODM}Study"
_SOURCE, _SEAL, _PROOF = f"{_OWN}Source", f"{_OWN}Seal", f"{_OWN}Proof"
_WATCHED: Final = (
    _ROOT, _VERSION, _CLINICAL, _SUBJECT, *_LEVELS, _ITEM, _RECORD, _SIGNED, _ENTRY, _SOURCE, _SEAL, _PROOF,
    *(f"{_ODM}{name}" for name in ("Study", "AdminData", "ItemDef", "CodeList")),
)  # fmt: skip
_CHUNK: Final = 1 << 16


def lines(stream: IO[bytes], options: Mapping[str, Any]) -> Iterator[Told]:
    """Tell the file in its own order; raises InputRefused.

    ``{"head": {attributes of the root}}``, ``{"study": OID}``; ``{"record": {…}, "hash", "of"}``: the fields
    of a record that travel (``AuditRecord.rebuilt`` without ``prev`` and ``study``, ``data`` as an object),
    ``of`` the participant it stands with or ""; ``{"source": {hash, part, parts, data}}``,
    ``{"seal": {device, first, last, person, sig}}``,
    ``{"proof": text, "sig": text}``.
    """
    from lxml import etree

    file = str(options.get("file", ""))
    parser: Any = etree.XMLPullParser(
        events=("start", "end"), tag=_WATCHED, resolve_entities=False, no_network=True, load_dtd=False
    )
    reader = _Reader()
    try:
        while piece := stream.read(_CHUNK):
            parser.feed(piece)
            yield from reader.take(parser.read_events())
        parser.close()
        yield from reader.take(parser.read_events())
    except etree.XMLSyntaxError:
        raise InputRefused("odmback.not_xml", file=file) from None
    except (_Strange, ValueError, KeyError, IndexError, AttributeError, RecursionError):
        # Attributes or texts that our writer never leaves out, or of another shape.
        raise InputRefused("odmback.strange", file=file, place=reader.place) from None


class _Strange(Exception):
    """Something that our writer does not write."""


class _Reader:
    """What is open, and the record at hand."""

    def __init__(self) -> None:
        self._versions: dict[str, str] = {}
        self._within = ""
        self._parts: list[str] = []
        self._value: str | None = None
        self._waiting: tuple[Told, Elements, Any] | None = None
        self._began = False
        self.place = ""
        """The last record that was read."""

    def take(self, events: Iterator[tuple[str, Any]]) -> Iterator[Told]:
        """What the next elements tell."""
        for event, element in events:
            if event == "start":
                yield from self._start(element)
            else:
                yield from self._end(element)

    def _start(self, element: Any) -> Iterator[Told]:  # noqa: ANN401 - lxml ships no types
        tag = element.tag
        if not self._began:
            self._began = True
            if tag != _ROOT or element.getroottree().docinfo.doctype:
                raise _Strange
            yield {"head": dict(element.attrib)}
        elif tag == _STUDY:
            yield {"study": element.attrib["OID"]}
        elif tag == _VERSION:
            self._versions[element.attrib["OID"]] = element.attrib[f"{_OWN}Hash"]
        elif tag == _CLINICAL:
            self._within = self._versions[element.attrib["MetaDataVersionOID"]]
        elif tag == _SUBJECT:
            self._parts = [element.attrib[f"{_OWN}Identity"]]
        elif tag in _LEVELS:
            oid, prefix = _LEVELS[tag]
            name = _after(element.attrib[oid], prefix)
            if tag == f"{_ODM}ItemGroupData":
                name = _after(name, f"{self._parts[2].partition('[')[0]}.")
            repeat = element.get(f"{_OWN}Identity")
            self._parts.append(f"{name}[{repeat}]" if repeat else name)
        elif tag == _ITEM:
            self._parts.append(_after(element.attrib["ItemOID"], f"I.{self._parts[2].partition('[')[0]}."))
            self._value = _attribute(element, "Value")

    def _end(self, element: Any) -> Iterator[Told]:  # noqa: ANN401 - lxml ships no types
        tag = element.tag
        if tag == _RECORD:
            yield from self._record(element)
            element.clear()
            return
        if tag == _SIGNED:
            yield from self._signed(element)
        elif self._waiting is not None:
            raise _Strange  # a signature without what was signed
        elif tag == _ENTRY:
            yield from self._entry(element)
        elif tag in (_SUBJECT, *_LEVELS, _ITEM):
            self._parts.pop()
            self._value = None
        elif tag == _SOURCE:
            has = element.attrib
            part, parts = int(has["Part"]), int(has["Parts"])
            yield {"source": {"hash": has["Hash"], "part": part, "parts": parts, "data": element.text}}
        elif tag == _SEAL:
            has = element.attrib
            yield {
                "seal": {
                    "device": _attribute(element, "Device"), "first": int(has["First"]),
                    "last": int(has["Last"]), "person": _attribute(element, "Person"), "sig": element.text,
                }
            }  # fmt: skip
        elif tag == _PROOF:
            yield {"proof": _text(element), "sig": element.attrib["Signature"]}
        _forget(element)

    def _record(self, element: Any) -> Iterator[Told]:  # noqa: ANN401 - lxml ships no types
        """An AuditRecord: the record itself at its first place, nothing at any further one."""
        if element.get(f"{_OWN}Opens") is None:
            return
        kind = element.attrib[f"{_OWN}Kind"]
        why = element.find(f"{_ODM}ReasonForChange")
        code, said = (None if why is None else _attribute(why, f"{_OWN}{name}") for name in ("Code", "Said"))
        typed, prompt, origin = (
            _attribute(element, f"{_OWN}{name}") for name in ("Typed", "Prompt", "Origin")
        )
        told = Elements(
            kind, self._value if kind in ENTERED else None, None if why is None else _text(why), code, said,
            typed, prompt, origin,
        )  # fmt: skip
        source = element.find(f"{_ODM}SourceID")
        person = _attribute(element, f"{_OWN}Person")
        if person is None:
            person = _after(element.find(f"{_ODM}UserRef").attrib["UserOID"], "USR.")
        at = element.find(f"{_ODM}DateTimeStamp")
        facts = self._facts(element, _OWN, _text(source), "/".join(self._parts), person, _text(at))
        rest = element.find(f"{_OWN}Content")
        made = (facts, told, {} if rest is None else json.loads(_text(rest)))
        if kind == "signature" and facts["record"]["salt"] is not None:
            self._waiting = made
        else:
            yield _whole(*made)

    def _signed(self, element: Any) -> Iterator[Told]:  # noqa: ANN401 - lxml ships no types
        """A Signature: its manifest is the content of the record before it."""
        if self._waiting is None:
            return  # of a redacted one nothing is left
        (facts, told, rest), self._waiting = self._waiting, None
        manifest = _text(element.find(f"{_ODM}CryptoBindingManifest"))
        yield _whole(facts, replace(told, manifest=manifest), rest)

    def _entry(self, element: Any) -> Iterator[Told]:  # noqa: ANN401 - lxml ships no types
        """An entry of the log: its content is all there."""
        if element.get("Opens") is None:
            return
        person = _attribute(element, "Person")
        if person is None:
            person = _after(element.attrib["UserOID"], "USR.")
        key = _attribute(element, "Key") or ""
        source, at = _attribute(element, "SourceID") or "", element.attrib["At"]
        facts = self._facts(element, "", source, key, person, at)
        facts["of"] = ""
        content = element.find(f"{_OWN}Content")
        yield _whole(facts, None, {} if content is None else json.loads(_text(content)))

    def _facts(self, element: Any, own: str, source: str, key: str, person: str, at: str) -> Told:  # noqa: ANN401
        """All of a record but its content. ``own``: the namespace that its attributes have here."""
        self.place = source
        device, _, seq = source.rpartition(":")

        def has(name: str) -> str | None:
            return _attribute(element, f"{own}{name}")

        salts = base64.b64decode(has("Opens") or "", validate=True)
        if len(salts) not in (0, 16, 32):
            raise _Strange
        key_hash, content = has("KeyHash"), has("ContentHash")
        if (key_hash is None) != bool(salts) or (content is None) != (len(salts) == 32):
            raise _Strange
        recorded, definition, replaces = has("RecordKey"), has("Definition"), has("Replaces")
        record: Told = {
            "v": int(has("V") or "1"), "device": device, "seq": int(seq), "kind": has("Kind"),
            "key": None if key_hash is not None else key if recorded is None else recorded,
            "key_salt": _base64(salts[:16]), "salt": _base64(salts[16:]),
            "replaces": [*parted(replaces)] if replaces else [], "person": person, "at": at,
            "zone": has("Zone"), "clock": int(element.attrib[f"{own}Clock"]),
            "definition": self._within if definition is None else definition,
        }  # fmt: skip
        record |= {} if key_hash is None else {"key_hash": key_hash}
        record |= {} if content is None else {"content": content}
        return {"record": record, "hash": element.attrib[f"{own}Hash"], "of": self._parts[0] if own else ""}


def _whole(facts: Told, told: Elements | None, rest: Any) -> Told:  # noqa: ANN401 - parsed JSON
    """With its content, where there is one."""
    if not isinstance(rest, dict):
        raise _Strange
    gone = facts["record"]["salt"] is None
    facts["record"]["data"] = None if gone else rest if told is None else whole(told.told(), rest)
    return facts


def _base64(salt: bytes) -> str | None:
    return base64.b64encode(salt).decode("ascii") if salt else None


def _after(text: str, prefix: str) -> str:
    if not text.startswith(prefix):
        raise _Strange
    return text[len(prefix) :]


def _text(element: Any) -> str:  # noqa: ANN401 - lxml ships no types
    """The text of an element without children, with what XML cannot hold put back."""
    said = element.text or ""
    return unescaped(said) if "." in element.get(f"{_OWN}Escaped", "").split() else said


def _attribute(element: Any, name: str) -> str | None:  # noqa: ANN401 - lxml ships no types
    """The same of an attribute; None = not there."""
    said: str | None = element.get(name)
    odd = element.get(f"{_OWN}Escaped")
    if said is None or odd is None or name.replace(_OWN, EXTENSION) not in odd.split():
        return said
    return unescaped(said)


def _forget(element: Any) -> None:  # noqa: ANN401 - lxml ships no types
    """Free an element, and all before it in its parent."""
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]
