"""Enrolment and visits: the records that give participants and repeats their identity."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from mda5_crf.db import read
from mda5_crf.db.records import Draft
from mda5_crf.db.storebase import AnyStore
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import SubjectSummary

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def listed(store: AnyStore, *, voided: bool = False) -> tuple[SubjectSummary, ...]:
    """All participants by number; two under one number are both there and marked.

    Who was enrolled by mistake is there only with ``voided``; the number stays used.
    """
    return tuple(
        SubjectSummary(s.identity, s.subjid, s.site, s.created, s.duplicate)
        for s in sorted(read.subjects(store), key=lambda s: (s.subjid, s.identity))
        if voided or not s.voided
    )


def next_subjid(session: Session) -> str:
    """The lowest number above all used ones of this site: ``01-008``."""
    used = [
        int(s.subjid[3:])
        for s in listed(session.vault.store, voided=True)
        if re.fullmatch(rf"{session.site}-[0-9]{{3}}", s.subjid)
    ]
    return f"{session.site}-{max(used, default=0) + 1:03d}"


def enrol(session: Session, subjid: str | None) -> SubjectSummary:
    """Add a participant under ``subjid`` or the next free number.

    Raises InputRefused: malformed (a hospital number cannot enrol), of another site, already used (DM-01).
    """
    session.require(Action.ENROL)
    # NFKC: a Chinese input method may type full-width digits, which mean the same number.
    number = unicodedata.normalize("NFKC", subjid or next_subjid(session)).strip()
    if not re.fullmatch(session.study.subject_pattern, number, re.ASCII):
        raise InputRefused("entry.subject_pattern", subject=number, example=next_subjid(session))
    if number[:2] != session.site:
        raise InputRefused("entry.subject_other_site", subject=number, other=number[:2], site=session.site)
    if any(s.subjid == number for s in listed(session.vault.store, voided=True)):
        raise InputRefused("entry.subject_exists", subject=number, next=next_subjid(session))
    (record,) = session.append([Draft("subject", "", {"subjid": number, "site": session.site})])
    return next(s for s in listed(session.vault.store) if s.identity == record.id)


def add_event(session: Session, subject: str, event: str) -> ItemKey:
    """Add a repeat of an unscheduled or follow-up visit. Raises InputRefused for other visits."""
    session.require(Action.ENTER)
    definition = session.study.events.get(event)
    if definition is None:
        raise InputRefused("entry.unknown_event", event=event, known=", ".join(session.study.events))
    if not definition.repeating:
        raise InputRefused("entry.event_not_repeating", event=definition.name)
    cache = session.cache(subject)
    if cache.data.site != session.site:
        raise InputRefused("entry.other_site_read_only", site=cache.data.site)
    (record,) = session.append([Draft("event", subject, {"event": event})])
    cache.data.add_event(event, record.id)
    return ItemKey(subject, event, record.id)
