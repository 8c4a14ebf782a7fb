"""What a casebook says in front of and between its forms: cover, status matrix, scores, courses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read
from mda5_crf.itemkey import ItemKey
from mda5_crf.pdf.book import Chart, Grid, GridCell, ScoreRow, ScoreTable
from mda5_crf.pdf.filled import stamp
from mda5_crf.pdf.paper import FilledForm
from mda5_crf.pdf.reading import rounded
from mda5_crf.services.changes import EventNode, FormNode
from mda5_crf.services.course import course, has_course
from mda5_crf.study.evaluate import name_value
from mda5_crf.study.explain import Reading, inputs
from mda5_crf.study.findings import shown_operand
from mda5_crf.study.model import Form, Item, Study, StudyEvent
from mda5_crf.study.state import FormState, ItemState
from mda5_crf.study.values import Status
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

NOTHING: Final = both("")
_DATES: Final = (
    ("consent", "RFICDAT"),
    ("first_dose", "D1"),
    ("last_dose", "LAST_DOSE"),
    ("death", "DEATH_DATE"),
)
"""Names of the study whose value the cover tells; a study without one of them says nothing there."""
_END: Final = "EOS"
"""The form of the end of the study: its date, and its first answer from a list is the reason."""
_MOST_PARTS: Final = 40
"""Readings of a calculation that are set out; more are an instrument's questions and stand on its form."""


def cover(session: Session, subject: str, made: datetime, by: str) -> list[tuple[Text, Text]]:
    """Captions and values of the cover."""
    data, study, zone = session.data(subject), session.study, session.zone
    enrolled = session.vault.journal.get(subject)
    at = both(stamp(enrolled.when.astimezone(zone))) if enrolled is not None else message("casebook.unknown")
    dates = {name: _date(session, subject, known) for name, known in _DATES if known in study.names}
    ended = _ended(session, subject)
    heads = sorted(session.vault.journal.heads().items())
    known = "\n".join(f"{device}:{seq} {head[:16]}" for device, (seq, head) in heads)
    facts = [
        ("participant", both(data.subjid)),
        ("site", both(data.site)),
        ("study", message("casebook.study_name", oid=study.oid, name=study.name)),
        ("standing", _standing(dates, ended)),
        ("enrolled", at),
        *(
            (name, day or message("casebook.unknown"))
            for name, day in dates.items()
            if name != "death" or day
        ),
    ]
    if ended is not None:
        facts.append(("end", ended))
    facts += [
        ("definition", both(f"{study.version}  {study.hash}")),
        ("heads", both(known)),
        ("printed", both(f"{stamp(made.astimezone(zone))}, {by}")),
    ]  # fmt: skip
    if session.demo:
        facts.append(("demo", message("casebook.demo_line")))
    return [(message(f"casebook.{name}"), value) for name, value in facts]


def _date(session: Session, subject: str, name: str) -> Text | None:
    found = name_value(session.study, session.data(subject), name, session.today)
    return None if found is None else shown_operand(found)


def _standing(dates: Mapping[str, Text | None], ended: Text | None) -> Text:
    """How far the participant is: the last of the steps that is recorded."""
    if dates.get("death"):
        return message("casebook.standing_died")
    if ended is not None:
        return message("casebook.standing_ended", reason=ended)
    for name, standing in (("first_dose", "treated"), ("consent", "consented")):
        if dates.get(name):
            return message(f"casebook.standing_{standing}")
    return message("casebook.standing_enrolled")


def _ended(session: Session, subject: str) -> Text | None:
    """Date and reason of the end of the study, as its form says them; None while it says neither."""
    form = session.study.forms.get(_END)
    due = next((due for due in session.study.due if due.form == _END), None)
    if form is None or due is None:
        return None
    state = session.state(ItemKey(subject, due.event, form=_END))
    told = []
    reason = next((item.name for item in form.items.values() if item.codelist), "")
    for key, one in state.items.items():
        if key.item in (form.date_item, reason) and one.relevant and one.value.text:
            told.append(said(session, one))
    if not told:
        return None
    return Text(", ".join(t.en for t in told), "，".join(t.zh for t in told))


