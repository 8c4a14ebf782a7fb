"""Visits, forms and rows as people write them: ``W12``, ``UNS#2``, ``AE#3``; turned into keys."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.itemkey import ItemKey

if TYPE_CHECKING:
    from mda5_crf.services.changes import SubjectSummary
    from mda5_crf.services.session import Session
    from mda5_crf.study.model import Form, ItemGroup, Study


def subject_named(session: Session, word: str) -> SubjectSummary:
    """The participant with this number or identity.

    Raises InputRefused: unknown, or a number that two participants carry (then the identity decides).
    """
    number = unicodedata.normalize("NFKC", word).strip()
    listed = session.subjects()
    found = [s for s in listed if s.identity == number] or [s for s in listed if s.subjid == number]
    if not found:
        raise InputRefused("entry.unknown_subject", subject=number)
    if len(found) > 1:
        raise InputRefused("cli.subject_twice", subject=number, known=", ".join(s.identity for s in found))
    return found[0]


def split_number(word: str) -> tuple[str, int | None]:
    """``uns#2`` → ("UNS", 2); ``W12`` → ("W12", None).

    Raises UsageError when ``#`` has no number from 1 behind it.
    """
    name, mark, number = unicodedata.normalize("NFKC", word).strip().partition("#")
    if not mark:
        return name.upper(), None
    return name.upper(), positive(number, word)


def positive(number: str, word: str) -> int:
    """A number from 1 on as people type it. Raises UsageError, naming the whole ``word``."""
    if not (number.isascii() and number.isdigit() and len(number) < 6 and int(number)):
        raise UsageError("cli.number_expected", word=word)
    return int(number)


def event_key(session: Session, subject: SubjectSummary, word: str, *, create: bool = False) -> ItemKey:
    """The key of a visit: ``UNS`` is the newest, ``UNS#2`` the second.

    ``create`` adds the repeat when there is none yet or exactly the next one is named.
    Raises InputRefused (no such visit) and UsageError.
    """
    name, number = split_number(word)
    event = session.study.events.get(name)
    if event is None:
        raise InputRefused("entry.unknown_event", event=word, known=", ".join(session.study.events))
    if not event.repeating:
        if number not in (None, 1):
            raise InputRefused("entry.unknown_repeat", subject=subject.subjid, event=word)
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
    form = study.forms.get(word.strip().upper())
    if form is None:
        raise InputRefused("entry.unknown_form", form=word, known=", ".join(study.forms))
    return form


def form_at(study: Study, event_word: str, word: str, row: str | None = None) -> tuple[Form, str | None]:
    """The form a visit has under this name, and the row that ``AE#3`` or ``row`` names.

    Raises InputRefused (no such form, or it does not belong to the visit) and UsageError (two rows named).
    """
    name, number = split_number(word)
    form = form_named(study, name)
    event = split_number(event_word)[0]
    if event in study.events and form.oid not in {due.form for due in study.forms_of(event)}:
        known = ", ".join(due.event for due in study.due if due.form == form.oid)
        raise InputRefused("entry.form_not_here", form=form.oid, event=event, known=known or "-")
    if number is None:
        return form, row
    if row is not None and row != str(number):
        raise UsageError("cli.row_twice", word=word)
    if not any(group.repeating for group in form.groups):
        raise InputRefused("cli.no_rows", form=form.oid)
    return form, str(number)


def item_named(form: Form, word: str) -> str:
    """The item's name in its form, however the case was typed. Raises InputRefused with the nearest names."""
    name = word.rpartition(".")[2].upper()
    for known in form.items:
        if known.upper() == name:
            return known
    raise InputRefused("entry.unknown_item", form=form.oid, item=word, known=nearest(name, form.items))


def group_of(form: Form, item: str) -> ItemGroup:
    """The section an item stands in."""
    return next(group for group in form.groups if group.name == form.items[item].group)


def row_named(form: Form, rows: Sequence[str], word: str | None, subjid: str) -> str:
    """The identity of row ``word`` (1 = the first).

    Raises UsageError (none named) and InputRefused (no such row).
    """
    if word is None:
        raise UsageError("entry.row_needed", form=form.oid)
    number = positive(unicodedata.normalize("NFKC", word), word)
    if number > len(rows):
        raise InputRefused("entry.unknown_row", form=form.oid, subject=subjid, row=word)
    return rows[number - 1]


def nearest(word: str, known: Iterable[str]) -> str:
    """The few known words most like ``word``, or all of a short list."""
    listed = list(known)
    return ", ".join(difflib.get_close_matches(word, listed, 3, 0.4) or listed[:8])
