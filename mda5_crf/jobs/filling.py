"""Fills a form as a clinician would: named values, then one key where there is one, then what is still asked.

Used by the demonstration only. Every value passes through the ordinary service, whole forms in a few
transactions; nothing here knows how a value is stored or checked.

**Required answers** are counted so: each required item that was answered by hand is one, also a date that
only repeats the visit's; each key that fills several items at once is one (the reference limits of a
laboratory form, "the rest of this row is normal" of a grid). What nobody has to answer is none: what is
computed, optional items and optional forms, results carried over from screening.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes
from mda5_crf.services.entry import EntrySession
from mda5_crf.study.model import Form, Item, ItemType, Severity
from mda5_crf.study.state import REQUIRED, FormState, ItemState

_ROUNDS = 40
_MISSING = "!"
_SIGNIFICANCE = "_LBCLSIG"
_NO = ("DVMAJ",)
"""Questions of yes and no whose unremarkable answer is no."""

Rows = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling a form took: ``values`` written, ``answers`` required (see the module text)."""

    values: int = 0
    answers: int = 0


def fill(
    entry: EntrySession,
    values: Mapping[str, str],
    on: date,
    rows: Rows | None = None,
    *,
    whole: bool = True,
    limits: bool = False,
) -> Filled:
    """Enter ``values`` (item name → text, ``!CODE`` = missing) and answer whatever else is required.

    ``rows``: group → the rows to add to it. What a result means (``…CLSIG``) is entered where it is asked.
    Not ``whole``: only what is named is entered. ``limits``: the site's list has the limits of this form.
    Raises ValueError for an item that the form does not have, or that does not apply.
    """
    filler = _Filler(entry, on, whole=whole, limits=limits)
    filler.name(values, "")
    for group, lines in (rows or {}).items():
        for line in lines:
            filler.name(line, entry.add_row(group)[0])
    return filler.run()


class _Filler:
    """One form being filled."""

    def __init__(self, entry: EntrySession, on: date, *, whole: bool, limits: bool) -> None:
        self._entry = entry
        self._on = on
        self._whole = whole
        self._waiting: dict[ItemKey, str] = {}
        self._by_key: set[ItemKey] = set()
        self._keys = 0
        self._values = 0
        self._limited = limits
        self._state = entry.state

    def name(self, values: Mapping[str, str], row: str) -> None:
        """Values of one row, or of the form itself (row "")."""
        for name, text in values.items():
            item = self._entry.form.items.get(name)
            if item is None:
                raise ValueError(f"{self._entry.form.oid} has no {name}")
            self._waiting[self._entry.key._replace(group=item.group, group_repeat=row, item=name)] = text

    def run(self) -> Filled:
        """Round by round, since an answer opens further questions."""
        self._state = self._entry.state
        for _ in range(_ROUNDS):
            if not (self._named() or self._limits() or self._zero_rows() or self._asked()):
                break
        ticked = _demanded(self._entry.form)
        required = sum(
            (state.required or key.item in ticked) and _answered(state) and key not in self._by_key
            for key, state in self._state.items.items()
        )
        return Filled(self._values, required + self._keys)

    def _took(self, changes: Changes) -> frozenset[ItemKey]:
        self._state = changes.state
        self._values += len(changes.touched)
        return changes.touched

    def _named(self) -> bool:
        """All that is named, gates and what they open, in one transaction; significance when it is asked."""
        items = self._state.items
        ready = {
            key: text
            for key, text in self._waiting.items()
            if not key.item.endswith(_SIGNIFICANCE) or items[key].relevant
        }
        for key in ready:
            del self._waiting[key]
        texts = {k: t for k, t in ready.items() if not t.startswith(_MISSING)}
        if texts:
            self._took(self._entry.set_values(texts))
        for key in ready.keys() - texts.keys():
            self._took(self._entry.set_missing(key, ready[key].removeprefix(_MISSING)))
        idle = [key.item for key in self._state.no_longer_apply if key in ready]
        if idle:
            raise ValueError(f"{self._entry.form.oid}: {', '.join(idle)} does not apply")
        return bool(ready)

    def _limits(self) -> bool:
        """The reference limits of the laboratory: one key."""
        if not self._limited:
            return False
        self._limited = False
        return self._key(self._took(self._entry.take_limits()), 1)

    def _zero_rows(self) -> bool:
        """One key a row says "normal" or 0 to what is empty in it; all rows of a grid in one transaction."""
        zeros = {group.name: group.zero_row for group in self._entry.form.groups if group.zero_row}
        texts = {
            key: zeros[key.group]
            for key, state in self._state.items.items()
            if key.group in zeros and _open(state) and self._has(state.item, zeros[key.group])
        }
        if not texts:
            return False
        rows = {(key.group, self._entry.form.items[key.item].row) for key in texts}
        return self._key(self._took(self._entry.set_values(texts)), len(rows))

    def _has(self, item: Item, code: str) -> bool:
        return any(value.code == code for value in self._entry.codes(item))

    def _key(self, touched: Collection[ItemKey], keys: int) -> bool:
        self._by_key |= set(touched)
        self._keys += keys if touched else 0
        return bool(touched)

    def _asked(self) -> bool:
        """A plausible answer to whatever is required and still empty."""
        texts = {
            key: plausible(one.item, self._entry, self._on)
            for key, one in self._state.items.items()
            if self._whole and _open(one)
        }
        if texts:
            self._took(self._entry.set_values(texts))
        return bool(texts)


def _demanded(form: Form) -> set[str]:
    """Items without a mark of their own that a check demands: tick boxes of which one must be ticked."""
    named = (check.items[0] for check in form.checks if check.oid.endswith(f".{REQUIRED}"))
    return {item.rpartition(".")[2] for item in named}


def _open(state: ItemState) -> bool:
    return state.required and state.relevant and not state.item.computed and not _answered(state)


def _answered(state: ItemState) -> bool:
    return bool(state.value.text or state.value.missing)


def plausible(item: Item, entry: EntrySession, on: date) -> str:
    """An unremarkable answer to one question."""
    if item.codelist is not None:
        codes = [v.code for v in entry.codes(item)]
        for calm in (
            "N" if item.name in _NO or item.name.startswith(("EXCL", "MD_")) else "Y",
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


def settle(entry: EntrySession, asked: Collection[str] = (), waits: Collection[str] = ()) -> bool:
    """Confirm soft findings and complete the form; whether it is complete now.

    Hard findings of the checks ``asked`` are put to query. A form that one of ``waits`` blocks stays
    open. Raises ValueError, naming the checks, when anything else blocks: then the demonstration is wrong.
    """
    for finding in entry.state.findings:
        if finding.severity is Severity.SOFT and not finding.confirmed and finding.items:
            entry.confirm(finding.items[0], finding.check)
    done = entry.complete()
    for finding in done.blocking:
        if finding.check in asked:
            entry.put_to_query(finding)
    if any(finding.check in asked for finding in done.blocking):
        done = entry.complete()
    if done.done:
        return True
    blocking = [finding for finding in done.blocking if finding.check not in waits]
    if len(blocking) < len(done.blocking):
        return False
    raise ValueError(
        f"{entry.form.oid}: " + ", ".join(f"{f.check} {[k.item for k in f.items]}" for f in blocking)
    )


def item_key(state: FormState, name: str) -> ItemKey:
    """The key of an item that occurs once in the form."""
    return next(k for k in state.items if k.item == name)


def shown(state: FormState, name: str) -> ItemState:
    """The state of an item that occurs once in the form."""
    return state.items[item_key(state, name)]
