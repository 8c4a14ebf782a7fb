"""Home: what waits, and all participants and how their visits stand."""

from __future__ import annotations

import time
from contextlib import suppress

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import StoreError
from mda5_crf.services import voided
from mda5_crf.services.lines import lines_of
from mda5_crf.services.overview import matrix
from mda5_crf.services.session import Session
from mda5_crf.settings import load_settings
from mda5_crf.sync.delivery import of_visits
from mda5_crf.ui.language import say
from mda5_crf.ui.matrix_model import Filter, MatrixModel
from mda5_crf.ui.matrix_table import CellDelegate, Legend, MatrixTable
from mda5_crf.ui.spoken import Spoken, name, pale_choice
from mda5_crf.ui.theme import em
from mda5_crf.ui.work_list import WorkPane

_AT_FIRST, _AT_ONCE, _BETWEEN = 0.5, 0.05, 1.0
"""Seconds spent on participants of whom nothing is kept: before the matrix is shown, between two looks at the
keyboard, and between two times that what was read is shown.
"""


class MatrixPage(Spoken, QWidget):
    """See the module text."""

    opened = Signal(object)
    """ItemKey of the visit somebody wants to work on."""
    task_wanted = Signal(object)
    """ItemKey of what a task of the work list is about: a visit, a form, an item or a row."""
    void_wanted = Signal(str)
    """Record of the void of a participant who is void."""
    comparison_wanted = Signal(object)
    """ItemKey of a form whose two entries differ."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._shown = 0.0
        self.shows_voided = load_settings().show_voided
        """Whether participants who are void stand behind the others."""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._read_on)
        self.model = MatrixModel(session.study)
        self._make_head()
        self._make_table()
        self.work = WorkPane(self, session)
        self.work.opened.connect(self.task_wanted)
        self.work.compared.connect(self.comparison_wanted)
        self.work.left.connect(self.take_focus)
        self._arrange()
        self.retranslate()
        self.rescale()

    def _make_head(self) -> None:
        self.search = QLineEdit(self)
        self.search.setMinimumHeight(24)
        self.search.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.search.textChanged.connect(lambda _words: self._narrow())
        self.search.returnPressed.connect(self.to_table)
        self.filter = QComboBox(self)
        self.filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.filter.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # the search gives way
        for chosen in Filter:
            self.filter.addItem("", chosen)
        self.filter.currentIndexChanged.connect(lambda _index: self._narrow())
        self._search_label, self._filter_label = QLabel(self), QLabel(self)
        self._search_label.setBuddy(self.search)
        self._filter_label.setBuddy(self.filter)

    def _make_table(self) -> None:
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

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._search_label)
        head.addWidget(self.search)
        head.addWidget(self._filter_label)
        head.addWidget(self.filter)
        head.addStretch(1)
        right = QWidget(self)
        self._right = QVBoxLayout(right)
        self._right.setContentsMargins(0, 0, 0, 0)
        self._right.addLayout(head)
        self._right.addWidget(self.table, 1)
        self._right.addWidget(self.empty, 1)
        self._right.addWidget(self._legend)
        self._sides = QSplitter(Qt.Orientation.Horizontal, self)
        self._sides.addWidget(self.work)
        self._sides.addWidget(right)
        self._sides.setStretchFactor(1, 1)
        self._sides.setCollapsible(1, False)
        self._box = QVBoxLayout(self)
        self._box.addWidget(self._sides)

    # -- content

    def refresh(self) -> None:
        """Read the matrix anew; the chosen cell stays chosen. The work list follows once it is painted."""
        self._show_matrix()
        self._later.start()

    def _show_matrix(self) -> None:
        self.model.show_voided(voided.participants(self._session) if self.shows_voided else ())
        self._keep(lambda: self.model.show(matrix(self._session, _AT_FIRST)))

    def _read_on(self) -> None:
        """Read some more participants, if there are any nobody knows yet, and show what waits."""
        if not self.isEnabled():  # a bundle comes in; whoever takes it refreshes afterwards
            return
        done = lines_of(self._session).fill(_AT_ONCE)
        if not done:
            self._later.start()
        if done or time.monotonic() - self._shown > _BETWEEN:
            self._show_tasks()
        if done:
            self._show_where()

    def _show_tasks(self) -> None:
        self._shown = time.monotonic()
        work = self._session.work_list(0)
        self.model.mine = work.subjects()
        self.work.show_work(work)
        if self.model.reading:
            self._show_matrix()
        elif self.model.filter is Filter.MINE:
            self._narrow()

    def _show_where(self) -> None:
        """What the centre has not confirmed; asked last, when all else is on screen."""
        with suppress(StoreError):  # the stick was pulled out: whatever is entered next says so
            where = of_visits(self._session)
            if self.model.filter is Filter.UNSENT:
                self._keep(lambda: self.model.show_where(where))
            else:
                self.model.show_where(where)

    def stop(self) -> None:
        """Nobody is logged in any more: nothing is read later."""
        self._later.stop()

    def to_tasks(self) -> None:
        """To the work list; it is opened when somebody has closed it."""
        if not self._sides.sizes()[0]:
            self._share()
        if not self.work.filled:
            self._show_tasks()
        self.work.take_focus()

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
        if not index.isValid():
            return
        void = self.model.voids.get(self.model.rows[index.row()].subject.identity)
        if void is not None:
            self.void_wanted.emit(void)
        else:
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
            self.filter.setItemText(place, chosen.words)
        name(self.table, say("ui.matrix_name"))
        if self.model.events:
            self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.model.events) - 1)
        self._say_empty()
        self.table.viewport().update()

    def rescale(self) -> None:
        """Rows and columns from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._right.setSpacing(unit // 2)
        self._sides.setHandleWidth(unit)
        self._share()
        self.search.setFixedWidth(9 * unit)
        self.table.verticalHeader().setDefaultSectionSize(max(3 * unit, 28))
        self.table.horizontalHeader().setFixedHeight(3 * self.fontMetrics().height() + unit // 2)
        self._layout_columns()

    def _share(self) -> None:
        """The work list gets what its words need, and never more than two fifths."""
        left = min(26 * em(self), self.width() * 2 // 5)
        self._sides.setSizes([left, max(self.width() - left, 1)])

    def _layout_columns(self) -> None:
        count = len(self.model.events)
        if count:
            header = self.table.horizontalHeader()
            header.setDefaultSectionSize(max((self.table.viewport().width() - 1) // count, 7 * em(self)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the visits."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and self._sides.sizes()[0]:
            self._share()
        self._layout_columns()
