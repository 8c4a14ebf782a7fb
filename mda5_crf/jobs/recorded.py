"""What is recorded of one participant, as cards and reports say it: rows of logs, answers of forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.dates import PartialDate, earliest, latest
from mda5_crf.study.model import ItemType
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import plan_of
from mda5_crf.study.state import ItemState
from mda5_crf.study.values import Status, show
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

NOTHING = both("")


@dataclass(frozen=True, slots=True)
class Told:
    """A live row of a log, or a form: its answers by item. ``number``: the row's line, 0 for a form."""

    session: Session
    key: ItemKey
    number: int
    items: Mapping[str, ItemState]

    def text(self, name: str) -> str:
        """The stored text; "" for none, a missing code, or an item that does not apply."""
        state = self.items.get(name)
        return state.value.text if state is not None and state.relevant else ""

    def code(self, name: str) -> str:
        """The code chosen; "" where none is, or what stands there does not read."""
        state = self.items.get(name)
        valid = state is not None and state.relevant and state.value.status is Status.VALID
        return state.value.text if state is not None and valid else ""

    def data(self, name: str) -> Operand:
        """The value in the stored unit; None for none."""
        state = self.items.get(name)
        return None if state is None or not state.relevant else state.value.data

    def day(self, name: str) -> date | PartialDate | None:
        """A date, perhaps partial; None for none."""
        found = self.data(name)
        return found if isinstance(found, date | PartialDate) else None

    def words(self, name: str) -> Text:
        """The answer for people, with its unit; empty for none."""
        state = self.items.get(name)
        return NOTHING if state is None else answer(self.session, state)

    def joined(self, *names: str) -> Text:
        """Several answers one behind the other, those that are there."""
        found = [self.words(name) for name in names if name]
        return Text(" ".join(f.en for f in found if f.en), " ".join(f.zh for f in found if f.zh))


def answer(session: Session, state: ItemState) -> Text:
    """One answer for people: words of codes and of missing codes, dates with UN, numbers with unit."""
    item, value = state.item, state.value
    if not state.relevant or value.status is Status.EMPTY:
        return NOTHING
    if value.status is Status.MISSING:
        code = value.missing or ""
        return session.study.missing_codes.get(code, both(code))
    if value.status is Status.NONCONFORMANT:
        return both(value.text)
    if item.type is ItemType.LINK:
        return both(f"{item.to} {session.shown(state.key, value.text)}")
    if item.codelist:
        codes = session.study_for(state.key).codelists[item.codelist].by_code
        texts = [codes[c].text if c in codes else both(c) for c in value.text.split(",")]
        return Text(", ".join(t.en for t in texts), "、".join(t.zh for t in texts))
    if isinstance(value.data, PartialDate):
        return both(in_parts(value.data))
    if item.type is ItemType.DATETIME:
        return both(value.text.replace("T", " "))
    unit = value.unit or item.unit
    return both(f"{show(item, value)} {unit}" if unit else show(item, value))


def in_parts(day: date | PartialDate) -> str:
    """A date as the forms show it: what is not known is UN."""
    if not isinstance(day, PartialDate):
        return day.isoformat()[:10]
    month = "UN" if day.month is None else f"{day.month:02}"
    known = "UN" if day.day is None else f"{day.day:02}"
    return f"{day.year:04}-{month}-{known}"


class Record:
    """One participant. Everything is read when it is first asked for."""

    def __init__(self, session: Session, subject: str) -> None:
        self.session = session
        self.subject = subject
        self._logs: dict[str, list[Told]] = {}

    def rows(self, form: str) -> list[Told]:
        """The live rows of a log, in order of creation; none where the definition has no such log."""
        if form not in self._logs:
            self._logs[form] = list(self._rows(form))
        return self._logs[form]

    def _rows(self, form: str) -> Iterator[Told]:
        study = self.session.study
        home = plan_of(study).homes.get(form)
        if home is None:
            return
        place = ItemKey(self.subject, home, form=form)
        data, state = self.session.data(self.subject), self.session.state(place)
        items: dict[ItemKey, dict[str, ItemState]] = {}
        for key, one in state.items.items():
            if key.group_repeat:
                items.setdefault(key.row_key(), {})[key.item] = one
        for row in state.rows:
            number = data.line_of(row.key._replace(group_repeat=""), row.key.group_repeat) or 0
            yield Told(self.session, row.key, number, items.get(row.key, {}))

    def form(self, event: ItemKey, form: str) -> Told:
        """A form of a visit; one that is not there has no answers."""
        if form not in self.session.study.forms:
            return Told(self.session, event, 0, {})
        place = event.event_key()._replace(form=form)
        state = self.session.state(place)
        return Told(self.session, place, 0, {key.item: one for key, one in state.items.items()})

    def at(self, place: str) -> ItemState | None:
        """The item of ``SCR.DM.SEX``; None where the definition has no such."""
        event, form, name = place.split(".")
        return self.form(ItemKey(self.subject, event), form).items.get(name)


def running(row: Told, log: Mapping[str, str], first: date, last: date) -> bool:
    """Whether what a row says may have gone on between two days, as far as its dates tell.

    Something that is over, nobody knows since when, went on within a span, but does not on a single day.
    """
    start, end = row.day(log["start"]), row.day(log["end"])
    if (start is not None and earliest(start) > last) or (end is not None and latest(end) < first):
        return False
    return end is not None or row.code(log["ongoing"]) != "N" or first != last


def since(row: Told, log: Mapping[str, str]) -> Text:
    """From when to when: ``2022-03-01 –`` while it goes on."""
    start = row.words(log["start"])
    end = row.words(log["end"])
    if not start.en and not end.en:
        return NOTHING
    return message("cards.from_to", start=start if start.en else "?", end=end)
