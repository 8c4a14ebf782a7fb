"""What the pattern checks read of a participant, and what they say. Plain values, no vault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mda5_crf.text import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured number as it stands: ``item`` (``FORM.ITEM``), ``place`` (path of the form instance),
    ``text`` as typed.
    """

    place: str
    item: str
    text: str
    number: Decimal


@dataclass(frozen=True, slots=True)
class Keyed:
    """One answer that was typed: when (time of the site), by whom (id), whether it changed another."""

    place: str
    at: datetime
    person: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that took place. ``planned``: its target day, None where it has none; ``off``: nobody works."""

    name: str
    day: date
    planned: date | None
    off: bool


@dataclass(frozen=True, slots=True)
class Case:
    """All of one participant. ``closed``: when data were first signed or locked, None while they are open."""

    identity: str
    subjid: str
    site: str
    readings: tuple[Reading, ...]
    keyed: tuple[Keyed, ...]
    visits: tuple[Visit, ...]
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Something seen. ``count`` of ``of``; ``chance``: of so much or more if all were alike (None where it is
    no matter of chance); ``weight``: what it adds to the score; ``words``: with the numbers.
    """

    pattern: str
    count: int
    of: int
    chance: float | None
    weight: float
    words: Text

    @property
    def title(self) -> str:
        """The name of the pattern: a code of the catalogue."""
        return f"patterns.name_{self.pattern}"


@dataclass(frozen=True, slots=True)
class Looked:
    """One participant with what was seen, the weightiest first. ``rank``: 1 = the highest score."""

    rank: int
    identity: str
    subjid: str
    site: str
    score: float
    reasons: tuple[Reason, ...]
    numbers: int
    visits: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """A participant proposed for source verification: by score, or ``drawn``."""

    subjid: str
    drawn: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """All participants by score, and a proposal. ``tried``: how many pattern tests were made in all;
    ``by_chance``: how many of them would show something without any cause.
    """

    cases: tuple[Looked, ...]
    sample: tuple[Chosen, ...]
    seed: int
    tried: int
    by_chance: float
