"""A ward's PC joins the study: it takes an invitation, makes its own vault and keys, and asks the centre.

Until both halves of the phrase were compared it knows no other PC, so nothing can leave it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.crypto import AUTHORITY, base64_text, file_hash, unbase64
from mda5_crf.db import clock as times
from mda5_crf.db.records import Draft
from mda5_crf.errors import DefinitionError, InputRefused, NewerDefinition
from mda5_crf.services import founding
from mda5_crf.services.access import Action
from mda5_crf.services.session import CENTRE, Session
from mda5_crf.study.load import load_source
from mda5_crf.sync.cards import Card, card_of
from mda5_crf.sync.devices import fitting, own_card, peer_draft
from mda5_crf.sync.inviting import DAYS, JOINS_AS, TRIES
from mda5_crf.sync.joinfiles import Invitation, Request, read_invitation
from mda5_crf.sync.phrase import Half, heard, phrase_of
from mda5_crf.sync.registry import APPROVED, Peer, Registry
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.study.model import Study


@dataclass(frozen=True, slots=True)
class Joining:
    """How far this PC has come. ``state``: asked, tried (``tries`` wrong words), refused, joined.

    ``request`` is the file for the centre, ``words`` what is to be done next.
    """

    state: str
    centre: str
    name: str
    expires: datetime
    tries: int
    request: bytes
    card: Card
    nonce: str
    invitation: str
    sha256: str

    @property
    def waits(self) -> bool:
        """Whether the four words of the centre are still to be typed."""
        return self.state in ("asked", "tried")

    @property
    def words(self) -> Text:
        """Its state for people."""
        return message(f"joining.state_{self.state}", name=self.name)


def looked_at(data: bytes, now: datetime) -> tuple[Invitation, Study]:
    """An invitation and the definition in it, before anything is made of them. Raises InputRefused.

    ``now`` is what the PC's clock says: an invitation ends after 14 days.
    """
    invitation = read_invitation(data)
    if now > times.read_at(invitation.expires):
        raise InputRefused("joining.invite_expired", days=DAYS)
    try:
        study = load_source(invitation.source)
    except NewerDefinition as error:
        raise InputRefused("study.language_newer", **error.params) from None
    except DefinitionError:
        raise InputRefused("joining.invite_definition") from None
    if (study.oid, study.hash) != (invitation.study, invitation.definition):
        raise InputRefused("joining.invite_definition")
    return invitation, study


def require_usable(data: bytes) -> None:
    """Raise InputRefused for a file that :func:`join` would refuse by this PC's clock."""
    looked_at(data, times.utc_now())


def join(
    folder: Path,
    data: bytes,
    *,
    login: str,
    person: str,
    role: str,
    password: str,
    clock: Callable[[], datetime] = times.utc_now,
) -> Session:
    """Make this PC's vault as an invitation says, and ask the centre; the session stays open.

    ``role`` is that of its first person: ``investigator`` (the principal investigator) or ``administrator``,
    who sets it up and admits the principal investigator next. Raises InputRefused, StoreError; then there is
    no vault, unless the disk filled up after it was made: :func:`ask` goes on with it.
    """
    invitation, study = looked_at(data, clock())
    if role not in JOINS_AS:
        raise InputRefused("joining.role")
    session = founding.found(
        folder, study, site=invitation.site, name=invitation.name, first=(login, person, role),
        password=password, demo=invitation.card.demo, clock=clock,
    )  # fmt: skip
    try:
        ask(session, data)
    except BaseException:
        session.close()  # whatever it was, an interrupt too: the vault is not left open
        raise
    return session


