"""Other PCs that this vault was told to believe: the signature under a ``peer`` record, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mda5_crf.crypto import CertifiedKey, KeyRefused, canon, unbase64
from mda5_crf.db import consents, read
from mda5_crf.db.vault import OpenVault
from mda5_crf.db.views import PeerRow
from mda5_crf.services.access import Action, can


def signed_part(study: str, device: str, content: Mapping[str, Any]) -> bytes:
    """What the person signs who registers or revokes a PC at ``device``."""
    peer = {k: v for k, v in content.items() if k not in ("sig", consents.SECOND)}
    return canon({"study": study, "at": device, "peer": peer})


def vouched(row: PeerRow, study: str, known: Iterable[CertifiedKey]) -> bool:
    """Whether the author of a ``peer`` record signed it and may register PCs.

    Where a second person is named, that one must have signed too: then an administrator may be the author.
    """
    known = tuple(known)
    two = consents.SECOND in row.content
    if two and not _seconded(row, study, known):
        return False
    action = Action.ADMIT_DEVICES if two else Action.DEVICES
    try:
        signature = unbase64(str(row.content.get("sig", "")))
    except KeyRefused:
        return False
    signed = signed_part(study, row.device, row.content)
    entitled = (
        key.certificate
        for key in known
        if key.certificate.person == row.person and can(key.certificate.all_roles, action)
    )
    return any(certificate.sign.accepts("approve", signed, signature) for certificate in entitled)


def _seconded(row: PeerRow, study: str, known: Iterable[CertifiedKey]) -> bool:
    """Whether the second person of a ``peer`` record signed it."""
    try:
        second = consents.read_consent(row.content)
    except consents.ConsentRefused:
        return False
    return second.person != row.person and any(
        key.certificate.person == second.person
        and key.certificate.sign.accepts(
            consents.CONTEXT,
            consents.signed_part(key.certificate.vault, study, "peer", "", row.person, row.content),
            second.signature,
        )
        for key in known
    )


def authorities(vault: OpenVault) -> frozenset[str]:
    """Whom this vault believes on keys (base64): its own authority and those of the PCs registered here.

    Also of those that were registered before a restore: what came from them is proved by their keys.
    """
    register = vault.register()
    own = read.lineage(vault.store, vault.meta.device)
    rows = [row for device in sorted(own) for row in read.peers(vault.store, device)]
    told = {
        str(row.content.get("authority")) for row in rows if vouched(row, vault.meta.study, register.known)
    }
    return frozenset({register.authority.text, *told})
