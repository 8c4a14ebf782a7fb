"""Window calendars and the matrix on paper."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.jobs import daycards, daysheets, saereports
from mda5_crf.pdf import Tongue
from mda5_crf.pdf.calendar_page import Sheet, SiteSheet, VisitLine, lay_calendars
from mda5_crf.pdf.ink import TEXT, Words
from mda5_crf.pdf.matrixpage import MatrixSheet, lay_matrix, shape
from mda5_crf.pdf.morning import lay_cards
from mda5_crf.pdf.parts import Laid, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.saereport import lay_report
from mda5_crf.services.changes import Cell
from mda5_crf.text import Language, both
from tests.cardward import D1, begun, drugs, event, report, vitals
from tests.pdftext import solid, text_of
from tests.scenario import Ward
from tests.wards import NOW, Clock, built, session_at, trial

GOLDEN = Path(__file__).parents[2] / "golden" / "pdf"
CLOCK = Clock()


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    """The first participant of a ward, of whom there is something to say."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("sheets") / "ward.mda5"))
    with session_at(folder, clock=CLOCK) as session:
        with pytest.raises(InputRefused):
            daysheets.gather_matrix(session, "en")
        with pytest.raises(InputRefused):
            daysheets.gather_calendar(session, [], "en")
        ward = drugs(begun(Ward(session).enrol()))
        event(ward)
        report(ward)
        ward.open("W4", "SV").fill(SVOCCUR="Y", SVSTDAT="2026-08-30")
        vitals(ward, "W4", "2026-08-30", weight="57.0", oxygen="94")
        ward.session.raise_query(ward.open("BL", "VS").key("SYSBP_VSORRES"), "Compare with the chart.")
        yield ward


def sheet_of(ward: Ward) -> Sheet:
    sheet = daysheets.gather_calendar(ward.session, [ward.subject], "en").sheets[0]
    assert isinstance(sheet, Sheet)
    return sheet


@pytest.mark.parametrize("tongue", ["en", "zh", "both"])
def test_the_calendar_of_a_participant_is_one_page_with_every_visit(ward: Ward, tongue: Tongue) -> None:
    order = daysheets.gather_calendar(ward.session, [ward.subject], tongue)
    (page,) = text_of(daysheets.draw(order).data)
    language: Language = "zh" if tongue == "zh" else "en"
    sheet = sheet_of(ward)
    for line in sheet.visits:
        assert solid(line.name.in_(language)) in page
        if line.window is not None:
            assert f"{line.window[0]}–{line.window[1]}" in page
    assert D1.isoformat() in page


def test_windows_targets_days_and_states_are_those_of_the_visits(ward: Ward) -> None:
    lines = {line.name.en: line for line in sheet_of(ward).visits}
    assert lines["Week 4"].window == (date(2026, 8, 25), date(2026, 9, 8))
    assert lines["Week 4"].target == date(2026, 9, 1)
    assert lines["Week 4"].done == date(2026, 8, 30)
    assert lines["Week 12"].done is None
    assert lines["Week 12"].state.en == "not begun"
    assert lines["Screening"].state.en == "late"
    assert "Running logs" not in lines


def test_holidays_are_named_and_drawn(ward: Ward) -> None:
    sheet = sheet_of(ward)
    assert any("National Day 2026-10-01" in note.en for note in sheet.notes)
    assert any(first == date(2026, 10, 1) for first, _ in sheet.off)


def test_before_the_first_dose_there_is_no_window_and_it_is_said(ward: Ward) -> None:
    fresh = Ward(ward.session).enrol()
    sheet = sheet_of(fresh)
    assert sheet.notes[0].en.startswith("Day 1 (first dose) is not known")
    assert all(line.window is None for line in sheet.visits)


def test_many_unscheduled_visits_give_way_so_that_it_stays_one_page(ward: Ward) -> None:
    extra = VisitLine(both("Unscheduled"), None, None, date(2026, 8, 20), both("complete"), extra=True)
    sheet = sheet_of(ward)
    full = replace(sheet, visits=[*sheet.visits, *[extra] * 60])
    laid = lay_calendars([full], "both", head())
    assert len(laid.leaves) == 1
    (page,) = text_of(printed(laid).data)
    assert "earlierunscheduledvisitsarenotshown" in page


def test_the_overview_shows_everybody_and_repeats_its_heading(ward: Ward) -> None:
    order = daysheets.gather_calendar(ward.session, [], "en")
    (sheet,) = order.sheets
    assert isinstance(sheet, SiteSheet)
    assert sheet.lines[0].next_visit.en == "Week 8"
    many = replace(sheet, lines=[replace(sheet.lines[0], subjid=f"01-{n:03}") for n in range(1, 90)])
    pages = text_of(printed(lay_calendars([many], "en", order.head)).data)
    assert len(pages) > 1
    assert all("Nextvisit" in page for page in pages)
    assert all(f"01-{n:03}" in "".join(pages) for n in range(1, 90))


