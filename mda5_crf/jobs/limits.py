"""What is taken away from the process that reads files of strangers: memory, time, files, the network.

Where the system knows limits (Linux, macOS) it holds them; macOS knows the one on address space and does
not hold it, so the largest memory so far is looked at as well (``too_large``). On Windows a job object does
the same for memory and time. What a system does not limit, the parent ends after a time without progress.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any, Final

MEMORY: Final = 1536 * 1024 * 1024
"""Bytes of address space, where nobody says otherwise; pictures and pages of ours need a third of it."""
CPU_SECONDS: Final = 40
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_OUT: Final = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile",
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
    "ftplib.", "http.", "urllib.", "smtplib.", "winreg.", "shutil.", "tempfile.", "ctypes.",
)  # fmt: skip
"""Events of Python (``sys.audit``) that the work has no need of."""


def confine(memory: int = MEMORY, seconds: int = CPU_SECONDS) -> None:
    """Limit this process. ``memory`` in bytes, ``seconds`` of the processor; a system may hold less of it."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError, AttributeError, ValueError):
            _windows(memory, seconds)
        return
    import resource

    limits = [
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ]
    for what, most in limits:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def shut() -> None:
    """Close the ways out of Python for good: no network, no process, no file opened to be written."""
    sys.dont_write_bytecode = True
    sys.addaudithook(_refuse)


def too_large(memory: int) -> bool:
    """Whether this process has ever held more than ``memory`` bytes; False where that cannot be known."""
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > memory
    try:
        # Not getrusage: there Linux counts what the program that started this one held at that moment.
        with Path("/proc/self/status").open(encoding="ascii", errors="replace") as status:
            most = next((line for line in status if line.startswith("VmHWM:")), "")
    except OSError:
        return False
    return int(most.split()[1]) * 1024 > memory if most else False


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """The hook: what it raises takes the place of what was asked."""
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        writes = isinstance(mode, str) and any(sign in mode for sign in "wax+")
        if writes or (isinstance(flags, int) and flags & _WRITES):
            raise PermissionError("reads only")
    elif event.startswith(_OUT):
        raise PermissionError("reads only")


def _windows(memory: int, seconds: int) -> None:  # pragma: no cover - runs on Windows only
    """Put this process into a job object with limits on its memory and time; without children."""
    import ctypes

    class Basic(ctypes.Structure):
        _fields_ = (
            ("process_time", ctypes.c_int64), ("job_time", ctypes.c_int64), ("flags", ctypes.c_uint32),
            ("least_set", ctypes.c_size_t), ("most_set", ctypes.c_size_t), ("processes", ctypes.c_uint32),
            ("affinity", ctypes.c_size_t), ("priority", ctypes.c_uint32), ("scheduling", ctypes.c_uint32),
        )  # fmt: skip

    class Extended(ctypes.Structure):
        _fields_ = (
            ("basic", Basic), ("counters", ctypes.c_uint64 * 6), ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t), ("peak_process", ctypes.c_size_t), ("peak_job", ctypes.c_size_t),
        )  # fmt: skip

    process_time, one_process, process_memory = 0x2, 0x8, 0x100
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined, unused-ignore]
    kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    said = Extended()
    said.basic.flags = process_time | one_process | process_memory
    said.basic.process_time = seconds * 10_000_000  # in units of 100 ns
    said.basic.processes = 1
    said.process_memory = memory
    kernel.SetInformationJobObject(job, 9, ctypes.byref(said), ctypes.sizeof(said))
    kernel.AssignProcessToJobObject(job, ctypes.c_void_p(kernel.GetCurrentProcess()))
