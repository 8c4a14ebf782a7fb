"""What two PCs may have entered twice: one number for two participants, the same row, visit or reading.

Such are no conflicts: each was made by a record of its own and stays. Here they are only pointed out, with
the act by which a person can mend it. Nothing says that they are the same; a look at the source does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.db import read_conflicts
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.second_facts import compared, fact
from mda5_crf.services.second_rows import KEY_WEIGHT, Row, match, weights
from mda5_crf.study.model import Item
from mda5_crf.study.schedule import event_date
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class Double:
    """Two things that may be one. ``kind``: number, row, visit or form. ``first`` and ``second`` are their
    keys; ``says`` names both, ``proposal`` the acts that mend it if they are one.
    """

    kind: str
    subjid: str
    first: ItemKey
    second: ItemKey
    says: Text
    proposal: Text


def doubles(session: Session, subject: str = "") -> tuple[Double, ...]:
    """What may have been entered twice, of everybody or of one participant. Raises PermissionDenied.

    Reads only participants in whom two PCs added something at the same place.
    """
    session.require(Action.READ)
    found = [] if subject else list(_numbers(session))
    known = {one.identity for one in session.subjects()}
    for identity, places in sorted(read_conflicts.added_by_several(session.vault.store).items()):
        if identity in known and subject in ("", identity):
            kept = session.is_loaded(identity)
            for level, parent, name in sorted(places):
                found += _of_place(session, level, parent, name)
            if not kept:
                session.let_go(identity)
    return tuple(sorted(found, key=lambda one: (one.kind != "number", one.subjid, one.first)))


def _numbers(session: Session) -> Iterator[Double]:
    by_number: dict[str, list[str]] = {}
    for one in session.subjects():
        if one.duplicate:
            by_number.setdefault(one.subjid, []).append(one.identity)
    for number, identities in by_number.items():
        for other in identities[1:]:
            says = message("conflicts.double_number", subject=number, first=identities[0], second=other)
            yield Double(
                "number", number, ItemKey(identities[0]), ItemKey(other), says,
                message("conflicts.propose_number"),
            )  # fmt: skip


def _of_place(session: Session, level: str, parent: ItemKey, name: str) -> Iterator[Double]:
    if level == "row":
        yield from _rows(session, parent)
    elif level == "event":
        yield from _visits(session, parent.subject, name)
    else:
        yield from _forms(session, parent._replace(form=name))


def _rows(session: Session, group: ItemKey) -> Iterator[Double]:
    data = session.cache(group.subject).data
    form = session.study_for(group.form_key()).forms.get(group.form)
    if form is None:
        return
    items = [one for one in form.items.values() if one.group == group.group and compared(one)]
    keys = {row: group._replace(group_repeat=row) for row in data.rows.get(group, ())}
    yield from _alike(session, "row", keys, items)


def _forms(session: Session, place: ItemKey) -> Iterator[Double]:
    data = session.cache(place.subject).data
    form = session.study.forms.get(place.form)
    if form is None:
        return
    single = {group.name for group in form.groups if not group.repeating}
    items = [one for one in form.items.values() if one.group in single and compared(one)]
    keys = {one: place._replace(form_repeat=one) for one in data.form_repeats.get(place, ())}
    yield from _alike(session, "form", keys, items)


def _alike(session: Session, kind: str, keys: Mapping[str, ItemKey], items: list[Item]) -> Iterator[Double]:
    """Pairs made at different PCs that say the same where both say something, above all what names them."""
    said = {one: _facts(session, key, items) for one, key in keys.items()}
    weight = weights(items)
    devices = sorted({one.partition(":")[0] for one in keys})
    for at, device in enumerate(devices):
        mine = {one: row for one, row in said.items() if one.startswith(f"{device}:")}
        for later in devices[at + 1 :]:
            theirs = {one: row for one, row in said.items() if one.startswith(f"{later}:")}
            found = match(mine, theirs, weight)
            tied = [(first, second) for second, firsts in found.ties.items() for first in firsts]
            for first, second in (*found.pairs, *tied):
                if _names_agree(said[first], said[second], weight):
                    yield _double(session, kind, keys[first], keys[second])


def _names_agree(one: Row, other: Row, weight: Mapping[str, int]) -> bool:
    """Whether what names both, a term or a date, is the same, all of it that both say."""
    named = [item for item in one if item in other and weight.get(item) == KEY_WEIGHT]
    return bool(named) and all(one[item] == other[item] for item in named)


def _facts(session: Session, place: ItemKey, items: list[Item]) -> Row:
    data, study = session.cache(place.subject).data, session.study_for(place.form_key())
    found = {}
    for item in items:
        codes = study.codelists[item.codelist] if item.codelist else None
        says = fact(item, data.get(place._replace(group=item.group, item=item.name)), codes)
        if says is not None:
            found[item.name] = says
    return found


def _visits(session: Session, subject: str, name: str) -> Iterator[Double]:
    """Repeats of a visit on one day, made at different PCs."""
    data = session.cache(subject).data
    keys = [ItemKey(subject, name, one) for one in data.event_repeats.get(name, ())]
    days = {key: event_date(session.study_of(subject), data, key) for key in keys}
    for at, first in enumerate(keys):
        for second in keys[at + 1 :]:
            same = days[first] is not None and days[first] == days[second]
            if same and first.event_repeat.partition(":")[0] != second.event_repeat.partition(":")[0]:
                yield _double(session, "visit", first, second)


def _double(session: Session, kind: str, first: ItemKey, second: ItemKey) -> Double:
    one, other = (both(_short(session, key)) for key in (first, second))
    return Double(
        kind, session.subjid(first.subject), first, second,
        message("conflicts.double_two", first=one, second=other), message(f"conflicts.propose_{kind}"),
    )  # fmt: skip


def _short(session: Session, key: ItemKey) -> str:
    """``AE#2``, ``UNS#1``, ``W12 HRCT#2``."""
    if not key.form:
        return session.event_label(key)
    label = session.form_label(key)
    return label if key.group_repeat else f"{session.event_label(key)} {label}"
