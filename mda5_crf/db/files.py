"""Small files beside the database: written whole or not at all, and failures put into words."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from mda5_crf.errors import StoreError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT}) if hasattr(errno, "EDQUOT") else frozenset({errno.ENOSPC})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def trouble(error: OSError, path: Path) -> StoreError:
    """The sentence for a failed file operation on ``path``; only its name is shown, not the error's text."""
    if error.errno in _FULL:
        return StoreError("store.vault_disk_full", place=path.name)
    if error.errno in _READ_ONLY:
        return StoreError("store.vault_read_only", place=path.name)
    if error.errno == errno.ENOENT:
        return StoreError("store.vault_file_missing", place=path.name)
    return StoreError("store.vault_file_failed", place=path.name)


def read_bounded(path: Path, limit: int) -> bytes | None:
    """The bytes of a file, or None when it is larger than ``limit`` bytes. Raises OSError."""
    with path.open("rb") as file:
        data = file.read(limit + 1)
    return None if len(data) > limit else data


def write_whole(path: Path, data: bytes, keep: Path | None = None) -> None:
    """Replace ``path`` by ``data``, durably: a crash leaves the old file or the new one, never a mixture.

    ``keep`` names a place for the file as it was before. Raises OSError; then ``path`` is as it was.
    """
    draft = path.with_name(f"{path.name}.new")
    try:
        _write_synced(draft, data)
        if keep is not None and path.exists():
            # A copy, not a rename: at no moment may ``path`` be absent.
            _copy_whole(path, keep)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    sync_folder(path.parent)


@contextlib.contextmanager
def or_nothing(part: Path, refused: StoreError) -> Iterator[None]:
    """For a file that is not yet in its place: whatever is raised inside takes it away and goes on its way.

    An OSError is said as ``refused``. A cancelled or interrupted export leaves nothing in clear either.
    """
    try:
        yield
    except BaseException as problem:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(problem, OSError):
            raise refused from problem
        raise


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable. Windows offers no such call and does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy_whole(source: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.new")
    try:
        _write_synced(draft, source.read_bytes())
        draft.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _write_synced(path: Path, data: bytes) -> None:
    # Only the owner may read: the file is useless without a password, but guesses need a copy of it.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
