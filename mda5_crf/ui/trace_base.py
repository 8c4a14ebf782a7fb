"""What the pages of wrong places, redactions and the clock share: a sentence, tables, buttons, one panel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.services.session import Session
from mda5_crf.text import Text, both, message
from mda5_crf.ui.act_panel import Act, ActPanel
from mda5_crf.ui.language import speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.spoken import button, name, pale_choice, tip
from mda5_crf.ui.theme import Tone, em

_ROLE = int(Qt.ItemDataRole.UserRole)
_LINES, _FEW = 4, 3
_LOW = 18
"""Below so many lines of height a page shows fewer lines of each table."""
_LOWEST = 16
"""Below so many, no empty table but the first."""

Row = tuple[str, Sequence[str], bool]
"""Its value, its cells, and whether it is struck through."""


class TracePage(OfficePage):
    """See the module text. Subclasses fill ``top`` and tables, and give ``retranslate`` their words."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.panel: ActPanel | None = None
        self.stopped = False
        self._notice: Text | None = None
        self._tone = Tone.QUIET
        self.notice = MessageLabel(self)
        self.top = QVBoxLayout()
        self._desk = QWidget(self)
        self._bar = QHBoxLayout(self._desk)
        self._bar.setContentsMargins(0, 0, 0, 0)
        self._presses: list[tuple[QPushButton, Text]] = []
        self._tables: list[tuple[QTreeWidget, Text, Sequence[Text]]] = []
        self._place = QVBoxLayout()
        self.box = QVBoxLayout(self)
        self.box.addLayout(self.top)
        self.box.addWidget(self.notice)

    def finish(self) -> None:
        """The last thing a subclass does when it is made."""
        self._bar.addStretch(1)
        self.box.addWidget(self._desk)
        self.box.addLayout(self._place)
        self.retranslate()
        self.rescale()

    # -- parts

    def table(self, title: Text, heads: Sequence[Text], stretch: int = 1) -> QTreeWidget:
        """A list that the keyboard walks through, named ``title`` for who does not see it."""
        made = QTreeWidget(self)
        made.setRootIsDecorated(False)
        made.setAllColumnsShowFocus(True)
        made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        made.setTabKeyNavigation(False)
        made.setWordWrap(True)
        made.setColumnCount(len(heads))
        pale_choice(made)
        self._tables.append((made, title, heads))
        self.box.addWidget(made, stretch)
        return made

    def press(self, title: Text, do: Callable[[], object]) -> QPushButton:
        """A button below the lists."""
        made = button(self)
        made.clicked.connect(lambda _=False: do())
        self._presses.append((made, title))
        self._bar.addWidget(made)
        return made

    def fill(self, table: QTreeWidget, rows: Iterable[Row]) -> None:
        """Show ``rows``; what was chosen stays chosen."""
        chosen = self.chosen(table)
        table.clear()
        for value, cells, struck in rows:
            item = QTreeWidgetItem(list(cells))
            item.setData(0, _ROLE, value)
            for column, text in enumerate(cells):
                item.setToolTip(column, tip(text))
                if struck:
                    font = item.font(column)
                    font.setStrikeOut(True)
                    item.setFont(column, font)
            table.addTopLevelItem(item)
            if value == chosen:
                table.setCurrentItem(item)
        first = table.topLevelItem(0)
        if table.currentItem() is None and first is not None:
            table.setCurrentItem(first)
        self._make_room()
        self.widen(table)

    def widen(self, table: QTreeWidget) -> None:
        """Columns as wide as their heading and what stands in them, none more than a third."""
        header = table.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        width = max(table.viewport().width(), 20 * em(self))
        for column in range(table.columnCount() - 1):
            table.resizeColumnToContents(column)
            wanted = max(table.columnWidth(column), header.sectionSizeHint(column)) + em(self)
            table.setColumnWidth(column, min(wanted, width // 3))

    @staticmethod
    def chosen(table: QTreeWidget) -> str:
        """The value of the row in hand, "" for none."""
        item = table.currentItem()
        return TracePage.value(item) if item is not None else ""

    @staticmethod
    def value(item: QTreeWidgetItem) -> str:
        """The value of a row."""
        return str(item.data(0, _ROLE))

    def tell(self, words: Text | None, tone: Tone = Tone.QUIET) -> None:
        """The sentence above the lists."""
        self._notice, self._tone = words, tone
        self.notice.setVisible(words is not None)
        self.notice.say(speak(words) if words is not None else "", tone)

    # -- acts

    def ask(self, act: Act, do: Callable[[Mapping[str, str], tuple[str, str]], Text]) -> None:
        """Ask for what ``act`` needs, then ``do`` it; what it raises is said in the panel."""
        self.close_panel()
        panel = self.panel = ActPanel(self, act)
        panel.closed.connect(self._put_away)
        panel.wanted.connect(lambda typed: self._run(do, typed))
        self._place.addWidget(panel)
        self._make_room()
        panel.take_focus()

    def _run(
        self, do: Callable[[Mapping[str, str], tuple[str, str]], Text], typed: Mapping[str, str]
    ) -> None:
        panel = self.panel
        assert panel is not None
        second, focused = panel.second(), panel.focusWidget()
        panel.setEnabled(False)
        self.said.emit(message("people.working"))

        def work() -> None:
            # In the window's thread: it writes, and nothing may be entered meanwhile.
            try:
                words = do(typed, second)
            except CrfError as problem:
                panel.setEnabled(True)
                if focused is not None:  # it lost the keyboard when it was disabled
                    focused.setFocus()
                self.said.emit(both(""))
                self.refuse(panel, problem)
                return
            self.close_panel()
            self.refresh()
            self.take_focus()
            self.said.emit(words)
            self.changed.emit()

        QTimer.singleShot(0, self, work)

    def refuse(self, panel: ActPanel, problem: CrfError) -> None:
        """Say in the panel why it was not done, with the keyboard where it is mended."""
        panel.refuse(problem)
        about_second = problem.code in ("store.second_same", "store.login_refused")
        if panel.second_person is not None and (about_second or not isinstance(problem, InputRefused)):
            panel.second_person.refuse(problem)

    def half_typed(self) -> Mapping[str, QLineEdit]:
        """The words in the panel; they are offered, since the panel itself is gone after a lock."""
        return {} if self.panel is None else self.panel.half_typed()

    def _put_away(self) -> None:
        self.close_panel()
        self.take_focus()

    def close_panel(self) -> None:
        """Put the panel away; what was typed into it is forgotten."""
        panel, self.panel = self.panel, None
        if panel is not None:
            panel.forget()
            panel.hide()
            self._place.removeWidget(panel)
            panel.deleteLater()
        self._make_room()

    def _make_room(self) -> None:
        """While something is asked, only what it is about stays: large type leaves no room for more."""
        busy = self.panel is not None
        self._desk.setVisible(not busy)
        for place, (table, *_) in enumerate(self._tables):
            low = self.height() < _LOWEST * self.fontMetrics().height()
            empty = place > 0 and not table.topLevelItemCount()
            table.setVisible(not (busy and place) and not (low and empty))
            few = busy or self.height() < _LOW * self.fontMetrics().height()
            lines = _FEW - place if few else _LINES  # what was done before gives way first
            table.setMinimumHeight(lines * self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Low windows show less of each table."""
        super().resizeEvent(event)
        self._make_room()

    def leave(self) -> bool:
        """Nothing typed here is worth stopping anybody."""
        self.close_panel()
        return True

    def stop(self) -> None:
        """Nobody is logged in any more: the vault is not asked again."""
        self.stopped = True
        self.close_panel()

    # -- words and sizes

    def retranslate(self) -> None:
        """Speak the window's language."""
        for made, title in self._presses:
            made.setText(speak(title))
            name(made, speak(title).rstrip(" …"))
        for table, title, heads in self._tables:
            table.setHeaderLabels([speak(head) for head in heads])
            name(table, speak(title))
            self.widen(table)
        if self._notice is not None:
            self.notice.say(speak(self._notice), self._tone)
        if self.panel is not None:
            self.panel.retranslate()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self.box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self.box.setSpacing(unit // 2)
        self._make_room()
        for table, *_ in self._tables:
            self.widen(table)
        if self.panel is not None:
            self.panel.rescale()


def reason_asks(session: Session) -> list[tuple[str, Text]]:
    """The reasons of the definition, for a list."""
    return list(session.study.reasons.items())
