"""Visits, forms and rows as people write them: ``W12``, ``UNS#2``, ``AE#3``; turned into keys."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey

if TYPE_CHECKING:
    from mda5_crf.services.changes import SubjectSummary
    from mda5_crf.services.session import Session
    from mda5_crf.study.model import Form, Study


def subject_named(session: Session, subjid: str) -> SubjectSummary:
    """The participant with this number (or identity). Raises InputRefused."""
    for subject in session.subjects():
        if subjid in (subject.subjid, subject.identity):
            return subject
    raise InputRefused("entry.unknown_subject", subject=subjid)


def split_number(word: str) -> tuple[str, int | None]:
    """``UNS#2`` → ("UNS", 2); ``W12`` → ("W12", None)."""
    name, mark, number = word.partition("#")
    return (name.upper(), int(number)) if mark and number.isdigit() else (word.upper(), None)


def event_key(session: Session, subject: SubjectSummary, word: str, *, create: bool = False) -> ItemKey:
    """The key of a visit. ``create`` adds the next repeat of a repeating visit when none or the next is named."""
    name, number = split_number(word)
    event = session.study.events.get(name)
    if event is None:
        raise InputRefused("entry.unknown_event", event=word, known=", ".join(session.study.events))
    if not event.repeating:
        return ItemKey(subject.identity, name)
    repeats = session.data(subject.identity).event_repeats.get(name, [])
    index = (number or max(len(repeats), 1)) - 1
    if index < len(repeats):
        return ItemKey(subject.identity, name, repeats[index])
    if create and index == len(repeats):
        return session.add_event(subject.identity, name)
    raise InputRefused("entry.unknown_repeat", subject=subject.subjid, event=word)


def form_named(study: Study, word: str) -> Form:
    """The form with this OID. Raises InputRefused with the known ones."""
    form = study.forms.get(word.upper())
    if form is None:
        raise InputRefused("entry.unknown_form", form=word, known=", ".join(study.forms))
    return form


def item_named(form: Form, word: str) -> str:
    """The item's name in its form, however the case was typed. Raises InputRefused with the nearest names."""
    name = word.rpartition(".")[2].upper()
    for known in form.items:
        if known.upper() == name:
            return known
    raise InputRefused("entry.unknown_item", form=form.oid, item=word, known=nearest(name, form.items))


def nearest(word: str, known: Iterable[str]) -> str:
    """The few known words most like ``word``, or all of a short list."""
    listed = list(known)
    return ", ".join(difflib.get_close_matches(word, listed, 3, 0.4) or listed[:8])
