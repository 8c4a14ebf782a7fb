"""Beside the form: its queries, history and guidance of an item, the participant's proposed deviations."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
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
from mda5_crf.services.session import Session
from mda5_crf.text import Text
from mda5_crf.ui.deviation_list import DeviationList
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import Spoken, button, name, pale_choice
from mda5_crf.ui.theme import Tone, em, paper

QUERIES, HISTORY, GUIDANCE, DEVIATIONS = range(4)


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
        self._guidance: Text | None = None
        self.setDocumentMode(True)
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
        self.addTab(scroll, "")
        self.deviations = DeviationList(self, session)
        self.deviations.list.installEventFilter(self)
        self.addTab(self.deviations, "")
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
        self._fill_queries(chosen.id if chosen else "")

    def _fill_queries(self, chosen: str) -> None:
        self.list.clear()
        for query in self._queries:
            label = self._label(query.key)
            line = say("ui.query_line", item=label, state=say(f"entry.state_{query.state}"), text=query.text)
            if query.answer:
                line = say("ui.query_answer_line", line=line, answer=query.answer)
            item = QListWidgetItem(icon(Glyph.OPEN_QUERY if query.is_open else Glyph.CONFIRMED), line)
            item.setToolTip(query.person)
            self.list.addItem(item)
        if not self._queries:
            self.list.addItem(QListWidgetItem(say("ui.no_queries")))
        rows = [i for i, q in enumerate(self._queries) if q.id == chosen]
        if self._queries:
            self.list.setCurrentRow(rows[0] if rows else 0)
        self._allow()

    def _label(self, key: ItemKey) -> Text:
        form = self._session.study.forms.get(key.form)
        if form is None:
            return self._session.study.events[key.event].name
        return form.items[key.item].label if key.item in form.items else form.name

    def show_item(self, key: ItemKey) -> None:
        """History and guidance of the item that has the keyboard."""
        form = self._session.study.forms[key.form]
        item = form.items[key.item]
        self._item = (key, item.label)
        self._guidance = item.guidance or item.hint or form.note
        self._fill_item()

    def _fill_item(self) -> None:
        self._fill_guidance()
        if self.isVisible() and self.currentIndex() == HISTORY:
            self._fill_history()

    def _fill_guidance(self) -> None:
        if self._item is None:
            self._guide.setText("")
            return
        words = speak(self._guidance) if self._guidance is not None else say("ui.no_guidance")
        self._guide.setText(f"{speak(self._item[1])}\n\n{words}")

    def _fill_history(self) -> None:
        self.history.clear()
        if self._item is None:
            return
        key, label = self._item
        name(self.history, say("ui.history_of", item=label))
        lines = self._session.history(key)
        for line in reversed(lines):
            when = line.at.astimezone(self._session.zone).strftime("%Y-%m-%d %H:%M:%S")
            reason = f"\n{self._reason(line.reason)}" if line.reason else ""
            self.history.addItem(QListWidgetItem(f"{speak(line.text)}{reason}\n{line.person} · {when}"))
        if not lines:
            self.history.addItem(QListWidgetItem(say("ui.no_history")))

    def _reason(self, stored: str) -> str:
        code, colon, words = stored.partition(": ")
        known = self._session.study.reasons.get(code)
        told = speak(known) if known is not None else code
        return f"{told}{colon}{words}" if known is None or words else told

    def show_deviation_page(self, shown: bool) -> None:
        """Whether there is a page of deviations at all: not every definition keeps them."""
        self.setTabVisible(DEVIATIONS, shown)

    def open_at(self, tab: int) -> None:
        """Show one of the pages, up to date, with the keyboard in it."""
        self.setCurrentIndex(tab)
        self._fill_item()
        target = (self.list, self.history, self._scroll, self.deviations.list)[tab]
        target.setFocus(Qt.FocusReason.TabFocusReason)

    # -- acts

    def chosen(self) -> QueryInfo | None:
        """The query that is chosen in the list."""
        row = self.list.currentRow()
        return self._queries[row] if 0 <= row < len(self._queries) else None

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
        ):
            self.setTabText(place, say(code))
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
