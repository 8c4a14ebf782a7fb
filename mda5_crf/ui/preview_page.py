"""Ctrl+P: the form on screen, its visit, everything begun or the casebook, as it will be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from mda5_crf.errors import InputRefused
from mda5_crf.jobs.papers import FORM, OF_PLACE, OF_STUDY, VISIT, Wish, blank_of, moment_typed, of_place
from mda5_crf.jobs.papers import of_study as paper_of_study
from mda5_crf.text import message
from mda5_crf.ui.language import say
from mda5_crf.ui.paper_page import PaperPage
from mda5_crf.ui.spoken import name

if TYPE_CHECKING:
    from mda5_crf.jobs.papers import Paper
    from mda5_crf.services.session import Session


class PreviewPage(PaperPage):
    """See the module text."""

    title = message("preview.title")
    offers = OF_PLACE
    first = FORM
    """What is chosen when it opens."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._came: object = None

    def more(self) -> None:
        """As of, with changes, blank."""
        self.as_of = self.row(QLineEdit(self), "preview.as_of")
        self.as_of.returnPressed.connect(self.show_again)
        self.audit = QCheckBox(self)
        self.blank = QCheckBox(self)
        for box, title in ((self.audit, "preview.audit"), (self.blank, "preview.blank")):
            box.setMinimumHeight(24)
            box.toggled.connect(self.show_again)
            self.form.addRow("", box)
            self.boxes.append((box, title))

    def refresh(self) -> None:
        """Of another form than last time everything is chosen anew."""
        if self.came_from != self._came:
            self._came = self.came_from
            for box in (self.what, self.as_of, self.audit, self.blank):
                box.blockSignals(True)
            self.what.setCurrentIndex(self.offers.index(self.first))
            self.as_of.clear()
            self.audit.setChecked(False)
            self.blank.setChecked(False)
            for box in (self.what, self.as_of, self.audit, self.blank):
                box.blockSignals(False)
        super().refresh()

    def read(self) -> Paper:
        """What is chosen of the participant on screen before."""
        place, what = self.came_from, str(self.what.currentData())
        if place is None:
            raise InputRefused("preview.no_pages")
        filled = not self.blank.isChecked()
        self.as_of.setEnabled(filled)
        self.audit.setEnabled(filled)
        if not filled:
            return blank_of(self.session, place, what, self.language)
        moment = moment_typed(self.session, self.as_of.text())
        return of_place(self.session, place, Wish(what, self.language, moment, self.audit.isChecked()))

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self.as_of.setPlaceholderText(say("preview.as_of_hint"))
        name(self.as_of, say("preview.as_of_name"))


class VisitPage(PreviewPage):
    """The same, with the visit chosen."""

    first = VISIT


class DocumentsPage(PaperPage):
    """Annotated CRF, completion guideline, data validation plan, blank casebook."""

    title = message("preview.documents_title")
    offers = OF_STUDY

    def read(self) -> Paper:
        """The document that is chosen."""
        return paper_of_study(self.session, str(self.what.currentData()), self.language)
