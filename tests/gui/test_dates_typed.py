"""Dates, times and numbers as people type them into a form; coded digits that go on; fast fingers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCalendarWidget

from mda5_crf.settings import load_settings
from mda5_crf.ui.inputs import advance
from mda5_crf.ui.inputs.choice import OptionsInput
from mda5_crf.ui.inputs.date import CalendarPopup
from mda5_crf.ui.wheel_filter import WheelFilter
from tests.gui.form_driver import real_study, ward
from tests.gui.form_fixtures import Open, OpenPage

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]


def kept(at: OpenPage, item: str) -> str:
    entry = at.ward.data("").get(at.field(item).key)
    return (entry.missing or entry.text) if entry is not None else ""


def laboratory(open_page: Open) -> OpenPage:
    return open_page(ward(real_study()), "SCR", "LBC").enter("LBPERF", "1")


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("20260311", "2026-03-11"),
        ("2026-3-11", "2026-03-11"),
        ("2026/3/11", "2026-03-11"),
        ("2026.3.11", "2026-03-11"),
        ("2026年3月11日", "2026-03-11"),
        ("２０２６．３．１１", "2026-03-11"),
        ("11 Mar 2026", "2026-03-11"),
        ("2026031", "2026031"),
        ("260311", "260311"),
        ("2026-03", "2026-03"),
        ("2026-02-30", "2026-02-30"),
        ("03/11/2026", "03/11/2026"),
    ],
)
def test_a_complete_date(open_page: Open, typed: str, stored: str) -> None:
    at = laboratory(open_page).enter("LBDAT", typed)
    assert kept(at, "LBDAT") == stored
    read = stored == "2026-03-11"
    assert (at.words("LBDAT") == "") is read, "what does not read is said beside it, and kept"
    assert at.field("LBDAT").input.entered().text == stored


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("2019", "2019"),
        ("2019年8月", "2019-08"),
        ("UN/08/2019", "2019-08"),
        ("UN-AUG-2019", "2019-08"),
        ("2019-08-UN", "2019-08"),
        ("Aug 2019", "2019-08"),
        ("2019-UN-08", "2019---08"),
        ("UNKNOWN", "UNKNOWN"),
    ],
)
def test_a_date_of_which_parts_are_known_gets_no_other_part(open_page: Open, typed: str, stored: str) -> None:
    at = open_page(ward(real_study()), "SCR", "DH").enter("DHSYMDAT", typed)
    assert kept(at, "DHSYMDAT") == stored


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("0830", "08:30"),
        ("830", "08:30"),
        ("8：30", "08:30"),
        ("下午8点30分", "20:30"),
        ("24:00", "24:00"),
        ("8", "8"),
    ],
)
def test_a_time(open_page: Open, typed: str, stored: str) -> None:
    at = laboratory(open_page).enter("LBTIM", typed)
    assert kept(at, "LBTIM") == stored
    assert (at.words("LBTIM") == "") is (":" in stored and stored != "24:00")


def test_plus_is_today_in_a_date_and_now_in_a_time_of_the_site(open_page: Open) -> None:
    at = laboratory(open_page)
    at.focus("LBDAT")
    at.type("+").press(Qt.Key.Key_Return)
    at.focus("LBTIM")
    at.type("+").press(Qt.Key.Key_Return)
    # The ward's clock says 06:05 UTC on 20 March; the site lies eight hours east.
    assert (kept(at, "LBDAT"), kept(at, "LBTIM")) == ("2026-03-20", "14:05")
    at.focus("LBTIM").input.set_locked(True)
    at.field("LBTIM").input.restore()
    at.type("+")
    assert at.field("LBTIM").input.entered().text == "14:05"


def test_plus_and_plus_again_is_the_moment_in_a_date_with_time(open_page: Open) -> None:
    at = open_page(ward(real_study()), "BL", "FC").enter("FCPERF", "1")
    field = at.focus("FCRUNDTM")
    widget = field.input
    QTest.keyClick(widget.focus_target(), Qt.Key.Key_Plus)
    assert widget.entered().text == "2026-03-20 "
    QTest.keyClick(widget.focus_target(), Qt.Key.Key_Plus)
    assert widget.entered().text == "2026-03-20 14:05"


def test_the_calendar_by_keyboard(open_page: Open) -> None:
    at = laboratory(open_page).enter("LBDAT", "20260311")
    at.focus("LBDAT")
    assert at.page.open_choices()
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, CalendarPopup)
    calendar = popup.calendar
    assert (
        isinstance(calendar, QCalendarWidget)
        and calendar.selectedDate().toString(Qt.DateFormat.ISODate) == "2026-03-11"
    )
    view = QApplication.focusWidget()
    assert view is not None and (view is calendar or calendar.isAncestorOf(view))
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert QApplication.activePopupWidget() is None
    at.press(Qt.Key.Key_Return)
    assert kept(at, "LBDAT") == "2026-03-10"


@pytest.mark.parametrize(
    "typed, stored, reads",
    [
        (" 35 ", "35", True),
        ("+35", "35", True),
        (">2000", ">2000", True),
        ("≥ 2000", ">=2000", True),
        ("<=5", "<=5", True),
        ("1,234", "1,234", False),
        ("1 234", "1 234", False),
        ("1e3", "1e3", False),
        ("3-5", "3-5", False),
        ("> >5", "> >5", False),
    ],
)
def test_a_number_is_never_guessed(open_page: Open, typed: str, stored: str, reads: bool) -> None:
    at = laboratory(open_page).enter("CK_LBORRES", typed)
    assert kept(at, "CK_LBORRES") == stored
    value = at.entry.state.items[at.field("CK_LBORRES").key].value
    assert value.nonconformant is not reads
    if not reads:
        assert at.words("CK_LBORRES")


def test_the_wheel_changes_nothing_on_any_kind_of_field(qapp: QApplication, open_page: Open) -> None:
    wheel = WheelFilter(qapp)
    qapp.installEventFilter(wheel)
    try:
        for event, form in (("SCR", "LBC"), ("BL", "CDASI"), ("SCR", "DH"), ("BL", "BS")):
            at = open_page(ward(real_study()), event, form)
            first = next(item.name for item in at.entry.form.items.values())
            at.enter(first, "1")
            before = {key: field.input.entered() for key, field in at.page.fields.items()}
            revision = at.ward.data("").revision
            for field in list(at.page.fields.values())[:60]:
                if field.stop:
                    field.take_focus()
                    roll(field.input.focus_target())
            at.focus(first)
            assert {key: field.input.entered() for key, field in at.page.fields.items()} == before
            assert at.ward.data("").revision == revision
    finally:
        qapp.removeEventFilter(wheel)


def roll(widget: object) -> None:
    turn = QWheelEvent(
        QPointF(3, 3), QPointF(3, 3), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, turn)  # type: ignore[arg-type]


# -- going on by itself ------------------------------------------------------------------------------------


@pytest.fixture
def going_on() -> Iterator[None]:
    advance.switch(True)
    yield
    advance.switch(False)


def test_off_unless_somebody_switched_it_on(open_page: Open) -> None:
    assert not advance.is_on() and not load_settings().auto_advance
    at = open_page(ward(real_study()), "SCR", "LBC")
    at.focus("LBPERF")
    at.type("1")
    assert at.at() == "LBPERF" and kept(at, "LBPERF") == ""


@pytest.mark.usefixtures("going_on")
def test_a_digit_that_is_a_whole_code_goes_on(open_page: Open) -> None:
    assert load_settings().auto_advance
    at = open_page(ward(real_study()), "SCR", "LBC")
    at.focus("LBPERF")
    at.type("1")
    assert at.at() == "LBDAT" and kept(at, "LBPERF") == "Y"
    at.type("20260311")
    assert at.at() == "LBDAT", "a date never goes on by itself"
    at.enter("ALT_LBORRES", "3").focus("ALT_LBORRES")
    at.type("35")
    assert at.at() == "ALT_LBORRES", "nor does a number"
    at.focus("LBREFID")
    at.type("1")
    assert at.at() == "LBREFID", "nor do words"


@pytest.mark.usefixtures("going_on")
def test_a_digit_that_another_code_begins_with_waits(open_page: Open) -> None:
    at = open_page(ward(real_study()), "BL", "MMT").enter("MKPERF", "1")
    grades = [f for f in at.page.fields.values() if f.item.codelist == "MMT10" and f.stop]
    first, second = grades[:2]
    at.page.go_to(first.key)
    at.type("1")
    assert first.has_focus(), "1 may become 10"
    at.type("0")
    assert second.has_focus() and kept(at, first.item.name) == "10"
    at.type("7")
    assert not second.has_focus() and kept(at, second.item.name) == "7"


@pytest.mark.usefixtures("going_on")
def test_letters_mouse_and_a_key_held_down_do_not_go_on(open_page: Open) -> None:
    at = open_page(ward(real_study()), "SCR", "LBC")
    at.focus("LBPERF")
    at.type("y")
    assert at.at() == "LBPERF"
    box = at.field("LBPERF").input
    assert isinstance(box, OptionsInput)
    QTest.mouseClick(box.options()[1], Qt.MouseButton.LeftButton)
    assert at.at() == "LBPERF"
    target = QApplication.focusWidget()
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", True, 1)
    QApplication.sendEvent(target, held)  # type: ignore[arg-type]
    assert at.at() == "LBPERF"


# -- fast fingers ------------------------------------------------------------------------------------------


def test_keys_typed_ahead_of_a_commit_are_all_there(open_page: Open) -> None:
    """The keys wait in a queue; each goes to whatever has the keyboard when its turn comes."""
    at = laboratory(open_page)
    results = [item.name for item in at.entry.form.items.values() if item.column == "ORRES"][:12]
    at.focus(results[0])
    window = at.page.window().windowHandle()
    text = {name: str(31 + place) for place, name in enumerate(results)}
    for digits in text.values():
        for char in digits:
            post(window, ord(char), char)
        for _ in range(3):  # result, lower, upper limit: nothing is known of this laboratory
            post(window, Qt.Key.Key_Return, "\r")
    for _ in range(50):
        QCoreApplication.sendPostedEvents()
        QApplication.processEvents()
    assert {name: kept(at, name) for name in results} == text


def post(window: object, key: int, text: str) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        QCoreApplication.postEvent(window, event)  # type: ignore[arg-type]
