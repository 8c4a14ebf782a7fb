"""SDTM-like tables from the annotations: one row per test, event, treatment or participant.

What was collected, where the annotations say it goes, and codes where a coder gave them; nothing is imputed
or made to follow terminology that the definition does not have. A result stands as typed with its unit in
--ORRES and --ORRESU, in the unit
of the definition in --STRESC, --STRESN and --STRESU. Of a choice --ORRES has the words when the codes are
numbers. CRFFORM, CRFREP, CRFROW and CRFITEM lead back to the form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from mda5_crf.errors import InputRefused
from mda5_crf.exchange.answers import (
    CLOSED,
    CONFLICT,
    CONVERTED,
    DROPPED,
    INTERVAL,
    MISFIT,
    MISSING,
    NO_PLACE,
    NONCONFORMANT,
    Answer,
    Places,
    answer,
    aside_row,
    forms_with_answers,
    no_longer_asked,
    usubjid,
)
from mda5_crf.exchange.datasets import Row, Table, fits
from mda5_crf.exchange.sdtmplan import NOT_DONE, WHOLE, Key, SdtmPlan, Spot, spots
from mda5_crf.exchange.wide import lists_of, studies_of
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import codings
from mda5_crf.services.exportfeed import Feed, Participant
from mda5_crf.study import sdtm
from mda5_crf.study.model import CodeList, Form, ItemType
from mda5_crf.study.state import FormState
from mda5_crf.text import message

DM: Final = "DM"
_DATE: Final = 10
"""Characters of a complete date, behind which alone a time can stand."""


@dataclass(slots=True)
class _Record:
    """One row in the making. ``item``: where its result comes from; ``seq`` once it is written."""

    cells: dict[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    item: str = ""
    entered: bool = False
    seq: str = ""


@dataclass(slots=True)
class _Unit:
    """What stands together: a form without its log, or one row of its log."""

    key: ItemKey
    form: Form
    records: dict[tuple[str, Key], list[_Record]] = field(default_factory=lambda: defaultdict(list))
    supplemental: list[tuple[Spot, Answer]] = field(default_factory=list)
    relations: list[tuple[Spot, Answer]] = field(default_factory=list)
    comments: list[Answer] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    written: dict[str, list[tuple[Key, _Record]]] = field(default_factory=lambda: defaultdict(list))


class Verticals:
    """See the module text; the shape ``sdtm``. Raises InputRefused when nothing is annotated."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        studies = studies_of(feed)
        self.plan = SdtmPlan(studies, lists_of(studies))
        if self.plan.empty:
            raise InputRefused("datasets.no_annotations")
        self.tables: Mapping[str, Table] = self.plan.tables
        self.codelists: Mapping[str, CodeList] = self.plan.codelists

    def rows(self, who: Participant) -> Iterator[tuple[str, Row]]:
        """All rows of a participant."""
        teller = _Teller(self, who)
        for state in forms_with_answers(self.feed, who.identity):
            yield from teller.form(state)
        yield from teller.last()


