"""One record of the journal as one line for people: when, who, where, what, why, and what followed."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import clock, read, read_audit, read_conflicts, rows
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.tx import Tx
from mda5_crf.db.voids import voids_of
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import auditwords
from mda5_crf.services.access import role_name
from mda5_crf.services.auditfilter import folded
from mda5_crf.services.auditplaces import Place, Places
from mda5_crf.services.auditwords import NOTHING
from mda5_crf.services.conflict_words import fates
from mda5_crf.text import Text, both, catalogue, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_BETWEEN: Final = " | "
_ENOUGH: Final = 6
"""Characters of an id or hash that name it."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """See the module text. Times are UTC; ``zone`` is the name and offset of the site's zone then.

    ``typed``: when it was typed, which is earlier than ``stored`` only for what waited as half-typed text.
    ``left``: when it was put into a bundle; ``taken``: when a bundle brought it here; None for neither.
    ``roles`` are those held at that time; ``site`` and ``vault`` the organisation: site number and the name
    of the PC. ``old`` and ``new`` are answers with unit and words of a code. ``prompt``: checks that stood
    when an answer was changed. ``aside``: why the record does not count here; ``emptied``: the record that
    took its content away; ``withheld``: another site's, of which nothing but the line is here. ``fate``: what
    became of an answer that was in conflict.
    """

    record: str
    typed: datetime
    stored: datetime
    zone: str
    left: datetime | None
    taken: datetime | None
    person: str
    name: str
    login: str
    roles: tuple[str, ...]
    site: str
    vault: str
    device: str
    kind: str
    act: Text
    subject: str
    subjid: str
    event: str
    form: str
    row: str
    item: str
    label: Text
    old: Text
    new: Text
    reason_code: str
    reason: Text
    reason_text: str
    prompt: tuple[str, ...]
    definition: str
    version: str
    hash: str
    key: ItemKey | None = None
    replaces: tuple[str, ...] = ()
    aside: Text | None = None
    emptied: str = ""
    withheld: bool = False
    fate: Text = NOTHING

    @property
    def local(self) -> datetime:
        """When it was stored, as the clock at the site showed it."""
        return self.typed_at(self.stored)

    def typed_at(self, at: datetime) -> datetime:
        """A time of the line at the offset of its zone."""
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            return clock.local(stamp, self.zone)
        except (ValueError, IndexError):
            return at

    @property
    def place(self) -> str:
        """Visit, form, line and item as people address them: ``W12 HRCT#2 READER``."""
        form = f"{self.form}#{self.row}" if self.row else self.form
        return " ".join(part for part in (self.event, form, self.item) if part)

    @property
    def why(self) -> Text:
        """The reason in words, with what was typed beside it."""
        if not self.reason_text:
            return self.reason
        if not self.reason.en:
            return Text(self.reason_text, self.reason_text)
        return message("audit.why", reason=self.reason, words=self.reason_text)

    @property
    def why_and_fate(self) -> Text:
        """The reason, and what became of the answer in a conflict."""
        told = [one for one in (self.why, self.fate) if one.en]
        return Text("; ".join(one.en for one in told), "；".join(one.zh for one in told))

    @property
    def roles_in_words(self) -> Text:
        """The roles held at that time."""
        known = catalogue("access")
        named = [role_name(role) for role in self.roles if f"role_{role}" in known]
        return Text(", ".join(t.en for t in named), "、".join(t.zh for t in named))

    def says(self, words: Sequence[str]) -> bool:
        """Whether every one of ``words`` (folded) occurs somewhere in it."""
        if not words:
            return True
        # Part by part: the same labels, acts and names come again and again, and are folded once.
        text = "\n".join([folded(part) for part in self._texts() if part])
        return all(word in text or self._is_named(word) for word in words)

    def _is_named(self, word: str) -> bool:
        """Whether ``word`` is the beginning of an id or hash: a few digits occur in every one of them."""
        return len(word) >= _ENOUGH and any(
            one.startswith(word)
            for one in (self.record, self.device, self.hash, self.person, self.definition)
        )

    def _texts(self) -> list[str]:
        roles, why = self.roles_in_words, self.why
        both_ways = (self.act, self.label, self.old, self.new, why, roles, self.fate)
        texts = [part for one in both_ways for part in (one.en, one.zh)]
        return [
            *texts, self.name, self.login, self.site, self.vault, self.kind, self.subjid, self.place,
            self.reason_code, *self.prompt, self.version,
            self.local.isoformat(sep=" ", timespec="seconds"),
        ]  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """For ``--json``: texts in both languages, times in ISO 8601."""
        said: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Text):
                value = {"en": value.en, "zh": value.zh}
            elif isinstance(value, datetime):
                value = value.isoformat(timespec="milliseconds")
            elif isinstance(value, ItemKey):
                value = value.path()
            elif isinstance(value, tuple):
                value = list(value)
            said[one.name] = value
        return said


