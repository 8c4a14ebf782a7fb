"""A file for another system: written under a name of its own, recorded, and only then in its place.

The file is beside its place from its first byte on, in the folder the person named: nothing in clear is
written anywhere else, and after any failure none of it is left.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.exchange.odm_audit import write_facts, write_history
from mda5_crf.exchange.odm_data import write_snapshot
from mda5_crf.exchange.odm_file import Head, odm_file
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.exportfeed import Feed, record_export
from mda5_crf.text import Language

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]
SNAPSHOT, ARCHIVE, TRAIL = "odm", "odm-archive", "odm-audit"


def _silent(_done: int, _total: int) -> None:
    """For who watches no progress."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is whole and not yet in its place; see :func:`finish`. ``what``: its kind."""

    file: Path
    part: Path
    what: str
    sha256: str
    size: int
    records: int
    subjects: tuple[str, ...]
    content: dict[str, Any] = field(default_factory=dict)


def write_odm(
    session: Session,
    file: Path,
    what: str,
    subjects: Sequence[str] = (),
    language: Language = "en",
    *,
    extensions: bool = True,
    progress: Progress = _silent,
) -> Written:
    """Write the state (``odm``) or the whole history (``odm-archive``) beside ``file``.

    ``subjects``: identities of participants, none = all. Raises PermissionDenied, InputRefused (no
    participant, no such folder), StoreError; what ``progress`` raises ends the work. Then there is no file.
    """
    feed = Feed(session)
    chosen = frozenset(subjects) or None
    if not feed.participants:
        raise InputRefused("exchange.nothing")
    granularity = "SingleSubject" if len(subjects) == 1 else "All"
    if what == SNAPSHOT:
        granularity = granularity if chosen else "SingleSite" if not session.is_centre else "AllClinicalData"
    head = Head(
        session.now(), what == ARCHIVE, what == ARCHIVE and extensions, granularity, language, extensions
    )
    with _part(file) as sink:
        with odm_file(feed, head, sink.write) as out:
            if what == ARCHIVE:
                told = write_history(out, feed, chosen, language, progress)
                records, names = told.records, told.subjects
            else:
                records, names = write_snapshot(out, feed, chosen, language, progress)
        sink.finish()
    content: dict[str, Any] = {} if chosen is None else {"of": sorted(chosen)}
    return _written(file, what, sink, records, names, {**content, "extensions": extensions})


def write_trail(
    session: Session,
    file: Path,
    wanted: AuditFilter | None = None,
    language: Language = "en",
    progress: Progress = _silent,
) -> Written:
    """Write what of the audit trail passes beside ``file``, as transactions. Raises as :func:`write_odm`."""
    feed = Feed(session)
    filters = wanted or AuditFilter()
    head = Head(session.now(), transactional=True, archival=False, granularity="All", language=language)
    with _part(file) as sink:
        with odm_file(feed, head, sink.write) as out:
            told = write_facts(out, feed, feed.passing(filters, progress), language)
        sink.finish()
    return _written(file, TRAIL, sink, told.records, told.subjects, {"filter": filters.as_json()})


def finish(session: Session, written: Written, language: Language = "en") -> None:
    """Record the export, then let the file appear. Raises StoreError; then there is no file."""
    content = {
        "what": written.what, "file": written.file.name, "sha256": written.sha256, "bytes": written.size,
        "lines": written.records, "participants": len(written.subjects), "language": language,
        **written.content,
    }  # fmt: skip
    try:
        record_export(session, content)
        written.part.replace(written.file)
    except OSError as problem:
        drop(written)
        raise StoreError("exchange.cannot_write", file=written.file.name) from problem
    except BaseException:
        drop(written)
        raise


def drop(written: Written) -> None:
    """Take away a file that is not to appear."""
    with suppress(OSError):
        written.part.unlink(missing_ok=True)


class _Sink:
    """Counts and hashes what goes into a file."""

    def __init__(self, part: Path) -> None:
        self.part = part
        self._digest = hashlib.sha256()
        self._stream = part.open("xb")
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Add bytes."""
        self._digest.update(piece)
        self._stream.write(piece)
        self.size += len(piece)

    def finish(self) -> None:
        """Bring it to the disk."""
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    @property
    def sha256(self) -> str:
        """Of all that was written."""
        return self._digest.hexdigest()


@contextmanager
def _part(file: Path) -> Iterator[_Sink]:
    if file.is_dir():
        raise InputRefused("exchange.is_folder", file=file.name)
    if not file.absolute().parent.is_dir():
        raise InputRefused("exchange.no_folder", folder=file.absolute().parent.name)
    part = file.with_name(f"{file.name}.part")
    try:
        sink = _Sink(part)
    except FileExistsError:
        raise StoreError("exchange.part_there", file=part.name) from None
    except OSError as problem:
        raise StoreError("exchange.cannot_write", file=file.name) from problem
    try:
        try:
            yield sink
        finally:
            sink.close()
    except OSError as problem:
        _gone(part)
        raise StoreError("exchange.cannot_write", file=file.name) from problem
    except BaseException:
        # Cancelled or interrupted: half a file in clear must not stay. It goes on its way.
        _gone(part)
        raise


def _gone(part: Path) -> None:
    with suppress(OSError):
        part.unlink(missing_ok=True)


def _written(
    file: Path, what: str, sink: _Sink, records: int, subjects: set[str], content: dict[str, Any]
) -> Written:
    return Written(file, sink.part, what, sink.sha256, sink.size, records, tuple(sorted(subjects)), content)
