"""One record of an item's history, as the side panel lists it: what, why, who in which role, when."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mda5_crf.services.changes import HistoryLine
from mda5_crf.ui.language import say, speak


def history_entry(line: HistoryLine, reason: str, zone: ZoneInfo) -> str:
    """A few lines of plain text; ``reason`` in words. Times at the site, the first with its offset."""
    there = line.at.astimezone(zone)
    role = speak(line.roles)
    who = say("audit.history_who", name=line.person, role=role) if role else line.person
    told = [speak(line.text)]
    if reason:
        told.append(reason)
    if line.prompt:
        told.append(say("audit.history_prompt", checks=" ".join(line.prompt)))
    if line.fate is not None:
        told.append(speak(line.fate))
    told.append(f"{who} · {there:%Y-%m-%d %H:%M:%S} {there.isoformat()[-6:]}")
    for code, at in (("typed", line.typed), ("left", line.left), ("taken", line.taken)):
        if at is not None:
            told.append(say(f"audit.history_{code}", time=_minute(at, zone)))
    return "\n".join(told)


def _minute(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
