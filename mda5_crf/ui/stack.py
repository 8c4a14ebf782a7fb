"""Blocks one under the other, measured and placed by us.

A QLayout would answer "how high is all of this" through hundreds of size hints on every change; here a
change of one row costs one pass of cached numbers, and the page can hold the focused row still meanwhile.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from mda5_crf.ui.theme import em


class Block(Protocol):
    """Something of the page's full width that knows how high it is."""

    shown: bool

    def height_for(self, width: int) -> int:
        """Pixels it is high at ``width`` pixels."""

    def setGeometry(self, x: int, y: int, w: int, h: int, /) -> None:
        """Place it."""


class Shown:
    """Mixed into a QWidget block: whether it takes a place. Qt's own ``isHidden`` is true of everything
    before the window's first show, so it cannot be asked.
    """

    shown = True

    def set_shown(self, shown: bool) -> bool:
        """Show or hide; True when that changed something."""
        if shown == self.shown:
            return False
        self.shown = shown
        assert isinstance(self, QWidget)
        self.setVisible(shown)
        return True


class Heading(Shown, QLabel):
    """The bold title of a section."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        font = self.font()
        font.setBold(True)
        self.setFont(font)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setIndent(0)

    def height_for(self, width: int) -> int:
        """Its line, with air above."""
        return self.fontMetrics().height() + em(self)


class Stack:
    """The blocks of one container, from top to bottom."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []

    def add(self, block: Block) -> None:
        """Put ``block`` at the end."""
        self.blocks.append(block)

    def insert(self, place: int, block: Block) -> None:
        """Put ``block`` at ``place``."""
        self.blocks.insert(place, block)

    def arrange(self, width: int, *, left: int = 0, top: int = 0) -> int:
        """Place all blocks that show; returns the height they take together."""
        y = top
        for block in self.blocks:
            if not block.shown:
                continue
            height = block.height_for(width)
            block.setGeometry(left, y, width, height)
            y += height
        return y - top

    def height_for(self, width: int) -> int:
        """Pixels they take together at ``width`` pixels."""
        return sum(block.height_for(width) for block in self.blocks if block.shown)
