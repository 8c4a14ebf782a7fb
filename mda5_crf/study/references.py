"""What a site keeps beside the definition and checks may ask: versions of the consent form, delegations.

Where the site has no list, every question about it is unknown, so that no check built on it fires.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mda5_crf.study import logic
from mda5_crf.study.dates import PartialDate, earliest, latest
from mda5_crf.study.folding import narrow
from mda5_crf.study.operand import Operand


@dataclass(frozen=True, slots=True)
class ConsentVersion:
    """One version of the consent form: in force from its approval until (and with) ``until``."""

    version: str
    approved: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """A task given to a person: ``code`` is the person's code, both days belong to it, None is open."""

    code: str
    task: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class References:
    """The lists of one site. An empty list is no list."""

    consent_versions: tuple[ConsentVersion, ...] = ()
    delegations: tuple[Delegation, ...] = ()


def consent_approved(known: References, version: Operand, day: Operand) -> Operand:
    """Was this version of the consent form in force on ``day``? Unknown without a list of versions."""
    if not known.consent_versions or not isinstance(version, str) or not isinstance(day, date | PartialDate):
        return None
    named = [one for one in known.consent_versions if _same(one.version, version)]
    return _any(_within(day, one.approved, one.until) for one in named)


def consent_version_due(known: References, day: Operand) -> Operand:
    """The newest version in force on ``day``; unknown without a list, or when none was in force."""
    if not isinstance(day, date | PartialDate):
        return None
    newest = {_newest(known, at) for at in (earliest(day), latest(day))}
    changes = any(
        earliest(day) < edge <= latest(day)
        for one in known.consent_versions
        for edge in (one.approved, one.until or one.approved)
    )
    return None if changes or len(newest) > 1 else newest.pop()


def consent_current(known: References, version: Operand, day: Operand) -> Operand:
    """Is this the newest version in force on ``day``? Unknown where that is."""
    due = consent_version_due(known, day)
    return _same(due, version) if isinstance(due, str) and isinstance(version, str) else None


def _newest(known: References, day: date) -> str | None:
    in_force = [one for one in known.consent_versions if _within(day, one.approved, one.until)]
    return max(in_force, key=lambda one: one.approved).version if in_force else None


def delegated(known: References, code: Operand, task: Operand, day: Operand) -> Operand:
    """Was ``task`` delegated to the person ``code`` on ``day``? Unknown without a list of delegations."""
    usable = isinstance(code, str) and isinstance(task, str) and isinstance(day, date | PartialDate)
    if not known.delegations or not usable:
        return None
    named = [one for one in known.delegations if _same(one.code, str(code)) and one.task == task]
    return _any(_within(day, one.start, one.end) for one in named)


def _same(left: str, right: str) -> bool:
    """Version numbers and codes are typed: width, capitals, blanks and a leading V do not matter."""
    return _bare(left) == _bare(right)


def _bare(text: str) -> str:
    plain = "".join(narrow(text).casefold().split())
    return plain[1:] if plain[:1] == "v" and plain[1:2].isdigit() else plain


def _within(day: Operand, start: date, end: date | None) -> bool | None:
    begun = logic.at_least(day, start)
    over = False if end is None else logic.greater(day, end)
    if begun is False or over is True:
        return False
    return None if begun is None or over is None else True


def _any(found: Iterable[bool | None]) -> bool | None:
    """Kleene's *or*; of nothing, false."""
    truths = list(found)
    return True if True in truths else None if None in truths else False
