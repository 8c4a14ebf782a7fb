"""A move taken back: what was brought to the other place becomes void there, the old place counts again.

Nothing disappears: a ``void`` of every place that the move filled and an ``unvoid`` of the one it emptied, in
one transaction, each signed by the second person. What was entered at the new place after the move goes void
with the rest and is said before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.db import voids
from mda5_crf.db.records import AuditRecord, Draft, split_id
from mda5_crf.db.voids import VoidRow
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import backups, movement, wrongplace
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Reason
from mda5_crf.services.movement import Carried
from mda5_crf.services.wrongplace import Plan, words
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_MOVED = frozenset({"event", "form", "row", "value", "missing"})


@dataclass(frozen=True, slots=True)
class BackPlan(Plan):
    """What taking a move back does. ``source`` is where it stands now, ``target`` where it stood; ``carried``
    what becomes void there; ``record`` the void of the move, ``places`` what is voided instead.
    """

    record: str
    places: tuple[ItemKey, ...]


def plan(session: Session, record: str) -> BackPlan:
    """What becomes of each answer when the move with the void ``record`` is taken back. Nothing is written.

    Raises InputRefused when ``record`` is no standing void of a move.
    """
    session.require(Action.READ)
    row = _move(session, record)
    brought = tuple(_brought(session, row))
    places = _places(row, brought)
    shown = places[0] if len(places) == 1 else places[0].event_key()
    found = [one for place in places for one in movement.standing(session, place)]
    carried = tuple(Carried(one.key, None, one.label, one.value, None) for one in found)
    notes = [note for place in places for note in wrongplace.notes(session, place)]
    ids = {one.id for one in brought}
    heads = session.cache(shown.subject).heads
    later = [one for one in found if one.entry is not None and not ids & set(heads.get(one.key, ()))]
    if later:
        notes.append(message("trace.note_later", count=len(later), what=movement.some(later)))
    return BackPlan(
        shown, row.key, words(session, shown), words(session, row.key), carried, tuple(dict.fromkeys(notes)),
        _obstacle(session, row, places), record, places,
    )  # fmt: skip


def take_back(session: Session, wanted: BackPlan, reason: Reason, second: tuple[str, str]) -> tuple[str, ...]:
    """Do what the plan says, in one transaction; the ids of the records.

    ``second`` is (log-in, password) of another person. Raises PermissionDenied, InputRefused (also when
    something has changed since the plan was made), LoginRefused, StoreError; then nothing has changed.
    """
    session.require(Action.WRONG_PLACE)
    fresh = plan(session, wanted.record)
    if fresh.obstacle is not None:
        raise InputRefused("trace.said", words=fresh.obstacle)
    if fresh != wanted:
        raise InputRefused("trace.plan_old")
    said = wrongplace.reason_of(session, reason)
    upto = wrongplace.known_chains(session)
    drafts = []
    for place in fresh.places:
        content = {"state": "void", "upto": upto, "moved_to": _path(fresh.target), "reason": said}
        drafts.append(wrongplace.consented(session, Draft("void", place.path(), content), second))
    content = {"voids": [fresh.record], "reason": said}
    drafts.append(wrongplace.consented(session, Draft("unvoid", _path(fresh.target), content), second))
    backups.before(session, "move")
    records = session.append(drafts)
    session.refresh()
    return tuple(record.id for record in records)


def _path(key: ItemKey | None) -> str:
    return "" if key is None else key.path()


def _move(session: Session, record: str) -> VoidRow:
    """The void by which something was moved away. Raises InputRefused."""
    for row in voids.listed(session.vault.store):
        if row.record == record:
            if row.ended:
                raise InputRefused("trace.not_void", place=words(session, row.key))
            if row.moved_to:
                return row
    raise InputRefused("trace.not_moved")


def _brought(session: Session, row: VoidRow) -> Iterator[AuditRecord]:
    """The records of the move: they follow the void, in its transaction."""
    device, seq = split_id(row.record) or ("", 0)
    first = True
    while (record := session.vault.journal.get(f"{device}:{seq + 1}")) is not None:
        origin = record.data.get("origin")
        named = isinstance(origin, dict) and "moved" in origin
        # A visit that was not a repeat has no identity to name; words taken back have no content to look at.
        if record.kind not in _MOVED or not (named or (first and record.kind == "event") or not record.data):
            return
        yield record
        first, seq = False, seq + 1


def _places(row: VoidRow, brought: tuple[AuditRecord, ...]) -> tuple[ItemKey, ...]:
    """What the move filled: the visit or row that it made, else every form that it brought something to."""
    target = ItemKey.parse(row.moved_to)
    if brought and brought[0].kind == "event" and not target.event_repeat:
        visit = target.event_key()._replace(event_repeat=brought[0].id)
        if not target.form:
            return (visit,)
    keys = [ItemKey.parse(one.key) for one in brought if one.kind in ("value", "missing")]
    if target.group:
        made = [one.id for one in brought if one.kind == "row"]
        rows = [key.row_key() for key in keys] or [target._replace(group_repeat=one) for one in made]
        return tuple(dict.fromkeys(rows)) or (target,)
    keys += [ItemKey.parse(one.key) for one in brought if one.kind == "row"]
    return tuple(dict.fromkeys(key.form_key() for key in keys)) or (target,)


def _obstacle(session: Session, row: VoidRow, places: tuple[ItemKey, ...]) -> Text | None:
    site = session.cache(row.key.subject).data.site
    if site != session.site:
        return message("entry.other_site_read_only", site=site)
    there = movement.standing(session, row.key)
    if there and not voids.is_own(row.key):
        return message("trace.not_empty", place=words(session, row.key), what=movement.some(there))
    if not any(movement.standing(session, place) for place in places):
        return message("trace.not_there_now", place=words(session, places[0]))
    found = [one.key for place in places for one in movement.standing(session, place)]
    return wrongplace.held_at(session, [row.key, *places, *found])
