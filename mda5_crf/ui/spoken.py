"""What every widget of the window has in common: it speaks in one place, and it measures in one place."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QPushButton, QWidget


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


def name(widget: QWidget, words: str) -> None:
    """What a screen reader calls ``widget``."""
    widget.setAccessibleName(words)


def tip(words: str) -> str:
    """Words of people for a tooltip: one has no plain format, and would read a tag in them as its own."""
    if "<" not in words:
        return words
    return f"<qt>{html.escape(words)}</qt>".replace("\n", "<br>")


def pale_choice(view: QWidget) -> None:
    """What is chosen in ``view`` gets a pale ground: a glyph must keep its colours on it."""
    from PySide6.QtGui import QColor, QPalette

    from mda5_crf.ui.theme import FILL, TEXT, high_contrast

    if not high_contrast():
        own = view.palette()
        own.setColor(QPalette.ColorRole.Highlight, QColor(FILL))
        own.setColor(QPalette.ColorRole.HighlightedText, QColor(TEXT))
        view.setPalette(own)


def button(parent: QWidget) -> QPushButton:
    """A button that never becomes the one Enter presses from elsewhere, at least 24 px high."""
    made = QPushButton(parent)
    made.setAutoDefault(False)
    made.setMinimumHeight(24)
    return made
