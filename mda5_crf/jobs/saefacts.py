"""What stands in the report of a serious event, in its order.

The order of the fields is that of the form 严重不良事件报告表（SAE） that Chinese trial institutions publish;
after it come the tables that newer forms add: doses, other medication, results (``docs/formats.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.cardlines import dose_of
from mda5_crf.jobs.printplan import Plan, item_at
from mda5_crf.jobs.recorded import NOTHING, Record, Told, answer, in_parts, running
from mda5_crf.jobs.saeresults import results
from mda5_crf.pdf.saereport import Block, Choice, Field, Fields, Listing, Report, Story
from mda5_crf.services.course import course
from mda5_crf.study import links
from mda5_crf.study.dates import PartialDate, earliest, latest
from mda5_crf.study.model import CodeList
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.saeclock import SaeClock
    from mda5_crf.services.session import Session

_CLASSES = ("class_tcm", "class_chemical", "class_biological", "class_vaccine", "class_other")
_PHASES = ("phase_1", "phase_2", "phase_3", "phase_4", "phase_be", "phase_verification")
_YES_NO = (("Y", "yes"), ("N", "no"), ("U", "unknown"))


def said(name: str, **params: object) -> Text:
    """A message of the report."""
    return message(f"saereport.{name}", **params)


class SaeFacts:
    """Reads one report. ``row`` is its row, ``choice`` which items are meant."""

    def __init__(self, session: Session, record: Record, row: Told, choice: Plan) -> None:
        self._session, self._record, self._row, self._choice = session, record, row, choice
        self._log: Mapping[str, Any] = choice["report"]
        self._of: Mapping[str, Any] = choice.get("event", {})
        self._about: Mapping[str, Any] = choice.get("person", {})
        self._event, self._struck = self._linked()

    def report(self) -> Report:
        """Everything on it."""
        data = self._session.data(self._record.subject)
        remarks = []
        if self._struck:
            remarks.append(said("struck_link", place=self._struck))
        elif self._event is None:
            remarks.append(said("no_link"))
        blocks = [*self._head(), *self._person(), *self._what(), *self._judged(), *self._tables()]
        label = f"{self._log['form']}#{self._row.number}"
        return Report(data.subjid, data.site, label, blocks, remarks)

    # -- what is linked

    def _linked(self) -> tuple[Told | None, str]:
        """The event's row; else, where it was struck out, its place."""
        text = self._row.text(self._log["event"])
        named = links.identities(text) or ()
        rows = {row.key.group_repeat: row for row in self._record.rows(self._of.get("form", ""))}
        found = next((rows[one] for one in named if one in rows), None)
        if found is None and named:
            return None, self._text("event").en
        return found, ""

    def _text(self, name: str) -> Text:
        """An answer of the report."""
        return self._row.words(self._log.get(name, ""))

    def _told(self, name: str) -> Text:
        """An answer of the event."""
        return NOTHING if self._event is None else self._event.words(self._of.get(name, ""))

    def _at(self, name: str) -> Text:
        """An answer about the participant."""
        place = self._about.get(name, "")
        state = self._record.at(place) if place else None
        return NOTHING if state is None else answer(self._session, state)

    def _codes(self, form: str, name: str) -> CodeList | None:
        item = item_at(self._session.study, f"{form}.{name}")
        return None if item is None or not item.codelist else self._session.study.codelists[item.codelist]

    def _ticked(self, caption: str, name: str, *, beside: Field | None = None) -> list[Block]:
        """The codelist of an item of the event, ticked as it was answered."""
        codes = self._codes(self._of.get("form", ""), self._of.get(name, ""))
        if codes is None:
            return []
        chosen = [] if self._event is None else [self._event.code(self._of[name])]
        return [Choice(said(caption), [(v.code, v.text) for v in codes.values], chosen, beside)]

    # -- blocks

    def _head(self) -> list[Block]:
        log, study = self._log, self._session.study
        label = f"{self._session.subjid(self._record.subject)} {log['form']}#{self._row.number}"
        types = self._codes(log["form"], log["version"])
        names = self._drug_names()
        made: list[Block] = [
            Fields([
                Field(said("approval"), NOTHING), Field(said("registry"), both(study.oid)),
                Field(said("number"), both(label)),
            ])
        ]  # fmt: skip
        if types is not None:
            sent = Field(said("report_date"), self._text("sent"))
            options = [(v.code, v.text) for v in types.values]
            made.append(Choice(said("type"), options, [self._row.code(log["version"])], sent))
        form = self._dosage_form()
        return [
            *made,
            Fields([Field(said("institution"), NOTHING, 0.7), Field(said("phone"), NOTHING, 0.3)]),
            Fields([Field(said("sponsor"), NOTHING, 0.7), Field(said("phone"), NOTHING, 0.3)]),
            Fields([Field(said("drug_zh"), both(names.zh)), Field(said("drug_en"), both(names.en))]),
            Choice(
                said("drug_class"), [(c, said(c)) for c in _CLASSES], (), Field(said("dosage_form"), form)
            ),
            Choice(said("phase"), [(c, said(c)) for c in _PHASES]),
            Fields([Field(said("indication"), self._at("diagnosis"))]),
        ]

    def _drug_names(self) -> Text:
        log = self._choice.get("drug", {})
        rows = self._record.rows(log.get("form", ""))
        names = [row.words(log["name"]) for row in rows if row.text(log["name"])]
        if names:
            return names[0]
        codes = self._codes(log.get("form", ""), log.get("name", ""))
        return codes.values[0].text if codes is not None and len(codes.values) == 1 else NOTHING

    def _dosage_form(self) -> Text:
        log = self._choice.get("drug", {})
        rows = self._record.rows(log.get("form", ""))
        found = [row.words(log["dosage_form"]) for row in rows if row.text(log["dosage_form"])]
        return found[-1] if found else NOTHING

    def _person(self) -> list[Block]:
        subjid = self._session.subjid(self._record.subject)
        return [
            Fields([
                Field(said("participant_number"), both(subjid)), Field(said("initials"), NOTHING, 1.4),
                Field(said("born"), self._at("birth")), Field(said("age"), self._age()),
            ]),
            Fields([
                Field(said("sex"), self._at("sex")), Field(said("ethnic"), self._at("race")),
                Field(said("height"), self._measured("height")),
                Field(said("weight"), self._measured("weight")),
            ]),
            self._diseases(),
        ]  # fmt: skip

    def _age(self) -> Text:
        place = self._about.get("birth", "")
        state = self._record.at(place) if place else None
        born = None if state is None else state.value.data
        start = self._onset()
        if not isinstance(born, date | PartialDate) or start is None:
            return NOTHING
        low = _years(latest(born), start[0])
        high = _years(earliest(born), start[1])
        return said("age_years", years=low) if low == high else said("age_range", low=low, high=high)

    def _measured(self, name: str) -> Text:
        """The last value up to the onset, with its day; before the first visit none."""
        item = item_at(self._session.study, self._about.get(name, ""))
        if item is None:
            return NOTHING
        visits = [event for event in self._session.study.events if self._due(event, item.form)]
        key = ItemKey(self._record.subject, visits[0], form=item.form, group=item.group, item=item.name)
        start = self._onset()
        points = [p for p in course(self._session, key).points if p.counts]
        if start is not None:
            points = [p for p in points if p.day is None or earliest(p.day) <= start[1]] or points[:1]
        if not points:
            return NOTHING
        last = points[-1]
        value = Text(
            f"{last.words.en} {item.unit or ''}".strip(), f"{last.words.zh} {item.unit or ''}".strip()
        )
        return value if last.day is None else said("measured", value=value, day=in_parts(last.day))

    def _due(self, event: str, form: str) -> bool:
        return any(due.form == form for due in self._session.study.forms_of(event))

    def _diseases(self) -> Block:
        log = self._choice.get("history", {})
        rows = []
        for row in self._record.rows(log.get("form", "")):
            if row.code(log["ongoing"]) == "N":
                continue
            rows.append((row.words(log["name"]), row.words(log["start"]), self._treatment(row)))
        headings = [said("col_disease"), said("col_from"), said("col_drug")]
        return Listing(said("diseases"), headings, (0.42, 0.16, 0.42), rows)

    def _treatment(self, disease: Told) -> Text:
        """The medication linked to a line of the history."""
        log = self._choice.get("medication", {})
        found = [
            row.joined(log["name"], log["dose"], log["unit"], log["often"])
            for row in self._record.rows(log.get("form", ""))
            if disease.key.group_repeat in (links.identities(row.text(log.get("history", ""))) or ())
        ]
        return Text("; ".join(text.en for text in found), "；".join(text.zh for text in found))

    def _what(self) -> list[Block]:
        place = "" if self._event is None else f"{self._of['form']}#{self._event.number}"
        codes = [
            item_at(self._session.study, f"{self._of['form']}.{n}") for n in self._of.get("criteria", ())
        ]
        criteria = [(item.name, item.label) for item in codes if item is not None]
        event = self._event
        chosen = [name for name, _ in criteria if event is not None and event.code(name) == "Y"]
        onset = self._told("start")
        if self._told("time").en:
            onset = Text(f"{onset.en} {self._told('time').en}", f"{onset.zh} {self._told('time').zh}")
        return [
            Fields([
                Field(said("diagnosis"), self._told("term"), 0.7),
                Field(said("grade"), self._told("grade"), 0.15),
                Field(said("line"), both(place), 0.15),
            ]),
            Choice(said("situation"), criteria, chosen, Field(said("death"), self._death())),
            Fields([
                Field(said(name), self._text(name))
                for name in ("admitted", "discharged", "intensive", "autopsy")
            ]),
            Fields([
                Field(said("onset"), onset), Field(said("serious_since"), self._text("serious_since")),
                Field(said("aware"), self._text("aware")),
            ]),
            Fields([
                Field(said("deadline"), self._deadline(), 1.6), Field(said("sent"), self._text("sent")),
                Field(said("ethics"), self._text("ethics")),
            ]),
        ]  # fmt: skip

    def _death(self) -> Text:
        form = self._about.get("death_form", "")
        data = self._session.data(self._record.subject)
        for event in self._session.study.events.values():
            for repeat in data.event_repeats.get(event.oid, []) if event.repeating else [""]:
                key = ItemKey(self._record.subject, event.oid, repeat, form)
                if data.has_entries(key):
                    return self._record.form(key, form).words(self._about["death"])
        return NOTHING

    def _clock(self) -> SaeClock | None:
        return next((c for c in self._session.sae_clocks() if c.key == self._row.key), None)

    def _deadline(self) -> Text:
        clock = self._clock()
        if clock is None:
            return NOTHING
        minutes = abs(int(clock.remaining.total_seconds())) // 60
        left = message("clock.left", hours=minutes // 60, minutes=f"{minutes % 60:02}")
        name = (
            ("over" if clock.overdue else "still")
            if clock.running
            else ("late" if clock.overdue else "in_time")
        )
        words = said(name, due=f"{clock.due:%Y-%m-%d %H:%M}", left=left)
        if clock.basis == "awareness":
            return words
        basis = message(f"clock.basis_{clock.basis}")
        return Text(f"{words.en} ({basis.en})", f"{words.zh}（{basis.zh}）")

    def _judged(self) -> list[Block]:
        ended = self._told("end")
        if self._event is not None and self._event.code(self._of["ongoing"]) == "Y":
            ended = said("ongoing")
        answers = [(code, said(name)) for code, name in _YES_NO]
        codes = self._codes(self._log["form"], self._log["suspected"])
        susar = [(v.code, v.text) for v in codes.values] if codes is not None else []
        due = Field(said("susar_due"), self._text("due"))
        again = Field(said("rechallenge"), self._text("rechallenge"))
        return [
            *self._ticked("action", "action"),
            *self._ticked("action_steroid", "action_steroid"),
            *self._ticked("outcome", "outcome", beside=Field(said("ended"), ended)),
            *self._ticked("relation", "related", beside=again),
            *self._ticked(
                "relation_steroid", "related_steroid",
                beside=Field(said("relation_disease"), self._told("related_disease")),
            ),
            Choice(said("susar"), susar, [self._row.code(self._log["suspected"])], due),
            Choice(said("at_home"), answers),
            Choice(said("abroad"), answers),
            Story(said("narrative"), self._row.text(self._log["narrative"])),
        ]  # fmt: skip

    # -- tables

    def _onset(self) -> tuple[date, date] | None:
        """The first and the last day on which it may have begun; else when it became serious or known."""
        day = None if self._event is None else self._event.day(self._of["start"])
        day = day or self._row.day(self._log["serious_since"]) or self._row.day(self._log["aware"])
        return None if day is None else (earliest(day), latest(day))

    def _span(self) -> tuple[date, date] | None:
        """From so many days before the event began to its end, or so many days after its beginning."""
        start = self._onset()
        if start is None:
            return None
        end = None if self._event is None else self._event.day(self._of["end"])
        first = start[0] - timedelta(days=self._log["days_before"])
        return first, max(latest(end) if end is not None else start[1], start[1])

    def _tables(self) -> list[Block]:
        span = self._span()
        trial, steroid, other = (self._choice.get(name, {}) for name in ("drug", "steroid", "medication"))
        taken = [(row, trial) for row in self._rows(trial, span)]
        others = [(row, log) for log in (steroid, other) for row in self._rows(log, span)]
        made: list[Block] = [
            Listing(self._within("doses", span), *_drug_columns(), [self._drug(*one) for one in taken]),
            Listing(self._within("others", span), *_drug_columns(), [self._drug(*one) for one in others]),
        ]
        made.append(results(self._session, self._record.subject, self._log, self._onset()))
        return made

    def _rows(self, log: Mapping[str, Any], span: tuple[date, date] | None) -> list[Told]:
        rows = self._record.rows(log.get("form", ""))
        return [row for row in rows if span is None or running(row, log, *span)]

    @staticmethod
    def _within(name: str, span: tuple[date, date] | None) -> Text:
        if span is None:
            return said(f"{name}_all")
        return said(name, first=span[0].isoformat(), last=span[1].isoformat())

    @staticmethod
    def _drug(row: Told, log: Mapping[str, Any]) -> Sequence[Text]:
        end = row.words(log["end"])
        if not end.en and row.code(log["ongoing"]) == "Y":
            end = said("goes_on")
        reason = row.words(log.get("reason", ""))
        dose = dose_of(row, log)
        if "taken" in log and row.code(log["taken"]) == "N":
            dose = said("not_taken")
        return (
            row.words(log["name"]), dose, row.words(log["route"]), row.words(log["start"]), end, reason
        )  # fmt: skip


def _drug_columns() -> tuple[Sequence[Text], Sequence[float]]:
    names = ("col_drug", "col_dose", "col_route", "col_from", "col_to", "col_reason")
    return [said(name) for name in names], (0.26, 0.2, 0.12, 0.13, 0.13, 0.16)


def _years(born: date, day: date) -> int:
    """Whole years from one day to another."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
