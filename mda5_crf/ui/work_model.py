"""The work list as a tree model of two levels: groups, and the tasks in each."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mda5_crf.services.worklist import Group, Task, WorkList, grouped
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import tip

Index = QModelIndex | QPersistentModelIndex
TASK_ROLE = int(Qt.ItemDataRole.UserRole)
_NOWHERE = QModelIndex()
_WORDS = (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole))


def where(task: Task) -> str:
    """``01-007 · Week 12``."""
    place = speak(task.place)
    return say("worklist.where", subject=task.subjid, place=place) if place else task.subjid


class WorkModel(QAbstractItemModel):
    """A group's index has the internal id 0; a task's has the row of its group plus 1."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.groups: tuple[tuple[Group, tuple[Task, ...]], ...] = ()

    def show(self, work: WorkList, *, mine: bool) -> None:
        """Take a new list, all of it or only one's own tasks."""
        self.beginResetModel()
        self.groups = grouped(task for task in work.tasks if task.mine or not mine)
        self.endResetModel()

    @property
    def count(self) -> int:
        """How many tasks are shown, or would be if all groups were open."""
        return sum(len(tasks) for _, tasks in self.groups)

    def task(self, index: Index) -> Task | None:
        """The task at ``index``; None for a heading."""
        if not index.isValid() or not index.internalId():
            return None
        return self.groups[index.internalId() - 1][1][index.row()]

    def group(self, index: Index) -> Group | None:
        """The group of a task or heading."""
        if not index.isValid():
            return None
        return self.groups[(index.internalId() or index.row() + 1) - 1][0]

    def heading_of(self, wanted: Group) -> QModelIndex:
        """The heading of a group; an invalid index when it has no tasks."""
        rows = [row for row, (group, _) in enumerate(self.groups) if group is wanted]
        return self.index(rows[0], 0) if rows else QModelIndex()

    def index_of(self, wanted: Task) -> QModelIndex:
        """Where the task stands that opens the same thing; an invalid index when it is gone."""
        for row, (group, tasks) in enumerate(self.groups):
            if group is wanted.group:
                for place, task in enumerate(tasks):
                    if task.key == wanted.key and task.place == wanted.place:
                        return self.index(place, 0, self.index(row, 0))
        return QModelIndex()

    # -- Qt

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """See the class."""
        if column or row < 0 or row >= self.rowCount(parent):
            return QModelIndex()
        return self.createIndex(row, 0, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]  # QObject has one too
        """The heading of a task."""
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Groups, or the tasks of one."""
        if not parent.isValid():
            return len(self.groups)
        return 0 if parent.internalId() else len(self.groups[parent.row()][1])

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """One."""
        return 1

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The words of a line; of a task also itself, for the painter."""
        if not index.isValid():
            return None
        task = self.task(index)
        if task is None:
            return self.heading(index.row()) if role in _WORDS else None
        if role == TASK_ROLE:
            return task
        if role in _WORDS:
            return spoken(task)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(spoken(task))
        return None

    def heading(self, row: int) -> str:
        """The words of a group: ``Overdue, 3``."""
        group, tasks = self.groups[row]
        return say("worklist.heading", title=group.words, count=len(tasks))


def spoken(task: Task) -> str:
    """A task in a sentence, for tooltip, status line and screen reader."""
    words = say("worklist.spoken", where=where(task), words=task.words)
    return say("worklist.spoken_mine", words=words) if task.mine else words
