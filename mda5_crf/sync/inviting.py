"""Inviting a ward's PC, and approving it: the centre's side of a joining.

An invitation goes to the ward as a file; the ward's PC answers with a request. Both files together give a
phrase of eight words. The ward reads the first four aloud, by a telephone number that does not come from the
file, and two persons of the centre type them; only then are the last four shown, to be read back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import certificate_valid, random_id
from mda5_crf.db import accounts, clock
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.services.access import Action
from mda5_crf.services.session import CENTRE
from mda5_crf.sync import joinfiles
from mda5_crf.sync.devices import Second, fitting, own_card, peer_draft, require_two
from mda5_crf.sync.joinfiles import SITE, Invitation, Request
from mda5_crf.sync.names import require_name
from mda5_crf.sync.phrase import Half, heard, phrase_of
from mda5_crf.sync.registry import APPROVED, Peer, Registry
from mda5_crf.sync.revocation import authority_names
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

ADMIT: Final = Action.ADMIT_DEVICES
DAYS: Final = 14
"""How long an invitation may be answered."""
TRIES: Final = 3
"""Wrong words that end an invitation."""
OPEN: Final = frozenset({"made", "tried"})
JOINS_AS: Final = frozenset({"investigator", "administrator"})
"""What the first person of a ward's PC is: its principal investigator, or who sets it up for one."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as this centre made it, and what became of it.

    ``state``: made, tried (``tries`` wrong words so far), refused, withdrawn, used (by the PC ``device``).
    ``expired``: its days are over. ``words`` say the state to a person.
    """

    nonce: str
    site: str
    name: str
    made: datetime
    expires: datetime
    sha256: str
    state: str
    tries: int = 0
    device: str = ""
    request: str = ""
    expired: bool = False

    @property
    def waits(self) -> bool:
        """Whether nothing has ended it but, perhaps, its days."""
        return self.state in OPEN

    @property
    def open(self) -> bool:
        """Whether a request may still be approved."""
        return self.waits and not self.expired

    @property
    def words(self) -> Text:
        """Its state for people."""
        state = "expired" if self.expired and self.waits else self.state
        return message(f"joining.offer_{state}", tries=self.tries, most=TRIES)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says, before anybody believes it. ``founder`` and ``login`` are its first person's."""

    name: str
    site: str
    device: str
    founder: str
    login: str
    role: str
    made: datetime
    offer: Offer


@dataclass(frozen=True, slots=True)
class Approved:
    """A PC that was approved, and the four words that are now read to its people."""

    peer: Peer
    last: Half


def invite(
    session: Session,
    site: str,
    name: str,
    *,
    own_password: str,
    second: Second | None = None,
    write: Callable[[bytes], None] = lambda _: None,
) -> tuple[Offer, bytes]:
    """Make an invitation for one PC of a site, to be called ``name``; valid 14 days, once.

    The study's authority signs it: the person at the keyboard holds its key, or ``second`` does. ``write`` is
    given the file before the record is made. Raises PermissionDenied (rights; nobody here holds the key: it
    says who can), InputRefused (not the centre, site, name), LoginRefused, StoreError.
    """
    _require_centre(session)
    if not SITE.fullmatch(site) or not site.isascii() or site == CENTRE:
        raise InputRefused("joining.site_form", site=site)
    registry = Registry.read(session)
    known = [session.vault_name, *(peer.name for peer in registry.peers.values() if peer.approved)]
    name = require_name(name, [*known, *(offer.name for offer in offers(session) if offer.open)])
    study, vault, now = session.definition, session.vault, session.now()
    made, _ = clock.stamp(now, vault.meta.zone)
    expires, _ = clock.stamp(now + timedelta(days=DAYS), vault.meta.zone)
    card = replace(own_card(session), definition=study.hash)
    invitation = Invitation(
        vault.meta.study, study.hash, study.version, site, name, random_id(), made, expires, card,
        study.source,
    )  # fmt: skip

    def sign(context: str, data: bytes) -> bytes:
        signature = vault.authority_signs(context, data, own_password, second)
        if signature is None:
            raise PermissionDenied("joining.no_authority", names=authority_names(session))
        return signature

    data = invitation.written(sign)
    sha256 = joinfiles.read_invitation(data).sha256  # what is given away must be readable
    write(data)
    content = {
        "state": "made", "nonce": invitation.nonce, "site": site, "name": name, "made": made,
        "expires": expires, "sha256": sha256, "definition": study.hash,
    }  # fmt: skip
    session.append([Draft("invitation", "", content)])
    return _offer_named(session, invitation.nonce), data


def offers(session: Session) -> tuple[Offer, ...]:
    """The invitations that this PC made, newest first. Raises PermissionDenied."""
    session.require(Action.BUNDLE if not session.may(Action.ADMIT_DEVICES) else Action.ADMIT_DEVICES)
    found: dict[str, Offer] = {}
    for record in session.vault.journal.records(kinds=("invitation",), device=session.device):
        data = record.data
        nonce, state = str(data.get("nonce")), str(data.get("state"))
        if state == "made" and nonce not in found:
            found[nonce] = _made(data, session.now())
        elif nonce in found and found[nonce].state in OPEN:
            found[nonce] = _after(found[nonce], state, data)
    return tuple(sorted(found.values(), key=lambda offer: offer.made, reverse=True))


def withdraw(session: Session, nonce: str) -> Offer:
    """Let nobody join by an invitation any more; its id or the beginning of it. Raises InputRefused."""
    _require_centre(session)
    found = [offer for offer in offers(session) if nonce and offer.nonce.startswith(nonce.lower())]
    if len(found) != 1:
        raise InputRefused("joining.offer_unknown")
    if not found[0].open:
        raise InputRefused("joining.offer_over", name=found[0].name, state=found[0].words)
    session.append([_told(found[0], "withdrawn")])
    return _offer_named(session, found[0].nonce)


