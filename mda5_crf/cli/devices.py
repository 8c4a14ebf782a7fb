"""``devices``: which other PCs this vault exchanges bundles with.

Two PCs register each other with a card (public keys only). Its fingerprint must be compared by voice:
whoever swaps the card on its way would otherwise read what is sent.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.cli.pdfs import write_file
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import message


def run(options: argparse.Namespace) -> int:
    """List known PCs, write this PC's card, or take another PC's card."""
    from mda5_crf.sync import devices

    with open_session(options) as session:
        if options.act == "list":
            known = devices.peers(session)
            if options.json:
                say_json([{"device": d.device, "name": d.name, "site": d.site, "fingerprint": d.fingerprint} for d in known])
            else:
                head = [message(f"cli.head_{n}").in_(options.language) for n in ("name", "site", "device", "fingerprint")]
                table(([d.name, d.site, d.device, d.fingerprint] for d in known), head)
            return 0
        if not options.file:
            raise UsageError("cli.card_file_needed")
        if options.act == "card":
            card = devices.card(session)
            write_file(Path(options.file), card)
            say(message("cli.card_written", file=options.file, fingerprint=devices.fingerprint(card)), options.language)
            return 0
        try:
            card = Path(options.file).read_bytes()
        except OSError as problem:
            raise InputRefused("cli.file_unreadable", file=options.file) from problem
        heard = (options.fingerprint or "").replace("-", " ").split()
        if heard != devices.fingerprint(card).replace("-", " ").split():
            raise InputRefused("cli.fingerprint_differs", file=options.file)
        added = devices.add_card(session, card, own_password=options.password)
        say(message("cli.card_added", name=added.name, site=added.site), options.language)
    return 0
