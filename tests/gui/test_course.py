"""Earlier values beside the focused question, the course in the side panel, and why something was noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import course as services_course
from mda5_crf.services.coursedrawing import drawing
from mda5_crf.text import Language, both
from mda5_crf.ui import course_acts, language, theme
from mda5_crf.ui.actions import by_name
from mda5_crf.ui.field import Field
from mda5_crf.ui.field_row import FieldRow
from mda5_crf.ui.side_panel import COURSE, GUIDANCE
from tests.gui.shell_driver import CTRL, SHIFT, Desk, make_vault, one_desk, prepared, settle

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def made(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("course") / "ward.mda5"))


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, made: Callable[[QtBot], Desk]) -> Iterator[Desk]:
    desk = made(qtbot)
    desk.window.resize(1093, 614)
    settle()
    yield desk
    prepared(qapp)
    desk.work.close_strip()
    desk.work.show_matrix()
    settle()


def fill(desk: Desk, subject: str, event: str, form: str, **values: str) -> None:
    entry = desk.session.entry(desk.key(subject, event, form))
    for item, text in values.items():
        entry.set_value(desk.key(subject, event, form, item), text)


@pytest.fixture
def subject(desk: Desk) -> str:
    """A participant with two visits behind: weight 80 and 64 kg, lymphocytes 0.9 and 0.7."""
    subject = desk.session.enrol().identity
    for event, day, weight, cells in (("SCR", "2026-01-05", "80", "0.9"), ("BL", "2026-01-12", "64", "0.7")):
        fill(desk, subject, event, "SV", SVOCCUR="Y", SVSTDAT=day)
        fill(desk, subject, event, "VS", VSPERF="Y", WEIGHT_VSORRES=weight)
        fill(desk, subject, event, "LBH", LBPERF="Y", LBDAT=day, LYM_LBORRES=cells)
    return subject


def at(desk: Desk, subject: str, event: str, form: str, item: str) -> Field:
    """Go to an item and wait until the keyboard rests."""
    key = desk.key(subject, event, form, item)
    if form in ("VS", "LBH"):
        fill(desk, subject, event, form, **{"VSPERF" if form == "VS" else "LBPERF": "Y"})
    assert desk.work.open_form(key.form_key(), key)
    settle()
    field = desk.page.focused
    assert field is not None and field.key == key
    return field


def row_of(field: Field) -> FieldRow:
    assert isinstance(field.host, FieldRow)
    return field.host


def words(field: Field) -> str:
    aside = row_of(field)._course
    return "" if aside is None else aside.words


# -- beside the question ---------------------------------------------------------------------------


def test_nothing_where_there_is_no_earlier_value(desk: Desk, subject: str) -> None:
    field = at(desk, subject, "W4", "VS", "PULSE_VSORRES")
    assert words(field) == "" and row_of(field).course_boxes() == (QRect(), QRect())
    assert "last" not in desk.work.status.text()
    assert field.aside is None


def test_the_last_value_stands_beside_the_focused_question_only(desk: Desk, subject: str) -> None:
    field = at(desk, subject, "W4", "VS", "WEIGHT_VSORRES")
    assert words(field) == "last 64 · 2026-01-12 (BL)"
    desk.press(Qt.Key.Key_Tab, SHIFT)
    assert words(field) == "" and desk.page.focused is not field


def test_a_value_counts_once_it_is_committed(desk: Desk, subject: str) -> None:
    field = at(desk, subject, "W4", "VS", "WEIGHT_VSORRES")
    desk.type("72")
    settle()
    assert words(field) == "last 64 · 2026-01-12 (BL)"
    desk.press(Qt.Key.Key_S, CTRL)
    assert words(field) == "last 64 · 2026-01-12 (BL) · +12.5 %".replace("12.5", "13")
    aside = row_of(field)._course
    assert aside is not None and [p.words.en for p in aside.course.points] == ["80", "64", "72"]


def test_a_missing_code_before_is_no_last_value(desk: Desk, subject: str) -> None:
    key = desk.key(subject, "W4", "VS", "WEIGHT_VSORRES")
    entry = desk.session.entry(key.form_key())
    entry.set_value(desk.key(subject, "W4", "VS", "VSPERF"), "Y")
    entry.set_missing(key, "ND")
    assert words(at(desk, subject, "W8", "VS", "WEIGHT_VSORRES")) == "last 64 · 2026-01-12 (BL)"


def test_the_language_changes_at_once(desk: Desk, subject: str) -> None:
    field = at(desk, subject, "W4", "VS", "WEIGHT_VSORRES")
    desk.type("7").press(Qt.Key.Key_L, CTRL)
    assert language.language() == "zh"
    assert words(field) == "上次 64 · 2026-01-12（BL）"
    assert desk.page.uncommitted == (field.key,)
    desk.press(Qt.Key.Key_L, CTRL).press(Qt.Key.Key_Escape)


def test_typing_reads_nothing(desk: Desk, subject: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at(desk, subject, "W4", "VS", "WEIGHT_VSORRES")
    asked: list[ItemKey] = []
    real = services_course.course

    def count(session: object, key: ItemKey) -> object:
        asked.append(key)
        return real(session, key)  # type: ignore[arg-type]

    monkeypatch.setattr(course_acts, "course", count)
    for letter in "71":
        QTest.keyClicks(desk.at(), letter)
        settle()
    assert asked == []
    QTest.keyClick(desk.at(), Qt.Key.Key_Return)
    assert asked == []  # the key is handled before anything is read
    settle()
    assert asked == [desk.page.focused_key]


@pytest.mark.parametrize("size", [100, 150, 175])
@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_nothing_covers_anything(desk: Desk, subject: str, size: int, spoken: Language) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    language.set_language(spoken)
    theme.set_text_size(app, size)
    settle()
    field = at(desk, subject, "W4", "VS", "WEIGHT_VSORRES")
    row = row_of(field)
    boxes = [box for box in row.course_boxes() if not box.isEmpty()]
    widget = field.input.focus_target()
    taken = [
        row._icon_box(),
        QRect(widget.mapTo(row, widget.rect().topLeft()), widget.size()),
        row.label.geometry(),
        *(part.geometry() for part in (row._unit, row._message) if part is not None and part.isVisible()),
    ]
    for box in boxes:
        assert row.rect().contains(box)
        assert not [other for other in taken if other.intersects(box)]
    if len(boxes) == 2:
        assert not boxes[0].intersects(boxes[1])
    if not boxes:  # no room: then the line about the item says it
        assert "64" in desk.work.status.text()
    else:
        assert "64 · " not in desk.work.status.text()


def test_it_is_painted(desk: Desk, subject: str) -> None:
    field = at(desk, subject, "W4", "VS", "WEIGHT_VSORRES")
    row = row_of(field)
    _, drawn = row.course_boxes()
    picture = row.grab(drawn).toImage()
    colours = {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}
    assert len(colours) > 2
    row.show_course(None)
    picture = row.grab(drawn).toImage()
    assert len({picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}) == 1


def test_a_cell_of_a_panel_says_it_in_the_status_line(desk: Desk, subject: str) -> None:
    at(desk, subject, "W4", "LBH", "LYM_LBORRES")
    assert desk.work.status.text().startswith("last 0.7 · 2026-01-12 (BL) · Lymphocytes")
    desk.press(Qt.Key.Key_L, CTRL)
    assert desk.work.status.text().startswith("上次 0.7 · 2026-01-12（BL） · 淋巴细胞")


def test_a_screen_reader_hears_it(desk: Desk, subject: str) -> None:
    field = at(desk, subject, "W4", "VS", "WEIGHT_VSORRES")
    told = QAccessible.queryAccessibleInterface(field.input.focus_target())
    assert told is not None
    assert "Last value 64 kg, 2026-01-12 (BL)" in told.text(QAccessible.Text.Description)
    desk.press(Qt.Key.Key_Tab, SHIFT)
    assert "Last value" not in told.text(QAccessible.Text.Description)


def test_second_entry_sees_nothing_of_it(desk: Desk, subject: str) -> None:
    field = at(desk, subject, "W4", "VS", "WEIGHT_VSORRES")
    desk.page.entry.blind = True
    desk.work.courses.show_now()
    assert words(field) == "" and "64" not in desk.work.status.text()
    desk.page.entry.blind = False


# -- the side panel --------------------------------------------------------------------------------


def lines(desk: Desk) -> list[str]:
    values = desk.work.side.course.values
    return [values.item(row).text() for row in range(values.count())]


def test_the_course_opens_with_one_key_and_says_every_number(desk: Desk, subject: str) -> None:
    at(desk, subject, "W4", "LBH", "LYM_LBORRES")
    assert by_name("course").keys == ("Ctrl+Shift+H",)
    desk.press(Qt.Key.Key_H, CTRL | SHIFT)
    assert desk.work.side.currentIndex() == COURSE and desk.work.side.course.values.hasFocus()
    assert lines(desk) == [
        "Last value 0.7 10⁹/L, 2026-01-12 (BL)",
        "2026-01-12 (BL): 0.7 10⁹/L",
        "2026-01-05 (SCR): 0.9 10⁹/L",
        "Line at 0.5: Below 0.5: repeat, stop the drug",
        "Line at 0.2: Below 0.2: CTCAE grade 4",
    ]
    assert desk.work.side.course.plot.accessibleName() == "Lymphocytes, drawn: 2 values from 0.7 to 0.9"
    desk.press(Qt.Key.Key_L, CTRL)
    assert "界值 0.5：低于0.5：复查，确认后停药" in lines(desk)
    desk.press(Qt.Key.Key_L, CTRL).press(Qt.Key.Key_Escape)
    assert desk.page.has_keyboard


def test_a_value_leads_to_its_visit(desk: Desk, subject: str) -> None:
    at(desk, subject, "W4", "LBH", "LYM_LBORRES")
    desk.press(Qt.Key.Key_H, CTRL | SHIFT).press(Qt.Key.Key_Down, times=2).press(Qt.Key.Key_Return)
    assert desk.page.entry.key.event == "SCR"
    assert desk.page.focused_key == desk.key(subject, "SCR", "LBH", "LYM_LBORRES")


def test_totals_are_chosen_because_they_cannot_be_focused(desk: Desk, subject: str) -> None:
    at(desk, subject, "BL", "CDASI", "RSPERF")
    desk.press(Qt.Key.Key_H, CTRL | SHIFT)
    choice = desk.work.side.course.choice
    assert [choice.itemText(n) for n in range(choice.count())][1:] == ["CDASI activity"]
    choice.setFocus()
    desk.press(Qt.Key.Key_Down)
    found = desk.work.side.course.course
    assert found is not None and found.item.oid == "CDASI.CDASIACT"


def test_every_label_of_the_drawing_stands_alone_and_inside(desk: Desk, subject: str) -> None:
    for event, day, cells in (
        ("W4", "2026-02-09", "0.72"),
        ("W8", "2026-03-09", "0.71"),
        ("W12", "2026-04-06", "0.4"),
    ):
        fill(desk, subject, event, "LBH", LBPERF="Y", LBDAT=day, LYM_LBORRES=cells)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for size in (100, 175):
        theme.set_text_size(app, size)
        at(desk, subject, "W12", "LBH", "LYM_LBORRES")
        desk.press(Qt.Key.Key_H, CTRL | SHIFT)
        plot = desk.work.side.course.plot
        plot.grab()
        assert plot.labels
        for number, (box, text) in enumerate(plot.labels):
            assert plot.rect().toRectF().adjusted(-1, -1, 1, 1).contains(box), text
            assert not [other for other, _ in plot.labels[:number] if other.intersects(box)], text
        assert not plot.geometry().intersects(desk.work.side.course.values.geometry())
        assert {"0.4", "W12", "0.5"} <= {text for _, text in plot.labels}


def test_without_room_for_both_the_list_stands_alone(desk: Desk, subject: str) -> None:
    """Sentences above everything take from the height of the panel; they go, and the drawing is back."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.set_text_size(app, 175)
    at(desk, subject, "BL", "LBH", "LYM_LBORRES")
    desk.press(Qt.Key.Key_H, CTRL | SHIFT)
    settle()
    page = desk.work.side.course
    assert page.plot.isVisible()
    seen, told = [], page.values.count()
    assert told >= 2
    for above in (1, 3, 6):
        desk.window.tell(both(" ".join(["a sentence that stands above everything"] * 2 * above)))
        settle()
        seen.append(page.plot.isVisible())
        assert page.values.isVisible() and page.values.count() == told
        assert page.values.height() >= page.values.minimumHeight()
        assert not page.plot.isVisible() or not page.plot.geometry().intersects(page.values.geometry())
    assert not seen[-1]
    desk.window.banner.clear()
    settle()
    assert page.plot.isVisible()


