"""What acts return and what screens show: frozen values, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Form, Mark
from mda5_crf.study.state import Finding, FormState
from mda5_crf.text import Text


class ReasonRequired(InputRefused):
    """A value of a completed form changes and no reason was given."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a value of a completed form changes: a code of the definition's ``[reasons]`` and free text."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class PersonInfo:
    """The person at the keyboard or behind a record. ``id`` is random and permanent."""

    id: str
    login: str
    name: str
    roles: tuple[str, ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class SubjectSummary:
    """One participant. ``identity`` is the id of the enrolment record, ``subjid`` the number people use."""

    identity: str
    subjid: str
    site: str
    created: datetime
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One visit of one participant in the matrix: the worst state inside, and what waits.

    ``closed`` says why nothing more is expected of the visit, or None. ``closes``: the last day of its
    window, of a visit that has not taken place and whose window closes within 7 days; ``overdue``: it has.
    ``unsigned``: something complete waits for a signature.
    """

    status: str
    queries: int = 0
    due: bool = False
    key: ItemKey = field(default_factory=ItemKey)
    closed: Text | None = None
    closes: date | None = None
    overdue: bool = False
    unsigned: bool = False


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One participant of the matrix; ``cells`` by event OID."""

    subject: SubjectSummary
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Participants × events, events in schedule order."""

    events: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class FormNode:
    """One form of a visit in the tree.

    ``label`` is how people address it (``HRCT#2``). ``adds``: no form yet, but the place to add the next
    repeat of a repeating form (``Session.add_form``); its label has the number that it will get.
    """

    key: ItemKey
    form: Form
    mark: Mark
    status: str
    queries: int
    answered: int
    expected: int
    label: str = ""
    adds: bool = False


@dataclass(frozen=True, slots=True)
class EventNode:
    """One visit in the tree. ``window`` and ``date`` are calendar dates at the site.

    ``closed`` says why nothing more is expected of it, or None; what was begun stays, entry is not refused.
    ``cancelled``: it is recorded that the visit did not take place.
    """

    key: ItemKey
    name: Text
    status: str
    forms: tuple[FormNode, ...]
    window: tuple[date, date] | None
    date: date | None
    closed: Text | None = None
    cancelled: bool = False

    @property
    def awaited(self) -> bool:
        """Whether it has a window, is expected, and has not taken place as far as is recorded."""
        ended = self.cancelled or self.closed is not None or self.status in ("complete", "signed", "not_done")
        return self.window is not None and self.date is None and not ended


@dataclass(frozen=True, slots=True)
class QueryInfo:
    """A query as shown. ``state`` is one of ODM 2.0's six; ``source`` manual, system or conflict.

    ``person`` is the name of who raised it, ``raiser`` the id; ``changed``: when the last act
    that counts was.
    """

    id: str
    key: ItemKey
    state: str
    source: str
    check: str
    text: Text
    answer: str
    raised: datetime | None
    person: str
    record: str = ""
    raiser: str = ""
    changed: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in ("Candidate", "Open", "Answered")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One record about a key: who did what, when, why; ``where`` as people say it: ``W12 HRCT#2 READER``.

    ``roles``: held at that time, in words. ``prompt``: checks that stood when the answer was changed.
    ``typed``: when it was typed, where that was before it was stored. ``left``, ``taken``: when a bundle
    took it away from where it was written, and when one brought it here. ``fate``: what became of an answer
    that was in conflict with another one: kept, or lost, to whom and why; None where it never was.
    """

    at: datetime
    zone: str
    person: str
    kind: str
    text: Text
    reason: str
    record: str
    superseded: bool
    where: str = ""
    roles: Text = field(default_factory=lambda: Text("", ""))
    prompt: tuple[str, ...] = ()
    typed: datetime | None = None
    left: datetime | None = None
    taken: datetime | None = None
    fate: Text | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What one act changed. ``state`` is the whole form as it is now."""

    subject: str
    form: ItemKey
    state: FormState
    touched: frozenset[ItemKey]
    saved_at: datetime
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """The answer to "complete this form". ``blocking`` must be dealt with first; ``soft`` only looked at."""

    done: bool
    changes: Changes
    blocking: tuple[Finding, ...] = ()
    queries_raised: int = 0
    no_longer_apply: tuple[ItemKey, ...] = ()
