"""The patterns on paper: participants by score with the reasons and numbers, and the proposed sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mda5_crf.pdf.book import Line, Listing
from mda5_crf.pdf.guideline import heading, paragraph
from mda5_crf.pdf.listing import listed
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Part, assemble, framed, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, both, message

_COLUMNS: Final = (
    ("rank", 0.07),
    ("participant", 0.12),
    ("score", 0.09),
    ("pattern", 0.2),
    ("numbers", 0.52),
)
_INK: Final = "#212b32"

PaperRow = tuple[str, str, str, Text, Text]
"""Rank, participant, score, name of the pattern, its numbers in words."""


def draw_patterns(
    rows: Sequence[PaperRow],
    notes: Sequence[Text],
    sample: Sequence[Text],
    language: Tongue,
    head: Letterhead,
) -> Printed:
    """Upright A4. ``notes`` stand above the table; ``sample``: the proposal, then how it was made."""
    voice = Voice(language)
    title = message("patterns.title")
    about = head.facts(voice, title, "PATTERNS", band=False, coded=False)
    table = Listing(
        "patterns", title, message("patterns.nothing"),
        [(message(f"patterns.head_{name}"), share) for name, share in _COLUMNS],
        [Line((both(rank), both(who), both(score), name, words)) for rank, who, score, name, words in rows],
    )  # fmt: skip
    body = [heading(voice, title), *(paragraph(voice, note, _INK) for note in notes), *listed(table, voice)]
    body += [heading(voice, message("patterns.sample")), *(paragraph(voice, one, _INK) for one in sample)]
    part = Part(about, framed(about, voice), body, ((0, voice.say(title)),), goal="patterns")
    return printed(assemble([part], voice, title, head.study))
