"""A black-and-white printer loses no distinction: what colours say is painted in grey and measured."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from mda5_crf.pdf import Tongue
from mda5_crf.pdf.document import lay_blank, lay_filled
from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.ink import COMPUTED, Box, Ink, Strip, Words, words
from mda5_crf.pdf.layout import Cell, Row
from mda5_crf.pdf.reading import MARKS
from mda5_crf.pdf.signs import LETTERS, OPEN, sign
from mda5_crf.pdf.ticks import EMPTY, TICKED
from mda5_crf.ui.leaf_painter import paint
from tests.unit.pdf.paperwork import HEADER, MADE, Chart, mini, printed_words, span

SCALE = 4  # pixels a point: 288 dpi
SIDE = 20.0
APART = 96  # of 255: two pixels that nobody takes for the same
PART = 0.03  # of the dark pixels of the two together


def grey(inks: Sequence[Ink], across: float = SIDE, down: float = SIDE) -> list[int]:
    """The inks on white paper as a grey printer puts them there: one number a pixel, 0 is black."""
    image = QImage(round(across * SCALE), round(down * SCALE), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.scale(SCALE, SCALE)
    paint(painter, Leaf(False, inks))
    painter.end()
    plain = image.convertToFormat(QImage.Format.Format_Grayscale8)
    data = bytes(plain.constBits())
    line = plain.bytesPerLine()
    return [one for row in range(plain.height()) for one in data[row * line : row * line + plain.width()]]


def told_apart(one: list[int], other: list[int]) -> bool:
    """Whether enough of what is dark in either is not so in the other."""
    dark = sum(a < 200 or b < 200 for a, b in zip(one, other, strict=True))
    unlike = sum(abs(a - b) > APART for a, b in zip(one, other, strict=True))
    return dark > 0 and unlike >= PART * dark


def test_the_measure_sees_a_difference_and_none(qtbot: QtBot) -> None:
    plain, coloured = (grey([words(4.0, 12.0, "A", colour=colour)]) for colour in ("#212b32", "#5b2d8e"))
    assert not told_apart(plain, coloured)  # a colour alone says nothing
    assert told_apart(plain, grey([words(4.0, 12.0, "B")]))


def test_marks_differ_by_shape(qtbot: QtBot) -> None:
    drawn = {mark: grey([words(4.0, 14.0, mark, size=8.0)]) for mark in MARKS}
    for one, other in combinations(drawn, 2):
        assert told_apart(drawn[one], drawn[other]), one + other


def test_ways_a_form_stands_differ_by_sign_and_letter(qtbot: QtBot) -> None:
    drawn = {
        status: grey([*sign(status, 2.0, 6.0, 8.0), words(12.0, 13.0, LETTERS.get(status, "?"), size=7.0)])
        for status in (*LETTERS, OPEN)
    }
    for one, other in combinations(drawn, 2):
        assert told_apart(drawn[one], drawn[other]), (one, other)


def test_ticked_struck_and_computed_are_seen(qtbot: QtBot) -> None:
    assert told_apart(grey([words(4.0, 13.0, EMPTY)]), grey([words(4.0, 13.0, TICKED)]))
    cells = (Cell(0.0, 60.0, (Strip(11.0, (words(0.0, 9.0, "2026-08-04"),)),)),)
    live, struck = (list(Row(cells, edge="", struck=one).inks(2.0, 2.0)) for one in (False, True))
    assert told_apart(grey(live, 70.0), grey(struck, 70.0))
    middle = grey([Box(0.0, 0.0, SIDE, SIDE, "", COMPUTED)])
    assert 230 <= middle[len(middle) // 2] <= 245  # darker than paper, lighter than any letter


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_every_word_of_a_filled_page_is_dark_enough_and_an_answer_changes_the_page(
    qtbot: QtBot,
    tongue: Tongue,
) -> None:
    study = mini()
    form = study.forms["VS"]
    page = Chart(study).fill(form).page(form)
    full = lay_filled(study, [page], tongue, header=HEADER, made=MADE).leaves[0]
    bare = lay_blank(study, [form], tongue, event=study.events["BL"], made=MADE).leaves[0]
    across, down = 595.0, 842.0
    pixels, empty = grey(full.inks, across, down), grey(bare.inks, across, down)
    wide = round(across * SCALE)
    for ink in printed_words(full):
        left, top, right, bottom = (round(edge * SCALE) for edge in span(ink))
        darkest = min(min(pixels[row * wide + left : row * wide + right]) for row in range(top, bottom))
        assert darkest < 150, ink  # contrast of 3 : 1 on white and more
    answered = {ink.text for ink in full.inks if isinstance(ink, Words)} - {
        ink.text for ink in bare.inks if isinstance(ink, Words)
    }
    assert answered and told_apart(pixels, empty)
