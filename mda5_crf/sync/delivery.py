"""Where is my form? Here only → in a bundle on its way → confirmed at the centre. Derived, never recorded.

What a form is made of stands in the journal as (device, number); what went away stands in the bundles made,
each of which names the ends of the chains inside; what arrived says the other side itself, in the newest
bundle taken from it. So a form is confirmed when none of its records lies above what was confirmed: only the
records above that are ever looked at, by one query per chain, and after that only what was added since.

The centre's answer counts; where no centre is registered, that of any other PC. A centre says the other way
round which bundle brought a form. What is known is kept as long as the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from mda5_crf.db import read_delivery
from mda5_crf.db.rows import LAST_SEQ
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.ledger import IN, OUT, Ledger, local_minutes
from mda5_crf.sync.registry import Peer, Registry
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.db.tx import Tx
    from mda5_crf.services.session import Session

HERE: Final = "here"
SENT: Final = "sent"
CONFIRMED: Final = "confirmed"
CAME: Final = "came"
_FORM_PARTS: Final = 3
"""A path has participant, visit, form, group, item."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where all that is known here of a form, visit or participant is, besides here.

    ``state`` HERE: some of it is in no bundle to the centre. SENT: all of it is in bundle ``number`` and in
    each made after it, none of which is confirmed. CONFIRMED: the centre said that it has all of it. CAME (at
    a centre): ``number`` of ``peer`` brought the newest of it. ``at`` is local: when that bundle was made, or
    was taken here. ``also`` names other PCs that have all of what is not confirmed.
    """

    state: str
    peer: str = ""
    number: int = 0
    at: str = ""
    also: tuple[str, ...] = ()

    @property
    def words(self) -> Text:
        """A few words, to stand beside a form."""
        if self.state == SENT:
            return message("mailbag.where_sent", number=self.number)
        if self.state == CAME:
            return message("mailbag.where_came", number=self.number, peer=self.peer)
        if self.state == HERE and self.also:
            return message("mailbag.where_not_sent")
        return message("mailbag.where_here" if self.state == HERE else "mailbag.where_confirmed")

    @property
    def sentence(self) -> Text:
        """The same with all that is known."""
        if self.state == HERE:
            if self.also:
                return message("mailbag.tip_not_sent", also=", ".join(self.also))
            return message("mailbag.tip_here")
        return message(f"mailbag.tip_{self.state}", peer=self.peer, number=self.number, at=self.at)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "state": self.state, "peer": self.peer or None, "bundle": self.number or None,
            "at": self.at or None, "also": list(self.also),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Carried:
    """A bundle as far as it matters here: until where which chain went, to or from whom."""

    peer: str
    number: int
    at: datetime
    ends: Mapping[str, int]


@dataclass(slots=True)
class _Books:
    """What registry and ledger said last; ``stamp`` tells when they must be read again."""

    stamp: tuple[int, ...] = ()
    centre: bool = False
    devices: tuple[str, ...] = ()
    confirmed: Mapping[str, int] = field(default_factory=dict)
    by: Mapping[str, str] = field(default_factory=dict)
    sent: tuple[_Carried, ...] = ()
    taken: tuple[_Carried, ...] = ()
    others: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Delivery:
    """What one session knows of it. Nothing is read before it is asked for."""

    def __init__(self) -> None:
        self._books = _Books()
        self._from: dict[str, int] = {}
        self._upto: dict[str, int] = {}
        self._tail: dict[str, dict[str, int]] = {}  # device → path of a form → its newest record above _from

    # -- asking ----------------------------------------------------------------------------------------

    def of_form(self, session: Session, form: ItemKey) -> Where | None:
        """Where a form is; None where nothing of it is recorded, or there is nobody to send to."""
        books = self._look(session)
        path = form.form_key().path()
        if books.centre:
            return self._came(session, read_delivery.newest_below(session.vault.store, path))
        left = self._left(path)
        if not books.devices:
            return None
        if left:
            return self._where(session, left)
        known = read_delivery.newest_below(session.vault.store, path)
        return self._confirmed(session, known) if known else None

    def of_forms(self, session: Session, forms: Iterable[ItemKey]) -> dict[ItemKey, Where]:
        """Those of ``forms`` that are not confirmed; without a query of their own.

        At a centre those that a bundle brought; one query for each participant they are of.
        """
        if self._look(session).centre:
            return self._of_centre(session, list(forms))
        found = {}
        for form in forms:
            left = self._left(form.form_key().path())
            if left:
                found[form] = self._where(session, left)
        return found

    def _of_centre(self, session: Session, forms: Sequence[ItemKey]) -> dict[ItemKey, Where]:
        newest: dict[str, dict[str, int]] = {}
        for subject in {form.subject for form in forms}:
            for key, device, seq in read_delivery.each_below(session.vault.store, subject):
                known = newest.setdefault(form_path(key), {})
                known[device] = max(known.get(device, 0), seq)
        found = {}
        for form in forms:
            where_it_is = self._came(session, newest.get(form.form_key().path(), {}))
            if where_it_is is not None:
                found[form] = where_it_is
        return found

    def unsent(self, session: Session) -> dict[str, Where]:
        """All forms that are not confirmed, by path."""
        books = self._look(session)
        if books.centre:
            return {}
        paths = {path for tail in self._tail.values() for path in tail}
        left = {path: self._left(path) for path in sorted(paths)}
        return {path: self._where(session, records) for path, records in left.items() if records}

    # -- what is known ---------------------------------------------------------------------------------

    def _look(self, session: Session) -> _Books:
        """Books and tails as of now. What is the same as last time costs three short queries."""
        store = session.vault.store
        with store.read() as tx:
            stamp = (
                read_delivery.last_bundle(tx, session.device),
                *read_delivery.peer_stamp(tx, session.device),
            )
        if not self._books.stamp or stamp != self._books.stamp:
            self._books = _read_books(session, stamp)
        if not self._books.centre and self._books.devices:
            with store.read() as tx:
                for device in self._books.devices:
                    self._read_on(tx, device)
        return self._books

    def _read_on(self, tx: Tx, device: str) -> None:
        floor, end = self._books.confirmed.get(device, 0), read_delivery.chain_end(tx, device)
        if device not in self._from or floor < self._from[device]:
            # Never read, or the other side has less than it once had: from the beginning of what it lacks.
            self._from[device], self._upto[device], self._tail[device] = floor, floor, {}
        if floor > self._from[device]:
            tail = self._tail[device]
            self._tail[device] = {path: seq for path, seq in tail.items() if seq > floor}
            self._from[device] = floor
        after = max(self._upto[device], floor)
        if end <= after:
            return
        tail = self._tail[device]
        for key, seq in read_delivery.newest_by_key(tx, device, after, end):
            path = form_path(key)
            if path and tail.get(path, 0) < seq:
                tail[path] = seq
        self._upto[device] = end

    def _left(self, path: str) -> dict[str, int]:
        """Device → the form's newest record, of the chains in which that is not confirmed."""
        return {device: tail[path] for device, tail in self._tail.items() if path in tail}

    def _where(self, session: Session, left: Mapping[str, int]) -> Where:
        books, first = self._books, None
        for device, seq in left.items():
            by = next((one for one in books.sent if one.ends.get(device, 0) >= seq), None)
            if by is None:
                also = tuple(name for name, known in books.others.items() if _has(known, left))
                return Where(HERE, also=also)
            if first is None or by.at > first.at:
                first = by
        assert first is not None  # something was left
        return Where(SENT, first.peer, first.number, local_minutes(session, first.at))

    def _confirmed(self, session: Session, known: Mapping[str, int]) -> Where:
        """The first bundle that carried all of it, to the one who said that it has it."""
        books = self._books
        peer = next((books.by[device] for device in known if device in books.by), "")
        mine = {device: seq for device, seq in known.items() if device in books.devices}
        by = next((one for one in books.sent if mine and _has(one.ends, mine)), None)
        at = "" if by is None else local_minutes(session, by.at)
        return Where(CONFIRMED, peer if by is None else by.peer, 0 if by is None else by.number, at)

    def _came(self, session: Session, known: Mapping[str, int]) -> Where | None:
        last = None
        for device, seq in known.items():
            by = next((one for one in self._books.taken if one.ends.get(device, 0) >= seq), None)
            if by is not None and (last is None or by.at > last.at):
                last = by
        return None if last is None else Where(CAME, last.peer, last.number, local_minutes(session, last.at))


