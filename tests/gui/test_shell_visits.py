"""Readings of one scan, visits that are closed, limits of the laboratory, results that can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.ui import language
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.group_panel import GroupPanel
from mda5_crf.ui.icons import STATUS_GLYPHS, Glyph
from mda5_crf.ui.main_window import DESIGN_SIZE
from mda5_crf.ui.matrix_model import READING
from mda5_crf.ui.subject_tree import SubjectTree
from tests.gui.shell_driver import CTRL, SHIFT, Desk, make_vault, one_desk, settle

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def shared(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("visits") / "ward.mda5"))


@pytest.fixture
def desk(shared: Callable[[QtBot], Desk], qtbot: QtBot) -> Iterator[Desk]:
    yield shared(qtbot)
    language.set_language("en")


@pytest.fixture
def subject(desk: Desk) -> str:
    return desk.session.enrol().identity


def put(session: Session, key: ItemKey, **texts: str) -> None:
    entry = session.entry(key)
    for name, text in texts.items():
        item = entry.form.items[name]
        entry.set_value(entry.key._replace(group=item.group, item=name), text)


def form(subject: str, event: str, name: str) -> ItemKey:
    return ItemKey(subject, event, "", name)


def lines(tree: SubjectTree, word: str) -> list[str]:
    return [item.text(0) for key, item in tree._items.items() if key.form and word in item.text(0)]


# -- repeats of a form


def readings(desk: Desk, subject: str, event: str = "SCR") -> list[ItemKey]:
    return desk.session.form_repeats(form(subject, event, "HRCT"))


def test_the_first_reading_is_added_by_enter_and_nothing_by_passing_through(desk: Desk, subject: str) -> None:
    page = desk.open(subject, "SCR", "HRCT")
    assert page.place_only and page.has_keyboard and readings(desk, subject) == []
    button = desk.at()
    assert button.accessibleName() == "Chest HRCT: add the first (Enter)"
    assert "Screening · Chest HRCT" in desk.work.context.identity.text()
    desk.press(Qt.Key.Key_PageDown, CTRL).press(Qt.Key.Key_PageUp, CTRL)
    assert readings(desk, subject) == [], "whoever pages through the forms adds none"
    assert desk.page.place_only
    desk.press(Qt.Key.Key_Return)
    (first,) = readings(desk, subject)
    assert desk.page.entry.key == first and desk.page.fields
    assert desk.work.context.identity.text().endswith("Chest HRCT 1")
    language.set_language("zh")
    settle()
    assert desk.work.tree._items[first].text(0) == "胸部高分辨率CT 1"


def test_the_tree_shows_each_reading_and_adds_one_by_key(desk: Desk, subject: str) -> None:
    desk.open(subject, "SCR", "VS")
    for _ in range(2):
        desk.session.add_form(ItemKey(subject, "SCR"), "HRCT")
    desk.open(subject, "SCR", "VS")
    tree = desk.work.tree
    assert lines(tree, "HRCT")[:3] == ["Chest HRCT 1", "Chest HRCT 2", "Add: Chest HRCT 3"]
    desk.press(Qt.Key.Key_F6, SHIFT)
    assert desk.at() is tree
    tree.choose(form(subject, "SCR", "HRCT"))
    tree.setFocus()
    desk.press(Qt.Key.Key_Return)
    assert len(readings(desk, subject)) == 3
    assert desk.page.entry.key == readings(desk, subject)[2]
    assert desk.work.context.identity.text().endswith("Chest HRCT 3")
    assert tree.current_key() == desk.page.entry.key


def test_a_reading_is_added_by_the_mouse_and_by_its_own_key(desk: Desk, subject: str) -> None:
    desk.session.add_form(ItemKey(subject, "SCR"), "HRCT")
    desk.work.open_form(readings(desk, subject)[0])
    settle()
    tree = desk.work.tree
    item = tree._items[form(subject, "SCR", "HRCT")]
    tree.scrollToItem(item)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualItemRect(item).center())
    settle()
    assert len(readings(desk, subject)) == 2
    desk.press(Qt.Key.Key_Return, CTRL | SHIFT)
    assert len(readings(desk, subject)) == 3 and desk.page.entry.key == readings(desk, subject)[2]


def test_answers_of_two_readings_are_kept_apart(desk: Desk, subject: str) -> None:
    for date in ("2026-01-05", "2026-01-06"):
        key = desk.session.add_form(ItemKey(subject, "SCR"), "HRCT")
        put(desk.session, key, HRPERF="Y", HRDAT=date)
    first, second = readings(desk, subject)
    seen = []
    for key in (first, second):
        assert desk.work.open_form(key)
        settle()
        place = key._replace(group="SCAN", item="HRDAT")
        seen.append(desk.page.fields[place].input.entered().text)
    assert seen == ["2026-01-05", "2026-01-06"]
    desk.press(Qt.Key.Key_PageUp, CTRL)
    assert desk.page.entry.key == first
    desk.press(Qt.Key.Key_PageDown, CTRL, times=2)
    assert desk.page.entry.key.form != "HRCT", "the place for the next reading is no form to page to"


def test_only_a_repeating_form_can_be_added(desk: Desk, subject: str) -> None:
    desk.open(subject, "SCR", "VS")
    assert not desk.window.commands.actions["add_form"].isEnabled()
    desk.open(subject, "SCR", "HRCT")
    assert desk.window.commands.actions["add_form"].isEnabled()


# -- closings


def not_enrolled(desk: Desk, subject: str) -> None:
    put(desk.session, form(subject, "SCR", "SV"), SVOCCUR="Y", SVSTDAT="2026-01-05")
    put(desk.session, form(subject, "SCR", "IE"), ENROLYN="N")


def test_closed_visits_look_closed_in_the_matrix_and_say_why(desk: Desk, subject: str) -> None:
    not_enrolled(desk, subject)
    desk.work.show_matrix()
    model = desk.work.matrix.model
    index = model.index(model.row_of(subject), model.events.index("W12"))
    desk.qtbot.waitUntil(lambda: model.cell(index).status != READING, timeout=9000)  # read row by row
    assert model.cell(index).status == "closed" and STATUS_GLYPHS["closed"] is Glyph.CLOSED
    words = model.words(index)
    assert words.endswith("Week 12: no longer expected. Not enrolled: no further visits are due.")
    assert model.data(index, Qt.ItemDataRole.ToolTipRole) == words
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole) == words
    language.set_language("zh")
    assert model.words(index).endswith("未入组，无需后续访视。")
    language.set_language("en")
    other = model.index(model.row_of(subject), model.events.index("SCR"))
    assert "Not enrolled" not in model.words(other)


def test_the_word_closed_stands_in_the_cell(desk: Desk, subject: str) -> None:
    not_enrolled(desk, subject)
    desk.work.show_matrix()
    matrix = desk.work.matrix
    closed = matrix.model.index(matrix.model.row_of(subject), matrix.model.events.index("W12"))
    matrix.table.scrollTo(closed)
    settle()
    box = matrix.table.visualRect(closed)
    seen = matrix.table.viewport().grab(box).toImage()
    ground = seen.pixelColor(2, seen.height() - 3)
    half = seen.height() * 6 // 10
    inked = {
        (x, y)
        for x in range(4, seen.width() - 4)
        for y in range(half, seen.height() - 4)
        if seen.pixelColor(x, y) != ground
    }
    assert inked, "a glyph alone would be colour and shape without a word"


def test_the_tree_of_a_closed_visit_says_so_and_opens_its_forms(desk: Desk, subject: str) -> None:
    not_enrolled(desk, subject)
    desk.open(subject, "SCR", "IE")
    tree = desk.work.tree
    branch = tree._items[ItemKey(subject, "W12")]
    assert branch.text(0) == "Week 12 (closed)"
    assert "Not enrolled: no further visits are due." in branch.toolTip(0)
    assert branch.data(0, Qt.ItemDataRole.AccessibleTextRole) == branch.toolTip(0)
    assert "no longer expected" in tree._items[form(subject, "W12", "VS")].toolTip(0)
    language.set_language("zh")
    assert branch.text(0) == "第12周（已结束）" and "未入组" in branch.toolTip(0)
    language.set_language("en")
    page = desk.open(subject, "W12", "VS")
    assert page.entry.readonly is None
    desk.enter("VSPERF", "1")
    assert desk.stored("VSPERF") == "Y", "what was done after all is entered, whatever is expected"


# -- limits of the laboratory


def sample(desk: Desk, subject: str, **results: str) -> FormPage:
    put(desk.session, form(subject, "SCR", "DM"), SEX="F", BRTHDAT="1980-03-06")
    put(desk.session, form(subject, "SCR", "LBC"), LBPERF="Y", LBDAT="2026-01-05", LBNAM=laboratory(desk))
    put(desk.session, form(subject, "SCR", "LBC"), **results)
    return desk.open(subject, "SCR", "LBC")


def laboratory(desk: Desk) -> str:
    item = desk.session.study.forms["LBC"].items["LBNAM"]
    return desk.session.study.codelists[item.codelist or ""].values[0].code


def with_ranges(desk: Desk) -> None:
    if not desk.session.references("range"):
        for code, low, high in (("CK", "26", "192"), ("ALT", "7", "40")):
            unit = desk.session.study.forms["LBC"].items[f"{code}_LBORRES"].unit or ""
            row = {"laboratory": laboratory(desk), "testcd": code, "unit": unit, "low": low, "high": high}
            desk.session.add_reference("range", row)


def test_f7_fills_the_limits_in_and_says_how_many(desk: Desk, subject: str) -> None:
    with_ranges(desk)
    page = sample(desk, subject, CK_LBORRES="500", ALT_LBORRES="30")
    key = page.entry.key
    before = len(list(desk.session.vault.journal.records(subject)))
    page.go_to(desk.key(subject, "SCR", "LBC", "CK_LBORRES"))
    settle()
    assert desk.work.status.text().startswith("F7 limits of 2 results · ")
    language.set_language("zh")
    assert desk.work.status.text().startswith("F7 2 项结果的参考限")
    language.set_language("en")
    said: list[str] = []
    page.said.connect(said.append)
    desk.press(Qt.Key.Key_F7)
    assert "Filled in – limits of 2 results" in said
    stored = {n: desk.stored(n) for n in ("CK_LBORNRLO", "CK_LBORNRHI", "ALT_LBORNRLO", "ALT_LBORNRHI")}
    assert stored == {
        "CK_LBORNRLO": "26", "CK_LBORNRHI": "192", "ALT_LBORNRLO": "7", "ALT_LBORNRHI": "40",
    }  # fmt: skip
    assert len(list(desk.session.vault.journal.records(subject))) >= before + 4
    assert page.fields[desk.key(subject, "SCR", "LBC", "CK_LBNRIND")].input.entered().text
    assert desk.at() is page.fields[desk.key(subject, "SCR", "LBC", "CK_LBORRES")].input
    assert page.entry.key == key and "F7" not in page.status_of(page.fields[desk.page.focused_key])  # type: ignore[index]


def test_a_limit_somebody_typed_is_not_overwritten(desk: Desk, subject: str) -> None:
    with_ranges(desk)
    page = sample(desk, subject, CK_LBORRES="500", CK_LBORNRHI="200", ALT_LBORRES="30")
    page.go_to(desk.key(subject, "SCR", "LBC", "ALT_LBORRES"))
    desk.press(Qt.Key.Key_F7)
    assert desk.stored("CK_LBORNRHI") == "200" and desk.stored("CK_LBORNRLO") == ""
    assert desk.stored("ALT_LBORNRHI") == "40"


def test_without_an_offer_f7_says_what_is_missing(desk: Desk, subject: str) -> None:
    with_ranges(desk)
    page = sample(desk, subject)
    said: list[str] = []
    page.said.connect(said.append)
    page.go_to(desk.key(subject, "SCR", "LBC", "CK_LBORRES"))
    desk.press(Qt.Key.Key_F7)
    assert said and said[-1].startswith("Nothing to take here now")
    assert "F7" not in desk.work.status.text()
    terms = desk.open(subject, "SCR", "DM")
    assert not terms.take_limits() and not terms.known.possible


def test_limits_of_a_finished_form_need_a_reason(desk: Desk, subject: str) -> None:
    with_ranges(desk)
    page = sample(desk, subject, CK_LBORRES="500")
    desk.session.cache(subject).data.set_status(page.entry.key, "complete")
    page.go_to(desk.key(subject, "SCR", "LBC", "CK_LBORRES"))
    desk.press(Qt.Key.Key_F7)
    strip = page.commits.strip
    assert strip is not None and "limits" in strip.question.text() and desk.stored("CK_LBORNRLO") == ""
    desk.press(Qt.Key.Key_1).press(Qt.Key.Key_Return)
    assert desk.stored("CK_LBORNRLO") == "26"


# -- what a result means is seen beside it


@pytest.mark.parametrize("size", [DESIGN_SIZE, (1366, 768)])
def test_grade_and_flag_are_in_sight_beside_the_result(
    desk: Desk, subject: str, size: tuple[int, int]
) -> None:
    with_ranges(desk)
    desk.window.resize(*size)
    page = sample(desk, subject, ALT_LBORRES="400", ALT_LBORNRLO="7", ALT_LBORNRHI="40")
    settle()
    page.go_to(desk.key(subject, "SCR", "LBC", "ALT_LBORRES"))
    settle()
    grades = {}
    for item in ("ALT_LBORRES", "ALT_LBNRIND", "ALT_LBTOXGR"):
        field = page.fields[desk.key(subject, "SCR", "LBC", item)]
        host, widget = field.host, field.input
        assert isinstance(host, GroupPanel) and isinstance(widget, QWidget)
        left = widget.mapTo(page, QPoint(0, 0)).x()
        assert widget.isVisible() and left >= 0 and left + widget.width() <= page.width(), item
        assert host._shift == 0, "nothing was scrolled sideways"
        grades[item] = widget.text()  # type: ignore[attr-defined]
    assert grades["ALT_LBNRIND"] == "High" and grades["ALT_LBTOXGR"] not in ("", "0")
    desk.window.resize(*DESIGN_SIZE)
    settle()


def test_a_panel_of_two_units_names_them_above(desk: Desk, subject: str) -> None:
    put(
        desk.session,
        form(subject, "BL", "FC"),
        **{desk.session.study.forms["FC"].groups[0].items[0].name: "Y"},
    )
    page = desk.open(subject, "BL", "FC")
    panel = next(s.table for s in page.sections if isinstance(s.table, GroupPanel))
    headings = [column.heading.en for column in panel.columns]
    assert headings == ["% of lymphocytes", "Absolute (cells/µL)"]
    assert all(row.note == "" for row in panel.rows)
    labs = desk.open(subject, "BL", "LBC")
    other = next(s.table for s in labs.sections if isinstance(s.table, GroupPanel))
    assert {"U/L"} <= {row.note for row in other.rows}
    assert "CTCAE v5 grade" in [column.heading.en for column in other.columns]
    inflamed = next(
        s.table for s in desk.open(subject, "BL", "LBI").sections if isinstance(s.table, GroupPanel)
    )
    assert all(any(n in row.cells for row in inflamed.rows) for n in range(len(inflamed.columns)))
