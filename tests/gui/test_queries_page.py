"""The page of queries and source verification, in the hands of people without a mouse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from mda5_crf.db import read
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.sdv import VERIFIED
from mda5_crf.ui import language
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.queries_page import QueriesPage
from mda5_crf.ui.query_strip import QueryStrip
from mda5_crf.ui.sdv_acts import SdvStrip
from mda5_crf.ui.side_panel import QUERIES
from tests.gui.shell_driver import CTRL, SHIFT, Desk, at_desk, prepared, put_away, settle
from tests.monitored import Site

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vital signs with two questions of the monitor, one of the doctor about the visit."""
    site = Site(tmp_path_factory.mktemp("queries") / "ward.mda5")
    with site.ward("n07") as ward:
        vs = ward.open("BL", "VS").enter_all(VSPERF="Y", PULSE_VSORRES="72", TEMP_VSORRES="36.5")
        pulse, temperature = vs.key("PULSE_VSORRES"), vs.key("TEMP_VSORRES")
    with site.at("m04") as monitor:
        monitor.raise_query(pulse, "Which arm?")
        monitor.raise_query(temperature, "Which ear?")
    with site.at() as doctor:
        doctor.raise_query(pulse.event_key(), "Which day?")
    return site.folder


@contextmanager
def desk_of(qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path, login: str) -> Iterator[Desk]:
    site = Site.__new__(Site)
    site.folder = Path(shutil.copytree(scene, tmp_path / f"{login}.mda5"))
    from tests.wards import Clock, session_at

    prepared(qapp)
    clock = Clock()
    clock.now += timedelta(days=16)
    with session_at(site.folder, login, clock) as session:
        window = MainWindow(str(site.folder))
        window.resize(1093, 614)
        window.enter(session)
        window.show()
        for box in window.findChildren(QComboBox):
            box.view()
        kept = QApplication.topLevelWidgets()
        yield at_desk(qtbot, window)
        prepared(qapp)
        put_away(window)
        del kept


def opened(desk: Desk) -> QueriesPage:
    desk.press(Qt.Key.Key_Q, CTRL | SHIFT)
    page = desk.work.office.page
    assert isinstance(page, QueriesPage)
    assert desk.at() is page.table
    return page


def questions(page: QueriesPage) -> list[str]:
    return [line.query.text.en for line in page.model.lines]


def choose(page: QueriesPage, question: str) -> None:
    page.table.pick(questions(page).index(question))
    settle()


def test_a_refused_act_keeps_the_words(qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path) -> None:
    with desk_of(qtbot, qapp, scene, tmp_path, "d02") as desk:
        page = opened(desk)
        choose(page, "Which arm?")
        assert not page.answers.buttons["answer"].isEnabled()
        assert page.answers.buttons["cancel"].isEnabled()
        page.act("cancel")
        assert "reason" in page.answers.complaint
        page.answers.words.setText("asked twice")
        page.act("cancel")
        assert page.answers.complaint == "" and page.answers.words.text() == ""
        assert "Which arm?" not in questions(page), "what is settled is not in the list of what waits"
        page.answers.code.setFocus()
        desk.type("1234").press(Qt.Key.Key_Return)
        assert "no code" in page.answers.complaint
        assert page.answers.code.text() == "1234"


def test_enter_opens_the_field_with_the_panel_at_the_query(
    qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path
) -> None:
    with desk_of(qtbot, qapp, scene, tmp_path, "n07") as desk:
        page = opened(desk)
        assert page.filters.whose.currentData() == ""
        choose(page, "Which ear?")
        assert "Monitor Zhao (monitor)" in page.talk.text() and "16" in page.talk.text()
        desk.press(Qt.Key.Key_Return)
        assert desk.page.entry.key.form == "VS"
        assert desk.work.side.currentIndex() == QUERIES
        chosen = desk.work.side.chosen()
        assert chosen is not None and chosen.text.en == "Which ear?"
        assert desk.page.focused_key is None or desk.page.focused_key.item == "TEMP_VSORRES"
        shown = [desk.work.side.list.item(row).text() for row in range(desk.work.side.list.count())]
        assert any("Which day?" in words for words in shown), "the visit's question stands beside its forms"
        assert not desk.window.commands.actions["query"].isEnabled(), "data entry asks no questions"


def test_one_answer_for_several(qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path) -> None:
    with desk_of(qtbot, qapp, scene, tmp_path, "n07") as desk:
        page = opened(desk)
        page.table.selectAll()
        settle()
        assert "3" in page.talk.text()
        page.answers.words.setFocus()
        desk.type("see the chart").press(Qt.Key.Key_Return)
        assert {line.query.answer for line in page.lines} == {"see the chart"}
        assert "answered 3" in page.counts.text()
        page.filters.whose.setCurrentIndex(1)
        assert questions(page) == [] and "No query" in page.talk.text()


