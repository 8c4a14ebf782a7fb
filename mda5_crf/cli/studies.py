"""``study check``: every problem of a definition, at once, with its place."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from mda5_crf.cli.output import say, say_error, say_json
from mda5_crf.settings import study_directory
from mda5_crf.text import message


def run(options: argparse.Namespace) -> int:
    """Check a definition: 0 when it loads, 1 with all problems when it does not."""
    from mda5_crf.study.load import check, load, statistics

    directory = Path(options.directory) if options.directory else study_directory()
    problems = check(directory)
    if options.json:
        say_json(
            {
                "directory": str(directory),
                "problems": [
                    {"file": p.file, "line": p.line, "path": p.path, "en": p.text.en, "zh": p.text.zh}
                    for p in problems
                ],
                "statistics": {} if problems else asdict(statistics(load(directory))),
            }
        )
    elif problems:
        for problem in problems:
            sys.stderr.write(f"{problem.in_('en')}\n{problem.in_('zh')}\n")
        say_error(message("study.definition_has_problems", count=len(problems)))
    else:
        study = load(directory)
        counts = ", ".join(f"{name} {count}" for name, count in asdict(statistics(study)).items())
        say(
            message(
                "cli.study_clean", study=study.oid, version=study.version, hash=study.hash[:12], counts=counts
            ),
            options.language,
        )
    return 1 if problems else 0
