"""Moving a form to another version of the definition: what would change first, then one record that says
so.

A form goes by the version it was begun under until somebody moves it. Nothing that was entered is lost by
that: answers to items that the other version no longer has stay stored and readable; those of an item that
was renamed are entered once more under its new name, with their origin. A complete form that the other
version would not let be complete is reopened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import amendments
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.entrycore import COMPLETE, INCOMPLETE, ORIGIN
from mda5_crf.services.instudy import not_collected
from mda5_crf.services.wrongplace import reason_of
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.model import Item, Study
from mda5_crf.study.state import REQUIRED, FormState
from mda5_crf.study.values import Entry
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What moving ``form`` from one version to another changes; every line is a sentence.

    ``left``: answers that the new version has no item for; ``added``: what it asks besides; ``carried``:
    answers to renamed items, old key → new key; ``said`` and ``silent``: findings that come and go;
    ``computed``: computed values that change. ``reopens``: it is complete and would not be.
    """

    form: ItemKey
    old: str
    new: str
    old_version: str
    new_version: str
    left: tuple[Text, ...]
    added: tuple[Text, ...]
    carried: dict[ItemKey, ItemKey]
    said: tuple[Text, ...]
    silent: tuple[Text, ...]
    computed: tuple[Text, ...]
    reopens: bool

    def lines(self) -> Iterator[Text]:
        """All of it, for a list."""
        yield message("amend.plan_head", old=self.old_version, new=self.new_version)
        for name in ("left", "added", "said", "silent", "computed"):
            for text in getattr(self, name):
                yield message(f"amend.plan_{name}", what=text)
        if self.carried:
            yield message("amend.plan_carried", count=len(self.carried))
        if self.reopens:
            yield message("amend.plan_reopens")


def plan(session: Session, form: ItemKey, word: str) -> MovePlan:
    """See :meth:`mda5_crf.services.studyacts.StudyActs.move_plan`."""
    session.require(Action.ENTER)
    form, versions = form.form_key(), session.versions
    cache = session.cache(form.subject)
    data = cache.data
    if data.site != session.site:
        raise InputRefused("entry.other_site_read_only", site=data.site)
    if form not in cache.pins and not data.has_entries(form) and form not in data.statuses:
        raise InputRefused("amend.not_begun")
    session.lock_book.require_change(form)
    target, old_hash = amendments.find(session, word), versions.hash_of(form)
    if target.hash == old_hash:
        raise InputRefused("amend.same_version", version=target.version)
    if versions.told.rank(target.hash) > versions.told.rank(versions.site_hash(data.site)):
        raise InputRefused("amend.not_in_force", version=target.version)
    old, new = versions.study(old_hash), versions.study(target.hash)
    if form.form not in new.forms:
        raise InputRefused("amend.form_not_there", version=target.version)
    carried = dict(_carried(session, form, new))
    before = evaluate(old, data, form, session.today)
    after = _supposed(session, new, form, carried)
    reopens = data.statuses.get(form) == COMPLETE and any(
        f.blocks and not f.confirmed for f in after.findings
    )
    found, gone = _findings(before), _findings(after)
    return MovePlan(
        form, old_hash, target.hash, old.version, new.version,
        tuple(text for key, text in _left(session, form, old, new) if key not in carried),
        tuple(not_collected(old, new, form.form)), carried,
        tuple(text for what, text in gone.items() if what not in found),
        tuple(text for what, text in found.items() if what not in gone),
        tuple(_computed(before, after)), reopens,
    )  # fmt: skip


def move(session: Session, planned: MovePlan, reason: Reason) -> None:
    """See :meth:`mda5_crf.services.studyacts.StudyActs.move_form`."""
    fresh = plan(session, planned.form, planned.new)
    if fresh.old != planned.old:
        raise InputRefused("amend.moved_meanwhile")
    said, form = reason_of(session, reason), fresh.form
    cache = session.cache(form.subject)
    drafts, entries = [], []
    for old, new in fresh.carried.items():
        entry = cache.data.entries[old]
        content: dict[str, Any] = {"code": entry.missing} if entry.missing else {"text": entry.text}
        if entry.unit:
            content["unit"] = entry.unit
        content |= {ORIGIN: RENAMED, "reason": said}
        kind = "missing" if entry.missing else "value"
        drafts.append(Draft(kind, new.path(), content, cache.heads.get(new, ()), fresh.new))
        entries.append((new, Entry(entry.text, entry.unit, entry.missing)))
    pin = {"definition": fresh.new, "from": fresh.old, "reason": said}
    drafts.append(Draft("pin", form.path(), pin, definition=fresh.new))
    if fresh.reopens:
        status = {"status": INCOMPLETE, "reason": said}
        drafts.append(Draft("status", form.path(), status, definition=fresh.new))
    records = session.append(drafts)
    cache.pins[form] = fresh.new
    for (key, entry), record in zip(entries, records, strict=False):
        cache.data.put(key, Entry(entry.text, entry.unit, entry.missing, record.id))
        cache.heads[key] = (record.id,)
    if fresh.reopens:
        cache.data.set_status(form, INCOMPLETE)
    told = tuple(record.id for record in records)
    state = session.state(form)
    session.announce(
        Changes(form.subject, form, state, frozenset(key for key, _ in entries), session.now(), told)
    )


