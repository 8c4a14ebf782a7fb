"""Patterns in the data of a vault, for the monitor: reads all participants and their audit trail, then looks.

Nothing is written. Values of participants stay in memory; what is said are counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from mda5_crf.services.access import Action
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.holidays import calendar
from mda5_crf.services.patternmodel import Case, Keyed, Reading, Seen, Visit
from mda5_crf.services.patternsums import look
from mda5_crf.study.model import ItemType
from mda5_crf.study.plan import VISIT_DATE, VISIT_FORM
from mda5_crf.study.windows import planned

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey
    from mda5_crf.services.session import Session

_NUMBER: Final = re.compile(r"\s*-?[0-9]+(\.[0-9]+)?\s*")
_KEYED: Final = ("value", "missing")
_CLOSING: Final = ("signature", "lock")

Progress = Callable[[int, int], None]


def patterns(
    session: Session,
    *,
    sample: int = 5,
    seed: int = 1,
    progress: Progress = lambda _done, _total: None,
) -> Seen:
    """Look through all participants. May run in any thread.

    Raises PermissionDenied for who may not review the trail, InputRefused for who is blind.
    """
    session.require(Action.READ)
    session.require(Action.REVIEW_AUDIT)
    keyed, closed = _trail(session, progress)
    cases = []
    for one in session.subjects():
        identity = one.identity
        cases.append(
            Case(
                identity, one.subjid, one.site, tuple(_readings(session, identity)),
                tuple(keyed.get(identity, ())), tuple(_visits(session, identity)), closed.get(identity),
            )
        )  # fmt: skip
    return look(cases, sample=sample, seed=seed, progress=progress)


def _trail(session: Session, progress: Progress) -> tuple[dict[str, list[Keyed]], dict[str, datetime]]:
    """Per participant what was typed when, and when something was first signed or locked (site's time)."""
    keyed: dict[str, list[Keyed]] = defaultdict(list)
    closed: dict[str, datetime] = {}
    for line in session.audit.lines(AuditFilter(kinds=(*_KEYED, *_CLOSING)), progress):
        if not line.subject or line.aside is not None or line.withheld:
            continue
        at = line.typed_at(line.typed)
        if line.kind in _CLOSING:
            closed.setdefault(line.subject, at)
        elif line.key is not None:
            place = line.key.form_key().path()
            keyed[line.subject].append(Keyed(place, at, line.person, bool(line.replaces)))
    return keyed, closed


def _readings(session: Session, identity: str) -> Iterator[Reading]:
    """Measured numbers: entered decimals and whole numbers, no codes, nothing below a limit of detection."""
    for key, entry in sorted(session.data(identity).entries.items()):
        if entry.missing or not _NUMBER.fullmatch(entry.text):
            continue
        if _measured(session, key):
            yield Reading(key.form_key().path(), key.oid, entry.text.strip(), Decimal(entry.text.strip()))


def _measured(session: Session, key: ItemKey) -> bool:
    form = session.study_for(key.form_key()).forms.get(key.form)
    item = None if form is None else form.items.get(key.item)
    if item is None or item.computed or item.codelist is not None or item.type not in _NUMBERS:
        return False
    return item.unit is not None or item.type is ItemType.DECIMAL


_NUMBERS: Final = (ItemType.INTEGER, ItemType.DECIMAL)


def _visits(session: Session, identity: str) -> Iterator[Visit]:
    first, days = session.day_one(identity), calendar()
    for key, entry in sorted(session.data(identity).entries.items()):
        if key.form != VISIT_FORM or key.item != VISIT_DATE or entry.missing:
            continue
        try:
            day = date.fromisoformat(entry.text)
        except ValueError:
            continue  # no whole date
        target = planned(session.study, key.event, first)
        if target == first:
            target = None  # day 1 is on day 1 by what it is
        yield Visit(key.event, day, target, not days.is_working(day))
