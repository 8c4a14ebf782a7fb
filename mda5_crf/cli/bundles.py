"""``bundle make|check|take|list``: exchange of files with other sites."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

ACTS = ("make", "check", "take", "list")


def run(options: argparse.Namespace) -> int:
    """``bundle VAULT make PEER``, ``… take FILE [--dry-run]``, ``… check FILE``, ``… list``."""
    act = options.words[0] if options.words else "list"
    if act not in ACTS:
        raise UsageError("cli.unknown_act", word=act, known=", ".join(ACTS))
    with open_session(options) as session:
        if act == "make":
            _make(session, options)
        elif act == "list":
            _list(session, options)
        else:
            if len(options.words) != 2:
                raise UsageError("cli.bundle_file_needed")
            _take(session, Path(options.words[1]), options, write=act == "take" and not options.dry_run)
    return 0


def _peer(session: Session, name: str | None) -> str:
    from mda5_crf.sync.devices import peers

    known = peers(session)
    found = [d for d in known if name in (d.device, d.name)] if name else list(known)
    if len(found) != 1:
        raise InputRefused(
            "cli.unknown_peer", name=name or "-", known=", ".join(d.name for d in known) or "-"
        )
    return found[0].device


def _make(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync.bundles import make

    peer = _peer(session, options.to or (options.words[1] if len(options.words) > 1 else None))
    target = Path(options.output) if options.output else session.vault.folder / "outbox"
    file = make(session, peer, target, everything=options.everything)
    if options.json:
        say_json({"file": str(file)})
    else:
        say(message("cli.bundle_made", file=file), options.language)


def _take(session: Session, file: Path, options: argparse.Namespace, *, write: bool) -> None:
    from mda5_crf.sync.bundles import plan, take

    report = take(session, file) if write else plan(session, file)
    if options.json:
        say_json(
            {
                "file": str(file),
                "written": write,
                "from": report.sender,
                "number": report.number,
                "new": report.new,
                "known": report.known,
                "set_aside": report.set_aside,
                "conflicts": report.conflicts,
            }
        )
        return
    for line in report.lines():
        say(line, options.language)
    say(message("cli.bundle_taken" if write else "cli.bundle_only_looked"), options.language)


def _list(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync.ledger import ledger

    entries = ledger(session)
    if options.json:
        say_json([e.as_json() for e in entries])
        return
    names = ("direction", "number", "peer", "time", "state")
    head = [message(f"cli.head_{n}").in_(options.language) for n in names]
    table(([e.arrow, e.number, e.peer, e.at, e.state.in_(options.language)] for e in entries), head)
