"""Windows of visits in words: when they open and close, working days left, public holidays."""

from __future__ import annotations

from datetime import date, timedelta

from mda5_crf.services.holidays import Calendar
from mda5_crf.text import Text, both, message

_DAY = timedelta(days=1)


def weekday(day: date) -> Text:
    """``Mon``."""
    return message(f"worklist.weekday_{day.isoweekday()}")


def on(day: date) -> Text:
    """A day with its weekday: ``Mon 2022-05-23``."""
    return message("worklist.day", day=day.isoformat(), weekday=weekday(day))


def window_words(name: Text, window: tuple[date, date] | None, target: date | None, *, has: bool) -> Text:
    """The window of a visit. ``has``: the definition gives it one."""
    if window is None or target is None:
        return message("cards.no_window" if has else "cards.unplanned", event=name)
    first, last = window
    return message(
        "cards.window", event=name, first=first.isoformat(), last=last.isoformat(), target=on(target)
    )


def closing_words(day: date, window: tuple[date, date], calendar: Calendar) -> list[Text]:
    """What the window means on ``day``: too early, too late, or the working days left, and holidays."""
    first, last = window
    if day > last:
        return [message("cards.too_late", day=on(last))]
    made = []
    start = max(first, day)
    if day < first:
        made.append(message("cards.too_early", day=on(first)))
    count, end = calendar.working_days(start, last), calendar.last_working_day((start, last))
    if end is None:
        made.append(message("cards.left_none"))
    else:
        name = "left_one" if count == 1 else "left_many"
        made.append(message(f"cards.{name}", count=count, day=on(end)))
    off = holidays(start, last, calendar)
    if off:
        made.append(message("cards.holidays", days=listed(off)))
    made += [message("worklist.unknown_year", year=year) for year in calendar.unknown(start, last)]
    return made


def holidays(first: date, last: date, calendar: Calendar) -> list[Text]:
    """The public holidays between two days, each with the days of it that lie between them."""
    spans: list[tuple[Text, date, date]] = []
    day = first
    while day <= last:
        name = calendar.holiday(day)
        if name is not None:
            if spans and spans[-1][0] == name and spans[-1][2] == day - _DAY:
                spans[-1] = (name, spans[-1][1], day)
            else:
                spans.append((name, day, day))
        day += _DAY
    return [
        message(
            "cards.holiday" if a < b else "cards.holiday_day",
            name=name,
            first=a.isoformat(),
            last=b.isoformat(),
        )
        for name, a, b in spans
    ]


def listed(texts: list[Text]) -> Text:
    """Several things behind each other."""
    if not texts:
        return both("")
    return Text(", ".join(text.en for text in texts), "、".join(text.zh for text in texts))
