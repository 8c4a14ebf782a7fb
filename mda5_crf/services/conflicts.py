"""Answers that two PCs gave to one item without knowing of each other: which are open, and what stands where.

Nothing here decides anything. ``conflict_acts`` writes the answer of a person over all of them;
``conflict_words`` says afterwards which answers lost, to whom and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read_conflicts
from mda5_crf.db.read_conflicts import ConflictRow
from mda5_crf.db.records import AuditRecord
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.conflict_words import place_of, value_of
from mda5_crf.services.queries import CONFLICT
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.model import Item, Severity
from mda5_crf.study.state import CONFLICT as CHECK
from mda5_crf.study.state import Finding
from mda5_crf.study.values import Entry
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.auditlines import AuditLine, Renderer
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class Side:
    """One answer. ``value``: as people read it, a code with its words, a missing code with its meaning.

    ``state``: value, missing, cleared or absent (withheld or redacted). ``vault`` is the name of the PC,
    ``here`` whether it is this one (or the copy this one was restored from). ``stored`` carries the offset of
    its ``zone``; ``typed`` only where that was earlier. ``bundle`` says which bundle brought it here.
    ``findings``: what the form would say of it, were it the answer. ``shown``: it is what the form shows now.
    """

    record: str
    value: Text
    entry: Entry
    state: str
    person: str
    roles: Text
    site: str
    vault: str
    device: str
    here: bool
    stored: datetime
    zone: str
    reason: Text
    typed: datetime | None = None
    bundle: Text | None = None
    findings: tuple[Finding, ...] = ()
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """An open conflict. ``id`` names its answers: with another one among them it is another conflict.

    ``number``: its place in the list of all, from 1. ``sides``: that of this PC first. ``since``: when the
    last of them was stored, ``days`` its age. ``struck``: the row, visit or form it stands in counts nowhere.
    """

    number: int
    id: str
    key: ItemKey
    subjid: str
    site: str
    place: Text
    label: Text
    item: Item | None
    since: datetime
    days: int
    sides: tuple[Side, ...]
    struck: bool
    mine: bool
    heads: tuple[str, ...]

    @property
    def values(self) -> Text:
        """All answers on one line, in the order of their sides."""
        told = [one.value for one in self.sides]
        return Text(" | ".join(one.en for one in told), " | ".join(one.zh for one in told))


@dataclass(frozen=True, slots=True)
class Compare:
    """One conflict with all there is to know before somebody decides.

    ``before``: what all sides took the place of: none where the item was empty, or each side replaced
    something else (``apart``). ``shown_because``: why the form shows what it shows. ``refusal``: why the
    person cannot decide here, None when they can. ``asks``: they may ask the site. ``signatures``: those that
    become void with a new answer. ``queries``: what is asked about the item already.
    """

    conflict: Conflict
    before: tuple[Side, ...]
    apart: bool
    shown_because: Text
    refusal: Text | None
    asks: bool
    signatures: tuple[Text, ...]
    queries: tuple[QueryInfo, ...]


def listed(session: Session, subject: str = "", place: ItemKey | None = None) -> tuple[Conflict, ...]:
    """Open conflicts in the order of the casebook, of everybody, a participant, or below a visit or form.

    ``number`` counts all of the vault, whatever is asked for. Raises PermissionDenied.
    """
    session.require(Action.READ)
    known = {one.identity: one for one in session.subjects()}  # a bundle may speak of somebody unknown here
    found = [one for one in read_conflicts.open_conflicts(session.vault.store) if one.key.subject in known]
    found.sort(key=lambda one: _order(session, known[one.key.subject].subjid, one.key))
    path = place.path() if place is not None else subject
    made = []
    for number, row in enumerate(found, 1):
        whole = row.key.path()
        if not path or whole == path or whole.startswith(f"{path}/"):
            made.append(_conflict(session, row, number))
    return tuple(made)


def named(session: Session, conflict: Conflict) -> Text:
    """The question, in a row of a log with its line: ``AE#3 Term``."""
    if not conflict.key.group_repeat:
        return conflict.label
    line = session.form_label(conflict.key)
    return Text(f"{line} {conflict.label.en}", f"{line} {conflict.label.zh}")


def keys(session: Session, subject: str) -> tuple[ItemKey, ...]:
    """The items of a participant that are in conflict, in the order of the casebook."""
    found = read_conflicts.open_conflicts(session.vault.store, subject)
    return tuple(sorted((one.key for one in found), key=lambda key: _order(session, "", key)))


