"""Restoring from the window: told what is missing, two passwords, a new folder, and how to go on."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.services import backups, restoring
from mda5_crf.services.access import Action
from mda5_crf.services.session import Session
from mda5_crf.settings import known_vaults
from mda5_crf.text import Language
from mda5_crf.ui.backup_page import BackupPage
from mda5_crf.ui.language import set_language
from mda5_crf.ui.progress import Tasks
from tests.commandline import remembered_keys
from tests.gui.backup_desk import done, opened
from tests.gui.shell_driver import (
    LOGIN,
    PASSWORD,
    Desk,
    copied_desk,
    make_vault,
)

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.requirement("FDA-2", "E6-11"),
]
SECOND = ("n02", "quiet-river-77-lantern")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ward of two persons with a copy, and a participant enrolled after it."""
    folder = make_vault(tmp_path_factory.mktemp("restore") / "ward.mda5")
    with remembered_keys(), Session.open(folder, LOGIN, PASSWORD) as session:
        session.add_person(SECOND[0], "Zhang Wei", "data_entry", SECOND[1], own_password=PASSWORD)
        backups.make(session)
        session.enrol()
    return folder


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, vault: Path, tmp_path: Path) -> Iterator[Desk]:
    yield from copied_desk(qtbot, qapp, vault, tmp_path / "ward.mda5")


def asked(desk: Desk, page: BackupPage) -> str:
    """Ask to restore the chosen copy; what is said of it before."""
    page.buttons["restore"].click()
    done(desk, page)
    assert page.panel is not None
    return page.panel._about.text()


def line(page: BackupPage, name: str) -> QLineEdit:
    assert page.panel is not None
    found = page.panel.line(name)
    assert isinstance(found, QLineEdit)
    return found


def fill(page: BackupPage, own: str = PASSWORD, second: str = SECOND[1]) -> None:
    assert page.panel is not None
    assert page.panel.second_person is not None
    line(page, "own").setText(own)
    page.panel.second_person.login.setText(SECOND[0])
    page.panel.second_person.password.setText(second)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_told_before_restored_and_told_how_to_go_on(desk: Desk, tmp_path: Path, language: Language) -> None:
    set_language(language)
    page = opened(desk)
    told = asked(desk, page)
    missing = restoring.look(desk.session, page.copies[0].path).missing
    assert str(missing) in told
    assert ("nothing is overwritten" if language == "en" else "不会覆盖") in told
    assert isinstance(desk.at(), QLineEdit)
    fill(page)
    line(page, "target").setText(str(tmp_path / "again.mda5"))
    page.panel.accept()  # type: ignore[union-attr]
    told = done(desk, page)
    assert str(tmp_path / "again.mda5") in told
    assert ("log out here" if language == "en" else "退出登录") in told
    assert page.panel is None
    assert known_vaults()[0][0] == str(tmp_path / "again.mda5")
    heads = desk.session.vault.journal.heads()
    desk.window.log_out()
    with remembered_keys(), Session.open(tmp_path / "again.mda5", *SECOND) as session:
        assert not session.elsewhere
        assert session.subjects() == ()
        assert session.device not in heads
        report = session.verify()
        assert report.troubles == ()
        assert any("went on" in one.en for one in report.unknown), "its log-out at least"


def test_what_was_typed_stays_after_a_refusal_and_nothing_is_left(desk: Desk, tmp_path: Path) -> None:
    page = opened(desk)
    asked(desk, page)
    before = sorted(path.name for path in tmp_path.iterdir())
    line(page, "target").setText(str(desk.session.vault.folder / "inside"))
    fill(page)
    page.panel.accept()  # type: ignore[union-attr]
    assert page.panel is not None
    assert "outside" in page.panel.complaint
    line(page, "target").setText(str(tmp_path / "again.mda5"))
    for own, second in (("wrong-password-here", SECOND[1]), (PASSWORD, "wrong-password-here")):
        fill(page, own, second)
        page.panel.accept()
        assert not page.panel.isEnabled()
        done(desk, page)
        assert page.panel is not None
        assert page.panel.isEnabled()
        assert page.panel.complaint
        assert line(page, "target").text() == str(tmp_path / "again.mda5")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    desk.press(Qt.Key.Key_Escape)
    assert page.panel is None


def test_cancelled_half_way_nothing_is_left(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(desk)
    asked(desk, page)
    fill(page)
    line(page, "target").setText(str(tmp_path / "again.mda5"))
    begun, go = threading.Event(), threading.Event()
    real = restoring.restore

    def held(*words: object, progress: Callable[[int, int], None], **more: object) -> object:
        def wait(step: int, of: int) -> None:
            if step:
                begun.set()
                assert go.wait(10)
            progress(step, of)

        return real(*words, progress=wait, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(restoring, "restore", held)
    before = sorted(path.name for path in tmp_path.iterdir())
    page.panel.accept()  # type: ignore[union-attr]
    assert begun.wait(10)
    Tasks.of(page).running[0].cancel()
    go.set()
    done(desk, page)
    assert page.panel is not None
    assert "cancel" in page.panel.complaint.lower()
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_copy_from_a_stick_and_one_that_is_none(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(desk)
    stick = Path(shutil.copytree(page.copies[0].path, tmp_path / "stick"))
    (tmp_path / "empty").mkdir()
    chosen = [str(tmp_path / "empty"), str(stick), ""]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen.pop(0))
    page.buttons["restore_file"].click()
    assert "no copy at empty" in done(desk, page)
    page.buttons["restore_file"].click()
    done(desk, page)
    assert page.panel is not None
    assert "stick" in page.panel._about.text()
    page._put_away()
    page.buttons["restore_file"].click()
    assert page.panel is None
    manifest = (stick / "backup.json").read_bytes()
    other = manifest.replace(desk.session.vault.meta.vault.encode(), b"0" * 32)
    (stick / "backup.json").write_bytes(other)
    chosen.append(str(stick))
    page.buttons["restore_file"].click()
    assert "another vault" in done(desk, page)
    assert page.panel is None


def test_whoever_may_not_restore_sees_the_buttons_grey(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.session, "may", lambda action: action is not Action.RESTORE)
    page = opened(desk)
    assert not page.buttons["restore"].isEnabled()
    assert not page.buttons["restore_file"].isEnabled()
    assert page.buttons["make"].isEnabled()
