"""Every form, page, state, strip and dialog of the window, one after the other, brought about by using it.

Each scene is a function that leaves the window of a :class:`Stage` in the state its name says; what it
changes stays, so the order matters. ``tools/screens.py`` takes a picture of each; a test measures each.
The stage needs a demonstration vault that may be written to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QKeyCombination
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.jobs.filling import fill
from mda5_crf.services.changes import FormNode
from mda5_crf.services.session import Session
from mda5_crf.study.model import Form
from mda5_crf.text import message
from mda5_crf.ui.actions import TABLE
from mda5_crf.ui.audit_page import AuditPage
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.identities_page import IdentitiesPage
from mda5_crf.ui.main_window import DESIGN_SIZE, MainWindow
from mda5_crf.ui.paper_page import PaperPage
from mda5_crf.ui.people_acts import ACTS
from mda5_crf.ui.people_page import PeoplePage
from mda5_crf.ui.preview_page import PreviewPage
from mda5_crf.ui.print_many_page import PrintManyPage
from mda5_crf.ui.queries_page import QueriesPage
from mda5_crf.ui.side_panel import DEVIATIONS, GUIDANCE, HISTORY, QUERIES
from mda5_crf.ui.work_pages import WorkArea

PATIENCE = 30.0
Scene = Callable[["Stage"], QWidget | None]
"""Brings the window about; returns another window to be looked at instead, if it opened one."""


class Stage:
    """A window over a vault, and what is needed to work in it."""

    def __init__(self, app: QApplication, vault: Path, user: str = "wang") -> None:
        self.app = app
        self.vault = vault
        self.user = user
        self.window = MainWindow(str(vault))
        self.window.resize(*DESIGN_SIZE)
        self.window.show()
        self.window.activateWindow()
        self.settle()

    # -- the window

    @property
    def work(self) -> WorkArea:
        """The work behind the log-in."""
        assert self.window.work is not None
        return self.window.work

    @property
    def session(self) -> Session:
        """The session of whoever is logged in."""
        return self.work.session

    @property
    def page(self) -> FormPage:
        """The form on screen."""
        assert self.work.page is not None
        return self.work.page

    def settle(self) -> None:
        """Let the window do what it has put off. A dialog that was closed leaves the keyboard nowhere."""
        for _ in range(3):
            self.app.processEvents()
            if QApplication.activeWindow() is None and self.window.isVisible():
                self.window.activateWindow()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def wait(self, done: Callable[[], bool]) -> bool:
        """Until ``done`` or patience is at its end."""
        until = time.monotonic() + PATIENCE
        while not done() and time.monotonic() < until:
            self.app.processEvents()
            time.sleep(0.01)
        self.settle()
        return done()

    def enter(self) -> None:
        """Log in, if nobody is."""
        if self.window.work is None:
            self.window.enter(Session.open(self.vault, self.user, PASSWORD))
            self.settle()

    def close(self) -> None:
        """Log out and close for good."""
        self.window.close()
        self.window.close()
        self.window.deleteLater()
        self.settle()

    # -- acts

    def run(self, command: str) -> None:
        """A command of the table, as its menu gives it."""
        self.window.run(command)
        self.settle()

    def press(self, key: str) -> None:
        """A key, as Qt spells it, into whatever has the keyboard."""
        code: QKeyCombination = QKeySequence(key)[0]  # type: ignore[index]
        widget = QApplication.focusWidget() or self.window
        QTest.keyClick(widget, code.key(), code.keyboardModifiers())
        self.settle()

    def type(self, words: str) -> None:
        """ASCII into whatever has the keyboard."""
        widget = QApplication.focusWidget()
        if widget is None:
            raise RuntimeError("nothing has the keyboard")
        QTest.keyClicks(widget, words)

    def nodes(self) -> Iterator[FormNode]:
        """Every form of every participant."""
        for subject in self.session.subjects():
            for node in self.session.tree(subject.identity):
                yield from node.forms

    def find(self, form: str, event: str = "", status: str = "") -> ItemKey:
        """The form of that kind that fits best: at that event, in that status, begun, due."""
        found = [n for n in self.nodes() if n.form.oid == form]
        return max(
            found,
            key=lambda n: (
                not n.adds,
                n.key.event == event,
                n.status == status,
                n.status != "not_started",
            ),
        ).key

    def open(self, form: str, event: str = "", status: str = "") -> FormPage:
        """Open that form."""
        self.enter()
        self.work.close_strip()
        self.work.panes.show_side(False)
        assert self.work.open_form(self.find(form, event, status)), form
        self.settle()
        return self.page

    def go(self, item: str) -> None:
        """To an item of the form on screen; its first row where there are several."""
        field = next(f for f in self.page.fields.values() if f.item.name == item and f.shown)
        self.page.go_to(field.key)
        self.settle()

    def put(self, item: str, words: str) -> None:
        """Type an answer over what is there, and Enter."""
        self.go(item)
        self.press("Ctrl+A")
        self.type(words)
        self.press("Return")

    def fresh(self, form: str, event: str = "SCR") -> FormPage:
        """An empty form of a participant of its own."""
        self.enter()
        number = self.session.next_subjid()
        made = self.session.enrol(number)
        self.work.close_strip()
        self.work.open_form(ItemKey(made.identity, event, "", form))
        self.settle()
        return self.page

    def filled(self, form: str, event: str = "SCR", **answers: str) -> FormPage:
        """A completed form of a participant of its own."""
        page = self.fresh(form, event)
        fill(page.entry, answers, self.session.today)
        if not page.entry.complete().done:
            raise RuntimeError(f"{form} could not be completed")
        self.work.open_form(page.entry.key)
        self.work.forms_changed()
        self.settle()
        return self.page


SCENES: dict[str, Scene] = {}


def scene(name: str) -> Callable[[Scene], Scene]:
    """Name the scene."""

    def keep(act: Scene) -> Scene:
        SCENES[name] = act
        return act

    return keep


def form_scenes(forms: Mapping[str, Form]) -> dict[str, Scene]:
    """One scene for every form of the definition."""

    def opened(oid: str) -> Scene:
        def act(stage: Stage) -> None:
            stage.open(oid)

        return act

    return {f"form-{oid.lower()}": opened(oid) for oid in forms}


# ------------------------------------------------------------------ before the log-in


@scene("login")
def _login(stage: Stage) -> None:
    if stage.window.work is not None:
        stage.window.log_out()


@scene("login-refused")
def _refused(stage: Stage) -> None:
    login = stage.window.login
    login.user.setText("wang")
    login.password.setText("wrong words on purpose")
    login.open()
    stage.wait(lambda: stage.window.banner.text is not None)


@scene("new-vault")
def _new_vault(stage: Stage) -> None:
    stage.window.banner.clear()
    stage.window.login.new_vault.emit()


@scene("demonstration")
def _demonstration(stage: Stage) -> None:
    stage.window.login.demonstration.emit()


# ------------------------------------------------------------------ home


@scene("matrix")
def _matrix(stage: Stage) -> None:
    stage.enter()
    stage.work.show_matrix()


@scene("matrix-nobody-found")
def _nobody(stage: Stage) -> None:
    stage.work.matrix.search.setText("99")


@scene("enrol")
def _enrol(stage: Stage) -> None:
    stage.work.matrix.search.clear()
    stage.run("enrol")


@scene("enrol-refused")
def _enrol_refused(stage: Stage) -> None:
    stage.press("Ctrl+A")
    stage.type("abc")
    stage.press("Return")


@scene("make-bundle")
def _make(stage: Stage) -> None:
    stage.run("make_bundle")


@scene("take-bundle")
def _take(stage: Stage) -> None:
    stage.run("take_bundle")


@scene("key-card")
def _keys(stage: Stage) -> QWidget | None:
    stage.work.close_strip()
    stage.run("key_card")
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()), None)


# ------------------------------------------------------------------ the states of a field


@scene("state-empty")
def _empty(stage: Stage) -> None:
    for other in QApplication.topLevelWidgets():
        if isinstance(other, QDialog):
            other.close()
    stage.fresh("VS")


@scene("state-entered-computed-soft")
def _soft(stage: Stage) -> None:
    for item, words in (
        ("VSPERF", "1"), ("VSDAT", stage.session.today.strftime("%Y%m%d")), ("HEIGHT_VSORRES", "160"),
        ("WEIGHT_VSORRES", "55"), ("PULSE_VSORRES", "180"),
    ):  # fmt: skip
        stage.put(item, words)
    stage.go("PULSE_VSORRES")


@scene("state-confirmed")
def _confirmed(stage: Stage) -> None:
    stage.run("confirm")


@scene("state-nonconformant")
def _nonconformant(stage: Stage) -> None:
    stage.put("PULSE_VSORRES", "fast")
    stage.go("PULSE_VSORRES")


@scene("state-hard")
def _hard(stage: Stage) -> None:
    stage.put("PULSE_VSORRES", "72")
    stage.put("WEIGHT_VSORRES", "5000")
    stage.go("WEIGHT_VSORRES")


@scene("missing-menu")
def _missing(stage: Stage) -> QWidget | None:
    stage.go("PULSE_VSORRES")
    stage.page.missing_menu()
    stage.settle()
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()), None)


@scene("state-missing")
def _marked(stage: Stage) -> None:
    for menu in QApplication.topLevelWidgets():
        if isinstance(menu, QMenu):
            menu.close()
    codes = stage.page.acts.codes_for(stage.page.focused) if stage.page.focused is not None else ()
    if codes:
        stage.page.mark_missing(codes[0][0])


@scene("query-strip")
def _ask(stage: Stage) -> None:
    stage.go("WEIGHT_VSORRES")
    stage.run("query")


@scene("state-query-open")
def _query(stage: Stage) -> None:
    stage.type("Was the participant weighed with shoes? ")
    stage.press("Return")


@scene("side-queries")
def _queries(stage: Stage) -> None:
    stage.work.open_side(QUERIES)


@scene("side-history")
def _history(stage: Stage) -> None:
    stage.work.open_side(HISTORY)


@scene("side-guidance")
def _guidance(stage: Stage) -> None:
    stage.work.open_side(GUIDANCE)


@scene("summary-required")
def _summary(stage: Stage) -> None:
    stage.work.panes.show_side(False)
    stage.work.take_focus()
    stage.run("complete")


@scene("state-required")
def _required(stage: Stage) -> None:
    stage.run("next_attention")


@scene("go-to")
def _go_to(stage: Stage) -> None:
    stage.run("go_to")


@scene("add-visit")
def _add_visit(stage: Stage) -> None:
    stage.run("add_visit")


@scene("preview")
def _preview(stage: Stage) -> None:
    stage.work.close_strip()
    stage.run("print_form")
    _laid_out(stage)


@scene("preview-found-and-save")
def _preview_save(stage: Stage) -> None:
    page = _laid_out(stage)
    page.search.setText("weight")
    page.ask_file()


@scene("preview-blank")
def _preview_blank(stage: Stage) -> None:
    page = _laid_out(stage)
    assert isinstance(page, PreviewPage)
    page.blank.setChecked(True)
    _laid_out(stage)


@scene("documents")
def _documents(stage: Stage) -> None:
    stage.run("documents")
    _laid_out(stage)


def _laid_out(stage: Stage) -> PaperPage:
    page = stage.work.office.page
    assert isinstance(page, PaperPage)
    stage.wait(lambda: page.ready)
    return page


@scene("print-many")
def _print_many(stage: Stage) -> None:
    stage.run("print_many")
    page = stage.work.office.page
    assert isinstance(page, PrintManyPage)
    page.results = {one: message("printmany.not_begun") for one in page._numbers}
    page.who.setCurrentIndex(page.who.findData("all"))


@scene("print-many-folder")
def _print_many_folder(stage: Stage) -> None:
    _press(stage, "save")


@scene("print-blank")
def _print_blank(stage: Stage) -> None:
    stage.work.close_strip()
    stage.run("print_blank")


# ------------------------------------------------------------------ completed, signed, answered


@scene("reason-strip")
def _reason(stage: Stage) -> None:
    stage.filled("VS", VSPERF="Y", HEIGHT_VSORRES="160")
    stage.put("PULSE_VSORRES", "81")


@scene("reason-complaint")
def _no_reason(stage: Stage) -> None:
    stage.press("Return")


@scene("sign-strip")
def _sign(stage: Stage) -> None:
    stage.press("Esc")
    stage.run("sign")


@scene("state-signed")
def _signed(stage: Stage) -> None:
    stage.work.close_strip()
    stage.open("IE", "SCR", "signed")


@scene("page-judgement")
def _judgement(stage: Stage) -> None:
    stage.run("judgement")


@scene("page-sign-more")
def _sign_more(stage: Stage) -> None:
    stage.run("sign_more")


@scene("page-locks")
def _locks(stage: Stage) -> None:
    stage.run("locks")


@scene("page-queries")
def _queries_page(stage: Stage) -> None:
    stage.run("queries")


@scene("page-queries-print")
def _print_queries(stage: Stage) -> None:

    page = stage.work.office.page
    assert isinstance(page, QueriesPage)
    page.ask_print()


@scene("page-audit")
def _audit(stage: Stage) -> None:

    stage.run("audit")
    page = stage.work.office.page
    assert isinstance(page, AuditPage)
    stage.wait(lambda: not page.model.reading)


@scene("page-audit-review")
def _review(stage: Stage) -> None:
    _press(stage, "review")


@scene("page-audit-export")
def _export(stage: Stage) -> None:
    _press(stage, "export")


@scene("page-people")
def _people(stage: Stage) -> None:
    stage.run("people")


def _act(name: str) -> Scene:
    def act(stage: Stage) -> None:

        page = stage.work.office.page
        assert isinstance(page, PeoplePage)
        page.start(next(one for one in ACTS if one.name == name))

    return act


SCENES["page-people-add"] = _act("add")
SCENES["page-people-reset"] = _act("reset")
SCENES["page-people-duties"] = _act("duties")


@scene("page-people-history")
def _history_of_people(stage: Stage) -> None:
    stage.run("people")
    stage.press("Return")


@scene("page-recovery")
def _recovery(stage: Stage) -> None:
    stage.run("recovery")


@scene("page-recovery-people")
def _ceremony(stage: Stage) -> None:
    _press(stage, "make_button")


@scene("page-identities")
def _identities(stage: Stage) -> None:
    stage.run("identities")


@scene("page-identities-open")
def _list_open(stage: Stage) -> None:

    page = stage.work.office.page
    assert isinstance(page, IdentitiesPage)
    page.password.setText(PASSWORD)
    page.open_list()


@scene("page-backups")
def _backups(stage: Stage) -> None:
    stage.run("backups")


@scene("page-check")
def _check(stage: Stage) -> None:
    """What is asked for, and a code that is none."""
    stage.run("check_page")
    stage.press("Return")


@scene("page-clock")
def _clock(stage: Stage) -> None:
    stage.run("correct_clock")


@scene("page-clock-right")
def _clock_right(stage: Stage) -> None:
    _press(stage, "right")


@scene("page-wrong-place")
def _wrong_place(stage: Stage) -> None:
    stage.run("wrong_place")


@scene("page-voided")
def _voided(stage: Stage) -> None:
    """What stood in a visit that was voided, if the demonstration has one; else the sentence that says so."""
    stage.run("voided")


@scene("page-redact")
def _redact(stage: Stage) -> None:
    stage.work.office.close()
    stage.open("VS", "SCR")
    stage.go("WEIGHT_VSORRES")
    stage.run("redact")


@scene("page-redact-both")
def _redact_both(stage: Stage) -> None:
    _press(stage, "both")


def _press(stage: Stage, button: str) -> None:
    """A button of the page beside the forms, by the name the page gives it."""
    getattr(stage.work.office.page, button).click()


@scene("state-query-answered")
def _answered(stage: Stage) -> None:
    stage.open("IMACS", "BL")
    stage.go("PHGA")
    stage.work.open_side(QUERIES)


@scene("deviations")
def _deviations(stage: Stage) -> None:
    stage.open("VS", "W4")
    stage.run("deviations")
    stage.work.open_side(DEVIATIONS)


@scene("log-strike")
def _strike(stage: Stage) -> None:
    stage.open("EX")
    stage.run("strike_row")


@scene("log-new-row")
def _row(stage: Stage) -> None:
    stage.press("Esc")
    stage.open("CM")
    stage.run("add_row")


def extra_commands() -> list[str]:
    """Commands that open something and have no scene of their own above."""
    known = {"work_list", "course", "paste_rows", "lock"}
    return [command.name for command in TABLE if command.name in known]


@scene("course")
def _course(stage: Stage) -> None:
    for other in QApplication.topLevelWidgets():
        if isinstance(other, QMenu):
            other.close()
    stage.press("Esc")
    stage.open("LBC", "W24")
    stage.page.moves.edge(last=False)
    if "course" in extra_commands():
        field = next((f for f in stage.page.fields.values() if f.item.name.startswith("CK_LBORRES")), None)
        if field is not None:
            stage.page.go_to(field.key)
        stage.run("course")


@scene("work-list")
def _work_list(stage: Stage) -> None:
    stage.work.panes.show_side(False)
    if "work_list" in extra_commands():
        stage.run("work_list")


@scene("rest-offer")
def _rest(stage: Stage) -> None:
    stage.fresh("CDASI", "BL")


@scene("lock")
def _lock(stage: Stage) -> None:
    if "lock" in extra_commands():
        stage.run("lock")
