"""Fills a form as a clinician would: named values first, then a plausible answer to what is still asked.

Used by the demonstration only. Every value passes through the ordinary service; nothing here knows how a
value is stored or checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.entry import EntrySession
from mda5_crf.study.model import Item, ItemType, Severity
from mda5_crf.study.state import FormState, ItemState

_ROUNDS = 40


def fill(
    entry: EntrySession, values: Mapping[str, str], on: date, *, rows: Mapping[str, str] | None = None
) -> int:
    """Enter ``values`` (item name → text), answer whatever else is required; returns how many entries."""
    repeats = dict(rows or {})
    count = 0
    waiting = dict(values)
    for _ in range(_ROUNDS):
        state = entry.state
        progress = 0
        for key, item in state.items.items():
            if item.item.computed or item.item.type is ItemType.LABEL or not item.relevant:
                continue
            if repeats and key.group_repeat not in ("", repeats.get(key.group, "")):
                continue
            if key.item in waiting:
                entry.set_value(key, waiting.pop(key.item))
                progress += 1
            elif item.required and not item.value.text and not item.value.missing:
                entry.set_value(key, plausible(item.item, entry, on))
                progress += 1
        count += progress
        if not progress:
            return count
    return count


def plausible(item: Item, entry: EntrySession, on: date) -> str:
    """An unremarkable answer to one question."""
    if item.codelist is not None:
        codes = [v.code for v in entry.codes(item)]
        for calm in (
            "N" if item.name.startswith(("EXCL", "MD_")) else "Y",
            "NCS",
            "NEGATIVE",
            "SITTING",
            "ORAL",
        ):
            if calm in codes:
                return calm
        return codes[0]
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
        return _middle(item, entry)
    if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
        return on.isoformat()
    if item.type is ItemType.TIME:
        return "09:30"
    if item.type is ItemType.DATETIME:
        return f"{on.isoformat()}T09:30"
    return "R01" if (item.length or 99) < 20 else "Demonstration 演示"


def _middle(item: Item, entry: EntrySession) -> str:
    limits = entry.usual(item)
    if limits is None:
        return "1"
    low, high = limits
    value = low + (high - low) * Decimal("0.3")
    digits = 0 if item.type is ItemType.INTEGER or high > 20 else min(item.decimals or 2, 2)
    return str(value.quantize(Decimal(1).scaleb(-digits)))


def settle(entry: EntrySession) -> int:
    """Confirm soft findings and complete the form. Returns the number of queries that completion raised.

    Raises ValueError, naming the checks, when something still blocks: then the demonstration is wrong.
    """
    state = entry.state
    for finding in state.findings:
        if finding.severity is Severity.SOFT and not finding.confirmed and finding.items:
            entry.confirm(finding.items[0], finding.check)
    done = entry.complete()
    if not done.done:
        raise ValueError(
            f"{entry.form.oid}: " + ", ".join(f"{f.check} {[k.item for k in f.items]}" for f in done.blocking)
        )
    return done.queries_raised


def item_key(state: FormState, name: str) -> ItemKey:
    """The key of an item that occurs once in the form."""
    return next(k for k in state.items if k.item == name)


def shown(state: FormState, name: str) -> ItemState:
    """The state of an item that occurs once in the form."""
    return state.items[item_key(state, name)]
