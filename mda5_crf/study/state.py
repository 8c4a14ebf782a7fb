"""What the engine says about a form: the state of every item and what is to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Item, Severity
from mda5_crf.study.values import Value
from mda5_crf.text import Text

TYPE = "TYPE"
REQUIRED = "REQUIRED"
CONFLICT = "CONFLICT"
IDENTITY = "IDENTITY"
LINK = "LINK"
UNDECIDED = ".UNDECIDED"
"""Behind the OID of a hard range: a partial date lies inside or outside, as it may be completed."""
_RANK = {Severity.HARD: 1, Severity.QUERY: 2, Severity.SOFT: 3, Severity.WARNING: 4}


class Finding(NamedTuple):
    """Something that is wrong or unusual. Computed, never stored.

    ``check`` is the OID of a check or range, or TYPE, REQUIRED, CONFLICT, LINK, IDENTITY. ``items``: what it
    speaks of, its place first. ``confirmed``: a person has confirmed it for the value that now
    stands. ``at_completion``: it speaks only when the form is to be completed. ``blocks``: the form
    cannot be completed while it stands (unless a person puts it to query).
    """

    check: str
    severity: Severity
    message: Text
    items: tuple[ItemKey, ...]
    confirmed: bool = False
    at_completion: bool = False
    blocks: bool = False

    @property
    def rank(self) -> int:
        """What is said first: 0 nonconformant, 1 hard, 2 query, 3 soft, 4 warning."""
        return 0 if self.check == TYPE else _RANK[self.severity]


class ItemState(NamedTuple):
    """One item of a form instance as it stands."""

    item: Item
    key: ItemKey
    value: Value
    relevant: bool
    required: bool
    findings: tuple[Finding, ...] = ()

    @property
    def worst(self) -> Finding | None:
        """What to say while the form is being filled: the worst finding that is not kept for completion."""
        return worst([finding for finding in self.findings if not finding.at_completion])


def worst(findings: list[Finding] | tuple[Finding, ...]) -> Finding | None:
    """The first to speak: unconfirmed before confirmed, then nonconformant, hard, query, soft, warning."""
    return min(findings, key=lambda finding: (finding.confirmed, finding.rank), default=None)


class RowState(NamedTuple):
    """One live row of a repeating group.

    ``key`` has no item. ``status``: empty (nothing entered), complete (every required item that applies
    is answered and no finding stops completion), else incomplete. ``worst``: the finding to speak first.
    """

    key: ItemKey
    answered: int
    expected: int
    status: str
    worst: Finding | None


@dataclass(frozen=True, slots=True)
class FormState:
    """A form instance, evaluated.

    ``items`` in definition order, rows of a log in row order. ``answered`` of ``expected``: required
    items that apply, and how many of them have a value or a missing code. ``status``: not_started,
    in_progress, complete, not_done, computed (nothing to enter), or what else is recorded.
    ``no_longer_apply``: items with an entry whose gate has closed; the entry is kept and reads as blank.
    ``rows``: the live rows of its repeating groups, in order.
    """

    key: ItemKey
    items: Mapping[ItemKey, ItemState]
    findings: tuple[Finding, ...]
    answered: int
    expected: int
    status: str
    no_longer_apply: tuple[ItemKey, ...]
    rows: tuple[RowState, ...] = ()
