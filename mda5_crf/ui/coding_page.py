"""Codes of verbatim terms: terms out to a coder, codes back line by line, suggestions of the synonym list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.jobs import coding
from mda5_crf.services import codings, codingtake
from mda5_crf.services.codingtake import CHANGED, EMPTY, NEW, REFUSED, SAME, TAKEN, Outcome, Plan
from mda5_crf.study.coding import NAMES
from mda5_crf.text import Text, both, message
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.language import say
from mda5_crf.ui.review_page import ReviewPage
from mda5_crf.ui.review_table import ReviewRow
from mda5_crf.ui.spoken import button
from mda5_crf.ui.theme import Tone

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_GLYPHS: Final = {
    NEW: Glyph.COMPLETE, CHANGED: Glyph.WARNING, SAME: Glyph.CONFIRMED, EMPTY: Glyph.NOT_DONE,
    REFUSED: Glyph.CROSS,
}  # fmt: skip


class CodingPage(ReviewPage):
    """See the module text. Before a file was read the terms themselves stand in the table."""

    title = message("coding.title")
    widths = (4.5, 9.0, 7.0, 6.0, 0.0, 0.0)

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.plan: Plan | None = None
        self._terms: tuple[codings.Term, ...] = ()
        self.export = button(self)
        self.export.clicked.connect(self.ask_where)
        self.each = QCheckBox(self)
        self.each.setMinimumHeight(24)
        self.suggest = button(self)
        self.suggest.clicked.connect(self.show_suggestions)
        for widget in (self.suggest, self.export, self.each):
            self.top.addWidget(widget)
        self.top.addStretch(1)
        self.lay_out()
        self.retranslate()
        self.rescale()

    def refresh(self) -> None:
        """The terms as they stand."""
        self.plan = None
        self._terms = codings.terms(self.session)
        self.show_rows()
        self.tell(
            message(
                "coding.summary", terms=len(self._terms),
                occurrences=sum(len(one.occurrences) for one in self._terms),
                waiting=sum(one.waiting for one in self._terms),
            ),
            Tone.QUIET,
        )  # fmt: skip

    # -- out

    def ask_where(self) -> None:
        """Ask where the sheet goes, and write it."""
        chosen, _ = QFileDialog.getSaveFileName(self, say("coding.export"), "terms.xlsx", say("labs.files"))
        if chosen:
            self.write_sheet(Path(chosen))

    def write_sheet(self, file: Path) -> None:
        """Write the terms without codes."""
        try:
            sent = coding.export(self.session, file, each=self.each.isChecked())
        except CrfError as problem:
            self.tell(problem.text, Tone.ERROR)
            return
        lines = sent.told()
        self.tell(
            Text("\n".join(one.en for one in lines), "\n".join(one.zh for one in lines)),
            Tone.SOFT if sent.identifying else Tone.QUIET,
        )

    # -- back

    def show_suggestions(self) -> None:
        """What the list of synonyms would code; nothing is ticked until a person does."""
        found = codingtake.suggestions(self.session)
        if not found.outcomes:
            self.tell(message("coding.none_known"), Tone.QUIET)
            return
        self.was_read(found)
        self.show_rows()
        self.table.setFocus()

    def read(self, file: Path) -> object:
        """Read a file; runs in a thread."""
        return coding.plan(self.session, file)

    def was_read(self, found: Plan) -> None:
        """Show what became of the file."""
        self.plan = found
        counts = {fate: found.count(fate) for fate in codingtake.OUTCOMES}
        self.tell(message("coding.counted", **counts), Tone.SOFT if counts[REFUSED] else Tone.QUIET)

    def heads(self) -> Sequence[Text]:
        """The headings of the table."""
        names = ("line", "fate", "dictionary", "count", "term", "codes")
        return [message(f"coding.head_{one}") for one in names]

    def review_rows(self) -> Sequence[ReviewRow]:
        """The lines of what was read."""
        if self.plan is None:
            return [self._term(number, one) for number, one in enumerate(self._terms, 1)]
        given = bool(self.plan.file.sha256)
        return [self._outcome(one, given=given) for one in self.plan.outcomes]

    @staticmethod
    def _term(number: int, one: codings.Term) -> ReviewRow:
        cells = (
            both(number), message(f"coding.state_{one.state}"), both(NAMES[one.dictionary]),
            both(len(one.occurrences)), both(one.verbatim), both(codingtake.coding_words(one.coding)),
        )  # fmt: skip
        glyph = Glyph.COMPLETE if one.state == codings.CODED else Glyph.NOT_DONE
        return ReviewRow(cells, one, glyph, takeable=False, taken=False, why=both(one.places))

    @staticmethod
    def _outcome(one: Outcome, *, given: bool) -> ReviewRow:
        dictionary = NAMES[one.given.dictionary] if one.given is not None else ""
        cells = (
            both(one.number), message(f"coding.fate_{one.fate}"), both(dictionary),
            both(len(one.about) or ""), both(one.verbatim), both(one.given.words if one.given else ""),
        )  # fmt: skip
        takeable = one.fate in TAKEN
        taken = given and one.fate == NEW
        return ReviewRow(cells, one, _GLYPHS[one.fate], takeable, taken, one.why)

    def detail_of(self, row: ReviewRow) -> Text | None:
        """What is said below the table of the chosen line."""
        about = row.about
        if isinstance(about, Outcome) and about.before:
            return message("coding.before", before=about.before)
        return row.why

    def needs_reason(self, chosen: Sequence[ReviewRow]) -> bool:
        """Whether something that stands would change."""
        return any(isinstance(row.about, Outcome) and row.about.fate == CHANGED for row in chosen)

    def write(self, chosen: Sequence[ReviewRow], reason: str) -> Text:
        """Take these lines."""
        assert self.plan is not None
        numbers = {row.about.number for row in chosen if isinstance(row.about, Outcome)}
        records = codingtake.accept(self.session, self.plan, numbers, reason)
        return message("coding.taken", count=len(records))

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self.choose.setText(say("coding.take_file"))
        self.export.setText(say("coding.export"))
        self.each.setText(say("coding.each"))
        self.suggest.setText(say("coding.suggest"))
