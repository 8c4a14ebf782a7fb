"""The audit trail (Ctrl+Shift+A): filters, a table that reads on as one scrolls, the whole of one line beside
it.

Enter opens the place of a line. Export and review ask for one thing each, in a strip below the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import CrfError
from mda5_crf.services.access import Action
from mda5_crf.text import message
from mda5_crf.ui.audit_details import AuditDetails
from mda5_crf.ui.audit_filters import AuditFilters
from mda5_crf.ui.audit_model import COLUMNS, MOST, TIME, AuditModel
from mda5_crf.ui.audit_strips import Counting, ExportStrip, ReviewStrip
from mda5_crf.ui.file_strip import documents
from mda5_crf.ui.language import say
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.spoken import button, name, pale_choice
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import em

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_WIDTHS = (11, 8, 5, 12, 8, 11, 6)
_WHOLE = (TIME, COLUMNS.index("participant"))


class AuditTable(QTableView):
    """Arrows move, Enter opens the place; Tab leaves it."""

    def __init__(self, parent: QWidget, page: AuditPage) -> None:
        super().__init__(parent)
        self._page = page
        pale_choice(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def fit(self) -> None:
        """Time and participant whole, the others by their shares of the room; details say what was cut."""
        unit = em(self)
        whole = sum(_WIDTHS[column] for column in _WHOLE)
        room, shares = self.viewport().width() - whole * unit, sum(_WIDTHS) - whole
        for column, wide in enumerate(_WIDTHS):
            if column in _WHOLE:
                self.setColumnWidth(column, wide * unit)
            else:
                self.setColumnWidth(column, max(min(wide * unit, room * wide // shares), 3 * unit))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns go with the width."""
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Esc is the page's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._page.open_place()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class AuditPage(OfficePage):
    """See the module text."""

    title = message("audit.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.folder = documents()
        self.strip: Strip | None = None
        self.filters = AuditFilters(self, session)
        self.model = AuditModel(self, session)
        self.table = AuditTable(self, self)
        self.table.setModel(self.model)
        self.details = AuditDetails(self)
        self.status = Line(self)
        self.export, self.review, self.counts, self.everything = (button(self) for _ in range(4))
        self._lay_out()
        self.filters.changed.connect(self.narrow)
        self.model.filled.connect(self._filled)
        self.model.failed.connect(self.told)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _before: self._chosen(now))
        self.table.doubleClicked.connect(lambda _index: self.open_place())
        self.table.horizontalHeader().sectionClicked.connect(self.sort_by)
        self.export.clicked.connect(self.ask_export)
        self.review.clicked.connect(self.ask_review)
        self.counts.clicked.connect(self.show_counts)
        self.everything.clicked.connect(self.filters.clear)
        self._sorted = (TIME, True)
        self._sign_order()
        self.retranslate()
        self.rescale()

    def _lay_out(self) -> None:
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.addWidget(self.table)
        self._split.addWidget(self.details)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 1)
        self._split.setChildrenCollapsible(False)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self.status, 1)
        for made in (self.everything, self.counts, self.review, self.export):
            self._buttons.addWidget(made)
        self._box = QVBoxLayout(self)
        self._box.addWidget(self.filters)
        self._box.addWidget(self._split, 1)
        self._box.addLayout(self._buttons)

    # -- what is shown

    def refresh(self) -> None:
        """Read anew from the newest line on."""
        self.filters.fill()
        may_read = self.session.may(Action.READ)
        self.export.setEnabled(self.session.may(Action.EXPORT))
        self.review.setEnabled(self.session.may(Action.REVIEW_AUDIT))
        self.counts.setEnabled(may_read)
        self.filters.fresh.setEnabled(may_read)
        self.narrow()

    def narrow(self) -> None:
        """Show what passes the filters."""
        try:
            wanted = self.filters.wanted()
        except CrfError as problem:
            self.told.emit(problem)
            return
        self._sorted = (TIME, True) if self._sorted[0] != TIME else self._sorted
        self._sign_order()
        self.model.start(wanted, oldest_first=not self._sorted[1])
        self.details.show_line(None)
        self._say()

    def _filled(self) -> None:
        if self.model.lines and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._say()

    def _say(self) -> None:
        wrong = self.filters.wrong_day()
        count = len(self.model.lines)
        if wrong:
            self.status.say(say("audit.day_expected", word=wrong))
        elif self.model.reading:
            self.status.say(say("audit.looking", count=count, looked=self.model.looked))
        elif not count:
            self.status.say(say("audit.nothing"))
        else:
            self.status.say(say("audit.count_more" if self.model.more else "audit.count", count=count))

    def _chosen(self, now: QModelIndex) -> None:
        row = now.row()
        self.details.show_line(self.model.lines[row] if 0 <= row < len(self.model.lines) else None)

    # -- order

    def sort_by(self, column: int) -> None:
        """A heading was clicked: by time through the vault, by anything else once all lines are here."""
        before, descending = self._sorted
        descending = not descending if column == before else column == TIME
        if column == TIME:
            self._sorted = (column, descending)
            self._sign_order()
            self.model.start(self.model.wanted, oldest_first=not descending)
            return
        self.model.whole(lambda: self._sort(column, descending=descending))

    def _sort(self, column: int, *, descending: bool) -> None:
        if self.model.more:
            self.said.emit(message("audit.sort_many", most=MOST))
            self._sign_order()
            return
        self._sorted = (column, descending)
        self._sign_order()
        self.model.order(column, descending=descending)
        if self.model.lines:
            self.table.setCurrentIndex(self.model.index(0, 0))
            self._chosen(self.table.currentIndex())

    def _sign_order(self) -> None:
        column, descending = self._sorted
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicatorShown(True)
        self.table.horizontalHeader().setSortIndicator(column, order)

    # -- acts

    def open_place(self) -> None:
        """Open the form that the chosen line is about; the audit trail is one key away from there."""
        line = self.details.line
        key = None if line is None else line.key
        if key is None or not key.event or (key.form and key.form not in self.session.study.forms):
            self.said.emit(message("audit.no_place"))
            return
        self.place_wanted.emit(key)

    def ask_export(self) -> None:
        """Where to."""
        self._open(ExportStrip(self, self))

    def ask_review(self) -> None:
        """What was looked at and found."""
        self._open(ReviewStrip(self, self))

    def show_counts(self) -> None:
        """Counts over what passes the filters, read in a thread."""
        self.details.show_counts(Counting(self))
        self.details.setFocus(Qt.FocusReason.OtherFocusReason)

    def half_typed(self) -> Mapping[str, QLineEdit]:
        """The remark of a review; it is offered, since its strip is gone after a lock."""
        return {"remark": self.strip.remark} if isinstance(self.strip, ReviewStrip) else {}

    def _open(self, strip: Strip) -> None:
        self.close_strip()
        self.strip = strip
        strip.closed.connect(self.close_strip)
        self._box.addWidget(strip)
        strip.show()
        strip.take_focus()

    def close_strip(self) -> None:
        """Put away what is asked; the keyboard goes to the table."""
        strip, self.strip = self.strip, None
        if strip is not None:
            if strip.isAncestorOf(self.focusWidget() or self):
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self._box.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    def take_focus(self) -> None:
        """To the table."""
        self.table.setFocus(Qt.FocusReason.TabFocusReason)

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self.filters.stop()
        self.model.stop()
        self.details.show_line(None)

    # -- words, size

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self.table, say("audit.title"))
        for made, code in (
            (self.export, "export"), (self.review, "review"), (self.counts, "counts"),
            (self.everything, "all"),
        ):  # fmt: skip
            made.setText(say(f"audit.{code}"))
            name(made, say(f"audit.{code}").replace("&", "").rstrip(" …"))
        self.model.retranslate()
        self._say()

    def rescale(self) -> None:
        """Widths from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._box.setSpacing(unit // 3)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.fit()
        self.table.verticalHeader().setDefaultSectionSize(max(unit * 7 // 4, 24))
        self.details.setMinimumWidth(14 * unit)
