"""Datasets for statistics: tables in one of six formats with codebook, list of changes, scripts, a draft of
Define-XML, and a list of SHA-256 sums; as a folder, a zip file, one workbook, or in a carrier.

Participants are read one after the other and their rows kept encrypted beside the target until their table is
written (``exchange/spool.py``): memory does not grow with their number. The export is recorded before it
appears; whatever fails or is cancelled leaves nothing.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.exchange import codebook, csvout, definexml, jsonout, statout, xlsxout, xptout
from mda5_crf.exchange.datasets import ASTYPED, FORMS, SDTM, SHAPES, Kind, Shape
from mda5_crf.exchange.fitting import (
    CSV,
    DTA,
    FORMATS,
    JSON,
    SAV,
    XLSX,
    XPT,
    Fitting,
    Sheet,
    Tongue,
    in_tongue,
)
from mda5_crf.exchange.spool import Spool
from mda5_crf.exchange.verticals import Verticals
from mda5_crf.exchange.wide import Forms
from mda5_crf.jobs.exports import Written, beside, finish, part_of
from mda5_crf.jobs.piping import Sink, poured
from mda5_crf.jobs.shelf import PART, Kept, Shelf, Writer, shelf, zip_into
from mda5_crf.services.asof import Moment, locate, present
from mda5_crf.services.exportfeed import Feed, record_export
from mda5_crf.settings import resource
from mda5_crf.sync.carrier import make_of
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]
MANIFEST: Final = "manifest.sha256"
README: Final = "readme.txt"
DEFINE: Final = "define.xml"
ENDINGS: Final[Mapping[str, str]] = {
    CSV: ".csv",
    XLSX: ".xlsx",
    XPT: ".xpt",
    SAV: ".sav",
    DTA: ".dta",
    JSON: ".json",
}
_LINES_ENDING: Final = ".ndjson"
_STEPS: Final = 10
"""Steps of progress of one participant; of one table it is one."""
_PIECE: Final = 1 << 20
_NAMED: Final = 8
"""Columns that a refusal names."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted. ``subjects``: identities, none = everybody. ``raw``: CSV without anything for
    spreadsheets; ``lines``: Dataset-JSON as NDJSON; ``plain``: refuse text that is not ASCII (XPT).
    """

    format: str
    shape: str = FORMS
    language: Tongue = "both"
    subjects: tuple[str, ...] = ()
    raw: bool = False
    lines: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that stands in its place. ``sha256``: of its list of sums, or of the workbook that it is;
    ``changes``: how much is otherwise than in the model; ``aside``: rows of ASTYPED.
    """

    target: Path
    format: str
    sha256: str
    files: int
    size: int
    tables: int
    rows: int
    participants: int
    changes: int
    aside: int
    closed: bool = False

    def lines(self) -> tuple[Text, ...]:
        """What became of it, and what is to be known."""
        told = [
            message(
                "datasets.written", name=self.target.name, participants=self.participants, tables=self.tables,
                rows=self.rows, sha256=self.sha256,
            ),
        ]  # fmt: skip
        if self.changes:
            told.append(message("datasets.changed", count=self.changes))
        if self.aside:
            told.append(message("datasets.set_aside", count=self.aside))
        return tuple(told) if self.closed else (*told, message("exchange.warning"))


def export(
    session: Session, target: Path, wish: Wish, progress: Progress = lambda _done, _total: None
) -> Exported:
    """Write an export: a folder, a zip file when ``target`` ends so, or one workbook (.xlsx).

    May run in any thread; what ``progress`` raises ends the work and leaves nothing. Raises PermissionDenied,
    InputRefused (nobody to export, nothing annotated, an extra that is not installed, there already),
    StoreError.
    """
    plan = _Plan(session, wish, target)
    if wish.format == XLSX and target.suffix.lower() == ENDINGS[XLSX]:
        return _workbook(plan, progress)
    with _in_our_words(), shelf(target, plan.made) as to, plan.spooled(progress) as spool:
        made = _Export(plan, spool)
        made.write(to, progress)
        to.close()
        progress(plan.steps, plan.steps)  # the last moment to cancel
        told = {**made.told(), "bytes": made.size, "files": len(made.kept)}
        record_export(session, {"what": plan.what, "file": target.name, "sha256": made.manifest, **told})
        to.move()
    return made.exported()


