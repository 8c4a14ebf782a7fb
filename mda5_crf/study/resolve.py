"""Checks every name that expressions, checks, instruments and schedule lines use against what exists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mda5_crf import instruments
from mda5_crf.instruments.ctcae import TERMS
from mda5_crf.study.compiling import Use
from mda5_crf.study.expression import DAY_ONE, Expression, Ref
from mda5_crf.study.load_form import ReadForm
from mda5_crf.study.model import CodeList, Form, Instrument, Item, ItemType, StudyEvent
from mda5_crf.study.reader import Table
from mda5_crf.study.report import Place, Report, suggestion
from mda5_crf.study.same import same_answers
from mda5_crf.study.signatures import arguments, result_parts

_EVENT_LITERAL = re.compile(r"""\bEVENT\s*(?:==|!=)\s*(["'])(.*?)\1""")
_EVENT_CHOICES = re.compile(r"""\bEVENT\s+(?:not\s+)?in\s*[(\[]([^)\]]*)[)\]]""")
_TERM = re.compile(r"""\bterm\s*=\s*(["'])(.*?)\1""")
_QUOTED = re.compile(r"""(["'])(.*?)\1""")


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that can be referred to. ``broken``: forms whose file could not be read, about which
    nothing can be said; ``due``: form → events of the schedule.
    """

    forms: Mapping[str, Form]
    broken: frozenset[str]
    events: Mapping[str, StudyEvent]
    due: Mapping[str, list[str]]
    codelists: Mapping[str, CodeList]
    names: Mapping[str, Expression | None]
    settings: Mapping[str, str]


class Resolver:
    """Resolves the references of expressions; reports what leads nowhere."""

    def __init__(self, known: Known, report: Report) -> None:
        self._known = known
        self._report = report

    def expressions(self, uses: Iterable[Use]) -> None:
        """All expressions of the definition."""
        for use in uses:
            named = use.expression.uses
            for ref in sorted(named.references):
                self._reference(use, ref)
            self._forms_and_events(use)
            for setting in sorted(named.settings - self._known.settings.keys()):
                hint = suggestion(setting, self._known.settings)
                self._report.add(use.place, "unknown_setting", name=setting, hint=hint)
            for instrument, part in sorted(named.parts):
                self._part(use, instrument, part)
            for ref, text in sorted(named.literals):
                self._literal(use, ref, text)
            if named.row_words and not use.row:
                self._report.add(use.place, "row_word_outside", name=", ".join(sorted(named.row_words)))
            if "EVENT" in named.words:
                self._event_literals(use)
            if "ctcae_grade" in named.functions:
                self._terms(use)

    def _forms_and_events(self, use: Use) -> None:
        named = use.expression.uses
        for form in sorted(named.forms):
            self._whole_form(use, form)
        for form in sorted(named.statuses):
            self._status_of(use, form)
        for event in sorted(named.planned):
            self._planned(use, event)
        for form in sorted(named.next_forms):
            self._form(use, form)

    # references

    def _reference(self, use: Use, ref: Ref) -> None:
        if not ref.form:
            self._plain_name(use, ref.item)
        elif ref.event == "*":
            form = self._form(use, ref.form)
            if form is not None and ref.item not in form.items and ref.item not in self._known.names:
                hint = suggestion(ref.item, [*form.items, *self._known.names])
                self._report.add(use.place, "unknown_item", name=f"{ref.form}.{ref.item}", hint=hint)
        else:
            self._item_elsewhere(use, ref)

    def _plain_name(self, use: Use, name: str) -> None:
        form = self._known.forms.get(use.form)
        item = form.items.get(name) if form is not None else None
        if item is None:
            if name not in self._known.names:
                candidates = [*(form.items if form is not None else ()), *self._known.names]
                self._report.add(use.place, "unknown_item", name=name, hint=suggestion(name, candidates))
        elif self._in_rows(item) and item.group != use.row:
            self._report.add(use.place, "row_item_outside", name=name, group=item.group)

    def _item_elsewhere(self, use: Use, ref: Ref) -> None:
        if ref.event not in ("", "prev"):
            event = self._known.events.get(ref.event)
            if event is None:
                hint = suggestion(ref.event, [*self._known.events, "prev"])
                self._report.add(use.place, "unknown_event", name=ref.event, hint=hint)
            elif event.repeating:
                self._report.add(use.place, "event_repeats", name=ref.event)
        form = self._form(use, ref.form)
        if form is None:
            return
        item = form.items.get(ref.item)
        if item is None:
            hint = suggestion(ref.item, form.items)
            self._report.add(use.place, "unknown_item", name=f"{ref.form}.{ref.item}", hint=hint)
        elif self._in_rows(item) and (ref.form != use.form or item.group != use.row):
            self._report.add(use.place, "row_item_outside", name=str(ref), group=item.group)
        self._reachable(
            use, ref.form, ref.event, [rows for at, rows in use.expression.uses.beside if at == ref]
        )

    def _reachable(self, use: Use, form: str, event: str, rows: Sequence[str] = ()) -> None:
        """Is ``form`` ever to be found from where the expression stands, or from ``rows`` around it?"""
        due = self._known.due.get(form, [])
        if event in self._known.events and event not in due:
            self._report.add(use.place, "form_not_at_event", form=form, event=event)
            return
        places = {at for own in (use.form, *rows) for at in self._known.due.get(own, ())}
        if event or not use.form or form in (use.form, *rows) or places & set(due):
            return
        if len([oid for oid in due if not self._known.events[oid].repeating]) != 1:
            self._report.add(use.place, "form_unreachable", form=form, own=use.form)

    def _whole_form(self, use: Use, spelled: str) -> None:
        event, _, oid = spelled.rpartition(".")
        form = self._form(use, oid)
        if event not in ("", "*") and event not in self._known.events:
            hint = suggestion(event, self._known.events)
            self._report.add(use.place, "unknown_event", name=event, hint=hint)
        if form is None:
            return
        uses = use.expression.uses
        has_rows = form.repeating or any(group.repeating for group in form.groups)
        if spelled in uses.rowed and event != "*" and not has_rows:
            self._report.add(use.place, "rows_without_rows", name=oid)
        if spelled in uses.performed and form.date_item is None:
            self._report.add(use.place, "performed_without_date", name=oid)
        if event != "*":
            self._reachable(use, oid, event)

    def _status_of(self, use: Use, spelled: str) -> None:
        event, _, oid = spelled.rpartition(".")
        if event:
            self._event(use, event)
        if self._form(use, oid) is not None:
            self._reachable(use, oid, event)

    def _planned(self, use: Use, event: str) -> None:
        found = self._event(use, event)
        if found is not None and found.target is None:
            self._report.add(use.place, "event_without_target", name=event)
        if DAY_ONE not in self._known.names:
            self._report.add(use.place, "planned_without_day_one", name=DAY_ONE)

    def _event(self, use: Use, event: str) -> StudyEvent | None:
        found = self._known.events.get(event)
        if found is None:
            hint = suggestion(event, self._known.events)
            self._report.add(use.place, "unknown_event", name=event, hint=hint)
        elif found.repeating:
            self._report.add(use.place, "event_repeats", name=event)
        return found

    def _form(self, use: Use, oid: str) -> Form | None:
        form = self._known.forms.get(oid)
        if form is None and oid not in self._known.broken:
            self._report.add(use.place, "unknown_form", name=oid, hint=suggestion(oid, self._known.forms))
        return form

    def _in_rows(self, item: Item) -> bool:
        form = self._known.forms[item.form]
        return any(group.repeating and group.name == item.group for group in form.groups)

    # instruments and codes

    def _part(self, use: Use, name: str, part: str) -> None:
        form = self._known.forms.get(use.form)
        instrument = form.instruments.get(name) if form is not None else None
        if instrument is None:
            hint = suggestion(name, form.instruments if form is not None else ())
            self._report.add(use.place, "unknown_instrument", name=name, hint=hint)
            return
        parts = result_parts(instrument.function)
        if parts is not None and not parts.has(part):
            hint = suggestion(part, parts.single)
            self._report.add(use.place, "unknown_part", name=f"{name}.{part}", hint=hint)

    def _literal(self, use: Use, ref: Ref, text: str) -> None:
        """A coded item is compared with, or selected by, a text: it must be one of its codes."""
        item = self._item(use, ref)
        codelist = self._known.codelists.get(item.codelist or "") if item is not None else None
        if item is None or codelist is None:
            return
        if item.type is ItemType.CODE and codelist.integers:
            self._report.add(use.place, "number_as_text", name=item.oid, word=text)
        elif text not in codelist.by_code:
            hint = suggestion(text, codelist.by_code)
            self._report.add(
                use.place, "unknown_code", word=text, codelist=codelist.oid, name=item.oid, hint=hint
            )

    def _item(self, use: Use, ref: Ref) -> Item | None:
        form = self._known.forms.get(ref.form or use.form)
        item = form.items.get(ref.item) if form is not None else None
        if item is None and ref.event in ("", "*"):
            named = self._known.names.get(ref.item)
            target = next(iter(named.references), None) if named is not None else None
            if named is not None and target is not None and named.source == str(target) and target.form:
                form = self._known.forms.get(target.form)
                item = form.items.get(target.item) if form is not None else None
        return item

    def _event_literals(self, use: Use) -> None:
        source = use.expression.source
        found = [match[2] for match in _EVENT_LITERAL.finditer(source)]
        for choices in _EVENT_CHOICES.finditer(source):
            found.extend(match[2] for match in _QUOTED.finditer(choices[1]))
        for oid in found:
            if oid not in self._known.events:
                hint = suggestion(oid, self._known.events)
                self._report.add(use.place, "unknown_event", name=oid, hint=hint)

    def _terms(self, use: Use) -> None:
        """A term that CTCAE does not have would leave the grade blank for ever."""
        for match in _TERM.finditer(use.expression.source):
            if match[2] not in TERMS:
                hint = suggestion(match[2], TERMS)
                self._report.add(use.place, "unknown_term", name=match[2], hint=hint)

    # checks and instruments

    def form(self, read: ReadForm) -> None:
        """The links, checks and instruments of one form."""
        for made in read.items.values():
            to = made.item.to
            log = None if to is None else self._known.forms.get(to)
            if to is None or to in self._known.broken:
                continue
            if log is None:
                hint = suggestion(to, self._known.forms)
                made.table.problem("to", "unknown_form", name=to, hint=hint)
            elif not log.log:
                made.table.problem("to", "link_to_no_log", name=to)
        same_answers(read, self._known.forms, self._known.broken)
        for check, table in read.checks:
            own = 0
            for index, name in enumerate(check.items):
                owner, _, item = name.rpartition(".")
                form = self._known.forms.get(owner) if owner else read.form
                own += form is read.form
                if owner in self._known.broken:
                    continue
                if form is None or item not in form.items:
                    known = form.items if form is not None else self._known.forms
                    place = table.place_of("items").at(index)
                    hint = suggestion(item if form is not None else owner, known)
                    self._report.add(place, "unknown_item", name=name, hint=hint)
            if check.items and not own:
                table.problem("items", "check_without_own_item")
        for instrument, table in read.instruments:
            self._instrument(instrument, table)

    def _instrument(self, instrument: Instrument, table: Table) -> None:
        if not instrument.function:
            return
        if result_parts(instrument.function) is None:
            names = [name for name in instruments.__all__ if name.islower() and result_parts(name)]
            hint = suggestion(instrument.function, names)
            table.problem("function", "unknown_function", name=instrument.function, hint=hint)
            return
        place = table.place_of("inputs")
        known = arguments(instrument.function)
        for key in instrument.inputs:
            if not known.takes(key):
                hint = suggestion(key, known.named)
                self._report.add(
                    place.at(key), "unknown_argument", name=key, function=instrument.function, hint=hint
                )
        for name in known.required:
            if name not in instrument.inputs:
                self._report.add(place, "argument_missing", name=name, function=instrument.function)


def same_rule_everywhere(forms: Iterable[ReadForm]) -> None:
    """A check OID may stand on several forms (one rule asked in several places), once on each, and then
    says the same with the same severity.
    """
    first: dict[str, Any] = {}
    for read in forms:
        seen: set[str] = set()
        for check, table in read.checks:
            other = first.setdefault(check.oid, check)
            if check.oid in seen:
                table.problem("oid", "duplicate_check", name=check.oid)
            elif (other.severity, other.message) != (check.severity, check.message):
                table.problem("oid", "check_differs", name=check.oid, form=other.form)
            seen.add(check.oid)


def unscheduled_forms(forms: Iterable[ReadForm], due: Mapping[str, list[str]], report: Report) -> None:
    """A form that is due nowhere can never be filled."""
    for read in forms:
        if read.form.oid not in due:
            report.add(Place(read.table.place.file, ("form",), "form"), "form_never_due", name=read.form.oid)
