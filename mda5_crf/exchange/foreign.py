"""A study of another make, put together field by field into a description that the loader takes.

Names are made for what has none that would do here; which name is which stands in ``origin.json`` beside what
a definition has no place for, so that data exported by the other system find their items.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mda5_crf.exchange import odmnaming
from mda5_crf.exchange.exprtree import Found
from mda5_crf.exchange.grids import Notes, Row
from mda5_crf.exchange.odmstudy import SUBJECTS
from mda5_crf.exchange.settling import runnable
from mda5_crf.study.reader import Toml
from mda5_crf.study.source import ORIGIN
from mda5_crf.text import Text

LANGUAGES: Final = ("en", "zh")
EXPRESSIONS: Final = ("relevant", "calculate", "hard", "soft", "fires", "pattern")
"""What is taken out of an item, and kept, where the loader cannot use it."""
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_KINDS: Final = {
    "integer": "number", "decimal": "number", "date": "date", "multi": "multi", "text": "text",
}  # fmt: skip


@dataclass(slots=True)
class Field:
    """One item: as it is here, and as it was called. ``told`` is its table of the description."""

    foreign: str
    form: str
    group: str
    told: dict[str, Any]
    row: Row
    codes: Mapping[str, str] = field(default_factory=dict)
    in_rows: bool = False
    integers: bool = False

    @property
    def kind(self) -> str:
        """What an expression may do with it."""
        if self.told["type"] == "code":
            return "integers" if self.integers else "code"
        return _KINDS.get(self.told["type"], str(self.told["type"]))


class Scope:
    """Finds what an expression of one form names; ``group``: of a row of that log, else ""."""

    def __init__(self, study: Foreign, form: str, group: str = "", current: str = "") -> None:
        self._study, self._form, self._group, self._current = study, form, group, current

    def find(self, name: str, *, event: str = "", form: str = "", code: str = "") -> Found | None:
        """The item of that foreign name; "." is the field that the expression belongs to."""
        del form
        found = self._study.fields.get(self._current if name == "." else name)
        at = self._study.events.get(event, "") if event else ""
        if found is None or (event and not at) or found.told["type"] == "label":
            return None
        if found.in_rows and (found.form, found.group) != (self._form, self._group):
            return None
        name = found.told["name"]
        if found.form != self._form or at:
            name = f"{found.form}.{name}"
        ours = found.codes
        if code:
            if found.told["type"] != "multi" or code not in ours:
                return None
            return Found(f"{at}.{name}" if at else name, "boolean", {}, ours[code])
        return Found(f"{at}.{name}" if at else name, found.kind, ours)


class Foreign:
    """Collects what a file says; :meth:`finish` makes the description."""

    def __init__(self, system: str, notes: Notes, oid: str = "", title: str = "", version: str = "1") -> None:
        self.notes = notes
        self.fields: dict[str, Field] = {}
        self.events: dict[str, str] = {}
        self.forms: dict[str, str] = {}
        self.description: dict[str, Any] = {}
        self.kept: dict[str, dict[str, str]] = {}
        self.prefixes = ("", "")
        """What the other system's ODM puts before the names of events and of forms."""
        self.groups: list[list[str]] = []
        self.items: list[list[str]] = []
        self._codelists: dict[str, Any] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._by_content: dict[str, str] = {}
        self._form_names = odmnaming.Maker(20, "", "F", ("PREV",))
        self._event_names = odmnaming.Maker(40, "_", "E")
        self._list_names = odmnaming.Maker(40, "_", "LIST")
        self._item_names: dict[str, odmnaming.Maker] = {}
        self._group_names: dict[str, odmnaming.Maker] = {}
        self._checks: dict[str, odmnaming.Maker] = {}
        self._schedule: dict[str, Any] = {"event": [], "due": []}
        self._oid = odmnaming.Maker(40, "_", "STUDY").make(oid or title)
        self._head = {
            "system": system,
            "title": title or oid or system,
            "version": version,
            "oid": oid or title,
        }

    # -- parts -------------------------------------------------------------------------------------------

    def form(self, foreign: str, label: Mapping[str, str], **more: Toml) -> str:
        """A form; its OID here."""
        oid = self._form_names.make(foreign, *label.values())
        self.forms[foreign] = oid
        head = {"oid": oid, "name": dict(label), "domain": oid[:2], **more}
        self.description[f"forms/{oid}.toml"] = {"form": head, "group": []}
        self._item_names[oid] = odmnaming.Maker(40, "_", "I")
        self._group_names[oid] = odmnaming.Maker(40, "_", "G")
        self._checks[oid] = odmnaming.Maker(50, "-", "C")
        return oid

    def group(self, form: str, foreign: str, title: Mapping[str, str], **more: Toml) -> dict[str, Any]:
        """A group of a form; its table, to which items are added."""
        name = self._group_names[form].make(foreign)
        told = {"name": name, "title": dict(title), **more, "item": []}
        self.description[f"forms/{form}.toml"]["group"].append(told)
        return told

    def field(
        self, foreign: str, form: str, group: dict[str, Any], told: dict[str, Any], row: Row, *,
        codes: Mapping[str, str] | None = None, integers: bool = False,
    ) -> Field:  # fmt: skip
        """An item; it gets its name here."""
        made = {"name": self._item_names[form].make(foreign), **told}
        group["item"].append(made)
        one = Field(
            foreign, form, group["name"], made, row, codes or {}, group.get("repeating", False), integers
        )
        self.fields[foreign] = one
        return one

    def codelist(
        self, name: str, values: Sequence[tuple[str, Mapping[str, str]]], *, multi: bool = False
    ) -> tuple[str, dict[str, str], bool]:
        """A list of (foreign code, texts): its name, foreign code → ours, and whether codes are numbers.

        Two lists of the same content are one.
        """
        ours = odmnaming.codes(code for code, _ in values)
        content = json.dumps(
            [[code, dict(texts)] for code, texts in values], sort_keys=True, ensure_ascii=False
        )
        integers = bool(values) and not multi and all(_WHOLE.fullmatch(code) for code in ours.values())
        content += str(integers)
        if content not in self._by_content:
            made = self._list_names.make(name)
            self._by_content[content] = made
            listed = [{"code": ours[code], **texts} for code, texts in dict(values).items()]
            self._codelists[made] = {**({"integers": True} if integers else {}), "values": listed}
            self._codes[made] = {theirs: mine for theirs, mine in ours.items() if theirs != mine}
        return self._by_content[content], ours, integers

    def event(self, foreign: str, name: Mapping[str, str], **more: Toml) -> str:
        """A visit; its OID here."""
        oid = self._event_names.make(foreign, *name.values())
        self.events[foreign] = oid
        self._schedule["event"].append({"oid": oid, "name": dict(name), **more})
        return oid

    def due(self, event: str, form: str, mark: str = "required") -> None:
        """A form is due at a visit (both by OIDs of here)."""
        self._schedule["due"].append({"event": event, "form": form, "mark": mark})

    def check(self, form: str, foreign: str, told: dict[str, Any]) -> None:
        """A check of a form."""
        oid = self._checks[form].make(foreign)
        self.description[f"forms/{form}.toml"].setdefault("check", []).append({"oid": oid, **told})

    def keep(self, row: Row, foreign: str, title: str, text: str) -> None:
        """Hold on to what has no place here, and say so."""
        self.kept.setdefault(foreign, {})[title] = text
        self.notes.keep(row, title, "kept_as_is")

    def not_executable(self, row: Row, foreign: str, title: str, text: str) -> None:
        """Hold on to an expression that does not run here, and say so."""
        self.kept.setdefault(foreign, {})[title] = text
        self.notes.keep(row, title, "not_executable")

    # -- the whole ---------------------------------------------------------------------------------------

    def finish(self) -> dict[str, Any]:
        """The description. What the loader refuses of it is taken out and noted; the rest runs."""
        system, title = self._head["system"], self._head["title"]
        made: dict[str, Any] = {
            "study.toml": {
                "study": {
                    "oid": self._oid, "version": self._head["version"], "origin": system,
                    "languages": self._languages(), "timezone": "Asia/Shanghai",
                    "subject_pattern": SUBJECTS, "name": spoken(title), "protocol": spoken(title),
                },
                "missing": MISSING, "reasons": REASONS,
            },
            "schedule.toml": self._schedule,
            "units.toml": {"unit": {}},
            "codelists.toml": {"codelist": self._codelists},
            **self.description,
        }  # fmt: skip
        made[ORIGIN] = self._origin()
        _, _, problems = runnable(made, self._taken_out, EXPRESSIONS)
        for one in problems:
            self.notes.problem(None, "", "at_definition", place=one.where(), what=one.text)
        made[ORIGIN] = self._origin()
        return made

    def _languages(self) -> list[str]:
        """The languages that texts are in."""
        found = {
            language
            for tables in self.description.values()
            for group in tables["group"]
            for item in group["item"]
            for language in item["label"]
        }
        return [language for language in LANGUAGES if language in found] or ["en"]

    def _taken_out(self, path: Sequence[str | int], value: object, why: Text) -> None:
        """Note an expression that the loader refused, at the field it belongs to."""
        holder: Any = self._holder(path[:-1])
        key = str(path[-1])
        owner = next((one for one in self.fields.values() if one.told is holder), None)
        name = owner.foreign if owner is not None else ".".join(map(str, path[1:-1]))
        self.kept.setdefault(name, {})[f"({key})"] = str(value)
        self.notes.keep(owner.row if owner is not None else None, key, "taken_out", name=name, why=why)

    def _holder(self, path: Sequence[str | int]) -> object:
        here: Any = self.description
        for key in path:
            here = here[key]
        return here

    def _origin(self) -> str:
        told = {
            "format": 1, "version": "", "version_oid": "", "namespace": "", "system": self._head["system"],
            "study_oid": self._head["oid"], "languages": self._languages(), "prefixes": {},
            "events": _prefixed(self.prefixes[0], self.events),
            "forms": _prefixed(self.prefixes[1], self.forms), "groups": self.groups, "items": self.items,
            "codes": {name: codes for name, codes in self._codes.items() if codes},
            "units": {}, "kept": self.kept,
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _prefixed(prefix: str, names: Mapping[str, str]) -> dict[str, str]:
    """Names as the other system's ODM has them; no name stays none."""
    return {prefix + theirs if theirs else "": ours for theirs, ours in names.items()}


def spoken(text: str) -> dict[str, str]:
    """A text in the one language it is in: Chinese when it has Chinese in it."""
    return {"zh" if _CHINESE.search(text) else "en": text}


def titled(name: str) -> str:
    """What a name says, for people: ``baseline_visit`` → ``Baseline visit``."""
    words = re.sub(r"[_\s]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def _pair(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


MISSING: Final = {
    "ND": _pair(Text("Not done", "未做")),
    "UNK": _pair(Text("Unknown", "未知")),
    "NA": _pair(Text("Not applicable", "不适用")),
}
REASONS: Final = {
    "TYPING": _pair(Text("Typing error", "录入错误")),
    "SOURCE": _pair(Text("Source document corrected", "源文件更正")),
    "OTHER": _pair(Text("Other reason", "其他原因")),
}
