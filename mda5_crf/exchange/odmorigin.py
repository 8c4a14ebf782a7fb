"""The file ``origin.json`` of a definition that came from a stranger's ODM: what the foreign names are here,
and what the definition's own files have no place for.

It is part of the definition (of its hash, and stored with it in the vault), so nothing else is needed to
write the study out again. Contents, all by name, never the file as one piece:

``version`` (of ODM), ``namespace``, ``system`` (what wrote it), ``languages``, ``prefixes``;
``events`` and ``forms`` (foreign OID → ours); ``groups`` and ``items`` (one line for each place where a
group or item stands: one ItemDef used in two forms is two items here); ``codes`` (our codelist → foreign code
→ ours, where they differ); ``units`` (foreign OID → as written here); ``studies`` (the Study elements, with
their MetaDataVersions, as nodes whose definitions are only pointed to) and ``elements`` (each definition as a
node, texts that the definition has left out and pointed to).

How the names are used: :func:`names` gives, for a study of ours,

* ``event(oid)``, ``form(oid)`` → our OID, None when unknown;
* ``item(form_oid, group_oid, item_oid)`` → :class:`Target` (our form, group, item; ``code`` when the foreign
  item is one box of an item with several answers: its value 1 or true means "chosen");
* ``target.value(text)`` → the value as it is stored here (foreign codes are mapped, booleans are 1 and 0);
  ``target.foreign(text)`` → the way back;
* ``event_of(ours)``, ``form_of(ours)``, ``items_of(form, item)`` → the foreign names, "" or () where
  a thing was only made here (the event of a study without events);
* ``target.computed``: the program computes it; a value the file has is no entry (keep it with the frame);
* ``target.separator``: what separates several answers in one foreign value ("," of OpenClinica), else "".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from mda5_crf.study import source as sources
from mda5_crf.study.model import Study

FILE: Final = "origin.json"
FORMAT: Final = 1
BOOLEANS: Final[Mapping[str, str]] = {"true": "1", "false": "0", "TRUE": "1", "FALSE": "0"}


@dataclass(frozen=True, slots=True)
class Target:
    """What a foreign item is here. ``form``, ``group`` and ``item`` are our names; ``foreign_*`` theirs."""

    form: str
    group: str
    item: str
    code: str = ""
    type: str = "text"
    unit: str = ""
    computed: bool = False
    separator: str = ""
    foreign_form: str = ""
    foreign_group: str = ""
    foreign_item: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)

    def value(self, text: str) -> str:
        """A foreign value as it is stored here: codes as ours, several answers separated by commas."""
        if self.separator and self.type == "multi":
            parts = [part.strip() for part in text.split(self.separator)]
            return ",".join(self.codes.get(part, part) for part in parts if part)
        return self.codes.get(text, text)

    def foreign(self, text: str) -> str:
        """A value of ours as the other system has it."""
        back: dict[str, str] = {ours: theirs for theirs, ours in reversed(list(self.codes.items()))}
        if self.separator and self.type == "multi":
            return self.separator.join(back.get(part, part) for part in text.split(","))
        return back.get(text, text)


@dataclass(frozen=True, slots=True)
class Names:
    """Foreign names ↔ ours, of one study (see the head of this module)."""

    events: Mapping[str, str]
    forms: Mapping[str, str]
    targets: tuple[Target, ...]
    units: Mapping[str, str]
    study_oid: str
    version_oid: str
    version: str
    _by_place: Mapping[tuple[str, str, str], Target]
    _by_item: Mapping[str, tuple[Target, ...]]
    _back: Mapping[tuple[str, str], tuple[Target, ...]]
    _groups: Mapping[tuple[str, str], tuple[str, str]]

    def event(self, oid: str) -> str | None:
        """Our event of a StudyEventOID; ``""`` (data without events) gives the event made for them."""
        return self.events.get(oid)

    def form(self, oid: str) -> str | None:
        """Our form of a FormOID."""
        return self.forms.get(oid)

    def group(self, form: str, group: str) -> tuple[str, str] | None:
        """Our (form, group) of a FormOID and ItemGroupOID."""
        return self._groups.get((form, group))

    def item(self, form: str, group: str, item: str) -> Target | None:
        """What the item at that place is here; where the place is unknown, the only one of that OID."""
        found = self._by_place.get((form, group, item))
        if found is None:
            known = [one for one in self._by_item.get(item, ()) if form in ("", one.foreign_form)]
            found = known[0] if len({(one.form, one.item) for one in known}) == 1 else None
        return found

    def event_of(self, event: str) -> str:
        """The foreign OID of our event; "" for one made here."""
        return next((theirs for theirs, ours in self.events.items() if ours == event), "")

    def form_of(self, form: str) -> str:
        """The foreign OID of our form; "" for one made here."""
        return next((theirs for theirs, ours in self.forms.items() if ours == form), "")

    def items_of(self, form: str, item: str) -> tuple[Target, ...]:
        """The foreign items that our item stands for: one, or one for each box."""
        return self._back.get((form, item), ())


def origin_of(study: Study) -> dict[str, Any] | None:
    """The content of ``origin.json``; None for a study of our own. Parsed anew at each call."""
    if not study.origin:
        return None
    text = sources.unpack(study.source).get(FILE)
    found: dict[str, Any] | None = None if text is None else json.loads(text)
    return found


def names(study: Study) -> Names | None:
    """The foreign names of ``study``; None for a study of our own. Kept for the last studies asked for."""
    return _names(study.hash, _Held(study)) if study.origin else None


class _Held:
    """A study as a key that is equal to every other: the hash beside it is what counts."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=8)
def _names(_hash: str, held: _Held) -> Names | None:
    origin = origin_of(held.study)
    return None if origin is None or "items" not in origin else _made(origin, held.study)


def _made(origin: Mapping[str, Any], study: Study) -> Names:
    targets: list[Target] = []
    for line in origin["items"]:
        foreign_form, foreign_group, foreign_item, form, item, code, separator = line
        model = study.forms[form].items[item]
        codes = dict(origin["codes"].get(model.codelist or "", {}))
        targets.append(
            Target(
                form=form,
                group=model.group,
                item=item,
                code=code,
                type=model.type.value,
                unit=model.unit or "",
                computed=model.computed,
                separator=separator,
                foreign_form=foreign_form,
                foreign_group=foreign_group,
                foreign_item=foreign_item,
                codes=codes,
            )
        )
    by_item: dict[str, tuple[Target, ...]] = {}
    back: dict[tuple[str, str], tuple[Target, ...]] = {}
    for one in targets:
        by_item[one.foreign_item] = (*by_item.get(one.foreign_item, ()), one)
        back[one.form, one.item] = (*back.get((one.form, one.item), ()), one)
    return Names(
        events=origin["events"], forms=origin["forms"], targets=tuple(targets), units=origin["units"],
        study_oid=origin["study_oid"], version_oid=origin["version_oid"], version=origin["version"],
        _by_place={(one.foreign_form, one.foreign_group, one.foreign_item): one for one in targets},
        _by_item=by_item, _back=back,
        _groups={(form, group): (ours, name) for form, group, ours, name in origin["groups"]},
    )  # fmt: skip
