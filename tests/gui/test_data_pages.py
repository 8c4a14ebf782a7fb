"""What the data show and line listings, by keyboard, in both languages: on screen and into files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.errors import Cancelled
from mda5_crf.pdf.figurepicture import drawn
from mda5_crf.pdf.ink import extent
from mda5_crf.pdf.voice import Voice
from mda5_crf.services.figuremodel import COURSE, Grid
from mda5_crf.services.session import Session
from mda5_crf.ui import figures_page
from mda5_crf.ui.figure_grid import GridTable
from mda5_crf.ui.figures_page import FiguresPage
from mda5_crf.ui.file_strip import FileStrip
from mda5_crf.ui.listing_page import ListingPage
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.start import speak_now
from tests.commandline import remembered_keys
from tests.gui.shell_driver import (
    CTRL,
    LOGIN,
    PASSWORD,
    SHIFT,
    Desk,
    copied_desk,
    make_vault,
    one_desk,
    settle,
)
from tests.scenario import Ward

K = Qt.Key
WORDS = "quiet-river-77-lantern"
Open = Callable[[QtBot], Desk]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One participant with a dose long ago, two visits and two events; a second one who has nothing."""
    folder = make_vault(tmp_path_factory.mktemp("data") / "ward.mda5")
    with remembered_keys(), Session.open(folder, LOGIN, PASSWORD) as session:
        session.add_person("r05", "Reader", "read_only", WORDS, own_password=PASSWORD)
        ward = Ward(session).enrol()
        ward.open("SCR", "IC").fill(DSDECOD="INFORMED CONSENT OBTAINED", RFICDAT="2025-02-20")
        ward.open("SCR", "IE").fill(ENROLYN="Y", ENROLDAT="2025-03-01")
        ward.open("LOG", "EX").new_row("DOSING").fill(
            ECTRT="TOFACITINIB", ECOCCUR="Y", ECSTDAT="2025-03-01", ECONGO="Y"
        )
        for event, day, value in (("SCR", "2025-02-25", "60"), ("W24", "2025-08-30", "66")):
            ward.open(event, "PFT").fill(REPERF="Y", REDAT=day, FVCPP_REORRES=value)
        ward.open("W24", "SV").fill(SVOCCUR="Y", SVSTDAT="2025-08-30")
        log = ward.open("LOG", "AE").enter("AEYN", "Y")
        log.new_row("ROWS").fill(AETERM="Fever 发热", AETOXGR="3", AESTDAT="2025-04-01")
        log.new_row("ROWS").fill(AETERM="Rash", AETOXGR="1", AESTDAT="2025-05-01")
        Ward(session).enrol()
    return folder


@pytest.fixture(scope="module")
def window(qapp: QApplication, vault: Path) -> Iterator[Open]:
    with remembered_keys():
        yield from one_desk(qapp, vault, ("figures", "listing"))


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, window: Open) -> Iterator[Desk]:
    made = window(qtbot)
    made.work.office.close()
    yield made
    speak_now(qapp, "en")
    made.work.office.close()


def figures(desk: Desk) -> FiguresPage:
    """Open by its key; wait until it was read."""
    desk.press(K.Key_O, CTRL | SHIFT)
    page = desk.work.office.page
    assert isinstance(page, FiguresPage)
    ready(desk, page)
    return page


def ready(desk: Desk, page: FiguresPage) -> None:
    desk.qtbot.waitUntil(lambda: page.figures is not None and page._job is None, timeout=20_000)
    settle()


def listing(desk: Desk, where: str = "") -> ListingPage:
    """Open by its key, type the filter, Enter; wait for the rows."""
    desk.press(K.Key_I, CTRL | SHIFT)
    page = desk.work.office.page
    assert isinstance(page, ListingPage)
    page.where.setFocus()
    page.where.selectAll()
    page.where.setText(where)
    desk.press(K.Key_Return)
    desk.qtbot.waitUntil(lambda: page._job is None, timeout=20_000)
    settle()
    return page


def told(page: FiguresPage | ListingPage) -> str:
    return page.notice.text()


def cells(table: GridTable) -> list[list[str]]:
    model = table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def save_as(desk: Desk, strip: FileStrip | None, file: Path) -> None:
    """Type a file over the one that is offered, and Enter."""
    assert strip is not None
    strip.file.setText(str(file))
    strip.file.setFocus()
    desk.press(K.Key_Return)


# -- what the data show ----------------------------------------------------------------------------------