@pytest.mark.parametrize("tongue", ["en", "zh", "both"])
def test_the_matrix_says_each_state_in_words_and_repeats_its_heading(ward: Ward, tongue: Tongue) -> None:
    order = daysheets.gather_matrix(ward.session, tongue)
    (sheet,) = order.sheets
    assert isinstance(sheet, MatrixSheet)
    assert [code for code, _ in sheet.events] == list(ward.session.matrix().events)
    states = dict(zip([code for code, _ in sheet.events], sheet.rows[0][1], strict=True))
    assert [text.en for text in states["BL"].words] == ["1 query"]
    assert states["BL"].shape == "?"
    assert states["W12"].shape == "empty"
    many = MatrixSheet(sheet.events, [(f"01-{n:03}", sheet.rows[0][1]) for n in range(1, 80)], sheet.note)
    pages = text_of(printed(lay_matrix(many, tongue, order.head)).data)
    assert len(pages) > 1
    assert all("W24" in page for page in pages)
    assert ("1项质疑" if tongue == "zh" else "1query") in pages[0]


@pytest.mark.parametrize(
    "cell, shape, words",
    [
        (Cell("not_due"), "", []),
        (Cell("not_started", due=True), "empty", ["due now"]),
        (Cell("not_started", overdue=True), "!", ["late"]),
        (Cell("in_progress", closes=date(2026, 9, 8)), "half", ["to 09-08"]),
        (Cell("query", queries=3), "?", ["3 queries"]),
        (Cell("complete", unsigned=True), "full", ["to sign"]),
        (Cell("signed"), "framed", ["signed"]),
        (Cell("locked"), "framed", ["locked"]),
        (Cell("not_done"), "cross", ["not done"]),
        (Cell("closed"), "line", ["ended"]),
    ],
)
def test_every_state_of_a_visit_has_a_shape_and_words(cell: Cell, shape: str, words: list[str]) -> None:
    state = daysheets.state_of(cell)
    assert (state.shape, [text.en for text in state.words]) == (shape, words)


def test_shapes_differ_without_colour() -> None:
    """No two draw the same; all in one colour."""
    drawn = [tuple(shape(name)) for name in ("full", "framed", "half", "empty", "line", "cross", "?", "!")]
    assert len(set(drawn)) == len(drawn)
    colours = {value for inks in drawn for ink in inks for value in ink if str(value).startswith("#")}
    assert colours == {TEXT}


def test_same_order_same_bytes_and_the_print_is_recorded(ward: Ward) -> None:
    order = daysheets.gather_matrix(ward.session, "both")
    made = daysheets.print_sheets(ward.session, order)
    assert made.data == daysheets.draw(order).data
    last = list(ward.session.vault.journal.records(kinds=("print",)))[-1]
    assert (last.data["what"], last.data["pages"]) == ("matrix", 1)


# -- golden texts: a change is seen and meant; to renew, RENEW_GOLDEN=1, and look at the pages


def head() -> Letterhead:
    return Letterhead(trial(), "Dr Wang", NOW)


def listing(laid: Laid) -> str:
    lines = [f"{laid.title} | {laid.locale}"]
    for number, leaf in enumerate(laid.leaves, start=1):
        lines += [f"{number} bookmark {level} {title}" for level, title, _ in leaf.bookmarks]
        for ink in leaf.inks:
            if isinstance(ink, Words) and ink.text:
                text = ink.text.replace(trial().hash[:12], "<hash>").replace(trial().version, "<version>")
                lines.append(f"{number} {ink.x:.0f} {ink.y:.0f} {ink.size:g} {text}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("tongue", ["en", "zh"])
@pytest.mark.parametrize("kind", ["card", "calendar", "sae"])
def test_every_word_is_where_it_was(ward: Ward, kind: str, tongue: Tongue) -> None:
    session, subject = ward.session, ward.subject
    if kind == "card":
        cards = daycards.gather(session, [subject], date(2026, 9, 28), tongue).cards
        laid = lay_cards(cards, tongue, head())
    elif kind == "calendar":
        laid = lay_calendars([sheet_of(ward)], tongue, head())
    else:
        laid = lay_report(saereports.gather(session, subject, 1, tongue).report, tongue, head())
    path = GOLDEN / f"{kind}-{tongue}.txt"
    made = listing(laid)
    if os.environ.get("RENEW_GOLDEN") == "1":
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")
