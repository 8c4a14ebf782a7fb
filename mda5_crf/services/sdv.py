"""Source data verification: which answers a monitor has held against the source, and what became of them.

A mark (record ``verify``) stands at an item and names the record that was verified, with its hash. It holds
as long as that record is the item's only answer: whatever is entered afterwards makes it "verified, then
changed", by itself, at every PC. Nothing else resets it and nobody has to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from mda5_crf.db import read_sdv
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.subjectcache import SubjectCache
from mda5_crf.study.model import Form, ItemType, Sdv, Study

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

VERIFIED, CHANGED, WITHDRAWN = "verified", "changed", "withdrawn"
MOST: Final = 5000
"""Marks of one act: a whole participant."""


@dataclass(frozen=True, slots=True)
class SdvMark:
    """How an item stands: VERIFIED, or CHANGED since. ``person`` is a name, ``at`` UTC."""

    key: ItemKey
    state: str
    person: str
    at: datetime
    record: str


@dataclass(frozen=True, slots=True)
class SdvCount:
    """How far verification is. ``wanted``: answers that the definition wants verified; ``done`` of them;
    ``changed``: verified once and changed since (part of what is not done). ``level`` of a single form.
    """

    key: ItemKey
    level: Sdv | None
    wanted: int
    done: int
    changed: int

    @property
    def met(self) -> bool:
        """Whether all that is wanted is verified, and there is any."""
        return 0 < self.wanted == self.done


class SdvBook:
    """The marks a session knows, kept until one is written or a bundle was taken."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._marks: dict[str, dict[ItemKey, read_sdv.SdvRow]] = {}

    def fill(self, cache: SubjectCache) -> None:
        """Let the engine know which forms of a participant are verified."""
        marks = self._of(cache.data.subject)
        cache.data.verified = _Forms(self._session.definition, cache, marks) if marks else ()

    def written(self, records: Iterable[AuditRecord]) -> None:
        """Marks were made or taken back."""
        for subject in {r.key.partition("/")[0] for r in records if r.kind == "verify"}:
            self._marks.pop(subject, None)
            if self._session.is_loaded(subject):
                self.fill(self._session.cache(subject))

    def forget(self) -> None:
        """Something other than this session wrote."""
        self._marks.clear()

    def mark(self, key: ItemKey) -> SdvMark | None:
        """How an item stands; None when nobody verified it, or it was taken back."""
        row = self._of(key.subject).get(key)
        if row is None:
            return None
        heads = self._session.cache(key.subject).heads.get(key, ())
        state = VERIFIED if heads == (row.of,) else CHANGED
        return SdvMark(key, state, row.name, row.at, row.record)

    def standing(self, key: ItemKey) -> tuple[str, ...]:
        """The records of marks that a new one at this item replaces."""
        row = self._of(key.subject).get(key)
        return () if row is None else row.heads

    def _of(self, subject: str) -> dict[ItemKey, read_sdv.SdvRow]:
        if subject not in self._marks:
            self._marks[subject] = read_sdv.sdv_rows(self._session.vault.store, subject)
        return self._marks[subject]


class _Forms:
    """The verified forms of a participant, asked one by one: what stands is looked up when it is asked."""

    def __init__(self, study: Study, cache: SubjectCache, marks: Mapping[ItemKey, read_sdv.SdvRow]) -> None:
        self._study = study
        self._cache = cache
        self._marks = marks

    def __contains__(self, form: object) -> bool:
        assert isinstance(form, ItemKey)
        definition = self._study.forms.get(form.form)
        if definition is None:
            return False
        wanted = False
        for key in wanted_items(self._study, definition, self._cache, form):
            row = self._marks.get(key)
            if row is None or self._cache.heads.get(key, ()) != (row.of,):
                return False
            wanted = True
        return wanted


def level_of(study: Study, form: Form) -> Sdv:
    """How much of a form is to be verified: as it says, else as the study says, else all."""
    if form.sdv is not None:
        return form.sdv
    said = study.settings.get("sdv", "")
    return Sdv(said) if said in tuple(Sdv) else Sdv.ALL


def wanted_items(study: Study, form: Form, cache: SubjectCache, key: ItemKey) -> Iterator[ItemKey]:
    """The answers of a form instance that are to be verified, as its level says."""
    level = level_of(study, form)
    if level is Sdv.NONE:
        return
    for item in answered_items(form, cache, key):
        if level is Sdv.ALL or form.items[item.item].key:
            yield item


def answered_items(form: Form, cache: SubjectCache, key: ItemKey) -> Iterator[ItemKey]:
    """All answers of a form instance that somebody entered, missing codes too, in the order of the paper."""
    data = cache.data
    for group in form.groups:
        place = key._replace(group=group.name)
        for repeat in data.rows.get(place, ()) if group.repeating else ("",):
            for item in group.items:
                one = place._replace(group_repeat=repeat, item=item.name)
                if not item.computed and item.type is not ItemType.LABEL and data.get(one) is not None:
                    yield one


