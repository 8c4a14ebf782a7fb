"""A new vault for a study from elsewhere: what was read is shown before anything is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.text import Language
from mda5_crf.ui.language import set_language
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.new_vault_page import NewVaultPage
from tests.gui.shell_driver import PASSWORD, Desk, at_desk, prepared, put_away, settle

ODM = Path(__file__).parents[1] / "data" / "odm"
SMALL = ODM / "cdisc-odm20-race-checkall.xml"
MINI = ODM.parent / "definitions" / "mini"


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Iterator[Desk]:
    prepared(qapp)
    window = MainWindow("")
    yield at_desk(qtbot, window)
    put_away(window)


def page_of(desk: Desk, folder: Path) -> NewVaultPage:
    desk.window._show_new_vault()
    page = desk.window.pages.currentWidget()
    assert isinstance(page, NewVaultPage)
    page.vault.setText(str(folder))
    for line, text in (
        (page.site, "01"), (page.name, "Ward 9"), (page.user, "li"), (page.person, "Li Na"),
        (page.password, PASSWORD), (page.again, PASSWORD),
    ):  # fmt: skip
        line.setText(text)
    return page


def named(desk: Desk, page: NewVaultPage, place: Path) -> str:
    """Another study is wanted, and named; returns what then stands on the page."""
    page.study.setCurrentIndex(1)
    page.place.setText(str(place))
    page.place.editingFinished.emit()
    desk.qtbot.waitUntil(lambda: page._reading is None, timeout=20_000)
    return page.report.toPlainText()


def test_the_lines_of_another_study_stand_there_only_for_one(desk: Desk, tmp_path: Path) -> None:
    page = page_of(desk, tmp_path / "new.mda5")
    lines = (page.place, page.folder_button, page.report)
    assert not any(one.isVisible() for one in lines) and page.missing() is None
    page.study.setCurrentIndex(1)
    assert all(one.isVisible() and one.accessibleName() for one in lines)
    assert page.missing() is not None and "ODM" in page.report.toPlainText()
    page.study.setCurrentIndex(0)
    assert not any(one.isVisible() for one in lines) and page.missing() is None


def test_what_was_read_is_shown_and_then_the_vault_is_of_that_study(desk: Desk, tmp_path: Path) -> None:
    page = page_of(desk, tmp_path / "new.mda5")
    said = named(desk, page, SMALL)
    assert "1 visits, 1 forms, 6 items" in said and page.report.isReadOnly()
    set_language("zh")
    settle()
    page.retranslate()
    assert "1 次访视、1 张表单、6 个条目" in page.report.toPlainText()
    set_language("en")
    assert page.found is not None and page.found.study is not None
    wanted = page.found.study.hash
    assert not (tmp_path / "new.mda5").exists(), "nothing is made by looking"
    page.create_button.click()
    desk.qtbot.waitUntil(desk.answered, timeout=20_000)
    assert desk.session.study.hash == wanted


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_no_study_is_said_and_makes_no_vault(desk: Desk, tmp_path: Path, language: Language) -> None:
    set_language(language)
    page = page_of(desk, tmp_path / "new.mda5")
    (tmp_path / "note.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "note.csv", tmp_path / "empty", tmp_path / "gone.xml"):
        said = named(desk, page, place)
        assert place.name in said and said in desk.window.banner.words
        page.create_button.click()
        desk.qtbot.waitUntil(lambda: page._reading is None, timeout=20_000)
        assert page.found is None and not (tmp_path / "new.mda5").exists()
    set_language("en")


def test_a_definition_with_problems_makes_no_vault(desk: Desk, tmp_path: Path) -> None:
    page = page_of(desk, tmp_path / "new.mda5")
    (tmp_path / "study.toml").write_text('oid = "X"\n', encoding="utf-8")
    said = named(desk, page, tmp_path)
    assert "study.toml" in said and "no vault can be made" in said.splitlines()[-1]
    page.create_button.click()
    assert "no vault can be made" in desk.window.banner.words and page.report.hasFocus()
    assert not (tmp_path / "new.mda5").exists()


def test_a_folder_is_read_and_another_name_forgets_it(desk: Desk, tmp_path: Path) -> None:
    page = page_of(desk, tmp_path / "new.mda5")
    assert "mini" in named(desk, page, MINI) and page.found is not None
    page.place.setText(str(SMALL))
    assert page.found is None and "mini" not in page.report.toPlainText()
    page.create_button.click()  # before it was read: read now, looked at, and pressed again
    assert "Look at what was read" in desk.window.banner.words
    desk.qtbot.waitUntil(lambda: page._reading is None, timeout=20_000)
    assert page.found is not None and not (tmp_path / "new.mda5").exists()


def test_what_is_named_while_another_is_read_is_read_after_it(desk: Desk, tmp_path: Path) -> None:
    page = page_of(desk, tmp_path / "new.mda5")
    page.study.setCurrentIndex(1)
    page.place.setText(str(tmp_path / "gone.xml"))
    page.place.editingFinished.emit()
    page.place.setText(str(MINI))
    desk.qtbot.waitUntil(lambda: page.found is not None, timeout=20_000)
    assert "mini" in page.report.toPlainText() and not desk.window.banner.words
