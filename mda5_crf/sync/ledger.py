"""What went and what came: the bundles of this vault, read from its own journal.

Numbers run per receiver from 1. What a receiver is known to have is what it said in the newest of its own
bundles taken here; until then every bundle carries everything again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import read
from mda5_crf.db.clock import read_at
from mda5_crf.errors import BundleError
from mda5_crf.services.access import Action
from mda5_crf.sync.manifest import MAX_RECEIPTS
from mda5_crf.sync.registry import Registry
from mda5_crf.text import Text, catalogue, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

OUT: Final = "out"
IN: Final = "in"
REFUSED: Final = "refused"
ARCHIVE: Final = "archive"
"""Directions of a ``bundle`` record; of a refused file nothing but its hash and our reason is kept."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One bundle made, taken or refused here. ``at`` is UTC; ``have`` what the other side of a taken one said
    that it has.

    ``base`` and ``ends`` say of each chain after which record it begins and with which it ends; ``records``
    how many are inside (made ones). Of a refused one ``code`` is the reason, and ``proved`` says whether its
    sender had signed it: otherwise ``peer`` is "" and ``number`` 0. ``blocked``: the PCs of a taken one whose
    part was held back.
    """

    direction: str
    number: int
    peer: str
    sha256: str
    prev: str
    at: datetime
    new: int = 0
    have: Mapping[str, int] = field(default_factory=dict)
    receipts: tuple[int, ...] = ()
    base: Mapping[str, int] = field(default_factory=dict)
    ends: Mapping[str, int] = field(default_factory=dict)
    records: int = 0
    code: str = ""
    proved: bool = True
    made: str = ""
    blocked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: ``arrow`` →, ← or × (refused), ``number``, ``peer`` by name, ``at`` local."""

    arrow: str
    number: int
    peer: str
    at: str
    state: Text
    direction: str
    device: str
    sha256: str
    confirmed: bool
    code: str
    """``made``, ``confirmed``, ``taken``, ``held`` (taken in part) or the code of a refusal."""
    moment: datetime
    """When, with the site's offset."""

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "direction": self.direction, "number": self.number, "peer": self.peer, "device": self.device,
            "at": self.moment.isoformat(), "sha256": self.sha256, "confirmed": self.confirmed,
            "state": self.code, "en": self.state.en, "zh": self.state.zh,
        }  # fmt: skip


class Ledger:
    """The passages of this vault with one other PC, or with all."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = tuple(passages)

    @classmethod
    def read(
        cls, session: Session, peer: str | None = None, devices: Collection[str] | None = None
    ) -> Ledger:
        """Read the ``bundle`` records of the vault's own device, or of ``devices`` (those it continues)."""
        found = []
        own = {session.device} if devices is None else devices
        for row in read.passages(session.vault.store, "bundle"):
            data = row.content
            passed = row.record.rpartition(":")[0] in own and data.get("direction") != ARCHIVE
            if not passed or data.get("part"):
                continue
            if peer is None or data.get("peer") == peer:
                found.append(_passage(data, row.at))
        return cls(found)

    def sent(self, peer: str) -> list[Passage]:
        """Bundles made for ``peer``, oldest first."""
        return self._by_number(OUT, peer)

    def taken(self, peer: str) -> list[Passage]:
        """Bundles of ``peer`` taken here, by number."""
        return self._by_number(IN, peer)

    def refused(self, peer: str | None = None) -> list[Passage]:
        """Files that were refused here, oldest first; of one PC only those it had signed."""
        found = [p for p in self.passages if p.direction == REFUSED]
        return found if peer is None else [p for p in found if p.proved and p.peer == peer]

    def _by_number(self, direction: str, peer: str) -> list[Passage]:
        found = [p for p in self.passages if (p.direction, p.peer) == (direction, peer)]
        return sorted(found, key=lambda p: p.number)

    def next_number(self, peer: str) -> tuple[int, str]:
        """Number and predecessor's SHA-256 of the next bundle for ``peer``."""
        sent = self.sent(peer)
        return (sent[-1].number + 1, sent[-1].sha256) if sent else (1, "")

    def known(self, peer: str) -> Mapping[str, int]:
        """What ``peer`` is known to have (device → number): the newest word it signed."""
        taken = self.taken(peer)
        return taken[-1].have if taken else {}

    def receipts(self, peer: str) -> tuple[tuple[int, str], ...]:
        """The newest bundles of ``peer`` taken here, as told to it in the next one back.

        Only those of which nothing was held back: a receipt says that all of it came.
        """
        whole = {p.number: p.sha256 for p in self.taken(peer) if not p.blocked}
        return tuple(whole.items())[-MAX_RECEIPTS:]

    def taken_before(self, peer: str, name: str, file: tuple[int, str, str]) -> Passage | None:
        """The last passage of a file of ``peer`` (number, SHA-256, its predecessor's), if it was taken here.

        Raises BundleError for two files of one number, and for one of another history.
        """
        number, sha256, prev = file
        found = None
        for passage in self.taken(peer):
            if passage.number == number:
                if passage.sha256 != sha256:
                    raise BundleError("sync.same_number", name=name, number=number)
                found = passage
            before = passage.number == number - 1 and passage.sha256 != prev
            after = passage.number == number + 1 and passage.prev != sha256
            if before or after:
                raise BundleError("sync.other_history", name=name, number=number, other=passage.number)
        return found

    def confirmed(self, peer: str) -> frozenset[int]:
        """Numbers of bundles that ``peer`` said it took."""
        return frozenset(number for p in self.taken(peer) for number in p.receipts)


