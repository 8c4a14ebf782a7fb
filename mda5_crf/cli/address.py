"""Visits, forms and rows as people write them: ``W12``, ``UNS#2``, ``AE#3``; turned into keys."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
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
    """The key of a visit: ``UNS`` is the newest, ``UNS#2`` the second, struck ones counted.

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
    data, place = session.data(subject.identity), ItemKey(subject.identity, name)
    live, made = data.event_repeats.get(name, []), data.lines.get(place, [])
    if number is None and live:
        return ItemKey(subject.identity, name, live[-1])
    index = len(made) if number is None else number - 1
    if index < len(made):
        repeat = _live(made[index], live, f"{name}#{index + 1}", subject.subjid)
        return ItemKey(subject.identity, name, repeat)
    if create and index == len(made):
        return session.add_event(subject.identity, name)
    raise InputRefused("entry.unknown_repeat", subject=subject.subjid, event=word)


def form_named(study: Study, word: str) -> Form:
    """The form with this OID. Raises InputRefused with the known ones."""
    form = study.forms.get(word.strip().upper())
    if form is None:
        raise InputRefused("entry.unknown_form", form=word, known=", ".join(study.forms))
    return form


@dataclass(frozen=True, slots=True)
class FormPlace:
    """A form as named on the command line: its repeat (from 1) and the row of its log, None = not named."""

    form: Form
    repeat: int | None
    row: str | None


def form_at(study: Study, event_word: str, word: str, row: str | None = None) -> FormPlace:
    """The form a visit has under this name, and what ``HRCT#2``, ``AE#3`` or ``row`` names of it.

    Raises InputRefused (no such form, or it does not belong to the visit) and UsageError (two rows named).
    """
    name, number = split_number(word)
    form = form_named(study, name)
    event = split_number(event_word)[0]
    if event in study.events and form.oid not in {due.form for due in study.forms_of(event)}:
        known = ", ".join(due.event for due in study.due if due.form == form.oid)
        raise InputRefused("entry.form_not_here", form=form.oid, event=event, known=known or "-")
    if number is None or form.repeating:
        return FormPlace(form, number, row)
    if row is not None and row != str(number):
        raise UsageError("cli.row_twice", word=word)
    if not any(group.repeating for group in form.groups):
        raise InputRefused("cli.no_rows", form=form.oid)
    return FormPlace(form, None, str(number))


def form_key(session: Session, event: ItemKey, place: FormPlace, *, create: bool = False) -> ItemKey:
    """The key of a form at a visit: of a repeating form the newest repeat, or the one that was named.

    ``create`` adds the repeat when there is none yet or exactly the next one is named.
    Raises InputRefused.
    """
    key = event._replace(form=place.form.oid)
    if not place.form.repeating:
        return key
    repeats = session.form_repeats(key)
    if place.repeat is None and repeats:
        return repeats[-1]
    made = session.data(event.subject).lines.get(key, [])
    index = len(made) if place.repeat is None else place.repeat - 1
    if index < len(made):
        live = [one.form_repeat for one in repeats]
        label = f"{place.form.oid}#{index + 1}"
        return key._replace(form_repeat=_live(made[index], live, label, session.subjid(event.subject)))
    if create and index == len(made):
        return session.add_form(event, place.form.oid)
    raise InputRefused(
        "entry.unknown_form_repeat",
        subject=session.subjid(event.subject),
        event=session.event_label(event),
        form=f"{place.form.oid}#{index + 1}",
    )


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


def row_named(form: Form, made: Sequence[str], live: Collection[str], word: str | None, subjid: str) -> str:
    """The identity of row ``word``, a line number. ``made`` are all rows, ``live`` those that are not struck.

    Raises UsageError (none named) and InputRefused (no such row, or it was struck out).
    """
    if word is None:
        raise UsageError("entry.row_needed", form=form.oid)
    number = positive(unicodedata.normalize("NFKC", word), word)
    if number > len(made):
        raise InputRefused("entry.unknown_row", form=form.oid, subject=subjid, row=word)
    return _live(made[number - 1], live, f"{form.oid}#{number}", subjid)


def _live(identity: str, live: Collection[str], label: str, subjid: str) -> str:
    if identity not in live:
        raise InputRefused("entry.struck_out", subject=subjid, place=label)
    return identity


def nearest(word: str, known: Iterable[str]) -> str:
    """The few known words most like ``word``, or all of a short list."""
    listed = list(known)
    return ", ".join(difflib.get_close_matches(word, listed, 3, 0.4) or listed[:8])