class Renderer:
    """Makes lines. Knows people, PCs, bundles and places as they stood when it was made."""

    def __init__(self, session: Session) -> None:
        store = session.vault.store
        self._study = session.study
        self.places = Places(store, session.versions.words)
        self._trust = read_audit.trust(store)
        self._people = {one.person: one for one in read.persons(store)}
        self._devices = {one.id: one for one in read.devices(store)}
        self._versions = read_audit.versions(store)
        self._aside = read_audit.aside_reasons(store)
        self._emptied = read_audit.redacted(store)
        self.bundles = read_audit.bundles(store)
        self._left = _passages(self.bundles, out=True)
        self._met: frozenset[str] | None = None
        self._fates: dict[str, dict[str, Text]] = {}
        self.own = self._lineage(session.device)
        self._taken = _passages(self.bundles, out=False, of=self.own)

    def _lineage(self, device: str) -> frozenset[str]:
        """The present copy of the vault and those it was restored from."""
        found: list[str] = []
        while device in self._devices and device not in found:
            found.append(device)
            device = self._devices[device].parent
        return frozenset(found)

    def brought(self, record: AuditRecord) -> Text | None:
        """The bundle that brought a record here, in words; None for what was written here or is not known."""
        for one in self.bundles:
            after, upto = one.spans.get(record.device, (0, 0))
            if not one.out and one.device in self.own and after < record.seq <= upto:
                peer = self._devices.get(one.peer)
                name = one.peer[:8] if peer is None else peer.name
                # Bundles are numbered from 1: what has none came out of an archive.
                code = "conflicts.bundle" if one.number else "odmback.brought"
                return message(code, number=one.number, name=name)
        return None

    def site_of(self, device: str) -> str:
        """The site a PC belongs to, "" for one that is not known here."""
        known = self._devices.get(device)
        return "" if known is None else known.site

    def line(self, tx: Tx, record: AuditRecord) -> AuditLine:
        """The line of a record. Reads what it replaced, nothing else."""
        data = record.data
        place = self.places.place(record)
        person, device = self._people.get(record.person), self._devices.get(record.device)
        names = self._trust.names(record.device, record.person, record.clock)
        code, reason, words = auditwords.reason(data, self._study)
        before = [] if record.withheld else self._before(tx, record)
        stored, identity = record.when, (record.device, record.seq)
        why = self._aside.get(identity)
        new = (
            NOTHING if record.content is None else auditwords.new_value(record, data, place.key, self.places)
        )
        if record.kind == "user" and (whom := self._people.get(str(data.get("person")))) is not None:
            new = both(f"{whom.name} ({whom.login})")
        return AuditLine(
            record=record.id, typed=_typed(data, stored), stored=stored, zone=record.zone,
            left=_carried(self._left, record), taken=_carried(self._taken, record),
            person=record.person, name=min(names, default=person.name if person else ""),
            login=person.login if person else "", roles=self._roles(record),
            site=device.site if device else "", vault=device.name if device else "", device=record.device,
            kind=record.kind, act=auditwords.act(record, data, first=not before),
            subject=place.subject, subjid=place.subjid, event=place.event, form=place.form, row=place.row,
            item=place.item, label=place.label, old=self._old(before, place),
            new=new,
            reason_code=code, reason=reason, reason_text=words, prompt=auditwords.prompt(record, data),
            definition=record.definition, version=self._versions.get(record.definition, ""), hash=record.hash,
            key=place.key, replaces=record.replaces, aside=None if why is None else Text(*why),
            emptied=self._emptied.get(identity, "") if record.content is None else "",
            withheld=record.withheld, fate=self._fate(tx, record),
        )  # fmt: skip

    def deciding(self, line: AuditLine) -> tuple[str, Text, str]:
        """Of an answer that ended a conflict: its author, why, and when at the site."""
        return line.name or line.person, line.why, f"{line.local:%Y-%m-%d %H:%M}"

    def _fate(self, tx: Tx, record: AuditRecord) -> Text:
        """What became of an answer that was in conflict; "" where it never was."""
        if record.kind not in read_conflicts.ANSWERS or record.withheld:
            return NOTHING
        if self._met is None:
            self._met = read_conflicts.keys_met(tx)
        if record.key not in self._met:
            return NOTHING
        if record.key not in self._fates:
            # The answers that ended it have lines of their own, and those ask here again: not for these.
            self._fates[record.key] = {}
            answers = read_conflicts.answers(tx, record.key)
            voids = voids_of(tx, record.key.partition("/")[0])
            self._fates[record.key] = fates(answers, voids, lambda one: self.deciding(self.line(tx, one)))
        return self._fates[record.key].get(record.id, NOTHING)

    def _roles(self, record: AuditRecord) -> tuple[str, ...]:
        try:
            day = clock.local(record.at, record.zone).date().isoformat()
        except (ValueError, IndexError):
            return ()
        return tuple(sorted(self._trust.roles(record.device, record.person, record.clock, day)))

    def _before(self, tx: Tx, record: AuditRecord) -> list[AuditRecord]:
        """What stood there: what the record names as replaced, or the word before it."""
        named = [split_id(one) for one in record.replaces]
        found = [rows.get_record(tx, *one) for one in named if one is not None]
        if found or record.kind not in auditwords.CHANGING:
            # Of another key it replaced nothing, whatever it says.
            return [one for one in found if one is not None and one.key == record.key]
        query = record.data.get("query")
        for one in read_audit.before(tx, record):
            if one.data.get("query") == query:
                return [one]
        return []

    def _old(self, before: Sequence[AuditRecord], place: Place) -> Text:
        said = [auditwords.new_value(one, one.data, place.key, self.places) for one in before]
        said = [one for one in said if one.en]
        return Text(_BETWEEN.join(one.en for one in said), _BETWEEN.join(one.zh for one in said))


