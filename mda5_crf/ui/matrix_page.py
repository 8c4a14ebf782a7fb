"""Home: all participants and how their visits stand."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.services.changes import Cell
from mda5_crf.services.session import Session
from mda5_crf.ui.icons import STATUS_GLYPHS, Glyph, pixmap
from mda5_crf.ui.language import say
from mda5_crf.ui.matrix_model import CELL_ROLE, Filter, MatrixModel
from mda5_crf.ui.spoken import Spoken, name, pale_choice
from mda5_crf.ui.theme import QUERY, SECONDARY, em, ink, paint_focus

LEGEND = ("not_started", "in_progress", "complete", "query", "signed", "locked", "not_done", "closed")


class CellDelegate(QStyledItemDelegate):
    """One glyph, the count of open queries beside it, and a word below when the visit is due or closed."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw it; the chosen cell has the focus frame, so that the glyph keeps its colours."""
        cell = index.data(CELL_ROLE)
        rect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        widget = option.widget
        painter.save()
        if isinstance(cell, Cell) and cell.status in STATUS_GLYPHS:
            size = em(widget) * 5 // 4
            count = str(cell.queries) if cell.queries else ""
            wide = size + (painter.fontMetrics().horizontalAdvance(count) + size // 4 if count else 0)
            left = rect.center().x() - wide // 2
            line = painter.fontMetrics().height()
            below = say("ui.closed") if cell.closed is not None else say("ui.due") if cell.due else ""
            high = size + (line if below else 0)
            top = rect.center().y() - high // 2
            picture = pixmap(STATUS_GLYPHS[cell.status], size, widget.devicePixelRatioF())
            painter.drawPixmap(left, top, picture)
            if count:
                painter.setPen(ink(QUERY))
                painter.drawText(
                    left + size + size // 4, top, wide, size, int(Qt.AlignmentFlag.AlignVCenter), count
                )
            if below:
                painter.setPen(ink(SECONDARY))
                painter.drawText(
                    rect.left(),
                    top + size,
                    rect.width(),
                    line,
                    int(Qt.AlignmentFlag.AlignHCenter),
                    below,
                )
        if chosen:
            paint_focus(painter, rect.adjusted(3, 3, -3, -3))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the glyph and the word below it."""
        return QSize(5 * em(option.widget), 3 * em(option.widget))


class MatrixTable(QTableView):
    """Arrows move, Enter opens, a typed character goes to the search."""

    opened = Signal()
    typed = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        words = event.text()
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif plain and words and words.isprintable() and not words.isspace():
            self.typed.emit(words)
        else:
            super().keyPressEvent(event)


class MatrixPage(Spoken, QWidget):
    """See the module text."""

    opened = Signal(object)
    """ItemKey of the visit somebody wants to work on."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self.model = MatrixModel(session.study)
        self.search = QLineEdit(self)
        self.search.setMinimumHeight(24)
        self.search.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.search.textChanged.connect(lambda _words: self._narrow())
        self.search.returnPressed.connect(self.to_table)
        self.filter = QComboBox(self)
        for chosen in Filter:
            self.filter.addItem("", chosen)
        self.filter.currentIndexChanged.connect(lambda _index: self._narrow())
        self._search_label, self._filter_label = QLabel(self), QLabel(self)
        self._search_label.setBuddy(self.search)
        self._filter_label.setBuddy(self.filter)
        self.empty = QLabel(self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.table = MatrixTable(self)
        pale_choice(self.table)
        self.table.setModel(self.model)
        self.table.setItemDelegate(CellDelegate(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        for header in (self.table.horizontalHeader(), self.table.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
        self.table.opened.connect(self.open_current)
        self.table.doubleClicked.connect(lambda _index: self.open_current())
        self.table.verticalHeader().sectionDoubleClicked.connect(self._open_row)
        self.table.typed.connect(self._typed)
        self._legend = Legend(self)
        head = QHBoxLayout()
        head.addWidget(self._search_label)
        head.addWidget(self.search)
        head.addWidget(self._filter_label)
        head.addWidget(self.filter)
        head.addStretch(1)
        self._box = QVBoxLayout(self)
        self._box.addLayout(head)
        self._box.addWidget(self.table, 1)
        self._box.addWidget(self.empty, 1)
        self._box.addWidget(self._legend)
        self.retranslate()
        self.rescale()

    # -- content

    def refresh(self) -> None:
        """Read the matrix anew; the chosen cell stays chosen."""
        self._keep(lambda: self.model.show(self._session.matrix()))

    def _narrow(self) -> None:
        self._keep(lambda: self.model.narrow(Filter(self.filter.currentData()), self.search.text()))

    def _keep(self, act: object) -> None:
        assert callable(act)
        index = self.table.currentIndex()
        identity = self.model.rows[index.row()].subject.identity if index.isValid() else ""
        column = max(index.column(), 0)
        act()
        self._layout_columns()
        row = self.model.row_of(identity) if identity else 0
        if self.model.rows and self.model.events:
            self.table.setCurrentIndex(self.model.index(max(row, 0), min(column, len(self.model.events) - 1)))
        self._say_empty()

    def _say_empty(self) -> None:
        self.empty.setText(say("ui.nobody") if self.model.nobody else say("ui.nobody_found"))
        self.table.setVisible(bool(self.model.rows))
        self.empty.setVisible(not self.model.rows)

    def choose(self, identity: str, event: str = "") -> None:
        """Make the participant's cell the current one."""
        row = self.model.row_of(identity)
        if row < 0:
            return
        column = (
            self.model.events.index(event)
            if event in self.model.events
            else max(self.table.currentIndex().column(), 0)
        )
        index = self.model.index(row, column)
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)

    def take_focus(self) -> None:
        """To the table, or to the search while the table is empty."""
        (self.table if self.model.rows else self.search).setFocus(Qt.FocusReason.TabFocusReason)

    def to_search(self) -> None:
        """To the search, ready to be typed over."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def to_table(self) -> None:
        """From the search to what was found; with one participant left, that one."""
        if self.model.rows:
            self.table.setFocus(Qt.FocusReason.TabFocusReason)

    def _typed(self, words: str) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.setText(words)

    def open_current(self) -> None:
        """Open the chosen cell's visit."""
        index = self.table.currentIndex()
        if index.isValid():
            self.opened.emit(self.model.cell(index).key)

    def _open_row(self, row: int) -> None:
        self.table.setCurrentIndex(self.model.index(row, max(self.table.currentIndex().column(), 0)))
        self.open_current()

    # -- words and sizes

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._search_label.setText(say("ui.search"))
        name(self.search, say("ui.search"))
        self._filter_label.setText(say("ui.filter"))
        name(self.filter, say("ui.filter"))
        for place, chosen in enumerate(Filter):
            self.filter.setItemText(place, say(f"ui.filter_{chosen}"))
        name(self.table, say("ui.matrix_name"))
        if self.model.events:
            self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.model.events) - 1)
        self._say_empty()
        self.table.viewport().update()

    def rescale(self) -> None:
        """Rows and columns from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._box.setSpacing(unit // 2)
        self.search.setFixedWidth(12 * unit)
        self.table.verticalHeader().setDefaultSectionSize(max(3 * unit, 28))
        self.table.horizontalHeader().setFixedHeight(3 * self.fontMetrics().height() + unit // 2)
        self._layout_columns()

    def _layout_columns(self) -> None:
        count = len(self.model.events)
        if count:
            header = self.table.horizontalHeader()
            header.setDefaultSectionSize(max((self.table.viewport().width() - 1) // count, 7 * em(self)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the visits."""
        super().resizeEvent(event)
        self._layout_columns()


class Legend(Spoken, QWidget):
    """What the glyphs mean, in words: on as many lines as it takes, so that it never widens the page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts = [(status, QLabel(self), QLabel(self)) for status in LEGEND]
        self.retranslate()
        self.rescale()

    def retranslate(self) -> None:
        """Speak the window's language."""
        for status, _, words in self._parts:
            words.setText(say(f"entry.status_{status}"))
        self._place()

    def rescale(self) -> None:
        """Glyphs as large as the type."""
        for status, picture, words in self._parts:
            picture.setPixmap(
                pixmap(STATUS_GLYPHS.get(status, Glyph.NOT_STARTED), em(self), self.devicePixelRatioF())
            )
            own = words.palette()
            own.setColor(words.foregroundRole(), QColor(ink(SECONDARY)))
            words.setPalette(own)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        unit = em(self)
        line = max(self.fontMetrics().height(), unit) + unit // 4
        x, y = 0, 0
        for _, picture, words in self._parts:
            wide = words.sizeHint().width()
            if x and x + 2 * unit + wide > self.width():
                x, y = 0, y + line
            picture.setGeometry(x, y, unit, line)
            words.setGeometry(x + unit * 3 // 2, y, wide, line)
            x += unit * 5 // 2 + wide
        self.setFixedHeight(y + line)
