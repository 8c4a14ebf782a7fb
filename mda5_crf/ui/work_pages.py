"""What is behind the log-in: matrix or one participant's form, with context, tree, side panel and bars.

Imported in the background while the person types the password: everything heavy hangs on this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import voided
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Changes, EventNode, FormNode
from mda5_crf.services.session import Session
from mda5_crf.study.model import Mark
from mda5_crf.text import Text, both, message
from mda5_crf.ui.action_bar import ActionBar
from mda5_crf.ui.allowed import allowed
from mda5_crf.ui.backup_watch import BackupWatch
from mda5_crf.ui.clock_strip import ClockStrip
from mda5_crf.ui.context_bar import ContextBar
from mda5_crf.ui.course_acts import CourseActs
from mda5_crf.ui.delivery_acts import DeliveryActs
from mda5_crf.ui.deviation_acts import DeviationActs
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.join_watch import JoinWatch
from mda5_crf.ui.keeping import Keeper
from mda5_crf.ui.language import say
from mda5_crf.ui.matrix_page import MatrixPage
from mda5_crf.ui.office import HOME, Office, OfficePage
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.panes import Panes
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.second_acts import SecondActs
from mda5_crf.ui.side_panel import GUIDANCE, HISTORY, SidePanel
from mda5_crf.ui.signing_acts import SigningActs
from mda5_crf.ui.spoken import Spoken
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.subject_page import SubjectPage
from mda5_crf.ui.subject_tree import UNFINISHED, SubjectTree, form_name
from mda5_crf.ui.theme import em
from mda5_crf.ui.voided_page import VoidedPage
from mda5_crf.ui.work_acts import WorkActs

if TYPE_CHECKING:
    from mda5_crf.ui.main_window import MainWindow


class WorkArea(Spoken, QWidget):
    """See the module text. One participant at a time; leaving a form commits what stands in it."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self.session = session
        self.subject = ""
        """Identity of the participant on screen, "" for none."""
        self._tree_of: object = None
        """What the tree was last filled from."""
        self.greeting = both("")
        """What was said of the last log-in."""
        self.busy = False
        """A bundle is being taken or a signature made: nothing may be entered or closed."""
        self.context = ContextBar(self)
        self.context.language_wanted.connect(window.switch_language)
        self.tree = SubjectTree(self)
        self.tree.form_chosen.connect(self.open_form)
        self.clocks: ClockStrip = ClockStrip(self, session)
        self.clocks.wanted.connect(self.show_row)
        self.backups: BackupWatch = BackupWatch(self, session)
        self.backups.wanted.connect(lambda: self.run("backups"))
        self.matrix = MatrixPage(self, session)
        self.matrix.opened.connect(self.open_visit)
        self.matrix.task_wanted.connect(self.open_task)
        self.forms = SubjectPage(self, session)
        self.forms.page_made.connect(self._listen)
        self.centre = QStackedWidget(self)
        self.centre.addWidget(self.matrix)
        self.centre.addWidget(self.forms)
        self.side: SidePanel = SidePanel(self, session)
        self.side.left.connect(self.take_focus)
        self.side.item_wanted.connect(self._go_to_item)
        self.side.answered.connect(self.queries_changed)
        self.panes = Panes(self, self.tree, self.centre, self.side)
        self.strip: Strip | None = None
        self._strip_place = QVBoxLayout()
        self.bar = ActionBar(self, window.commands.actions, session.zone)
        self.bar.progress.left.connect(self.take_focus)
        self.status = Line(self)
        self.matrix.work.looked_at.connect(self.status.say)
        self.status.setForegroundRole(self.status.palette().ColorRole.PlaceholderText)
        self._lay_out()
        self.signing: SigningActs = SigningActs(self, window)
        self.deviations: DeviationActs = DeviationActs(self)
        self.courses: CourseActs = CourseActs(self)
        self.second: SecondActs = SecondActs(self)
        self.office: Office = Office(self)
        self.acts: WorkActs = WorkActs(self, window)
        self.keeper: Keeper = Keeper(self)
        self.tree.form_wanted.connect(self.acts.add_form)
        session.subscribe(self._announced)
        self.rescale()

    def _lay_out(self) -> None:
        self.joins: JoinWatch = JoinWatch(self, self.session)
        self.joins.page_wanted.connect(self.run)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.clocks)
        layout.addWidget(self.backups)
        layout.addWidget(self.joins)
        layout.addWidget(self.context)
        layout.addWidget(self.panes, 1)
        layout.addLayout(self._strip_place)
        layout.addWidget(self.bar)
        layout.addWidget(self.status)
        self.delivery: DeliveryActs = DeliveryActs(self)
        self.tree.void_wanted.connect(self.open_void)
        self.matrix.void_wanted.connect(self.open_void)

    # -- what is on screen -----------------------------------------------------------------------------

    @property
    def page(self) -> FormPage | None:
        """The form on screen, None on the matrix."""
        return self.forms.page if self.centre.currentWidget() is self.forms else None

    @property
    def subjid(self) -> str:
        """The number of the participant on screen, "" on the matrix."""
        return self.session.subjid(self.subject) if self.subject and self.page is not None else ""

    def begin(self) -> None:
        """The first thing after the log-in: the matrix, and who was here last."""
        # Not at once: it is noticed in the middle of some reading.
        self.session.news.append(lambda: QTimer.singleShot(0, self, self._colleagues_wrote))
        self.show_matrix()
        self.clocks.refresh()
        self.backups.begin()
        self.joins.later()
        last = self.session.last_login
        if last is None:
            self.greeting = message("ui.first_login")
        else:
            when = last.astimezone(self.session.zone).strftime("%Y-%m-%d %H:%M")
            self.greeting = message("ui.last_login", time=when)
        self.bar.show_words(self.greeting)

    def show_matrix(self) -> bool:
        """Home. False when something typed has to wait for a reason first."""
        if not self.leave():
            return False
        if not self.session.may(Action.READ):
            # An administrator sees no participant: home is where the own work is.
            return self.office.open(HOME) is not None
        self.close_strip()
        event = self.page.entry.key.event if self.page is not None else ""
        self.centre.setCurrentWidget(self.matrix)
        self.second.end()
        self.panes.show_side(False)
        self.panes.show_tree(False)
        self.matrix.refresh()
        if self.subject:
            self.matrix.choose(self.subject, event)
        self.status.say("")
        self._tell_place()
        self.matrix.take_focus()
        return True

    def show_aside(self, page: OfficePage) -> None:
        """Show a page beside the forms, with neither tree nor side panel."""
        self.close_strip()
        self.second.end()
        self.centre.setCurrentWidget(page)
        self.panes.show_side(False)
        self.panes.show_tree(False)
        self.status.say("")
        self._tell_place()

    def tell(self, what: Text | CrfError) -> None:
        """One sentence across the window."""
        self._window.tell(what)

    def session_changed(self) -> None:
        """A page beside the forms recorded something: forms that were kept look at it anew."""
        self._tree_of = None
        self.forms.all_changed()
        self.clocks.refresh()
        self.joins.later()
        self.bar.show_saved(self.session.now())

    def _colleagues_wrote(self) -> None:
        """Somebody else wrote to the same database: show what is there now."""
        self._tree_of = None
        self.forms.all_changed()
        self.clocks.refresh()
        if self.centre.currentWidget() is self.matrix:
            self.matrix.refresh()

    def open_visit(self, key: ItemKey) -> bool:
        """A cell of the matrix: the first form of that visit with something left to do."""
        node = next((n for n in self.session.tree(key.subject) if n.key == key.event_key()), None)
        form = first_unfinished(node) if node is not None else None
        if form is None:
            self.bar.show_said(say("ui.visit_not_here"))
            return False
        return self.open_form(form.key)

    def show_voided(self, shown: bool) -> None:
        """Whether matrix and tree show what is void too."""
        self.matrix.shows_voided = shown
        self._tree_of = None
        if self.page is not None:
            self.reload_tree()
        self.matrix.refresh()

    def open_void(self, record: str) -> None:
        """What is void is read on its own page, with its trace; nothing of it can be changed."""
        self.run("voided")
        page = self.office.page
        if isinstance(page, VoidedPage):
            page.show_void(record)

    def open_form(self, key: ItemKey, item: ItemKey | None = None) -> bool:
        """Show a form, with the keyboard in it. False when something typed has to wait first."""
        if not self.leave():
            return False
        if key.subject != self.subject:
            self.forms.forget()
            self.subject = key.subject
        self.close_strip()
        page = self.forms.show_form(key)
        self.session.view_book.note(key, second=page.entry.blind)
        self.centre.setCurrentWidget(self.forms)
        self.status.say("")
        self.panes.show_tree(True)
        self.reload_tree(again=False)
        self.tree.choose(key)
        self._tell_place()
        self._enter(page, item)
        self._chain(page)
        return True

    def _enter(self, page: FormPage, item: ItemKey | None) -> None:
        if item is None or not page.go_to(item):
            page.open_page()
        if not page.has_keyboard:
            self.bar.buttons["next_form"].setFocus(Qt.FocusReason.TabFocusReason)

    def _chain(self, page: FormPage) -> None:
        """Enter behind the last question leads to Complete, and from there to the other buttons."""
        # The chain is not walked: PySide ties what nextInFocusChain returns to the widget it was asked of.
        if page.stops:
            stop = page.stops[-1]
            last: QWidget = (stop.input if isinstance(stop, Field) else stop).focus_widgets()[-1]
            for command in ("complete", "next_form", "previous_form"):
                QWidget.setTabOrder(last, self.bar.buttons[command])
                last = self.bar.buttons[command]

    def open_task(self, key: ItemKey) -> bool:
        """What a line of the work list is about: a visit, a form, or a row or item of a form."""
        if key.item or key.group_repeat:
            return self.open_form(key.form_key(), key)
        return self.open_form(key) if key.form else self.open_visit(key)

    def show_work_list(self) -> None:
        """To the work list, from wherever one is."""
        if self.centre.currentWidget() is self.matrix or self.show_matrix():
            self.matrix.to_tasks()

    def show_row(self, row: ItemKey) -> None:
        """Show one row of a log, with the keyboard in it."""
        self.open_form(row.form_key(), row)

    def leave(self) -> bool:
        """Commit what stands uncommitted; False when something has to wait: it stays where it is."""
        if self.busy or (self.office.page is not None and not self.office.page.leave()):
            return False
        return self.centre.currentWidget() is not self.forms or self.forms.leave()

    def end(self, reason: str = "") -> None:
        """Close the session; ``reason`` as in ``Session.close``. Without one it is an ordinary log-out."""
        if not reason:
            self.keeper.end()
        self.clocks.stop()
        self.matrix.stop()
        self.deviations.stop()
        self.delivery.stop()
        self.joins.stop()
        self.signing.stop()
        self.office.stop()
        self.panes.keep()
        Tasks.of(self).end()
        self.backups.end(reason)
        self.session.close(reason)

    def take_focus(self) -> None:
        """The keyboard back to where work is."""
        if self.page is not None:
            self.page.open_page()
        elif self.office.page is not None:
            self.office.page.take_focus()
        else:
            self.matrix.take_focus()

    def _tell_place(self) -> None:
        page = self.page
        name = self.session.vault_name
        if page is None:
            vault = message("ui.demo_mark", vault=name) if self.session.demo else both(name)
            aside = self.office.page
            where = message("ui.participants") if aside is None else aside.title
            self.context.show_place(where, vault, both(self.session.person.name))
        else:
            key = page.entry.key
            node = next((n for n in self.tree.nodes if n.key == key.event_key()), None)
            event = self.session.study.events[key.event].name if node is None else self.tree.event_name(node)
            self.context.show_place(both(self.session.subjid(key.subject)), event, self._form_name(page))
            self._tell_status(page)
            if not page.entry.blind:
                self.deviations.refresh()
        self._window.name_window()
        self.joins.beside(self.office.command)
        self._allow()
        self.signing.refresh()

    def _form_name(self, page: FormPage) -> Text:
        """The form on screen; of a repeating form with its number."""
        node = next((form for form in self.tree.forms() if form.key == page.entry.key), None)
        return page.entry.form.name if node is None else form_name(node)

    def _tell_status(self, page: FormPage) -> None:
        state = page.entry.state
        queries = page.entry.queries()
        count = sum(query.is_open for query in queries)
        self.context.show_status(state.status, state.answered, state.expected, count)
        self.context.show_second(self.second.status(page))
        if not page.entry.blind:
            self.tree.update_form(page.entry.key, state.status, state.answered, state.expected, count)
        self.side.show_queries(queries + self.acts.queries_above(page))
        self.delivery.later()

    def reload_tree(self, *, again: bool = True) -> None:
        """Ask for all visits and forms anew; without ``again`` only if anything changed."""
        data = self.session.data(self.subject)
        seen = (data, data.revision, self.session.today)
        if not again and not self.second.on and seen == self._tree_of:
            return
        self._tree_of = None if self.second.on else seen
        self.tree.show_second(self.second.stages())
        shown = self.matrix.shows_voided and not self.second.on
        self.tree.show_voided(voided.of_subject(self.session, self.subject) if shown else ())
        self.tree.show_nodes(
            self.session.subjid(self.subject), self.second.nodes(self.session.tree(self.subject))
        )

    def _allow(self) -> None:
        self._window.commands.allow(allowed(self))

    # -- what the form says ----------------------------------------------------------------------------

    def _listen(self, page: FormPage) -> None:
        self.keeper.fill(page)
        if not page.entry.blind:
            self.courses.listen(page)
        page.changed.connect(self._changed)
        page.item_focused.connect(self._focused)
        page.described.connect(lambda words: self._described(page, words))
        page.completed.connect(self._completed)
        page.history_requested.connect(lambda _key: self.open_side(HISTORY))
        page.guidance_requested.connect(lambda _key: self.open_side(GUIDANCE))
        page.query_requested.connect(self.acts.ask_query)
        page.form_wanted.connect(self.acts.add_form)
        page.failed.connect(lambda problem: self._window.tell(problem, passing=True))
        page.said.connect(self._said)

    def _announced(self, changes: Changes) -> None:
        self.forms.others_changed(changes)

    def _changed(self, changes: Changes) -> None:
        if changes.records:
            self.bar.show_saved(changes.saved_at)
            self._window.stay()
            self.clocks.refresh()
        if self.page is not None and self.page.entry.key == changes.form:
            self._tell_status(self.page)
            self.signing.refresh()
        self.deviations.later()

    def forms_changed(self) -> None:
        """Something was done that more than one form may speak of: look at all of them anew."""
        self.forms.all_changed()
        self.reload_tree()
        self.clocks.refresh()
        self._tell_place()

    def set_busy(self, busy: bool) -> None:
        """Records come in from elsewhere: what is on screen rests until they are all there."""
        self.busy = busy
        self.panes.setEnabled(not busy)

    def _focused(self, key: ItemKey) -> None:
        self.session.move_to(key)
        self.side.show_item(key)

    def _described(self, page: FormPage, words: str) -> None:
        if page is self.page:  # a page that is kept speaks too when the language changes
            self.status.say(words if page.entry.blind else self.courses.described(words))

    def _said(self, words: str) -> None:
        if words != say("form.saved"):
            self.bar.show_said(words)

    def _completed(self, _completion: object) -> None:
        self.reload_tree()
        if self.page is not None:
            self._tell_status(self.page)
        self.bar.buttons["next_form"].setFocus(Qt.FocusReason.TabFocusReason)

    def queries_changed(self) -> None:
        """A query was raised, answered or closed."""
        if self.page is not None:
            self.page.refresh()
            self._tell_status(self.page)
            self.signing.refresh()

    def _go_to_item(self, key: ItemKey) -> None:
        if self.page is not None and key.form_key() == self.page.entry.key:
            self.page.go_to(key)
        elif key.form:  # a value another form holds: of an earlier visit, or what a rule looked at
            self.open_form(key.form_key(), key if key.item else None)

    def open_side(self, tab: int) -> None:
        """Show the side panel with one of its pages."""
        self.panes.show_side(True)
        self.side.open_at(tab)

    # -- strips ----------------------------------------------------------------------------------------

    def show_strip(self, strip: Strip) -> None:
        """Show ``strip`` above the action bar, with the keyboard in it; one at a time."""
        self.close_strip()
        self.strip = strip
        self._strip_place.addWidget(strip)
        strip.closed.connect(self._strip_closed)
        strip.show()
        strip.take_focus()

    def close_strip(self) -> None:
        """Put the strip away, if there is one."""
        strip, self.strip = self.strip, None
        if strip is not None:
            self._strip_place.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    def _strip_closed(self) -> None:
        if self.strip is not None:
            self.close_strip()
            self.take_focus()

    # -- commands --------------------------------------------------------------------------------------

    def run(self, command: str) -> None:
        """Do a command of the table. Those of the form page are its methods."""
        self.acts.run(command)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self.status.setContentsMargins(unit, 0, unit, 0)
        self.status.setFixedHeight(self.fontMetrics().height() + unit // 3)


def first_unfinished(node: EventNode) -> FormNode | None:
    """The form of a visit to go on with: unfinished and required, else unfinished, else the first."""
    left = [form for form in node.forms if form.status in UNFINISHED]
    required = [form for form in left if form.mark is Mark.REQUIRED]
    return next(iter([*required, *left, *node.forms]), None)