class _Teller:
    """Tells one participant."""

    def __init__(self, shape: Verticals, who: Participant) -> None:
        self._shape, self._plan, self._feed, self._who = shape, shape.plan, shape.feed, who
        self._places = Places(shape.feed, who)
        self._codings = codings.standing(shape.feed.session, who.identity)
        self._numbers: dict[str, int] = defaultdict(int)
        self._subject = _Record(entered=True)
        self._out: list[tuple[str, Row]] = []

    def form(self, state: FormState) -> Iterator[tuple[str, Row]]:
        """The rows of one form."""
        form = self._feed.session.study_for(state.key).forms[state.key.form]
        head = _Unit(state.key, form)
        rows = {one.key.group_repeat: _Unit(one.key, form) for one in state.rows}
        for one in state.items.values():
            told = answer(self._feed, one)
            if told is not None:
                self._take(rows.get(one.key.group_repeat, head), told)
        inner = self._plan.in_rows.get(form.oid, set()) if rows else set()
        self._write(head, inner, {})
        above = {
            domain: ones[0]
            for (domain, key), ones in head.records.items()
            if ones and not key and domain in inner
        }
        for unit in rows.values():
            self._write(unit, set(), above)
        for told in no_longer_asked(self._feed, state):
            self._aside(told, DROPPED)
        yield from self._flushed()

    def last(self) -> Iterator[tuple[str, Row]]:
        """What is known of the participant only at the end."""
        if DM in self._plan.tables:
            cells = {"SUBJID": self._who.name, "SITEID": self._who.site, **self._subject.cells}
            self._row(DM, cells, None)
        yield from self._flushed()

    def _flushed(self) -> Iterator[tuple[str, Row]]:
        out, self._out = self._out, []
        yield from out

    # -- an answer into its records

    def _take(self, unit: _Unit, told: Answer) -> None:
        places = spots(told.item.sdtm or sdtm.NOT_SUBMITTED, unit.form.domain)
        if not places:
            return
        if told.aside == CLOSED:
            self._aside(told, CLOSED)
            return
        if told.aside in (NONCONFORMANT, CONFLICT) or (
            told.aside == CONVERTED and not any(one.suffix == "ORRES" for one in places)
        ):
            self._aside(told, told.aside)
        if told.missing:
            self._missing(unit, told, places)
            return
        normal: list[Spot] = []
        for spot in places:
            if not spot.domain:
                unit.relations.append((spot, told))
            elif spot.domain == sdtm.COMMENTS:
                unit.comments.append(told)
            elif spot.supplemental:
                unit.supplemental.append((spot, told))
            elif spot.suffix == "SPID" and told.item.type is ItemType.LINK:
                unit.links[spot.domain] = told.value
            else:
                normal.append(spot)
        for domain, key in dict.fromkeys((one.domain, one.key) for one in normal):
            here = [one for one in normal if (one.domain, one.key) == (domain, key)]
            cells = self._cells(told, here)
            if cells and told.key in self._codings:
                cells |= codings.variables(self._codings[told.key], domain)
            self._put(unit, told, here, cells)

    def _missing(self, unit: _Unit, told: Answer, places: tuple[Spot, ...]) -> None:
        """Of a test it is said why there is no result; anything else has no column for that."""
        spot = next((one for one in places if one.suffix == "ORRES"), None)
        text = self._feed.study.missing_codes.get(told.missing)
        if spot is None or text is None or told.aside:
            self._aside(told, told.aside or MISSING)
            return
        cells = {f"{spot.domain}STAT": NOT_DONE, f"{spot.domain}REASND": text.en.upper()}
        self._put(unit, told, [spot], cells)

    def _cells(self, told: Answer, places: list[Spot]) -> dict[str, str]:
        """Variable → text."""
        cells: dict[str, str] = {}
        for spot in places:
            if spot.unit:
                cells[spot.name] = told.item.unit or "" if spot.suffix == "STRESU" else told.unit
            elif spot.suffix == "ORRES":
                cells |= self._result(told, spot)
            elif spot.suffix == "STRESN":
                cells |= self._standard(told, spot.domain)
            elif spot.suffix == "STAT" and told.value in ("Y", "N"):
                cells[spot.name] = NOT_DONE if told.value == "Y" else ""
            elif told.value:
                cells[spot.name] = told.value
            if spot.not_done and told.value:
                cells[f"{spot.domain}STAT"] = NOT_DONE
        return {name: text for name, text in cells.items() if text}

    def _result(self, told: Answer, spot: Spot) -> dict[str, str]:
        domain, item = spot.domain, told.item
        collected = told.typed or told.value
        if item.type is ItemType.CODE and item.codelist is not None and told.value:
            codes = self._shape.codelists[item.codelist]
            if codes.integers and told.value in codes.by_code:
                collected = codes.by_code[told.value].text.en
            else:
                collected = told.value
        elif item.type is ItemType.LINK:
            collected = told.value
        cells = {} if item.computed else {spot.name: collected}
        if told.unit and not item.computed:
            cells[f"{domain}ORRESU"] = told.unit
        return cells | self._standard(told, domain)

    def _standard(self, told: Answer, domain: str) -> dict[str, str]:
        """The result in the definition's unit."""
        if not told.value:
            return {}
        cells = {f"{domain}STRESC": told.value}
        codes = self._shape.codelists.get(told.item.codelist or "")
        number = told.item.type in (ItemType.DECIMAL, ItemType.INTEGER) or (
            told.item.type is ItemType.CODE and codes is not None and codes.integers
        )
        if number and not told.limit:
            cells[f"{domain}STRESN"] = told.value
        if told.item.unit:
            cells[f"{domain}STRESU"] = told.item.unit
        return cells

    def _put(self, unit: _Unit, told: Answer, places: list[Spot], cells: dict[str, str]) -> None:
        """Into the first record that has room for all of it, else into a new one."""
        if not cells:
            return
        spot = places[0]
        if spot.domain == DM:
            self._into_subject(unit, told, cells)
            return
        found = unit.records[spot.domain, spot.key]
        if told.item.type is ItemType.TIME and spot.suffix.endswith("DTC"):
            self._time(found, told, [one.name for one in places])
            return
        derived = told.item.computed
        standard = (
            {f"{spot.domain}{one}" for one in ("STRESC", "STRESN", "STRESU")} if derived else set[str]()
        )
        room = next((one for one in found if not (one.cells.keys() & cells.keys()) - standard), None)
        if room is None and found and not spot.key:
            self._into_general(found[0], told, cells)
            return
        if room is None:
            found.append(room := _Record())
        room.cells |= cells
        room.answers.append(told)
        room.entered = room.entered or not derived
        if spot.domain in self._plan.findings and spot.key and (not room.item or spot.suffix == "ORRES"):
            room.item = told.item.oid

    def _into_general(self, general: _Record, told: Answer, cells: dict[str, str]) -> None:
        """What is said of a whole form is said once: the first answer stays, others take what is free."""
        free = {name: text for name, text in cells.items() if name not in general.cells}
        if not free:
            self._aside(told, NO_PLACE)
            return
        general.cells |= free
        general.answers.append(told)

    def _time(self, found: list[_Record], told: Answer, names: list[str]) -> None:
        """A time belongs behind the date that stands there already."""
        for record in found:
            waiting = [one for one in names if len(record.cells.get(one, "")) == _DATE]
            if waiting:
                for one in waiting:
                    record.cells[one] += f"T{told.value}"
                return
        self._aside(told, NO_PLACE)

    def _into_subject(self, unit: _Unit, told: Answer, cells: dict[str, str]) -> None:
        taken = {name for name in cells if self._subject.cells.get(name, cells[name]) != cells[name]}
        if taken:
            self._aside(told, NO_PLACE)
        self._subject.cells |= {name: text for name, text in cells.items() if name not in taken}
        unit.written[DM] = [((), self._subject)]

    # -- records into rows

    def _write(self, unit: _Unit, inner: set[str], above: Mapping[str, _Record]) -> None:
        """``inner``: domains whose records come from the rows below; ``above``: what is said for all."""
        placed, left = set[str](), list[Answer]()
        for domain in dict.fromkeys(domain for domain, _ in unit.records):
            general = next(iter(unit.records.get((domain, ()), [])), _Record())
            shared = {**(above[domain].cells if domain in above else {}), **general.cells}
            special = [
                (key, one)
                for (name, key), ones in unit.records.items()
                if name == domain and key
                for one in ones
            ]
            for key, record in special:
                self._emit(unit, domain, key, record, shared)
            if not special and general.cells and domain not in inner:
                if domain in self._plan.findings:
                    left += general.answers
                    continue
                self._emit(unit, domain, (), general, shared)
            placed |= {one.item.oid for one in general.answers}
        for told in left:  # a date of which every test is missing
            if told.item.oid not in placed:
                self._aside(told, NO_PLACE)
        for spot, told in unit.supplemental:
            self._supplemental(unit, spot, told)
        for told in unit.comments:
            self._comment(unit, told)
        for spot, told in unit.relations:
            self._relation(unit, spot, told)
        for domain, lines in unit.links.items():
            self._link(unit, domain, lines)

    def _emit(self, unit: _Unit, domain: str, key: Key, record: _Record, shared: Mapping[str, str]) -> None:
        cells = {**shared, **{name: value for name, value in key if name}, **record.cells}
        if domain in self._plan.findings:
            code = cells.get(f"{domain}TESTCD", f"{domain}ALL") if key != WHOLE else f"{domain}ALL"
            test = self._plan.tests.get((domain, code)) or message("sdtm.all_tests")
            cells |= {f"{domain}TESTCD": code, f"{domain}TEST": test.en}
            if not record.entered:
                cells[f"{domain}DRVFL"] = "Y"
        self._numbers[domain] += 1
        record.seq = cells[f"{domain}SEQ"] = str(self._numbers[domain])
        record.cells = cells
        unit.written[domain].append((key, record))
        self._row(domain, cells, unit, record.item, record)

    def _row(
        self,
        name: str,
        cells: Mapping[str, str],
        unit: _Unit | None,
        item: str = "",
        record: _Record | None = None,
    ) -> None:
        """A row of a table, in the order of its columns; what is not of its column's kind stands aside."""
        table, form = self._plan.tables[name], unit.form.oid if unit else ""
        told = {
            "STUDYID": self._feed.study.oid, "DOMAIN": name, "USUBJID": usubjid(self._feed, self._who),
            "CRFFORM": form, "CRFITEM": item, **cells,
        }  # fmt: skip
        if unit is not None:
            told["CRFREP"] = self._places.number(unit.key.form_repeat)
            told["CRFROW"] = self._places.number(unit.key.group_repeat)
            told |= self._visit(unit.key)
        row = []
        for column in table.columns:
            text = told.get(column.name, "")
            if not fits(text, column, self._shape.codelists):
                for one in record.answers if record is not None else ():
                    if column.name in {
                        spot.name for spot in spots(one.item.sdtm or "", unit.form.domain if unit else "")
                    }:
                        self._aside(one, INTERVAL if one.limit else MISFIT)
                text = ""
            row.append(text)
        self._out.append((name, row))

    def _visit(self, key: ItemKey) -> dict[str, str]:
        event = self._feed.session.study_of(key.subject).events.get(key.event)
        if event is None or event.kind == "log":
            return {}
        repeat = self._places.number(key.event_repeat)
        number = f"{event.rank}.{int(repeat):02}" if repeat else str(event.rank)
        return {"VISITNUM": number, "VISIT": event.name.en}

    # -- beside the records

    def _parent(self, unit: _Unit, domain: str, key: Key) -> tuple[str, str]:
        """IDVAR and IDVARVAL of what belongs to a record, or to several, of this unit."""
        if domain == DM:
            return "", ""
        written = unit.written.get(domain, [])
        if key:
            written = [(own, one) for own, one in written if own == key]
        if len(written) == 1:
            return f"{domain}SEQ", written[0][1].seq
        if not written and unit.links.get(domain):
            return f"{domain}SPID", unit.links[domain]
        number = self._visit(unit.key).get("VISITNUM", "")
        return ("VISITNUM", number) if number else ("", "")

    def _supplemental(self, unit: _Unit, spot: Spot, told: Answer) -> None:
        if not told.value:
            return
        variable, value = self._parent(unit, spot.domain, spot.key)
        cells = {
            "RDOMAIN": spot.domain, "IDVAR": variable, "IDVARVAL": value, "QNAM": spot.name,
            "QLABEL": told.item.label.en, "QVAL": told.value,
            "QORIG": "Derived" if told.item.computed else "CRF",
        }  # fmt: skip
        self._row(f"SUPP{spot.domain}", cells, unit, told.item.oid)

    def _comment(self, unit: _Unit, told: Answer) -> None:
        if not told.value:
            return
        domain = unit.form.domain
        variable, value = self._parent(unit, domain, ())
        self._numbers[sdtm.COMMENTS] += 1
        cells = {
            "RDOMAIN": domain, "COSEQ": str(self._numbers[sdtm.COMMENTS]), "IDVAR": variable,
            "IDVARVAL": value, "COREF": unit.form.name.en, "COVAL": told.value,
        }  # fmt: skip
        self._row(sdtm.COMMENTS, cells, unit, told.item.oid)

    def _relation(self, unit: _Unit, spot: Spot, told: Answer) -> None:
        """Rows that belong together: this record, and those of a log or of a test."""
        own = unit.form.domain
        written = unit.written.get(own, [])
        target = dict(spot.key).get("RDOMAIN") or self._domain_of_log(told)
        if not told.value or not written or not target:
            if told.value:
                self._aside(told, NO_PLACE)
            return
        record = written[0][1]
        other = f"{target}SPID" if told.item.type is ItemType.LINK else f"{target}TESTCD"
        self._related(unit, (own, f"{own}SEQ", record.seq), target, other, told.value, told.item.oid)

    def _link(self, unit: _Unit, domain: str, lines: str) -> None:
        """Records of a form that is about a row of another log, and that row."""
        for own, written in unit.written.items():
            for _, record in written if own not in (domain, DM) else ():
                place = (own, f"{own}SEQ", record.seq)
                self._related(unit, place, domain, f"{domain}SPID", lines, "")

    def _related(
        self, unit: _Unit, own: tuple[str, str, str], target: str, name: str, values: str, item: str
    ) -> None:
        self._numbers[sdtm.RELREC] += 1
        relation = f"R{self._numbers[sdtm.RELREC]}"
        for domain, variable, value in (own, *((target, name, one) for one in values.split(","))):
            cells = {"RDOMAIN": domain, "IDVAR": variable, "IDVARVAL": value, "RELID": relation}
            self._row(sdtm.RELREC, cells, unit, item)

    def _domain_of_log(self, told: Answer) -> str:
        form = self._feed.study.forms.get(told.item.to or "")
        return form.domain if form is not None else ""

    def _aside(self, told: Answer, why: str) -> None:
        self._out.append(aside_row(self._places, told, why))
