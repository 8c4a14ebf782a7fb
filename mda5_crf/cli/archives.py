"""``pdf archive VAULT SUBJECT|all -o PATH`` and ``check-archive PATH [VAULT]``."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

from mda5_crf.cli.address import subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.moments import moment_of
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import UsageError

ALL = "all"


def run(options: argparse.Namespace) -> int:
    """Write an archive of one participant or of all: a folder, or a zip file."""
    from mda5_crf.jobs.archives import Order, archive

    if len(options.words) != 2:
        raise UsageError("archive.words")
    options.vault, number = options.words
    with open_session(options) as session:
        whose = () if number.lower() == ALL else (subject_named(session, number).identity,)
        order = Order(whose, options.lang, moment_of(session, options), True if options.pdfa else None)
        made = archive(session, Path(options.output), order)
    if options.json:
        say_json(
            {
                "path": options.output, "manifest": made.manifest, "files": made.files, "bytes": made.size,
                "participants": made.participants, "pages": made.pages, "pdfa": made.pdfa,
                "skipped": list(made.skipped),
            }
        )  # fmt: skip
    else:
        for line in made.lines():
            say(line, options.language)
    return 0


def check(options: argparse.Namespace) -> int:
    """Say whether an archive is as it was made; 1 when it is not."""
    from mda5_crf.jobs.archivecheck import check as check_archive

    with ExitStack() as opened:
        session = opened.enter_context(open_session(options)) if options.vault else None
        found = check_archive(Path(options.archive), session)
    if options.json:
        say_json(
            {
                "whole": found.whole, "troubles": [{"en": t.en, "zh": t.zh} for t in found.troubles],
                "archive": found.statement,
            }
        )  # fmt: skip
    else:
        for line in found.lines():
            say(line, options.language)
    return int(not found.whole)
