"""The lists of a morning card: last values, medication, safety, open queries, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.daywords import listed
from mda5_crf.jobs.printplan import Plan, item_at
from mda5_crf.jobs.recorded import Record, Told, in_parts, running
from mda5_crf.pdf.morning import LastValue
from mda5_crf.services import queryboard
from mda5_crf.services.changes import EventNode
from mda5_crf.services.course import Course, Point, course, number
from mda5_crf.study import operand
from mda5_crf.study.model import Item
from mda5_crf.study.values import Status
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_ITEMS_NAMED = 3


class Lines:
    """Reads the lists of one participant for a day."""

    def __init__(self, session: Session, record: Record, choice: Plan, day: date) -> None:
        self._session, self._record, self._choice, self._day = session, record, choice, day

    def _section(self, name: str) -> Mapping[str, Any]:
        return self._choice.get(name, {})

    # -- values

    def values(self, event: ItemKey) -> list[LastValue]:
        """The last answer of each item that matters, and how it changed."""
        made = []
        for place in self._section("card").get("values", ()):
            item = item_at(self._session.study, place)
            if item is not None:
                key = event.event_key()._replace(form=item.form, group=item.group, item=item.name)
                found = _last(self._session, item, key)
                if found is not None:
                    made.append(found)
        return made

    # -- medication

    def drugs(self) -> list[Text]:
        """The trial's drug, glucocorticoids with what they come to, what interacts."""
        trial, steroid, other = (self._section(name) for name in ("drug", "steroid", "medication"))
        made: list[Text] = []
        if trial:
            rows = [row for row in self._now(trial) if row.code(trial["taken"]) == "Y"]
            made += [self._drug(row, trial) for row in rows] or [message("cards.off_drug")]
        if steroid:
            made += self._steroids(self._now(steroid), steroid)
        for row in self._now(other) if other else ():
            if row.code(other["interaction"]) in other["interacts"]:
                how = row.words(other["interaction"])
                made.append(message("cards.interacts", drug=self._drug(row, other), how=_brief(how)))
        return made

    def _now(self, log: Mapping[str, Any]) -> list[Told]:
        return [row for row in self._record.rows(log["form"]) if running(row, log, self._day, self._day)]

    @staticmethod
    def _drug(row: Told, log: Mapping[str, Any]) -> Text:
        dose = dose_of(row, log)
        start = row.words(log["start"])
        name, day = row.words(log["name"]), start if start.en else "?"
        if not dose.en:
            return message("cards.drug_only", drug=name, start=day)
        return message("cards.drug", drug=name, dose=dose, start=day)

    def _steroids(self, rows: Sequence[Told], log: Mapping[str, Any]) -> list[Text]:
        made, total = [], Decimal(0)
        for row in rows:
            amount = row.data(log["equivalent"])
            words = self._drug(row, log)
            if isinstance(amount, Decimal):
                total += amount
                words = message("cards.equivalent", drug=words, amount=row.words(log["equivalent"]))
            made.append(words)
        if len(rows) > 1:
            made.append(message("cards.steroid_sum", amount=f"{operand.plain(total)} mg/d"))
        return made

    # -- safety

    def safety(self) -> tuple[bool, list[Text]]:
        """Whether a clock runs; the clocks, then events that go on, serious ones first."""
        session, log = self._session, self._section("event")
        clocks = [
            clock for clock in session.sae_clocks() if clock.subject == self._record.subject and clock.running
        ]
        made = []
        for clock in clocks:
            minutes = abs(int(clock.remaining.total_seconds())) // 60
            left = message("clock.left", hours=minutes // 60, minutes=f"{minutes % 60:02}")
            name = "clock_over" if clock.overdue else "clock_due"
            words = message(f"cards.{name}", due=f"{clock.due:%Y-%m-%d %H:%M}", left=left)
            made.append(message("cards.reported", place=session.form_label(clock.key), words=words))
        rows = self._record.rows(log["form"]) if log else []
        open_rows = [row for row in rows if row.code(log["ongoing"]) != "N"]
        for row in sorted(open_rows, key=lambda r: (r.code(log["serious"]) != "Y", r.number)):
            start = row.words(log["start"])
            words = message(
                "cards.event", place=f"{log['form']}#{row.number}", term=row.words(log["term"]),
                grade=row.code(log["grade"]) or "?", start=start if start.en else "?",
            )  # fmt: skip
            serious = row.code(log["serious"]) == "Y"
            made.append(message("cards.event_serious", words=words) if serious else words)
        return bool(clocks), made

    # -- queries, missing

    def queries(self) -> list[Text]:
        """Every open query: where, and what is asked."""
        waiting = [query for query in self._session.queries(self._record.subject) if query.is_open]
        return [
            message("cards.query_line", place=queryboard.place(self._session, query.key), text=query.text)
            for query in waiting
        ]

    def missing(self, nodes: Sequence[EventNode]) -> list[Text]:
        """Forms begun and not finished, each with the required answers it lacks."""
        made = []
        for node in nodes:
            for form in node.forms:
                if form.status != "in_progress" or form.adds:
                    continue
                state = self._session.state(form.key)
                lacks = [
                    one.item.label
                    for one in state.items.values()
                    if one.required and one.relevant and one.value.status is Status.EMPTY
                ]
                if lacks:
                    items = listed(lacks[:_ITEMS_NAMED])
                    if len(lacks) > _ITEMS_NAMED:
                        items = message("cards.missing_more", items=items, count=len(lacks) - _ITEMS_NAMED)
                    place = f"{form.label}/{self._session.event_label(node.key)}"
                    made.append(message("cards.missing_line", form=place, items=items))
        return made


def dose_of(row: Told, log: Mapping[str, Any]) -> Text:
    """Dose, unit and how often; a unit that the dose's own words hold is said once."""
    dose, unit = row.words(log["dose"]), row.words(log.get("unit", ""))
    parts = [dose] if dose.en.endswith(unit.en) else [dose, unit]
    parts.append(row.words(log.get("often", "")))
    return Text(
        *(" ".join(one for one in said if one) for said in zip(*((p.en, p.zh) for p in parts), strict=True))
    )


def _brief(text: Text) -> Text:
    """The words of a code without what stands in brackets behind them."""
    return Text(text.en.partition(" (")[0], text.zh.partition("（")[0])


def _last(session: Session, item: Item, key: ItemKey) -> LastValue | None:
    found = course(session, key)
    points = [point for point in found.points if point.counts]
    if not points:
        return None
    last = points[-1]
    trend, change = None, ""
    if len(points) > 1:
        trend, change = _change(points[-2], last, item)
    value = last.words
    if item.unit:
        value = Text(f"{value.en} {item.unit}", f"{value.zh} {item.unit}")
    own = replace(found, key=last.key) if last.key == key else course(session, last.key)
    return LastValue(
        item.label, value, in_parts(last.day) if last.day is not None else last.event, trend, change,
        _outside(own, last),
    )  # fmt: skip


def _change(before: Point, last: Point, item: Item) -> tuple[int | None, str]:
    if not isinstance(before.data, Decimal) or not isinstance(last.data, Decimal):
        return None, ""
    difference = operand.subtract(last.data, before.data)
    if not isinstance(difference, Decimal):
        return None, ""
    sign = (difference > 0) - (difference < 0)
    times = operand.multiply(difference, Decimal(100))
    if before.data > 0 and item.unit != "%" and isinstance(times, Decimal):
        part = operand.divide(times, before.data)
        if isinstance(part, Decimal):
            return sign, f"{'+' if sign > 0 else ''}{number(part, 0)} %".replace("-", "−")
    return sign, f"{'+' if sign > 0 else ''}{number(difference, None)}".replace("-", "−")


def _outside(found: Course, point: Point) -> bool:
    if found.band is None or not isinstance(point.data, Decimal):
        return False
    low, high = found.band
    return (low is not None and point.data < low) or (high is not None and point.data > high)
