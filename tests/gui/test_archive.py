"""The archive from the window: whose and for whom is asked, warned of in red, cancelled without a trace."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.jobs import archives
from mda5_crf.services.session import Session
from mda5_crf.ui.archive_acts import ArchiveStrip
from mda5_crf.ui.worker import Progress
from tests.commandline import remembered_keys
from tests.gui.shell_driver import Desk, make_vault, one_desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def at(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    with remembered_keys():
        yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("archive") / "ward.mda5"))


@pytest.fixture
def desk(qtbot: QtBot, at: Callable[[QtBot], Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("mda5_crf.pdf.pdfa.available", lambda: False)  # what PDF/A is, is tested elsewhere
    desk = at(qtbot)
    desk.work.show_matrix()
    desk.window.banner.clear()
    return desk


def asked(desk: Desk) -> ArchiveStrip:
    """The strip, with a form of a new participant on screen."""
    desk.vitals(desk.session.enrol().identity)
    desk.window.commands.actions["archive"].trigger()
    strip = desk.work.strip
    assert isinstance(strip, ArchiveStrip)
    return strip


def exports(session: Session) -> int:
    return len(list(session.vault.journal.records(kinds=("export",))))


def test_one_participant_is_archived_and_recorded(desk: Desk, tmp_path: Path) -> None:
    strip, before = asked(desk), exports(desk.session)
    number = desk.session.subjects()[-1].subjid
    assert Path(strip.file.text()).name == f"nct04966884-{number}-archive.zip"
    assert not strip.how.isVisible(), "no other PC is known: there is nobody to choose"
    assert "WARNING" in strip.warning.text()
    strip.whose.setCurrentIndex(1)
    assert Path(strip.file.text()).name == "nct04966884-01-archive.zip"
    strip.whose.setCurrentIndex(0)
    target = tmp_path / "mine.zip"
    strip.file.setText(str(target))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: "mine.zip" in desk.window.banner.words, timeout=20_000)
    assert "PDF/A-2b" in desk.window.banner.words and "clear" in desk.window.banner.words
    with zipfile.ZipFile(target) as file:
        assert f"mine/{number}/casebook-en.pdf" in file.namelist() or any(
            "casebook" in n for n in file.namelist()
        )
    assert exports(desk.session) == before + 1
    assert [one.name for one in tmp_path.iterdir()] == ["mine.zip"]


def test_what_stands_there_is_not_replaced(desk: Desk, tmp_path: Path) -> None:
    strip = asked(desk)
    target = tmp_path / "old.zip"
    target.write_bytes(b"old")
    strip.file.setText(str(target))
    desk.press(Qt.Key.Key_Return)
    assert "there already" in strip.complaint and target.read_bytes() == b"old"
    desk.press(Qt.Key.Key_Escape)


def test_cancelled_it_leaves_nothing(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, go = archives.archive, threading.Event()

    def slow(session: Session, target: Path, order: archives.Order, progress: Progress) -> archives.Archived:
        assert go.wait(20)
        return quick(session, target, order, progress)

    monkeypatch.setattr(archives, "archive", slow)
    strip, before = asked(desk), exports(desk.session)
    strip.file.setText(str(tmp_path / "never.zip"))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.work.bar.progress.task is not None, timeout=9000)
    task = desk.work.bar.progress.task
    assert task is not None
    task.cancel()
    go.set()
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=20_000)
    assert "Cancelled" in desk.window.banner.words
    assert not list(tmp_path.iterdir()) and exports(desk.session) == before
