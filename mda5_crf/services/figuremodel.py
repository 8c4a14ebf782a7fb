"""What the tables and pictures of a study are, before a window or a page shows them.

A :class:`Grid` is words in cells; a :class:`Picture` is shapes in fractions of its frame, from 0 to 1, ``y``
upwards, so that window and paper draw the same. What a shape says is never said by colour: kinds of lines,
dots and fills differ in form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from mda5_crf.text import Text

FULL, DASHED, DOTTED = "full", "dashed", "dotted"
DOT, RING, DIAMOND, CROSS, TICK = "dot", "ring", "diamond", "cross", "tick"
DARK, MIDDLE, LIGHT, OPEN, HATCHED = "dark", "middle", "light", "open", "hatched"
COURSE: Final = "course-"
"""How the name of a participant's section begins; the number follows."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``shares``: widths of the columns, together 1, () for equal ones after a wide first.

    ``notes`` say denominators, what is missing and how it was counted. ``bands``: rows that are headings
    over the whole width (only the first cell is said).
    """

    name: str
    title: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    notes: tuple[Text, ...] = ()
    shares: tuple[float, ...] = ()
    bands: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle from (``x0``, ``y0``) to (``x1``, ``y1``); ``words`` stand at its upper end."""

    x0: float
    y0: float
    x1: float
    y1: float
    fill: str = MIDDLE
    words: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """Points joined by straight lines."""

    points: tuple[tuple[float, float], ...]
    kind: str = FULL
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One value; ``words`` stand beside it."""

    x: float
    y: float
    kind: str = DOT
    words: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A box with words in a flow chart, and boxes it leads to (places in the list)."""

    x0: float
    y0: float
    x1: float
    y1: float
    words: tuple[Text, ...]
    to: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """The words of an axis and where they stand (0–1)."""

    title: Text
    ticks: tuple[tuple[float, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """See the module text. ``tall``: height for its width; ``legend``: shape (a kind or fill) and its words.

    ``below``: lines of words under the axis, each with a caption and words at places (numbers at risk).
    """

    name: str
    title: Text
    x: Axis
    y: Axis
    bars: tuple[Bar, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    marks: tuple[Mark, ...] = ()
    panels: tuple[Panel, ...] = ()
    legend: tuple[tuple[str, Text], ...] = ()
    below: tuple[tuple[Text, tuple[tuple[float, str], ...]], ...] = ()
    tall: float = 0.45


@dataclass(frozen=True, slots=True)
class Section:
    """One part: tables and pictures that belong together. ``facts``: its numbers for programs, stable keys;
    decimals as text, None where nothing is known.
    """

    name: str
    title: Text
    grids: tuple[Grid, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[Text, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """All of a study at one moment. ``made`` has a zone; ``head``: the newest record of the own chain;
    ``sites``: of which participants are in it, ``participants``: how many.
    """

    study: str
    version: str
    definition: str
    made: datetime
    head: str
    sites: tuple[str, ...]
    participants: int
    sections: tuple[Section, ...]
    notes: tuple[Text, ...] = ()

    def section(self, name: str) -> Section:
        """One part. Raises KeyError."""
        for one in self.sections:
            if one.name == name:
                return one
        raise KeyError(name)

    def as_json(self) -> dict[str, Any]:
        """The numbers alone, by section."""
        return {
            "study": self.study, "version": self.version, "definition": self.definition,
            "made": self.made.isoformat(timespec="seconds"), "head": self.head, "sites": list(self.sites),
            "participants": self.participants, "notes": [note.en for note in self.notes],
            **{one.name: dict(one.facts) for one in self.sections},
        }  # fmt: skip
