"""The stage of the scenes (``tools/scenes.py``): a window with a demonstration vault, used as a person would.

The vault must be one that may be written to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QKeyCombination
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.jobs.filling import fill
from mda5_crf.services.changes import FormNode
from mda5_crf.services.session import Session
from mda5_crf.study.model import Form
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.main_window import DESIGN_SIZE, MainWindow
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

    def click(self, button: str) -> None:
        """A button of the page beside the forms, by the name the page gives it."""
        getattr(self.work.office.page, button).click()

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


class Scenes(dict[str, Scene]):
    """Scenes by name, in the order in which they are played."""

    def named(self, name: str) -> Callable[[Scene], Scene]:
        """Name the scene that follows."""

        def keep(act: Scene) -> Scene:
            self[name] = act
            return act

        return keep


def form_scenes(forms: Mapping[str, Form]) -> dict[str, Scene]:
    """One scene for every form of the definition."""

    def opened(oid: str) -> Scene:
        def act(stage: Stage) -> None:
            stage.open(oid)

        return act

    return {f"form-{oid.lower()}": opened(oid) for oid in forms}
