"""Totals of rows and columns of a table, as the definition names them: shown, never stored or judged."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Form, ItemGroup, Rule, Total
from mda5_crf.study.operand import plain
from mda5_crf.study.state import FormState, ItemState
from mda5_crf.study.values import show
from mda5_crf.text import Text, both


class ShownTotal(NamedTuple):
    """A total as it stands: ``text`` is "" while it is not known, ``most`` what it may reach ("" unknown)."""

    total: Total
    label: Text
    text: str
    most: str

    @property
    def words(self) -> str:
        """``142 / 150``; a dash while it is not known."""
        known = self.text or "–"
        return f"{known} / {self.most}" if self.most else known


def totals_of(form: Form, group: ItemGroup, state: FormState) -> tuple[ShownTotal, ...]:
    """The totals of ``group`` in ``state``."""
    by_name = _by_name(state) if group.totals else {}
    return tuple(_shown(form, total, by_name) for total in group.totals)


def _by_name(state: FormState) -> dict[str, ItemState]:
    place: ItemKey = state.key
    return {key.item: item for key, item in state.items.items() if key.form_key() == place}


def _shown(form: Form, total: Total, states: Mapping[str, ItemState]) -> ShownTotal:
    if total.item:
        item = form.items[total.item]
        state = states.get(total.item)
        text = show(item, state.value) if state is not None and state.relevant else ""
        return ShownTotal(total, total.text or item.label, text, _most(form, total.item))
    numbers = [_number(states.get(name)) for name in total.of]
    known = [number for number in numbers if number is not None]
    label = total.text or both("")
    if total.rule is Rule.HIGHEST:
        return ShownTotal(total, label, plain(max(known)) if known else "", "")
    return ShownTotal(total, label, plain(sum(known, Decimal(0))) if len(known) == len(numbers) else "", "")


def _number(state: ItemState | None) -> Decimal | None:
    data = state.value.data if state is not None and state.relevant else None
    return data if isinstance(data, Decimal) else None


def _most(form: Form, name: str) -> str:
    """The highest a scale that begins at 0 may reach."""
    limits = form.items[name].hard
    if limits is None or limits.low is None or limits.high is None:
        return ""
    low, high = limits.low.constant_value, limits.high.constant_value
    return plain(high) if isinstance(high, Decimal) and low == 0 else ""
