"""What is known is said quietly on the form and filled in by F7; nobody is asked twice, nothing moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.errors import StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.study.values import Entry
from mda5_crf.ui import language
from mda5_crf.ui.commands import Commands
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.inputs import advance
from mda5_crf.ui.start import speak_now
from tests.gui.form_driver import fill, real_study, ward
from tests.gui.form_fixtures import Open, OpenPage
from tests.gui.shell_driver import Desk, make_vault, one_desk

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]

DAY = "2026-03-05"


def dated(open_page: Open, form: str, event: str = "SCR", **texts: str) -> OpenPage:
    """A form of a visit whose date is known."""
    at_ward = ward(real_study())
    fill(at_ward.entry(event, "SV"), SVOCCUR="Y", SVSTDAT=DAY)
    fill(at_ward.entry(event, form), **texts)
    return open_page(at_ward, event, form)


def line(at: OpenPage | FormPage) -> str:
    return (at if isinstance(at, FormPage) else at.page).known.line.words


def kept(at: OpenPage, item: str) -> str:
    entry = at.ward.data("").get(at.field(item).key)
    return entry.text if entry is not None else ""


def test_the_line_says_what_f7_takes_and_what_was_taken(open_page: Open) -> None:
    at = dated(open_page, "VS")
    at.enter("VSPERF", "1")
    assert line(at) == f"F7 takes what is known – Date: {DAY}"
    assert at.page.status_of(at.focus("VSTIM")).startswith(f"F7 Date: {DAY} · ")
    said: list[str] = []
    status: list[str] = []
    at.page.said.connect(said.append)
    at.page.described.connect(status.append)
    assert at.page.take_limits()
    assert status and "F7" not in status[-1]
    assert kept(at, "VSDAT") == DAY and line(at) == said[-1] == f"Filled in – Date: {DAY}"
    assert at.at() == "VSTIM", "the keyboard stays where it was"
    assert not at.page.take_limits() and said[-1].startswith("Nothing to take here now")


def test_the_line_speaks_the_windows_language(qapp: QApplication, open_page: Open) -> None:
    at = dated(open_page, "LBC", LBPERF="Y")
    try:
        speak_now(qapp, "zh")
        assert line(at) == f"F7 带入已知内容 – 采样日期：{DAY}"
    finally:
        speak_now(qapp, "en")
    assert line(at) == f"F7 takes what is known – Sample date: {DAY}"


def test_nothing_is_said_where_nothing_is_known_or_may_be_entered(open_page: Open) -> None:
    assert line(open_page(ward(real_study()), "SCR", "LBC").enter("LBPERF", "1")) == ""
    assert line(dated(open_page, "DM")) == ""
    reader = ward(real_study(), roles=("monitor",))
    for event, form, texts in (
        ("SCR", "SV", {"SVOCCUR": "Y", "SVSTDAT": DAY}),
        ("SCR", "LBC", {"LBPERF": "Y"}),
    ):
        for name, text in texts.items():
            item = reader.study.forms[form].items[name]
            reader.data("").put(ItemKey("d1:5", event, "", form, "", item.group, "", name), Entry(text))
    at = open_page(reader, "SCR", "LBC")
    assert at.page.entry.readonly is not None and line(at) == "" and not at.page.take_limits()


def test_half_typed_text_is_committed_first_and_wins(open_page: Open) -> None:
    at = dated(open_page, "LBC", LBPERF="Y")
    at.focus("LBDAT")
    at.type("2026030")
    assert not at.page.take_limits() or kept(at, "LBDAT") == "2026030"
    assert kept(at, "LBDAT") == "2026030"


def test_enter_passes_over_what_was_taken_and_tab_does_not(open_page: Open) -> None:
    at = dated(open_page, "CDASI", "BL")
    fill(at.ward.entry("BL", "MMT"), MKPERF="Y", MKEVAL="E1")
    at.enter("RSPERF", "1")
    at.focus("RSPERF")
    assert at.page.take_limits()
    assert (kept(at, "RSDAT"), kept(at, "RSEVAL")) == (DAY, "E1")
    names = [stop.item.name for stop in at.page.stops if hasattr(stop, "item") and stop.stop]
    assert names[:3] == ["RSPERF", "RSDAT", "RSEVAL"]
    at.press(Qt.Key.Key_Return)
    assert at.at() == names[3]
    at.focus("RSPERF")
    for name in names[1:4]:
        at.press(Qt.Key.Key_Tab)
        assert at.at() == name
    for name in reversed(names[:3]):
        at.press(Qt.Key.Key_Return, shift=True)
        assert at.at() == name
    at.enter("RSEVAL", "E2").focus("RSDAT")
    at.press(Qt.Key.Key_Return)
    assert at.at() == "RSEVAL", "an answer somebody changed is looked at again"


def test_what_was_taken_and_is_questioned_is_not_passed_over(open_page: Open) -> None:
    at = dated(open_page, "LBC", LBPERF="Y")
    fill(at.ward.entry("SCR", "SV"), SVSTDAT="2026-03-25")  # five days ahead of the ward's clock
    at.page.refresh()
    at.focus("LBPERF")
    at.page.take_limits()
    assert kept(at, "LBDAT") == "2026-03-25" and at.words("LBDAT")
    at.press(Qt.Key.Key_Return)
    assert at.at() == "LBDAT"


def test_a_finished_form_asks_why(open_page: Open) -> None:
    at = dated(open_page, "LBC", LBPERF="Y")
    at.ward.data("").set_status(at.entry.key, "complete")
    at.page.refresh()
    at.focus("LBPERF")
    assert not at.page.take_limits()
    strip = at.page.commits.strip
    assert strip is not None and DAY in strip.question.text() and kept(at, "LBDAT") == ""
    said: list[str] = []
    at.page.said.connect(said.append)
    at.press(Qt.Key.Key_1, Qt.Key.Key_Return)
    assert kept(at, "LBDAT") == DAY and any(DAY in words for words in said)


def test_a_disk_that_fails_is_said_and_the_offer_stays(open_page: Open) -> None:
    at = dated(open_page, "LBC", LBPERF="Y")
    at.focus("LBPERF")
    at.ward.broken = StoreError("store.disk_full", place="x")
    failed: list[object] = []
    at.page.failed.connect(failed.append)
    assert not at.page.take_limits()
    assert len(failed) == 1 and kept(at, "LBDAT") == "" and line(at) != ""
    assert at.page.take_limits() and kept(at, "LBDAT") == DAY


def test_the_form_keeps_its_place_when_the_line_comes_and_goes(open_page: Open) -> None:
    at = dated(open_page, "LBC")
    field = at.enter("LBPERF", "1").focus("LBTIM")
    target = field.input.focus_target()
    before = target.mapTo(at.page, target.rect().topLeft()).y()
    at.page.take_limits()
    QApplication.processEvents()
    assert target.mapTo(at.page, target.rect().topLeft()).y() == before


# -- in the window -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("offers") / "ward.mda5"))


@pytest.fixture
def desk(shared: Callable[[QtBot], Desk], qtbot: QtBot) -> Iterator[Desk]:
    yield shared(qtbot)
    language.set_language("en")


def test_f7_works_on_every_form_of_a_visit(desk: Desk) -> None:
    """Answer "done?" where it is asked, press F7: the date stands there, and nothing else was typed."""
    subject = desk.session.enrol().identity
    study = desk.session.study
    desk.open(subject, "BL", "SV")
    desk.enter("SVOCCUR", "1").enter("SVSTDAT", "20260305")
    seen = 0
    for due in study.due:
        form = study.forms[due.form]
        marked = [item.name for item in form.items.values() if "SV.SVSTDAT" in item.same_as]
        if due.event != "BL" or form.repeating or not marked:
            continue
        page = desk.open(subject, "BL", due.form)
        gate = next((name for name in form.items if name.endswith("PERF")), "")
        if gate and not line(page):
            desk.enter(gate, "1")
        assert DAY in line(page), due.form
        desk.press(Qt.Key.Key_F7)
        assert [desk.stored(name) for name in marked] == [DAY], due.form
        seen += 1
    assert seen > 12


def test_the_preference_is_a_tick_in_the_menu_and_remembered(desk: Desk) -> None:
    commands: Commands = desk.window.commands
    action = commands.actions["auto_advance"]
    assert action.isCheckable() and action.isEnabled() and not action.isChecked()
    try:
        action.trigger()
        assert advance.is_on() and action.isChecked()
        assert "go on by themselves" in desk.work.bar.saved.text()
    finally:
        advance.switch(False)
        action.setChecked(False)
