"""Where a foreign answer belongs in the study of this vault: by the names of its source, or by ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.exchange.odm_names import (
    all_units,
    choice_oid,
    columns,
    event_oid,
    form_oid,
    group_oid,
    units_of,
)
from mda5_crf.exchange.odmorigin import BOOLEANS, Names, Target, names, origin_of
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.text import Text, message

_NOTHING: Final[Mapping[str, str]] = {}
CHOSEN: Final = frozenset({"1", "true", "TRUE"})
"""Values of one box of an item with several answers that mean "this one too"."""


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """What a foreign item is here; ``code``: one box of an item with several answers."""

    item: str
    code: str
    computed: bool
    units: frozenset[str]
    codes: Mapping[str, str]
    separator: str = ""

    def value(self, text: str) -> str:
        """The answer as it is stored here."""
        if self.separator:
            parts = [part.strip() for part in text.split(self.separator)]
            return ",".join(self.codes.get(part, part) for part in parts if part)
        return self.codes.get(text, text) if self.codes else text

    def foreign(self, text: str) -> str:
        """The way back; of several foreign spellings the first. Of a box: whether it is chosen."""
        if self.code:
            return "1" if self.code in text.split(",") else "0"
        if not self.codes and not self.separator:
            return text
        back = {ours: theirs for theirs, ours in reversed(list(self.codes.items()))}
        if self.separator:
            return self.separator.join(back.get(part, part) for part in text.split(","))
        return back.get(text, text)

    def says(self, typed: str, text: str) -> bool:
        """Whether ``typed``, as the source has it, says what is stored as ``text``."""
        if self.code:
            return (typed in CHOSEN) == (self.code in text.split(","))
        return self.value(typed) == text


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """What a foreign item group of a form is here. ``items``: foreign OID → place."""

    event: str
    event_repeats: bool
    form: str
    form_repeats: bool
    group: str
    group_repeats: bool
    items: Mapping[str, ItemPlace]


class Targets:
    """See the module text."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._names = names(study)
        self._groups: dict[tuple[str, str, str], GroupPlace | None] = {}
        self.foreign = self._names is not None
        origin = origin_of(study) or {}
        self.derived = bool(origin.get("made_of_data"))
        self._studies = {str(node[1].get("OID", "")) for node in origin.get("studies", ())}
        if self._names is not None:
            self.units: Mapping[str, str] = self._names.units
            self.study_oid = self._names.study_oid
            self.version_oid = self._names.version_oid
            self._lines = _lines(self._names)
        else:
            self.units = {oid: unit for unit, oid in all_units([study]).items()}
            self.study_oid, self.version_oid = study.oid, ""
            self._lines = {}
            self._events = {event_oid(one): one for one in study.events}
            self._forms = {form_oid(one): one for one in study.forms}

    def knows_study(self, node: list[Any]) -> bool:
        """Whether a Study element is the definition in force, which is not kept twice."""
        oid = str(node[1].get("OID", ""))
        if self._names is not None:
            return oid in self._studies
        return oid == self._study.oid

    def event(self, oid: str) -> str | None:
        """Our visit of a StudyEventOID ("" = data without events)."""
        return self._events.get(oid) if self._names is None else self._names.event(oid)

    def form(self, oid: str) -> str | None:
        """Our form of a FormOID."""
        return self._forms.get(oid) if self._names is None else self._names.form(oid)

    def above(self, event: str, form: str) -> tuple[str, bool, str, bool] | None:
        """Visit and form ("" = none asked for) with whether they repeat; None where one is unknown."""
        ours = self.event(event)
        if ours is None or ours not in self._study.events:
            return None
        many = self._study.events[ours].repeating
        if not form:
            return ours, many, "", False
        name = self.form(form)
        if name is None:
            return None
        return ours, many, name, self._study.forms[name].repeating

    def group(self, event: str, form: str, group: str) -> GroupPlace | None:
        """Where an item group of a form at a visit is; None where one of the three is unknown."""
        asked = (event, form, group)
        if asked not in self._groups:
            self._groups[asked] = self._found(event, form, group)
        return self._groups[asked]

    def why_not(self, event: str, form: str) -> Text:
        """Which of visit, form and group is unknown."""
        if self.event(event) is None:
            return message("odmdata.left_event")
        if self.form(form) is None:
            return message("odmdata.left_form")
        return message("odmdata.left_group")

    def _found(self, event: str, form: str, group: str) -> GroupPlace | None:
        above = self.above(event, form)
        if above is None or not above[2]:
            return None
        ours, many, name, form_many = above
        model = self._study.forms[name]
        items = self._items(form, name, group)
        if self._names is None:
            inner = next((one.name for one in model.groups if group_oid(name, one.name) == group), None)
        else:
            known = self._names.group(form, group)
            inner = None if known is None else known[1]
            if items:  # where its items stand goes before where it was meant to be
                inner = model.items[next(iter(items.values())).item].group
        found = next((one for one in model.groups if one.name == inner), None)
        if found is None:
            return None
        items = {oid: one for oid, one in items.items() if model.items[one.item].group == found.name}
        return GroupPlace(ours, many, name, form_many, found.name, found.repeating, items)

    def _items(self, form: str, name: str, group: str) -> dict[str, ItemPlace]:
        model = self._study.forms[name]
        if self._names is None:
            found: dict[str, ItemPlace] = {}
            for item in model.items.values():
                if group_oid(name, item.group) == group:
                    found |= self._native(item)
            return found
        return {
            one.foreign_item: ItemPlace(
                one.item, one.code, one.computed, frozenset(units_of(model.items[one.item])), one.codes,
                one.separator if one.type == "multi" else "",
            )
            for one in self._lines.get((form, group), ())
        }  # fmt: skip

    def _native(self, item: Item) -> dict[str, ItemPlace]:
        units = frozenset(units_of(item))
        if item.type is ItemType.MULTI and item.codelist is not None:
            return {
                choice_oid(item, one.code): ItemPlace(item.name, one.code, item.computed, units, BOOLEANS)
                for one in self._study.codelists[item.codelist].values
            }
        return {
            oid: ItemPlace(item.name, "", item.computed, units, _NOTHING)
            for oid in columns(item, self._study)
        }


def _lines(known: Names) -> dict[tuple[str, str], list[Target]]:
    found: dict[tuple[str, str], list[Target]] = {}
    for one in known.targets:
        found.setdefault((one.foreign_form, one.foreign_group), []).append(one)
    return found
