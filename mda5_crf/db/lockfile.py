"""One writer per vault: a lock held by the operating system on ``vault.lock``.

The system drops the lock when the program ends, however it ends, so none is ever stale; what the
file says (PC, since when, log-in) is only for the sentence shown to the second comer. Vaults on
network shares are refused because such locks do not hold there.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mda5_crf.db.files import trouble
from mda5_crf.errors import StoreError

LOCK_NAME: Final = "vault.lock"
# Windows makes the locked byte unreadable to others: lock one far behind the text.
_LOCKED_BYTE: Final = 1 << 20
_MAX_TEXT: Final = 4096
_NETWORK: Final = ("nfs", "cifs", "smb", "afs", "fuse.sshfs", "davfs", "ncpfs", "webdav")


class VaultLock:
    """The lock of one open vault. ``release`` may be called twice."""

    def __init__(self, folder: Path) -> None:
        """Take the lock. Raises StoreError: open elsewhere (naming the PC), read-only, on a network share."""
        path = folder / LOCK_NAME
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise trouble(error, folder) from None
        self.held = False
        self._folder = folder
        if not _lock(self._handle):
            owner = _read(self._handle)
            os.close(self._handle)
            raise StoreError("store.vault_in_use", **owner)
        self.held = True
        self._since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        self.name_holder("")

    def name_holder(self, login: str) -> None:
        """Write who holds the lock. Before log-in nobody is named: what was typed might be a password."""
        facts = {"pc": socket.gethostname()[:64], "since": self._since, "login": login, "pid": os.getpid()}
        data = json.dumps(facts, ensure_ascii=True).encode("ascii")
        try:
            os.ftruncate(self._handle, 0)
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, data)
        except OSError as error:
            self.release()
            raise trouble(error, self._folder) from None

    def release(self) -> None:
        """Give the lock back. The file stays: deleting it would let two programs lock two files."""
        if not self.held:
            return
        self.held = False
        with contextlib.suppress(OSError):  # the text is only for people; closing is what frees the lock
            os.ftruncate(self._handle, 0)
        os.close(self._handle)


def on_network_share(folder: Path) -> bool:
    """Whether ``folder`` lies on a network share, as far as the system tells."""
    if sys.platform == "win32":  # pragma: no cover - covered on Windows
        import ctypes

        drive = folder.resolve().anchor
        return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == 4
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "replace")
    except OSError:
        return False
    return _network_mount(folder.resolve(), mounts)


def _network_mount(folder: Path, mounts: str) -> bool:
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = fields[1].replace("\\040", " ")
        if (folder == Path(place) or Path(place) in folder.parents) and len(place) >= len(best):
            best, kind = place, fields[2]
    return is_network(kind)


def is_network(kind: str) -> bool:
    """Whether a file system of this kind (``nfs4``, ``vfat``) lies on another machine."""
    return kind.startswith(_NETWORK)


def _read(handle: int) -> dict[str, str]:
    """Who holds the lock, as far as the file tells; always the three places of the sentence."""
    facts: object = None
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        facts = json.loads(os.read(handle, _MAX_TEXT))
    except (OSError, ValueError):
        pass  # the file is for the sentence only; without it the sentence says "?"
    known = facts if isinstance(facts, dict) else {}
    return {name: str(known.get(name) or "?")[:64] for name in ("pc", "since", "login")}


if sys.platform == "win32":  # pragma: no cover - covered on Windows
    import msvcrt

    def _lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
