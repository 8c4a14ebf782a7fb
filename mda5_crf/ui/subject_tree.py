"""One participant's visits and forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import EventNode, FormNode
from mda5_crf.services.overview import event_status
from mda5_crf.services.voided import VoidPlace
from mda5_crf.sync.delivery import Where
from mda5_crf.text import Text
from mda5_crf.ui.context_bar import query_count
from mda5_crf.ui.icons import status_icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import Spoken, name, pale_choice
from mda5_crf.ui.theme import ACCENT, BAR, em, ink, paint_focus

Index = QModelIndex | QPersistentModelIndex
_VOID = int(Qt.ItemDataRole.UserRole) + 1
UNFINISHED = ("not_started", "in_progress")


class SubjectTree(Spoken, QTreeWidget):
    """Enter or a click opens a form; arrows only look."""

    form_chosen = Signal(object)
    """ItemKey of the form."""
    void_wanted = Signal(str)
    """Record of a void that is to be read."""
    form_wanted = Signal(object)
    """ItemKey of a repeating form without its repeat: one more of it is to be added."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        pale_choice(self)
        self.setHeaderHidden(True)
        self.setIndentation(16)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.nodes: list[EventNode] = []
        self._subjid = ""
        self._second: dict[ItemKey, Text] = {}
        self._where: dict[ItemKey, Where] = {}
        self._items: dict[ItemKey, QTreeWidgetItem] = {}
        self._voids: tuple[VoidPlace, ...] = ()
        self._built: tuple[str, ...] = ()
        self._void_items: dict[str, QTreeWidgetItem] = {}
        self.itemClicked.connect(self._clicked)
        self.rescale()

    # -- content

    def show_nodes(self, subjid: str, nodes: Sequence[EventNode]) -> None:
        """Show a participant's visits; what is open and chosen stays so where it still is."""
        same = _keys(self.nodes) == _keys(nodes) and self._built == tuple(one.record for one in self._voids)
        self.nodes, self._subjid = list(nodes), subjid
        if not same:
            self._build()
        self.retranslate()

    def _build(self) -> None:
        opened = {key for key, item in self._items.items() if item.isExpanded()}
        current = self.current_key()
        self.clear()
        self._items = {}
        for node in self.nodes:
            branch = QTreeWidgetItem(self)
            self._items[node.key] = branch
            for form in node.forms:
                self._items[form.key] = QTreeWidgetItem(branch)
        self._add_voids()
        for key, item in self._items.items():
            item.setData(0, Qt.ItemDataRole.UserRole, key.path())
            item.setExpanded(key in opened)
        if current in self._items:
            self.setCurrentItem(self._items[current])

    def _add_voids(self) -> None:
        """Behind what counts: void forms in their visit, void visits (and their forms) below all others."""
        self._built, self._void_items = tuple(one.record for one in self._voids), {}
        for void in self._voids:
            branch = self._items.get(void.key.event_key()) if void.key.form else None
            item = QTreeWidgetItem(branch) if branch is not None else QTreeWidgetItem(self)
            font = item.font(0)
            font.setStrikeOut(True)
            item.setFont(0, font)
            item.setData(0, Qt.ItemDataRole.UserRole, void.key.event_key().path())
            item.setData(0, _VOID, void.record)
            self._void_items[void.record] = item

    def show_voided(self, voids: Sequence[VoidPlace]) -> None:
        """What is void and to be shown too; told before :meth:`show_nodes`."""
        self._voids = tuple(voids)

    def show_second(self, stages: Mapping[ItemKey, Text]) -> None:
        """How the double entry of forms stands, where it was begun; told before :meth:`show_nodes`."""
        self._second = dict(stages)

    def show_where(self, where: Mapping[ItemKey, Where]) -> None:
        """Where forms are that are not confirmed: said in their tips."""
        changed = [form for form in self.forms() if self._where.get(form.key) != where.get(form.key)]
        self._where = dict(where)
        for form in changed:
            if form.key in self._items:
                self._speak_form(form)

    def update_form(self, key: ItemKey, status: str, answered: int, expected: int, queries: int) -> None:
        """A form changed: its line and its visit's, without asking for all others."""
        for place, node in enumerate(self.nodes):
            if node.key != key.event_key():
                continue
            forms = tuple(
                replace(f, status=status, answered=answered, expected=expected, queries=queries)
                if f.key == key
                else f
                for f in node.forms
            )
            self.nodes[place] = replace(node, forms=forms, status=event_status(forms))
            self._speak_event(self.nodes[place])

    def forms(self) -> list[FormNode]:
        """All forms, top to bottom."""
        return [form for node in self.nodes for form in node.forms]

    def steps(self) -> list[ItemKey]:
        """The forms one after the other; without the place for one more of what is there already."""
        found: list[ItemKey] = []
        for form in self.forms():
            there = found and found[-1]._replace(form_repeat="") == form.key
            if not (form.adds and there):
                found.append(form.key)
        return found

    def current_key(self) -> ItemKey | None:
        """What is chosen: a form's or a visit's key."""
        item = self.currentItem()
        return None if item is None else ItemKey.parse(item.data(0, Qt.ItemDataRole.UserRole))

    def choose(self, key: ItemKey) -> None:
        """Mark the form that is shown and open its visit."""
        item = self._items.get(key)
        if item is not None:
            parent = item.parent()
            if parent is not None:
                parent.setExpanded(True)
            self.setCurrentItem(item)
            self.scrollToItem(item)

    # -- words

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, say("ui.tree_name", subject=self._subjid))
        for node in self.nodes:
            self._speak_event(node)
        for void in self._voids:
            if void.record in self._void_items:
                words = say("ui.void_words", label=void.label, words=void.words)
                self._speak(
                    self._void_items[void.record], "void", say("ui.void_line", label=void.label), words
                )

    def _speak_event(self, node: EventNode) -> None:
        label = self.event_name(node)
        queries = sum(form.queries for form in node.forms)
        when = f" {node.date.isoformat()}" if node.date is not None else ""
        words = _words(speak(label) + when, node.status, 0, 0, queries)
        line = speak(label)
        if node.closed is not None:
            line = say("ui.visit_closed", event=label)
            words = say("ui.closed_because", cell=words, why=node.closed)
        # What is open in a visit that is closed is seen first all the same.
        status = "closed" if node.closed is not None and node.status != "query" else node.status
        self._speak(self._items[node.key], status, line, words)
        for form in node.forms:
            self._speak_form(form)

    def _speak_form(self, form: FormNode) -> None:
        label = speak(form_name(form))
        if form.adds:
            add = say("ui.add_one", form=form_name(form))
            self._speak(self._items[form.key], "add", add, add)
            return
        status = "query" if form.queries else form.status
        words = _words(label, form.status, form.answered, form.expected, form.queries)
        if form.mark.value in ("optional", "conditional"):
            words += f" · {say(f'ui.mark_{form.mark.value}')}"
        if form.key in self._second:
            words += f" · {speak(self._second[form.key])}"
        if form.key in self._where:
            words += f" · {speak(self._where[form.key].words)}"
        self._speak(self._items[form.key], status, label, words)

    def event_name(self, node: EventNode) -> Text:
        """The visit as people call it; repeats are numbered."""
        repeats = [n.key for n in self.nodes if n.key.event == node.key.event]
        if not node.key.event_repeat:
            return node.name
        number = repeats.index(node.key) + 1
        return Text(f"{node.name.en} {number}", f"{node.name.zh} {number}")

    def _speak(self, item: QTreeWidgetItem, status: str, label: str, words: str) -> None:
        item.setText(0, label)
        item.setIcon(0, status_icon(status, self.iconSize().width()))
        item.setToolTip(0, words)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, words)

    def rescale(self) -> None:
        """Icons as large as the type."""
        size = em(self) * 5 // 4
        self.setIconSize(QSize(size, size))

    # -- Qt

    def _clicked(self, item: QTreeWidgetItem) -> None:
        key = ItemKey.parse(item.data(0, Qt.ItemDataRole.UserRole))
        void = item.data(0, _VOID)
        if void:
            self.void_wanted.emit(void)
        elif any(form.key == key and form.adds for form in self.forms()):
            self.form_wanted.emit(key)
        elif key.form:
            self.form_chosen.emit(key)
        else:
            item.setExpanded(not item.isExpanded())

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """The chosen line has a bar at the left, and the focus frame when the keyboard is here."""
        super().drawRow(painter, options, index)
        if index == self.currentIndex():
            rect = self.visualRect(index)
            rect.setLeft(0)
            painter.fillRect(0, rect.top(), BAR, rect.height(), ink(ACCENT))
            if self.hasFocus():
                paint_focus(painter, rect.adjusted(3, 3, -3, -3))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens a form, or folds a visit."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._clicked(item)
        else:
            super().keyPressEvent(event)


def _keys(nodes: Sequence[EventNode]) -> list[ItemKey]:
    return [key for node in nodes for key in (node.key, *(form.key for form in node.forms))]


def form_name(form: FormNode) -> Text:
    """The form as people call it; repeats are numbered."""
    _, _, number = form.label.partition("#")
    name = form.form.name
    return Text(f"{name.en} {number}", f"{name.zh} {number}") if number else name


def _words(label: str, status: str, answered: int, expected: int, queries: int) -> str:
    words = say(f"entry.status_{status}")
    if status == "in_progress" and expected:
        words = say("ui.progress", status=words, answered=answered, expected=expected)
    parts = [f"{label}: {words}"]
    if queries:
        parts.append(query_count(queries))
    return ", ".join(parts)
