"""The window under a pair of hands: opening the largest forms, and a committed field to repainted rows.

*Opening*: a form of a participant of the demonstration, from the key that asks for it to its pixels being
painted; built anew each time, with fonts, icons and definition warm. The peer, in the same run: a bare
QWidget with as many QLineEdits and QLabels as the form has inputs, built, shown and painted.

*Committing*: a number typed into a field of a filled form, from Enter to the rows it changes being painted,
the next field included.

Opening is measured in time of the processor, since it waits for nothing; committing by the clock, since it
waits for the disk. Limits: 60 ms to open (median), 16 ms to commit (95th percentile). Run it under
``xvfb-run`` with ``QT_QPA_PLATFORM=xcb`` for a real screen server; without one it is offscreen.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_SETTINGS = tempfile.mkdtemp(prefix="mda5-crf-bench-")
os.environ["MDA5_CRF_CONFIG"] = _SETTINGS

from PySide6.QtCore import QCoreApplication, QEvent, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QFormLayout, QLineEdit, QWidget  # noqa: E402

from mda5_crf.itemkey import ItemKey  # noqa: E402
from mda5_crf.jobs.demonstration import PASSWORD  # noqa: E402
from mda5_crf.jobs.filling import fill  # noqa: E402
from mda5_crf.services.session import Session  # noqa: E402
from mda5_crf.study.model import ItemType  # noqa: E402
from mda5_crf.ui.main_window import MainWindow  # noqa: E402
from mda5_crf.ui.start import finish, make_application, prepare  # noqa: E402
from tests.bench.figures import figure  # noqa: E402
from tests.gui import screens_ward  # noqa: E402

LARGEST = ("CDASI", "HRCT", "LBC", "AE")
COMMITS = (("SCR", "VS"), ("SCR", "LBC"), ("BL", "CDASI"), ("BL", "MMT"), ("BL", "HAQ"))
OPEN_MS, COMMIT_MS = 60.0, 16.0
ROUNDS, TYPED = 15, 60


def settle(app: QApplication) -> None:
    """All that was put off is done, painting too."""
    for _ in range(3):
        app.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def opening(app: QApplication, window: MainWindow, oid: str) -> tuple[list[float], int]:
    """Milliseconds that the processor takes for each opening, and how many inputs the form has."""
    work = window.work
    assert work is not None
    key = screens_ward.first_of(work.session, oid)
    found = []
    inputs = 0
    for _ in range(ROUNDS):
        work.show_matrix()
        work.forms.forget()
        settle(app)
        started = time.process_time()
        work.open_form(key)
        app.processEvents()
        window.repaint()
        found.append((time.process_time() - started) * 1000)
        assert work.page is not None
        inputs = len(work.page.fields)
    return found, inputs


def peer(app: QApplication, inputs: int) -> list[float]:
    """The same number of bare lines with labels in a form layout."""
    found = []
    for _ in range(ROUNDS):
        started = time.process_time()
        bare = QWidget()
        layout = QFormLayout(bare)
        for number in range(inputs):
            layout.addRow(f"Question {number}", QLineEdit(bare))
        bare.resize(883, 500)
        bare.show()
        app.processEvents()
        bare.repaint()
        found.append((time.process_time() - started) * 1000)
        bare.close()
        bare.deleteLater()
        settle(app)
    return found


def committing(app: QApplication, window: MainWindow, subject: str, event: str, form: str) -> list[float]:
    """Milliseconds from Enter to painted rows, for numbers and codes of a filled form changed in turn."""
    work = window.work
    assert work is not None
    key = ItemKey(subject, event, "", form)
    fill(work.session.entry(key), {}, work.session.today)
    work.open_form(key)
    settle(app)
    page = work.page
    assert page is not None
    kinds = (ItemType.INTEGER, ItemType.DECIMAL)
    chosen = [f for f in page.fields.values() if f.stop and (f.item.type in kinds or f.item.row)]
    found = []
    for turn in range(TYPED):
        window.activateWindow()
        field = chosen[turn % len(chosen)]
        page.go_to(field.key)
        settle(app)
        at = field.input.focus_target()
        QTest.keyClick(at, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(at, str(turn % 3))
        settle(app)
        started = time.perf_counter()
        QTest.keyClick(at, Qt.Key.Key_Return)
        app.processEvents()
        found.append((time.perf_counter() - started) * 1000)
        settle(app)
    return found


def line(name: str, times: list[float], limit: float, value: float, more: str = "") -> None:
    """Print one result, and whether it keeps its limit."""
    good = value <= limit
    spread = f"{min(times):.1f} … {statistics.median(times):.1f} … {max(times):.1f}"
    print(f"{name:28} {value:6.1f} ms (limit {limit:.0f}; min … median … max {spread}){more}"
          f"{'' if good else '  OVER'}", flush=True)  # fmt: skip


def main() -> int:
    """Measure all; 0, whatever it measures: what is over its limit is said."""
    app = QApplication.instance() or make_application()
    assert isinstance(app, QApplication)
    prepare(app, "en", 100)
    finish(app)
    with tempfile.TemporaryDirectory(prefix="mda5-crf-bench-") as folder:
        vault = screens_ward.build(Path(folder, "ward.mda5"))
        window = MainWindow(str(vault))
        window.enter(Session.open(vault, screens_ward.LOGIN, PASSWORD))
        window.show()
        window.activateWindow()
        settle(app)
        print("loaded machines: look at the ratio to the peer of the same run")
        print(f"platform {app.platformName()}, {ROUNDS} openings, {TYPED} commits each")
        for oid in LARGEST:
            times, inputs = opening(app, window, oid)
            bare = statistics.median(peer(app, inputs))
            middle = statistics.median(times)
            more = f"; {inputs} inputs, bare form {bare:.1f} ms, ratio {middle / bare:.1f}"
            line(f"open {oid}", times, OPEN_MS, middle, more)
            beside = f"bare form of {inputs} inputs"
            figure(
                f"opening {oid} to painted, median",
                middle,
                "ms",
                peer=beside,
                theirs=bare,
                most=OPEN_MS,
                cpu=True,
            )
        window.activateWindow()
        settle(app)
        assert window.work is not None
        session = window.work.session
        subject = session.enrol(session.next_subjid()).identity
        for event, oid in COMMITS:
            times = committing(app, window, subject, event, oid)
            late = statistics.quantiles(times, n=20)[-1]
            line(f"commit {oid}, p95", times, COMMIT_MS, late)
            figure(f"a number committed in {oid} to painted, 95th percentile", late, "ms", most=COMMIT_MS)
        window.close()
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
