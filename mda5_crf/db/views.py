"""What :mod:`read` returns: frozen values, no behaviour. Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mda5_crf.itemkey import ItemKey


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A participant. ``duplicate``: another participant stands under the same number; ``voided``: enrolled
    by mistake, the number stays used.
    """

    identity: str
    subjid: str
    site: str
    created: datetime
    person: str
    duplicate: bool = False
    voided: bool = False


@dataclass(frozen=True, slots=True)
class EntryRow:
    """The current answer of an item. A cleared item has neither ``text`` nor ``missing``.

    ``heads`` are the unsuperseded records, which a new entry replaces, the shown one first; with a
    ``conflict`` they say different things. ``absent``: the content was redacted or withheld.
    """

    key: ItemKey
    text: str
    unit: str
    missing: str
    record: str
    heads: tuple[str, ...]
    conflict: bool
    person: str
    at: datetime
    absent: bool = False


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """A repeat of an event or form, or a log row: ``level`` event, form or row; in order of creation.

    ``voided``: entered at the wrong place, so ``struck`` too.
    """

    key: ItemKey
    level: str
    parent: ItemKey
    name: str
    identity: str
    struck: bool
    person: str
    at: datetime
    voided: bool = False


@dataclass(frozen=True, slots=True)
class QueryRow:
    """A query as it stands; ``derived``: a conflict's own, which nobody has written or answered yet."""

    id: str
    key: ItemKey
    state: str
    source: str
    check: str
    text: str
    answer: str
    raised: datetime
    person: str
    changed: datetime
    changed_by: str
    record: str
    derived: bool = False


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A standing source verification or review."""

    key: ItemKey
    kind: str
    record: str
    person: str
    at: datetime
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person by the newest certificate; ``roles`` are those held now."""

    person: str
    login: str
    name: str
    roles: tuple[str, ...]
    active: bool
    site: str
    vault: str
    certificate: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device: a copy of a vault with its own chain."""

    id: str
    name: str
    site: str
    sign: str
    box: str
    parent: str
    authority: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PeerRow:
    """What the chain of ``device`` says last of another PC, ``peer``: ``state`` approved or revoked."""

    device: str
    peer: str
    site: str
    state: str
    record: str
    person: str
    at: datetime
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A print, export or bundle."""

    record: str
    kind: str
    key: str
    person: str
    at: datetime
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LoginRow:
    """A log-in or log-out."""

    record: str
    kind: str
    person: str
    at: datetime
    zone: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A row of one of a site's lists: ``table`` laboratory, range or consent_version; ``site`` whose it is.

    ``ended`` is the record that struck it or put another in its place, "" for a live row.
    """

    identity: str
    table: str
    row: dict[str, str]
    site: str
    person: str
    at: datetime
    ended: str = ""
    ended_by: str = ""
    ended_at: datetime | None = None
    reason: str = ""

    @property
    def live(self) -> bool:
        """Whether the row counts."""
        return not self.ended


@dataclass(frozen=True, slots=True)
class LastEntry:
    """One standing answer of one item of any participant, and when it was stored."""

    key: ItemKey
    text: str
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AsideRow:
    """A record that is kept but set aside, and why, in both languages."""

    record: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is."""

    records: int
    subjects: int
    entries: int
    open_queries: int
    conflicts: int
    aside: int