def export_in_carrier(
    session: Session, target: Path, wish: Wish, peer: str, progress: Progress = lambda _done, _total: None
) -> Exported:
    """As :func:`export`, a zip file that only the PC ``peer`` (device id) can open: it never lies in clear.

    Raises as :func:`export` and :func:`mda5_crf.sync.carrier.make`; InputRefused for what needs a clear file.
    """
    if wish.format in (SAV, DTA):
        raise InputRefused("datasets.not_in_carrier", format=ENDINGS[wish.format])
    plan, done = _Plan(session, wish, target), list[_Export]()
    name = f"{target.stem}.zip"

    def write(sink: Sink) -> None:
        to = zip_into(cast("IO[bytes]", sink), target.with_name(name), plan.made)
        try:
            with plan.spooled(progress) as spool:
                done.append(made := _Export(plan, spool))
                made.write(to, progress)
        finally:
            to.close()

    def about() -> dict[str, Any]:
        (made,) = done
        progress(plan.steps, plan.steps)  # the last moment to cancel
        return {"dataset": made.manifest, **made.told(), "files": len(made.kept)}

    make_of(session, lambda: poured(write), name, peer, target, 0, about)
    return done[0].exported(closed=True)


def offered_name(session: Session, wish: Wish) -> str:
    """``nct04966884-01-forms-csv.zip``; of a workbook ``….xlsx``."""
    stem = f"{session.study.oid}-{session.site}-{wish.shape}-{wish.format}".lower()
    return f"{stem}.xlsx" if wish.format == XLSX else f"{stem}.zip"


# -- what is asked for -----------------------------------------------------------------------------------


class _Plan:
    """A wish, looked at before anything is written."""

    def __init__(self, session: Session, wish: Wish, target: Path) -> None:
        assert wish.format in FORMATS
        assert wish.shape in SHAPES
        self.session, self.wish, self.target = session, wish, target
        self.feed = Feed(session)
        self.chosen = [
            one for one in self.feed.participants
            if not one.voided and (not wish.subjects or one.identity in wish.subjects)
        ]  # fmt: skip
        if not self.chosen:
            raise InputRefused("exchange.nothing")
        if wish.format in (SAV, DTA):
            statout.tools()
        self.shape: Shape = Verticals(self.feed) if wish.shape == SDTM else Forms(self.feed)
        self.made = session.now()
        self.ending = _LINES_ENDING if wish.lines and wish.format == JSON else ENDINGS[wish.format]
        self.what = f"data-{wish.format}"
        study, newest = self.feed.study, locate(session, Moment(heads=present(session).heads)).at
        version = f"MDV.DRAFT.{study.version}.{study.hash[:12]}"
        self.origin = jsonout.Origin(study.oid, version, session.site, self.made, newest)

    @property
    def steps(self) -> int:
        """Of progress, of all of it."""
        return _STEPS * len(self.chosen) + len(self.shape.tables)

    def spooled(self, progress: Progress) -> Spool:
        """All rows of everybody who is wanted. Raises OSError, InputRefused."""
        spool = Spool(self.shape.tables, self.target.absolute().parent)
        done = False
        try:
            for number, who in enumerate(self.chosen):
                progress(_STEPS * number, self.steps)
                loaded = self.session.is_loaded(who.identity)
                for name, row in self.shape.rows(who):
                    spool.put(name, row)
                if not loaded:
                    self.session.let_go(who.identity)  # a thousand of them do not fit
            if self.wish.plain and self.wish.format == XPT:
                self._all_plain(spool)
            done = True
        finally:
            if not done:
                spool.__exit__(None, None, None)
        return spool

    def _all_plain(self, spool: Spool) -> None:
        wide = [
            f"{table.name}.{column.name}"
            for table in self.shape.tables.values()
            for column, facts in zip(table.columns, spool.seen[table.name].facts, strict=True)
            if facts.wide
        ]
        if wide:
            named = ", ".join(wide[:_NAMED]) + (" …" if len(wide) > _NAMED else "")
            raise InputRefused("datasets.not_plain", count=len(wide), columns=named)