def said(session: Session, state: ItemState) -> Text:
    """An answer as people read it, without its unit; "" for none."""
    item, value = state.item, state.value
    if not state.relevant or value.status is Status.EMPTY:
        return NOTHING
    if value.missing:
        return session.study.missing_codes.get(value.missing, both(value.missing))
    if item.codelist and value.status is Status.VALID:
        codes = session.study_for(state.key).codelists[item.codelist].by_code
        return codes[value.text].text if value.text in codes else both(value.text)
    if isinstance(value.data, Decimal):
        return both(_number(item, value.data))
    return both(value.text)


def _number(item: Item, data: Decimal) -> str:
    return rounded(data, item.decimals) if item.computed else format(data, "f")


def in_order(study: Study) -> list[Form]:
    """The forms as the schedule meets them first; what it never asks for comes last."""
    met = dict.fromkeys(due.form for event in _by_rank(study) for due in study.forms_of(event.oid))
    return [study.forms[oid] for oid in (*met, *(oid for oid in study.forms if oid not in met))]


def _by_rank(study: Study) -> list[StudyEvent]:
    return sorted(study.events.values(), key=lambda event: event.rank)


# -- status matrix -------------------------------------------------------------------------------------


def grid(session: Session, nodes: Sequence[EventNode], goals: Mapping[ItemKey, str]) -> Grid:
    """Visits × forms as they stand; ``goals``: the page of each form that is in the book."""
    visits = [session.event_label(node.key) for node in nodes]
    rows: list[tuple[Text, list[GridCell]]] = []
    for form in in_order(session.study):
        cells = [_cell([one for one in node.forms if one.form.oid == form.oid], goals) for node in nodes]
        if any(cell.status for cell in cells):
            rows.append((Text(f"{form.oid} {form.name.en}", f"{form.oid} {form.name.zh}"), cells))
    return Grid(visits, rows)


def _cell(nodes: list[FormNode], goals: Mapping[ItemKey, str]) -> GridCell:
    """One cell; of a repeating form the least finished of its instances."""
    own = [node for node in nodes if not node.adds or node.expected] or nodes[:1]
    if not own:
        return GridCell()
    worst = min(own, key=lambda node: _ORDER.index(node.status) if node.status in _ORDER else 0)
    goal = next((goals[node.key] for node in own if node.key in goals), "")
    return GridCell(worst.status, sum(node.queries for node in own), goal, len(own))


_ORDER: Final = (
    "in_progress", "incomplete", "not_started", "complete", "verified", "signed", "frozen", "locked",
    "not_done", "closed", "computed",
)  # fmt: skip


# -- scores --------------------------------------------------------------------------------------------


def scores(session: Session, pages: Sequence[FilledForm], goals: Mapping[ItemKey, str]) -> list[ScoreTable]:
    """For each form that computes something beside its results: what, at every visit, and from what."""
    tables = []
    for form in in_order(session.study):
        items = [item for item in form.items.values() if item.computed and _alone(form, item)]
        own = [page for page in pages if page.form.oid == form.oid] if items else []
        states = [page.state for page in own]
        shown = [item for item in items if any(_answered(s, item) for s in states)]
        if not shown:
            continue
        visits = [(_where(page), page.event_date, goals.get(page.state.key, "")) for page in own]
        rows = [
            ScoreRow(item.label, item.unit or "", [_said(session, s, item) for s in states]) for item in shown
        ]
        rows += _parts(session, own, items)
        name = Text(f"{form.oid} {form.name.en}", f"{form.oid} {form.name.zh}")
        tables.append(ScoreTable(name, visits, rows))
    return tables


def _alone(form: Form, item: Item) -> bool:
    """Whether a computed item says something of the whole form, not of a row of a log or of one result."""
    repeating = any(group.repeating and group.name == item.group for group in form.groups)
    return not repeating and item.column is None


