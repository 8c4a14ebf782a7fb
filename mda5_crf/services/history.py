"""The audit trail of a key in words: who did what, when, why."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mda5_crf.db import read
from mda5_crf.db.records import AuditRecord
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import HistoryLine
from mda5_crf.services.conflict_words import by_key, fates
from mda5_crf.services.formrepeats import shown
from mda5_crf.services.importwords import imported
from mda5_crf.services.second_words import SECOND_KINDS, history_words, with_partner
from mda5_crf.services.signing import meaning_text
from mda5_crf.services.subjectcache import in_both
from mda5_crf.services.trace_words import came_from, trace_words, void_in
from mda5_crf.study.links import in_words
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def history(session: Session, key: ItemKey) -> tuple[HistoryLine, ...]:
    """Every record about ``key`` and what lies below it, in order of the chains' logical time.

    What was set aside is listed elsewhere (``read.aside``): nobody's entry came from it.
    """
    names = {p.person: p.name for p in read.persons(session.vault.store)}
    heads = set(session.cache(key.subject).heads.get(key, ()))
    voids = void_in(session, key.subject)
    lines = []
    records = with_partner(session, key, read.history(session.vault.store, key.path()))
    told = session.audit.told(records)
    maker = session.audit.renderer()
    ended = {
        one: words
        for found in by_key(records).values()
        for one, words in fates(found, voids, lambda record: maker.deciding(told[record.id])).items()
    }
    for record in records:
        reason = record.data.get("reason")
        words = ""
        if isinstance(reason, dict):
            code = str(reason.get("code", ""))
            words = f"{code}: {reason['text']}" if reason.get("text") else code
        superseded = record.kind in ("value", "missing") and bool(heads) and record.id not in heads
        superseded = superseded or voids.covers(record.key, record.device, record.seq)
        lines.append(
            HistoryLine(
                datetime.fromisoformat(record.at),
                record.zone,
                names.get(record.person, record.person),
                record.kind,
                _words(session, record),
                words,
                record.id,
                superseded,
                where=_where(session, record),
                roles=told[record.id].roles_in_words,
                prompt=told[record.id].prompt if record.kind in ("value", "missing") else (),
                typed=told[record.id].typed if told[record.id].typed != record.when else None,
                left=told[record.id].left,
                taken=told[record.id].taken,
                fate=ended.get(record.id),
            )
        )
    return tuple(lines)


def _where(session: Session, record: AuditRecord) -> str:
    """Visit, form and item as people address them: ``W12 HRCT#2 READER``."""
    try:
        key = ItemKey.parse(record.key)
    except ValueError:
        return ""
    if not key.subject or not key.event:
        return ""
    if record.kind == "row":
        key = key._replace(group_repeat=record.id)
    return " ".join(filter(None, (session.event_label(key), session.form_label(key), key.item)))


def _shown(session: Session, key: str, typed: str) -> Text:
    """The answer as people read it: a code with its words, a link by its lines, anything else as typed."""
    place, study = ItemKey.parse(key), session.versions.words
    form = study.forms.get(place.form)
    item = form.items.get(place.item) if form is not None else None
    if item is None:
        return both(typed)
    if item.codelist is None:
        return in_words(shown(session, place, typed))
    code = study.codelists[item.codelist].by_code.get(typed)
    if code is None or code.text.en == typed:
        return both(typed)
    return Text(f"{typed} {code.text.en}", f"{typed} {code.text.zh}")


def _words(session: Session, record: AuditRecord) -> Text:
    traced = trace_words(session, record)
    if traced is not None:
        return traced
    data = {k: str(v) for k, v in record.data.items() if not isinstance(v, dict)}
    if record.kind == "value":
        text = f"{data.get('text', '')} {data.get('unit', '')}".strip()
        if not text:
            return imported(session, record, message("entry.history_cleared"))
        words = message("entry.history_value", value=_shown(session, record.key, text))
        words, by = imported(session, record, came_from(record, words)), data.get("origin", "")
        return message(f"paste.history_{by}", words=words) if by in ("pasted", "rest") else words
    if record.kind == "missing":
        return came_from(record, message("entry.history_missing", code=data.get("code", "")))
    if record.kind == "confirm":
        value = _shown(session, record.key, data.get("text", ""))
        return message("entry.history_confirm", value=value, check=data.get("check", ""))
    if record.kind == "status":
        status = {"incomplete": "in_progress"}.get(data.get("status", ""), data.get("status", ""))
        return message("entry.history_status", status=message(f"entry.status_{status}"))
    if record.kind == "query":
        words = both(data["answer"]) if data.get("answer") else in_both(data.get("text", ""))
        return message("entry.history_query", state=message(f"entry.state_{data['state']}"), text=words)
    if record.kind in ("row", "strike"):
        return message(f"entry.history_{record.kind}")
    if record.kind in SECOND_KINDS:
        return history_words(record, lambda typed: _shown(session, record.key, typed))
    if record.kind == "signature":
        return message("signing.history", meaning=meaning_text(data.get("meaning", "")))
    if record.kind == "form":
        added = ItemKey.parse(record.key)._replace(form=data.get("form", ""), form_repeat=record.id)
        return message("entry.history_form", form=session.form_label(added))
    return message("entry.history_other", kind=record.kind)


def completed(session: Session, form: ItemKey) -> tuple[str, datetime] | None:
    """Who completed a form last, and when; None when it is not complete now."""
    if session.cache(form.subject).data.statuses.get(form) != "complete":
        return None
    names = {p.person: p.name for p in read.persons(session.vault.store)}
    said = list(session.vault.journal.records(form.path(), kinds=("status",), standing=True))
    for record in reversed(said):
        if record.data.get("status") == "complete":
            return names.get(record.person, record.person), datetime.fromisoformat(record.at)
    return None


def changed_items(session: Session, form: ItemKey) -> frozenset[ItemKey]:
    """Items with more than one answer in the journal: what stands now is not what was first written."""
    seen: dict[str, int] = {}
    voids = void_in(session, form.subject)
    for record in session.vault.journal.records(form.path(), kinds=("value", "missing"), standing=True):
        if voids.covers(record.key, record.device, record.seq):
            continue
        seen[record.key] = seen.get(record.key, 0) + 1
    return frozenset(ItemKey.parse(key) for key, count in seen.items() if count > 1)
