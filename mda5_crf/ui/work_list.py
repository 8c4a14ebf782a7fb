"""The work list beside the matrix: what waits, group by group; arrows move, Enter opens."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.services.access import Action
from mda5_crf.services.session import Session
from mda5_crf.services.worklist import Group, Task, WorkList
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import Spoken, name, pale_choice
from mda5_crf.ui.theme import ACCENT, BAR, ERROR, QUERY, SECONDARY, SOFT, TEXT, em, ink, paint_focus
from mda5_crf.ui.work_model import TASK_ROLE, WorkModel, spoken, where

Index = QModelIndex | QPersistentModelIndex
_INK = {
    Group.CLOCK: ERROR,
    Group.OVERDUE: ERROR,
    Group.CLOSING: SOFT,
    Group.DUE: ACCENT,
    Group.CONFLICT: QUERY,
    Group.LOCK: SOFT,
    Group.QUERY: QUERY,
    Group.UNSIGNED: ACCENT,
    Group.JUDGEMENT: ACCENT,
    Group.SECOND: SOFT,
}
_MOST_LINES = 2
_WRAP = int(Qt.TextFlag.TextWordWrap)


class TaskDelegate(QStyledItemDelegate):
    """A task: where, and below it in at most two lines what waits. A heading: its words and the count."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one line of the list."""
        task = index.data(TASK_ROLE)
        view, rect = option.widget, option.rect
        unit = em(view)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, option.palette.brush(QPalette.ColorRole.Highlight))
        bold = QFont(option.font)
        bold.setBold(True)
        inside = rect.adjusted(unit // 2, unit // 4, -unit // 2, -unit // 4)
        high = option.fontMetrics.lineSpacing()
        painter.setPen(ink(TEXT))
        painter.setFont(bold)
        first = str(index.data()) if not isinstance(task, Task) else where(task)
        painter.drawText(
            QRect(inside.left(), inside.top(), inside.width(), high),
            int(Qt.AlignmentFlag.AlignVCenter),
            painter.fontMetrics().elidedText(first, Qt.TextElideMode.ElideRight, inside.width()),
        )
        if isinstance(task, Task):
            painter.fillRect(rect.left(), rect.top() + 2, BAR, rect.height() - 4, ink(_INK[task.group]))
            painter.setFont(option.font)
            painter.setPen(ink(SECONDARY))
            painter.drawText(inside.adjusted(0, high, 0, 0), _WRAP, self._words(task, option, inside.width()))
        if chosen and view.hasFocus():
            paint_focus(painter, rect.adjusted(3, 3, -3, -3))
        painter.restore()

    @staticmethod
    def _words(task: Task, option: QStyleOptionViewItem, width: int) -> str:
        """What waits, cut so that it fits on two lines."""
        # Two lines rarely break at their very end: what is cut a little early is never cut in the middle.
        metrics = option.fontMetrics
        words = speak(task.words)
        if metrics.horizontalAdvance(words) <= width:
            return words
        return metrics.elidedText(
            words, Qt.TextElideMode.ElideRight, width * _MOST_LINES - em(option.widget) * 5
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line for a heading, two or three for a task."""
        view = option.widget
        unit, high = em(view), option.fontMetrics.lineSpacing()
        task = index.data(TASK_ROLE)
        lines = 1
        if isinstance(task, Task) and isinstance(view, TaskTree):
            lines += (
                1 if option.fontMetrics.horizontalAdvance(speak(task.words)) <= view.room() else _MOST_LINES
            )
        return QSize(8 * unit, max(lines * high + unit // 4 * 3, 24))


class TaskTree(QTreeView):
    """Arrows move, Enter opens a task or closes a group, Esc leaves."""

    chosen = Signal(object)
    """The Task somebody wants to work on."""
    left = Signal()
    looked_at = Signal(str)
    """The words of the line that has the keyboard."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        pale_choice(self)
        self.setHeaderHidden(True)
        self.setItemDelegate(TaskDelegate(self))
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(False)
        self.clicked.connect(self._clicked)
        self.rows = WorkModel(self)
        self.setModel(self.rows)

    def room(self) -> int:
        """How wide the words of a task may be, in pixels."""
        return self.viewport().width() - self.indentation() * 2 - em(self) // 2 * 2

    def _clicked(self, index: QModelIndex) -> None:
        task = self.rows.task(index)
        if task is not None:
            self.chosen.emit(task)

    def enter(self) -> None:
        """Open what has the keyboard; of a heading, show its tasks or put them away."""
        index = self.currentIndex()
        task = self.rows.task(index)
        if task is not None:
            self.chosen.emit(task)
        elif index.isValid():
            self.setExpanded(index, not self.isExpanded(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Say the line aloud below."""
        super().currentChanged(current, previous)
        task = self.rows.task(current)
        self.looked_at.emit(spoken(task) if task is not None else str(current.data() or ""))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap for the new width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class WorkPane(Spoken, QWidget):
    """See the module text. Filled by :meth:`show_work`; remembers which groups somebody closed."""

    opened = Signal(object)
    """ItemKey of what a task is about."""
    conflict_wanted = Signal(object)
    """ItemKey of an item in conflict, to be compared."""
    compared = Signal(object)
    """ItemKey of a form whose two entries differ, to be opened for its second entry."""
    left = Signal()
    looked_at = Signal(str)

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._work: WorkList | None = None
        self._closed: set[Group] = set()
        self._filling = False
        self._title = QLabel(self)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self.show_box = QComboBox(self)
        self.show_box.setMinimumHeight(24)
        for mine in (True, False):
            self.show_box.addItem("", mine)
        acts = (Action.ENTER, Action.SIGN, Action.CLOSE_QUERY)
        self.show_box.setCurrentIndex(0 if any(session.may(act) for act in acts) else 1)
        self.show_box.currentIndexChanged.connect(lambda _index: self._fill())
        self.tree = TaskTree(self)
        self.tree.chosen.connect(self._chosen)
        self.tree.left.connect(self.left)
        self.tree.looked_at.connect(self._look)
        self.tree.expanded.connect(lambda index: self._note(index, closed=False))
        self.tree.collapsed.connect(lambda index: self._note(index, closed=True))
        self.calm, self.note = QLabel(self), QLabel(self)
        for label in (self.calm, self.note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.calm.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.show_box)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addLayout(head)
        self._box.addWidget(self.tree, 1)
        self._box.addWidget(self.calm, 1)
        self._box.addWidget(self.note)
        self.retranslate()
        self.rescale()

    # -- content

    @property
    def filled(self) -> bool:
        """Whether anything was shown yet, if only that nothing waits."""
        return self._work is not None

    @property
    def mine(self) -> bool:
        """Whether only one's own tasks are shown."""
        return bool(self.show_box.currentData())

    def _chosen(self, task: Task) -> None:
        # Who may not judge a difference sees the form as usual.
        if task.group is Group.CONFLICT:
            self.conflict_wanted.emit(task.key)
            return
        compares = task.group is Group.SECOND and task.mine
        (self.compared if compares else self.opened).emit(task.key)

    def show_work(self, work: WorkList) -> None:
        """Show what waits now; the line with the keyboard keeps it."""
        self._work = work
        self._fill()

    def _fill(self) -> None:
        work, rows = self._work, self.tree.rows
        if work is not None:
            kept, group_kept = rows.task(self.tree.currentIndex()), rows.group(self.tree.currentIndex())
            self._filling = True
            rows.show(work, mine=self.mine)
            for row, (group, _) in enumerate(rows.groups):
                self.tree.setExpanded(rows.index(row, 0), group not in self._closed)
            self.tree.setCurrentIndex(self._place(kept, group_kept))
            self._filling = False
        self._say()

    def _place(self, task: Task | None, group: Group | None) -> QModelIndex:
        """Where the keyboard goes in a new list: the same task or heading, else the most urgent task."""
        rows = self.tree.rows
        place = QModelIndex() if task is None else rows.index_of(task)
        if task is None and group is not None:
            place = rows.heading_of(group)
        if not place.isValid() and rows.groups:
            place = rows.index(0, 0, rows.index(0, 0))
        above = place.parent()
        # A group that somebody has closed must not open because its task would be the current one.
        return above if above.isValid() and rows.group(above) in self._closed else place

    def _note(self, index: QModelIndex, *, closed: bool) -> None:
        group = self.tree.rows.groups[index.row()][0]
        if not self._filling:
            (self._closed.add if closed else self._closed.discard)(group)

    def _look(self, words: str) -> None:
        if self.tree.hasFocus():
            self.looked_at.emit(words)

    def take_focus(self) -> None:
        """To the list, or to what chooses what it shows while it is empty."""
        if self.tree.rows.count:
            self.tree.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if not self.tree.currentIndex().isValid():
                self.tree.setCurrentIndex(self.tree.rows.index(0, 0))
            self._look(str(self.tree.currentIndex().data() or ""))
        else:
            self.show_box.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- words and sizes

    def _say(self) -> None:
        work, count = self._work, self.tree.rows.count
        self._title.setText(say("worklist.title_count", count=count) if work else say("worklist.title"))
        name(self.tree, say("worklist.list_name", count=count))
        others = 0 if work is None else len(work.tasks) - count
        if work is None or not work.complete:
            words = say("worklist.reading")
        else:
            words = say("worklist.nothing_mine", count=others) if others else say("worklist.nothing")
        self.calm.setText(words)
        notes = "\n".join(speak(note) for note in work.notes) if work is not None else ""
        if count and work is not None and not work.complete:
            notes = "\n".join(filter(None, (words, notes)))
        self.note.setText(notes)
        self.tree.setVisible(bool(count))
        self.calm.setVisible(not count)
        self.note.setVisible(bool(notes))

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.show_box.setItemText(0, say("worklist.show_mine"))
        self.show_box.setItemText(1, say("worklist.show_all"))
        name(self.show_box, say("worklist.show_name"))
        self._say()
        self.tree.scheduleDelayedItemsLayout()
        self.tree.viewport().update()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setSpacing(unit // 2)
        self.tree.setIndentation(unit)
        bold = QFont(self.font())
        bold.setBold(True)
        self._title.setFont(bold)
        own = self.note.palette()
        own.setColor(self.note.foregroundRole(), ink(SECONDARY))
        self.note.setPalette(own)
        self.calm.setPalette(own)
        self.tree.scheduleDelayedItemsLayout()
