"""The data as they stand, as an ODM 1.3.2 snapshot: of every participant what the forms show now.

Struck rows and what was voided are not in it. An answer behind a gate that has closed is null, with what was
entered in the comment. Computed values are in it as their items show them. Queries, status, verification and
signatures that count stand where they belong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mda5_crf.exchange.odm_file import stamp
from mda5_crf.exchange.odm_names import (
    NOBODY,
    NOWHERE,
    event_oid,
    form_oid,
    group_oid,
    signature_oid,
    site_oid,
    user_oid,
    version_oid,
)
from mda5_crf.exchange.odm_values import Cell, Note, cells, nulls, write_note
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.exportfeed import Feed, Participant
from mda5_crf.study.model import ItemGroup
from mda5_crf.study.state import FormState, ItemState
from mda5_crf.study.values import Status, show
from mda5_crf.text import Language

if TYPE_CHECKING:
    from mda5_crf.services.changes import EventNode, FormNode, QueryInfo

_FIRST_QUERY = 11


def write_snapshot(
    out: XmlOut,
    feed: Feed,
    subjects: frozenset[str] | None,
    language: Language,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[int, set[str]]:
    """ClinicalData of these participants, None = all. Returns how many answers, and whose."""
    study = feed.study
    chosen = [
        one for one in feed.participants if not one.voided and (subjects is None or one.identity in subjects)
    ]
    out.start("ClinicalData", StudyOID=study.oid, MetaDataVersionOID=version_oid(study))
    answers = 0
    for number, one in enumerate(chosen):
        progress(number, len(chosen))
        loaded = feed.session.is_loaded(one.identity)
        answers += _Subject(out, feed, one, language).write()
        if not loaded:
            feed.session.let_go(one.identity)  # a thousand of them do not fit
    out.end()
    return answers, {one.identity for one in chosen}


class _Subject:
    """Writes one participant."""

    def __init__(self, out: XmlOut, feed: Feed, who: Participant, language: Language) -> None:
        self._out, self._feed, self._who, self._language = out, feed, who, language
        self._session, self._study = feed.session, feed.study
        self._answers = 0
        self._users = {one.id for one in feed.people}
        self._queries: dict[ItemKey, list[QueryInfo]] = defaultdict(list)
        self._site = site_oid(who.site) if who.site in feed.sites else NOWHERE
        for query in self._session.queries(who.identity):
            self._queries[query.key].append(query)
        self._signatures = {one.key: one for one in feed.signatures(who.identity)}

    def write(self) -> int:
        """The SubjectData; returns how many items have something to say."""
        out, who = self._out, self._who
        out.start("SubjectData", SubjectKey=who.name, mda5_Identity=who.identity, mda5_Number=who.number)
        key = ItemKey(who.identity)
        self._signed(key)
        out.leaf("SiteRef", LocationOID=self._site)
        self._asked(key)
        for event in self._session.tree(who.identity):
            self._event(event)
        out.end()
        return self._answers

    def _event(self, event: EventNode) -> None:
        out, told = self._out, []
        for form in event.forms:
            state = self._session.state(form.key)
            if self._says(state):
                told.append((form, state))
        if not told and not self._queries.get(event.key):
            return
        out.start(
            "StudyEventData", StudyEventOID=event_oid(event.key.event),
            StudyEventRepeatKey=self._number(event.key.event_repeat),
            mda5_Identity=event.key.event_repeat or None,
        )  # fmt: skip
        self._signed(event.key)
        self._asked(event.key)
        for form, state in told:
            self._form(form, state)
        out.end()

    def _says(self, state: FormState) -> bool:
        return (
            any(
                one.value.status is not Status.EMPTY or self._queries.get(one.key)
                for one in state.items.values()
            )
            or bool(state.no_longer_apply)
            or bool(self._queries.get(state.key))
            or state.status in ("complete", "not_done")
        )

    def _form(self, node: FormNode, state: FormState) -> None:
        out = self._out
        out.start(
            "FormData", FormOID=form_oid(node.key.form), FormRepeatKey=self._number(node.key.form_repeat),
            mda5_Identity=node.key.form_repeat or None,
        )  # fmt: skip
        self._signed(node.key)
        write_note(out, 1, Note("STATUS", state.status))
        self._asked(node.key)
        rows: dict[tuple[str, str], list[ItemState]] = defaultdict(list)
        for one in state.items.values():
            if one.value.status is not Status.EMPTY or one.key in self._queries or self._kept(one):
                rows[one.key.group, one.key.group_repeat].append(one)
        for group in node.form.groups:
            repeats = [repeat for name, repeat in rows if name == group.name]
            for repeat in self._in_order(repeats):
                self._group(node.key, group, repeat, rows[group.name, repeat])
        out.end()

    def _in_order(self, repeats: Sequence[str]) -> list[str]:
        """Rows in the order people number them."""
        return sorted(repeats, key=lambda repeat: int(self._number(repeat) or 0))

    def _group(self, form: ItemKey, group: ItemGroup, repeat: str, items: Sequence[ItemState]) -> None:
        out = self._out
        out.start(
            "ItemGroupData", ItemGroupOID=group_oid(form.form, group.name),
            ItemGroupRepeatKey=self._number(repeat), mda5_Identity=repeat or None,
        )  # fmt: skip
        for one in items:
            self._item(one)
        out.end()

    def _kept(self, one: ItemState) -> bool:
        """Whether an answer lies behind a gate that has closed."""
        return not one.relevant and self._session.data(one.key.subject).get(one.key) is not None

    def _item(self, one: ItemState) -> None:
        self._answers += 1
        for place, cell in enumerate(self._cells(one)):
            null = "Yes" if cell.value is None else None
            self._out.start("ItemData", ItemOID=cell.oid, Value=cell.value, IsNull=null)
            if cell.unit is not None:
                self._out.leaf("MeasurementUnitRef", MeasurementUnitOID=cell.unit)
            for number, note in enumerate(cell.notes, 1):
                write_note(self._out, number, note, by="Site")
            if not place:
                self._asked(one.key)
            self._out.end()

    def _cells(self, one: ItemState) -> list[Cell]:
        item, value = one.item, one.value
        if item.computed:
            text = show(item, value)
            return cells(item, self._study, text) if text else nulls(item, self._study)
        entry = self._session.data(one.key.subject).get(one.key)
        if entry is None:
            return nulls(item, self._study)
        if not one.relevant:
            said = entry.missing or f"{entry.text} {entry.unit or ''}".strip()
            return nulls(item, self._study, (Note("NOT_RELEVANT", "Y", said),))
        extra = (Note("CONFLICT", "Y"),) if entry.conflict else ()
        return cells(item, self._study, entry.text, entry.unit or "", entry.missing or "", extra)

    def _number(self, identity: str) -> str | None:
        return (self._feed.number(self._who.identity, identity) or identity) if identity else None

    def _asked(self, key: ItemKey) -> None:
        for number, query in enumerate(self._queries.get(key, ()), _FIRST_QUERY):
            comment = query.answer or query.text.in_(self._language)
            note = Note("QUERY", query.state, comment)
            write_note(self._out, number, note, by="Site", query=query.id)

    def _signed(self, key: ItemKey) -> None:
        """The newest signature of this very place that counts."""
        one = self._signatures.get(key)
        if one is None:
            return
        out = self._out
        out.start("Signature")
        out.leaf("UserRef", UserOID=user_oid(one.person) if one.person in self._users else NOBODY)
        out.leaf("LocationRef", LocationOID=self._site)
        out.leaf("SignatureRef", SignatureOID=signature_oid(one.meaning))
        out.leaf("DateTimeStamp", stamp(one.at))
        out.end()
