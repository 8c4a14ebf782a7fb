"""The strip of running clocks: on every page, in words, with the way to the event; and a wrong PC clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.ui import language
from mda5_crf.ui.clock_strip import EVERY, ClockStrip
from mda5_crf.ui.main_window import MainWindow
from tests.gui.shell_driver import ALT, LOGIN, PASSWORD, Desk, at_desk, make_vault, prepared, put_away, settle

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

START = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=30)


class Clock:
    """A PC's clock that a test may set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    prepared(qapp)
    made = make_vault(tmp_path / "ward.mda5")
    window = MainWindow(str(made))
    window.enter(Session.open(made, LOGIN, PASSWORD, clock=clock))
    yield at_desk(qtbot, window)
    language.set_language("en")
    put_away(window)


def strip(desk: Desk) -> ClockStrip:
    return desk.work.clocks


def row(session: Session, subject: str, form: str, **texts: str) -> ItemKey:
    """Add a row to a log; returns its key."""
    entry = session.entry(ItemKey(subject, "LOG", "", form))
    for group in entry.form.groups:
        for item in group.items:
            if not group.repeating and item.required and item.codelist:
                entry.set_value(entry.key._replace(group=group.name, item=item.name), "Y")
    (group,) = [g for g in entry.form.groups if g.repeating]
    identity, _ = entry.add_row(group.name)
    place = entry.key._replace(group=group.name, group_repeat=identity)
    for name, text in texts.items():
        entry.set_value(place._replace(item=name), text)
    return place


def local(session: Session, at: datetime) -> str:
    return at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")


def serious(desk: Desk, aware: datetime | None = None, term: str = "Sepsis") -> tuple[str, ItemKey]:
    """A participant with one serious event, and its report when somebody was ``aware`` of it."""
    subject = desk.session.enrol().identity
    place = row(desk.session, subject, "AE", AETERM=term, AESER="Y")
    if aware is not None:
        place = row(desk.session, subject, "SAE", AESPID="1", SAEAWDT=local(desk.session, aware))
    strip(desk).refresh()
    return subject, place


# -- what is said, and where


def test_nothing_is_shown_while_no_clock_runs_and_nobody_is_in(desk: Desk) -> None:
    assert not strip(desk).isVisible() and strip(desk).words == ""
    serious(desk)
    assert strip(desk).isVisible()
    kept = strip(desk)
    desk.window.log_out()
    assert desk.window.work is None and not kept.isVisible() and kept.words == ""
    assert not kept._timer.isActive(), "a vault that is closed is not asked any more"
    del kept
    settle()
    assert "01-001" not in desk.window.windowTitle()


@pytest.mark.requirement("CN-13")
def test_the_strip_is_there_on_every_page_and_says_whose_time_runs(desk: Desk, clock: Clock) -> None:
    subject, _ = serious(desk, START - timedelta(hours=2))
    words = strip(desk).words
    assert "01-001 SAE#1" in words and "22 h 00 min left" in words
    assert desk.work.centre.currentWidget() is desk.work.matrix and strip(desk).isVisible()
    desk.open(subject, "SCR", "VS")
    assert strip(desk).isVisible() and strip(desk).words == words
    assert "Sepsis" not in desk.window.windowTitle() and "Serious" not in desk.window.windowTitle()
    language.set_language("zh")
    assert (
        strip(desk).words.startswith("严重不良事件 01-001 SAE#1") and "剩余 22小时00分" in strip(desk).words
    )
    assert strip(desk).go.accessibleName() == f"转到：{strip(desk).words}"
    assert strip(desk).accessibleName() == "严重不良事件计时"


def test_time_runs_down_and_over(desk: Desk, clock: Clock) -> None:
    serious(desk, START - timedelta(hours=23, minutes=59))
    assert "0 h 01 min left" in strip(desk).words and not strip(desk).overdue
    clock.now += timedelta(minutes=4)
    strip(desk)._timer.timeout.emit()
    assert strip(desk).overdue
    assert (
        strip(desk).words.startswith("SERIOUS EVENT 01-001") and "overdue by 0 h 03 min" in strip(desk).words
    )
    assert strip(desk)._timer.interval() == EVERY == 30_000 and strip(desk)._timer.isActive()


