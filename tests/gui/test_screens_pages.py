"""Every page, state, strip and dialog (``tools/scenes.py``): nothing cut, nothing overlapping.

The scenes change what they look at and build on one another, so they are played in order, in one test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from mda5_crf.text import Language
from mda5_crf.ui import theme
from mda5_crf.ui.start import speak_now
from tests.gui import measuring, screens_ward
from tests.gui.shell_driver import settle
from tools.scenes import SCENES, Stage

DRESSES: tuple[tuple[Language, int], ...] = (("en", 150), ("zh", 100))
"""The widest words at the largest size, and the other language; ``make screens`` shows all four."""


@pytest.fixture
def stage(qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    screens_ward.as_on_a_ward(qapp)
    made = Stage(qapp, screens_ward.build(tmp_path / "ward.mda5"))
    yield made
    for other in QApplication.topLevelWidgets():
        if isinstance(other, (QDialog, QMenu)):
            other.close()
    theme.set_text_size(qapp, 100)
    speak_now(qapp, "en")
    made.close()


@pytest.mark.qt_log_ignore("This plugin does not support")  # a menu that pops up where there is no screen
def test_nothing_is_cut_in_any_scene(stage: Stage, qapp: QApplication) -> None:
    found: list[str] = []
    for name, act in SCENES.items():
        other = act(stage)
        stage.settle()
        for tongue, size in DRESSES:
            theme.set_text_size(qapp, size)
            speak_now(qapp, tongue)
            settle()
            found += [
                f"{name} {tongue} {size} %: {line}" for line in measuring.measure(other or stage.window)
            ]
        theme.set_text_size(qapp, 100)
        speak_now(qapp, "en")
        stage.settle()
    assert not found, "\n".join(dict.fromkeys(found))
