"""``devices``: which other PCs this vault exchanges bundles with.

Two PCs register each other with a card (public keys only). Its fingerprint must be compared by voice:
whoever swaps the card on its way would otherwise read what is sent.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.jobs.written import Written
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_LARGEST_CARD = 64 * 1024


def run(options: argparse.Namespace) -> int:
    """List known PCs, write this PC's card, or take another PC's card."""
    if options.act != "list" and not options.file:
        raise UsageError("cli.card_file_needed")
    if options.act == "add" and not options.fingerprint:
        raise UsageError("cli.fingerprint_needed")
    with open_session(options) as session:
        if options.act == "list":
            _list(session, options)
        elif options.act == "card":
            _write(session, options)
        else:
            _add(session, options)
    return 0


def _list(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import devices

    known = devices.peers(session)
    if options.json:
        say_json(
            [
                {"device": d.device, "name": d.name, "site": d.site, "fingerprint": d.fingerprint}
                for d in known
            ]
        )
        return
    head = [message(f"cli.head_{n}").in_(options.language) for n in ("name", "site", "device", "fingerprint")]
    table(([d.name, d.site, d.device, d.fingerprint] for d in known), head)


def _write(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import devices

    with Written(Path(options.file)) as file:
        card = devices.card(session)
        file.write(card)
    words = devices.fingerprint(card)
    if options.json:
        say_json({"file": options.file, "device": session.device, "fingerprint": words})
    else:
        say(message("cli.card_written", file=options.file, fingerprint=words), options.language)


def _add(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync import devices

    try:
        with Path(options.file).open("rb") as file:
            card = file.read(_LARGEST_CARD)
    except OSError:
        raise InputRefused("cli.file_unreadable", file=options.file) from None
    if _heard(options.fingerprint) != _heard(devices.fingerprint(card)):
        raise InputRefused("cli.fingerprint_differs", file=options.file)
    added = devices.add_card(session, card, own_password=options.password)
    if options.json:
        say_json({"device": added.device, "name": added.name, "site": added.site})
    else:
        say(message("cli.card_added", name=added.name, site=added.site), options.language)


def _heard(words: str) -> list[str]:
    return words.lower().replace("-", " ").replace(",", " ").split()
