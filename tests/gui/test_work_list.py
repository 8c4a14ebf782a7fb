"""The work list beside the matrix, in the hands of somebody who has no mouse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from mda5_crf.db import read
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import lines
from mda5_crf.services.worklist import Group
from mda5_crf.ui import language
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.matrix_model import Filter
from mda5_crf.ui.work_list import TaskTree
from tests.gui.shell_driver import ALT, CTRL, Desk, at_desk, prepared, put_away, settle
from tests.scenario import Ward
from tests.wards import Clock, built, session_at

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NURSE, INVESTIGATOR, MANAGER = "n07", "i01", "d02"
TODAY = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """01-001: week 4 overdue; 01-002: week 4 closes on Sunday; 01-003: week 4 is open, and a query."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("tasks") / "ward.mda5"))
    with session_at(folder, NURSE) as session:
        for d1 in ("2026-07-20", "2026-08-02", "2026-08-10"):
            ward = Ward(session).enrol()
            ward.open("LOG", "EX").new_row("DOSING").fill(ECTRT="TOFACITINIB", ECOCCUR="Y", ECSTDAT=d1)
            for event in ("SCR", "BL"):
                ward.open(event, "SV").fill(SVOCCUR="Y", SVSTDAT=d1)
        pulse = ward.open("BL", "VS").enter("VSPERF", "Y").key("PULSE_VSORRES")
    with session_at(folder, INVESTIGATOR) as session:
        session.raise_query(pulse, "Which arm?")
    return folder


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path) -> Iterator[Desk]:
    yield from desk_of(qtbot, qapp, scene, tmp_path, INVESTIGATOR)


def desk_of(qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path, login: str) -> Iterator[Desk]:
    folder = Path(shutil.copytree(scene, tmp_path / "ward.mda5"))
    prepared(qapp)
    with session_at(folder, login, Clock(TODAY)) as session:
        window = MainWindow(str(folder))
        window.resize(1093, 614)
        window.enter(session)
        window.show()
        for box in window.findChildren(QComboBox):
            box.view()
        kept = QApplication.topLevelWidgets()
        desk = at_desk(qtbot, window)
        yield desk
        prepared(qapp)
        put_away(window)
        del kept


def tree(desk: Desk) -> TaskTree:
    return desk.work.matrix.work.tree


def here(desk: Desk) -> str:
    """The words of the line with the keyboard."""
    assert desk.at() is tree(desk)
    return str(tree(desk).currentIndex().data())


def go(desk: Desk, group: Group) -> None:
    """With the arrows to the first task of a group."""
    for _ in range(40):
        task = tree(desk).rows.task(tree(desk).currentIndex())
        if task is not None and task.group is group:
            return
        desk.press(Qt.Key.Key_Down)
    raise AssertionError(f"no task of {group} can be reached")


# -- reaching it, reading it, leaving it


def test_the_matrix_has_the_keyboard_and_the_list_is_there_after_the_log_in(desk: Desk) -> None:
    assert desk.at() is desk.work.matrix.table
    groups = [(group, len(of)) for group, of in tree(desk).rows.groups]
    assert groups == [(Group.OVERDUE, 1), (Group.CLOSING, 1), (Group.DUE, 1), (Group.QUERY, 1)]


def test_ctrl_t_goes_to_it_arrows_move_escape_leaves(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, CTRL)
    assert here(desk).startswith("01-001 · Week 4: closed 2026-08-24, 8 days ago")
    assert desk.work.status.text() == here(desk)
    desk.press(Qt.Key.Key_Down)
    assert here(desk) == "Window closes within 7 days, 1"
    desk.press(Qt.Key.Key_Down)
    assert "01-002 · Week 4: closes Sun 2026-09-06; 4 working days left, the last is Fri" in here(desk)
    desk.press(Qt.Key.Key_Up, times=3)
    assert here(desk) == "Overdue, 1"
    desk.press(Qt.Key.Key_Escape)
    assert desk.at() is desk.work.matrix.table


def test_enter_opens_a_visit_and_alt_home_comes_back(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, CTRL)
    desk.press(Qt.Key.Key_Return)
    assert (desk.page.entry.key.event, desk.work.subjid) == ("W4", "01-001")
    desk.press(Qt.Key.Key_T, CTRL)
    assert here(desk).startswith("01-001 · Week 4"), "from a form too, and the line is still the same"
    desk.press(Qt.Key.Key_Return).press(Qt.Key.Key_Home, ALT)
    assert desk.at() is desk.work.matrix.table


def test_enter_on_a_query_opens_its_item(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, CTRL)
    go(desk, Group.QUERY)
    assert "raised today: Which arm?" in here(desk)
    desk.press(Qt.Key.Key_Return)
    assert (desk.page.entry.key.form, desk.work.subjid) == ("VS", "01-003")
    key = desk.page.focused_key
    assert key is not None and key.item == "PULSE_VSORRES"


def test_enter_on_a_heading_puts_its_tasks_away_and_it_stays_so(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, CTRL).press(Qt.Key.Key_Up)
    index = tree(desk).currentIndex()
    assert tree(desk).isExpanded(index)
    desk.press(Qt.Key.Key_Return)
    assert not tree(desk).isExpanded(index)
    desk.work.show_matrix()
    settle()
    assert not tree(desk).isExpanded(tree(desk).rows.index(0, 0))
    desk.press(Qt.Key.Key_T, CTRL)
    desk.press(Qt.Key.Key_Home).press(Qt.Key.Key_Right)
    assert tree(desk).isExpanded(tree(desk).rows.index(0, 0))


