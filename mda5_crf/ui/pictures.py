"""Pictures of the screens, made by using the window: for the demonstration and for whoever looks after it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from mda5_crf.text import LANGUAGES
from mda5_crf.ui.language import set_language
from mda5_crf.ui.main_window import DESIGN_SIZE, MainWindow
from mda5_crf.ui.side_panel import GUIDANCE, HISTORY, QUERIES
from mda5_crf.ui.start import finish, make_application, prepare, speak_now
from mda5_crf.ui.theme import set_text_size
from mda5_crf.ui.work_pages import WorkArea

USER = "wang"
FORMS = (
    ("SCR", "VS"),
    ("BL", "LBC"),
    ("BL", "MMT"),
    ("BL", "HAQ"),
    ("SCR", "IE"),
    ("LOG", "EX"),
    ("LOG", "AE"),
    ("BL", "CDASI"),
    ("SCR", "HRCT"),
    ("W24", "TIS"),
)
"""Visit and form of each picture of a form."""

LARGE = 125
_PATIENCE = 30.0


def take_pictures(vault: Path, target: Path, password: str) -> int:
    """Log in as ``wang`` and save PNGs into ``target``. Returns 0, or 1 when the log-in is refused."""
    app = QApplication.instance() or make_application()
    assert isinstance(app, QApplication)
    prepare(app, "en", 100)
    finish(app)
    target.mkdir(parents=True, exist_ok=True)
    window = MainWindow(str(vault))
    window.resize(*DESIGN_SIZE)
    window.show()
    camera = _Camera(app, window, target)
    for language in LANGUAGES:
        speak_now(app, language)
        camera.take(f"login-{language}")
    window.login.user.setText(USER)
    window.login.password.setText(password)
    window.login.open()
    _wait(app, lambda: window.work is not None or window.banner.text is not None)
    if window.work is None:
        return 1
    _work(app, window.work, camera)
    window.close()
    # Outside an event loop nothing is deleted by itself, and forms of a closed vault cannot be spoken anew.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    set_language("en")
    return 0


def _work(app: QApplication, work: WorkArea, camera: _Camera) -> None:
    for language in LANGUAGES:
        speak_now(app, language)
        work.show_matrix()
        camera.take(f"matrix-{language}")
        for event, form in FORMS:
            if open_first(work, event, form):
                camera.take(f"{form.lower()}-{language}")
    for event, form in FORMS[:2]:
        open_first(work, event, form)
        for tab, name in ((QUERIES, "queries"), (HISTORY, "history"), (GUIDANCE, "guidance")):
            for language in LANGUAGES:
                speak_now(app, language)
                work.open_side(tab)
                camera.take(f"{form.lower()}-{name}-{language}")
        work.panes.show_side(False)
    speak_now(app, "en")
    set_text_size(app, LARGE)
    open_first(work, "BL", "LBC")
    camera.take(f"lbc-{LARGE}-percent-en")
    work.show_matrix()
    camera.take(f"matrix-{LARGE}-percent-en")
    set_text_size(app, 100)


def open_first(work: WorkArea, event: str, form: str) -> bool:
    """Open ``form`` of the first participant's first ``event``; False when there is none."""
    subject = work.session.subjects()[0].identity
    for node in work.session.tree(subject):
        for one in node.forms:
            if (node.key.event, one.form.oid) == (event, form):
                return work.open_form(one.key)
    return False


class _Camera:
    def __init__(self, app: QApplication, window: MainWindow, target: Path) -> None:
        self._app = app
        self._window = window
        self._target = target

    def take(self, name: str) -> None:
        """Let everything settle, then save what the window shows."""
        for _ in range(3):
            self._app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
            QCoreApplication.sendPostedEvents()
        self._window.grab().save(str(self._target / f"{name}.png"))


def _wait(app: QApplication, done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not done() and time.monotonic() < until:
        app.processEvents()
        time.sleep(0.01)
