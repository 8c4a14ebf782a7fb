"""``figures``: what the data show, as PDF or JSON; ``listing``: a form of all participants, row by row."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.figuremodel import Figures
    from mda5_crf.services.linelistings import LineListing


def run(options: argparse.Namespace) -> int:
    """Without a file the tables in short, on the terminal."""
    from mda5_crf.jobs.studyfigures import write_figures
    from mda5_crf.services.studyfigures import study_figures

    with open_session(options) as session:
        figures = study_figures(session, with_courses=not options.no_courses)
        written = None
        if options.output:
            written = write_figures(session, figures, Path(options.output), options.lang)
    if options.json:
        file = (
            {}
            if written is None
            else {"file": written.file, "sha256": written.sha256, "pages": written.pages}
        )
        say_json({**file, **figures.as_json()})
        return 0
    if written is not None:
        said = message("figures.written", file=written.file, pages=written.pages, sha256=written.sha256)
        say(said, options.language)
        return 0
    _tell(options, figures)
    return 0


def _tell(options: argparse.Namespace, figures: Figures) -> None:
    language = options.language
    for note in figures.notes:
        say(note, language)
    for section in figures.sections:
        for grid in section.grids:
            say(grid.title, language)
            table(
                ([cell.in_(language).replace("\n", " ") for cell in row] for row in grid.rows),
                [column.in_(language).replace("\n", " ") for column in grid.columns],
            )
            for note in grid.notes:
                say(note, language)


def listing(options: argparse.Namespace) -> int:
    """A file, or the rows on the terminal."""
    from mda5_crf.jobs.studyfigures import write_listing
    from mda5_crf.services.linelistings import line_listing, read_where

    with open_session(options) as session:
        where = read_where(session, options.form, options.where)
        found = line_listing(session, options.form, where)
        written = None
        if options.output:
            written = write_listing(session, found, Path(options.output), options.lang)
    if options.json:
        file = {} if written is None else {"file": written.file, "sha256": written.sha256}
        say_json(
            {
                **file,
                "form": found.form.oid,
                "rows": len(found.lines),
                "of": found.all,
                "lines": _lines(found),
            }
        )
    elif written is not None:
        said = message(
            "figures.listing_written", file=written.file, rows=len(found.lines), form=found.form.oid,
            sha256=written.sha256,
        )  # fmt: skip
        say(said, options.language)
    else:
        language = options.language
        table(
            ([*line.place, *(cell.words.in_(language) for cell in line.cells)] for line in found.lines),
            [column.in_(language) for column in found.columns],
        )
        say(found.said(), language)
    return 0


def _lines(found: LineListing) -> list[dict[str, str]]:
    names = ("subject", "site", "visit", "date", "row", "status")
    return [
        {
            **dict(zip(names, line.place, strict=True)),
            **{item.name: cell.code for item, cell in zip(found.items, line.cells, strict=True)},
        }
        for line in found.lines
    ]
