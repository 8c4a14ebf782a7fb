"""What the tables know of each participant: read once, as plain values, then the participant is let go.

Values are the engine's: gates are obeyed, computed items are alike, what is behind a closed gate is nothing.
Nothing is imputed. What is no number (``<5``, text that does not read, a missing code) stays apart from what
was never entered, and 0 is a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import overview
from mda5_crf.services.access import Action
from mda5_crf.services.figureplan import Asked, Measure, Plan
from mda5_crf.study.dates import PartialDate
from mda5_crf.study.evaluate import memory_of
from mda5_crf.study.memory import Memory
from mda5_crf.study.model import Item, Mark, Study
from mda5_crf.study.operand import Interval, Operand
from mda5_crf.study.schedule import event_date
from mda5_crf.study.scope import Scope
from mda5_crf.study.values import Status
from mda5_crf.text import Text, both

if TYPE_CHECKING:
    from mda5_crf.services.changes import SubjectSummary
    from mda5_crf.services.session import Session

NOTHING, NUMBER, LIMIT, CODED, UNREADABLE = "nothing", "number", "limit", "missing_code", "unreadable"
BASELINE: Final = ""
"""The place of a baseline among the readings of a measure."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """A value of a measure at a visit: ``kind`` NUMBER, or why there is none. ``conflict``: two PCs say
    different things, this is the later one.
    """

    number: Decimal | None = None
    kind: str = NOTHING
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class LogRow:
    """A live row of a log: answers that are valid, by item, and the words people read for coded ones."""

    identity: str
    line: int
    answers: Mapping[str, Operand]
    words: Mapping[str, Text]

    def code(self, item: str) -> str:
        """The answer as text, "" when there is none."""
        found = self.answers.get(item)
        return found if isinstance(found, str) else str(found) if isinstance(found, Decimal) else ""

    def day(self, item: str) -> date | PartialDate | None:
        """The answer as a date."""
        found = self.answers.get(item)
        return found if isinstance(found, date | PartialDate) else None


@dataclass(frozen=True, slots=True)
class Case:
    """One participant. ``facts`` and ``words`` by the names of the plan's participant part; ``table1`` in the
    plan's order; ``held``: day of each visit that took place (repeats by label); ``expected``: event → forms
    that have to be there; ``signals``: check, visit, day and the form's number.
    """

    subject: str
    subjid: str
    site: str
    facts: Mapping[str, Operand]
    words: Mapping[str, Text]
    strata: Mapping[str, bool | None]
    readings: Mapping[tuple[str, str], Reading]
    categories: Mapping[str, str]
    responder: str
    observed: str
    table1: tuple[Operand, ...]
    held: Mapping[str, date | PartialDate | None]
    cancelled: frozenset[str]
    due: Mapping[str, tuple[date, date] | None]
    rows: Mapping[str, tuple[LogRow, ...]]
    signals: tuple[tuple[str, str, date | PartialDate | None, Text], ...] = ()
    duplicate: bool = False
    notes: tuple[Text, ...] = field(default=())

    def reading(self, measure: str, event: str = BASELINE) -> Reading:
        """A value; nothing where none was read."""
        return self.readings.get((measure, event), Reading())

    def number(self, measure: str, event: str = BASELINE) -> Decimal | None:
        """A value that is a number."""
        return self.reading(measure, event).number

    def day(self, name: str) -> date | None:
        """A fact that is a whole day."""
        found = self.facts.get(name)
        return found if isinstance(found, date) else None

    def says(self, name: str) -> bool:
        """A fact that is true."""
        return self.facts.get(name) is True

    @property
    def day_one(self) -> date | None:
        """The day of the first dose."""
        return self.day("first_dose")

    @property
    def treated(self) -> bool:
        """Whether a first dose is recorded."""
        return self.day_one is not None


def require(session: Session) -> None:
    """Raise PermissionDenied, or InputRefused for who enters blind, unless the person may see all answers."""
    from mda5_crf.services.second import SecondSession

    session.require(Action.READ)
    if isinstance(session, SecondSession):
        raise InputRefused("figures.blind")


def cases(session: Session, plan: Plan, progress: Progress = lambda _done, _total: None) -> Iterator[Case]:
    """Every participant who counts (nobody enrolled by mistake), by number. Raises as :func:`require`."""
    require(session)
    listed = session.subjects()
    for done, subject in enumerate(listed):
        progress(done, len(listed))
        loaded = session.is_loaded(subject.identity)
        yield _Reader(session, plan, subject).case()
        if not loaded:
            session.let_go(subject.identity)
    progress(len(listed), len(listed))


def visits_of(study: Study, form: str) -> tuple[str, ...]:
    """The planned visits (with a target day) at which a form is due, in order."""
    events = sorted(study.events.values(), key=lambda one: one.rank)
    due = {one.event for one in study.due if one.form == form and one.mark is not Mark.OPTIONAL}
    return tuple(one.oid for one in events if one.oid in due and one.target is not None and not one.repeating)


class _Reader:
    def __init__(self, session: Session, plan: Plan, subject: SubjectSummary) -> None:
        self._session, self._plan, self._subject = session, plan, subject
        self._study = session.study_of(subject.identity)
        self._data = session.data(subject.identity)
        self._key = ItemKey(subject.identity)
        self._memory: Memory = memory_of(self._study, self._data, session.today)
        self._top: Scope = self._memory.context(self._key).scope

    def case(self) -> Case:
        plan, subject = self._plan, self._subject
        facts = {name: self._fact(asked) for name, asked in plan.participant.items()}
        words = {
            name: _words(self._study, asked.item, facts[name])
            for name, asked in plan.participant.items()
            if asked.item is not None and facts[name] is not None
        }
        primary = plan.response
        categories, responder, observed = {}, "", ""
        if primary is not None:
            for event in visits_of(self._study, primary.score.item.form if primary.score.item else ""):
                found = self._at(primary.category, event)
                if isinstance(found, str):
                    categories[event] = found
            responder = _code(self._at(primary.responder, primary.event))
            observed = _code(self._at(primary.observed, primary.event))
        held, cancelled, due = self._visits()
        return Case(
            subject.identity, subject.subjid, subject.site, facts, words,
            {one.name: _truth(one.when.evaluate(self._top)) for one in plan.strata},
            dict(self._readings()), categories, responder, observed,
            tuple(self._fact(asked) for asked in plan.table1), held, cancelled, due,
            {form: tuple(self._rows(form)) for form in self._logs()}, tuple(self._signals()),
            subject.duplicate,
        )  # fmt: skip

    # -- values ----------------------------------------------------------------------------------------

    def _fact(self, asked: Asked) -> Operand:
        return asked.expression.evaluate(self._top)

    def _at(self, asked: Asked | None, event: str) -> Operand:
        if asked is None or event not in self._study.events:
            return None
        return asked.expression.evaluate(self._scope(event))

    def _scope(self, event: str) -> Scope:
        return self._memory.context(self._key._replace(event=event)).scope

    def _readings(self) -> Iterator[tuple[tuple[str, str], Reading]]:
        primary = self._plan.response
        measures = list(self._plan.measures)
        if primary is not None:
            measures += primary.parts
            for event in visits_of(self._study, primary.score.item.form if primary.score.item else ""):
                yield ("", event), self._reading(primary.score, event)
        for measure in measures:
            yield (measure.name, BASELINE), self._baseline(measure)
            for event in visits_of(self._study, measure.form):
                found = self._reading(measure.value, event)
                if found.kind != NOTHING:
                    yield (measure.name, event), found

    def _reading(self, asked: Asked, event: str) -> Reading:
        scope = self._scope(event)
        value = None if asked.ref is None else scope.value(asked.ref)
        found = _reading(asked.expression.evaluate(scope))
        if value is None or value.status is Status.EMPTY:
            return found
        if value.status is Status.MISSING:
            return Reading(kind=CODED, conflict=value.conflict)
        if value.status is Status.NONCONFORMANT:
            return Reading(kind=UNREADABLE, conflict=value.conflict)
        return Reading(found.number, found.kind, value.conflict)

    def _baseline(self, measure: Measure) -> Reading:
        if measure.baseline is not None:
            return _reading(measure.baseline.evaluate(self._top))
        found = (self._reading(measure.value, event) for event in measure.baseline_at)
        return next((one for one in found if one.kind == NUMBER), Reading())

    # -- visits ----------------------------------------------------------------------------------------

    def _visits(
        self,
    ) -> tuple[dict[str, date | PartialDate | None], frozenset[str], dict[str, tuple[date, date] | None]]:
        """Days of visits, those that did not take place, and windows of those that are still awaited."""
        held: dict[str, date | PartialDate | None] = {}
        cancelled: set[str] = set()
        due: dict[str, tuple[date, date] | None] = {}
        for oid in overview.scheduled(self._session.study):
            event = self._session.study.events[oid]
            for repeat in self._data.event_repeats.get(oid, []) if event.repeating else [""]:
                key = self._key._replace(event=oid, event_repeat=repeat)
                node = overview.event_node(self._session, key, event, {}, whole=False)
                label = self._session.event_label(key)
                if node.cancelled:
                    cancelled.add(label)
                elif node.date is not None:
                    held[label] = node.date
                if node.awaited:
                    due[label] = node.window
        return held, frozenset(cancelled), due

    # -- logs ------------------------------------------------------------------------------------------

    def _logs(self) -> tuple[str, ...]:
        named = [self._plan.word(key) for key in ("event", "report", "report_form", "episode")]
        return tuple(dict.fromkeys(form for form in named if form in self._study.forms))

    def _rows(self, form: str) -> Iterator[LogRow]:
        model = self._study.forms[form]
        for place in self._memory.events(form):
            for key in self._memory.repeats(place):
                context = self._memory.context(key._replace(form=form))
                for group in model.groups:
                    if not group.repeating:
                        continue
                    at = key._replace(form=form, group=group.name)
                    for scope in context.live_rows(group.name):
                        answers: dict[str, Operand] = {}
                        words: dict[str, Text] = {}
                        for name, item in model.items.items():
                            value = scope.whole(name) if item.group == group.name else None
                            if value is None or value.status is not Status.VALID:
                                continue
                            answers[name] = value.data
                            words[name] = _words(self._study, item, value.data)
                        line = self._data.line_of(at, scope.repeat) or 0
                        yield LogRow(scope.repeat, line, answers, words)

    def _signals(self) -> Iterator[tuple[str, str, date | PartialDate | None, Text]]:
        wanted = self._plan.names("signals")
        forms = {
            form.oid for form in self._study.forms.values() for check in form.checks if check.oid in wanted
        }
        for form in sorted(forms):
            for place in self._memory.events(form):
                for key in self._memory.repeats(place):
                    at = key._replace(form=form)
                    if not self._data.has_entries(at):
                        continue
                    for finding in self._session.state(at).findings:
                        if finding.check in wanted:
                            day = event_date(self._study, self._data, at.event_key())
                            yield finding.check, self._session.event_label(at), day, finding.message


def _reading(found: Operand) -> Reading:
    if isinstance(found, Decimal):
        return Reading(found, NUMBER)
    return Reading(kind=LIMIT) if isinstance(found, Interval) else Reading()


def _truth(found: Operand) -> bool | None:
    return found if isinstance(found, bool) else None


def _code(found: Operand) -> str:
    return found if isinstance(found, str) else ""


def _words(study: Study, item: Item | None, found: Operand) -> Text:
    """An answer as people read it; codes by the item's list."""
    codes = study.codelists[item.codelist].by_code if item is not None and item.codelist else {}

    def one(code: object) -> Text:
        listed = codes.get(str(code))
        return both(code) if listed is None else listed.text

    if isinstance(found, tuple):
        texts = [one(code) for code in found]
        return Text(", ".join(text.en for text in texts), "、".join(text.zh for text in texts))
    return one(found)
