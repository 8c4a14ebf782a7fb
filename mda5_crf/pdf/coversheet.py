"""The sheet that goes with a bundle on its stick: one A4 page for who carries it and who receives it.

It says from which PC to which, when, how much and how to tell that the file is the right one. It holds
counts, never the number of a participant. In its corner stands the SHA-256 of the file as a QR code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mda5_crf.pdf.confirmation import in_groups
from mda5_crf.pdf.ink import BAND, BODY, SECOND, SMALL, TEXT, TINY, Strip, gap, lines
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Part, assemble, framed, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.qr import picture
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, both, message

_PICTURE: Final = 92.0
_FACT: Final = 0.3
_LARGE: Final = 15.0
_SIGNING: Final = (("handed", 0.25), ("received", 0.25), ("number", 0.25), ("day", 0.25))


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """What stands on the sheet. PCs by name, and what they are (site or centre); ``made`` local; ``size`` in
    bytes, None = not known.

    ``heads`` are the ends of the chains inside, as witnesses: name of the PC, number, hash. ``before`` says
    which earlier bundles are not confirmed.
    """

    sender: tuple[str, Text]
    receiver: tuple[str, Text]
    number: int
    made: str
    file: str
    size: int | None
    sha256: str
    records: int
    participants: int
    forms: int
    heads: Sequence[tuple[str, int, str]]
    before: Text

    @property
    def code(self) -> str:
        """What the QR code holds: the number and the hash, in signs that make a small code."""
        return f"MDA5B {self.number} SHA256:{self.sha256.upper()}"


def draw_cover(facts: CoverFacts, language: Tongue, head: Letterhead) -> Printed:
    """The sheet. It becomes a second page only where there are dozens of chains."""
    voice = Voice(language)
    title = message("mailbag.cover_title")
    about = head.facts(voice, title, "COVER", band=False, coded=False)
    rows = [_top(voice, facts)]
    counted = message(
        "mailbag.cover_counts",
        records=f"{facts.records:,}",
        participants=facts.participants,
        forms=facts.forms,
    )
    size = message("mailbag.cover_no_size") if facts.size is None else both(f"{facts.size:,} bytes")
    for name, said in (
        ("made", both(facts.made)), ("file", both(facts.file)), ("size", size),
        ("sha256", both(in_groups(facts.sha256))), ("holds", counted), ("before", facts.before),
    ):  # fmt: skip
        rows.append(_fact(voice, message(f"mailbag.cover_{name}"), [said]))
    witnesses = [both(f"{name}  {seq}  {in_groups(hashed)}") for name, seq, hashed in facts.heads]
    rows.append(_fact(voice, message("mailbag.cover_heads"), witnesses, size=TINY))
    rows.append(_title(voice, message("mailbag.cover_courier")))
    rows.append(_words(voice, message("mailbag.cover_courier_does")))
    rows.append(_title(voice, message("mailbag.cover_receiver")))
    for number in range(1, 5):
        rows.append(_words(voice, message(f"mailbag.cover_step_{number}")))
    rows.append(_words(voice, message("mailbag.cover_nothing"), keep=True))
    rows.append(_signing(voice))
    part = Part(about, framed(about, voice), rows, ((0, voice.say(title)),), goal="cover")
    return printed(assemble([part], voice, title, head.study))


def _top(voice: Voice, facts: CoverFacts) -> Row:
    """From whom to whom and which number, large; the code at the right."""
    across = UPRIGHT_WIDTH - _PICTURE - 24.0
    strips: list[Strip] = []
    for name, said, what in (
        ("from", *facts.sender), ("to", *facts.receiver), ("bundle", str(facts.number), both("")),
    ):  # fmt: skip
        strips += voice.lines(message(f"mailbag.cover_{name}"), across, size=TINY, colour=SECOND)
        strips += lines(said, across, size=_LARGE, bold=True, colour=TEXT)
        if what.en:
            strips += lines(voice.say(what, " · "), across, size=SMALL)
        strips.append(gap(3.0))
    caption = voice.lines(message("mailbag.cover_code"), _PICTURE + 12.0, size=TINY, colour=SECOND)
    code = Strip(_PICTURE + 10.0, (picture(facts.code, 8.0, 4.0, _PICTURE),))
    right = UPRIGHT_WIDTH - _PICTURE - 24.0
    return Row((
        Cell(0.0, right, tuple(strips)), Cell(right, _PICTURE + 24.0, (code, *caption)),
    ), edge="")  # fmt: skip


def _fact(voice: Voice, name: Text, said: Sequence[Text], *, size: float = BODY) -> Row:
    left = _FACT * UPRIGHT_WIDTH
    told = voice.lines(name, left - 2 * PAD_X, size=SMALL, colour=SECOND)
    across = UPRIGHT_WIDTH - left - 2 * PAD_X
    strips = [strip for one in said for strip in voice.lines(one, across, size=size)]
    return Row((Cell(0.0, left, tuple(told)), Cell(left, UPRIGHT_WIDTH - left, tuple(strips))))


def _title(voice: Voice, text: Text) -> Row:
    strips = lines(voice.say(text, "  "), UPRIGHT_WIDTH - 2 * PAD_X, size=BODY, bold=True)
    return Row((Cell(0.0, UPRIGHT_WIDTH, tuple(strips), BAND),), edge="", keep=True)


def _words(voice: Voice, text: Text, *, keep: bool = False) -> Row:
    strips: list[Strip] = []
    for part in voice.parts(text):
        strips += lines(part, UPRIGHT_WIDTH - 2 * PAD_X, size=BODY)
    return Row((Cell(0.0, UPRIGHT_WIDTH, tuple(strips)),), edge="", keep=keep)


def _signing(voice: Voice) -> Row:
    cells, start = [], 0.0
    for name, share in _SIGNING:
        across = share * UPRIGHT_WIDTH
        caption = message(f"mailbag.cover_sign_{name}")
        strips = voice.lines(caption, across - 2 * PAD_X, size=TINY, colour=SECOND)
        cells.append(Cell(start, across, tuple(strips)))
        start += across
    return Row(tuple(cells), least=40.0, edge="grid")
