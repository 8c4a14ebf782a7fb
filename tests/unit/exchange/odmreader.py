"""A small reader of ODM 1.3.2 transactions and snapshots, written from the standard: it shares nothing with
the writer but the rules of docs/formats.md. Transactions are applied strictly: what they may not do fails.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
OWN = "{urn:mda5-crf:odm:1}"
SCHEMA = Path(__file__).resolve().parents[3] / "resources" / "schema" / "odm-1.3.2"
_KEYS = (
    ("SubjectData", "SubjectKey", ""),
    ("StudyEventData", "StudyEventOID", "StudyEventRepeatKey"),
    ("FormData", "FormOID", "FormRepeatKey"),
    ("ItemGroupData", "ItemGroupOID", "ItemGroupRepeatKey"),
)
_LEVEL = {f"{ODM}{name}": level for level, (name, _, _) in enumerate(_KEYS)}
_PROOF = {f"{OWN}{name}" for name in ("Source", "Seal", "Proof")}
_ESCAPE = re.compile(r"\\(\\|u[0-9a-f]{4})")

Where = tuple[str, ...]
Element: TypeAlias = Any  # lxml ships no types


@dataclass
class Told:
    """One AuditRecord, or one entry of the log."""

    source: str
    kind: str
    user: str
    location: str
    at: str
    reason: str = ""
    code: str = ""
    own_words: str = ""
    hash: str = ""
    where: Where = ()
    cells: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    content: Any = None
    manifest: Any = None
    meaning: str = ""
    logged: bool = False


@dataclass
class Read:
    """What a file says."""

    root: dict[str, str]
    users: dict[str, str]
    versions: dict[str, dict[str, int]]
    told: dict[str, Told]
    state: dict[Where, str | None]
    notes: dict[Where, list[tuple[str, str, str]]]
    units: dict[Where, str]


def text_of(element: Element, name: str = ".") -> str:
    """The text, or an attribute, with what XML cannot hold put back."""
    said = (element.text or "") if name == "." else element.get(name)
    if name.replace(OWN, "mda5:") not in element.get(f"{OWN}Escaped", "").split():
        return str(said)
    return _ESCAPE.sub(lambda one: "\\" if one[1] == "\\" else chr(int(one[1][1:], 16)), said)


def valid(file: Path, *, plain: bool = False) -> list[str]:
    """What the schema says against a file: CDISC's own, or with the extensions."""
    name = "ODM1-3-2.xsd" if plain else "mda5-crf-odm.xsd"
    schema = etree.XMLSchema(etree.parse(str(SCHEMA / name)))
    schema.validate(etree.parse(str(file), etree.XMLParser(huge_tree=True)))
    return [f"{error.line}: {error.message}" for error in schema.error_log]


def read(file: Path) -> Read:
    """Read a file, applying its transactions."""
    tree = etree.parse(str(file), etree.XMLParser(huge_tree=True)).getroot()
    made = Read(dict(tree.attrib), {}, {}, {}, {}, {}, {})
    for user in tree.iter(f"{ODM}User"):
        made.users[user.get("OID")] = user.findtext(f"{ODM}FullName") or ""
    for version in tree.iter(f"{ODM}MetaDataVersion"):
        counts: dict[str, int] = {}
        for one in version:
            counts[etree.QName(one).localname] = counts.get(etree.QName(one).localname, 0) + 1
        made.versions[version.get("OID")] = counts
    there: set[Where] = set()
    exact = made.root["FileType"] == "Transactional" and made.root.get("Archival") == "Yes"
    for data in tree.iter(f"{ODM}ClinicalData"):
        assert data.get("MetaDataVersionOID") in made.versions
        for one in data:
            if one.tag == f"{OWN}Entry":
                _entry(made, one)
            elif one.tag not in _PROOF:
                _place(made, one, (), there, exact=exact)
    return made


def _place(made: Read, element: Element, above: Where, there: set[Where], *, exact: bool) -> None:
    _, oid, repeat = _KEYS[_LEVEL[element.tag]]
    key = element.get(oid) + (f"[{element.get(repeat)}]" if repeat and element.get(repeat) else "")
    where = (*above, key)
    gone = _transaction(element, where, there, made, exact=exact)
    _said(made, element, where, there, exact=exact)
    for child in element:
        if child.tag in _LEVEL:
            _place(made, child, where, there, exact=exact)
        elif child.tag == f"{ODM}ItemData":
            _item(made, child, where, there, exact=exact)
    assert not gone or not len(element.findall(f"{ODM}ItemGroupData")), "something inside what is removed"


