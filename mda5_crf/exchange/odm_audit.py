"""The audit trail as ODM 1.3.2 transactions: every record once, with who, where, when and why.

*Exact* (the archive): participant after participant, Insert, Update and Remove are true of what stands in
the file before, so it can be applied from nothing. *Not exact* (a filtered trail): in order of time, Upsert.
Acts that ODM has no place for (log-ins, views, prints, bundles, second entries, what was set aside) are
``mda5:Entry`` elements of ClinicalData.

Annotations of one place are told apart by SeqNum: 1 to 5 as in :data:`_SLOTS`, queries from 11 on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from mda5_crf.exchange.odm_names import event_oid, form_oid, group_oid, version_oid
from mda5_crf.exchange.odm_proof import Witness, write_proof
from mda5_crf.exchange.odm_record import Clerk, said
from mda5_crf.exchange.odm_told import ENTERED
from mda5_crf.exchange.odm_values import Cell, Note, cells, nulls, write_note
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.exportfeed import Fact, Feed
from mda5_crf.services.subjectcache import in_both
from mda5_crf.study.model import Study
from mda5_crf.text import Language

_SLOTS: Final = {"STATUS": 1, "CONFIRMED": 2, "SDV": 3, "ENDORSED": 4, "LOCK": 5}
_VALUE_SLOT: Final = 1
_FIRST_QUERY: Final = 11
_MAKERS: Final = frozenset({"event", "form", "row"})
_LEVELS: Final = ("SubjectData", "StudyEventData", "FormData", "ItemGroupData")


class Story:
    """Writes records one after another. ``records`` and ``subjects`` count what was written.

    ``whole``: each with all it is made of, so that it can be rebuilt.
    """

    def __init__(
        self, out: XmlOut, feed: Feed, language: Language, *, exact: bool, whole: bool = False
    ) -> None:
        self._out, self._feed, self._language, self._exact = out, feed, language, exact
        self._clerk = Clerk(out, feed, language, whole=whole)
        self._version: str | None = None
        self._version_study: Study | None = None
        self._logging = False
        self._open: list[str] = []
        self._columns: set[str] = set()
        self._subject = ""
        self._there: set[str] = set()
        self._gone: set[str] = set()
        self._values: dict[ItemKey, list[Cell]] = {}
        self._queries: dict[tuple[str, str], int] = {}
        self._next: dict[str, int] = {}
        self.records = 0
        self.subjects: set[str] = set()

    # -- records ---------------------------------------------------------------------------------------

    def tell(self, fact: Fact) -> None:
        """Write one record: a transaction, or an entry of the log."""
        self.records += 1
        key = fact.key
        if key is None or not fact.clinical or not self._feed.places(key, fact.definition):
            self._log(fact)
            return
        if key.subject != self._subject:
            self._begin(key.subject)
        self._under(self._feed.study_of(fact.definition))
        self._act(fact, key)
        if self._gone:
            self._still_gone(key)

    def log(self) -> None:
        """Be where entries of the log stand: in a ClinicalData, after its participants."""
        self._under(self._version_study or self._feed.study, log=True)
        self._close_to(0)
        self._logging = True

    def end(self) -> None:
        """Close what is open."""
        self._close_to(0)
        if self._version is not None:
            self._out.end()
            self._version = None

    def _act(self, fact: Fact, key: ItemKey) -> None:
        kind, data = fact.kind, fact.data
        if kind in ENTERED:
            self._entered(fact, key)
        elif kind == "subject":
            first = fact.record == key.subject
            self._own(key, self._type(key.path(), "Insert" if first else "Update"), fact)
        elif kind in _MAKERS:
            self._own(key, self._type(key.path(), "Insert"), fact)
        elif kind in ("strike", "void"):
            if data.get("state") == "restored":
                self._again(fact, key)
            else:
                self._remove(fact, key)
        elif kind == "unvoid":
            self._again(fact, key)
        elif kind == "signature":
            self._own(key, self._context(key.path()), fact, signed=True)
        elif kind == "query":
            self._asked(fact, key)
        else:
            self._about(fact, key, _flagged(kind, data))

    def _entered(self, fact: Fact, key: ItemKey) -> None:
        study, data = self._feed.study_of(fact.definition), fact.data
        item = study.forms[key.form].items[key.item]
        if fact.emptied:
            found = nulls(item, study, (Note("REDACTED", "Y"),))
        else:
            found = cells(item, study, said(data, "text"), said(data, "unit"), said(data, "code"))
        self._values[key] = found
        row = key.row_key()
        self._stand(row, {cell.oid for cell in found})
        base = row.path()
        for cell in found:
            self._cell(cell, self._type(f"{base}/{cell.oid}", "Update"), fact, base)

    def _cell(self, cell: Cell, kind: str, fact: Fact, base: str) -> None:
        """One ItemData that says a value; its flag, or that the flag of the value before is gone."""
        out, path = self._out, f"{base}/{cell.oid}"
        self._columns.add(cell.oid)
        self._start_item(cell, kind)
        self._clerk.audit(fact, _read_as(base, cell), cell.value)
        if cell.unit is not None:
            out.leaf("MeasurementUnitRef", MeasurementUnitOID=cell.unit)
        slot = f"{path}@{_VALUE_SLOT}"
        if cell.notes:
            write_note(out, _VALUE_SLOT, cell.notes[0], self._type(slot, "Update"), "Site")
        elif slot in self._there:
            self._there.discard(slot)
            out.leaf("Annotation", SeqNum=str(_VALUE_SLOT), TransactionType="Remove")
        out.end()

    def _asked(self, fact: Fact, key: ItemKey) -> None:
        """One act on a query: an annotation whose comment is what was said last."""
        data = fact.data
        path, asked = key.path(), said(data, "query")
        if (number := self._queries.get((asked, path))) is None:
            number = self._queries[asked, path] = self._next.get(path, _FIRST_QUERY)
            self._next[path] = number + 1
        last = next((text for name in ("answer", "note", "text") if (text := said(data, name))), "")
        words = in_both(last).in_(self._language)
        sponsor = fact.site == "00"
        note = Note("QUERY", said(data, "state") or "Open", words)
        self._about(fact, key, (number, note), "Sponsor" if sponsor else "Site", asked)

    def _about(
        self,
        fact: Fact,
        key: ItemKey,
        told: tuple[int, Note] | None,
        by: str | None = None,
        query: str | None = None,
    ) -> None:
        """A record that says something about a place and changes no value there."""
        if not key.item:
            self._own(key, self._context(key.path()), fact, told, by, query=query)
            return
        study = self._feed.study_of(fact.definition)
        found = self._values.get(key) or nulls(study.forms[key.form].items[key.item], study)
        row = key.row_key()
        cell = found[0]
        self._stand(row, {cell.oid})
        self._columns.add(cell.oid)
        path = f"{row.path()}/{cell.oid}"
        self._start_item(cell, self._context(path))
        self._clerk.audit(fact, _read_as(row.path(), cell))
        if cell.unit is not None:
            self._out.leaf("MeasurementUnitRef", MeasurementUnitOID=cell.unit)
        self._noted(path, told, by, query)
        self._out.end()

    def _noted(
        self, path: str, told: tuple[int, Note] | None, by: str | None = None, query: str | None = None
    ) -> None:
        if told is not None:
            number, note = told
            kind = self._type(f"{path}@{number}", "Update")
            write_note(self._out, number, note, kind, by, query)

    # -- what stands, what is gone ---------------------------------------------------------------------

    def _remove(self, fact: Fact, key: ItemKey) -> None:
        """Struck or void: out of what counts. The receiver's copy of it goes; ours stays readable."""
        path = key.path()
        if self._exact and path not in self._there:
            self._stand(key)  # never entered: there must be something to remove
        self._own(key, "Remove", fact)
        if fact.kind == "strike" or _made_by_record(key):
            self._gone.add(path)

    def _again(self, fact: Fact, key: ItemKey) -> None:
        """Restored: it stands again, with the answers it had."""
        path = key.path()
        self._gone.discard(path)
        back = self._exact and path not in self._there
        self._own(key, self._context(path), fact)
        if not back:
            return
        below = f"{path}/"
        for one, found in self._values.items():
            if one.path().startswith(below) and not self._lost(one):
                row = one.row_key()
                self._stand(row, {cell.oid for cell in found})
                for cell in found:
                    self._cell(cell, self._type(f"{row.path()}/{cell.oid}", "Update"), fact, row.path())

    def _lost(self, key: ItemKey) -> bool:
        return any(one.path() in self._gone for one in _levels(key))

    def _still_gone(self, key: ItemKey) -> None:
        """Something was said about a place that counts nowhere: it must not come back by that."""
        if not self._exact:
            return
        for depth, one in enumerate(_levels(key)):
            if one.path() in self._gone and one.path() in self._there:
                self._stand_above(one)
                self._start(depth, one, "Remove")
                self._out.end()
                self._open.pop()
                self._forget(one.path())
                return

    def _forget(self, path: str) -> None:
        below = f"{path}/"
        self._there = {one for one in self._there if one != path and not one.startswith((below, f"{path}@"))}

    def _context(self, path: str) -> str:
        """The transaction of something that only must be there."""
        return self._type(path, "Context")

    def _type(self, path: str, known: str) -> str:
        """Insert for what is not there yet, else ``known``; Upsert where nobody can say."""
        if not self._exact:
            return "Upsert"
        if path in self._there:
            return "Update" if known == "Insert" else known
        self._there.add(path)
        return "Insert"

    # -- elements --------------------------------------------------------------------------------------

    def _begin(self, subject: str) -> None:
        """The next participant; in an exact file nothing of the one before is asked again."""
        self._close_to(0)
        self._subject = subject
        self.subjects.add(subject)
        if self._exact:
            self._there, self._gone, self._values = set(), set(), {}
            self._queries, self._next = {}, {}

    def _under(self, study: Study, *, log: bool = False) -> None:
        """Be inside a ClinicalData of this definition. Its entries of the log come after its participants."""
        if self._version == study.hash and (log or not self._logging):
            return
        self.end()
        self._out.start("ClinicalData", StudyOID=self._feed.study.oid, MetaDataVersionOID=version_oid(study))
        self._version, self._version_study, self._logging = study.hash, study, False
        self._clerk.within = study.hash

    def _own(
        self,
        key: ItemKey,
        kind: str,
        fact: Fact,
        told: tuple[int, Note] | None = None,
        by: str | None = None,
        *,
        signed: bool = False,
        query: str | None = None,
    ) -> None:
        """An element for a place itself, with the record that says so."""
        self._stand_above(key)
        depth, path = len(_levels(key)) - 1, key.path()
        self._start(depth, key, kind, fact)
        if signed:
            self._clerk.signature(fact)
        if depth == 0:
            self._site(key)
        self._noted(path, told, by, query)
        if kind == "Remove":
            self._out.end()
            self._open.pop()
            self._forget(path)

    def _stand_above(self, key: ItemKey) -> None:
        """Be inside what a place lies in, and in nothing deeper."""
        levels = _levels(key)
        if len(levels) > 1:
            self._stand(levels[-2])
        self._close_to(len(levels) - 1)

    def _stand(self, key: ItemKey, columns: Iterable[str] = ()) -> None:
        """Be inside a place. ``columns`` are to be written there, each once per element."""
        levels = _levels(key)
        paths = [one.path() for one in levels]
        same = 0
        while same < min(len(paths), len(self._open)) and paths[same] == self._open[same]:
            same += 1
        if same == len(paths) == len(_LEVELS) and not self._columns.isdisjoint(columns):
            same -= 1
        self._close_to(same)
        for depth in range(same, len(levels)):
            self._start(depth, levels[depth], self._context(paths[depth]))
            if depth == 0:
                self._site(key)

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._open.pop()
            self._out.end()

    def _start(self, depth: int, key: ItemKey, kind: str, fact: Fact | None = None) -> None:
        feed, path = self._feed, key.path()
        told: dict[str, str | None] = {"TransactionType": kind}
        if depth == 0:
            known = feed.participant(key.subject)
            assert known is not None
            renumbered = fact is not None and fact.kind == "subject"
            number = said(fact.data, "renumber") or said(fact.data, "subjid") if fact and renumbered else ""
            told |= {"SubjectKey": known.name, "mda5_Identity": key.subject, "mda5_Number": number or None}
        else:
            repeat = (key.event_repeat, key.form_repeat, key.group_repeat)[depth - 1]
            oid, names = (
                (event_oid(key.event), ("StudyEventOID", "StudyEventRepeatKey")),
                (form_oid(key.form), ("FormOID", "FormRepeatKey")),
                (group_oid(key.form, key.group), ("ItemGroupOID", "ItemGroupRepeatKey")),
            )[depth - 1]
            told |= {names[0]: oid, "mda5_Identity": repeat or None}
            if repeat:
                told[names[1]] = feed.number(key.subject, repeat) or repeat
        self._out.start(_LEVELS[depth], **told)
        self._open.append(path)
        self._columns = set()
        if fact is not None:
            self._clerk.audit(fact, path)

    def _site(self, key: ItemKey) -> None:
        known = self._feed.participant(key.subject)
        self._clerk.site("" if known is None else known.site)

    def _start_item(self, cell: Cell, kind: str) -> None:
        null = "Yes" if cell.value is None else None
        self._out.start("ItemData", ItemOID=cell.oid, TransactionType=kind, Value=cell.value, IsNull=null)

    def _log(self, fact: Fact) -> None:
        """A record that is no transaction."""
        if not self._out.extensions:
            self.records -= 1
            return
        self.log()
        self._clerk.entry(fact)


