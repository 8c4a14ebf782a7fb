"""``identities``: the site's identification list. Its fields are read from files or a prompt, never from the
command line, which other programs can see.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.address import subject_named
from mda5_crf.cli.login import open_session, read_secret
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import UsageError
from mda5_crf.jobs.written import Written
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """List, enter, print; give the list's key to somebody or take it away."""
    if options.act in ("grant", "revoke", "set") and not options.words:
        raise UsageError("cli.login_needed" if options.act != "set" else "identities.subject_needed")
    if options.act == "print" and not options.output:
        raise UsageError("identities.output_needed")
    acts = {"list": _list, "set": _set, "print": _print, "grant": _hand, "revoke": _hand}
    with open_session(options) as session:
        acts[options.act](session, options)
    return 0


def _list(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.services.identities import FIELDS, IdentityList

    opened = IdentityList(session, options.password)
    rows = opened.rows(" ".join(options.words))
    if options.json:
        say_json([{"subject": one.subjid, **{f: getattr(one, f) for f in FIELDS}} for one in rows])
        return
    language = options.language
    table(
        ([one.subjid, *(getattr(one, field) for field in FIELDS)] for one in rows),
        [
            message("identities.number").in_(language),
            *(message(f"identities.field_{field}").in_(language) for field in FIELDS),
        ],
    )


def _set(session: Session, options: argparse.Namespace) -> None:
    """FIELD=FILE: the first line of FILE is the field's text; "-" reads it from standard input."""
    from mda5_crf.services.identities import IdentityList

    opened = IdentityList(session, options.password)
    subject = subject_named(session, options.words[0])
    values = {}
    for word in options.words[1:]:
        field, found, file = word.partition("=")
        if not found:
            raise UsageError("identities.field_file")
        values[field] = sys.stdin.readline().rstrip("\r\n") if file == "-" else read_secret(file)
    opened.set(subject.identity, values, options.reason or "")
    _done(options, "set", subject=subject.subjid)


def _print(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.jobs.identitypages import KINDS, print_list
    from mda5_crf.services.identities import IdentityList

    what = options.words[0] if options.words else KINDS[0]
    if what not in KINDS:
        raise UsageError("identities.print_what", known=", ".join(KINDS))
    target = Path(options.output)
    opened = IdentityList(session, options.password)
    with Written(target) as file:
        printed = print_list(session, opened, what, options.lang)
        file.write(printed.data)
    _done(options, "printed", pages=printed.pages, file=target.name)


def _hand(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.services import identities

    act = identities.grant if options.act == "grant" else identities.revoke
    act(session, options.words[0], own_password=options.password)
    _done(options, "granted" if options.act == "grant" else "revoked", login=options.words[0])


def _done(options: argparse.Namespace, code: str, **facts: object) -> None:
    if options.json:
        say_json({"act": code, **facts})
    else:
        say(message(f"identities.{code}", **facts), options.language)
