"""What a receiver lets stand, record by record: rights, and whose business it is.

A site owns its participants' data; a centre asks, verifies, freezes and locks, and writes no values. What may
not stand is kept and set aside with its reason, never dropped. The answer depends on the record, on what
is registered here and on what its author's chain says, not on the order of bundles.
"""

from __future__ import annotations

import re
from typing import Final

from mda5_crf.crypto import VerifyKey
from mda5_crf.db import schema
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.tx import Tx
from mda5_crf.services import access
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.amendments import DefinitionJudge
from mda5_crf.sync.keylimits import KeyLimits
from mda5_crf.sync.registry import Registry
from mda5_crf.text import Text, message

_OF_SITE: Final = frozenset(
    {*"value missing confirm status pin event form row strike review signature endorse".split()}
    | {"void", "unvoid", "second", "second-row", "second-resolved", "frame"}
)
_OF_HOUSE: Final = frozenset({"definition", "certificate", "user", "overlay", "amendment", "site-approval"})
_OF_BOTH: Final = frozenset({"query", "verify", "lock", "print", "export", "view", "coding"})


class Judge:
    """Given a record and the roles of its author then and there: why it is set aside, or None."""

    def __init__(self, tx: Tx, registry: Registry, definition: str, pattern: str) -> None:
        """``definition`` is the hash in force here, ``pattern`` the study's form of participants' numbers."""
        self._registry = registry
        self._definitions = DefinitionJudge(tx, registry, definition)
        self._pattern = re.compile(pattern)
        self._revoked = KeyLimits(tx, registry)
        self._certified: dict[str, set[VerifyKey]] = {}
        for row in tx.find(schema.certificate):
            self._note(row["person"], row["device"])

    def __call__(self, record: AuditRecord, roles: frozenset[str]) -> Text | None:
        """See the class."""
        known = record.content is not None
        reason = self._revoked(record)
        if reason is not None:
            return reason
        if record.kind == "redaction":
            return self._redaction(record) if known else None
        if known and record.kind in _OF_HOUSE:
            reason = self._about_house(record)
            if reason is not None:
                return reason
        # A query's stub is not folded, so it needs no right; what it asked is not known. A definition that
        # came this far is the one in force here, and a chain's first precedes its author's certificate.
        if record.kind != "definition" and (known or record.kind != "query"):
            reason = access.judge(record.kind, record.data, roles)
            if reason is not None:
                return reason
        if record.withheld:
            # Whom it is about is not known, and nothing is folded of it: only who wrote it is judged.
            return self._of_author(record, self._registry.site_of(record.device))
        if record.kind == "subject" and not record.key:
            return self._enrolment(record) if known else None
        return self._about_subject(record)

    def _note(self, person: str, device: str) -> None:
        authority = self._registry.authority_of(device)
        if authority is not None:
            self._certified.setdefault(person, set()).add(authority)

    def _redaction(self, record: AuditRecord) -> Text | None:
        """Each site takes back what was written at its own PCs, no other. Signatures are judged before."""
        site = self._registry.site_of(record.device)
        places = [split_id(str(one)) for one in record.data.get("records", ())]
        own = bool(places) and all(
            place is not None and self._registry.site_of(place[0]) == site for place in places
        )
        return None if site is not None and own else message("sync.aside_redaction")

    def _about_house(self, record: AuditRecord) -> Text | None:
        """Definitions, certificates and accounts: each vault speaks for itself."""
        data = record.data
        authority = self._registry.authority_of(record.device)
        if record.kind in ("definition", "amendment", "site-approval"):
            return self._definitions(record)
        if record.kind == "overlay":
            # What a check asks for is one for the whole study.
            centre = self._registry.site_of(record.device) == CENTRE
            return None if centre else message("overlay.aside_ward")
        if record.kind == "user":
            own = authority in self._certified.get(str(data.get("person")), set())
            return None if own else message("sync.aside_user")
        body = data.get("certificate")
        person = str(body.get("person")) if isinstance(body, dict) else ""
        if self._certified.get(person, set()) - {authority}:
            return message("sync.aside_certificate")
        self._note(person, record.device)
        return None

    def _enrolment(self, record: AuditRecord) -> Text | None:
        site = self._registry.site_of(record.device) or ""
        if site == CENTRE:
            return message("sync.aside_centre_record")
        if record.data.get("site") != site:
            return message("sync.aside_number")
        return self._number(record.data.get("subjid"), site)

    def _number(self, number: object, site: str) -> Text | None:
        """A number of the study's form that begins with the site: a hospital number cannot enrol."""
        # A pattern's "\d" and "$" would let digits of other alphabets and a line end pass.
        own = isinstance(number, str) and number.isascii() and number[:2] == site
        return None if own and self._pattern.fullmatch(str(number)) else message("sync.aside_number")

    def _about_subject(self, record: AuditRecord) -> Text | None:
        subject = record.key.partition("/")[0]
        of_site = _of_site(record)
        if not subject:
            if record.kind == "lock":  # of the whole study
                return self._of_author(record, author=self._registry.site_of(record.device))
            needed = of_site or record.kind in ("query", "verify")
            return message("store.aside_shape") if needed else None
        enrolled = split_id(subject)
        if enrolled is None:
            return message("store.aside_shape")
        author = self._registry.site_of(record.device)
        owner = self._registry.site_of(enrolled[0])
        if owner is None:
            if self._registry.is_centre and record.content is not None:
                # Judged again as soon as that PC is registered (``rejudging``).
                return message("quarantine.device_unknown", device=enrolled[0])
            # Enrolled at a PC unknown here: what a ward is told of at all is its own site's.
            owner = self._registry.site
        reason = self._ownership(record, author, owner)
        if reason is None and record.kind == "subject" and record.content is not None:
            return self._number(record.data.get("renumber", record.data.get("subjid")), owner)
        return reason

    @staticmethod
    def _of_author(record: AuditRecord, author: str | None) -> Text | None:
        """What a ward or a centre may not write about anybody."""
        if record.kind == "lock" and author != CENTRE:
            return message("sync.aside_ward_lock")
        if _of_site(record) and author == CENTRE:
            return message("sync.aside_centre_record")
        return None

    def _ownership(self, record: AuditRecord, author: str | None, owner: str) -> Text | None:
        reason = self._of_author(record, author)
        if reason is not None:
            return reason
        if (_of_site(record) or record.kind in _OF_BOTH) and author not in (owner, CENTRE):
            return message("sync.aside_other_site", site=owner)
        if record.content is not None and not self._registry.is_centre and owner != self._registry.site:
            return message("sync.aside_foreign_subject")
        return None


def _of_site(record: AuditRecord) -> bool:
    return record.kind in _OF_SITE or record.kind == "subject"
