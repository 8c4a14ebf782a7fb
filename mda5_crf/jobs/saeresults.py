"""Results around the beginning of an event, as a table: one line a test, one column a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.printplan import item_at
from mda5_crf.jobs.recorded import NOTHING
from mda5_crf.pdf.saereport import Listing
from mda5_crf.services.course import Point, course
from mda5_crf.study.dates import earliest, latest
from mda5_crf.study.model import Item
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_DAYS_SHOWN = 6


def results(
    session: Session, subject: str, log: Mapping[str, Any], onset: tuple[date, date] | None
) -> Listing:
    """The table. Of more than six days the nearest to the onset; how many are left out is said."""
    headings = [message("saereport.col_test"), message("saereport.col_unit")]
    if onset is None:
        return Listing(message("saereport.results_unknown"), headings, (0.7, 0.3), ())
    first = onset[0] - timedelta(days=log["days_before"])
    last = onset[1] + timedelta(days=log["days_after"])
    found = [
        (item, points)
        for item in (item_at(session.study, place) for place in log["analytes"])
        if item is not None
        if (points := _points(session, subject, item, first, last))
    ]
    days = {day for _, points in found for day in points}
    nearest = sorted(days, key=lambda day: (_distance(day, onset), day))[:_DAYS_SHOWN]
    shown = sorted(nearest)
    title = message("saereport.results", first=first.isoformat(), last=last.isoformat())
    rows = [
        [item.label, both(item.unit or ""), *(points.get(day, NOTHING) for day in shown)]
        for item, points in found
        if any(day in points for day in shown)
    ]
    headings += [both(day.isoformat()) for day in shown]
    width = 0.6 / max(len(shown), 1)
    left = len(days) - len(shown)
    note = message("saereport.results_left_out", count=left) if left else None
    return Listing(title, headings, (0.28, 0.12, *([width] * len(shown))), rows, note)


def _distance(day: date, onset: tuple[date, date]) -> int:
    if onset[0] <= day <= onset[1]:
        return 0
    return min(abs((day - onset[0]).days), abs((day - onset[1]).days))


def _points(session: Session, subject: str, item: Item, first: date, last: date) -> dict[date, Text]:
    """Day → result, of the days between two; of two on a day both."""
    visit = next((due.event for due in session.study.due if due.form == item.form), None)
    if visit is None:
        return {}
    key = ItemKey(subject, visit, form=item.form, group=item.group, item=item.name)
    found: dict[date, Text] = {}
    for point in course(session, key).points:
        day = _day(point)
        if day is None or not first <= day <= last or not point.counts:
            continue
        before = found.get(day)
        words = point.words
        found[day] = words if before is None else Text(f"{before.en}; {words.en}", f"{before.zh}；{words.zh}")
    return found


def _day(point: Point) -> date | None:
    """The day of a result; one whose day is not wholly known belongs to none."""
    if point.day is None or earliest(point.day) != latest(point.day):
        return None
    return earliest(point.day)
