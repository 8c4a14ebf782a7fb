"""The keyboard card saves itself as a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.ui.actions import TABLE
from mda5_crf.ui.key_card import KeyCard
from mda5_crf.ui.language import set_language
from tests.gui.shell_driver import prepared, settle
from tests.pdftext import solid, text_of


@pytest.fixture
def card(qtbot: QtBot, qapp: QApplication) -> Iterator[KeyCard]:
    prepared(qapp)
    parent = QWidget()
    qtbot.addWidget(parent)
    made = KeyCard(parent)
    yield made
    made.close()
    settle()
    set_language("en")


def answer(monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (file, ""))


def test_the_pdf_is_in_the_language_of_the_window(
    card: KeyCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "键 keys.pdf"
    answer(monkeypatch, str(file))
    set_language("zh")
    card.pdf.click()
    (text,) = text_of(file.read_bytes())
    assert all(solid(c.title.zh) in text for c in TABLE if c.keys)
    assert file.name in card._said.text() and "已写入" in card._said.text()


def test_no_file_chosen_writes_nothing(
    card: KeyCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "")
    card.pdf.click()
    assert card._said.text() == ""


def test_a_folder_that_refuses_is_said(
    card: KeyCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, str(tmp_path / "no" / "k.pdf"))
    card.pdf.click()
    assert "could not be written" in card._said.text()
    set_language("zh")
    assert "无法写入" in card._said.text()
