"""Chinese input: Enter belongs to the input method, full width is understood, no composition is ever lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.study.data import SubjectData
from mda5_crf.ui import ime
from mda5_crf.ui.inputs import FieldInput, make_cell, make_input
from mda5_crf.ui.inputs.line import LineInput
from mda5_crf.ui.inputs.listed import CodeSet, ListedInput
from mda5_crf.ui.inputs.pick_list import CodeInput, ListPopup
from mda5_crf.ui.inputs.text import LongTextInput, TextInput
from mda5_crf.ui.start import other_language, speak_now
from tests.gui.form_driver import real_study, ward
from tests.gui.form_fixtures import Open, OpenPage
from tests.gui.test_form_inputs import SYMPTOMS, TODAY

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]

ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@pytest.fixture(autouse=True)
def watched(qapp: QApplication) -> Iterator[None]:
    """As in the program: every editor is watched."""
    ime.watch(qapp)
    yield
    ime._watching.pop().deleteLater()


def compose(widget: QWidget, preedit: str, commit: str = "", *, attributes: bool = False) -> None:
    """One event of an input method: what stands in composition now, and what it gives for good."""
    marks = []
    if attributes:
        marks = [
            QInputMethodEvent.Attribute(QInputMethodEvent.AttributeType.Cursor, len(preedit), 1, None),
            QInputMethodEvent.Attribute(
                QInputMethodEvent.AttributeType.TextFormat, 0, len(preedit), QTextCharFormat()
            ),
        ]
    event = QInputMethodEvent(preedit, marks)
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(widget, event)


def text_of(widget: QWidget) -> str:
    return widget.toPlainText() if isinstance(widget, QPlainTextEdit) else widget.text()  # type: ignore[attr-defined]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(600, 300)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


def editors(window: QWidget) -> list[QWidget]:
    """Every kind of thing that text can be typed into: inputs of forms, plain editors of strips."""
    return [
        TextInput(window, 20),
        TextInput(window, 20, table=True),
        LongTextInput(window),
        CodeInput(window, SYMPTOMS, 20),
        QLineEdit(window),
        QPlainTextEdit(window),
    ]


# -- one composition from its first letter to its end --------------------------------------------------------


@pytest.mark.parametrize("place", range(6))
def test_a_composition_of_several_steps_ends_as_its_characters(window: QWidget, place: int) -> None:
    widget = editors(window)[place]
    widget.show()
    widget.setFocus()
    for preedit in ("z", "zh", "zhang", "张s", "张san"):
        compose(widget, preedit, attributes=True)
        assert text_of(widget) == ""
    compose(widget, "", "张三")
    assert text_of(widget) == "张三"
    ime.settle(widget)
    assert text_of(widget) == "张三", "finished once, not twice"


@pytest.mark.parametrize("place", range(6))
def test_a_cancelled_composition_leaves_nothing(window: QWidget, place: int) -> None:
    widget = editors(window)[place]
    widget.show()
    widget.setFocus()
    compose(widget, "zhang", attributes=True)
    compose(widget, "")
    ime.settle(widget)
    assert text_of(widget) == ""


@pytest.mark.parametrize("place", range(6))
def test_settle_makes_text_of_what_is_composed_whatever_the_editor(window: QWidget, place: int) -> None:
    widget = editors(window)[place]
    widget.show()
    widget.setFocus()
    compose(widget, "", "张")
    compose(widget, "san", attributes=True)
    ime.settle(widget)
    assert text_of(widget) == "张san"
    ime.settle(None)
    ime.settle(window)


@pytest.mark.parametrize("place", range(6))
def test_the_keyboard_may_leave_in_the_middle_of_a_composition(window: QWidget, place: int) -> None:
    widget, other = editors(window)[place], QLineEdit(window)
    for one in (widget, other):
        one.show()
    widget.setFocus()
    compose(widget, "san", attributes=True)
    other.setFocus(Qt.FocusReason.MouseFocusReason)
    assert text_of(widget) == "san" and other.text() == ""
    compose(other, "si")
    ime.settle(widget)
    assert text_of(widget) == "san" and other.text() == ""
    widget.setFocus()
    assert other.text() == "si"


def test_losing_the_window_keeps_the_composition(window: QWidget) -> None:
    for widget in editors(window):
        widget.show()
        widget.setFocus()
        compose(widget, "san")
        QApplication.sendEvent(
            widget, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason)
        )
        assert text_of(widget) == "san", type(widget)


@pytest.mark.parametrize("key", ENTERS)
def test_enter_in_a_strip_is_the_input_methods_while_it_composes(window: QWidget, key: Qt.Key) -> None:
    line, sent = QLineEdit(window), []
    line.show()
    line.returnPressed.connect(lambda: sent.append(line.text()))
    line.setFocus()
    compose(line, "zhongzheng")
    QTest.keyClick(line, key)
    assert sent == [] and line.text() == ""
    compose(line, "", "重症")
    QTest.keyClick(line, key)
    assert sent == ["重症"]


def test_numbers_dates_and_codes_keep_input_methods_out_and_survive_one_all_the_same(window: QWidget) -> None:
    study = real_study()
    kinds: dict[type, FieldInput] = {}
    for form in study.forms.values():
        for item in form.items.values():
            for made in (make_input(window, study, item, TODAY), make_cell(window, study, item, TODAY)):
                if made is not None:
                    kinds.setdefault(type(made), made)
    kinds[ListedInput] = ListedInput(window, CodeSet(SYMPTOMS))
    assert len(kinds) > 9
    for kind, made in kinds.items():
        target = made.focus_target()
        words = isinstance(made, TextInput | LongTextInput)
        enabled = target.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        # A button takes no text at all.
        assert enabled is words or not isinstance(target, QLineEdit | QPlainTextEdit), kind
        if isinstance(target, LineInput) and not target.isReadOnly():
            compose(target, "３７")
            assert made.composing and made.dirty, kind
            made.finish_composition()
            assert target.text() == "３７" and not made.composing, kind


def test_full_width_digits_and_signs_are_read(open_page: Open) -> None:
    at = open_page(ward(real_study()), "SCR", "LBC").enter("LBPERF", "1")
    read = {
        "３７．５": "37.5",
        "３７。５": "37.5",
        "＜５": "<5",
        "≥２０": ">=20",
        "＞ ２０": ">20",
        "37·5": "37.5",
    }
    for typed, stored in read.items():
        at.enter("ALB_LBORRES", typed)
        assert kept(at, "ALB_LBORRES") == stored, typed
    for typed in ("１，２３４", "1,234", "1、5", "3。"):  # two meanings, or none: as typed, and said
        at.enter("ALB_LBORRES", typed)
        assert kept(at, "ALB_LBORRES") == typed and at.words("ALB_LBORRES"), typed


def kept(at: OpenPage, item: str) -> str:
    data: SubjectData = at.ward.data("")
    entry = data.get(at.field(item).key)
    return entry.text if entry is not None else ""


# -- on a form -----------------------------------------------------------------------------------------------

COMMENT, NUMBER = "COVAL", "LBREFID"


def composing(open_page: Open, item: str) -> tuple[OpenPage, QWidget]:
    at = open_page(ward(real_study()), "SCR", "LBC").enter("LBPERF", "1")
    target = at.focus(item).input.focus_target()
    compose(target, "", "标")
    compose(target, "ben", attributes=True)
    assert kept(at, item) == ""
    return at, target


ACTS: dict[str, Callable[[OpenPage, QWidget], object]] = {
    "tab": lambda at, target: QTest.keyClick(target, Qt.Key.Key_Tab),
    "back": lambda at, target: at.page.first_item(),
    "save": lambda at, target: at.page.save_now(),
    "complete": lambda at, target: at.page.complete(),
    "F7": lambda at, target: at.page.take_limits(),
    "attention": lambda at, target: at.page.next_attention(),
    "leave": lambda at, target: at.page.leave_page(),
    "mouse": lambda at, target: QTest.mouseClick(
        at.field("LBDAT").input.focus_target(), Qt.MouseButton.LeftButton
    ),
    "another": lambda at, target: at.focus("LBDAT"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("item", [COMMENT, NUMBER])
def test_nothing_that_ends_an_answer_drops_what_is_composed(open_page: Open, item: str, act: str) -> None:
    at, target = composing(open_page, item)
    ACTS[act](at, target)
    assert kept(at, item) == "标ben", act


@pytest.mark.parametrize("item", [COMMENT, NUMBER])
def test_a_language_switch_neither_ends_nor_loses_a_composition(
    qapp: QApplication, open_page: Open, item: str
) -> None:
    at, target = composing(open_page, item)
    try:
        for _ in range(2):
            speak_now(qapp, other_language())
            QApplication.processEvents()
            assert QApplication.focusWidget() is target and at.field(item).input.composing
        compose(target, "", "本")
        assert text_of(target) == "标本"
    finally:
        speak_now(qapp, "en")


def test_what_another_pc_says_meanwhile_does_not_write_into_a_composition(open_page: Open) -> None:
    at, target = composing(open_page, NUMBER)
    at.field(NUMBER).input.show_saved("S-1")
    at.page.refresh()
    assert at.field(NUMBER).input.composing
    compose(target, "", "本")
    assert text_of(target) == "标本"


def test_auto_advance_and_esc_are_nothing_to_a_composition(open_page: Open) -> None:
    at, target = composing(open_page, NUMBER)
    QTest.keyClick(target, Qt.Key.Key_Escape)
    assert at.field(NUMBER).input.composing and at.at() == NUMBER
    for key in ENTERS:
        QTest.keyClick(target, key)
    assert at.at() == NUMBER and kept(at, NUMBER) == ""


def test_the_words_of_a_reason_or_query_survive_too(open_page: Open) -> None:
    at = open_page(ward(real_study()), "SCR", "LBC").enter("LBPERF", "1").enter("LBREFID", "S1")
    at.ward.data("").set_status(at.entry.key, "complete")
    at.enter("LBREFID", "S2")
    strip = at.page.commits.strip
    assert strip is not None
    strip.words.setVisible(True)
    strip.words.setFocus()
    compose(strip.words, "liyou")
    at.focus("LBDAT")
    assert strip.words.text() == "liyou"


# -- the list that F9 opens ---------------------------------------------------------------------------------


@pytest.fixture
def popup(window: QWidget) -> Iterator[ListPopup]:
    made = CodeInput(window, SYMPTOMS, 20)
    QVBoxLayout(window).addWidget(made)
    made.setFocus()
    assert made.open_choices()
    found = QApplication.activePopupWidget()
    assert isinstance(found, ListPopup)
    yield found
    found.close()


def shown(popup: ListPopup) -> list[str]:
    rows = (popup.list.item(row) for row in range(popup.list.count()))
    return [row.text() for row in rows if not row.isHidden()]


def test_the_list_is_filtered_while_initials_are_composed(popup: ListPopup) -> None:
    everything = shown(popup)
    compose(popup.filter, "fr")
    assert len(shown(popup)) == 1 < len(everything) and "Fever" in shown(popup)[0]
    compose(popup.filter, "")
    assert shown(popup) == everything
    compose(popup.filter, "", "发热")
    assert len(shown(popup)) == 1


@pytest.mark.parametrize("key", [*ENTERS, Qt.Key.Key_Down, Qt.Key.Key_Up])
def test_keys_in_the_filter_are_the_input_methods_while_it_composes(popup: ListPopup, key: Qt.Key) -> None:
    compose(popup.filter, "fr")
    row = popup.list.currentRow()
    QTest.keyClick(popup.filter, key)
    assert popup.isVisible() and popup.list.currentRow() == row
