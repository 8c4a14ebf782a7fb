"""Tables and pictures of the study as a PDF, line listings as PDF, workbook or CSV."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read
from mda5_crf.errors import InputRefused
from mda5_crf.exchange import csvout, xlsxout
from mda5_crf.exchange.datasets import Column as DataColumn
from mda5_crf.exchange.datasets import Kind, fits
from mda5_crf.jobs.exports import Written as Exported
from mda5_crf.jobs.exports import beside, finish, part_of
from mda5_crf.jobs.written import write
from mda5_crf.pdf.figures import broken, lay_figures, lay_listing
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Laid, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue
from mda5_crf.services.access import Action
from mda5_crf.services.figuremodel import Figures, Grid
from mda5_crf.text import LANGUAGES, Language, Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.linelistings import Cell, LineListing
    from mda5_crf.services.session import Session

FIGURES, LISTING = "figures", "listing"
_BROAD: Final = 11
"""Columns of one table of a printed listing."""
_PLACE: Final = ("subject", "site", "visit", "date", "row", "status")


@dataclass(frozen=True, slots=True)
class Made:
    """A file in its place. ``pages`` is 0 of a workbook or CSV."""

    file: str
    sha256: str
    pages: int


def figures_pages(session: Session, figures: Figures, language: Tongue) -> Callable[[], Laid]:
    """The pages, for a preview: to be laid out in any thread. Raises PermissionDenied."""
    session.require(Action.PRINT)
    head = letterhead(session, figures)
    return lambda: lay_figures(figures, language, head)


def record(session: Session, what: str, made: Printed) -> None:
    """Note that the pages leave the vault, before they do. Raises PermissionDenied, StoreError."""
    session.record_print(what, hashlib.sha256(made.data).hexdigest(), made.pages)


def write_figures(session: Session, figures: Figures, file: Path, language: Tongue = "both") -> Made:
    """Write the document. Raises PermissionDenied, InputRefused (the file is a folder), StoreError."""
    return _pdf(session, figures_pages(session, figures, language)(), FIGURES, file)


def write_listing(session: Session, found: LineListing, file: Path, language: Tongue = "both") -> Made:
    """Write a listing in the format that the file's ending names.

    Raises PermissionDenied (paper: printing; workbook and CSV: exporting), InputRefused, StoreError.
    """
    ending = file.suffix.lower()
    if ending == ".pdf":
        return _pdf(session, listing_pages(session, found, language)(), LISTING, file)
    if ending not in (".xlsx", ".csv"):
        raise InputRefused("figures.listing_kind", file=file.name)
    session.require(Action.EXPORT)
    heads = [*_PLACE, *(item.name for item in found.items)]
    labels = [_tongued(text, language) for text in found.columns]
    rows = [[*line.place, *(_tongued(cell.words, language) for cell in line.cells)] for line in found.lines]
    with beside(file) as sink:
        if ending == ".csv":
            csvout.lines(sink.write, heads, rows, raw=False)
        else:
            kinds = [_kind([row[place] for row in rows]) for place in range(len(heads))]
            columns = [
                xlsxout.Heading(
                    name, label, kind, min(max([len(name), *(len(row[place]) for row in rows)]), 40)
                )
                for place, (name, label, kind) in enumerate(zip(heads, labels, kinds, strict=True))
            ]
            xlsxout.write(sink.write, [xlsxout.Leaf(found.form.oid, columns, rows)], session.now())
    subjects = tuple(sorted({line.key.subject for line in found.lines}))
    # Of the filter the items alone: what they are compared with may be a participant's answer.
    asked = {"form": found.form.oid, "filter": sorted({one.item for one in found.where})}
    finish(
        session, Exported(file, part_of(file), LISTING, sink.sha256, sink.size, len(rows), subjects, asked)
    )
    return Made(file.name, sink.sha256, 0)


def listing_pages(session: Session, found: LineListing, language: Tongue) -> Callable[[], Laid]:
    """The pages of a listing, to be laid out in any thread. Raises PermissionDenied."""
    session.require(Action.PRINT)
    head = letterhead(session)
    title = message(
        "figures.title_listing",
        form=Text(f"{found.form.oid} {found.form.name.en}", f"{found.form.oid} {found.form.name.zh}"),
    )
    rows = [[*map(both, line.place), *(_printed(cell) for cell in line.cells)] for line in found.lines]
    # The site stands in the head; the state of the form is on screen and in the workbook.
    shown = [0, 2, 3, 4, *range(found.keys, len(found.columns))]
    columns = [found.columns[place] for place in shown]
    tables = broken(columns, [[row[place] for place in shown] for row in rows], 4, _BROAD)
    grids = []
    for number, (heads, cells) in enumerate(tables):
        last = min(4 + (number + 1) * (_BROAD - 4), len(columns)) - 4
        said = message(
            "figures.listing_part", form=found.form.oid, first=number * (_BROAD - 4) + 1, last=last,
            all=len(columns) - 4,
        )  # fmt: skip
        shares = (0.08, 0.07, 0.085, 0.045, *([0.72 / max(len(heads) - 4, 1)] * (len(heads) - 4)))
        grids.append(Grid(f"listing_{number}", said, heads, cells, (found.said(),), shares))
    sites = sorted({line.place[1] for line in found.lines}) or [session.site]
    return lambda: lay_listing(grids, title, language, head, ", ".join(sites))


def letterhead(session: Session, figures: Figures | None = None) -> Letterhead:
    """Who prints, when, which definition, how far the chain went when the tables were read."""
    seq, hashed = read.heads(session.vault.store).get(session.device, (0, ""))
    head = f"{session.device}:{seq} {hashed[:12]}" if figures is None else figures.head
    made = session.now().astimezone(session.zone) if figures is None else figures.made
    return Letterhead(session.study, session.person.name, made, session.demo, head)


def _pdf(session: Session, laid: Laid, what: str, file: Path) -> Made:
    made = printed(laid)
    if file.is_dir():
        raise InputRefused("cli.output_is_folder", file=file)
    record(session, what, made)
    write(file, made.data)
    return Made(file.name, hashlib.sha256(made.data).hexdigest(), made.pages)


def _tongued(text: Text, language: Tongue) -> str:
    languages: tuple[Language, ...] = LANGUAGES if language == "both" else (language,)
    return " ".join(dict.fromkeys(text.in_(one) for one in languages))


def _printed(cell: Cell) -> Text:
    return cell.words


def _kind(cells: list[str]) -> Kind:
    """Numbers where every answer is one: a word among them makes the column text."""
    said = [cell for cell in cells if cell]
    number = DataColumn("N", both(""), Kind.DECIMAL)
    day = DataColumn("D", both(""), Kind.DATE)
    if said and all(fits(cell, number, {}) for cell in said):
        return Kind.DECIMAL
    return Kind.DATE if said and all(fits(cell, day, {}) for cell in said) else Kind.TEXT
