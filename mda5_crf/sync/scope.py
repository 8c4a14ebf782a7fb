"""What a receiver may see, and which chains a sender carries for others.

A ward holds its own site, a centre all. A chain stays gapless by stubs (the line with the hashes of key and
content, without either); they occur only in the chains of a centre, which speaks of several sites. Chains of
other sites are not carried to a ward at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mda5_crf.db import read, rows, schema
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tx
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.registry import APPROVED, Peer, Registry

# What a centre says of itself that a ward needs to believe the rest.
_OPEN_KINDS: Final = frozenset({"device", "definition", "certificate", "user", "overlay", "amendment"})


def carried(tx: Tx, registry: Registry, peer: Peer) -> list[str]:
    """The devices whose chains go to ``peer``: the own one, and those it believes that are its business.

    What another PC believes is known from its own chain, so from its first bundle on.
    """
    peers = tx.find(schema.peer, device=peer.device)
    believed = {row["peer"] for row in peers if row["state"] == APPROVED} - {peer.device}
    # After a restore a PC believes the chains it continues; what was lost of them comes back from here.
    believed |= read.ancestors(tx, peer.device) - {peer.device}
    believed |= {device for device, post in registry.stations.items() if post in believed}
    return [
        device
        for device in rows.devices(tx)
        if device in registry.lineage
        or (device in believed and registry.accepts(device) and _relays(registry, peer, device))
    ]


def _relays(registry: Registry, peer: Peer, device: str) -> bool:
    site = registry.site_of(device)
    if registry.is_centre:
        return peer.site == CENTRE or site in (peer.site, CENTRE)
    # What a ward has of a centre's chain may be stubs made for its site: of no use to anybody else.
    return site == registry.site or (site == CENTRE and peer.site == registry.site)


class Scope:
    """Which records of the carried chains a receiver sees whole."""

    def __init__(self, tx: Tx, registry: Registry, peer: Peer) -> None:
        self._peer = peer
        self._registry = registry
        self._sites: Mapping[str, str] = {row["identity"]: row["site"] for row in tx.find(schema.subject)}

    def cut(self, record: AuditRecord) -> AuditRecord:
        """The record, or its stub for this receiver."""
        return record if self._sees(record) else record.stub()

    def _sees(self, record: AuditRecord) -> bool:
        site = self._registry.site_of(record.device)
        if self._peer.site in (CENTRE, site) or site != CENTRE:
            return True
        if record.kind in _OPEN_KINDS:
            return True
        if record.kind == "peer":
            return record.data.get("site") == self._peer.site
        if record.kind == "lock" and not record.key:
            return True  # the whole study is locked, or open again
        subject = record.key.partition("/")[0]
        return bool(subject) and self._sites.get(subject) == self._peer.site
