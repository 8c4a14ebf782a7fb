"""A stranger's study as a definition that this program runs: on screen, checked, printed, exported.

What the program's own files have no place for is kept element by element in ``origin.json``
(:mod:`mda5_crf.exchange.odmkept`), so that nothing of the definition is lost on the way out. Whatever is
odd in the file is counted and told, and never stops the import.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.errors import DefinitionError, InputRefused
from mda5_crf.exchange.odm2in import rewritten
from mda5_crf.exchange.odm2source import files_of
from mda5_crf.exchange.odmforms import Forms
from mda5_crf.exchange.odmindex import Index, chosen
from mda5_crf.exchange.odmkept import apart
from mda5_crf.exchange.odmlists import Lists, differing, read_lists, read_units
from mda5_crf.exchange.odmmapped import places_of, said_here
from mda5_crf.exchange.odmmended import mended
from mda5_crf.exchange.odmnode import attribute, children, first, said, text_of, texts, walk
from mda5_crf.exchange.odmorigin import FILE, FORMAT
from mda5_crf.exchange.odmplaces import REDCAP, FormPlace, Places, event_names, ordered
from mda5_crf.exchange.odmread import LANG, Event, Node
from mda5_crf.exchange.odmreport import ImportReport
from mda5_crf.exchange.odmrules import Finder, Rules
from mda5_crf.exchange.odmtypes import settle
from mda5_crf.exchange.odmunseen import Seen
from mda5_crf.study import load, source
from mda5_crf.study.model import Study
from mda5_crf.study.writing import toml_files
from mda5_crf.text import message

SUBJECTS: Final = "[0-9]{2}-.{1,60}"
"""Participants: the site, a hyphen, and whatever number the other system gave."""
OWN: Final = "{urn:mda5-crf:odm:1}"
_ZONE: Final = "Asia/Shanghai"
_KINDS: Final = {"scheduled": "scheduled", "unscheduled": "unscheduled", "common": "scheduled"}
_LONGEST_DAY: Final = 20_000


@dataclass(frozen=True, slots=True)
class Imported:
    """The files of the definition (``origin.json`` among them), and what became of what was read."""

    files: dict[str, str]
    report: ImportReport


def definition_from_odm(events: Iterable[Event]) -> Imported:
    """The definition that ``events`` (:func:`mda5_crf.exchange.odmread.lines`) tell of.

    A file with data alone gives the definition that its data show: what occurs, as texts.
    Raises InputRefused when there is neither, and what the reader raises.
    """
    head: Event = {}
    studies: list[Node] = []
    report = ImportReport()
    seen = Seen()
    for event in rewritten(events):
        match event["what"]:
            case "head":
                head = event
            case "study":
                studies.append(event["node"])
            case "clinical":
                seen.clinical(event["attrs"])
            case "subject":
                seen.subject(event["node"])
            case "end":
                for one in event["repaired"]:
                    report.repaired[one["code"]] += one["n"]
    files = files_of(studies)
    if files is not None:  # of our own, with all that ODM has no place for
        own = load.load_source(source.pack(files))
        report.events, report.forms = len(own.events), len(own.forms)
        report.items = sum(len(form.items) for form in own.forms.values())
        return Imported(files, report)
    index = chosen(studies, report)
    made = False
    if index is None or not any(index.definitions.values()):
        if not seen and index is None:
            raise InputRefused("odmin.no_study")
        if seen:
            index, made = seen.index(index), True
            report.repair("made_of_data")
    assert index is not None
    return _Maker(head, studies, index, report, made=made).make()


class _Maker:
    def __init__(
        self, head: Event, studies: list[Node], index: Index, report: ImportReport, *, made: bool
    ) -> None:
        self._head = head
        self._studies = studies
        self._index = index
        self._report = report
        self._made = made
        self._places = Places(index, report)
        self._lists = read_lists(index, report)
        self._units = read_units(index, report)
        self._events = event_names(index)
        codelists = dict(index.all("CodeList"))
        for place in self._places.forms.values():
            settle(place, self._lists, report, codelists)

    def make(self) -> Imported:
        report, index = self._report, self._index
        finder = Finder(self._places, self._lists, self._events)
        rules = Rules(index, finder, self._units, report)
        forms = Forms(rules, self._units, report)
        described: dict[str, dict[str, Any]] = {
            f"forms/{place.name}.toml": forms.form(place) for place in self._places.forms.values()
        }
        schedule = self._schedule(rules)
        if not described:
            described["forms/VISIT.toml"] = _visit_form()
            schedule["due"] = [
                {"event": one["oid"], "form": "VISIT", "mark": "optional"} for one in schedule["event"]
            ]
        described = {
            "study.toml": self._header() | {"names": {"D1": self._day_one(schedule, described)}},
            "schedule.toml": schedule,
            "units.toml": {"unit": {symbol: {} for symbol in forms.symbols}},
            "codelists.toml": {"codelist": self._lists.made},
            **described,
        }
        study = mended(described, report)
        self._sorted()
        report.events = len(study.events)
        report.forms = len(study.forms)
        report.items = sum(len(form.items) for form in study.forms.values())
        files = toml_files({**described, FILE: self._origin(study)})
        _runs(files)
        return Imported(files, report)

    # -- study and schedule ----------------------------------------------------------------------------

    def _header(self) -> dict[str, Any]:
        study, head = self._index.study, self._head
        names = first(study, "GlobalVariables")
        about = {
            key: first(names, key) if names is not None else None for key in ("StudyName", "ProtocolName")
        }
        self._report.use(study, self._index.version, names, *about.values())
        oid = attribute(study, "OID") or "STUDY"
        name = text_of(about["StudyName"]) or attribute(study, "StudyName") or oid
        protocol = text_of(about["ProtocolName"]) or attribute(study, "ProtocolName") or name
        version = attribute(self._index.version, "OID") or attribute(self._index.version, "Name") or "1"
        other, first_reason = message("odmin.reason_other"), message("odmin.reason_error")
        unknown = message("odmin.missing_unknown")
        languages = sorted(
            {attribute(node, LANG) for one in self._studies for node in walk(one) if LANG in node[1]} - {""}
        )
        self._report.languages = languages
        return {
            "study": {
                "oid": oid,
                "version": version,
                "origin": _origin_words(head.get("version", ""), self._system()),
                "languages": languages or None,
                "timezone": _ZONE,
                "subject_pattern": SUBJECTS,
                "name": {"en": name},
                "protocol": {"en": protocol},
            },
            "missing": {"UNK": {"en": unknown.en, "zh": unknown.zh}},
            "reasons": {
                "ERROR": {"en": first_reason.en, "zh": first_reason.zh},
                "OTHER": {"en": other.en, "zh": other.zh},
            },
        }

    def _day_one(self, schedule: Mapping[str, Any], forms: Mapping[str, Any]) -> str:
        """The day that windows count from, where there are any: the first date of the visit on day 1."""
        events = [one["oid"] for one in schedule["event"] if one.get("target") == 1]
        for line in schedule["due"]:
            if line["event"] not in events[:1]:
                continue
            for group in forms[f"forms/{line['form']}.toml"]["group"]:
                for item in group["item"]:
                    if item["type"] == "date" and not group.get("repeating"):
                        found = f"{line['event']}.{line['form']}.{item['name']}"
                        self._report.repair("day_one", found)
                        return found
        return "None"

    def _system(self) -> str:
        attributes: Mapping[str, str] = self._head.get("attrs", {})
        parts = (attributes.get("SourceSystem", ""), attributes.get("SourceSystemVersion", ""))
        return " ".join(part.strip() for part in parts if part.strip())

    def _schedule(self, rules: Rules) -> dict[str, Any]:
        report, every = self._report, self._index.all("StudyEventDef")
        report.use(self._index.protocol)
        gates: dict[str, str] = {}
        if self._index.protocol is not None:
            for ref in children(self._index.protocol, "StudyEventRef"):
                oid = attribute(ref, "StudyEventOID")
                if oid in every:
                    report.use(ref)
                    if gate := rules.gate(ref, None):
                        gates[oid] = gate
                else:
                    report.repair("event_not_defined", oid)
        events = [self._event(ours, every[oid]) for oid, ours in self._events.items()]
        due: list[dict[str, Any]] = []
        planned: set[str] = set()
        for oid, ours in self._events.items():
            for ref in ordered(every[oid], "FormRef"):
                form = self._places.forms.get(attribute(ref, "FormOID"))
                if form is None:
                    continue
                if any(line["event"] == ours and line["form"] == form.name for line in due):
                    report.repair("reference_twice", form.foreign)
                    continue
                report.use(ref)
                planned.add(form.name)
                due.append(_due(ours, form, ref, rules.gate(ref, None), gates.get(oid)))
        rest = [form for form in self._places.forms.values() if form.name not in planned]
        if rest or not events:
            events.append(self._unplanned(bool(events)))
            due += [{"event": events[-1]["oid"], "form": form.name, "mark": "optional"} for form in rest]
        return {"event": events, "due": due}

    def _unplanned(self, others: bool) -> dict[str, Any]:
        """The event for forms that no event names; the only one of a study without events."""
        oid, number = "STUDY", 1
        while oid in self._events.values():
            number += 1
            oid = f"STUDY{number}"
        self._events = {**self._events, "": oid}
        words = message("odmin.event_rest" if others else "odmin.event_only")
        return {
            "oid": oid,
            "name": {"en": words.en, "zh": words.zh},
            "kind": "unscheduled" if others else None,
        }

    def _event(self, ours: str, node: Node) -> dict[str, Any]:
        self._report.use(node)
        described = first(node, "Description")
        if described is not None:
            self._report.use(described, *children(described, "TranslatedText"))
        repeating = attribute(node, "Repeating").casefold() == "yes"
        made: dict[str, Any] = {
            "oid": ours,
            "name": texts(said(described), attribute(node, "Name") or ours),
            "kind": _KINDS.get(attribute(node, "Type").casefold()),
            "repeating": True if repeating else None,
        }
        if made["kind"] is None and attribute(node, "Type"):
            self._report.repair("unknown_event_type", attribute(node, "Type"))
        if made["kind"] == "scheduled":
            made["kind"] = None
        target, low, high = _days(node)
        if target is not None and not repeating:
            made["target"] = target
            if low is not None and high is not None and low <= target <= high:
                made["window"] = [low, high]
        return made

    # -- what is kept ----------------------------------------------------------------------------------

    def _sorted(self) -> None:
        if not self._made:
            for study in self._studies:
                self._report.count(study)

    def _origin(self, study: Study) -> str:
        content = {
            "format": FORMAT, "version": self._head.get("version", ""),
            "namespace": self._head.get("namespace", ""), "system": self._system(),
            "study_oid": attribute(self._index.study, "OID"),
            "version_oid": attribute(self._index.version, "OID"),
            "languages": self._report.languages, "made_of_data": self._made,
            "events": self._events, "units": self._units, "codes": differing(self._lists.codes),
            **places_of(self._places), "studies": [], "elements": {},
        }  # fmt: skip
        if not self._made:
            owners, words = said_here(self._index, self._places, self._lists, self._events, study)
            content |= apart(self._studies, lambda node: owners.get(id(node), ""), words)
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _origin_words(version: str, system: str) -> str:
    return ", ".join(part for part in (f"ODM {version}".strip(), system) if part)


def _due(event: str, form: FormPlace, ref: Node, gate: str | None, whole: str | None) -> dict[str, Any]:
    """One line of the schedule. ``gate`` of the form, ``whole`` of the event."""
    gates = [one for one in (whole, gate) if one]
    mark = "required" if attribute(ref, "Mandatory").casefold() == "yes" else "optional"
    made: dict[str, Any] = {"event": event, "form": form.name, "mark": mark}
    if gates:
        made |= {"mark": "conditional", "when": " and ".join(f"({one})" for one in gates)}
        if len(gates) == 1:
            made["when"] = gates[0]
    return made


def _days(node: Node) -> tuple[int | None, int | None, int | None]:
    """Study day and window: REDCap's offsets (day 0 is the first), or those of our own namespace."""
    own = [_whole(attribute(node, f"{OWN}{name}")) for name in ("Target", "WindowFrom", "WindowTo")]
    if own[0] is not None and own[0] != 0:
        low, high = own[1], own[2]
        return own[0], (low or None), (high or None)
    offset = _whole(attribute(node, f"{REDCAP}DayOffset"))
    if offset is None:
        return None, None, None
    before = _whole(attribute(node, f"{REDCAP}OffsetMin")) or 0
    after = _whole(attribute(node, f"{REDCAP}OffsetMax")) or 0
    return _study_day(offset), _study_day(offset - before), _study_day(offset + after)


def _study_day(offset: int) -> int:
    """There is no day 0: the day of the offset 0 is day 1."""
    return offset + 1 if offset >= 0 else offset


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not digits.isdecimal() or len(digits) > 6 or int(digits) >= _LONGEST_DAY:
        return None
    return int(text)


def _visit_form() -> dict[str, Any]:
    """For a study of visits without any form: the date of each."""
    title, day = message("odmin.visit_form"), message("odmin.visit_date")
    item = {"name": "VISDAT", "type": "date", "label": {"en": day.en, "zh": day.zh}}
    words = {"en": title.en, "zh": title.zh}
    return {
        "form": {"oid": "VISIT", "name": words, "domain": "SV", "date_item": "VISDAT"},
        "group": [{"name": "MAIN", "title": words, "item": [item]}],
    }


def _runs(files: dict[str, str]) -> None:
    """The whole must load as a vault will load it."""
    packed = source.pack({name: text.replace("\r\n", "\n") for name, text in files.items()})
    try:
        load.load_source(packed)
    except DefinitionError as error:
        raise InputRefused("odmin.too_large") from error


__all__ = ["Imported", "Lists", "definition_from_odm"]
