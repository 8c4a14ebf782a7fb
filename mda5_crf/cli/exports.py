"""``export``: the data or their whole history as a file for another system, or as datasets."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.address import subject_named
from mda5_crf.cli.bundles import peer_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import UsageError

if TYPE_CHECKING:
    from mda5_crf.jobs.datasets import Exported
    from mda5_crf.jobs.exports import Written
    from mda5_crf.services.auditfilter import AuditFilter
    from mda5_crf.services.session import Session


_ODM = ("odm", "odm2", "odm-transactional", "odm-archive")
_DATASET_WORDS = ("shape", "raw", "ndjson", "ascii", "lang", "to")


def run(options: argparse.Namespace) -> int:
    """Write what is asked for, and say that it is in clear."""
    if options.kind in _ODM:
        return _odm(options)
    return _datasets(options)


def _odm(options: argparse.Namespace) -> int:
    from mda5_crf.jobs.exports import finish, write_odm

    for word in _DATASET_WORDS:
        if getattr(options, word):
            raise UsageError("datasets.only_data", option=f"--{word}")
    with open_session(options) as session:
        chosen = [subject_named(session, number).identity for number in options.subject]
        written = write_odm(
            session, Path(options.output), options.kind, chosen, options.language,
            extensions=not options.plain,
        )  # fmt: skip
        finish(session, written, options.language)
    _tell(options, written)
    return 0


def _datasets(options: argparse.Namespace) -> int:
    from mda5_crf.jobs.datasets import Wish, export, export_in_carrier

    if options.plain:
        raise UsageError("datasets.only_odm")
    with open_session(options) as session:
        chosen = tuple(subject_named(session, number).identity for number in options.subject)
        wish = Wish(
            options.kind, options.shape or "forms", options.lang or "both", chosen, options.raw,
            options.ndjson, options.ascii,
        )  # fmt: skip
        if options.to:
            made = export_in_carrier(session, Path(options.output), wish, peer_named(session, options.to))
        else:
            made = export(session, Path(options.output), wish)
    _tell_datasets(options, made)
    return 0


def _tell_datasets(options: argparse.Namespace, made: Exported) -> None:
    if options.json:
        say_json(
            {
                "file": made.target.name, "as": made.format, "sha256": made.sha256, "bytes": made.size,
                "files": made.files, "tables": made.tables, "rows": made.rows,
                "participants": made.participants, "changes": made.changes, "aside": made.aside,
            }
        )  # fmt: skip
        return
    for line in made.lines():
        say(line, options.language)


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
    for line in written.lines():
        say(line, options.language)
