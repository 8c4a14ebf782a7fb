"""The audit trail as a table: lines come page by page, in short steps, so that a long trail never holds
anybody up.

A rare filter over a million records looks at many that do not pass; each step ends after a twentieth of a
second and the next one follows when the window has nothing else to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from mda5_crf.errors import CrfError
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.auditlines import AuditLine
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import tip

if TYPE_CHECKING:
    from mda5_crf.services.audit import AuditPage
    from mda5_crf.services.session import Session

Index = QModelIndex | QPersistentModelIndex
COLUMNS: Final = ("time", "who", "participant", "place", "act", "change", "reason")
TIME: Final = 0
_STEP: Final = 0.05
_FIRST, _MORE, MOST = 100, 200, 20_000
"""Lines read at once; and how many may be sorted by a column other than the time."""
_NOWHERE: Final = QModelIndex()


class AuditModel(QAbstractTableModel):
    """See the module text. ``lines`` are those read so far."""

    filled = Signal()
    """Lines came, or the end was reached."""
    failed = Signal(object)
    """CrfError."""

    def __init__(self, parent: QObject, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self.lines: list[AuditLine] = []
        self.wanted = AuditFilter()
        self.oldest_first = False
        self.more = False
        self.looked = 0
        self._seen: dict[str, int] = {}
        self._goal = 0
        self._then: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._step)

    # -- reading

    def start(self, wanted: AuditFilter, *, oldest_first: bool | None = None) -> None:
        """Show what passes ``wanted``, from the first line on."""
        self.beginResetModel()
        self.lines = []
        self.wanted = wanted
        self.oldest_first = self.oldest_first if oldest_first is None else oldest_first
        self._seen, self.looked, self.more, self._then = {}, 0, True, None
        self._goal = _FIRST
        self.endResetModel()
        self._timer.start()

    def stop(self) -> None:
        """Nobody reads on."""
        self._timer.stop()
        self._then = None

    @property
    def reading(self) -> bool:
        """Whether lines are being looked for."""
        return self._timer.isActive()

    def whole(self, then: Callable[[], None]) -> None:
        """Read all lines, at most MOST, and call ``then``."""
        self._goal, self._then = MOST, then
        self._timer.start()

    def _step(self) -> None:
        try:
            page = self._session.audit.page(
                self.wanted, self._seen, min(_MORE, self._goal), oldest_first=self.oldest_first, seconds=_STEP
            )
        except CrfError as problem:
            self.stop()
            self.more = False
            self.failed.emit(problem)
            return
        self._take(page)
        if not self.more or len(self.lines) >= self._goal:
            self._timer.stop()
            then, self._then = self._then, None
            if then is not None:
                then()
        self.filled.emit()

    def _take(self, page: AuditPage) -> None:
        self._seen, self.more = dict(page.seen), page.more
        self.looked += page.looked
        if page.lines:
            before = len(self.lines)
            self.beginInsertRows(_NOWHERE, before, before + len(page.lines) - 1)
            self.lines += page.lines
            self.endInsertRows()

    def canFetchMore(self, _parent: Index = _NOWHERE) -> bool:
        """Whether there may be lines below."""
        return self.more and not self._timer.isActive()

    def fetchMore(self, _parent: Index = _NOWHERE) -> None:
        """Somebody scrolled to the end: read on."""
        self._goal = len(self.lines) + _MORE
        self._timer.start()

    def order(self, column: int, *, descending: bool) -> None:
        """Sort what was read by a column; all of it must be here (:meth:`whole`)."""
        self.layoutAboutToBeChanged.emit()
        self.lines.sort(key=lambda line: _key(line, column), reverse=descending)
        self.layoutChanged.emit()

    # -- the table

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Lines read so far."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """All columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """What a cell shows; on one line, whatever was typed."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        words = told(self.lines[index.row()], index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(words.split())
        return tip(words)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """The names of the columns."""
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        if role in spoken and orientation == Qt.Orientation.Horizontal:
            return say(f"audit.head_{COLUMNS[section]}")
        return None

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        if self.lines:
            last = self.index(len(self.lines) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def told(line: AuditLine, column: int) -> str:
    """One cell in the window's language."""
    match COLUMNS[column]:
        case "time":
            return line.local.strftime("%Y-%m-%d %H:%M:%S")
        case "who":
            return line.name or line.person
        case "participant":
            return line.subjid
        case "place":
            return line.place
        case "act":
            return speak(line.act)
        case "change":
            return f"{speak(line.old)} → {speak(line.new)}" if line.old.en else speak(line.new)
        case _:
            return speak(line.why_and_fate) or " ".join(line.prompt)


def _key(line: AuditLine, column: int) -> tuple[str, str]:
    # What is equal stays in the order of time.
    return told(line, column).casefold(), line.stored.isoformat()
