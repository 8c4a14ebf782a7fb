"""Files dragged onto the window: a bundle, a vault, and everything that is neither."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.sync.envelope import MAX_FILE
from mda5_crf.ui.dropping import Dropping, Kind, judge
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.syncing import TakeStrip
from tests.commandline import remembered_keys
from tests.gui.bundle_files import bundle_file, foreign
from tests.gui.shell_driver import Desk, at_desk, make_vault, prepared, put_away, settle

__all__ = ["foreign"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with remembered_keys():
        yield make_vault(tmp_path_factory.mktemp("drop") / "ward.mda5")


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, made: Path) -> Iterator[Desk]:
    prepared(qapp)
    window = MainWindow(str(made))
    desk = at_desk(qtbot, window)
    qtbot.waitUntil(lambda: window.findChild(Dropping) is not None, timeout=5000)
    yield desk
    put_away(window)


def files(*paths: Path | str) -> QMimeData:
    """What a file manager hands over: the files, and their paths as text."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    mime.setText("\n".join(map(str, paths)))
    return mime


def place_of(desk: Desk, where: QLineEdit | None) -> QPoint:
    window = desk.window
    return window.rect().center() if where is None else where.mapTo(window, where.rect().center())


def enter(desk: Desk, mime: QMimeData, where: QLineEdit | None = None) -> bool:
    """Drag into the window, as the system does: to the window of the screen. Whether it may be dropped."""
    both = COPY | MOVE
    event = QDragEnterEvent(place_of(desk, where), both, mime, LEFT, NONE)
    QApplication.sendEvent(desk.window.windowHandle(), event)
    return event.isAccepted()


def drop(desk: Desk, mime: QMimeData, where: QLineEdit | None = None) -> QDropEvent:
    """Drag in and let go."""
    enter(desk, mime, where)
    event = QDropEvent(QPointF(place_of(desk, where)), COPY | MOVE, mime, LEFT, NONE)
    QApplication.sendEvent(desk.window.windowHandle(), event)
    settle()
    return event


def quiet(desk: Desk) -> None:
    page = desk.window.doors.start
    if page is not None:
        desk.qtbot.waitUntil(lambda: page._job is None and page._looking is None, timeout=9000)
    settle()


# -- what is what ----------------------------------------------------------------------------------------


def test_a_bundle_is_known_by_its_first_bytes_and_not_by_its_name(tmp_path: Path, foreign: Path) -> None:
    assert judge(files(foreign)) == (Kind.BUNDLE, (foreign,), None)
    (tmp_path / "thesis.mda5b").write_bytes(b"three years")
    (tmp_path / "empty.mda5b").write_bytes(b"")
    (tmp_path / "short.mda5b").write_bytes(b"MDA5BND")
    for name in ("thesis.mda5b", "empty.mda5b", "short.mda5b"):
        judged = judge(files(tmp_path / name))
        assert judged is not None and judged[0] is Kind.REFUSED
        assert judged[2] is not None and name in judged[2].en and name in judged[2].zh


def test_several_files_are_taken_together_when_bundles_are_among_them(foreign: Path, made: Path) -> None:
    """What of them is no bundle is named by the preview, and blocks no other."""
    other = Path("/etc/passwd")
    assert judge(files(foreign, foreign)) == (Kind.BUNDLE, (foreign, foreign), None)
    assert judge(files(foreign, other)) == (Kind.BUNDLE, (foreign, other), None)
    mixed = QMimeData()
    mixed.setUrls([QUrl.fromLocalFile(str(foreign)), QUrl("https://example.org/x.mda5b")])
    for mime in (mixed, files(other, other), files(foreign, made), files(*[foreign] * 1001)):
        judged = judge(mime)
        assert judged is not None and judged.kind is Kind.REFUSED and judged.why is not None


