"""The report of a serious event: fields, ticks, a narrative that flows on, small tables, a block to sign.

What is empty is a box to write in. The order comes from the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from mda5_crf.pdf import ticks
from mda5_crf.pdf.ink import BAND, BODY, SECOND, SMALL, TINY, Strip
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.parts import Laid, Part, Stamp, assemble, framed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.signing import HEIGHT
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, both, message

_FIELD = 27.0  # height of a field, enough to write in
_STORY = 110.0  # room for a narrative that is still to be written
_FULL = UPRIGHT_WIDTH


@dataclass(frozen=True, slots=True)
class Field:
    """A caption with what is known, ``share`` of the line."""

    caption: Text
    said: Text
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields side by side."""

    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Choice:
    """A caption and options to tick, ``chosen`` of them by code; ``beside`` is a field at the right."""

    caption: Text
    options: Sequence[tuple[str, Text]]
    chosen: Collection[str] = ()
    beside: Field | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A narrative, or room for one."""

    caption: Text
    said: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A small table; ``shares`` of the width add up to 1. ``note`` stands below."""

    caption: Text
    headings: Sequence[Text]
    shares: Sequence[float]
    rows: Sequence[Sequence[Text]]
    note: Text | None = None


Block = Fields | Choice | Story | Listing


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``label`` is what people call it (``SAE#1``), ``remarks`` stand under the head."""

    subjid: str
    site: str
    label: str
    blocks: Sequence[Block]
    remarks: Sequence[Text] = ()


def lay_report(report: Report, language: Tongue, head: Letterhead, *, proof: Stamp | None = None) -> Laid:
    """The report as pages."""
    voice = Voice(language)
    facts = head.facts(
        voice, message("saereport.title"), report.label, subjid=report.subjid, site=report.site,
        event=report.label,
        remarks=tuple(voice.say(text, "  ") for text in report.remarks),
    )  # fmt: skip
    rows: list[Row] = []
    for block in report.blocks:
        rows += _block(block, voice)
    rows[-1] = replace(rows[-1], keep=True)  # no page for the signature alone
    rows += signing(voice)
    title = message("saereport.document", number=report.label, subject=report.subjid)
    part = Part(facts, framed(facts, voice), rows, ((0, voice.say(title)),), goal=f"report-{report.label}")
    return assemble([part], voice, title, head.study, stamp=proof)


def _block(block: Block, voice: Voice) -> list[Row]:
    if isinstance(block, Fields):
        return [_fields(block.fields, voice)]
    if isinstance(block, Choice):
        return [_choice(block, voice)]
    if isinstance(block, Story):
        return _story(block, voice)
    return _listing(block, voice)


def _fields(fields: Sequence[Field], voice: Voice) -> Row:
    cells, start = [], 0.0
    whole = sum(field.share for field in fields)
    for field in fields:
        wide = field.share / whole * _FULL
        cells.append(Cell(start, wide, tuple(_field(field, voice, wide - 2 * PAD_X))))
        start += wide
    return Row(tuple(cells), least=_FIELD, edge="grid")


def _field(field: Field, voice: Voice, room: float) -> list[Strip]:
    return [
        *voice.lines(field.caption, room, size=TINY, colour=SECOND),
        *voice.lines(field.said, room, bold=True),
    ]


def _choice(block: Choice, voice: Voice) -> Row:
    """The caption at the left, the options, perhaps a field at the right."""
    beside = 0.24 * _FULL if block.beside is not None else 0.0
    left = 0.2 * _FULL
    middle = _FULL - left - beside
    captions = [(code, voice.say(text)) for code, text in block.options]
    said = ticks.options(captions, block.chosen, middle - 2 * PAD_X, size=BODY)
    cells = [
        Cell(0.0, left, tuple(voice.lines(block.caption, left - 2 * PAD_X, size=SMALL))),
        Cell(left, middle, tuple(said)),
    ]
    if block.beside is not None:
        cells.append(Cell(left + middle, beside, tuple(_field(block.beside, voice, beside - 2 * PAD_X))))
    return Row(tuple(cells), least=20.0, edge="grid")


def _title(caption: Text, voice: Voice) -> Row:
    strips = voice.lines(caption, _FULL - 2 * PAD_X, size=SMALL, bold=True)
    return Row((Cell(0.0, _FULL, tuple(strips), BAND),), edge="grid", keep=True)


def _story(block: Story, voice: Voice) -> list[Row]:
    title = _title(block.caption, voice)
    if not block.said:
        return [title, Row((Cell(0.0, _FULL, ()),), least=_STORY, edge="grid")]
    strips = Voice("en").lines(both(block.said), _FULL - 2 * PAD_X)  # said once, in whatever language
    return [title, Row((Cell(0.0, _FULL, tuple(strips)),), edge="grid", flows=True)]


def _listing(block: Listing, voice: Voice) -> list[Row]:
    title = _title(block.caption, voice)
    if not block.rows:
        nothing = voice.lines(message("saereport.no_rows"), _FULL - 2 * PAD_X, size=SMALL, colour=SECOND)
        return [title, Row((Cell(0.0, _FULL, tuple(nothing)),), least=_FIELD, edge="grid")]
    heading = _line(block.headings, block.shares, voice, bold=True)
    heading = replace(heading, keep=True)
    rows = [replace(_line(row, block.shares, voice), repeat=(title, heading)) for row in block.rows]
    if block.note is not None:
        note = voice.lines(block.note, _FULL - 2 * PAD_X, size=SMALL, colour=SECOND)
        rows[-1] = replace(rows[-1], keep=True)
        rows.append(Row((Cell(0.0, _FULL, tuple(note)),), edge="grid"))
    return [title, heading, *rows]


def _line(texts: Sequence[Text], shares: Sequence[float], voice: Voice, *, bold: bool = False) -> Row:
    cells, start = [], 0.0
    for text, share in zip(texts, shares, strict=True):
        wide = share * _FULL
        strips = voice.lines(text, wide - 2 * PAD_X, size=SMALL, bold=bold)
        cells.append(Cell(start, wide, tuple(strips), BAND if bold else ""))
        start += wide
    return Row(tuple(cells), edge="grid", least=14.0)


def signing(voice: Voice) -> list[Row]:
    """Who reports: institution; name and position, signature, date. Kept together, empty."""
    unit = Field(message("saereport.reporter"), both(""))
    person = [
        Field(message("saereport.reporter_name"), both(""), 0.4),
        Field(message("saereport.reporter_sign"), both(""), 0.36),
        Field(message("saereport.reporter_date"), both(""), 0.24),
    ]
    return [replace(_fields([unit], voice), keep=True), replace(_fields(person, voice), least=HEIGHT + 6.0)]
