"""One PC's part of a bundle that cannot be taken never keeps the other PCs' parts out: it is held back.

A bundle carries the chains of several PCs. When one of them is forked, has a gap, bears no seal or ends
elsewhere than its sender says, that chain is left out as a whole, with its reason; what is left must stand by
itself. Nothing is lost by it: the next bundle begins where the receiver says it has got to, never at a number
of a bundle. A bundle that holds nothing new but such parts is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.db.chain import ChainError
from mda5_crf.errors import BundleError
from mda5_crf.sync.ledger import IN, Passage
from mda5_crf.sync.registry import Registry
from mda5_crf.text import Text, message

_WHOLE_FILE: Final = frozenset({"store.chain_own_newer", "store.chain_study"})
"""What is wrong with the file or with this very vault, and not with one PC in it."""
GAP, FORK, IMPERSONATED, HEADS = "sync.gap", "sync.fork", "sync.impersonated", "sync.heads_differ"
UNSEALED: Final = "store.chain_unsealed"
WAITS: Final = frozenset({GAP})
"""Reasons that another bundle of the same sender may do away with."""
_SAYS: Final = {
    GAP: "gap", FORK: "fork", IMPERSONATED: "impersonated", HEADS: "heads", UNSEALED: "unsealed",
    "store.chain_gap": "gap",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A PC of which nothing of a bundle was taken: ``error`` refuses a file that holds nothing else."""

    device: str
    name: str
    error: BundleError
    words: Text
    facts: Mapping[str, Any]
    """What the record of the bundle says of it: code, and of a fork the bundles."""

    @property
    def code(self) -> str:
        """The code of the reason."""
        return self.error.code


class Holding(Exception):
    """Something of one PC was found wrong: everything is undone, and tried again without that PC."""

    def __init__(self, device: str, error: BundleError) -> None:
        super().__init__(device)
        self.device = device
        self.error = error


def of_chain(error: ChainError) -> Holding | None:
    """Whether a chain's error is one of its PC alone."""
    return None if error.code in _WHOLE_FILE else Holding(error.device, error)


def held_back(
    found: Holding, registry: Registry, sender: str, number: int, passages: Iterable[Passage]
) -> HeldBack:
    """In words: which PC, why, from which bundles. ``passages``: everything made and taken here."""
    device, error = found.device, found.error
    pc = registry.name_of(device)
    facts: dict[str, Any] = {"device": device, "code": error.code}
    if isinstance(error, ChainError) and error.code == "store.chain_fork":
        first = _first(passages, device, error.seq)
        where = message("holding.own_record") if first is None else message(
            "holding.bundle", number=first.number, name=registry.name_of(first.peer)
        )  # fmt: skip
        facts |= {"seq": error.seq}
        facts |= {} if first is None else {"first": {"peer": first.peer, "number": first.number}}
        error = BundleError(
            FORK, device=pc, seq=error.seq, name=sender, number=number, first=where,
        )  # fmt: skip
        facts["code"] = error.code
    what = _SAYS.get(error.code, "broken")
    params = {**error.params, "device": pc, "name": sender, "number": number}
    return HeldBack(device, pc, error, message(f"holding.{what}", **params), facts)


def _first(passages: Iterable[Passage], device: str, seq: int) -> Passage | None:
    """The bundle that brought record ``seq`` of a PC here first."""
    brought = [p for p in passages if p.direction == IN and p.ends.get(device, 0) >= seq]
    return min(brought, key=lambda p: p.at) if brought else None
