"""Making a vault for a site, with its first person: of the program's own trial, or of another study.

Another study is read in the background as soon as it is named; what was read of it stands on the page before
the vault can be made.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import Text, message
from mda5_crf.ui.account_form import AccountForm
from mda5_crf.ui.language import say, speak

if TYPE_CHECKING:
    from mda5_crf.jobs.newstudy import Offered
    from mda5_crf.services.session import Session
    from mda5_crf.ui.worker import Job, Progress

ROLES = ("investigator", "data_entry", "data_manager", "administrator")
"""Who can be the first person of a vault. Further people are admitted by an investigator or data manager; an
administrator admits the first of these."""
_LINES: Final = 6
"""Of the report, on screen at a time."""


class NewVaultPage(AccountForm):
    """See the module text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "ui.make_vault", width=52)
        self._reading: Job | None = None
        self._lines: tuple[Text, ...] = ()
        self.found: Offered | None = None
        """What was read of another study, while its place still stands in the line."""
        self.vault = self.folder("ui.new_vault_folder")
        self.site = self.line("ui.site_number")
        self.name = self.line("ui.vault_name", words=True)
        self.study = self.choice("newstudy.study", [("own", "newstudy.own"), ("other", "newstudy.other")])
        self._first = self.rows.rowCount()
        self.place = self.file("newstudy.place", "newstudy.kinds")
        row = self.rows.itemAt(self._first, self.rows.ItemRole.FieldRole)
        ways = None if row is None else row.layout()
        assert isinstance(ways, QHBoxLayout)
        self.folder_button = self.press("newstudy.choose_folder", self._ask_folder, where=ways)
        self.report = QPlainTextEdit(self)
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.field("newstudy.report", self.report)
        self.person_lines(ROLES)
        self.role.currentIndexChanged.connect(self._say)
        self.study.currentIndexChanged.connect(self._chosen)
        self.place.textChanged.connect(self._renamed)
        self.place.editingFinished.connect(self._read)
        self._words = self.said_below_title(2)
        self.suggest_button = self.press("ui.suggest_password", self.suggest)
        self.foot.addStretch(1)
        self.back_button = self.press("ui.back", self.back.emit)
        self.create_button = self.press("ui.create", self.make)
        self._scrolls()
        self._chosen()
        self.retranslate()
        self.rescale()

    def _scrolls(self) -> None:
        """The card scrolls: with a report in it, it is higher in large type than a small screen."""
        inside, area = QWidget(self), QScrollArea(self)
        card = self.layout()
        assert card is not None
        inside.setLayout(card)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(area)

    def take_focus(self) -> None:
        """To the folder."""
        self.vault.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._say()
        self._show()

    def rescale(self) -> None:
        """As every form; the report is some lines high."""
        super().rescale()
        height = _LINES * self.report.fontMetrics().lineSpacing()
        self.report.setFixedHeight(height + 2 * self.report.frameWidth() + self.fontMetrics().height())

    def _say(self) -> None:
        """Below the lines: a drawn password, and what a founder of this role cannot do."""
        self._words.setText(self.words())
        self._words.setVisible(bool(self._words.text()))

    # -- another study ---------------------------------------------------------------------------------

    @property
    def another(self) -> bool:
        """Whether the vault is for a study from elsewhere."""
        return bool(self.study.currentData()[0] == "other")

    def _chosen(self) -> None:
        """The lines of another study stand there only where one is wanted."""
        for row in (self._first, self._first + 1):
            self.rows.setRowVisible(row, self.another)
        self.place.setEnabled(self.another)
        if self.another:
            self._read()
        self._show()

    def _ask_folder(self) -> None:
        before = self.place.text()
        self._choose_folder(self.place)
        if self.place.text() != before:
            self._read()

    def _renamed(self) -> None:
        """What was read is of another place than the one that stands there now."""
        self.found, self._lines = None, ()
        self._show()

    def _read(self, *, again: bool = False) -> None:
        """Read what is named, unless that was done."""
        word = self.place.text().strip().strip('"')
        if not word or not self.another or self._reading is not None or (self._lines and not again):
            return
        from mda5_crf.ui.progress import Tasks
        from mda5_crf.ui.worker import Job

        place = Path(word)

        def work(_progress: Progress) -> Offered:
            from mda5_crf.jobs.newstudy import offered

            return offered(place.expanduser())

        def done(found: Offered) -> None:
            self._read_over(word)
            if self._same(word):
                self.found, self._lines = found, found.lines
            self._show()

        def failed(problem: CrfError) -> None:
            self._read_over(word)
            if self._same(word):
                self._lines = (problem.text,)
                self.refused.emit(problem)
            self._show()

        self._lines = (message("newstudy.reading", name=place.name),)
        self.set_busy(True)
        self._show()
        self._reading = Job(self, work, done, failed)
        Tasks.of(self).watch(self._reading, message("newstudy.task", name=place.name))

    def _read_over(self, word: str) -> None:
        self._reading = None
        self.set_busy(False)
        if not self._same(word):
            self._read()  # something else was typed meanwhile

    def _same(self, word: str) -> bool:
        return self.place.text().strip().strip('"') == word

    def _show(self) -> None:
        """What was read, in the window's language; what can be chosen while nothing was."""
        lines = self._lines or (message("newstudy.how"),)
        said = "\n".join(speak(line) for line in lines)
        if self.report.toPlainText() != said:
            self.report.setPlainText(said)

    # -- the vault -------------------------------------------------------------------------------------

    def make(self) -> None:
        """Make the vault in the background."""
        if not self.complete():
            return
        if self.another and (self.found is None or self.found.study is None):
            self._look_first()
            return
        folder, password = Path(self.vault.text().strip()), self.password.text()
        site, name = self.site.text().strip(), self.name.text().strip()
        user, person, role = self.user.text().strip(), self.person.text().strip(), self.chosen_role
        study = self.found.study if self.another and self.found is not None else None

        def work(_progress: Progress) -> Session:
            from mda5_crf.services.session import create

            return create(
                folder, site=site, name=name, login=user, person=person, role=role, password=password,
                definition_dir=study,
            )  # fmt: skip

        self.begin(work)

    def _look_first(self) -> None:
        """No vault of a study that nobody could look at, or that has problems."""
        if self.found is None:
            self.refused.emit(message("newstudy.look", name=Path(self.place.text().strip()).name))
            self._read(again=True)
        else:
            self.refused.emit(self.found.lines[-1])
        self.report.setFocus()

    def words(self) -> str:
        """The password as it is shown to be written down, and a warning of a role that admits nobody."""
        said = self.offered
        if self.chosen_role == "data_entry":
            said.append(say("people.founder_alone"))
        return "\n".join(said)
