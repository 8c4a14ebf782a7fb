"""What is different in a participant's record between two moments: for the monitor, on screen or paper.

Both moments are sessions (``services.asof``), and what is told is the difference of the two, not the way from
one to the other: a value that was changed and changed back, or typed again as it was, is not listed; a query
that was asked and answered is one line. Who, when and why are those of the last record that made it so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read
from mda5_crf.db.clock import read_at
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import auditwords
from mda5_crf.services.asof import Moment, as_of, locate, moment_words, present
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.endorsing import place_words, value_words
from mda5_crf.services.sdv import CHANGED, VERIFIED
from mda5_crf.services.sincestate import Side, side_of
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

NOTHING: Final = both("")
ENROLLED, NUMBER, ROW, STRUCK, VOID = "enrolled", "number", "row", "struck", "void"
VALUE, COMPUTED, STATUS, QUERY = "value", "computed", "status", "query"
SDV, ENDORSED, SIGNATURE, LOCK, REDACTED = "sdv", "endorsed", "signature", "lock", "redacted"
KINDS: Final = (
    ENROLLED, NUMBER, ROW, STRUCK, VOID, VALUE, COMPUTED, STATUS, QUERY, SDV, ENDORSED, SIGNATURE, LOCK,
    REDACTED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is different. ``kind`` is one of KINDS, ``what`` it in words (an item's label, "query").

    ``old`` and ``new`` as people read them, "" = nothing there. ``person`` a name, ``at`` UTC, ``why`` in
    words; of a consequence (a computed value, a signature that no longer counts) there is none of the three.
    ``items``: what lies in it, where one act was about many items. ``steps``: how many records led from old
    to new. ``record``: the last of them.
    """

    kind: str
    key: ItemKey
    what: Text
    old: Text = NOTHING
    new: Text = NOTHING
    person: str = ""
    at: datetime | None = None
    why: Text = NOTHING
    record: str = ""
    items: tuple[ItemKey, ...] = ()
    steps: int = 1


@dataclass(frozen=True, slots=True)
class PlaceDifferences:
    """What is different in one form, or about a visit or the participant as such. ``label``: ``W4 VS``."""

    key: ItemKey
    name: Text
    label: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """All of a participant, in schedule order. ``since`` and ``until``: the moments in words.

    ``heads`` are those of ``since`` and ``until``: by them both moments can be found again.
    """

    subject: str
    subjid: str
    since: Text
    until: Text
    heads: tuple[Mapping[str, int], Mapping[str, int]]
    places: tuple[PlaceDifferences, ...] = field(default=())

    @property
    def count(self) -> int:
        """How many differences."""
        return sum(len(place.differences) for place in self.places)


def since(session: Session, subject: str, moment: Moment, until: Moment | None = None) -> Differences:
    """What is different in ``until`` (None = now) from what stood at ``moment``.

    Of a participant who was not there yet, everything is new. Raises PermissionDenied, InputRefused (see
    ``asof.locate``; a moment after ``until``), StoreError.
    """
    start = locate(session, moment)
    end = locate(session, present(session) if until is None else until)
    if any(seq > end.vector.get(device, 0) for device, seq in start.vector.items()):
        raise InputRefused("asof.backwards")
    device, seq = split_id(subject) or ("", 0)
    with ExitStack() as opened:
        now = session if until is None else opened.enter_context(as_of(session, until, [subject]))
        before = Side()
        if seq <= start.vector.get(device, 0):
            before = side_of(opened.enter_context(as_of(session, moment, [subject])), subject)
        found = _Comparison(now, subject, before, side_of(now, subject), start.vector)
        words = moment_words(session, start), moment_words(session, end)
        return Differences(subject, now.subjid(subject), *words, (start.vector, end.vector), found.in_order())


