"""Beside the form: its queries; history, guidance, course of an item; deviations of the participant."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.second_resolve import DOUBLE_ENTRY
from mda5_crf.services.session import Session
from mda5_crf.study.sources import source_of
from mda5_crf.text import Text, message
from mda5_crf.ui.course_page import CoursePage
from mda5_crf.ui.deviation_list import DeviationList
from mda5_crf.ui.history_words import history_entry
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import Spoken, button, name, pale_choice, tip
from mda5_crf.ui.theme import Tone, em, paper
from mda5_crf.ui.why_list import WhyList

QUERIES, HISTORY, GUIDANCE, DEVIATIONS, COURSE = range(5)


class SidePanel(Spoken, QTabWidget):
    """See the module text. Esc goes back to the form."""

    left = Signal()
    """Esc: the keyboard belongs to the form again."""
    item_wanted = Signal(object)
    """ItemKey of the query somebody chose."""
    answered = Signal()
    """A query was answered or closed."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._queries: list[QueryInfo] = []
        self._item: tuple[ItemKey, Text] | None = None
        self._blind = False
        self._guidance: Text | None = None
        self.setDocumentMode(True)
        self.setUsesScrollButtons(False)  # all of them in sight, if need be shortened; tooltips say all
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self._make_queries()
        self.history = self._list()
        self.addTab(self.history, "")
        self._guide = QLabel()
        self._guide.setTextFormat(Qt.TextFormat.PlainText)
        self._guide.setWordWrap(True)
        self._guide.setAlignment(Qt.AlignmentFlag.AlignTop)
        paper(self._guide)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._guide)
        self._scroll = scroll
        self.why = WhyList(self, session)
        self.why.installEventFilter(self)
        self.why.item_wanted.connect(self.item_wanted)
        page = QWidget(self)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scroll, 1)
        box.addWidget(self.why, 2)
        self.addTab(page, "")
        self.deviations = DeviationList(self, session)
        self.deviations.list.installEventFilter(self)
        self.addTab(self.deviations, "")
        self.course = CoursePage(self, session, self._list())
        self.course.item_wanted.connect(self.item_wanted)
        self.course.choice.installEventFilter(self)
        self.addTab(self.course, "")
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._fill_slowly)
        self.currentChanged.connect(lambda _index: self._rest.start())
        self.retranslate()
        self.rescale()

    def _list(self) -> QListWidget:
        made = QListWidget(self)
        made.setWordWrap(True)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pale_choice(made)
        made.installEventFilter(self)
        return made

    def _make_queries(self) -> None:
        page = QWidget(self)
        self.list = self._list()
        self.list.itemActivated.connect(self._activated)
        self.list.itemClicked.connect(self._activated)
        self.list.currentRowChanged.connect(lambda _row: self._allow())
        self.answer = QLineEdit(page)
        self.answer.setMinimumHeight(24)
        self.answer.returnPressed.connect(self.send_answer)
        self._answer_label = QLabel(page)
        self._answer_label.setBuddy(self.answer)
        self.answer_button = button(page)
        self.answer_button.clicked.connect(self.send_answer)
        self.close_button = button(page)
        self.close_button.clicked.connect(self.close_query)
        self._complaint = MessageLabel(page)
        self._complaint.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.answer_button)
        foot.addWidget(self.close_button)
        foot.addStretch(1)
        box = QVBoxLayout(page)
        box.addWidget(self.list, 1)
        box.addWidget(self._answer_label)
        box.addWidget(self.answer)
        box.addLayout(foot)
        box.addWidget(self._complaint)
        self._box = box
        self.addTab(page, "")

    # -- what is shown

    def show_queries(self, queries: tuple[QueryInfo, ...]) -> None:
        """The queries of the form on screen, what waits first."""
        chosen = self.chosen()
        self._queries = sorted(queries, key=lambda q: not q.is_open)
        self._rest.start()
        self._fill_queries(chosen.id if chosen else "")

    def _fill_queries(self, chosen: str) -> None:
        self.list.clear()
        for query in self._queries:
            label = self._label(query.key)
            line = say("ui.query_line", item=label, state=say(f"entry.state_{query.state}"), text=query.text)
            if query.answer:
                line = say("ui.query_answer_line", line=line, answer=query.answer)
            item = QListWidgetItem(icon(Glyph.OPEN_QUERY if query.is_open else Glyph.CONFIRMED), line)
            item.setToolTip(tip(query.person))
            self.list.addItem(item)
        if not self._queries:
            self.list.addItem(QListWidgetItem(say("ui.no_queries")))
        rows = [i for i, q in enumerate(self._queries) if q.id == chosen]
        if self._queries:
            self.list.setCurrentRow(rows[0] if rows else 0)
        self._allow()

    def _label(self, key: ItemKey) -> Text:
        form = self._session.versions.words.forms.get(key.form)
        if not key.event:
            return message("queries.whole_participant")
        if form is None:
            return self._session.study.events[key.event].name
        return form.items[key.item].label if key.item in form.items else form.name

    def set_blind(self, blind: bool) -> None:
        """In a second entry there is guidance and nothing that tells what was entered first."""
        if blind == self._blind:
            return
        self._blind, self._item = blind, None
        self.history.clear()
        self.deviations.list.clear()
        self.why.show_item(None)
        self.course.follow(None)
        for tab in (QUERIES, HISTORY, DEVIATIONS, COURSE):
            self.setTabVisible(tab, not blind)

    def show_item(self, key: ItemKey) -> None:
        """History and guidance of the item that has the keyboard."""
        form = self._session.study_for(key).forms[key.form]
        item = form.items[key.item]
        self._item = (key, item.label)
        self._guidance = item.guidance or item.hint or form.note
        self._fill_item()

    def _fill_item(self) -> None:
        self._fill_guidance()
        if self._blind:
            return
        if self.isVisible() and self.currentIndex() == HISTORY:
            self._fill_history()
        self._rest.start()

    def _fill_slowly(self) -> None:
        """What costs more than words is read when the keyboard rests, and only for the page in sight."""
        key = self._item[0] if self._item is not None and not self._blind else None
        if self.isVisible() and self.currentIndex() == GUIDANCE:
            self.why.show_item(key)
        elif self.isVisible() and self.currentIndex() == COURSE:
            self.course.follow(key)

    def _fill_guidance(self) -> None:
        if self._item is None:
            self._guide.setText("")
            return
        words = speak(self._guidance) if self._guidance is not None else say("ui.no_guidance")
        key = self._item[0]
        study = self._session.study_for(key)
        source = source_of(study, study.forms[key.form].items[key.item])
        line = f"\n\n{say('sourcelist.guidance_line', source=source)}" if source is not None else ""
        self._guide.setText(f"{speak(self._item[1])}\n\n{words}{line}")

    def _fill_history(self) -> None:
        self.history.clear()
        if self._item is None:
            return
        key, label = self._item
        name(self.history, say("ui.history_of", item=label))
        lines = self._session.history(key)
        for line in reversed(lines):
            reason = self._reason(line.reason) if line.reason else ""
            self.history.addItem(QListWidgetItem(history_entry(line, reason, self._session.zone)))
        if not lines:
            self.history.addItem(QListWidgetItem(say("ui.no_history")))

    def _reason(self, stored: str) -> str:
        code, colon, words = stored.partition(": ")
        known = self._session.study.reasons.get(code)
        if code == DOUBLE_ENTRY:
            return say("second.reason")  # the ids behind it are for the record, not for people
        told = speak(known) if known is not None else code
        return f"{told}{colon}{words}" if known is None or words else told

    def show_deviation_page(self, shown: bool) -> None:
        """Whether there is a page of deviations at all: not every definition keeps them."""
        self.setTabVisible(DEVIATIONS, shown)

    def open_at(self, tab: int) -> None:
        """Show one of the pages, up to date, with the keyboard in it."""
        # Qt gives the keyboard of a page that is hidden to what comes next: the form's first item.
        self.tabBar().setFocus(Qt.FocusReason.TabFocusReason)
        self.setCurrentIndex(tab)
        self._fill_item()
        self._rest.stop()
        self._fill_slowly()
        course = self.course.wanted_focus
        target = (self.list, self.history, self._scroll, self.deviations.list, course)[tab]
        target.setFocus(Qt.FocusReason.TabFocusReason)

    # -- acts

    def chosen(self) -> QueryInfo | None:
        """The query that is chosen in the list."""
        row = self.list.currentRow()
        return self._queries[row] if 0 <= row < len(self._queries) else None

    def choose(self, query: str) -> bool:
        """Choose a query by its id; False when it is not here."""
        rows = [row for row, one in enumerate(self._queries) if one.id == query]
        if rows:
            self.list.setCurrentRow(rows[0])
        return bool(rows)

    def _allow(self) -> None:
        query = self.chosen()
        waiting = query is not None and query.is_open
        can_answer = waiting and self._session.may(Action.ANSWER_QUERY)
        self.answer.setEnabled(can_answer)
        self.answer_button.setEnabled(can_answer)
        self.close_button.setVisible(self._session.may(Action.CLOSE_QUERY))
        self.close_button.setEnabled(waiting)

    def send_answer(self) -> None:
        """Answer the chosen query; a refusal is said here and the answer stays."""
        query = self.chosen()
        if query is not None:
            self._do(lambda: self._session.answer_query(query.id, self.answer.text(), query.key))

    def close_query(self) -> None:
        """Close the chosen query."""
        query = self.chosen()
        if query is not None:
            self._do(lambda: self._session.close_query(query.id, self.answer.text(), query.key))

    def _do(self, act: object) -> None:
        assert callable(act)
        try:
            act()
        except CrfError as problem:
            self._complaint.say(speak(problem.text), Tone.ERROR)
            self._complaint.show()
            return
        self._complaint.hide()
        self.answer.clear()
        self.answered.emit()

    def _activated(self, _item: QListWidgetItem) -> None:
        query = self.chosen()
        if query is not None and query.key.item:
            self.item_wanted.emit(query.key)

    # -- words, size, keys

    def retranslate(self) -> None:
        """Speak the window's language."""
        for place, code in (
            (QUERIES, "ui.panel_queries"),
            (HISTORY, "ui.panel_history"),
            (GUIDANCE, "ui.panel_guidance"),
            (DEVIATIONS, "deviations.title"),
            (COURSE, "course.title"),
        ):
            self.setTabText(place, say(code))
            self.setTabToolTip(place, self.tabText(place))
        name(self, say("ui.panel_name"))
        name(self.tabBar(), say("ui.panel_name"))
        name(self.list, say("ui.panel_queries"))
        name(self.history, say("ui.panel_history"))
        name(self._scroll, say("ui.panel_guidance"))
        self._answer_label.setText(say("ui.answer_hint"))
        name(self.answer, say("ui.answer_hint"))
        for made, code in ((self.answer_button, "ui.answer"), (self.close_button, "ui.close_query")):
            made.setText(say(code))
            name(made, say(code))
        chosen = self.chosen()
        self._fill_queries(chosen.id if chosen else "")
        self._fill_item()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit // 2, unit // 2, unit // 2, unit // 2)
        self._guide.setContentsMargins(unit, unit, unit, unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the form."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc in a list is the panel's."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self.left.emit()
            return True
        return False
