"""Data out of the window: format, shape and receiver are asked for, warned of, and written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.ui.export_acts import FORMATS, ExportStrip
from tests.commandline import remembered_keys
from tests.gui.shell_driver import Desk, make_vault, one_desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def at(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    with remembered_keys():
        yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("export") / "ward.mda5"))


@pytest.fixture
def desk(qtbot: QtBot, at: Callable[[QtBot], Desk]) -> Desk:
    desk = at(qtbot)
    desk.work.show_matrix()
    desk.window.banner.clear()
    return desk


def asked(desk: Desk) -> ExportStrip:
    """The strip, with a form of a new participant on screen."""
    desk.vitals(desk.session.enrol().identity)
    desk.window.commands.actions["export"].trigger()
    strip = desk.work.strip
    assert isinstance(strip, ExportStrip)
    return strip


def chosen(strip: ExportStrip, kind: str) -> None:
    strip.format.setCurrentIndex(FORMATS.index(kind))


def test_the_name_follows_the_choice(desk: Desk) -> None:
    strip = asked(desk)
    assert Path(strip.file.text()).name == "nct04966884-01-forms-csv.zip"
    assert not strip.how.isVisible(), "no other PC is known: there is nobody to choose"
    strip.shape.setCurrentIndex(1)
    assert Path(strip.file.text()).name == "nct04966884-01-sdtm-csv.zip"
    chosen(strip, "xlsx")
    assert Path(strip.file.text()).name == "nct04966884-01-sdtm-xlsx.xlsx"
    chosen(strip, "odm-transactional")
    assert Path(strip.file.text()).name == "nct04966884-01-odm-transactional.xml"
    chosen(strip, "odm-archive")
    assert Path(strip.file.text()).name == "nct04966884-01-odm-archive.xml" and not strip.shape.isVisible()
    strip.file.setText("mine.xml")
    chosen(strip, "csv")
    assert strip.file.text() == "mine.zip" and strip.shape.isVisible()
    assert "clear" in strip.warning.text()
    names = {box.accessibleName() for box in (strip.format, strip.shape, strip.whose)}
    assert len(names) == 3 and all(names)
    desk.press(Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    "kind,name", [("csv", "mine.zip"), ("odm", "mine.xml"), ("odm-transactional", "changes.xml")]
)
def test_it_is_written_and_recorded(desk: Desk, tmp_path: Path, kind: str, name: str) -> None:
    strip = asked(desk)
    strip.whose.setCurrentIndex(1)
    chosen(strip, kind)
    strip.file.setText(str(tmp_path / name))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: name in desk.window.banner.words, timeout=20_000)
    assert "clear" in desk.window.banner.words and [one.name for one in tmp_path.iterdir()] == [name]
    if kind == "csv":
        assert "mine/data/vs.csv" in zipfile.ZipFile(tmp_path / name).namelist()
    if kind == "odm-transactional":
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert 'FileType="Transactional"' in written and 'TransactionType="Insert"' in written
    told = list(desk.session.vault.journal.records(kinds=("export",)))[-1].data
    assert told["file"] == name and told["participants"] == 1


def test_what_stands_there_is_not_replaced(desk: Desk, tmp_path: Path) -> None:
    strip = asked(desk)
    (tmp_path / "old.zip").write_bytes(b"old")
    strip.file.setText(str(tmp_path / "old.zip"))
    desk.press(Qt.Key.Key_Return)
    assert "there already" in strip.complaint and (tmp_path / "old.zip").read_bytes() == b"old"
    desk.press(Qt.Key.Key_Escape)
