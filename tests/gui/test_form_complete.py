"""F12: what blocks, what becomes a query, and why a finished form changes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mda5_crf.services.changes import Reason
from mda5_crf.ui import language
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.summary import LinkButton
from tests.gui.form_driver import MemoryWard, fill, key_of, mini_study, ward
from tests.gui.form_fixtures import Open, OpenPage

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]

GOOD = {
    "VSPERF": "Y", "VSDAT": "2026-03-20", "SYSBP_VSORRES": "120", "DIABP_VSORRES": "80",
    "TEMP_VSORRES": "36.6", "WEIGHT_VSORRES": "60",
}  # fmt: skip


def filled(**changes: str) -> MemoryWard:
    made = ward()
    fill(made.entry("SCR", "IC"), RFICDAT="2026-03-01")
    fill(made.entry("SCR", "VS"), VSPERF="Y", WEIGHT_VSORRES="60", HEIGHT_VSORRES="165", VSDAT="2026-03-02")
    fill(made.entry("BL", "VS"), **{**GOOD, **changes})
    return made


def completed(made: MemoryWard) -> None:
    assert made.entry("BL", "VS").complete().done


def holds_keyboard(widget: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and widget.isAncestorOf(focused)


def lines(on: OpenPage) -> list[str]:
    return [jump.text() for jump, _ in on.page.summary._rows]


def test_required_items_are_silent_until_complete_is_asked_for(open_page: Open) -> None:
    made = filled(TEMP_VSORRES="")
    on = open_page(made, "BL", "VS")
    assert on.field("TEMP_VSORRES").marking.glyph is None
    assert not on.page.complete()
    assert on.field("TEMP_VSORRES").marking.glyph is Glyph.RING
    assert on.words("TEMP_VSORRES") == "Enter temperature" or "emperature" in on.words("TEMP_VSORRES")


def test_what_blocks_stands_on_top_takes_the_keyboard_and_jumps(open_page: Open) -> None:
    made = filled(TEMP_VSORRES="", SYSBP_VSORRES="abc")
    on = open_page(made, "BL", "VS")
    done: list[object] = []
    on.page.completed.connect(done.append)
    assert not on.page.complete()
    assert on.page.summary.shown and len(lines(on)) == 2
    assert on.page.summary._title.text() == "2 things to fix"
    assert isinstance(QApplication.focusWidget(), LinkButton)
    names = [b.accessibleName() for b in on.page.summary.buttons()]
    assert all(names) and len(set(names)) == len(names)
    on.press(Qt.Key.Key_Return)
    assert on.at() == "SYSBP_VSORRES"
    on.type("120").press(Qt.Key.Key_Return)
    on.enter("TEMP_VSORRES", "36.6")
    assert on.page.complete() and len(done) == 1
    assert not on.page.summary.shown
    assert on.entry.state.status == "complete"


def test_one_thing_is_one_thing(open_page: Open) -> None:
    on = open_page(filled(TEMP_VSORRES=""), "BL", "VS")
    on.page.complete()
    assert on.page.summary._title.text() == "1 thing to fix"
    language.set_language("zh")
    assert on.page.summary._title.text() == "有 1 项需要处理"
    assert "体温" in lines(on)[0]


def test_up_and_down_go_through_the_summary(open_page: Open) -> None:
    on = open_page(filled(TEMP_VSORRES="", SYSBP_VSORRES="abc"), "BL", "VS")
    on.page.complete()
    first = QApplication.focusWidget()
    on.press(Qt.Key.Key_Down)
    assert QApplication.focusWidget() is not first
    on.press(Qt.Key.Key_Up)
    assert QApplication.focusWidget() is first


def test_every_line_of_a_long_summary_comes_into_view(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", SYSBP_VSORRES="a", DIABP_VSORRES="b", PULSE_VSORRES="c")
    on = open_page(made, "BL", "VS")
    on.page.resize(883, 120)
    QApplication.processEvents()
    on.page.last_item()
    on.page.complete()
    for _ in on.page.summary._rows:
        button = QApplication.focusWidget()
        assert isinstance(button, LinkButton)
        top = button.mapTo(on.page, button.rect().topLeft()).y()
        assert 0 <= top <= on.page.height() - button.height()
        on.press(Qt.Key.Key_Down, Qt.Key.Key_Down)


def test_a_hard_finding_put_to_query_blocks_no_more(open_page: Open) -> None:
    made = filled(SYSBP_VSORRES="abc")
    on = open_page(made, "BL", "VS")
    assert not on.page.complete()
    ask = on.page.summary._rows[0][1]
    assert ask is not None
    QTest.mouseClick(ask, Qt.MouseButton.LeftButton)
    assert made.records[-1].kind == "query"
    assert not on.page.summary.shown
    assert on.field("SYSBP_VSORRES").marking.glyph is Glyph.QUERY
    assert on.page.complete()


def test_a_soft_finding_is_confirmed_not_put_to_query(open_page: Open) -> None:
    on = open_page(filled(SYSBP_VSORRES="200"), "BL", "VS")
    assert not on.page.complete()
    assert [ask for _, ask in on.page.summary._rows] == [None]
    on.press(Qt.Key.Key_Return)
    assert on.page.confirm()
    assert on.page.complete()


def test_what_becomes_a_query_is_listed_once_before(open_page: Open) -> None:
    made = filled(WEIGHT_VSORRES="80")
    on = open_page(made, "BL", "VS")
    assert not on.page.complete()
    assert "becomes a query" in on.page.summary._title.text()
    assert len(lines(on)) == 1
    assert not [r for r in made.records if r.kind == "query"]
    assert on.page.complete()
    assert [r.kind for r in made.records].count("query") == 1
    assert on.field("WEIGHT_VSORRES").marking.glyph is Glyph.QUERY


def test_a_query_finding_is_confirmed_with_words(open_page: Open) -> None:
    made = filled(WEIGHT_VSORRES="80")
    on = open_page(made, "BL", "VS")
    on.focus("WEIGHT_VSORRES")
    assert on.page.confirm()
    strip = on.page.commits.strip
    assert strip is not None and strip.choice is None
    on.press(Qt.Key.Key_Return)
    assert on.page.commits.strip is strip, "a confirmation needs words"
    on.type("oedema").press(Qt.Key.Key_Return)
    assert made.records[-1].kind == "confirm" and made.records[-1].data["reason"]["text"] == "oedema"
    assert on.page.complete()
    assert not [r for r in made.records if r.kind == "query"]


def test_answers_that_no_longer_apply_are_mentioned(open_page: Open) -> None:
    made = filled(PULSE_VSORRES="70")
    fill(made.entry("BL", "VS"), VSPERF="N")
    on = open_page(made, "BL", "VS")
    assert not on.page.complete()
    assert "no longer apply" in on.page.summary._note.text()
    assert "Pulse" in on.page.summary._note.text()


def test_what_stands_uncommitted_is_committed_first(open_page: Open) -> None:
    made = filled(TEMP_VSORRES="")
    on = open_page(made, "BL", "VS")
    on.focus("TEMP_VSORRES")
    on.type("36.6")
    assert on.page.complete()
    assert ("TEMP_VSORRES", "36.6") in made.stored()


def test_who_may_only_look_cannot_complete(open_page: Open) -> None:
    made = ward(mini_study(), roles=("read_only",))
    on = open_page(made, "BL", "VS")
    told: list[object] = []
    on.page.failed.connect(told.append)
    assert not on.page.complete()
    assert made.records == [] and (told or on.page.summary.shown)


# -- reasons


def test_changing_a_finished_form_asks_why_and_stores_with_the_reason(open_page: Open) -> None:
    made = filled()
    completed(made)
    on = open_page(made, "BL", "VS")
    count = len(made.records)
    on.enter("SYSBP_VSORRES", "125")
    strip = on.page.commits.strip
    assert strip is not None and len(made.records) == count
    assert "Systolic blood pressure" in strip.question.text()
    assert holds_keyboard(strip)
    row = on.field("SYSBP_VSORRES").host.widget()
    assert strip.parentWidget() is row and strip.geometry().bottom() <= row.height()
    on.press(Qt.Key.Key_2, Qt.Key.Key_Return)
    assert on.page.commits.strip is None
    assert made.records[-1].data["text"] == "125"
    assert made.records[-1].data["reason"]["code"] == list(made.study.reasons)[1]


def test_enter_without_a_reason_says_what_is_missing(open_page: Open) -> None:
    made = filled()
    completed(made)
    on = open_page(made, "BL", "VS")
    count = len(made.records)
    on.enter("SYSBP_VSORRES", "125").press(Qt.Key.Key_Return)
    strip = on.page.commits.strip
    assert strip is not None and len(made.records) == count
    assert strip._error.text() == "Choose a reason, or write one."


def test_the_other_reason_needs_words(open_page: Open) -> None:
    made = filled()
    completed(made)
    on = open_page(made, "BL", "VS")
    on.enter("SYSBP_VSORRES", "125")
    strip = on.page.commits.strip
    assert strip is not None
    number = list(made.study.reasons).index("OTHER") + 1
    on.type(str(number)).press(Qt.Key.Key_Return)
    assert strip.words.hasFocus()
    on.press(Qt.Key.Key_Return)
    assert on.page.commits.strip is strip
    on.type("machine was off").press(Qt.Key.Key_Return)
    assert made.records[-1].data["reason"] == {"code": "OTHER", "text": "machine was off"}


def test_esc_in_the_strip_puts_the_value_back(open_page: Open) -> None:
    made = filled()
    completed(made)
    on = open_page(made, "BL", "VS")
    count = len(made.records)
    on.enter("SYSBP_VSORRES", "125").press(Qt.Key.Key_3, Qt.Key.Key_Escape)
    assert on.page.commits.strip is None and len(made.records) == count
    assert on.field("SYSBP_VSORRES").input.entered().text == "120"
    assert on.at() == "SYSBP_VSORRES" and on.page.uncommitted == ()


def test_the_same_reason_is_offered_again_for_one_key(open_page: Open) -> None:
    made = filled()
    completed(made)
    on = open_page(made, "BL", "VS")
    on.enter("SYSBP_VSORRES", "125").press(Qt.Key.Key_2, Qt.Key.Key_Return)
    on.enter("DIABP_VSORRES", "85")
    strip = on.page.commits.strip
    assert strip is not None and strip.reason() == Reason(list(made.study.reasons)[1])
    on.press(Qt.Key.Key_Return)
    assert made.records[-1].data["text"] == "85" and on.page.commits.strip is None


def test_nobody_is_held_in_a_field_that_waits_for_its_reason(open_page: Open) -> None:
    made = filled()
    completed(made)
    on = open_page(made, "BL", "VS")
    on.focus("SYSBP_VSORRES")
    on.type("125")
    other = on.field("TEMP_VSORRES").input
    assert isinstance(other, QWidget)
    QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    assert on.at() == "TEMP_VSORRES"
    assert on.page.commits.strip is not None
    assert [k.item for k in on.page.uncommitted] == ["SYSBP_VSORRES"]
    assert on.field("SYSBP_VSORRES").input.entered().text == "125"
    on.type("37.0").press(Qt.Key.Key_Tab)
    assert len(on.page.uncommitted) == 2
    assert not on.page.leave_page()
    on.page.commits.strip.take_focus()
    on.press(Qt.Key.Key_1, Qt.Key.Key_Return)
    second = on.page.commits.strip
    assert second is not None and "Temperature" in second.question.text()
    second.take_focus()
    on.press(Qt.Key.Key_Return)
    assert on.page.uncommitted == () and on.page.leave_page()


def test_missing_codes_and_rows_of_a_finished_form_need_a_reason_too(open_page: Open) -> None:
    made = filled()
    completed(made)
    on = open_page(made, "BL", "VS")
    on.focus("SYSBP_VSORRES")
    on.page.mark_missing("ND")
    assert made.stored("missing") == [] and on.page.commits.strip is not None
    on.press(Qt.Key.Key_1, Qt.Key.Key_Return)
    assert made.stored("missing") == [("SYSBP_VSORRES", "ND")]
    assert made.records[-1].data["reason"]


def test_the_strip_speaks_the_windows_language(open_page: Open) -> None:
    made = filled()
    completed(made)
    on = open_page(made, "BL", "VS")
    on.enter("SYSBP_VSORRES", "125")
    strip = on.page.commits.strip
    assert strip is not None
    language.set_language("zh")
    assert "收缩压" in strip.question.text()
    assert strip.ok.text() == "确定（Enter）"
    assert holds_keyboard(strip)
    names = [w.accessibleName() for w in (strip.words, strip.ok, strip.back)]
    assert all(names) and len(set(names)) == 3
    assert on.field("SYSBP_VSORRES").input.entered().text == "125"


def test_retyping_the_same_value_asks_for_nothing(open_page: Open) -> None:
    made = filled()
    completed(made)
    on = open_page(made, "BL", "VS")
    on.enter("SYSBP_VSORRES", "120")
    assert on.page.commits.strip is None
    assert key_of(on.entry, "SYSBP_VSORRES") not in on.page.uncommitted
