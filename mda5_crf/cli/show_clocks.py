"""The clocks of serious events, printed first by every ``show``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.output import one_line
from mda5_crf.services.saeclock import sentence
from mda5_crf.text import Language, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def print_clocks(session: Session, language: Language) -> None:
    """Every running clock on one line, the most urgent first."""
    running = [clock for clock in session.sae_clocks() if clock.running]
    for clock in running:
        sys.stdout.write(f"! {one_line(sentence(session, clock).in_(language))}\n")
        if clock.basis != "awareness":
            sys.stdout.write(f"  {message(f'clock.basis_{clock.basis}').in_(language)}\n")
    if running:
        sys.stdout.write("\n")


def clocks_json(session: Session, subject: str | None = None) -> list[dict[str, object]]:
    """All clocks, of everybody or of one participant; times with their offset, the rest in seconds."""
    return [
        {
            "subject": clock.subjid,
            "form": session.form_label(clock.key),
            "ae_line": clock.ae_line,
            "awareness": clock.awareness.isoformat(timespec="minutes"),
            "basis": clock.basis,
            "due": clock.due.isoformat(timespec="minutes"),
            "stopped": clock.stopped.isoformat(timespec="minutes") if clock.stopped else None,
            "remaining_seconds": int(clock.remaining.total_seconds()),
            "overdue": clock.overdue,
        }
        for clock in session.sae_clocks()
        if subject in (None, clock.subject)
    ]
