"""Grids, panels and logs: headings, four directions, codes typed into cells, rows added and struck."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from mda5_crf.ui import language
from mda5_crf.ui.cell_table import CellTable
from mda5_crf.ui.group_grid import GroupGrid
from mda5_crf.ui.group_log import GroupLog
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.notice import Legend
from tests.gui.form_driver import fill, key_of, real_study, ward
from tests.gui.form_fixtures import Open, OpenPage

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]


def table(on: OpenPage) -> CellTable:
    found = next(s.table for s in on.page.sections if s.table is not None)
    assert isinstance(found, CellTable)
    return found


# -- grid


def test_codes_are_typed_straight_into_cells_and_enter_follows_the_definition(open_page: Open) -> None:
    made = ward()
    on = open_page(made, "BL", "MM")
    on.focus("DELTR_MKORRES")
    for grade, item in (("9", "DELTL_MKORRES"), ("10", "QUADR_MKORRES"), ("0", "QUADL_MKORRES")):
        on.type(grade).press(Qt.Key.Key_Return)
        assert on.at() == item
    assert made.stored() == [("DELTR_MKORRES", "9"), ("DELTL_MKORRES", "10"), ("QUADR_MKORRES", "0")]


def test_arrows_go_in_all_four_directions(open_page: Open) -> None:
    on = open_page(ward(), "BL", "MM")
    on.focus("DELTR_MKORRES")
    way = [
        (Qt.Key.Key_Right, "DELTL_MKORRES"), (Qt.Key.Key_Down, "QUADL_MKORRES"),
        (Qt.Key.Key_Left, "QUADR_MKORRES"), (Qt.Key.Key_Up, "DELTR_MKORRES"),
        (Qt.Key.Key_Left, "DELTR_MKORRES"), (Qt.Key.Key_Up, "MKDAT"),
    ]  # fmt: skip
    for key, item in way:
        on.press(key)
        assert on.at() == item


def test_down_from_the_last_row_leaves_the_table(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "HAQ"), HAQPERF="Y")
    on = open_page(made, "BL", "HAQ")
    on.focus("HAQ0133")
    on.press(Qt.Key.Key_Down)
    assert on.at() == "HAQ0114"
    on.press(Qt.Key.Key_Up)
    assert on.at() == "HAQ0133"


def test_a_wrong_code_is_kept_and_said_under_its_row(open_page: Open) -> None:
    made = ward()
    on = open_page(made, "BL", "MM")
    on.enter("DELTR_MKORRES", "12")
    cell = on.field("DELTR_MKORRES")
    assert cell.input.entered().text == "12" and cell.marking.glyph is Glyph.CROSS
    row = table(on).row_of(cell)
    assert row.message is not None and "Deltoid, right" in row.message.text()
    assert row.height > row.line
    on.enter("DELTR_MKORRES", "8")
    assert not row.loud and row.height == row.line


def test_the_focused_cell_speaks_first_for_its_row(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "MM"), DELTR_MKORRES="12", DELTL_MKORRES="13")
    on = open_page(made, "BL", "MM")
    on.focus("DELTL_MKORRES")
    row = table(on).row_of(on.field("DELTL_MKORRES"))
    assert row.message is not None and "left" in row.message.text()
    on.focus("DELTR_MKORRES")
    assert "right" in row.message.text()


def test_the_status_line_says_the_cells_question(open_page: Open) -> None:
    on = open_page(ward(), "BL", "MM")
    said: list[str] = []
    on.page.described.connect(said.append)
    on.focus("QUADL_MKORRES")
    assert said[-1].startswith("Quadriceps, left · MM.QUADL_MKORRES")


def test_one_key_sets_the_empty_cells_of_a_row_and_says_so(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "MM"), DELTR_MKORRES="7")
    on = open_page(made, "BL", "MM")
    said: list[str] = []
    on.page.said.connect(said.append)
    on.focus("DELTL_MKORRES")
    assert on.page.zero_row()
    assert made.stored() == [("DELTR_MKORRES", "7"), ("DELTL_MKORRES", "10")]
    assert "1 empty cells set to 10" in said[-1] and "Deltoid" in said[-1]
    assert not on.page.zero_row()
    assert "nothing was changed" in said[-1]
    on.focus("MKDAT")
    assert not on.page.zero_row()


def test_column_headings_stay_in_view(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "HAQ"), HAQPERF="Y")
    on = open_page(made, "BL", "HAQ")
    on.focus("HAQ0133")
    grid = table(on)
    heads = grid._heads
    top = heads.mapTo(on.page, heads.rect().topLeft()).y()
    assert top == 0
    cell = on.field("HAQ0133").input
    assert isinstance(cell, QWidget)
    assert cell.mapTo(on.page, cell.rect().topLeft()).y() >= heads.height()


def test_what_the_codes_mean_stands_above_the_table(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "HAQ"), HAQPERF="Y")
    on = open_page(made, "BL", "HAQ")
    legend = on.page.findChildren(Legend)
    assert len(legend) == 1 and legend[0].shown
    words = legend[0]._line.text()
    assert "0 = " in words and "3 = " in words
    language.set_language("zh")
    assert "无困难" in legend[0]._line.text()


def test_cells_that_do_not_apply_leave_their_place_empty(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "MDAAT"), RSPERF="Y", MD_CON_NA="N")
    on = open_page(made, "BL", "MDAAT")
    assert on.shown("MD_CON") and not on.shown("MD_CUT")
    on.focus("MD_CON_NA")
    on.press(Qt.Key.Key_Return)
    assert on.at() == "MD_CON"


# -- panel


def test_a_result_takes_number_and_unit_and_shows_the_unit(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "LB"), LBPERF="Y")
    on = open_page(made, "BL", "LB")
    on.enter("CREAT_LBORRES", "2.1 mg/dL")
    record = made.records[-1].data
    assert (record["text"], record["unit"]) == ("2.1", "mg/dL")
    cell = on.field("CREAT_LBORRES")
    assert cell.input.entered() == ("2.1", "mg/dL")
    assert cell.input.textMargins().right() > 0  # type: ignore[attr-defined]
    said: list[str] = []
    on.page.described.connect(said.append)
    on.focus("CREAT_LBORRES")
    assert "stored 185.64 µmol/L" in said[-1]


def test_comparators_and_nonconformant_results_are_kept(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "LB"), LBPERF="Y")
    on = open_page(made, "BL", "LB")
    on.enter("ALT_LBORRES", "＜５")
    on.enter("CK_LBORRES", "haemolysed")
    assert made.stored()[-2:] == [("ALT_LBORRES", "<5"), ("CK_LBORRES", "haemolysed")]
    assert on.field("ALT_LBORRES").marking.glyph is None
    assert on.field("CK_LBORRES").marking.glyph is Glyph.CROSS


def test_a_result_opens_its_limits_in_the_same_row(open_page: Open) -> None:
    made = ward()
    fill(made.entry("BL", "LB"), LBPERF="Y")
    on = open_page(made, "BL", "LB")
    assert not on.shown("CK_LBORNRLO")
    on.enter("CK_LBORRES", "500")
    assert on.at() == "CK_LBORNRLO"
    on.type("20").press(Qt.Key.Key_Right)
    assert on.at() == "CK_LBORNRHI"
    on.type("200").press(Qt.Key.Key_Return)
    assert on.field("CK_LBNRIND").input.focus_target().text() == "High"  # type: ignore[attr-defined]
    assert on.at() == "CK_LBCLSIG"
    on.type("n").press(Qt.Key.Key_Return)
    assert made.stored()[-1] == ("CK_LBCLSIG", "NCS")
    language.set_language("zh")
    assert on.field("CK_LBNRIND").input.focus_target().text() == "高于"  # type: ignore[attr-defined]


def test_a_closed_panel_is_gone_with_its_heading(open_page: Open) -> None:
    made = ward()
    on = open_page(made, "BL", "LB")
    results = next(s for s in on.page.sections if s.table is not None)
    assert not results.heading.shown and results.table is not None and not results.table.shown
    on.focus("LBPERF")
    on.type("y").press(Qt.Key.Key_Return)
    assert results.heading.shown and results.table.shown


def test_the_focused_cell_is_in_sight_sideways(open_page: Open) -> None:
    made = ward(real_study())
    entry = made.entry("LOG", "EX")
    row, _ = entry.add_row("DOSING")
    entry.set_value(key_of(entry, "ECOCCUR", row), "Y")
    on = open_page(made, "LOG", "EX")
    for field in [s for s in on.page.stops if s.stop and hasattr(s, "input")]:
        on.page.moves.focus(field)
        widget = field.input
        assert isinstance(widget, QWidget)
        left = widget.mapTo(on.page, widget.rect().topLeft()).x()
        assert left >= 0 and left + widget.width() <= on.page.width()


# -- log


def test_an_empty_log_offers_its_first_row(open_page: Open) -> None:
    made = ward()
    on = open_page(made, "LOG", "EX")
    assert made.records == []
    adder = on.page.sections[0].adder
    assert adder is not None and adder.has_focus()
    assert adder.button.accessibleName() == "Add a row to Intervals"
    on.press(Qt.Key.Key_Return)
    assert [r.kind for r in made.records] == ["row"]
    assert on.at() == "ECDOSE"


def test_enter_in_the_last_cell_adds_a_row_and_tab_does_not(open_page: Open) -> None:
    made = ward()
    entry = made.entry("LOG", "EX")
    row, _ = entry.add_row("ROWS")
    entry.set_value(key_of(entry, "ECDOSE", row), "5")
    entry.set_value(key_of(entry, "ECSTDAT", row), "2026-03-05")
    on = open_page(made, "LOG", "EX")
    on.focus("ECONGO", row)
    on.type("y").press(Qt.Key.Key_Tab)
    assert len(entry.rows("ROWS")) == 1
    adder = on.page.sections[0].adder
    assert adder is not None and adder.has_focus()
    on.focus("ECONGO", row)
    on.press(Qt.Key.Key_Return)
    rows = entry.rows("ROWS")
    assert len(rows) == 2
    assert on.field("ECDOSE", rows[1]).has_focus()
    log = table(on)
    assert isinstance(log, GroupLog)
    assert [log.row_glyph(r) for r in log.rows] == [Glyph.COMPLETE, Glyph.NOT_STARTED]


def test_enter_in_an_empty_last_row_adds_no_other(open_page: Open) -> None:
    made = ward()
    entry = made.entry("LOG", "EX")
    row, _ = entry.add_row("ROWS")
    on = open_page(made, "LOG", "EX")
    on.focus("ECONGO", row)
    on.press(Qt.Key.Key_Return)
    assert len(entry.rows("ROWS")) == 1


def test_a_struck_row_stays_readable_and_takes_no_part(open_page: Open) -> None:
    made = ward()
    entry = made.entry("LOG", "EX")
    rows = []
    for dose, start in (("5", "2026-03-01"), ("10", "2026-03-05"), ("5", "2026-03-09")):
        row, _ = entry.add_row("ROWS")
        rows.append(row)
        entry.set_value(key_of(entry, "ECDOSE", row), dose)
        entry.set_value(key_of(entry, "ECSTDAT", row), start)
    on = open_page(made, "LOG", "EX")
    on.focus("ECDOSE", rows[1])
    assert on.page.strike_row()
    strip = on.page.commits.strip
    assert strip is not None and "Row 2" in strip.question.text()
    on.press(Qt.Key.Key_1, Qt.Key.Key_Return)
    assert made.records[-1].kind == "strike"
    log = table(on)
    assert isinstance(log, GroupLog)
    assert [r.struck for r in log.rows] == [False, True, False]
    assert "10" in log.rows[1].struck_texts.values()
    assert [r.heading.en for r in log.rows] == ["1", "2", "3"]
    assert key_of(on.entry, "ECDOSE", rows[1]) not in on.page.fields
    assert on.field("ECDOSE", rows[2]).input.focus_target().accessibleName().endswith("row 3")
    assert QApplication.focusWidget() is not None


def test_striking_needs_a_reason_and_esc_leaves_the_row(open_page: Open) -> None:
    made = ward()
    entry = made.entry("LOG", "EX")
    row, _ = entry.add_row("ROWS")
    entry.set_value(key_of(entry, "ECDOSE", row), "5")
    count = len(made.records)
    on = open_page(made, "LOG", "EX")
    on.focus("ECDOSE", row)
    on.page.strike_row()
    on.press(Qt.Key.Key_Return)
    assert on.page.commits.strip is not None and len(made.records) == count
    on.press(Qt.Key.Key_Escape)
    assert on.page.commits.strip is None and len(made.records) == count
    assert on.field("ECDOSE", row).has_focus()


def test_a_row_another_pc_added_appears_and_moves_nobody(open_page: Open) -> None:
    made = ward()
    entry = made.entry("LOG", "EX")
    first, _ = entry.add_row("ROWS")
    on = open_page(made, "LOG", "EX")
    on.focus("ECSTDAT", first)
    on.type("2026")
    second, changes = made.entry("LOG", "EX").add_row("ROWS")
    on.page.apply(changes)
    assert on.field("ECDOSE", second).shown
    assert on.field("ECSTDAT", first).has_focus()
    assert on.field("ECSTDAT", first).input.entered().text == "2026"


def test_grids_hold_every_cell_the_definition_places() -> None:
    for form in real_study().forms.values():
        for group in form.groups:
            if group.rows and group.columns:
                rows, columns = {a.code for a in group.rows}, {a.code for a in group.columns}
                assert all(i.row in rows and i.column in columns for i in group.items), group.oid
    assert GroupGrid.HEAD_EMS > 0
