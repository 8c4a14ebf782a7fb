"""From a scene to a participant: everything a scene names is entered the way a person's text is entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, NoReturn

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import case_known
from mda5_crf.study import values as reading
from mda5_crf.study.case_files import Notes
from mda5_crf.study.case_target import Target
from mda5_crf.study.cases import DEFAULT_DAY, Answers, Case, Given, Scene
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import memory_of
from mda5_crf.study.model import Form, Item, ItemType, Study
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import plan_of
from mda5_crf.study.report import Place, suggestion
from mda5_crf.study.scope import Scope
from mda5_crf.study.values import Entry

SUBJECT, SUBJID, SITE = "c1:1", "01-001", "01"
MISSING = "!"
"""``!ND`` is the missing code ND."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A scene, ready to evaluate: the participant, and where the check or range stands.

    ``computed``: values that stand in the place of calculated ones.
    """

    study: Study
    data: SubjectData
    today: date
    form: ItemKey
    target: Target
    row: str
    computed: Mapping[str, Operand] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """Where the expression of the check or range is evaluated."""
        context = memory_of(self.study, self.data, self.today).context(self.form)
        scope = context.row(self.target.row, self.row) if self.target.row else context.scope
        for name, data in self.computed.items():
            in_row = context.plan.by_name[name].repeating
            (scope if in_row else context.scope).local[name] = data
        return scope


class _Wrong(Exception):
    """A scene that cannot be built; the problem is noted already."""


class _Row(NamedTuple):
    """One row, or one instance of a repeating form (``group`` is "" then), with what stands in it."""

    form: ItemKey
    group: str
    identity: str
    answers: Answers
    key: str


class Builder:
    """Builds the scenes of a definition. Texts are read once; entries are shared between scenes."""

    def __init__(self, study: Study, notes: Notes) -> None:
        self._study = study
        self._notes = notes
        self._plan = plan_of(study)
        self._read: dict[tuple[str, str], tuple[Entry | None, bool]] = {}
        self._variants: dict[tuple[tuple[str, str], ...], Study] = {}

    def stage(self, case: Case, scene: Scene) -> Stage | None:
        """The scene as a participant; None when it cannot be built. Problems go to the report."""
        try:
            return _Stager(self._study, self._notes, self, case, scene).build()
        except _Wrong:
            return None

    def variant(self, settings: Answers) -> Study:
        """The definition with other settings."""
        if not settings:
            return self._study
        key = tuple(sorted(settings.items()))
        if key not in self._variants:
            self._variants[key] = replace(self._study, settings={**self._study.settings, **settings})
        return self._variants[key]

    def entry(self, item: Item, text: str) -> tuple[Entry | None, bool]:
        """The entry a typed text makes, and whether it reads as a value of the item."""
        found = self._read.get((item.oid, text))
        if found is None:
            entry = self._entry(item, text)
            codelist = self._study.codelists.get(item.codelist or "")
            value = reading.parse(item, entry, codelist)
            found = self._read[item.oid, text] = (entry, not value.nonconformant)
        return found

    def _entry(self, item: Item, text: str) -> Entry | None:
        if text.startswith(MISSING):
            return Entry("", missing=text.removeprefix(MISSING))
        bare, unit = reading.split_unit(item, text)
        stored = reading.canonical(item, bare, self._study.codelists.get(item.codelist or ""))
        return Entry(stored, unit=unit if item.units else None) if stored else None


class _Stager:
    """One scene being built."""

    def __init__(self, study: Study, notes: Notes, builder: Builder, case: Case, scene: Scene) -> None:
        self._study = study
        self._notes = notes
        self._builder = builder
        self._plan = plan_of(study)
        self._target = case.target
        self._form = study.forms[case.target.form]
        self._scene = scene
        self._data = SubjectData(SUBJECT, SUBJID, SITE)
        self._last = 1
        self._events: dict[str, str] = {}
        self._rows: dict[str, list[str]] = {}
        self._event = case.event

    def build(self) -> Stage:
        given = self._scene.given
        own_answers, others = self._sorted(given.answers)
        rows = [row for key, listed in given.rows.items() for row in self._allocate(key, listed)]
        own_form = self._key(self._event, self._form.oid)
        question, form = self._question(own_form, own_answers, rows)
        for row in rows:
            for name, text in row.answers.items():
                self._enter_row(row, name, text)
        for name, text in own_answers.items():
            item = self._item(self._form, name, name)
            repeats = self._group_repeats(item)
            self._enter(self._at(form, item, question if repeats else ""), item, text, name)
        for address, (key, item, text) in others.items():
            self._enter(self._at(self._instance(key), item, ""), item, text, address)
        study = self._builder.variant(given.settings)
        computed = dict(self._computed(given.computed))
        stage = Stage(study, self._data, given.today or DEFAULT_DAY, form, self._target, question, computed)
        self._known(given)
        self._gates(stage, others)
        self._row_gates(stage, rows)
        return stage

    # -- where things are ------------------------------------------------------------------------

    def _sorted(self, answers: Answers) -> tuple[dict[str, str], dict[str, tuple[ItemKey, Item, str]]]:
        """Answers of the form in question, and those of other forms with their places."""
        own: dict[str, str] = {}
        others: dict[str, tuple[ItemKey, Item, str]] = {}
        for address, text in answers.items():
            place, _, name = address.rpartition(".")
            if not place:
                self._item(self._form, name, address)
                own[name] = text
                continue
            key = self._located(place, address)
            item = self._item(self._study.forms[key.form], name, address)
            if self._group_repeats(item):
                self._say(address, "cases.item_of_rows", name=address, form=key.form)
            if key == self._key(self._event, self._form.oid):
                own[name] = text
            else:
                others[address] = (key, item, text)
        return own, others

    def _located(self, place: str, address: str) -> ItemKey:
        """The form instance ``EVENT.FORM`` or ``FORM`` (this event, else the form's only one)."""
        event, _, form = place.rpartition(".")
        if form not in self._study.forms:
            hint = suggestion(form, self._study.forms)
            self._say(address, "cases.unknown_case_form", name=form, hint=hint)
        if not event:
            due = (self._event, form) in self._plan.due or form == self._form.oid
            event = self._event if due else self._plan.homes.get(form, "")
            if not event:
                self._say(address, "cases.unknown_place", name=address)
        elif (event, form) not in self._plan.due:
            self._say(address, "cases.not_due_here", form=form, event=event)
        return self._key(event, form)

    def _key(self, event: str, form: str) -> ItemKey:
        repeat = ""
        if self._study.events[event].repeating:
            if event not in self._events:
                self._events[event] = self._new()
                self._data.add_event(event, self._events[event])
            repeat = self._events[event]
        return ItemKey(SUBJECT, event, repeat, form)

    def _new(self) -> str:
        self._last += 1
        return f"c1:{self._last}"

    def _item(self, form: Form, name: str, address: str) -> Item:
        item = form.items.get(name)
        if item is None:
            self._say(address, "cases.unknown_item", name=name, hint=suggestion(name, form.items))
        if item.computed or item.type is ItemType.LABEL:
            self._say(address, "cases.not_entered", name=item.oid)
        return item

    def _group_repeats(self, item: Item) -> bool:
        return self._plan.forms[item.form].by_name[item.name].repeating

    def _instance(self, key: ItemKey) -> ItemKey:
        """The form instance; of a repeating form the first one, which is made when there is none."""
        if not self._study.forms[key.form].repeating:
            return key
        repeats = self._data.form_repeats.get(key)
        if not repeats:
            self._data.add_form(key, self._new())
        return key._replace(form_repeat=self._data.form_repeats[key][0])

    @staticmethod
    def _at(form: ItemKey, item: Item, row: str) -> ItemKey:
        return form._replace(group=item.group, group_repeat=row, item=item.name)

    # -- rows --------------------------------------------------------------------------------------

    def _allocate(self, key: str, listed: tuple[Answers, ...]) -> Iterator[_Row]:
        """The rows of ``AE``, ``BS`` or ``BL.HRCT``, each with its identity, before anything is entered."""
        form_key = self._located(key, f"rows.{key}")
        form = self._study.forms[form_key.form]
        for answers in listed:
            identity = self._new()
            self._rows.setdefault(form.oid, []).append(identity)
            if form.repeating:
                self._data.add_form(form_key, identity)
                yield _Row(form_key._replace(form_repeat=identity), "", identity, answers, key)
            else:
                group = self._row_group(form, answers, key)
                self._data.add_row(form_key._replace(group=group), identity)
                yield _Row(form_key, group, identity, answers, key)

    def _row_group(self, form: Form, answers: Answers, key: str) -> str:
        groups = [group.name for group in form.groups if group.repeating]
        if not groups:
            self._say(f"rows.{key}", "cases.no_rows", name=form.oid)
        for name in answers:
            if name in form.items and form.items[name].group in groups:
                return form.items[name].group
        return groups[0]

    def _question(self, form: ItemKey, answers: Mapping[str, str], rows: list[_Row]) -> tuple[str, ItemKey]:
        """The row in question (or ""), and the form instance in question."""
        if self._form.repeating:
            mine = [row for row in rows if row.form._replace(form_repeat="") == form]
            if answers or not mine:
                identity = self._new()
                self._rows.setdefault(self._form.oid, []).append(identity)
                self._data.add_form(form, identity)
                return "", form._replace(form_repeat=identity)
            return "", mine[-1].form
        group = self._target.row
        for name in answers:
            item = self._form.items[name]
            if self._group_repeats(item):
                group = group or item.group
                if item.group != group:
                    self._say(name, "cases.item_of_rows", name=name, form=self._form.oid)
        if not group:
            return "", form
        mine = [row for row in rows if row.form == form and row.group == group]
        in_row = any(self._form.items[name].group == group for name in answers)
        if mine and not in_row:
            return mine[-1].identity, form
        identity = self._new()
        self._rows.setdefault(self._form.oid, []).append(identity)
        self._data.add_row(form._replace(group=group), identity)
        return identity, form

    # -- entering ----------------------------------------------------------------------------------

    def _enter_row(self, row: _Row, name: str, text: str) -> None:
        form = self._study.forms[row.form.form]
        item = self._item(form, name, f"rows.{row.key}")
        if self._group_repeats(item) != bool(row.group) or (row.group and item.group != row.group):
            self._say(f"rows.{row.key}", "cases.unknown_item", name=name, hint="")
        repeat = row.identity if row.group else ""
        self._enter(self._at(row.form, item, repeat), item, text, f"rows.{row.key}")

    def _enter(self, key: ItemKey, item: Item, text: str, address: str) -> None:
        if item.type is ItemType.LINK and not text.startswith(MISSING):
            text = self._linked(item, text, address)
        entry, readable = self._builder.entry(item, text)
        if not readable:
            self._say(address, "cases.unreadable", name=item.oid)
        self._data.put(key, entry)

    def _computed(self, texts: Answers) -> Iterator[tuple[str, Operand]]:
        for name, text in texts.items():
            address = "computed"
            item = self._form.items.get(name)
            if item is None or not item.computed:
                self._say(address, "cases.not_calculated", name=name)
            codelist = self._study.codelists.get(item.codelist or "")
            value = reading.parse(item, Entry(reading.canonical(item, text, codelist)), codelist)
            if value.nonconformant:
                self._say(address, "cases.unreadable", name=item.oid)
            yield name, value.data

    def _linked(self, item: Item, text: str, address: str) -> str:
        """The identities of ``AE#1`` or ``AE#1,AE#3``."""
        found = []
        for part in text.split(","):
            form, _, number = part.strip().partition("#")
            if form != item.to or not number.isdigit():
                self._say(address, "cases.not_a_link", form=item.to)
            rows = self._rows.get(form, [])
            if not 1 <= int(number) <= len(rows):
                self._say(address, "cases.no_such_row", name=part.strip())
            found.append(rows[int(number) - 1])
        return ",".join(found)

    def _known(self, given: Given) -> None:
        """What the program knows besides entries: statuses, signatures, queries, the site's lists."""
        for name, status in given.status.items():
            self._data.set_status(self._located(name, f"status.{name}"), status)
        signed = [self._located(name, "signed") for name in given.signed or ()]
        case_known.supply(self._data, given, [self._instance(key) for key in signed])

    def _gates(self, stage: Stage, others: Mapping[str, tuple[ItemKey, Item, str]]) -> None:
        """What the scene itself sets must apply, or it shows nothing."""
        memory = memory_of(stage.study, stage.data, stage.today)
        for address in self._scene.own.answers:
            name = address.rpartition(".")[2]
            if address in others:
                context = memory.context(self._instance(others[address][0]))
                scope = context.scope
            else:
                context = memory.context(stage.form)
                repeats = self._group_repeats(self._form.items[name])
                group = self._form.items[name].group
                scope = context.row(group, stage.row) if repeats else context.scope
            if scope.whole(name) is None:
                self._note(address, "cases.behind_gate", name=address)

    def _row_gates(self, stage: Stage, rows: list[_Row]) -> None:
        """A row the scene itself gives must apply with something, or it shows nothing."""
        memory = memory_of(stage.study, stage.data, stage.today)
        for row in rows:
            if row.key not in self._scene.own.rows or not row.answers:
                continue
            context = memory.context(row.form)
            scope = context.row(row.group, row.identity) if row.group else context.scope
            if all(scope.whole(name) is None for name in row.answers):
                name = ", ".join(row.answers)
                self._note(f"rows.{row.key}", "cases.behind_gate", name=f"{row.form.form} {name}")

    # -- problems ----------------------------------------------------------------------------------

    def _note(self, address: str, code: str, **params: object) -> None:
        """Note a problem at the key ``address`` of the scene, or at the scene where it is not written."""
        place: Place = self._scene.place
        for part in address.split(".", 1) if address.startswith("rows.") else (address,):
            place = place.at(part)
        self._notes.say(place, code, **params)

    def _say(self, address: str, code: str, **params: object) -> NoReturn:
        self._note(address, code, **params)
        raise _Wrong