class SdvActs:
    """What a monitor does, and what everybody sees. Part of ``Session``."""

    @property
    def _verifying(self) -> Session:
        return cast("Session", self)

    def sdv_mark(self, key: ItemKey) -> SdvMark | None:
        """How an item stands against its source."""
        self._verifying.require(Action.READ)
        return self._verifying.sdv_book.mark(key)

    def verify_source(self, keys: Sequence[ItemKey]) -> int:
        """Mark items, whole forms, visits or a participant as verified; returns how many marks were new.

        Of a form and what lies above it every answer that is not verified, hidden ones too, whatever the
        level. Raises PermissionDenied, InputRefused (an item without an answer, or with two) and StoreError.
        """
        return verify(self._verifying, keys)

    def withdraw_verification(self, key: ItemKey, reason: str) -> None:
        """Take back the mark of one item, with the reason. Raises PermissionDenied, InputRefused."""
        withdraw(self._verifying, key, reason)

    def sdv(self, key: ItemKey) -> SdvCount:
        """How far a form, visit or participant is verified, as the definition wants it."""
        session = self._verifying
        session.require(Action.READ)
        if key.form:
            return _of_form(session, key.form_key())
        forms = [_of_form(session, form) for form in forms_below(session, key)]
        return SdvCount(
            key, None, sum(f.wanted for f in forms), sum(f.done for f in forms), sum(f.changed for f in forms)
        )


def forms_below(session: Session, key: ItemKey) -> list[ItemKey]:
    """The form instances in which something was entered, of a visit or a participant, in their order."""
    found = dict.fromkeys(one.form_key() for one in session.cache(key.subject).data.entries)
    if key.event:
        found = {form: None for form in found if form.event_key() == key.event_key()}
    rank = {oid: event.rank for oid, event in session.study.events.items()}
    place = {due.form: number for number, due in enumerate(session.study.due)}
    return sorted(
        (form for form in found if form.form in session.study.forms),
        key=lambda f: (rank.get(f.event, 0), f.event_repeat, place.get(f.form, 0), f.form_repeat),
    )


def _of_form(session: Session, key: ItemKey) -> SdvCount:
    study = session.study_for(key)
    form = study.forms[key.form]
    marks = [
        session.sdv_book.mark(item) for item in wanted_items(study, form, session.cache(key.subject), key)
    ]
    done = sum(mark is not None and mark.state == VERIFIED for mark in marks)
    changed = sum(mark is not None and mark.state == CHANGED for mark in marks)
    return SdvCount(key, level_of(study, form), len(marks), done, changed)


def verify(session: Session, keys: Sequence[ItemKey]) -> int:
    """See :meth:`SdvActs.verify_source`."""
    session.require(Action.VERIFY)
    items: dict[ItemKey, None] = {}
    for key in keys:
        items |= dict.fromkeys(_items_at(session, key))
    drafts = [draft for item in items if (draft := _draft(session, item)) is not None]
    if len(drafts) > MOST:
        raise InputRefused("sdv.too_many", most=MOST)
    if drafts:
        session.append(drafts)
    return len(drafts)


def _items_at(session: Session, key: ItemKey) -> list[ItemKey]:
    if key.item:
        _check_item(session, key)
        return [key]
    forms = [key.form_key()] if key.form else forms_below(session, key)
    cache = session.cache(key.subject)
    found = [
        item
        for form in forms
        for item in answered_items(session.study_for(form).forms[form.form], cache, form)
        if len(cache.heads.get(item, ())) == 1
    ]
    if not found:
        raise InputRefused("sdv.nothing_here")
    return found


def _check_item(session: Session, key: ItemKey) -> None:
    form = session.study_for(key).forms.get(key.form)
    item = form.items.get(key.item) if form is not None else None
    if item is None or item.computed or item.type is ItemType.LABEL:
        raise InputRefused("sdv.not_entered", item=item.label if item is not None else key.oid)
    heads = session.cache(key.subject).heads.get(key, ())
    if not heads or session.data(key.subject).get(key) is None:
        raise InputRefused("sdv.no_answer", item=item.label)
    if len(heads) > 1:
        raise InputRefused("sdv.two_answers", item=item.label)


def _draft(session: Session, key: ItemKey) -> Draft | None:
    """A mark for the answer that stands; None when it has one."""
    mark = session.sdv_book.mark(key)
    if mark is not None and mark.state == VERIFIED:
        return None
    (head,) = session.cache(key.subject).heads[key]
    record = session.vault.journal.get(head)
    assert record is not None  # heads are records of this journal
    content = {"state": VERIFIED, "of": head, "hash": record.hash}
    return Draft("verify", key.path(), content, session.sdv_book.standing(key))


def withdraw(session: Session, key: ItemKey, reason: str) -> None:
    """See :meth:`SdvActs.withdraw_verification`."""
    session.require(Action.VERIFY)
    mark = session.sdv_book.mark(key)
    if mark is None:
        raise InputRefused("sdv.no_mark")
    if not reason.strip():
        raise InputRefused("queries.reason_required")
    content = {"state": WITHDRAWN, "note": reason.strip()}
    session.append([Draft("verify", key.path(), content, session.sdv_book.standing(key))])


def report(session: Session, subjects: Iterable[str]) -> list[tuple[str, SdvCount]]:
    """How far the forms of participants are verified: (number, count) for every form with an answer."""
    session.require(Action.READ)
    return [
        (session.subjid(subject), _of_form(session, form))
        for subject in subjects
        for form in forms_below(session, ItemKey(subject))
    ]
