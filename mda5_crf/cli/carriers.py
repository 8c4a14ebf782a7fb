"""``carrier make VAULT FILE --to PEER -o FILE.mda5c`` and ``carrier open VAULT FILE -o FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mda5_crf.cli.bundles import peer_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import UsageError
from mda5_crf.text import message


def run(options: argparse.Namespace) -> int:
    """Put a file into a carrier, or take it out of one."""
    if len(options.words) != 1:
        raise UsageError("carrier.words")
    return _make(options) if options.act == "make" else _open(options)


def _make(options: argparse.Namespace) -> int:
    from mda5_crf.sync.carrier import SUFFIX, make
    from mda5_crf.sync.devices import peers

    file = Path(options.words[0])
    with open_session(options) as session:
        peer = peer_named(session, options.to)
        target = Path(options.output or f"{file}{SUFFIX}")
        make(session, file, peer, target)
        name = next(one.name for one in peers(session) if one.device == peer)
    if options.json:
        say_json({"file": str(target), "to": peer})
    else:
        say(message("carrier.made", file=file.name, carrier=target.name, name=name), options.language)
    return 0


def _open(options: argparse.Namespace) -> int:
    from mda5_crf.sync.carrier import open_carrier

    with open_session(options) as session:
        found = open_carrier(session, Path(options.words[0]), Path(options.output or "."))
        before = found.before.astimezone(session.zone).isoformat(" ", "minutes") if found.before else ""
    if options.json:
        say_json(
            {
                "file": str(found.file), "from": found.sender, "site": found.site, "made": found.made,
                "sha256": found.sha256, "bytes": found.size, "opened_before": before or None,
            }
        )  # fmt: skip
        return 0
    facts = {"file": found.file, "sender": found.sender, "site": found.site, "made": found.made}
    say(message("carrier.opened", **facts), options.language)
    if before:
        say(message("carrier.opened_before", at=before), options.language)
    return 0
