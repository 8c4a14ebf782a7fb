"""Commands, menus, and everything before the matrix: log-in, new vault, demonstration."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from mda5_crf.settings import load_settings
from mda5_crf.text import LANGUAGES, Language
from mda5_crf.ui.actions import ALWAYS, MENUS, TABLE, Scope
from mda5_crf.ui.demo_page import DemoPage
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.key_card import KeyCard, keys_of
from mda5_crf.ui.language import language, set_language
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.new_vault_page import NewVaultPage
from mda5_crf.ui.plain_form import PlainForm
from mda5_crf.ui.work_acts import OF_FORM
from tests.gui.shell_driver import (
    CTRL,
    LOGIN,
    PASSWORD,
    Desk,
    at_desk,
    make_vault,
    prepared,
    put_away,
    settle,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_vault(tmp_path_factory.mktemp("start") / "ward.mda5")


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, vault: Path) -> Iterator[Desk]:
    prepared(qapp)
    window = MainWindow(str(vault))
    yield at_desk(qtbot, window)
    put_away(window)


# -- the table -------------------------------------------------------------------------------------------


def test_no_shortcut_is_used_twice() -> None:
    keys = [QKeySequence(k).toString() or k for c in TABLE if c.scope is not Scope.FIELD for k in c.keys]
    assert len(keys) == len(set(keys))
    inside = {
        QKeySequence(k).toString() for c in TABLE if c.scope is Scope.FIELD for k in c.keys if "…" not in k
    }
    assert not inside & set(keys), "a key of the inputs is also a command of the window"


def test_no_shortcut_is_a_single_letter() -> None:
    for command in TABLE:
        if command.scope is not Scope.FIELD:
            assert all("+" in k or (k[0] == "F" and k[1:].isdigit()) for k in command.keys), command.name


def test_every_command_has_a_place_and_a_name_in_both_languages() -> None:
    for command in TABLE:
        assert command.scope is Scope.FIELD or command.menu in MENUS, command.name
        assert all(command.title.in_(lang) for lang in LANGUAGES)


def test_every_command_of_the_form_is_a_method_of_the_page() -> None:
    of_form = {c.name for c in TABLE if c.scope is Scope.FORM}
    assert of_form == set(OF_FORM)
    assert all(callable(getattr(FormPage, method)) for method in OF_FORM.values())


def test_menus_hold_every_command_once(desk: Desk) -> None:
    named = [a.objectName() for menu in desk.window.commands.menus.values() for a in menu.actions()]
    assert named == [c.name for m in MENUS for c in TABLE if c.menu == m]
    mnemonics = [m.title().partition("&")[2][:1].upper() for m in desk.window.commands.menus.values()]
    assert len(set(mnemonics)) == len(MENUS)


def test_before_the_log_in_only_what_needs_no_vault_can_be_done(desk: Desk) -> None:
    allowed = {name for name, action in desk.window.commands.actions.items() if action.isEnabled()}
    assert allowed == set(ALWAYS)


def cell(card: KeyCard, row: int, column: int) -> str:
    item = card.table.item(row, column)
    assert item is not None
    return item.text()


def test_the_key_card_equals_the_table(desk: Desk) -> None:
    desk.press(Qt.Key.Key_F1, CTRL)
    card = desk.window.findChild(KeyCard)
    assert card is not None
    rows = [(cell(card, r, 0), cell(card, r, 1)) for r in range(card.table.rowCount())]
    assert rows == [(keys_of(c), c.title.en) for c in TABLE if c.keys]
    set_language("zh")
    assert cell(card, 0, 1) == TABLE[0].title.zh
    card.close()
    settle()


# -- start -----------------------------------------------------------------------------------------------


FIRST_WINDOW = """
import sys
from mda5_crf.ui.start import make_application, prepare
from mda5_crf.ui.main_window import MainWindow
app = make_application()
prepare(app, "zh", 100)
window = MainWindow("")
window.first_painted.connect(app.quit)
window.show()
app.exec()
print([name for name in sys.argv[1:] if name in sys.modules])
"""
HEAVY = (
    "sqlalchemy sqlcipher3 cryptography reportlab pyrage concurrent.futures mda5_crf.study mda5_crf.services"
    " mda5_crf.db mda5_crf.pdf mda5_crf.jobs mda5_crf.sync"
).split()


def test_nothing_heavy_is_imported_for_the_first_window() -> None:
    words = [sys.executable, "-c", FIRST_WINDOW, *HEAVY]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_first_paint_is_told_once(qtbot: QtBot, qapp: QApplication) -> None:
    window = MainWindow("")
    with qtbot.waitSignal(window.first_painted, timeout=5000):
        window.show()
    again: list[int] = []
    window.first_painted.connect(lambda: again.append(1))
    window.repaint()
    settle()
    assert not again
    put_away(window)


# -- log-in ----------------------------------------------------------------------------------------------


def test_a_wrong_password_is_one_sentence_and_everything_stays(desk: Desk, vault: Path) -> None:
    desk.log_in("not-the-password-at-all")
    assert desk.window.work is None
    assert desk.window.banner.words.strip()
    login = desk.window.login
    assert (login.vault.text(), login.user.text(), login.password.text()) == (
        str(vault), LOGIN, "not-the-password-at-all",
    )  # fmt: skip
    assert login.password.hasFocus() and login.password.hasSelectedText()
    assert login.open_button.isEnabled()


def test_a_folder_that_is_no_vault_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    desk.window.login.vault.setText(str(tmp_path / "nothing"))
    desk.log_in()
    assert desk.window.work is None and desk.window.banner.words


def test_an_empty_field_is_named_and_gets_the_keyboard(desk: Desk) -> None:
    desk.window.login.user.clear()
    desk.window.login.password.setFocus()
    desk.press(Qt.Key.Key_Return)
    assert "Log-in id" in desk.window.banner.words
    assert desk.window.login.user.hasFocus()


def test_the_right_password_opens_the_matrix_and_is_forgotten(desk: Desk, vault: Path) -> None:
    desk.log_in()
    assert desk.work.centre.currentWidget() is desk.work.matrix
    assert desk.window.login.password.text() == ""
    assert load_settings().last_vault == str(vault)
    assert "Ward 3" in desk.window.windowTitle()
    desk.window.run("log_out")
    settle()
    assert desk.window.work is None
    assert desk.window.login.isVisible()
    assert desk.window.windowTitle() == "MDA5-CRF"


def test_the_language_changes_at_once_and_is_remembered(desk: Desk) -> None:
    desk.window.login.user.setText("wa")
    desk.press(Qt.Key.Key_L, CTRL)
    assert language() == "zh" and load_settings().language == "zh"
    assert desk.window.login.open_button.text() == "打开"
    assert desk.window.login.user.text() == "wa"
    desk.window.login.user.clear()
    desk.window.login.open()
    assert "登录名" in desk.window.banner.words
    desk.press(Qt.Key.Key_L, CTRL)
    assert "Log-in id" in desk.window.banner.words, "a sentence on screen follows the language"


def test_the_text_size_steps_and_is_remembered(desk: Desk, qapp: QApplication) -> None:
    normal = qapp.font().pointSizeF()
    desk.press(Qt.Key.Key_Plus, CTRL, times=2)
    assert qapp.font().pointSizeF() > normal and load_settings().text_size == 125
    desk.press(Qt.Key.Key_Plus, CTRL, times=9)
    assert load_settings().text_size == 175
    desk.press(Qt.Key.Key_0, CTRL)
    assert qapp.font().pointSizeF() == normal
    desk.press(Qt.Key.Key_Minus, CTRL, times=4)
    assert load_settings().text_size == 90
    desk.press(Qt.Key.Key_0, CTRL)


# -- new vault, demonstration ----------------------------------------------------------------------------


def new_vault_page(desk: Desk, folder: Path, password: str = PASSWORD, again: str = "") -> NewVaultPage:
    """The page, filled in."""
    desk.window.login.new_button.click()
    page = desk.window.pages.currentWidget()
    assert isinstance(page, NewVaultPage)
    page.vault.setText(str(folder))
    for line, text in (
        (page.site, "01"), (page.name, "Ward 9"), (page.user, "li"), (page.person, "Li Na"),
        (page.password, password), (page.again, again or password),
    ):  # fmt: skip
        line.setText(text)
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_founder_who_can_admit_nobody_is_told_so(desk: Desk, tmp_path: Path, language: Language) -> None:
    set_language(language)
    page = new_vault_page(desk, tmp_path / "new.mda5")
    roles = [page.role.itemData(place)[0] for place in range(page.role.count())]
    assert "administrator" in roles
    for place, role in enumerate(roles):
        page.role.setCurrentIndex(place)
        alone = role == "data_entry"
        assert page._words.isVisible() is alone
        assert (("admit nobody" if language == "en" else "不能添加任何人员") in page.words()) is alone
    page.role.setCurrentIndex(roles.index("data_entry"))
    page.suggest()
    assert len(page._words.text().splitlines()) == 2


def test_a_new_vault_needs_the_same_password_twice(desk: Desk, tmp_path: Path) -> None:
    page = new_vault_page(desk, tmp_path / "new.mda5", again="something-else-entirely")
    page.create_button.click()
    assert "differ" in desk.window.banner.words
    assert not (tmp_path / "new.mda5").exists()


def test_a_new_vault_refuses_a_common_password(desk: Desk, tmp_path: Path) -> None:
    page = new_vault_page(desk, tmp_path / "new.mda5", password="password1234")
    page.create_button.click()
    desk.qtbot.waitUntil(lambda: bool(desk.window.banner.words), timeout=20_000)
    assert desk.window.work is None
    assert page.password.text() == "password1234", "what was typed stays"


def test_a_new_vault_with_the_suggested_password_opens(desk: Desk, tmp_path: Path) -> None:
    page = new_vault_page(desk, tmp_path / "新 new.mda5")
    page.suggest_button.click()
    assert page.password.text() == page.again.text() and page.password.text() in page.words()
    page.create_button.click()
    desk.qtbot.waitUntil(desk.answered, timeout=20_000)
    assert desk.session.vault_name == "Ward 9"
    assert page.password.text() == "" and page.words() == ""


def test_a_demonstration_does_not_replace_somebody_elses_folder(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years", encoding="utf-8")
    desk.window.login.demo_button.click()
    page = desk.window.pages.currentWidget()
    assert isinstance(page, DemoPage)
    page.where.setText(str(tmp_path))
    page.make_button.click()
    desk.qtbot.waitUntil(lambda: bool(desk.window.banner.words), timeout=20_000)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "three years"
    page.back_button.click()
    assert desk.window.pages.currentWidget() is desk.window.login


def test_every_input_before_the_log_in_has_a_name_of_its_own(desk: Desk) -> None:
    login = desk.window.login
    for way in (None, login.new_button, login.demo_button):
        if way is not None:
            way.click()
        page = desk.window.pages.currentWidget()
        assert isinstance(page, PlainForm)
        widgets = [
            w
            for kind in (QLineEdit, QPushButton, QComboBox)
            for w in page.findChildren(kind)
            if w.isVisibleTo(page)
        ]
        names = [w.accessibleName() for w in widgets]
        assert all(names)
        assert len(set(names)) == len(names), names
        desk.window.pages.setCurrentWidget(login)
