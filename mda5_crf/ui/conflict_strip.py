"""Which answer is right: a side by its number, or another one typed in the field of the form; why; Enter.

What is typed before anybody can have seen a conflict is dropped: a quick typist must not decide anything
unseen. Esc goes back to the list and leaves the conflict open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, cast

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from mda5_crf.services.changes import Reason
from mda5_crf.services.conflicts import Conflict, finding_words
from mda5_crf.study.model import CodeList, CodeValue
from mda5_crf.study.state import Finding
from mda5_crf.text import Text, message
from mda5_crf.ui.inputs import Deaf, Entered, FieldInput, NumberInput, Step
from mda5_crf.ui.inputs.choice import ChoiceInput
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.reason_strip import OTHER
from mda5_crf.ui.second_strip import DEAF_FOR
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import SOFT_TINT, Tone, em, high_contrast, paint_focus

_PASSING: Final = (Qt.Key.Key_Escape, Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt)
_SIDE: Final = "S"


class _Numbered(ChoiceInput):
    """Sides or reasons; Esc belongs to the page."""

    flow = True

    @property
    def dirty(self) -> bool:
        return False


class _Ear(Deaf):
    """Tells the strip where Enter was pressed."""

    def __init__(self, on_enter: Callable[[], None], on_left: Callable[[], None]) -> None:
        self._on_enter, self._on_left = on_enter, on_left

    def input_left(self) -> None:
        self._on_left()

    def input_chosen(self) -> None:
        self._on_left()

    def input_step(self, step: Step) -> bool:
        if step is not Step.ENTER:
            return False
        self._on_enter()
        return True


class ConflictStrip(QWidget):
    """Asks about one conflict. ``made`` is the field of the form, fresh; ``decided`` and ``later`` are called
    by the keys; ``judge`` says what the form would say of another answer.
    """

    complained = Signal()
    """Something is missing or was refused; it is said at the foot."""

    def __init__(
        self,
        parent: QWidget,
        conflict: Conflict,
        made: Callable[[QWidget], FieldInput],
        reasons: Sequence[tuple[str, Text]],
        decided: Callable[[int, Entered, Reason], None],
        later: Callable[[], None],
        judge: Callable[[Entered], Sequence[Finding]],
        deaf: int = DEAF_FOR,
    ) -> None:
        super().__init__(parent)
        self._conflict, self._decided, self._later, self._judge = conflict, decided, later, judge
        self._deaf, self._since = deaf, QElapsedTimer()
        self._since.start()
        self.question = QLabel(self)
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.question.setWordWrap(True)
        self.which = _Numbered(self, _choices(conflict))
        self.which.listener = _Ear(self._which_done, self._show_other)
        self.other = made(self)
        self.other.listener = _Ear(self._other_done, self._look)
        self.unit = QLabel(self)
        self.unit.setTextFormat(Qt.TextFormat.PlainText)
        self.findings = MessageLabel(self)
        values = tuple(CodeValue(code, text, rank) for rank, (code, text) in enumerate(reasons))
        self.why = _Numbered(self, CodeList("REASONS", values, by_code={one.code: one for one in values}))
        self.why.listener = _Ear(self._why_done, self.update)
        self.why_label = QLabel(self)
        self.why_label.setTextFormat(Qt.TextFormat.PlainText)
        self.words = QLineEdit(self)
        self.words.returnPressed.connect(self.decide)
        self.ok, self.back = button(self), button(self)
        self.ok.clicked.connect(self.decide)
        self.back.clicked.connect(self._later)
        self.error = MessageLabel(self)
        self._complaint: Text | None = None
        for widget in self._stops():
            widget.installEventFilter(self)
        self.retranslate()
        self._show_other()

    # -- what stands here ----------------------------------------------------------------------------------

    @property
    def side(self) -> int | None:
        """The side chosen, from 1; 0 for another answer, None while nothing is chosen."""
        code = self.which.entered().text
        if not code:
            return None
        return 0 if code == OTHER else int(code.removeprefix(_SIDE))

    def choose(self, side: int) -> None:
        """Choose a side (from 1), or the other answer with the number behind the last; the rest of the
        keyboard's way is as if it had been typed in the strip.
        """
        if self.asleep or not 1 <= side <= len(self._conflict.sides) + 1:
            return
        self.which.show_saved(OTHER if side > len(self._conflict.sides) else f"{_SIDE}{side}")
        self._show_other()
        self.take_focus()

    @property
    def asleep(self) -> bool:
        """Whether the conflict has been in sight too briefly for anybody to have read it."""
        return self._since.elapsed() < self._deaf

    def take_focus(self) -> None:
        """The keyboard to the sides."""
        self.which.focus_target().setFocus(Qt.FocusReason.TabFocusReason)

    def complain(self, words: Text) -> None:
        """Say what is missing or was refused."""
        self._complaint = words
        self.error.say(speak(words), Tone.ERROR)
        self._lay(self.width(), place=True)
        self.updateGeometry()
        self.complained.emit()

    def decide(self) -> None:
        """Hand over what stands here, or say what is missing."""
        if self.asleep:
            return
        side, code, words = self.side, self.why.entered().text, self.words.text().strip()
        if side is None:
            self.complain(message("conflicts.choose_side"))
            self.take_focus()
            return
        self.other.finish_composition()
        if not side and not self.other.entered().text.strip():
            self.complain(message("conflicts.text_needed", item=self._conflict.label))
            self.other.focus_target().setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if not code or (code == OTHER and not words):
            self.complain(message("form.reason_choose" if not code else "entry.reason_text_required"))
            target = self.words if code else self.why.focus_target()
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._decided(side, self.other.entered(), Reason(code, words))

    # -- the way of the keyboard ---------------------------------------------------------------------------

    def _which_done(self) -> None:
        self._show_other()
        if self.side is None:
            self.complain(message("conflicts.choose_side"))
        elif not self.side:
            self.other.focus_target().setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.why.focus_target().setFocus(Qt.FocusReason.TabFocusReason)

    def _other_done(self) -> None:
        self.other.finish_composition()
        self._look()
        self.why.focus_target().setFocus(Qt.FocusReason.TabFocusReason)

    def _why_done(self) -> None:
        if self.why.entered().text == OTHER and not self.words.text().strip():
            self.words.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.decide()

    def _show_other(self) -> None:
        """The field is there while another answer is chosen, and only then."""
        shown = self.side == 0
        for widget in (cast("QWidget", self.other), self.unit, self.findings):
            widget.setVisible(shown)
        self._lay(self.width(), place=True)
        self.updateGeometry()
        self.update()

    def _look(self) -> None:
        """Say what the form would say of what was typed."""
        if self.side == 0:
            entered = self.other.entered()
            found = self._judge(entered) if entered.text.strip() else ()
            told = "\n".join(speak(finding_words(one)) for one in found)
            quiet = say("conflicts.nothing_found") if entered.text.strip() else ""
            self.findings.say(told or quiet, Tone.SOFT if told else Tone.QUIET)
        if isinstance(self.other, NumberInput):
            self.unit.setText(self.other.unit)
        self._lay(self.width(), place=True)
        self.updateGeometry()

    # -- words ---------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Speak the window's language; what stands here stays."""
        conflict = self._conflict
        label = speak(conflict.label)
        self.question.setText(say("conflicts.question", item=conflict.label))
        self.which.retranslate()
        self.which.set_names(self.question.text(), "")
        self.other.retranslate()
        self.other.set_names(say("conflicts.other_name", item=conflict.label), "")
        self.unit.setText(self.other.unit if isinstance(self.other, NumberInput) else "")
        self.why_label.setText(say("conflicts.why"))
        self.why.retranslate()
        self.why.set_names(say("conflicts.why"), "")
        name(self.words, say("conflicts.own_words"))
        self.words.setPlaceholderText(say("conflicts.own_words"))
        for widget, code in ((self.ok, "decide"), (self.back, "later")):
            widget.setText(say(f"conflicts.{code}"))
            name(widget, f"{widget.text()}: {label}")
        if self._complaint is not None:
            self.error.say(speak(self._complaint), Tone.ERROR)
        self._look()

    # -- geometry ------------------------------------------------------------------------------------------

    def height_for(self, width: int) -> int:
        """Pixels it is high at ``width`` pixels."""
        return self._lay(width, place=False)

    def hasHeightForWidth(self) -> bool:
        """Words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As :meth:`height_for`."""
        return self.height_for(width)

    def sizeHint(self) -> QSize:
        """At the width it has."""
        return QSize(30 * em(self), self.height_for(max(self.width(), 30 * em(self))))

    def minimumSizeHint(self) -> QSize:
        """Nothing of it is cut off."""
        return QSize(20 * em(self), self.height_for(max(self.width(), 20 * em(self))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts."""
        self._lay(self.width(), place=True)

    def _lay(self, width: int, *, place: bool) -> int:
        unit = em(self)
        pad = unit // 3
        inside = max(width - 2 * pad, 1)
        y = pad

        def put(widget: QWidget, high: int, x: int = pad, wide: int = inside) -> None:
            if place:
                widget.setGeometry(x, y, wide, high)

        high = self._wrapped(self.question, inside)
        put(self.question, high)
        y += high + pad // 2
        high = self.which.height_for(inside)
        put(self.which, high)
        y += high + pad // 2
        if self.side == 0:
            y += self._lay_other(y, pad, inside, place=place) + pad // 2
        label = self.why_label.sizeHint().width() + unit
        high = self.why.height_for(inside - label)
        put(self.why_label, max(self.why_label.sizeHint().height(), 24), pad, label - unit)
        put(self.why, high, pad + label, inside - label)
        y += high + pad // 2
        ok, back = self.ok.sizeHint().width(), self.back.sizeHint().width()
        line = max(self.ok.sizeHint().height(), self.words.sizeHint().height(), 24)
        words = inside - ok - back - 2 * unit
        put(self.words, line, pad, words)
        put(self.ok, line, pad + words + unit, ok)
        put(self.back, line, pad + words + unit + ok + unit, back)
        y += line + pad
        if self._complaint is not None:
            high = self.error.height_for(inside)
            put(self.error, high)
            y += high + pad
        self.error.setVisible(self._complaint is not None)
        return y

    def _lay_other(self, y: int, pad: int, inside: int, *, place: bool) -> int:
        """The field with its unit, and below it what the form would say; its height."""
        field, unit = cast("QWidget", self.other), em(self)
        beside = self.unit.sizeHint().width() + unit if self.unit.text() else 0
        wide = min(self.other.wanted_width() or inside, inside - beside)
        high = self.other.height_for(wide)
        told = self.findings.height_for(inside) if self.findings.text() else 0
        if place:
            field.setGeometry(pad, y, wide, high)
            self.unit.setVisible(bool(self.unit.text()))
            self.unit.setGeometry(pad + wide + unit // 2, y, beside, min(high, self.unit.sizeHint().height()))
            self.findings.setGeometry(pad, y + high + pad // 2, inside, told)
        return high + (pad // 2 + told if told else 0)

    @staticmethod
    def _wrapped(label: QLabel, width: int) -> int:
        box = QRect(0, 0, max(width, 1), 10_000)
        return label.fontMetrics().boundingRect(box, int(Qt.TextFlag.TextWordWrap), label.text()).height()

    # -- Qt ------------------------------------------------------------------------------------------------

    def _stops(self) -> tuple[QWidget, ...]:
        buttons: tuple[QPushButton, ...] = (self.ok, self.back)
        return (
            *self.which.focus_widgets(), *self.other.focus_widgets(), *self.why.focus_widgets(), self.words,
            *buttons,
        )  # fmt: skip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drop what was typed before anybody can have seen the conflict."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() not in _PASSING
            and self.asleep
        ):
            return True
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the conflict open; Enter on a button presses it."""
        if event.key() == Qt.Key.Key_Escape:
            self._later()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self._later if self.back.hasFocus() else self.decide)()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its pale ground, and the focus frame."""
        painter = QPainter(self)
        if not high_contrast():
            painter.fillRect(self.rect(), SOFT_TINT)
        for part in self._stops():
            if part.hasFocus() and part.isVisible():
                paint_focus(painter, QRect(part.mapTo(self, QPoint(0, 0)), part.size()))
        painter.end()


def _choices(conflict: Conflict) -> CodeList:
    """The sides by number, and another answer."""
    values = [
        CodeValue(f"{_SIDE}{at}", message("conflicts.side", value=one.value, name=one.vault), at)
        for at, one in enumerate(conflict.sides, 1)
    ]
    values.append(CodeValue(OTHER, message("conflicts.other"), len(values) + 1))
    return CodeList("SIDES", tuple(values), by_code={one.code: one for one in values})
