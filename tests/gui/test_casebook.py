"""The casebook from the window: asked for in the menu, drawn in a thread, cancelled without a trace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.jobs import casebooks
from mda5_crf.pdf import Printed
from mda5_crf.ui.printing import PdfStrip
from mda5_crf.ui.worker import Progress
from tests.commandline import remembered_keys
from tests.gui.shell_driver import Desk, make_vault, one_desk, settle

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def at(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    with remembered_keys():
        yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("casebook") / "ward.mda5"))


@pytest.fixture
def desk(qtbot: QtBot, at: Callable[[QtBot], Desk]) -> Desk:
    desk = at(qtbot)
    desk.work.show_matrix()
    desk.window.banner.clear()
    return desk


def asked(desk: Desk) -> QLineEdit:
    """The field of the strip, of a new participant with vital signs."""
    desk.vitals(desk.session.enrol().identity)
    desk.window.commands.actions["casebook"].trigger()
    line = desk.at()
    assert isinstance(line, QLineEdit)
    return line


def prints(desk: Desk) -> int:
    return len(list(desk.session.vault.journal.records(kinds=("print",))))


def test_it_is_written_and_recorded(desk: Desk, tmp_path: Path) -> None:
    line = asked(desk)
    strip = desk.work.strip
    assert isinstance(strip, PdfStrip)
    for tongue in ("both", "zh", "en"):  # the name says in which language it is
        strip.tongue.setCurrentIndex(strip.tongue.findData(tongue))
        offered = f"nct04966884-{desk.session.subjects()[-1].subjid}-casebook-{tongue}.pdf"
        assert Path(line.text()).name == offered
    line.setText(str(tmp_path / "open.pdf"))
    strip.tongue.setCurrentIndex(strip.tongue.findData("both"))
    assert line.text() == str(tmp_path / "open.pdf"), "a name of somebody's own stays"
    strip.tongue.setCurrentIndex(strip.tongue.findData("en"))
    target, before = tmp_path / "book.pdf", prints(desk)
    line.setText(str(target))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: "book.pdf" in desk.window.banner.words, timeout=20_000)
    assert target.read_bytes().startswith(b"%PDF") and prints(desk) == before + 1
    assert [file.name for file in tmp_path.iterdir()] == ["book.pdf"]


def test_cancelled_it_leaves_nothing(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, go = casebooks.draw, threading.Event()

    def draw(order: casebooks.Order, progress: Progress) -> Printed:
        assert go.wait(20)
        return quick(order, progress)

    monkeypatch.setattr(casebooks, "draw", draw)
    line, before = asked(desk), prints(desk)
    line.setText(str(tmp_path / "book.pdf"))
    desk.press(Qt.Key.Key_Return)
    desk.work.bar.progress._wait.setInterval(0)
    desk.qtbot.waitUntil(lambda: desk.work.bar.progress.task is not None, timeout=9000)
    task = desk.work.bar.progress.task
    assert task is not None
    task.cancel()
    go.set()
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=20_000)
    assert "Cancelled" in desk.window.banner.words
    assert not list(tmp_path.iterdir()) and prints(desk) == before


def test_a_folder_that_is_not_there_is_said_in_the_strip(desk: Desk, tmp_path: Path) -> None:
    line = asked(desk)
    line.setText(str(tmp_path / "nowhere" / "book.pdf"))
    desk.press(Qt.Key.Key_Return)
    assert desk.work.strip is not None and "folder" in desk.work.strip.complaint
    desk.press(Qt.Key.Key_Escape)
    settle()
