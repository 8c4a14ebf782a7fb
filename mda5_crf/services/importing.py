"""Taking data of another system in: ordinary records of whoever imports, each with where it came from.

One transaction through the journal, or nothing. What is in a file says :mod:`mda5_crf.services.importkinds`;
of the source's own history each answer keeps who entered it there, when and why (``origin``), and the tree
around the answers becomes ``frame`` records (``services.importframes``). A preview is the same work, undone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import read, read_imports, rows, schema
from mda5_crf.db.read_imports import FRAME, IMPORT
from mda5_crf.db.records import AuditRecord, Draft, split_id
from mda5_crf.db.tx import Tx
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.importcopy import copied
from mda5_crf.services.importframes import Beside, digest, parts_of
from mda5_crf.services.importkinds import Cell, Group, Left, Node, Part, Report, Source, Told
from mda5_crf.services.importstate import Head, Subject
from mda5_crf.services.importvalues import Fitting
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

ORIGIN: Final = "origin"
SHORT: Final = 16
"""Characters of a file's SHA-256 by which records name their import."""
_PORTION: Final = 4000
_HELD: Final = 32
"""Participants whose answers are kept in memory while a file is read."""
_TOLD_EVERY: Final = 20
NOTHING: Final = both("")

Progress = Callable[[int, int], None]
"""How many participants were read; the second number is 0: nobody knows it before. What it raises ends it."""


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


class _Undo(Exception):
    """No error: the way out of a transaction that is not kept."""


def taken_before(session: Session, sha256: str) -> AuditRecord | None:
    """The import of this very file, None when it never was taken."""
    with session.vault.store.read() as tx:
        found = [*read_imports.imports(tx)]
    for record in found:
        if record.data.get("what") == "taken" and record.data.get("sha256") == sha256:
            return record
    return None


def bring(
    session: Session,
    source: Source,
    told: Iterable[Told | Part],
    *,
    keep: bool,
    progress: Progress = _nobody,
    finished: Callable[[Report], None] = lambda _report: None,
) -> Report:
    """Take all of ``told`` in, or with ``keep`` False only find out what that would bring.

    Before anything is written the database is copied to ``backups/``, each page of the copy checked; the copy
    goes when nothing comes of it. ``finished`` may add to the report before it is recorded.

    Raises PermissionDenied, InputRefused (at a centre; the study is locked), StoreError, and whatever reading
    raises; then nothing was written.
    """
    session.require(Action.IMPORT)
    session.require(Action.ENTER)
    session.require(Action.ENROL)
    if session.is_centre:
        raise InputRefused("odmdata.not_at_centre")
    session.lock_book.require_change(ItemKey())
    known = taken_before(session, source.sha256)
    report = Report(source.file, source.sha256, source.system, source.study)
    if known is not None:
        report.taken_before, report.record = known.at, known.id
        counts = known.data.get("counts", {})
        report.known = sum(int(counts.get(name, 0)) for name in ("new", "changed", "known"))
        report.participants = int(counts.get("participants", 0))
        return report
    with copied(session, keep=keep) as copy:
        if not _brought(session, source, told, report, progress, finished, keep=keep):
            return report
        report.copy = copy.name
        copy.keep()
    session.refresh()
    return report


def _brought(
    session: Session,
    source: Source,
    told: Iterable[Told | Part],
    report: Report,
    progress: Progress,
    finished: Callable[[Report], None],
    *,
    keep: bool,
) -> bool:
    """The transaction. Returns whether it stands."""
    try:
        with session.vault.journal.begin() as tx:
            session.catch_up()
            taking = Taking(session, tx, source, report)
            for number, one in enumerate(told):
                if not number % _TOLD_EVERY:
                    progress(report.participants, 0)
                taking.take(one)
            progress(report.participants, 0)
            finished(report)
            if not keep or report.nothing:
                raise _Undo
            taking.finish()
    except _Undo:
        return False
    return True


def _beside(cell: Cell, what: str) -> Beside:
    return (cell.number, what, dict(cell.audit)) if cell.audit else (cell.number, what)


def _replaced(head: Head | None) -> tuple[str, ...]:
    return () if head is None else head.records


