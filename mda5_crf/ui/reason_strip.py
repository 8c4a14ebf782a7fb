"""The strip under a row that asks why: a change of a completed form, a value kept, a row struck out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from mda5_crf.services.changes import Reason
from mda5_crf.study.model import CodeList, CodeValue
from mda5_crf.text import Text
from mda5_crf.ui.inputs import Deaf, Step
from mda5_crf.ui.inputs.choice import ChoiceInput
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.theme import SOFT_TINT, Tone, em, high_contrast, paint_focus

OTHER = "OTHER"


class _Reasons(ChoiceInput):
    """The five reasons and "other"; Esc belongs to the strip."""

    flow = True

    @property
    def dirty(self) -> bool:
        return False


class ReasonStrip(Deaf, QWidget):
    """Question, reasons by number, a line for the other reason. Enter accepts, Esc puts back.

    ``reasons`` empty = only words are asked for (a confirmation). ``offered`` is the reason given last in
    this sitting: it stands chosen, so that one key accepts it. ``back`` is the code of the words on the
    button that puts back. ``accepted`` and ``cancelled`` are called
    once, after which the strip is dead.
    """

    def __init__(
        self,
        parent: QWidget,
        question: Text,
        reasons: Mapping[str, Text],
        offered: Reason | None,
        accepted: Callable[[Reason], None],
        cancelled: Callable[[], None],
        *,
        back: str = "form.reason_cancel",
    ) -> None:
        super().__init__(parent)
        self._back_code = back
        self._question = question
        self._accepted = accepted
        self._cancelled = cancelled
        self.question = QLabel(self)
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.question.setWordWrap(True)
        self.choice: _Reasons | None = None
        if reasons:
            values = tuple(CodeValue(code, text, rank) for rank, (code, text) in enumerate(reasons.items()))
            self.choice = _Reasons(self, CodeList("REASONS", values, by_code={v.code: v for v in values}))
            self.choice.listener = self
        self.words = QLineEdit(self)
        self.words.returnPressed.connect(self.accept)
        self.ok = QPushButton(self)
        self.ok.clicked.connect(self.accept)
        self.back = QPushButton(self)
        self.back.clicked.connect(self.cancel)
        self._error = MessageLabel(self)
        self._error.setVisible(False)
        self._complaint = ""
        if offered is not None and self.choice is not None:
            self.choice.show_saved(offered.code)
            self.words.setText(offered.text)
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.question.setText(speak(self._question))
        if self.choice is not None:
            self.choice.retranslate()
            self.choice.set_names(speak(self._question), "")
        self.words.setAccessibleName(f"{say('form.reason_other_text')}: {speak(self._question)}")
        self.words.setPlaceholderText("")
        self.ok.setText(say("form.reason_accept"))
        self.ok.setAccessibleName(f"{say('form.reason_accept')}: {speak(self._question)}")
        back = say(self._back_code)
        self.back.setText(back)
        self.back.setAccessibleName(f"{back}: {speak(self._question)}")
        if self._complaint:
            self._error.say(say(self._complaint), Tone.ERROR)

    def take_focus(self) -> None:
        """Give the keyboard to the reasons, or to the words when only words are asked for."""
        target = self.choice.focus_target() if self.choice is not None else self.words
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def reason(self) -> Reason | None:
        """The reason that stands here, None when it is not complete."""
        words = self.words.text().strip()
        if self.choice is None:
            return Reason(OTHER, words) if words else None
        code = self.choice.entered().text
        if not code and words:
            code = OTHER
        if not code or (code == OTHER and not words):
            return None
        return Reason(code, words)

    def accept(self) -> None:
        """Accept what stands here; say what is missing when something is."""
        found = self.reason()
        if found is not None:
            self._accepted(found)
            return
        needs_words = self.choice is None or self.choice.entered().text == OTHER
        self.complain("entry.reason_text_required" if needs_words else "form.reason_choose")
        (self.words if needs_words else self.choice.focus_target() if self.choice else self.words).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def complain(self, code: str) -> None:
        """Say ``code`` under the reasons."""
        self._complaint = code
        self._error.say(say(code), Tone.ERROR)
        self._error.setVisible(True)
        self._lay(self.width(), place=True)
        self.updateGeometry()

    def cancel(self) -> None:
        """Put things back."""
        self._cancelled()

    # -- listener of the reasons

    def input_focused(self) -> None:
        """One of the reasons has the keyboard: draw its frame."""
        self.update()

    def input_left(self) -> None:
        """None of them has it any more."""
        self.update()

    def input_step(self, step: Step) -> bool:
        """Enter accepts (or goes on to the words of the other reason); Tab is Qt's."""
        if step is not Step.ENTER:
            return False
        if self.choice is not None and self.choice.entered().text == OTHER and not self.words.text().strip():
            self.words.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.accept()
        return True

    # -- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts back, wherever in the strip; Enter on a button presses it."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.cancel if self.back.hasFocus() else self.accept)()
        else:
            super().keyPressEvent(event)

    def height_for(self, width: int) -> int:
        """Pixels it is high at ``width`` pixels; at its own the parts are placed for new words or type."""
        return self._lay(width, place=width == self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts."""
        self._lay(self.width(), place=True)

    def _lay(self, width: int, *, place: bool) -> int:
        unit = em(self)
        pad = unit // 3
        inside = width - 2 * pad
        box = QRect(0, 0, max(inside, 1), 10_000)
        y = pad
        high = (
            self.fontMetrics().boundingRect(box, int(Qt.TextFlag.TextWordWrap), self.question.text()).height()
        )
        _put(self.question, place, pad, y, inside, high)
        y += high + pad // 2
        if self.choice is not None:
            high = self.choice.height_for(inside)
            _put(self.choice, place, pad, y, inside, high)
            y += high + pad // 2
        ok, back = self.ok.sizeHint(), self.back.sizeHint()
        line = max(ok.height(), self.words.sizeHint().height(), 24)
        words = inside - ok.width() - back.width() - unit
        x = pad + words + unit // 2
        if words < 8 * unit:  # the buttons get a line of their own
            words, x = inside, pad
            _put(self.words, place, pad, y, words, line)
            y += line + pad // 2
        else:
            _put(self.words, place, pad, y, words, line)
        _put(self.ok, place, x, y, ok.width(), line)
        _put(self.back, place, x + ok.width() + unit // 2, y, back.width(), line)
        y += line + pad
        if self._complaint:
            high = self._error.height_for(inside)
            _put(self._error, place, pad, y, inside, high)
            y += high + pad
        return y

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its pale ground, and the focus frame."""
        painter = QPainter(self)
        if not high_contrast():
            painter.fillRect(self.rect(), SOFT_TINT)
        parts = (*(self.choice.options() if self.choice is not None else ()), self.words, self.ok, self.back)
        for part in parts:
            if part.hasFocus():
                paint_focus(painter, QRect(part.mapTo(self, QPoint(0, 0)), part.size()))
        painter.end()


def _put(widget: QWidget, place: bool, x: int, y: int, width: int, height: int) -> None:
    if place:
        widget.setGeometry(x, y, width, height)
