"""The end of a whole archive: sources of definitions, seals, and what the PC signs that made the file.

``mda5:Source``  a piece of a definition's canonical source: base64 of the zlib-compressed bytes
``mda5:Seal``    an author's seal over a run of records
``mda5:Proof``   canonical JSON, signed by the PC (context ``archive``): ``format``, ``study``, ``card`` (that
                 of the PC), ``heads`` ([device, number, hash] of every chain), ``records``, ``body``: SHA-256
                 of all bytes before the line break before this element
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.crypto import base64_text, canon
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.services.archiveproof import Chains

FORMAT: Final = "mda5-crf-odm/1"
PIECE: Final = 45 * 1024
"""Compressed bytes of a definition in one element."""


@dataclass(frozen=True, slots=True)
class Witness:
    """The PC that makes a file: its card, and its signature over bytes."""

    card: Mapping[str, Any]
    sign: Callable[[bytes], bytes]


def write_proof(out: XmlOut, chains: Chains, witness: Witness) -> None:
    """Write it all; nothing of the file may come after but what closes it."""
    for hash_, source in chains.sources:
        packed = zlib.compress(source, 9)
        pieces = [packed[start : start + PIECE] for start in range(0, len(packed), PIECE)]
        for part, piece in enumerate(pieces, 1):
            out.leaf(
                "mda5:Source", base64_text(piece), Hash=hash_, Part=str(part), Parts=str(len(pieces))
            )  # fmt: skip
    for seal in chains.seals:
        out.leaf(
            "mda5:Seal", base64_text(seal.signature), Device=seal.device, First=str(seal.first),
            Last=str(seal.last), Person=seal.person,
        )  # fmt: skip
    said = canon(
        {
            "format": FORMAT, "study": chains.study, "card": dict(witness.card),
            "heads": [list(one) for one in chains.heads],
            "records": sum(seq for _, seq, _ in chains.heads), "body": out.sha256(),
        }
    )  # fmt: skip
    out.leaf("mda5:Proof", said.decode("utf-8"), Signature=base64_text(witness.sign(said)))
