"""Every form of the trial in every language, blank and filled: nothing cut, alone, empty or astray."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pytest

from mda5_crf.pdf import Tongue
from mda5_crf.pdf.answers import Answers
from mda5_crf.pdf.document import blank_part, filled_parts
from mda5_crf.pdf.ink import COMPUTED, TEXT, Box, Words, extent, stacked
from mda5_crf.pdf.layout import PAD_X, PAD_Y, Page, Row, body, paginate
from mda5_crf.pdf.paper import PageHeader
from mda5_crf.pdf.parts import Part, assemble, printed
from mda5_crf.pdf.reading import MARKS
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Form, ItemType
from mda5_crf.text import message
from tests.pdftext import solid, text_of
from tests.unit.pdf.paperwork import HEADER, MADE, Chart, likely, printed_words, span, trial

TONGUES: tuple[Tongue, ...] = ("en", "zh", "both")
TOLERANCE = 0.5  # points: the advance of a glyph is rounded
LONG = PageHeader(
    "01-007-screening-number-longer-than-any-site-would-give-it",
    "01 The First Affiliated Hospital of a University with a Long Name 某某大学医学院附属第一医院风湿免疫科",
    "Wang Min 王敏",
    "d1:482 9f3a41c2",
)


def forms() -> list[Form]:
    return list(trial().forms.values())


@pytest.fixture(scope="module", params=TONGUES)
def parts(request: pytest.FixtureRequest) -> tuple[Voice, list[Part], list[Part], list[Part]]:
    """The voice; blank forms; forms not answered yet; forms with every answer."""
    voice = Voice(request.param)
    answers = Answers(trial(), voice)
    event = trial().events["BL"]
    blank = [blank_part(answers, form, event, ((0, form.oid),), demo=False, made=MADE) for form in forms()]
    pages = [Chart(trial()).page(form) for form in forms()]
    begun = filled_parts(trial(), pages, voice, header=HEADER, made=MADE)
    pages = [Chart(trial()).fill(form).page(form) for form in forms()]
    return voice, blank, begun, filled_parts(trial(), pages, voice, header=HEADER, made=MADE)


Parts = tuple[Voice, list[Part], list[Part], list[Part]]


def paged(part: Part) -> list[Page]:
    return paginate(part.rows, (part.frames[0].area.height, part.frames[1].area.height))


def every(parts: Parts) -> Iterator[tuple[str, Part]]:
    for kind in parts[1:]:
        for form, part in zip(forms(), kind, strict=True):
            yield form.oid, part


def said(row: Row) -> list[str]:
    return [
        ink.text
        for cell in row.cells
        for strip in cell.strips
        for ink in strip.inks
        if isinstance(ink, Words)
    ]


def test_nothing_reaches_out_of_its_cell(parts: Parts) -> None:
    for oid, part in every(parts):
        for row in part.rows:
            for cell in row.cells:
                assert stacked(cell.strips) <= row.height, (oid, said(row))
                for strip in cell.strips:
                    assert extent(strip) <= cell.width - 2 * PAD_X + TOLERANCE, (oid, said(row))


def test_nothing_reaches_out_of_its_page(parts: Parts) -> None:
    voice, *kinds = parts
    for kind in kinds:
        for leaf in assemble(kind, voice, message("pdf.title_blank"), trial()).leaves:
            area = body(leaf.wide)
            for ink in printed_words(leaf):
                left, top, right, bottom = span(ink)
                assert left >= area.left - TOLERANCE and right <= area.left + area.width + TOLERANCE, ink
                assert top >= area.top - TOLERANCE and bottom <= area.top + area.height + TOLERANCE, ink


def test_no_page_is_empty_ends_with_a_heading_or_holds_one_line(parts: Parts) -> None:
    for oid, part in every(parts):
        pages = paged(part)
        for number, page in enumerate(pages, start=1):
            rows = [row for _, row in page.rows]
            again = [head for row in rows for head in row.repeat] if number > 1 else []
            own = [row for row in rows if row.cells and not any(row is head for head in again)]
            assert page.used <= part.frames[page.wide].area.height + 0.01, (oid, number)
            assert own, (oid, number)
            if number < len(pages):
                assert not own[-1].keep, (oid, number, said(own[-1]))
            if number > 1:
                lines = sum(len(cell.strips) for row in own for cell in row.cells)
                assert len(own) > 2 or lines > 6, (oid, number, [said(row) for row in own])


def test_unanswered_forms_have_every_box_where_the_blank_one_has_it(parts: Parts) -> None:
    for form, blank, begun in zip(forms(), parts[1], parts[2], strict=True):
        if any(group.repeating for group in form.groups):
            continue  # a log prints its rows, a blank as many as the page holds
        places = [
            [
                (number, round(top, 2), len(row.cells))
                for number, page in enumerate(paged(part))
                for top, row in page.rows
            ]
            for part in (blank, begun)
        ]
        assert places[0] == places[1], form.oid


def test_answered_questions_stand_where_the_blank_ones_do(parts: Parts) -> None:
    """Where no answer needs more room than the blank has for it."""
    compared = 0
    for form, blank, filled in zip(forms(), parts[1], parts[3], strict=True):
        before, after = ([row for row in part.rows if row.cells] for part in (blank, filled))
        if any(group.repeating for group in form.groups) or len(before) != len(after):
            continue
        if any(one.height != other.height for one, other in zip(before, after, strict=True)):
            continue
        compared += 1
        assert [[(cell.x, cell.width) for cell in row.cells] for row in before] == [
            [(cell.x, cell.width) for cell in row.cells] for row in after
        ], form.oid
    assert compared >= 20


@pytest.mark.requirement("P11-2")
def test_every_answer_is_found_by_a_search(parts: Parts) -> None:
    voice, _, _, filled = parts
    laid = assemble(filled, voice, message("pdf.title_blank"), trial())
    made = printed(laid)
    if voice.tongue == "both":  # reading a file is slow; this one has all that the others have
        whole = "".join(text_of(made.data))
    else:
        whole = solid("".join(ink.text for leaf in laid.leaves for ink in printed_words(leaf)))
    for form in forms():
        for group in form.groups:
            for number, item in enumerate(group.items):
                if (
                    item.codelist
                    or item.computed
                    or item.type is ItemType.LABEL
                    or item.type is ItemType.LINK
                ):
                    continue
                assert solid(likely(trial(), item, number)) in whole, (form.oid, item.name)
    assert "\uff0c" in whole or voice.tongue == "en"  # full-width punctuation comes back as itself
    with pikepdf.open(BytesIO(made.data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert len(pdf.pages) == made.pages


def test_long_names_of_participant_site_and_visit_wrap_and_push_nothing_out() -> None:
    form = trial().forms["VS"]
    voice = Voice("both")
    page = Chart(trial()).page(form)
    (part,) = filled_parts(trial(), [page], voice, header=LONG, demo=True, made=MADE)
    leaf = assemble([part], voice, message("pdf.title_blank"), trial()).leaves[0]
    text = solid(" ".join(ink.text for ink in printed_words(leaf)))
    assert "风湿免疫科" in text
    corner = part.frames[0].stamp_corner
    for ink in printed_words(leaf):
        _, top, right, _ = span(ink)
        inside = right > corner[0] and top < corner[1] + 54.0
        assert not inside, ink  # the corner of the proof stays free
        assert right <= body(False).left + body(False).width + TOLERANCE


# -- grey paper --------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Of a colour as a grey printer sees it, 0 black to 1 white."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_every_mark_has_a_shape_of_its_own_and_every_colour_is_dark_enough_to_read() -> None:
    assert len(set(MARKS)) == len(MARKS)
    for voice in (Voice("en"), Voice("zh")):
        assert len({voice.tell(code) for code in MARKS.values()}) == len(MARKS)
    pages = [Chart(trial()).page(trial().forms["VS"])]
    made = filled_parts(trial(), pages, Voice("both"), header=HEADER, made=MADE)
    laid = assemble(made, Voice("both"), message("pdf.title_blank"), trial())
    for leaf in laid.leaves:
        for ink in printed_words(leaf):
            assert luminance(ink.colour) < 0.56, ink  # contrast of 3 : 1 on white and more
    assert luminance(TEXT) < 0.2


def test_what_the_program_computes_is_grey_without_a_frame_and_says_so() -> None:
    (part,) = filled_parts(
        trial(), [Chart(trial()).page(trial().forms["VS"])], Voice("en"), header=HEADER, made=MADE
    )
    boxes = [ink for row in part.rows for cell in row.cells for s in cell.strips for ink in s.inks
             if isinstance(ink, Box) and ink.fill == COMPUTED]  # fmt: skip
    assert boxes and all(not box.stroke for box in boxes)
    assert 0.85 < luminance(COMPUTED) < 0.95
    assert sum("computed by the program" in text for row in part.rows for text in said(row)) == len(boxes)
    assert PAD_Y > 0
