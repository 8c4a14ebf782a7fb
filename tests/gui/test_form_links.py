"""Links to rows of a log, and long lists of answers: typed as a short list, chosen with F9, told in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mda5_crf.services.changes import Reason
from mda5_crf.ui import language
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.inputs import LineNumbers, LogLine
from mda5_crf.ui.inputs.listed import CodeSet, ListedInput
from mda5_crf.ui.inputs.popup import ListPopup
from tests.gui.form_driver import MemoryWard, fill, key_of, real_study, ward
from tests.gui.form_fixtures import Open, OpenPage

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]

EVENTS = (("Herpes zoster", "2026-02-20"), ("Raised ALT", "2026-03"), ("Headache", "2026-03-10"))


def with_events() -> tuple[MemoryWard, list[str]]:
    """A ward with three adverse events."""
    made = ward(real_study())
    entry = made.entry("LOG", "AE")
    fill(entry, AEYN="Y")
    found = []
    for term, start in EVENTS:
        row, _ = entry.add_row("ROWS")
        found.append(row)
        entry.set_value(key_of(entry, "AETERM", row), term)
        entry.set_value(key_of(entry, "AESTDAT", row), start)
    return made, found


def medication(made: MemoryWard) -> str:
    """One medication that is given for an adverse event."""
    entry = made.entry("LOG", "CM")
    fill(entry, CMYN="Y")
    row, _ = entry.add_row("ROWS")
    entry.set_value(key_of(entry, "CMTRT", row), "Aciclovir")
    entry.set_value(key_of(entry, "CMINDC", row), "ADVERSE EVENT")
    return row


def report(made: MemoryWard) -> str:
    """One serious event's report."""
    row, _ = made.entry("LOG", "SAE").add_row("ROWS")
    return row


def popup() -> ListPopup:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, ListPopup) and w.isVisible())


def beside(on: OpenPage, item: str, row: str) -> str:
    return on.field(item, row).input.beside()


# -- typed


@pytest.mark.parametrize(
    "typed, lines",
    [("3", [2]), ("1,3", [0, 2]), ("3 1", [0, 2]), ("AE#3", [2]), ("ae # 2；1", [0, 1]), ("１、３", [0, 2])],
)
def test_line_numbers_are_stored_as_identities(open_page: Open, typed: str, lines: list[int]) -> None:
    made, rows = with_events()
    row = medication(made)
    on = open_page(made, "LOG", "CM")
    on.focus("CMAENO", row)
    widget = QApplication.focusWidget()
    assert widget is not None
    on.type(typed).press(Qt.Key.Key_Return)
    assert made.stored()[-1] == ("CMAENO", ",".join(rows[i] for i in lines))
    field = on.field("CMAENO", row)
    assert field.input.entered().text == ", ".join(str(i + 1) for i in lines)
    assert on.page.uncommitted == ()
    assert all(EVENTS[i][0] in beside(on, "CMAENO", row) for i in lines)
    assert field.marking.glyph is not Glyph.CROSS


def test_the_same_rows_in_other_words_are_no_change(open_page: Open) -> None:
    made, _ = with_events()
    row = medication(made)
    on = open_page(made, "LOG", "CM")
    on.enter("CMAENO", "1, 3", row)
    count = len(made.records)
    on.enter("CMAENO", "AE#3,1", row)
    assert len(made.records) == count and on.page.uncommitted == ()


@pytest.mark.parametrize("typed", ["4", "0", "zoster", "1,9"])
def test_what_leads_nowhere_stays_as_typed_and_is_said(open_page: Open, typed: str) -> None:
    made, _ = with_events()
    row = medication(made)
    on = open_page(made, "LOG", "CM")
    on.enter("CMAENO", typed, row)
    assert made.stored()[-1][1] in (typed, ", ".join(typed.split(",")))
    field = on.field("CMAENO", row)
    assert field.marking.glyph is Glyph.CROSS and field.marking.loud
    assert on.words("CMAENO", row)


