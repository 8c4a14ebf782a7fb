"""Recovery sheets and identification list in the window: nothing stays on screen behind anybody's back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea
from pytestqt.qtbot import QtBot

from mda5_crf.services import recovery
from mda5_crf.services.session import Session
from mda5_crf.ui import recovery_sheet
from mda5_crf.ui.identities_page import IdentitiesPage
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.recover_page import RecoverPage
from mda5_crf.ui.recovery_page import ALONE, FINISH, SHEET, STATE, TYPE, RecoveryPage
from mda5_crf.ui.recovery_sheet import draw_sheet, makes_files
from tests.commandline import remembered_keys
from tests.faults.test_identities import PLANTED
from tests.faults.test_recovery import HOLDERS, KEEPER
from tests.vaults import enter, password
from tests.wards import trial, ward_folder

__all__ = ["ward_folder"]

P = TypeVar("P")


@pytest.fixture
def window(qtbot: QtBot, ward_folder: Path) -> Iterator[MainWindow]:
    """The window of an investigator with one participant."""
    with remembered_keys():
        session = Session(enter(ward_folder, "i01"), trial())
        session.enrol()
        made = MainWindow(str(ward_folder))
        qtbot.addWidget(made)
        made.show()
        made.enter(session)
        yield made


def _page(window: MainWindow, command: str, kind: type[P]) -> P:
    assert window.work is not None
    page = window.work.office.open(command)
    assert isinstance(page, kind)
    return page


def _begun(window: MainWindow) -> RecoveryPage:
    page = _page(window, "recovery", RecoveryPage)
    page.make_button.click()
    for line, name in zip(page.holders, HOLDERS, strict=True):
        line.setText(name)
    page.own.setText(password("i01"))
    page.second.login.setText("n07")
    page.second.password.setText(password("n07"))
    page.begin()
    assert page.steps.currentIndex() == ALONE
    return page


def _all_words(window: MainWindow) -> str:
    labels = [label.text() for label in window.findChildren(QLabel)]
    lines = [line.text() for line in window.findChildren(QLineEdit)]
    return " ".join([*labels, *lines, window.windowTitle()])


def test_ceremony_by_keyboard(window: MainWindow) -> None:
    page = _begun(window)
    for turn in range(recovery.SHEETS):
        QTest.keyClick(page.show_button, Qt.Key.Key_Space)
        words = page.view.words
        assert len(words) == recovery.SHEET_WORDS
        assert HOLDERS[turn] in page.words.text()
        QTest.keyClick(page.copied_button, Qt.Key.Key_Space)
        assert page.steps.currentIndex() == TYPE
        assert len(page.view.words) == 0
        page.typed.setPlainText(" ".join(words[:-1]) + " zebra")
        page.compare()
        assert page.steps.currentIndex() == TYPE
        assert "33" in page.complaint.text()
        page.typed.setPlainText(" ".join(word[:4] for word in words))
        page.compare()
    assert page.steps.currentIndex() == FINISH
    page.own_again.setText("not-the-password-12")
    QTest.keyClick(page.own_again, Qt.Key.Key_Return)
    assert page.complaint.isVisibleTo(page)
    page.own_again.setText(password("i01"))
    QTest.keyClick(page.own_again, Qt.Key.Key_Return)
    assert page.steps.currentIndex() == STATE
    assert recovery.state(page.session).stands
    assert page.own_again.text() == page.typed.toPlainText() == ""


def test_words_leave_the_screen(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ceremony is not left by a stray key; another page, the lock or a cancel takes the words away."""
    page = _begun(window)
    page.show_sheet()
    words = tuple(page.view.words)
    drawn = {f"{place:>2}  {word}" for place, word in enumerate(words, start=1)}
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert window.work is not None
    assert window.work.office.page is page
    assert page.complaint.isVisibleTo(page)
    page.hide()
    assert len(page.view.words) == 0
    page.show()
    assert page.steps.currentIndex() == ALONE
    page.show_sheet()
    assert page.view.words == words
    page.stop()
    assert page.ceremony is None
    shown = {label.text() for label in window.findChildren(QLabel)}
    assert not shown & drawn
    page.cancel()
    assert page.steps.currentIndex() == STATE
    assert recovery.state(page.session).number == 0


