"""Visits and forms by name, with the number of their repeat: ``Unscheduled visit 2``, ``Reading 1``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.text import Text, both

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey
    from mda5_crf.services.session import Session


def event_words(session: Session, key: ItemKey) -> Text:
    """The visit of ``key``."""
    _, _, number = session.event_label(key.event_key()).partition("#")
    return _numbered(session.study.events[key.event].name, number)


def form_words(session: Session, key: ItemKey) -> Text:
    """The form of ``key``; behind it the repeat and the row as people write them: ``Reading 2``, ``… #3``."""
    name = session.study.forms[key.form].name
    _, _, number = session.form_label(key.form_key()).partition("#")
    words = _numbered(name, number)
    if key.group_repeat:
        row = session.form_label(key.row_key()).rpartition("/" if key.form_repeat else "#")[2]
        words = Text(f"{words.en} #{row}", f"{words.zh} #{row}")
    return words


def joined(*parts: Text) -> Text:
    """Parts of a place with a dot between them."""
    return Text(" · ".join(part.en for part in parts), " · ".join(part.zh for part in parts))


def whole_place(session: Session, key: ItemKey) -> Text:
    """Participant, visit and form: ``01-001 · Baseline · Vital signs``."""
    return joined(both(session.subjid(key.subject)), event_words(session, key), form_words(session, key))


def _numbered(name: Text, number: str) -> Text:
    return Text(f"{name.en} {number}", f"{name.zh} {number}") if number else name