def test_the_drawing_knows_intervals_and_places_them(desk: Desk, subject: str) -> None:
    fill(desk, subject, "W4", "LBH", LBPERF="Y", LBDAT="2026-02-09", LYM_LBORRES="<0.1")
    at(desk, subject, "W4", "LBH", "LYM_LBORRES")
    desk.press(Qt.Key.Key_H, CTRL | SHIFT)
    found = desk.work.side.course.course
    assert found is not None
    spots = drawing(found).spots
    assert [spot.ring for spot in spots] == [False, False, True]
    assert [spot.x for spot in spots] == [0.0, 7 / 35, 1.0]
    assert "2026-02-09 (W4): <0.1 10⁹/L · now" in lines(desk)


# -- why -------------------------------------------------------------------------------------------


def test_f1_says_which_rule_looked_at_which_values(desk: Desk, subject: str) -> None:
    at(desk, subject, "BL", "VS", "WEIGHT_VSORRES")
    desk.press(Qt.Key.Key_F1)
    side = desk.work.side
    told = [side.why.item(row).text().strip() for row in range(side.why.count())]
    assert side.currentIndex() == GUIDANCE and side.why.isVisible()
    assert "Weight, Baseline (day 1) 2026-01-12: 64 kg" in told
    assert "Weight, Screening 2026-01-05: 80 kg" in told
    desk.press(Qt.Key.Key_Tab)
    assert side.why.hasFocus()
    side.why.setCurrentRow(told.index("Weight, Screening 2026-01-05: 80 kg"))
    desk.press(Qt.Key.Key_Return)
    assert desk.page.focused_key == desk.key(subject, "SCR", "VS", "WEIGHT_VSORRES")


def test_where_nothing_was_noticed_there_is_nothing_to_explain(desk: Desk, subject: str) -> None:
    at(desk, subject, "SCR", "VS", "WEIGHT_VSORRES")
    desk.press(Qt.Key.Key_F1)
    assert desk.work.side.why.isHidden()
