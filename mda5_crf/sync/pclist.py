"""The PCs of the study as this vault knows them, in one list: who exchanges, who is invited, who was revoked.

What another PC knows of the study's list of revocations stands in its own chain, as far as that came here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.services.access import Action
from mda5_crf.services.session import CENTRE
from mda5_crf.sync import inviting, joining
from mda5_crf.sync.inviting import Offer
from mda5_crf.sync.ledger import Ledger, local_minutes, made_at
from mda5_crf.sync.registry import ARCHIVED, Peer, Registry
from mda5_crf.sync.revoked import Entry
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

OWN: Final = "own"
EXCHANGES: Final = "approved"
INVITED: Final = "invited"
REVOKED: Final = "revoked"
LISTED: Final = "listed"
ENDED: Final = "ended"
_ORDER: Final = (OWN, EXCHANGES, INVITED, ARCHIVED, REVOKED, LISTED, ENDED)


@dataclass(frozen=True, slots=True)
class Pc:
    """One line: a PC, or an invitation that nobody has used (then ``offer`` is set and ``device`` "").

    ``state``: OWN, EXCHANGES, INVITED, REVOKED (for this vault alone), LISTED (by the study's authority),
    ENDED (an invitation that is over), ARCHIVED (known from an archive alone). Times are local, "" for never;
    a number 0 is none. ``knows`` is the number of the newest list of revocations it is known to have,
    ``knows_of`` when that was made, ``behind`` whether this vault knows a newer one. ``entry`` is what the
    list says of a LISTED one.
    """

    name: str
    site: str
    state: str
    words: Text
    device: str = ""
    heard: str = ""
    taken: int = 0
    sent: str = ""
    made: int = 0
    knows: int = 0
    knows_of: str = ""
    behind: bool = False
    peer: Peer | None = None
    offer: Offer | None = None
    entry: Entry | None = None

    @property
    def key(self) -> str:
        """What names the line: the PC, or the invitation."""
        return self.device if self.offer is None else self.offer.nonce


def pcs(session: Session) -> tuple[Pc, ...]:
    """All of them: this PC first, then those that exchange, invitations, and what is over.

    Raises PermissionDenied.
    """
    session.require(Action.ADMIT_DEVICES if session.may(Action.ADMIT_DEVICES) else Action.BUNDLE)
    registry, book = Registry.read(session), Ledger.read(session)
    known = _known_lists(session)
    newest = registry.revocations
    latest = 0 if newest is None else newest.number

    def told(device: str) -> dict[str, Any]:
        number, made = known.get(device, (0, ""))
        return {"knows": number, "knows_of": made, "behind": 0 < number < latest}

    found = [_own(session, told(session.device))]
    for peer in registry.peers.values():
        found.append(_other(session, book, registry, peer, told(peer.device)))
    if session.site == CENTRE:
        found += [_invited(offer) for offer in inviting.offers(session) if offer.state != "used"]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.state), one.site, one.name, one.key)))


def _own(session: Session, told: Mapping[str, Any]) -> Pc:
    asked = joining.state(session) if session.site != CENTRE else None
    words = message("pcs.state_own")
    if asked is not None and asked.state != "joined":
        words = message("pcs.state_waiting" if asked.waits else "pcs.state_refused", name=asked.name)
    return Pc(session.vault_name, session.site, OWN, words, session.device, **told)


def _other(session: Session, book: Ledger, registry: Registry, peer: Peer, told: Mapping[str, Any]) -> Pc:
    taken, sent = book.taken(peer.device), book.sent(peer.device)
    state = EXCHANGES if peer.approved else LISTED if peer.device in registry.limits else peer.state
    return Pc(
        peer.name, peer.site, state, message(f"joining.pc_{state}"), peer.device,
        local_minutes(session, taken[-1].at) if taken else "", taken[-1].number if taken else 0,
        local_minutes(session, sent[-1].at) if sent else "", sent[-1].number if sent else 0,
        peer=peer, entry=None if registry.revocations is None else registry.revocations.entry(peer.device),
        **told,
    )  # fmt: skip


def _invited(offer: Offer) -> Pc:
    words = message("pcs.state_invited")
    if not offer.open or offer.tries:
        words = message("pcs.state_offer", state=offer.words)
    return Pc(offer.name, offer.site, INVITED if offer.open else ENDED, words, offer=offer)


def _known_lists(session: Session) -> dict[str, tuple[int, str]]:
    """Device → number and local time of the newest list that it made or heard of, by its own chain."""
    found: dict[str, tuple[int, str]] = {}
    for record in session.vault.journal.records(kinds=("revocation",), standing=True):
        number, made = _listed(record.data)
        if number > found.get(record.device, (0, ""))[0]:
            found[record.device] = (number, made_at(session, made))
    return found


def _listed(data: Mapping[str, Any]) -> tuple[int, str]:
    listed = data.get("list")
    return (int(listed["number"]), str(listed["made"])) if isinstance(listed, Mapping) else (0, "")
