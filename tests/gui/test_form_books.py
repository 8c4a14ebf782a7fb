"""Long logs: a short table of the rows, and the chosen row below it, question by question."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mda5_crf.errors import StoreError
from mda5_crf.services.changes import Reason
from mda5_crf.services.entry import EntrySession
from mda5_crf.ui import language
from mda5_crf.ui.book_model import telling
from mda5_crf.ui.group_book import GroupBook
from mda5_crf.ui.inputs.choice import OptionsInput
from mda5_crf.ui.row_count import RowCount
from tests.gui.form_driver import MemoryWard, fill, key_of, real_study, ward
from tests.gui.form_fixtures import Open, OpenPage

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]

CTRL = Qt.KeyboardModifier.ControlModifier
EVENTS = (
    {"AETERM": "Herpes zoster", "AESTDAT": "2026-02-20", "AEONGO": "Y", "AETOXGR": "3", "AESER": "N"},
    {"AETERM": "Raised ALT", "AESTDAT": "2026-03", "AEONGO": "N", "AETOXGR": "2"},
    {"AETERM": "Headache"},
)


def rows(entry: EntrySession, group: str, *texts: dict[str, str]) -> list[str]:
    """Add rows with these answers."""
    made = []
    for answers in texts:
        row, _ = entry.add_row(group)
        made.append(row)
        for item, text in answers.items():
            entry.set_value(key_of(entry, item, row), text)
    return made


def events(*texts: dict[str, str]) -> tuple[MemoryWard, list[str]]:
    """A ward with adverse events."""
    made = ward(real_study())
    entry = made.entry("LOG", "AE")
    fill(entry, AEYN="Y")
    return made, rows(entry, "ROWS", *(texts or EVENTS))


def book(on: OpenPage) -> GroupBook:
    return next(s.book for s in on.page.sections if s.book is not None)


def count(on: OpenPage) -> RowCount:
    return next(s.count for s in on.page.sections if s.count is not None)


def column(on: OpenPage, row: int, number: int, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> str:
    model = book(on).model
    return str(model.data(model.index(row, number), role) or "")


def statuses(on: OpenPage) -> list[str]:
    return [column(on, row, book(on).model.status_column) for row in range(len(book(on).lines))]


# -- what is seen


def test_the_table_says_the_telling_answers_and_how_each_row_stands(open_page: Open) -> None:
    made, _ = events(*EVENTS, {})
    on = open_page(made, "LOG", "AE")
    names = [item.name for item in book(on).model.items]
    assert names == ["AETERM", "AESTDAT", "AEONGO", "AETOXGR", "AECAT"]
    assert [column(on, 0, c) for c in range(6)] == ["1", "Herpes zoster", "2026-02-20", "Yes", "Grade 3", ""]
    assert statuses(on) == ["incomplete", "incomplete", "incomplete", "empty"]
    assert count(on).words == "4 rows, 4 incomplete, 1 ongoing"
    language.set_language("zh")
    assert [column(on, 0, c) for c in range(6)] == ["1", "Herpes zoster", "2026-02-20", "是", "3级", ""]
    assert statuses(on)[3] == "空"
    assert count(on).words == "共 4 行，4 行未填完，1 行持续中"
    assert column(on, 0, 1, Qt.ItemDataRole.AccessibleTextRole) == "事件名称（诊断，原文）: Herpes zoster"


def test_every_column_of_every_long_log_fits_a_ward_screen(open_page: Open) -> None:
    """883 pixels: what 1093 leave beside the tree. No table of a long log scrolls sideways."""
    for form in real_study().forms.values():
        for group in form.groups:
            if not group.repeating:
                continue
            made = ward(real_study())
            event = next(due.event for due in made.study.due if due.form == form.oid)
            entry = made.entry(event, form.oid)
            for item in form.items.values():
                if (
                    item.codelist
                    and "Y" in made.study.codelists[item.codelist].by_code
                    and item.group != group.name
                ):
                    entry.set_value(key_of(entry, item.name), "Y")
            entry.add_row(group.name)
            on = open_page(made, event, form.oid)
            section = on.page.rows.section_of(group.name)
            assert section is not None
            if section.book is not None:
                table = section.book.table
                used = sum(table.columnWidth(c) for c in range(section.book.model.columnCount()))
                assert used <= table.width(), form.oid
                shown = [c for c in range(1, section.book.model.status_column) if not table.isColumnHidden(c)]
                assert len(shown) >= min(4, len(telling(group))), form.oid
            else:
                assert section.table is not None
                assert not section.table._bar.isVisibleTo(on.page), form.oid


def test_opening_a_log_with_rows_puts_the_keyboard_into_its_table(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    assert book(on).has_focus() and book(on).open_row == rows[0]
    assert on.page.focused is None, "no item of a row may be acted on from the table"
    on.press(Qt.Key.Key_Down)
    assert book(on).open_row == rows[1] and book(on).has_focus()
    assert on.field("AETERM", rows[1]).input.entered().text == "Raised ALT"
    assert key_of(on.entry, "AETERM", rows[0]) not in on.page.fields
    assert not on.page.missing_menu()


def test_enter_goes_to_the_first_question_that_waits_and_tab_to_the_first(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    on.press(Qt.Key.Key_Return)
    assert on.at() == "AECAT" and on.field("AECAT", rows[0]).has_focus()
    on.press(*[Qt.Key.Key_Backtab] * 3, shift=True)
    assert book(on).has_focus()
    on.press(Qt.Key.Key_Tab)
    assert on.at() == "AETERM"


def test_the_heading_of_the_open_row_stays_in_sight(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    on.focus("AEDIS", rows[0])
    head = book(on).head
    assert head.text() == "Row 1 · Herpes zoster · incomplete"
    top = head.mapTo(on.page, head.rect().topLeft()).y()
    widget = on.field("AEDIS", rows[0]).input
    assert isinstance(widget, QWidget)
    assert 0 <= top < widget.mapTo(on.page, widget.rect().topLeft()).y()
    assert book(on).table.mapTo(on.page, book(on).table.rect().bottomLeft()).y() < 0


def test_answers_stand_side_by_side_and_leave_no_gap(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    for field in book(on).fields:
        if isinstance(field.input, OptionsInput) and field.shown:
            buttons = field.input.options()
            lowest = max(button.geometry().bottom() for button in buttons)
            assert field.input.height() - lowest <= 4, field.item.name
            lines = {button.y() for button in buttons}
            assert len(lines) <= 2, "seven answers one under the other make a row endless"
            assert all(button.geometry().right() <= field.input.width() for button in buttons)
    assert rows[0] == book(on).open_row


def test_a_log_whose_gate_is_closed_offers_no_row(open_page: Open) -> None:
    made = ward(real_study())
    on = open_page(made, "LOG", "AE")
    adder = next(s.adder for s in on.page.sections if s.adder is not None)
    assert not adder.shown and not on.page.add_row()
    on.focus("AEYN")
    on.press(Qt.Key.Key_1, Qt.Key.Key_Return)
    assert adder.shown and adder.has_focus()
    assert not count(on).shown and not book(on).shown
    on.press(Qt.Key.Key_Return)
    assert [r.kind for r in made.records][-1] == "row"
    assert on.at() == "AETERM" and count(on).words.startswith("1 row, 1 incomplete")


# -- keys


def test_a_new_row_is_opened_with_the_keyboard_in_it(open_page: Open) -> None:
    made, _ = events()
    on = open_page(made, "LOG", "AE")
    assert on.page.add_row()
    live = on.entry.rows("ROWS")
    assert len(live) == 4 and book(on).open_row == live[3]
    assert on.at() == "AETERM" and on.field("AETERM", live[3]).has_focus()
    on.type("Cough").press(Qt.Key.Key_Return)
    assert made.stored()[-1] == ("AETERM", "Cough")
    assert column(on, 3, 1) == "Cough"


def test_next_and_previous_row_stay_at_the_same_question(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    said: list[str] = []
    on.page.said.connect(said.append)
    on.focus("AETOXGR", rows[0])
    assert on.page.next_row() and on.field("AETOXGR", rows[1]).has_focus()
    assert on.page.next_row() and on.field("AETOXGR", rows[2]).has_focus()
    assert not on.page.next_row() and "last row" in said[-1]
    assert on.page.previous_row() and on.field("AETOXGR", rows[1]).has_focus()


def test_what_stands_in_the_row_is_committed_before_another_is_opened(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    on.enter("AETERM", "Zoster", rows[0])
    on.focus("AEGRPID", rows[0])
    on.type("Z1")
    assert on.page.next_row()
    assert made.stored()[-1] == ("AEGRPID", "Z1")
    on.type("Z2")
    QTest.mouseClick(
        book(on).table.viewport(), Qt.MouseButton.LeftButton,
        pos=book(on).table.visualRect(book(on).model.index(2, 1)).center(),
    )  # fmt: skip
    assert made.stored()[-1] == ("AEGRPID", "Z2") and book(on).open_row == rows[2]


def test_a_row_that_could_not_be_saved_is_not_left(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    on.focus("AEGRPID", rows[0])
    on.type("Z1")
    made.broken = StoreError("store.disk_full")
    assert not on.page.next_row()
    QApplication.processEvents()
    assert book(on).open_row == rows[0] and book(on).table.currentIndex().row() == 0
    assert on.field("AEGRPID", rows[0]).input.entered().text == "Z1"
    assert on.page.next_row(), "the disk is there again"
    assert made.stored()[-1] == ("AEGRPID", "Z1")


def test_a_change_of_a_finished_log_asks_why_before_another_row_is_opened(open_page: Open) -> None:
    made, rows = events()
    made.cache("").data.set_status(made.entry("LOG", "AE").key, "complete")
    on = open_page(made, "LOG", "AE")
    on.focus("AETERM", rows[0])
    on.type("Shingles")
    assert not on.page.next_row()
    strip = on.page.commits.strip
    assert strip is not None and book(on).open_row == rows[0]
    QTest.mouseClick(
        book(on).table.viewport(), Qt.MouseButton.LeftButton,
        pos=book(on).table.visualRect(book(on).model.index(1, 1)).center(),
    )  # fmt: skip
    QApplication.processEvents()
    assert book(on).open_row == rows[0] and book(on).table.currentIndex().row() == 0
    on.press(Qt.Key.Key_1, Qt.Key.Key_Return)
    assert made.records[-1].data["text"] == "Shingles" and on.page.commits.strip is None
    assert on.page.next_row()


def test_half_typed_text_survives_a_language_switch(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    before = len(made.records)
    on.focus("AEGRPID", rows[0])
    on.type("half")
    language.set_language("zh")
    field = on.field("AEGRPID", rows[0])
    assert field.has_focus() and field.input.entered().text == "half" and len(made.records) == before
    assert book(on).head.text() == "第1行 · Herpes zoster · 未填完"
    assert book(on).table.accessibleName() == "“事件”的各行"


def test_attention_is_looked_for_in_rows_that_are_not_open(open_page: Open) -> None:
    made, rows = events({"AETERM": "Zoster"}, {"AETERM": "Fever", "AESTDAT": "2030-01-01"})
    on = open_page(made, "LOG", "AE")
    on.focus("AETERM", rows[0])
    assert on.page.next_attention()
    assert on.field("AESTDAT", rows[1]).has_focus() and book(on).open_row == rows[1]
    assert column(on, 1, book(on).model.status_column + 1) == "1"
    words = column(on, 1, book(on).model.status_column + 1, Qt.ItemDataRole.AccessibleTextRole)
    assert words.startswith("To look at: 1: Start date")


def test_a_finding_leads_into_its_row(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    assert on.page.go_to(key_of(on.entry, "AETERM", rows[2]))
    assert on.field("AETERM", rows[2]).has_focus()
    assert on.page.go_to(key_of(on.entry, "AETERM", rows[1]).row_key())
    assert book(on).open_row == rows[1]
    assert not on.page.go_to(key_of(on.entry, "AETERM", "gone:1"))
    assert book(on).open_row == rows[1]


# -- struck rows


def strike(on: OpenPage) -> None:
    assert on.page.strike_row()
    on.press(Qt.Key.Key_1, Qt.Key.Key_Return)


def test_a_row_is_struck_from_the_table_and_shown_only_when_asked_for(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    on.press(Qt.Key.Key_Down)
    assert on.page.strike_row()
    strip = on.page.commits.strip
    assert strip is not None and "Row 2" in strip.question.text()
    on.press(Qt.Key.Key_1, Qt.Key.Key_Return)
    assert made.records[-1].kind == "strike"
    assert [line.identity for line in book(on).lines] == [rows[0], rows[2]]
    assert [line.number for line in book(on).lines] == ["1", "3"] and book(on).has_focus()
    assert book(on).open_row in (rows[0], rows[2])
    assert on.page.show_struck()
    assert [line.number for line in book(on).lines] == ["1", "2", "3"]
    assert statuses(on)[1] == "struck out"
    font = book(on).model.data(book(on).model.index(1, 1), Qt.ItemDataRole.FontRole)
    assert font is not None and font.strikeOut()  # type: ignore[attr-defined]
    assert count(on).words.startswith("2 rows"), "struck rows do not count"
    box = count(on).box
    assert box is not None and box.isChecked() and box.text() == "Show struck rows (1)"
    box.click()
    assert len(book(on).lines) == 2


def test_a_struck_row_is_read_and_not_changed(open_page: Open) -> None:
    made, rows = events()
    entry = made.entry("LOG", "AE")
    entry.strike_row(key_of(entry, "AETERM", rows[1]), Reason("ENTRY_ERROR", ""))
    on = open_page(made, "LOG", "AE")
    assert on.page.show_struck()
    on.press(Qt.Key.Key_Down)
    assert book(on).open_row == rows[1] and book(on).fields == []
    words = book(on)._struck.text()
    assert "Event (verbatim, diagnosis): Raised ALT" in words and "CTCAE grade: Grade 2" in words
    before = len(made.records)
    assert not on.page.strike_row() and len(made.records) == before
    on.press(Qt.Key.Key_Return)
    assert book(on).has_focus()


def test_where_nothing_was_struck_nothing_is_shown(open_page: Open) -> None:
    made, _ = events()
    on = open_page(made, "LOG", "AE")
    said: list[str] = []
    on.page.said.connect(said.append)
    assert not on.page.show_struck() and said == ["No row was struck out."]
    box = count(on).box
    assert box is not None and not box.isVisibleTo(on.page)


def test_a_row_another_pc_added_appears_and_moves_nobody(open_page: Open) -> None:
    made, rows = events()
    on = open_page(made, "LOG", "AE")
    on.focus("AEGRPID", rows[1])
    on.type("ha")
    _, changes = made.entry("LOG", "AE").add_row("ROWS")
    on.page.apply(changes)
    assert len(book(on).lines) == 4 and book(on).open_row == rows[1]
    assert on.field("AEGRPID", rows[1]).has_focus()
    assert on.field("AEGRPID", rows[1]).input.entered().text == "ha"


def test_a_reader_looks_at_rows_and_changes_nothing(open_page: Open) -> None:
    made, rows = events()
    made.person = made.person.__class__("p2", "zhao", "Zhao", ("monitor",))
    before = len(made.records)
    on = open_page(made, "LOG", "AE")
    on.press(Qt.Key.Key_Down, Qt.Key.Key_Tab)
    assert on.field("AETERM", rows[1]).input.locked
    assert not on.page.add_row() and len(made.records) == before


# -- short logs


def test_a_short_log_says_in_words_how_its_rows_stand(open_page: Open) -> None:
    made = ward()
    entry = made.entry("LOG", "EX")
    rows(entry, "ROWS", {"ECDOSE": "5", "ECSTDAT": "2026-03-05", "ECONGO": "Y"}, {"ECDOSE": "5"}, {})
    on = open_page(made, "LOG", "EX")
    table = on.page.sections[0].table
    assert table is not None
    assert [row.note for row in table.rows] == ["complete", "incomplete", "empty"]
    assert count(on).words == "3 rows, 2 incomplete, 1 ongoing"
    language.set_language("zh")
    assert [row.note for row in table.rows] == ["已填完", "未填完", "空"]


def test_next_row_works_in_a_short_log_too(open_page: Open) -> None:
    made = ward()
    made_rows = rows(made.entry("LOG", "EX"), "ROWS", {"ECDOSE": "5"}, {"ECDOSE": "10"})
    on = open_page(made, "LOG", "EX")
    on.focus("ECSTDAT", made_rows[0])
    assert on.page.next_row() and on.field("ECSTDAT", made_rows[1]).has_focus()
    assert not on.page.next_row()
    assert on.page.previous_row() and on.field("ECSTDAT", made_rows[0]).has_focus()
