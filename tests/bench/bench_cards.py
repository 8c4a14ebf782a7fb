"""Ten morning cards: read, drawn and recorded, in less than two seconds; calendar, matrix and report besides.

The vault is a demonstration of ten participants in the course of the trial (made once, not measured). Of each
print the first is cold: a new log-in, nothing of the participants in memory.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mda5_crf.errors import InputRefused
from mda5_crf.jobs import daycards, daysheets, demonstration, saereports
from mda5_crf.jobs.demonstration import PASSWORD, build
from mda5_crf.services.session import Session
from tests.bench.figures import figure

COUNT = 10
MOST = 2.0
"""Seconds that ten cards may take."""
FIRST = 300
"""Days since the first participant's day 1: all ten are between week 16 and 52, so visits are expected."""


def cards(session: Session, subjects: list[str]) -> int:
    """Cards of these participants, by the steps of the command and the window; each is let go after it."""
    known = daycards.known_now(session)
    found = {subject: daycards.card_of(session, subject, session.today) for subject in subjects}
    order = daycards.order_of(session, found, session.today, "both", known, named=True)
    printed = daycards.draw(order)
    daycards.record(session, order, printed)
    return printed.pages


def expected(session: Session) -> list[str]:
    """The participants of whom a visit is still expected."""
    wanted = []
    for subject in session.subjects():
        with contextlib.suppress(InputRefused):
            daycards.card_of(session, subject.identity, session.today)
            wanted.append(subject.identity)
    return wanted[:COUNT]


def timed(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """The first and the median of the others, seconds."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken[0], statistics.median(taken[1:] or taken)


def calendars(session: Session, subjects: list[str]) -> None:
    daysheets.print_sheets(session, daysheets.gather_calendar(session, subjects, "both"))


def matrix(session: Session) -> None:
    daysheets.print_sheets(session, daysheets.gather_matrix(session, "both"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vault", type=Path, help="a demonstration's ward.mda5 instead of a new one")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mda5-crf-bench-") as folder:
        ward = options.vault
        if ward is None:
            demonstration._FIRST = FIRST
            build(Path(folder) / "demo", COUNT, 4966884, lambda _done, _total: None)
            ward = Path(folder) / "demo" / "ward.mda5"
        with Session.open(ward, "wang", PASSWORD) as session:
            everybody = [subject.identity for subject in session.subjects()]
            wanted = expected(session)
        with Session.open(ward, "wang", PASSWORD) as session:
            first, again = timed(lambda: cards(session, wanted), options.runs)
            print(f"{len(wanted)} morning cards, both languages: first {first:.2f} s, again {again:.2f} s")
            figure(
                f"{COUNT} morning cards in both languages, nothing in memory",
                first / max(len(wanted), 1) * COUNT,
                "s",
                most=MOST,
                note=f"measured with {len(wanted)}",
            )
            figure(f"{len(wanted)} morning cards, again", again, "s")
            cold, warm = timed(lambda: calendars(session, everybody), options.runs)
            print(f"calendar of {len(everybody)}: first {cold:.2f} s, again {warm:.2f} s")
            figure(f"calendars of {len(everybody)} participants, first", cold, "s")
            cold, warm = timed(lambda: matrix(session), options.runs)
            print(f"matrix: first {cold:.2f} s, again {warm:.2f} s")
            figure("printed matrix, first", cold, "s")
            reported = [(s, row.number) for s in everybody for row in saereports.reports(session, s)]
            if reported:
                cold, warm = timed(
                    lambda: saereports.print_report(session, *reported[0], "both"), options.runs
                )
                print(f"report of a serious event: first {cold:.2f} s, again {warm:.2f} s")
                figure("report of a serious event, first", cold, "s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
