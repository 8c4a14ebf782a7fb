"""The proof of a printed page: what it says as one text, its code in the foot, its picture in the corner.

The *page text* T of docs/formats.md is made here of what stands on the sheet, so that every product of this
package that passes :class:`Proofs` as its stamp proves itself in the same way. Keys are none of our business:
a :class:`Prover` turns T into a code and into what the picture holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from mda5_crf.crypto import canon
from mda5_crf.pdf.fonts import BOLD, width
from mda5_crf.pdf.frame import STAMP
from mda5_crf.pdf.ink import SMALL, TEXT, Ink, Shape, Words, words
from mda5_crf.pdf.layout import MM
from mda5_crf.pdf.parts import Sheet
from mda5_crf.pdf.qr import picture

VERSION: Final = 1
"""Of the page text."""
MODULE: Final = 0.37 * MM
"""Side of one black square. 49 of them and four white ones on each side find room in the corner: margin and
gutter are white, and the corner is a little larger than the picture."""
_LEAST: Final = 5.0


class Prover(Protocol):
    """Makes proofs of page texts."""

    def prove(self, text: bytes) -> tuple[str, str, str]:
        """The code of ``text``, its mac in hex, and what the picture beside it holds; "" for none."""


@dataclass(frozen=True, slots=True)
class About:
    """What every page of one document has in common. ``heads``: device → number of its newest record."""

    study: str
    subject: str
    language: str
    definition: str
    heads: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Proven:
    """One page: ``text`` is the mac (hex) of its page text, "" where its key is not here. ``shown``: SHA-256
    of what stands on it alone, the same whenever the page says the same; kept nowhere. ``place``: label of
    its part (``VS/BL``) and sheet within it.
    """

    number: int
    place: tuple[str, int]
    code: str
    text: str
    shown: str


@dataclass(slots=True)
class Proofs:
    """A stamp: puts the proof on each page and keeps what was proven, in the order of the pages."""

    about: About
    prover: Prover
    pages: list[Proven] = field(default_factory=list)

    def __call__(self, sheet: Sheet) -> Sequence[Ink]:
        """Code and picture of one page, at their places on the paper."""
        if sheet.number == 1:
            self.pages.clear()  # the same order drawn again
        said = shown(sheet)
        text = page_text(self.about, said)
        code, mac, held = self.prover.prove(text)
        place = self._place(sheet)
        self.pages.append(Proven(sheet.number, place, code, mac, _hash(canon(said))))
        return [*(_code(sheet, code) if code else []), *([_picture(sheet, held)] if held else [])]

    def _place(self, sheet: Sheet) -> tuple[str, int]:
        """Label and sheet; of several participants with the number, also where two have the same."""
        facts = sheet.part.facts
        if self.about.subject:
            return facts.code, sheet.sheet
        label = f"{facts.code} {facts.subjid}".strip()
        same = sum(page.place == (label, sheet.sheet) for page in self.pages)
        return f"{label}~{same + 1}" if same else label, sheet.sheet


def page_text(about: About, said: Mapping[str, Any]) -> bytes:
    """T: what a page says, and what it says it of, as canonical bytes."""
    return canon(
        {
            "v": VERSION,
            "study": about.study,
            "subject": about.subject,
            "language": about.language,
            "definition": about.definition,
            "heads": dict(about.heads),
            **said,
        }
    )


def shown(sheet: Sheet) -> dict[str, Any]:
    """What stands on the page: head, and every word of the body in its order; struck words say so, a curve
    says its points in tenths of a point. Not when, by whom and where in a document it was printed.
    """
    facts, voice = sheet.part.facts, sheet.part.frames[0].voice
    head = [
        facts.study, voice.say(facts.form), facts.subjid, facts.site, facts.event, facts.event_date,
        *facts.remarks, *facts.watermark,
    ]  # fmt: skip
    return {
        "part": facts.code,
        "sheet": [sheet.sheet, sheet.sheets],
        "head": head,
        "body": [*_body(sheet)],
    }


def _body(sheet: Sheet) -> Iterable[Any]:
    for _, row in sheet.page.rows:
        for cell in row.cells:
            for strip in cell.strips:
                for ink in strip.inks:
                    if isinstance(ink, Words) and ink.text:
                        yield ["struck", ink.text] if row.struck else ink.text
                    elif isinstance(ink, Shape):
                        yield [[round(10 * x), round(10 * y)] for x, y in ink.points]


def _code(sheet: Sheet, code: str) -> list[Ink]:
    """In the foot, between version and place; smaller only where it would touch one of them."""
    left, room, base = sheet.part.frames[sheet.page.wide].code_room(sheet.sheet, sheet.sheets)
    size = max(min(SMALL, SMALL * (room - 8.0) / width(code, BOLD, SMALL)), _LEAST)
    return [words(left + (room - width(code, BOLD, size)) / 2, base, code, size=size, bold=True, colour=TEXT)]


def _picture(sheet: Sheet, held: str) -> Ink:
    left, top = sheet.part.frames[sheet.page.wide].stamp_corner
    made = picture(held, left, top, STAMP)
    side = min(MODULE, STAMP / len(made.rows))
    return made._replace(x=left + STAMP - side * len(made.rows), side=side)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
