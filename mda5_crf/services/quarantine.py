"""What was set aside: from whom, when, why, and what to do about it, in words.

A record that may not stand, or that this program does not understand, is kept and counts nowhere; the rest
goes in. Nobody releases it by hand. What is to be done follows from the reason it is set aside for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from mda5_crf.db import clock, read, rejudge
from mda5_crf.db.records import AuditRecord
from mda5_crf.services import auditwords
from mda5_crf.services.access import Action
from mda5_crf.text import Text, both, catalogue, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

REGISTER, UPDATE, KEYS, PRINCIPAL, SITE = "register", "update", "keys", "principal", "site"
DEFINITION, SECOND, CLOCK, REPORT, NOTHING = "definition", "second", "clock", "report", "nothing"
_REMEDIES: Final = {
    "quarantine.device_unknown": REGISTER,
    "store.aside_kind": UPDATE, "access.unknown_kind": UPDATE,
    "store.aside_certificate": KEYS, "store.aside_account": KEYS,
    "access.not_entitled": PRINCIPAL,
    "store.aside_clock": CLOCK, "store.aside_shape": REPORT,
    "sync.aside_definition": DEFINITION,
    "sync.aside_other_site": SITE, "sync.aside_foreign_subject": SITE, "sync.aside_number": SITE,
    "sync.aside_centre_record": SITE, "sync.aside_redaction": SITE,
    "trace.consent_shape": SECOND, "trace.consent_same": SECOND, "trace.consent_unsigned": SECOND,
    "trace.consent_roles": SECOND, "locks.second_role": SECOND, "locks.second_unsigned": SECOND,
}  # fmt: skip
"""Reason → what is to be done. Every other reason is one that nothing can be done about."""


@dataclass(frozen=True, slots=True)
class Aside:
    """One record that is set aside.

    ``what`` is the act in words, ``at`` when it was written (UTC; None: it does not say), ``person``,
    ``device`` and ``site`` are of who wrote it; ``remedy`` is one of the codes here.
    """

    record: str
    kind: str
    what: Text
    person: str
    device: str
    site: str
    at: datetime | None
    reason: Text
    remedy: str
    remedy_words: Text

    @property
    def author(self) -> Text:
        """Who wrote it, where."""
        return message("quarantine.author", person=self.person, device=self.device, site=self.site or "–")


def listed(session: Session) -> tuple[Aside, ...]:
    """Everything that is set aside, in the order of the chains. Raises PermissionDenied."""
    session.require(Action.BUNDLE)
    store, journal = session.vault.store, session.vault.journal
    names = {person.person: person.name for person in read.persons(store)}
    devices = {row.id: (row.name, row.site) for row in read.devices(store)}
    found = []
    for row in read.aside(store):
        record = journal.get(row.record)
        if record is not None:
            found.append(_aside(record, Text(row.en, row.zh), names, devices))
    return tuple(found)


def count(session: Session) -> int:
    """How many records are set aside."""
    with session.vault.store.read() as tx:
        return rejudge.how_many(tx)


def _aside(
    record: AuditRecord, reason: Text, names: dict[str, str], devices: dict[str, tuple[str, str]]
) -> Aside:
    name, site = devices.get(record.device, (record.device, ""))
    person = names.get(record.person, record.person[:8])
    try:
        at = clock.read_at(record.at)
    except ValueError:
        at = None
    code, params = code_of(reason)
    remedy = _REMEDIES.get(code, NOTHING)
    words = message(
        f"quarantine.do_{remedy}", who=name, site=site or "–", person=person, device=params.get("device", "")
    )
    return Aside(
        record.id, record.kind, _what(record), person, name, site, at, reason, remedy, words
    )  # fmt: skip


def _what(record: AuditRecord) -> Text:
    try:
        data = record.data
    except (ValueError, RecursionError):
        data = {}
    return auditwords.act(record, data, first=True) if isinstance(data, dict) else both(record.kind)


def code_of(reason: Text) -> tuple[str, dict[str, str]]:
    """Which sentence a stored reason is, and what stands in its places; ("", {}) for any other."""
    for code, fits in _templates():
        found = fits(reason.en)
        if found is not None:
            return code, found.groupdict()
    return "", {}


@cache
def _templates() -> tuple[tuple[str, Callable[[str], re.Match[str] | None]], ...]:
    made = []
    for code in _REMEDIES:
        area, _, name = code.partition(".")
        parts = re.split(r"\{(\w+)\}", catalogue(area)[name][0])
        pattern = "".join(
            f"(?P<{part}>.*)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
        )
        made.append((code, re.compile(pattern, re.DOTALL).fullmatch))
    return tuple(made)
