"""``import VAULT FILE --as odm|lab``: data of other systems, with a reason for each that is not taken."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_EVERY = 1_000_000


def run(options: argparse.Namespace) -> int:
    """Take the file in, or with ``--dry-run`` say what that would bring."""
    if options.kind == "lab":
        from mda5_crf.cli import labs

        return labs.run(options, Path(options.file))
    file = Path(options.file)
    with open_session(options) as session:
        if _own(file):
            return _archive(session, file, options)
        from mda5_crf.jobs.importing import left_lines, lines_of, preview, take

        report = (preview if options.dry_run else take)(session, file)
    if options.json:
        say_json({**report.as_json(), "dry_run": options.dry_run})
        return 0
    for line in [*lines_of(report, dry=options.dry_run), *left_lines(report, _EVERY)]:
        say(line, options.language)
    return 0


def _own(file: Path) -> bool:
    """Whether it is an archive that this program wrote. What cannot be read is refused by who reads it."""
    from mda5_crf.jobs.archiveback import is_own_archive

    try:
        return is_own_archive(file)
    except OSError:
        return False


def _archive(session: Session, file: Path, options: argparse.Namespace) -> int:
    from mda5_crf.jobs.archiveback import take_archive

    outcome = take_archive(session, file, dry_run=options.dry_run, own_password=options.password)
    if options.json:
        say_json(outcome.as_json())
        return 0
    for line in outcome.lines():
        say(line, options.language)
    return 0