def look(session: Session, data: bytes) -> Asked:
    """What a request says, for who is about to approve it. Nothing is written. Raises InputRefused."""
    _require_centre(session)
    request, offer = _read(session, data)
    return Asked(
        request.card.name, request.card.site, request.card.device, request.founder.name,
        request.founder.login, request.role, clock.read_at(request.made), offer,
    )  # fmt: skip


def approve(
    session: Session, data: bytes, said: str, *, own_password: str, second: Second | None, name: str = ""
) -> Approved:
    """Register the PC of a request, when ``said`` are the first four words of its phrase.

    Two persons of the centre do it together. ``name`` is what the PC is called here, where its own name is
    taken. Wrong words are recorded; the third time ends the invitation. Raises PermissionDenied, InputRefused
    (see :func:`look`; words), LoginRefused, StoreError.
    """
    second = require_two(session, second)
    request, offer = _read(session, data)
    if offer.state == "used":
        raise InputRefused("joining.request_approved", name=offer.name)
    require_open(offer)
    registry = Registry.read(session)
    if request.card.device in registry.peers:
        raise InputRefused("joining.request_known", name=registry.name_of(request.card.device))
    fitting(session, registry, request.card)
    others = [session.vault_name, *(peer.name for peer in registry.peers.values() if peer.approved)]
    label = require_name(name or request.card.name, others)
    typed, phrase = heard(said), phrase_of(offer.sha256, request.sha256)
    if typed != phrase.first:
        _count_wrong(session, offer)
    peer = peer_draft(
        session, request.card, APPROVED, own_password=own_password, second=second,
        label=label if label != request.card.name else "",
    )  # fmt: skip
    used = _told(offer, "used", device=request.card.device, request=request.sha256)
    session.append([peer, used])
    return Approved(Registry.read(session).peers[request.card.device], phrase.last)


def words_for_ward(session: Session, data: bytes) -> Half:
    """The four words that are read to the ward, again; only once its request was approved.

    Raises PermissionDenied, InputRefused.
    """
    _require_centre(session)
    request, offer = _read(session, data)
    if offer.state != "used":
        raise InputRefused("joining.words_not_yet")
    Registry.read(session).approved(request.card.device)
    return phrase_of(offer.sha256, request.sha256).last


# -- inside ----------------------------------------------------------------------------------------------


def _require_centre(session: Session) -> None:
    session.require(Action.ADMIT_DEVICES)
    if session.site != CENTRE:
        raise InputRefused("joining.centre_only")


def _read(session: Session, data: bytes) -> tuple[Request, Offer]:
    """The request and the invitation it answers, when everything in it fits. Raises InputRefused."""
    request = joinfiles.read_request(data, session.device, session.vault.device_keys.box)
    offer = next((one for one in offers(session) if one.nonce == request.nonce), None)
    if offer is None or request.invitation != offer.sha256:
        raise InputRefused("joining.request_uninvited")
    if offer.state == "used" and offer.request != request.sha256:
        # Somebody else answered this invitation before, or the same PC wrote two answers.
        raise InputRefused("joining.invite_used", name=Registry.read(session).name_of(offer.device))
    card, founder = request.card, request.founder
    if card.site != offer.site:
        raise InputRefused("joining.request_site", site=card.site, wanted=offer.site)
    lawful = (
        certificate_valid(founder, card.authority, (), 0)
        and (founder.study, founder.site) == (card.study, card.site)
        and founder.all_roles == {request.role}
        and request.role in JOINS_AS
    )
    try:
        accounts.check_name(founder.name)
    except InputRefused:
        lawful = False
    if not lawful or card.study != session.vault.meta.study:
        raise InputRefused("joining.request_founder")
    return request, offer


def require_open(offer: Offer) -> None:
    """Raise InputRefused for an invitation by which nobody joins any more."""
    if offer.state == "refused":
        raise InputRefused("joining.request_refused", name=offer.name)
    if offer.state == "withdrawn":
        raise InputRefused("joining.invite_withdrawn", name=offer.name)
    if offer.expired:
        raise InputRefused("joining.invite_expired", days=DAYS)


def _count_wrong(session: Session, offer: Offer) -> None:
    """Record wrong words. Always raises InputRefused."""
    left = TRIES - offer.tries - 1
    session.append([_told(offer, "tried" if left else "refused")])
    if not left:
        raise InputRefused("joining.words_last", most=TRIES)
    raise InputRefused("joining.words_differ", left=left)


def _told(offer: Offer, state: str, **more: str) -> Draft:
    return Draft("invitation", "", {"state": state, "nonce": offer.nonce, "name": offer.name, **more})


def _made(data: dict[str, Any], now: datetime) -> Offer:
    expires = clock.read_at(str(data["expires"]))
    return Offer(
        str(data["nonce"]), str(data["site"]), str(data["name"]), clock.read_at(str(data["made"])), expires,
        str(data["sha256"]), "made", expired=now > expires,
    )  # fmt: skip


def _after(offer: Offer, state: str, data: dict[str, Any]) -> Offer:
    tries = offer.tries + (state in ("tried", "refused"))
    return replace(
        offer, state=state, tries=tries, device=str(data.get("device", "")),
        request=str(data.get("request", "")),
    )  # fmt: skip


def _offer_named(session: Session, nonce: str) -> Offer:
    return next(offer for offer in offers(session) if offer.nonce == nonce)