# -- writing ---------------------------------------------------------------------------------------------


class _Export:
    """Writes the files of one export."""

    def __init__(self, plan: _Plan, spool: Spool) -> None:
        self._plan, self._spool = plan, spool
        self._wish, self._made = plan.wish, plan.made
        self.kept: list[Kept] = []
        self.manifest = ""
        self.fitting = Fitting(self._wish.format, self._wish.language, plan.shape.codelists)
        self.sheets = [
            self.fitting.sheet(table, spool.seen[name]) for name, table in plan.shape.tables.items()
        ]
        for sheet in self.sheets:
            self._told_of_formulas(sheet)

    def _told_of_formulas(self, sheet: Sheet) -> None:
        if self._wish.format == CSV and not self._wish.raw:
            for one in sheet.fields:
                if one.facts.guarded:
                    self.fitting.tell(
                        sheet.table.name, one.column.name, "escaped", str(one.facts.guarded), "'"
                    )

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.kept)

    def write(self, to: Shelf, progress: Progress) -> None:
        """Everything, last the list of sums."""
        self.kept = to.kept
        if self._wish.format == XLSX:
            with to.file(codebook.WORKBOOK) as writer:
                self.workbook(writer, progress)
        else:
            for number, sheet in enumerate(self.sheets):
                progress(self._plan.steps - len(self.sheets) + number, self._plan.steps)
                self._table(to, sheet)
        self._books(to)
        with to.file(DEFINE) as writer:
            plan = self._plan
            results = plan.shape.plan.results if isinstance(plan.shape, Verticals) else {}
            definexml.write(
                writer.write, plan.feed, self.sheets, self.fitting, plan.ending, self._made, results
            )
        for script in ("read_export.py", "read_export.R"):
            to.put(script, resource("export", script).read_bytes())
        to.put(README, self._readme())
        listed = sorted(to.kept, key=lambda one: one.name)
        sums = "".join(f"{one.sha256}  {one.name}\n" for one in listed)
        self.manifest = to.put(MANIFEST, sums.encode("ascii")).sha256

    def _table(self, to: Shelf, sheet: Sheet) -> None:
        wish, rows = self._wish, self._spool.rows(sheet.table.name)
        name = codebook.file_name(sheet, self._plan.ending)
        if wish.format in (SAV, DTA):
            self._by_path(to, name, lambda file: statout.write(file, sheet, rows, self.fitting))
            return
        with to.file(name) as writer:
            if wish.format == CSV:
                csvout.write(writer.write, sheet, rows, raw=wish.raw)
            elif wish.format == XPT:
                xptout.write(writer.write, sheet, rows, self._made)
            else:
                jsonout.write(writer.write, sheet, rows, self._plan.origin, lines=wish.lines)

    def _by_path(self, to: Shelf, name: str, write: Callable[[Path], None]) -> None:
        """For a writer that takes only a path: in clear beside the target, for as long as it writes."""
        target = self._plan.target.absolute()
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{target.name}{PART}-") as folder:
            file = Path(folder) / f"table{self._plan.ending}"
            write(file)
            with file.open("rb") as source, to.file(name) as writer:
                while piece := source.read(_PIECE):
                    writer.write(piece)

    def workbook(self, writer: Writer, progress: Progress) -> None:
        """One workbook: codebook, codes, changes, and a sheet per table."""

        def tables() -> Iterator[xlsxout.Leaf]:
            for number, sheet in enumerate(self.sheets):
                progress(self._plan.steps - len(self.sheets) + number, self._plan.steps)
                heads = [
                    xlsxout.Heading(one.name, one.label, one.kind, min(one.facts.units, 40))
                    for one in sheet.fields
                ]
                rows = ([one.cell(row) for one in sheet.fields] for row in self._spool.rows(sheet.table.name))
                yield xlsxout.Leaf(sheet.name, heads, rows)

        def leaves() -> Iterator[xlsxout.Leaf]:
            yield from self._book_leaves()
            yield from tables()

        xlsxout.write(writer.write, leaves(), self._made)

    def _book_leaves(self) -> Iterator[xlsxout.Leaf]:
        told = (
            (
                "datasets.sheet_codebook",
                codebook.VARIABLES,
                codebook.variables(self.sheets, self._plan.ending),
            ),
            ("datasets.sheet_codes", codebook.CODES, codebook.codes(self.sheets, self.fitting)),
            ("datasets.sheet_changes", codebook.TOLD, codebook.changes(self.fitting.changes)),
        )
        for title, heads, lines in told:
            columns = [
                xlsxout.Heading(
                    one,
                    in_tongue(message(f"datasets.book_{one}"), self._wish.language),
                    Kind.INTEGER if one in codebook.COUNTS else Kind.TEXT,
                    16,
                )
                for one in heads
            ]
            yield xlsxout.Leaf(message(title).en, columns, lines)

    def _books(self, to: Shelf) -> None:
        ending, raw = self._plan.ending, self._wish.raw
        for name, heads, lines in (
            ("codebook.csv", codebook.VARIABLES, codebook.variables(self.sheets, ending)),
            ("codebook-codes.csv", codebook.CODES, codebook.codes(self.sheets, self.fitting)),
            ("changes.csv", codebook.TOLD, codebook.changes(self.fitting.changes)),
        ):
            with to.file(name) as writer:
                csvout.lines(writer.write, heads, lines, raw=raw)
        with to.file("codebook.xlsx") as writer:
            xlsxout.write(writer.write, self._book_leaves(), self._made)
        study = self._plan.feed.study
        about = {
            "study": study.oid, "definition": study.hash, "version": study.version, "shape": self._wish.shape,
            "raw": raw, "lines": self._wish.lines, "made": self._made.astimezone(UTC).isoformat(),
        }  # fmt: skip
        told = codebook.document(self.sheets, self.fitting, ending, about)
        to.put("codebook.json", json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8"))

    def _readme(self) -> bytes:
        study = self._plan.feed.study
        facts = {
            "study": study.oid, "version": study.version,
            "made": self._made.astimezone(UTC).strftime("%Y-%m-%d %H:%M"),
            "shape": message(f"datasets.shape_{self._wish.shape}"), "format": self._wish.format,
        }  # fmt: skip
        told = message("datasets.readme", **facts)
        return b"\xef\xbb\xbf" + f"{told.en}\n\n{told.zh}\n".replace("\n", "\r\n").encode()

    def told(self) -> dict[str, Any]:
        """What the record of the export says besides."""
        wish = self._wish
        said: dict[str, Any] = {
            "lines": self.rows, "participants": len(self._plan.chosen), "language": wish.language,
            "shape": wish.shape, "raw": wish.raw,
        }  # fmt: skip
        return {**said, "of": sorted(wish.subjects)} if wish.subjects else said

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(one.rows for one in self._spool.seen.values())

    def exported(self, *, closed: bool = False, sha256: str = "", size: int = 0) -> Exported:
        """What came of it; of a workbook alone its sum and size are given."""
        plan, aside = self._plan, self._spool.seen[ASTYPED].rows
        return Exported(
            plan.target, plan.wish.format, sha256 or self.manifest, len(self.kept) or 1, size or self.size,
            len(self.sheets), self.rows, len(plan.chosen), len(self.fitting.changes), aside, closed,
        )  # fmt: skip


def _workbook(plan: _Plan, progress: Progress) -> Exported:
    """One workbook as the whole export."""
    target = plan.target
    if target.exists():
        raise InputRefused("datasets.exists", name=target.name)
    with beside(target) as writer, plan.spooled(progress) as spool:
        made = _Export(plan, spool)
        made.workbook(writer, progress)
        progress(plan.steps, plan.steps)  # the last moment to cancel
    names = tuple(one.identity for one in plan.chosen)
    part = part_of(target)
    written = Written(target, part, plan.what, writer.sha256, writer.size, made.rows, names, made.told())
    finish(plan.session, written)
    return made.exported(sha256=writer.sha256, size=writer.size)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """What is said of archives, said of datasets."""
    try:
        yield
    except (InputRefused, StoreError) as problem:
        area, _, name = problem.code.partition(".")
        if area != "archive":
            raise
        raise type(problem)(f"datasets.{name}", **problem.params) from None
