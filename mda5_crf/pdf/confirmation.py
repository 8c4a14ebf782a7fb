"""The page by which a site confirms an archive: what was delivered, its hash, and lines to sign by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mda5_crf.pdf.ink import BAND, BODY, SECOND, SMALL, TINY, Strip, gap, lines
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Part, assemble, framed, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, both, message

_FACT = 0.34
_COLUMNS = (("participant", 0.22), ("folder", 0.28), ("pages", 0.16), ("files", 0.14), ("size", 0.2))
_SIGNING = (("receiver", 0.4), ("signature", 0.36), ("date", 0.24))
_GROUP = 8


@dataclass(frozen=True, slots=True)
class Delivered:
    """One participant of an archive. ``pages`` of the casebook, ``size`` in bytes."""

    number: str
    folder: str
    pages: int
    files: int
    size: int


def in_groups(sha256: str) -> str:
    """64 digits as people compare them: eight groups of eight."""
    return " ".join(sha256[start : start + _GROUP] for start in range(0, len(sha256), _GROUP))


def draw_confirmation(
    facts: Sequence[tuple[Text, Text]], delivered: Sequence[Delivered], language: Tongue, head: Letterhead
) -> Printed:
    """Upright pages, one for up to some thirty participants. ``facts``: what it is, and what it says."""
    voice = Voice(language)
    title = message("archive.confirmation")
    about = head.facts(voice, title, "ARCHIVE", band=False, coded=False)
    rows = [_words(voice, message("archive.confirm_about"))]
    rows += [_fact(voice, name, text) for name, text in facts]
    rows.append(_air())
    heading = _cells(
        voice, [message(f"archive.column_{name}") for name, _ in _COLUMNS], _COLUMNS, heading=True
    )
    rows.append(heading)
    for one in delivered:
        told = (one.number, one.folder, str(one.pages), str(one.files), f"{one.size:,}")
        rows.append(_cells(voice, [both(text) for text in told], _COLUMNS, repeat=(heading,)))
    rows.append(_air())
    # The statement and the lines under it stand on one page.
    rows.append(_words(voice, message("archive.confirm_statement"), keep=True))
    rows.append(_signing(voice, keep=True))
    rows.append(_words(voice, message("archive.confirm_return"), size=SMALL))
    part = Part(about, framed(about, voice), rows, ((0, voice.say(title)),), goal="confirmation")
    return printed(assemble([part], voice, title, head.study))


def _words(voice: Voice, text: Text, *, size: float = BODY, keep: bool = False) -> Row:
    strips: list[Strip] = []
    for part in voice.parts(text):
        strips += lines(part, UPRIGHT_WIDTH - 2 * PAD_X, size=size)
    return Row((Cell(0.0, UPRIGHT_WIDTH, tuple(strips)),), edge="", keep=keep)


def _air() -> Row:
    return Row((Cell(0.0, UPRIGHT_WIDTH, (gap(6.0),)),), edge="")


def _fact(voice: Voice, name: Text, text: Text) -> Row:
    left = _FACT * UPRIGHT_WIDTH
    told = voice.lines(name, left - 2 * PAD_X, size=SMALL, colour=SECOND)
    said = voice.lines(text, UPRIGHT_WIDTH - left - 2 * PAD_X, size=BODY)
    return Row((Cell(0.0, left, tuple(told)), Cell(left, UPRIGHT_WIDTH - left, tuple(said))))


def _cells(
    voice: Voice,
    texts: Sequence[Text],
    columns: Sequence[tuple[str, float]],
    *,
    heading: bool = False,
    repeat: tuple[Row, ...] = (),
) -> Row:
    cells, start = [], 0.0
    for text, (_, share) in zip(texts, columns, strict=True):
        across = share * UPRIGHT_WIDTH
        strips = voice.lines(text, across - 2 * PAD_X, size=TINY if heading else SMALL, bold=heading)
        cells.append(Cell(start, across, tuple(strips), BAND if heading else ""))
        start += across
    return Row(tuple(cells), edge="grid", keep=heading, repeat=repeat)


def _signing(voice: Voice, *, keep: bool) -> Row:
    cells, start = [], 0.0
    for name, share in _SIGNING:
        across = share * UPRIGHT_WIDTH
        caption = message(f"archive.sign_{name}")
        strips = voice.lines(caption, across - 2 * PAD_X, size=TINY, colour=SECOND)
        cells.append(Cell(start, across, tuple(strips)))
        start += across
    return Row(tuple(cells), least=44.0, edge="grid", keep=keep)
