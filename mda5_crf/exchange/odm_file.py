"""The frame of every ODM 1.3.2 file: the root, and who and where (AdminData)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from mda5_crf import __version__
from mda5_crf.exchange.odm_check import SchemaCheck
from mda5_crf.exchange.odm_framed import framed, transactional, write_about
from mda5_crf.exchange.odm_metadata import write_study
from mda5_crf.exchange.odm_names import (
    NOBODY,
    NOWHERE,
    ODM,
    OWN,
    signature_oid,
    site_oid,
    user_oid,
    version_oid,
)
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.services.exportfeed import Feed, Person
from mda5_crf.services.signing import meaning_text
from mda5_crf.study.model import Study
from mda5_crf.text import Language, message

CENTRE: Final = "00"
SOURCE_SYSTEM: Final = "MDA5-CRF"


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of itself. ``made`` is aware; ``transactional``: history, else the state as it is.

    ``archival``: complete history of what it covers. ``granularity``: ODM's word for what it covers.
    """

    made: datetime
    transactional: bool
    archival: bool
    granularity: str
    language: Language = "en"
    extensions: bool = True


@contextmanager
def odm_file(
    feed: Feed, head: Head, sink: Callable[[bytes], object], other: XmlOut | None = None
) -> Iterator[XmlOut]:
    """Open the file; what is written inside comes after AdminData.

    All of it is held against the schema on its way. Raises StoreError for a file that would not be valid:
    whoever gave ``sink`` must then take away what it wrote. A study that came from another system is written
    as it came, valid or not. ``other`` writes instead, and checks by itself.
    """
    # What another system wrote need not be valid, and goes out as it came in.
    check = None if feed.study.origin else SchemaCheck(extensions=head.extensions)

    def checked(piece: bytes) -> None:
        if check is not None:
            check.feed(piece)
        sink(piece)

    out = other or XmlOut(checked, extensions=head.extensions)
    made = stamp(head.made)
    # The archive has our own names, whatever the study: it is made to be taken back.
    foreign = framed(feed.study) and not head.archival
    kind = "Transactional" if head.transactional or (foreign and transactional(feed)) else "Snapshot"
    names: dict[str, str | None] = {"xmlns": ODM}
    if head.extensions:
        names["xmlns_mda5"] = OWN
    out.start(
        "ODM", **names, ODMVersion="1.3.2", FileType=kind, Granularity=head.granularity,
        Archival="Yes" if head.archival else None,
        FileOID=f"{feed.study.oid}.{feed.session.site}.{feed.head}.{kind}.{made}", CreationDateTime=made,
        AsOfDateTime=made, SourceSystem=SOURCE_SYSTEM, SourceSystemVersion=__version__,
    )  # fmt: skip
    write_study(out, _studies(feed))
    if foreign:
        write_about(out, feed, lambda: _admin(out, feed, head.language), then=head.transactional)
    else:
        _admin(out, feed, head.language)
    yield out
    out.close()
    if other is None and check is not None:
        check.close()


def stamp(at: datetime) -> str:
    """A time as ODM has it: UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _studies(feed: Feed) -> list[Study]:
    """Every definition, the one in force last."""
    last = feed.study
    return [one.study for one in feed.definitions if one.study.hash != last.hash] + [last]


def _admin(out: XmlOut, feed: Feed, language: Language) -> None:
    """Users, locations and what signatures mean. What a record may name and nobody here knows has an OID
    too: a reference must lead somewhere.
    """
    out.start("AdminData", StudyOID=feed.study.oid)
    for person in feed.people:
        out.start("User", OID=user_oid(person.id), UserType=_user_type(person))
        out.leaf("LoginName", person.login)
        out.leaf("FullName", person.name)
        if person.site in feed.sites:
            out.leaf("LocationRef", LocationOID=site_oid(person.site))
        out.end()
    out.start("User", OID=NOBODY, UserType="Other")
    out.leaf("FullName", message("exchange.unknown_person").in_(language))
    out.end()
    for site in feed.sites:
        kind = "Sponsor" if site == CENTRE else "Site"
        name = message("exchange.site_name", site=site).in_(language)
        _location(out, feed, site_oid(site), name, kind)
    _location(out, feed, NOWHERE, message("exchange.unknown_site").in_(language), "Other")
    for meaning in feed.meanings:
        out.start("SignatureDef", OID=signature_oid(meaning), Methodology="Digital")
        out.leaf("Meaning", meaning_text(meaning).in_(language))
        out.leaf("LegalReason", message("exchange.legal_reason").in_(language))
        out.end()
    out.end()


def _location(out: XmlOut, feed: Feed, oid: str, name: str, kind: str) -> None:
    out.start("Location", OID=oid, Name=name, LocationType=kind)
    for one in feed.definitions:
        day = datetime.fromisoformat(one.since).astimezone(feed.session.zone).date().isoformat()
        out.leaf(
            "MetaDataVersionRef", StudyOID=feed.study.oid, MetaDataVersionOID=version_oid(one.study),
            EffectiveDate=day,
        )  # fmt: skip
    out.end()


def _user_type(person: Person) -> str:
    if person.investigator:
        return "Investigator"
    return "Sponsor" if person.sponsor else "Other"
