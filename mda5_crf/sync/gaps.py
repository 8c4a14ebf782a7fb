"""What never arrived, and what nobody has confirmed: per PC, by the numbers of its bundles.

Numbers run without holes, so a hole is a bundle that was made and never taken. That it exists is known from a
later one that was taken, from a later one that was refused although its sender had signed it, or from the
sender's own chain, which another PC may have brought. A bundle carries all that its receiver has not
confirmed; so whatever was in a hole below a bundle taken here is here, and only a hole above it needs an act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import read
from mda5_crf.services.access import Action
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.ledger import IN, OUT, Ledger, Passage, local_minutes
from mda5_crf.sync.registry import Peer, Registry
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


MOST: Final = 100
"""Gaps of one PC that are named."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A bundle of ``peer`` that never arrived. ``made`` is local, "" where its sender's chain does not say.

    ``since``: number of the next bundle of it that was taken here, which carried what this one held; 0 when
    none was, and something may be missing.
    """

    peer: str
    device: str
    number: int
    made: str
    since: int

    @property
    def sentence(self) -> Text:
        """What never arrived, and what that means."""
        name = "gap" if not self.made else "gap_made"
        what = message(f"mailbag.{name}", number=self.number, peer=self.peer, made=self.made)
        if self.since:
            rest = message("mailbag.gap_covered", number=self.since)
        else:
            rest = message("mailbag.gap_ask", peer=self.peer)
        return Text(f"{what.en} {rest.en}", f"{what.zh}{rest.zh}")

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "peer": self.peer, "device": self.device, "number": self.number, "made": self.made or None,
            "carried_by": self.since or None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """An own bundle that its receiver has not confirmed. ``days`` since it was made, whole."""

    peer: str
    device: str
    number: int
    at: str
    days: int
    later: bool

    @property
    def sentence(self) -> Text:
        """Since when it waits; ``later``: a newer one was confirmed, so nothing of it is missing there."""
        code = "waiting_later" if self.later else "waiting" if self.days else "waiting_today"
        return message(f"mailbag.{code}", number=self.number, peer=self.peer, at=self.at, days=self.days)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "peer": self.peer, "device": self.device, "number": self.number, "at": self.at,
            "days": self.days, "newer_confirmed": self.later,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one PC: what it said it has, what is on its way to it, what never came from it.

    ``confirmed`` is the highest own number it has confirmed, ``taken`` its highest taken here (0 = none);
    the times beside them are local.
    """

    name: str
    device: str
    site: str
    approved: bool
    confirmed: int
    heard: str
    taken: int
    waiting: tuple[Waiting, ...]
    gaps: tuple[Gap, ...]

    @property
    def on_the_way(self) -> tuple[Waiting, ...]:
        """Own bundles above the highest confirmed one."""
        return tuple(one for one in self.waiting if not one.later)

    @property
    def lost(self) -> tuple[Gap, ...]:
        """Gaps whose contents no later bundle has brought."""
        return tuple(one for one in self.gaps if not one.since)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "peer": self.name, "device": self.device, "site": self.site, "approved": self.approved,
            "confirmed": self.confirmed or None, "heard": self.heard or None, "taken": self.taken or None,
            "unconfirmed": [one.as_json() for one in self.waiting],
            "never_arrived": [one.as_json() for one in self.gaps],
        }  # fmt: skip


def standings(session: Session) -> tuple[Standing, ...]:
    """Every PC that something was exchanged with or may be: the centre first, then by name.

    Raises PermissionDenied.
    """
    session.require(Action.BUNDLE)
    registry, book = Registry.read(session), Ledger.read(session)
    told = _told(session)
    known = {p.peer for p in book.passages if p.direction in (IN, OUT)}
    peers = [peer for peer in registry.peers.values() if peer.approved or peer.device in known]
    made = [_standing(session, book, peer, told) for peer in peers]
    return tuple(sorted(made, key=lambda one: (not one.approved, one.site != CENTRE, one.name, one.device)))


def _told(session: Session) -> dict[str, dict[int, datetime]]:
    """Device → numbers of the bundles it made for this PC by its own chain, and when."""
    found: dict[str, dict[int, datetime]] = {}
    for row in read.passages(session.vault.store, "bundle"):
        data, device = row.content, row.record.rpartition(":")[0]
        number = data.get("number")
        if data.get("direction") == OUT and data.get("peer") == session.device and isinstance(number, int):
            found.setdefault(device, {})[number] = row.at
    return found


def _standing(session: Session, book: Ledger, peer: Peer, told: dict[str, dict[int, datetime]]) -> Standing:
    taken = book.taken(peer.device)
    return Standing(
        peer.name, peer.device, peer.site, peer.approved, max(book.confirmed(peer.device), default=0),
        local_minutes(session, taken[-1].at) if taken else "", taken[-1].number if taken else 0,
        _waiting(session, book, peer), _gaps(session, book, peer, told.get(peer.device, {})),
    )  # fmt: skip


def _waiting(session: Session, book: Ledger, peer: Peer) -> tuple[Waiting, ...]:
    confirmed = book.confirmed(peer.device)
    top, now = max(confirmed, default=0), session.now()
    return tuple(
        Waiting(
            peer.name, peer.device, p.number, local_minutes(session, p.at), max((now - p.at).days, 0),
            p.number < top,
        )
        for p in book.sent(peer.device)
        if p.number not in confirmed
    )  # fmt: skip


def _gaps(session: Session, book: Ledger, peer: Peer, told: dict[int, datetime]) -> tuple[Gap, ...]:
    taken = sorted({p.number for p in book.taken(peer.device)})
    # What was held back of a bundle it did not bring.
    whole = sorted({p.number for p in book.taken(peer.device) if not p.blocked})
    numbers = missing(taken, book.refused(peer.device), told)
    return tuple(
        Gap(
            peer.name, peer.device, number,
            local_minutes(session, told[number]) if number in told else "",
            next((later for later in whole if later > number), 0),
        )
        for number in numbers
    )  # fmt: skip


def missing(taken: Iterable[int], refused: Iterable[Passage], told: Iterable[int] = ()) -> tuple[int, ...]:
    """Numbers of a sender that were made and never taken here, ascending, at most MOST of them.

    A refused one was not taken. A number is whatever its sender wrote: it must cost nothing to be huge.
    """
    have = set(taken)
    top = max([*have, *(p.number for p in refused), *told], default=0)
    return tuple(islice((number for number in range(1, top + 1) if number not in have), MOST))


def first_missing(taken: Collection[int], number: int) -> tuple[int, ...]:
    """Numbers between the highest taken and one that has come now, at most MOST of them."""
    return tuple(islice(range(max(taken, default=0) + 1, number), MOST))
