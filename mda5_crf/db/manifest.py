"""The manifest of a copy (``backup.json``): read strictly, files compared with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from mda5_crf.crypto import CanonError, canon, parse_canon
from mda5_crf.db.files import read_bounded, trouble
from mda5_crf.errors import StoreError, later_format, newer

MANIFEST: Final = "backup.json"
_LARGEST: Final = 4 * 1024 * 1024
_BLOCK: Final = 1024 * 1024
_FILES: Final = frozenset(("study.db", "keys.json", "people.db", "people.db-wal"))
_FIELDS: Final = frozenset(
    "format vault device gen made reason program definition records heads files mac".split()
)


@dataclass(frozen=True, slots=True)
class Copied:
    """What a manifest says. ``files`` name → (bytes, SHA-256), ``heads`` device → (number, hash)."""

    FORMAT: ClassVar[str] = "mda5-crf-backup/1"

    vault: str
    device: str
    gen: int
    made: datetime
    reason: str
    program: str
    definition: str
    records: int
    heads: Mapping[str, tuple[int, str]]
    files: Mapping[str, tuple[int, str]]
    body: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes of all files of the copy."""
        return sum(size for size, _ in self.files.values())


def read_manifest(folder: Path) -> Copied | None:
    """The manifest of the copy in ``folder``; None when there is none (a copy by an earlier version).

    Raises StoreError for one that cannot be read or has another shape.
    """
    path = folder / MANIFEST
    try:
        data = read_bounded(path, _LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise trouble(error, path) from None
    try:
        whole = parse_canon(data or b"")
        if later := later_format(whole["format"], Copied.FORMAT):
            found = newer(later, Copied.FORMAT)
            raise StoreError("backup.manifest_newer", place=folder.name, **found)
        return _read(whole)
    except (CanonError, KeyError, TypeError, ValueError, AttributeError):
        raise StoreError("backup.manifest_damaged", place=folder.name) from None


def _read(whole: dict[str, Any]) -> Copied:
    if set(whole) != _FIELDS or whole["format"] != Copied.FORMAT:
        raise ValueError("fields")
    made = datetime.fromisoformat(whole["made"])
    if made.utcoffset() is None:
        raise ValueError("made")
    body = {name: value for name, value in whole.items() if name != "mac"}
    return Copied(
        vault=str(whole["vault"]), device=str(whole["device"]), gen=int(whole["gen"]), made=made,
        reason=str(whole["reason"]), program=str(whole["program"]), definition=str(whole["definition"]),
        records=int(whole["records"]), heads={device: _pair(pair) for device, pair in whole["heads"].items()},
        files={_file_name(name): _pair(pair) for name, *pair in whole["files"]},
        body=canon(body), mac=bytes.fromhex(whole["mac"]),
    )  # fmt: skip


def _pair(pair: list[Any]) -> tuple[int, str]:
    number, text = pair
    if type(number) is not int or not isinstance(text, str):
        raise ValueError("pair")
    return number, text


def _file_name(name: str) -> str:
    if name not in _FILES:
        raise ValueError("file")  # a received name never becomes a path
    return name


def check_files(folder: Path, manifest: Copied) -> None:
    """Every file of the manifest is there, byte by byte. Raises StoreError naming the first that is not."""
    for name, (size, digest) in manifest.files.items():
        path = folder / name
        try:
            if path.stat().st_size != size or hash_of(path) != digest:
                raise StoreError("backup.file_differs", file=name, place=folder.name)
        except FileNotFoundError:
            raise StoreError("backup.file_missing", file=name, place=folder.name) from None
        except OSError as error:
            raise trouble(error, path) from None


def hash_of(path: Path) -> str:
    """SHA-256 of a file in hex. Raises OSError."""
    known = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            known.update(block)
    return known.hexdigest()