def test_one_row_is_named_by_term_and_start_in_both_languages(open_page: Open) -> None:
    made, _ = with_events()
    row = report(made)
    on = open_page(made, "LOG", "SAE")
    on.enter("AESPID", "2", row)
    assert beside(on, "AESPID", row) == "Raised ALT, 2026-03"
    input_ = on.field("AESPID", row).input
    assert isinstance(input_, ListedInput) and input_._words.text() == "Raised ALT, 2026-03"
    target = input_.focus_target()
    assert "Raised ALT, 2026-03" in target.accessibleDescription()
    on.focus("AESPID", row)
    on.type("3")
    assert beside(on, "AESPID", row) == "", "what stands beside never belongs to another number"
    on.press(Qt.Key.Key_Escape)
    assert beside(on, "AESPID", row) == "Raised ALT, 2026-03"
    language.set_language("zh")
    assert beside(on, "AESPID", row) == "Raised ALT, 2026-03"
    assert target.accessibleName() == "关联AE序号，第1行"


def test_a_term_that_changes_changes_beside_the_link(open_page: Open) -> None:
    made, rows = with_events()
    row = report(made)
    on = open_page(made, "LOG", "SAE")
    on.enter("AESPID", "2", row)
    events = made.entry("LOG", "AE")
    on.page.apply(events.set_value(key_of(events, "AETERM", rows[1]), "Hepatitis"))
    assert beside(on, "AESPID", row).startswith("Hepatitis")
    assert "Hepatitis" in (on.page.rows.section_of("ROWS").book.lines[0].answers[0])  # type: ignore[union-attr]


def test_a_link_to_a_struck_row_says_so(open_page: Open) -> None:
    made, rows = with_events()
    row = medication(made)
    on = open_page(made, "LOG", "CM")
    on.enter("CMAENO", "1,3", row)
    events = made.entry("LOG", "AE")
    on.page.apply(events.strike_row(key_of(events, "AETERM", rows[0]), Reason("ENTRY_ERROR", "")))
    field = on.field("CMAENO", row)
    assert field.input.entered().text == "1×, 3", "the other row keeps its number"
    assert field.input.focus_target().text() == "1 (struck), 3"  # type: ignore[attr-defined]
    assert "Headache" in beside(on, "CMAENO", row) and "struck out" in beside(on, "CMAENO", row)
    assert on.page.uncommitted == ()
    assert any(f.check == "LINK" for f in on.entry.state.items[field.key].findings)
    assert field.marking.glyph is Glyph.WARNING and field.marking.words is not None
    language.set_language("zh")
    assert "划除" in beside(on, "CMAENO", row)
    assert field.input.focus_target().text() == "1（已划除）, 3"  # type: ignore[attr-defined]
    assert on.page.uncommitted == ()
    language.set_language("en")
    on.enter("CMAENO", "1", row)
    assert made.stored()[-1] == ("CMAENO", "1") and field.marking.glyph is Glyph.CROSS
    on.enter("CMAENO", "3", row)
    assert made.stored()[-1] == ("CMAENO", rows[2]) and field.marking.glyph is None


def test_a_struck_row_is_let_go_of_with_the_first_choice(open_page: Open) -> None:
    made, rows = with_events()
    row = medication(made)
    on = open_page(made, "LOG", "CM")
    on.enter("CMAENO", "1,3", row)
    events = made.entry("LOG", "AE")
    on.page.apply(events.strike_row(key_of(events, "AETERM", rows[0]), Reason("ENTRY_ERROR", "")))
    on.focus("CMAENO", row)
    assert on.page.open_choices()
    found = popup()
    assert [found.list.item(i).text()[:1] for i in range(found.list.count())] == ["2", "✓"]
    QTest.keyClicks(found.filter, "alt")
    QTest.keyClick(found.filter, Qt.Key.Key_Return)
    assert made.stored()[-1] == ("CMAENO", f"{rows[1]},{rows[2]}")


# -- chosen


def test_rows_are_chosen_from_a_list_by_key(open_page: Open) -> None:
    made, rows = with_events()
    row = medication(made)
    on = open_page(made, "LOG", "CM")
    on.focus("CMAENO", row)
    assert on.page.open_choices()
    found = popup()
    assert [found.list.item(i).text() for i in range(3)] == [
        "1   Herpes zoster   2026-02-20",
        "2   Raised ALT   2026-03",
        "3   Headache   2026-03-10",
    ]
    QTest.keyClicks(found.filter, "alt")
    QTest.keyClick(found.filter, Qt.Key.Key_Return)
    assert made.stored()[-1] == ("CMAENO", rows[1])
    assert on.page.open_choices()
    again = popup()
    assert again.list.item(1).text().startswith("✓")
    again.list.setCurrentRow(0)
    QTest.keyClick(again.filter, Qt.Key.Key_Return)
    assert made.stored()[-1] == ("CMAENO", f"{rows[0]},{rows[1]}"), "several rows: one more"
    on.page.open_choices()
    third = popup()
    third.list.setCurrentRow(1)
    QTest.keyClick(third.filter, Qt.Key.Key_Return)
    assert made.stored()[-1] == ("CMAENO", rows[0]), "chosen again: one less"


