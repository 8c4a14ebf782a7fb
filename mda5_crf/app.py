"""Builds the window and hands it over. The only module besides ``ui`` that knows Qt.

Heavy imports (database, definition, PDF) come behind the log-in window: they are loaded in the background
while the person types, so that the window is there as fast as an empty one.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from mda5_crf import settings

FILES: Final = (".mda5invite", ".mda5join", ".mda5b")
"""How the files are called that may be named at the start instead of a vault."""

if TYPE_CHECKING:
    from mda5_crf.ui.main_window import MainWindow


def run(vault: str | None) -> int:
    """Open the window and return when it is closed."""
    gc.disable()  # until the first paint: importing makes thousands of objects that all stay
    from PySide6.QtWidgets import QApplication

    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.start import finish, make_application, prepare

    app = QApplication.instance() or make_application()
    assert isinstance(app, QApplication)
    known = settings.load_settings()
    prepare(app, known.language, known.text_size)
    file = _dropped_on(vault)
    window = MainWindow(known.last_vault if file is not None else vault or known.last_vault)
    catch_mistakes(window)
    window.first_painted.connect(gc.enable)
    if os.environ.get("MDA5_CRF_QUIT_ON_SHOW"):  # measured by tests/bench/bench_start.py
        window.first_painted.connect(app.quit)
    else:
        window.first_painted.connect(lambda: finish(app))
        window.first_painted.connect(_preload)
    if file is not None:
        window.doors.take(file)
    window.show()
    status = app.exec()
    window.log_out()
    return int(status)


def _dropped_on(word: str | None) -> Path | None:
    """A file that somebody double clicked instead of naming a vault; its content says what it is."""
    if word is None or not word.lower().endswith(FILES):
        return None
    path = Path(word)
    return path if path.is_file() else None


def _preload() -> None:
    """Import what log-in needs while nobody waits for it."""
    threading.Thread(target=_import_services, name="preload", daemon=True).start()


def _import_services() -> None:
    import mda5_crf.services.session
    import mda5_crf.ui.work_pages  # noqa: F401
    from mda5_crf import integrity

    integrity.prepare()


def catch_mistakes(window: MainWindow) -> None:
    """Our own mistakes end up here; the person reads one sentence with an id and goes on."""

    def hook(kind: type[BaseException], _value: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            from PySide6.QtCore import QTimer

            QTimer.singleShot(0, window.close)
            return
        from mda5_crf.ui.mistakes import noted

        window.tell(noted(kind, trace))

    sys.excepthook = hook


def main(words: Sequence[str]) -> int:
    """``python -m mda5_crf.app VAULT DIR``: screenshots of a demonstration vault into DIR."""
    from mda5_crf.ui.pictures import take_pictures

    vault, target = Path(words[0]), Path(words[1])
    return take_pictures(vault, target, os.environ.pop("MDA5_CRF_PASSWORD", ""))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
