"""The audit trail as a CSV file: one line per record, safe to open in a spreadsheet, and read back unchanged.

UTF-8 with a byte order mark, commas, CRLF. A text that a spreadsheet would take for a formula gets an
apostrophe in front, and the last column names the columns where that was done; a number stays a number.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.db.files import or_nothing
from mda5_crf.db.records import Draft
from mda5_crf.errors import StoreError
from mda5_crf.services.access import Action
from mda5_crf.services.audit import audit_lines
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.auditlines import AuditLine
from mda5_crf.text import Language, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

COLUMNS: Final = (
    "typed_utc", "stored_utc", "stored_local", "zone", "left_utc", "taken_utc", "name", "login", "role",
    "site", "vault", "device", "participant", "event", "form", "row", "item", "label", "act", "old", "new",
    "reason_code", "reason", "reason_text", "prompt", "kind",
    "version", "definition", "record", "replaces", "hash", "note",
)  # fmt: skip
ESCAPED: Final = "escaped"
"""The last column: names of those that got an apostrophe."""
_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that is written under a name of its own and not yet in its place; see :func:`finish`."""

    file: Path
    part: Path
    sha256: str
    lines: int
    wanted: AuditFilter
    language: Language


def cells(line: AuditLine, language: Language) -> dict[str, str]:
    """The cells of one line by column, as people read them, before anything is made safe."""
    note = line.fate.in_(language) if line.aside is None else line.aside.in_(language)
    if line.emptied:
        note = message("audit.note_emptied", record=line.emptied).in_(language)
    elif line.withheld:
        note = message("audit.note_withheld").in_(language)
    return {
        "typed_utc": _time(line.typed), "stored_utc": _time(line.stored),
        "stored_local": line.local.isoformat(sep=" ", timespec="seconds"), "zone": line.zone,
        "left_utc": _time(line.left), "taken_utc": _time(line.taken), "name": line.name, "login": line.login,
        "role": line.roles_in_words.in_(language), "site": line.site, "vault": line.vault,
        "device": line.device, "participant": line.subjid, "event": line.event, "form": line.form,
        "row": line.row, "item": line.item,
        "label": line.label.in_(language), "act": line.act.in_(language), "old": line.old.in_(language),
        "new": line.new.in_(language), "reason_code": line.reason_code, "reason": line.reason.in_(language),
        "reason_text": line.reason_text, "prompt": " ".join(line.prompt), "kind": line.kind,
        "version": line.version, "definition": line.definition, "record": line.record,
        "replaces": " ".join(line.replaces), "hash": line.hash, "note": note,
    }  # fmt: skip


def headings(language: Language) -> tuple[str, ...]:
    """The first line of the file."""
    return tuple(message(f"audit.col_{name}").in_(language) for name in (*COLUMNS, ESCAPED))


def safe(told: Mapping[str, str]) -> list[str]:
    """One line of the file."""
    made, escaped = [], []
    for name in COLUMNS:
        text = guarded(told[name])
        if text != told[name]:
            escaped.append(name)
        made.append(text)
    return [*made, " ".join(escaped)]


def guarded(text: str) -> str:
    """The text of a cell with an apostrophe in front where a spreadsheet would take it for a formula."""
    formula = text and (text[0] in _FORMULA or text[0] == "'") and not _NUMBER.fullmatch(text)
    return f"'{text}" if formula else text


def text_of(lines: Iterable[AuditLine], language: Language) -> Iterator[str]:
    """The file, line by line; the byte order mark is its first character."""
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + _row(headings(language))
    for line in lines:
        yield _row(safe(cells(line, language)))


def write(
    session: Session,
    file: Path,
    wanted: AuditFilter | None = None,
    language: Language = "en",
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Exported:
    """Write the filtered trail beside ``file``; :func:`finish` records that and puts it in its place.

    May run in any thread. What ``progress`` raises ends the work and leaves no file.
    Raises PermissionDenied, StoreError.
    """
    session.require(Action.EXPORT)
    filters, part = wanted or AuditFilter(), file.with_name(f"{file.name}.part")
    digest, count = hashlib.sha256(), -1
    with or_nothing(part, StoreError("audit.cannot_write", file=file.name)), part.open("xb") as stream:
        for line in text_of(audit_lines(session, filters, progress), language):
            data = line.encode("utf-8")
            digest.update(data)
            stream.write(data)
            count += 1
        stream.flush()
        os.fsync(stream.fileno())
    return Exported(file, part, digest.hexdigest(), count, filters, language)


def finish(session: Session, exported: Exported) -> None:
    """Record the export, then let the file appear. Raises StoreError; then there is no file."""
    content = {
        "what": "audit-trail", "file": exported.file.name, "sha256": exported.sha256, "lines": exported.lines,
        "filter": exported.wanted.as_json(), "language": exported.language,
    }  # fmt: skip
    with or_nothing(exported.part, StoreError("audit.cannot_write", file=exported.file.name)):
        session.append([Draft("export", "", content)])
        exported.part.replace(exported.file)


def _row(told: Sequence[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerow(told)
    return stream.getvalue()


def _time(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
