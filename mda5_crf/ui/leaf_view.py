"""A printed page on screen: white sheet, as wide as there is room, to be scrolled by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from mda5_crf.pdf.draw import Leaf
from mda5_crf.ui.leaf_painter import paint, size_of
from mda5_crf.ui.spoken import Spoken
from mda5_crf.ui.theme import em

NARROWEST, WIDEST = 26, 62
"""Width of the sheet in em."""


class Sheet(QWidget):
    """The sheet itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.leaf: Leaf | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """White, whatever the colours of the window: it is paper."""
        if self.leaf is None:
            return
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        scale = self.width() / size_of(self.leaf)[0]
        painter.scale(scale, scale)
        paint(painter, self.leaf)
        painter.end()


class LeafView(Spoken, QScrollArea):
    """Shows one page; arrows and Page keys scroll it, Tab leaves it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.sheet = Sheet(self)
        self.setWidget(self.sheet)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.rescale()

    def show_leaf(self, leaf: Leaf | None, lines: str) -> None:
        """Show ``leaf``; ``lines`` are its words, for who does not see it. None shows nothing."""
        self.sheet.leaf = leaf
        self.setAccessibleDescription(lines)
        self._fit()
        self.verticalScrollBar().setValue(0)
        self.sheet.update()

    def _fit(self) -> None:
        leaf, unit = self.sheet.leaf, em(self)
        if leaf is None:
            self.sheet.resize(0, 0)
            return
        wide, high = size_of(leaf)
        across = min(max(self.viewport().width(), NARROWEST * unit), WIDEST * unit)
        self.sheet.setFixedSize(QSize(across, round(across * high / wide)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As wide as there is room."""
        super().resizeEvent(event)
        self._fit()

    def rescale(self) -> None:
        """Steps of the scrolling, and the size of the sheet, from the type size."""
        self.verticalScrollBar().setSingleStep(2 * em(self))
        self._fit()
