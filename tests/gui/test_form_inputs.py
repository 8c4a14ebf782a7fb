"""Inputs on their own: nothing typed is lost, nothing changes by itself, input methods are let be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCalendarWidget, QComboBox, QMenu, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.study.model import CodeList, Item, ItemType
from mda5_crf.text import Text
from mda5_crf.ui import language
from mda5_crf.ui.inputs import Entered, FieldInput, Step, make_cell, make_input
from mda5_crf.ui.inputs.choice import ChoiceInput, TickInput, fold
from mda5_crf.ui.inputs.computed import ComputedInput
from mda5_crf.ui.inputs.date import DateInput, TimeInput
from mda5_crf.ui.inputs.line import LineInput
from mda5_crf.ui.inputs.multi import MultiInput
from mda5_crf.ui.inputs.number import NumberInput
from mda5_crf.ui.inputs.pick_list import CodeInput, ListPopup
from mda5_crf.ui.inputs.text import LongTextInput, TextInput
from mda5_crf.ui.wheel_filter import WheelFilter
from tests.gui.form_driver import real_study
from tests.gui.test_form_codes import GRADES, MMT, REASONS, TICK, YES_NO, codes

# Offscreen there is no window system to raise a popup; the popup works all the same.
pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]

TODAY = date(2026, 3, 20)
EIGHT = codes(*((f"C{n}", f"Answer {n}", f"答案{n}") for n in range(8)))
SYMPTOMS = codes(("COUGH", "Cough", "咳嗽"), ("RASH", "Rash", "皮疹"), ("FEVER", "Fever", "发热"))

Make = Callable[[type[FieldInput]], FieldInput]


@dataclass
class Ear:
    """A listener that notes what it hears."""

    heard: list[object] = field(default_factory=list)
    goes: bool = True

    def input_focused(self) -> None:
        self.heard.append("focused")

    def input_left(self) -> None:
        self.heard.append("left")

    def input_chosen(self) -> None:
        self.heard.append("chosen")

    def input_edited(self) -> None:
        self.heard.append("edited")

    def input_pasted(self) -> bool:
        self.heard.append("pasted")
        return False

    def input_step(self, step: Step) -> bool:
        self.heard.append(step)
        return self.goes


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(600, 200)
    widget.show()
    widget.activateWindow()
    return widget


def listen(widget: FieldInput) -> Ear:
    ear = Ear()
    widget.listener = ear
    assert isinstance(widget, QWidget)
    widget.resize(500, max(widget.height_for(500), 20))
    widget.show()
    widget.focus_target().setFocus()
    ear.heard.clear()
    return ear


def compose(widget: QWidget, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(widget, event)


def every_kind(window: QWidget) -> list[FieldInput]:
    return [
        NumberInput(window, 8, ("kg", "lb")),
        NumberInput(window, 8),
        DateInput(window, TODAY),
        TimeInput(window),
        TextInput(window, 20),
        LongTextInput(window),
        ChoiceInput(window, YES_NO),
        TickInput(window, TICK),
        MultiInput(window, SYMPTOMS),
        CodeInput(window, EIGHT, 20),
        CodeInput(window, GRADES, 4, brief=True, table=True),
        ComputedInput(window, 8),
    ]


def test_no_input_is_born_with_something_uncommitted_or_chosen(window: QWidget) -> None:
    for made in every_kind(window):
        assert not made.dirty, made
        assert made.entered().text == "", made


def test_every_input_shows_what_is_saved_and_is_then_clean(window: QWidget) -> None:
    for made, text in zip(
        every_kind(window),
        [
            "58.5",
            "7",
            "2026-03-20",
            "09:30",
            "张三",
            "a\nb",
            "N",
            "NOT DONE",
            "COUGH,FEVER",
            "C3",
            "2",
            "19.9",
        ],
        strict=True,
    ):
        made.show_saved(text)
        assert made.entered().text == text, made
        assert not made.dirty, made
        made.show_saved("")
        assert made.entered().text == "", made


def test_text_that_is_no_answer_of_the_list_is_kept(window: QWidget) -> None:
    for made in (ChoiceInput(window, YES_NO), CodeInput(window, EIGHT, 20), MultiInput(window, SYMPTOMS)):
        made.show_saved("ZZ")
        assert made.entered().text == "ZZ"
        assert not made.dirty
        made.retranslate()
        assert made.entered().text == "ZZ"


def test_uncommitted_text_survives_a_refresh_and_a_language_switch(window: QWidget) -> None:
    for made in every_kind(window)[:6]:
        ear = listen(made)
        made.show_saved("1")
        target = made.focus_target()
        QTest.keyClicks(target, "23")
        typed = made.entered()
        assert made.dirty
        made.show_saved("9")
        language.set_language("zh")
        made.retranslate()
        assert made.entered() == typed
        made.restore()
        assert made.entered().text == "9"
        assert not ear.heard.count("left")


# -- numbers


def test_full_width_digits_arrive(window: QWidget) -> None:
    number = NumberInput(window, 8)
    listen(number)
    number.insert("３７．５")
    assert number.entered().text == "３７．５"
    assert number.dirty


def test_a_number_takes_any_text_and_cuts_nothing(window: QWidget) -> None:
    number = NumberInput(window, 5)
    listen(number)
    number.insert("about 12 345 678 901 234 567 890 mg/dL <>≥ 𠮷𠮷")
    assert number.entered().text.endswith("𠮷𠮷")


def test_input_methods_are_off_for_numbers_dates_codes_and_on_for_words(window: QWidget) -> None:
    kinds = every_kind(window)
    on = [
        type(k).__name__
        for k in kinds
        if k.focus_target().testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    ]
    assert set(on) == {"TextInput", "LongTextInput"}


def test_units_are_chosen_from_a_menu_and_belong_to_the_number(window: QWidget) -> None:
    number = NumberInput(window, 8, ("kg", "lb"))
    ear = listen(number)
    number.show_saved("58")
    assert number.entered() == Entered("58", "kg")
    assert number.open_choices()
    menu = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu))
    assert [a.text() for a in menu.actions()] == ["kg", "lb"]
    menu.actions()[1].trigger()
    menu.close()
    assert number.dirty and number.entered() == Entered("58", "lb")
    assert "edited" in ear.heard
    number.restore()
    assert number.entered() == Entered("58", "kg")


def test_a_number_with_one_unit_has_nothing_to_open(window: QWidget) -> None:
    assert not NumberInput(window, 8, ("kg",)).open_choices()
    locked = NumberInput(window, 8, ("kg", "lb"))
    locked.set_locked(True)
    assert not locked.open_choices()


@pytest.mark.parametrize("kind", [QSpinBox, QComboBox])
def test_the_wheel_changes_no_value(qapp: QApplication, window: QWidget, kind: type[QWidget]) -> None:
    layout = QVBoxLayout(window)
    widget = kind()
    if isinstance(widget, QComboBox):
        widget.addItems(["a", "b", "c"])
        widget.setCurrentIndex(1)
    layout.addWidget(widget)
    wheel = WheelFilter(qapp)

    def turn() -> None:
        place = QPointF(5, 5)
        event = QWheelEvent(
            place, widget.mapToGlobal(place), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)

    def value() -> int:
        return widget.value() if isinstance(widget, QSpinBox) else widget.currentIndex()  # type: ignore[attr-defined]

    before = value()
    qapp.installEventFilter(wheel)
    turn()
    assert value() == before
    qapp.removeEventFilter(wheel)
    turn()
    assert value() != before  # without the filter Qt does change it: the filter is needed


# -- keys


def test_enter_shift_enter_and_arrows_are_steps(window: QWidget) -> None:
    line = NumberInput(window, 8)
    ear = listen(line)
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    QTest.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Tab)
    QTest.keyClick(line, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert ear.heard == [Step.ENTER, Step.ENTER, Step.PREVIOUS, Step.DOWN, Step.NEXT, Step.PREVIOUS]


def test_left_and_right_leave_a_cell_only_at_the_edge_of_its_text(window: QWidget) -> None:
    cell = NumberInput(window, 8, table=True)
    ear = listen(cell)
    cell.show_saved("12")
    cell.setCursorPosition(1)
    QTest.keyClick(cell, Qt.Key.Key_Left)
    assert ear.heard == []
    QTest.keyClick(cell, Qt.Key.Key_Left)
    assert ear.heard == [Step.LEFT]
    cell.selectAll()
    QTest.keyClick(cell, Qt.Key.Key_Right)
    assert ear.heard[-1] is Step.RIGHT
    row = NumberInput(window, 8)
    ear = listen(row)
    QTest.keyClick(row, Qt.Key.Key_Left)
    assert ear.heard == []


def test_esc_puts_back_and_is_passed_on_when_there_is_nothing_to_put_back(window: QWidget) -> None:
    line = TextInput(window, 20)
    listen(line)
    line.show_saved("one")
    line.selectAll()
    QTest.keyClicks(line, "two")
    assert line.dirty
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "one" and not line.dirty


def test_losing_the_window_is_no_leaving(window: QWidget) -> None:
    line = TextInput(window, 20)
    ear = listen(line)
    line.insert("half")
    line.focusOutEvent(_focus_out(Qt.FocusReason.ActiveWindowFocusReason))
    assert "left" not in ear.heard
    line.focusOutEvent(_focus_out(Qt.FocusReason.PopupFocusReason))
    assert "left" not in ear.heard
    line.focusOutEvent(_focus_out(Qt.FocusReason.MouseFocusReason))
    assert ear.heard.count("left") == 1


def _focus_out(reason: Qt.FocusReason):  # type: ignore[no-untyped-def]
    from PySide6.QtGui import QFocusEvent

    return QFocusEvent(QEvent.Type.FocusOut, reason)


# -- dates


def test_plus_is_today_of_the_site(window: QWidget) -> None:
    day = DateInput(window, TODAY)
    listen(day)
    QTest.keyClicks(day, "2025")
    QTest.keyClick(day, Qt.Key.Key_Plus)
    assert day.entered().text == "2026-03-20"
    assert day.selectedText() == "2026-03-20"


def test_plus_writes_nothing_into_a_locked_date(window: QWidget) -> None:
    day = DateInput(window, TODAY)
    listen(day)
    day.set_locked(True)
    QTest.keyClick(day, Qt.Key.Key_Plus)
    assert day.text() == ""
    assert not day.open_choices()


def test_the_calendar_opens_at_the_date_and_gives_the_day(window: QWidget) -> None:
    day = DateInput(window, TODAY)
    listen(day)
    day.show_saved("2026-02-03")
    assert day.open_choices()
    calendar = next(w for w in QApplication.allWidgets() if isinstance(w, QCalendarWidget) and w.isVisible())
    assert calendar.selectedDate().toString("yyyy-MM-dd") == "2026-02-03"
    assert calendar.accessibleName()
    calendar.setSelectedDate(calendar.selectedDate().addDays(1))
    calendar.activated.emit(calendar.selectedDate())
    assert day.entered().text == "2026-02-04"
    assert day.dirty
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# -- choices


def test_letters_digits_arrows_choose_and_delete_clears(window: QWidget) -> None:
    choice = ChoiceInput(window, YES_NO)
    ear = listen(choice)
    QTest.keyClicks(choice.focus_target(), "n")
    assert choice.entered().text == "N"
    QTest.keyClicks(choice.focus_target(), "1")
    assert choice.entered().text == "Y"
    QTest.keyClick(choice.focus_target(), Qt.Key.Key_Right)
    assert choice.entered().text == "N"
    QTest.keyClick(choice.focus_target(), Qt.Key.Key_Right)
    assert choice.entered().text == "N"  # no wrapping round: the last stays
    QTest.keyClick(choice.focus_target(), Qt.Key.Key_Delete)
    assert choice.entered().text == ""
    QTest.keyClicks(choice.focus_target(), "q7")
    assert choice.entered().text == ""
    assert "chosen" not in ear.heard and "left" not in ear.heard  # keys choose, leaving commits


def test_whole_number_codes_are_typed_as_codes(window: QWidget) -> None:
    choice = ChoiceInput(window, GRADES)
    listen(choice)
    QTest.keyClicks(choice.focus_target(), "0")
    assert choice.entered().text == "0"
    QTest.keyClicks(choice.focus_target(), "3")
    assert choice.entered().text == "3"
    QTest.keyClicks(choice.focus_target(), "4")
    assert choice.entered().text == "3"
    assert [b.text() for b in choice.options()] == ["0  None", "1  Some", "2  Much", "3  Unable"]


def test_a_click_chooses_at_once_and_a_second_click_does_not_clear(window: QWidget) -> None:
    choice = ChoiceInput(window, YES_NO)
    ear = listen(choice)
    QTest.mouseClick(choice.options()[1], Qt.MouseButton.LeftButton)
    assert choice.entered().text == "N"
    assert "chosen" in ear.heard
    QTest.mouseClick(choice.options()[1], Qt.MouseButton.LeftButton)
    assert choice.entered().text == "N"


def test_a_choice_is_one_stop_of_tab(window: QWidget) -> None:
    choice = ChoiceInput(window, GRADES)
    listen(choice)
    for text, stop in (("", 0), ("2", 2), ("", 0)):
        choice.show_saved(text)
        takes = [bool(b.focusPolicy() & Qt.FocusPolicy.TabFocus) for b in choice.options()]
        assert takes == [place == stop for place in range(4)]


def test_moving_inside_a_choice_is_no_leaving(window: QWidget) -> None:
    choice = ChoiceInput(window, GRADES)
    other = NumberInput(window, 5)
    other.show()
    ear = listen(choice)
    for _ in range(3):
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClick(target, Qt.Key.Key_Down)
    assert choice.entered().text == "2"
    assert "left" not in ear.heard
    other.setFocus()
    assert ear.heard[-1] == "left"


def test_esc_puts_a_choice_back(window: QWidget) -> None:
    choice = ChoiceInput(window, YES_NO)
    listen(choice)
    choice.show_saved("Y")
    QTest.keyClicks(choice.focus_target(), "n")
    QTest.keyClick(choice.focus_target(), Qt.Key.Key_Escape)
    assert choice.entered().text == "Y" and not choice.dirty


def test_a_locked_choice_does_not_change(window: QWidget) -> None:
    for choice in (ChoiceInput(window, YES_NO), TickInput(window, TICK), MultiInput(window, SYMPTOMS)):
        listen(choice)
        choice.set_locked(True)
        QTest.keyClicks(choice.focus_target(), "n1")
        QTest.keyClick(choice.focus_target(), Qt.Key.Key_Space)
        QTest.keyClick(choice.focus_target(), Qt.Key.Key_Down)
        QTest.mouseClick(choice.options()[0], Qt.MouseButton.LeftButton)
        assert choice.entered().text == ""


def test_choices_speak_the_language_and_their_names_are_their_own(window: QWidget) -> None:
    choice = ChoiceInput(window, YES_NO)
    language.set_language("zh")
    choice.retranslate()
    choice.set_names("性别", "")
    assert [b.text() for b in choice.options()] == ["1  是", "2  否"]
    assert [b.accessibleName() for b in choice.options()] == ["性别: 是", "性别: 否"]


def test_long_choices_stand_in_a_column(window: QWidget) -> None:
    choice = ChoiceInput(window, GRADES)
    assert choice.height_for(2000) < choice.height_for(60)
    choice.resize(60, choice.height_for(60))
    tops = [b.y() for b in choice.options()]
    assert tops == sorted(set(tops))
    assert all(b.height() >= 24 for b in choice.options())


def test_a_tick_is_set_and_taken_away(window: QWidget) -> None:
    tick = TickInput(window, TICK)
    ear = listen(tick)
    QTest.keyClick(tick.focus_target(), Qt.Key.Key_Space)
    assert tick.entered().text == "NOT DONE"
    QTest.keyClick(tick.focus_target(), Qt.Key.Key_Space)
    assert tick.entered().text == ""
    QTest.keyClick(tick.focus_target(), Qt.Key.Key_Down)
    assert ear.heard[-1] is Step.DOWN


def test_multiple_answers_keep_the_order_of_the_list(window: QWidget) -> None:
    multi = MultiInput(window, SYMPTOMS)
    ear = listen(multi)
    QTest.keyClicks(multi.focus_target(), "3")
    QTest.keyClicks(multi.focus_target(), "1")
    assert multi.entered().text == "COUGH,FEVER"
    QTest.keyClicks(multi.focus_target(), "3")
    assert multi.entered().text == "COUGH"
    QTest.keyClick(multi.focus_target(), Qt.Key.Key_Delete)
    assert multi.entered().text == ""
    assert "chosen" not in ear.heard


def test_the_list_is_filtered_by_pinyin_and_taken_with_enter(window: QWidget) -> None:
    many = CodeList("M", REASONS.values * 1, by_code=REASONS.by_code)
    code = CodeInput(window, many, 20)
    ear = listen(code)
    assert code.open_choices()
    popup = next(w for w in QApplication.topLevelWidgets() if isinstance(w, ListPopup))
    QTest.keyClicks(popup.filter, "bqb")
    shown = [i for i in range(popup.list.count()) if not popup.list.item(i).isHidden()]
    assert len(shown) == 1
    QTest.keyClick(popup.filter, Qt.Key.Key_Return)
    assert code.entered().text == "TOO ILL"
    assert code.text() == "Too ill"
    assert "chosen" in ear.heard
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_enter_in_an_empty_list_takes_nothing(window: QWidget) -> None:
    code = CodeInput(window, EIGHT, 20)
    ear = listen(code)
    code.open_choices()
    popup = next(w for w in QApplication.topLevelWidgets() if isinstance(w, ListPopup))
    QTest.keyClicks(popup.filter, "zzz")
    QTest.keyClick(popup.filter, Qt.Key.Key_Return)
    assert code.entered().text == "" and "chosen" not in ear.heard
    QTest.keyClick(popup.filter, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_code_typed_by_its_beginning_is_found_and_half_a_word_is_kept(window: QWidget) -> None:
    code = CodeInput(window, REASONS, 20)
    listen(code)
    QTest.keyClicks(code, "tech")
    assert code.entered().text == "TECHNICAL"
    code.selectAll()
    QTest.keyClicks(code, "t")
    assert code.entered().text == "t"


def test_a_cell_shows_codes_and_a_tick_cell_shows_a_tick(window: QWidget) -> None:
    cell = CodeInput(window, MMT, 0, brief=True, table=True)
    listen(cell)
    cell.show_saved("10")
    assert cell.text() == "10"
    tick = CodeInput(window, TICK, 0, brief=True, tick=True, table=True)
    listen(tick)
    QTest.keyClicks(tick, "x")
    assert tick.entered().text == "NOT DONE"
    tick.settle()
    tick.show_saved("NOT DONE")
    assert tick.text() == "✓" and not tick.dirty


# -- words and input methods


@pytest.mark.parametrize("kind", [TextInput, LongTextInput])
def test_while_composing_keys_belong_to_the_input_method(window: QWidget, kind: type) -> None:
    words = kind(window, 20) if kind is TextInput else kind(window)
    ear = listen(words)
    compose(words, "zhang")
    assert words.composing and words.dirty
    assert words.entered().text == ""
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Escape):
        QTest.keyClick(words, key)
    assert ear.heard == []
    assert words.composing
    compose(words, "", "张")
    assert not words.composing
    assert words.entered().text == "张"


@pytest.mark.parametrize("kind", [TextInput, LongTextInput])
def test_what_is_being_composed_is_not_overwritten_and_not_dropped(window: QWidget, kind: type) -> None:
    words = kind(window, 20) if kind is TextInput else kind(window)
    listen(words)
    words.show_saved("李")
    words.selectAll()
    compose(words, "zhang")
    words.show_saved("王")
    assert words.composing
    words.finish_composition()
    assert not words.composing
    assert "zhang" in words.entered().text
    assert words.dirty


def test_a_finished_composition_is_finished_once(window: QWidget) -> None:
    words = TextInput(window, 20)
    listen(words)
    compose(words, "ni")
    words.finish_composition()
    words.finish_composition()
    assert words.entered().text == "ni"


def test_text_is_not_cut_by_its_length(window: QWidget) -> None:
    # Two rare characters are four UTF-16 units: a maximum of Qt would cut the name.
    item = Item("F.INITIALS", "INITIALS", "F", "G", ItemType.TEXT, Text("Name", "姓名"), length=4)
    words = make_input(window, real_study(), item, TODAY)
    assert isinstance(words, TextInput)
    words.insert("𠮷𠮷王五六")
    assert words.entered().text == "𠮷𠮷王五六"


def test_enter_is_a_new_line_in_long_text_and_tab_moves_on(window: QWidget) -> None:
    words = LongTextInput(window)
    ear = listen(words)
    QTest.keyClicks(words, "a")
    QTest.keyClick(words, Qt.Key.Key_Return)
    QTest.keyClicks(words, "b")
    assert words.entered().text == "a\nb"
    assert ear.heard == []
    QTest.keyClick(words, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(words, Qt.Key.Key_Tab)
    assert ear.heard == [Step.PREVIOUS, Step.NEXT]
    assert words.entered().text == "a\nb"


# -- which input for which item


def test_every_item_of_the_study_has_its_input(window: QWidget) -> None:
    study = real_study()
    for form in study.forms.values():
        for item in form.items.values():
            made = make_input(window, study, item, TODAY)
            cell = make_cell(window, study, item, TODAY)
            if item.type is ItemType.LABEL:
                assert made is None
                continue
            assert made is not None and not made.dirty
            assert isinstance(cell, LineInput)
            assert isinstance(made, ComputedInput) == item.computed
            assert made.wanted_width() >= 0 and made.height_for(300) >= 16
            for widget in (made, cell):
                assert isinstance(widget, QWidget)
                widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_computed_values_cannot_be_typed_and_are_no_stop(window: QWidget) -> None:
    result = ComputedInput(window, 8)
    listen(result)
    QTest.keyClicks(result, "12")
    assert result.text() == "" and not result.dirty
    assert not result.focusPolicy() & Qt.FocusPolicy.TabFocus
    result.set_locked(False)
    assert result.isReadOnly()


def test_words_too_long_for_a_line_go_on_in_the_next_one() -> None:
    def wide(text: str) -> int:
        return len(text)

    assert fold("1  Strong inhibitor", 40, wide) == "1  Strong inhibitor"
    folded = fold("1  Strong CYP3A4 inhibitor (voriconazole)", 15, wide)
    assert folded.split("\n") == ["1  Strong", "CYP3A4", "inhibitor", "(voriconazole)"]
    assert fold("强效抑制剂（伏立康唑）", 4, wide) == "强效抑制\n剂（伏立\n康唑）"
    assert fold("unbreakable", 3, wide) == "unbreakable", "what cannot be broken is kept whole"
