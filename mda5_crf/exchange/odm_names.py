"""Names of things in ODM 1.3.2: OIDs by kind (one must not be used twice within a definition), and what of an
item is one column there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.text import LANGUAGES, Text

ODM: Final = "http://www.cdisc.org/ns/odm/v1.3"
OWN: Final = "urn:mda5-crf:odm:1"
CONTEXT: Final = "mda5-crf"
"""Context of formal expressions: the language of definitions (docs/definition.md)."""
XML_LANG: Final = {"en": "en", "zh": "zh-Hans"}
NOBODY, NOWHERE = "USR.UNKNOWN", "LOC.UNKNOWN"

# Flags of annotations: type → its values, both with words in text/exchange.py.
FLAG_TYPES: Final = "CL.FLAG"
FLAGS: Final = {
    "MISSING": (),  # the definition's own codes
    "NONCONFORMANT": ("Y",),
    "NOT_RELEVANT": ("Y",),
    "CONFLICT": ("Y",),
    "REDACTED": ("Y",),
    "CONFIRMED": ("Y",),
    "ENDORSED": ("Y",),
    "STATUS": (
        "not_started", "in_progress", "complete", "incomplete", "not_done", "verified", "signed", "frozen",
        "locked", "computed", "closed",
    ),
    "QUERY": ("Candidate", "Open", "Answered", "Closed", "Cancelled", "Resolved"),
    "SDV": ("verified", "withdrawn"),
    "LOCK": ("frozen", "thawed", "locked", "unlocked"),
}  # fmt: skip


def flag_list(kind: str) -> str:
    """The OID of the codelist with the values of a flag."""
    return f"CL.FLAG.{kind}"


def version_oid(study: Study) -> str:
    """The OID of a definition: its version, and the beginning of its hash, which alone is unique."""
    return f"MDV.{study.version}.{study.hash[:12]}"


def event_oid(event: str) -> str:
    """The OID of a visit."""
    return f"SE.{event}"


def form_oid(form: str) -> str:
    """The OID of a form."""
    return f"F.{form}"


def group_oid(form: str, group: str) -> str:
    """The OID of a group of a form."""
    return f"IG.{form}.{group}"


def item_oid(item: Item) -> str:
    """The OID of an item that is one column."""
    return f"I.{item.oid}"


def choice_oid(item: Item, code: str) -> str:
    """The OID of one of the yes/no columns that an item with several answers is."""
    return f"I.{item.oid}.{code}"


def list_oid(codelist: str) -> str:
    """The OID of a codelist."""
    return f"CL.{codelist}"


def unit_oid(unit: str) -> str:
    """The OID of a unit, by how it is written."""
    return f"MU.{unit}"


def user_oid(person: str) -> str:
    """The OID of a person."""
    return f"USR.{person}"


def site_oid(site: str) -> str:
    """The OID of a site."""
    return f"LOC.{site}"


def signature_oid(meaning: str) -> str:
    """The OID of what a signature means."""
    return f"SD.{meaning}"


def columns(item: Item, study: Study) -> tuple[str, ...]:
    """The ItemOIDs of an item: one, or one per code where several may be chosen; none for a heading."""
    if item.type is ItemType.LABEL:
        return ()
    if item.type is ItemType.MULTI and item.codelist is not None:
        return tuple(choice_oid(item, one.code) for one in study.codelists[item.codelist].values)
    return (item_oid(item),)


def units_of(item: Item) -> tuple[str, ...]:
    """Every unit an item's number may stand in, its own first."""
    return tuple(dict.fromkeys(unit for unit in (item.unit, *item.units, *item.conversions) if unit))


def all_units(studies: Iterable[Study]) -> dict[str, str]:
    """Unit as written → its OID, of all items of all definitions, in order of first use."""
    found: dict[str, str] = {}
    for study in studies:
        for form in study.forms.values():
            for item in form.items.values():
                found.update((unit, unit_oid(unit)) for unit in units_of(item))
    return found


def translated(out: XmlOut, element: str, text: Text) -> None:
    """An element with the text in both languages."""
    out.start(element)
    for language in LANGUAGES:
        out.leaf("TranslatedText", text.in_(language), xml_lang=XML_LANG[language])
    out.end()
