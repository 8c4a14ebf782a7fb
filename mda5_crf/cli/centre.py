"""``server`` and ``move-to``: a centre whose vault lies on a server."""

from __future__ import annotations

import argparse

from mda5_crf.cli.login import open_session, second_password_of, vault_of
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import Text, message


def server(options: argparse.Namespace) -> int:
    """What the server's administrator does, as that person of the server: no log-in of the vault is asked."""
    from mda5_crf.services import centre
    from mda5_crf.services.where import Where

    address: Where = vault_of(options.vault)
    if not isinstance(address, str):
        raise InputRefused("pgstore.address_form")
    if options.act == "prepare":
        notes = centre.prepare(address)
        return _said(options, message("shared.prepared", place=centre.name_of(address)), notes)
    if len(options.words) != 1:
        raise UsageError("cli.login_needed")
    (login,) = options.words
    act, code = (centre.admit, "admitted") if options.act == "admit" else (centre.dismiss, "dismissed")
    act(address, login)
    return _said(options, message(f"shared.{code}", login=login, place=centre.name_of(address)), ())


def _said(options: argparse.Namespace, text: Text, notes: tuple[Text, ...]) -> int:
    if options.json:
        say_json({"state": options.act, "notes": [note.in_(options.language) for note in notes]})
    else:
        for line in (text, *notes):
            say(line, options.language)
    return 0


def move_to(options: argparse.Namespace) -> int:
    """Move a centre to a server; two persons agree."""
    from mda5_crf.services import centre

    if not options.second:
        raise UsageError("cli.second_needed")
    address = vault_of(options.address)
    with open_session(options) as session:
        moved = centre.move_to(session, address, (options.second, second_password_of(options)))
    facts = {"place": moved.place, "device": moved.device, "records": moved.records}
    if options.json:
        say_json(facts)
    else:
        say(message("shared.moved", **facts), options.language)
    return 0
