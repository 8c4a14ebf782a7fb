"""Loads a study definition: all of it or, with every problem named, nothing.

``load`` reads a directory, ``load_source`` the canonical bytes that a vault stores. Both go the same
way: read the tables strictly, expand templates, compile expressions, then resolve every reference and
look for circles.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from mda5_crf.errors import DefinitionError, NewerDefinition, Problem
from mda5_crf.study import source as sources
from mda5_crf.study.compiling import Compiler, Node
from mda5_crf.study.expression import Expression
from mda5_crf.study.graph import Graph, report_circles
from mda5_crf.study.load_form import ReadForm, read_form
from mda5_crf.study.load_item import Shared
from mda5_crf.study.load_schedule import ClosingLine, DueLine, read_closings, read_due, read_events
from mda5_crf.study.load_study import LANGUAGE, Header, read_codelists, read_header, read_units
from mda5_crf.study.model import Closing, CodeList, Due, Study, Unit
from mda5_crf.study.reader import Table
from mda5_crf.study.report import Place, Report
from mda5_crf.study.resolve import Known, Resolver, same_rule_everywhere, unscheduled_forms
from mda5_crf.text import message

_TOML_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")

T = TypeVar("T")


def load(directory: Path) -> Study:
    """The definition in ``directory``. Raises DefinitionError with every problem, sorted by file and line."""
    files, problems = sources.read_directory(directory)
    return _Loader(files, problems).study()


def load_source(source: bytes) -> Study:
    """The definition whose canonical bytes are ``source`` (:attr:`Study.source`). Raises DefinitionError."""
    return _Loader(sources.unpack(source), []).study()


def check(directory: Path) -> list[Problem]:
    """What is wrong with the definition in ``directory``; an empty list when nothing is."""
    try:
        load(directory)
    except DefinitionError as error:
        return list(error.problems)
    return []


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much a definition says. ``checks`` are the written ones; each range is one more."""

    events: int
    forms: int
    items: int
    computed: int
    checks: int
    ranges: int
    codelists: int
    units: int


def statistics(study: Study) -> Statistics:
    """Counts for ``study check``."""
    items = [item for form in study.forms.values() for item in form.items.values()]
    return Statistics(
        events=len(study.events),
        forms=len(study.forms),
        items=len(items),
        computed=sum(item.computed for item in items),
        checks=sum(len(form.checks) for form in study.forms.values()),
        ranges=sum((item.hard is not None) + (item.soft is not None) for item in items),
        codelists=len(study.codelists),
        units=len(study.units),
    )


_FOLLOWS_FROM: Mapping[str, tuple[str, ...]] = {
    "study.toml": ("unknown_item", "unknown_setting", "unknown_missing_code", "unknown_source"),
    "units.toml": ("unknown_unit", "no_conversion"),
    "codelists.toml": ("unknown_codelist", "zero_row_code", "rest_code"),
}
"""What would be said again and again of the other files when this one cannot be read."""


