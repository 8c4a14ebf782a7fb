"""The listings of a casebook: trail, queries, verification, signatures, locks, deviations, voids, changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.db.esign import within
from mda5_crf.db.records import split_id
from mda5_crf.itemkey import ItemKey
from mda5_crf.pdf.book import Line, Listing
from mda5_crf.pdf.paper import FilledForm
from mda5_crf.services import lockwork, queryboard
from mda5_crf.services.audit import audit_lines
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.auditlines import AuditLine
from mda5_crf.services.endorsing import place_words
from mda5_crf.services.sdv import CHANGED, answered_items, forms_below
from mda5_crf.services.since import Differences
from mda5_crf.services.viewing import VIEW
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.services.wrongplace import VoidInfo

NOTHING: Final = both("")
_ANSWERS: Final = ("value", "missing")
Goals = Mapping[ItemKey, str]


def audit(
    session: Session, subject: str, heads: Mapping[str, int], start: Mapping[str, int] | None = None
) -> Listing:
    """Every record of a participant up to ``heads``, as a stream that may be read in another thread; with
    ``start`` only those that came after it.
    """
    columns = (
        (message("casebook.column_time"), 0.11),
        (message("casebook.column_what"), 0.28),
        (message("casebook.column_change"), 0.32),
        (message("casebook.column_why"), 0.14),
        (message("casebook.column_record"), 0.15),
    )
    return _listing(
        "audit", columns, _AuditRows(session, subject, heads, start), [message("casebook.audit_note")]
    )


def no_trail() -> Listing:
    """In place of the trail, for somebody who may not see it: that it was left out, and why."""
    return Listing(
        "audit", message("casebook.audit"), message("casebook.audit_left_out"), ((NOTHING, 1.0),), ()
    )


def _listing(
    name: str, columns: Sequence[tuple[Text, float]], rows: object, notes: Sequence[Text] = ()
) -> Listing:
    title, empty = message(f"casebook.{name}"), message(f"casebook.no_{name}")
    return Listing(name, title, empty, columns, rows, notes)  # type: ignore[arg-type]


class _AuditRows:
    """Lines of the trail; read anew each time, one at a time, never held."""

    def __init__(
        self, session: Session, subject: str, heads: Mapping[str, int], start: Mapping[str, int] | None
    ) -> None:
        self._session = session
        above = None if start is None else tuple(sorted(start.items()))
        self._wanted = AuditFilter(key=subject, above=above)
        self._heads = heads

    def __iter__(self) -> Iterator[Line]:
        above: Text | None = None
        for line in audit_lines(self._session, self._wanted):
            device, seq = split_id(line.record) or ("", 0)
            if line.kind == VIEW or seq > self._heads.get(device, 0):
                continue
            band = _audit_band(line)
            if band != above:
                above = band
                yield Line((band,), band=True)
            yield _audit_line(line, seq)


def _audit_band(line: AuditLine) -> Text:
    """Day, who, where and at which PC: what many records in a row share."""
    form = f"{line.form}#{line.row}" if line.row else line.form
    place = " ".join(filter(None, (line.event, form)))
    offset = line.local.strftime("%z")
    day = f"{line.local:%Y-%m-%d} {offset[:3]}:{offset[3:5]}" if offset else f"{line.local:%Y-%m-%d}"
    return message(
        "casebook.audit_band", day=day, name=line.name or line.person, roles=line.roles_in_words, place=place,
        pc=f"{line.vault} {line.device[:8]}",
    )  # fmt: skip


def _audit_line(line: AuditLine, seq: int) -> Line:
    what = line.act
    if line.item:
        named = line.label if line.label.en else both(line.item)
        what = named if line.kind in _ANSWERS else message("casebook.act_item", act=line.act, item=named)
    change = line.new
    if line.old.en:
        change = message("casebook.change", old=line.old, new=line.new)
    if line.emptied or line.withheld:
        change = message("casebook.emptied" if line.emptied else "casebook.withheld")
    told = (line.why, line.fate, line.aside, both(", ".join(line.prompt)))
    why = [text for text in told if text is not None and text.en]
    reason = Text("; ".join(t.en for t in why), "；".join(t.zh for t in why))
    time, record = both(f"{line.local:%H:%M:%S}"), both(f"{seq} {line.hash[:8]}")
    return Line((time, what, change, reason, record), struck=line.aside is not None)


def queries(session: Session, subject: str, goals: Goals) -> Listing:
    """Every query with its thread."""
    columns = ((message("casebook.column_at"), 0.2), (message("casebook.column_words"), 0.8))
    rows: list[Line] = []
    for query in session.queries(subject):
        asked = query.raised
        words = message(
            "casebook.query_band", place=queryboard.place(session, query.key),
            state=message(f"entry.state_{query.state}"), at=_at(session, asked) if asked else "–",
            name=query.person or "–",
        )  # fmt: skip
        rows.append(Line((words,), band=True, goals=(goals.get(query.key.form_key(), ""),)))
        if query.check:
            rows.append(Line((NOTHING, message("casebook.query_check", check=query.check))))
        for word in session.query_thread(query):
            rows.append(
                Line((both(_at(session, word.at)), queryboard.in_words(word)), struck=not word.counts)
            )
    return _listing("queries", columns, rows)


def verification(session: Session, subject: str, goals: Goals) -> Listing:
    """How far each form is verified, by whom, and what changed since."""
    columns = (
        (message("casebook.column_place"), 0.3),
        (message("casebook.column_wanted"), 0.1),
        (message("casebook.column_verified"), 0.1),
        (message("casebook.column_by"), 0.25),
        (message("casebook.column_changed"), 0.25),
    )
    rows: list[Line] = []
    cache = session.cache(subject)
    for form in forms_below(session, ItemKey(subject)):
        marks = [
            mark
            for item in answered_items(session.study_for(form).forms[form.form], cache, form)
            if (mark := session.sdv_mark(item)) is not None
        ]
        if not marks:
            continue
        count = session.sdv(form)
        newest = {mark.person: mark for mark in sorted(marks, key=lambda mark: mark.at)}
        by = [
            message("casebook.sdv_by", name=name, at=_at(session, mark.at)) for name, mark in newest.items()
        ]
        changed = [
            session.study_for(form).forms[form.form].items[mark.key.item].label
            for mark in marks
            if mark.state == CHANGED
        ]
        rows.append(
            Line(
                (
                    place_words(session, form), both(count.wanted), both(len(marks) - len(changed)),
                    _joined(by), _joined(changed),
                ),
                goals=(goals.get(form, ""),),
            )
        )  # fmt: skip
    return _listing("sdv", columns, rows)


def signatures(session: Session, subject: str, goals: Goals) -> Listing:
    """Every signature, void ones too: over what, by whom, with which meaning, whether it counts."""
    columns = (
        (message("casebook.column_signed"), 0.22),
        (message("casebook.column_meaning"), 0.3),
        (message("casebook.column_counts"), 0.28),
        (message("casebook.column_manifest"), 0.2),
    )
    places = [ItemKey(subject), *(n.key for n in session.tree(subject)), *(_forms(session, subject))]
    found = {one.record: one for place in places for one in session.signatures(place)}
    statuses = session.data(subject).statuses
    rows = []
    for one in sorted(found.values(), key=lambda one: (one.at, one.record)):
        record = session.vault.journal.get(one.record)
        covered = [form for form in statuses if within(form.path(), one.key.path())]
        who = _joined([both(f"{one.person}, {_at(session, one.at)} ({one.zone})"), one.meaning_text])
        told = record.data if record else {}
        manifest = message(
            "casebook.manifest", record=one.record, hash=str(told.get("manifest", "–"))[:16],
            records=len(told.get("records") or ()), count=len(covered),
        )  # fmt: skip
        rows.append(
            Line(
                (place_words(session, one.key, subject=True), who, _joined([one.text, *one.notes]), manifest),
                goals=(goals.get(one.key, ""),),
            )
        )
    return _listing("signatures", columns, rows)


def _forms(session: Session, subject: str) -> list[ItemKey]:
    return forms_below(session, ItemKey(subject))


def locks(session: Session, subject: str) -> Listing:
    """What was frozen, locked and opened, newest first."""
    rows = [Line((text,)) for text in lockwork.history(session, ItemKey(subject))]
    return _listing("locks", ((message("casebook.column_act"), 1.0),), rows)


def deviations(session: Session, subject: str, goals: Goals) -> Listing:
    """What checks propose as deviations, and what became of it."""
    columns = (
        (message("casebook.column_check"), 0.12),
        (message("casebook.column_place"), 0.28),
        (message("casebook.column_words"), 0.34),
        (message("casebook.column_day"), 0.12),
        (message("casebook.column_state"), 0.14),
    )
    rows = [
        Line(
            (
                both(one.check), place_words(session, one.place), one.message,
                both(one.date.isoformat() if one.date else "–"), message(f"deviations.state_{one.state}"),
            ),
            goals=("", goals.get(one.place.form_key(), "")),
        )
        for one in session.deviation_proposals(subject)
    ]  # fmt: skip
    return _listing("deviations", columns, rows)


def voided(session: Session, subject: str) -> Listing | None:
    """What is void, with the answers that stand there, struck; None where nothing is."""
    standing = [one for one in session.voids(subject) if not one.restored]
    if not standing:
        return None
    rows: list[Line] = []
    for one in reversed(standing):
        rows.append(Line((_void_words(session, one),), band=True))
        rows += _void_answers(session, one)
    columns = ((message("casebook.column_item"), 0.5), (message("casebook.column_answer"), 0.5))
    title = message("casebook.voided")
    return Listing("voided", title, NOTHING, columns, rows, [message("casebook.void_note")])


def _void_words(session: Session, one: VoidInfo) -> Text:
    line = message(
        "casebook.void_band", place=one.place, at=_at(session, one.at), person=one.person,
        second=one.second or "–", reason=one.reason,
    )  # fmt: skip
    if one.moved_to is not None:
        line = message("casebook.void_moved", line=line, target=one.moved_to)
    return line


def _void_answers(session: Session, one: VoidInfo) -> Iterator[Line]:
    """The last answer of every item of the place, as it stood when it became void."""
    last: dict[ItemKey, AuditLine] = {}
    for line in audit_lines(session, AuditFilter(key=one.key.path(), kinds=_ANSWERS)):
        if line.key is not None and line.stored <= one.at:
            last[line.key] = line
    for key, line in last.items():
        place = " ".join(filter(None, (line.event, f"{line.form}#{line.row}" if line.row else line.form)))
        label = line.label if line.label.en else both(key.item)
        yield Line((message("casebook.part_elsewhere", item=label, where=place), line.new), struck=True)


def changes(session: Session, found: Differences, goals: Goals) -> Listing:
    """What is different from an earlier moment, place by place."""
    columns = (
        (message("casebook.column_what"), 0.3),
        (message("casebook.column_change"), 0.32),
        (message("casebook.column_by"), 0.26),
        (message("casebook.column_why"), 0.12),
    )
    rows: list[Line] = []
    for place in found.places:
        label = message("casebook.changes_band", label=place.label, name=place.name)
        rows.append(Line((label,), band=True, goals=(goals.get(place.key, ""),)))
        for one in place.differences:
            change = one.new
            if one.old.en:
                change = message("casebook.change", old=one.old, new=one.new if one.new.en else both("–"))
            by = f"{one.person}, {_at(session, one.at)}" if one.at is not None else one.person
            rows.append(Line((one.what, change, both(by), one.why)))
    note = message("casebook.changes_of", since=found.since, until=found.until)
    return _listing("changes", columns, rows, [note])


def changed_forms(found: Differences, pages: Sequence[FilledForm]) -> list[FilledForm]:
    """The forms in which something is different."""
    places = {place.key for place in found.places}
    return [page for page in pages if page.state.key in places]


def _at(session: Session, at: datetime) -> str:
    return at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")


def _joined(texts: Sequence[Text]) -> Text:
    return Text("\n".join(t.en for t in texts), "\n".join(t.zh for t in texts))