def form_path(key: str) -> str:
    """The path of the form that a key lies in; "" for a visit, a participant, or the vault."""
    parts = key.split("/", _FORM_PARTS)
    return "/".join(parts[:_FORM_PARTS]) if len(parts) >= _FORM_PARTS else ""


def _has(known: Mapping[str, int], wanted: Mapping[str, int]) -> bool:
    return all(known.get(device, 0) >= seq for device, seq in wanted.items())


def _read_books(session: Session, stamp: tuple[int, ...]) -> _Books:
    registry = Registry.read(session)
    book = Ledger.read(session, devices=registry.lineage)
    peers = [peer for peer in registry.peers.values() if peer.approved]
    if registry.is_centre:
        # Bundles of a PC whose registration has ended brought what they brought.
        names = {peer.device: peer.name for peer in registry.peers.values()}
        taken = [
            _Carried(names[p.peer], p.number, p.at, p.ends)
            for p in book.passages if p.direction == IN and p.peer in names
        ]  # fmt: skip
        return _Books(stamp, True, taken=tuple(sorted(taken, key=lambda one: one.at)))
    centres = [peer for peer in peers if peer.site == CENTRE]
    asked = centres or peers
    confirmed: dict[str, int] = {}
    by: dict[str, str] = {}
    for peer in asked:
        for device, seq in book.known(peer.device).items():
            if seq > confirmed.get(device, 0):
                confirmed[device], by[device] = seq, peer.name
        confirmed[peer.device], by[peer.device] = LAST_SEQ, peer.name  # its own chain is there
    wanted = {peer.device: peer for peer in asked}
    sent = [
        _Carried(wanted[p.peer].name, p.number, p.at, p.ends)
        for p in book.passages if p.direction == OUT and p.peer in wanted
    ]  # fmt: skip
    mates = [peer for peer in registry.peers.values() if peer.site == registry.site]
    devices = (*sorted(registry.lineage), *sorted(peer.device for peer in mates)) if asked else ()
    return _Books(
        stamp, False, devices, confirmed, by, tuple(sorted(sent, key=lambda one: one.at)),
        others=_others(book, peers, wanted, mates),
    )  # fmt: skip


