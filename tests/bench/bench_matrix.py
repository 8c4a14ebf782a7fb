"""A thousand participants in the matrix, from the vault to the painted window.

The vault has 1,000 participants, every one with a first dose and visits, all read once before: what a ward
finds every morning. *Opening*: nothing is in memory but what the vault keeps; the page is built, filled and
painted. *Back* is the return from a form on which something was entered. *Work list* is what follows once the
matrix is painted.

The peer, in turns: a plain QTableView of the same size over a static model whose cells are ready texts,
built, filled and painted in a window as large. The ratio says what reading, deciding and drawing cost.

Milliseconds are of the processor, so that other work on the machine does not count; what was read lies in the
system's cache. Garbage is collected before each run; the collector's settings are Python's own.

"First reading" is the one time when nothing is kept yet (after an update of the program): per participant.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from mda5_crf.db.records import Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import lines
from mda5_crf.services.session import Session, create
from mda5_crf.ui.matrix_page import MatrixPage
from tests.bench.figures import figure
from tests.looks import dress

PASSWORD = "harbour lantern pebble orchard"
WIDTH, HEIGHT = 1093, 520
Index = QModelIndex | QPersistentModelIndex
T = TypeVar("T")


class Static(QAbstractTableModel):
    """Ready texts, nothing to decide."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self._texts = [[f"{row} {column}" for column in range(columns)] for row in range(rows)]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """All of them."""
        return 0 if parent.isValid() else len(self._texts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """All of them."""
        return 0 if parent.isValid() else len(self._texts[0])

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The text."""
        return self._texts[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


def fill(session: Session, count: int) -> None:
    """Participants with consent, a first dose on many different days, and visits."""
    drafts = [Draft("subject", "", {"subjid": f"01-{n:04d}", "site": "01"}) for n in range(1, count + 1)]
    subjects = [record.id for record in session.append(drafts)]
    doses = [ItemKey(s, "LOG", "", "EX", "", "DOSING") for s in subjects]
    rows = session.append([Draft("row", key.path(), {}) for key in doses])
    values = []
    group = session.study.forms["SV"].items["SVSTDAT"].group
    for number, (subject, dose, row) in enumerate(zip(subjects, doses, rows, strict=True)):
        d1 = date(2026, 1, 5) + timedelta(days=number % 240)
        given = {dose._replace(group_repeat=row.id, item="ECSTDAT"): d1}
        for event, day in (("SCR", -9), ("BL", 0), ("W4", 28), ("W8", 56), ("W12", 84))[: 2 + number % 4]:
            given[ItemKey(subject, event, "", "SV", "", group, "", "SVSTDAT")] = d1 + timedelta(days=day)
        values += [Draft("value", key.path(), {"text": day.isoformat()}) for key, day in given.items()]
        held = [key._replace(item="SVOCCUR") for key in given if key.form == "SV"]
        values += [Draft("value", key.path(), {"text": "Y"}) for key in held]
    for start in range(0, len(values), 500):
        session.append(values[start : start + 500])


def painted(widget: QWidget) -> None:
    """Show, lay out, paint: until nothing is left to do at once."""
    widget.resize(WIDTH, HEIGHT)
    widget.show()
    widget.repaint()
    QApplication.sendPostedEvents()


def timed(act: Callable[[], T]) -> tuple[float, T]:
    """Milliseconds of the processor, and what came of it. Garbage is collected before."""
    gc.collect()
    began = time.process_time()
    made = act()
    return (time.process_time() - began) * 1000, made


def opened(session: Session) -> tuple[MatrixPage, QWidget]:
    """The page as it is after a log-in, and the window it is in."""
    window = QWidget()
    page = MatrixPage(window, session)
    page.resize(WIDTH, HEIGHT)
    page.refresh()
    painted(window)
    return page, window


def plain(rows: int, columns: int) -> QTableView:
    """The peer."""
    view = QTableView()
    model = Static(rows, columns)
    model.setParent(view)
    view.setModel(model)
    painted(view)
    return view


def tell(words: str, ours: list[float], peer: list[float] | None = None, most: float | None = None) -> None:
    """One line: the median, the raw times, the ratio."""
    raw = " ".join(f"{one:.0f}" for one in ours)
    line = f"{words}: {statistics.median(ours):.1f} ms (raw {raw})"
    if peer is not None:
        line += f", plain QTableView {statistics.median(peer):.1f} ms"
        line += f" (raw {' '.join(f'{one:.0f}' for one in peer)})"
        line += f", ratio {statistics.median(ours) / statistics.median(peer):.2f}"
    sys.stdout.write(line + "\n")
    beside = "plain QTableView" if peer is not None else ""
    theirs = statistics.median(peer) if peer is not None else None
    figure(words, statistics.median(ours), "ms", peer=beside, theirs=theirs, most=most, cpu=True)


def measure(folder: Path, count: int, runs: int) -> None:
    """All of it, on one vault."""
    with create(
        folder, site="01", name="Bench", login="timer", person="Timer", role="investigator", password=PASSWORD
    ) as session:
        fill(session, count)
        events = len(session.study.events)
        first, _ = timed(lines.Lines(session).fill)
        sys.stdout.write(f"first reading: {first / count:.1f} ms a participant, once\n")
        figure("first reading of a participant after an update, once", first / count, "ms", cpu=True)
        ours, peer, tasks, back = [], [], [], []
        for _ in range(runs + 1):
            lines._KNOWN.clear()  # as after a log-in: nothing in memory but what the vault keeps
            spent, (page, window) = timed(lambda: opened(session))
            ours.append(spent)
            tasks.append(timed(page._show_tasks)[0])
            spent, view = timed(lambda: plain(count, events))
            peer.append(spent)
            page.stop()
            window.hide()
            view.hide()
        tell(f"matrix of {count}, opening to painted", ours[1:], peer[1:], most=150)
        tell(f"work list of {len(session.work_list().tasks)} tasks", tasks[1:])
        window.show()
        subject = session.subjects()[0].identity
        entry = session.entry(ItemKey(subject, "BL", "", "VS"))
        key = next(k for k in entry.state.items if k.item == "PULSE_VSORRES")

        def come_back() -> None:
            page.refresh()
            page.repaint()

        for run in range(runs):
            entry.set_value(key, str(60 + run))
            back.append(timed(come_back)[0])
        tell("matrix, back from a form with a new value", back)
        page.stop()


def main() -> int:
    """Build the vault, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    dress(app)
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name) / "bench.mda5", options.count, options.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
