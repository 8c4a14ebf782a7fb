"""``bundle make|check|take|list``: exchange of files with other sites."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import InputRefused, StoreError, UsageError
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """``bundle make VAULT [PEER]``, ``take VAULT FILE [--dry-run]``, ``check VAULT FILE``, ``list VAULT``."""
    if options.act in ("check", "take") and len(options.words) != 1:
        raise UsageError("cli.bundle_file_needed")
    with open_session(options) as session:
        if options.act == "make":
            _make(session, options)
        elif options.act == "list":
            _list(session, options)
        else:
            _take(session, options, write=options.act == "take" and not options.dry_run)
    return 0


def peer_named(session: Session, name: str | None) -> str:
    """The id of a registered PC by name or id; without one the only one. Raises InputRefused."""
    from mda5_crf.sync.devices import peers

    known = peers(session)
    found = [d for d in known if name in (d.device, d.name)] if name else list(known)
    if len(found) != 1:
        names = ", ".join(f"{d.name} ({d.device})" for d in known)
        raise InputRefused("cli.unknown_peer", name=name or "-", known=names or "-")
    return found[0].device


def _make(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync.bundles import make
    from mda5_crf.sync.making import SUFFIX

    peer = peer_named(session, options.to or (options.words[0] if options.words else None))
    target = Path(options.output) if options.output else session.vault.folder / "outbox"
    named = target.suffix == SUFFIX  # a file is named, not a folder
    file = make(session, peer, target.absolute().parent if named else target, everything=options.everything)
    if named:
        try:
            file = file.replace(target)
        except OSError:
            raise StoreError("cli.cannot_write", file=target) from None
    if options.json:
        say_json({"file": str(file)})
    else:
        say(message("cli.bundle_made", file=file), options.language)


def _take(session: Session, options: argparse.Namespace, *, write: bool) -> None:
    from mda5_crf.sync.bundles import plan, take

    file = Path(options.words[0])
    report = take(session, file) if write else plan(session, file)
    if options.json:
        say_json({
            "file": str(file), "written": write and not report.already, "from": report.sender,
            "site": report.site,
            "number": report.number, "made": report.made, "new": report.new, "known": report.known,
            "subjects": report.subjects, "conflicts": report.conflicts, "set_aside": report.set_aside,
            "aside": [{"record": r, "en": why.en, "zh": why.zh} for r, why in report.aside],
            "missing": list(report.missing), "already": report.already or None,
        })  # fmt: skip
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
