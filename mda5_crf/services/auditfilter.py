"""Which lines of the audit trail somebody wants to see: pure, and the same for page, list and export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.folding import narrow

GROUPS: Final[Mapping[str, frozenset[str]]] = {
    "data": frozenset({"value", "missing", "confirm", "second", "second-row", "second-resolved"}),
    "structure": frozenset({"subject", "event", "form", "row", "strike", "void", "unvoid"}),
    "state": frozenset({"status", "pin", "lock", "verify", "review", "endorse", "coding"}),
    "query": frozenset({"query"}),
    "signature": frozenset({"signature"}),
    "access": frozenset({"login", "logout", "password", "certificate", "user", "delegation", "rekey"}),
    "passage": frozenset({"view", "print", "export", "bundle", "released"}),
    "system": frozenset(
        {"device", "peer", "definition", "clock", "reference", "redaction", "trail-review", "overlay"}
        | {"amendment", "site-approval", "invitation", "joining", "revocation", "mapping"}
    ),
}
"""Kinds of acts as people choose them; every kind is in one of them, what is not named here in ``other``."""
OTHER: Final = "other"
ACCOUNT_KINDS: Final = GROUPS["access"]
"""What an administrator without a data role may see."""


def group_of(kind: str) -> str:
    """The group a kind of record belongs to."""
    return next((name for name, kinds in GROUPS.items() if kind in kinds), OTHER)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """All conditions must hold; an empty one holds always.

    ``key`` is a path of the journal: a participant, visit, form, row or item, with all below it. ``event``,
    ``form`` and ``item`` (``FORM.ITEM``) are names and hold for every participant. ``person`` and ``device``
    are ids, ``bundle`` the id of the record of a bundle. ``kinds`` are names of kinds or of GROUPS.
    ``since`` and
    ``until`` are days at the site, both included. ``search``: every word must occur somewhere in the line.
    ``above``: device → number; only what came after that (since a review).
    """

    key: str = ""
    event: str = ""
    form: str = ""
    item: str = ""
    person: str = ""
    device: str = ""
    bundle: str = ""
    kinds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    search: str = ""
    above: tuple[tuple[str, int], ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """As records hold it: only what was asked for."""
        said: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "above" and value is not None:
                said[one.name] = dict(value)
            elif value in ("", (), None):
                continue
            elif isinstance(value, date):
                said[one.name] = value.isoformat()
            else:
                said[one.name] = list(value) if isinstance(value, tuple) else value
        return said

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> AuditFilter:
        """Read :meth:`as_json`; what has another shape is left out."""
        known: dict[str, Any] = {
            name: said[name]
            for name in ("key", "event", "form", "item", "person", "device", "bundle", "search")
            if isinstance(said.get(name), str)
        }
        if isinstance(said.get("kinds"), list):
            known["kinds"] = tuple(str(kind) for kind in said["kinds"])
        for name in ("since", "until"):
            if isinstance(said.get(name), str):
                known[name] = date.fromisoformat(said[name])
        if isinstance(said.get("above"), dict):
            known["above"] = tuple(sorted((str(d), int(n)) for d, n in said["above"].items()))
        return cls(**known)

    @property
    def words(self) -> tuple[str, ...]:
        """What is searched for, folded."""
        return tuple(folded(self.search).split())


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Text as the search compares it: full-width and upper case are no difference."""
    return narrow(text).casefold()


class Sieve:
    """The conditions of a filter that need no words: asked of every row, so each costs next to nothing."""

    def __init__(self, wanted: AuditFilter, zone: ZoneInfo) -> None:
        self._person = wanted.person
        self._kinds = expanded(wanted.kinds)
        self._others = OTHER in wanted.kinds
        self.since = "" if wanted.since is None else _utc(wanted.since, zone)
        self.until = "" if wanted.until is None else _utc(wanted.until + timedelta(days=1), zone)
        form, _, item = wanted.item.partition(".")
        self._item = item
        self._form = form or wanted.form
        self._event = wanted.event

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that pass; none where all do, or where those of no group do too."""
        return frozenset() if self._others else self._kinds

    def takes(self, kind: str, key: str, person: str, at: str) -> bool:
        """Whether a record of this kind about this key, by this person at this time, passes."""
        if self._person and person != self._person:
            return False
        if not self._takes_kind(kind):
            return False
        # Times of records are texts of one length: they compare like times.
        if (self.since and at < self.since) or (self.until and at >= self.until):
            return False
        return not (self._form or self._event or self._item) or self._place(key)

    def _takes_kind(self, kind: str) -> bool:
        if not (self._kinds or self._others) or kind in self._kinds:
            return True
        return self._others and group_of(kind) == OTHER

    def _place(self, path: str) -> bool:
        try:
            key = ItemKey.parse(path)
        except ValueError:
            return False
        return (
            (not self._event or key.event == self._event)
            and (not self._form or key.form == self._form)
            and (not self._item or key.item == self._item)
        )


def expanded(kinds: Iterable[str]) -> frozenset[str]:
    """Kinds and names of groups → kinds."""
    found: set[str] = set()
    for kind in kinds:
        found |= GROUPS.get(kind, {kind} - {OTHER})
    return frozenset(found)


def _utc(day: date, zone: ZoneInfo) -> str:
    """The first moment of a day at the site, as records write times."""
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    return f"{begins.isoformat(timespec='milliseconds')[:-6]}Z"
