"""Terms to be coded as a file, and the file that comes back: .xlsx or .csv. See ``services/codingtake``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused
from mda5_crf.exchange import csvout, xlsxout
from mda5_crf.exchange.datasets import Kind
from mda5_crf.jobs import sheetrows
from mda5_crf.jobs.exports import Written, beside, finish, part_of
from mda5_crf.services import codingsheet, codingtake
from mda5_crf.services.codings import Synonyms
from mda5_crf.services.codingsheet import COUNT, ID, OCCURRENCE, TERM
from mda5_crf.services.codingtake import FileFacts, Plan
from mda5_crf.study.coding import coded_items
from mda5_crf.study.folding import narrow
from mda5_crf.study.identifying import numbers
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

XLSX, CSV = ".xlsx", ".csv"
WHAT, WHAT_SYNONYMS = "coding", "synonyms"
_WIDE: Final = 32


@dataclass(frozen=True, slots=True)
class Sent:
    """A sheet that stands in its place. ``identifying``: terms left out, for they hold a person's number."""

    file: Path
    sha256: str
    lines: int
    identifying: int

    def told(self) -> tuple[Text, ...]:
        """What became of it."""
        said = [message("coding.exported", file=self.file.name, count=self.lines, sha256=self.sha256)]
        if self.identifying:
            said.append(message("coding.identifying", count=self.identifying))
        return tuple(said)


def export(
    session: Session, file: Path, *, each: bool = False, everything: bool = False, suggest: bool = True
) -> Sent:
    """Write the terms to be coded; see ``codingsheet.lines``.

    A term that holds an identity or telephone number stays here. Raises PermissionDenied, InputRefused
    (nothing to be coded, no such folder, another ending), StoreError; then there is no file.
    """
    if not any(coded_items(session.study)):
        raise InputRefused("coding.no_items")
    columns, lines = codingsheet.lines(session, each=each, everything=everything, suggest=suggest)
    kept = [line for line in lines if not any(numbers(narrow(line[TERM])))]
    if not each:
        columns = tuple(one for one in columns if one != OCCURRENCE)
    if not kept:
        raise InputRefused("coding.nothing_to_code")
    sha256 = _write(session, file, WHAT, columns, kept, message("coding.sheet_terms"))
    return Sent(file, sha256, len(kept), len(lines) - len(kept))


def export_synonyms(session: Session, file: Path) -> Sent:
    """Write the list of synonyms. Raises as :func:`export`."""
    columns, lines = codingsheet.synonym_lines(Synonyms(session))
    if not lines:
        raise InputRefused("coding.none_known")
    sha256 = _write(session, file, WHAT_SYNONYMS, columns, lines, message("coding.sheet_synonyms"))
    return Sent(file, sha256, len(lines), 0)


def _write(
    session: Session,
    file: Path,
    what: str,
    columns: Sequence[str],
    lines: Sequence[Mapping[str, str]],
    name: Text,
) -> str:
    ending = file.suffix.lower()
    if ending not in (XLSX, CSV):
        raise InputRefused("coding.ending", file=file.name)
    rows: Iterable[Sequence[str]] = ([line.get(one, "") for one in columns] for line in lines)
    with beside(file) as sink:
        if ending == CSV:
            csvout.lines(sink.write, columns, rows, raw=False)
        else:
            xlsxout.write(sink.write, [xlsxout.Leaf(name.en, _heads(columns), rows)], session.now())
    finish(session, Written(file, part_of(file), what, sink.sha256, sink.size, len(lines), ()))
    return sink.sha256


def _heads(columns: Sequence[str]) -> list[xlsxout.Heading]:
    made = []
    for one in columns:
        label = codingsheet.label(one)
        kind = Kind.INTEGER if one == COUNT else Kind.TEXT
        made.append(
            xlsxout.Heading(one, f"{label.en} / {label.zh}", kind, _WIDE if one in (TERM, ID) else 14)
        )
    return made


def plan(session: Session, file: Path) -> Plan:
    """What the codes in a file would do. Raises PermissionDenied, InputRefused."""
    found = sheetrows.read(file)
    return codingtake.plan(session, FileFacts(file.name, found.sha256), found.rows)


def plan_synonyms(session: Session, file: Path) -> Plan:
    """What a list of synonyms in a file would add. Raises PermissionDenied, InputRefused."""
    found = sheetrows.read(file)
    return codingtake.plan_synonyms(session, FileFacts(file.name, found.sha256), found.rows)
