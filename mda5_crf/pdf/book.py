"""What a caller hands over to have a casebook printed: plain facts, read at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mda5_crf.pdf.paper import FilledForm, PageHeader
from mda5_crf.pdf.voice import Tongue
from mda5_crf.services.course import Course
from mda5_crf.study.model import Study
from mda5_crf.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a listing. ``band``: a heading over the whole width, of which only the first cell is said.

    ``struck``: what no longer counts. ``goals``: names of pages that its cells lead to, "" for none.
    """

    cells: Sequence[Text]
    band: bool = False
    struck: bool = False
    goals: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of the book. ``columns``: heading and part of the width, together 1; ``empty``: the sentence
    that stands there when there are no rows. ``rows`` may be a stream, read once. ``notes`` stand above.
    """

    name: str
    title: Text
    empty: Text
    columns: Sequence[tuple[Text, float]]
    rows: Iterable[Line]
    notes: Sequence[Text] = ()


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """An item over the visits. ``part``: it is what a calculation reads, not what it gives."""

    label: Text
    unit: str
    cells: Sequence[Text]
    part: bool = False


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """What a form computes, at every visit. ``visits``: label, date and name of the page of each form."""

    title: Text
    visits: Sequence[tuple[str, str, str]]
    rows: Sequence[ScoreRow]


@dataclass(frozen=True, slots=True)
class Chart:
    """A course to draw; ``where``: the form it is from."""

    course: Course
    where: Text


@dataclass(frozen=True, slots=True)
class GridCell:
    """One form at one visit: its status ("" = not planned), open queries, the page it is on ("" = none),
    and how many of it there are.
    """

    status: str = ""
    queries: int = 0
    goal: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """Visits × forms. ``rows``: name of the form and a cell for each visit."""

    visits: Sequence[str]
    rows: Sequence[tuple[Text, Sequence[GridCell]]]


@dataclass(frozen=True, slots=True)
class Book:
    """Everything a casebook needs; drawing it asks the vault nothing, but for what ``after`` streams.

    ``facts``: captions and values of the cover. ``pages``: the forms by visit, running logs last.
    ``scores`` and ``charts`` None: left out. ``before``: listings in front of the forms, ``after``: behind.
    ``only`` says, in a difference book, since when; then ``pages`` are the forms that changed.
    """

    study: Study
    subject: str
    language: Tongue
    demo: bool
    made: datetime
    header: PageHeader
    facts: Sequence[tuple[Text, Text]]
    grid: Grid | None
    pages: Sequence[FilledForm]
    last: frozenset[str] = frozenset()
    scores: Sequence[ScoreTable] | None = None
    charts: Sequence[Chart] | None = None
    before: Sequence[Listing] = field(default=())
    after: Sequence[Listing] = field(default=())
    moment: Text | None = None
    only: Text | None = None
    voided: Listing | None = None
