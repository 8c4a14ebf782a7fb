"""A file that appears whole or not at all: written beside its place, flushed, then renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from mda5_crf.errors import InputRefused, StoreError


class Written:
    """Opened before the work begins, so that a folder that refuses is found before anything is recorded.

    Entering raises InputRefused (the target is a folder) and StoreError (folder missing, read-only);
    leaving raises StoreError (disk full). After any error the target is as it was.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part: Path | None = None

    def __enter__(self) -> Self:
        if self._path.is_dir():
            raise InputRefused("cli.output_is_folder", file=self._path)
        try:
            handle, name = tempfile.mkstemp(dir=self._path.absolute().parent, prefix=".mda5-", suffix=".part")
        except OSError:
            raise StoreError("cli.cannot_write", file=self._path) from None
        self._part = Path(name)
        self._file = os.fdopen(handle, "wb")
        return self

    def write(self, content: bytes) -> None:
        """Add bytes. Raises StoreError when the disk takes no more."""
        try:
            self._file.write(content)
        except OSError:
            raise StoreError("cli.cannot_write", file=self._path) from None

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        part = self._part
        if part is None:
            return
        try:
            try:
                if kind is None:
                    self._file.flush()
                    os.fsync(self._file.fileno())
            finally:
                self._file.close()
            if kind is None:
                part.replace(self._path)
        except OSError:
            if kind is None:
                raise StoreError("cli.cannot_write", file=self._path) from None
        finally:
            part.unlink(missing_ok=True)


def write(file: Path, data: bytes) -> None:
    """A file that is in memory already. Raises InputRefused, StoreError, as :class:`Written` does."""
    with Written(file) as out:
        out.write(data)
