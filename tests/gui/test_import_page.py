"""Data of another system in the window: choose, look, accept; or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.services.session import Session
from mda5_crf.ui.import_page import ImportPage
from tests.strangers import FILES, stranger

FILE = FILES / "redcap-repeating-instruments.xml"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with stranger(FILE, tmp_path) as opened:
        yield opened


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> Iterator[ImportPage]:
    window = QWidget()
    qtbot.addWidget(window)
    made = ImportPage(window, session)
    window.resize(1000, 700)
    made.resize(1000, 700)
    window.show()
    yield made
    window.close()


def texts(page: ImportPage) -> str:
    items = [page.words.topLevelItem(at) for at in range(page.words.topLevelItemCount())]
    return "\n".join(item.text(0) for item in items if item is not None)


def ready(page: ImportPage) -> bool:
    return page.isEnabled()


def test_looking_writes_nothing_and_accepting_does(qtbot: QtBot, page: ImportPage, session: Session) -> None:
    heads = session.vault.journal.heads()
    assert not page.accept.isEnabled()
    page.take(FILE)
    assert not page.isEnabled()
    assert not page.leave()
    qtbot.waitUntil(lambda: ready(page), timeout=20_000)
    assert session.vault.journal.heads() == heads
    assert "26 new" in texts(page)
    assert page.passed.topLevelItemCount() == 8
    assert page.accept.isEnabled()
    with qtbot.waitSignal(page.changed, timeout=20_000):
        page.accept.click()
    assert len(session.subjects()) == 2
    assert not page.accept.isEnabled()
    page.take(FILE)
    qtbot.waitUntil(lambda: ready(page), timeout=20_000)
    assert "taken on" in texts(page)
    assert not page.accept.isEnabled()


def test_a_file_that_is_none_is_refused_in_words(
    qtbot: QtBot, page: ImportPage, session: Session, tmp_path: Path
) -> None:
    odd = tmp_path / "letter.xml"
    odd.write_text("Dear all, this is no ODM.", "utf-8")
    page.take(odd)
    qtbot.waitUntil(lambda: ready(page), timeout=20_000)
    assert page.notice.text()
    assert not page.accept.isEnabled()
    assert session.subjects() == ()
