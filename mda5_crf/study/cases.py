"""Cases beside a definition: for every check, scenes in which it fires and scenes in which it does not.

``cases/FORM.toml`` is no part of the definition and not of its hash. Reading is as strict as that of
the definition: an unknown key, check or item is a problem with file and line. What a scene means stands
in ``case_scene``, what is proved with scenes in ``cases_run``; docs/definition.md says how cases are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from mda5_crf.errors import Problem
from mda5_crf.study import case_files
from mda5_crf.study.case_files import Notes, filled
from mda5_crf.study.case_known import read_day, read_delegations, read_versions
from mda5_crf.study.case_target import Target, find_target
from mda5_crf.study.model import Study
from mda5_crf.study.reader import Table, Toml
from mda5_crf.study.references import ConsentVersion, Delegation
from mda5_crf.study.report import Place, suggestion

DEFAULT_DAY = date(2023, 12, 31)
"""The day of a scene that does not say its own."""

_SPECIAL = (
    "today",
    "rows",
    "status",
    "signed",
    "open_queries",
    "consent_versions",
    "delegated",
    "settings",
    "computed",
)
_ENTRY = re.compile(r"\{([A-Za-z_]+(?:\.[a-z]+)?)\}")

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """What is entered and known in a scene. ``None`` and empty tables say nothing of their own.

    ``computed`` puts other values in the place of calculated ones of the form, for checks that guard the
    program's own arithmetic and that nothing entered can make fire.
    """

    today: date | None = None
    answers: Answers = field(default_factory=dict)
    rows: Mapping[str, tuple[Answers, ...]] = field(default_factory=dict)
    status: Answers = field(default_factory=dict)
    signed: tuple[str, ...] | None = None
    open_queries: int | None = None
    consent_versions: tuple[ConsentVersion, ...] | None = None
    delegated: tuple[Delegation, ...] | None = None
    settings: Answers = field(default_factory=dict)
    computed: Answers = field(default_factory=dict)

    def and_then(self, other: Given) -> Given:
        """The same with ``other`` on top: an answer, a table of rows, a list replaces the one before."""
        return Given(
            other.today or self.today,
            {**self.answers, **other.answers},
            {**self.rows, **other.rows},
            {**self.status, **other.status},
            self.signed if other.signed is None else other.signed,
            self.open_queries if other.open_queries is None else other.open_queries,
            self.consent_versions if other.consent_versions is None else other.consent_versions,
            self.delegated if other.delegated is None else other.delegated,
            {**self.settings, **other.settings},
            {**self.computed, **other.computed},
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """One participant at one moment. ``own`` is what the scene itself says, ``given`` everything."""

    fires: bool
    given: Given
    own: Given
    place: Place


@dataclass(frozen=True, slots=True)
class Case:
    """Scenes of one check or range. ``equivalent``: mutants that cannot be told apart, with a reason."""

    target: Target
    event: str
    scenes: tuple[Scene, ...]
    equivalent: tuple[str, ...]
    place: Place


def read_cases(study: Study, files: Mapping[str, str]) -> tuple[list[Case], list[Problem]]:
    """The cases in ``files`` (``cases/VS.toml`` → text) and what is wrong with them."""
    notes = Notes()
    found: list[Case] = []
    for name, text in sorted(files.items()):
        table = notes.table(name, text)
        form = name.rpartition("/")[2].removesuffix(".toml")
        if table is None:
            continue
        if form not in study.forms:
            notes.say(table.place, "cases.unknown_case_form", name=form, hint=suggestion(form, study.forms))
            continue
        found.extend(_FileReader(study, form, table, notes).read())
    return found, notes.problems(files)


class _FileReader:
    def __init__(self, study: Study, form: str, table: Table, notes: Notes) -> None:
        self._study = study
        self._form = form
        self._table = table
        self._notes = notes
        self._events = [due.event for due in study.due if due.form == form]

    def read(self) -> Iterator[Case]:
        given = self._table.child("given")
        everywhere = Given() if given is None else self._given(given)
        cases = self._table.children("case")
        self._table.close()
        for table in cases:
            for one in self._repeated(table):
                case = self._case(one, everywhere)
                if case is not None:
                    yield case

    # -- one case ------------------------------------------------------------------------------

    def _repeated(self, table: Table) -> Iterator[Table]:
        """The case itself, or one for each template entry it is ``for``."""
        wanted = table.raw("for")
        check = table.data.get("check")
        if wanted is None and not (isinstance(check, str) and "{" in check):
            yield table
            return
        if wanted is None or not isinstance(check, str) or "{" not in check:
            self._notes.say(table.place, "cases.for_without_place", place="{T}")
            return
        entries = case_files.entries_of(self._study, self._form)
        codes = list(entries) if wanted == "all" else wanted
        if not isinstance(codes, list) or not codes:
            table.problem("for", "not_a_list", key="for")
            return
        for code in codes:
            if code not in entries:
                hint = suggestion(str(code), entries)
                self._notes.say(
                    table.place_of("for"), "cases.unknown_entry", form=self._form, name=code, hint=hint
                )
                continue
            if wanted == "all" and find_target(self._study, self._form, check.replace("{T}", code)) is None:
                continue  # a check of some entries only
            yield self._filled(table, entries[code], code)

    def _filled(self, table: Table, entry: Mapping[str, str], code: str) -> Table:
        def put(match: re.Match[str]) -> str:
            value = entry.get(match[1])
            if value is None:
                self._notes.say(table.place, "cases.entry_without_key", entry=code, name=match[1])
            return value or ""

        data: dict[str, Toml] = filled(
            {k: v for k, v in table.data.items() if k != "for"}, lambda text: _ENTRY.sub(put, text)
        )
        return Table(table.report, table.place, data)

    def _case(self, table: Table, everywhere: Given) -> Case | None:
        name = table.string("check", required=True)
        table.place = table.place.named(f"case.{name}")
        event = table.string("event")
        given = table.child("given")
        here = everywhere if given is None else everywhere.and_then(self._given(given))
        scenes = tuple(
            self._scene(scene, here, fires=word == "fires")
            for word in ("fires", "holds")
            for scene in table.children(word)
        )
        equivalent = table.strings("equivalent")
        if bool(equivalent) != bool(table.string("reason")):
            self._notes.say(table.place, "cases.reason_missing")
        table.close()
        target = find_target(self._study, self._form, name) if name else None
        if target is None:
            if name:
                self._unknown(table, name)
            return None
        if not scenes and not any(table.data.get(word) for word in ("fires", "holds")):
            self._notes.say(table.place, "cases.no_scenes")
        if event and event not in self._events:
            self._notes.say(table.place_of("event"), "cases.not_due_here", form=self._form, event=event)
            return None
        self._twice(scenes)
        return Case(target, event or self._home(), scenes, equivalent, table.place)

    def _home(self) -> str:
        """The first event at which the form is due; for a log the one of logs."""
        logs = [event for event in self._events if self._study.events[event].kind == "log"]
        return (logs or self._events or [""])[0]

    def _unknown(self, table: Table, name: str) -> None:
        form = self._study.forms[self._form]
        names = [check.oid for check in form.checks]
        shared = [i for i in form.items.values() for r in (i.hard, i.soft) if r is not None and r.oid == name]
        if shared:
            self._notes.say(table.place_of("check"), "cases.shared_range", name=name)
            return
        hint = suggestion(name, names)
        self._notes.say(table.place_of("check"), "cases.unknown_check", form=self._form, name=name, hint=hint)

    def _twice(self, scenes: tuple[Scene, ...]) -> None:
        for index, scene in enumerate(scenes):
            if any(scene.given == other.given for other in scenes[:index]):
                self._notes.say(scene.place, "cases.same_scene")

    # -- what is given -------------------------------------------------------------------------

    def _scene(self, table: Table, here: Given, *, fires: bool) -> Scene:
        own = self._given(table)
        return Scene(fires, here.and_then(own), own, table.place)

    def _given(self, table: Table) -> Given:
        result = Given(
            today=read_day(table, "today", self._notes),
            rows=self._rows(table),
            status=self._flat(table.child("status")),
            signed=table.strings("signed") if table.has("signed") else None,
            open_queries=table.whole("open_queries", 0, 10_000),
            consent_versions=read_versions(table, self._notes),
            delegated=read_delegations(table, self._notes),
            settings=self._settings(table),
            computed=self._texts(table.child("computed")),
        )
        answers = dict(self._answers(table, "", {k: v for k, v in table.data.items() if k not in _SPECIAL}))
        table.close()
        return replace(result, answers=answers)

    def _answers(self, table: Table, before: str, data: Mapping[str, Toml]) -> Iterator[tuple[str, str]]:
        """Every key with its text; ``SCR.IC.RFICDAT`` may be written with or without quotes."""
        for key, value in data.items():
            if not before:
                table.raw(key)
            if isinstance(value, dict):
                yield from self._answers(table, f"{before}{key}.", value)
            elif isinstance(value, str):
                yield f"{before}{key}", value
            else:
                table.problem("" if before else key, "not_a_string", key=f"{before}{key}")

    def _settings(self, table: Table) -> Answers:
        settings = table.child("settings")
        for name in () if settings is None else settings.data:
            assert settings is not None
            if name not in self._study.settings:
                settings.problem(
                    name, "unknown_setting", name=name, hint=suggestion(name, self._study.settings)
                )
        return self._texts(settings)

    def _flat(self, table: Table | None) -> Answers:
        return {} if table is None else dict(self._answers(table, "", table.data))

    def _rows(self, table: Table) -> dict[str, tuple[Answers, ...]]:
        rows = table.child("rows")
        found: dict[str, tuple[Answers, ...]] = {}
        for key in () if rows is None else tuple(rows.data):
            assert rows is not None
            found.update(self._row_list(rows, key, ""))
        return found

    def _row_list(self, rows: Table, key: str, before: str) -> Iterator[tuple[str, tuple[Answers, ...]]]:
        if isinstance(rows.data[key], dict):  # BL.HRCT without quotes
            inner = rows.child(key)
            assert inner is not None
            for name in inner.data:
                yield from self._row_list(inner, name, f"{before}{key}.")
            return
        yield f"{before}{key}", tuple(self._texts(row) for row in rows.children(key))

    def _texts(self, table: Table | None) -> Answers:
        return {} if table is None else {key: table.string(key) for key in table.data}
