"""Folding of how PCs join and leave: nothing is computed from it, so only the shape is looked at.

What stands of them is read from the journal itself (``sync`` modules inviting, joining, revoked):
they are few, and found by the index over rare kinds.
"""

from __future__ import annotations

from typing import Final

from mda5_crf.db.consents import ConsentRefused, read_consent
from mda5_crf.db.fold_common import Unfoldable, text
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tables

INVITATION_STATES: Final = frozenset({"made", "tried", "refused", "withdrawn", "used"})
JOINING_STATES: Final = frozenset({"asked", "tried", "refused", "joined"})
REVOCATION_ACTS: Final = frozenset({"made", "heard"})


def fold_invitation(_tx: Tables, record: AuditRecord) -> None:
    """``invitation``: what became of one that this centre made."""
    if record.key or text(record.data, "state") not in INVITATION_STATES or not text(record.data, "nonce"):
        raise Unfoldable("aside_shape")


def fold_joining(_tx: Tables, record: AuditRecord) -> None:
    """``joining``: how far this PC has come with an invitation."""
    if record.key or text(record.data, "state") not in JOINING_STATES or not text(record.data, "nonce"):
        raise Unfoldable("aside_shape")


def fold_revocation(_tx: Tables, record: AuditRecord) -> None:
    """``revocation``: a list of what is no longer believed, made here or heard of."""
    act, listed = text(record.data, "act"), record.data.get("list")
    if record.key or act not in REVOCATION_ACTS or not isinstance(listed, dict):
        raise Unfoldable("aside_shape")
    text(record.data, "sig")
    if act == "made":
        try:
            read_consent(record.data)
        except ConsentRefused:
            raise Unfoldable("aside_shape") from None
