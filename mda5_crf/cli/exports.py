"""``export``: the data or their whole history as a file for another system."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.address import subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.jobs.exports import Written
    from mda5_crf.services.auditfilter import AuditFilter
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """Write one file, and say that it is in clear."""
    from mda5_crf.jobs.exports import finish, write_odm

    with open_session(options) as session:
        chosen = [subject_named(session, number).identity for number in options.subject]
        written = write_odm(
            session, Path(options.output), options.kind, chosen, options.language,
            extensions=not options.plain,
        )  # fmt: skip
        finish(session, written, options.language)
    _tell(options, written)
    return 0


def trail(session: Session, wanted: AuditFilter, options: argparse.Namespace) -> None:
    """What of the audit trail passes, as ODM; of the command ``audit``."""
    from mda5_crf.jobs.exports import finish, write_trail

    written = write_trail(session, Path(options.odm), wanted, options.language)
    finish(session, written, options.language)
    _tell(options, written)


def _tell(options: argparse.Namespace, written: Written) -> None:
    if options.json:
        say_json(
            {
                "file": written.file.name, "as": written.what, "sha256": written.sha256,
                "bytes": written.size, "records": written.records, "participants": len(written.subjects),
            }
        )  # fmt: skip
        return
    facts = {"records": written.records, "subjects": len(written.subjects), "sha256": written.sha256}
    say(message("exchange.written", file=written.file.name, **facts), options.language)
    say(message("exchange.warning"), options.language)
