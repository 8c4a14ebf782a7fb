"""Proof of the record, for the command and the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.db.verify import Trouble, verify
from mda5_crf.services import access, peers

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class Report:
    """What was proved: records read, head of every chain, heads that a witness confirmed, what is wrong."""

    records: int
    heads: Mapping[str, tuple[int, str]]
    witnessed: frozenset[str]
    troubles: tuple[Trouble, ...]


def run(session: Session, witnesses: Mapping[str, tuple[int, str]]) -> Report:
    """Check chains, contents, seals, rights, projections and pages against all witnesses at hand."""
    known = {**session.vault.witnesses(), **witnesses}
    # Whoever holds the key can add a device that names an authority of his own; only these are believed.
    believed = peers.authorities(session.vault)
    troubles = verify(session.vault.store, known, authorities=believed, judge=access.judge)
    heads = session.vault.journal.heads()
    return Report(
        sum(seq for seq, _ in heads.values()), heads, frozenset(known) & frozenset(heads), tuple(troubles)
    )
