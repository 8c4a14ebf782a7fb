"""The matrix on paper: participants by visits, each state by a shape and by its word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mda5_crf.pdf.cardinks import shortened
from mda5_crf.pdf.ink import BAND, SMALL, TEXT, TINY, Box, Ink, Rule, Strip, moved, words
from mda5_crf.pdf.layout import PAD_X, WIDE_WIDTH, Cell, Row
from mda5_crf.pdf.parts import Laid, Part, Stamp, assemble, framed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, message

_SUBJECT = 46.0
_ICON = 9.0


@dataclass(frozen=True, slots=True)
class State:
    """One cell: which shape, and what it means in words, the most urgent first."""

    shape: str
    words: Sequence[Text]


@dataclass(frozen=True, slots=True)
class MatrixSheet:
    """``events``: code and name of each column; ``rows``: number of a participant and one state a column."""

    events: Sequence[tuple[str, Text]]
    rows: Sequence[tuple[str, Sequence[State]]]
    note: Text


def lay_matrix(sheet: MatrixSheet, language: Tongue, head: Letterhead, *, proof: Stamp | None = None) -> Laid:
    """Pages on their side, the heading on each."""
    voice = Voice(language)
    facts = head.facts(
        voice,
        message("cards.matrix"),
        "MATRIX",
        remarks=(voice.say(sheet.note, "  "),),
        band=False,
        coded=False,
    )
    each = (WIDE_WIDTH - _SUBJECT) / max(len(sheet.events), 1)
    heading = _heading(sheet, voice, each)
    rows = [heading]
    for number, states in sheet.rows:
        cells = [Cell(0.0, _SUBJECT, tuple(shortened(number, _SUBJECT - 2 * PAD_X, 1, bold=True)))]
        for place, state in enumerate(states):
            strips = _state(state, voice, each - 2 * PAD_X)
            cells.append(Cell(_SUBJECT + place * each, each, tuple(strips)))
        rows.append(Row(tuple(cells), edge="grid", repeat=(heading,), wide=True, least=16.0))
    marks = ((0, voice.say(message("cards.matrix"))),)
    part = Part(facts, framed(facts, voice), rows, marks, goal="matrix")
    return assemble([part], voice, message("cards.matrix_document"), head.study, stamp=proof)


def _heading(sheet: MatrixSheet, voice: Voice, each: float) -> Row:
    subject = shortened(
        voice.say(message("cards.col_participant")), _SUBJECT - 2 * PAD_X, 3, size=TINY, bold=True
    )
    cells = [Cell(0.0, _SUBJECT, tuple(subject), BAND)]
    for place, (code, name) in enumerate(sheet.events):
        room = each - 2 * PAD_X
        strips = shortened(code, room, 1, bold=True)
        for part in voice.parts(name):
            strips += shortened(part, room, 2, size=TINY)
        cells.append(Cell(_SUBJECT + place * each, each, tuple(strips), BAND))
    return Row(tuple(cells), edge="grid", keep=True, wide=True)


def _state(state: State, voice: Voice, room: float) -> list[Strip]:
    made: list[Strip] = []
    for text in state.words:
        for part in voice.parts(text):
            made += shortened(part, room - _ICON, 2, size=TINY)
    shifted = [
        strip._replace(inks=tuple(moved(ink, _ICON, 0.0) for ink in strip.inks)) for strip in made
    ] or [Strip(SMALL, ())]
    return [shifted[0]._replace(inks=(*shape(state.shape), *shifted[0].inks)), *shifted[1:]]


def shape(name: str) -> list[Ink]:
    """Seven points high. Told apart in grey: full, half, empty, framed, and signs."""
    if name == "full":
        return [Box(0.0, 1.0, 6.5, 6.5, TEXT, TEXT)]
    if name == "framed":
        return [Box(0.0, 1.0, 6.5, 6.5, TEXT, ""), Box(1.8, 2.8, 2.9, 2.9, TEXT, TEXT)]
    if name == "half":
        return [Box(0.0, 1.0, 6.5, 6.5, TEXT, ""), Box(0.0, 4.2, 6.5, 3.3, TEXT, TEXT)]
    if name == "empty":
        return [Box(0.0, 1.0, 6.5, 6.5, TEXT, "")]
    if name == "line":
        return [Rule(0.0, 4.2, 6.5, 4.2, TEXT, 0.8)]
    if name == "cross":
        return [Rule(0.5, 1.5, 6.0, 7.0, TEXT, 0.8), Rule(6.0, 1.5, 0.5, 7.0, TEXT, 0.8)]
    if name:
        return [words(1.0, SMALL * 0.97, name, size=SMALL + 1.0, bold=True)]  # "?" and "!"
    return []
