"""Laboratories' sheets and coding in the window: by keyboard, nothing written before it is taken."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.ui.coding_page import CodingPage
from mda5_crf.ui.labs_page import LabsPage
from mda5_crf.ui.main_window import MainWindow
from tests.gui.shell_driver import Desk, at_desk, prepared, put_away, settle
from tests.scenario import Ward
from tests.wards import built, session_at

DAY = "2026-08-20"


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    prepared(qapp)
    folder = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    window = MainWindow(str(folder))
    with session_at(folder) as session:
        ward = Ward(session).enrol()
        ward.open("W4", "SV").enter_all(SVOCCUR="Y", SVSTDAT=DAY)
        log = ward.open("LOG", "AE").enter("AEYN", "Y")
        for term in ("Fever", "fever", "Rash on both arms"):
            log.new_row("ROWS").enter("AETERM", term)
        window.enter(session)
        window.resize(1093, 614)
        yield at_desk(qtbot, window)
        prepared(qapp)
        put_away(window)


def shown(desk: Desk, command: str) -> object:
    desk.window.run(command)
    settle()
    assert desk.window.work is not None
    return desk.window.work.office.page


def until(desk: Desk, done: Callable[[], bool]) -> None:
    desk.qtbot.waitUntil(done, timeout=20_000)
    settle()


def press(key: Qt.Key, page: LabsPage | CodingPage) -> None:
    QTest.keyClick(page.table, key)
    settle()


def sheet(folder: Path, *rows: str) -> Path:
    file = folder / "lab.csv"
    heads = "参与者编号,姓名,采样时间,标本号,名目,结果,单位,参考范围"
    file.write_bytes("\r\n".join([heads, *rows]).encode("gb18030"))
    return file


def test_a_sheet_is_read_understood_and_taken(desk: Desk, tmp_path: Path) -> None:
    page = shown(desk, "lab_sheet")
    assert isinstance(page, LabsPage) and page.choose.hasFocus() and not page.go.isEnabled()
    page.take(sheet(
        tmp_path, f"01-001,张三,{DAY} 07:40,S1,WBC,5.2,10^9/L,3.5-9.5",
        f"01-001,张三,{DAY},S1,神秘项,12,U/L,",
        f"01-009,李四,{DAY},S2,WBC,5.2,10^9/L,", "01-001,张三,2026-08-22,S3,HGB,112,g/L,",
    ))  # fmt: skip
    until(desk, lambda: page.sheet is not None)
    assert page.role.currentData() == "subject"
    assert page.plan is None and "test" in page.summary.text()  # nobody said which column is the test
    page.column.setCurrentIndex(4)
    page.role.setCurrentIndex(page.role.findData("test"))
    page.role.activated.emit(page.role.currentIndex())
    assert page.plan is not None and "姓名" in page.summary.text()
    fates = [row.cells[1].en for row in page.table.lines.rows]
    assert fates == ["new", "left out", "left out", "left out"]
    # the unknown test: said once
    assert page.test.currentText() == "神秘项"
    page.item.setCurrentIndex(page.item.findData("LBC.ALT_LBORRES"))
    page.item.activated.emit(page.item.currentIndex())
    assert [row.cells[1].en for row in page.table.lines.rows][1] == "new"
    # the visit of a day that fits none
    page.table.selectRow(3)
    settle()
    assert "fits no visit" in page.detail.text()
    page.visit.setCurrentIndex(page.visit.findData("W12"))
    page.visit.activated.emit(page.visit.currentIndex())
    assert [row.cells[1].en for row in page.table.lines.rows][3] == "new"
    # one is not wanted
    page.table.setFocus()
    press(Qt.Key.Key_Space, page)
    assert [row.taken for row in page.table.lines.rows] == [True, True, False, False]
    assert page.go.text() == "Take 2" and not page.everything.isChecked()
    press(Qt.Key.Key_Tab, page)
    page.go.setFocus()
    QTest.keyClick(page.go, Qt.Key.Key_Return)
    settle()
    assert [row.cells[1].en for row in page.table.lines.rows] == ["the same", "the same", "left out", "new"]
    QTest.keyClick(page, Qt.Key.Key_Escape)
    settle()
    assert desk.window.work is not None and desk.window.work.office.page is None


def test_what_differs_waits_for_a_reason(desk: Desk, tmp_path: Path) -> None:
    page = shown(desk, "lab_sheet")
    assert isinstance(page, LabsPage)
    ward = Ward(desk.session, desk.session.subjects()[0].identity)
    ward.open("W4", "LBH").enter_all(LBPERF="Y", LBDAT=DAY, HGB_LBORRES="120 g/L")
    page.take(sheet(tmp_path, f"01-001,张三,{DAY},S1,HGB,112,g/L,").rename(tmp_path / "two.csv"))
    until(desk, lambda: page.sheet is not None)
    page._say_otherwise({"columns": {"名目": "test"}})
    (row,) = page.table.lines.rows
    assert row.cells[1].en == "differs" and not row.taken and page.reason.isHidden()
    assert "120 g/L" in page.detail.text()
    page.everything.click()
    assert page.reason.isVisible() and not page.go.isEnabled()
    page.reason.setText("corrected by the laboratory")
    page.go.click()
    settle()
    assert page.table.lines.rows[0].cells[1].en == "the same"


def test_terms_go_out_and_codes_come_back(desk: Desk, tmp_path: Path) -> None:
    page = shown(desk, "coding")
    assert isinstance(page, CodingPage)
    assert [row.cells[4].en for row in page.table.lines.rows] == ["Fever", "Rash on both arms"]
    page.write_sheet(tmp_path / "terms.csv")
    assert "terms.csv" in page.summary.text()
    page.suggest.click()
    assert "knows none" in page.summary.text()
    text = "TERM,DICTIONARY,PT_CODE,PT_EN,SOC_CODE,SOC_EN,VERSION\r\n"
    text += "FEVER,MEDDRA,10000001,Made up,10000009,Class,27.1\r\n"
    text += "Cough,MEDDRA,10000002,Other,10000009,Class,27.1\r\n"
    (tmp_path / "back.csv").write_text(text, "utf-8")
    page.take(tmp_path / "back.csv")
    until(desk, lambda: page.plan is not None)
    assert [row.cells[1].en for row in page.table.lines.rows] == ["coded", "left out"]
    page.table.selectRow(1)
    assert "No such term" in page.detail.text() and page.go.text() == "Take 1"
    page.go.click()
    settle()
    assert [row.cells[1].en for row in page.table.lines.rows] == ["uncoded", "coded"]
    page.take(tmp_path / "nothing.csv")
    until(desk, page.isEnabled)
    assert "nothing.csv" in page.summary.text()
