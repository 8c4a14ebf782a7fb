"""The page of conflicts in the hands of a coordinator without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import conflicts
from mda5_crf.ui import language
from mda5_crf.ui.conflict_strip import ConflictStrip
from mda5_crf.ui.conflicts_page import ConflictsPage
from mda5_crf.ui.main_window import MainWindow
from tests.conflicting import PULSE, SYSTOLIC, A, B, C, D, Ward, old_ward, only
from tests.gui.shell_driver import CTRL, Desk, at_desk, prepared, put_away, settle
from tests.unit.sync.synckit import item, shown

__all__ = ["old_ward"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@contextmanager
def desk_of(qtbot: QtBot, qapp: QApplication, world: Ward, pc: str) -> Iterator[Desk]:
    """The window over one of the vaults; its session stays open afterwards."""
    prepared(qapp)
    window = MainWindow(str(world.base / pc))
    window.resize(1093, 614)
    window.enter(world[pc])
    window.show()
    for box in window.findChildren(QComboBox):
        box.view()
    kept = QApplication.topLevelWidgets()
    yield at_desk(qtbot, window)
    prepared(qapp)
    put_away(window)
    world.open.pop(pc, None)
    del kept


def split(world: Ward, *names: str) -> str:
    """A participant with different answers at A and B, of which A has heard."""
    subject = world.begun(A, B)
    for name in names:
        world.differ(item(subject, name), a="70", b="110")
    world.carry(B, A)
    return subject


def opened(desk: Desk) -> ConflictsPage:
    desk.press(Qt.Key.Key_K, CTRL)
    page = desk.work.office.page
    assert isinstance(page, ConflictsPage)
    return page


def awake(page: ConflictsPage) -> ConflictStrip:
    """The decision, as if somebody had looked at it for a while."""
    assert page.strip is not None
    page.deaf = page.strip._deaf = 0
    return page.strip


def words_of(page: ConflictsPage) -> list[str]:
    table = page.table
    return [
        cell.text() for column in range(table.columnCount())
        if (cell := table.item(0, column)) is not None
    ]  # fmt: skip


@pytest.mark.requirement("E6-8")
def test_two_conflicts_decided_by_keys_alone(qtbot: QtBot, qapp: QApplication, old_ward: Ward) -> None:
    """A side by its number with a reason; then another answer; Enter decides, the next comes up."""
    subject = split(old_ward, SYSTOLIC, PULSE)
    with desk_of(qtbot, qapp, old_ward, A) as desk:
        page = opened(desk)
        assert words_of(page) == ["(empty)", "70 mmHg", "110 mmHg"]
        strip = page.strip
        assert strip is not None and strip.isAncestorOf(desk.at())
        # What was meant for another question decides nothing.
        desk.type("1").press(Qt.Key.Key_Return).type("1").press(Qt.Key.Key_Return)
        assert strip.side is None and len(conflicts.listed(desk.session, subject)) == 2
        awake(page)
        desk.press(Qt.Key.Key_Return)
        assert "number" in strip.error.text()
        desk.type("2").press(Qt.Key.Key_Return)
        assert strip.side == 2
        desk.type("2").press(Qt.Key.Key_Return)
        assert shown(desk.session, item(subject, SYSTOLIC)) == ("110", False)
        # The next one came up, with the keyboard in it.
        following = awake(page)
        assert following is not strip and following.isAncestorOf(desk.at())
        assert words_of(page)[1:] == ["70 beats/min", "110 beats/min"]
        desk.type("3").press(Qt.Key.Key_Return)
        assert desk.at() is following.other.focus_target()
        desk.type("500").press(Qt.Key.Key_Return)
        assert "must be corrected" in following.findings.text()
        desk.type("6").press(Qt.Key.Key_Return)
        assert desk.at() is following.words
        desk.type("seen twice").press(Qt.Key.Key_Return)
        assert shown(desk.session, item(subject, PULSE)) == ("500", False)
        assert page.conflicts == () and page.strip is None
        assert desk.at() is page.tree
        desk.press(Qt.Key.Key_Escape)
        assert desk.work.office.page is None


def test_from_the_field_and_back(qtbot: QtBot, qapp: QApplication, old_ward: Ward) -> None:
    """The field says that there is a conflict; one key leads to it, another back to the field."""
    subject = split(old_ward, SYSTOLIC, PULSE)
    with desk_of(qtbot, qapp, old_ward, A) as desk:
        key = item(subject, PULSE)
        desk.work.open_task(key)
        settle()
        marking = desk.page.fields[key].marking
        assert marking.loud and marking.words is not None and "Ctrl+K" in marking.words.en
        page = opened(desk)
        assert page.compare is not None and page.compare.conflict.key == key
        desk.press(Qt.Key.Key_Escape)
        assert desk.at() is page.tree
        page.open_place()
        settle()
        assert desk.page.focused_key == key
        # From the work list too.
        desk.work.matrix.work.conflict_wanted.emit(item(subject, SYSTOLIC))
        settle()
        assert page.compare is not None and page.compare.conflict.key == item(subject, SYSTOLIC)
        assert page.chosen_now == item(subject, SYSTOLIC).path()
        strip = awake(page)
        page.tree.setFocus()
        desk.type("2")
        assert strip.side == 2 and strip.isAncestorOf(desk.at())
        strip.words.setText("because")
        kept = {name: box.text() for name, box in page.half_typed().items()}
        assert kept == {"words": "because"}
        language.set_language("zh")
        page.retranslate()
        assert "以何者为准" in strip.question.text() and strip.words.text() == "because"
        language.set_language("en")


def test_an_answer_that_comes_meanwhile_is_shown(qtbot: QtBot, qapp: QApplication, old_ward: Ward) -> None:
    world, subject = old_ward, old_ward.begun(A, B, D)
    world.differ(item(subject), a="120", b="130", d="140")
    world.carry(B, A)
    with desk_of(qtbot, qapp, world, A) as desk:
        page = opened(desk)
        page.choose_again(item(subject).path())
        strip = awake(page)
        strip.take_focus()
        world.send(D, A)
        desk.type("1").press(Qt.Key.Key_Return).type("1").press(Qt.Key.Key_Return)
        assert desk.window.banner.text is not None
        assert sorted(words_of(page)[1:]) == ["120 mmHg", "130 mmHg", "140 mmHg"]
        assert len(only(desk.session, subject).sides) == 3


def test_at_the_centre_the_site_is_asked(qtbot: QtBot, qapp: QApplication, old_ward: Ward) -> None:
    subject = split(old_ward, SYSTOLIC)
    for sender in (A, B):
        old_ward.carry(sender, C)
    with desk_of(qtbot, qapp, old_ward, C) as desk:
        page = opened(desk)
        page.choose_again(item(subject).path())
        page.take_focus()
        assert page.strip is None and desk.at() is page.tree
        assert "site 01" in page.notes.text()
        desk.press(Qt.Key.Key_Return)
        assert desk.at() is page.question
        desk.type("Which one?").press(Qt.Key.Key_Return)
        assert "Which one?" in page.notes.text()
        asked = [one for one in desk.session.queries(subject) if one.source == "manual"]
        assert [one.text.en for one in asked] == ["Which one?"]


def test_what_may_be_entered_twice_is_listed_and_opened(
    qtbot: QtBot, qapp: QApplication, old_ward: Ward
) -> None:
    world, subject = old_ward, old_ward.begun(A, B)
    rows = []
    for pc in (A, B):
        entry = world[pc].entry(ItemKey(subject, "LOG", "", "AE"))
        group = next(one.name for one in entry.form.groups if one.repeating)
        rows.append(entry.key._replace(group=group, group_repeat=entry.add_row(group)[0]))
        entry.set_value(rows[-1]._replace(item="AETERM"), "Fever")
    world.carry(B, A)
    with desk_of(qtbot, qapp, world, A) as desk:
        page = opened(desk)
        top = page.tree.tops()[-1]
        page.tree.setCurrentItem(page.tree.below(top)[-1])
        assert "AE#1 and AE#2" in page.place.text() and "strike" in page.notes.text()
        page.tree.setFocus()
        desk.press(Qt.Key.Key_Return)
        assert desk.page.entry.key == ItemKey(subject, "LOG", "", "AE")
