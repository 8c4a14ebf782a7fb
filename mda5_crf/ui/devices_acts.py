"""What each act on PCs asks for, and how it is done: a table, no widgets. Every act is one of ``sync``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused
from mda5_crf.services.access import Action, role_name
from mda5_crf.sync import devices, inviting, revocation
from mda5_crf.sync.cards import MAX_CARD, read_card
from mda5_crf.sync.joinfiles import INVITATION_SUFFIX, MAX_REQUEST, REQUEST
from mda5_crf.sync.naming import safe
from mda5_crf.sync.pclist import EXCHANGES, INVITED, LISTED, REVOKED, Pc
from mda5_crf.sync.phrase import Half
from mda5_crf.sync.registry import Registry
from mda5_crf.text import Text, message
from mda5_crf.ui.act_panel import Act, Ask, Kind
from mda5_crf.ui.file_strip import documents
from mda5_crf.ui.join_files import read_small, short, write_small

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Typed = Mapping[str, str]
Second = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Aloud:
    """Words that are read to the other side: ``title`` is a code, ``about`` what is done with them."""

    title: str
    about: Text
    words: str
    numbers: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What an act said; what is read aloud then, or what is asked next."""

    said: Text
    aloud: Aloud | None = None
    then: Step | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked for, and what is done with it. ``do`` raises CrfError."""

    act: Act
    do: Callable[[Typed, Second], Done]


@dataclass(frozen=True, slots=True)
class DeviceAct:
    """``name`` of its title; the right it takes; at a centre, at a ward, or both; the states of lines that it
    is for (none: for no line).
    """

    name: str
    right: Action
    places: Collection[str]
    states: Collection[str]
    ask: Callable[[Session, Pc | None], Step]

    @property
    def title(self) -> Text:
        """What stands on its button."""
        return message(f"pcs.act_{self.name}")

    def possible(self, session: Session) -> bool:
        """Whether the person may do it at this PC."""
        return session.may(self.right) and (_CENTRE if session.is_centre else _WARD) in self.places


_CENTRE, _WARD = "centre", "ward"


def _own() -> Ask:
    return Ask("own", message("people.own_password"), Kind.SECRET)


def _reason() -> Ask:
    return Ask("reason", message("people.reason"), Kind.WORDS, wide=True)


def _second_why() -> Text:
    return message("pcs.second_why")


# -- inviting ----------------------------------------------------------------------------------------------


def _invite(session: Session, _pc: Pc | None) -> Step:
    # Who does not hold the key of the study's authority needs somebody beside him who does.
    holders = revocation.authority_names(session)
    alone = f"({session.person.login})" in holders
    second = None if alone else message("pcs.second_authority", names=holders)
    asks = (
        Ask("site", message("pcs.invite_site")),
        Ask("name", message("pcs.invite_name"), Kind.WORDS),
        Ask(
            "file", message("pcs.invite_where"), Kind.SAVE, str(documents()), wide=True,
            files=message("pcs.invitation_kinds"),
        ),
        _own(),
    )  # fmt: skip

    def do(typed: Typed, other: Second) -> Done:
        site, called = typed["site"].strip(), typed["name"].strip()
        file = Path(typed["file"].strip()).expanduser()
        if file.is_dir():
            number = "".join(c for c in site if c.isascii() and c.isdigit())[:2]
            file /= f"MDA5_invite_site_{number}_{safe(called, 'new', number)}{INVITATION_SUFFIX}"
        if file.exists():
            raise InputRefused("pcs.file_exists", file=short(file))
        offer, _ = inviting.invite(
            session, site, called, own_password=typed["own"], second=other if other[0] else None,
            write=lambda data: write_small(file, data),
        )  # fmt: skip
        until = offer.expires.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")
        return Done(message("pcs.invited", file=file.name, name=offer.name, site=offer.site, until=until))

    act = Act(
        message("pcs.act_invite"), message("pcs.invite_about", days=inviting.DAYS), asks, second=second,
        do=message("pcs.invite_do"),
    )  # fmt: skip
    return Step(act, do)


def _withdraw(session: Session, pc: Pc | None) -> Step:
    assert pc is not None
    assert pc.offer is not None
    offer = pc.offer

    def do(_typed: Typed, _second: Second) -> Done:
        inviting.withdraw(session, offer.nonce)
        return Done(message("pcs.withdrawn", name=offer.name))

    about = message("pcs.withdraw_about", name=offer.name, site=offer.site)
    return Step(Act(message("pcs.act_withdraw"), about, do=message("pcs.withdraw_do")), do)


# -- a request ---------------------------------------------------------------------------------------------


def _request(session: Session, _pc: Pc | None) -> Step:
    def do(typed: Typed, _second: Second) -> Done:
        return look_at_request(session, Path(typed["file"].strip().strip('"')).expanduser())

    kinds = message("pcs.request_kinds")
    asks = (Ask("file", message("pcs.request_from"), Kind.OPEN, wide=True, files=kinds),)
    act = Act(message("pcs.act_request"), message("pcs.request_about"), asks, do=message("ui.look"))
    return Step(act, do)


def look_at_request(session: Session, file: Path) -> Done:
    """What a request says, and what is asked for to approve it; of an approved one the words for the ward.

    Raises PermissionDenied, InputRefused.
    """
    data = read_small(file, MAX_REQUEST)
    asked = inviting.look(session, data)
    if asked.offer.state == "used":
        return Done(
            message("pcs.request_again"), _for_ward(inviting.words_for_ward(session, data), asked.name)
        )
    inviting.require_open(asked.offer)
    facts = {
        "name": asked.name, "site": asked.site, "founder": asked.founder, "login": asked.login,
        "role": role_name(asked.role), "made": asked.made.astimezone(session.zone).strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip
    about = message("pcs.approve_about", **facts)
    if asked.offer.tries:
        about = message("pcs.approve_tried", about=about, tried=asked.offer.words)
    asks = (
        Ask("heard", message("pcs.heard_from_ward"), wide=True),
        Ask("name", message("pcs.approve_name"), Kind.WORDS, asked.name),
        _own(),
    )

    def do(typed: Typed, other: Second) -> Done:
        done = inviting.approve(
            session, data, typed["heard"], own_password=typed["own"], second=other,
            name=typed["name"].strip(),
        )  # fmt: skip
        return Done(message("pcs.approved", name=done.peer.name), _for_ward(done.last, done.peer.name))

    act = Act(
        message("pcs.approve_title", name=asked.name, site=asked.site), about,
        asks, second=_second_why(), do=message("pcs.approve_do"),
    )  # fmt: skip
    return Done(message("pcs.request_read", name=asked.name), then=Step(act, do))


def _for_ward(half: Half, called: str) -> Aloud:
    return Aloud("pcs.read_to_ward", message("pcs.read_to_ward_about", name=called), half.words, half.digits)


# -- names, revocation -------------------------------------------------------------------------------------


def _rename(session: Session, pc: Pc | None) -> Step:
    assert pc is not None

    def do(typed: Typed, _second: Second) -> Done:
        peer = devices.rename(session, pc.device, typed["name"], own_password=typed["own"])
        return Done(message("pcs.renamed", before=pc.name, name=peer.name))

    asks = (Ask("name", message("pcs.new_name"), Kind.WORDS, pc.name), _own())
    act = Act(message("pcs.rename_title", name=pc.name), message("pcs.rename_about"), asks)
    return Step(act, do)


def _revoke(session: Session, pc: Pc | None) -> Step:
    assert pc is not None
    upto = session.vault.journal.vector().get(pc.device, 0)

    def do(typed: Typed, other: Second) -> Done:
        entry = revocation.revoke(
            session, pc.device, typed["reason"], own_password=typed["own"], second=other
        )
        return Done(message("pcs.revoked", name=pc.name, last=str(entry.last)))

    act = Act(
        message("pcs.revoke_title", name=pc.name), message("pcs.revoke_about", upto=str(upto)),
        (_reason(), _own()), second=_second_why(), do=message("pcs.revoke_do"),
    )  # fmt: skip
    return Step(act, do)


def _end(session: Session, pc: Pc | None) -> Step:
    """At a ward: for this vault alone."""
    assert pc is not None

    def do(typed: Typed, _second: Second) -> Done:
        devices.revoke(session, pc.device, typed["reason"], own_password=typed["own"])
        return Done(message("pcs.ended", name=pc.name))

    act = Act(
        message("pcs.end_title", name=pc.name), message("pcs.end_about"), (_reason(), _own()),
        do=message("pcs.end_do"),
    )  # fmt: skip
    return Step(act, do)


def _reinstate(session: Session, pc: Pc | None) -> Step:
    assert pc is not None

    def do(typed: Typed, other: Second) -> Done:
        revocation.reinstate(session, pc.device, typed["reason"], own_password=typed["own"], second=other)
        return Done(message("pcs.reinstated", name=pc.name))

    act = Act(
        message("pcs.reinstate_title", name=pc.name), message("pcs.reinstate_about"), (_reason(), _own()),
        second=_second_why(), do=message("pcs.reinstate_do"),
    )  # fmt: skip
    return Step(act, do)


# -- cards -------------------------------------------------------------------------------------------------


def _card(session: Session, _pc: Pc | None) -> Step:
    def do(typed: Typed, _second: Second) -> Done:
        file = Path(typed["file"].strip()).expanduser()
        card = devices.card(session)
        write_small(file, card)
        aloud = Aloud("pcs.read_card", message("pcs.read_card_about"), devices.fingerprint(card))
        return Done(message("pcs.card_written", file=file.name), aloud)

    name = f"MDA5_card_{safe(session.vault_name, session.device, session.site)}.mda5card"
    asks = (
        Ask(
            "file", message("pcs.card_where"), Kind.SAVE, str(documents() / name), wide=True,
            files=message("pcs.card_kinds"),
        ),
    )  # fmt: skip
    act = Act(message("pcs.act_card"), message("pcs.card_about"), asks, do=message("pcs.card_do"))
    return Step(act, do)


def _add(session: Session, _pc: Pc | None) -> Step:
    def do(typed: Typed, _second: Second) -> Done:
        return look_at_card(session, Path(typed["file"].strip().strip('"')).expanduser())

    kinds = message("pcs.card_kinds")
    asks = (Ask("file", message("pcs.card_from"), Kind.OPEN, wide=True, files=kinds),)
    act = Act(message("pcs.act_add"), message("pcs.add_about"), asks, do=message("ui.look"))
    return Step(act, do)


def look_at_card(session: Session, file: Path) -> Done:
    """What a card says, and what is asked for to register its PC. Raises PermissionDenied, InputRefused."""
    session.require(Action.DEVICES)
    data = read_small(file, MAX_CARD)
    card, wanted = read_card(data), devices.fingerprint(data)
    devices.fitting(session, Registry.read(session), card)  # before anybody reads eight words aloud

    def do(typed: Typed, _second: Second) -> Done:
        if _spoken(typed["heard"]) != wanted.split():
            raise InputRefused("pcs.card_differs")
        peer = devices.add_card(session, data, own_password=typed["own"])
        return Done(message("pcs.card_added", name=peer.name, site=peer.site))

    asks = (Ask("heard", message("pcs.card_heard"), wide=True), _own())
    facts = {"name": card.name, "site": card.site, "device": card.device}
    act = Act(
        message("pcs.add_title", name=card.name, site=card.site), message("pcs.add_check", **facts), asks,
        do=message("pcs.add_do"),
    )  # fmt: skip
    return Done(message("pcs.card_read", name=card.name), then=Step(act, do))


def _spoken(words: str) -> list[str]:
    return words.lower().replace("-", " ").replace(",", " ").split()


def look_at(session: Session, file: Path) -> Done:
    """A file that was dropped: a request or a card. Raises PermissionDenied, InputRefused."""
    if read_small(file, len(REQUEST.magic)).startswith(REQUEST.magic):
        return look_at_request(session, file)
    return look_at_card(session, file)


ACTS: Final = (
    DeviceAct("invite", Action.ADMIT_DEVICES, (_CENTRE,), (), _invite),
    DeviceAct("request", Action.ADMIT_DEVICES, (_CENTRE,), (), _request),
    DeviceAct("rename", Action.DEVICES, (_CENTRE, _WARD), (EXCHANGES,), _rename),
    DeviceAct("revoke", Action.ADMIT_DEVICES, (_CENTRE,), (EXCHANGES, REVOKED), _revoke),
    DeviceAct("end", Action.DEVICES, (_WARD,), (EXCHANGES,), _end),
    DeviceAct("reinstate", Action.ADMIT_DEVICES, (_CENTRE,), (LISTED,), _reinstate),
    DeviceAct("withdraw", Action.ADMIT_DEVICES, (_CENTRE,), (INVITED,), _withdraw),
    DeviceAct("card", Action.BUNDLE, (_CENTRE, _WARD), (), _card),
    DeviceAct("add", Action.DEVICES, (_CENTRE, _WARD), (), _add),
)
"""In the order of the buttons; the digit before each is its key."""
