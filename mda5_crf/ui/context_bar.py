"""Whose data are on screen, and how they stand. Always there, three em high, never scrolls."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mda5_crf.sync.delivery import CAME, CONFIRMED, HERE, SENT, Where
from mda5_crf.text import Text
from mda5_crf.ui.icons import STATUS_GLYPHS, Glyph, pixmap
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.spoken import Spoken, button, name, tip
from mda5_crf.ui.theme import HAIRLINE, em, ink

_WHERE = {HERE: Glyph.HERE, SENT: Glyph.STICK, CONFIRMED: Glyph.TICK, CAME: Glyph.STICK}


def query_count(count: int) -> str:
    """How many queries are open, in the window's language: ``3 queries``."""
    return say("ui.queries_one") if count == 1 else say("ui.queries_many", count=count)


class ContextBar(Spoken, QWidget):
    """Participant · visit · form, status, open queries, language."""

    language_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._place: tuple[Text, ...] = ()
        self._status = ""
        self._progress = (0, 0)
        self._queries = 0
        self._second: Text | None = None
        self._deviations = 0
        self.identity = Line(self)
        font = self.identity.font()
        font.setBold(True)
        self.identity.setFont(font)
        self._status_icon, self.status = QLabel(self), QLabel(self)
        self._query_icon, self.queries = QLabel(self), QLabel(self)
        self._deviation_icon, self.deviations = QLabel(self), QLabel(self)
        self._where: Where | None = None
        self._where_icon, self.where = QLabel(self), QLabel(self)
        self.language = button(self)
        self.language.clicked.connect(self.language_wanted)
        layout = QHBoxLayout(self)
        layout.addWidget(self.identity, 1)
        for widget in (
            self._deviation_icon, self.deviations, self._where_icon, self.where, self._status_icon,
            self.status, self._query_icon, self.queries, self.language,
        ):  # fmt: skip
            layout.addWidget(widget)
        self.retranslate()
        self.rescale()

    def show_place(self, *place: Text) -> None:
        """Participant, visit and form; or, on the matrix, where we are."""
        self._place = place
        self._status, self._queries, self._deviations, self._second = "", 0, 0, None
        self._where = None
        self.retranslate()

    def show_status(self, status: str, answered: int, expected: int, queries: int) -> None:
        """How the form stands: services' word, answers of those expected, open queries."""
        self._status, self._progress, self._queries = status, (answered, expected), queries
        self.retranslate()

    def show_second(self, second: Text | None) -> None:
        """How the double entry of the form stands; None while it is entered as usual."""
        if second != self._second:
            self._second = second
            self.retranslate()

    def show_deviations(self, count: int) -> None:
        """How many protocol deviations are proposed for the participant and wait for somebody."""
        if count != self._deviations:
            self._deviations = count
            self.retranslate()

    def show_where(self, where: Where | None) -> None:
        """Where the form on screen is; None for one of which nothing is recorded."""
        if where != self._where:
            self._where = where
            self.retranslate()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.identity.say(" · ".join(speak(part) for part in self._place))
        if self._status:
            words = say(f"entry.status_{self._status}")
            answered, expected = self._progress
            if self._status in ("not_started", "in_progress") and expected:
                words = say("ui.progress", status=words, answered=answered, expected=expected)
            words = words[:1].upper() + words[1:] if self._second is None else speak(self._second)
            self.status.setText(words)
        self.queries.setText(query_count(self._queries) if self._queries else "")
        count = self._deviations
        self.deviations.setText(say("deviations.proposed", count=count) if count else "")
        where = self._where
        self.where.setText("" if where is None else speak(where.words))
        self.where.setToolTip("" if where is None else tip(speak(where.sentence)))
        name(self.where, "" if where is None else speak(where.sentence))
        self._icons()
        self.language.setText(say("ui.switch_language"))
        name(self.language, "中文 / English")
        for widget in (self._status_icon, self.status):
            widget.setVisible(bool(self._status))
        for widget in (self._query_icon, self.queries):
            widget.setVisible(bool(self._queries))
        for widget in (self._deviation_icon, self.deviations):
            widget.setVisible(bool(count))
        for widget in (self._where_icon, self.where):
            widget.setVisible(where is not None)

    def _icons(self) -> None:
        size, ratio = em(self) * 5 // 4, self.devicePixelRatioF()
        if self._status:
            self._status_icon.setPixmap(
                pixmap(STATUS_GLYPHS.get(self._status, Glyph.NOT_STARTED), size, ratio)
            )
        self._query_icon.setPixmap(pixmap(Glyph.OPEN_QUERY, size, ratio))
        self._deviation_icon.setPixmap(pixmap(Glyph.WARNING, size, ratio))
        if self._where is not None:
            self._where_icon.setPixmap(pixmap(_WHERE[self._where.state], size, ratio))

    def rescale(self) -> None:
        """Three em high."""
        unit = em(self)
        self.setFixedHeight(3 * unit)
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(unit, 0, unit // 2, 0)
            layout.setSpacing(unit // 2)
        self._icons()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline below."""
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, ink(HAIRLINE))
        painter.end()