def test_an_empty_vault_says_so_and_how_to_go_on(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with remembered_keys():
        empty = make_vault(tmp_path / "empty.mda5")
        for desk in copied_desk(qtbot, qapp, empty, tmp_path / "ward.mda5"):
            page = figures(desk)
            assert "Nobody is enrolled" in told(page) and "F5" in told(page)
            assert not page.parts.isVisible() and not page.save.isEnabled()
            assert desk.at() in (page.again, page.matrix)
            speak_now(qapp, "zh")
            assert "尚无参与者" in told(page)
            desk.press(K.Key_P, CTRL)
            assert page.strip is None
            speak_now(qapp, "en")
            desk.session.enrol()
            desk.press(K.Key_F5)
            ready(desk, page)
            assert page.parts.isVisible() and "participants: 1" in told(page)


def test_parts_are_walked_through_and_their_numbers_stand_beside_the_pictures(desk: Desk) -> None:
    page = figures(desk)
    assert desk.at() is page.parts
    seen = {page.parts.chosen[0]}
    while page.parts.chosen[0] != COURSE:
        before = page.parts.chosen
        desk.press(K.Key_Down, times=4 if before[0] == "secondary" else 1)  # that one is long
        assert page.parts.chosen != before
        seen.add(page.parts.chosen[0])
        assert page.view.tables or page.view.pictures or page.parts.chosen[1]
    assert seen >= {"enrolment", "flow", "table1", "response", "safety", "conduct", "lock", COURSE}
    page.choose("secondary", "course_FVCPP")
    assert [one.picture.name for one in page.view.pictures] == ["course_FVCPP"]
    (table,) = page.view.tables
    assert any("66" in cell for row in cells(table) for cell in row)
    page.choose("safety")
    page.parts.setFocus()
    desk.press(K.Key_Return)
    assert desk.at() is page.view.tables[0]
    assert any("1/1" in cell for row in cells(page.view.tables[0]) for cell in row)
    desk.press(K.Key_Escape)
    assert desk.work.office.page is None


def test_the_course_of_a_participant_is_chosen_and_read_again_by_key(desk: Desk, qapp: QApplication) -> None:
    page = figures(desk)
    (subject,) = [one for one in desk.session.subjects() if one.subjid == page.who.itemText(0)]
    page.show_course(subject.subjid)
    assert page.who.isVisible()
    assert [one.picture.name for one in page.view.pictures] == ["FVCPP"]
    values, events = page.view.tables
    assert any(row[0].startswith("FVC") and "60" in row[1] for row in cells(values))
    assert any("Fever 发热" in cell for row in cells(events) for cell in row)
    ward = Ward(desk.session, subject.identity)
    ward.open("W12", "PFT").fill(REPERF="Y", REDAT="2025-05-25", FVCPP_REORRES="63")
    desk.work.office.close()
    page = figures(desk)
    assert "Read again with F5" in told(page)
    assert page.parts.chosen[0] == COURSE
    speak_now(qapp, "zh")
    assert "F5" in told(page) and "重新读取" in told(page)
    line = page.parts.currentItem()
    assert line is not None and line.text(0) == "参与者病程"
    desk.press(K.Key_F5)
    ready(desk, page)
    assert "重新读取" not in told(page)
    assert any("63" in cell for row in cells(page.view.tables[0]) for cell in row)


def test_cancelled_the_tables_of_before_stay_and_say_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = figures(desk)

    def waits(_session: object, *, progress: Callable[[int, int], None]) -> None:
        while True:  # a large vault: only cancelling ends it
            progress(1, 13)

    monkeypatch.setattr(figures_page, "study_figures", waits)
    before = page.figures
    problems: list[object] = []
    page.told.connect(problems.append)
    desk.press(K.Key_F5)
    assert not page.again.isEnabled() and not page.save.isEnabled()
    for task in Tasks.of(page).running:
        task.cancel()
    desk.qtbot.waitUntil(lambda: page._job is None, timeout=20_000)
    page.told.disconnect(problems.append)
    assert isinstance(problems[0], Cancelled)
    assert page.figures is before and page.again.isEnabled()
    assert "Read again with F5" in told(page)


def test_enter_on_a_row_leads_to_the_visit_it_speaks_of(desk: Desk) -> None:
    page = figures(desk)
    page.choose("conduct", "late")
    (table,) = page.view.tables
    row = next(n for n, line in enumerate(cells(table)) if line[1] == "W52")
    table.setFocus()
    table.selectRow(row)
    desk.press(K.Key_Return)
    assert desk.work.office.page is None
    assert desk.page.entry.key.event == "W52"


def test_the_button_leads_to_the_status_matrix(desk: Desk) -> None:
    page = figures(desk)
    page.matrix.click()
    assert desk.work.centre.currentWidget() is desk.work.matrix


def test_a_long_table_scrolls_with_the_row_in_hand(desk: Desk) -> None:
    page = figures(desk)
    page.choose("table1")
    (table,) = page.view.tables
    assert table.height() > page.view.viewport().height()
    table.setFocus()
    for _ in range(table.model().rowCount() - 1):
        desk.press(K.Key_Down)
    rect = table.visualRect(table.currentIndex())
    at = table.viewport().mapTo(page.view.viewport(), rect.center())
    assert page.view.viewport().rect().contains(at)
    desk.press(K.Key_Home, CTRL)
    assert page.view.verticalScrollBar().value() < 3 * table.rowHeight(0)


def test_all_is_saved_as_one_bilingual_pdf_and_recorded(desk: Desk, tmp_path: Path) -> None:
    page = figures(desk)
    before = desk.session.vault.journal.heads()
    desk.press(K.Key_P, CTRL)
    assert page.strip is not None
    assert page.strip.tongue.currentData() == "both"
    save_as(desk, page.strip, tmp_path / "nowhere" / "all.pdf")
    assert page.strip.complaint
    assert desk.session.vault.journal.heads() == before
    save_as(desk, page.strip, tmp_path / "all.pdf")
    desk.qtbot.waitUntil((tmp_path / "all.pdf").exists, timeout=30_000)
    settle()
    assert page.strip is None
    assert (tmp_path / "all.pdf").read_bytes().startswith(b"%PDF")
    *_, newest = desk.session.vault.journal.records()
    assert (newest.kind, newest.data["what"]) == ("print", "figures")


def test_no_word_of_a_picture_lies_beyond_its_edge(desk: Desk) -> None:
    page = figures(desk)
    assert page.figures is not None
    pictures = [(part.name, one) for part in page.figures.sections for one in part.pictures]
    for tongue, across in (("en", 180.0), ("zh", 250.0), ("both", 330.0), ("en", 520.0)):
        for name, picture in pictures:
            strip = drawn(picture, Voice(tongue), across)  # type: ignore[arg-type]
            assert extent(strip) <= across + 0.5, f"{name} {picture.name} {tongue}"


def test_the_window_draws_what_the_paper_has(desk: Desk, qapp: QApplication) -> None:
    page = figures(desk)
    page.choose("response")
    for tongue in ("en", "zh"):
        speak_now(qapp, tongue)
        for view in page.view.pictures:
            strip = view._laid(view.width())
            assert strip == drawn(view.picture, Voice(tongue), view._across)
            image = view.grab().toImage()
            dark = sum(
                image.pixelColor(x, y).lightness() < 128
                for x in range(0, image.width(), 3)
                for y in range(0, image.height(), 3)
            )
            assert dark > 20


# -- line listings ---------------------------------------------------------------------------------------


def test_a_form_is_listed_filtered_and_opened_at_the_row(desk: Desk) -> None:
    page = listing(desk)
    assert page.oid == "AE"
    assert page.model.rowCount() == 2
    assert desk.at() is page.rows
    page = listing(desk, "ＡＥＴＯＸＧＲ＞＝２；SUBJECT~01")
    assert page.model.rowCount() == 1
    assert "1 of 2" in told(page)
    assert page.rows.line is not None and page.rows.line.cells[2].code == "Fever 发热"
    desk.press(K.Key_Return)
    assert desk.work.office.page is None
    assert desk.page.entry.key.form == "AE"


@pytest.mark.parametrize(
    "typed, words",
    [("NOTHING=1", "no item NOTHING"), ("AETERM", "is not ITEM=TEXT"), ("AETOXGR>much", "with a number")],
)
def test_a_filter_that_says_nothing_is_refused_in_words(desk: Desk, typed: str, words: str) -> None:
    page = listing(desk, typed)
    assert words in told(page)
    assert desk.at() is page.where
    assert page.where.text() == typed


def test_nothing_passes_the_filter_and_another_form_shows_nothing_of_the_one_before(desk: Desk) -> None:
    page = listing(desk, "AETOXGR=5")
    assert "Nothing is listed" in told(page)
    assert not page.open.isEnabled()
    listing(desk)
    page.form.setCurrentIndex(page.form.findData("VS"))
    assert page.model.rowCount() == 0
    assert "SYSBP" in " ".join(page.columns.item(n).text() for n in range(page.columns.count()))
    page.form.setCurrentIndex(page.form.findData("AE"))


def test_ticked_columns_are_shown_and_saved(desk: Desk, tmp_path: Path, qapp: QApplication) -> None:
    page = listing(desk, "AETOXGR>=1")
    page.pick.click()
    assert desk.at() is page.columns
    for row in range(page.columns.count()):
        line = page.columns.item(row)
        if not line.text().startswith(("AETERM", "AETOXGR")):
            page.columns.setCurrentRow(row)
            desk.press(K.Key_Space)
    assert page.shown is not None
    assert [item.name for item in page.shown.items] == ["AETERM", "AETOXGR"]
    page.sheet.click()
    save_as(desk, page.strip, tmp_path / "events.docx")
    assert page.strip is not None and ".xlsx" in page.strip.complaint
    save_as(desk, page.strip, tmp_path / "events.csv")
    rows = list(csv.DictReader((tmp_path / "events.csv").read_text("utf-8-sig").splitlines()))
    assert [row["AETERM"] for row in rows] == ["Fever 发热", "Rash"]
    assert "AESTDAT" not in rows[0]
    desk.press(K.Key_P, CTRL)
    save_as(desk, page.strip, tmp_path / "events.pdf")
    desk.qtbot.waitUntil((tmp_path / "events.pdf").exists, timeout=20_000)
    kinds = [(one.kind, one.data.get("what")) for one in [*desk.session.vault.journal.records()][-2:]]
    assert kinds[-1] == ("print", "listing") and kinds[0][0] == "export"
    speak_now(qapp, "zh")
    assert page.model.headerData(page.model.columnCount() - 1, Qt.Orientation.Horizontal) == "CTCAE分级"
    speak_now(qapp, "en")
    for row in range(page.columns.count()):
        page.columns.item(row).setCheckState(Qt.CheckState.Unchecked)
    page.save.click()
    assert page.strip is None and "No column" in told(page)
    page.pick.click()
    page._form_chosen()


def test_who_only_reads_sees_all_and_saves_nothing(
    qtbot: QtBot, qapp: QApplication, vault: Path, tmp_path: Path
) -> None:
    with remembered_keys():
        for desk in copied_desk(qtbot, qapp, vault, tmp_path / "ward.mda5", login=("r05", WORDS)):
            page = figures(desk)
            assert page.parts.isVisible() and not page.save.isVisible()
            desk.press(K.Key_P, CTRL)
            assert page.strip is None
            lines = listing(desk)
            assert lines.model.rowCount() == 2
            assert not lines.sheet.isVisible() and not lines.save.isVisible()
            lines.ask_sheet()
            lines.ask_print()
            assert lines.strip is None


# -- all pages of this kind ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["figures", "listing", "patterns", "selfcheck"])
def test_whatever_takes_the_keyboard_has_a_name_in_both_languages(
    desk: Desk, qapp: QApplication, command: str
) -> None:
    page = desk.work.office.open(command)
    assert page is not None
    desk.qtbot.waitUntil(lambda: not Tasks.of(page).running, timeout=20_000)
    names = []
    for tongue in ("en", "zh"):
        speak_now(qapp, tongue)
        found = [one.accessibleName() for one in keyboard(page)]
        assert all(found), [type(one).__name__ for one in keyboard(page) if not one.accessibleName()]
        names.append(found)
    assert names[0] != names[1]


def keyboard(page: OfficePage) -> list[QWidget]:
    return [
        one
        for one in page.findChildren(QWidget)
        if one.isVisible()
        and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(one, QScrollBar)
        and not isinstance(one.parentWidget(), QAbstractItemView)
    ]


def test_a_lock_keeps_the_part_and_the_filter(desk: Desk) -> None:
    page = figures(desk)
    page.choose("safety", "aesi")
    about = page.chosen_now
    page.choose("flow")
    page.choose_again(about)
    assert page.parts.chosen == ("safety", "aesi")
    lines = listing(desk, "AETERM~rash")
    (box,) = lines.half_typed().values()
    assert isinstance(box, QLineEdit) and box.text() == "AETERM~rash"
    assert lines.chosen_now == "AE"


def test_a_grid_without_rows_says_so(desk: Desk) -> None:
    page = figures(desk)
    page.choose("safety", "signals")
    assert page.view.tables == []
    words = [label.text() for label, _ in page.view._labels]
    assert "Nothing is recorded here yet." in words
    grids = page.figures.section("safety").grids if page.figures is not None else ()
    assert any(isinstance(one, Grid) and not one.rows for one in grids)
