"""Which other PCs this vault believes: its own ``peer`` records, each signed by a person entitled to.

Only records of this vault's own device count, and only under the sign key of somebody who may register
PCs: whoever can write the file with another tool cannot add a PC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.crypto import BoxPublic, CertifiedKey, VerifyKey
from mda5_crf.db import read
from mda5_crf.db.views import PeerRow
from mda5_crf.errors import BundleError, InputRefused
from mda5_crf.services.peers import signed_part, vouched
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.cards import Card, card_of, words_of

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

__all__ = ["APPROVED", "REVOKED", "Peer", "Registry", "signed_part"]

APPROVED: Final = "approved"
REVOKED: Final = "revoked"
_NO_CARD: Final = frozenset({"state", "sig", "reason"})


@dataclass(frozen=True, slots=True)
class Peer:
    """Another PC: its card, whether bundles are exchanged with it (``state``), since when (``at``, UTC)."""

    card: Card
    state: str
    at: datetime

    @property
    def device(self) -> str:
        """Its id in the journal."""
        return self.card.device

    @property
    def name(self) -> str:
        """What its people call it."""
        return self.card.name

    @property
    def site(self) -> str:
        """The site whose participants it owns; "00" for a centre."""
        return self.card.site

    @property
    def box(self) -> BoxPublic:
        """What bundles to it are encrypted to."""
        return self.card.box

    @property
    def sign(self) -> VerifyKey:
        """What its bundles are signed with."""
        return self.card.sign

    @property
    def fingerprint(self) -> str:
        """Eight words, the same its own people see."""
        return words_of(self.card.digest())

    @property
    def approved(self) -> bool:
        """Whether bundles are exchanged with it now."""
        return self.state == APPROVED


class Registry:
    """The PCs this vault knows, as its journal says now. Makes no statement about the future."""

    def __init__(
        self, device: str, site: str, study: str, authority: VerifyKey, peers: Iterable[Peer]
    ) -> None:
        self.device = device
        self.site = site
        self.study = study
        self.authority = authority
        self.peers: dict[str, Peer] = {peer.device: peer for peer in peers}
        self.lineage: frozenset[str] = frozenset({device})
        """This device and those it continues after a restore: their chains are the vault's own."""

    @classmethod
    def read(cls, session: Session) -> Registry:
        """Read and check the peer records of the vault's own device."""
        vault = session.vault
        register = vault.register()
        found = []
        for row in read.peers(vault.store, session.device):
            peer = _checked(row, vault.meta.study, register.known)
            if peer is not None:
                found.append(peer)
        registry = cls(session.device, session.site, vault.meta.study, register.authority, found)
        registry.lineage = read.lineage(vault.store, session.device)
        return registry

    @property
    def is_centre(self) -> bool:
        """Whether this vault is a coordinating centre's."""
        return self.site == CENTRE

    def approved(self, device: str) -> Peer:
        """The PC to exchange with. Raises InputRefused for one that is not registered or was revoked."""
        peer = self.peers.get(device)
        if peer is None:
            known = ", ".join(sorted(p.name for p in self.peers.values() if p.approved)) or "–"
            raise InputRefused("sync.peer_unknown", known=known)
        if not peer.approved:
            raise InputRefused("sync.peer_revoked", name=peer.name)
        return peer

    def sender(self, device: str) -> Peer:
        """The PC that a file says it comes from. Raises BundleError for one that is not believed."""
        peer = self.peers.get(device)
        if peer is None:
            raise BundleError("sync.sender_unknown", device=device)
        if not peer.approved:
            raise BundleError("sync.sender_revoked", name=peer.name)
        return peer

    def accepts(self, device: str) -> bool:
        """Whether records of that device's chain are taken in, whoever carries them."""
        peer = self.peers.get(device)
        return device in self.lineage or (peer is not None and peer.approved)

    def site_of(self, device: str) -> str | None:
        """The site of a device, also of a revoked one; None when it was never registered here."""
        if device in self.lineage:
            return self.site
        peer = self.peers.get(device)
        return None if peer is None else peer.site

    def authority_of(self, device: str) -> VerifyKey | None:
        """The authority whose certificates count in that device's chain."""
        if device in self.lineage:
            return self.authority
        peer = self.peers.get(device)
        return None if peer is None else peer.card.authority

    def authorities(self) -> frozenset[str]:
        """All of them in base64, for the taking in of records."""
        return frozenset({self.authority.text, *(peer.card.authority.text for peer in self.peers.values())})

    def name_of(self, device: str) -> str:
        """What people call a device; its id when it is not registered."""
        peer = self.peers.get(device)
        return device if peer is None else peer.name


def _checked(row: PeerRow, study: str, known: Iterable[CertifiedKey]) -> Peer | None:
    """The PC of a peer record, unless nobody entitled signed it."""
    try:
        card = card_of({k: v for k, v in row.content.items() if k not in _NO_CARD})
    except InputRefused:
        return None
    return Peer(card, row.state, row.at) if vouched(row, study, known) else None
