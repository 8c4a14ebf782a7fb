"""Two clocks that notice an empty chair, and a clipboard that forgets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf import settings
from mda5_crf.ui import clipboard
from mda5_crf.ui.clipboard import ClipboardGuard
from mda5_crf.ui.idle import Idle
from tests.gui.shell_driver import settle

# -- idle ----------------------------------------------------------------------------------------------------


class Times:
    """Two clocks that a test moves."""

    def __init__(self) -> None:
        self.steady, self.wall = 100.0, 1_000_000.0

    def idle(self, parent: QApplication) -> Idle:
        return Idle(parent, lambda: self.steady, lambda: self.wall)


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def idle(qapp: QApplication, times: Times) -> Iterator[Idle]:
    made = times.idle(qapp)
    yield made
    made.stop()
    made.deleteLater()
    settle()


def passed(idle: Idle) -> list[bool]:
    found: list[bool] = []
    idle.passed.connect(lambda: found.append(True))
    return found


def test_without_a_hand_it_passes_once(idle: Idle, times: Times) -> None:
    seen = passed(idle)
    idle.start(600)
    times.steady += 599
    assert not idle.look() and seen == []
    times.steady += 1
    assert idle.look() and seen == [True] and not idle.watching


@pytest.mark.parametrize(
    "event", [QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.Wheel, QEvent.Type.InputMethod]
)
def test_any_use_begins_the_wait_anew(idle: Idle, times: Times, event: QEvent.Type) -> None:
    seen = passed(idle)
    idle.start(600)
    times.steady += 599
    assert not idle.eventFilter(idle, QEvent(event))
    times.steady += 599
    assert not idle.look() and seen == []


def test_painting_and_timers_are_nobody(idle: Idle, times: Times) -> None:
    idle.start(600)
    times.steady += 599
    for kind in (QEvent.Type.Paint, QEvent.Type.Timer, QEvent.Type.Resize):
        assert not idle.eventFilter(idle, QEvent(kind))
    times.steady += 1
    assert idle.look()


@pytest.mark.parametrize("steady,wall", [(1, 7200), (700, -3600), (0, 600)])
def test_sleep_counts_and_a_clock_set_back_does_not_help(
    idle: Idle, times: Times, steady: float, wall: float
) -> None:
    seen = passed(idle)
    idle.start(600)
    times.steady += steady
    times.wall += wall
    assert idle.eventFilter(idle, QEvent(QEvent.Type.KeyPress)), "the key went into the form"
    assert seen == [True]


@pytest.mark.parametrize(
    "written,minutes", [(None, 10), (0, 10), (1, 1), (60, 60), (61, 10), (-5, 10), (True, 10), ("5", 10)]
)
def test_the_minutes_are_a_setting_and_never_none_at_all(
    own_settings: Path, written: object, minutes: int
) -> None:
    if written is not None:
        (own_settings / settings.FILE).write_text(json.dumps({"idle_minutes": written}), "ascii")
    assert settings.load_settings().idle_minutes == minutes


@pytest.fixture
def guard(qapp: QApplication) -> Iterator[ClipboardGuard]:
    made = ClipboardGuard(qapp, seconds=0.05)
    yield made
    made.clear()
    made.deleteLater()
    settle()


def test_what_is_copied_is_marked_as_private_and_goes_after_a_while(
    qtbot: QtBot, guard: ClipboardGuard
) -> None:
    guard.owns = lambda: True  # the platform of the tests cannot tell
    board = QGuiApplication.clipboard()
    board.setText("37.5")
    data = board.mimeData()
    assert data is not None and data.text() == "37.5"
    assert all(bytes(data.data(kind).data()) == value for kind, value in clipboard.PRIVATE.items())
    qtbot.waitUntil(lambda: board.text() == "", timeout=3000)


def test_what_another_program_copied_is_left_alone(qtbot: QtBot, guard: ClipboardGuard) -> None:
    guard.owns = lambda: False
    board = QGuiApplication.clipboard()
    board.setText("a shopping list")
    qtbot.wait(80)
    guard.clear()
    assert board.text() == "a shopping list"
    board.clear()