def _passage(data: Mapping[str, Any], at: datetime) -> Passage:
    return Passage(
        data["direction"], data.get("number", 0), data.get("peer", ""), data["sha256"], data.get("prev", ""),
        at, data.get("new", 0), data.get("have", {}), tuple(data.get("receipts", ())), data.get("from", {}),
        data.get("to", {}), data.get("records", 0), data.get("code", ""), data.get("proved", True),
        data.get("made", ""), tuple(str(one.get("device", "")) for one in data.get("blocked", ())),
    )  # fmt: skip


def ledger(session: Session) -> list[Entry]:
    """Every bundle made, taken or refused here, oldest first. Raises PermissionDenied."""
    session.require(Action.BUNDLE)
    book, registry = Ledger.read(session), Registry.read(session)
    confirmed = {peer: book.confirmed(peer) for peer in {p.peer for p in book.passages}}
    return [_entry(session, p, registry, p.number in confirmed[p.peer]) for p in book.passages]


_ARROWS: Final = {OUT: "→", IN: "←", REFUSED: "×"}


def _entry(session: Session, passage: Passage, registry: Registry, confirmed: bool) -> Entry:
    name = registry.name_of(passage.peer)
    code = "confirmed" if confirmed else "made"
    if passage.direction == IN:
        code = "held" if passage.blocked else "taken"
        state = message("sync.state_taken", new=passage.new)
        if passage.blocked:
            held = ", ".join(map(registry.name_of, passage.blocked))
            state = message("holding.state", state=state, devices=held)
    elif passage.direction == REFUSED:
        code, state = passage.code, refusal(passage.code)
        if not passage.proved:
            name = "–"  # what an unproved file says of itself is nobody's name
    else:
        state = message(f"sync.state_{code}")
    return Entry(
        _ARROWS[passage.direction], passage.number if passage.proved else 0, name,
        local_minutes(session, passage.at), state, passage.direction, passage.peer, passage.sha256,
        confirmed and passage.direction == OUT, code, passage.at.astimezone(session.zone),
    )  # fmt: skip


def refusal(code: str) -> Text:
    """A reason in the few words of a list; by its code alone where it has none."""
    name = code.rpartition(".")[2]
    known = f"refused_{name}" in catalogue("mailbag")
    return message(f"mailbag.refused_{name}") if known else message("mailbag.refused", code=code)


def local_minutes(session: Session, at: datetime) -> str:
    """A time as people of the site read it: ``2026-11-23 09:05``."""
    return at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")


def made_at(session: Session, made: str) -> str:
    """The same for the time a bundle bears."""
    return local_minutes(session, read_at(made))
