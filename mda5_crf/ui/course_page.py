"""The course of an item in the side panel: drawn large, and every value as a line that leads to its visit."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.course import Course, Point, course, has_course, number
from mda5_crf.services.coursedrawing import Drawing, drawing
from mda5_crf.services.session import Session
from mda5_crf.study.operand import plain
from mda5_crf.text import Text, both, message
from mda5_crf.ui.course_drawing import paint
from mda5_crf.ui.course_words import place, value_of, whole_change
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.theme import SECONDARY, SOFT, TEXT, em, ink, paper

HIGH, LOW = 13, 7
"""Height of the drawing in em, where there is room and where there is not."""
_LINES = 3
"""Lines of the list that are in sight however large the text is."""


class CoursePlot(Spoken, QWidget):
    """The drawing: values with dates, limits, what is usual. What it shows is said in the list below it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._course: Course | None = None
        self._drawing = Drawing()
        self.fits = True
        """Whether the page has room for it."""
        self.labels: list[tuple[QRectF, str]] = []
        """What was written into the drawing last, and where."""
        paper(self)
        self.rescale()

    def show_course(self, found: Course | None) -> None:
        """Draw ``found``; nothing for None."""
        self._course = found
        self._drawing = Drawing() if found is None else drawing(found)
        self.show_if()
        self.retranslate()
        self.update()

    def retranslate(self) -> None:
        """What a screen reader is told of the drawing."""
        if self._course is None:
            return
        label, spots = self._course.item.label, self._drawing.spots
        if spots:
            told = say(
                "course.drawing",
                item=label,
                count=len(spots),
                low=speak(min(spots, key=lambda spot: spot.y).point.words),
                high=speak(max(spots, key=lambda spot: spot.y).point.words),
            )
        else:
            told = say("course.drawing_none", item=label)
        name(self, told)

    def show_if(self) -> None:
        """Seen when there is something to draw and room for it."""
        self.setVisible(self.fits and bool(self._drawing.spots))

    def rescale(self) -> None:
        """Its height from the type size."""
        self.setMinimumHeight(LOW * em(self))
        self.setMaximumHeight(HIGH * em(self))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The drawing between its scale and its dates."""
        self.labels = []
        if not self._drawing.spots:
            return
        painter = QPainter(self)
        metrics, unit = QFontMetricsF(self.font()), float(em(self))
        line = metrics.height()
        limits = [(y, plain(at)) for y, at in self._drawing.lines]
        right = max((metrics.horizontalAdvance(text) for _, text in limits), default=0.0)
        margin = unit / 2
        box = QRectF(margin, line * 1.2, self.width() - 2 * margin - (right + margin if right else 0), 0)
        box.setHeight(self.height() - box.top() - 2.3 * line)
        places = paint(painter, box, self._drawing, unit / 4)
        painter.setPen(ink(SOFT))
        for y, text in limits:
            middle = box.bottom() - unit * 0.4 - y * (box.height() - unit * 0.8)
            at = QPointF(box.right() + margin, middle - line / 2)
            wanted = QRectF(at.x(), at.y(), metrics.horizontalAdvance(text), line)
            # The list below names what finds no room here.
            if not any(wanted.intersects(other) for other, _ in self.labels):
                self._write(painter, at, text, metrics)
        self._write_dates(painter, places, metrics, box)
        self._write_values(painter, places, metrics, box)
        painter.end()

    def _write_values(
        self, painter: QPainter, places: list[QPointF], metrics: QFontMetricsF, box: QRectF
    ) -> None:
        """The numbers beside their dots, as many as find room: this form's first, then the ends."""
        painter.setPen(ink(TEXT))
        spots = self._drawing.spots
        order = sorted(
            range(len(spots)), key=lambda n: (not spots[n].point.here, n not in (0, len(spots) - 1), n)
        )
        dots = [QRectF(at.x() - 4, at.y() - 4, 8, 8) for at in places]
        for index in order:
            text, at = speak(spots[index].point.words), places[index]
            wide, high = metrics.horizontalAdvance(text), metrics.height()
            left = min(max(at.x() - wide / 2, box.left()), box.right() - wide)
            for top in (at.y() - high * 1.25, at.y() + high * 0.25):
                wanted = QRectF(left, top, wide, high)
                taken = [dot for n, dot in enumerate(dots) if n != index] + [one for one, _ in self.labels]
                if not any(wanted.intersects(other) for other in taken) and top > 0:
                    painter.fillRect(wanted, self.palette().window())  # no line runs through a number
                    self._write(painter, wanted.topLeft(), text, metrics)
                    break

    def _write_dates(
        self, painter: QPainter, places: list[QPointF], metrics: QFontMetricsF, box: QRectF
    ) -> None:
        """Visits under the drawing as far as there is room, and the first and last date under them."""
        painter.setPen(ink(SECONDARY))
        spots = self._drawing.spots
        ends = (0, len(spots) - 1)
        order = sorted(range(len(spots)), key=lambda n: (n not in ends, n))
        line = metrics.height()
        for index in order:
            self._write_under(painter, places[index].x(), spots[index].point.event, metrics, box, 0.15 * line)
        for index in dict.fromkeys(ends):
            day = spots[index].point.day
            if day is not None:
                self._write_under(painter, places[index].x(), str(day), metrics, box, 1.15 * line)

    def _write_under(
        self, painter: QPainter, x: float, text: str, metrics: QFontMetricsF, box: QRectF, down: float
    ) -> None:
        wide = metrics.horizontalAdvance(text)
        left = max(min(x - wide / 2, box.right() - wide), 0.0)  # clear of the limits on the right
        wanted = QRectF(left, box.bottom() + down, wide, metrics.height())
        apart = wanted.adjusted(-4, 0, 4, 0)
        if not any(apart.intersects(other) for other, _ in self.labels):
            self._write(painter, wanted.topLeft(), text, metrics)

    def _write(self, painter: QPainter, at: QPointF, text: str, metrics: QFontMetricsF) -> None:
        self.labels.append((QRectF(at.x(), at.y(), metrics.horizontalAdvance(text), metrics.height()), text))
        painter.drawText(QPointF(at.x(), at.y() + metrics.ascent()), text)