def test_only_paper_is_printed_on(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Printers that write files are not offered; a sheet is drawn whole, in both languages."""
    for one in ("Microsoft Print to PDF", "Microsoft XPS Document Writer", "Fax", "cups-pdf", "OneNote"):
        assert makes_files(one)
    assert not makes_files("HP LaserJet 400")
    assert not recovery_sheet.print_sheet(_page_of(window), "no such printer")
    page = _begun(window)
    monkeypatch.setattr("mda5_crf.ui.recovery_page.printers", lambda: ("HP LaserJet 400",))
    printed: list[tuple[object, str]] = []

    def note(sheet: object, printer: str) -> bool:
        printed.append((sheet, printer))
        return False

    monkeypatch.setattr("mda5_crf.ui.recovery_page.print_sheet", note)
    page.show_sheet()
    assert page.steps.currentIndex() == SHEET
    page.print_button.click()
    assert [printer for _, printer in printed] == ["HP LaserJet 400"]
    assert page.complaint.isVisibleTo(page)
    assert page.ceremony is not None
    image = QImage(600, 840, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    with QPainter(image) as painter:
        draw_sheet(painter, page.ceremony.sheet(), image.rect().toRectF())
    last = max(y for y in range(840) for x in range(0, 600, 3) if image.pixelColor(x, y).lightness() < 100)
    assert 400 < last < 830
    page.cancel()


def _page_of(window: MainWindow) -> recovery.SheetPage:
    page = _begun(window)
    assert page.ceremony is not None
    sheet = page.ceremony.sheet()
    page.cancel()
    return sheet


@pytest.mark.requirement("PIPL-8")
def test_list_closes_when_the_eyes_leave_it(window: MainWindow) -> None:
    """Opened by the password alone; emptied by leaving, locking, logging out; never in the title."""
    page = _page(window, "identities", IdentitiesPage)
    page.password.setText("not-the-password-12")
    QTest.keyClick(page.password, Qt.Key.Key_Return)
    assert page.opened is None
    assert page.complaint.isVisibleTo(page)
    for close in (page.close_button.click, page.left.emit, page.stop, page.hide):
        page = _page(window, "identities", IdentitiesPage)
        page.show()
        page.password.setText(password("i01"))
        QTest.keyClick(page.password, Qt.Key.Key_Return)
        assert page.opened is not None
        opened = page.opened
        assert page.password.text() == ""
        if not page.lines["name"].text():
            for field in ("name", "hospital", "phone", "idno"):
                page.lines[field].setText(PLANTED[field])
            QTest.keyClick(page.lines["idno"], Qt.Key.Key_Return)
        assert page.lines["initials"].text() == "OYLH"
        assert PLANTED["name"] not in window.windowTitle()
        close()
        assert not opened.is_open
        assert page.table.topLevelItemCount() == 0
        assert not any(text in _all_words(window) for text in PLANTED.values())


def test_list_in_use(window: MainWindow, tmp_path: Path) -> None:
    """Search, a change that asks for its reason, pages on paper, refusals in words."""
    page = _page(window, "identities", IdentitiesPage)
    page.password.setText(password("i01"))
    page.open_list()
    page.lines["name"].setText(PLANTED["name"])
    page.save()
    page.lines["name"].setText("欧阳莉华")
    page.save()
    assert page.lines["reason"].hasFocus()
    page.lines["reason"].setText("misread")
    page.save()
    assert page.opened is not None
    assert page.opened.rows()[0].name == "欧阳莉华"
    page.search.setText("oy")
    assert page.table.topLevelItemCount() == 1
    page.search.setText("zz")
    assert page.table.topLevelItemCount() == 0
    assert not page.save_button.isEnabled()
    page.search.clear()
    page.paper_button.click()
    page.file.setText(str(tmp_path / "no" / "x.pdf"))
    page.print()
    assert page.complaint.isVisibleTo(page)
    page.file.setText(str(tmp_path / "x.pdf"))
    page.print()
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")
    assert not page.printing.isVisibleTo(page)


def test_open_with_sheets(qtbot: QtBot, ward_folder: Path) -> None:
    """From the log-in page into the vault, with what two holders typed; nothing stays on the page."""
    with remembered_keys():
        with Session(enter(ward_folder, "i01"), trial()) as session:
            made = recovery.Ceremony(
                session, HOLDERS, own_password=password("i01"), second=("n07", password("n07"))
            )
            sheets = []
            while made.due <= recovery.SHEETS:
                sheets.append(" ".join(made.sheet().words))
                made.type_back(sheets[-1])
            made.finish(own_password=password("i01"))
        window = MainWindow(str(ward_folder))
        qtbot.addWidget(window)
        window.show()
        window.login.recovery_button.click()
        frame = window.pages.currentWidget()
        assert isinstance(frame, QScrollArea)
        page = frame.widget()
        assert isinstance(page, RecoverPage)
        page.admit()
        assert window.banner.isVisibleTo(window)  # nothing was filled in
        for field, text in zip(page.sheets, (sheets[0], sheets[0]), strict=True):
            field.setPlainText(text)
        for line, text in (
            (page.user, KEEPER.login), (page.person, KEEPER.name), (page.why, KEEPER.reason),
            (page.password, KEEPER.password), (page.again, KEEPER.password + "x"),
        ):  # fmt: skip
            line.setText(text)
        page.admit()
        assert window.focusWidget() is page.again
        page.again.setText(KEEPER.password)
        with qtbot.waitSignal(page.refused, timeout=20_000):
            page.admit()
        page.sheets[1].setPlainText(sheets[2])
        with qtbot.waitSignal(page.opened, timeout=30_000):
            page.admit()
        assert window.work is not None
        assert window.work.session.person.login == KEEPER.login
        assert page.sheets[0].toPlainText() == page.password.text() == ""