def unseen(session: Session, form: ItemKey) -> tuple[Text, ...]:
    """Answers stored on a form that its version has no item for: ``Question: answer``, in words."""
    form = form.form_key()
    own = session.study_for(form).forms.get(form.form)
    if own is None or not session.versions.many:
        return ()
    data = session.cache(form.subject).data
    keys = [key for key in data.entries if key.form_key() == form and key.item not in own.items]
    return tuple(_words(session, key, _asked(session, key)) for key in keys)


# -- inside --------------------------------------------------------------------------------------------


def _asked(session: Session, key: ItemKey) -> tuple[Study, Item] | None:
    """The newest version known here that asks this question."""
    for hash_ in reversed(session.versions.told.lawful):
        study = session.versions.study(hash_)
        form = study.forms.get(key.form)
        if form is not None and key.item in form.items:
            return study, form.items[key.item]
    return None


def _words(session: Session, key: ItemKey, asked: tuple[Study, Item] | None) -> Text:
    entry = session.cache(key.subject).data.entries[key]
    value = both(entry.missing or f"{entry.text} {entry.unit or ''}".strip())
    if asked is None:
        return message("amend.answer", item=both(key.item), value=value)
    study, item = asked
    code = study.codelists[item.codelist].by_code.get(entry.text) if item.codelist else None
    if code is not None and not entry.missing:
        value = Text(f"{code.code} {code.text.en}", f"{code.code} {code.text.zh}")
    return message("amend.answer", item=item.label, value=value)


def _left(session: Session, form: ItemKey, old: Study, new: Study) -> Iterator[tuple[ItemKey, Text]]:
    data = session.cache(form.subject).data
    for key in data.entries:
        item = old.forms[form.form].items.get(key.item)
        if key.form_key() == form and item is not None and key.item not in new.forms[form.form].items:
            yield key, _words(session, key, (old, item))


def _carried(session: Session, form: ItemKey, new: Study) -> Iterator[tuple[ItemKey, ItemKey]]:
    """Answers to items that the new version has under another name on the same form, and their new keys."""
    data = session.cache(form.subject).data
    names = {
        item.renamed_from.rpartition(".")[2]: item
        for item in new.forms[form.form].items.values()
        if item.renamed_from and item.renamed_from.rpartition(".")[0] in ("", form.form)
    }
    for key in list(data.entries):
        item = names.get(key.item)
        if key.form_key() == form and item is not None and key.item not in new.forms[form.form].items:
            to = key._replace(group=item.group, item=item.name)
            if data.get(to) is None:
                yield key, to


def _supposed(session: Session, new: Study, form: ItemKey, carried: dict[ItemKey, ItemKey]) -> FormState:
    """The form as the new version would see it; memory is as before when this returns."""
    data = session.cache(form.subject).data
    try:
        for old, to in carried.items():
            data.put(to, data.get(old))
        return evaluate(new, data, form, session.today)
    finally:
        for to in carried.values():
            data.put(to, None)


def _findings(state: FormState) -> dict[tuple[str, tuple[ItemKey, ...], str], Text]:
    """What a form says, but that a new question has no answer: that it is asked is said already."""
    told = (f for f in state.findings if not f.confirmed and f.check != REQUIRED)
    return {(f.check, f.items, f.message.en): f.message for f in told}


def _computed(before: FormState, after: FormState) -> Iterator[Text]:
    for key, item in after.items.items():
        was = before.items.get(key)
        if item.item.computed and was is not None and was.value.text != item.value.text:
            yield message(
                "amend.recomputed", item=item.item.label, was=both(was.value.text or "–"),
                now=both(item.value.text or "–"),
            )  # fmt: skip
