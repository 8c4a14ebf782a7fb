"""What the operating system is told at the start, so that a crash writes no memory to a disk.

A memory image of an open vault holds keys and patient data. On Linux the largest core file becomes 0 and
the process "not dumpable", which also keeps other programs of the same person from reading its memory.
On Windows the program is left out of error reporting and shows no fault box. These are speed bumps: the
owner of the account or the machine can undo them; a machine that refuses one of them works all the same.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_SEM_FAILCRITICALERRORS, _SEM_NOGPFAULTERRORBOX = 0x0001, 0x0002


def harden() -> None:
    """Ask for no memory images of this process and of those it starts. Never fails; may be called twice."""
    # A library or call that an old or odd system lacks: the program goes on without.
    with contextlib.suppress(OSError, ValueError, AttributeError, ImportError):
        if sys.platform == "win32":
            _windows()
        else:
            _unix()


def _unix() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _windows() -> None:  # pragma: no cover - runs on Windows only
    loader = ctypes.WinDLL  # type: ignore[attr-defined, unused-ignore]
    kernel = loader("kernel32")
    kernel.SetErrorMode(kernel.GetErrorMode() | _SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
    if getattr(sys, "frozen", False):  # else it would be Python that is never reported again
        name = sys.executable.replace("/", "\\").rpartition("\\")[2]
        loader("wer").WerAddExcludedApplication(ctypes.c_wchar_p(name), 0)