def test_one_link_is_replaced_by_the_mouse(open_page: Open) -> None:
    made, rows = with_events()
    row = report(made)
    on = open_page(made, "LOG", "SAE")
    on.enter("AESPID", "1", row)
    on.focus("AESPID", row)
    on.page.open_choices()
    found = popup()
    QTest.mouseClick(
        found.list.viewport(), Qt.MouseButton.LeftButton,
        pos=found.list.visualItemRect(found.list.item(2)).center(),
    )  # fmt: skip
    assert made.stored()[-1] == ("AESPID", rows[2]) and on.field("AESPID", row).has_focus()


def test_without_rows_there_is_no_list(open_page: Open) -> None:
    made = ward(real_study())
    row = report(made)
    on = open_page(made, "LOG", "SAE")
    on.focus("AESPID", row)
    assert not on.page.open_choices()


def test_a_reader_sees_links_and_opens_no_list(open_page: Open) -> None:
    made, _ = with_events()
    row = report(made)
    entry = made.entry("LOG", "SAE")
    entry.set_value(key_of(entry, "AESPID", row), "1")
    made.person = made.person.__class__("p2", "zhao", "Zhao", ("monitor",))
    on = open_page(made, "LOG", "SAE")
    on.press(Qt.Key.Key_Tab)
    assert beside(on, "AESPID", row).startswith("Herpes zoster") and not on.page.open_choices()


# -- long lists of answers


def test_many_answers_are_typed_as_codes_and_told_in_words(open_page: Open) -> None:
    made, rows = with_events()
    on = open_page(made, "LOG", "AE")
    on.enter("AELBTST", "ck，alt", rows[1])
    item = on.entry.form.items["AELBTST"]
    codelist = made.study.codelists[item.codelist or ""]
    stored = str(made.stored()[-1][1]).split(",")
    assert set(stored) == {"CK", "ALT"} and stored == [v.code for v in codelist.values if v.code in stored]
    assert on.field("AELBTST", rows[1]).input.entered().text == ",".join(stored)
    assert "Creatine kinase" in beside(on, "AELBTST", rows[1])
    language.set_language("zh")
    assert "肌酸激酶" in beside(on, "AELBTST", rows[1])
    language.set_language("en")
    on.enter("AELBTST", "ck, nonsense", rows[1])
    assert on.field("AELBTST", rows[1]).marking.glyph is Glyph.CROSS
    field = on.field("AELBTST", rows[1]).input
    assert isinstance(field, QWidget) and field.entered().text == "ck, nonsense"


LINES = [LogLine(n, f"term {n}", "") for n in range(1, 30)]


@given(st.lists(st.integers(1, 29), unique=True))
def test_what_a_line_shows_is_read_as_itself(numbers: list[int]) -> None:
    rows = LineNumbers(lambda: LINES, many=True)
    shown = rows.join([str(n) for n in numbers])
    assert rows.entered(shown) == shown == rows.line(shown)
    assert rows.values(shown) == [str(n) for n in sorted(numbers)]


@given(st.lists(st.tuples(st.integers(1, 29), st.booleans()), unique_by=lambda one: one[0]), st.booleans())
def test_struck_rows_are_read_as_shown_in_both_languages(named: list[tuple[int, bool]], lost: bool) -> None:
    rows = LineNumbers(lambda: LINES, many=True)
    shown = rows.join([f"{number}{'×' if struck else ''}" for number, struck in named]) + ", ?" * lost
    for words in ("en", "zh"):
        language.set_language(words)
        assert rows.entered(rows.line(shown)) == shown
    language.set_language("en")


@given(st.text(max_size=12))
def test_nothing_typed_into_a_list_is_lost(typed: str) -> None:
    rows = LineNumbers(lambda: LINES, many=True)
    meant = rows.entered(typed)
    assert meant == typed or rows.entered(meant) == meant
    codes = CodeSet(real_study().codelists["TESTCD"])
    meant = codes.entered(typed)
    assert meant == typed or codes.entered(codes.line(meant)) == meant
