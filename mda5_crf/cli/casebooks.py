"""``pdf casebook VAULT SUBJECT -o FILE`` and ``pdf casebook VAULT all -o FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.address import subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.moments import moment_of
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import UsageError
from mda5_crf.jobs.written import Written
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.jobs.casebooks import Wish
    from mda5_crf.services.session import Session

ALL = "all"


def run(options: argparse.Namespace) -> int:
    """Write one casebook, or one of every participant into a folder. 1 when one of several was refused."""
    if len(options.words) != 2:
        raise UsageError("casebook.words")
    options.vault, number = options.words
    with open_session(options) as session:
        wish = _wish(session, options)
        if number.lower() == ALL:
            return _all(session, wish, options)
        return _one(session, number, wish, options)


def _wish(session: Session, options: argparse.Namespace) -> Wish:
    from mda5_crf.jobs.casebooks import Wish, check_parts
    from mda5_crf.services.asof import read_moment

    without = check_parts([part for part in options.without.split(",") if part])
    since = read_moment(session, options.since) if options.since else None
    return Wish(options.lang, without, moment_of(session, options), since)


def _one(session: Session, number: str, wish: Wish, options: argparse.Namespace) -> int:
    from mda5_crf.jobs.casebooks import casebook

    subject = subject_named(session, number).identity
    with Written(Path(options.output)) as file:
        printed = casebook(session, subject, wish)
        file.write(printed.data)
    if options.json:
        say_json({"file": options.output, "bytes": len(printed.data), "pages": printed.pages})
    else:
        say(message("casebook.written", file=options.output, pages=printed.pages), options.language)
    return 0


def _all(session: Session, wish: Wish, options: argparse.Namespace) -> int:
    from mda5_crf.jobs.casebooks import casebooks

    def written(file: Path, pages: int) -> None:
        if not options.json:
            say(message("casebook.written", file=file.name, pages=pages), options.language)

    subjects = [one.identity for one in session.subjects()]
    found = casebooks(session, subjects, Path(options.output), wish, written=written)
    if options.json:
        refused = {number: problem.in_(options.language) for number, problem in found.refused}
        say_json({"folder": options.output, "files": [file.name for file in found.files], "refused": refused})
        return int(bool(found.refused))
    count, folder = len(found.files), options.output
    say(message("casebook.all_written", count=count, folder=folder), options.language)
    for number, problem in found.refused:
        say(message("casebook.refused", subject=number, problem=problem.text), options.language)
    if found.refused:
        say(message("casebook.some_refused", count=len(found.refused)), options.language)
    return int(bool(found.refused))
