"""Registering other PCs: two vaults exchange cards and then bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.crypto import base64_text
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused
from mda5_crf.services.access import Action
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.cards import Card, read_card, words_of
from mda5_crf.sync.registry import APPROVED, REVOKED, Peer, Registry, signed_part

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def card(session: Session) -> bytes:
    """The card of this PC: a small file without secrets, for the other side. Raises PermissionDenied."""
    session.require(Action.BUNDLE)
    return own_card(session).signed(session.vault.device_keys.sign)


def own_card(session: Session) -> Card:
    """The card of this PC, unsigned."""
    vault = session.vault
    return Card(
        vault.meta.study, session.device, session.vault_name, session.site, vault.device_keys.sign.public,
        vault.device_keys.box.public, vault.register().authority, session.study.hash, session.demo,
    )  # fmt: skip


def fingerprint(card: bytes) -> str:
    """Eight words to be read aloud by the side that made the card. Raises InputRefused."""
    return words_of(read_card(card).digest())


def peers(session: Session) -> tuple[Peer, ...]:
    """The PCs this vault exchanges bundles with, by name."""
    session.require(Action.BUNDLE)
    found = [peer for peer in Registry.read(session).peers.values() if peer.approved]
    return tuple(sorted(found, key=lambda peer: (peer.name, peer.device)))


def add_card(session: Session, card: bytes, *, own_password: str) -> Peer:
    """Register the PC of a card whose fingerprint was compared by voice. Twice is once.

    ``own_password`` opens the sign key of the person at the keyboard, who answers for it. Raises
    PermissionDenied, LoginRefused, and InputRefused: no card, other study, own card, keys that anybody
    could use, a ward of another site, another PC under a known id.
    """
    session.require(Action.DEVICES)
    theirs, registry = read_card(card), Registry.read(session)
    own = own_card(session)
    if theirs.study != own.study:
        raise InputRefused("sync.card_other_study", study=theirs.study)
    if theirs.demo != own.demo:
        raise InputRefused("sync.card_demo")
    if theirs.device == own.device or own.sign in (theirs.sign, theirs.authority) or theirs.box == own.box:
        raise InputRefused("sync.card_own")
    if theirs.authority == own.authority:
        raise InputRefused("sync.card_own")
    if theirs.site != own.site and CENTRE not in (theirs.site, own.site):
        raise InputRefused("sync.card_other_site", site=theirs.site, own=own.site)
    known = registry.peers.get(theirs.device)
    if known is not None:
        same_keys = (known.card.sign, known.card.authority, known.site) == (
            theirs.sign, theirs.authority, theirs.site,
        )  # fmt: skip
        if not same_keys:
            raise InputRefused("sync.card_changed", name=known.name)
        if known.approved and known.card == theirs:
            return known
    _record(session, theirs, APPROVED, "", own_password)
    return Registry.read(session).peers[theirs.device]


def revoke(session: Session, device: str, reason: str, *, own_password: str) -> Peer:
    """Exchange nothing more with a PC; what it sent stays.

    Raises PermissionDenied, LoginRefused, InputRefused.
    """
    session.require(Action.DEVICES)
    if not reason.strip():
        raise InputRefused("sync.reason_needed")
    peer = Registry.read(session).approved(device)
    _record(session, peer.card, REVOKED, reason.strip(), own_password)
    return Registry.read(session).peers[device]


def _record(session: Session, card: Card, state: str, reason: str, password: str) -> None:
    content = {**card.body(), "state": state}
    if reason:
        content["reason"] = reason
    signed = signed_part(session.vault.meta.study, session.device, content)
    content["sig"] = base64_text(session.vault.sign("approve", signed, password))
    session.append([Draft("peer", "", content)])
