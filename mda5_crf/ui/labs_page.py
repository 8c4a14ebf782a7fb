"""A laboratory's sheet into forms: what columns and tests mean, what becomes of each result, taking it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.jobs import labimport
from mda5_crf.jobs.labimport import LabSheet
from mda5_crf.services import labmap
from mda5_crf.services.changes import Reason
from mda5_crf.services.labplan import DIFFERS, FATES, LEFT, NEW, REFUSED, SAME, TAKEN, LabLine, LabPlan
from mda5_crf.services.labwords import where
from mda5_crf.study.labwords import LEAVE, ROLES, folded
from mda5_crf.study.units import known_units
from mda5_crf.text import Text, both, message
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.review_page import ReviewPage
from mda5_crf.ui.review_table import ReviewRow
from mda5_crf.ui.spoken import name
from mda5_crf.ui.theme import Tone, em

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_GLYPHS: Final = {
    NEW: Glyph.COMPLETE, DIFFERS: Glyph.WARNING, SAME: Glyph.CONFIRMED, REFUSED: Glyph.CROSS,
    LEFT: Glyph.NOT_DONE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Read:
    sheet: LabSheet
    plan: LabPlan | None
    refused: CrfError | None


class LabsPage(ReviewPage):
    """See the module text. The two lines above the table say what a column and a test mean."""

    title = message("labs.title")
    widths = (4.5, 7.0, 6.0, 7.0, 0.0, 8.0, 0.0)

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.sheet: LabSheet | None = None
        self.plan: LabPlan | None = None
        self._filling = False
        self._items = labmap.targets(session.study)
        self._labels = {key: QLabel(self) for key in ("column", "means", "test", "means2", "unit", "visit")}
        self.column, self.role, self.test, self.item, self.unit, self.visit = (
            QComboBox(self) for _ in range(6)
        )
        for box in self._boxes:
            box.setMinimumHeight(24)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
        self.unit.setMinimumContentsLength(6)
        for label, buddy in zip(self._labels.values(), self._boxes, strict=True):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(buddy)
        self.column.currentIndexChanged.connect(self._column_chosen)
        self.role.activated.connect(self._role_chosen)
        self.test.currentIndexChanged.connect(self._test_chosen)
        self.item.activated.connect(self._item_chosen)
        self.unit.activated.connect(self._item_chosen)
        self.visit.activated.connect(self._visit_chosen)
        self._rows = [QHBoxLayout(), QHBoxLayout()]
        parts = list(zip(self._labels.values(), self._boxes, strict=True))
        for number, (label, box) in enumerate(parts):
            row = self._rows[0 if number in (0, 1, 5) else 1]
            row.addWidget(label)
            row.addWidget(box, 1)
        holder = QWidget(self)
        holder.setLayout(self._rows[0])
        other = QWidget(self)
        other.setLayout(self._rows[1])
        self._lines = (holder, other)
        self.top.addStretch(1)
        self.lay_out(holder, other)
        self.retranslate()
        self.rescale()

    @property
    def _boxes(self) -> tuple[QComboBox, ...]:
        return self.column, self.role, self.test, self.item, self.unit, self.visit

    # -- the file

    def refresh(self) -> None:
        """Look again at what was read: entries may have changed meanwhile."""
        if self.sheet is None:
            self.tell(message("labs.how"), Tone.QUIET)
            self.show_rows()
            return
        self._again(self.sheet.meaning)

    def read(self, file: Path) -> object:
        """Read a file; runs in a thread."""
        return self._planned(labimport.read(self.session, file))

    def _planned(self, sheet: LabSheet) -> _Read:
        try:
            return _Read(sheet, labimport.plan(self.session, sheet), None)
        except CrfError as problem:
            return _Read(sheet, None, problem)

    def was_read(self, found: Any) -> None:  # noqa: ANN401 - what ``read`` gave
        """Show what became of the file."""
        self.sheet, self.plan = found.sheet, found.plan
        if found.refused is not None:
            self.tell(found.refused.text, Tone.SOFT)
        else:
            self._say_counts(found.plan)
        self._fill()

    def _say_counts(self, plan: LabPlan) -> None:
        lines = [message("labs.counted", **{fate: plan.count(fate) for fate in FATES})]
        if plan.file.dropped:
            lines.append(message("labs.dropped", what=", ".join(plan.file.dropped)))
        if plan.file.others:
            lines.append(
                message("labs.other_sheets", sheet=plan.file.sheet, others=", ".join(plan.file.others))
            )
        words = Text(" ".join(one.en for one in lines), "".join(one.zh for one in lines))
        self.tell(words, Tone.SOFT if plan.count(REFUSED) else Tone.QUIET)

    def _again(self, meaning: labmap.LabMap) -> None:
        """Plan the same rows with another meaning."""
        assert self.sheet is not None
        self.was_read(self._planned(LabSheet(self.sheet.file, self.sheet.rows, meaning)))
        self.show_rows()

    def _say_otherwise(self, given: dict[str, Any]) -> None:
        if self.sheet is None or self._filling:
            return
        try:
            meaning = labmap.changed(self.session, self.sheet.meaning, given)
        except CrfError as problem:
            self.tell(problem.text, Tone.ERROR)
            return
        self._again(meaning)

    # -- what it means

    def _fill(self) -> None:
        sheet = self.sheet
        for line in self._lines:
            line.setVisible(sheet is not None)
        if sheet is None:
            return
        self._filling = True
        column, test = max(self.column.currentIndex(), 0), self.test.currentText()
        self.column.clear()
        self.column.addItems([one or say("labs.none") for one in sheet.meaning.headings])
        self.column.setCurrentIndex(min(column, self.column.count() - 1))
        self.role.clear()
        for role in ROLES:
            self.role.addItem(say(f"labs.role_{role}"), role)
        self.item.clear()
        self.item.addItem(say("labs.leave_test"), "")
        for oid, item in self._items.items():
            words = f"{oid}  {speak(item.label)}"
            self.item.addItem(words, oid)
            self.role.addItem(words, oid)
        self.test.clear()
        if sheet.meaning.wide:
            tests = [
                h
                for h, role in zip(sheet.meaning.headings, sheet.meaning.columns, strict=True)
                if "." in role
            ]
        else:
            unknown = list(self.plan.unknown) if self.plan is not None else []
            seen = [one.test for one in self.plan.lines if not one.beside] if self.plan is not None else []
            tests = list(dict.fromkeys([*unknown, *seen]))
        self.test.addItems(tests)
        self.test.setCurrentIndex(max(self.test.findText(test), 0) if tests else -1)
        self._filling = False
        self._column_chosen()
        self._test_chosen()

    def _column_chosen(self) -> None:
        if self.sheet is None or self._filling or self.column.currentIndex() < 0:
            return
        role = self.sheet.meaning.columns[self.column.currentIndex()]
        place = self.role.findData(role)
        self.role.setCurrentIndex(place if place >= 0 else ROLES.index(LEAVE))

    def _role_chosen(self) -> None:
        if self.sheet is not None and self.column.currentIndex() >= 0:
            heading = self.sheet.meaning.headings[self.column.currentIndex()]
            self._say_otherwise({"columns": {heading: self.role.currentData()}})

    def _test_chosen(self) -> None:
        if self.sheet is None or self._filling:
            return
        said = self.test.currentText()
        known = self.sheet.meaning.tests.get(folded(said))
        oid = known.item if known is not None else ""
        if not oid and self.plan is not None:
            oid = next(
                (f"{x.key.form}.{x.key.item}" for x in self.plan.lines
                 if x.test == said and x.key is not None and not x.beside), "",
            )  # fmt: skip
        self._filling = True
        self.item.setCurrentIndex(self.item.findData(oid) if oid or known is not None else -1)
        self._units(oid)
        if known is not None:
            self.unit.setCurrentIndex(max(self.unit.findData(known.unit), 0))
        self._filling = False

    def _units(self, oid: str) -> None:
        self.unit.clear()
        self.unit.addItem(say("labs.none"), "")
        item = self._items.get(oid)
        for unit in known_units(item) if item is not None else ():
            self.unit.addItem(unit, unit)

    def _item_chosen(self) -> None:
        if not self.test.currentText() or self._filling:
            return
        oid, unit = self.item.currentData(), self.unit.currentData() or ""
        item = self._items.get(oid or "")
        if item is None or unit not in known_units(item):
            unit = ""
        wide = self.sheet is not None and self.sheet.meaning.wide
        said = {"item": "" if wide else oid or "", "unit": unit}
        self._say_otherwise({"tests": {self.test.currentText(): said}})

    def _visit_chosen(self) -> None:
        row = self.table.current
        if row is not None and isinstance(row.about, LabLine) and row.about.sample:
            self._say_otherwise({"visits": {row.about.sample: self.visit.currentData() or ""}})

    # -- the lines

    def heads(self) -> Sequence[Text]:
        """The headings of the table."""
        names = ("row", "fate", "number", "day", "test", "result", "place")
        return [message(f"labs.head_{one}") for one in names]

    def review_rows(self) -> Sequence[ReviewRow]:
        """The lines of what was read."""
        if self.plan is None:
            return []
        return [self._row(one) for one in self.plan.lines if not one.beside]

    def _row(self, one: LabLine) -> ReviewRow:
        cells = (
            both(one.number), message(f"labs.fate_{one.fate}"), both(one.subjid), both(one.day or ""),
            both(one.test), both(one.typed), where(self.session, one),
        )  # fmt: skip
        glyph = Glyph.WARNING if one.fate == NEW and one.says else _GLYPHS[one.fate]
        return ReviewRow(cells, one, glyph, one.fate in TAKEN, one.fate == NEW, one.why)

    def detail_of(self, row: ReviewRow) -> Text | None:
        """What is said below the table of the chosen line."""
        one = row.about
        assert isinstance(one, LabLine)
        said = [one.why] if one.why is not None else []
        if one.fate == DIFFERS and one.stands is not None:
            stands = f"{one.stands.text or one.stands.missing} {one.stands.unit or ''}".strip()
            said.append(message("labs.stands", stands=stands))
        said += one.says
        return Text(" ".join(x.en for x in said), "".join(x.zh for x in said)) if said else None

    def _detail(self) -> None:
        super()._detail()
        row = self.table.current
        about = row.about if row is not None else None
        visits = about.visits if isinstance(about, LabLine) else ()
        self.visit.clear()
        self.visit.addItem(say("labs.none"), "")
        for label in visits:
            self.visit.addItem(label, label)
        self.visit.setEnabled(bool(visits))
        if isinstance(about, LabLine) and about.key is not None:
            label = self.session.event_label(about.key)
            self.visit.setCurrentIndex(max(self.visit.findData(label), 0))

    def needs_reason(self, chosen: Sequence[ReviewRow]) -> bool:
        """Whether something that stands would change."""
        lines = [row.about for row in chosen if isinstance(row.about, LabLine)]
        return self.plan is not None and self.plan.needs_reason(lines)

    def write(self, chosen: Sequence[ReviewRow], reason: str) -> Text:
        """Take these lines."""
        assert self.plan is not None
        lines = [row.about for row in chosen if isinstance(row.about, LabLine)]
        done = labimport.take(self.session, self.plan, lines, Reason("OTHER", reason) if reason else None)
        return message("labs.taken", count=done.values, forms=done.forms)

    def stop(self) -> None:
        """Nobody is logged in any more: nothing of a participant stays here."""
        super().stop()
        self.sheet = self.plan = None

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        for key, label in self._labels.items():
            label.setText(say(f"labs.{key.rstrip('2')}"))
        words = (
            "labs.column",
            "labs.role_of_column",
            "labs.test",
            "labs.item_of_test",
            "labs.unit",
            "labs.visit",
        )
        for box, code in zip(self._boxes, words, strict=True):
            name(box, say(code))
        self._fill()
        self._detail()

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        for row in self._rows:
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(em(self) // 2)
