"""F1: guidance of an item first, then the guide's chapter of the page; read and searched by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from mda5_crf.guides import shelf
from mda5_crf.services.session import Session
from mda5_crf.text import Language
from mda5_crf.ui import help_page
from mda5_crf.ui.guide_html import SCHEME, as_html
from mda5_crf.ui.help_page import GuideText, HelpPage
from mda5_crf.ui.language import set_language
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.office import PAGES
from mda5_crf.ui.theme import em, set_text_size
from tests.gui import measuring
from tests.gui.shell_driver import (
    ALT,
    CTRL,
    LOGIN,
    PASSWORD,
    SHIFT,
    Desk,
    at_desk,
    make_vault,
    one_desk,
    prepared,
    put_away,
    settle,
)
from tests.pdftext import text_of

F1 = Qt.Key.Key_F1
BESIDE = ("queries", "people")
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def made(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("help") / "ward.mda5"), BESIDE)


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, made: Callable[[QtBot], Desk]) -> Iterator[Desk]:
    desk = made(qtbot)
    desk.work.show_matrix()
    settle()
    yield desk
    shut(desk.window)
    prepared(qapp)
    set_text_size(qapp, 100)
    desk.work.show_matrix()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> HelpPage:
    """The guides over the matrix."""
    desk.press(F1, SHIFT)
    return shown(desk)


def shown(desk: Desk) -> HelpPage:
    found = desk.window.helping.page
    assert found is not None and found.isVisible()
    found.activateWindow()
    desk.qtbot.waitUntil(found.isActiveWindow)
    return found


def shut(window: MainWindow) -> None:
    """Away with it, so that the next test finds none."""
    found, window.helping.page = window.helping.page, None
    if found is not None:
        found.close()
        found.deleteLater()
    settle()


def back_at_work(desk: Desk) -> None:
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)


# ------------------------------------------------------------------ which chapter


def test_f1_on_the_matrix_shows_its_chapter_and_esc_goes_back(desk: Desk) -> None:
    before = desk.at()
    desk.press(F1)
    assert shown(desk).place == ("clinician", "matrix")
    desk.press(Qt.Key.Key_Escape)
    assert not shown_anywhere(desk)
    back_at_work(desk)
    assert desk.at() is before


def shown_anywhere(desk: Desk) -> bool:
    found = desk.window.helping.page
    return found is not None and found.isVisible()


def test_f1_in_the_work_list_shows_its_chapter(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, CTRL).press(F1)
    assert shown(desk).place == ("clinician", "work_list")


@pytest.mark.parametrize("tongue,words", [("en", "Enter a visit"), ("zh", "录入一次访视")])
def test_f1_on_an_item_is_its_guidance_and_f1_again_the_guide(
    desk: Desk, tongue: Language, words: str
) -> None:
    set_language(tongue)
    desk.vitals(desk.session.enrol().identity)
    desk.enter("PULSE_VSORRES", "7")
    desk.press(F1)
    assert desk.work.side.isVisible() and not shown_anywhere(desk)
    desk.press(F1)
    page = shown(desk)
    assert page.place == ("clinician", "form")
    item = page.contents.currentItem()
    assert item is not None and words in item.text() and words in page.text.toPlainText()
    desk.press(Qt.Key.Key_Escape)
    back_at_work(desk)
    assert desk.stored("PULSE_VSORRES") == "7"


def test_shift_f1_is_the_guide_at_once_and_leaves_what_is_half_typed(desk: Desk) -> None:
    desk.vitals(desk.session.enrol().identity)
    desk.page.go_to(desk.key(desk.page.entry.key.subject, "SCR", "VS", "PULSE_VSORRES"))
    desk.type("8").press(F1, SHIFT)
    assert shown(desk).place == ("clinician", "form")
    desk.press(Qt.Key.Key_Escape)
    back_at_work(desk)
    desk.type("8").press(Qt.Key.Key_Return)
    assert desk.stored("PULSE_VSORRES") == "88"


def test_second_entry_has_its_own_chapter(desk: Desk) -> None:
    desk.vitals(desk.session.enrol().identity)
    desk.window.run("second_entry")
    settle()
    assert desk.window.helping.here() == ("second_entry" if desk.page.entry.blind else "form")


@pytest.mark.parametrize("command", BESIDE)
def test_f1_on_a_page_beside_the_forms_shows_its_chapter(desk: Desk, command: str) -> None:
    assert command in PAGES
    desk.window.run(command)
    settle()
    desk.press(F1)
    page = shown(desk)
    assert page.place[1] in (command, "query")
    assert page.text.verticalScrollBar().value() > 0


# ------------------------------------------------------------------ reading


def test_everything_is_reached_by_tab(desk: Desk, page: HelpPage) -> None:
    seen = []
    for _ in range(8):
        seen.append(desk.at())
        desk.press(Qt.Key.Key_Tab)
    wanted = {page.choice, page.search, page.back_button, page.contents, page.text, page.pdf}
    if not page.back_button.isEnabled():
        wanted.discard(page.back_button)
    assert wanted <= set(seen)


def test_arrows_in_the_contents_scroll_enter_reads_and_back_returns(desk: Desk, page: HelpPage) -> None:
    page.contents.setFocus()
    desk.press(Qt.Key.Key_End)
    assert page.place[1] == page.guide("clinician").headings[-1].anchor
    far = page.text.verticalScrollBar().value()
    assert far > 0 and not page.back_button.isEnabled()
    desk.press(Qt.Key.Key_Home).press(Qt.Key.Key_Return)
    assert desk.at() is page.text and page.text.verticalScrollBar().value() < em(page) * 2
    desk.press(Qt.Key.Key_B, ALT)
    desk.qtbot.waitUntil(lambda: page.place == ("clinician", "matrix"))
    assert not page.back_button.isEnabled()


def test_another_guide_is_chosen_and_the_own_ones_stand_first(desk: Desk, page: HelpPage) -> None:
    assert page.choice.itemData(0) == "clinician"
    page.choice.setFocus()
    desk.press(Qt.Key.Key_Down)
    page._chosen()
    assert page.place == ("quick-card", "quick-card")
    desk.press(Qt.Key.Key_B, ALT)
    desk.qtbot.waitUntil(lambda: page.place == ("clinician", "matrix"))


def test_search_finds_in_all_guides_marks_and_is_put_away_by_esc(desk: Desk, page: HelpPage) -> None:
    whole = page.contents.count()
    desk.press(Qt.Key.Key_S, ALT)
    assert desk.at() is page.search
    desk.type("ferritin")
    texts = [page.contents.item(row).text() for row in range(page.contents.count())]
    assert "Ferritin" in texts and str(len(texts)) in page._said.text()
    assert page.text.extraSelections()
    desk.type(" zzzz")
    assert page.contents.count() == 0 and "0" in page._said.text()
    desk.press(Qt.Key.Key_Return)
    assert page.place == ("clinician", "matrix")
    desk.press(Qt.Key.Key_Escape)
    assert page.isVisible() and page.contents.count() == whole and not page.text.extraSelections()
    desk.type("mailbag").press(Qt.Key.Key_Return)
    assert page.place[0] == "coordinator" and desk.at() is page.text
    desk.press(Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_the_language_changes_and_the_chapter_stays(page: HelpPage) -> None:
    page.go(("clinician", "sign"))
    set_language("zh")
    assert page.place == ("clinician", "sign")
    assert page.windowTitle() == "使用指南" and "签名" in page.text.toPlainText()
    item = page.contents.currentItem()
    assert item is not None and item.text() == "签名"


@pytest.mark.parametrize("tongue,size", [("en", 150), ("zh", 100)])
def test_nothing_is_cut_and_all_have_names(
    qapp: QApplication, page: HelpPage, tongue: Language, size: int
) -> None:
    set_text_size(qapp, size)
    set_language(tongue)
    settle()
    assert measuring.measure(page) == []


def test_the_guide_is_saved_as_pdf_in_the_language_of_the_window(
    page: HelpPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_language("zh")
    page.go(("quick-card", "quick-card"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "卡.pdf"), ""))
    page.pdf.click()
    assert "速查卡" in text_of((tmp_path / "卡.pdf").read_bytes())[0]
    assert "已写入" in page._said.text()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "k.pdf"), ""))
    page.pdf.click()
    assert "卡.pdf" not in page._said.text()
    set_language("en")
    assert "k.pdf" in page._said.text()


# ------------------------------------------------------------------ nothing acts


def test_no_word_of_a_guide_is_markup_and_nothing_is_fetched(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.png"
    QImage(2, 2, QImage.Format.Format_RGB32).save(str(secret))
    (tmp_path / "clinician.en.md").write_text(
        f'# T {{#t}}\n\n<img src="file://{secret}"> <b>bold</b> <a href="https://example.org">x</a>\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(shelf, "folder", lambda: tmp_path)
    prepared(qapp)
    page = HelpPage(None)  # type: ignore[arg-type]  # without a window beside
    qtbot.addWidget(page)
    page.open_at(("clinician", "t"), ())
    assert f'<img src="file://{secret}"> <b>bold</b>' in page.text.toPlainText().replace("\xa0", " ")
    assert "￼" not in page.text.toPlainText()


def test_the_browser_knows_its_pictures_and_nothing_else(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "p.png"
    QImage(2, 3, QImage.Format.Format_RGB32).save(str(file))
    text = GuideText(None)  # type: ignore[arg-type]
    qtbot.addWidget(text)
    text.pictures = {"p.png": file}
    image = QTextDocument.ResourceType.ImageResource.value
    found = text.loadResource(image, QUrl(SCHEME + "p.png"))
    assert isinstance(found, QImage) and found.height() == 3
    for address in (f"file://{file}", str(file), "https://example.org/p.png", "p2.png", f"{SCHEME}../p.png"):
        assert not isinstance(text.loadResource(image, QUrl(address)), QImage), address
    assert not isinstance(
        text.loadResource(QTextDocument.ResourceType.HtmlResource.value, QUrl("p.png")), QImage
    )


def test_pictures_are_shown_where_they_are(
    tmp_path: Path, page: HelpPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = page.guide("clinician")
    name = shelf.picture_name(guide.pictures[0], "en")
    QImage(100, 50, QImage.Format.Format_RGB32).save(str(tmp_path / name))
    assert as_html(guide, [name], width=300, tinted=True).count("<img") == 1
    monkeypatch.setattr(help_page, "with_pictures", lambda _guide: {name: tmp_path / name})
    page.rescale()
    assert page.text.toHtml().count("<img") == 1


# ------------------------------------------------------------------ last: a lock closes all other windows


def test_before_the_log_in_and_while_locked(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    prepared(qapp)
    window = MainWindow(str(make_vault(tmp_path / "ward.mda5")))
    try:
        desk = at_desk(qtbot, window)
        desk.press(F1)
        assert shown(desk).place == ("clinician", "login")
        desk.press(Qt.Key.Key_Escape)
        window.doors.show_start()
        settle()
        assert window.helping.here() == "start"
        for open_page, row in (
            (window.doors.show_recovery, "recover"),
            (window.doors.show_join, "join"),
            (window.doors.show_restore, "restore"),
        ):
            open_page()
            settle()
            assert window.helping.here() == row
        window.enter(Session.open(tmp_path / "ward.mda5", LOGIN, PASSWORD))
        window.run("guides")
        assert shown(desk).place == ("clinician", "matrix")
        window.lock("lock")
        settle()
        assert not shown_anywhere(desk)
        back_at_work(desk)
        desk.press(F1)
        assert shown(desk).place == ("clinician", "lock")
    finally:
        shut(window)
        put_away(window)
