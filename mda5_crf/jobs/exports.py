"""A file for another system: written under a name of its own, recorded, and only then in its place.

The file is beside its place from its first byte on, in the folder the person named: nothing in clear is
written anywhere else, and after any failure none of it is left.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.db.files import or_nothing
from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.exchange.odm2out import odm2_out
from mda5_crf.exchange.odm_audit import write_facts, write_history
from mda5_crf.exchange.odm_data import write_snapshot
from mda5_crf.exchange.odm_file import Head, odm_file
from mda5_crf.exchange.odm_framed import framed, write_data
from mda5_crf.exchange.odm_proof import Witness
from mda5_crf.jobs.calm import calm
from mda5_crf.jobs.shelf import PART, Writer
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.exportfeed import Feed, record_export
from mda5_crf.sync.devices import own_card
from mda5_crf.text import Language, Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]
SNAPSHOT, ARCHIVE, TRAIL, NEWER = "odm", "odm-archive", "odm-audit", "odm2"
HISTORY = "odm-transactional"


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

    def lines(self) -> tuple[Text, ...]:
        """What became of it, and what is to be known."""
        facts = {"records": self.records, "subjects": len(self.subjects), "sha256": self.sha256}
        return (
            message("exchange.written", file=self.file.name, **facts),
            message("exchange.warning"),
        )


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
    """Write the state (``odm``; ``odm2`` as ODM 2.0) or the history beside ``file``.

    The history is that of the data (``odm-transactional``) or the whole (``odm-archive``).

    ``subjects``: identities of participants, none = all. Raises PermissionDenied, InputRefused (no
    participant, no such folder), StoreError; what ``progress`` raises ends the work. Then there is no file.
    """
    feed = Feed(session)
    chosen = frozenset(subjects) or None
    foreign = framed(feed.study)
    if not feed.participants and not foreign:
        raise InputRefused("exchange.nothing")
    granularity = "SingleSubject" if len(subjects) == 1 else "All"
    if what not in (ARCHIVE, HISTORY):
        granularity = granularity if chosen else "SingleSite" if not session.is_centre else "AllClinicalData"
    history, archival = what in (ARCHIVE, HISTORY), what == ARCHIVE and extensions
    head = Head(session.now(), history, archival, granularity, language, extensions)
    with (
        beside(file) as sink,
        odm_file(feed, head, sink.write, odm2_out(feed, head, sink.write) if what == NEWER else None) as out,
    ):
        if what == ARCHIVE:
            # Of some participants the chains have holes: such a file proves nothing and cannot come back.
            witness = _witness(session) if chosen is None and extensions else None
            told = write_history(out, feed, chosen, language, progress, witness)
            records, names = told.records, told.subjects
        elif foreign:
            with calm():
                records, names = write_data(out, feed, chosen, language, progress, then=what == HISTORY)
        elif what == HISTORY:
            told = write_history(out, feed, chosen, language, progress)
            records, names = told.records, told.subjects
        else:
            records, names = write_snapshot(out, feed, chosen, language, progress)
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
    with beside(file) as sink, odm_file(feed, head, sink.write) as out:
        told = write_facts(out, feed, feed.passing(filters, progress), language)
    return _written(file, TRAIL, sink, told.records, told.subjects, {"filter": filters.as_json()})


def finish(session: Session, written: Written, language: Language = "en") -> None:
    """Record the export, then let the file appear. Raises StoreError; then there is no file."""
    content = {
        "what": written.what, "file": written.file.name, "sha256": written.sha256, "bytes": written.size,
        "lines": written.records, "participants": len(written.subjects), "language": language,
        **written.content,
    }  # fmt: skip
    with or_nothing(written.part, StoreError("exchange.cannot_write", file=written.file.name)):
        record_export(session, content)
        written.part.replace(written.file)


@contextmanager
def beside(file: Path) -> Iterator[Writer]:
    """Write under a name of its own beside ``file``; nothing stays of it after a failure."""
    if file.is_dir():
        raise InputRefused("exchange.is_folder", file=file.name)
    if not file.absolute().parent.is_dir():
        raise InputRefused("exchange.no_folder", folder=file.absolute().parent.name)
    part, refused = part_of(file), StoreError("exchange.cannot_write", file=file.name)
    try:
        stream = part.open("xb")
    except FileExistsError:
        raise StoreError("exchange.part_there", file=part.name) from None
    except OSError as problem:
        raise refused from problem
    with or_nothing(part, refused), stream:
        yield Writer(stream)
        stream.flush()
        os.fsync(stream.fileno())


def part_of(file: Path) -> Path:
    """Where a file lies until it is recorded."""
    return file.with_name(f"{file.name}{PART}")


def _witness(session: Session) -> Witness:
    """Who signs what is made here: the PC itself."""
    return Witness(own_card(session).body(), partial(session.vault.device_keys.sign.sign, "archive"))


def _written(
    file: Path, what: str, sink: Writer, records: int, subjects: set[str], content: dict[str, Any]
) -> Written:
    return Written(
        file, part_of(file), what, sink.sha256, sink.size, records, tuple(sorted(subjects)), content
    )