def _transaction(element: Element, where: Where, there: set[Where], made: Read, *, exact: bool) -> bool:
    kind = element.get("TransactionType")
    if not exact:
        return False
    if kind == "Insert":
        assert where not in there, f"Insert of what is there: {where}"
        assert len(where) == 1 or where[:-1] in there, f"Insert into nothing: {where}"
        there.add(where)
    elif kind in ("Update", "Context"):
        assert where in there, f"{kind} of nothing: {where}"
    else:
        assert kind == "Remove" and where in there, f"{kind} of {where}"
        for one in [one for one in there if one[: len(where)] == where]:
            there.discard(one)
            made.state.pop(one, None)
    return bool(kind == "Remove")


def _item(made: Read, element: Element, above: Where, there: set[Where], *, exact: bool) -> None:
    where = (*above, element.get("ItemOID"))
    _transaction(element, where, there, made, exact=exact)
    null = element.get("IsNull") == "Yes"
    value = None if null else text_of(element, "Value")
    assert null != (element.get("Value") is not None)
    made.state[where] = value
    unit = element.find(f"{ODM}MeasurementUnitRef")
    if unit is not None:
        made.units[where] = unit.get("MeasurementUnitOID")
    told = _said(made, element, above, there, exact=exact, item=where)
    if told is not None:
        told.cells[element.get("ItemOID")] = (value, made.units.get(where))


def _said(
    made: Read,
    element: Element,
    where: Where,
    there: set[Where],
    *,
    exact: bool,
    item: Where | None = None,
) -> Told | None:
    """The record that stands in an element, and the annotations there."""
    notes = []
    for note in element.findall(f"{ODM}Annotation"):
        slot = (*(item or where), f"@{note.get('SeqNum')}")
        if exact:
            _transaction(note, slot, there, made, exact=True)
        flag, comment = note.find(f"{ODM}Flag"), note.find(f"{ODM}Comment")
        if flag is not None:
            value, kind = flag.find(f"{ODM}FlagValue"), flag.find(f"{ODM}FlagType")
            notes.append((kind.text, value.text, "" if comment is None else text_of(comment)))
    made.notes.setdefault(item or where, []).extend(notes)
    record = element.find(f"{ODM}AuditRecord")
    if record is None:
        return None
    source = record.findtext(f"{ODM}SourceID")
    told = made.told.get(source)
    if told is None:
        reason, content = record.find(f"{ODM}ReasonForChange"), record.find(f"{OWN}Content")
        told = made.told[source] = Told(
            source, record.get(f"{OWN}Kind", ""), record.find(f"{ODM}UserRef").get("UserOID"),
            record.find(f"{ODM}LocationRef").get("LocationOID"), record.findtext(f"{ODM}DateTimeStamp"),
            hash=record.get(f"{OWN}Hash", ""), where=where,
            content=None if content is None else json.loads(text_of(content)),
        )  # fmt: skip
        if reason is not None:
            told.reason = text_of(reason)
            told.code = reason.get(f"{OWN}Code", "")
            if reason.get(f"{OWN}Said") is not None:
                told.own_words = text_of(reason, f"{OWN}Said")
    told.notes += notes
    signature = element.find(f"{ODM}Signature")
    if signature is not None:
        told.manifest = json.loads(text_of(signature.find(f"{ODM}CryptoBindingManifest")))
        told.meaning = signature.find(f"{ODM}SignatureRef").get("SignatureOID")
    return told


def _entry(made: Read, element: Element) -> None:
    content = element.find(f"{OWN}Content")
    source = element.get("SourceID")
    assert source not in made.told, f"told twice: {source}"
    made.told[source] = Told(
        source, element.get("Kind"), element.get("UserOID"), element.get("LocationOID"), element.get("At"),
        hash=element.get("Hash"), content=None if content is None else json.loads(text_of(content)),
        logged=True,
    )  # fmt: skip
