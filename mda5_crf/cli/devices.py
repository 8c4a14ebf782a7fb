"""``devices``: the PCs that join the study and exchange bundles; what they are called; who was revoked.

A PC joins by invitation: each side reads half of a phrase to the other. Two PCs of one ward, and vaults
from before there were invitations, register each other with a card, whose fingerprint is read aloud.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.cli.joining import half_json, read_bounded, spoken, there
from mda5_crf.cli.login import open_session, second_password_of
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.jobs.written import Written, write
from mda5_crf.services import loginclash
from mda5_crf.services.session import CENTRE
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.sync.registry import Peer

_LARGEST_CARD = 64 * 1024
_Act = Callable[["Session", argparse.Namespace], None]


def run(options: argparse.Namespace) -> int:
    """One act on other PCs."""
    needed = _WORDS.get(options.act, 0)
    if options.act in ("card", "add") and not options.words:
        raise UsageError("cli.card_file_needed")
    if len(options.words) < needed or len(options.words) > max(needed, _MOST.get(options.act, 0)):
        raise UsageError(f"joining.cli_usage_{options.act}")
    if options.act == "add" and not options.fingerprint:
        raise UsageError("cli.fingerprint_needed")
    if options.act in ("approve", "confirm") and not options.heard:
        raise UsageError("joining.cli_heard_needed")
    with open_session(options) as session:
        _ACTS[options.act](session, options)
    return 0


def _list(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import devices, joining, revocation

    known, language = devices.every_peer(session), options.language
    limits = {one.device for one in revocation.revoked(session) if not one.person}

    def state(peer: Peer) -> str:
        return "listed" if peer.device in limits else peer.state

    if options.json:
        say_json([
            {
                "device": d.device, "name": d.name, "site": d.site, "fingerprint": d.fingerprint,
                "state": state(d), "card_name": d.card.name,
            }
            for d in known
        ])  # fmt: skip
        return
    heads = ("site", "device", "state", "fingerprint")
    words = {"approved": "pc_approved", "revoked": "pc_revoked", "listed": "pc_listed"}
    rows = [
        [d.name, d.site, d.device, message(f"joining.{words[state(d)]}").in_(language), d.fingerprint]
        for d in known
    ]
    if rows:
        head = message("joining.head_pc").in_(language)
        table(rows, [head, *(message(f"cli.head_{n}").in_(language) for n in heads)])
    else:
        say(message("joining.cli_nobody"), language)
    for clash in sorted(loginclash.standing(session), key=lambda one: one.login):
        say(clash.words, language)
    asked = joining.state(session)
    if asked is not None and asked.state != "joined":
        say(message("joining.cli_joining", state=asked.words), language)
    _say_age(session, options)


def _say_age(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import revocation

    heard = revocation.heard(session)
    if heard.made is not None:
        facts = {"number": heard.number, "made": there(session, heard.made)}
        say(message("joining.cli_list", **facts), options.language)
    if heard.days is not None:
        today = "_today" if heard.days == 0 else ""
        say(message(f"joining.cli_heard{today}", days=heard.days), options.language)
    if heard.words is not None:
        say(heard.words, options.language)


def _revocations(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import revocation

    entries, heard = revocation.revoked(session), revocation.heard(session)
    if options.json:
        say_json({
            "number": heard.number, "made": None if heard.made is None else heard.made.isoformat(),
            "heard": None if heard.at is None else heard.at.isoformat(), "days": heard.days,
            "this_pc": heard.own is not None, "entries": [entry.body() for entry in entries],
        })  # fmt: skip
        return
    if entries:
        names = ("joining.head_pc", "cli.head_site", "cli.head_device", "joining.head_last",
                 "joining.head_person", "joining.head_reason")  # fmt: skip
        heads = [message(name).in_(options.language) for name in names]
        rows = ([e.name, e.site, e.device, str(e.last), e.person[:8], e.reason] for e in entries)
        table(rows, heads)
    else:
        say(message("joining.cli_none_revoked"), options.language)
    _say_age(session, options)


# -- joining, at the centre ------------------------------------------------------------------------------


def _requests(session: Session, options: argparse.Namespace) -> None:
    """At the centre: the invitations, or what a request says. At a ward: how far joining has come."""
    if session.site != CENTRE:
        _own_request(session, options)
    elif options.words:
        _look(session, options)
    else:
        _offers(session, options)


def _offers(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import inviting

    found, language = inviting.offers(session), options.language
    if options.json:
        say_json([
            {
                "id": o.nonce, "site": o.site, "name": o.name, "made": o.made.isoformat(),
                "until": o.expires.isoformat(), "state": "expired" if o.expired and o.waits else o.state,
                "wrong_words": o.tries, "device": o.device or None,
            }
            for o in found
        ])  # fmt: skip
        return
    if not found:
        say(message("joining.cli_no_offers"), language)
        return
    heads = [message("joining.head_id"), message("cli.head_site"), message("joining.head_pc"),
             message("joining.head_until"), message("cli.head_state")]  # fmt: skip
    table(
        (
            [o.nonce[:8], o.site, o.name, there(session, o.expires).in_(language), o.words.in_(language)]
            for o in found
        ),
        [head.in_(language) for head in heads],
    )


def _look(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.services.access import role_name
    from mda5_crf.sync import inviting

    asked = inviting.look(session, _request_file(options))
    if options.json:
        say_json({
            "name": asked.name, "site": asked.site, "device": asked.device, "person": asked.founder,
            "login": asked.login, "role": asked.role, "made": asked.made.isoformat(),
            "invitation": asked.offer.nonce, "state": asked.offer.state,
        })  # fmt: skip
        return
    facts = {
        "name": asked.name, "site": asked.site, "device": asked.device, "founder": asked.founder,
        "login": asked.login, "role": role_name(asked.role), "made": there(session, asked.made),
    }  # fmt: skip
    say(message("joining.cli_request", **facts), options.language)
    say(message("joining.cli_request_state", state=asked.offer.words), options.language)
    if asked.offer.open:
        places = {"vault": options.vault, "file": options.words[0]}
        say(message("joining.cli_request_next", **places), options.language)


def _approve(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import devices, inviting

    data = _request_file(options)
    devices.require_two(session, (options.second or "", ""))
    done = inviting.approve(
        session, data, options.heard, own_password=options.password,
        second=(options.second, second_password_of(options)), name=options.name or "",
    )  # fmt: skip
    if options.json:
        facts = {"device": done.peer.device, "name": done.peer.name, "site": done.peer.site}
        say_json({**facts, **half_json("read", done.last)})
        return
    say(message("joining.cli_approved", name=done.peer.name, site=done.peer.site), options.language)
    say(spoken(done.last), options.language)


def _withdraw(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import inviting

    offer = inviting.withdraw(session, options.words[0])
    if options.json:
        say_json({"id": offer.nonce, "state": offer.state})
    else:
        say(message("joining.cli_withdrawn", name=offer.name, site=offer.site), options.language)


# -- joining, at the ward --------------------------------------------------------------------------------


def _own_request(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import joining

    known = joining.state(session)
    if known is None:
        raise InputRefused("joining.not_asked")
    if options.output:
        write(Path(options.output), known.request)
    if options.json:
        say_json({
            "state": known.state, "centre": known.name, "until": known.expires.isoformat(),
            "wrong_words": known.tries, "request": options.output,
        })  # fmt: skip
        return
    say(message("joining.cli_joining", state=known.words), options.language)
    if options.output:
        say(message("joining.cli_request_written", file=options.output), options.language)


def _phrase(session: Session, options: argparse.Namespace) -> None:
    """The half that this side reads aloud; the other half is shown to nobody here."""
    from mda5_crf.sync import inviting, joining

    if session.site == CENTRE:
        if not options.words:
            raise UsageError("joining.cli_usage_approve")
        half, code = inviting.words_for_ward(session, _request_file(options)), "cli_read_ward"
    else:
        half, code = joining.words_for_centre(session), "cli_call"
    if options.json:
        say_json(half_json("read", half))
        return
    say(message(f"joining.{code}"), options.language)
    say(spoken(half), options.language)


def _confirm(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import joining

    peer = joining.confirm(session, options.heard, own_password=options.password)
    if options.json:
        say_json({"device": peer.device, "name": peer.name, "site": peer.site})
    else:
        say(message("joining.cli_confirmed", name=peer.name, vault=options.vault), options.language)


# -- names, revocation -----------------------------------------------------------------------------------


def _named(session: Session, word: str) -> Peer:
    """A registered PC by name or id, a revoked one too. Raises InputRefused."""
    from mda5_crf.sync import devices

    known = devices.every_peer(session)
    found = [peer for peer in known if word in (peer.device, peer.name)]
    if len(found) != 1:
        if word in (session.vault_name, session.device):
            raise InputRefused("joining.name_own", name=session.vault_name)
        names = ", ".join(f"{peer.name} ({peer.device})" for peer in known)
        raise InputRefused("cli.unknown_peer", name=word, known=names or "-")
    return found[0]


def _rename(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import devices

    before = _named(session, options.words[0])
    peer = devices.rename(session, before.device, options.words[1], own_password=options.password)
    if options.json:
        say_json({"device": peer.device, "name": peer.name, "card_name": peer.card.name})
    else:
        say(message("joining.cli_renamed", before=before.name, name=peer.name), options.language)


def _revoke(session: Session, options: argparse.Namespace) -> None:
    """At the centre for the whole study, at a ward for this vault alone."""
    from mda5_crf.sync import devices, revocation

    peer = _named(session, options.words[0])
    if session.site != CENTRE:
        devices.revoke(session, peer.device, options.reason or "", own_password=options.password)
        last = None
    else:
        devices.require_two(session, (options.second or "", ""))
        entry = revocation.revoke(
            session, peer.device, options.reason or "", own_password=options.password,
            second=(options.second, second_password_of(options)), last=options.last,
            person=_person(session, peer, options.person),
        )  # fmt: skip
        last = entry.last
    if options.json:
        say_json({"device": peer.device, "name": peer.name, "last": last, "study": session.site == CENTRE})
    elif last is None:
        say(message("joining.cli_revoked_here", name=peer.name), options.language)
    else:
        say(message("joining.cli_revoked", name=peer.name, last=str(last)), options.language)


def _reinstate(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import devices, revocation

    peer = _named(session, options.words[0])
    devices.require_two(session, (options.second or "", ""))
    number = revocation.reinstate(
        session, peer.device, options.reason or "", own_password=options.password,
        second=(options.second, second_password_of(options)), person=_person(session, peer, options.person),
    )  # fmt: skip
    if options.json:
        say_json({"device": peer.device, "name": peer.name, "number": number})
    else:
        say(message("joining.cli_reinstated", name=peer.name), options.language)


def _person(session: Session, peer: Peer, login: str | None) -> str:
    from mda5_crf.sync import revocation

    return revocation.person_at(session, peer.device, login) if login else ""


# -- cards -----------------------------------------------------------------------------------------------


def _write(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import devices

    (target,) = options.words
    with Written(Path(target)) as file:
        card = devices.card(session)
        file.write(card)
    words = devices.fingerprint(card)
    if options.json:
        say_json({"file": target, "device": session.device, "fingerprint": words})
    else:
        say(message("cli.card_written", file=target, fingerprint=words), options.language)


def _add(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import devices

    (source,) = options.words
    card = read_bounded(source, _LARGEST_CARD)
    if _heard(options.fingerprint) != _heard(devices.fingerprint(card)):
        raise InputRefused("cli.fingerprint_differs", file=source)
    added = devices.add_card(session, card, own_password=options.password)
    if options.json:
        say_json({"device": added.device, "name": added.name, "site": added.site})
    else:
        say(message("cli.card_added", name=added.name, site=added.site), options.language)


def _heard(words: str) -> list[str]:
    return words.lower().replace("-", " ").replace(",", " ").split()


def _request_file(options: argparse.Namespace) -> bytes:
    from mda5_crf.sync.joinfiles import MAX_REQUEST

    return read_bounded(options.words[0], MAX_REQUEST)


_ACTS: Final[dict[str, _Act]] = {
    "list": _list, "requests": _requests, "approve": _approve, "confirm": _confirm, "phrase": _phrase,
    "withdraw": _withdraw, "rename": _rename, "revoke": _revoke, "reinstate": _reinstate,
    "revocations": _revocations, "card": _write, "add": _add,
}  # fmt: skip
# How many words an act needs, and how many it may have.
_WORDS: Final = {"approve": 1, "withdraw": 1, "rename": 2, "revoke": 1, "reinstate": 1, "card": 1, "add": 1}
_MOST: Final = {"requests": 1, "phrase": 1}
