"""What can be read of a bundle without any key: whether it is one, from which PC to which, its number.

Nothing of it is proved: the signature is checked only when a vault looks at the bundle.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mda5_crf.db import clock
from mda5_crf.errors import BundleError
from mda5_crf.sync.envelope import MAGIC, MAX_FILE, read_header


@dataclass(frozen=True, slots=True)
class Outside:
    """``sender`` and ``receiver`` are ids of PCs, ``size`` in bytes, ``made`` with its zone."""

    sender: str
    receiver: str
    number: int
    made: datetime
    size: int


def is_bundle(path: Path) -> bool:
    """Whether an ordinary file begins as bundles do; its name does not matter. Never raises."""
    return beginning(path) == MAGIC


def beginning(path: Path) -> bytes:
    """The first bytes of an ordinary file, by which its kind is known; b"" for what cannot be read."""
    try:
        with _opened(path) as file:
            return file.read(len(MAGIC))
    except (OSError, ValueError):  # ValueError: a name with a zero byte
        return b""


def read_outside(path: Path) -> Outside:
    """What the outside of a bundle says. Raises BundleError."""
    try:
        with _opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_FILE:
                raise BundleError("sync.file_too_large")
            _, header = read_header(file)
    except (OSError, ValueError):
        raise BundleError("sync.file_unreadable", file=path.name) from None
    return Outside(header.sender, header.receiver, header.number, clock.read_at(header.made), size)


def _opened(path: Path) -> BinaryIO:
    """An ordinary file only: a pipe or a device would never end. Raises OSError, ValueError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("no ordinary file")
    return path.open("rb")
