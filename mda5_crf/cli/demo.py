"""``demo``: builds the demonstration and says what it made and who may log in."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import UsageError
from mda5_crf.text import message


def run(options: argparse.Namespace) -> int:
    """Build ``DIR/ward.mda5``, ``DIR/centre.mda5``, bundles, PDFs and screenshots."""
    from mda5_crf.jobs.demonstration import PASSWORD, USERS, build

    if not 1 <= options.subjects <= 500:
        raise UsageError("cli.subjects_range")
    directory = Path(options.directory).absolute()
    on_terminal = sys.stderr.isatty()

    def progress(step: str) -> None:
        if on_terminal:
            sys.stderr.write(f"\r{step} ")
            sys.stderr.flush()

    made = build(directory, options.subjects, options.seed, progress)
    if on_terminal:
        sys.stderr.write("\r")
    screens = [] if options.no_screens else screenshots(directory, PASSWORD)
    if options.json:
        say_json({
            "directory": str(directory), "subjects": made.subjects, "values": made.values, "visits": made.visits,
            "queries": made.queries, "queries_per_visit": made.queries_per_visit, "bundles": made.bundles,
            "pdf": made.pdfs, "screens": screens, "password": PASSWORD,
            "users": [{"vault": v, "login": u, "name": n, "role": r} for v, u, n, r in USERS],
        })  # fmt: skip
        return 0
    language = options.language
    say(message("cli.demo_made", directory=directory, subjects=made.subjects, values=made.values), language)
    say(message("cli.demo_queries", queries=made.queries, visits=made.visits, rate=made.queries_per_visit), language)
    say(message("cli.demo_files", bundles=len(made.bundles), pdfs=len(made.pdfs), screens=len(screens)), language)
    for vault, login, name, role in USERS:
        sys.stdout.write(f"  {vault}.mda5  {login}  {name}  ({message(f'access.role_{role}').in_(language)})\n")
    say(message("cli.demo_password", password=PASSWORD), language)
    say(message("cli.demo_next", vault=directory / "ward.mda5"), language)
    return 0


def screenshots(directory: Path, password: str) -> list[str]:
    """Take pictures of the screens in a process of its own, so that a missing library of Qt costs only them."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "MDA5_CRF_PASSWORD": password}
    words = [sys.executable, "-m", "mda5_crf.app", str(directory / "ward.mda5"), str(directory / "screens")]
    done = subprocess.run(words, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 - our own module
    made = sorted(p.name for p in (directory / "screens").glob("*.png"))
    if done.returncode or not made:
        sys.stderr.write(message("cli.demo_no_screens").en + "\n" + message("cli.demo_no_screens").zh + "\n")
    return made
