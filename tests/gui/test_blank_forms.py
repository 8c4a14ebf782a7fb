"""Blank forms from the window: the choice follows the page, the name the choice, nothing is recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.jobs import pages
from mda5_crf.pdf.paper import Printed
from mda5_crf.ui.blank_acts import BOOK, FORM, UNIQUE, VISIT, BlankStrip
from tests.commandline import remembered_keys
from tests.gui.shell_driver import Desk, make_vault, one_desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def at(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    with remembered_keys():
        yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("blank") / "ward.mda5"))


@pytest.fixture
def desk(qtbot: QtBot, at: Callable[[QtBot], Desk]) -> Iterator[Desk]:
    desk = at(qtbot)
    desk.work.show_matrix()
    desk.window.banner.clear()
    yield desk
    desk.work.close_strip()


def asked(desk: Desk) -> BlankStrip:
    desk.window.commands.actions["print_blank"].trigger()
    strip = desk.work.strip
    assert isinstance(strip, BlankStrip)
    return strip


def offered(strip: BlankStrip) -> list[object]:
    return [strip.what.itemData(place) for place in range(strip.what.count())]


def test_without_a_form_on_screen_only_whole_books_are_offered(desk: Desk) -> None:
    strip = asked(desk)
    assert offered(strip) == [BOOK, UNIQUE]
    assert Path(strip.file.text()).name == "blank-casebook.pdf"
    strip.what.setCurrentIndex(1)
    assert Path(strip.file.text()).name == "blank-forms.pdf"


def test_a_name_of_somebodys_own_stays_when_the_choice_changes(desk: Desk) -> None:
    strip = asked(desk)
    strip.file.setText("/tmp/ours.pdf")
    strip.what.setCurrentIndex(1)
    assert strip.file.text() == "/tmp/ours.pdf"


def test_a_file_that_is_there_is_replaced_only_when_told_so_twice(desk: Desk, tmp_path: Path) -> None:
    strip = asked(desk)
    kept, other, saved = tmp_path / "kept.pdf", tmp_path / "other.pdf", []
    kept.write_bytes(b"signed")
    other.write_bytes(b"signed, too")
    strip._save = lambda _tongue, file: saved.append(file)
    for file in (kept, other, kept):  # another name is asked about anew
        strip.file.setText(str(file))
        desk.press(Qt.Key.Key_Return)
        assert not saved and file.name in strip.complaint and strip.file.hasFocus()
    desk.press(Qt.Key.Key_Return)
    assert saved == [kept]
    assert kept.read_bytes() == b"signed"


def test_the_form_on_screen_is_written_and_no_print_is_recorded(desk: Desk, tmp_path: Path) -> None:
    desk.vitals(desk.session.enrol().identity)
    strip = asked(desk)
    assert offered(strip) == [FORM, VISIT, BOOK, UNIQUE]
    before = len(list(desk.session.vault.journal.records()))
    strip.file.setText(str(tmp_path / "vs.pdf"))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: "vs.pdf" in desk.window.banner.words, timeout=20_000)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "vs.pdf").pages)
    assert "Vital signs" in text and "01-001" not in text
    assert len(list(desk.session.vault.journal.records())) == before


def test_a_folder_that_is_not_there_is_said_in_the_strip(desk: Desk, tmp_path: Path) -> None:
    strip = asked(desk)
    strip.file.setText(str(tmp_path / "nowhere" / "a.pdf"))
    desk.press(Qt.Key.Key_Return)
    assert desk.work.strip is strip


def test_cancelled_it_leaves_no_file(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def held(*_forms: object, progress: Callable[[int, int], None], **_more: object) -> Printed:
        assert go.wait(20)
        progress(1, 2)
        return Printed(b"%PDF", 1, ())

    monkeypatch.setattr(pages, "blank_pages", held)
    strip = asked(desk)
    strip.file.setText(str(tmp_path / "book.pdf"))
    desk.press(Qt.Key.Key_Return)
    desk.work.bar.progress._wait.setInterval(0)
    desk.qtbot.waitUntil(lambda: desk.work.bar.progress.task is not None, timeout=9000)
    task = desk.work.bar.progress.task
    assert task is not None
    task.cancel()
    go.set()
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=20_000)
    assert "Cancelled" in desk.window.banner.words
    assert not list(tmp_path.iterdir())