def write_history(
    out: XmlOut,
    feed: Feed,
    subjects: frozenset[str] | None,
    language: Language,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    witness: Witness | None = None,
) -> Story:
    """Everything that ever happened: participant after participant, then what is about the vault.

    ``subjects``: only these participants, and of the rest what is about them. ``witness`` (of a file about
    all of them, with extensions): whoever signs that this is all there is; then it can be taken back.
    """
    story = Story(out, feed, language, exact=True, whole=witness is not None)
    with feed.reading() as tx:
        for one in feed.participants:
            if subjects is None or one.identity in subjects:
                for fact in feed.of(tx, one.identity):
                    story.tell(fact)
                progress(0, 0)
        for fact in feed.others(tx, subjects, progress):
            story.tell(fact)
        if witness is not None:
            story.log()
            write_proof(out, feed.chains(tx), witness)
    story.end()
    return story


def write_facts(out: XmlOut, feed: Feed, facts: Iterable[Fact], language: Language) -> Story:
    """Some of the records, in the order they come in."""
    story = Story(out, feed, language, exact=False)
    for fact in facts:
        story.tell(fact)
    story.end()
    return story


def _read_as(base: str, cell: Cell) -> str:
    """The key that a reader takes the place of an ItemData for: its OID is ``I.FORM.ITEM``."""
    return f"{base}/{cell.oid.split('.', 2)[2]}"


