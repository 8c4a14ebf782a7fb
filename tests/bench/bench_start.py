"""Process start to login window, against a bare PySide6 window, in turns. Prints medians and the ratio.

Both processes show their window offscreen, wait for its first paint and end; the whole process is timed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

from tests.bench.figures import figure

BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
app = QApplication(sys.argv)
class Window(QWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, app.quit)
window = Window()
box = QVBoxLayout(window)
for part in (QLabel("Log in"), QLineEdit(), QLineEdit(), QPushButton("Open")):
    box.addWidget(part)
window.show()
app.exec()
"""


def once(words: list[str]) -> tuple[float, float]:
    """Milliseconds of one whole process: of the clock, and of the processor."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "MDA5_CRF_QUIT_ON_SHOW": "1"}
    # As on a PC where the program was started before: our modules compiled like those of the packages.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began, before = time.perf_counter(), os.times()
    subprocess.run(words, check=True, env=environment, stderr=subprocess.DEVNULL)
    took, after = time.perf_counter() - began, os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return took * 1000, busy * 1000


def main() -> int:
    """Two pairs to warm up, then the counted ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    ours_words = [sys.executable, "-m", "mda5_crf"]
    bare_words = [sys.executable, "-c", BARE]
    pairs = [(once(ours_words), once(bare_words)) for _ in range(runs + 2)][2:]
    ours = statistics.median(a for (a, _), _ in pairs)
    bare = statistics.median(b for _, (b, _) in pairs)
    ratio = statistics.median(a / b for (a, _), (b, _) in pairs)
    busy = statistics.median(a for (_, a), _ in pairs)
    bare_busy = statistics.median(b for _, (_, b) in pairs)
    sys.stdout.write(
        f"start to login window: ours {ours:.0f} ms, bare PySide6 window {bare:.0f} ms, ratio {ratio:.2f}; "
        f"processor {busy:.0f} and {bare_busy:.0f} ms, ratio {busy / bare_busy:.2f}\n"
    )
    beside = "bare PySide6 window"
    figure("process start to login window", ours, "ms", peer=beside, theirs=bare, most=1.5, of="ratio")
    figure("the same", busy, "ms", peer=beside, theirs=bare_busy, cpu=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
