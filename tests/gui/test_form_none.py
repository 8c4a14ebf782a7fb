"""A day of work is some million calls into Qt; the process must survive them."""

from __future__ import annotations

import subprocess
import sys

_MANY_CALLS = """
import mda5_crf.ui
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel()
for _ in range(60_000):
    label.setText("x")
    label.setVisible(False)
    label.isVisible() == label.isEnabled()
print("alive")
"""


def test_the_process_survives_many_calls_into_qt() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MANY_CALLS], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "alive\n", done.stderr
    assert done.returncode == 0