def ask(session: Session, data: bytes) -> Joining:
    """Answer an invitation with a vault that exists: after an interruption, or with a new invitation.

    The same invitation twice gives the same request. Raises PermissionDenied, InputRefused (other site or
    study, a centre, joined already, an invitation that ended), StoreError.
    """
    session.require(Action.JOIN)
    invitation, _ = looked_at(data, session.now())
    if session.site != invitation.site or session.site == CENTRE:
        raise InputRefused("joining.invite_site", site=invitation.site, own=session.site)
    registry, known = Registry.read(session), state(session)
    centre = next((peer for peer in registry.peers.values() if peer.site == CENTRE and peer.approved), None)
    if centre is not None:
        raise InputRefused("joining.joined_already", name=centre.name)
    if known is not None and known.nonce == invitation.nonce:
        if known.state == "refused":
            raise InputRefused("joining.refused", name=known.name)
        return known
    fitting(session, registry, invitation.card)
    founder = session.vault.certificate
    role = next((role for role in sorted(founder.all_roles) if role in JOINS_AS), "")
    if founder.by != AUTHORITY or founder.all_roles != {role}:
        raise InputRefused("joining.founder_only")
    made, _ = times.stamp(session.now(), session.vault.meta.zone)
    centre_card = invitation.card
    request = Request(
        own_card(session), centre_card.device, invitation.nonce, invitation.sha256, founder, role, made
    )
    file = request.written(session.vault.device_keys.sign, centre_card.box)
    content = {
        "state": "asked", "nonce": invitation.nonce, "centre": centre_card.device, "name": centre_card.name,
        "invitation": invitation.sha256, "request": base64_text(file), "card": centre_card.body(),
        "expires": invitation.expires,
    }  # fmt: skip
    session.append([Draft("joining", "", content)])
    return _now(session)


def state(session: Session) -> Joining | None:
    """How far this PC has come; None where it never asked."""
    found: Joining | None = None
    for record in session.vault.journal.records(kinds=("joining",), device=session.device):
        data = record.data
        if data.get("state") == "asked":
            found = _asked(data)
        elif found is not None and data.get("nonce") == found.nonce:
            found = _after(found, str(data["state"]))
    return found


def words_for_centre(session: Session) -> Half:
    """The four words that are read to the centre by telephone. Raises PermissionDenied, InputRefused."""
    session.require(Action.JOIN)
    known = _waiting(session)
    return phrase_of(known.invitation, known.sha256).first


def confirm(session: Session, said: str, *, own_password: str) -> Peer:
    """Believe the centre, when ``said`` are the last four words, which it read aloud.

    Wrong words are recorded; the third time this joining ends. Raises PermissionDenied, InputRefused,
    LoginRefused, StoreError.
    """
    session.require(Action.DEVICES)
    known = _waiting(session)
    typed, phrase = heard(said), phrase_of(known.invitation, known.sha256)
    if typed == phrase.first != phrase.last:
        raise InputRefused("joining.words_own")
    if typed != phrase.last:
        left = TRIES - known.tries - 1
        session.append([_told(known, "tried" if left else "refused")])
        if not left:
            raise InputRefused("joining.words_last", most=TRIES)
        raise InputRefused("joining.words_differ", left=left)
    fitting(session, Registry.read(session), known.card)
    peer = peer_draft(session, known.card, APPROVED, own_password=own_password)
    session.append([peer, _told(known, "joined")])
    return Registry.read(session).peers[known.centre]


# -- inside ----------------------------------------------------------------------------------------------


def _now(session: Session) -> Joining:
    found = state(session)
    if found is None:
        raise InputRefused("joining.not_asked")
    return found


def _waiting(session: Session) -> Joining:
    known = _now(session)
    if known.state == "joined":
        raise InputRefused("joining.joined_already", name=known.name)
    if known.state == "refused":
        raise InputRefused("joining.refused", name=known.name)
    return known


def _told(known: Joining, state: str) -> Draft:
    content = {"state": state, "nonce": known.nonce, "centre": known.centre, "name": known.name}
    return Draft("joining", "", content)


def _asked(data: dict[str, Any]) -> Joining:
    file = unbase64(str(data["request"]))
    return Joining(
        "asked", str(data["centre"]), str(data["name"]), times.read_at(str(data["expires"])), 0, file,
        card_of(dict(data["card"])), str(data["nonce"]), str(data["invitation"]), file_hash(file),
    )  # fmt: skip


def _after(known: Joining, state: str) -> Joining:
    return replace(known, state=state, tries=known.tries + (state in ("tried", "refused")))
