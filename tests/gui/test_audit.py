"""The audit trail in the window: one key, filters, a long list in steps, a place, an export, a review."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from mda5_crf.services import auditcsv
from mda5_crf.services.session import Session
from mda5_crf.ui.actions import by_name
from mda5_crf.ui.audit_model import TIME, told
from mda5_crf.ui.audit_page import AuditPage
from mda5_crf.ui.audit_strips import ExportStrip, ReviewStrip
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.side_panel import HISTORY
from tests.gui.shell_driver import CTRL, SHIFT
from tests.gui.sign_desk import SignDesk, desk, entered, folder
from tests.signward import eligible, vitals

__all__ = ["desk", "entered", "folder"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def opened(desk: SignDesk) -> AuditPage:
    desk.press(Qt.Key.Key_A, CTRL | SHIFT)
    page = desk.work.office.page
    assert isinstance(page, AuditPage)
    return settled(desk, page)


def settled(desk: SignDesk, page: AuditPage) -> AuditPage:
    desk.qtbot.waitUntil(lambda: not page.model.reading and not page.filters._rest.isActive(), timeout=5000)
    return page


def choose(desk: SignDesk, page: AuditPage, which: str, value: str) -> AuditPage:
    box = page.filters.boxes[which]
    box.setCurrentIndex(box.findData(value))
    return settled(desk, page)


def column(page: AuditPage, name: str) -> list[str]:
    place = ["time", "who", "participant", "place", "act", "change", "reason"].index(name)
    return [told(line, place) for line in page.model.lines]


# -- what cannot be done ---------------------------------------------------------------------------------


def test_a_second_entry_shuts_the_trail(desk: SignDesk) -> None:
    desk.show(vitals(desk.ward))
    desk.press(Qt.Key.Key_D, CTRL | SHIFT)
    assert desk.page.entry.blind
    desk.press(Qt.Key.Key_A, CTRL | SHIFT)
    assert desk.work.office.page is None
    desk.press(Qt.Key.Key_D, CTRL | SHIFT)


def test_nothing_found_and_no_day_are_said(desk: SignDesk) -> None:
    page = opened(desk)
    page.filters.take_focus()
    desk.type("nothing like this")
    assert settled(desk, page).model.lines == [] and "Nothing passes" in page.status.text()
    page.filters.clear()
    page.filters.since.setText("2026-13-01")
    assert "2026-13-01 is not a date" in settled(desk, page).status.text() and page.model.lines


def test_a_line_without_a_form_opens_nothing(desk: SignDesk) -> None:
    page = choose(desk, opened(desk), "kind", "system")
    page.take_focus()
    desk.press(Qt.Key.Key_Return)
    assert desk.work.office.page is page


def test_a_review_without_words_stays_open(desk: SignDesk) -> None:
    page = opened(desk)
    page.review.click()
    assert isinstance(page.strip, ReviewStrip)
    desk.press(Qt.Key.Key_Return)
    assert "few words" in page.strip.complaint
    desk.press(Qt.Key.Key_Escape)
    assert page.strip is None and page.table.hasFocus()


def test_an_export_into_no_folder_stays_open(desk: SignDesk, tmp_path: Path) -> None:
    page = opened(desk)
    page.export.click()
    assert isinstance(page.strip, ExportStrip)
    page.strip.file.setText(str(tmp_path / "none" / "trail.csv"))
    page.strip.accept()
    assert page.strip is not None and page.strip.complaint


# -- work ------------------------------------------------------------------------------------------------


@pytest.mark.requirement("EMA-3", "E6-5")
def test_the_trail_is_one_key_away_and_enter_leads_to_the_place(desk: SignDesk) -> None:
    form = vitals(desk.ward)
    desk.show(form)
    page = opened(desk)
    assert by_name("audit").keys == ("Ctrl+Shift+A",) and page.table.hasFocus()
    assert "Audit trail" in desk.work.context.accessibleName() or desk.work.office.page is page
    choose(desk, page, "kind", "data")
    first = page.model.lines[0]
    assert first.record in page.details.toPlainText() and first.hash in page.details.toPlainText()
    page.take_focus()
    desk.press(Qt.Key.Key_Return)
    assert desk.page.entry.key == first.key.form_key()  # type: ignore[union-attr]
    assert desk.page.focused_key == first.key


def test_forms_that_were_opened_are_views(desk: SignDesk) -> None:
    form = vitals(desk.ward)
    desk.show(form)
    desk.show(form)
    form.enter("SYSBP", "121", because="typing error")
    page = choose(desk, opened(desk), "kind", "passage")
    views = [line for line in page.model.lines if line.kind == "view"]
    assert len([line for line in views if line.key == form.entry.key]) == 1


def test_words_and_boxes_narrow_together(desk: SignDesk) -> None:
    vitals(desk.ward).enter("SYSBP", "131", because="typing error")
    page = choose(desk, opened(desk), "kind", "data")
    page.filters.words.setText("131")
    assert [line.new.en for line in settled(desk, page).model.lines] == [page.model.lines[0].new.en]
    assert page.model.lines[0].new.en.startswith("131")
    page.everything.click()
    assert len(settled(desk, page).model.lines) > 1 and page.filters.words.text() == ""


def test_headings_sort(desk: SignDesk) -> None:
    vitals(desk.ward)
    page = opened(desk)
    newest_first = [line.record for line in page.model.lines]
    page.sort_by(TIME)
    assert [line.record for line in settled(desk, page).model.lines] == newest_first[::-1]
    page.sort_by(4)
    acts = column(settled(desk, page), "act")
    assert acts == sorted(acts, key=str.casefold) and len(acts) == len(newest_first)
    page.sort_by(4)
    assert column(settled(desk, page), "act") == sorted(acts, key=str.casefold, reverse=True)


def test_a_long_trail_is_read_on_as_one_scrolls(desk: SignDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mda5_crf.ui.audit_model._FIRST", 4)
    monkeypatch.setattr("mda5_crf.ui.audit_model._MORE", 4)
    vitals(desk.ward)
    page = opened(desk)
    count = len(page.model.lines)
    total = len(list(desk.session.vault.journal.records()))
    assert 4 <= count < total and page.model.canFetchMore() and "more below" in page.status.text()
    page.model.fetchMore()
    assert len(settled(desk, page).model.lines) > count
    while page.model.canFetchMore():
        page.model.fetchMore()
        settled(desk, page)
    assert len(page.model.lines) == total and "more" not in page.status.text()


@pytest.mark.requirement("FDA-10", "P11-6")
def test_the_filtered_trail_is_exported(desk: SignDesk, tmp_path: Path) -> None:
    vitals(desk.ward)
    page = choose(desk, opened(desk), "kind", "data")
    count = len(page.model.lines)
    page.export.click()
    assert isinstance(page.strip, ExportStrip)
    file = tmp_path / "trail.csv"
    page.strip.file.setText(str(file))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(file.exists, timeout=5000)
    assert len(file.read_text("utf-8-sig").splitlines()) == count + 1
    assert page.strip is None
    (record,) = desk.session.vault.journal.records(kinds=("export",))
    assert record.data["lines"] == count


def test_cancelled_after_the_last_line_it_leaves_nothing(
    desk: SignDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vitals(desk.ward)
    page = opened(desk)
    quick, whole, go = auditcsv.write, threading.Event(), threading.Event()

    def write(*words: Any) -> object:  # noqa: ANN401 - handed on as it comes
        made = quick(*words)
        whole.set()
        assert go.wait(20)
        return made

    monkeypatch.setattr(auditcsv, "write", write)
    page.export.click()
    assert isinstance(page.strip, ExportStrip)
    page.strip.file.setText(str(tmp_path / "trail.csv"))
    page.strip.accept()
    desk.qtbot.waitUntil(whole.is_set, timeout=5000)
    Tasks.of(page).running[0].cancel()
    go.set()
    desk.qtbot.waitUntil(lambda: not Tasks.of(page).running, timeout=5000)
    assert not list(tmp_path.glob("*trail*")) and not list(tmp_path.glob(".*"))
    assert not list(desk.session.vault.journal.records(kinds=("export",)))


@pytest.mark.requirement("FDA-10", "P11-6")
def test_the_filtered_trail_is_exported_as_odm(desk: SignDesk, tmp_path: Path) -> None:
    vitals(desk.ward)
    page = choose(desk, opened(desk), "kind", "data")
    count = len(page.model.lines)
    page.export.click()
    assert isinstance(page.strip, ExportStrip) and page.strip.format is not None
    page.strip.file.setText(str(tmp_path / "trail.csv"))
    page.strip.format.setCurrentIndex(page.strip.format.findData("odm"))
    assert page.strip.file.text().endswith("trail.xml") and page.strip.format.accessibleName()
    page.strip.accept()
    file = tmp_path / "trail.xml"
    desk.qtbot.waitUntil(file.exists, timeout=5000)
    (record,) = desk.session.vault.journal.records(kinds=("export",))
    assert record.data["what"] == "odm-audit" and record.data["lines"] == count
    assert file.read_text("utf-8").count("<AuditRecord") >= count


@pytest.mark.requirement("EMA-12", "E6-7")
def test_a_review_and_what_is_new_since(desk: SignDesk) -> None:
    form = vitals(desk.ward)
    page = opened(desk)
    page.review.click()
    desk.type("All of it; nothing odd").press(Qt.Key.Key_Return)
    assert page.strip is None and desk.session.audit.reviews()[0].remark == "All of it; nothing odd"
    form.enter("SYSBP", "122", because="typing error")
    page.filters.fresh.click()
    page.refresh()
    assert settled(desk, page).model.lines[0].kind == "value"
    assert {line.kind for line in page.model.lines} <= {"value", "trail-review", "query", "view"}


def test_counts_are_made_beside_the_work(desk: SignDesk) -> None:
    vitals(desk.ward).enter("SYSBP", "123", because="typing error")
    page = opened(desk)
    page.counts.click()
    counting = page.details.counting
    assert counting is not None
    desk.qtbot.waitUntil(lambda: counting.found is not None, timeout=5000)
    desk.speak("zh")
    assert "个答案" in page.details.toPlainText()
    desk.speak("en")
    assert "SYSBP" in page.details.toPlainText()
    page.table.selectRow(1)
    assert page.details.counting is None and page.model.lines[1].hash in page.details.toPlainText()


@pytest.mark.requirement("EMA-3", "E6-6")
def test_the_history_of_an_item_says_role_zone_and_prompt(desk: SignDesk) -> None:
    eligible(desk.ward)
    form = vitals(desk.ward)
    form.enter("SYSBP", "20", because="typing error").enter("SYSBP", "120", because="typing error")
    desk.show(form)
    assert desk.page.go_to(form.key("SYSBP"))
    desk.press(Qt.Key.Key_H, CTRL)
    assert desk.work.side.currentIndex() == HISTORY
    newest = desk.work.side.history.item(0).text()
    assert "(investigator)" in newest and "+08:00" in newest
    session: Session = desk.session
    prompts = session.history(form.key("SYSBP"))[-1].prompt
    assert prompts and f"after {' '.join(prompts)}" in newest
