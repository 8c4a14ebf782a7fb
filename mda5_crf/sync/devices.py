"""Registering other PCs: two vaults exchange cards and then bundles. What they are called here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.crypto import base64_text
from mda5_crf.db import consents, read
from mda5_crf.db.records import Draft
from mda5_crf.db.views import PersonRow
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.services.access import Action, can
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.cards import Card, read_card, words_of
from mda5_crf.sync.names import require_name
from mda5_crf.sync.registry import APPROVED, REVOKED, Peer, Registry, signed_part

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Second = tuple[str, str]
"""Log-in and password of the second person of an act."""


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
    """The PCs this vault exchanges bundles with: the centre first, then by name."""
    return tuple(peer for peer in every_peer(session) if peer.approved)


def every_peer(session: Session) -> tuple[Peer, ...]:
    """The same with those that were revoked, here or by the centre."""
    session.require(Action.BUNDLE)
    found = Registry.read(session).peers.values()
    return tuple(sorted(found, key=lambda peer: (peer.site != CENTRE, peer.name, peer.device)))


def add_card(session: Session, card: bytes, *, own_password: str) -> Peer:
    """Register the PC of a card whose fingerprint was compared by voice. Twice is once.

    ``own_password`` opens the sign key of the person at the keyboard, who answers for it. Raises
    PermissionDenied, LoginRefused, and InputRefused: no card, other study, own card, keys that anybody
    could use, a ward of another site, another PC under a known id, one that the centre revoked.
    """
    session.require(Action.DEVICES)
    theirs, registry = read_card(card), Registry.read(session)
    known = fitting(session, registry, theirs)
    if known is not None and known.approved and known.card == theirs:
        return known
    session.append([peer_draft(session, theirs, APPROVED, own_password=own_password)])
    return Registry.read(session).peers[theirs.device]


def fitting(session: Session, registry: Registry, theirs: Card) -> Peer | None:
    """Whether a PC with this card may be registered here; what is known of it already.

    Raises InputRefused, see :func:`add_card`.
    """
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
    if known is not None and (known.card.sign, known.card.authority, known.site) != (
        theirs.sign, theirs.authority, theirs.site,
    ):  # fmt: skip
        raise InputRefused("sync.card_changed", name=known.name)
    if theirs.device in registry.limits:
        raise InputRefused("joining.peer_revoked", name=registry.name_of(theirs.device))
    return known


def revoke(session: Session, device: str, reason: str, *, own_password: str) -> Peer:
    """Exchange nothing more with a PC, for this vault alone; what it sent stays.

    Raises PermissionDenied, LoginRefused, InputRefused.
    """
    session.require(Action.DEVICES)
    if not reason.strip():
        raise InputRefused("sync.reason_needed")
    peer = Registry.read(session).approved(device)
    draft = peer_draft(
        session, peer.card, REVOKED, own_password=own_password, reason=reason.strip(), label=peer.label
    )
    session.append([draft])
    return Registry.read(session).peers[device]


def rename(session: Session, device: str, name: str, *, own_password: str) -> Peer:
    """Call another PC by another name in this vault; nothing is told to that PC.

    Raises PermissionDenied, LoginRefused, InputRefused: not registered, a name that cannot be read or that
    is too much like another one's.
    """
    session.require(Action.DEVICES)
    registry = Registry.read(session)
    peer = registry.approved(device)
    others = [one.name for one in registry.peers.values() if one.device != device]
    label = require_name(name, [session.vault_name, *others])
    if label == peer.name:
        return peer
    draft = peer_draft(session, peer.card, APPROVED, own_password=own_password, label=label)
    session.append([draft])
    return Registry.read(session).peers[device]


def peer_draft(
    session: Session,
    card: Card,
    state: str,
    *,
    own_password: str,
    reason: str = "",
    label: str = "",
    second: Second | None = None,
) -> Draft:
    """A ``peer`` record signed by the person at the keyboard, and by a ``second`` one where given.

    Raises LoginRefused, PermissionDenied (the two may not do this together), StoreError.
    """
    content = {**card.body(), "state": state}
    content |= {name: said for name, said in (("reason", reason), ("label", label)) if said}
    signed = signed_part(session.vault.meta.study, session.device, content)
    content["sig"] = base64_text(session.vault.sign("approve", signed, own_password))
    draft = Draft("peer", "", content)
    return draft if second is None else seconded(session, draft, second)


def seconded(session: Session, draft: Draft, second: Second) -> Draft:
    """``draft`` with the signature of a second person who may do it with the one at the keyboard.

    Raises InputRefused, LoginRefused, PermissionDenied, StoreError.
    """
    vault = session.vault
    about = consents.signed_part(
        vault.meta.vault, vault.meta.study, draft.kind, draft.key, session.person.id, draft.content
    )
    roles = next((one.roles for one in colleagues(session) if one.login == second[0]), ())
    person, signature = vault.second_signs(second, consents.CONTEXT, about)
    if not consents.entitled(draft.kind, frozenset(session.person.roles), frozenset(roles)):
        raise PermissionDenied("joining.pair")
    return Draft(draft.kind, draft.key, {**draft.content, consents.SECOND: consents.part(person, signature)})


def require_two(session: Session, second: Second | None) -> Second:
    """The second person of an act of the centre. Raises PermissionDenied, InputRefused: nobody is named."""
    session.require(Action.ADMIT_DEVICES)
    if session.site != CENTRE:
        raise InputRefused("joining.centre_only")
    if second is None or not second[0]:
        able = [
            one for one in colleagues(session) if _may_second(one.roles) and one.person != session.person.id
        ]
        names = ", ".join(f"{one.name} ({one.login})" for one in able)
        raise InputRefused("joining.second_needed" if names else "joining.second_nobody", names=names)
    return second


def colleagues(session: Session) -> tuple[PersonRow, ...]:
    """The active persons of this vault; the same log-in may stand for somebody else at another PC."""
    vault = session.vault
    return tuple(one for one in read.persons(vault.store) if one.active and one.vault == vault.meta.vault)


def _may_second(roles: tuple[str, ...]) -> bool:
    return can(roles, Action.ADMIT_DEVICES) or can(roles, Action.DEVICES)
