"""What went wrong, in words, and the exit status that goes with it.

A sentence of the catalogue where the failure is an expected one; for all others the kind of error and
its place in the program, never its text: that may quote what somebody typed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from mda5_crf.cli.output import say_error
from mda5_crf.errors import CrfError, DefinitionError
from mda5_crf.text import Text, message

DONE: Final = 0
REFUSED: Final = 1
MACHINE: Final = 3
_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class Guard:
    """Runs a command: whatever it raises becomes words on standard error and an exit status."""

    def __init__(self) -> None:
        self.status = DONE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if value is not None:
            self.status = self._answer(value)
        return True

    def _answer(self, value: BaseException) -> int:
        if isinstance(value, SystemExit):  # argparse: --help and wrong usage
            return value.code if isinstance(value.code, int) else DONE
        if isinstance(value, CrfError):
            for problem in value.problems if isinstance(value, DefinitionError) else ():
                say_error(Text(problem.in_("en"), problem.in_("zh")))
            say_error(value.text)
            return value.exit_status
        if isinstance(value, BrokenPipeError):
            # The reader of our output went away (``| head``): nothing is wrong with the data.
            _give_up_output()
            return DONE
        if isinstance(value, KeyboardInterrupt):
            say_error(message("cli.interrupted"))
            return REFUSED
        say_error(_words(value))
        if isinstance(value, OSError):
            _give_up_output()
        return MACHINE


def _words(value: BaseException) -> Text:
    if isinstance(value, MemoryError):
        return message("cli.memory_short")
    if isinstance(value, OSError):
        if value.errno in _FULL:
            return message("cli.disk_full")
        if value.errno in _FORBIDDEN:
            return message("cli.not_permitted")
        return message("cli.machine_failed", kind=errno.errorcode.get(value.errno or 0, type(value).__name__))
    return message("cli.program_failed", kind=type(value).__name__, place=place_of(value))


def place_of(value: BaseException) -> str:
    """Where in the program it happened: ``show.py:80 < __init__.py:40``, innermost first, files and
    lines only.
    """
    frames = [f for f in traceback.extract_tb(value.__traceback__) if "mda5_crf" in f.filename]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-4:])) or "?"


def _give_up_output() -> None:
    """Where standard output takes nothing more, let the end of the process not stumble over what is
    left in it.
    """
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
