"""The preview of a pasted block, below the form: nothing is written before somebody says so. Not modal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.services.pasting import LEFT_OUT, Fate, PasteCell, PastePlan
from mda5_crf.text import Text
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.paste_model import Index, PasteModel, letters
from mda5_crf.ui.spoken import Spoken, button, name, pale_choice
from mda5_crf.ui.theme import ACCENT, BAR, Tone, em, icon_size, ink, paper

Replan = Callable[[dict[str, object]], PastePlan]
_LISTED = 200
"""Reasons listed; the table shows all."""


class _Preview(QTableView):
    """Enter takes; Tab goes on."""

    entered = Signal()
    moved = Signal(int)

    def __init__(self, parent: QWidget, model: PasteModel) -> None:
        super().__init__(parent)
        self.setModel(model)
        pale_choice(self)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().setSectionsClickable(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setMinimumSize(0, 0)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.moved.emit(current.column())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(em(self) * 12, em(self) * 5)


class PastePanel(Spoken, QWidget):
    """``take`` is called with the plan; ``replan`` gives the plan for other choices."""

    closed = Signal()
    taken = Signal(object)

    def __init__(self, parent: QWidget, title: Text, plan: PastePlan, replan: Replan) -> None:
        super().__init__(parent)
        paper(self)
        self._title = title
        self._replan = replan
        self._filling = False
        self._reasons: list[PasteCell] = []
        self.plan = plan
        self.model = PasteModel()
        self.line = MessageLabel(self)
        self.table = _Preview(self, self.model)
        self.table.entered.connect(self.accept)
        self.table.moved.connect(self._column_changed)
        self.reasons = QListWidget(self)
        self.reasons.setWordWrap(True)
        self.reasons.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pale_choice(self.reasons)
        self.reasons.currentRowChanged.connect(self._reason_chosen)
        self.goes = QLabel(self)
        self.target = QComboBox(self)
        self.target.setMinimumHeight(24)
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.target.setMinimumContentsLength(14)
        self.target.currentIndexChanged.connect(self._target_chosen)
        self.goes.setBuddy(self.target)
        self.headed, self.only_answers, self.replace = (QCheckBox(self) for _ in range(3))
        self.headed.toggled.connect(lambda on: self._choose(headed=on))
        self.only_answers.toggled.connect(lambda on: self._choose(marked=not on))
        self.replace.toggled.connect(lambda on: self._choose(replace=on))
        self.ok: QPushButton = button(self)
        self.ok.clicked.connect(self.accept)
        self.cancel: QPushButton = button(self)
        self.cancel.clicked.connect(self.closed.emit)
        self._lay()
        self.rescale()
        self.show_plan(plan)
        self.table.setCurrentIndex(self.model.index(0, 0))

    def _lay(self) -> None:
        self._box = QVBoxLayout(self)
        self._box.addWidget(self.line)
        self._middle = QHBoxLayout()
        self._middle.addWidget(self.table, 3)
        self._middle.addWidget(self.reasons, 2)
        self._box.addLayout(self._middle, 1)
        self._choices = QHBoxLayout()
        for widget in (self.goes, self.target, self.headed):
            self._choices.addWidget(widget)
        self._choices.addStretch(1)
        self._box.addLayout(self._choices)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self.ok)
        self._buttons.addWidget(self.cancel)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.only_answers)
        self._buttons.addWidget(self.replace)
        self._box.addLayout(self._buttons)

    # -- what is planned

    def show_plan(self, plan: PastePlan) -> None:
        """Show what would be written now."""
        self.plan = plan
        self.model.tell(plan)
        self.retranslate()

    def _choose(self, **chosen: object) -> None:
        if not self._filling:
            self.show_plan(self._replan(chosen))

    def _target_chosen(self, place: int) -> None:
        column = self.table.currentIndex().column()
        if self._filling or place < 0 or column < 0:
            return
        columns = list(self.plan.columns)
        columns[column] = str(self.target.itemData(place))
        self._choose(columns=tuple(columns), headed=self.plan.headed)

    def _column_changed(self, column: int) -> None:
        self._filling = True
        place = self.plan.columns[column] if column < len(self.plan.columns) else LEFT_OUT
        self.target.setCurrentIndex(max(self.target.findData(place), 0))
        named = self.plan.rows_named and column == 0
        self.target.setEnabled(not named)
        words = say("paste.column_goes", column=letters(column + 1))
        self.goes.setText(words)
        name(self.target, words)
        self._filling = False

    def _reason_chosen(self, row: int) -> None:
        if 0 <= row < len(self._reasons) and self.reasons.hasFocus():
            cell = self._reasons[row]
            self.table.setCurrentIndex(self.model.index(cell.line - 1, cell.column - 1))

    def accept(self) -> None:
        """Take what is planned; with nothing to take, say so by staying."""
        if self.plan.taken:
            self.taken.emit(self.plan)

    def take_focus(self) -> None:
        """To the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- words

    def summary(self) -> str:
        """What would become of the block, in one sentence."""
        plan = self.plan
        words = [say("paste.title", group=self._title, count=len(plan.taken))]
        if plan.row_count:
            words.append(say("paste.new_rows", count=plan.row_count))
        if plan.marked:
            words.append(say("paste.with_mark", count=len(plan.marked)))
        if plan.notices:
            words.append(say("paste.to_check", count=len(plan.notices)))
        if plan.left:
            words.append(say("paste.left_out", count=len(plan.left)))
        return say("paste.comma").join(words)

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._filling = True
        plan = self.plan
        self.line.say(self.summary(), Tone.SOFT if plan.marked or plan.left else Tone.QUIET)
        self.headed.setText(say("paste.headed"))
        self.headed.setChecked(plan.headed)
        self.only_answers.setText(say("paste.only_answers"))
        self.only_answers.setChecked(not plan.options.marked)
        self.only_answers.setVisible(bool(plan.marked) or not plan.options.marked)
        self.replace.setText(say("paste.replace"))
        self.replace.setChecked(plan.options.replace)
        self.replace.setVisible(bool(plan.replaceable) or plan.options.replace)
        self.ok.setText(say("paste.take", count=len(plan.taken)))
        self.ok.setEnabled(bool(plan.taken))
        self.cancel.setText(say("paste.cancel"))
        self.target.clear()
        self.target.addItem(say("paste.nowhere"), LEFT_OUT)
        for place, words in plan.choices.items():
            self.target.addItem(speak(words), place)
        name(self.table, say("paste.preview"))
        name(self.reasons, say("paste.reasons"))
        self.model.spoken()
        self._list_reasons()
        self._filling = False
        self._column_changed(max(self.table.currentIndex().column(), 0))

    def _list_reasons(self) -> None:
        self.reasons.clear()
        noticed = {(n.cell.line, n.cell.column) for n in self.plan.notices}
        said = [c for c in self.plan.cells if c.why is not None or (c.line, c.column) in noticed]
        # A column that goes nowhere is one thing to look at, not two thousand.
        alike = Counter((c.column, c.why) for c in said if c.fate is Fate.LEFT)
        self._reasons = list(dict.fromkeys(
            next(o for o in said if (o.column, o.why) == (c.column, c.why)) if self._many(c, alike) else c
            for c in said[: 10 * _LISTED]
        ))[:_LISTED]  # fmt: skip
        for cell in self._reasons:
            words = self.model.words_of(cell)
            if self._many(cell, alike):
                count = alike[cell.column, cell.why]
                where = say("paste.where_many", column=letters(cell.column), count=count)
                line = say("paste.where_same", where=where, words=words)
            else:
                where = say("paste.where", line=cell.line, column=letters(cell.column))
                typed = " ".join(cell.typed.split())[:40]
                line = say("paste.reason_line", where=where, typed=typed, words=words)
            item = QListWidgetItem(line)
            glyph = {Fate.MARKED: Glyph.CROSS, Fate.LEFT: Glyph.NOT_DONE}.get(cell.fate, Glyph.WARNING)
            item.setIcon(icon(glyph))
            self.reasons.addItem(item)
        left = len(said) - sum(alike[c.column, c.why] if self._many(c, alike) else 1 for c in self._reasons)
        if left > 0:
            self.reasons.addItem(say("paste.more", count=left))
        self.reasons.setVisible(bool(said))

    @staticmethod
    def _many(cell: PasteCell, alike: Counter[tuple[int, Text | None]]) -> bool:
        return cell.fate is Fate.LEFT and alike[cell.column, cell.why] > 1

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit // 3, unit // 2, unit // 3)
        self._box.setSpacing(unit // 3)
        self._choices.setSpacing(unit // 2)
        metrics = self.fontMetrics()
        self.table.verticalHeader().setDefaultSectionSize(max(metrics.height() + unit // 3, 24))
        self.table.horizontalHeader().setDefaultSectionSize(unit * 10)
        self.table.horizontalHeader().setFixedHeight(metrics.height() + unit * 2 // 3)
        size = icon_size(self)
        self.table.setIconSize(QSize(size, size))
        self.reasons.setIconSize(QSize(size, size))

    def sizeHint(self) -> QSize:
        """As high as the block needs, within half of the page."""
        lines = min(len(self.plan.lines), 8) + 2
        wanted = (lines + 4) * self.table.verticalHeader().defaultSectionSize()
        page = self.parentWidget()
        most = page.height() * 3 // 5 if page is not None else wanted
        return QSize(em(self) * 30, max(min(wanted, most), em(self) * 12))

    def minimumSizeHint(self) -> QSize:
        """What can be given when the window is low."""
        return QSize(em(self) * 20, min(self.sizeHint().height(), em(self) * 16))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away; Enter on a button presses it."""
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(focused, QPushButton):
                focused.click()
            else:
                self.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """White, with a bar at the left."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        painter.fillRect(0, 0, BAR, self.height(), ink(ACCENT))
        painter.end()