def test_filters_sort_and_the_other_language(
    qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path
) -> None:
    with desk_of(qtbot, qapp, scene, tmp_path, "m04") as desk:
        page = opened(desk)
        page.filters.search.setText("ear")
        assert questions(page) == ["Which ear?"]
        page.filters.search.clear()
        column = 4
        page.sort_by(column)
        assert questions(page) == sorted(questions(page))
        page.sort_by(column)
        assert questions(page) == sorted(questions(page), reverse=True)
        page.filters.age.setCurrentIndex(2)
        assert len(questions(page)) == 3, "16 days are overdue after 14"
        assert page.model.data(page.model.index(0, 3)) == "16 !"
        choose(page, "Which arm?")
        desk.press(Qt.Key.Key_L, CTRL)
        assert language.language() == "zh"
        assert page.picked()[0].query.text.en == "Which arm?"
        assert "监查员" in page.talk.text()
        assert page.answers.buttons["close"].text().startswith("关闭质疑")


def test_a_paper_comes_back_through_its_code(
    qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path
) -> None:
    with desk_of(qtbot, qapp, scene, tmp_path, "n07") as desk:
        page = opened(desk)
        page.folder = tmp_path
        choose(page, "Which arm?")
        page.print_papers.click()
        settle()
        assert page.strip is not None
        page.strip.line.setText(str(tmp_path / "no such folder" / "q.pdf"))
        page.strip.accept()
        assert page.strip.complaint
        page.strip.line.setText(str(tmp_path / "q.pdf"))
        page.strip.accept()
        settle()
        assert page.strip is None and (tmp_path / "q.pdf").read_bytes().startswith(b"%PDF")
        papers = read.passages(desk.session.vault.store, "print")[-1].content["papers"]
        code = next(p["code"] for p in papers if p["query"] == page.picked()[0].query.id)
        choose(page, "Which day?")
        page.answers.code.setFocus()
        desk.type(code.lower()).press(Qt.Key.Key_Return)
        assert page.picked()[0].query.text.en == "Which arm?"
        assert desk.at() is page.answers.writer
        desk.type("Dr Li").press(Qt.Key.Key_Return)
        desk.type("2026-09-10").press(Qt.Key.Key_Return)
        desk.type("left").press(Qt.Key.Key_Return)
        assert page.answers.complaint == ""
        (found,) = [line.query for line in page.lines if line.query.text.en == "Which arm?"]
        assert found.answer == "left"
        assert desk.session.query_thread(found)[-1].paper["by"] == "Dr Li"


def test_a_question_about_the_visit_from_the_field(
    qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path
) -> None:
    with desk_of(qtbot, qapp, scene, tmp_path, "i01") as desk:
        subject = desk.session.subjects()[0].identity
        desk.work.open_form(ItemKey(subject, "BL", form="VS"))
        settle()
        desk.press(Qt.Key.Key_M, CTRL)
        strip = desk.work.strip
        assert isinstance(strip, QueryStrip) and strip.level is not None
        strip.level.setCurrentIndex(strip.level.findData("participant"))
        desk.type("Where is the consent form?").press(Qt.Key.Key_Return)
        assert ItemKey(subject) in {query.key for query in desk.session.queries()}


@pytest.mark.requirement("P11-8", "E6-8")
def test_a_monitor_verifies_by_key_and_nobody_else_can(
    qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path
) -> None:
    with desk_of(qtbot, qapp, scene, tmp_path, "n07") as desk:
        subject = desk.session.subjects()[0].identity
        desk.work.open_form(ItemKey(subject, "BL", form="VS"))
        assert not desk.window.commands.actions["verify_source"].isEnabled()
    with desk_of(qtbot, qapp, scene, tmp_path, "m04") as desk:
        form = ItemKey(subject, "BL", form="VS")
        desk.work.open_form(form)
        settle()
        key = next(k for k in desk.page.entry.state.items if k.item == "VSPERF")
        desk.page.go_to(key)
        desk.press(Qt.Key.Key_E, CTRL | SHIFT)
        mark = desk.session.sdv_mark(key)
        assert mark is not None and mark.state == VERIFIED
        marking = desk.page.marking_of(desk.page.entry.state.items[key], (), None)
        assert marking.words is not None and "Monitor Zhao" in marking.words.en and "已于" in marking.words.zh
        assert desk.page.focused_key == key, "the keyboard stays where it is"
        desk.press(Qt.Key.Key_E, CTRL | SHIFT)
        strip = desk.work.strip
        assert isinstance(strip, SdvStrip)
        desk.press(Qt.Key.Key_Return)
        assert desk.session.sdv(form).done == 3
        desk.page.go_to(key)
        desk.press(Qt.Key.Key_E, CTRL | SHIFT)
        strip = desk.work.strip
        assert isinstance(strip, SdvStrip) and strip.reason is not None and not strip.rest.isEnabled()
        strip.take_back()
        assert strip.complaint, "a reason is due"
        strip.reason.setText("other chart")
        strip.take_back()
        settle()
        assert desk.session.sdv_mark(key) is None and desk.work.strip is None
