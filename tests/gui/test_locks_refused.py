"""A lock that was refused, as people meet it: above the form, on the page of locks, on the work list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from mda5_crf.db.records import Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.worklist import Group
from mda5_crf.text import Text, message
from mda5_crf.ui import language
from mda5_crf.ui.locks_page import LocksPage
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.message_label import MessageLabel
from tests.gui.shell_driver import Desk, at_desk, prepared, put_away, settle
from tests.unit.sync.synckit import PCS, A, C, World, enter_value, item

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def clashed(tmp_path: Path) -> Iterator[tuple[World, ItemKey]]:
    """The centre froze a participant while the ward corrected a pressure; each has heard of the other."""
    (tmp_path / "stick").mkdir()
    world = World(tmp_path, tmp_path / "stick")
    subject = world[A].enrol().identity
    key = item(subject)
    enter_value(world[A], key, "120")
    world[A].append([Draft("status", key.form_key().path(), {"status": "complete"})])
    world.send(A, C)
    world[C].set_lock(ItemKey(subject), "frozen")
    world[A].append([Draft("value", key.path(), {"text": "130"}, world[A].cache(subject).heads[key])])
    world[A].refresh()
    world.send(C, A)
    world.send(A, C)
    yield world, key
    world.close()


@contextmanager
def desk_at(qtbot: QtBot, qapp: QApplication, world: World, pc: str) -> Iterator[Desk]:
    prepared(qapp)
    window = MainWindow(str(world.base / pc))
    window.resize(1280, 720)
    window.enter(world[pc])
    window.show()
    for box in window.findChildren(QComboBox):
        box.view()
    kept = QApplication.topLevelWidgets()
    try:
        yield at_desk(qtbot, window)
    finally:
        prepared(qapp)
        put_away(window)
        del kept


def said(desk: Desk, words: str) -> bool:
    """Whether a line on screen says it."""
    return any(words in one.text() for one in desk.window.findChildren(MessageLabel) if one.isVisible())


@pytest.mark.requirement("E6-10")
def test_the_ward_reads_which_lock_was_refused_and_goes_on(
    qtbot: QtBot, qapp: QApplication, clashed: tuple[World, ItemKey]
) -> None:
    world, key = clashed
    with desk_at(qtbot, qapp, world, A) as desk:
        desk.work.open_task(key)
        settle()
        assert said(desk, f"refused at {PCS[A][1]} on") and said(desk, "the next bundle tells the centre")
        field = desk.page.fields[key]
        assert not field.input.locked
        (task,) = [one for one in desk.session.work_list().tasks if one.group is Group.LOCK]
        assert not task.mine and "Systolic" in task.words.en
        language.set_language("zh")
        assert said(desk, "已于") and said(desk, "下一个数据包会告知协调中心")
        language.set_language("en")


@pytest.mark.requirement("E6-10")
def test_the_centre_sees_it_looks_and_freezes_again(
    qtbot: QtBot, qapp: QApplication, clashed: tuple[World, ItemKey]
) -> None:
    world, key = clashed
    with desk_at(qtbot, qapp, world, C) as desk:
        (task,) = [one for one in desk.session.work_list().tasks if one.group is Group.LOCK]
        assert task.mine and task.key == key
        desk.work.open_task(task.key)
        settle()
        assert said(desk, "Look at them and lock again.")
        desk.work.run("locks")
        settle()
        page = desk.work.office.page
        assert isinstance(page, LocksPage)
        line = page.tree.currentItem()
        assert line is not None and line.text(2) == "refused"
        for words in ("Wang Fang froze", f"refused at {PCS[A][1]}", "Systolic", "Look at them"):
            assert words in page.details.text()
        top = page.tree.topLevelItem(0)
        assert top is not None
        page.tree.setCurrentItem(top)
        assert page.details.text().startswith("1 lock was refused")
        heard: list[Text] = []
        page.said.connect(heard.append)
        page.tree.setCurrentItem(line)
        page.act("freeze")
        qtbot.waitUntil(lambda: bool(heard))
        assert desk.session.held(key.form_key()).state == "frozen"
        assert not [one for one in desk.session.work_list().tasks if one.group is Group.LOCK]
        assert "refused" not in page.details.text()


def test_the_heading_counts() -> None:
    assert message("lockclash.list_many", count=3).en.startswith("3 locks")