def test_a_serious_event_without_report_runs_too_and_says_from_when(desk: Desk) -> None:
    _, place = serious(desk)
    assert "01-001 AE#1" in strip(desk).words and "marked serious" in strip(desk).words
    desk.press(Qt.Key.Key_F2)
    assert desk.page.entry.key == place.form_key()
    book = next(s.book for s in desk.page.sections if s.book is not None)
    assert book.open_row == place.group_repeat


def test_the_clock_stops_with_the_dispatch(desk: Desk) -> None:
    _, place = serious(desk, START - timedelta(hours=2))
    desk.work.show_row(place)
    settle()
    desk.page.go_to(place._replace(item="SAERPDT"))
    desk.type(local(desk.session, START)).press(Qt.Key.Key_Return)
    assert not strip(desk).isVisible(), "a commit is followed at once, not after half a minute"


# -- the way to the event


def test_f2_opens_the_report_at_its_row_and_again_the_next(desk: Desk) -> None:
    _, late = serious(desk, START - timedelta(hours=30))
    _, soon = serious(desk, START - timedelta(hours=20))
    assert "1 more" in strip(desk).words
    desk.press(Qt.Key.Key_F2)
    assert desk.page.entry.key == late.form_key()
    assert any(f.has_focus() and f.key.row_key() == late for f in desk.page.fields.values())
    desk.press(Qt.Key.Key_F2)
    assert desk.page.entry.key == soon.form_key()
    desk.press(Qt.Key.Key_F2)
    assert desk.page.entry.key == late.form_key()
    desk.press(Qt.Key.Key_Home, ALT)
    assert strip(desk).isVisible()


def test_the_strip_is_pressed_with_the_keyboard_and_the_mouse(desk: Desk) -> None:
    _, place = serious(desk, START - timedelta(hours=2))
    strip(desk).go.setFocus()
    desk.press(Qt.Key.Key_Return)
    assert desk.page.entry.key == place.form_key()
    desk.work.show_matrix()
    QTest.mouseClick(strip(desk).go, Qt.MouseButton.LeftButton)
    settle()
    assert desk.page.entry.key == place.form_key()


def test_f2_without_a_clock_does_nothing(desk: Desk) -> None:
    desk.press(Qt.Key.Key_F2)
    assert desk.work.page is None


def test_what_waits_for_a_reason_is_not_left_for_a_clock(desk: Desk) -> None:
    subject, _ = serious(desk, START - timedelta(hours=2))
    desk.vitals(subject)
    desk.page.go_to(desk.key(subject, "SCR", "VS", "VSPERF"))
    entry = desk.page.entry
    desk.session.cache(subject).data.set_status(entry.key, "complete")
    desk.page.go_to(desk.key(subject, "SCR", "VS", "PULSE_VSORRES"))
    desk.type("72")
    desk.press(Qt.Key.Key_F2)
    assert desk.page.entry.key == entry.key and desk.page.uncommitted


# -- a PC clock that is wrong


def test_a_clock_set_back_is_said_in_words_and_gains_no_time(desk: Desk, clock: Clock) -> None:
    serious(desk, START - timedelta(hours=2))
    clock.now = START - timedelta(hours=5)
    strip(desk).refresh()
    assert strip(desk).warning.isVisible()
    assert "this vault has already seen" in strip(desk).warning.text()
    assert "22 h 00 min left" in strip(desk).words
    language.set_language("zh")
    assert strip(desk).warning.text().startswith("本机时钟显示")
    clock.now = START + timedelta(minutes=1)
    strip(desk).refresh()
    assert not strip(desk).warning.isVisible() and strip(desk).isVisible()


def test_a_wrong_clock_alone_shows_the_strip(desk: Desk, clock: Clock) -> None:
    clock.now = START - timedelta(days=1)
    strip(desk)._timer.timeout.emit()
    assert strip(desk).isVisible() and not strip(desk).go.isVisible()
    assert strip(desk).warning.accessibleName() == strip(desk).warning.text()
