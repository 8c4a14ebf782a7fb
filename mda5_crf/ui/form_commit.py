"""Commits: from what stands in an input to a durable answer, with the reason where one is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, Reason, ReasonRequired
from mda5_crf.text import Text, message
from mda5_crf.ui.field import Field
from mda5_crf.ui.reason_strip import ReasonStrip

if TYPE_CHECKING:
    from mda5_crf.ui.form_page import FormPage

Act = Callable[[Reason | None], Changes]


class Commits:
    """One strip at a time. A field that waits for its reason keeps its text; nobody is held in it."""

    def __init__(self, page: FormPage) -> None:
        self._page = page
        self._strip: ReasonStrip | None = None
        self._field: Field | None = None
        self._cancel: Callable[[], None] | None = None
        self._waiting: list[Field] = []
        self._busy: Field | None = None

    @property
    def strip(self) -> ReasonStrip | None:
        """The strip that is open, None for none."""
        return self._strip

    @property
    def asked_for(self) -> ItemKey | None:
        """The item for which the strip asks, None while none is open."""
        return self._field.key if self._field is not None else None

    def retranslate(self) -> None:
        """Speak the window's language."""
        if self._strip is not None:
            self._strip.retranslate()

    def commit(self, field: Field, *, by_keyboard: bool, then: Callable[[], None] | None = None) -> bool:
        """Make what stands in ``field`` durable. True when nothing is left to ask.

        ``then`` is done after a reason was given, when one had to be asked for first.
        """
        if self._busy is field:
            return True  # a reentrant loss of focus while this very field is being committed
        field.input.finish_composition()
        if not field.input.dirty:
            self._forget_refusal(field)
            return True
        if not by_keyboard and field.refused == field.input.entered():
            return True
        if self._strip is not None:
            return self._wait(field, by_keyboard)
        if self._reason_expected():
            self._ask_for_change(field, by_keyboard, then)
            return False
        return self._store(field, None, by_keyboard, then)

    def _forget_refusal(self, field: Field) -> None:
        """Somebody put back what could not be stored: nothing is left to say about it."""
        if field.refusal is not None:
            field.refusal = field.refused = None
            self._page.refresh()

    def _wait(self, field: Field, by_keyboard: bool) -> bool:
        assert self._strip is not None
        if field is not self._field and field not in self._waiting:
            self._waiting.append(field)
        if field is self._field and by_keyboard:
            self._strip.take_focus()
            return False
        return field is not self._field

    def _reason_expected(self) -> bool:
        entry = self._page.entry
        return entry.needs_reason or entry.sitting_reason is not None

    def _ask_for_change(self, field: Field, by_keyboard: bool, then: Callable[[], None] | None) -> None:
        self.ask(
            field,
            message("form.reason_change", item=field.item.label),
            lambda reason: self._store(field, reason, by_keyboard, then),
            field.input.restore,
            take_focus=by_keyboard,
        )

    def _store(
        self, field: Field, reason: Reason | None, by_keyboard: bool, then: Callable[[], None] | None = None
    ) -> bool:
        entered = field.input.entered()
        unit = entered.unit if entered.unit and entered.unit != field.item.unit else None
        self._busy = field
        try:
            changes = self._page.entry.set_value(field.key, entered.text, unit, reason)
        except ReasonRequired:
            self._busy = None
            self._ask_for_change(field, by_keyboard, then)
            return False
        except CrfError as problem:
            # The text stays where it is, marked; the keyboard goes where it was sent.
            field.refused = entered
            self._page.refused(field, problem)
            return True
        finally:
            self._busy = None
        self._stored(field, changes)
        return True

    def _stored(self, field: Field, changes: Changes) -> None:
        field.input.settle()
        field.refusal = field.refused = None
        field.just_saved = True
        self._page.apply(changes)
        self._page.announce_saved(field)

    def commit_all(self) -> bool:
        """Commit every uncommitted field; False when one has to wait or could not be stored."""
        done = True
        for field in list(self._page.fields.values()):
            if field.input.dirty:
                done &= self.commit(field, by_keyboard=True) and not field.input.dirty
        return done and self._strip is None

    def act(self, field: Field | None, question: Text, do: Act) -> bool:
        """An act other than typing (missing code, new row, whole row of zeros): with the reason it needs.

        True when it was done at once.
        """
        if field is not None and self._reason_expected():
            self.ask(field, question, lambda reason: self._do(field, do, reason), lambda: None)
            return False
        try:
            return self._do(field, do, None)
        except ReasonRequired as problem:
            self._page.refused(None, problem)
            return False

    def act_now(self, do: Act, reason: Reason | None) -> bool:
        """An act whose reason is known, or not needed; what is refused is said. True when it was done."""
        return self._do(None, do, reason)

    def ask_or(self, field: Field | None, question: Text, do: Callable[[Reason | None], object]) -> None:
        """``do`` at once, or after the reason for it was given under ``field``."""
        if field is not None and self._reason_expected():
            self.ask(field, question, do, lambda: None)
        else:
            do(None)

    def _do(self, field: Field | None, do: Act, reason: Reason | None) -> bool:
        try:
            changes = do(reason)
        except ReasonRequired:
            raise
        except CrfError as problem:
            self._page.refused(None, problem)
            return False
        self._page.apply(changes)
        return True

    # -- the strip

    def ask(
        self,
        field: Field,
        question: Text,
        accepted: Callable[[Reason], object],
        cancelled: Callable[[], None],
        *,
        reasons: bool = True,
        take_focus: bool = True,
    ) -> None:
        """Open the strip under ``field``. ``reasons`` False asks for words only."""
        if self._strip is not None:
            self._strip.take_focus()
            return
        page = self._page
        self._field, self._cancel = field, cancelled
        known = page.session.study.reasons if reasons else {}
        self._strip = ReasonStrip(
            page, question, known, page.entry.sitting_reason if reasons else None,
            lambda reason: self._close(lambda: accepted(reason)), self._cancelled,
        )  # fmt: skip
        field.host.open_strip(field, self._strip)
        page.relayout()
        if take_focus:
            self._strip.take_focus()
            page.view.keep_visible(self._strip)

    def _cancelled(self) -> None:
        assert self._cancel is not None
        self._close(self._cancel)

    def _close(self, after: Callable[[], object]) -> None:
        strip, field = self._strip, self._field
        if strip is None or field is None:
            return
        had_focus = (
            strip.isAncestorOf(strip.window().focusWidget()) if strip.window().focusWidget() else False
        )
        self._strip = self._field = self._cancel = None
        field.host.close_strip()
        if had_focus:
            field.take_focus(Qt.FocusReason.OtherFocusReason)
        strip.setVisible(False)
        strip.deleteLater()
        after()
        self._page.relayout()
        waiting = [one for one in self._waiting if one.input.dirty and one is not field]
        self._waiting = []
        for one in waiting:
            self.commit(one, by_keyboard=one.has_focus())
