"""Proving electronic signatures again: by whose key, and over exactly what.

A value that was changed after it was signed is no trouble: the signature is void and shown so. A trouble is
a signature that its author's key did not make, or one that was made for something else.
"""

from __future__ import annotations

from collections.abc import Iterable

from mda5_crf.db import esign, lockacts
from mda5_crf.db.esign import Signature
from mda5_crf.db.read_signatures import fits, listed_of
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.troubles import Trouble
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Tx
from mda5_crf.text import message


def check_signatures(tx: Tx, found: Iterable[AuditRecord], trust: Trust) -> list[Trouble]:
    """What is wrong with the ``signature`` records ``found``.

    One that names records which are not here (another PC's, still on their way) is only asked whose it is.
    """
    troubles = []
    for record in found:
        reason = esign.fault(record, trust)
        if reason is None:
            signature = Signature.read(record.data)
            listed = listed_of(tx, signature)
            if listed is None or fits(record, signature, trust.vault_of(record.device), listed):
                continue
            reason = message("signing.made_elsewhere")
        troubles.append(Trouble("signature_false", record.id, reason))
    return troubles


def check_locks(found: Iterable[AuditRecord], trust: Trust) -> list[Trouble]:
    """What is wrong with the ``lock`` records ``found``: an unlocking needs the second person's signature."""
    troubles = []
    for record in found:
        reason = lockacts.fault(record, trust)
        if reason is not None:
            troubles.append(Trouble("lock_false", record.id, reason))
    return troubles