def at(session: Session, key: ItemKey) -> Conflict | None:
    """The open conflict of one item, None when there is none."""
    return next((one for one in listed(session, key.subject) if one.key == key), None)


def compare(session: Session, conflict: Conflict) -> Compare:
    """What there is to know of a conflict, as it stands now.

    Raises InputRefused when it is settled, or other answers came meanwhile: then it has to be looked at anew.
    """
    session.require(Action.READ)
    found = read_conflicts.open_conflicts(session.vault.store, key=conflict.key)
    if not found or found[0].query != conflict.id:
        raise InputRefused("conflicts.changed", item=conflict.label)
    row = found[0]
    ids = [record.id for record in row.heads]
    before = read_conflicts.ancestors(row.records, ids)
    first = tuple(record for record in row.records if record.id in ids and record.replaces)
    judged = _judged(session, conflict)
    refusal = refused(session, conflict)
    return Compare(
        replace(conflict, sides=judged),
        sides_of(session, before),
        apart=not before and bool(first),
        shown_because=_why(row.heads),
        refusal=refusal,
        asks=refusal is not None and session.may(Action.RAISE_QUERY),
        signatures=_signatures(session, conflict.key),
        queries=tuple(
            query for query in session.cache(conflict.key.subject).queries.values()
            if query.key == conflict.key and query.is_open and query.source != CONFLICT
        ),
    )  # fmt: skip


def refused(session: Session, conflict: Conflict) -> Text | None:
    """Why the person at the keyboard cannot decide a conflict, None when they can."""
    if conflict.item is None:
        return message("conflicts.item_unknown")
    if conflict.site != session.site:
        return message("conflicts.refused_site", site=conflict.site)
    if not session.may(Action.ENTER):
        return message("conflicts.refused_role")
    return session.lock_book.refusal(conflict.key)


# -- inside --------------------------------------------------------------------------------------------


def _order(session: Session, subjid: str, key: ItemKey) -> tuple[object, ...]:
    """Participant, visit, form, line and question as in the casebook; what is unknown comes last."""
    study = session.study
    events, forms = list(study.events), list(study.forms)
    items = list(study.forms[key.form].items) if key.form in study.forms else []

    def place(name: str, among: Sequence[str]) -> int:
        return among.index(name) if name in among else len(among)

    data = session.cache(key.subject).data
    return (
        subjid, key.subject,
        place(key.event, events), data.line_of(ItemKey(key.subject, key.event), key.event_repeat) or 0,
        place(key.form, forms), data.line_of(key.form_key()._replace(form_repeat=""), key.form_repeat) or 0,
        data.line_of(key._replace(group_repeat="", item=""), key.group_repeat) or 0,
        place(key.item, items), key,
    )  # fmt: skip


def _conflict(session: Session, row: ConflictRow, number: int) -> Conflict:
    key = row.key
    item = session.item_at(key)
    data = session.cache(key.subject).data
    since = max(record.when for record in row.heads)
    days = (session.today - since.astimezone(session.zone).date()).days
    sides = sorted(
        sides_of(session, row.heads), key=lambda side: (not side.here, side.site, side.vault, side.device)
    )
    sides = [replace(side, shown=side.record == row.heads[0].id) for side in sides]
    made = Conflict(
        number, row.query, key, data.subjid, data.site, place_of(session, key),
        item.label if item is not None else both(key.item), item, since, max(days, 0), tuple(sides),
        _is_struck(session, key), mine=False, heads=row.all_heads,
    )  # fmt: skip
    return replace(made, mine=refused(session, made) is None)


def sides_of(session: Session, records: Iterable[AuditRecord]) -> tuple[Side, ...]:
    """Answers with who, where, when and why, in their order."""
    records = list(records)
    told = session.audit.told(records)
    maker = session.audit.renderer()
    return tuple(_side(session, maker, record, told) for record in records)


def _side(session: Session, maker: Renderer, record: AuditRecord, told: dict[str, AuditLine]) -> Side:
    line = told[record.id]
    text, unit, missing = read_conflicts.said(record)
    state = "missing" if missing else "value" if text else "absent" if record.content is None else "cleared"
    value = value_of(session, ItemKey.parse(record.key), record)
    bundle = maker.brought(record)
    return Side(
        record.id, value, Entry(text, unit=unit or None, missing=missing or None), state,
        line.name or line.person, line.roles_in_words, line.site, line.vault or record.device[:8],
        record.device, record.device in maker.own, line.local, record.zone, line.why,
        line.typed_at(line.typed) if line.typed != line.stored else None, bundle,
    )  # fmt: skip


