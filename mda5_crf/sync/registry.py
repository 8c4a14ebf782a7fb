"""Which other PCs this vault believes: its own ``peer`` records, each signed by a person entitled to.

Only records of this vault's own device count, and only under the sign key of somebody who may register
PCs: whoever can write the file with another tool cannot add a PC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import BoxPublic, CertifiedKey, VerifyKey
from mda5_crf.db import posts, read
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.views import PeerRow
from mda5_crf.errors import BundleError, InputRefused
from mda5_crf.services.peers import signed_part, vouched
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.cards import Card, card_of, words_of
from mda5_crf.sync.revoked import RevocationList, standing

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

__all__ = ["APPROVED", "REVOKED", "Peer", "Registry", "signed_part"]

APPROVED: Final = "approved"
REVOKED: Final = "revoked"
ARCHIVED: Final = "archived"
"""Its chain came out of an archive (``archived``): it counts, but nothing is exchanged with the PC."""
_NO_CARD: Final = frozenset({"state", "sig", "reason", "label", "second"})


@dataclass(frozen=True, slots=True)
class Peer:
    """Another PC: its card, whether bundles are exchanged with it (``state``), since when (``at``, UTC).

    ``label`` is what it is called here, where that is not the name on its card.
    """

    card: Card
    state: str
    at: datetime
    label: str = ""

    @property
    def device(self) -> str:
        """Its id in the journal."""
        return self.card.device

    @property
    def name(self) -> str:
        """What it is called here: as its own people do, unless it was renamed."""
        return self.label or self.card.name

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
        self._recorded = tuple(self.peers.values())
        self.lineage: frozenset[str] = frozenset({device})
        """This device and those it continues after a restore: their chains are the vault's own."""
        self.revocations: RevocationList | None = None
        """The newest list of the study that is known here."""
        self.limits: dict[str, int] = {}
        """Of a PC that the study's authority revoked: the last number of its chain that is accepted."""
        self.waiting: tuple[str, str] | None = None
        """Device and name of the centre that this PC asked to join, until both halves were compared."""
        self._ended: set[str] = set()
        self.stations: dict[str, str] = {}
        """Workstations of registered PCs' vaults: device → the registered one that speaks for its vault."""
        self._vaults: dict[str, str] = {}

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
        registry._read_stations(vault.store)
        journal = vault.journal
        lists = [
            record for record in journal.records(kinds=("revocation",), standing=True)
            if record.device in registry.lineage
        ]  # fmt: skip
        told = [record.data for record in journal.records(kinds=("joining",), device=session.device)]
        registry.waiting = _waiting(told)
        newest = standing(lists, registry.study, registry.study_authorities())
        return registry if newest is None else registry.under(newest)

    def with_archived(self, peers: Iterable[Peer]) -> Registry:
        """The same PCs and some more whose chains are believed."""
        made = Registry(self.device, self.site, self.study, self.authority, (*self._recorded, *peers))
        made.lineage, made.waiting, made.stations = self.lineage, self.waiting, self.stations
        made._vaults = self._vaults
        return made if self.revocations is None else made.under(self.revocations)

    def study_authorities(self) -> frozenset[VerifyKey]:
        """Whose signature revokes for the whole study: the centre's authority."""
        if self.is_centre:
            return frozenset({self.authority})
        return frozenset(peer.card.authority for peer in self.peers.values() if peer.site == CENTRE)

    def under(self, revocations: RevocationList) -> Registry:
        """The same PCs as ``revocations`` leave them: who stands there is no longer exchanged with."""
        made = Registry(self.device, self.site, self.study, self.authority, self._recorded)
        made.lineage, made.waiting, made.revocations = self.lineage, self.waiting, revocations
        made.stations, made._vaults = self.stations, self._vaults
        made.limits = {entry.device: entry.last for entry in revocations.entries if not entry.person}
        for device in made.limits.keys() & made.peers.keys():
            peer = made.peers[device]
            if not peer.approved:
                made._ended.add(device)  # this vault itself takes nothing more of it
            made.peers[device] = replace(peer, state=REVOKED)
        return made

    @property
    def is_centre(self) -> bool:
        """Whether this vault is a coordinating centre's."""
        return self.site == CENTRE

    def approved(self, device: str) -> Peer:
        """The PC to exchange with. Raises InputRefused for one that is not registered or was revoked."""
        peer = self.peers.get(device)
        if peer is None or peer.state == ARCHIVED:
            self.require_joined()
            known = ", ".join(sorted(p.name for p in self.peers.values() if p.approved)) or "–"
            raise InputRefused("sync.peer_unknown", known=known)
        if not peer.approved:
            code = "joining.peer_revoked" if device in self.limits else "sync.peer_revoked"
            raise InputRefused(code, name=peer.name)
        return peer

    def require_joined(self) -> None:
        """Raise InputRefused while this PC waits for the centre: nothing leaves before both have compared."""
        if self.waiting is not None and self.waiting[0] not in self.peers:
            raise InputRefused("joining.not_yet", name=self.waiting[1])

    def sender(self, device: str) -> Peer:
        """The PC that a file says it comes from. Raises BundleError for one that is not believed."""
        peer = self.peers.get(device)
        if peer is None or peer.state == ARCHIVED:
            if self.waiting is not None and self.waiting[0] == device:
                raise BundleError("joining.sender_not_yet", name=self.waiting[1])
            raise BundleError("sync.sender_unknown", device=device)
        if not peer.approved:
            code = "joining.sender_revoked" if device in self.limits else "sync.sender_revoked"
            raise BundleError(code, name=peer.name)
        return peer

    def accepts(self, device: str, seq: int = 1) -> bool:
        """Whether record ``seq`` of that device's chain is taken in, whoever carries it.

        Of a PC that the study's authority revoked: up to the last number that is still accepted.
        """
        if device in self.lineage:
            return True
        peer = self._speaks_for(device)
        if peer is None or peer.device in self._ended:
            return False
        if device in self.limits:
            return seq <= self.limits[device]
        return peer.approved

    def welcome(self, record: AuditRecord) -> None:
        """Look at the first record of a chain: it may be of a workstation in the vault of a registered PC.

        It must name that PC, its vault, site and authority. That nobody else made it up follows from the
        seals, which only persons whom that authority certified can make.
        """
        if record.kind != "device" or record.seq != 1 or record.content is None:
            return
        data, post = record.data, posts.post_of(record)
        if record.device in self.peers:
            self._vaults.setdefault(record.device, str(data.get("vault")))
        peer = self.peers.get(post)
        if peer is None or record.device in self.peers or record.device in self.lineage:
            return
        named = (data.get("vault"), data.get("site"), data.get("authority"))
        if named == (self._vaults.get(post), peer.site, peer.card.authority.text):
            self.stations[record.device] = post

    def _read_stations(self, store: AnyStore) -> None:
        """The workstations that are known by now; those of the own vault write its own chains."""
        with store.read() as tx:
            stations = posts.of_devices(tx)
            self._vaults = posts.vaults(tx)
        own = {device for device, post in stations.items() if post in self.lineage}
        self.lineage |= own
        self.stations = {device: post for device, post in stations.items() if device not in own}

    def _speaks_for(self, device: str) -> Peer | None:
        """The registered PC that a device is, or whose vault it works in."""
        return self.peers.get(device) or self.peers.get(self.stations.get(device, ""))

    def site_of(self, device: str) -> str | None:
        """The site of a device, also of a revoked one; None when it was never registered here."""
        if device in self.lineage:
            return self.site
        peer = self._speaks_for(device)
        return None if peer is None else peer.site

    def authority_of(self, device: str) -> VerifyKey | None:
        """The authority whose certificates count in that device's chain."""
        if device in self.lineage:
            return self.authority
        peer = self._speaks_for(device)
        return None if peer is None else peer.card.authority

    def authorities(self) -> frozenset[str]:
        """All of them in base64, for the taking in of records."""
        return frozenset({self.authority.text, *(peer.card.authority.text for peer in self.peers.values())})

    def name_of(self, device: str) -> str:
        """What people call a device; its id when it is not registered."""
        peer = self._speaks_for(device)
        return device if peer is None else peer.name


def _checked(row: PeerRow, study: str, known: Iterable[CertifiedKey]) -> Peer | None:
    """The PC of a peer record, unless nobody entitled signed it."""
    try:
        card = card_of({k: v for k, v in row.content.items() if k not in _NO_CARD})
    except InputRefused:
        return None
    label = row.content.get("label", "")
    if not isinstance(label, str) or not vouched(row, study, known):
        return None
    return Peer(card, row.state, row.at, label)


def _waiting(told: list[dict[str, Any]]) -> tuple[str, str] | None:
    """The centre that this PC has asked, by the newest record about joining; None when none is under way."""
    if not told or told[-1].get("state") not in ("asked", "tried"):
        return None
    return str(told[-1].get("centre", "")), str(told[-1].get("name", ""))
