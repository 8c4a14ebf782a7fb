"""What every widget of the window has in common: it speaks in one place, and it measures in one place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget


class Spoken:
    """Mixed in before a QWidget: ``retranslate`` on a new language, ``rescale`` on a new size of type."""

    def retranslate(self) -> None:
        """Speak the window's language; what somebody typed, and the keyboard, stay where they are."""

    def rescale(self) -> None:
        """Take all distances anew from the type size."""

    def changeEvent(self, event: QEvent) -> None:
        """Hand on to the two methods above."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self.rescale()
        super().changeEvent(event)  # type: ignore[misc]  # the QWidget behind us in the order of classes


class Line(QLabel):
    """One line of plain text that is cut with "…" when it is too long; its tooltip says all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, words: str) -> None:
        """Show ``words``."""
        if words != self.text():
            self.setText(words)
            self._cut()

    def _cut(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self.text() if cut else "")

    def minimumSizeHint(self) -> QSize:
        """It may become as narrow as it must."""
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, cut at the end."""
        painter = QPainter(self)
        self._cut()
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            painter, self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
            self.palette(), self.isEnabled(), words, self.foregroundRole(),
        )  # fmt: skip
        painter.end()


def name(widget: QWidget, words: str) -> None:
    """What a screen reader calls ``widget``."""
    widget.setAccessibleName(words)


def button(parent: QWidget) -> QPushButton:
    """A button that never becomes the one Enter presses from elsewhere, at least 24 px high."""
    made = QPushButton(parent)
    made.setAutoDefault(False)
    made.setMinimumHeight(24)
    return made