def test_the_files_of_a_joining_are_known_by_their_first_bytes(tmp_path: Path, foreign: Path) -> None:
    for magic, kind in ((b"MDA5INVT", Kind.INVITATION), (b"MDA5JOIN", Kind.REQUEST)):
        file = tmp_path / "letter.txt"
        file.write_bytes(magic + b"...")
        assert judge(files(file)) == (kind, (file,), None)
        judged = judge(files(file, foreign))
        assert judged is not None and judged.kind is Kind.REFUSED, "it comes alone"


@pytest.mark.parametrize("name", ["gone.mda5b", "n" * 300, "CON", "NUL", "a\0b", "x\n\u202e.mda5b", "../.."])
def test_names_that_cannot_be_are_refused_in_a_sentence_of_one_line(tmp_path: Path, name: str) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"{tmp_path}/{name}")])
    judged = judge(mime)
    assert judged is not None and judged[0] is Kind.REFUSED and judged[2] is not None
    assert "\n" not in judged[2].en and "\u202e" not in judged[2].en and len(judged[2].en) < 160


def test_a_folder_is_a_vault_only_by_what_is_in_it(tmp_path: Path, made: Path) -> None:
    assert judge(files(made)) == (Kind.VAULT, (made,), None)
    judged = judge(files(tmp_path))
    assert judged is not None and judged[0] is Kind.REFUSED
    bundle_file(tmp_path / "14.mda5b")
    assert judge(files(tmp_path)) == (Kind.BUNDLE, (tmp_path,), None), "a folder in which bundles lie"


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mda5b")
    judged = judge(files(tmp_path / "pipe.mda5b"))
    assert judged is not None and judged[0] is Kind.REFUSED


def test_text_and_web_addresses_are_not_ours() -> None:
    text, web = QMimeData(), QMimeData()
    text.setText("file:///tmp/x.mda5b")
    web.setUrls([QUrl("https://example.org/x.mda5b")])
    assert judge(text) is None and judge(web) is None and judge(QMimeData()) is None


# -- nobody is logged in ---------------------------------------------------------------------------------


def test_a_bundle_waits_for_the_log_in_and_is_then_looked_at(desk: Desk, foreign: Path, made: Path) -> None:
    event = drop(desk, files(foreign))
    assert event.isAccepted() and event.dropAction() == COPY, "the file manager must not delete it"
    quiet(desk)
    assert desk.window.doors.waiting == (foreign,) and "no. 7" in desk.window.banner.words
    page = desk.window.doors.start
    assert page is not None
    page.back_button.click()
    desk.log_in()
    assert isinstance(desk.work.strip, TakeStrip)
    assert desk.work.strip.file.text() == str(foreign)
    strip = desk.work.strip
    desk.qtbot.waitUntil(lambda: bool(strip.complaint), timeout=9000)
    assert foreign.exists()


def test_a_bundle_that_goes_away_before_the_log_in_is_a_sentence(desk: Desk, foreign: Path) -> None:
    drop(desk, files(foreign))
    quiet(desk)
    foreign.unlink()
    desk.window.doors.show_log_in("")
    desk.log_in()
    strip = desk.work.strip
    assert isinstance(strip, TakeStrip)
    desk.qtbot.waitUntil(lambda: bool(strip.complaint), timeout=9000)
    assert foreign.name in strip.complaint


def test_a_file_too_large_for_a_bundle_is_refused_at_once(desk: Desk, foreign: Path) -> None:
    with foreign.open("r+b") as file:
        file.truncate(4 * MAX_FILE)
    drop(desk, files(foreign))
    quiet(desk)
    assert "1 GiB" in desk.window.banner.words and not desk.window.doors.waiting