class Taking:
    """Writes what a file holds, participant after participant, inside one transaction."""

    def __init__(self, session: Session, tx: Tx, source: Source, report: Report) -> None:
        self._session, self._tx, self._source, self._report = session, tx, source, report
        self._journal = session.vault.journal
        self._id = source.sha256[:SHORT]
        self._device = self._journal.writer("value").device
        last = rows.last_record(tx, self._device)
        self._seq = 0 if last is None else last.seq
        self._drafts: list[Draft] = []
        self._clinical = 0
        self._now = session.now()
        self._own = session.study.hash
        self._many = session.versions.many
        self._fitting = Fitting(session.study)
        self._pattern = re.compile(session.study.subject_pattern, re.ASCII)
        self._identities = {
            row.subjid: row.identity for row in read.subjects(session.vault.store) if not row.voided
        }
        self._held: dict[str, Subject] = {}
        self._created: set[str] = set()
        self._parts_known: frozenset[str] | None = None
        self._forms: set[str] = set()

    # -- one thing after another -----------------------------------------------------------------------

    def take(self, one: Told | Part) -> None:
        """One participant's element, or what is about nobody."""
        if isinstance(one, Part):
            self._part(one)
            return
        self._report.kept.update(one.kept)
        for left in one.left:
            self._report.leave(left)
        subject = self._subject(one.number)
        wrote = self._seq
        kept: list[Beside] = []
        refs: list[Beside] = []
        if subject.refused is not None:
            for group in one.groups:
                self._refuse(one.number, group, group.cells, subject.refused, kept)
        else:
            for group in one.groups:
                self._group(one, subject, group, kept, refs)
        if one.removed:
            self._report.leave(Left(one.number, "", message("odmdata.left_removed")))
        self._frame(one, subject, kept, refs, changed=self._seq != wrote)
        if subject.identity:
            self._report.subjects.add(one.number)
        self._report.participants = len(self._report.subjects)
        self._report.forms += len(self._forms)
        self._forms.clear()

    def finish(self) -> None:
        """Record the import itself, last; all that came before names it."""
        report = self._report
        content = report.content(self._source, self._clinical)
        report.record = self._add(Draft(IMPORT, "", content, definition=self._own))
        self._flush()

    def _add(self, draft: Draft) -> str:
        self._drafts.append(draft)
        self._clinical += draft.kind not in (FRAME, IMPORT)
        self._seq += 1
        if len(self._drafts) >= _PORTION:
            self._flush()
        return f"{self._device}:{self._seq}"

    def _flush(self) -> None:
        if self._drafts:
            written = self._journal.write_many(self._tx, self._drafts, self._now)
            assert written == self._seq  # the names given out beforehand are theirs
        self._drafts = []

    # -- participants ----------------------------------------------------------------------------------

    def _subject(self, foreign: str) -> Subject:
        number = self._number(foreign)
        held = self._held.pop(number, None)
        if held is None:
            held = self._opened(number, foreign)
            if len(self._held) >= _HELD:
                self._held.pop(next(iter(self._held)))
        self._held[number] = held
        return held

    def _opened(self, number: str, foreign: str) -> Subject:
        identity = self._identities.get(number, "")
        if not identity:
            if why := self._wrong_number(number):
                return Subject("", new=False, refused=why)
            content = {
                "subjid": number,
                "site": self._session.site,
                ORIGIN: {"import": self._id, "key": foreign},
            }
            identity = self._add(Draft("subject", "", content, definition=self._own))
            self._identities[number] = identity
            self._created.add(identity)
            self._report.participants_new += 1
            return Subject(identity, new=True)
        self._flush()
        read.status_drop(self._tx, identity)
        return self._standing(identity)

    def _number(self, foreign: str) -> str:
        """The number here of what the source calls a participant: in its own study with the site before."""
        site = self._session.site
        if not self._session.study.origin or (foreign in self._identities and foreign[:3] == f"{site}-"):
            return foreign
        return f"{site}-{foreign}" if foreign else ""

    def _wrong_number(self, number: str) -> Text | None:
        if not number or not self._pattern.fullmatch(number):
            return message("odmdata.left_number")
        if number[:2] != self._session.site:
            return message("odmdata.left_site")
        return None

    def _standing(self, identity: str) -> Subject:
        """What the journal says of a participant now, this import's own records included."""
        found = Subject(identity, new=False)
        mine = identity in self._created
        for row in read.find_below(self._tx, schema.item_data, identity):
            record = f"{row['device']}:{row['seq']}"
            head = found.entries.get(row["key"])
            ours = mine and row["device"] == self._device
            if head is None:
                found.entries[row["key"]] = Head((record,), row["text"], row["unit"], row["missing"], ours)
            else:
                head.records, head.ours = (*head.records, record), False
        numbers: dict[tuple[str, str], int] = {}
        order = sorted(
            read.find_below(self._tx, schema.instance, identity), key=lambda row: (row["clock"], row["seq"])
        )
        for row in order:
            place = (row["parent"], row["name"])
            numbers[place] = numbers.get(place, 0) + 1
            named = split_id(row["identity"])
            maker = None if named is None else rows.get_record(self._tx, *named)
            origin = {} if maker is None else maker.data.get(ORIGIN)
            key = origin.get("key") if isinstance(origin, Mapping) else None
            foreign = key if isinstance(key, str) else str(numbers[place])
            found.repeats.setdefault((*place, foreign), row["identity"])
        for frame in read_imports.frames(self._tx, identity):
            if (seen := frame.data.get("digest")) is not None:
                found.frames[seen] = (*found.frames.get(seen, ()), frame.id)
        return found

    # -- answers ---------------------------------------------------------------------------------------

    def _group(
        self,
        one: Told,
        subject: Subject,
        group: Group,
        kept: list[Beside],
        refs: list[Beside],
    ) -> None:
        if group.removed:
            self._removed(one, subject, group)
            return
        make = any(cell.text is not None for cell in group.cells)
        form = self._form(subject, group, make=make) if group.cells else None
        if form is None:
            return
        if (why := self._locked(subject, form)) is not None:
            self._refuse(one.number, group, group.cells, why, kept)
            return
        row = f"{form}/{group.group}"
        if group.group_repeat:
            made = self._repeat(subject, "row", row, group.group, group.group_repeat[1:], make)
            if made is None:
                return
            row = f"{row}[{made}]"
        definition = self._session.versions.of_record(form) if self._many else self._own
        self._forms.add(form)
        fits, before = self._fitting.form(group.form).fits, f"{one.order}."
        entries, report, row = subject.entries, self._report, f"{row}/"
        for cell in group.cells:
            _, item, text, unit, _, act = cell
            key = row + item
            head = entries.get(key)
            if head is not None or text is None or act == "context":
                why = self._stays(key, head, cell, refs)
                if why is not None:
                    if why is not NOTHING:
                        self._refuse(one.number, group, (cell,), why, kept)
                    continue
            if text and not fits(item, text):
                report.nonconformant += 1
            draft = Draft("value", key, self._content(cell, head, before), _replaced(head), definition)
            entries[key] = Head((self._add(draft),), text or "", unit, "", ours=True)
            if head is None:
                report.new += 1
            else:
                report.changed += 1

    def _content(self, cell: Cell, head: Head | None, before: str) -> dict[str, Any]:
        """What the record of an answer says."""
        number, _, text, unit, audit, _ = cell
        origin: dict[str, Any] = {"import": self._id, **audit} if audit else {"import": self._id}
        if number >= 0:
            origin["at"] = f"{before}{number}"
        content: dict[str, Any] = {"text": text or "", ORIGIN: origin}
        if unit:
            content["unit"] = unit
        if head is not None and not head.ours:
            content["reason"] = {"code": "", "text": self._source.file}
        return content

    def _stays(self, key: str, head: Head | None, cell: Cell, refs: list[Beside]) -> Text | None:
        """Why an answer is not written over what stands; NOTHING: there is nothing to be said of it."""
        same = head is not None and head.text == (cell.text or "") and not head.missing
        if cell.act == "context":
            if same and head is not None:
                refs.append(_beside(cell, head.records[0]))
                return NOTHING
            return message("odmdata.left_context")
        if head is None or (cell.text is None and not (head.text or head.missing)):
            return NOTHING  # none is given, and none is here
        if same and cell.text is not None and head.unit == cell.unit:
            self._report.known += 1
            refs.append(_beside(cell, head.records[0]))
            return NOTHING
        return None if head.ours else self._kept_here(key, head, cell)

    def _kept_here(self, key: str, head: Head, cell: Cell) -> Text | None:
        """Why what stands is not overwritten: it was changed here since the source said just that."""
        self._flush()
        for record in read_imports.answers(self._tx, key):
            origin = record.data.get(ORIGIN)
            came = isinstance(origin, Mapping) and "import" in origin
            if came and record.data.get("text") == (cell.text or "") and record.id not in head.records:
                return message("odmdata.left_edited")
        return None

    def _refuse(
        self,
        number: str,
        group: Group,
        cells: Iterable[Cell],
        why: Text,
        kept: list[Beside],
    ) -> None:
        """Answers that are not taken: their texts go with the tree."""
        for cell in cells:
            if cell.number < 0 or cell.text is None:
                continue
            kept.append(_beside(cell, cell.text))
            self._report.leave(Left(number, f"{group.event}/{group.form}/{group.group}/{cell.item}", why))

    def _form(self, subject: Subject, group: Group, *, make: bool) -> str | None:
        """The path of a form, its repeats made where they are new; None when nothing stands there."""
        event = f"{subject.identity}/{group.event}"
        if group.event_repeat:
            found = self._repeat(
                subject, "event", subject.identity, group.event, group.event_repeat[1:], make
            )
            if found is None:
                return None
            event = f"{event}[{found}]"
        if not group.form:
            return event
        if not group.form_repeat:
            return f"{event}/{group.form}"
        found = self._repeat(subject, "form", event, group.form, group.form_repeat[1:], make)
        return None if found is None else f"{event}/{group.form}[{found}]"

    def _repeat(
        self, subject: Subject, kind: str, above: str, name: str, foreign: str, make: bool
    ) -> str | None:
        place = (above, name, foreign)
        found = subject.repeats.get(place)
        if found is None and make:
            content: dict[str, Any] = {ORIGIN: {"import": self._id, "key": foreign}}
            if kind != "row":
                content[kind] = name
            found = self._add(Draft(kind, above, content, definition=self._own))
            subject.repeats[place] = found
            self._report.rows_new += 1
        return found

    def _removed(self, one: Told, subject: Subject, group: Group) -> None:
        """The source took a row, form or visit away: struck where it is a repeat, else its answers end."""
        path = self._form(subject, group, make=False)
        struck = ""
        if group.removed == "group" and path is not None:
            path = f"{path}/{group.group}"
            if group.group_repeat:
                found = subject.repeats.get((path, group.group, group.group_repeat[1:]))
                path = struck = "" if found is None else f"{path}[{found}]"
        elif path is not None and path.endswith("]"):
            struck = path
        if not path:
            return
        if self._locked(subject, path) is not None:
            self._report.leave(Left(one.number, path, message("odmdata.left_removed")))
            return
        origin = {"import": self._id, **group.audit}
        if struck:
            content = {"state": "struck", "reason": {"code": "", "text": self._source.file}, ORIGIN: origin}
            self._add(Draft("strike", struck, content, definition=self._own))
            return
        for key, head in list(subject.entries.items()):
            if key.startswith(f"{path}/") and (head.text or head.missing):
                content = {"text": "", ORIGIN: origin}
                record = self._add(Draft("value", key, content, head.records, self._own))
                subject.entries[key] = Head((record,), "", "", "", ours=True)
                self._report.changed += 1

    def _locked(self, subject: Subject, path: str) -> Text | None:
        if subject.new:
            return None
        if path not in subject.locked:
            refused = self._session.lock_book.refusal(ItemKey.parse(path))
            subject.locked[path] = None if refused is None else message("odmdata.left_locked")
        return subject.locked[path]

    # -- what is around the answers --------------------------------------------------------------------

    def _frame(
        self,
        one: Told,
        subject: Subject,
        kept: list[Beside],
        refs: list[Beside],
        *,
        changed: bool,
    ) -> None:
        audits = [cell.audit for group in one.groups for cell in group.cells if cell.audit]
        seen = digest([one.nodes, audits] if audits else one.nodes)
        if seen in subject.frames and not kept and not changed:
            return
        head: dict[str, Any] = {"import": self._id, "n": one.order, "in": [one.inside[0], [*one.inside[1]]]}
        replaces: tuple[str, ...] = ()
        if not self._source.transactional and subject.frames:
            replaces = tuple(record for ids in subject.frames.values() for record in ids)
        if not subject.identity:
            head |= {"what": "subject", "number": one.number}
        kind = FRAME if subject.identity else IMPORT
        for content in parts_of(head, one.nodes, kept, refs, seen):
            first = replaces if not content["part"] else ()
            record = self._add(Draft(kind, subject.identity, content, first, self._own))
            subject.frames[seen] = (*subject.frames.get(seen, ()), record)
        self._report.frames += 1

    def _part(self, one: Part) -> None:
        seen = digest([one.what, *one.nodes, *one.inside[1]])
        if self._parts_known is None:
            self._parts_known = frozenset(
                str(record.data.get("digest")) for record in read_imports.imports(self._tx)
            )
        if seen in self._parts_known:
            return
        self._report.parts += one.what != "head"
        head = {"import": self._id, "n": one.order, "what": one.what, "in": [one.inside[0], [*one.inside[1]]]}
        nodes: list[Node] = one.nodes
        for content in parts_of(head, nodes, (), (), seen):
            self._add(Draft(IMPORT, "", content, definition=self._own))
