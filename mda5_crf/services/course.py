"""The course of one item in time: its values at all visits of a participant, the last one, the change.

Read from the engine's memory, so entered and computed items are alike and gates are obeyed. Nothing here is
judged: limits are drawn where the definition puts them, what is wrong is said by checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.study import operand, timeline
from mda5_crf.study.dates import PartialDate, earliest
from mda5_crf.study.evaluate import memory_of
from mda5_crf.study.findings import shown
from mda5_crf.study.memory import Memory
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.study.operand import Interval, plain
from mda5_crf.study.scope import Scope
from mda5_crf.study.values import Status, Value
from mda5_crf.text import Text, both

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.study.data import SubjectData

Day = date | PartialDate

NUMBERS = frozenset({ItemType.INTEGER, ItemType.DECIMAL})
_TOLD = NUMBERS | {ItemType.CODE, ItemType.MULTI}
_LONGEST_TEXT = 60
"""A text of at most so many characters names something (a device, a laboratory); a longer one is a story."""
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Point:
    """One value of the course.

    ``day`` is the form's own date (of the sample, of the test), else the date of the visit, None when
    neither is known. ``data`` is in the stored unit, an :class:`Interval` for ``<5``, and None for everything
    that is no number. ``words`` are what people read: the number in the stored unit, the answer, the missing
    code's words, or, of a nonconformant text, that text. ``here``: the value of the form asked about.
    """

    key: ItemKey
    event: str
    day: Day | None
    status: Status
    data: Decimal | Interval | None
    words: Text
    identity: str
    conflict: bool = False
    here: bool = False

    @property
    def counts(self) -> bool:
        """Whether this is an answer: neither missing nor nonconformant."""
        return self.status is Status.VALID


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of the trial, in the stored unit."""

    at: Decimal
    text: Text


@dataclass(frozen=True, slots=True)
class Course:
    """See the module text. ``points`` in order of time; ``before`` of them lie before the form asked about.

    ``last`` is the last answer before it. ``change`` and ``percent`` (of the last value) are exact up to 34
    digits, and None where there is no number on either side, or nothing above 0 to be a part of.
    ``band`` is what is usual (reference limits of this very result), either end None for open.
    """

    key: ItemKey
    item: Item
    points: tuple[Point, ...] = ()
    before: int = 0
    last: Point | None = None
    change: Decimal | None = None
    percent: Decimal | None = None
    thresholds: tuple[Threshold, ...] = ()
    band: tuple[Decimal | None, Decimal | None] | None = None

    @property
    def here(self) -> Point | None:
        """The value of the form that was asked about."""
        return next((point for point in self.points if point.here), None)

    @property
    def drawn(self) -> tuple[Point, ...]:
        """The points that can be drawn: numbers and intervals."""
        return tuple(point for point in self.points if point.data is not None)


def has_course(item: Item, group_repeat: str) -> bool:
    """Whether earlier values of an item say something: not those of log rows, dates and stories."""
    if group_repeat:
        return False
    short = item.type is ItemType.TEXT and item.length is not None and item.length <= _LONGEST_TEXT
    return item.type in _TOLD or short


def course(session: Session, key: ItemKey) -> Course:
    """The course of the item at ``key`` as it stands.

    Kept until anything of the participant changes. Raises PermissionDenied, and KeyError for an item the
    definition does not have.
    """
    session.require(Action.READ)
    data = session.data(key.subject)
    study, today = session.study_for(key), session.today
    stamp = (data.revision, study.hash, today)
    kept = _KEPT.get(data)
    if kept is None or kept[0] != stamp:
        kept = _KEPT[data] = (stamp, {})
    found = kept[1].get(key)
    if found is None:
        found = kept[1][key] = _Reader(session, study, data, key, today).course()
    return found


_KEPT: WeakKeyDictionary[SubjectData, tuple[tuple[int, str, date], dict[ItemKey, Course]]] = (
    WeakKeyDictionary()
)


def day_of(session: Session, form: ItemKey) -> Day | None:
    """The date of a form instance: its own, else of its visit; None while neither is known."""
    data = session.data(form.subject)
    return _day(memory_of(session.study_for(form), data, session.today), form.form_key())


