"""Tree, work and side panel next to each other; what fits on a ward screen, and what gives way."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from mda5_crf.settings import load_settings, remember
from mda5_crf.ui.spoken import Spoken
from mda5_crf.ui.theme import em

TREE_EMS, SIDE_EMS = 16.2, 29.5
"""Widths until somebody chooses others: 210 and 384 pixels of normal text."""
TREE_MOST, SIDE_MOST = 0.25, 0.4
"""Parts of the window they take at most by themselves, however large the text is."""
NARROW = 1200
"""Below this width the side panel takes the place of the tree."""

_NAME = "work"


class Panes(Spoken, QSplitter):
    """Widths are remembered for this PC."""

    def __init__(self, parent: QWidget, tree: QWidget, centre: QWidget, side: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._tree, self._centre, self._side = tree, centre, side
        kept = load_settings().panes.get(_NAME, ())
        self._chosen: list[int] = list(kept) if len(kept) == 2 else [0, 0]
        self._with_tree = False
        self._with_side = False
        for place, widget in enumerate((tree, centre, side)):
            self.addWidget(widget)
            self.setCollapsible(place, place == 0)
            self.setStretchFactor(place, int(place == 1))
        self.splitterMoved.connect(lambda _place, _index: self._note())
        self.arrange()

    def show_tree(self, shown: bool) -> None:
        """Whether there is a tree to show at all (there is none beside the matrix)."""
        self._with_tree = shown
        self.arrange()

    def show_side(self, shown: bool) -> None:
        """Show the side panel, or not."""
        self._with_side = shown
        self.arrange()

    @property
    def side_shown(self) -> bool:
        """Whether the side panel is open."""
        return self._with_side

    def arrange(self) -> None:
        """Show what fits, at the widths somebody chose."""
        narrow = self.width() < NARROW
        self._side.setVisible(self._with_side)
        self._tree.setVisible(self._with_tree and not (self._with_side and narrow))
        tree = self._width(0, TREE_EMS, TREE_MOST) if not self._tree.isHidden() else 0
        side = self._width(1, SIDE_EMS, SIDE_MOST) if self._with_side else 0
        self.setSizes([tree, max(self.width() - tree - side, 1), side])

    def _width(self, place: int, ems: float, most: float) -> int:
        """What somebody chose, else what the type size asks for."""
        return self._chosen[place] or min(round(ems * em(self)), round(most * self.width()))

    def _note(self) -> None:
        tree, _, side = self.sizes()
        if not self._tree.isHidden() and tree:
            self._chosen[0] = tree
        if self._with_side and side:
            self._chosen[1] = side

    def keep(self) -> None:
        """Remember the widths."""
        if any(self._chosen):
            remember(panes={_NAME: tuple(self._chosen)})

    def rescale(self) -> None:
        """Larger text needs wider panes."""
        if hasattr(self, "_chosen"):
            self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A wider window has room for both."""
        super().resizeEvent(event)
        self.arrange()
