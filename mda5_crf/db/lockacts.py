"""Freezing and locking: what a ``lock`` record says, and whose unlocking may stand.

    key         the scope: a form instance, a visit, a participant, or "" for the whole study
    content     {state, reason, seen {device: number} , counts {name: number}, second {person, sig}}
    sig         base64 of Ed25519 by the second person's sign key over context "approve" and
                canon{vault, study, act "unlock", scope, reason, person, at}

``state``: frozen, thawed, locked or unlocked; only ``state`` has to be there, except that an unlocking names
a ``reason`` and a ``second`` person. ``seen`` are the chains as far as whoever froze or locked knew them:
what was entered beyond, at a PC that did not know of the lock, is not covered by it
(:mod:`mda5_crf.db.read_locks`).
``counts`` say how much there was: of the final lock of a study they are the confirmation of the data set.

None supersedes another, whatever it names in ``replaces``: who may write some mark could otherwise take a
lock out of sight. What holds is folded from all of them in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.crypto import KeyRefused, canon, unbase64
from mda5_crf.db import clock
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.trust import Trust
from mda5_crf.text import Text, message

CONTEXT: Final = "approve"
FROZEN, THAWED, LOCKED, UNLOCKED = "frozen", "thawed", "locked", "unlocked"
STATES: Final = frozenset({FROZEN, THAWED, LOCKED, UNLOCKED})
SECONDS: Final = frozenset({"investigator", "monitor", "data_manager", "administrator"})
"""The roles of which one agrees to an unlocking."""
_FIELDS: Final = frozenset({"state", "reason", "seen", "counts", "second"})
_SIGNATURE_BYTES: Final = 64


class LockRefused(ValueError):
    """Content that is no lock. The text never quotes it."""


@dataclass(frozen=True, slots=True)
class LockAct:
    """What a ``lock`` record says. ``seen`` is None where it is not said, then nothing came too late."""

    state: str
    reason: str = ""
    seen: Mapping[str, int] | None = None
    counts: Mapping[str, int] | None = None
    second: str = ""
    signature: bytes = b""

    @classmethod
    def read(cls, content: Mapping[str, Any], author: str) -> LockAct:
        """Read a content strictly. Raises LockRefused; an unlocking by one person alone is none."""
        state, reason = content.get("state"), content.get("reason", "")
        if not set(content) <= _FIELDS or not isinstance(state, str) or not isinstance(reason, str):
            raise LockRefused("fields")
        if state not in STATES:
            raise LockRefused("state")
        seen = _numbers(content.get("seen"))
        counts = _numbers(content.get("counts"))
        if state != UNLOCKED:
            if "second" in content:
                raise LockRefused("second")
            return cls(state, reason, seen, counts)
        person, signature = _second(content.get("second"))
        if not reason.strip() or person == author:
            raise LockRefused("unlock")
        return cls(state, reason, seen, counts, person, signature)


def signed_part(vault: str, study: str, scope: str, reason: str, person: str, at: str) -> bytes:
    """What the second person of an unlocking signs; ``person`` is who unlocks, ``at`` as in the record."""
    return canon(
        {
            "vault": vault, "study": study, "act": "unlock", "scope": scope, "reason": reason,
            "person": person, "at": at,
        }
    )  # fmt: skip


def fault(record: AuditRecord, trust: Trust) -> Text | None:
    """Why the lock ``record`` may not stand, beside its author's rights; None when it may.

    The same answer at the ward and at the centre: an unlocking that its second person did not sign is none.
    """
    try:
        act = LockAct.read(record.data, record.person)
    except LockRefused:
        return message("locks.shape")
    if act.state != UNLOCKED:
        return None
    vault = trust.vault_of(record.device)
    signed = signed_part(vault, record.study, record.key, act.reason, record.person, record.at)
    try:
        day = clock.local(record.at, record.zone).date().isoformat()
    except (ValueError, IndexError, OverflowError):
        return message("locks.shape")
    if SECONDS.isdisjoint(trust.roles(record.device, act.second, record.clock, day)):
        return message("locks.second_role")
    if not trust.signed(act.second, record.device, record.clock, CONTEXT, signed, act.signature):
        return message("locks.second_unsigned")
    return None


def _numbers(value: object) -> Mapping[str, int] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not all(type(number) is int for number in value.values()):
        raise LockRefused("numbers")
    return dict(value)


def _second(value: object) -> tuple[str, bytes]:
    if not isinstance(value, dict) or set(value) != {"person", "sig"}:
        raise LockRefused("second")
    person, sig = value["person"], value["sig"]
    if not isinstance(person, str) or not person or not isinstance(sig, str):
        raise LockRefused("second")
    try:
        signature = unbase64(sig)
    except KeyRefused:
        raise LockRefused("second") from None
    if len(signature) != _SIGNATURE_BYTES:
        raise LockRefused("second")
    return person, signature