class _Reader:
    """Collects one course."""

    def __init__(self, session: Session, study: Study, data: SubjectData, key: ItemKey, today: date) -> None:
        self._session = session
        self._key = key
        self._form = key.form_key()
        self._data = data
        self._item = study.forms[key.form].items[key.item]
        self._memory = memory_of(study, data, today)

    def course(self) -> Course:
        item = self._item
        if not has_course(item, self._key.group_repeat):
            return Course(self._key, item)
        places = sorted(self._instances(), key=self._place)
        points: list[Point] = []
        before = 0
        for form in places:
            if form == self._form:
                before = len(points)
            point = self._point(form)
            if point is not None:
                points.append(point)
        last = next((point for point in reversed(points[:before]) if point.counts), None)
        here = next((point for point in points if point.here), None)
        change, percent = _change(last, here)
        return Course(
            self._key, item, tuple(points), before, last, change, percent, self._thresholds(), self._band()
        )

    def _instances(self) -> Iterator[ItemKey]:
        """The form instance itself, and those of all other visits that hold something.

        Other instances of a repeating form at the same visit are no earlier values but other readings of the
        same thing; a reader does not see them here.
        """
        yield self._form
        memory, computed = self._memory, self._item.computed
        asks = memory.plan.forms[self._form.form].asks
        for place in memory.events(self._form.form):
            if place.event_key() == self._form.event_key():
                continue
            for form in memory.repeats(place):
                if computed:
                    if not asks or self._data.has_entries(form):
                        yield form
                elif form._replace(group=self._key.group, item=self._key.item) in self._data.entries:
                    yield form

    def _place(self, form: ItemKey) -> tuple[date, int, int]:
        """Where a form instance stands in time; without a date, behind the last dated visit before it."""
        memory = self._memory
        event = form.event_key()
        earlier = timeline.before(memory, memory.context(event))
        day = _day(memory, form)
        start = date.min
        if day is not None:
            start = earliest(day)
        else:
            known = (timeline.event_date(memory, memory.context(event), other) for other in earlier)
            start = next((found for found in known if found is not None), date.min)
        repeats = self._data.form_repeats.get(form._replace(form_repeat=""), ())
        number = repeats.index(form.form_repeat) if form.form_repeat in repeats else 0
        return start, len(earlier), number

    def _point(self, form: ItemKey) -> Point | None:
        context = self._memory.context(form)
        value = context.scope.whole(self._item.name)
        if value is None or value.status is Status.EMPTY:
            return None
        plan = context.plan.by_name[self._item.name]
        return Point(
            key=form._replace(group=self._key.group, item=self._key.item),
            event=self._session.event_label(form),
            day=_day(self._memory, form),
            status=value.status,
            data=value.data if isinstance(value.data, Decimal | Interval) and self._numeric else None,
            words=self._words(value) or shown(context, plan, value),
            identity=value.identity,
            conflict=value.conflict,
            here=form == self._form,
        )

    @property
    def _numeric(self) -> bool:
        return self._item.type in NUMBERS

    def _words(self, value: Value) -> Text | None:
        """A number in the stored unit, whatever it was typed in; None for what the form says as it is."""
        if not self._numeric or value.data is None:
            if self._item.type is ItemType.MULTI and isinstance(value.data, tuple) and self._item.codelist:
                return _joined(self._memory.plan.study, self._item.codelist, value.data)
            return None
        if isinstance(value.data, Decimal):
            if not self._item.computed and value.unit in (None, self._item.unit):
                return both(value.text)  # "37.50" as it was typed
            return both(number(value.data, self._item.decimals if self._item.computed else None))
        return both(str(value.data)) if isinstance(value.data, Interval) else None

    # -- limits ----------------------------------------------------------------------------------------

    @property
    def _scope(self) -> Scope:
        return self._memory.context(self._form).scope

    def _thresholds(self) -> tuple[Threshold, ...]:
        course = self._item.course
        if course is None:
            return ()
        found = ((line.at.evaluate(self._scope), line.text) for line in course.lines)
        return tuple(Threshold(at, text) for at, text in found if isinstance(at, Decimal))

    def _band(self) -> tuple[Decimal | None, Decimal | None] | None:
        course = self._item.course
        if course is None or course.band is None:
            return None
        low, high = (None if end is None else end.evaluate(self._scope) for end in course.band)
        ends = (low if isinstance(low, Decimal) else None, high if isinstance(high, Decimal) else None)
        return None if ends == (None, None) else ends


def number(value: Decimal, decimals: int | None) -> str:
    """A number for people: with the decimals of its item, else at most 6 without trailing zeros."""
    rounded = operand.round_half_up(value, 6 if decimals is None else decimals)
    return plain(rounded) if decimals is None else format(rounded, "f")


def _change(last: Point | None, here: Point | None) -> tuple[Decimal | None, Decimal | None]:
    if last is None or here is None or not here.counts:
        return None, None
    if not isinstance(last.data, Decimal) or not isinstance(here.data, Decimal):
        return None, None
    change = operand.subtract(here.data, last.data)
    if not isinstance(change, Decimal):
        return None, None
    percent = None
    if last.data > 0:
        times = operand.multiply(change, _HUNDRED)
        part = None if times is None else operand.divide(times, last.data)
        percent = part if isinstance(part, Decimal) else None
    return change, percent


def _day(memory: Memory, form: ItemKey) -> Day | None:
    context = memory.context(form)
    own = context.plan.form
    if own is not None and own.date_item is not None:
        found = context.scope.local[own.date_item]
        if isinstance(found, date | PartialDate):
            return found
    event = form.event_key()
    return timeline.event_date(memory, memory.context(event), event)


def _joined(study: Study, codelist: str, codes: tuple[str, ...]) -> Text:
    by_code = study.codelists[codelist].by_code
    texts = [by_code[code].text if code in by_code else both(code) for code in codes]
    return Text(", ".join(text.en for text in texts), "、".join(text.zh for text in texts))