class CoursePage(Spoken, QWidget):
    """See the module text. Which item is shown follows the keyboard, or is chosen: totals of a form cannot be
    focused, but they have a course.
    """

    item_wanted = Signal(object)
    """ItemKey of a value somebody chose."""

    def __init__(self, parent: QWidget, session: Session, values: QListWidget) -> None:
        """``values`` is an empty list that belongs to this page from now on."""
        super().__init__(parent)
        self._session = session
        self._key: ItemKey | None = None
        self._chosen: ItemKey | None = None
        self._choices: list[ItemKey] = []
        self.course: Course | None = None
        self.choice = QComboBox(self)
        self.choice.setMinimumHeight(24)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.activated.connect(self._choose)
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self.plot = CoursePlot(self)
        self.values = values
        values.itemActivated.connect(self._opened)
        box = QVBoxLayout(self)
        box.addWidget(self.choice)
        box.addWidget(self._words)
        box.addWidget(self.plot, 3)
        box.addWidget(values, 2)
        self._box = box
        self.retranslate()
        self.rescale()

    @property
    def wanted_focus(self) -> QWidget:
        """What gets the keyboard: the values, else the choice of the item."""
        return self.values if self.values.count() else self.choice

    def follow(self, key: ItemKey | None) -> None:
        """Show the item that has the keyboard; what was chosen on its form stays chosen."""
        if self._chosen is not None and (key is None or key.form_key() != self._chosen.form_key()):
            self._chosen = None
        self._key = key
        self.refresh()

    def refresh(self) -> None:
        """Read the values anew and show them."""
        key = self._chosen or self._key
        self.course = None if key is None else course(self._session, key)
        self._fill_choice()
        self.plot.show_course(self.course)
        self._fill_values()

    def _fill_choice(self) -> None:
        self.choice.clear()
        self._choices = []
        if self._key is None:
            return
        form = self._session.study_for(self._key).forms[self._key.form]
        own = self._key.item
        self._choices = [self._key]
        self.choice.addItem(say("course.this_item", item=form.items[own].label))
        for item in form.items.values():
            # Totals first of all: what the study follows, or computes as a number from the form.
            if item.name != own and item.course is not None and has_course(item, ""):
                self._choices.append(self._key._replace(group=item.group, group_repeat="", item=item.name))
                self.choice.addItem(speak(item.label))
        if self._chosen in self._choices:
            self.choice.setCurrentIndex(self._choices.index(self._chosen))

    def _choose(self, index: int) -> None:
        self._chosen = self._choices[index] if 0 < index < len(self._choices) else None
        self.refresh()

    def _fill_values(self) -> None:
        self.values.clear()
        found = self.course
        self.values.setVisible(found is not None and bool(found.points))
        self._words.setText(self._said())
        self._words.setVisible(bool(self._words.text()))
        if found is None:
            name(self.values, say("course.title"))
            return
        name(self.values, say("course.values", item=found.item.label))
        name(self.choice, say("course.choose"))
        if found.last is not None:
            self._add(self._since(found, found.last), None)
        for point in reversed(found.points):
            told = message("course.line", place=place(point), value=value_of(found, point))
            self._add(speak(told) + (f" · {say('course.here')}" if point.here else ""), point.key)
        for text in limits(found):
            self._add(speak(text), None)
        if self.values.count():
            self.values.setCurrentRow(0)

    def _add(self, words: str, key: ItemKey | None) -> None:
        line = QListWidgetItem(words)
        line.setData(Qt.ItemDataRole.UserRole, key)
        if key is not None:
            line.setToolTip(say("course.keys"))
        self.values.addItem(line)

    def _said(self) -> str:
        found = self.course
        if found is None:
            return say("course.no_item")
        label = found.item.label
        key = found.key
        if not has_course(found.item, key.group_repeat):
            return say("course.not_followed", item=label)
        return "" if found.points else say("course.none", item=label)

    def _since(self, found: Course, last: Point) -> str:
        """The last value, and what has changed since."""
        told = whole_change(found)
        words = message("course.description", value=value_of(found, last), place=place(last), change=both(""))
        if told is not None:
            change = message("course.description_change", change=told)
            words = Text(words.en + change.en, words.zh + change.zh)
        return speak(words)

    def _opened(self, line: QListWidgetItem) -> None:
        key = line.data(Qt.ItemDataRole.UserRole)
        if key is not None:
            self.item_wanted.emit(ItemKey(*key))

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self.choice, say("course.choose"))
        row = self.values.currentRow()
        self.refresh()
        self.values.setCurrentRow(row)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit // 2, unit // 2, unit // 2, unit // 2)
        self._box.setSpacing(unit // 3)
        self.values.setMinimumHeight(_LINES * 2 * unit)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for both, the list alone: it says all that the drawing shows."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        across = self.width()
        wraps = self._box.hasHeightForWidth()
        needed = (
            self._box.totalMinimumHeightForWidth(across) if wraps else self._box.totalMinimumSize().height()
        )
        if self.plot.isHidden():  # it is not counted then
            needed += self.plot.minimumHeight() + self._box.spacing()
        self.plot.fits = self.height() >= needed
        self.plot.show_if()


def limits(found: Course) -> list[Text]:
    """The limits and the usual range of a course, as sentences."""
    told = [message("course.threshold", at=plain(line.at), text=line.text) for line in found.thresholds]
    low, high = found.band or (None, None)
    if low is not None and high is not None:
        told.append(message("course.band", low=number(low, None), high=number(high, None)))
    elif low is not None:
        told.append(message("course.band_from", low=number(low, None)))
    elif high is not None:
        told.append(message("course.band_to", high=number(high, None)))
    return told
