"""Repeats of a form at one visit (a scan read twice), and links between rows, as people write them.

A repeat is a record of kind ``form`` and identified by it; its number is for people, in order of creation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.study import links
from mda5_crf.study.folding import narrow
from mda5_crf.study.model import Item, ItemType
from mda5_crf.study.plan import plan_of

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_WORD: Final = re.compile(r"[A-Za-z_]+")


def instances(session: Session, form: ItemKey) -> list[ItemKey]:
    """The repeats of a repeating form at one visit, in order of creation; ``form`` has no repeat."""
    data = session.cache(form.subject).data
    bare = form.form_key()._replace(form_repeat="")
    return [bare._replace(form_repeat=repeat) for repeat in data.form_repeats.get(bare, ())]


def add_form(session: Session, event: ItemKey, form: str) -> ItemKey:
    """Add the next repeat of a form at a visit. Raises PermissionDenied, InputRefused, StoreError."""
    session.require(Action.ENTER)
    definition = session.study.forms.get(form)
    if definition is None:
        raise InputRefused("entry.unknown_form", form=form, known=", ".join(session.study.forms))
    if not definition.repeating:
        raise InputRefused("entry.form_not_repeating", form=definition.name)
    if form not in {due.form for due in session.study_of(event.subject).forms_of(event.event)}:
        known = ", ".join(due.event for due in session.study.due if due.form == form)
        raise InputRefused("entry.form_not_here", form=form, event=event.event, known=known or "-")
    cache = session.cache(event.subject)
    if cache.data.site != session.site:
        raise InputRefused("entry.other_site_read_only", site=cache.data.site)
    place = event.event_key()
    (record,) = session.append([Draft("form", place.path(), {"form": form})])
    cache.data.add_form(place._replace(form=form), record.id)
    return place._replace(form=form, form_repeat=record.id)


def form_label(session: Session, key: ItemKey) -> str:
    """The form as people address it: ``VS``, ``HRCT#2``, and with the row in a log: ``AE#3``."""
    if not (key.form_repeat or key.group_repeat):
        return key.form  # nothing to count: the participant need not be read for it
    label, data = key.form, session.cache(key.subject).data
    repeat = data.line_of(key.form_key()._replace(form_repeat=""), key.form_repeat)
    if repeat is not None:
        label = f"{label}#{repeat}"
    if key.group_repeat:
        number = data.line_of(key._replace(group_repeat="", item=""), key.group_repeat)
        mark = "/" if key.form_repeat else "#"
        label = f"{label}{mark}{number or links.UNKNOWN_LINE}"
    return label


def next_number(session: Session, form: ItemKey) -> int:
    """The number the next repeat of a form at a visit gets."""
    place = form.form_key()._replace(form_repeat="")
    return len(session.cache(form.subject).data.lines.get(place, ())) + 1


def link_typed(session: Session, item: Item, subject: str, typed: str) -> str:
    """What is stored for line numbers typed into a link: identities; what leads nowhere stays as typed."""
    named = {word.upper() for word in _WORD.findall(narrow(typed))} if ":" not in typed else set()
    if named - {item.to}:
        return typed  # CM#2 in a link to events: line 2 of another log
    found = links.resolve(typed, *_lines_and_live(session, item.to or "", subject))
    if found is None or (not item.many and links.SEPARATOR in found):
        return typed
    return found


def shown(session: Session, key: ItemKey, text: str) -> str:
    """The stored text of an item as people read it: of a link its line numbers, never identities.

    The number of a struck row carries ``links.STRUCK_LINE``, for which ``links.in_words`` has words.
    What the definition in force does not have (an item of an older one) reads as stored.
    """
    item = session.item_at(key)
    if item is None or item.type is not ItemType.LINK or not text:
        return text
    return links.show(text, *_lines_and_live(session, item.to or "", key.subject))


def lines(session: Session, log: str, subject: str) -> list[ItemKey]:
    """All rows of a log in order of creation, struck ones too: line 1 first."""
    form = session.study.forms.get(log)
    home = ItemKey(subject, plan_of(session.study).homes.get(log, ""), form=log)
    made = session.cache(subject).data.lines
    groups = [home._replace(group=g.name) for g in ([] if form is None else form.groups) if g.repeating]
    return [group._replace(group_repeat=row) for group in groups for row in made.get(group, ())]


def is_live(session: Session, row: ItemKey) -> bool:
    """Whether a row is there and not struck."""
    live = session.cache(row.subject).data.rows.get(row._replace(group_repeat=""), ())
    return row.group_repeat in live


def _lines_and_live(session: Session, log: str, subject: str) -> tuple[list[str], set[str]]:
    """The identities of all rows of a log, and of those that are not struck."""
    rows = lines(session, log, subject)
    return [row.group_repeat for row in rows], {row.group_repeat for row in rows if is_live(session, row)}
