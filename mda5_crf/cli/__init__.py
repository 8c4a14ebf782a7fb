"""The command ``mda5-crf``: everything the window can do without eyes.

Exit status: 0 done · 1 the input was refused, the reason on standard error in words · 2 wrong usage ·
3 the machine failed. Imports nothing of Qt, and of the program only what the named command needs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mda5_crf.cli.output import say_error
from mda5_crf.errors import CrfError, DefinitionError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command (or open the window) and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    from mda5_crf.cli.parser import WINDOW, parse

    options = parse(words)
    try:
        if options.command == WINDOW:
            from mda5_crf.cli.window import run_window

            return run_window(options.vault)
        status: int = options.run(options)
    except DefinitionError as problem:
        say_error(problem.text)
        for one in problem.problems:
            sys.stderr.write(f"{one.in_('en')}\n{one.in_('zh')}\n")
        return problem.exit_status
    except CrfError as problem:
        say_error(problem.text)
        return problem.exit_status
    except BrokenPipeError:
        # The reader of our output went away (``| head``): nothing is wrong with the data.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        from mda5_crf.text import message

        say_error(message("cli.interrupted"))
        return 1
    return status
