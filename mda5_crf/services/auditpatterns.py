"""Counts over the audit trail, for a review that follows risk: what changes, whose entries, how late."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.services.audit import Trail
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.auditlines import AuditLine
from mda5_crf.study.plan import VISIT_DATE, VISIT_FORM
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

LATE_DAYS: Final = 14
"""Days after the visit from which an entry counts as late, unless somebody asks for other."""


@dataclass(slots=True)
class ItemCount:
    """One item (``FORM.ITEM``) over all participants: answers, how many changed one that stood, how many of
    those after a finding.
    """

    oid: str
    label: Text
    entries: int = 0
    changes: int = 0
    prompted: int = 0


@dataclass(slots=True)
class PersonCount:
    """One person in one role: answers, changes, late ones, and those on a day of the week when wards rest."""

    name: str
    roles: Text
    entries: int = 0
    changes: int = 0
    late: int = 0
    weekend: int = 0


@dataclass(frozen=True, slots=True)
class Patterns:
    """``items`` by changes, ``people`` by entries, most first; ``reasons``: code → how often it was given."""

    items: tuple[ItemCount, ...]
    people: tuple[PersonCount, ...]
    reasons: tuple[tuple[Text, int], ...]
    days: int
    entries: int = 0
    late: int = 0


@dataclass(slots=True)
class _Counting:
    items: dict[str, ItemCount] = field(default_factory=dict)
    people: dict[tuple[str, tuple[str, ...]], PersonCount] = field(default_factory=dict)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    visits: dict[str, date] = field(default_factory=dict)
    typed: defaultdict[str, Counter[tuple[str, tuple[str, ...], date]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )


def patterns(
    session: Session,
    wanted: AuditFilter | None = None,
    days: int = LATE_DAYS,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Patterns:
    """Count over what passes ``wanted``. An entry is late more than ``days`` days after the date of its
    visit, which is that of its visit form as it stands last. May run in any thread. Raises PermissionDenied.
    """
    counting = _Counting()
    for line in Trail(session).lines(wanted, progress):
        if line.kind in ("value", "missing") and line.key is not None:
            _count(counting, line)
    late = 0
    for visit, typed in counting.typed.items():
        day = counting.visits.get(visit)
        if day is None:
            continue
        for (person, roles, at), count in typed.items():
            if (at - day).days > days:
                counting.people[person, roles].late += count
                late += count
    people = sorted(counting.people.values(), key=lambda one: (-one.entries, one.name))
    items = sorted(counting.items.values(), key=lambda one: (-one.changes, -one.entries, one.oid))
    reasons = [(Text(*words), count) for words, count in counting.reasons.most_common()]
    return Patterns(
        tuple(items), tuple(people), tuple(reasons), days, sum(one.entries for one in items), late
    )


def _count(counting: _Counting, line: AuditLine) -> None:
    assert line.key is not None  # asked before
    item = counting.items.setdefault(line.key.oid, ItemCount(line.key.oid, line.label))
    who = (line.person, line.roles)
    person = counting.people.setdefault(who, PersonCount(line.name, line.roles_in_words))
    day = line.typed_at(line.typed).date()
    changed = bool(line.replaces)
    item.entries += 1
    item.changes += changed
    item.prompted += changed and bool(line.prompt)
    person.entries += 1
    person.changes += changed
    person.weekend += day.isoweekday() > 5
    visit = line.key.event_key().path()
    if line.reason.en:
        counting.reasons[line.reason.en, line.reason.zh] += 1
    if not line.key.group_repeat:  # rows of logs belong to no day of a visit
        counting.typed[visit][*who, day] += 1
    if line.key.form == VISIT_FORM and line.key.item == VISIT_DATE:
        _note_visit(counting, visit, line.new.en)


def _note_visit(counting: _Counting, visit: str, text: str) -> None:
    try:
        counting.visits[visit] = datetime.fromisoformat(text).date()
    except ValueError:
        counting.visits.pop(visit, None)  # cleared, missing, or no whole date
