"""A block on the clipboard: previewed below the form, changed by keyboard, written and struck in one act."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mda5_crf.errors import StoreError
from mda5_crf.ui import language
from mda5_crf.ui.paste_panel import PastePanel
from tests.gui.form_driver import MemoryWard, fill, real_study, ward
from tests.gui.form_fixtures import Open, OpenPage

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def own_clipboard(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.clipboard().clear()


def copy(text: str) -> None:
    QApplication.clipboard().setText(text)


def paste() -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, Qt.Key.Key_V, CTRL)


def history(open_page: Open) -> tuple[MemoryWard, OpenPage]:
    made = ward(real_study())
    fill(made.entry("LOG", "MH"), MHYN="Y")
    return made, open_page(made, "LOG", "MH")


def panel(on: OpenPage) -> PastePanel:
    found = on.page.acts.pasting.panel
    assert found is not None
    return found


def press(key: Qt.Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key)


def test_ctrl_v_in_a_cell_previews_and_enter_takes(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "CDASI"), RSPERF="Y")
    on = open_page(made, "BL", "CDASI")
    on.focus("SCALP_E")
    copy("1\t2\r\n3\t0\r\n")
    paste()
    assert panel(on).isVisible() and made.stored() == [("RSPERF", "Y")]
    assert QApplication.focusWidget() is panel(on).table
    press(Qt.Key.Key_Return)
    assert made.stored()[1:] == [("SCALP_E", "1"), ("SCALP_S", "2"), ("MALAR_E", "3"), ("MALAR_S", "0")]
    assert on.page.acts.pasting.panel is None and on.at() == "SCALP_E"


def test_one_cell_and_words_in_a_text_are_pasted_as_everywhere(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "CDASI"), RSPERF="Y")
    on = open_page(made, "BL", "CDASI")
    on.focus("SCALP_E")
    copy("2\r\n")
    paste()
    assert on.page.acts.pasting.panel is None
    press(Qt.Key.Key_Return)
    assert made.stored()[-1] == ("SCALP_E", "2")
    on.focus("RSEVAL")
    copy("a\tb")
    paste()
    assert on.page.acts.pasting.panel is None and "a" in on.field("RSEVAL").input.entered().text


def test_esc_puts_it_away_and_nothing_is_lost(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "CDASI"), RSPERF="Y")
    on = open_page(made, "BL", "CDASI")
    on.focus("SCALP_E")
    on.type("3")
    copy("1\t2")
    paste()
    assert made.stored()[-1] == ("SCALP_E", "3"), "what was typed is committed before"
    assert panel(on).plan.replaceable == 1 and panel(on).replace.isVisibleTo(panel(on))
    press(Qt.Key.Key_Escape)
    assert on.page.acts.pasting.panel is None and on.at() == "SCALP_E"
    assert made.stored()[-1] == ("SCALP_E", "3")


def test_rows_are_added_and_struck_in_one_act(open_page: Open) -> None:
    _, on = history(open_page)
    copy("MHTERM\tMHSTDAT\nasthma\t2019\ngout\t44621\n")
    on.focus("MHYN")
    assert on.page.paste_rows()
    assert "new rows: 2" in panel(on).summary()
    assert any("inner number" in panel(on).reasons.item(i).text() for i in range(panel(on).reasons.count()))
    press(Qt.Key.Key_Return)
    rows = on.entry.rows("ROWS")
    assert len(rows) == 2
    book = next(s.book for s in on.page.sections if s.book is not None)
    assert [line.answers[0] for line in book.lines] == ["asthma", "gout"]
    assert book.table.height() >= book.table.height_of()
    strip = on.page.acts.pasting.strip
    assert strip is not None and QApplication.focusWidget() is strip.go
    strip.strike.click()
    asked = on.page.commits.strip
    assert asked is not None and "2 rows" in asked.question.text()
    asked.words.setText("Wrong participant")
    asked.accept()
    assert on.entry.rows("ROWS") == [] and len(on.entry.lines("ROWS")) == 2
    assert on.page.show_struck()
    on.page.rows.row_wanted(book, rows[0])
    assert "Wrong participant" in book._struck.text() and "2026-03-20" in book._struck.text()


def test_after_rows_were_pasted_enter_goes_to_the_first(open_page: Open) -> None:
    _, on = history(open_page)
    copy("MHTERM\nasthma\ngout\n")
    on.focus("MHYN")
    on.page.paste_rows()
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    assert on.at() == "MHTERM" and on.page.acts.pasting.strip is None


def test_a_column_is_sent_elsewhere_by_keyboard(open_page: Open) -> None:
    made, on = history(open_page)
    copy("x1\t2019\nx2\t2020\n")
    on.focus("MHYN")
    on.page.paste_rows()
    shown = panel(on)
    press(Qt.Key.Key_Right)
    place = shown.target.findData("MHSTDAT")
    assert place > 0
    QTest.keyClick(shown.target, Qt.Key.Key_Home)
    for _ in range(place):
        QTest.keyClick(shown.target, Qt.Key.Key_Down)
    assert shown.plan.columns == ("MHTERM", "MHSTDAT")
    shown.headed.setFocus()
    press(Qt.Key.Key_Space)
    assert shown.plan.headed and len(shown.plan.lines) == 2
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Return)
    assert made.stored()[1:] == [("MHTERM", "x1"), ("MHSTDAT", "2019"), ("MHTERM", "x2"), ("MHSTDAT", "2020")]


def test_what_gets_a_mark_can_be_left_out(open_page: Open) -> None:
    made, on = history(open_page)
    copy("MHTERM\tMHSTDAT\nasthma\tyesterday\n")
    on.focus("MHYN")
    on.page.paste_rows()
    assert len(panel(on).plan.marked) == 1
    panel(on).only_answers.click()
    assert not panel(on).plan.marked and "left out: 1" in panel(on).summary()
    panel(on).accept()
    assert made.stored()[1:] == [("MHTERM", "asthma")]


def test_nothing_to_paste_and_nowhere_to_paste_are_said(open_page: Open) -> None:
    made, on = history(open_page)
    said: list[object] = []
    on.page.said.connect(said.append)
    on.focus("MHYN")
    copy("")
    assert on.page.paste_rows() and on.page.acts.pasting.panel is None
    assert "clipboard" in str(said[-1])
    vitals = open_page(made, "BL", "VS")
    vitals.page.said.connect(said.append)
    copy("1\t2")
    assert not vitals.page.paste_rows()
    assert "log or a grid" in str(said[-1])


def test_a_full_disk_takes_nothing_and_keeps_the_preview(open_page: Open) -> None:
    made, on = history(open_page)
    copy("MHTERM\nasthma\n")
    on.focus("MHYN")
    on.page.paste_rows()
    made.broken = StoreError("store.disk_full", place="study.db")
    press(Qt.Key.Key_Return)
    assert on.entry.rows("ROWS") == [] and panel(on).isVisible()
    press(Qt.Key.Key_Return)
    assert len(on.entry.rows("ROWS")) == 1


def test_the_preview_speaks_the_windows_language(open_page: Open) -> None:
    _, on = history(open_page)
    copy("MHTERM\tMHSTDAT\nasthma\tyesterday\n")
    on.focus("MHYN")
    on.page.paste_rows()
    shown = panel(on)
    language.set_language("zh")
    assert "录入 2 格" in shown.ok.text() and "带标记" in shown.summary()
    assert shown.model.heading(0) == on.entry.form.items["MHTERM"].label.zh
    assert all(w.accessibleName() for w in (shown.table, shown.target, shown.reasons))
    assert shown.headed.text() == "首行为标题"


_LOGS = [
    (form.oid, group.name)
    for form in real_study().forms.values()
    for group in form.groups
    if group.repeating and not form.repeating
]


def test_all_repeating_groups_are_tried_here() -> None:
    assert len(_LOGS) == 12


@pytest.mark.parametrize("form, group", _LOGS)
def test_a_key_adds_a_row_and_lands_in_it_and_a_block_adds_more(
    open_page: Open, form: str, group: str
) -> None:
    made = ward(real_study())
    event = next(due.event for due in real_study().due if due.form == form)
    definition = next(g for g in real_study().forms[form].groups if g.name == group)
    entry = made.entry(event, form)
    if definition.relevant is not None:
        fill(entry, **{definition.relevant.source.split()[0]: "Y"})
    on = open_page(made, event, form)
    assert on.page.add_row(group)
    (row,) = entry.rows(group)
    first = next(f for f in on.page.stops if getattr(f, "key", None) and f.key.group_repeat == row)  # type: ignore[union-attr]
    assert on.page.focused is first
    asked = next(i for i in definition.items if not i.computed and i.relevant is None)
    copy(f"{asked.name}\n1\n2\n")
    assert on.page.paste_rows()
    press(Qt.Key.Key_Return)
    assert len(entry.rows(group)) == 2, "the row in hand was empty and got the first line"
    strip = on.page.acts.pasting.strip
    assert strip is not None
    strip.close_strip()
    assert on.page.focused is not None and on.page.focused.key.group_repeat == row


def test_ctrl_v_in_the_table_of_a_long_log(open_page: Open) -> None:
    _, on = history(open_page)
    on.page.add_row("ROWS")
    on.enter("MHTERM", "asthma", on.entry.rows("ROWS")[0])
    book = next(s.book for s in on.page.sections if s.book is not None)
    book.take_focus()
    copy("gout\t2019")
    paste()
    assert panel(on).plan.row_count == 1
    assert panel(on).plan.columns[0] == "MHTERM"


def test_a_second_entry_takes_no_block_and_says_why(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    _, on = history(open_page)
    monkeypatch.setattr(on.entry, "blind", True)
    heard: list[object] = []
    on.page.said.connect(heard.append)
    on.focus("MHYN")
    copy("MHTERM\nasthma\n")
    assert on.page.paste_rows() and on.page.acts.pasting.panel is None
    assert "typed from the source" in str(heard[-1])
