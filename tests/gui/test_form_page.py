"""The form page: order of the keyboard, names, commits, states, languages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from mda5_crf.errors import StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Layout
from mda5_crf.text import Language
from mda5_crf.ui import language, theme
from mda5_crf.ui.field import Field
from mda5_crf.ui.field_row import FieldRow
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.icons import Glyph
from tests.gui.form_driver import MemoryWard, fill, key_of, mini_study, real_study, ward
from tests.gui.form_fixtures import Open

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]

REAL = sorted(real_study().forms)
MINI = sorted(mini_study().forms)
ALL = [("real", form) for form in REAL] + [("mini", form) for form in MINI]


def with_data(kind: str, form: str) -> MemoryWard:
    """A ward in which every gate of ``form`` stands open and its logs have two rows."""
    made = ward(real_study() if kind == "real" else mini_study())
    definition = made.study.forms[form]
    entry = made.entry(event_of(made, form), form)
    for group in definition.groups:
        rows = [entry.add_row(group.name)[0] for _ in range(2)] if group.repeating else [""]
        for item in group.items:
            values = made.study.codelists[item.codelist].values if item.codelist else ()
            if item.computed or not {"Y", "N"} & {v.code for v in values}:
                continue
            for row in rows:
                entry.set_value(key_of(entry, item.name, row), "Y")
    return made


def on_screen(page: FormPage, key: ItemKey) -> bool:
    """Whether an item has its input now: of a long log only the open row has."""
    section = page.rows.section_of(key.group)
    return section is None or section.book is None or section.book.open_row == key.group_repeat


def event_of(made: MemoryWard, form: str) -> str:
    return next((due.event for due in made.study.due if due.form == form), next(iter(made.study.events)))


def focusable(page: FormPage) -> list[QWidget]:
    widgets = [w for w in page.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    return [
        w
        for w in widgets
        if w.isVisibleTo(page) and isinstance(w, QAbstractButton | QLineEdit | QPlainTextEdit)
    ]


# -- every form


@pytest.mark.parametrize("kind, form", ALL)
def test_tab_goes_through_every_form_in_definition_order(open_page: Open, kind: str, form: str) -> None:
    made = with_data(kind, form)
    on = open_page(made, event_of(made, form), form)
    state = on.entry.state
    wanted = [
        key
        for key, item in state.items.items()
        if item.relevant and not item.item.computed and on_screen(on.page, key)
    ]
    assert [f.key for f in on.page.stops if isinstance(f, Field) and f.stop] == wanted
    if not wanted:
        return
    assert on.page.first_item()
    visited = []
    for _ in range(len(wanted) + 10):
        at = next((f.key for f in on.page.fields.values() if f.has_focus()), None)
        if at is not None:
            visited.append(at)
        if len(visited) > len(wanted) or at == wanted[-1]:
            break
        on.press(Qt.Key.Key_Tab)
    assert visited == wanted
    assert made.stored()[len(made.stored()) :] == []
    back = []
    for _ in range(len(wanted) + 10):
        at = next((f.key for f in on.page.fields.values() if f.has_focus()), None)
        if at is not None:
            back.append(at)
        if at == wanted[0]:
            break
        on.press(Qt.Key.Key_Backtab, shift=True)
    assert back == wanted[::-1]


@pytest.mark.parametrize("kind, form", ALL)
def test_qts_own_chain_is_definition_order_too(open_page: Open, kind: str, form: str) -> None:
    made = with_data(kind, form)
    on = open_page(made, event_of(made, form), form)
    stops = [s for s in on.page.stops if s.stop]
    if not stops:
        return
    start = stops[0]
    first = start.input.focus_target() if isinstance(start, Field) else start.focus_widgets()[0]
    chain: list[object] = []
    widget: QWidget | None = first
    while widget is not None:
        owner = next((f for f in on.page.fields.values() if widget in f.input.focus_widgets()), None)
        tabbed = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(on.page)
        if owner is not None and tabbed:
            chain.append(owner.key)
        widget = widget.nextInFocusChain()
        if widget is first:
            break
    assert chain == [s.key for s in stops if isinstance(s, Field)]


@pytest.mark.parametrize("tongue", ["en", "zh"])
@pytest.mark.parametrize("kind, form", ALL)
def test_everything_focusable_has_a_name_of_its_own(
    open_page: Open, kind: str, form: str, tongue: Language
) -> None:
    made = with_data(kind, form)
    on = open_page(made, event_of(made, form), form)
    language.set_language(tongue)
    names = [widget.accessibleName() for widget in focusable(on.page)]
    assert all(name.strip() for name in names)
    twice = {name for name in names if names.count(name) > 1}
    assert not twice


@pytest.mark.parametrize("kind, form", ALL)
def test_opening_a_form_stores_nothing_and_leaves_nothing_uncommitted(
    open_page: Open, kind: str, form: str
) -> None:
    made = with_data(kind, form)
    before = len(made.records)
    on = open_page(made, event_of(made, form), form)
    assert on.page.uncommitted == ()
    language.set_language("zh")
    assert on.page.uncommitted == ()
    assert on.page.leave_page()
    assert len(made.records) == before


@pytest.mark.parametrize("kind, form", ALL)
def test_no_label_reads_markup(open_page: Open, kind: str, form: str) -> None:
    made = with_data(kind, form)
    on = open_page(made, event_of(made, form), form)
    on.page.complete()
    for label in on.page.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText, label.text()


# -- committing


def test_enter_commits_and_moves_and_the_answer_opens_the_next_question(open_page: Open) -> None:
    made = ward()
    on = open_page(made, "BL", "VS")
    assert on.at() == "VSPERF"
    assert not on.shown("VSDAT")
    on.type("y")
    assert made.stored() == [], "choosing is not leaving"
    on.press(Qt.Key.Key_Return)
    assert made.stored() == [("VSPERF", "Y")]
    assert on.shown("VSDAT") and on.at() == "VSDAT"


def test_tab_and_the_mouse_commit_too(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.focus("PULSE_VSORRES")
    on.type("72").press(Qt.Key.Key_Tab)
    assert made.stored()[-1] == ("PULSE_VSORRES", "72")
    assert on.at() == "TEMP_VSORRES"
    on.type("36.6")
    target = on.field("VSTIM").input
    assert isinstance(target, QWidget)
    QTest.mouseClick(target, Qt.MouseButton.LeftButton)
    assert made.stored()[-1] == ("TEMP_VSORRES", "36.6")
    assert on.at() == "VSTIM"


def test_unchanged_text_is_not_stored_again(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", PULSE_VSORRES="72")
    count = len(made.records)
    on = open_page(made, "BL", "VS")
    on.focus("PULSE_VSORRES")
    on.press(Qt.Key.Key_Return)
    on.enter("PULSE_VSORRES", "72")
    assert len(made.records) == count


def test_full_width_digits_and_chinese_dates_are_read(open_page: Open) -> None:
    made = ward()
    fill(made.entry("SCR", "IC"), RFICDAT="2026-03-01")
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.enter("TEMP_VSORRES", "３６。６")
    on.enter("VSDAT", "2026年3月20日")
    on.enter("VSTIM", "0930")
    assert made.stored()[-3:] == [("TEMP_VSORRES", "36.6"), ("VSDAT", "2026-03-20"), ("VSTIM", "09:30")]
    assert on.field("TEMP_VSORRES").input.entered().text == "36.6"
    assert on.page.uncommitted == ()


def test_plus_is_the_sites_today(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.focus("VSDAT")
    on.type("+").press(Qt.Key.Key_Return)
    assert made.stored()[-1] == ("VSDAT", made.today.isoformat())


def test_nothing_typed_is_refused(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.enter("SYSBP_VSORRES", "120/80 left")
    assert made.stored()[-1] == ("SYSBP_VSORRES", "120/80 left")
    assert on.field("SYSBP_VSORRES").input.entered().text == "120/80 left"
    field = on.field("SYSBP_VSORRES")
    assert field.marking.glyph is Glyph.CROSS and field.marking.bar == theme.ERROR
    assert "Systolic blood pressure must be" in on.words("SYSBP_VSORRES")
    assert on.at() == "DIABP_VSORRES", "nobody is held in a field"
    assert on.words("SYSBP_VSORRES") in field.input.focus_target().accessibleDescription()


def test_a_unit_typed_behind_the_number_is_taken(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.enter("WEIGHT_VSORRES", "130 lb")
    record = made.records[-1].data
    assert (record["text"], record["unit"]) == ("130", "lb")
    assert on.field("WEIGHT_VSORRES").input.entered() == ("130", "lb")
    row = on.field("WEIGHT_VSORRES").host
    assert isinstance(row, FieldRow)
    assert on.page.uncommitted == ()
    on.enter("WEIGHT_VSORRES", "60")
    assert made.records[-1].data["unit"] == "lb", "the unit beside the field stays the chosen one"


def test_esc_puts_back_and_stores_nothing(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", PULSE_VSORRES="72")
    count = len(made.records)
    on = open_page(made, "BL", "VS")
    on.focus("PULSE_VSORRES")
    on.type("99").press(Qt.Key.Key_Escape, Qt.Key.Key_Tab)
    assert len(made.records) == count
    assert on.field("PULSE_VSORRES").input.entered().text == "72"


def test_one_answer_marks_every_row_it_concerns(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.enter("SYSBP_VSORRES", "100").enter("DIABP_VSORRES", "100")
    for item in ("SYSBP_VSORRES", "DIABP_VSORRES"):
        assert on.field(item).marking.glyph is Glyph.CROSS
        assert "below systolic" in on.words(item)
    on.enter("DIABP_VSORRES", "60")
    assert on.field("SYSBP_VSORRES").marking.glyph is None


def test_closing_a_gate_hides_without_moving_the_keyboard_and_keeps_the_values(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", PULSE_VSORRES="72")
    on = open_page(made, "BL", "VS")
    on.focus("VSPERF")
    on.type("n").press(Qt.Key.Key_Return)
    assert not on.shown("PULSE_VSORRES") and on.shown("VSREASND")
    assert on.at() == "VSREASND"
    on.focus("VSPERF")
    on.type("y").press(Qt.Key.Key_Return)
    assert on.field("PULSE_VSORRES").input.entered().text == "72"


def test_a_failure_of_the_machine_keeps_the_text_and_tells_the_window(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    told: list[object] = []
    on.page.failed.connect(told.append)
    made.broken = StoreError("entry.definition_missing", hash="x")
    on.enter("PULSE_VSORRES", "72")
    assert len(told) == 1
    assert [key.item for key in on.page.uncommitted] == ["PULSE_VSORRES"]
    assert on.field("PULSE_VSORRES").marking.needs_attention
    assert on.at() == "TEMP_VSORRES"
    on.enter("TEMP_VSORRES", "36.6")
    assert on.field("PULSE_VSORRES").input.entered().text == "72"
    assert on.page.save_now()
    assert made.stored()[-1] == ("PULSE_VSORRES", "72")
    assert not on.field("PULSE_VSORRES").marking.needs_attention


def test_who_may_only_look_cannot_type(open_page: Open) -> None:
    made = ward(roles=("read_only",))
    on = open_page(made, "BL", "VS")
    on.type("y").press(Qt.Key.Key_Return)
    assert made.records == []
    assert on.field("VSPERF").marking.glyph is Glyph.LOCK
    assert not on.page.missing_menu()
    assert any("may look but not enter" in label.text() for label in on.page.findChildren(QLabel))


def test_computed_items_follow_and_are_grey(open_page: Open) -> None:
    made = ward()
    fill(made.entry("SCR", "VS"), VSPERF="Y", HEIGHT_VSORRES="165")
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.enter("WEIGHT_VSORRES", "58.5")
    assert on.field("BMI").input.entered().text == "21.5"
    assert on.field("BMI").marking.glyph is Glyph.SIGMA
    assert on.words("BMI") == "Calculated from weight and height"


# -- language


def test_switching_the_language_keeps_text_focus_and_place(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", SYSBP_VSORRES="300000")
    on = open_page(made, "BL", "VS")
    on.focus("WEIGHT_VSORRES")
    QApplication.processEvents()
    on.type("58.")
    input_ = on.field("WEIGHT_VSORRES").input
    assert isinstance(input_, QWidget)
    before = input_.mapTo(on.page, input_.rect().topLeft())
    said: list[str] = []
    on.page.described.connect(said.append)
    language.set_language("zh")
    QApplication.processEvents()
    assert on.at() == "WEIGHT_VSORRES"
    assert input_.text() == "58."  # type: ignore[attr-defined]
    assert input_.mapTo(on.page, input_.rect().topLeft()) == before
    assert on.page.uncommitted == (key_of(on.entry, "WEIGHT_VSORRES"),)
    assert "收缩压" in on.words("SYSBP_VSORRES")
    row = on.field("WEIGHT_VSORRES").host
    assert isinstance(row, FieldRow) and row.label.text() == "体重"
    assert input_.accessibleName() == "体重"
    assert said and "WEIGHT_VSORRES" in said[-1]
    on.type("5").press(Qt.Key.Key_Return)
    assert made.stored()[-1] == ("WEIGHT_VSORRES", "58.5")


def test_a_refresh_from_elsewhere_keeps_uncommitted_text(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", PULSE_VSORRES="72")
    on = open_page(made, "BL", "VS")
    on.focus("PULSE_VSORRES")
    on.type("8")
    fill(made.entry("BL", "VS"), PULSE_VSORRES="99", TEMP_VSORRES="37.0")
    on.page.refresh()
    assert on.field("PULSE_VSORRES").input.entered().text == "8"
    assert on.field("TEMP_VSORRES").input.entered().text == "37.0"
    on.press(Qt.Key.Key_Escape)
    assert on.field("PULSE_VSORRES").input.entered().text == "99"


# -- input methods


def _words_item(made: MemoryWard) -> str:
    return next(
        i.name
        for g in made.study.forms["EX"].groups
        for i in g.items
        if i.type.value == "text" and not i.computed
    )


def test_composed_characters_are_committed_when_the_keyboard_leaves(open_page: Open) -> None:
    made = ward(real_study())
    on = open_page(made, "SCR", "DM")
    field = on.focus("SCRNUM")
    target = field.input.focus_target()
    QApplication.sendEvent(target, QInputMethodEvent("zhong", []))
    QTest.keyClick(target, Qt.Key.Key_Return)
    assert made.stored() == [] and on.at() == "SCRNUM", "Enter belongs to the composition"
    other = on.field("BRTHDAT").input
    assert isinstance(other, QWidget)
    QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    assert made.stored() == [("SCRNUM", "zhong")]


def test_a_refresh_does_not_disturb_a_composition(open_page: Open) -> None:
    made = ward(real_study())
    on = open_page(made, "SCR", "DM")
    field = on.focus("SCRNUM")
    target = field.input.focus_target()
    QApplication.sendEvent(target, QInputMethodEvent("zhong", []))
    language.set_language("zh")
    on.page.refresh()
    assert field.input.composing
    event = QInputMethodEvent()
    event.setCommitString("中")
    QApplication.sendEvent(target, event)
    QTest.keyClick(target, Qt.Key.Key_Return)
    assert made.stored() == [("SCRNUM", "中")]


# -- moving about


def test_a_fresh_form_opens_at_its_first_empty_item(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", VSDAT="2026-03-20")
    on = open_page(made, "BL", "VS")
    assert on.at() == "VSTIM"
    on.focus("PULSE_VSORRES")
    on.page.open_page()
    assert on.at() == "PULSE_VSORRES", "coming back restores the last place"


def test_up_down_first_last_and_go_to(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.focus("SYSBP_VSORRES")
    on.press(Qt.Key.Key_Down)
    assert on.at() == "DIABP_VSORRES"
    on.press(Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert on.at() == "VSTIM"
    assert on.page.last_item() and on.at() == "WEIGHT_VSORRES"
    assert on.page.first_item() and on.at() == "VSPERF"
    assert not on.page.go_to(key_of(on.entry, "VSREASND")), "what does not apply cannot be gone to"
    assert not on.page.go_to(on.entry.key._replace(group="MAIN", item="NOTHING"))
    assert on.page.go_to(on.entry.key._replace(group="BODY")) and on.at() == "WEIGHT_VSORRES"


def test_items_are_found_by_name_words_and_number(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    assert [key.item for key, _ in on.page.find_items("bp_")] == ["SYSBP_VSORRES", "DIABP_VSORRES"]
    assert [name for _, name in on.page.find_items("PULSE")] == ["Pulse"]
    assert [key.item for key, _ in on.page.find_items("１")] == ["VSPERF"]
    assert on.page.find_items("999") == () and on.page.find_items("no such") == ()


def test_f4_goes_round_what_needs_attention(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", SYSBP_VSORRES="abc", PULSE_VSORRES="140", TEMP_VSORRES="36.6")
    on = open_page(made, "BL", "VS")
    said: list[str] = []
    on.page.said.connect(said.append)
    assert on.page.next_attention() and on.at() == "SYSBP_VSORRES"
    assert on.page.next_attention() and on.at() == "PULSE_VSORRES"
    assert on.page.next_attention() and on.at() == "SYSBP_VSORRES"
    assert on.page.previous_attention() and on.at() == "PULSE_VSORRES"
    on.enter("SYSBP_VSORRES", "120").enter("PULSE_VSORRES", "70")
    assert not on.page.next_attention()
    assert "Nothing else" in said[-1]


def test_the_focused_row_is_kept_in_the_middle_half(open_page: Open) -> None:
    made = with_data("real", "HAQ")
    on = open_page(made, "BL", "HAQ")
    view = on.page.height()
    fields = [s for s in on.page.stops if isinstance(s, Field) and s.stop]
    for field in fields:
        on.page.moves.focus(field)
        widget = field.input.focus_target()
        top = widget.mapTo(on.page, widget.rect().topLeft()).y()
        bar = on.page.view.verticalScrollBar()
        at_end = bar.value() in (bar.minimum(), bar.maximum())
        assert at_end or view // 4 - 40 <= top <= view - view // 4
        assert 0 <= top <= view - widget.height()


def test_changing_the_text_size_lays_out_anew(open_page: Open, qapp: QApplication) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", SYSBP_VSORRES="abc")
    on = open_page(made, "BL", "VS")
    row = on.field("SYSBP_VSORRES").host
    assert isinstance(row, FieldRow)
    small = row.height()
    theme.set_text_size(qapp, 175)
    QApplication.processEvents()
    QApplication.processEvents()
    assert row.height() > 1.4 * small
    label = row.label
    assert label.fontMetrics().height() <= label.height() + 1


def test_the_status_line_names_the_item_its_unit_and_limits(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    said: list[str] = []
    keys: list[object] = []
    on.page.described.connect(said.append)
    on.page.item_focused.connect(keys.append)
    on.focus("SYSBP_VSORRES")
    assert said[-1].startswith("VS.SYSBP_VSORRES · mmHg · usual 90–160")
    assert keys[-1] == key_of(on.entry, "SYSBP_VSORRES")


# -- F8, Ctrl+U, hooks


def test_f8_confirms_what_is_unusual(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.enter("PULSE_VSORRES", "140")
    field = on.focus("PULSE_VSORRES")
    assert field.marking.glyph is Glyph.WARNING and field.marking.tone is theme.Tone.SOFT
    assert on.page.confirm()
    assert made.records[-1].kind == "confirm"
    assert field.marking.glyph is Glyph.CONFIRMED and not field.marking.needs_attention
    assert on.words("PULSE_VSORRES") == "Confirmed by Li, 14:05"
    assert not on.page.confirm()
    on.enter("PULSE_VSORRES", "150")
    assert on.field("PULSE_VSORRES").marking.glyph is Glyph.WARNING, "another value asks again"


def test_f8_commits_what_stands_there_first(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.focus("PULSE_VSORRES")
    on.type("140")
    assert on.page.confirm()
    assert [r.kind for r in made.records[-2:]] == ["value", "confirm"]


def test_ctrl_u_marks_missing_and_takes_the_mark_away(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", SYSBP_VSORRES="120")
    on = open_page(made, "BL", "VS")
    field = on.focus("SYSBP_VSORRES")
    assert [code for code, _ in on.page.acts.codes_for(field)] == ["ND", "UNK"]
    assert on.page.missing_menu()
    menu = QApplication.activePopupWidget()
    assert menu is not None and menu.accessibleName()
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert made.stored("missing") == [("SYSBP_VSORRES", "ND")]
    assert field.marking.glyph is Glyph.DASH and field.input.entered().text == ""
    on.page.mark_missing("")
    assert field.marking.glyph is not Glyph.DASH
    assert made.stored()[-1] == ("SYSBP_VSORRES", "")


def test_an_item_without_missing_codes_says_so(open_page: Open) -> None:
    made = ward()
    on = open_page(made, "BL", "VS")
    said: list[str] = []
    on.page.said.connect(said.append)
    assert not on.page.missing_menu()
    assert "cannot be marked missing" in said[-1]


def test_hooks_name_the_focused_item(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y")
    on = open_page(made, "BL", "VS")
    on.focus("PULSE_VSORRES")
    on.type("72")
    seen: list[object] = []
    for signal in (on.page.history_requested, on.page.guidance_requested, on.page.query_requested):
        signal.connect(seen.append)
    on.page.show_history()
    on.page.show_guidance()
    on.page.ask_query()
    assert seen == [key_of(on.entry, "PULSE_VSORRES")] * 3
    assert made.stored()[-1] == ("PULSE_VSORRES", "72"), "a note is put to what stands there"


def test_signals_carry_what_became_durable(open_page: Open) -> None:
    made = ward()
    on = open_page(made, "BL", "VS")
    seen: list[object] = []
    on.page.changed.connect(seen.append)
    on.type("y").press(Qt.Key.Key_Return)
    assert len(seen) == 1
    assert seen[0].touched == {key_of(on.entry, "VSPERF")}  # type: ignore[attr-defined]


def test_a_query_speaks_at_its_field(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "VS"), VSPERF="Y", SYSBP_VSORRES="abc")
    entry = made.entry("BL", "VS")
    finding = next(f for f in entry.state.findings if f.check == "TYPE")
    on = open_page(made, "BL", "VS")
    on.page._put_to_query(finding)
    field = on.field("SYSBP_VSORRES")
    assert field.marking.glyph is Glyph.QUERY and field.marking.tone is theme.Tone.QUERY
    assert on.words("SYSBP_VSORRES").startswith("Query open:")


def test_grid_and_panel_forms_are_what_the_definition_says() -> None:
    layouts = {g.layout for f in real_study().forms.values() for g in f.groups}
    assert {Layout.GRID, Layout.PANEL, Layout.LOG, Layout.ROWS} == layouts