def _others(
    book: Ledger, peers: Iterable[Peer], wanted: Mapping[str, Peer], mates: Iterable[Peer]
) -> dict[str, Mapping[str, int]]:
    """What PCs other than the centre are known to have; each has its own chain as far as it is here."""
    own = {peer.device: {peer.device: LAST_SEQ} for peer in mates}
    return {
        peer.name: {**book.known(peer.device), **own.get(peer.device, {})}
        for peer in sorted(peers, key=lambda one: one.name)
        if peer.device not in wanted
    }


def unsent_forms(session: Session, peer: str) -> int:
    """How many forms that ``peer`` may see hold something of this PC that is in no bundle to it."""
    registry = Registry.read(session)
    sent: dict[str, int] = {}
    for one in Ledger.read(session, peer, registry.lineage).sent(peer):
        for device, upto in one.ends.items():
            sent[device] = max(sent.get(device, 0), upto)
    site = registry.site_of(peer)
    seen = {one.identity for one in session.subjects() if site in (CENTRE, one.site)}
    forms: set[str] = set()
    with session.vault.store.read() as tx:
        for device in registry.lineage:
            for key, _ in read_delivery.newest_by_key(tx, device, sent.get(device, 0)):
                if key.partition("/")[0] in seen:
                    forms.add(form_path(key))
    return len(forms - {""})


def of_visits(session: Session) -> dict[tuple[str, str], Where]:
    """Participant and visit (OID) → where what of it is not confirmed is: the least of its forms."""
    found: dict[tuple[str, str], Where] = {}
    for path, place in delivery(session).unsent(session).items():
        key = ItemKey.parse(path)
        known = found.get((key.subject, key.event))
        if known is None or place.state == HERE:
            found[key.subject, key.event] = place
    return found


_KNOWN: WeakKeyDictionary[Session, Delivery] = WeakKeyDictionary()


def delivery(session: Session) -> Delivery:
    """What is known of the whereabouts of a session's forms, kept as long as the session."""
    found = _KNOWN.get(session)
    if found is None:
        found = _KNOWN[session] = Delivery()
    return found


def where(session: Session, form: ItemKey) -> Where | None:
    """Where a form is. None for one of which nothing is recorded, or with nobody to send to."""
    return delivery(session).of_form(session, form)