class _Loader:
    def __init__(self, files: dict[str, str], problems: list[Problem]) -> None:
        self._files = files
        self._report = Report()
        self._report.take(problems)
        self._tables: dict[str, Table] = {}
        self._broken: set[str] = set()

    def study(self) -> Study:
        self._parse()
        self._require_language()
        self._report.foreign = self._from_elsewhere()
        compiler = Compiler(self._report)
        header = self._single("study.toml", read_header, Header())
        names = {
            name: compiler.text(text, Place("study.toml").at("names").at(name), node=Node("name", "", name))
            for name, text in header.names.items()
            if text
        }
        units: dict[str, Unit] = self._single("units.toml", read_units, {})
        entries = [table.data for name, table in self._tables.items() if name.startswith("forms/")]
        codelists: dict[str, CodeList] = self._single(
            "codelists.toml", lambda table: read_codelists(table, entries), {}
        )
        shared = Shared(units, codelists, header.missing, compiler, header.sources)
        forms = self._forms(shared)
        schedule = self._tables.get("schedule.toml")
        events = read_events(schedule) if schedule is not None else {}
        known_forms = {*forms, *self._broken}
        lines = read_due(schedule, events, known_forms) if schedule is not None else []
        due = tuple(self._due(line, compiler) for line in lines)
        closing_lines = read_closings(schedule, events, known_forms) if schedule is not None else []
        closings = tuple(found for line in closing_lines if (found := self._closing(line, compiler)))
        if schedule is not None:
            schedule.close()
        events_of: dict[str, list[str]] = {}
        for line in lines:
            events_of.setdefault(line.form, []).append(line.event)
        models = {oid: read.form for oid, read in forms.items()}
        broken = frozenset(self._broken)
        known = Known(models, broken, events, events_of, codelists, names, header.settings)
        if schedule is not None:
            self._resolve(known, forms, compiler)
        if not self._report.clean:
            raise DefinitionError(self._report.problems(self._files))
        packed = sources.pack(self._files)
        return Study(
            oid=header.oid,
            name=header.name,
            protocol=header.protocol,
            version=header.version,
            timezone=header.timezone,
            subject_pattern=header.subject_pattern,
            events=events,
            forms=models,
            codelists=codelists,
            units=units,
            due=due,
            names={name: expression for name, expression in names.items() if expression is not None},
            settings=header.settings,
            missing_codes=header.missing,
            reasons=header.reasons,
            sources=header.sources,
            hash=sources.digest(packed),
            source=packed,
            closings=closings,
            origin=header.origin,
        )

    def _require_language(self) -> None:
        """Of what a newer program wrote nothing is said key by key. Raises NewerDefinition."""
        header = self._tables.get("study.toml")
        study = header.data.get("study") if header is not None else None
        language = study.get("language") if isinstance(study, dict) else None
        if type(language) is int and language > LANGUAGE:
            raise NewerDefinition("study.toml", language, LANGUAGE)

    def _from_elsewhere(self) -> bool:
        header = self._tables.get("study.toml")
        study = header.data.get("study") if header is not None else None
        return isinstance(study, dict) and bool(study.get("origin"))

    def _origin(self, text: str) -> None:
        try:
            usable = isinstance(json.loads(text), dict)
        except (ValueError, RecursionError):
            usable = False
        if not usable:
            self._report.take([Problem(message("study.not_origin"), sources.ORIGIN)])

    def _parse(self) -> None:
        for name, text in self._files.items():
            if name == sources.ORIGIN:
                self._origin(text)
                continue
            try:
                data: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
            except (tomllib.TOMLDecodeError, RecursionError) as error:
                found = _TOML_PLACE.search(str(error))
                line = int(found[1]) if found and found[1] else text.count("\n") + 1
                detail = _TOML_PLACE.sub("", str(error)).strip()
                problem = Problem(message("study.not_toml", detail=detail), name, line)
                self._report.take([problem])
                if name.startswith("forms/"):
                    self._broken.add(name.removeprefix("forms/").removesuffix(".toml"))
            else:
                self._tables[name] = Table(self._report, Place(name), data)

    def _single(self, name: str, read: Callable[[Table], T], otherwise: T) -> T:
        table = self._tables.get(name)
        if table is None:
            self._report.mute(*_FOLLOWS_FROM[name])
            return otherwise
        return read(table)

    def _forms(self, shared: Shared) -> dict[str, ReadForm]:
        forms: dict[str, ReadForm] = {}
        for name, table in self._tables.items():
            if not name.startswith("forms/"):
                continue
            read = read_form(table, shared)
            if read is None:
                self._broken.add(name.removeprefix("forms/").removesuffix(".toml"))
            elif read.form.oid in forms:
                table.problem("form", "duplicate_form", name=read.form.oid)
            else:
                forms[read.form.oid] = read
        return forms

    def _due(self, line: DueLine, compiler: Compiler) -> Due:
        when = compiler.text(line.when, line.place.at("when")) if line.when else None
        return Due(line.event, line.form, line.mark, when, line.within)

    def _closing(self, line: ClosingLine, compiler: Compiler) -> Closing | None:
        when = compiler.text(line.when, line.place.at("when")) if line.when else None
        return None if when is None else Closing(line.oid, when, line.events, line.except_forms, line.text)

    def _resolve(self, known: Known, forms: Mapping[str, ReadForm], compiler: Compiler) -> None:
        resolver = Resolver(known, self._report)
        resolver.expressions(compiler.uses)
        for read in forms.values():
            resolver.form(read)
        same_rule_everywhere(forms.values())
        unscheduled_forms(forms.values(), known.due, self._report)
        names: Mapping[str, Expression | None] = known.names
        report_circles(Graph(compiler.uses, known.forms, names, known.due), known.events, self._report)
