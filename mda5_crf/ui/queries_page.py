"""All queries (Ctrl+Shift+Q): whose turn it is, how old they are, the thread; to answer one or several.

Enter opens the field with the side panel at that query. What belongs to no form (a visit, a participant) is
answered here; so is what comes back on paper.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QScrollArea, QSplitter, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError, StoreError
from mda5_crf.services import paperqueries
from mda5_crf.services.access import Action
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.queries import ANSWERED, CANCELLED, CLOSED, OPEN
from mda5_crf.services.queryacts import may
from mda5_crf.services.queryboard import COLUMNS, STATES, QueryLine, chosen, counts, in_order, in_words
from mda5_crf.text import message
from mda5_crf.ui.file_strip import documents
from mda5_crf.ui.language import language, say, speak
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.queries_answer import QueryAnswer
from mda5_crf.ui.queries_filters import QueryFilters
from mda5_crf.ui.queries_model import QueryModel, QueryTable
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.strips import AskStrip
from mda5_crf.ui.theme import Tone, em, paper

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_STATES = {"answer": ANSWERED, "close": CLOSED, "cancel": CANCELLED, "reopen": OPEN}


class QueriesPage(OfficePage):
    """See the module text."""

    title = message("queries.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.folder = documents()
        self.lines: tuple[QueryLine, ...] = ()
        self.strip: AskStrip | None = None
        self.filters = QueryFilters(self, session)
        self.model = QueryModel(self)
        self.table = QueryTable(self, self.model)
        self.talk = QLabel(self)
        self.talk.setTextFormat(Qt.TextFormat.PlainText)
        self.talk.setWordWrap(True)
        self.talk.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.talk.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        paper(self.talk)
        self.answers = QueryAnswer(self)
        self.counts = Line(self)
        self.open_field, self.print_papers = button(self), button(self)
        self._sorted: tuple[str, bool] | None = None
        self._lay_out()
        self.filters.changed.connect(self.narrow)
        self.table.entered.connect(self.open_chosen)
        self.table.doubleClicked.connect(lambda _index: self.open_chosen())
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._chosen_changed())
        self.table.horizontalHeader().sectionClicked.connect(self.sort_by)
        self.answers.wanted.connect(self.act)
        self.answers.code_entered.connect(self.take_code)
        self.open_field.clicked.connect(self.open_chosen)
        self.print_papers.clicked.connect(self.ask_print)
        self.retranslate()
        self.rescale()

    def _lay_out(self) -> None:
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self.talk)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.addWidget(self.table)
        self._split.addWidget(self._scroll)
        self._split.setStretchFactor(0, 5)
        self._split.setStretchFactor(1, 2)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([700, 300])
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.counts, 1)
        self._foot.addWidget(self.open_field)
        self._foot.addWidget(self.print_papers)
        self._box = QVBoxLayout(self)
        self._box.addWidget(self.filters)
        self._box.addWidget(self._split, 1)
        self._box.addLayout(self._foot)
        self._box.addWidget(self.answers)

    # -- what is shown

    def refresh(self) -> None:
        """Read anew; what is chosen stays chosen."""
        self.lines = self.session.query_board()
        self.filters.fill(self.lines)
        self.print_papers.setEnabled(self.session.may(Action.PRINT))
        self.narrow()

    def narrow(self) -> None:
        """Show what passes the filters."""
        before = [(line.query.id, line.query.key) for line in self.picked()]
        shown = chosen(self.lines, self.filters.wanted())
        if self._sorted is not None:
            shown = in_order(shown, self._sorted[0], down=self._sorted[1])
        self.model.show(shown)
        rows = [row for row in map(self.model.row_of, before) if row >= 0]
        if shown:
            self.table.pick(rows[0] if rows else 0)
        self._tell_counts()
        self._chosen_changed()

    def sort_by(self, column: int) -> None:
        """By a column; once more the other way round; the third time as it comes."""
        wanted = COLUMNS[column]
        if self._sorted == (wanted, False):
            self._sorted = (wanted, True)
        else:
            self._sorted = None if self._sorted == (wanted, True) else (wanted, False)
        header = self.table.horizontalHeader()
        header.setSortIndicatorShown(self._sorted is not None)
        if self._sorted is not None:
            order = Qt.SortOrder.DescendingOrder if self._sorted[1] else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(column, order)
        self.narrow()

    def picked(self) -> list[QueryLine]:
        """The chosen lines, from the top."""
        return [self.model.lines[row] for row in self.table.rows() if row < len(self.model.lines)]

    def choose(self, query: QueryInfo) -> None:
        """Show a query, whatever the filters say, and choose it."""
        if self.model.row_of((query.id, query.key)) < 0:
            self.filters.everything()
        row = self.model.row_of((query.id, query.key))
        if row >= 0:
            self.table.pick(row)
            self.table.scrollTo(self.model.index(row, 0))

    def _tell_counts(self) -> None:
        found = counts(self.lines)
        parts = [f"{say(f'entry.state_{state}')} {found[state]}" for state in STATES]
        shown = say("queries.shown", shown=len(self.model.lines), total=len(self.lines))
        self.counts.say(f"{shown}   {' · '.join(parts)}")

    def _chosen_changed(self) -> None:
        picked = self.picked()
        allowed = {
            act for act, state in _STATES.items()
            if picked and all(may(self.session, line.query, state) for line in picked)
        }  # fmt: skip
        self.answers.allow(allowed)
        self.open_field.setEnabled(len(picked) == 1)
        if self.answers.paper is None:
            self.answers.say(None)
        self._tell_thread()

    def _tell_thread(self) -> None:
        picked = self.picked()
        if len(picked) != 1:
            words = say("queries.several", count=len(picked)) if picked else say("queries.none_chosen")
            self.talk.setText(words)
            return
        line = picked[0]
        parts = [f"{line.subjid} · {speak(line.place)}"]
        if line.query.check:
            parts.append(say("queries.check_of", check=line.query.check))
        parts.append(say("queries.open_days" if line.query.is_open else "queries.was_open", days=line.days))
        said = self.session.query_thread(line.query)
        for word in said:
            when = word.at.astimezone(self.session.zone).strftime("%Y-%m-%d %H:%M")
            parts.append(f"{when}\n{speak(in_words(word))}")
        if not said:
            parts.append(speak(line.query.text))
        self.talk.setText("\n\n".join(parts))
        name(self._scroll, say("queries.thread_name"))

    def take_focus(self) -> None:
        """To the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what waits at a lock

    def half_typed(self) -> Mapping[str, QLineEdit]:
        """Answer or reason, and what stands on the paper in hand."""
        of = self.answers
        boxes = {"words": of.words}
        return (
            {"code": of.code, "writer": of.writer, "day": of.day, **boxes} if of.paper is not None else boxes
        )

    @property
    def chosen_now(self) -> str:
        """The queries chosen, by id."""
        return " ".join(line.query.id for line in self.picked())

    def choose_again(self, about: str) -> None:
        """The same queries, whatever the filters say."""
        wanted = set(about.split())
        found = [line.query for line in self.lines if line.query.id in wanted]
        if found:
            self.choose(found[0])
            self.table.pick_also([self.model.row_of((one.id, one.key)) for one in found])

    def bring_back(self, words: Mapping[str, str]) -> Collection[str]:
        """The paper first, which chooses its query."""
        if words.get("code"):
            self.answers.code.setText(words["code"])
            self.take_code(words["code"])
        return super().bring_back(words)

    # -- acts

    def act(self, what: str) -> None:
        """Answer, close, open again or cancel the chosen ones; a refusal is said here, the words stay."""
        picked = self.picked()
        words = self.answers.words.text()
        if not picked or not self.answers.buttons[what].isEnabled():
            return
        try:
            if what == "answer" and self.answers.paper is not None:
                sheet = self.answers.paper
                paperqueries.take(
                    self.session, sheet.code, words, by=self.answers.writer.text(),
                    on=self.answers.day.text(), subject=picked[0].subjid,
                )  # fmt: skip
            else:
                self._act(what, [line.query for line in picked], words)
        except CrfError as problem:
            self.answers.say(problem)
            return
        finally:
            self.changed.emit()
        self.answers.done()
        code = "queries.done_one" if len(picked) == 1 else "queries.done_many"
        state = message(f"entry.state_{_STATES[what]}")
        self.said.emit(message(code, count=len(picked), state=state))
        self.refresh()
        self.take_focus()

    def _act(self, what: str, picked: list[QueryInfo], words: str) -> None:
        if what == "answer" and len(picked) > 1:
            refused = self.session.answer_queries({(one.id, one.key): words for one in picked})
            if refused:
                self.refresh()
                raise next(iter(refused.values()))
            return
        acts = {
            "answer": self.session.answer_query, "close": self.session.close_query,
            "cancel": self.session.cancel_query, "reopen": self.session.reopen_query,
        }  # fmt: skip
        for one in picked:
            acts[what](one.id, words, one.key)

    def open_chosen(self) -> None:
        """To the field, with the side panel at the query; a participant's to the first visit."""
        picked = self.picked()
        if len(picked) != 1:
            return
        query = picked[0].query
        key = query.key
        if not key.event:
            nodes = self.session.tree(key.subject)
            key = nodes[0].key if nodes else key
        self.place_wanted.emit(key)
        self.query_wanted.emit(query.id)

    def take_code(self, typed: str) -> None:
        """The code of a paper: go to its query and ask for what stands on it."""
        try:
            sheet = paperqueries.find(self.session, typed)
        except CrfError as problem:
            self.answers.say(problem)
            self.answers.code.selectAll()
            return
        self.choose(sheet.query)
        self.answers.take_paper(sheet)
        told = message("queries.paper_found", issue=sheet.issue, subject=sheet.subjid)
        self.answers.say(told, Tone.QUIET)
        self.answers.writer.setFocus()

    # -- print

    def ask_print(self) -> None:
        """Where the paper queries go; of what is chosen, or of all that is shown."""
        if self.strip is not None or not self.model.lines:
            return
        picked = self.picked() if len(self.picked()) > 1 else self.model.lines
        count = len(picked)
        number = picked[0].subjid if len({line.subjid for line in picked}) == 1 else ""
        file = self.folder / f"{'-'.join(filter(None, ('queries', number)))}.pdf"
        question = message("queries.print_one" if count == 1 else "queries.print_many", count=count)
        wanted = [line.query for line in picked]
        self.strip = AskStrip(
            self, question, message("ui.save_pdf"), lambda text: self._print(wanted, Path(text.strip())),
            text=str(file), words=False,
        )  # fmt: skip
        self.strip.closed.connect(self._strip_closed)
        self._box.addWidget(self.strip)
        self.strip.show()
        self.strip.take_focus()

    def _print(self, wanted: list[QueryInfo], file: Path) -> None:
        from mda5_crf.jobs.querypages import print_queries

        if file.is_dir() or not file.absolute().parent.is_dir():
            raise StoreError("ui.no_such_folder")
        printed = print_queries(self.session, wanted, language())
        try:
            file.write_bytes(printed.data)
        except OSError as problem:
            raise StoreError("ui.cannot_write", file=file.name) from problem
        self.folder = file.absolute().parent
        self.said.emit(message("queries.printed", count=printed.pages, file=file.name))

    def _strip_closed(self) -> None:
        strip, self.strip = self.strip, None
        if strip is not None:
            self._box.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
            self.take_focus()

    # -- words and sizes

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, say("queries.title"))
        name(self.table, say("queries.list_name"))
        name(self._scroll, say("queries.thread_name"))
        for made, code in ((self.open_field, "open_field"), (self.print_papers, "print_papers")):
            made.setText(say(f"queries.{code}"))
            name(made, made.text().replace("&", "").rstrip(" …"))
        rows = self.table.rows()
        self.model.respoken()
        if rows:
            self.table.pick(rows[0])
        self._tell_counts()
        self._tell_thread()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._box.setSpacing(unit // 3)
        self._foot.setSpacing(unit // 2)
        self.talk.setContentsMargins(unit // 2, unit // 2, unit // 2, unit // 2)
        self._scroll.setMinimumWidth(12 * unit)
        self.table.rescale()
