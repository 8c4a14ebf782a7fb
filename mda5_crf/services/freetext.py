"""What names a person in texts that are about to leave: looked for before a bundle is made.

Names and hospital numbers are known to the identification list alone. Where that is closed, or is not here,
only numbers are looked for that say themselves what they are: identity numbers and mobile numbers. What is
found is never repeated, in no sentence, record or log: only its place and its sort are named.

A correction does not take a text back: the record that was replaced stands in the chain and travels too.
Only a redaction empties it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import read
from mda5_crf.db.records import AuditRecord
from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import auditwords
from mda5_crf.services.endorsing import place_words
from mda5_crf.services.identities import Identity, IdentityList, whole_word
from mda5_crf.study.identifying import numbers
from mda5_crf.study.model import ItemType
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

SHOWN: Final = 10
"""Places that are named in a warning; the rest are counted."""
NAMED: Final = 1000
"""Records that the record of a bundle names as confirmed."""
CONFIRMED: Final = "identifying"
"""Field of a ``bundle`` record: the records (ids) that somebody confirmed to be sent as they are."""
# Kinds in which people write words of their own. All others hold codes, ids and what the program says.
_SPOKEN: Final = frozenset(
    "value missing status confirm strike query second second-row second-resolved lock void unvoid verify"
    " review endorse subject event form row reference trail-review redaction overlay amendment site-approval"
    " backup drill".split()
)
# Fields that hold what is no text of a person.
_TECHNICAL: Final = frozenset(
    "sig hash hashes person record records of query check checks code unit device first last second vault key"
    " definition manifest seen upto tried replaces overlay place origin prompt paper id heads".split()
)
_SHORTEST: Final = 2
_FIELDS: Final = ("name", "hospital", "phone", "idno")
# What could be a number of eleven digits or more, or holds letters outside ASCII, full-width digits too.
_WORTH: Final = re.compile(rb"[0-9]{11}|[\x80-\xff]")
_ID_DIGITS: Final = 11


@dataclass(frozen=True, slots=True)
class Named:
    """A record whose text names somebody: where it is, which sorts of things stand in it; never the text."""

    record: str
    key: str
    place: Text
    kinds: tuple[str, ...]

    @property
    def words(self) -> Text:
        """``01-003 · Baseline · Comments: an identity number``."""
        sorts = [message(f"freetext.kind_{one}") for one in self.kinds]
        return message(
            "freetext.named", place=self.place,
            what=Text(", ".join(one.en for one in sorts), "、".join(one.zh for one in sorts)),
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"record": self.record, "key": self.key, "what": list(self.kinds), "place": self.place.en}


class PersonNamed(InputRefused):
    """Texts that would leave name persons, and nobody confirmed that; nothing was made."""

    def __init__(self, found: Sequence[Named], *, names: bool) -> None:
        """``names``: whether names and hospital numbers were looked for too."""
        super().__init__("freetext.found_one" if len(found) == 1 else "freetext.found", count=len(found))
        self.found = tuple(found)
        self.names = names

    def lines(self) -> list[Text]:
        """What was found where, what was not looked for, and what to do."""
        told = [self.text, *(one.words for one in self.found[:SHOWN])]
        if len(self.found) > SHOWN:
            told.append(message("freetext.more", count=len(self.found) - SHOWN))
        return [
            *told,
            *([] if self.names else [message("freetext.numbers_only")]),
            message("freetext.redact"),
        ]


class Search:
    """Looks through records on their way out, one by one."""

    def __init__(
        self, session: Session, known: Iterable[Identity] = (), confirmed: Iterable[str] = ()
    ) -> None:
        """``known``: the rows of the open list. ``confirmed``: records that somebody said may go."""
        self._session = session
        self._confirmed = frozenset(confirmed)
        self._listed = _pattern(known)
        self._found: dict[str, tuple[AuditRecord, tuple[str, ...]]] = {}

    def look(self, record: AuditRecord) -> None:
        """Note a record that names somebody, as the receiver would see it: a stub says nothing."""
        content = record.content
        if content is None or record.kind not in _SPOKEN or record.id in self._confirmed:
            return
        if self._listed is None and not _WORTH.search(content):
            return
        free = record.kind not in ("value", "second") or self._is_free(record)
        kinds: dict[str, None] = {}
        for text in _texts(record.data):
            kinds |= dict.fromkeys(self._kinds(text, free=free))
        if kinds:
            self._found[record.id] = (record, tuple(kinds))

    def found(self) -> tuple[Named, ...]:
        """Everything noted so far, in words, in the order of the chains."""
        return tuple(
            Named(record.id, record.key, self._place(record), kinds) for record, kinds in self._found.values()
        )

    def _kinds(self, text: str, *, free: bool) -> Iterator[str]:
        plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
        if len(plain) >= _ID_DIGITS:
            yield from (kind for kind, _, _ in numbers(plain))
        if free and self._listed is not None:
            yield from (hit.lastgroup or "" for hit in self._listed.finditer(plain.casefold()))

    def _is_free(self, record: AuditRecord) -> bool:
        """Whether the item takes any text: a number that happens to be a hospital number names nobody."""
        item = self._session.item_at(ItemKey.parse(record.key))
        return item is None or item.type is ItemType.TEXT

    def _place(self, record: AuditRecord) -> Text:
        what = auditwords.act(record, record.data, first=True)
        if not record.key:
            return what
        key = ItemKey.parse(record.key)
        try:
            where = place_words(self._session, key, subject=True)
        except (CrfError, KeyError):  # a participant of whom nothing is folded
            return what
        item = self._session.item_at(key)
        where = where if item is None else message("signing.place", where=where, item=item.label)
        return where if record.kind == "value" else message("freetext.place", where=where, what=what)


def known_to(session: Session, password: str) -> tuple[tuple[Identity, ...], bool]:
    """The rows of the identification list, and whether it could be read.

    It is read only for who holds its key and gave the own password, closed at once, and its trail says so.
    Raises LoginRefused, StoreError.
    """
    vault = session.vault
    if not password or not vault.has_identities or vault.login not in vault.identity_holders:
        return (), False
    opened = IdentityList(session, password)
    try:
        return tuple(one for one in opened.rows() if not one.empty), True
    finally:
        opened.close()


def holds_list(session: Session) -> bool:
    """Whether the person at the keyboard could have names looked for."""
    return session.vault.has_identities and session.vault.login in session.vault.identity_holders


def last_confirmed(session: Session) -> int:
    """How many records the newest bundle made here took along on somebody's word."""
    made = [
        row.content
        for row in read.passages(session.vault.store, "bundle")
        if row.record.rpartition(":")[0] == session.device and row.content.get("direction") == "out"
    ]
    return len(made[-1].get(CONFIRMED, ())) if made else 0


def confirmed_for(session: Session, peer: str) -> frozenset[str]:
    """Records that somebody confirmed before, for this receiver: they are not asked about again."""
    return frozenset(
        str(one)
        for row in read.passages(session.vault.store, "bundle")
        if row.content.get("direction") == "out" and row.content.get("peer") == peer
        for one in row.content.get(CONFIRMED, ())
    )


def _texts(part: object) -> Iterator[str]:
    """What people wrote, anywhere in the content of a record."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for name, value in part.items():
            if name not in _TECHNICAL:
                yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def _pattern(known: Iterable[Identity]) -> re.Pattern[str] | None:
    """All that the list knows, in one expression with a group for each sort; None for nothing."""
    sorts: dict[str, set[str]] = {field: set() for field in _FIELDS}
    for one in known:
        for field in _FIELDS:
            wanted = unicodedata.normalize("NFKC", getattr(one, field)).casefold()
            if len(wanted) >= _SHORTEST:
                sorts[field].add(wanted)
    parts = [
        f"(?P<{field}>{'|'.join(whole_word(one) for one in sorted(found, key=lambda w: (-len(w), w)))})"
        for field, found in sorts.items()
        if found
    ]
    return re.compile("|".join(parts)) if parts else None