def _judged(session: Session, conflict: Conflict) -> tuple[Side, ...]:
    """The sides with what the form would say of each: of the item, and of others where the sides differ."""
    if conflict.item is None:
        return conflict.sides
    found = [findings_with(session, conflict.key, side.entry) for side in conflict.sides]
    everywhere = set.intersection(*({_name(one) for one in listed} for listed in found))
    return tuple(
        replace(side, findings=tuple(
            one for one in listed if conflict.key in one.items or _name(one) not in everywhere
        ))
        for side, listed in zip(conflict.sides, found, strict=True)
    )  # fmt: skip


def findings_with(session: Session, key: ItemKey, entry: Entry) -> tuple[Finding, ...]:
    """What the form says were ``entry`` the one answer at ``key``. Memory is as before when it returns."""
    data = session.cache(key.subject).data
    before = data.get(key)
    try:
        data.put(key, entry if entry.text or entry.missing else None)
        state = evaluate(session.study_for(key), data, key.form_key(), session.today)
        return tuple(one for one in state.findings if not (one.check == CHECK and key in one.items))
    finally:
        data.put(key, before)


def _name(finding: Finding) -> tuple[object, ...]:
    return finding.check, finding.items, finding.message, finding.confirmed


def _is_struck(session: Session, key: ItemKey) -> bool:
    data = session.cache(key.subject).data
    row = bool(key.group_repeat) and key.group_repeat not in data.rows.get(
        key._replace(group_repeat="", item=""), ()
    )
    form = bool(key.form_repeat) and key.form_repeat not in data.form_repeats.get(
        key.form_key()._replace(form_repeat=""), ()
    )
    return row or form or (
        bool(key.event_repeat) and key.event_repeat not in data.event_repeats.get(key.event, ())
    )  # fmt: skip


def _why(heads: Sequence[AuditRecord]) -> Text:
    """Why the first of the answers is the one on the form: its place in the order that all PCs share."""
    if heads[0].clock > heads[1].clock:
        return message("conflicts.shown_clock", clock=heads[0].clock, other=heads[1].clock)
    return message("conflicts.shown_device", clock=heads[0].clock, device=heads[0].device[:8])


def _signatures(session: Session, key: ItemKey) -> tuple[Text, ...]:
    """The signatures that do not cover a new answer here, in words."""
    return tuple(
        message(
            "conflicts.signature_void",
            name=one.person,
            meaning=one.meaning_text,
            at=f"{one.at.astimezone(session.zone):%Y-%m-%d %H:%M}",
        )
        for one in session.signature_book.listed(key.form_key())
        if one.counts or key in one.differs
    )


# -- in words ------------------------------------------------------------------------------------------


_SEVERITIES: Final = {
    Severity.HARD: "course.severity_hard",
    Severity.QUERY: "course.severity_query",
    Severity.SOFT: "course.severity_soft",
    Severity.WARNING: "course.severity_warning",
}


def finding_words(finding: Finding) -> Text:
    """One finding: how severe, which check, what it says."""
    severity = message(_SEVERITIES[finding.severity])
    words = message("conflicts.finding", severity=severity, check=finding.check, words=finding.message)
    return message("conflicts.finding_confirmed", words=words) if finding.confirmed else words


def fact(side: Side, what: str, *, judged: bool = True) -> Text:
    """One fact of an answer in words. ``judged``: it could be the answer, so checks were asked."""
    if what == "value":
        return side.value
    if what == "who":
        return (
            message("conflicts.who", name=side.person, roles=side.roles)
            if side.roles.en
            else both(side.person)
        )
    if what == "where":
        code = "conflicts.where_here" if side.here else "conflicts.where"
        return message(code, site=side.site, name=side.vault)
    if what == "when":
        at = _at(side.stored)
        return both(at) if side.typed is None else message("conflicts.typed", at=at, typed=_at(side.typed))
    if what == "reason":
        return side.reason if side.reason.en else message("conflicts.no_reason")
    if what == "way":
        return side.bundle or message("conflicts.written_here" if side.here else "conflicts.way_unknown")
    if not judged:
        return both("")
    if what == "says":
        found = [finding_words(one) for one in side.findings]
        lines = Text("\n".join(one.en for one in found), "\n".join(one.zh for one in found))
        return lines if found else message("conflicts.nothing_found")
    return message("conflicts.on_form" if side.shown else "conflicts.not_on_form")


def _at(at: datetime) -> str:
    """``2026-09-01 10:00:12 +08:00``"""
    return f"{at:%Y-%m-%d %H:%M:%S} {at.isoformat()[-6:]}"
