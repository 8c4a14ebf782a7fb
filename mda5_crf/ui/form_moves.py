"""Where the keyboard goes: definition order for Enter and Tab, four directions in tables, jumps.

Tab stops everywhere; Enter passes over what needs no typing (``ui/quick.py``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import QueryInfo
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_layout import Stop
from mda5_crf.ui.group_book import GroupBook
from mda5_crf.ui.group_log import AddRow, GroupLog
from mda5_crf.ui.inputs import Step
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.quick import Quick

if TYPE_CHECKING:
    from mda5_crf.ui.form_page import FormPage


class Moves:
    """See the module text."""

    def __init__(self, page: FormPage) -> None:
        self._page = page
        self._quick = Quick(page)
        self._entered = False

    def step(self, field: Field, step: Step) -> bool:
        """Commit ``field``, then move; what its answer opened is already there to move to."""
        if not self._page.commits.commit(field, by_keyboard=True, then=lambda: None):
            return True  # the strip has the keyboard now
        if step is Step.ENTER and isinstance(field.host, GroupLog) and field.host.is_last(field):
            return self._page.acts.add_row(field.item.group)
        target = self._target(field, step)
        if target is None:
            return step is Step.ENTER and self._leave(field)
        self.focus(target)
        return True

    def step_from(self, stop: AddRow | GroupBook, step: Step) -> bool:
        """Move on from the table or the button of a log."""
        target = self._next(stop, back=step in (Step.PREVIOUS, Step.UP))
        if target is None:
            return False
        self.focus(target)
        return True

    def _target(self, field: Field, step: Step) -> Stop | None:
        if step in (Step.LEFT, Step.RIGHT):
            return field.host.neighbour(field, step)
        if step in (Step.UP, Step.DOWN):
            inside = field.host.neighbour(field, step)
            return inside if inside is not None else self._outside(field, back=step is Step.UP)
        target = self._next(field, back=step is Step.PREVIOUS)
        while step is Step.ENTER and target is not None and self._quick.passes(field, target):
            target = self._next(target, back=False)
        return target

    def _outside(self, field: Field, *, back: bool) -> Stop | None:
        stop = self._next(field, back=back)
        while isinstance(stop, Field) and stop.host is field.host:
            stop = self._next(stop, back=back)
        return stop

    def _next(self, start: Stop, *, back: bool) -> Stop | None:
        stops = self._page.stops
        if start in stops:
            place = stops.index(start)
        else:
            # A computed field is no stop: go on from its place in the definition.
            assert isinstance(start, Field)
            order = list(self._page.fields)
            later = set(order[order.index(start.key) :]) if start.key in self._page.fields else set()
            found = (i for i, stop in enumerate(stops) if isinstance(stop, Field) and stop.key in later)
            place = next(found, len(stops)) - (0 if back else 1)
        beyond = reversed(stops[: max(place, 0)]) if back else iter(stops[place + 1 :])
        return next((stop for stop in beyond if stop.stop), None)

    def _leave(self, field: Field) -> bool:
        """Enter behind the last question: on to what the window has next (its buttons)."""
        widget = field.input.focus_target()
        after = widget.nextInFocusChain()
        while after is not None and after is not widget:
            takes = after.focusPolicy() & Qt.FocusPolicy.TabFocus and after.isVisible() and after.isEnabled()
            if takes and not self._page.isAncestorOf(after):
                after.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            after = after.nextInFocusChain()
        return False

    def focus(self, stop: Stop) -> None:
        """Give the keyboard to ``stop`` and keep its row in the middle half of the view."""
        stop.take_focus()
        if isinstance(stop, Field):
            self._page.view.keep_in_middle(stop)
        else:
            self._page.view.keep_visible(stop.focus_widgets()[0])

    # -- jumps

    def enter(self) -> None:
        """Where the keyboard was last, else the first empty item, else the first."""
        # Qt gives some widget the keyboard when a window is shown; that was nobody's choice.
        focused = self._page.focused if self._entered else None
        self._entered = True
        if focused is not None and focused.shown:
            self.focus(focused)
            return
        stops = [stop for stop in self._page.stops if stop.stop]
        # Of a long log the table comes first: who opens it wants to see its rows.
        books = [stop for stop in stops if isinstance(stop, GroupBook)]
        inside = {field for book in books for field in book.fields}
        empty = [s for s in stops if isinstance(s, Field) and s not in inside and not _answered(s)]
        if stops:
            self.focus((empty or books or stops)[0])

    def edge(self, *, last: bool) -> bool:
        """The first or last item."""
        stops = [stop for stop in self._page.stops if stop.stop]
        if stops:
            self.focus(stops[-1 if last else 0])
        return bool(stops)

    def go_to(self, key: ItemKey) -> bool:
        """The item ``key``, or the first item of a form, group or row key."""
        if not self._page.rows.reveal(key):
            return False
        field = self._page.fields.get(key)
        if field is None and not key.item:
            field = next((f for k, f in self._page.fields.items() if _lies_in(k, key) and f.shown), None)
        if field is None or not field.shown:
            return False
        self.focus(field)
        return True

    def attention(self, *, forward: bool) -> bool:
        """The next (previous) field that needs attention, round and round."""
        page = self._page
        if page.focused is not None:
            page.commits.commit(page.focused, by_keyboard=False)
        items = page.entry.state.items
        order = [key for key in items if items[key].relevant]
        at = page.focused.key if page.focused is not None else None
        here = order.index(at) if at in order else -1
        ring = order[here + 1 :] + order[: here + 1] if forward else order[:here][::-1] + order[here:][::-1]
        queries = page.open_queries()
        for key in ring:
            if key != at and self._needs_attention(key, queries):
                return self.go_to(key)
        page.announce(say("form.nothing_needs_attention"))
        return False

    def _needs_attention(self, key: ItemKey, queries: Mapping[ItemKey, list[QueryInfo]]) -> bool:
        """Also of an item in a row that is not open now."""
        page = self._page
        field = page.fields.get(key)
        if field is not None:
            return field.shown and field.marking.needs_attention
        state = page.entry.state.items[key]
        return page.marking_of(state, queries.get(key, ()), page.entry.readonly).needs_attention

    def find(self, words: str) -> tuple[tuple[ItemKey, str], ...]:
        """Items that apply and whose name or question contains ``words``; digits count from the top."""
        wanted = unicodedata.normalize("NFKC", words).strip().casefold()
        shown = [stop for stop in self._page.stops if isinstance(stop, Field) and stop.shown]
        if wanted.isdigit():
            number = int(wanted)
            return ((shown[number - 1].key, shown[number - 1].name),) if 0 < number <= len(shown) else ()
        return tuple(
            (field.key, field.name)
            for field in shown
            if wanted in field.item.name.casefold() or wanted in speak(field.item.label).casefold()
        )


def _answered(field: Field) -> bool:
    value = field.state.value if field.state is not None else None
    return value is not None and bool(value.text or value.missing)


def _lies_in(key: ItemKey, place: ItemKey) -> bool:
    return all(not part or part == whole for part, whole in zip(place, key, strict=True))
