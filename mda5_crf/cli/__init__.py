"""The command ``mda5-crf``: everything the window can do without eyes.

Exit status: 0 done · 1 the input was refused, the reason on standard error in words · 2 wrong usage ·
3 the machine failed. Imports nothing of Qt, and of the program only what the named command needs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mda5_crf.cli.failures import Guard
from mda5_crf.cli.login import take_password_variable
from mda5_crf.cli.output import prepare_streams
from mda5_crf.hardening import harden


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command (or open the window) and return the exit status; never raises."""
    take_password_variable()
    if argv is None:  # the program itself, not a caller inside another one
        harden()
        prepare_streams()
    guard = Guard()
    with guard:
        guard.status = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()  # here, so that a reader that went away or a full disk is met with words
    return guard.status


def _run(words: Sequence[str]) -> int:
    if not words:
        # The everyday start: the window need not wait for the grammar of the commands.
        from mda5_crf.cli.window import run_window

        return run_window(None)
    from mda5_crf.cli.parser import WINDOW, parse

    options = parse(words)
    if options.command == WINDOW:
        from mda5_crf.cli.window import run_window

        return run_window(options.vault)
    status: int = options.run(options)
    return status
