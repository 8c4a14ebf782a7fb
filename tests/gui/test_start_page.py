"""The page without a vault: remembered vaults, another folder, sticks, and a bundle for after the log-in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from mda5_crf.errors import BundleError
from mda5_crf.services import vaultsearch
from mda5_crf.settings import FILE, VAULTS, load_settings, remember
from mda5_crf.ui.demo_page import DemoPage
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.new_vault_page import NewVaultPage
from mda5_crf.ui.start_page import StartPage
from mda5_crf.ui.syncing import TakeStrip
from mda5_crf.ui.vault_list import VaultList
from tests.commandline import remembered_keys
from tests.gui.bundle_files import foreign
from tests.gui.shell_driver import CTRL, LOGIN, Desk, at_desk, make_vault, prepared, put_away, settle

__all__ = ["foreign"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with remembered_keys():
        yield make_vault(tmp_path_factory.mktemp("start") / "ward.mda5")


@pytest.fixture
def vault(made: Path, tmp_path: Path) -> Path:
    """A vault of the test's own."""
    return Path(shutil.copytree(made, tmp_path / "病区 3.mda5"))


class Start:
    """A window on the page without a vault, in the hands of a user."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.window = desk.window

    @property
    def page(self) -> StartPage:
        page = self.window.doors.start
        assert page is not None
        return page

    @property
    def shown(self) -> bool:
        return self.window.pages.currentWidget() is self.window.doors.start

    @property
    def vaults(self) -> VaultList:
        assert self.page.list is not None
        return self.page.list

    @property
    def texts(self) -> list[str]:
        return [self.vaults.item(row).text() for row in range(self.vaults.count())]

    @property
    def words(self) -> str:
        return self.window.banner.words

    def quiet(self) -> None:
        """Wait until nothing is looked for in the background."""
        self.desk.qtbot.waitUntil(lambda: self.page._job is None and self.page._looking is None, timeout=9000)
        settle()

    def asked(self) -> None:
        """Wait until the remembered folders were looked at."""
        self.page._ask()
        self.quiet()


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Iterator[list[MainWindow]]:
    prepared(qapp)
    windows: list[MainWindow] = []
    yield windows
    for window in windows:
        if window.doors.start is not None:
            Start(Desk(qtbot, window)).quiet()
        put_away(window)


@pytest.fixture
def start(qtbot: QtBot, opened: list[MainWindow]) -> Start:
    opened.append(MainWindow(load_settings().last_vault))
    return Start(at_desk(qtbot, opened[0]))


# -- which page comes first ------------------------------------------------------------------------------


def test_the_first_start_asks_for_a_vault_with_the_keyboard_in_the_folder(start: Start) -> None:
    assert start.shown and start.page.vault.hasFocus()
    assert not start.page.findChildren(QListWidget), "no empty list is shown"
    assert not start.page.back_button.isVisible()


def test_a_vault_that_is_there_is_asked_for_the_person_at_once(
    qtbot: QtBot, opened: list[MainWindow], vault: Path
) -> None:
    opened.append(MainWindow(str(vault)))
    desk = at_desk(qtbot, opened[0])
    assert desk.window.pages.currentWidget() is desk.window.login and desk.window.login.user.hasFocus()
    assert desk.window.doors.start is None, "the other page is not even made"


@pytest.mark.parametrize("folder", ["/nowhere/w.mda5", "x" * 5000, "a\0b"])
def test_a_vault_that_is_gone_leads_to_the_start_page(
    qtbot: QtBot, opened: list[MainWindow], folder: str
) -> None:
    opened.append(MainWindow(folder))
    start = Start(at_desk(qtbot, opened[0]))
    assert start.shown
    start.page.back_button.click()
    assert opened[0].pages.currentWidget() is opened[0].login


@pytest.mark.parametrize(
    "content",
    [b"{", b'{"vaults": 7}', b'{"vaults": [["a"], [1, 2], ["", "x"], ["a\\u0000", "b"], {"a": 1}]}'],
    ids=range(3),
)
def test_a_damaged_settings_file_is_as_the_first_start(
    qtbot: QtBot, opened: list[MainWindow], own_settings: Path, content: bytes
) -> None:
    (own_settings / FILE).write_bytes(content)
    opened.append(MainWindow(load_settings().last_vault))
    assert Start(at_desk(qtbot, opened[0])).page.list is None


def test_a_thousand_vaults_are_the_last_few(
    qtbot: QtBot, opened: list[MainWindow], own_settings: Path
) -> None:
    lines = ",".join(f'["/v/{n}.mda5", "Ward {n}"]' for n in range(1000))
    (own_settings / FILE).write_text(f'{{"vaults": [{lines}]}}')
    opened.append(MainWindow(""))
    start = Start(at_desk(qtbot, opened[0]))
    assert start.vaults.count() == VAULTS and start.texts[0].startswith("Ward 0")


# -- the list --------------------------------------------------------------------------------------------


@pytest.fixture
def known(vault: Path, tmp_path: Path) -> Path:
    """This PC knows a vault that is there, and before it one that is gone."""
    remember(last_vault=vault, vault_name="Ward 3")
    remember(last_vault=tmp_path / "gone.mda5", vault_name="Ward 9")
    return vault


def test_what_is_not_there_is_said_and_what_is_there_opens(known: Path, start: Start) -> None:
    start.asked()
    assert start.shown and start.vaults.hasFocus()
    assert "not there now" in start.texts[0] and "Ward 9" in start.texts[0]
    assert "not there now" not in start.texts[1] and str(known) in start.texts[1]
    start.desk.press(Qt.Key.Key_Down).press(Qt.Key.Key_Return)
    start.quiet()
    login = start.window.login
    assert start.window.pages.currentWidget() is login
    assert login.vault.text() == str(known) and login.user.hasFocus()


def test_what_is_not_there_is_refused_in_a_sentence(known: Path, start: Start) -> None:
    start.desk.press(Qt.Key.Key_Return)
    start.quiet()
    assert start.shown and "gone.mda5" in start.words


def test_a_vault_that_went_between_list_and_enter_is_marked_then(
    known: Path, start: Start, tmp_path: Path
) -> None:
    start.asked()
    known.rename(tmp_path / "elsewhere.mda5")
    start.desk.press(Qt.Key.Key_Down).press(Qt.Key.Key_Return)
    start.quiet()
    assert start.shown and start.words
    assert "not there now" in start.texts[1]


def test_delete_takes_a_line_off_and_leaves_the_vault(known: Path, start: Start) -> None:
    start.asked()
    start.desk.press(Qt.Key.Key_Down).press(Qt.Key.Key_Delete)
    assert start.vaults.count() == 1 and start.vaults.hasFocus()
    assert (known / "keys.json").exists()
    start.desk.press(Qt.Key.Key_Delete)
    assert not start.vaults.isVisible() and start.page.vault.hasFocus()
    assert load_settings().vaults == () and load_settings().last_vault == ""


def test_a_list_that_cannot_be_kept_is_said(
    known: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mda5_crf.ui.start_page.forget_vault", lambda _folder: False)
    start.desk.press(Qt.Key.Key_Delete)
    assert start.vaults.count() == 2 and start.vaults.hasFocus()


def test_the_vault_that_was_opened_stands_first_with_its_name(start: Start, vault: Path) -> None:
    start.page.vault.setText(str(vault))
    start.desk.press(Qt.Key.Key_Return)
    start.quiet()
    start.desk.log_in()
    assert load_settings().vaults == ((str(vault), "Ward 3"),)
    assert LOGIN not in repr(load_settings())
    start.window.run("log_out")
    settle()
    start.window.login.others_button.click()
    assert start.shown and start.texts[0].startswith("Ward 3") and start.page.back_button.isVisible()


# -- another folder --------------------------------------------------------------------------------------


def test_nothing_typed_is_asked_for(start: Start) -> None:
    start.desk.press(Qt.Key.Key_Return)
    assert start.shown and "Vault folder" in start.words and start.page.vault.hasFocus()


def test_a_path_pasted_with_quotation_marks_opens(start: Start, vault: Path) -> None:
    start.page.vault.setText(f'  "{vault}" ')
    start.desk.press(Qt.Key.Key_Return)
    start.quiet()
    assert start.window.login.vault.text() == str(vault)


@pytest.mark.parametrize("typed", ["/nowhere/at/all", "//server/share/w.mda5", "y" * 4000])
def test_what_is_no_vault_is_one_sentence_and_stays(start: Start, typed: str) -> None:
    start.page.vault.setText(typed)
    start.desk.press(Qt.Key.Key_Return)
    start.quiet()
    assert start.shown and start.words and start.page.vault.text() == typed
    assert start.page.open_button.isEnabled()


def test_a_folder_that_holds_something_else_is_no_vault(start: Start, tmp_path: Path) -> None:
    start.page.vault.setText(str(tmp_path))
    start.desk.press(Qt.Key.Key_Return)
    start.quiet()
    assert start.shown and start.words
    assert not list(tmp_path.iterdir()), "nothing is written into it"


def test_a_network_share_is_refused(start: Start, vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaultsearch, "on_network_share", lambda _folder: True)
    start.page.vault.setText(str(vault))
    start.desk.press(Qt.Key.Key_Return)
    start.quiet()
    assert start.shown and "network" in start.words


# -- sticks ----------------------------------------------------------------------------------------------


def test_vaults_on_a_stick_are_listed_and_opened(
    start: Start, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vaultsearch, "drives", lambda: [vault.parent])
    start.page.stick_button.setFocus()
    start.desk.press(Qt.Key.Key_Space)
    start.quiet()
    assert "1 found" in start.words and start.vaults.hasFocus()
    assert "found now" in start.texts[0]
    start.desk.press(Qt.Key.Key_Delete)
    assert start.vaults.count() == 1, "what was only found is not remembered, so there is nothing to forget"
    start.desk.press(Qt.Key.Key_Return)
    start.quiet()
    assert start.window.login.vault.text() == str(vault)


def test_a_stick_that_is_pulled_after_the_search_is_one_sentence(
    start: Start, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vaultsearch, "drives", lambda: [vault.parent])
    start.page.search()
    start.quiet()
    shutil.rmtree(vault)
    start.desk.press(Qt.Key.Key_Return)
    start.quiet()
    assert start.shown and vault.name in start.words


def test_no_stick_and_an_empty_stick_are_two_sentences(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = set()
    for roots in ([], [tmp_path]):
        monkeypatch.setattr(vaultsearch, "drives", lambda roots=roots: roots)
        start.page.search()
        start.quiet()
        said.add(start.words)
    assert len(said) == 2


# -- a bundle before the log-in --------------------------------------------------------------------------


def test_a_file_that_is_no_bundle_is_refused_and_not_kept(start: Start, tmp_path: Path) -> None:
    (tmp_path / "x.mda5b").write_bytes(b"MDA5BNDL")
    for file in (tmp_path / "x.mda5b", tmp_path / "gone"):
        start.page.note_bundle(file)
        start.quiet()
        assert start.words and not start.window.doors.waiting


def test_a_bundle_is_named_now_and_looked_at_after_the_log_in(
    start: Start, vault: Path, foreign: Path
) -> None:
    start.page.note_bundle(foreign)
    start.quiet()
    assert "bundle no. 7" in start.words and "0badcafe" in start.words
    start.page.open(str(vault))
    start.quiet()
    start.desk.log_in()
    strip = start.desk.work.strip
    assert isinstance(strip, TakeStrip) and strip.file.text() == str(foreign)
    start.desk.qtbot.waitUntil(lambda: bool(strip.complaint), timeout=9000)
    assert not start.window.doors.waiting
    assert BundleError("sync.other_study").text.en == strip.complaint


# -- words and keys --------------------------------------------------------------------------------------


def test_every_input_has_a_name_of_its_own(known: Path, start: Start) -> None:
    widgets = [
        w
        for kind in (QLineEdit, QPushButton, QListWidget)
        for w in start.page.findChildren(kind)
        if w.isVisibleTo(start.page)
    ]
    names = [w.accessibleName() for w in widgets]
    assert all(names) and len(set(names)) == len(names), names


def test_the_language_changes_all_of_it_and_keeps_what_was_typed(known: Path, start: Start) -> None:
    start.asked()
    start.page.vault.setText("/half/ty")
    start.desk.press(Qt.Key.Key_L, CTRL)
    assert "当前不在" in start.texts[0] and start.page.open_button.text() == "打开"
    assert start.page.vault.text() == "/half/ty" and start.vaults.hasFocus()
    start.desk.press(Qt.Key.Key_L, CTRL)


def test_the_keyboard_reaches_everything_in_order(known: Path, start: Start) -> None:
    page, seen = start.page, []
    start.vaults.setFocus()
    for _ in range(12):
        seen.append(start.desk.at())
        start.desk.press(Qt.Key.Key_Tab)
    wanted = (page.vault, page.open_button, page.stick_button, page.new_button, page.bundle_button)
    places = [seen.index(widget) for widget in (start.vaults, *wanted)]
    assert places == sorted(places)
    assert page.demo_button in seen


def test_the_other_pages_come_back_here_while_there_is_no_vault(start: Start) -> None:
    for way in (start.page.new_button, start.page.demo_button):
        way.click()
        page = start.window.pages.currentWidget()
        assert isinstance(page, NewVaultPage | DemoPage)
        page.back_button.click()
        assert start.shown
