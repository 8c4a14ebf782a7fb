"""A file of another system into the vault: read in the child, placed, previewed or taken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.errors import InputRefused
from mda5_crf.exchange.odmclinical import Reading
from mda5_crf.exchange.odmtargets import Targets
from mda5_crf.jobs.calm import calm
from mda5_crf.jobs.confined import Stream, stream
from mda5_crf.services.importing import bring
from mda5_crf.services.importkinds import Part, Report, Source, Told
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]
_PIECE: Final = 1 << 20
_LINES: Final = 12
_SHOWN: Final = 20


def _silent(_done: int, _total: int) -> None:
    """For who watches no progress."""


def preview(session: Session, file: Path, progress: Progress = _silent) -> Report:
    """What :func:`take` would bring; nothing is written. Raises the same."""
    return _run(session, file, progress, keep=False)


def take(session: Session, file: Path, progress: Progress = _silent) -> Report:
    """Take the data of an ODM file in: all of it in one transaction, or nothing.

    ``progress`` is told bytes read, of how many. Raises PermissionDenied, InputRefused (what is wrong with
    the file; a centre; a locked study), StoreError; what ``progress`` raises ends the work.
    """
    return _run(session, file, progress, keep=True)


def _run(session: Session, file: Path, progress: Progress, *, keep: bool) -> Report:
    sha256, size = _hash(file)
    with stream("odm", file) as lines:
        first = next(lines)
        attributes: Mapping[str, str] = first["attrs"]
        source = Source(
            file.name, sha256, size, f"ODM {first['version']}".strip(), _system(attributes), "",
            attributes.get("FileType") == "Transactional",
        )  # fmt: skip
        return bring_in(
            session, source, _all(first, lines, file, sha256), keep=keep, told=_steps(lines, progress)
        )


def bring_in(
    session: Session,
    source: Source,
    events: Iterator[Mapping[str, Any]],
    *,
    keep: bool,
    told: Progress = _silent,
) -> Report:
    """The same of events that were read already: for what reads by itself."""
    reading = Reading(Targets(session.study))
    with calm():
        return bring(
            session, source, reading.read(events), keep=keep, progress=told,
            finished=lambda report: _notes(report, reading),
        )  # fmt: skip


def _notes(report: Report, reading: Reading) -> None:
    report.study = reading.study
    for study in reading.strange_studies:
        report.notes.append(message("odmdata.other_study", study=study))


def _all(first: Mapping[str, Any], lines: Stream, file: Path, sha256: str) -> Iterator[Mapping[str, Any]]:
    yield first
    yield from lines
    if lines.sha256 != sha256:
        raise InputRefused("odmdata.file_changed", file=file.name)


def _steps(lines: Stream, progress: Progress) -> Progress:
    return lambda _done, _total: progress(lines.sent, lines.size)


def _hash(file: Path) -> tuple[str, int]:
    """SHA-256 and length. Nothing of the file is looked at here."""
    found = hashlib.sha256()
    size = 0
    try:
        if not file.is_file():
            raise InputRefused("odmdata.file_unreadable", file=file.name)
        with file.open("rb") as source:
            while piece := source.read(_PIECE):
                found.update(piece)
                size += len(piece)
    except OSError:
        raise InputRefused("odmdata.file_unreadable", file=file.name) from None
    return found.hexdigest(), size


def _system(attributes: Mapping[str, str]) -> str:
    named = " ".join(
        filter(None, (attributes.get("SourceSystem", ""), attributes.get("SourceSystemVersion", "")))
    )
    return (named or attributes.get("Originator", ""))[:200]


def lines_of(report: Report, *, dry: bool) -> list[Text]:
    """The report in plain words."""
    system: Text = both(report.system) if report.system else message("odmdata.unknown_system")
    said = [message("odmdata.said_file", file=report.file, system=system)]
    if report.taken_before:
        return [*said, message("odmdata.said_before", at=report.taken_before[:16].replace("T", " "))]
    said.append(
        message(
            "odmdata.said_participants", all=report.participants, new=report.participants_new,
            forms=report.forms, rows=report.rows_new,
        )
    )  # fmt: skip
    said.append(
        message(
            "odmdata.said_values",
            new=report.new,
            changed=report.changed,
            known=report.known,
            left=report.left,
        )
    )
    if report.nonconformant:
        said.append(message("odmdata.said_nonconformant", count=report.nonconformant))
    for why, count in report.left_why.most_common(_LINES):
        said.append(message("odmdata.said_left", count=count, why=why))
    if report.kept:
        parts = [message(f"odmdata.kept_{name}", count=n) for name, n in sorted(report.kept.items())]
        what = Text(", ".join(one.en for one in parts), "、".join(one.zh for one in parts))
        said.append(message("odmdata.said_kept", what=what))
    said += report.notes
    if report.nothing:
        said.append(message("odmdata.said_nothing"))
    elif dry:
        said.append(message("odmdata.said_dry"))
    else:
        said.append(message("odmdata.said_done", record=report.record, sha256=report.sha256))
        if report.copy:
            said.append(message("odmdata.said_copy", copy=report.copy))
    return said


def left_lines(report: Report, most: int = _SHOWN) -> list[Text]:
    """One line for each answer that was not taken, up to ``most``."""
    said = [
        message("odmdata.said_left_one", subject=one.subject, where=one.where, why=one.why)
        for one in report.left_told[:most]
    ]
    if report.left > len(said):
        said.append(message("odmdata.said_more", count=report.left - len(said)))
    return said


__all__ = ["Part", "Progress", "Report", "Told", "bring_in", "left_lines", "lines_of", "preview", "take"]