def _at(state: FormState, item: Item) -> ItemState | None:
    """The item on that form; None where the form goes by a version without it."""
    return state.items.get(state.key._replace(group=item.group, item=item.name))


def _answered(state: FormState, item: Item) -> bool:
    found = _at(state, item)
    return found is not None and bool(found.value.text)


def _said(session: Session, state: FormState, item: Item) -> Text:
    found = _at(state, item)
    if found is not None:
        return said(session, found)
    return message("amend.not_collected", version=session.study_for(state.key).version)


def _where(page: FilledForm) -> str:
    return f"{page.event} #{page.repeat}" if page.repeat else page.event


def _parts(session: Session, pages: Sequence[FilledForm], items: Iterable[Item]) -> Iterator[ScoreRow]:
    """What the calculations read on other forms and at other visits, over the visits.

    An item of one other visit (baseline) is named with it; where that visit differs, each cell names its own.
    """
    found: dict[tuple[str, bool], _Part] = {}
    for place, page in enumerate(pages):
        for reading in _readings(session, page, items):
            key = reading.key
            assert key is not None
            here = key.event_key() == page.state.key.event_key()
            part = found.setdefault((key.oid, here), _Part(reading.label, reading.unit))
            part.take(place, reading.value, "" if here else session.event_label(key))
    if len(found) <= _MOST_PARTS:
        yield from (part.row(len(pages)) for part in found.values())


class _Part:
    """An item that calculations read, over the visits."""

    def __init__(self, label: Text, unit: str) -> None:
        self._label, self._unit = label, unit
        self._read: dict[int, dict[tuple[Text, str], None]] = {}

    def take(self, place: int, value: Text, where: str) -> None:
        """Its value as read by the form in column ``place``, and at which visit it stands."""
        self._read.setdefault(place, {})[value, where] = None

    def row(self, count: int) -> ScoreRow:
        """The row of ``count`` columns."""
        visits = {where for read in self._read.values() for _, where in read}
        one = next(iter(visits)) if len(visits) == 1 else ""
        label = message("casebook.part_elsewhere", item=self._label, where=both(one)) if one else self._label
        cells = [self._cell(place, named=len(visits) > 1) for place in range(count)]
        return ScoreRow(label, self._unit, cells, part=True)

    def _cell(self, place: int, *, named: bool) -> Text:
        texts = [
            message("casebook.part_elsewhere", item=value, where=both(where)) if named and where else value
            for value, where in self._read.get(place, {})
        ]
        return Text("; ".join(t.en for t in texts), "；".join(t.zh for t in texts))


def _readings(session: Session, page: FilledForm, items: Iterable[Item]) -> Iterator[Reading]:
    blank = message("finding.blank")
    form, data = page.state.key, session.data(page.state.key.subject)
    for item in items:
        key = form._replace(group=item.group, item=item.name)
        for reading in inputs(session.study_for(form), data, key, session.today):
            at = reading.key
            if at is not None and at.item and at.form_key() != form and reading.value != blank:
                yield reading


# -- courses -------------------------------------------------------------------------------------------


def charts(session: Session, pages: Sequence[FilledForm]) -> list[Chart]:
    """The courses of all items that the definition draws and that have two numbers or more."""
    made = []
    for form in in_order(session.study):
        own = [page for page in pages if page.form.oid == form.oid]
        for item in form.items.values() if own else ():
            key = own[-1].state.key._replace(group=item.group, item=item.name)
            if item.course is None or not has_course(item, ""):
                continue
            found = course(session, key)
            if len(found.drawn) > 1:
                made.append(Chart(found, Text(f"{form.oid} {form.name.en}", f"{form.oid} {form.name.zh}")))
    return made


def people(session: Session) -> dict[str, str]:
    """Person (id) → name."""
    return {one.person: one.name for one in read.persons(session.vault.store)}
