"""``demo``: builds the demonstration and says what it made and who may log in."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import PASSWORD_VARIABLE
from mda5_crf.cli.output import say, say_error, say_json
from mda5_crf.errors import UsageError
from mda5_crf.jobs.confined import PICTURES
from mda5_crf.text import Language, message

if TYPE_CHECKING:
    from mda5_crf.jobs.figures import Figures


def run(options: argparse.Namespace) -> int:
    """Build ``DIR/ward.mda5``, ``DIR/centre.mda5``, bundles, PDFs and screenshots."""
    from mda5_crf.jobs.demonstration import PASSWORD, USERS, build

    if not 1 <= options.subjects <= 500:
        raise UsageError("cli.subjects_range")
    directory = Path(options.directory).absolute()
    made = build(directory, options.subjects, options.seed, _progress)
    if sys.stderr.isatty():
        sys.stderr.write("\r")
    screens = [] if options.no_screens else screenshots(directory, PASSWORD)
    figures = made.figures
    if options.json:
        say_json(
            {
                "directory": str(directory),
                "subjects": made.subjects,
                "values": figures.values,
                "visits": figures.visits,
                "queries": sum(figures.queries.values()),
                "queries_per_visit": figures.queries_per_visit,
                "answers_per_visit": figures.answers_per_visit,
                "fullest_baseline": figures.fullest_baseline,
                "checks": [{"check": check, "queries": count} for check, count in figures.most_asked],
                "bundles": made.bundles,
                "pdf": made.pdfs,
                "screens": screens,
                "password": PASSWORD,
                "users": [{"vault": v, "login": u, "name": n, "role": r} for v, u, n, r in USERS],
            }
        )
        return 0
    language = options.language
    say(
        message("cli.demo_made", directory=directory, subjects=made.subjects, values=figures.values), language
    )
    _say_figures(figures, language)
    say(
        message("cli.demo_files", bundles=len(made.bundles), pdfs=len(made.pdfs), screens=len(screens)),
        language,
    )
    for vault, login, name, role in USERS:
        sys.stdout.write(
            f"  {vault}.mda5  {login}  {name}  ({message(f'access.role_{role}').in_(language)})\n"
        )
    say(message("cli.demo_password", password=PASSWORD), language)
    say(message("cli.demo_next", vault=directory / "ward.mda5"), language)
    return 0


def _say_figures(figures: Figures, language: Language) -> None:
    """What entering cost, and what the checks asked back."""
    queries = sum(figures.queries.values())
    say(
        message("cli.demo_queries", queries=queries, visits=figures.visits, rate=figures.queries_per_visit),
        language,
    )
    if figures.most_asked:
        checks = ", ".join(f"{check} {count}" for check, count in figures.most_asked)
        say(message("cli.demo_checks", checks=checks), language)
    say(
        message("cli.demo_answers", rate=figures.answers_per_visit, baseline=figures.fullest_baseline),
        language,
    )


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done}/{total} ")
        sys.stderr.flush()


def screenshots(directory: Path, password: str) -> list[str]:
    """Take pictures of the screens in a process of its own, so that a missing library of Qt costs only them.

    The password of a demonstration is no secret; no other one ever reaches a child process.
    """
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", PASSWORD_VARIABLE: password}
    how = [PICTURES] if getattr(sys, "frozen", False) else ["-m", "mda5_crf.app"]
    words = [sys.executable, *how, str(directory / "ward.mda5"), str(directory / "screens")]
    done = subprocess.run(words, env=environment, check=False, capture_output=True)  # noqa: S603 - our own module
    made = sorted(p.name for p in (directory / "screens").glob("*.png"))
    if done.returncode or not made:
        say_error(message("cli.demo_no_screens"))
    return made