_Passages = Mapping[str, tuple[list[int], list[str]]]


def _passages(
    bundles: Sequence[read_audit.Carried], *, out: bool, of: frozenset[str] = frozenset()
) -> _Passages:
    """Device → the numbers up to which bundles reached, ascending, and when the first one did.

    Those ``out`` count whoever made them; those taken only when a PC of ``of`` took them. What was taken had
    left before, by its maker's word.
    """
    reached: dict[str, tuple[list[int], list[str]]] = {}
    events: list[tuple[str, Mapping[str, tuple[int, int]]]] = []
    for one in bundles:
        if not out and not one.out and one.device in of:
            events.append((one.at, one.spans))
        elif out:
            events.append((one.made, one.spans))
    for at, spans in sorted(events, key=lambda event: event[0]):
        for device, (_, upto) in spans.items():
            ends, times = reached.setdefault(device, ([], []))
            if not ends or upto > ends[-1]:
                ends.append(upto)
                times.append(at)
    return reached


def _carried(passages: _Passages, record: AuditRecord) -> datetime | None:
    ends, times = passages.get(record.device, ([], []))
    found = bisect.bisect_left(ends, record.seq)
    if found == len(ends):
        return None
    try:
        return clock.read_at(times[found])
    except ValueError:
        return None


def _typed(data: Mapping[str, Any], stored: datetime) -> datetime:
    said = data.get("typed")
    try:
        return clock.read_at(said) if isinstance(said, str) else stored
    except ValueError:
        return stored
