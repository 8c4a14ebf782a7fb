"""The PC is lost and a stick is left: from the start page to a vault that opens, by two persons."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QScrollArea
from pytestqt.qtbot import QtBot

from mda5_crf import settings
from mda5_crf.services import backups
from mda5_crf.services.session import Session
from mda5_crf.settings import known_vaults
from mda5_crf.text import Language
from mda5_crf.ui.language import set_language
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.restore_page import RestorePage
from tests.commandline import remembered_keys
from tests.gui.shell_driver import LOGIN, PASSWORD, make_vault, prepared, put_away, settle

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.requirement("FDA-2", "E6-11"),
]
SECOND = ("n02", "quiet-river-77-lantern")


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stick with two copies of a ward of two persons; the ward's folder is gone."""
    place = tmp_path_factory.mktemp("lost")
    (place / "stick").mkdir()
    with remembered_keys(), Session.open(make_vault(place / "ward.mda5"), LOGIN, PASSWORD) as session:
        session.add_person(SECOND[0], "Zhang Wei", "data_entry", SECOND[1], own_password=PASSWORD)
        backups.set_plan(session, backups.Plan(place=str(place / "stick")))
        backups.make(session)
        session.enrol()
        backups.make(session)
    shutil.rmtree(place / "ward.mda5")
    return place / "stick"


@pytest.fixture
def stick(lost: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lost, tmp_path / "stick"))


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[MainWindow]:
    """The first start on another PC: it has seen no vault."""
    prepared(qapp)
    (settings.config_directory() / settings.FILE).unlink(missing_ok=True)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    made = MainWindow("")
    made.resize(1093, 614)
    made.show()
    qtbot.addWidget(made)
    made.doors.begin()
    settle()
    with remembered_keys():
        yield made
    prepared(qapp)
    put_away(made)


def page_of(window: MainWindow) -> RestorePage:
    assert window.doors.start is not None
    window.doors.start.restore_button.click()
    frame = window.pages.currentWidget()
    assert isinstance(frame, QScrollArea)
    page = frame.widget()
    assert isinstance(page, RestorePage)
    return page


def quiet(qtbot: QtBot, page: RestorePage) -> None:
    qtbot.waitUntil(lambda: not page.busy, timeout=30_000)
    settle()


def fill(page: RestorePage, own: str = PASSWORD, second: str = SECOND[1]) -> None:
    for line, text in (
        (page.user, LOGIN), (page.password, own), (page.second, SECOND[0]), (page.second_password, second),
    ):  # fmt: skip
        line.setText(text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_only_a_stick_is_left(
    qtbot: QtBot, window: MainWindow, stick: Path, tmp_path: Path, language: Language,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    set_language(language)
    page = page_of(window)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(stick))
    page._browse[0][0].click()
    quiet(qtbot, page)
    newest = max(path.name for path in stick.glob("*/*") if path.is_dir())
    assert page.copy.text().endswith(newest)
    assert ("1 older" if language == "en" else "1 份较旧") in page.words
    assert page.target.text().startswith(str(tmp_path))
    assert str(stick) not in page.target.text()
    page.restore()
    assert window.banner.isVisible(), "who restores it is not said yet"
    before = {path: path.read_bytes() for path in stick.rglob("*") if path.is_file()}
    fill(page)
    page.restore()
    quiet(qtbot, page)
    assert page.target.text() in page.words
    assert ("Nothing is missing" if language == "en" else "没有缺失") in page.words
    assert page.password.text() == page.second_password.text() == ""
    assert {path: path.read_bytes() for path in stick.rglob("*") if path.is_file()} == before
    assert page.open_button.hasFocus()
    page.open_button.click()
    settle()
    assert window.pages.currentWidget() is window.login
    folder = Path(window.login.vault.text())
    with Session.open(folder, *SECOND) as session:
        assert len(session.subjects()) == 1
        assert session.verify().troubles == ()


def test_a_refusal_leaves_nothing_and_keeps_what_was_typed(
    qtbot: QtBot, window: MainWindow, stick: Path, tmp_path: Path
) -> None:
    page = page_of(window)
    before = sorted(path.name for path in tmp_path.iterdir())
    page.copy.setText(str(stick / "nothing here"))
    page.look()
    quiet(qtbot, page)
    assert "no copy at nothing here" in page.words
    page.copy.setText(str(stick))
    page.look()
    quiet(qtbot, page)
    for own, second in (("wrong-password-here", SECOND[1]), (PASSWORD, "wrong-password-here")):
        fill(page, own, second)
        with qtbot.waitSignal(page.refused, timeout=20_000):
            page.restore()
        quiet(qtbot, page)
        assert (page.user.text(), page.second.text()) == (LOGIN, SECOND[0])
    page.second.setText(LOGIN)
    page.second_password.setText(PASSWORD)
    page.password.setText(PASSWORD)
    with qtbot.waitSignal(page.refused, timeout=20_000):
        page.restore()
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert known_vaults() == ()
    page.back_button.click()
    assert window.pages.currentWidget() is window.doors.start
    assert page.password.text() == ""


def test_a_damaged_copy_is_said_before_anybody_types_a_password(
    qtbot: QtBot, window: MainWindow, stick: Path
) -> None:
    (copy,) = [path for path in stick.glob("*/*") if path.name == max(p.name for p in stick.glob("*/*"))]
    data = bytearray((copy / "study.db").read_bytes())
    data[len(data) // 2] ^= 1
    (copy / "study.db").write_bytes(data)
    page = page_of(window)
    page.copy.setText(str(copy))
    page.look()
    quiet(qtbot, page)
    assert "study.db" in page.words
    (copy / "keys.json").unlink()
    (copy / "backup.json").unlink()
    page.look()
    quiet(qtbot, page)
    assert "no password opens" in page.words
