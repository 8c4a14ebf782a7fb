"""The appendix of a form: what was changed in it, by whom, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mda5_crf.pdf.filled import change_goal, stamp
from mda5_crf.pdf.ink import BAND, SECOND, SMALL, Goal, Strip, lines
from mda5_crf.pdf.layout import PAD_X, PAD_Y, Cell, Row
from mda5_crf.pdf.paper import ChangeLine
from mda5_crf.pdf.questions import Questions
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import Text, message

_COLUMNS: Final = (
    ("number", 0.05),
    ("when", 0.14),
    ("who", 0.15),
    ("item", 0.22),
    ("change", 0.24),
    ("reason", 0.20),
)


def change_rows(maker: Questions, changes: Sequence[ChangeLine], form: str) -> list[Row]:
    """The heading and one row a change, oldest first; a sentence when there is none."""
    voice, across = maker.voice, maker.width
    title = voice.say(message("blankbook.changes"), "  ")
    if not changes:
        none = maker.remark(voice.say(message("blankbook.no_changes"), "  "), keep=False)
        return [maker.space(), maker.heading(title), none]
    widths = [share * across for _, share in _COLUMNS]
    head = _row(
        [
            voice.lines(message(f"blankbook.change_{name}"), wide - 2 * PAD_X, size=SMALL, bold=True)
            for (name, _), wide in zip(_COLUMNS, widths, strict=True)
        ],
        widths,
        (),
        fill=BAND,
        wide=maker.wide,
    )
    again = maker.heading(voice.say(message("pdf.continued", title=message("blankbook.changes")), "  "))
    body = []
    for number, line in enumerate(changes, start=1):
        said = _said(voice, line, number, widths)
        first = said[0][0]
        said[0][0] = first._replace(inks=(*first.inks, Goal(0.0, -PAD_Y, change_goal(form, number))))
        body.append(_row(said, widths, (again, head), wide=maker.wide))
    return [maker.space(), maker.heading(title), head, *body]


def _said(voice: Voice, line: ChangeLine, number: int, widths: Sequence[float]) -> list[list[Strip]]:
    rooms = [wide - 2 * PAD_X for wide in widths]
    arrow = Text(
        f"{line.old.en or '-'} → {line.new.en or '-'}", f"{line.old.zh or '-'} → {line.new.zh or '-'}"
    )
    return [
        lines(str(number), rooms[0], size=SMALL),
        lines(stamp(line.at), rooms[1], size=SMALL),
        [
            *lines(line.who, rooms[2], size=SMALL),
            *voice.lines(line.roles, rooms[2], size=SMALL, colour=SECOND),
        ],
        [
            *voice.lines(line.what, rooms[3], size=SMALL),
            *lines(line.place, rooms[3], size=SMALL, colour=SECOND),
        ],
        voice.lines(arrow, rooms[4], size=SMALL),
        voice.lines(line.reason, rooms[5], size=SMALL),
    ]


def _row(
    said: Sequence[Sequence[Strip]],
    widths: Sequence[float],
    repeat: tuple[Row, ...],
    *,
    fill: str = "",
    wide: bool,
) -> Row:
    cells, start = [], 0.0
    for strips, room in zip(said, widths, strict=True):
        cells.append(Cell(start, room, tuple(strips), fill))
        start += room
    return Row(tuple(cells), edge="grid", keep=bool(fill), repeat=repeat, wide=wide)
