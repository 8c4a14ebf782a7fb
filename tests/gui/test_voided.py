"""What is void in matrix, tree and on its page: shown when wanted, in words and struck, never editable."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import voided
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from mda5_crf.settings import load_settings
from mda5_crf.ui.language import set_language
from mda5_crf.ui.voided_page import VoidedPage
from tests.commandline import remembered_keys
from tests.gui.shell_driver import (
    LOGIN,
    PASSWORD,
    Desk,
    copied_desk,
    make_vault,
    settle,
)
from tests.scenario import Ward

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.requirement("CN-3", "P11-5", "E6-8"),
]
WHY, NURSE = Reason("ENTRY_ERROR"), ("n02", "quiet-river-77-lantern")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """01-001 with a form moved from W4 to W8 and an unscheduled visit voided; 01-002 void altogether."""
    folder = make_vault(tmp_path_factory.mktemp("voided") / "ward.mda5")
    with remembered_keys(), Session.open(folder, LOGIN, PASSWORD) as session:
        session.add_person(NURSE[0], "Zhang Wei", "data_entry", NURSE[1], own_password=PASSWORD)
        one, two = session.enrol().identity, session.enrol().identity
        ward = Ward(session, one)
        form = ward.open("W4", "VS").enter("SYSBP_VSORRES", "121").enter("SYSBP_VSORRES", "118")
        session.move(session.plan_move(form.entry.key, ItemKey(one, "W8")), WHY, NURSE)
        again = ward.unscheduled("VS").enter("SYSBP_VSORRES", "140")
        session.void(again.entry.key.event_key(), WHY, NURSE)
        session.void(ItemKey(two), WHY, NURSE)
    return folder


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, vault: Path, tmp_path: Path) -> Iterator[Desk]:
    yield from copied_desk(qtbot, qapp, vault, tmp_path / "ward.mda5")


def lines(desk: Desk) -> dict[str, bool]:
    """The lines of the tree → whether each is struck."""
    found, tree = {}, desk.work.tree
    for top in range(tree.topLevelItemCount()):
        item = tree.topLevelItem(top)
        assert item is not None
        for one in (item, *(item.child(n) for n in range(item.childCount()))):
            if one is not None:
                found[one.text(0)] = one.font(0).strikeOut()
    return found


def test_what_is_void_is_hidden_until_it_is_wanted_and_that_is_remembered(desk: Desk) -> None:
    one = desk.session.subjects()[0].identity
    desk.work.open_form(ItemKey(one, "BL", "", "VS"))
    assert not any(lines(desk).values())
    assert len(desk.work.matrix.model.rows) == 1
    desk.window.run("show_voided")
    settle()
    struck = [text for text, void in lines(desk).items() if void]
    assert len(struck) == 2
    assert all("(void)" in text for text in struck), "a word, not the line alone"
    assert any(text.startswith("Unscheduled") for text in struck)
    assert load_settings().show_voided
    assert desk.window.commands.actions["show_voided"].isChecked()
    desk.window.run("show_voided")
    assert not any(lines(desk).values())
    assert not load_settings().show_voided


def test_a_void_form_is_read_with_its_trace_and_cannot_be_edited(desk: Desk) -> None:
    one = desk.session.subjects()[0].identity
    desk.work.open_form(ItemKey(one, "BL", "", "VS"))
    desk.window.run("show_voided")
    tree = desk.work.tree
    (form,) = [item for item in tree._void_items.values() if item.parent() is not None]
    assert "Moved to 01-001 W8 VS" in form.toolTip(0)
    assert "Li" in form.toolTip(0) or "by" in form.toolTip(0)
    heads = desk.session.vault.journal.heads()
    tree.setCurrentItem(form)
    tree.setFocus()
    desk.press(Qt.Key.Key_Return)
    page = desk.work.office.page
    assert isinstance(page, VoidedPage)
    chosen = page.voids.currentItem()
    assert chosen is not None
    assert "W4 VS" in chosen.text(0)
    assert "Zhang Wei" in chosen.text(2)
    assert page.stood.topLevelItemCount() == 1
    answer = page.stood.topLevelItem(0)
    assert answer is not None
    assert "118" in answer.text(1)
    assert "(void)" in answer.text(1)
    assert answer.font(1).strikeOut()
    assert not answer.flags() & Qt.ItemFlag.ItemIsEditable
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.page is not None
    assert desk.work.page.entry.key.form == "VS"
    assert {d: s for d, (s, _) in desk.session.vault.journal.heads().items()} == {
        d: s for d, (s, _) in heads.items()
    }


def test_a_void_participant_stands_behind_the_others(desk: Desk) -> None:
    desk.window.run("show_voided")
    settle()
    model = desk.work.matrix.model
    assert [model.headerData(n, Qt.Orientation.Vertical) for n in range(model.rowCount())] == [
        "01-001", "01-002 (void)",
    ]  # fmt: skip
    assert model.headerData(1, Qt.Orientation.Vertical, int(Qt.ItemDataRole.FontRole)).strikeOut()  # type: ignore[attr-defined]
    assert model.headerData(0, Qt.Orientation.Vertical, int(Qt.ItemDataRole.FontRole)) is None
    assert "void" in model.words(model.index(1, 0))
    desk.work.matrix.table.setCurrentIndex(model.index(1, 1))
    desk.work.matrix.open_current()
    page = desk.work.office.page
    assert isinstance(page, VoidedPage)
    chosen = page.voids.currentItem()
    assert chosen is not None
    assert chosen.text(0) == "01-002"
    assert page.stood.topLevelItemCount() == 0
    set_language("zh")
    assert "作废" in page.title.zh
    assert "已作废" in model.words(model.index(1, 0))


def test_nothing_of_it_in_second_entry(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one = desk.session.subjects()[0].identity
    desk.window.run("show_voided")
    desk.work.open_form(ItemKey(one, "BL", "", "VS"))
    assert any(lines(desk).values())
    second = type(desk.work.second)
    monkeypatch.setattr(second, "on", property(lambda _self: True))
    monkeypatch.setattr(second, "stages", lambda _self: {})
    monkeypatch.setattr(second, "nodes", lambda _self, nodes: nodes)
    desk.work.reload_tree()
    assert not any(lines(desk).values())


def test_what_stood_there_is_what_stood_then(vault: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(vault, tmp_path / "copy.mda5"))
    with remembered_keys(), Session.open(folder, LOGIN, PASSWORD) as session:
        found = {one.key.event: one for one in voided.of_subject(session, session.subjects()[0].identity)}
        Ward(session, session.subjects()[0].identity).open("W4", "VS").enter("SYSBP_VSORRES", "150")
        (stood,) = voided.stood(session, found["W4"].record)
        assert (stood.value.en.split()[0], stood.person) == ("118", session.person.name)
        assert voided.stood(session, "nobody:1") == ()
        assert session.verify().troubles == ()
