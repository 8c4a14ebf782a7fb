"""Proposed protocol deviations in the window: counted, listed, taken over or dismissed, by keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.ui.deviation_list import DeviationList
from mda5_crf.ui.reason_bar import ReasonBar
from mda5_crf.ui.side_panel import DEVIATIONS
from tests.gui.shell_driver import CTRL
from tests.gui.sign_desk import ENTER, Enter, SignDesk, desk, entered, folder
from tests.scenario import OpenForm
from tests.signward import definition, eligible, vitals

__all__ = ["desk", "entered", "folder"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def panel(desk: SignDesk) -> DeviationList:
    return desk.work.side.deviations


def lines(desk: SignDesk) -> list[str]:
    return [panel(desk).list.item(row).text() for row in range(panel(desk).list.count())]


def bar(desk: SignDesk) -> ReasonBar:
    found = desk.work.strip
    assert isinstance(found, ReasonBar)
    return found


def late(desk: SignDesk) -> OpenForm:
    """A baseline outside its window, on screen, with the list open."""
    eligible(desk.ward)
    form = desk.show(desk.ward.open("BL", "SV").enter("SVSTDAT", "2026-08-30"))
    desk.press(Qt.Key.Key_D, CTRL)
    return form


def tab(desk: SignDesk, times: int = 1) -> SignDesk:
    desk.press(Qt.Key.Key_Tab, times=times)
    return desk


# -- what cannot be done ---------------------------------------------------------------------------------


def test_nothing_proposed_is_said(desk: SignDesk) -> None:
    desk.show(vitals(desk.ward))
    assert not desk.work.context.deviations.isVisible()
    desk.press(Qt.Key.Key_D, CTRL)
    assert desk.at() is panel(desk).list and lines(desk) == ["No deviations are proposed."]
    assert not any(button.isEnabled() for button in panel(desk).buttons())
    desk.press(ENTER)
    assert desk.page.entry.key.form == "VS"
    desk.speak("zh")
    assert lines(desk) == ["没有提出的方案偏离。"]


def test_on_the_matrix_there_is_no_participant(desk: SignDesk) -> None:
    desk.press(Qt.Key.Key_D, CTRL)
    assert not desk.window.commands.actions["deviations"].isEnabled() and not desk.work.panes.side_shown


def test_a_definition_without_the_log_offers_nothing(entered: Enter) -> None:
    desk = entered(study=replace(definition(), settings={}))
    desk.ward.enrol()
    late(desk)
    assert not desk.window.commands.actions["deviations"].isEnabled() and not desk.work.panes.side_shown
    assert not desk.work.side.isTabVisible(DEVIATIONS) and not desk.work.context.deviations.isVisible()


def test_who_only_reads_sees_but_does_nothing(entered: Enter) -> None:
    first = entered()
    first.ward.enrol()
    key = late(first).entry.key
    desk = entered("d02")
    assert desk.work.open_form(key)
    desk.press(Qt.Key.Key_D, CTRL)
    assert lines(desk)[0].startswith("SV-02")
    assert not any(button.isEnabled() for button in panel(desk).buttons())


def test_what_waits_for_a_reason_comes_first(desk: SignDesk) -> None:
    form = late(desk)
    assert form.complete().done
    desk.go(form, "DOSE", "2")
    panel(desk).take_focus()
    tab(desk).press(ENTER)
    assert "not saved yet" in panel(desk).complaint
    desk.speak("zh")
    assert panel(desk).complaint.startswith("本表尚有未保存的内容")
    assert [one.state for one in panel(desk).proposals] == ["open"]


def test_what_is_hard_is_not_dismissed(desk: SignDesk) -> None:
    form = desk.ward.open("SCR", "IE").enter_all(RFICDAT="2026-08-20", IEYN="N", ENROLYN="Y")
    desk.show(form)
    desk.press(Qt.Key.Key_D, CTRL)
    tab(desk, 2).press(ENTER).type("1").press(ENTER)
    assert bar(desk).complaint.startswith("IE-16 cannot be dismissed")
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.strip is None and desk.at() is panel(desk).list
    assert [one.state for one in panel(desk).proposals] == ["open"]


def test_a_dismissal_says_why(desk: SignDesk) -> None:
    late(desk)
    tab(desk, 2).press(ENTER).press(ENTER)
    assert bar(desk).reasons._error.text() == "Choose a reason, or write one."
    desk.type("2").press(ENTER).press(ENTER)
    assert bar(desk).reasons._error.text() and bar(desk).reasons.words.hasFocus()
    assert bar(desk).reasons.height() == bar(desk).reasons.height_for(bar(desk).reasons.width())
    desk.type("quarantine").press(ENTER)
    assert desk.work.strip is None and [one.state for one in panel(desk).proposals] == ["dismissed"]
    assert desk.at() is panel(desk).list and "SV-02 – dismissed" in lines(desk)[0]
    assert not desk.work.context.deviations.isVisible()
    assert "Dismissed: SV-02." in desk.work.bar.saved.text()


def test_esc_dismisses_nothing(desk: SignDesk) -> None:
    late(desk)
    tab(desk, 2).press(ENTER).type("1").press(Qt.Key.Key_Escape)
    assert desk.work.strip is None and [one.state for one in panel(desk).proposals] == ["open"]


def test_what_is_settled_meanwhile_is_refused_and_shown_so(desk: SignDesk) -> None:
    late(desk)
    (one,) = panel(desk).proposals
    desk.session.take_over(one)
    tab(desk).press(ENTER)
    assert "is in the deviation log already" in panel(desk).complaint
    assert [one.state for one in panel(desk).proposals] == ["taken"]
    assert len(desk.ward.open("LOG", "DV").entry.rows("ROWS")) == 1


def test_a_finished_log_asks_for_a_reason(desk: SignDesk) -> None:
    log = desk.ward.open("LOG", "DV").enter("DVYN", "N")
    assert log.complete().done
    late(desk)
    tab(desk).press(ENTER)
    assert "deviation log is complete" in bar(desk).reasons.question.text() and not log.entry.rows("ROWS")
    desk.press(Qt.Key.Key_Escape)
    assert not log.entry.rows("ROWS") and desk.at() is panel(desk).list
    tab(desk).press(ENTER).type("1").press(ENTER)
    assert desk.work.strip is None and len(log.entry.rows("ROWS")) == 1


# -- what is done ----------------------------------------------------------------------------------------


def test_the_participants_page_counts_them_and_the_form_says_so(desk: SignDesk) -> None:
    form = eligible(desk.ward)
    visit = desk.ward.open("BL", "SV").enter("SVSTDAT", "2026-08-21")
    desk.show(form)
    assert not desk.work.context.deviations.isVisible()
    desk.show(visit)
    desk.go(visit, "SVSTDAT", "2026-08-30").press(ENTER)
    desk.qtbot.waitUntil(desk.work.context.deviations.isVisible, timeout=5_000)
    assert desk.work.context.deviations.text() == "Deviations proposed: 1"
    assert desk.work.status.text().startswith("Deviations proposed here: 1 (Ctrl+D)")
    desk.speak("zh")
    assert desk.work.context.deviations.text() == "待处理方案偏离：1"
    assert desk.work.status.text().startswith("此处待处理方案偏离：1（Ctrl+D）")
    desk.show(form)
    assert desk.work.context.deviations.isVisible() and "Ctrl+D" not in desk.work.status.text()
    desk.work.show_matrix()
    assert not desk.work.context.deviations.isVisible(), "the matrix is nobody's page"


def test_each_says_check_sentence_place_and_date(desk: SignDesk) -> None:
    late(desk)
    assert lines(desk) == [
        "SV-02 – proposed\nVisit date is outside the window.\nBaseline · Visit · 2026-08-30"
    ]
    desk.speak("zh")
    assert lines(desk) == ["SV-02 – 待处理\n访视日期超出时间窗。\n基线 · 访视 · 2026-08-30"]
    assert panel(desk).take.text() == "记入偏离日志" and panel(desk).dismiss.accessibleName() == "附理由排除"


@pytest.mark.parametrize(
    "tongue, said", [("en", "Recorded as Protocol deviation #1."), ("zh", "已记录为 方案偏离 #1。")]
)
def test_taking_over_makes_a_row_of_the_log(desk: SignDesk, tongue: str, said: str) -> None:
    visit = late(desk)
    log = desk.show(desk.ward.open("LOG", "DV"))  # its page is built, and up to date, before
    desk.show(visit)
    desk.speak(tongue)
    desk.press(Qt.Key.Key_D, CTRL)
    tab(desk).press(ENTER)
    (row,) = log.entry.rows("ROWS")
    text = desk.session.data(desk.ward.subject).get(log.key("DVTERM")._replace(group_repeat=row))
    assert text is not None and ("访视日期超出时间窗" in text.text) == (tongue == "zh")
    assert [one.state for one in panel(desk).proposals] == ["taken"] and said in desk.work.bar.saved.text()
    assert not desk.work.context.deviations.isVisible() and desk.at() is panel(desk).list
    desk.show(log)
    assert any(key.group_repeat == row for key in desk.page.fields), "the page that was kept shows the row"


def test_what_waits_stands_first_and_the_next_is_chosen(desk: SignDesk) -> None:
    form = late(desk)
    form.enter("DOSE", "11")
    assert form.complete().done
    desk.press(Qt.Key.Key_D, CTRL)
    tab(desk).press(ENTER)
    assert [(one.check, one.state) for one in panel(desk).proposals] == [
        ("DA-04", "open"),
        ("SV-02", "taken"),
    ]
    chosen = panel(desk).chosen()
    assert chosen is not None and chosen.check == "DA-04"
    assert desk.work.context.deviations.text() == "Deviations proposed: 1"


def test_enter_goes_to_the_place_and_esc_back_to_the_form(desk: SignDesk) -> None:
    eligible(desk.ward)
    meds = desk.ward.open("LOG", "CM")
    meds.new_row("ROWS").enter_all(CMTRT="infliximab", CMSTDAT="2026-08-22", CMPROHIB="Y")
    desk.show(vitals(desk.ward))
    desk.press(Qt.Key.Key_D, CTRL)
    assert "Prohibited drug: infliximab." in lines(desk)[0] and "#1 · 2026-08-22" in lines(desk)[0]
    desk.press(Qt.Key.Key_Escape)
    assert desk.page.has_keyboard and desk.page.entry.key.form == "VS"
    desk.press(Qt.Key.Key_D, CTRL).press(ENTER)
    assert desk.page.entry.key == meds.entry.key
    assert desk.page.focused_key is not None and desk.page.focused_key.item == "CMTRT"


# -- pages of one reading --------------------------------------------------------------------------------


def test_of_a_repeating_form_the_reading_on_screen_is_printed(
    desk: SignDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = [desk.ward.session.add_form(ItemKey(desk.ward.subject, "BL"), "RD") for _ in range(2)]
    wanted: list[object] = []

    def gather(
        _session: Session, _subject: str, event: str, forms: object, _tongue: str, *, repeat: str, **_: object
    ) -> None:
        wanted.append((event, forms, repeat))
        raise InputRefused("preview.no_pages")

    monkeypatch.setattr("mda5_crf.jobs.pages.gather", gather)
    assert desk.work.open_form(readings[1])
    desk.press(Qt.Key.Key_P, CTRL)
    assert wanted == [("BL", ["RD#2"], "")]
    assert desk.work.office.page is not None
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.page is not None