def test_f6_reaches_it_too(desk: Desk) -> None:
    seen = set()
    for _ in range(5):
        desk.press(Qt.Key.Key_F6)
        seen.add(desk.at())
    assert tree(desk) in seen and desk.work.matrix.table in seen


def test_what_is_done_leaves_the_list(desk: Desk) -> None:
    late = next(s for s in desk.session.subjects() if s.subjid == "01-001")
    Ward(desk.session, late.identity).open("W4", "SV").fill(SVOCCUR="Y", SVSTDAT="2026-08-20")
    desk.work.show_matrix()
    settle()
    assert Group.OVERDUE not in [group for group, _ in tree(desk).rows.groups]


def test_mine_and_all(qtbot: QtBot, qapp: QApplication, scene: Path, tmp_path: Path) -> None:
    for desk in desk_of(qtbot, qapp, scene, tmp_path, MANAGER):
        pane = desk.work.matrix.work
        assert pane.mine and not tree(desk).isVisible() and pane.calm.isVisible()
        assert pane.calm.text() == "Nothing is waiting for you. 4 for others."
        desk.press(Qt.Key.Key_T, CTRL)
        assert desk.at() is pane.show_box, "an empty list has nothing to stand on"
        desk.press(Qt.Key.Key_Down)
        assert tree(desk).rows.count == 4 and tree(desk).isVisible()
        desk.press(Qt.Key.Key_T, CTRL)
        assert "(yours)" not in here(desk)
        matrix = desk.work.matrix
        matrix.filter.setCurrentIndex(list(Filter).index(Filter.MINE))
        assert matrix.model.rows == [] and matrix.empty.isVisible()


def test_an_empty_ward_is_calm(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    for desk in desk_of(qtbot, qapp, built(), tmp_path, INVESTIGATOR):
        assert desk.work.matrix.work.calm.text() == "Nothing is waiting."
        assert not tree(desk).isVisible()


# -- the matrix beside it


def test_filters_of_the_matrix(desk: Desk) -> None:
    matrix = desk.work.matrix
    expected = {
        Filter.MINE: ["01-001", "01-002", "01-003"],
        Filter.CLOSING: ["01-002"],
        Filter.DUE: ["01-002", "01-003"],
        Filter.QUERIES: ["01-003"],
        Filter.UNSIGNED: [],
    }
    for chosen, numbers in expected.items():
        matrix.filter.setCurrentIndex(list(Filter).index(chosen))
        assert [row.subject.subjid for row in matrix.model.rows] == numbers, chosen
    matrix.filter.setCurrentIndex(0)


def test_a_closing_window_is_marked_by_a_word_in_the_cell(desk: Desk) -> None:
    model = desk.work.matrix.model
    column = model.events.index("W4")
    words = [model.words(model.index(row, column)) for row in range(3)]
    assert words[0] == "01-001, Week 4: not started, overdue"
    assert words[1] == "01-002, Week 4: not started, due now, window closes on 2026-09-06"
    assert words[2] == "01-003, Week 4: not started, due now"
    language.set_language("zh")
    assert model.words(model.index(1, column)).endswith("窗口期于 2026-09-06 截止")


def test_nothing_is_read_before_the_matrix_is_painted_but_what_is_kept(desk: Desk) -> None:
    with desk.session.vault.store.transaction() as tx:
        for subject in desk.session.subjects():
            read.status_drop(tx, subject.identity)
    lines._KNOWN.clear()
    matrix = desk.work.matrix
    first = lines.lines_of(desk.session)
    real, asked = first.fill, []

    def slow(seconds: float | None = None) -> bool:
        asked.append(seconds)
        return real(0)  # one participant each time, whatever time there is

    first.fill = slow  # type: ignore[method-assign]
    matrix.refresh()
    assert matrix.model.reading
    assert "being read" in matrix.model.words(matrix.model.index(2, 0))
    desk.qtbot.waitUntil(lambda: not matrix.model.reading, timeout=5000)
    assert tree(desk).rows.count == 4
    assert asked[0] is not None and asked[0] <= 0.5, "the first look is short"


def test_nothing_is_read_after_the_log_out(desk: Desk) -> None:
    desk.work.matrix.refresh()
    desk.work.matrix.stop()
    shown = desk.work.matrix.work
    before = shown._work
    settle()
    assert shown._work is before


# -- for everybody


def test_a_screen_reader_hears_group_task_and_whose_it_is(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, CTRL)
    pane = desk.work.matrix.work
    assert tree(desk).accessibleName() == "Work list, 4 shown"
    assert pane.show_box.accessibleName() == "Which tasks are shown"
    seen = QAccessible.queryAccessibleInterface(tree(desk))
    assert seen is not None and seen.childCount() > 0
    assert here(desk).endswith("(yours)")
    rows = tree(desk).rows
    task = rows.index(0, 0, rows.index(0, 0))
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
        assert rows.data(task, role) == here(desk)
    assert rows.data(QModelIndex()) is None


def test_the_language_changes_under_the_keyboard(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, CTRL)
    desk.press(Qt.Key.Key_Down, times=2)
    place = tree(desk).currentIndex()
    desk.press(Qt.Key.Key_L, CTRL)
    assert desk.at() is tree(desk) and tree(desk).currentIndex() == place
    assert "还剩 4 个工作日，最后一个工作日为 2026-09-04（周五）" in here(desk)
    assert tree(desk).accessibleName() == "待办事项，显示 4 项"


def test_a_key_that_names_only_a_participants_visit_that_is_gone(desk: Desk) -> None:
    subject = desk.session.subjects()[0].identity
    assert not desk.work.open_task(ItemKey(subject, "UNS", "gone:1"))
    assert desk.work.page is None
