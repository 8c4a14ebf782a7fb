"""The page on a real encrypted vault: what is typed is there after closing and opening again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session, create
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.icons import Glyph
from tests.gui.form_driver import MINI

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]


def opened(qtbot: QtBot, session: Session, key: ItemKey) -> FormPage:
    page = FormPage(session, session.entry(key))
    page.resize(883, 500)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.open_page()
    return page


def closed(page: FormPage) -> None:
    page.close()
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def type_in(text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)
    QTest.keyClick(widget, Qt.Key.Key_Return)


def test_typed_answers_are_durable(qtbot: QtBot, tmp_path: Path) -> None:
    password = "correct horse battery"
    folder = tmp_path / "病房 3.mda5"
    session = create(
        folder, site="01", name="Ward 3", login="li", person="Li", role="investigator", password=password,
        definition_dir=MINI,
    )  # fmt: skip
    subject = session.enrol().identity
    key = ItemKey(subject, "BL", "", "VS")
    page = opened(qtbot, session, key)
    type_in("y")
    item = key._replace(group="MAIN", item="PULSE_VSORRES")
    assert page.go_to(item)
    type_in("140")
    assert page.go_to(item) and page.confirm()
    assert page.fields[item].marking.glyph is Glyph.CONFIRMED
    assert "Li" in page.fields[item].words(page.fields[item].marking.words)
    closed(page)
    session.close()

    again = Session.open(folder, "li", password)
    page = opened(qtbot, again, key)
    assert page.fields[item].input.entered().text == "140"
    assert page.fields[item].marking.glyph is Glyph.CONFIRMED
    assert page.uncommitted == ()
    closed(page)
    again.close()
