"""What would become of every result in a laboratory's sheet. A plan writes nothing.

Each result is there once: new, the same as what stands, different from it, or left out with the reason. Whose
it is says the participant's number alone. At which visit it belongs says its date; where two visits fit, a
person chooses. What stands beside the results (that a sample was taken, its day, its number) is said as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import labcells, labmap, labvisits, pastecells
from mda5_crf.services.access import Action
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.labmap import LabMap, Names
from mda5_crf.study.folding import narrow
from mda5_crf.study.labwords import (
    DATE,
    FLAG,
    HIGH,
    LABORATORY,
    LOW,
    RANGE,
    RESULT,
    ROLES,
    SAMPLE,
    SUBJECT,
    TEST,
    TIME,
    UNIT,
    VISIT,
    folded,
)
from mda5_crf.study.model import Form, Item, ItemType
from mda5_crf.study.state import REQUIRED, TYPE
from mda5_crf.study.units import split_unit
from mda5_crf.study.values import Entry, Value, parse
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

NEW, SAME, DIFFERS, REFUSED, LEFT = "new", "same", "differs", "refused", "left"
FATES: Final = (NEW, DIFFERS, SAME, REFUSED, LEFT)
TAKEN: Final = (NEW, DIFFERS)
# Why a result is left out, for counting; the sentence says it in words.
PERSON, TESTED, UNITS, VALUE, VISITS, HELD, OTHER = (
    "participant", "test", "unit", "value", "visit", "held", "other",
)  # fmt: skip
NEW_REPEAT: Final = "new:"


@dataclass(frozen=True, slots=True)
class LabFile:
    """The file a plan is about."""

    name: str
    sha256: str
    sheet: str = ""
    dropped: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabLine:
    """One result. ``number``: its row in the sheet; ``subjid``, ``test``, ``typed`` as read; ``key`` and
    ``entry``: what would be written where; ``stands``: what stands there; ``why`` and ``cause``: a refusal;
    ``says``: what the form would say of it. ``beside``: no result, but what the form needs to hold it.
    ``visits``: labels of the visits that a person may choose of.
    """

    number: int
    subjid: str
    day: date | None
    test: str
    typed: str
    fate: str
    key: ItemKey | None = None
    entry: Entry | None = None
    stands: Entry | None = None
    why: Text | None = None
    cause: str = ""
    flag: str = ""
    beside: bool = False
    says: tuple[Text, ...] = ()
    visits: tuple[str, ...] = ()

    @property
    def sample(self) -> str:
        """Whose sample of which day, as a choice of visit is said: ``01-003 2026-08-01``."""
        return f"{self.subjid} {self.day}" if self.day is not None else ""


@dataclass(frozen=True, slots=True)
class LabPlan:
    """See the module text. ``unknown``: names of tests that nobody has said anything about."""

    file: LabFile
    meaning: LabMap
    lines: tuple[LabLine, ...]
    unknown: tuple[str, ...] = ()
    finished: frozenset[ItemKey] = frozenset()
    """Forms that are complete: what changes there needs a reason."""

    def count(self, fate: str) -> int:
        """How many results have this fate; what stands beside them is not counted."""
        return sum(one.fate == fate and not one.beside for one in self.lines)

    def needs_reason(self, lines: Sequence[LabLine] | None = None) -> bool:
        """Whether taking ``lines`` (default: all) would change what stands or was finished."""
        return any(
            one.fate == DIFFERS
            or (one.fate == NEW and one.key is not None and one.key.form_key() in self.finished)
            for one in (self.lines if lines is None else lines)
        )


def plan(
    session: Session, file: LabFile, meaning: LabMap, rows: Sequence[tuple[int, Sequence[str]]]
) -> LabPlan:
    """The plan of ``rows`` (below the headings). Raises PermissionDenied, InputRefused (columns missing)."""
    session.require(Action.ENTER)
    if meaning.lacks:
        words = [message(f"labs.role_{role}") for role in meaning.lacks]
        raise InputRefused(
            "labs.columns_missing",
            what=Text(", ".join(one.en for one in words), "、".join(one.zh for one in words)),
        )
    return _Planner(session, file, meaning).plan(rows)


@dataclass(slots=True)
class _Found:
    """A result on its way to a place. ``low``, ``high``: limits of the range that came with it."""

    line: LabLine
    item: Item
    unit: str = ""
    low: str = ""
    high: str = ""


@dataclass(slots=True)
class _Sample:
    """The rows of one participant and day that go to one form."""

    subject: str
    day: date
    form: Form
    time: str = ""
    visit: str = ""
    reference: str = ""
    laboratory: str = ""
    row: int = 0
    found: list[_Found] = field(default_factory=list)


class _Planner:
    """Makes one plan."""

    def __init__(self, session: Session, file: LabFile, meaning: LabMap) -> None:
        self._session, self._file, self._meaning = session, file, meaning
        self._study = session.study
        self._names = Names(session.study)
        self._targets = labmap.targets(session.study)
        self._people: dict[str, list[str]] = {}
        for one in session.subjects():
            self._people.setdefault(one.subjid, []).append(one.identity)
        self._head = labvisits.head_items(session.study)
        self._lines: list[LabLine] = []
        self._samples: dict[tuple[object, ...], _Sample] = {}
        self._unknown: dict[str, None] = {}
        self._finished: set[ItemKey] = set()

    def plan(self, rows: Sequence[tuple[int, Sequence[str]]]) -> LabPlan:
        for number, cells in rows:
            self._row(number, cells)
        used: dict[ItemKey, int] = {}
        for sample in self._samples.values():
            self._lines += self._placed(sample, used)
        order = sorted(self._lines, key=lambda one: (one.number, not one.beside))
        return LabPlan(
            self._file, self._meaning, tuple(order), tuple(self._unknown), frozenset(self._finished)
        )

    # -- a row of the sheet

    def _row(self, number: int, cells: Sequence[str]) -> None:
        said = {role: self._cell(cells, role) for role in ROLES}
        if not any(said[role] for role in (SUBJECT, TEST, RESULT)):
            return
        subjid = narrow(said[SUBJECT])
        day, clock = labcells.moment(said[DATE])
        clock = labcells.time(said[TIME]) or clock
        line = LabLine(number, subjid, day, "", "", REFUSED)
        results = list(self._results(line, said, cells))
        why = self._whose(subjid, said[DATE], day)
        for one in results:
            if why is not None:
                self._lines.append(replace(one.line, why=why[0], cause=why[1]))
            elif day is not None:
                self._add(one, number, self._people[subjid][0], day, clock, said)

    def _whose(self, subjid: str, typed: str, day: date | None) -> tuple[Text, str] | None:
        """Why nobody's: the number, or the day."""
        found = self._people.get(subjid, [])
        if len(found) != 1:
            code = "labs.two_participants" if found else "labs.unknown_participant"
            return message(code, number=subjid or "-"), PERSON
        if day is None:
            return message("labs.no_date" if not typed else "labs.bad_date"), VALUE
        if day > self._session.today:
            return message("labs.future"), VALUE
        return None

    def _cell(self, cells: Sequence[str], role: str) -> str:
        place = self._meaning.place(role)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    def _results(self, line: LabLine, said: Mapping[str, str], cells: Sequence[str]) -> Iterator[_Found]:
        if self._meaning.wide:
            for heading, role, cell in zip(
                self._meaning.headings, self._meaning.columns, cells, strict=False
            ):
                item = self._targets.get(role)
                if item is not None and cell.strip():
                    text, flag = labcells.result(cell)
                    unit = self._meaning.tests.get(folded(heading), labmap.Test("")).unit
                    here = replace(line, test=heading, typed=text, flag=flag)
                    yield _Found(here, item, unit or _unit_of_heading(heading))
            return
        test = said[TEST]
        text, flag = labcells.result(said[RESULT])
        here = replace(line, test=test, typed=text, flag=said[FLAG] or flag)
        known = self._meaning.tests.get(folded(test))
        if known is not None and not known.item:
            self._lines.append(replace(here, fate=LEFT, why=message("labs.left")))
            return
        item = self._targets.get(known.item) if known is not None else self._names.of(test)
        if item is None:
            self._unknown.setdefault(test)
            why = message("labs.unknown_test", test=test[:60] or "-")
            self._lines.append(replace(here, why=why, cause=TESTED))
            return
        if not text:
            self._lines.append(replace(here, fate=LEFT, why=message("labs.no_result")))
            return
        low, high = labcells.limits(said[RANGE])
        unit = labcells.unit(said[UNIT]) or (known.unit if known is not None else "")
        yield _Found(here, item, unit, said[LOW] or low, said[HIGH] or high)

    def _add(
        self, one: _Found, number: int, subject: str, day: date, clock: str, said: Mapping[str, str]
    ) -> None:
        form = self._study.forms[one.item.form]
        name: tuple[object, ...] = (subject, day, form.oid, said[VISIT])
        if form.repeating:
            name = (*name, number)
        sample = self._samples.get(name)
        if sample is None:
            laboratory = said[LABORATORY] or self._meaning.laboratory
            sample = _Sample(subject, day, form, clock, said[VISIT], said[SAMPLE], laboratory, number)
            self._samples[name] = sample
        sample.found.append(one)

    # -- a sample at its place

    def _placed(self, sample: _Sample, used: dict[ItemKey, int]) -> Iterator[LabLine]:
        choice = self._meaning.visits.get(f"{self._session.subjid(sample.subject)} {sample.day}", "")
        place = labvisits.place(
            self._session, sample.subject, sample.form, sample.day, sample.visit or choice
        )
        if place.event is None:
            for one in sample.found:
                yield replace(one.line, why=place.why, cause=VISITS, visits=place.labels)
            return
        key = place.event._replace(form=sample.form.oid)
        if sample.form.repeating:
            key = self._repeat(key, sample)
        entry = self._session.entry(key)
        refused = entry.readonly
        if refused is not None:
            for one in sample.found:
                yield replace(
                    one.line, key=self._key(key, one.item), why=refused, cause=HELD, visits=place.labels
                )
            return
        if entry.needs_reason:
            self._finished.add(key)
        lines = self._read(entry, sample, used)
        head = labvisits.Head(self._head, sample.day, sample.time, sample.reference, sample.laboratory)
        beside, why = self._beside(entry, sample, head, lines)
        if why is not None:
            for line in lines:
                yield replace(line, fate=REFUSED, why=why, cause=VISITS, visits=place.labels)
            return
        if any(line.fate in TAKEN for line in lines):
            lines += beside
        for line in self._proved(entry, lines):
            yield replace(line, visits=place.labels)

    def _repeat(self, key: ItemKey, sample: _Sample) -> ItemKey:
        """The repeat that says the same already, else a new one."""
        given = {one.item.name: one for one in sample.found}
        for repeat in self._session.form_repeats(key):
            entry = self._session.entry(repeat)
            dated = sample.form.date_item
            stands = None if dated is None else self._stands(entry, sample.form.items[dated])
            if stands is None or labcells.moment(stands.text)[0] != sample.day:
                continue
            first = next((item for item in sample.form.items.values() if item.type is ItemType.CODE
                          and item.name in given), None)  # fmt: skip
            if first is None:
                return repeat
            known = self._stands(entry, first)
            wanted = pastecells.read(
                self._session, entry, self._key(repeat, first), first, given[first.name].line.typed
            )
            if known is not None and known.text == wanted.entry.text:
                return repeat
        return key._replace(form_repeat=f"{NEW_REPEAT}{sample.row}")

    def _key(self, form: ItemKey, item: Item) -> ItemKey:
        return form._replace(group=item.group, item=item.name)

    def _stands(self, entry: EntrySession, item: Item) -> Entry | None:
        return entry.entry_at(self._key(entry.key, item))

    def _read(self, entry: EntrySession, sample: _Sample, used: dict[ItemKey, int]) -> list[LabLine]:
        lines: list[LabLine] = []
        for one in sample.found:
            key = self._key(entry.key, one.item)
            if key in used:
                why = message("labs.twice", row=used[key])
                lines.append(replace(one.line, key=key, why=why, cause=OTHER))
                continue
            line = self._value(entry, key, one)
            lines.append(line)
            if line.fate != REFUSED:
                used[key] = line.number
                lines += self._limits(entry, one, line)
        return lines

    def _value(self, entry: EntrySession, key: ItemKey, one: _Found) -> LabLine:
        item, line = one.item, replace(one.line, key=key)
        typed = line.typed
        numeric = item.type in (ItemType.DECIMAL, ItemType.INTEGER)
        if numeric and item.unit and not one.unit and any(char.isdigit() for char in typed):
            return replace(line, why=message("labs.no_unit", item=item.label), cause=UNITS)
        whole = f"{typed} {one.unit}" if numeric and item.unit and one.unit else typed
        found = pastecells.read(self._session, entry, key, item, whole)
        if numeric and item.unit and one.unit and split_unit(item, whole)[1] is None:
            bare = pastecells.read(self._session, entry, key, item, typed)
            if bare.problem is None:
                known = ", ".join((item.unit, *item.units))
                why = message("labs.unknown_unit", unit=one.unit[:30], item=item.label, known=known)
                return replace(line, why=why, cause=UNITS)
        if found.problem is not None:
            return replace(line, why=found.problem, cause=VALUE)
        return self._compared(entry, replace(line, typed=whole, entry=found.entry), item)

    def _compared(self, entry: EntrySession, line: LabLine, item: Item) -> LabLine:
        assert line.key is not None
        stands = entry.entry_at(line.key)
        if stands is None:
            return replace(line, fate=NEW)
        same = not stands.conflict and self._means(entry, item, stands) == self._means(
            entry, item, line.entry
        )
        return replace(line, fate=SAME if same else DIFFERS, stands=stands)

    def _means(self, entry: EntrySession, item: Item, one: Entry | None) -> object:
        """What an entry says, whatever unit or spelling it has."""
        value: Value = parse(item, one, entry.codelist_of(item))
        return value.status, value.data, value.missing, value.text if value.nonconformant else ""

    def _limits(self, entry: EntrySession, one: _Found, of: LabLine) -> Iterator[LabLine]:
        """The limits that came with a result of a panel, in its unit."""
        if of.fate not in (NEW, SAME) or self._head.panel is None:
            return
        for column, text in ((self._head.panel.low, one.low), (self._head.panel.high, one.high)):
            item = next(
                (
                    item
                    for item in entry.form.items.values()
                    if item.group == one.item.group and item.row == one.item.row and item.column == column
                ),
                None,
            )
            if item is None or not text or item.row is None:
                continue
            key = self._key(entry.key, item)
            read = pastecells.read(self._session, entry, key, item, text)
            if read.problem is None:
                line = replace(of, key=key, test=item.label.en, typed=text, entry=read.entry, beside=True)
                stands = entry.entry_at(key)
                if stands is None:
                    yield replace(line, fate=NEW, stands=None)

    def _beside(
        self, entry: EntrySession, sample: _Sample, head: labvisits.Head, lines: Sequence[LabLine]
    ) -> tuple[list[LabLine], Text | None]:
        """What the form says of the sample itself, or why this is not that sample."""
        told: list[LabLine] = []
        gates = labvisits.gates(entry, sample.form, [one.item for one in sample.found])
        for item, text, must in [*((gate, "Y", True) for gate in gates), *head.cells(sample.form)]:
            key = self._key(entry.key, item)
            if any(line.key == key for line in lines):
                continue
            read = pastecells.read(self._session, entry, key, item, text)
            if read.problem is not None:
                if must:
                    return [], read.problem
                continue
            stands = entry.entry_at(key)
            if stands is None:
                told.append(
                    LabLine(
                        sample.row, self._session.subjid(sample.subject), sample.day, item.label.en, text,
                        NEW, key, read.entry, beside=True,
                    )
                )  # fmt: skip
            elif must and self._means(entry, item, stands) != self._means(entry, item, read.entry):
                shown = both(self._session.shown(key, stands.text))
                return [], message("labs.other_sample", item=item.label, stands=shown)
        return told, None

    def _proved(self, entry: EntrySession, lines: Sequence[LabLine]) -> Iterator[LabLine]:
        """Results that the form would not ask for are left out; what it would say of the others."""
        taken = {line.key: line.entry for line in lines if line.fate in TAKEN and line.key and line.entry}
        state = entry.supposed(entry.key, taken)
        for line in lines:
            found = state.items.get(line.key) if line.key in taken and line.key is not None else None
            if found is None:
                yield line
            elif not found.relevant:
                why = message("paste.not_asked", item=found.item.label)
                yield replace(line, fate=REFUSED, why=why, cause=OTHER)
            else:
                says = tuple(
                    one.message
                    for one in found.findings
                    if one.check not in (TYPE, REQUIRED) and not one.confirmed and not one.at_completion
                    and one.items[:1] == (line.key,)
                )  # fmt: skip
                yield replace(line, says=says)


def _unit_of_heading(heading: str) -> str:
    """``WBC (10^9/L)``: the unit that a wide sheet says in its headings."""
    plain = heading.strip()
    for opening, closing in ("()", "（）", "[]"):
        if plain.endswith(closing) and opening in plain:
            return labcells.unit(plain[plain.rindex(opening) + 1 : -1])
    return ""
