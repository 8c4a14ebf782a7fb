"""The white page that scrolls: places the blocks of a form and decides what part of it is seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from mda5_crf.ui.cell_table import CellTable
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_layout import Section
from mda5_crf.ui.group_book import GroupBook
from mda5_crf.ui.stack import Stack
from mda5_crf.ui.theme import em, paper


class FormView(QScrollArea):
    """Scrolls up and down only; tables wider than the page scroll in themselves."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body = QWidget()
        paper(self.body)
        self.stack = Stack()
        self._tables: list[CellTable | GroupBook] = []
        self._height = 0
        self.setWidget(self.body)
        self.verticalScrollBar().valueChanged.connect(self._looked)

    def arrange(self, sections: Sequence[Section], anchor: Field | None) -> None:
        """Measure and place everything; the input of ``anchor`` keeps its place on the screen."""
        found = (block for section in sections for block in (section.table, section.book))
        self._tables = [block for block in found if block is not None]
        bar = self.verticalScrollBar()
        offset = self._input_top(anchor) - bar.value() if anchor is not None else 0
        width = self.viewport().width()
        top = em(self) // 2
        self._place(sections, width, top)
        if anchor is not None:
            wanted = self._input_top(anchor) - offset
            bar.setValue(wanted)
            missed = wanted - bar.value()
            if 0 < abs(missed) <= top:
                # A page that fits has nothing to scroll: its margin gives way instead.
                self._place(sections, width, top - missed)
        self._looked()
        shrank, self._height = self.viewport().height() < self._height, self.viewport().height()
        if shrank and anchor is not None and anchor.has_focus():
            # A strip or a sentence took room: what has the keyboard is not left behind it.
            rect = self._rect_of(anchor)
            if rect.bottom() > self.verticalScrollBar().value() + self._height:
                self.keep_in_middle(anchor)

    def _place(self, sections: Sequence[Section], width: int, top: int) -> None:
        left = em(self)
        height = self.stack.arrange(width - 2 * left, left=left, top=top)
        self.body.resize(width, max(height + left * 2, self.viewport().height()))
        for section in sections:
            for block in (section.rows, section.book):
                if block is not None and block.shown:
                    block.arrange()

    def _rect_of(self, field: Field) -> QRect:
        host = field.host.widget()
        rect = field.host.field_rect(field)
        return QRect(host.mapTo(self.body, rect.topLeft()), rect.size())

    def _input_top(self, field: Field) -> int:
        """Where the eye is: inside a row the input moves with the height of the label beside it."""
        widget = field.input
        assert isinstance(widget, QWidget)
        return widget.mapTo(self.body, widget.rect().topLeft()).y()

    def _looked(self) -> None:
        """The view moved: tables keep their headings in it."""
        top = self.verticalScrollBar().value()
        view = QRect(0, top, self.viewport().width(), self.viewport().height())
        for table in self._tables:
            table.look_at(view.translated(-table.pos()))

    def keep_in_middle(self, field: Field) -> None:
        """Scroll so that the row of ``field`` lies in the middle half of the view."""
        view = self.viewport().height()
        bar = self.verticalScrollBar()
        rect = self._rect_of(field)
        head = field.host.head_height if isinstance(field.host, CellTable) else 0
        top, bottom = max(view // 4, head + em(self)), view - view // 4
        if rect.top() - bar.value() < top:
            bar.setValue(rect.top() - top)
        elif rect.bottom() - bar.value() > bottom:
            bar.setValue(min(rect.bottom() - bottom, rect.top() - top))
        field.host.reveal(field)

    def keep_visible(self, widget: QWidget) -> None:
        """Scroll so that ``widget`` is in sight."""
        self.ensureWidgetVisible(widget, 0, em(self) * 2)