class _Comparison:
    """Two sides of one participant."""

    def __init__(
        self, session: Session, subject: str, before: Side, after: Side, known: Mapping[str, int]
    ) -> None:
        self._session, self._subject, self._known = session, subject, known
        self._before, self._after = before, after
        self._names = {one.person: one.name for one in read.persons(session.vault.store)}
        records = (*session.vault.journal.records(subject, standing=True), *after.created)
        fresh = [one for one in records if one.seq > known.get(one.device, 0)]
        self._fresh: dict[tuple[str, str], list[AuditRecord]] = {}
        for record in sorted(fresh, key=lambda one: (one.clock, one.device, one.seq)):
            self._fresh.setdefault((record.key, record.kind), []).append(record)

    def in_order(self) -> tuple[PlaceDifferences, ...]:
        """Every difference, by place, as the schedule has them; participant and visits before their forms."""
        session = self._session
        places: dict[ItemKey, list[Difference]] = {}
        for one in self._all():
            place = one.key.form_key() if one.key.form else one.key.event_key()
            places.setdefault(place, []).append(one)
        return tuple(
            PlaceDifferences(
                place,
                place_words(session, place),
                " ".join(filter(None, (session.event_label(place) if place.event else "",
                                       session.form_label(place)))),
                tuple(sorted(found, key=self._rank)),
            )
            for place, found in sorted(places.items(), key=lambda pair: self._after.rank(pair[0]))
        )  # fmt: skip

    def _rank(self, one: Difference) -> tuple[object, ...]:
        # By item; then what happened to it, in the order of KINDS; then in the order in which it happened.
        return *self._order(one.key), KINDS.index(one.kind), one.at is None, one.at or 0

    def _order(self, key: ItemKey) -> tuple[int, int, int]:
        """Where an item or row stands in its form; the form itself comes first."""
        form = self._session.study_for(key).forms.get(key.form)
        groups = [group.name for group in form.groups] if form is not None else []
        names = list(form.items) if form is not None else []
        return (
            groups.index(key.group) + 1 if key.group in groups else 0,
            self._line(key) if key.group_repeat else 0,
            names.index(key.item) + 1 if key.item in names else 0,
        )

    def _line(self, key: ItemKey) -> int:
        data = self._session.cache(self._subject).data
        return data.line_of(key._replace(group_repeat="", item=""), key.group_repeat) or 0

    def _all(self) -> Iterator[Difference]:
        yield from self._participant()
        yield from self._structure()
        yield from self._values()
        yield from self._computed()
        yield from self._statuses()
        yield from self._queries()
        yield from self._sdv()
        yield from self._acts()
        yield from self._signatures()
        yield from self._redacted()

    # -- participant, visits, rows ---------------------------------------------------------------------

    def _participant(self) -> Iterator[Difference]:
        key, before, after = ItemKey(self._subject), self._before, self._after
        if not before.subjid:
            yield self._by(after.created[:1], Difference(ENROLLED, key, message("since.enrolled"),
                                                         new=both(after.subjid)))  # fmt: skip
        elif before.subjid != after.subjid:
            made = self._records(self._subject, "subject")
            yield self._by(made, Difference(NUMBER, key, message("since.number"),
                                            both(before.subjid), both(after.subjid)))  # fmt: skip

    def _structure(self) -> Iterator[Difference]:
        before, after = self._before, self._after
        for row in after.instances.values():
            if row.key not in before.instances:
                record = self._session.vault.journal.get(row.identity)
                what = message(f"since.{row.level}_added")
                yield self._by([record] if record else [], Difference(ROW, row.key, what))
        for key in sorted(before.struck ^ after.struck):
            place = key.path()
            struck = key in after.struck
            if made := self._records(place, "strike"):  # without one it is void, which is told by itself
                yield self._by(
                    made, Difference(STRUCK, key, message(f"since.{'struck' if struck else 'restored'}"))
                )
        for (place, kind), made in self._fresh.items():
            if kind in ("void", "unvoid") and made:
                what = message(f"since.{kind}")
                target = str(made[-1].data.get("moved_to") or "")
                new = place_words(self._session, ItemKey.parse(target), subject=True) if target else NOTHING
                yield self._by(made, Difference(VOID, ItemKey.parse(place), what, new=new))

    # -- answers ---------------------------------------------------------------------------------------

    def _values(self) -> Iterator[Difference]:
        before, after = self._before.entries, self._after.entries
        for key in {**before, **after}:
            old, new = before.get(key), after.get(key)
            if old is not None and new is not None and _said(old) == _said(new):
                continue
            if self._moved(old, new):
                continue
            made = [*self._records(key.path(), "value"), *self._records(key.path(), "missing")]
            last = self._session.vault.journal.get(new.record) if new is not None else None
            told = Difference(
                VALUE, key, self._label(key), self._answer(key, old), self._answer(key, new), steps=len(made)
            )
            yield self._by([last] if last is not None else [], told)

    def _moved(self, old: read.EntryRow | None, new: read.EntryRow | None) -> bool:
        """Whether an answer comes or goes because its place became void or counts again: told by itself."""
        if new is None or self._after.void(new):
            return True
        return old is not None and old.record == new.record and self._before.void(old)

    def _answer(self, key: ItemKey, entry: read.EntryRow | None) -> Text:
        if entry is None:
            return NOTHING
        if entry.absent and not entry.text and not entry.missing:
            return NOTHING if self._after.void(entry) else message("since.redacted_value")
        said = both(entry.missing) if entry.missing else NOTHING
        if entry.text:
            said = value_words(self._session, key, entry.text, entry.unit)
        return message("since.conflict", value=said, count=len(entry.heads)) if entry.conflict else said

    def _computed(self) -> Iterator[Difference]:
        before, after = self._before.computed, self._after.computed
        for key in {**before, **after}:
            if before.get(key, "") != after.get(key, ""):
                old, new = (value_words(self._session, key, side.get(key, "")) for side in (before, after))
                yield Difference(COMPUTED, key, self._label(key), old, new)

    def _statuses(self) -> Iterator[Difference]:
        before, after = self._before.statuses, self._after.statuses
        for form in {**before, **after}:
            if before.get(form) != after.get(form):
                old, new = (
                    auditwords.status({"status": side[form]}) if form in side else NOTHING
                    for side in (before, after)
                )
                made = self._records(form.path(), "status")
                if made:  # without one its place became void, which is told by itself
                    yield self._by(made, Difference(STATUS, form, message("since.status"), old, new))

    # -- what is said about answers --------------------------------------------------------------------

    def _queries(self) -> Iterator[Difference]:
        before = self._before.queries
        for name, query in self._after.queries.items():
            was = before.get(name)
            if was is None or (was.state, was.answer) != (query.state, query.answer):
                what = message("since.query", text=query.text)
                told = Difference(QUERY, query.key, what, _query_words(was), _query_words(query))
                record = self._session.vault.journal.get(query.record) if query.record else None
                yield self._by([record] if record is not None else [], told)

    def _sdv(self) -> Iterator[Difference]:
        before, after = self._before.sdv, self._after.sdv
        many: dict[tuple[ItemKey, str, str], list[ItemKey]] = {}
        for key in {**before, **after}:
            old, new = before.get(key), after.get(key)
            if old is not None and new is not None and (old.state, old.record) == (new.state, new.record):
                continue
            state = new.state if new is not None else "withdrawn"
            many.setdefault(
                (key.form_key(), state, new.person if new and state == VERIFIED else ""), []
            ).append(key)
        for (form, state, _), keys in many.items():
            made = [one for key in keys for one in self._records(key.path(), "verify")]
            keys.sort(key=self._order)
            what = message(f"since.sdv_{state}", count=len(keys))
            told = Difference(SDV, form, what, new=self._labels(keys), items=tuple(keys), steps=len(keys))
            yield told if state == CHANGED else self._by(_in_time(made), told)

    def _acts(self) -> Iterator[Difference]:
        many: dict[tuple[ItemKey, str], list[AuditRecord]] = {}
        for (place, kind), made in self._fresh.items():
            if kind == "endorse":
                many.setdefault((ItemKey.parse(place).form_key(), made[-1].person), []).append(made[-1])
        for (form, _), made in many.items():
            keys = sorted((ItemKey.parse(one.key) for one in made), key=self._order)
            what = message("since.endorsed", count=len(keys))
            told = Difference(
                ENDORSED, form, what, new=self._labels(keys), items=tuple(keys), steps=len(keys)
            )
            yield self._by(_in_time(made), told)
        for record, act in self._after.locks.items():
            if record not in self._before.locks:
                key = ItemKey.parse(act.scope) if act.scope else ItemKey(self._subject)
                what = message(f"since.lock_{act.state}" + ("" if act.scope else "_study"))
                yield Difference(
                    LOCK,
                    key,
                    what,
                    person=self._name(act.person),
                    at=act.at,
                    why=both(act.reason),
                    record=record,
                )

    def _signatures(self) -> Iterator[Difference]:
        before = self._before.signatures
        for record, one in self._after.signatures.items():
            was = before.get(record)
            if was is None:
                told = message("since.signature", meaning=one.meaning_text)
                yield Difference(
                    SIGNATURE, one.key, told, new=one.text, person=one.person, at=one.at, record=record
                )
            elif was.state != one.state:
                told = message("since.signature_ended", meaning=one.meaning_text)
                yield Difference(SIGNATURE, one.key, told, was.text, one.text, record=record)

    def _redacted(self) -> Iterator[Difference]:
        # What is gone now is gone in every view: only the record that took it away says when that was.
        for emptied, by in self._after.redactions.items():
            act, record = (self._session.vault.journal.get(one) for one in (by, emptied))
            mine = record is not None and record.key.startswith(f"{self._subject}/")
            if act is not None and record is not None and mine and act.seq > self._known.get(act.device, 0):
                yield self._by(
                    [act],
                    Difference(
                        REDACTED,
                        ItemKey.parse(record.key),
                        message("since.redacted", item=self._label(ItemKey.parse(record.key))),
                    ),
                )

    # -- words -----------------------------------------------------------------------------------------

    def _records(self, place: str, kind: str) -> list[AuditRecord]:
        return self._fresh.get((place, kind), [])

    def _by(self, records: Iterable[AuditRecord], told: Difference) -> Difference:
        """``told`` with who, when and why of the last of ``records``."""
        last = next(reversed(list(records)), None)
        if last is None:
            return told
        _, words, typed = auditwords.reason(last.data, self._session.study)
        why = Text(": ".join(filter(None, (words.en, typed))), "：".join(filter(None, (words.zh, typed))))
        return replace(told, person=self._name(last.person), at=read_at(last.at), why=why, record=last.id)

    def _name(self, person: str) -> str:
        return self._names.get(person, person)

    def _label(self, key: ItemKey) -> Text:
        form = self._session.versions.words.forms.get(key.form)
        item = form.items.get(key.item) if form is not None else None
        label = both(key.item) if item is None else item.label
        line = self._line(key) if key.group_repeat else 0
        return message("since.in_row", row=line, item=label) if line else label

    def _labels(self, keys: Iterable[ItemKey]) -> Text:
        labels = [self._label(key) for key in keys]
        return Text("; ".join(one.en for one in labels), "；".join(one.zh for one in labels))


def _said(entry: read.EntryRow | None) -> tuple[object, ...]:
    return ("", "", "", False, False) if entry is None else (
        entry.text, entry.unit, entry.missing, entry.conflict, entry.absent
    )  # fmt: skip


def _query_words(query: QueryInfo | None) -> Text:
    if query is None:
        return NOTHING
    state = message(f"entry.state_{query.state}")
    return message("since.query_answer", state=state, answer=query.answer) if query.answer else state


def _in_time(records: Iterable[AuditRecord]) -> list[AuditRecord]:
    return sorted(records, key=lambda one: (one.clock, one.device, one.seq))
