"""What narrows the audit trail: words, whose, which PC, what kind of act, which participant, from when to
when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services.access import Action
from mda5_crf.services.auditfilter import GROUPS, OTHER, AuditFilter
from mda5_crf.study.folding import narrow
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.theme import em

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_PATIENCE = 300
_BOXES = ("kind", "person", "participant", "form", "device", "bundle")


class AuditFilters(Spoken, QWidget):
    """Everything left open holds always; what cannot be read as a date holds too, and says so."""

    changed = Signal()
    """Another filter; typed words wait for the fingers to rest."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self.words = QLineEdit(self)
        self.since, self.until = QLineEdit(self), QLineEdit(self)
        self.boxes = {name_: QComboBox(self) for name_ in _BOXES}
        self.fresh = QCheckBox(self)
        self._grid = QGridLayout(self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PATIENCE)
        self._rest.timeout.connect(self.changed)
        for edit in (self.words, self.since, self.until):
            edit.setMinimumHeight(24)
            edit.textChanged.connect(lambda _text: self._rest.start())
            edit.returnPressed.connect(self._now)
        for box in self.boxes.values():
            box.setMinimumHeight(24)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
            box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.fresh.toggled.connect(lambda _on: self.changed.emit())
        row = (
            self.words,
            self.boxes["kind"],
            self.boxes["person"],
            self.boxes["participant"],
            self.boxes["form"],
        )
        for column, widget in enumerate(row):
            self._grid.addWidget(widget, 0, column)
        below = (self.since, self.until, self.boxes["device"], self.boxes["bundle"], self.fresh)
        for column, widget in enumerate(below):
            self._grid.addWidget(widget, 1, column)
        for column in range(len(row)):
            self._grid.setColumnStretch(column, 1)
        self.fill()
        self.retranslate()
        self.rescale()

    def fill(self) -> None:
        """Offer whom and what there is now; what is chosen stays chosen."""
        audit = self._session.audit
        may_read = self._session.may(Action.READ)
        subjects = self._session.subjects() if may_read else ()
        self._offer("kind", [(one, say(f"audit.group_{one}")) for one in (*GROUPS, OTHER)])
        self._offer("person", [(one.value, one.words) for one in audit.people()])
        self._offer("participant", [(one.identity, one.subjid) for one in subjects])
        forms = self._session.study.forms.values() if may_read else ()
        self._offer("form", [(one.oid, f"{one.oid} {speak(one.name)}") for one in forms])
        self._offer("device", [(one.value, one.words) for one in audit.devices()])
        self._offer("bundle", [(one.value, one.words) for one in audit.bundles()] if may_read else [])

    def _offer(self, which: str, choices: Sequence[tuple[str, str]]) -> None:
        box = self.boxes[which]
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        box.addItem(say(f"audit.any_{which}"), "")
        for value, words in choices:
            box.addItem(words, value)
        box.setCurrentIndex(max(box.findData(chosen), 0))
        box.setEnabled(bool(choices))
        box.blockSignals(False)

    def wanted(self) -> AuditFilter:
        """The filter as it stands. Raises CrfError when the newest review cannot be read."""
        base = self._session.audit.since_review() if self.fresh.isChecked() else AuditFilter()
        chosen = {which: str(box.currentData() or "") for which, box in self.boxes.items()}
        return replace(
            base, key=chosen["participant"], form=chosen["form"], person=chosen["person"],
            device=chosen["device"], bundle=chosen["bundle"],
            kinds=(chosen["kind"],) if chosen["kind"] else (),
            since=_day(self.since), until=_day(self.until), search=self.words.text(),
        )  # fmt: skip

    def wrong_day(self) -> str:
        """What was typed for a day and is none, "" for nothing."""
        for edit in (self.since, self.until):
            if narrow(edit.text()) and _day(edit) is None:
                return edit.text().strip()
        return ""

    def clear(self) -> None:
        """Everything again."""
        for box in self.boxes.values():
            box.setCurrentIndex(0)
        for edit in (self.words, self.since, self.until):
            edit.clear()
        self.fresh.setChecked(False)

    def _now(self) -> None:
        self._rest.stop()
        self.changed.emit()

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self._rest.stop()

    def take_focus(self) -> None:
        """To the words."""
        self.words.setFocus(Qt.FocusReason.TabFocusReason)

    def retranslate(self) -> None:
        """Speak the window's language."""
        for edit, code in ((self.words, "search"), (self.since, "since"), (self.until, "until")):
            edit.setPlaceholderText(say(f"audit.{code}"))
            name(edit, say(f"audit.{code}"))
        for which, box in self.boxes.items():
            name(box, say(f"audit.by_{which}"))
        self.fresh.setText(say("audit.only_new"))
        name(self.fresh, self.fresh.text())
        try:
            self.fill()
        except CrfError:
            return  # the vault is away; what is chosen stays as it is

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._grid.setContentsMargins(unit // 2, unit // 2, unit // 2, 0)
        self._grid.setSpacing(unit // 3)


def _day(edit: QLineEdit) -> date | None:
    try:
        return date.fromisoformat(narrow(edit.text()))
    except ValueError:
        return None
