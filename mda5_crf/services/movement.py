"""From a wrong place to the right one: what stands there, where each answer goes, the records that bring it.

Part of :mod:`mda5_crf.services.wrongplace`, which asks for rights, reason and the second person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.formrepeats import form_label
from mda5_crf.study import links
from mda5_crf.study.model import Item, ItemType
from mda5_crf.study.values import Entry
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_SOME: Final = 3


@dataclass(frozen=True, slots=True)
class Stands:
    """Something that stands in a place: an answer, an empty row, a status (both without ``entry``)."""

    key: ItemKey
    label: Text
    value: Text
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Carried:
    """One line of a plan. ``to``: where it goes (of a new repeat or row without its identity, which nobody
    knows yet), None when it stays behind, void; ``why`` says why where that needs a reason.
    """

    key: ItemKey
    to: ItemKey | None
    label: Text
    value: Text
    why: Text | None


def standing(session: Session, place: ItemKey) -> tuple[Stands, ...]:
    """What counts in a place now, in the order of visits, forms and their items."""
    data, study = session.cache(place.subject).data, session.versions.words
    prefix = place.path() + "/"
    found: list[Stands] = []
    filled: set[ItemKey] = set()
    for key, entry in data.entries.items():
        form = study.forms.get(key.form)
        if not _below(key, place, prefix) or not _counts(session, key) or form is None:
            continue
        if key.item in form.items:
            found.append(Stands(key, form.items[key.item].label, _value(session, key, entry), entry))
            filled.add(key.row_key())
    for group, live in data.rows.items():
        rows = [group._replace(group_repeat=one) for one in live]
        for row in rows:
            if row not in filled and _below(row, place, prefix) and _counts(session, row):
                found.append(
                    Stands(row, message("trace.empty_row", row=form_label(session, row)), both(""), None)
                )
    for form_key, status in data.statuses.items():
        if (
            status != "incomplete"
            and not place.group
            and _below(form_key, place, prefix)
            and _counts(session, form_key)
        ):
            said = message(f"entry.status_{status}")
            found.append(
                Stands(form_key, message("trace.status_of", form=form_label(session, form_key)), said, None)
            )
    return tuple(sorted(found, key=lambda one: _order(session, one.key)))


def _below(key: ItemKey, place: ItemKey, prefix: str) -> bool:
    return key == place or key.path().startswith(prefix)


def _counts(session: Session, key: ItemKey) -> bool:
    """Whether visit, repeat and row of a key are live."""
    data = session.cache(key.subject).data
    if key.event_repeat and key.event_repeat not in data.event_repeats.get(key.event, ()):
        return False
    form = key.form_key()
    if key.form_repeat and key.form_repeat not in data.form_repeats.get(form._replace(form_repeat=""), ()):
        return False
    group = form._replace(group=key.group)
    return not key.group_repeat or group not in data.lines or key.group_repeat in data.rows.get(group, ())


def _order(session: Session, key: ItemKey) -> tuple[Any, ...]:
    study = session.study
    event, form = study.events.get(key.event), study.forms.get(key.form)
    items = list(form.items) if form is not None else []
    data = session.cache(key.subject).data
    line = data.line_of(key._replace(group_repeat="", item=""), key.group_repeat) or 0
    place = items.index(key.item) if key.item in items else -1
    return (event.rank if event else 0, key.event_repeat, list(study.forms).index(key.form) if form else -1,
            key.form_repeat, key.group, line, place, key)  # fmt: skip


def _value(session: Session, key: ItemKey, entry: Entry) -> Text:
    """The answer as people read it."""
    if entry.missing:
        return both(entry.missing)
    study = session.versions.words
    item = study.forms[key.form].items[key.item]
    if item.type is ItemType.LINK:
        return links.in_words(session.shown(key, entry.text))
    code = study.codelists[item.codelist].by_code.get(entry.text) if item.codelist else None
    if code is not None and code.text.en != entry.text:
        return Text(f"{entry.text} {code.text.en}", f"{entry.text} {code.text.zh}")
    return both(f"{entry.text} {entry.unit}" if entry.unit else entry.text)


def some(found: Sequence[Stands]) -> Text:
    """A few of the things that stand in a place, for a sentence."""
    named = [one.label for one in found[:_SOME]]
    more = len(found) - len(named)
    rest = Text(f" (+{more})", f"（另有 {more} 项）") if more else both("")
    return Text("; ".join(t.en for t in named) + rest.en, "；".join(t.zh for t in named) + rest.zh)


# -- where it goes -------------------------------------------------------------------------------------


def goal(session: Session, place: ItemKey, target: ItemKey) -> ItemKey:
    """``target`` as a place of the same kind as ``place``; what repeats is new there."""
    visit = target.event_key()
    event = session.study.events.get(visit.event)
    if event is not None and not event.repeating:
        visit = visit._replace(event_repeat="")
    if not place.form:
        return visit
    form = visit._replace(form=place.form)
    if not place.group:
        return form
    repeat = target.form_repeat if session.study.forms[place.form].repeating else ""
    return form._replace(form_repeat=repeat, group=place.group)


def carried(session: Session, place: ItemKey, goal_: ItemKey, found: Sequence[Stands]) -> tuple[Carried, ...]:
    """The lines of the plan."""
    return tuple(_carried(session, place, goal_, one, found) for one in found)


def _carried(
    session: Session, place: ItemKey, goal_: ItemKey, one: Stands, found: Sequence[Stands]
) -> Carried:
    if one.entry is None and not one.key.group_repeat:
        return Carried(one.key, None, one.label, one.value, message("trace.status_stays"))
    why = _left(session, place, goal_, one, found)
    to = None if why is not None else _into(one.key, place, goal_)
    return Carried(one.key, to, one.label, one.value, why)


def _into(key: ItemKey, place: ItemKey, goal_: ItemKey) -> ItemKey:
    """Where a key of ``place`` lies in ``goal_``; identities of what has to be made there are left out."""
    form_repeat = goal_.form_repeat if place.group else ""
    repeat = key.group_repeat if key.group_repeat and ":" not in key.group_repeat else ""
    return key._replace(
        subject=goal_.subject, event=goal_.event, event_repeat=goal_.event_repeat,
        form_repeat=form_repeat, group_repeat=repeat,
    )  # fmt: skip


def _left(
    session: Session, place: ItemKey, goal_: ItemKey, one: Stands, found: Sequence[Stands]
) -> Text | None:
    """Why an answer cannot go along: a link to a row that the other participant does not have."""
    if one.entry is None or goal_.subject == place.subject or not _is_link(session, one.key):
        return None
    own = {other.key.group_repeat for other in found}
    named = links.identities(one.entry.text) or ()
    return None if set(named) <= own else message("trace.link_stays")


def _is_link(session: Session, key: ItemKey) -> bool:
    item: Item | None = session.versions.words.forms[key.form].items.get(key.item)
    return item is not None and item.type is ItemType.LINK


def obstacle(session: Session, place: ItemKey, goal_: ItemKey, found: Sequence[Stands]) -> Text | None:
    """Why it cannot go there, in words; None when it can."""
    from mda5_crf.services.wrongplace import words

    study = session.study
    if not place.event:
        return message("trace.participant_stays")
    if goal_.subject not in {one.identity for one in session.subjects()}:
        return message("trace.no_target")
    site = session.cache(goal_.subject).data.site
    if site != session.site:
        return message("entry.other_site_read_only", site=site)
    event = study.events.get(goal_.event)
    if event is None or (event.repeating and place.form and not goal_.event_repeat):
        return message("trace.no_target")
    repeats = session.cache(goal_.subject).data.event_repeats.get(goal_.event, ())
    if goal_.event_repeat and goal_.event_repeat not in repeats:
        return message("trace.no_target")
    if goal_.event_key() == place.event_key() and not (
        place.group and goal_.form_repeat != place.form_repeat
    ):
        return message("trace.same_place", place=words(session, goal_))
    due = {one.form for one in study.forms_of(goal_.event)}
    foreign = [form for form in dict.fromkeys(one.key.form for one in found) if form not in due]
    if foreign:
        return message("trace.form_not_there", form=study.forms[foreign[0]].name, place=words(session, goal_))
    if place.group and study.forms[place.form].repeating and not goal_.form_repeat:
        return message("trace.no_target")
    split = next((one for one in found if one.entry is not None and one.entry.conflict), None)
    if split is not None:
        return message("trace.conflict_first", item=split.label, place=words(session, split.key.form_key()))
    return _occupied(session, place, goal_, found)


def _occupied(session: Session, place: ItemKey, goal_: ItemKey, found: Sequence[Stands]) -> Text | None:
    """What stands in the way: a single form at the target in which something was entered already."""
    from mda5_crf.services.wrongplace import words

    if place.group and place.group_repeat:
        return None  # one more row of a log is always welcome
    for form in dict.fromkeys(one.key.form for one in found):
        target = goal_.event_key()._replace(form=form)
        if session.study.forms[form].repeating or (
            session.study.events[goal_.event].repeating and not goal_.event_repeat
        ):
            continue
        there = standing(session, target)
        if there:
            return message("trace.not_empty", place=words(session, target), what=some(there))
    return None


# -- the records ---------------------------------------------------------------------------------------


class Copy:
    """The records of a move, in rounds: a repeat has to be there before anything lies in it."""

    def __init__(
        self,
        session: Session,
        place: ItemKey,
        goal_: ItemKey,
        lines: Sequence[Carried],
        reason: Mapping[str, str],
    ) -> None:
        self._session = session
        self._place, self._goal = place, goal_
        self._lines = [line for line in lines if line.to is not None]
        self._reason = dict(reason)
        self._made: dict[str, str] = {}
        """Identity at the old place → identity at the new one."""
        self._waiting: list[str] = []

    def rounds(self) -> list[Any]:
        """What :meth:`Session.append` calls one after the other, each with all records so far."""
        return [self._forms, self._rows, self._values]

    def first(self) -> list[Draft]:
        """The repeat of the visit, where one has to be made."""
        event = self._session.study.events[self._goal.event]
        if not event.repeating or self._goal.event_repeat:
            return []
        return [
            self._instance("event", self._goal.subject, {"event": self._goal.event}, self._place.event_repeat)
        ]

    def arrived(self) -> ItemKey:
        """The place where it is now."""
        return self._there(self._place)

    def _instance(self, kind: str, key: str, content: Mapping[str, object], old: str) -> Draft:
        self._waiting.append(old)
        origin = {"origin": {"moved": old}} if old else {}
        return Draft(kind, key, {**content, **origin})

    def _take(self, records: Sequence[AuditRecord]) -> None:
        """Note what the records of the round before have become."""
        if self._waiting:
            made = records[-len(self._waiting) :]
            for old, record in zip(self._waiting, made, strict=True):
                if old:
                    self._made[old] = record.id
                if record.kind == "event":
                    self._goal = self._goal._replace(event_repeat=record.id)
        self._waiting = []

    def _there(self, key: ItemKey) -> ItemKey:
        form_repeat = self._made.get(key.form_repeat, "")
        if self._place.group and not form_repeat:
            form_repeat = self._goal.form_repeat
        return key._replace(
            subject=self._goal.subject, event=self._goal.event, event_repeat=self._goal.event_repeat,
            form_repeat=form_repeat, group_repeat=self._made.get(key.group_repeat, key.group_repeat),
        )  # fmt: skip

    def _forms(self, records: Sequence[AuditRecord]) -> list[Draft]:
        self._take(records)
        if self._place.group:
            return []
        forms = dict.fromkeys(line.key.form_key() for line in self._lines if line.key.form_repeat)
        visit = self._goal.event_key().path()
        return [self._instance("form", visit, {"form": form.form}, form.form_repeat) for form in forms]

    def _rows(self, records: Sequence[AuditRecord]) -> list[Draft]:
        self._take(records)
        rows = dict.fromkeys(line.key.row_key() for line in self._lines if ":" in line.key.group_repeat)
        return [
            self._instance("row", self._there(row)._replace(group_repeat="").path(), {}, row.group_repeat)
            for row in rows
        ]

    def _values(self, records: Sequence[AuditRecord]) -> list[Draft]:
        self._take(records)
        entries = self._session.cache(self._place.subject).data.entries
        old = self._session.cache(self._place.subject).heads
        heads = self._session.cache(self._goal.subject).heads
        drafts = []
        for line in self._lines:
            entry = entries.get(line.key)
            if entry is None:
                continue
            key = self._there(line.key)
            content: dict[str, object] = (
                {"code": entry.missing} if entry.missing else {"text": self._text(line.key, entry)}
            )
            if entry.unit:
                content["unit"] = entry.unit
            content |= {"origin": {"moved": old.get(line.key, ("",))[0]}, "reason": self._reason}
            kind = "missing" if entry.missing else "value"
            drafts.append(Draft(kind, key.path(), content, heads.get(key, ())))
        return drafts

    def _text(self, key: ItemKey, entry: Entry) -> str:
        """The answer; a link to a row that moves along names the new one."""
        named = links.identities(entry.text) if _is_link(self._session, key) else None
        if not named:
            return entry.text
        return links.SEPARATOR.join(self._made.get(one, one) for one in named)
