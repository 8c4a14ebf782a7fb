"""Random keys over random forms: nothing is raised, nothing committed is lost, and ``verify`` finds no fault.

Each run has a seed that is printed. Short runs in ``make test``; ten thousand keys in ``make nightly``, where
one more seed comes from the clock.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.services.session import Session
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.start import speak_now
from tests.conftest import NIGHTLY
from tests.gui import screens_ward
from tests.gui.shell_driver import Desk, at_desk, put_away, settle

SHORT, FULL = 200, 10_000
SEEDS = (1, 22, 333)
EVERY = 40
"""Keys between two forms."""

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_PLAIN = Qt.KeyboardModifier.NoModifier
_K = Qt.Key
# Left out on purpose: log out, lock, and what writes files; they end the run or leave the vault.
KEYS: tuple[tuple[Qt.Key, Qt.KeyboardModifier], ...] = (
    *[(key, _PLAIN) for key in (_K.Key_Return,) * 6 + (_K.Key_Tab,) * 4],
    *[(key, _PLAIN) for key in (_K.Key_Up, _K.Key_Down, _K.Key_Left, _K.Key_Right, _K.Key_Escape)],
    *[(key, _PLAIN) for key in (_K.Key_Delete, _K.Key_Backspace, _K.Key_Home, _K.Key_End, _K.Key_Space)],
    *[(key, _PLAIN) for key in (_K.Key_F1, _K.Key_F3, _K.Key_F4, _K.Key_F6, _K.Key_F7, _K.Key_F8, _K.Key_F9)],
    *[(key, _PLAIN) for key in (_K.Key_F12, _K.Key_PageUp, _K.Key_PageDown)],
    *[(key, _SHIFT) for key in (_K.Key_Tab, _K.Key_Return, _K.Key_F4, _K.Key_F6)],
    *[(key, _CTRL) for key in (_K.Key_A, _K.Key_C, _K.Key_V, _K.Key_X, _K.Key_Z, _K.Key_U, _K.Key_M)],
    *[(key, _CTRL) for key in (_K.Key_H, _K.Key_G, _K.Key_S, _K.Key_L, _K.Key_Home, _K.Key_End)],
    *[(key, _CTRL) for key in (_K.Key_Return, _K.Key_Delete, _K.Key_Up, _K.Key_Down, _K.Key_0)],
    *[(key, _CTRL) for key in (_K.Key_PageUp, _K.Key_PageDown, _K.Key_Plus, _K.Key_Minus)],
    *[(key, _CTRL | _SHIFT) for key in (_K.Key_0, _K.Key_R, _K.Key_H, _K.Key_S, _K.Key_D, _K.Key_Return)],
)
WORDS = (
    "1",
    "2",
    "3",
    "0",
    "72",
    "5",
    "y",
    "n",
    "+",
    "20260301",
    "2026-3",
    "UN",
    "<5",
    "fast",
    "-",
    ".",
    "9999",
)
CHINESE = ("３７．５", "2026年3月1日", "发热", "。", "１")


@dataclass
class Monkey:
    """Sits at the desk; remembers what was committed."""

    desk: Desk
    luck: random.Random
    committed: dict[ItemKey, tuple[str, str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """From now on every durable answer is remembered as the journal got it."""
        self.desk.session.subscribe(self._note)

    def _note(self, changes: object) -> None:
        touched = getattr(changes, "touched", ())
        for key in touched:
            entry = self.desk.session.data(key.subject).get(key)
            self.committed[key] = (entry.text, entry.missing or "") if entry is not None else ("", "")

    def play(self, count: int) -> None:
        """Press ``count`` times."""
        # Mostly the participant nothing was entered for; the other one's study has ended and is read-only.
        done, new = (self._forms(subject.identity) for subject in self.desk.session.subjects()[-2:])
        for number in range(count):
            if number % EVERY == 0:
                self._tidy()
                key = self.luck.choice(done if self.luck.random() < 0.1 else new)
                self.log = [f"{key.event}.{key.form}"]
                if self.desk.work.open_form(key):
                    # Most forms ask first whether something was done; "yes" opens the rest.
                    QTest.keyClicks(self._at(), "1")
                    QTest.keyClick(self._at(), Qt.Key.Key_Return)
            self._one()

    def _forms(self, subject: str) -> list[ItemKey]:
        nodes = self.desk.session.tree(subject)
        return [form.key for node in nodes for form in node.forms if not form.adds]

    def _tidy(self) -> None:
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for other in QApplication.topLevelWidgets():
            if isinstance(other, (QDialog, QMenu)) and other.isVisible():
                other.close()
        self.desk.work.close_strip()
        self.desk.window.activateWindow()
        settle()

    def _at(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self.desk.window

    def _one(self) -> None:
        dice, at = self.luck.random(), self._at()
        if dice < 0.45:
            words = self.luck.choice(WORDS)
            self.log.append(words)
            QTest.keyClicks(at, words)
        elif dice < 0.5:
            words = self.luck.choice(CHINESE)
            self.log.append(words)
            event = QInputMethodEvent(words if dice < 0.47 else "", [])
            event.setCommitString("" if dice < 0.47 else words)
            QApplication.sendEvent(at, event)
        else:
            key, modifiers = self.luck.choice(KEYS)
            self.log.append(f"{modifiers.name or modifiers.value}+{key.name}")
            QTest.keyClick(at, key, modifiers)
        QApplication.processEvents()


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return screens_ward.build(tmp_path_factory.mktemp("monkey") / "ward.mda5")


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, vault: Path) -> Iterator[Desk]:
    """A fresh log-in on the vault the last run left; a second participant nothing was entered for."""
    screens_ward.as_on_a_ward(qapp)
    window = MainWindow(str(vault))
    session = Session.open(vault, screens_ward.LOGIN, PASSWORD)
    session.enrol(session.next_subjid())
    window.enter(session)
    yield at_desk(qtbot, window)
    speak_now(qapp, "en")
    put_away(window)


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Exceptions of slots and event handlers, which Qt would only print."""
    found: list[str] = []

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        last = trace
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        where = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last is not None else "?"
        found.append(f"{kind.__name__}: {error} at {where}")

    monkeypatch.setattr(sys, "excepthook", note)
    return found


def _seeds() -> tuple[int, ...]:
    return (*SEEDS, int(time.time())) if NIGHTLY else SEEDS


@pytest.mark.qt_log_ignore("This plugin does not support")  # a menu that pops up where there is no screen
@pytest.mark.parametrize("seed", _seeds())
def test_random_keys_lose_nothing_and_break_nothing(
    desk: Desk, vault: Path, seed: int, times: Callable[[int, int], int], raised: list[str]
) -> None:
    print(f"seed {seed}")
    monkey = Monkey(desk, random.Random(seed))
    monkey.watch()
    monkey.play(times(SHORT, FULL // len(SEEDS)))
    assert raised == [], (seed, monkey.log)
    monkey._tidy()
    desk.window.close()
    desk.window.close()  # a reason that is still asked for is given up at the second
    settle()
    assert desk.window.work is None
    with Session.open(vault, screens_ward.LOGIN, PASSWORD) as session:
        for key, (text, missing) in monkey.committed.items():
            entry = session.data(key.subject).get(key)
            found = (entry.text, entry.missing or "") if entry is not None else ("", "")
            assert found == (text, missing), (seed, key)
        assert session.verify().troubles == ()
    print(f"{len(monkey.committed)} items committed")
    assert len(monkey.committed) >= 5, "a monkey that commits next to nothing tests next to nothing"
