"""What Enter passes over: stops that have their answer already, or that have none while another stands.

The visiting order of Enter stays the definition's, and Tab stops everywhere. Passed over are

- an answer that F7 filled in on this page, while nothing is to be said of it;
- from a result on: its reference limits, when one of them is entered or they are on offer (F7);
- the box "not done" of an item that has a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.services.referencelists import panel_of
from mda5_crf.study.model import Item
from mda5_crf.study.values import Status
from mda5_crf.ui.field import Field

if TYPE_CHECKING:
    from mda5_crf.ui.form_layout import Stop
    from mda5_crf.ui.form_page import FormPage


class Quick:
    """See the module text."""

    def __init__(self, page: FormPage) -> None:
        self._page = page
        study = page.study
        self._panel = panel_of(study)
        self._boxes: dict[str, list[str]] = {}
        for item in page.entry.form.items.values():
            box = page.entry.form.items.get(item.not_done_item or "")
            if box is not None and not box.required and _answers(page, box) == 1:
                self._boxes.setdefault(box.name, []).append(item.name)

    def passes(self, start: Stop, stop: Stop) -> bool:
        """Whether Enter in ``start`` goes past ``stop``."""
        if not isinstance(stop, Field) or stop.input.dirty or stop.refusal is not None:
            return False
        if stop.marking.needs_attention:
            return False
        return self._taken(stop) or self._limit(start, stop) or self._box(stop)

    def _taken(self, stop: Field) -> bool:
        return self._page.known.was_taken(stop)

    def _limit(self, start: Stop, stop: Field) -> bool:
        panel = self._panel
        if panel is None or not isinstance(start, Field) or start.item.column != panel.result:
            return False
        one, other = start.item, stop.item
        same = (one.group, one.row) == (
            other.group,
            other.row,
        ) and start.key.form_key() == stop.key.form_key()
        if not same or other.column not in (panel.low, panel.high):
            return False
        return self._page.known.limits_wait(start.key) or any(
            has_value(field)
            for field in self._page.fields.values()
            if (field.item.group, field.item.row) == (one.group, one.row)
            and field.item.column in (panel.low, panel.high)
        )

    def _box(self, stop: Field) -> bool:
        named = self._boxes.get(stop.item.name, ())
        fields = (self._page.fields.get(stop.key._replace(item=name)) for name in named)
        return any(field is not None and has_value(field) for field in fields)


def has_value(field: Field) -> bool:
    """Whether an answer that reads stands in ``field``."""
    return field.state is not None and field.state.value.status is Status.VALID


def _answers(page: FormPage, item: Item) -> int:
    return len(page.study.codelists[item.codelist].values) if item.codelist else 0
