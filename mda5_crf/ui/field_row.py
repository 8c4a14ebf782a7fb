"""One question: bar, label, input, unit, icon, and a message line that exists only once it was needed."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from mda5_crf.study.model import Item
from mda5_crf.ui.course_aside import CourseAside
from mda5_crf.ui.field import Field
from mda5_crf.ui.icons import Glyph, pixmap
from mda5_crf.ui.inputs import NumberInput, Step, is_long
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.theme import BAR, SECONDARY, Tone, em, icon_size, ink, paint_focus

LABEL_EMS = 22
TICK_FADES = 1000
"""Milliseconds until the tick of a saved field is gone."""


class FieldRow(Shown, QWidget):
    """Owns the anatomy of one question; the input knows nothing of rules.

    Give it its field with :meth:`bind` right after the field was made.
    """

    field: Field

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self._unit: QLabel | QToolButton | None = None
        self._message: MessageLabel | None = None
        self._strip: QWidget | None = None
        self._words = ""
        self._loud = False
        self._below = False
        self._long = False
        self._heights: dict[int, int] = {}
        self._input_box = QRect()
        self._aside_x = 0
        self._saved = QElapsedTimer()
        self._fade: QTimer | None = None
        self._course: CourseAside | None = None

    def bind(self, field: Field) -> None:
        """Take ``field``; its input is a child of this row."""
        self.field = field
        self._long = is_long(field.item)
        self.label.setBuddy(field.input.focus_target())
        if isinstance(field.input, NumberInput) and field.input.units:
            self._unit = self._unit_widget(field.input)
        elif field.item.unit:
            self._unit = QLabel(self)
        if isinstance(self._unit, QLabel):
            self._unit.setTextFormat(Qt.TextFormat.PlainText)
        self.retranslate()

    def _unit_widget(self, number: NumberInput) -> QLabel | QToolButton:
        if len(number.units) < 2:
            return QLabel(self)
        button = QToolButton(self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # F9 in the number does the same from the keyboard
        button.setAutoRaise(True)
        button.clicked.connect(self._open_units)
        return button

    def _open_units(self) -> None:
        self.field.take_focus(Qt.FocusReason.OtherFocusReason)
        self.field.input.open_choices()

    def retranslate(self) -> None:
        """Label, unit and message in the window's language."""
        self._forget_heights()
        # A label with a buddy would take a single & for the mark of a shortcut.
        self.label.setText(speak(self.field.item.label).replace("&", "&&"))
        self.field.input.retranslate()
        if isinstance(self._unit, QToolButton):
            self._unit.setAccessibleName(say("form.unit_button", item=self.field.item.label))
            self._unit.setToolTip(say("form.choose_unit"))
        self._show_unit()
        self.refresh_field(self.field)

    def _show_unit(self) -> None:
        if self._unit is None:
            return
        number = self.field.input
        self._unit.setText(number.unit if isinstance(number, NumberInput) else self.field.item.unit or "")

    # -- host of its one field

    def widget(self) -> QWidget:
        """Itself."""
        return self

    def field_rect(self, field: Field) -> QRect:
        """All of it."""
        return self.rect()

    def neighbour(self, field: Field, step: Step) -> Field | None:
        """A row has no neighbours inside itself."""
        return None

    def reveal(self, field: Field) -> None:
        """Nothing scrolls in a row."""

    def show_field(self, field: Field, shown: bool) -> bool:
        """Show or hide the whole row."""
        field.shown = shown
        return self.set_shown(shown)

    def refresh_field(self, field: Field) -> bool:
        """Draw the marking; True when the height may have changed."""
        self._show_unit()
        marking = field.marking
        words = field.words(marking.words)
        loud = bool(words) and marking.loud
        changed = (words, loud) != (self._words, self._loud)
        self._words, self._loud = words, loud
        if field.just_saved:
            field.just_saved = False
            if marking.glyph is None:
                self._start_tick()
        if changed:
            self._forget_heights()
            self._place()
        self.update()
        return changed

    def _start_tick(self) -> None:
        self._saved.start()
        if self._fade is None:
            self._fade = QTimer(self)
            self._fade.setInterval(40)
            self._fade.timeout.connect(self._fade_tick)
        self._fade.start()

    def _fade_tick(self) -> None:
        if self._saved.elapsed() >= TICK_FADES and self._fade is not None:
            self._fade.stop()
            self._saved.invalidate()
        self.update(self._icon_box())

    def show_course(self, course: CourseAside | None) -> bool:
        """Show earlier values in what is left of the line, or (None) no longer; True when they fit."""
        self._course = course
        self.update()
        if course is None:
            return False
        words, _ = self.course_boxes()
        return not words.isEmpty()

    def course_boxes(self) -> tuple[QRect, QRect]:
        """Where the words and the drawing of the course stand; empty for what is not shown."""
        if self._course is None:
            return QRect(), QRect()
        return self._course.parts(self._room(), self.fontMetrics(), em(self))

    def _room(self) -> QRect:
        """What is left of the line between unit or quiet words and the state icon."""
        unit, box = em(self), self._icon_box()
        start = self._aside_x + unit // 2
        if self._words and not self._below:
            start += self.fontMetrics().horizontalAdvance(self._words) + unit
        line = min(self._input_box.height(), 2 * icon_size(self))
        return QRect(start, self._input_box.top(), max(box.left() - unit // 2 - start, 0), line)

    def open_strip(self, field: Field, strip: QWidget) -> None:
        """Show ``strip`` under the input."""
        self._strip = strip
        strip.setParent(self)
        strip.setVisible(True)
        self._forget_heights()

    def close_strip(self) -> None:
        """Let go of the strip."""
        self._strip = None
        self._forget_heights()

    # -- geometry

    def changeEvent(self, event: QEvent) -> None:
        """New type size: measure anew."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._forget_heights()
        super().changeEvent(event)

    def _forget_heights(self) -> None:
        self._heights.clear()

    def height_for(self, width: int) -> int:
        """Pixels the row is high at ``width`` pixels."""
        height = self._heights.get(width)
        if height is None:
            height = self._heights[width] = self._measure(width, place=False)
        return height

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts."""
        self._place()

    def _place(self) -> None:
        self._measure(self.width(), place=True)
        if self._course is not None:
            self._course.placed()

    def _measure(self, width: int, *, place: bool) -> int:
        unit = em(self)
        pad, left = unit // 4, BAR + unit * 3 // 4
        icon = icon_size(self)
        right = width - icon - unit
        widget = self.field.input
        assert isinstance(widget, QWidget)
        label_width = right - left if self._long else min(LABEL_EMS * unit, width * 2 // 5)
        x = left if self._long else left + label_width + unit
        unit_size = self._unit.sizeHint() if self._unit is not None else QSize(0, 0)
        space = right - x - (unit_size.width() + unit // 2 if unit_size.width() else 0)
        wanted = widget.wanted_width() or min(space, 50 * unit)
        input_width = max(min(wanted, space), 4 * unit)
        input_height = widget.height_for(input_width)
        label_height = _wrapped(self.label, label_width)
        y = pad + (label_height + pad if self._long else 0)
        # The label's first line stands on the input's first line.
        first_line = min(input_height, widget.height_for(10_000)) if not self._long else 0
        label_y = pad if self._long else pad + max((first_line - self.fontMetrics().height()) // 2, 0)
        if place:
            self.label.setGeometry(left, label_y, label_width, label_height)
            widget.setGeometry(x, y, input_width, input_height)
            self._input_box = QRect(x, y, input_width, input_height)
            self._aside_x = x + input_width + unit // 2
            if self._unit is not None:
                up = max((first_line - unit_size.height()) // 2, 0)
                # The words of a button begin inside its margin; those of a label are moved to the same line.
                inset = 0 if isinstance(self._unit, QToolButton) else unit * 5 // 8
                self._aside_x += inset
                self._unit.setGeometry(self._aside_x, y + up, unit_size.width(), unit_size.height())
                self._aside_x += unit_size.width() + unit // 2
        y = max(y + input_height, label_y + label_height) + pad
        return self._measure_below(QRect(x, y, right - x, 0), beside=space - input_width, place=place)

    def _measure_below(self, box: QRect, *, beside: int, place: bool) -> int:
        """What stands under the input: the message (quiet words that do not fit beside, too), the strip."""
        pad, y = em(self) // 4, box.top()
        fits = self.fontMetrics().horizontalAdvance(self._words) + 2 * em(self) <= beside
        below = bool(self._words) and (self._loud or not fits)
        if place:
            self._below = below
            self._show_message(below)
        if below:
            message = self._ready_message()
            high = message.height_for(box.width())
            if place:
                message.setGeometry(box.left(), y, box.width(), high)
            y += high + pad
        if self._strip is not None:
            high = _extra_height(self._strip, box.width())
            if place:
                self._strip.setGeometry(box.left(), y, box.width(), high)
            y += high + pad
        return y

    def _ready_message(self) -> MessageLabel:
        if self._message is None:
            self._message = MessageLabel(self)
        self._message.say(self._words, self.field.marking.tone if self._loud else Tone.QUIET)
        return self._message

    def _show_message(self, shown: bool) -> None:
        if shown:
            self._ready_message().setVisible(True)
        elif self._message is not None:
            self._message.setVisible(False)

    def _icon_box(self) -> QRect:
        icon = icon_size(self)
        middle = self._input_box.top() + min(self._input_box.height(), icon * 2) // 2
        return QRect(self.width() - icon - em(self) // 2, middle - icon // 2, icon, icon)

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bar, icon, the quiet words beside the input, and the focus frame."""
        painter = QPainter(self)
        marking = self.field.marking
        if marking.bar:
            painter.fillRect(0, 1, BAR, self.height() - 2, ink(marking.bar))
        box = self._icon_box()
        if marking.glyph is not None:
            painter.drawPixmap(box.topLeft(), pixmap(marking.glyph, box.width(), self.devicePixelRatioF()))
        elif self._saved.isValid() and self._saved.elapsed() < TICK_FADES:
            painter.setOpacity(1 - self._saved.elapsed() / TICK_FADES)
            painter.drawPixmap(box.topLeft(), pixmap(Glyph.TICK, box.width(), self.devicePixelRatioF()))
            painter.setOpacity(1)
        if self._words and not self._below:
            self._paint_aside(painter, box.left())
        if self._course is not None:
            self._course.paint(painter, self._room(), em(self))
        focused = next((w for w in self.field.input.focus_widgets() if w.hasFocus()), None)
        if focused is not None:
            paint_focus(painter, QRect(focused.mapTo(self, QPoint(0, 0)), focused.size()))
        painter.end()

    def _paint_aside(self, painter: QPainter, end: int) -> None:
        start = self._aside_x + em(self) // 2
        width = end - start - em(self) // 2
        painter.setPen(QColor(ink(SECONDARY)))
        words = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, width)
        line = QRect(start, self._input_box.top(), width, min(self._input_box.height(), 2 * icon_size(self)))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)


class LabelRow(Shown, QWidget):
    """An item that only speaks: instructions between questions."""

    def __init__(self, parent: QWidget, item: Item) -> None:
        super().__init__(parent)
        self.item = item
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.retranslate()

    def retranslate(self) -> None:
        """The words in the window's language."""
        self.label.setText(speak(self.item.label))

    def height_for(self, width: int) -> int:
        """Its wrapped words."""
        unit = em(self)
        return _wrapped(self.label, width - 2 * unit) + unit

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the words."""
        unit = em(self)
        self.label.setGeometry(
            BAR + unit * 3 // 4, unit // 2, self.width() - 2 * unit, self.height() - unit // 2
        )


def _wrapped(label: QLabel, width: int) -> int:
    metrics = label.fontMetrics()
    words = label.text().replace("&&", "&")
    if metrics.horizontalAdvance(words) < width and "\n" not in words:
        return metrics.height()
    box = QRect(0, 0, max(width, 1), 100_000)
    return metrics.boundingRect(box, int(Qt.TextFlag.TextWordWrap), words).height()


def _extra_height(extra: QWidget, width: int) -> int:
    measure = getattr(extra, "height_for", None)
    return int(measure(width)) if measure is not None else extra.sizeHint().height()
