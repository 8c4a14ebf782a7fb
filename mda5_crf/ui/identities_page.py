"""The identification list on screen: opened with the password, closed as soon as the eyes leave it.

Nothing of it stands in the window's title, in a tooltip or in what other pages say; when the page is left,
the window locked or somebody logged out, the widgets are emptied and the key is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import CrfError, StoreError
from mda5_crf.services.identities import FIELDS, Identity, IdentityList, proposed_initials
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.spoken import button, name, pale_choice
from mda5_crf.ui.theme import Tone, em

if TYPE_CHECKING:
    from mda5_crf.pdf import Tongue

_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_TYPED: Final = (*FIELDS, "reason")
_ACROSS: Final = 3
_KINDS: Final = ("codes", "screening")
_TONGUES: Final[tuple[Tongue, ...]] = ("zh", "en", "both")


class IdentitiesPage(OfficePage):
    """See the module text."""

    title = message("identities.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.opened: IdentityList | None = None
        self._problem: Text | None = None
        self._labels: list[tuple[QLabel, QWidget, str]] = []
        self._buttons: list[tuple[QPushButton, str]] = []
        self.notice = MessageLabel(self)
        self.door, self.inside = QWidget(self), QWidget(self)
        self._make_door()
        self._make_inside()
        self.complaint = MessageLabel(self)
        self.box = QVBoxLayout(self)
        self.box.addWidget(self.notice)
        self.box.addWidget(self.door)
        self.box.addWidget(self.inside, 1)
        self.box.addWidget(self.complaint)
        self.box.addStretch(0)
        self.close_list()
        self.rescale()

    def _make_door(self) -> None:
        row = QHBoxLayout(self.door)
        row.setContentsMargins(0, 0, 0, 0)
        self.password = self._line(self.door, "identities.own_password", row)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.password.returnPressed.connect(self.open_list)
        self.open_button = self._press(self.door, "identities.open", self.open_list, row)
        row.addStretch(1)

    def _make_inside(self) -> None:
        box = QVBoxLayout(self.inside)
        box.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        self.search = self._line(self.inside, "identities.search", top)
        self.search.textChanged.connect(lambda _text: self._fill())
        self.search.returnPressed.connect(self._to_table)
        self.close_button = self._press(self.inside, "identities.close", self.close_by_hand, top)
        box.addLayout(top)
        self.table = QTreeWidget(self.inside)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAllColumnsShowFocus(True)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setColumnCount(len(FIELDS) + 1)
        pale_choice(self.table)
        self.table.currentItemChanged.connect(lambda *_: self._choose())
        self.table.itemActivated.connect(lambda *_: self.lines["name"].setFocus())
        box.addWidget(self.table, 1)
        self.lines: dict[str, QLineEdit] = {}
        self.person = QWidget(self.inside)
        self._grid = QGridLayout(self.person)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for place, field in enumerate(_TYPED):
            across, down = place % _ACROSS * 2, place // _ACROSS
            line = self._line(self.person, f"identities.field_{field}", None)
            self._grid.addWidget(self._labels[-1][0], down, across)
            self._grid.addWidget(line, down, across + 1)
            self.lines[field] = line
            line.returnPressed.connect(self.save)
        self.lines["name"].editingFinished.connect(self._propose)
        acts = QHBoxLayout()
        self.save_button = self._press(self.person, "identities.save", self.save, acts)
        self.paper_button = self._press(self.person, "identities.to_print", self.to_print, acts)
        acts.addStretch(1)
        self._grid.addLayout(acts, len(_TYPED) // _ACROSS, len(_TYPED) % _ACROSS * 2, 1, 4)
        box.addWidget(self.person)
        self._make_printing(box)

    def _make_printing(self, box: QVBoxLayout) -> None:
        self.printing = QWidget(self.inside)
        inner = QVBoxLayout(self.printing)
        inner.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        self.kind = self._choice(row, [(kind, f"identities.paper_{kind}") for kind in _KINDS])
        self.tongue = self._choice(row, [(tongue, f"ui.tongue_{tongue}") for tongue in _TONGUES])
        self.file = self._line(self.printing, "identities.file", row)
        self.file.returnPressed.connect(self.print)
        self.print_button = self._press(self.printing, "identities.print", self.print, row)
        self._press(self.printing, "ui.cancel", self.to_persons, row)
        self.warning = MessageLabel(self.printing)
        inner.addLayout(row)
        inner.addWidget(self.warning)
        box.addWidget(self.printing)

    def _choice(self, row: QHBoxLayout, answers: list[tuple[str, str]]) -> QComboBox:
        made = QComboBox(self.printing)
        made.setMinimumHeight(24)
        for value, code in answers:
            made.addItem("", (value, code))
        row.addWidget(made)
        return made

    def _line(self, parent: QWidget, code: str, row: QHBoxLayout | None) -> QLineEdit:
        made = QLineEdit(parent)
        made.setMinimumHeight(24)
        label = QLabel(parent)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(made)
        self._labels.append((label, made, code))
        if row is not None:
            row.addWidget(label)
            row.addWidget(made, 1)
        return made

    def _press(self, parent: QWidget, code: str, act: Callable[[], None], row: QHBoxLayout) -> QPushButton:
        made = button(parent)
        made.clicked.connect(lambda _=False: act())
        self._buttons.append((made, code))
        row.addWidget(made)
        return made

    # -- opening and closing

    def open_list(self) -> None:
        """Open the list with the password; it is begun by whoever may, when there is none."""
        try:
            self.opened = IdentityList(self.session, self.password.text())
        except CrfError as refused:
            self.password.selectAll()
            self.password.setFocus()
            self._complain(refused.text)
            return
        self.password.clear()
        self.file.setText(str(Path.home() / f"list-{self.session.site}.pdf"))
        self._complain(None)
        self._show()
        self._fill()
        self.search.setFocus()

    def close_list(self) -> None:
        """Empty every widget and drop the key. May be called twice."""
        opened, self.opened = self.opened, None
        if opened is not None:
            opened.close()
        for line in (self.password, self.search, self.file, *self.lines.values()):
            line.clear()
        self.table.clear()
        self.printing.setVisible(False)
        self.person.setVisible(True)
        self._problem = None
        self._show()

    def close_by_hand(self) -> None:
        """Close the list; the page stays."""
        self.close_list()
        self.password.setFocus()

    def _show(self) -> None:
        self.door.setVisible(self.opened is None)
        self.inside.setVisible(self.opened is not None)
        self.retranslate()

    # -- the list

    def _fill(self, chosen: str = "") -> None:
        if self.opened is None:
            return
        chosen = chosen or self._chosen()
        self.table.blockSignals(True)
        self.table.clear()
        rows = self.opened.rows(self.search.text())
        for one in rows:
            item = QTreeWidgetItem([one.subjid, *(getattr(one, field) for field in FIELDS)])
            item.setData(0, _ROLE, one.subject)
            self.table.addTopLevelItem(item)
        places = [place for place, one in enumerate(rows) if one.subject == chosen] or [0]
        item_there = self.table.topLevelItem(places[0])
        if item_there is not None:
            self.table.setCurrentItem(item_there)
        self._widen()
        self.table.blockSignals(False)
        self._choose()

    def _widen(self) -> None:
        """Columns as wide as heading and names ask for, none more than a third of the table."""
        for column in range(self.table.columnCount() - 1):
            self.table.resizeColumnToContents(column)
            wide = max(self.table.columnWidth(column), self.table.header().sectionSizeHint(column)) + em(self)
            self.table.setColumnWidth(
                column, min(wide, max(self.table.viewport().width() // 3, 6 * em(self)))
            )

    def _chosen(self) -> str:
        item = self.table.currentItem()
        return str(item.data(0, _ROLE)) if item is not None else ""

    def _to_table(self) -> None:
        self.table.setFocus()

    def _choose(self) -> None:
        one = self._one()
        for field, line in self.lines.items():
            line.setText("" if one is None or field == "reason" else getattr(one, field))
            line.setEnabled(one is not None)
        self.save_button.setEnabled(one is not None)

    def _one(self) -> Identity | None:
        chosen = self._chosen()
        return self.opened.get(chosen) if self.opened is not None and chosen else None

    def _propose(self) -> None:
        if not self.lines["initials"].text():
            self.lines["initials"].setText(proposed_initials(self.lines["name"].text().strip()))

    def save(self) -> None:
        """Keep what was typed for the chosen participant."""
        one = self._one()
        if one is None or self.opened is None:
            return
        self._propose()
        values = {field: self.lines[field].text() for field in FIELDS}
        try:
            self.opened.set(one.subject, values, self.lines["reason"].text())
        except CrfError as refused:
            self._complain(refused.text)
            if refused.code in ("identities.reason_needed", "identities.twice"):
                self.lines["reason"].setFocus()
            return
        self._complain(None)
        self.said.emit(message("identities.set", subject=one.subjid))
        self._fill(one.subject)
        self.table.setFocus()

    def to_print(self) -> None:
        """Ask what goes to paper, in the place of the persons' fields."""
        self.printing.setVisible(True)
        self.person.setVisible(False)
        self.kind.setFocus()

    def to_persons(self) -> None:
        """Back to the fields."""
        self.printing.setVisible(False)
        self.person.setVisible(True)
        self._complain(None)
        self.table.setFocus()

    def print(self) -> None:
        """The chosen list as a PDF, straight to its place; nothing is overwritten."""
        from mda5_crf.jobs.identitypages import print_list

        if self.opened is None:
            return
        target = Path(self.file.text().strip())
        if not self.file.text().strip() or target.exists() or not target.absolute().parent.is_dir():
            self._complain(message("identities.file_there"))
            self.file.setFocus()
            return
        try:
            tongue: Tongue = self.tongue.currentData()[0]
            printed = print_list(self.session, self.opened, self.kind.currentData()[0], tongue)
            _write(target, printed.data)
        except CrfError as refused:
            self._complain(refused.text)
            return
        self.to_persons()
        self.said.emit(message("identities.printed", pages=printed.pages, file=target.name))

    # -- the page

    def refresh(self) -> None:
        """Always begins closed."""
        self.close_list()

    def take_focus(self) -> None:
        """To the password, or into the list."""
        (self.password if self.opened is None else self.search).setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> bool:
        """Nothing waits here: what was not saved is gone with the list."""
        self.close_list()
        return True

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self.close_list()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whatever covers the page closes the list."""
        self.close_list()
        super().hideEvent(event)

    def _complain(self, problem: Text | None) -> None:
        self._problem = problem
        self.retranslate()

    # -- language and size

    def retranslate(self) -> None:
        """Speak the window's language."""
        begun = self.session.vault.has_identities
        self.notice.say(say("identities.notice" if begun else "identities.notice_none"), Tone.QUIET)
        self.complaint.setVisible(self._problem is not None)
        self.complaint.say(speak(self._problem) if self._problem is not None else "", Tone.ERROR)
        for label, widget, code in self._labels:
            label.setText(say(code))
            name(widget, say(code))
        for made, code in self._buttons:
            made.setText(say(code))
            name(made, say(code))
        for choice, code in ((self.kind, "identities.kind"), (self.tongue, "ui.pdf_language")):
            name(choice, say(code))
            for place in range(choice.count()):
                choice.setItemText(place, say(choice.itemData(place)[1]))
        heads = [say("identities.number"), *(say(f"identities.field_{field}") for field in FIELDS)]
        self.table.setHeaderLabels(heads)
        name(self.table, say("identities.title"))
        self.warning.say(say("identities.clear_warning"), Tone.SOFT)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self.box.setContentsMargins(unit, unit, unit, unit)
        self.box.setSpacing(unit // 2)
        self._grid.setVerticalSpacing(unit // 3)
        self.table.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._widen()
        self.password.setMaximumWidth(24 * unit)
        high = max(24, self.fontMetrics().height() + unit // 2)
        for widget in (*(made for made, _ in self._buttons), *(line for _, line, _ in self._labels)):
            widget.setMinimumHeight(high)


def _write(file: Path, data: bytes) -> None:
    try:
        with file.open("xb") as stream:
            stream.write(data)
    except OSError as problem:
        raise StoreError("ui.cannot_write", file=file.name) from problem
