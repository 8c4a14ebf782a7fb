"""One form, filled in: builds the questions, commits what is typed, shows what comes back.

No Save button and no dirty state: an answer is uncommitted in the one focused field, or durable. The page
knows no rule; every commit goes to the EntrySession and what the form says comes back as Changes.
Keyboard shortcuts are the window's (``ui/actions.py``); each has a method in ``ui/form_commands.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mda5_crf.errors import CrfError, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Changes, QueryInfo
from mda5_crf.study.model import Item, ItemType
from mda5_crf.study.overlay import by_check
from mda5_crf.study.state import FormState, ItemState
from mda5_crf.study.values import show
from mda5_crf.text import Text, message
from mda5_crf.ui import describing
from mda5_crf.ui.answers import linked
from mda5_crf.ui.building import Builder
from mda5_crf.ui.cell_table import CellTable
from mda5_crf.ui.confirmations import Confirmations
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_acts import FormActs
from mda5_crf.ui.form_chain import chain
from mda5_crf.ui.form_commands import FormCommands
from mda5_crf.ui.form_commit import Commits
from mda5_crf.ui.form_layout import Section, SectionBuilder, Stop, in_table, stops_of
from mda5_crf.ui.form_moves import Moves
from mda5_crf.ui.form_rows import FormRows
from mda5_crf.ui.form_view import FormView
from mda5_crf.ui.group_book import GroupBook
from mda5_crf.ui.group_log import AddRow
from mda5_crf.ui.inputs import Listed, Step
from mda5_crf.ui.known import Known
from mda5_crf.ui.language import language, say, speak
from mda5_crf.ui.marking import CALM, Marking, Surroundings, marking
from mda5_crf.ui.notice import Notice
from mda5_crf.ui.sdv_acts import with_sdv
from mda5_crf.ui.signature_lines import SignatureLines
from mda5_crf.ui.summary import Summary
from mda5_crf.ui.theme import ERROR, Tone

if TYPE_CHECKING:
    from mda5_crf.services.entry import EntrySession
    from mda5_crf.services.session import Session
    from mda5_crf.services.signing import SignatureInfo


class FormPage(FormCommands, QWidget):
    """See the module text. Signals are past tense and carry one object."""

    changed = Signal(object)
    """Changes: something became durable."""
    item_focused = Signal(object)
    """ItemKey: the keyboard is in this item now."""
    described = Signal(str)
    """The status line of the focused item, in the window's language."""
    completed = Signal(object)
    """Completion: the form was completed."""
    history_requested = Signal(object)
    """ItemKey whose history somebody wants to see."""
    guidance_requested = Signal(object)
    """ItemKey whose guidance somebody wants to read."""
    query_requested = Signal(object)
    """ItemKey to which somebody wants to put a question or note."""
    form_wanted = Signal(object)
    """ItemKey of a repeating form: the first of it is to be added at its visit."""
    failed = Signal(object)
    """CrfError the window should show: the machine failed, or an act was refused."""
    said = Signal(str)
    """What was announced to a screen reader; the window may show it."""

    def __init__(self, session: Session, entry: EntrySession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.entry = entry
        self.asked = False
        self.proposed = 0
        """How many protocol deviations the checks of this form propose now; see :meth:`show_proposed`."""
        self._showing = False
        self._quick = False
        """An answer was stored: fields of which the same is to be said as before are passed over."""
        self.view = FormView(self)
        self.summary = self._make_summary()
        self._notice = Notice(self.view.body)
        self.view.stack.add(self.summary)
        self.signatures = SignatureLines(self.view.body)
        self.view.stack.add(self._notice)
        self.view.stack.add(self.signatures)
        self.sections: list[Section] = []
        self.fields: dict[ItemKey, Field] = {}
        self.stops: list[Stop] = []
        self.commits = self._make_commits()
        self.moves = Moves(self)
        self.acts = self._make_acts()
        self.rows = FormRows(self)
        self.known = Known(self)
        self.view.stack.add(self.known.line)
        self._confirmations = Confirmations(session)
        self._origins: dict[str, Text | None] = {}
        self._focused: Field | None = None
        self._last: Field | None = None
        self._first: AddRow | None = None
        self._relayout = QTimer(self)
        self._relayout.setSingleShot(True)
        self._relayout.setInterval(0)
        self._relayout.timeout.connect(self.relayout)
        self._build()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

    # -- building --------------------------------------------------------------------------------------

    def _make_summary(self) -> Summary:
        return Summary(self.view.body, self._go_to_finding, self._put_to_query, self.view.keep_visible)

    def _make_commits(self) -> Commits:
        return Commits(self)

    def _make_acts(self) -> FormActs:
        return FormActs(self)

    def _build(self) -> None:
        builder = Builder(self.study, self.entry.key, self.session.today, self, self._linked, self._site_now)
        maker = SectionBuilder(self.view.body, builder, self.view.stack, self.rows, self.rows.list_struck)
        if self.place_only:
            self._first = self._place_button()
            self.view.stack.add(self._first)
        for group in self.entry.form.groups if not self.place_only else ():
            section = maker.build(group)
            self.sections.append(section)
            for field in section.fields:
                self.fields[field.key] = field
            if section.adder is not None:
                section.adder.button.clicked.connect(lambda _=False, name=group.name: self.acts.add_row(name))
        for item in self.entry.form.items.values():
            self._origins[item.name] = describing.origin(item, self.entry.form.items)
        self.show_state(self.entry.state)
        self._speak_sections()

    def _site_now(self) -> datetime:
        return self.session.now().astimezone(self.session.zone)

    def _linked(self, item: Item) -> Listed | None:
        return linked(self.session, item, self.entry.key.subject) if item.type is ItemType.LINK else None

    def _place_button(self) -> AddRow:
        words = message("form.add_first", form=self.entry.form.name)
        made = AddRow(self.view.body, words, words, lambda _stop, _step: False)
        made.button.setEnabled(self.may_add_form)
        made.button.clicked.connect(lambda: self.form_wanted.emit(self.entry.key))
        return made

    @property
    def place_only(self) -> bool:
        """Whether this is no form yet, but the place where the first of a repeating form is added."""
        return self.entry.form.repeating and not self.entry.key.form_repeat

    def _speak_sections(self) -> None:
        for section in self.sections:
            section.retranslate()
        if self._first is not None:
            self._first.retranslate()
        # Where a form is still to be added, the button says so.
        self._notice.tell(None if self.place_only else self.entry.told, self.note)
        self._name_all()

    def _name_all(self) -> None:
        fields = list(self.fields.values())
        titles = {section.group.name: speak(section.group.title) for section in self.sections}
        plain = [(self._plain_name(f), titles[f.item.group], f.item.name) for f in fields]
        for field, name in zip(fields, describing.names_of(plain), strict=True):
            field.name = name
            self._describe(field)

    def _plain_name(self, field: Field) -> str:
        number = self.rows.number_of(field)
        if number:
            return say("form.row_of", item=field.item.label, number=number)
        return speak(field.item.label)

    def _describe(self, field: Field) -> None:
        unit = field.item.unit or ""
        told = (field.input.beside(), field.words(field.marking.words), field.words(field.aside))
        words = ". ".join(part for part in told if part)
        field.input.set_names(field.name, describing.description(field.item, unit, words))

    # -- what the form says ----------------------------------------------------------------------------

    def apply(self, changes: Changes) -> None:
        """Show what an act changed; ours or somebody else's. Nothing is built anew, no focus moves."""
        if changes.form == self.entry.key:
            self._quick = bool(changes.records)
            try:
                self.show_state(changes.state)
            finally:
                self._quick = False
            self.changed.emit(changes)
        else:
            self.refresh()

    def refresh(self) -> None:
        """Evaluate again and show: something outside this form changed."""
        self.show_state(self.entry.state)

    def show_state(self, state: FormState) -> None:
        """Bring every field up to date with ``state``; uncommitted text stays."""
        self._showing = True
        try:
            self._show_all(state)
        finally:
            self._showing = False

    def _show_all(self, state: FormState) -> None:
        layout = self._sync_rows(state)
        queries = self.open_queries()
        locked = self.entry.readonly
        for key, field in self.fields.items():
            item = state.items.get(key)
            if item is None:
                continue
            said = (item, queries.get(key, ()), locked, self.asked)
            if self._quick and field.said == said and not field.just_saved and field.refusal is None:
                continue
            field.said = None if item.item.type is ItemType.LINK or field.refusal is not None else said
            layout |= self._show_item(field, item, said[1], locked)
        for section in self.sections:
            layout |= section.settle_shown()
        layout |= self.known.show(state)
        if layout:
            self.relayout()

    def _show_item(
        self, field: Field, item: ItemState, queries: Sequence[QueryInfo], locked: Text | None
    ) -> bool:
        field.state = item
        value = item.value
        text = show(item.item, value)
        if item.item.type is ItemType.LINK:
            text = self.session.shown(item.key, text)
        field.input.show_saved(text, value.unit or "")
        if field.input.locked != (locked is not None or item.item.computed):
            field.input.set_locked(locked is not None)
        layout = field.host.show_field(field, item.relevant)
        new = self.marking_of(item, queries, locked)
        if field.refusal is not None:
            new = Marking(None, ERROR, field.refusal, Tone.ERROR, loud=True, needs_attention=True)
        if new != field.marking or field.just_saved:
            self.set_marking(field, new)
            layout |= field.host.refresh_field(field)
        return layout

    def marking_of(self, item: ItemState, queries: Sequence[QueryInfo], locked: Text | None) -> Marking:
        """What is said of an item, whether or not it has an input now."""
        if not item.relevant:
            return CALM
        around = Surroundings(
            asked=self.asked, locked=locked, missing=self.study.missing_codes, queries=queries,
            confirmed=self._confirmations.words(item), origin=self._origins[item.item.name],
            centre=by_check(self.study),
        )  # fmt: skip
        return with_sdv(self, item, marking(item, around))

    def open_queries(self) -> dict[ItemKey, list[QueryInfo]]:
        """The open queries of the form by item."""
        queries: dict[ItemKey, list[QueryInfo]] = {}
        for query in self.entry.queries():
            if query.is_open:
                queries.setdefault(query.key, []).append(query)
        return queries

    def set_marking(self, field: Field, new: Marking) -> None:
        """Give ``field`` a marking; its accessible description follows."""
        field.marking = new
        if field.name:
            self._describe(field)

    def _sync_rows(self, state: FormState) -> bool:
        changed = self.rows.sync(state)
        if changed or not self.stops:
            order = {key: place for place, key in enumerate(state.items)}
            self.stops = [self._first] if self._first is not None else stops_of(self.sections, order)
            chain(self.stops)
            if changed:
                self._name_all()
        return changed

    def book_focused(self) -> None:
        """The keyboard is in the table of a long log: no item has it, and the acts on items rest."""
        left, self._focused, self._last = self._focused, None, None
        if left is not None:
            self._redraw_focus(left)
        self.described.emit(say("form.book_keys"))

    def rows_changed(self) -> None:
        """Another row of a long log was opened: show it, and go through it with Tab."""
        self.stops = []
        self.show_state(self.entry.state)
        self._name_all()
        self.relayout()

    def take_fields(self, section: Section, new: Sequence[Field], gone: Sequence[Field]) -> bool:
        """Rows of a log came, went, or were opened: their fields are the page's, or no longer."""
        for field in new:
            self.fields[field.key] = field
        for field in gone:
            self.fields.pop(field.key, None)
            if self._focused is field:
                self._focused = None
            if self._last is field:
                self._last = None
        section.fields = [f for f in [*section.fields, *new] if f not in gone]
        return bool(new or gone)

    # -- geometry and scrolling ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width."""
        super().resizeEvent(event)
        self._relayout.start()

    def changeEvent(self, event: QEvent) -> None:
        """New language or new type size."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._relayout.start()
        super().changeEvent(event)

    def showEvent(self, event: QEvent) -> None:
        """Lay out before the first picture."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.relayout()

    def retranslate(self) -> None:
        """Speak the window's language; focus, uncommitted text and place on the screen stay."""
        self._speak_sections()
        self.summary.retranslate()
        self.signatures.retranslate()
        self.commits.retranslate()
        self.refresh()
        self.relayout()
        if self._focused is not None:
            self.described.emit(self.status_of(self._focused))
        elif self.rows.at() is not None:
            self.described.emit(say("form.book_keys"))

    def relayout(self) -> None:
        """Measure and place everything; the focused row keeps its place on the screen."""
        self._relayout.stop()
        self.view.arrange(self.sections, self._focused)

    # -- what fields say -------------------------------------------------------------------------------

    def field_focused(self, field: Field) -> None:
        """The keyboard came to ``field``."""
        left, self._focused, self._last = self._focused, field, field
        for one in {left, field} - {None}:
            assert one is not None
            self._redraw_focus(one)
        self.item_focused.emit(field.key)
        self.described.emit(self.status_of(field))

    def _redraw_focus(self, field: Field) -> None:
        host = field.host
        if isinstance(host, CellTable):
            if host.focus_moved(field):
                self._relayout.start()
        else:
            host.widget().update()

    def field_left(self, field: Field) -> None:
        """The keyboard left ``field``: commit."""
        self._redraw_focus(field)
        if self._showing:
            # The field was hidden by what another answer (or PC) changed. Its text is committed afterwards.
            QTimer.singleShot(0, self, lambda: self.commits.commit(field, by_keyboard=False))
        else:
            self.commits.commit(field, by_keyboard=False)

    def field_chosen(self, field: Field) -> None:
        """A choice with the mouse or from a list: commit."""
        self.commits.commit(field, by_keyboard=True)

    def field_pasted(self, field: Field) -> bool:
        """Ctrl+V of a block of cells."""
        return self.acts.pasting.offered(field)

    def field_step(self, field: Field, step: Step) -> bool:
        """Commit and move."""
        return self.moves.step(field, step)

    def step_from(self, stop: AddRow | GroupBook, step: Step) -> bool:
        """Move on from the table or the button of a log."""
        return self.moves.step_from(stop, step)

    def status_of(self, field: Field) -> str:
        """The status line of ``field``."""
        value = field.state.value if field.state is not None else None
        line = describing.status_line(self.study, field.item, value, in_table=in_table(field))
        proposed = say("deviations.hint", count=self.proposed) if self.proposed else ""
        return " · ".join(part for part in (proposed, self.known.hint(), line) if part)

    def show_signatures(self, signatures: Sequence[SignatureInfo]) -> None:
        """Say who signed the form; told by the window, newest first."""
        if self.signatures.tell(signatures):
            self.relayout()

    def show_proposed(self, count: int) -> None:
        """Say in the line about the focused item that deviations are proposed."""
        if count != self.proposed:
            self.proposed = count
            if self._focused is not None:
                self.described.emit(self.status_of(self._focused))

    # -- for the window --------------------------------------------------------------------------------

    @property
    def focused(self) -> Field | None:
        """The field that has, or had last, the keyboard."""
        return self._focused or self._last

    @property
    def has_keyboard(self) -> bool:
        """Whether something on the page has the keyboard, or gets it with the window."""
        widget = self.window().focusWidget()
        return widget is not None and self.isAncestorOf(widget)

    @property
    def focused_key(self) -> ItemKey | None:
        """The key of the focused item."""
        return self.focused.key if self.focused is not None else None

    @property
    def uncommitted(self) -> tuple[ItemKey, ...]:
        """Items in which something stands that is not durable yet."""
        return tuple(key for key, field in self.fields.items() if field.input.dirty)

    def open_page(self) -> None:
        """Take the keyboard: where it was last, else the first empty item."""
        self.moves.enter()

    def leave_page(self) -> bool:
        """Commit what stands uncommitted, before another form is shown. False when something has to wait
        for a reason or could not be stored; it stays on the page.
        """
        return self.commits.commit_all()

    @property
    def may_add_form(self) -> bool:
        """Whether another of this repeating form may be added here."""
        return self.session.may(Action.ENTER) and not self.session.is_centre

    def _go_to_finding(self, finding: object) -> None:
        self.acts.go_to_finding(finding)

    def _put_to_query(self, finding: object) -> None:
        self.acts.put_to_query(finding)

    # -- saying ----------------------------------------------------------------------------------------

    def announce(self, words: str) -> None:
        """Say ``words`` politely to a screen reader, and to the window."""
        self.said.emit(words)
        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(self, words)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
            QAccessible.updateAccessibility(event)

    def announce_saved(self, field: Field) -> None:
        """After a commit: saved, and what is to be said of it."""
        words = field.words(field.marking.words)
        if words and field.marking.loud:
            self.announce(say("form.saved_with", item=field.item.label, words=words))
        else:
            self.announce(say("form.saved"))

    def refused(self, field: Field | None, problem: CrfError) -> None:
        """An act was refused or the machine failed: beside the field, and to the window."""
        if field is not None:
            field.refusal = message("form.not_saved", words=problem.text)
            self.refresh()
        self.announce(problem.in_(language()))
        if field is None or isinstance(problem, StoreError):
            self.failed.emit(problem)
