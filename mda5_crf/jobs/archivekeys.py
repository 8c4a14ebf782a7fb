"""Public keys that an archive carries: by them who signed what can be proven as long as the files last."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from mda5_crf.crypto import KeyRefused, unbase64
from mda5_crf.db import read

if TYPE_CHECKING:
    from mda5_crf.db.views import DeviceRow
    from mda5_crf.services.session import Session

_CARD = ("name", "site", "sign", "box", "authority", "definition")


def fingerprint(key: str) -> str:
    """SHA-256 in hex over the bytes of a key in base64; of another spelling, over its text."""
    try:
        data = unbase64(key)
    except KeyRefused:
        data = key.encode("ascii")
    return hashlib.sha256(data).hexdigest()


def keys(session: Session) -> dict[str, Any]:
    """Every public key that this vault knew: of PCs, of persons (with the signed certificate), of other PCs
    that bundles are exchanged with, of authorities. No secret is among them.
    """
    store = session.vault.store
    devices = [_device(row) for row in read.devices(store)]
    persons = [
        {
            "id": row.person, "login": row.login, "name": row.name, "site": row.site, "active": row.active,
            "certificate": row.certificate,
            "sign_sha256": fingerprint(str(row.certificate.get("sign", ""))),
        }
        for row in read.persons(store)
    ]  # fmt: skip
    peers = [
        {
            "id": row.peer, "registered_by": row.device, "state": row.state, "since": row.at.isoformat(),
            **{name: row.content[name] for name in _CARD if name in row.content},
            "sign_sha256": fingerprint(str(row.content.get("sign", ""))),
        }
        for device in read.devices(store)
        for row in read.peers(store, device.id)
    ]  # fmt: skip
    authorities = sorted({one["authority"] for one in (*devices, *peers) if one.get("authority")})
    return {
        "about": "Ed25519 public keys in base64; fingerprints are SHA-256 over their 32 bytes, in hex.",
        "vault": {"id": session.vault.meta.vault, "name": session.vault_name, "site": session.site},
        "devices": devices,
        "persons": persons,
        "peers": peers,
        "authorities": [{"sign": key, "sign_sha256": fingerprint(key)} for key in authorities],
    }


def own(session: Session) -> dict[str, Any]:
    """The entry of this copy's device."""
    return next(_device(row) for row in read.devices(session.vault.store) if row.id == session.device)


def _device(row: DeviceRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "site": row.site, "parent": row.parent, "since": row.at.isoformat(),
        "sign": row.sign, "sign_sha256": fingerprint(row.sign), "box": row.box, "authority": row.authority,
    }  # fmt: skip