def test_what_is_refused_is_said_once_and_nothing_changes(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    assert not enter(desk, files(tmp_path / "x.pdf"))
    assert "x.pdf" in desk.window.banner.words
    assert desk.window.pages.currentWidget() is desk.window.login


def test_a_vault_leads_to_its_log_in(desk: Desk, made: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(made, tmp_path / "other.mda5"))
    desk.window.login.password.setText("half typed")
    assert drop(desk, files(other)).isAccepted()
    quiet(desk)
    login = desk.window.login
    assert desk.window.pages.currentWidget() is login and login.vault.text() == str(other)
    assert login.password.text() == "", "what was typed for another vault is not sent to this one"


def test_a_file_over_a_field_is_no_text_and_text_over_a_field_is(desk: Desk, foreign: Path) -> None:
    field = desk.window.login.user
    drop(desk, files(foreign), field)
    quiet(desk)
    desk.window.doors.show_log_in("")
    assert field.text() == ""
    text = QMimeData()
    text.setText("wang")
    assert enter(desk, text, field)
    assert drop(desk, text, field).isAccepted()
    assert field.text() == "wang"


# -- somebody is at work ---------------------------------------------------------------------------------


@pytest.fixture
def working(desk: Desk) -> Desk:
    desk.log_in()
    return desk


def test_a_bundle_is_looked_at_at_once_and_taken_only_on_a_word(working: Desk, foreign: Path) -> None:
    before = working.session.vault.journal.heads()
    drop(working, files(foreign))
    strip = working.work.strip
    assert isinstance(strip, TakeStrip) and strip.file.text() == str(foreign)
    working.qtbot.waitUntil(lambda: bool(strip.complaint), timeout=9000)
    assert not strip.ok.isEnabled()
    assert working.session.vault.journal.heads() == before


def test_a_second_bundle_takes_the_place_of_the_first(working: Desk, foreign: Path, tmp_path: Path) -> None:
    drop(working, files(foreign))
    second = bundle_file(tmp_path / "second.mda5b", 8)
    drop(working, files(second))
    strip = working.work.strip
    assert isinstance(strip, TakeStrip) and strip.file.text() == str(second)
    working.qtbot.waitUntil(lambda: bool(strip.complaint), timeout=9000)


def test_several_are_looked_at_together_and_none_blocks_the_rest(
    working: Desk, foreign: Path, tmp_path: Path
) -> None:
    other = bundle_file(tmp_path / "a; b.mda5b", 9)
    before = working.session.vault.journal.heads()
    drop(working, files(foreign, other))
    strip = working.work.strip
    assert isinstance(strip, TakeStrip) and strip.paths == [foreign, other], "a name may hold a semicolon"
    working.qtbot.waitUntil(strip.ok.isEnabled, timeout=9000)
    said = strip._plan.text()
    assert "Files: 2." in said and "brief.txt" in said and "a; b.mda5b" in said
    assert working.session.vault.journal.heads() == before


def test_several_wait_for_the_log_in(desk: Desk, foreign: Path, tmp_path: Path) -> None:
    other = bundle_file(tmp_path / "second.mda5b", 9)
    drop(desk, files(foreign, other))
    quiet(desk)
    assert desk.window.doors.waiting == (foreign, other) and "2 dropped" in desk.window.banner.words
    desk.window.doors.show_log_in("")
    desk.log_in()
    strip = desk.work.strip
    assert isinstance(strip, TakeStrip) and strip.paths == [foreign, other]
    desk.qtbot.waitUntil(strip.ok.isEnabled, timeout=9000)


def test_while_records_come_in_it_is_refused_in_words(working: Desk, foreign: Path) -> None:
    working.work.set_busy(True)
    drop(working, files(foreign))
    assert working.work.strip is None and "Not now" in working.window.banner.words
    working.work.set_busy(False)


def test_while_locked_it_is_refused_in_words(working: Desk, foreign: Path, made: Path) -> None:
    working.window.lock("lock")
    working.qtbot.waitUntil(lambda: working.window.work is None, timeout=9000)
    for what in (foreign, made):
        drop(working, files(what))
        assert "locked" in working.window.banner.words
        assert not working.window.doors.waiting and working.window.locked
        working.window.banner.clear()


def test_another_vault_waits_for_the_log_out(working: Desk, made: Path) -> None:
    drop(working, files(made))
    assert "logged out" in working.window.banner.words and working.window.work is not None
