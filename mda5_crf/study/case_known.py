"""What a scene knows besides entries: signatures, open queries, the site's lists of versions and tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.case_files import Notes
from mda5_crf.study.data import SubjectData
from mda5_crf.study.reader import Table
from mda5_crf.study.references import ConsentVersion, Delegation, References

if TYPE_CHECKING:
    from mda5_crf.study.cases import Given


def supply(data: SubjectData, given: Given, signed: Iterable[ItemKey]) -> None:
    """Give ``data`` what the program would know in the scene; what the scene leaves out stays unknown."""
    if given.signed is not None:
        data.signatures = frozenset(signed)
    data.open_queries = given.open_queries
    if given.consent_versions is not None or given.delegated is not None:
        data.references = References(given.consent_versions or (), given.delegated or ())


def read_day(table: Table, key: str, notes: Notes) -> date | None:
    """A complete date; None when it is not written or, with a problem, when it is none."""
    text = table.string(key)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        notes.say(table.place_of(key), "cases.bad_day", key=key)
        return None


def read_versions(table: Table, notes: Notes) -> tuple[ConsentVersion, ...] | None:
    """``consent_versions = [ { version = "2.0", approved = "2022-01-01", until = … } ]``"""
    if not table.has("consent_versions"):
        return None
    found = []
    for one in table.children("consent_versions"):
        version = one.string("version", required=True)
        approved, until = read_day(one, "approved", notes), read_day(one, "until", notes)
        if not one.has("approved"):
            one.problem("", "key_missing", key="approved")
        one.close()
        if approved is not None:
            found.append(ConsentVersion(version, approved, until))
    return tuple(found)


def read_delegations(table: Table, notes: Notes) -> tuple[Delegation, ...] | None:
    """``delegated = [ { code = "INV01", task = "CONSENT", from = "2022-01-01", to = … } ]``"""
    if not table.has("delegated"):
        return None
    found = []
    for one in table.children("delegated"):
        code, task = one.string("code", required=True), one.string("task", required=True)
        start, end = read_day(one, "from", notes), read_day(one, "to", notes)
        if not one.has("from"):
            one.problem("", "key_missing", key="from")
        one.close()
        if start is not None:
            found.append(Delegation(code, task, start, end))
    return tuple(found)
