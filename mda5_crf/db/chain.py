"""Chains: how a record follows the one before it. Pure; asked when records come in, and by verify."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mda5_crf.crypto import genesis_hash
from mda5_crf.db.records import AuditRecord
from mda5_crf.errors import BundleError

_DEVICE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ChainError(BundleError):
    """Records that cannot continue a chain here: ``device`` and ``seq`` say where, ``code`` why."""

    def __init__(self, code: str, device: str, seq: int, **more: object) -> None:
        super().__init__(code, device=device, seq=seq, **more)
        self.device = device
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain."""

    seq: int
    hash: str
    clock: int
    person: str

    @classmethod
    def of(cls, record: AuditRecord) -> Head:
        """The chain's end when ``record`` is its last."""
        return cls(record.seq, record.hash, record.clock, record.person)


def first_prev(study: str, device: str, content: dict[str, object]) -> str:
    """What the first record of a chain names as its predecessor. Raises ValueError without keys."""
    sign, parent = content.get("sign"), content.get("parent", "")
    if not isinstance(sign, str) or not isinstance(parent, str):
        raise ValueError("device record without keys")  # noqa: TRY004 - data of a wrong shape
    return genesis_hash(study, device, sign, parent)


def starts_chain(record: AuditRecord) -> bool:
    """Whether ``record`` is a lawful first record: the device's registration, under the right genesis."""
    if record.seq != 1 or record.kind != "device" or not _DEVICE.fullmatch(record.device):
        return False
    try:
        data = record.data
        return data.get("device") == record.device and record.prev == first_prev(
            record.study, record.device, data
        )
    except ValueError:
        return False


def require_next(head: Head | None, record: AuditRecord, *, computed: bool = False) -> None:
    """Raise ChainError unless ``record`` is the unaltered successor of ``head`` (None: no chain yet).

    ``computed``: its hashes were just computed from it, so they cannot but fit.
    """
    expected = 1 if head is None else head.seq + 1
    if record.seq != expected:
        raise ChainError("store.chain_gap", record.device, record.seq, expected=expected)
    if not computed and record.fault():
        raise ChainError("store.chain_altered", record.device, record.seq)
    fits = starts_chain(record) if head is None else record.prev == head.hash
    if not fits:
        raise ChainError("store.chain_broken", record.device, record.seq)
