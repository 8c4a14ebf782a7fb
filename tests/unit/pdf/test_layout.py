"""Pages: nothing is cut off, headings stay with what follows, tables repeat their headings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.pdf.ink import Rule, Strip, Words, extent, lines, moved, words
from mda5_crf.pdf.layout import A4, BINDING, LETTER, MARGIN, PAD_Y, Cell, Page, Row, body, page_size, paginate

LIMITS = (200.0, 120.0)


def row(height: float, *, strips: int = 1, **more: object) -> Row:
    each = (height - 2 * PAD_Y) / strips
    return Row((Cell(0.0, 100.0, tuple(Strip(each, ()) for _ in range(strips))),), **more)  # type: ignore[arg-type]


def heights(pages: list[Page]) -> list[list[float]]:
    return [[round(each.height, 3) for _, each in page.rows] for page in pages]


def test_no_rows_are_one_empty_page() -> None:
    assert heights(paginate([], LIMITS)) == [[]]


def test_a_row_that_does_not_fit_goes_to_the_next_page() -> None:
    assert heights(paginate([row(120), row(80), row(30)], LIMITS)) == [[120, 80], [30]]


def test_a_heading_never_stands_alone_at_the_foot() -> None:
    pages = paginate([row(150), row(20, keep=True), row(10, keep=True), row(40)], LIMITS)
    assert heights(pages) == [[150], [20, 10, 40]]


def test_headings_are_repeated_on_the_page_a_row_opens() -> None:
    again = row(15, keep=True)
    pages = paginate([row(90, repeat=(again,)), row(90, repeat=(again,)), row(90, repeat=(again,))], LIMITS)
    assert heights(pages) == [[90, 90], [15, 90]]


def test_a_wide_row_turns_the_page() -> None:
    pages = paginate([row(10), row(10, wide=True), row(10, wide=True), row(10)], LIMITS)
    assert [page.wide for page in pages] == [False, True, False]
    assert heights(pages) == [[10], [10, 10], [10]]


def test_a_row_taller_than_a_page_is_divided_between_its_lines() -> None:
    pages = paginate([row(30), row(505.2, strips=50)], LIMITS)
    strips = [sum(len(cell.strips) for cell in each.cells) for page in pages for _, each in page.rows]
    assert sum(strips) == 51
    assert all(page.used <= LIMITS[0] + 0.001 for page in pages)


def test_a_tall_row_is_not_begun_at_the_very_foot() -> None:
    pages = paginate([row(190), row(405.2, strips=40)], LIMITS)
    assert heights(pages)[0] == [190]


def test_a_group_of_headings_taller_than_a_page_still_ends() -> None:
    pages = paginate([row(150, keep=True), row(150, keep=True), row(20)], LIMITS)
    assert heights(pages) == [[150], [150, 20]]


@given(
    st.lists(
        st.tuples(st.integers(8, 600), st.booleans(), st.booleans()).filter(lambda one: one[0] > 6),
        max_size=25,
    )
)
def test_every_strip_is_placed_once_and_inside_the_page(sizes: list[tuple[int, bool, bool]]) -> None:
    again = row(12, keep=True)
    rows = [
        row(size, strips=max(1, size // 10), keep=keep and size < 60, wide=wide, repeat=(again,))
        for size, keep, wide in sizes
    ]
    pages = paginate(rows, LIMITS)
    placed = sum(len(c.strips) for p in pages for _, each in p.rows if each is not again for c in each.cells)
    assert placed == sum(len(cell.strips) for each in rows for cell in each.cells)
    for page in pages:
        assert page.used <= LIMITS[page.wide] + 0.001
        tops = [top for top, _ in page.rows]
        assert tops == sorted(tops)


def test_the_binding_edge_has_19_mm_and_the_others_10() -> None:
    assert min(BINDING, A4[0]) >= 19 / 25.4 * 72
    upright, wide = body(False), body(True)
    assert upright.left == BINDING
    assert wide.top == BINDING
    assert upright.left + upright.width == pytest.approx(page_size(False)[0] - MARGIN)
    assert wide.top + wide.height == pytest.approx(page_size(True)[1] - MARGIN)


@pytest.mark.parametrize("wide", [False, True])
def test_what_is_printed_keeps_its_margins_on_letter_paper_too(wide: bool) -> None:
    """Centred on the other sheet and not scaled: 3/4 inch at the binding, 3/8 inch at the other sides."""
    area, sheet = body(wide), page_size(wide)
    letter = LETTER[::-1] if wide else LETTER
    left = area.left + (letter[0] - sheet[0]) / 2
    top = area.top + (letter[1] - sheet[1]) / 2
    edges = {
        "left": left,
        "top": top,
        "right": letter[0] - left - area.width,
        "bottom": letter[1] - top - area.height,
    }
    binding = edges.pop("top" if wide else "left")
    assert binding >= 0.75 * 72
    assert min(edges.values()) >= 0.375 * 72


def test_a_struck_row_crosses_every_word_out() -> None:
    cell = Cell(0.0, 200.0, tuple(lines("entered twice 重复", 190.0)))
    inks = list(Row((cell,), struck=True, edge="").inks(0.0, 0.0))
    assert [type(ink) for ink in inks] == [Words, Rule]
    assert isinstance(inks[1], Rule)
    assert inks[1].x2 > inks[1].x1


def test_moving_and_measuring_ink() -> None:
    assert moved(Rule(1, 2, 3, 4, "", 1), 10, 20) == Rule(11, 22, 13, 24, "", 1)
    assert extent(Strip(1, (Rule(1, 2, 33, 4, "", 1), words(0, 0, "x")))) == 33
