"""What proves the records of a vault besides themselves: ends of chains, seals, sources of definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mda5_crf.db import rows, schema
from mda5_crf.db.records import VERSION, Seal
from mda5_crf.db.tx import Tx

RECORD_VERSION: Final = VERSION
"""The form that records have today."""


@dataclass(frozen=True, slots=True)
class Chains:
    """``heads``: device, number and hash of the end of each chain, each chain after those it leans on.

    ``seals`` in the order of their chains; ``sources``: hash and canonical source of every definition here.
    """

    study: str
    heads: tuple[tuple[str, int, str], ...]
    seals: tuple[Seal, ...]
    sources: tuple[tuple[str, bytes], ...]

    @classmethod
    def read(cls, tx: Tx) -> Chains:
        """One state of the vault."""
        ends = rows.heads(tx)
        order = rows.devices_by_birth(tx)
        found = [rows.row_seal(row) for row in tx.find(schema.seal)]
        found.sort(key=lambda one: (order.index(one.device), one.first))
        sources = sorted((str(row["hash"]), bytes(row["source"])) for row in tx.find(schema.definition))
        first = rows.get_record(tx, order[0], 1)
        assert first is not None  # a vault begins with its device
        return cls(first.study, tuple((one, *ends[one]) for one in order), tuple(found), tuple(sources))
