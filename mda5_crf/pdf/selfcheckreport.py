"""The evidence of a checked installation on paper: verdict, every check, who vouches for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mda5_crf.pdf.book import Line, Listing
from mda5_crf.pdf.guideline import heading, paragraph
from mda5_crf.pdf.listing import listed
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Part, assemble, framed, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, both, message

_COLUMNS: Final = (("check", 0.22), ("result", 0.11), ("found", 0.5), ("requirements", 0.17))
_INK: Final = "#212b32"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check: its title, its verdict in words, what was found, the ids of the statements it supports."""

    title: Text
    result: Text
    found: Text
    requirements: Sequence[str]


def draw_evidence(
    lines: Sequence[CheckLine],
    above: Sequence[Text],
    below: Sequence[Text],
    language: Tongue,
    head: Letterhead,
) -> Printed:
    """Upright A4. ``above``: the verdict and who ran it where; ``below``: sum and signature."""
    voice = Voice(language)
    title = message("selfcheck.title")
    about = head.facts(voice, title, "SELFCHECK", band=False, coded=False, filled=False)
    table = Listing(
        "checks", title, message("selfcheck.could_not"),
        [(message(f"selfcheck.head_{name}"), share) for name, share in _COLUMNS],
        [Line((one.title, one.result, one.found, both(", ".join(one.requirements)))) for one in lines],
    )  # fmt: skip
    rows = [heading(voice, title)]
    rows += [paragraph(voice, words, _INK) for words in above]
    rows += listed(table, voice)
    rows += [paragraph(voice, words, _INK) for words in below]
    part = Part(about, framed(about, voice), rows, ((0, voice.say(title)),), goal="selfcheck")
    return printed(assemble([part], voice, title, head.study))
