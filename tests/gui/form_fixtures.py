"""Fixtures of the form tests, offered by ``conftest.py``; ``english`` by mark, where a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.services.entry import EntrySession
from mda5_crf.ui import language, theme
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_page import FormPage
from tests.gui.form_driver import MemoryWard, key_of
from tests.looks import dress

Open = Callable[[MemoryWard, str, str], "OpenPage"]


class OpenPage:
    """A form page in the hands of a user."""

    def __init__(self, ward: MemoryWard, page: FormPage, entry: EntrySession) -> None:
        self.ward = ward
        self.page = page
        self.entry = entry

    def field(self, item: str, row: str = "") -> Field:
        return self.page.fields[key_of(self.entry, item, row)]

    def focus(self, item: str, row: str = "") -> Field:
        assert self.page.go_to(key_of(self.entry, item, row))
        return self.field(item, row)

    def at(self) -> str:
        """The item that has the keyboard, "" for none."""
        return next((f.item.name for f in self.page.fields.values() if f.has_focus()), "")

    def type(self, text: str) -> OpenPage:
        """Type into the focused widget; ASCII by key, the rest as an input method would insert it."""
        widget = QApplication.focusWidget()
        assert widget is not None
        if text.isascii():
            QTest.keyClicks(widget, text)
        else:
            insert = getattr(widget, "insert", None) or widget.insertPlainText  # type: ignore[attr-defined]
            insert(text)
        return self

    def press(self, *keys: Qt.Key, shift: bool = False) -> OpenPage:
        for key in keys:
            widget = QApplication.focusWidget()
            assert widget is not None
            modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
            QTest.keyClick(widget, key, modifier)
        return self

    def enter(self, item: str, text: str, row: str = "") -> OpenPage:
        """Go to ``item``, type ``text`` over what is there, press Enter."""
        field = self.focus(item, row)
        select = getattr(field.input, "selectAll", None)
        if select is not None:
            select()
        return self.type(text).press(Qt.Key.Key_Return)

    def words(self, item: str, row: str = "") -> str:
        """What is said of an item now."""
        field = self.field(item, row)
        return field.words(field.marking.words)

    def shown(self, item: str) -> bool:
        field = self.field(item)
        assert isinstance(field.input, QWidget)
        visible = field.input.isVisibleTo(self.page)
        assert visible == field.shown
        return field.shown


@pytest.fixture
def english(qapp: QApplication) -> Iterator[None]:
    dress(qapp)
    language.set_language("en")
    yield
    language.set_language("en")
    theme.set_text_size(qapp, 100)


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[Open]:
    pages: list[FormPage] = []

    def make(ward: MemoryWard, event: str, form: str) -> OpenPage:
        entry = ward.entry(event, form)
        page = FormPage(ward, entry)  # type: ignore[arg-type]
        pages.append(page)
        page.resize(883, 500)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        page.open_page()
        return OpenPage(ward, page, entry)

    yield make
    for page in pages:
        page.close()
        page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
