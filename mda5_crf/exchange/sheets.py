"""Tables of one participant as plain CSV: what every form shows, queries, verification, signatures.

UTF-8 with a byte order mark, commas, CRLF. One line per answer, with the code and what it means, the number
as it was typed and in the stored unit, the missing code and what it means: it is read without a definition.
A text that a spreadsheet would take for a formula gets an apostrophe in front, and the last column names the
columns where that was done. Column names are fixed English words; the archive's readme explains them.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import queryboard
from mda5_crf.services.auditcsv import ESCAPED, guarded
from mda5_crf.services.sdv import forms_below
from mda5_crf.study.state import ItemState
from mda5_crf.study.values import MULTI_SEPARATOR, Status, show, written
from mda5_crf.text import Text, both

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

VALUES: Final = (
    "participant", "visit", "form", "group", "row", "item", "label_en", "label_zh", "state", "as_entered",
    "unit_entered", "value", "unit", "meaning_en", "meaning_zh", "missing", "missing_en", "missing_zh",
    "record",
)  # fmt: skip
QUERIES: Final = (
    "participant", "visit", "form", "row", "item", "query", "state", "source", "check", "time_utc", "person",
    "counts", "words_en", "words_zh",
)  # fmt: skip
VERIFIED: Final = ("participant", "visit", "form", "row", "item", "state", "person", "time_utc", "record")
SIGNED: Final = (
    "participant", "visit", "form", "meaning", "meaning_en", "meaning_zh", "person", "time_utc", "zone",
    "state", "state_en", "state_zh", "record",
)  # fmt: skip
Line = Mapping[str, str]
_NOTHING: Final = both("")


def csv_bytes(columns: Sequence[str], lines: Iterable[Line]) -> Iterator[bytes]:
    """A file piece by piece. A column that a line lacks is empty."""
    yield b"\xef\xbb\xbf" + _row((*columns, ESCAPED))
    for line in lines:
        told = [line.get(name, "") for name in columns]
        cells = [guarded(text) for text in told]
        changed = [name for name, text, cell in zip(columns, told, cells, strict=True) if text != cell]
        yield _row((*cells, " ".join(changed)))


def _row(cells: Sequence[str]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue().encode("utf-8")


def values(session: Session, subject: str) -> dict[str, list[Line]]:
    """Form OID → its lines, in the order of the schedule; forms without an answer are not there.

    Struck rows and what is void are not in it; the audit trail has them.
    """
    made: dict[str, list[Line]] = defaultdict(list)
    number = session.subjid(subject)
    for event in session.tree(subject):
        visit = session.event_label(event.key)
        for node in event.forms:
            if node.adds:
                continue
            for state in session.state(node.key).items.values():
                line = _value(session, state)
                if line is not None:
                    place = {"participant": number, "visit": visit, "form": node.label or node.key.form}
                    made[node.key.form].append({**place, **line})
            if node.key.form in made:
                place = {"participant": number, "visit": visit, "form": node.label or node.key.form}
                made[node.key.form] += [{**place, **line} for line in _of_versions(session, node.key)]
    return made


def _of_versions(session: Session, form: ItemKey) -> Iterator[dict[str, str]]:
    """Of a form that goes by another version: what was not collected, and answers no longer asked for."""
    if not session.versions.many:
        return
    own = session.study_for(form).forms[form.form].items
    newest = session.study_of(form.subject).forms.get(form.form)
    for name, item in ({} if newest is None else newest.items).items():
        if name not in own and not item.computed:
            labels = {"label_en": item.label.en, "label_zh": item.label.zh}
            yield {"group": item.group, "item": name, **labels, "state": "not collected"}
    known = session.versions.words.forms[form.form].items
    for key, entry in session.data(form.subject).entries.items():
        if key.form_key() == form and key.item not in own:
            label = known[key.item].label if key.item in known else both(key.item)
            yield {
                "group": key.group, "row": row_number(session, key), "item": key.item, "label_en": label.en,
                "label_zh": label.zh, "state": "no longer asked", "as_entered": entry.text,
                "unit_entered": entry.unit or "", "missing": entry.missing or "", "record": entry.record,
            }  # fmt: skip


def _value(session: Session, state: ItemState) -> dict[str, str] | None:
    """The columns of one answer; None where nothing stands and nothing ever counted."""
    item, value, key = state.item, state.value, state.key
    data = session.data(key.subject)
    entry = None if item.computed else data.get(key)
    if value.status is Status.EMPTY and entry is None:
        return None
    line = {
        "group": key.group, "row": row_number(session, key), "item": key.item,
        "label_en": item.label.en, "label_zh": item.label.zh,
        "state": _state(state, conflict=entry is not None and entry.conflict),
    }  # fmt: skip
    if entry is not None:
        line |= {"as_entered": entry.text, "record": entry.record}
        line["unit_entered"] = (entry.unit or item.unit or "") if entry.text else ""
        missing = entry.missing or ""
        words = session.study.missing_codes.get(missing, both(missing))
        line |= {"missing": missing, "missing_en": words.en, "missing_zh": words.zh}
    if state.relevant and value.status is Status.VALID:
        meaning = _meaning(session, state)
        stored = show(item, value) if item.computed else written(value.data)
        line |= {"value": stored, "unit": item.unit or "", "meaning_en": meaning.en, "meaning_zh": meaning.zh}
    return line


def _state(state: ItemState, *, conflict: bool) -> str:
    if not state.relevant:
        return "not applicable"  # entered, and the gate has closed since
    if conflict:
        return "conflict"
    return "computed" if state.item.computed else str(state.value.status)


def _meaning(session: Session, state: ItemState) -> Text:
    if not state.item.codelist:
        return _NOTHING
    codes = session.study_for(state.key).codelists[state.item.codelist].by_code
    texts = [codes[one].text for one in state.value.text.split(MULTI_SEPARATOR) if one in codes]
    return Text(", ".join(t.en for t in texts), "、".join(t.zh for t in texts))


def row_number(session: Session, key: ItemKey) -> str:
    """The number people use for a row of a log; "" where there is none."""
    if not key.group_repeat:
        return ""
    place = key.row_key()._replace(group_repeat="")
    return str(session.data(key.subject).line_of(place, key.group_repeat) or "")


def queries(session: Session, subject: str) -> Iterator[Line]:
    """One line per act of every query."""
    for query in session.queries(subject):
        about = {
            **_place(session, query.key), "query": query.id, "source": query.source, "check": query.check,
        }  # fmt: skip
        for word in session.query_thread(query):
            said = queryboard.in_words(word)
            yield {
                **about, "state": word.state, "time_utc": _time(word.at), "person": word.person,
                "counts": "Y" if word.counts else "N", "words_en": said.en, "words_zh": said.zh,
            }  # fmt: skip


def verified(session: Session, subject: str) -> Iterator[Line]:
    """One line per answer that was verified against the source."""
    for form in forms_below(session, ItemKey(subject)):
        for key in session.state(form).items:
            mark = session.sdv_mark(key)
            if mark is not None:
                yield {
                    **_place(session, key), "state": mark.state, "person": mark.person,
                    "time_utc": _time(mark.at), "record": mark.record,
                }  # fmt: skip


def signed(session: Session, subject: str) -> Iterator[Line]:
    """One line per signature, those that no longer count too."""
    places = [
        ItemKey(subject),
        *(one.key for one in session.tree(subject)),
        *forms_below(session, ItemKey(subject)),
    ]
    found = {one.record: one for place in places for one in session.signatures(place)}
    for one in sorted(found.values(), key=lambda one: (one.at, one.record)):
        yield {
            **_place(session, one.key), "meaning": one.meaning, "meaning_en": one.meaning_text.en,
            "meaning_zh": one.meaning_text.zh, "person": one.person, "time_utc": _time(one.at),
            "zone": one.zone, "state": one.state, "state_en": one.text.en, "state_zh": one.text.zh,
            "record": one.record,
        }  # fmt: skip


def _place(session: Session, key: ItemKey) -> dict[str, str]:
    return {
        "participant": session.subjid(key.subject),
        "visit": session.event_label(key.event_key()) if key.event else "",
        "form": session.form_label(key.form_key()) if key.form else "",
        "row": row_number(session, key),
        "item": key.item,
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
