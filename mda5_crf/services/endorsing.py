"""An investigator stands for answers that only an investigator may decide and somebody else transcribed.

An endorsement names the records of the answer as the investigator saw it: a later change by anybody else has
other records, so it waits again by itself. An investigator's own entry needs none. A valid signature over a
form by an investigator covers the answers in it too: whoever signs "reviewed, complete and accurate" has
decided about them, and asking once more would make the list a thing to be clicked away. Void, it covers
nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mda5_crf.db import read, read_locks
from mda5_crf.db.records import Draft
from mda5_crf.db.views import EntryRow
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import judgement
from mda5_crf.services.access import Action, Role
from mda5_crf.services.judgement import WasInvestigator
from mda5_crf.study.state import ItemState
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """One answer that waits. ``value`` as people read it, ``person`` who entered it (name), ``at`` UTC.

    ``origin``: how it came in ("" typed, ``pasted``, ``rest``). ``records`` are what an endorsement names.
    """

    key: ItemKey
    subjid: str
    place: Text
    label: Text
    value: Text
    person: str
    at: datetime
    origin: str
    records: tuple[str, ...]


def waiting_keys(
    session: Session, subject: str, entries: Sequence[EntryRow], was_investigator: WasInvestigator
) -> tuple[ItemKey, ...]:
    """The answers among ``entries`` (of one participant) that wait, whether asked now or not."""
    return judgement.waiting(
        session.item_at, entries, was_investigator, _endorsed(session, subject, entries, was_investigator)
    )


def waiting(session: Session, subject: str) -> tuple[Waiting, ...]:
    """The answers of a participant that wait for an investigator, in the order of their forms."""
    session.require(Action.READ)
    entries = {entry.key: entry for entry in read.subject_entries(session.vault.store, subject)}
    keys = waiting_keys(session, subject, tuple(entries.values()), roles_then(session))
    names = {person.person: person.name for person in read.persons(session.vault.store)}
    found = []
    for form in dict.fromkeys(key.form_key() for key in keys):
        wanted = {key for key in keys if key.form_key() == form}
        for key, state in session.state(form).items.items():
            if key in wanted and state.relevant:
                found.append(_waiting(session, entries[key], state, names))
    return tuple(found)


def everywhere(session: Session) -> tuple[Waiting, ...]:
    """What waits of all participants, by number. Only those are read of whom something waits."""
    from mda5_crf.services.lines import lines_of

    lines = lines_of(session)
    lines.fill()
    return tuple(
        one
        for subject, line in lines.known()
        if line is not None and line["judgement"]
        for one in waiting(session, subject.identity)
    )


def endorse(session: Session, chosen: Iterable[Waiting]) -> int:
    """Stand for these answers as they were shown: one transaction. Returns how many.

    Raises PermissionDenied and InputRefused: another site's, locked, two different answers, or changed since
    it was shown; then nothing has changed.
    """
    session.require(Action.ENDORSE)
    listed = {one.key: one for one in chosen}
    still: dict[ItemKey, Waiting] = {}
    for subject in dict.fromkeys(key.subject for key in listed):
        site = session.cache(subject).data.site
        if site != session.site:
            raise InputRefused("endorse.other_site", site=site)
        still.update((one.key, one) for one in waiting(session, subject))
    drafts = []
    for key, one in listed.items():
        now = still.get(key)
        if now is None or now.records != one.records:
            raise InputRefused("endorse.changed", place=one.place, item=one.label)
        if session.state(key.form_key()).items[key].value.conflict:
            raise InputRefused("endorse.conflict", place=one.place, item=one.label)
        drafts.append(Draft("endorse", key.path(), {"records": sorted(one.records)}))
    if drafts:
        session.append(drafts)
    return len(drafts)


def roles_then(session: Session) -> WasInvestigator:
    """Whether a person held the role of an investigator on a day at the site."""
    tasks = {
        person.person: [(t["role"], t["from"], t["to"]) for t in person.certificate["certificate"]["tasks"]]
        for person in read.persons(session.vault.store)
    }

    def was_investigator(person: str, at: datetime) -> bool:
        day = at.astimezone(session.zone).date().isoformat()
        return Role.INVESTIGATOR in read.roles_held(tasks.get(person, ()), day)

    return was_investigator


def place_words(session: Session, key: ItemKey, *, subject: bool = False) -> Text:
    """``Week 12 · Vital signs``, with the participant's number first when asked; repeats numbered."""
    study, parts = session.study, []
    if subject:
        parts.append(both(session.subjid(key.subject)))
    if key.event:
        found = study.events.get(key.event)
        parts.append(_numbered(both(key.event) if found is None else found.name, session.event_label(key)))
    if key.form:
        form = study.forms.get(key.form)
        parts.append(_numbered(both(key.form) if form is None else form.name, session.form_label(key)))
    return Text(" · ".join(part.en for part in parts), " · ".join(part.zh for part in parts))


# -- inside --------------------------------------------------------------------------------------------


def _endorsed(
    session: Session, subject: str, entries: Iterable[EntryRow], was_investigator: WasInvestigator
) -> set[ItemKey]:
    given: dict[ItemKey, list[frozenset[str]]] = {}
    for one in read_locks.endorsements(session.vault.store, subject):
        if was_investigator(one.person, one.at):
            given.setdefault(one.key, []).append(one.records)
    signed = session.cache(subject).data.signatures or frozenset()
    return {
        entry.key
        for entry in entries
        if entry.key.form_key() in signed or any(set(entry.heads) <= one for one in given.get(entry.key, ()))
    }


def _waiting(session: Session, entry: EntryRow, state: ItemState, names: dict[str, str]) -> Waiting:
    key = entry.key
    return Waiting(
        key, session.subjid(key.subject), place_words(session, key), state.item.label,
        value_words(session, key, entry.text, entry.unit), names.get(entry.person, entry.person), entry.at,
        _origin(session, entry.record), entry.heads,
    )  # fmt: skip


def value_words(session: Session, key: ItemKey, text: str, unit: str = "") -> Text:
    """A stored answer as people read it: the code with its words, a number with its unit."""
    item = session.item_at(key)
    if item is None:
        return both(text)
    codes = session.study_for(key).codelists.get(item.codelist or "")
    if codes is None:
        shown = session.shown(key, text)
        return both(f"{shown} {unit or item.unit or ''}".strip() if shown else shown)
    parts = [codes.by_code[code].text if code in codes.by_code else both(code) for code in text.split(",")]
    return Text("; ".join(part.en for part in parts), "；".join(part.zh for part in parts))


def _origin(session: Session, record: str) -> str:
    found = read_locks.origin_of(session.vault.store, record)
    return found if found in ("pasted", "rest") else ""


def _numbered(name: Text, label: str) -> Text:
    mark = "#" if "#" in label else "/" if "/" in label else ""
    if not mark:
        return name
    number = label[label.index(mark) :]
    return message("endorse.numbered", name=name, number=both(number))
