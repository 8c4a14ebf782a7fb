"""From the engine's state of a form to what is printed of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.pdf.paper import FilledForm, PrintedRow
from mda5_crf.pdf.reading import (
    CHANGED,
    COMPUTED,
    CONFIRMED,
    QUERY,
    SOFT,
    WRONG,
    Answer,
    line_numbers,
    rounded,
)
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Item, ItemGroup, ItemType, Severity, Study
from mda5_crf.study.operand import Interval

if TYPE_CHECKING:
    from mda5_crf.study.state import ItemState
    from mda5_crf.study.values import Value


def change_goal(form: str, number: int) -> str:
    """The name under which the mark of an answer finds its last change. ``form``: the goal of the form."""
    return f"change-{form}-{number}"


class FromState:
    """The answers of one form instance."""

    def __init__(self, study: Study, page: FilledForm, voice: Voice, goal: str = "") -> None:
        """``goal``: the name of the form's first page; its marks of changes lead to the appendix by it."""
        self.study = study
        self.voice = voice
        self.page = page
        self.goal = goal
        self.lines = {
            line.key: number
            for number, line in enumerate(page.changes or (), start=1)
            if line.key is not None
        }

    def answer(self, item: Item, row: str = "") -> Answer | None:
        """What to print for ``item``; an item the state does not know is printed as unanswered."""
        key = self.page.state.key._replace(group=item.group, group_repeat=row, item=item.name)
        state = self.page.state.items.get(key)
        if state is None:
            return Answer()
        if (gone := self.page.gone.get(key)) is not None and not state.value.text:
            return Answer(text=f"[{self.voice.say(gone)}]", marks=self._marks(key, item, state))
        value = state.value
        return Answer(
            text=self._text(key, item, value),
            codes=self._codes(item, value),
            unit=(value.unit or item.unit or "") if value.text and not value.missing else "",
            converted=self._converted(item, value),
            missing=value.missing or "",
            relevant=state.relevant,
            marks=self._marks(key, item, state),
            change=self.lines.get(key, 0),
            goal=change_goal(self.goal, self.lines.get(key, 0)),
        )

    def rows(self, group: ItemGroup) -> Sequence[PrintedRow] | None:
        """The rows named by the caller, or the live rows of the state, numbered from 1."""
        if group.name in self.page.rows:
            return self.page.rows[group.name]
        identities = dict.fromkeys(
            key.group_repeat for key in self.page.state.items if key.group == group.name and key.group_repeat
        )
        return [PrintedRow(identity, number) for number, identity in enumerate(identities, start=1)]

    def _text(self, key: ItemKey, item: Item, value: Value) -> str:
        if value.missing:
            return ""
        if item.type is ItemType.LINK:
            return line_numbers(self.voice, item.to or "", self.page.shown.get(key, value.text))
        if item.computed and isinstance(value.data, Decimal):
            return rounded(value.data, item.decimals)
        if item.type is ItemType.MULTI and isinstance(value.data, tuple):
            return ", ".join(map(str, value.data))
        return value.text

    def _codes(self, item: Item, value: Value) -> frozenset[str]:
        """The options to tick; none when the text is no answer of the codelist."""
        codes = self.study.codelists.get(item.codelist or "")
        if codes is None or value.missing or value.nonconformant:
            return frozenset()
        typed = value.data if isinstance(value.data, tuple) else (value.text,)
        return frozenset(code for code in typed if code in codes.by_code)

    @staticmethod
    def _converted(item: Item, value: Value) -> str:
        """``= 185.6 µmol/L`` when another unit than the stored one was typed."""
        if not value.unit or value.unit == item.unit or item.unit is None or item.computed:
            return ""
        data = value.data
        if isinstance(data, Decimal):
            return f"= {rounded(data, item.decimals)} {item.unit}"
        if isinstance(data, Interval):
            return f"= {_bounds(data, item.decimals)} {item.unit}"
        return ""

    def _marks(self, key: ItemKey, item: Item, state: ItemState) -> str:
        marks = ""
        if key in self.page.queries or state.value.conflict:
            marks += QUERY
        if key in self.page.changed:
            marks += CHANGED
        severe = {
            finding.severity
            for finding in state.findings
            if not finding.at_completion and not finding.confirmed
        }
        if state.value.nonconformant or Severity.HARD in severe:
            marks += WRONG
        if severe & {Severity.SOFT, Severity.QUERY}:
            marks += SOFT
        if any(finding.confirmed for finding in state.findings):
            marks += CONFIRMED
        if item.computed and state.value.text:
            marks += COMPUTED
        return marks


def _bounds(data: Interval, decimals: int | None) -> str:
    """An interval as it is written: ``<442``, ``≥10``, ``5–8``."""
    if data.low is None and data.high is not None:
        return ("<" if data.high_open else "≤") + rounded(data.high, decimals)
    if data.high is None and data.low is not None:
        return (">" if data.low_open else "≥") + rounded(data.low, decimals)
    if data.low is None or data.high is None:
        return ""
    return f"{rounded(data.low, decimals)}–{rounded(data.high, decimals)}"


def stamp(at: datetime) -> str:
    """A moment with its offset from UTC: ``2026-08-21 14:05 +08:00``; without a zone, without offset."""
    offset = at.strftime("%z")
    return at.strftime("%Y-%m-%d %H:%M") + (f" {offset[:3]}:{offset[3:5]}" if offset else "")


def remarks(voice: Voice, page: FilledForm) -> list[str]:
    """The line under the head: status, who completed the form and when, open queries."""
    told = [f"{voice.tell('status')}: {voice.tell('status_' + (page.status or page.state.status))}"]
    if page.completed_by and page.completed_at is not None:
        told.append(f"{voice.tell('completed_by')}: {page.completed_by}, {stamp(page.completed_at)}")
    if page.queries:
        told.append(f"{voice.tell('open_queries')}: {len(page.queries)}")
    made = ["   |   ".join(told)]
    made += [voice.say(words, "  ") for words in (*page.version, *page.conflicts)]
    if page.held is not None:
        made.append(voice.say(page.held, "  "))
    if page.closed is not None:
        made.append(voice.say(voice.told("closed", reason=page.closed), "  "))
    return made
