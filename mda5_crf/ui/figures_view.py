"""Right side of "What the data show": pictures and tables of one part, scrolled as one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mda5_crf.services.figuremodel import Grid, Picture
from mda5_crf.text import Text, message
from mda5_crf.ui.figure_grid import GridTable
from mda5_crf.ui.figure_picture import PictureView
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.theme import em, paper

Block = Text | Grid | tuple[Picture, ...]
"""A sentence, a table, or pictures that may stand beside each other."""
_NARROW, _WIDE = 44.0, 66.0
"""No picture is wider than that, in em: one of few values, one of many bars or boxes."""
_MANY: Final = 13
"""More bars than that make a picture wide."""
_AROUND: Final = 7
"""Em of title, axis and legend around a drawing: what is left of the window's height is for it."""
_PAIR: Final = 46
"""From so many em of width on two pictures stand beside each other."""


class FiguresView(Spoken, QScrollArea):
    """See the module text."""

    row_wanted = Signal(object, int)
    """A grid and the row on which Enter was pressed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.title: Text = message("figureview.parts")
        self.tables: list[GridTable] = []
        self.pictures: list[PictureView] = []
        self._labels: list[tuple[QLabel, Text]] = []
        self._rows: list[tuple[QGridLayout, list[PictureView]]] = []
        self._pairs = False
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_blocks(self.title, ())

    def show_blocks(self, title: Text, blocks: Sequence[Block]) -> None:
        """Show these, from the top."""
        self.title = title
        self.tables, self.pictures, self._labels, self._rows = [], [], [], []
        page = QWidget(self)
        paper(page)
        self._box = QVBoxLayout(page)
        for block in blocks:
            if isinstance(block, Text):
                self._words(page, block)
            elif isinstance(block, Grid):
                self._table(page, block)
            else:
                self._pictures(page, block)
        self._box.addStretch(1)
        self._page = page
        self.setWidget(page)  # the one before is destroyed by it
        self.rescale()
        self.retranslate()
        self.verticalScrollBar().setValue(0)

    def _words(self, page: QWidget, words: Text, *, bold: bool = False) -> None:
        made = QLabel(page)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setWordWrap(True)
        made.setText(speak(words))
        if bold:
            font = made.font()
            font.setBold(True)
            made.setFont(font)
        self._labels.append((made, words))
        self._box.addWidget(made)

    def _table(self, page: QWidget, grid: Grid) -> None:
        self._words(page, grid.title, bold=True)
        if grid.rows:
            made = GridTable(page, grid)
            made.moved.connect(lambda rect, table=made: self._see(table, rect))
            made.entered.connect(lambda row: self.row_wanted.emit(grid, row))
            self.tables.append(made)
            self._box.addWidget(made)
        else:
            self._words(page, message("figures.nothing"))
        for note in grid.notes:
            self._words(page, note)

    def _pictures(self, page: QWidget, pictures: Sequence[Picture]) -> None:
        grid = QGridLayout()
        made = [PictureView(page, one, _WIDE if _broad(one) else _NARROW) for one in pictures]
        self.pictures += made
        self._rows.append((grid, made))
        self._box.addLayout(grid)

    def _arrange(self) -> None:
        """One or two pictures beside each other, as there is room."""
        self._pairs = self.viewport().width() >= _PAIR * em(self)
        for one in self.pictures:
            one.tallest = self.height() - _AROUND * em(self)
        for grid, made in self._rows:
            while grid.count():
                grid.takeAt(0)
            several = self._pairs and len(made) > 1 and not any(_broad(one.picture) for one in made)
            for place, one in enumerate(made):
                grid.addWidget(one, *(divmod(place, 2) if several else (place, 0)))
            grid.setColumnStretch(0, 1)
            grid.setColumnStretch(1, 1 if several else 0)

    def _see(self, table: GridTable, rect: QRect) -> None:
        """Scroll so far that a row is in sight; where it is too high, its top is."""
        at = table.mapTo(self._page, rect.topLeft())
        bar, room = self.verticalScrollBar(), self.viewport().height()
        if at.y() < bar.value():
            bar.setValue(at.y())
        elif at.y() + rect.height() > bar.value() + room:
            bar.setValue(min(at.y() + rect.height() - room, at.y()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may have room for another number of pictures."""
        super().resizeEvent(event)
        high = event.size().height() != event.oldSize().height()
        if high or self._pairs != (self.viewport().width() >= _PAIR * em(self)):
            self._arrange()

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, say("figureview.view_name", title=self.title))
        for label, words in self._labels:
            label.setText(speak(words))

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit // 2, unit // 2, unit // 2, unit // 2)
        self._box.setSpacing(unit // 2)
        self.verticalScrollBar().setSingleStep(2 * unit)
        self._arrange()


def _broad(picture: Picture) -> bool:
    return bool(picture.panels) or len({bar.x0 for bar in picture.bars}) > _MANY
