"""The ledger of bundles on paper: how it stands with each PC, then every file sent, received and refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mda5_crf.pdf.book import Line, Listing
from mda5_crf.pdf.ink import BAND, BODY, Strip, lines
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.listing import listed
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Part, assemble, framed, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, both, message

_PEERS: Final = (("peer", 0.26), ("site", 0.08), ("sent", 0.22), ("taken", 0.2), ("missing", 0.24))
_FILES: Final = (
    ("when", 0.15),
    ("way", 0.12),
    ("number", 0.07),
    ("peer", 0.2),
    ("state", 0.27),
    ("proof", 0.19),
)


@dataclass(frozen=True, slots=True)
class PeerLine:
    """One PC: what it confirmed of ours, what was taken of its own, what is missing or not confirmed."""

    name: str
    site: str
    sent: Text
    taken: Text
    missing: Text


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file: when (local), which way, its number ("" = not known), the PC, what became of it, SHA-256."""

    when: str
    way: Text
    number: str
    peer: str
    state: Text
    sha256: str


def draw_ledger(
    peers: Sequence[PeerLine],
    files: Sequence[FileLine],
    notes: Sequence[Text],
    language: Tongue,
    head: Letterhead,
) -> Printed:
    """Upright A4. ``notes``: sentences about what never arrived or waits to be confirmed."""
    voice = Voice(language)
    title = message("mailbag.ledger_title")
    about = head.facts(voice, title, "LEDGER", band=False, coded=False)
    stand = Listing(
        "peers", title, message("mailbag.ledger_nobody"), _columns(_PEERS),
        [Line((both(one.name), both(one.site), one.sent, one.taken, one.missing)) for one in peers],
    )  # fmt: skip
    sent = Listing(
        "files", title, message("mailbag.ledger_empty"), _columns(_FILES),
        [
            Line((
                both(one.when), one.way, both(one.number), both(one.peer), one.state,
                both(f"{one.sha256[:16]} {one.sha256[16:32]}"),
            ))
            for one in files
        ],
    )  # fmt: skip
    rows = [_title(voice, message("mailbag.ledger_peers")), *listed(stand, voice)]
    rows += [_words(voice, note) for note in notes]
    rows += [_title(voice, message("mailbag.ledger_files")), *listed(sent, voice)]
    rows.append(_words(voice, message("mailbag.ledger_proof")))
    part = Part(about, framed(about, voice), rows, ((0, voice.say(title)),), goal="ledger")
    return printed(assemble([part], voice, title, head.study))


def _columns(columns: Sequence[tuple[str, float]]) -> list[tuple[Text, float]]:
    return [(message(f"mailbag.column_{name}"), share) for name, share in columns]


def _title(voice: Voice, text: Text) -> Row:
    strips = lines(voice.say(text, "  "), UPRIGHT_WIDTH - 2 * PAD_X, size=BODY, bold=True)
    return Row((Cell(0.0, UPRIGHT_WIDTH, tuple(strips), BAND),), edge="", keep=True)


def _words(voice: Voice, text: Text) -> Row:
    strips: list[Strip] = []
    for part in voice.parts(text):
        strips += lines(part, UPRIGHT_WIDTH - 2 * PAD_X, size=BODY)
    return Row((Cell(0.0, UPRIGHT_WIDTH, tuple(strips)),), edge="")