def _levels(key: ItemKey) -> list[ItemKey]:
    """The containers of a place, from the participant down."""
    levels = [ItemKey(key.subject)]
    if key.event:
        levels.append(key.event_key())
        if key.form:
            levels.append(key.form_key())
            if key.group:
                levels.append(key.row_key())
    return levels


def _made_by_record(key: ItemKey) -> bool:
    """Whether a place was made by a record of its own; any other is wanted again after it was voided."""
    if key.group:
        return bool(key.group_repeat)
    if key.form:
        return bool(key.form_repeat)
    return bool(key.event_repeat) or not key.event


def _flagged(kind: str, data: Mapping[str, Any]) -> tuple[int, Note] | None:
    """The annotation of a record about a place."""
    if kind == "confirm":
        return _SLOTS["CONFIRMED"], Note("CONFIRMED", "Y")
    if kind == "endorse":
        return _SLOTS["ENDORSED"], Note("ENDORSED", "Y")
    if kind == "status":
        return _SLOTS["STATUS"], Note("STATUS", said(data, "status") or "incomplete")
    if kind == "verify":
        return _SLOTS["SDV"], Note("SDV", said(data, "state") or "verified")
    if kind == "lock":
        return _SLOTS["LOCK"], Note("LOCK", said(data, "state") or "locked")
    return None
