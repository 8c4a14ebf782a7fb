"""Second entry in the window, with keys alone: blind, each difference at once, three ways to end it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItemIterator,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.services.worklist import Group
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.second_page import SecondPage
from tests.gui.shell_driver import CTRL, SHIFT, Desk, at_desk, prepared, put_away, settle
from tests.scenario import Ward
from tests.vaults import enter
from tests.wards import NOW, built, session_at, trial

PLANTED = {"VSPERF": "Y", "VSDAT": "2026-08-20", "SYSBP_VSORRES": "13117", "DIABP_VSORRES": "7719"}
CM = [("Prednisone", "2026-01-05"), ("Tacrolimus", "2026-02-01")]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A participant with planted first values, and a correction, a query and a log."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("second") / "ward.mda5"))
    with session_at(folder) as session:
        ward = Ward(session).enrol()
        vs = ward.open("SCR", "VS").enter_all(**PLANTED)
        session.raise_query(vs.key("SYSBP_VSORRES"), "Is 13117 right?")
        cm = ward.open("LOG", "CM").enter("CMYN", "Y")
        for name, start in CM:
            cm.new_row("ROWS").enter_all(CMTRT=name, CMSTDAT=start)
    return folder


@pytest.fixture
def desk(
    vault: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    prepared(qapp)
    monkeypatch.setattr(SecondPage, "deaf", 0)
    folder = Path(shutil.copytree(vault, tmp_path / "ward.mda5"))
    window = MainWindow(str(folder))
    window.enter(Session(enter(folder, "n07"), trial(), lambda: NOW))
    yield at_desk(qtbot, window)
    put_away(window)


def second(desk: Desk, form: str = "VS", event: str = "SCR") -> SecondPage:
    subject = desk.session.subjects()[0].identity
    desk.open(subject, event, form)
    desk.press(Qt.Key.Key_F3).press(Qt.Key.Key_Escape)  # the side panel was open: it has read things
    desk.press(Qt.Key.Key_D, CTRL | SHIFT)
    page = desk.page
    assert isinstance(page, SecondPage)
    return page


def words_of(widget: QWidget) -> list[str]:
    """Everything a widget can tell anybody: seen, hovered or read aloud."""
    told = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(), widget.windowTitle()]
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        told.append(widget.text())
    if isinstance(widget, QLineEdit):
        told.append(widget.placeholderText())
    if isinstance(widget, QPlainTextEdit):
        told.append(widget.toPlainText())
    if isinstance(widget, QComboBox):
        told += [widget.itemText(i) for i in range(widget.count())]
    if isinstance(widget, QListWidget):
        items = [widget.item(i) for i in range(widget.count())]
        told += [text for one in items for text in (one.text(), one.toolTip())]
    if isinstance(widget, QTreeWidget):
        every = QTreeWidgetItemIterator(widget)
        while (item := every.value()) is not None:
            told += [item.text(0), item.toolTip(0), str(item.data(0, Qt.ItemDataRole.AccessibleTextRole))]
            every += 1
    read = QAccessible.queryAccessibleInterface(widget)
    if read is not None:
        told += [read.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Value)]
    return told


def everything(desk: Desk) -> str:
    return "\n".join(
        word for widget in [desk.window, *desk.window.findChildren(QWidget)] for word in words_of(widget)
    )


def standing(page: SecondPage, item: str) -> str:
    return {one.key.item: one.standing.value for one in page.second.book().items.values()}.get(item, "")


def test_nothing_that_was_entered_first_is_anywhere_in_the_window(desk: Desk) -> None:
    subject = desk.session.subjects()[0].identity
    desk.open(subject, "SCR", "VS")
    desk.page.go_to(desk.key(subject, "SCR", "VS", "SYSBP_VSORRES"))
    desk.press(Qt.Key.Key_H, CTRL)
    assert "13117" in everything(desk)  # the net catches
    assert "2026-08-20" in everything(desk)
    desk.press(Qt.Key.Key_Escape).press(Qt.Key.Key_D, CTRL | SHIFT)
    page = desk.page
    assert isinstance(page, SecondPage)
    for act in (
        lambda: None,
        lambda: desk.enter("VSPERF", "1"),
        lambda: desk.page.go_to(desk.key(subject, "SCR", "VS", "SYSBP_VSORRES")),
        lambda: desk.press(Qt.Key.Key_H, CTRL),
        lambda: desk.press(Qt.Key.Key_H, CTRL | SHIFT),
        lambda: desk.press(Qt.Key.Key_F3),
        lambda: desk.press(Qt.Key.Key_F7),
        lambda: desk.press(Qt.Key.Key_D, CTRL),
        lambda: desk.press(Qt.Key.Key_F1).press(Qt.Key.Key_Escape),
        lambda: desk.press(Qt.Key.Key_F4),
        lambda: desk.press(Qt.Key.Key_L, CTRL).press(Qt.Key.Key_L, CTRL),
        lambda: desk.press(Qt.Key.Key_F12),
    ):
        act()
        settle()
        found = everything(desk)
        for planted in ("13117", "7719", "2026-08-20", "Prednisone"):
            assert planted not in found
    assert isinstance(desk.page, SecondPage)


def test_it_looks_other_in_words_and_ends_with_the_same_key(desk: Desk) -> None:
    page = second(desk)
    assert "Second entry – blind" in page.banner.accessibleName()
    assert page.banner.isVisible()
    assert "not begun" in desk.work.context.status.text()
    desk.press(Qt.Key.Key_L, CTRL)
    assert "盲态" in page.banner.accessibleName()
    desk.press(Qt.Key.Key_L, CTRL).press(Qt.Key.Key_D, CTRL | SHIFT)
    assert not isinstance(desk.page, SecondPage)
    assert desk.stored("SYSBP_VSORRES") == "13117"
    second(desk)
    desk.press(Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    desk.open(desk.session.subjects()[0].identity, "SCR", "VS")
    assert not isinstance(desk.page, SecondPage)  # home ends it


def test_an_equal_value_agrees_and_goes_on(desk: Desk) -> None:
    page = second(desk)
    desk.enter("VSPERF", "1").enter("SYSBP_VSORRES", "13117.0")
    assert page.commits.strip is None
    assert standing(page, "SYSBP_VSORRES") == "agrees"
    field = page.fields[page.second.key._replace(group="MEASUREMENTS", item="SYSBP_VSORRES")]
    assert "Agrees" in field.input.focus_target().accessibleDescription()
    assert desk.stored("SYSBP_VSORRES") == "13117"


@pytest.mark.parametrize(
    "keys, stored", [("1", "7719"), ("2", "78"), ("3", "79")], ids=["first", "second", "neither"]
)
def test_a_difference_is_asked_about_at_once(desk: Desk, keys: str, stored: str) -> None:
    page = second(desk)
    desk.enter("VSPERF", "1").enter("DIABP_VSORRES", "78")
    strip = page.commits.strip
    assert strip is not None
    assert strip.isAncestorOf(desk.at())
    said = everything(desk)
    assert "First: 7719" in said
    assert "Second: 78" in said
    desk.type(keys).press(Qt.Key.Key_Return)
    if keys == "3":
        desk.press(Qt.Key.Key_Return)  # without a value it stays, and says so
        assert page.commits.strip is strip
        desk.type(stored).press(Qt.Key.Key_Return)
    assert page.commits.strip is None
    assert desk.stored("DIABP_VSORRES") == stored
    assert standing(page, "DIABP_VSORRES") == "resolved"
    assert page.fields[page.focused_key].has_focus() if page.focused_key else False


def test_esc_leaves_it_open_and_it_is_listed(desk: Desk) -> None:
    page = second(desk)
    desk.enter("VSPERF", "1").enter("DIABP_VSORRES", "78").press(Qt.Key.Key_Escape)
    assert page.commits.strip is None
    assert standing(page, "DIABP_VSORRES") == "differs"
    desk.enter("SYSBP_VSORRES", "13117").press(Qt.Key.Key_F12)
    lines = [button.text() for button in page.summary.buttons()]
    assert any("Diastolic" in line and "differ" in line for line in lines)
    assert any("Date" in line and "not entered a second time" in line for line in lines)
    next(b for b in page.summary.buttons() if "Diastolic" in b.text()).setFocus()
    desk.press(Qt.Key.Key_Return)
    assert page.commits.strip is not None
    desk.type("1").press(Qt.Key.Key_Return)
    assert not any("Diastolic" in button.text() for button in page.summary.buttons())
    desk.enter("VSDAT", "20260820").press(Qt.Key.Key_F12)
    assert desk.work.tree.currentItem().toolTip(0).endswith("agreed")


def test_leaving_is_never_held_up_by_a_difference(desk: Desk) -> None:
    page = second(desk)
    desk.enter("VSPERF", "1").enter("DIABP_VSORRES", "78")
    assert page.commits.strip is not None
    desk.press(Qt.Key.Key_PageDown, CTRL)
    assert desk.page is not page
    assert isinstance(desk.page, SecondPage)


def test_keys_meant_for_the_next_question_decide_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SecondPage, "deaf", 60_000)
    page = second(desk)
    desk.enter("VSPERF", "1").enter("DIABP_VSORRES", "78")
    desk.type("2").press(Qt.Key.Key_Return)
    assert standing(page, "DIABP_VSORRES") == "differs"
    desk.press(Qt.Key.Key_Escape)
    assert page.commits.strip is None


def test_rows_are_compared_at_the_end(desk: Desk) -> None:
    page = second(desk, "CM", "LOG")
    desk.enter("CMYN", "1")
    for name, start in (("Folic acid", "20260301"), (CM[1][0], "20260201")):
        desk.press(Qt.Key.Key_Return, CTRL)
        row = page.entry.rows("ROWS")[-1]
        key = page.entry.key._replace(group="ROWS", group_repeat=row)
        for item, text in (("CMTRT", name), ("CMSTDAT", start)):
            assert page.go_to(key._replace(item=item))
            desk.type(text).press(Qt.Key.Key_Return)
            page.commits.put_away()  # type: ignore[attr-defined]
    assert "Prednisone" not in everything(desk)
    desk.press(Qt.Key.Key_F12)
    lines = {button.text(): button for button in page.summary.buttons()}
    assert any("only in the first entry: Prednisone" in line for line in lines)
    extra = next(button for line, button in lines.items() if "only in the second entry: Folic acid" in line)
    extra.setFocus()
    desk.press(Qt.Key.Key_Return)
    assert page.commits.strip is not None
    desk.type("2").press(Qt.Key.Key_Return)
    rows = desk.session.data(page.entry.key.subject).rows[page.entry.key._replace(group="ROWS")]
    assert len(rows) == 3
    assert not any("Folic acid" in button.text() for button in page.summary.buttons())


def test_half_typed_text_never_reaches_the_ordinary_form(desk: Desk) -> None:
    page = second(desk)
    desk.enter("VSPERF", "1")
    assert page.go_to(ItemKey(*page.entry.key)._replace(group="MEASUREMENTS", item="SYSBP_VSORRES"))
    desk.type("13")
    kinds = {(str(draft.kind), draft.text) for draft in desk.work.keeper.look().drafts}
    assert kinds == {("second", "13")}


def test_a_difference_in_the_work_list_opens_the_form_for_its_second_entry(desk: Desk) -> None:
    page = second(desk)
    desk.enter("VSPERF", "1").enter("DIABP_VSORRES", "78").press(Qt.Key.Key_Escape)
    desk.window.run("matrix")
    assert not desk.work.second.on
    desk.press(Qt.Key.Key_T, CTRL)
    tree = desk.work.matrix.work.tree
    (task,) = [task for group, tasks in tree.rows.groups for task in tasks if group is Group.SECOND]
    tree.setCurrentIndex(tree.rows.index_of(task))
    assert desk.at() is tree
    desk.press(Qt.Key.Key_Return)
    assert isinstance(desk.page, SecondPage) and desk.page.entry.key == page.entry.key
