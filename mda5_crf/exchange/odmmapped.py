"""What stands in origin.json of the names, and which texts of the file the study itself says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mda5_crf.exchange.odmindex import Index
from mda5_crf.exchange.odmlists import Lists
from mda5_crf.exchange.odmplaces import Places
from mda5_crf.study.model import Study
from mda5_crf.text import Text

Said = dict[str, dict[str, dict[str, str]]]
"""Thing of ours → which of its texts → language → text (:mod:`mda5_crf.exchange.odmkept`)."""


def places_of(places: Places) -> dict[str, Any]:
    """``forms``, ``groups`` and ``items`` of origin.json."""
    forms = {oid: place.name for oid, place in places.forms.items()}
    return {"forms": forms, "groups": list(_groups(places)), "items": list(_items(places))}


def _groups(places: Places) -> Iterator[list[str]]:
    for form in places.forms.values():
        for group in form.groups:
            foreign = dict.fromkeys([group.foreign, *(item.foreign_group for item in group.items)])
            for oid in foreign:
                yield [form.foreign, oid, form.name, group.name]


def _items(places: Places) -> Iterator[list[str]]:
    for form in places.forms.values():
        for item in form.items():
            separator = "," if item.kind == "multi" and not item.boxes else ""
            for oid, code in (item.boxes or {item.foreign: ""}).items():
                yield [form.foreign, item.foreign_group, oid, form.name, item.name, code, separator]


def said_here(
    index: Index, places: Places, lists: Lists, events: Mapping[str, str], study: Study
) -> tuple[dict[int, str], Said]:
    """Of each definition of the file (by identity) the thing of ours that says its texts, and those texts."""
    owners: dict[int, str] = {}
    said: Said = {}
    for form in places.forms.values():
        model = study.forms[form.name]
        owners[id(form.node)] = form.name
        said[form.name] = {"name": _both(model.name)}
        for item in form.items():
            oid = f"{form.name}.{item.name}"
            said[oid] = {"label": _both(model.items[item.name].label)}
            for node in item.nodes:
                owners.setdefault(id(node), oid)
    for foreign, node in index.all("CodeList").items():
        name = lists.names.get(foreign, "")
        if name in study.codelists:
            owners[id(node)] = name
            for code, ours in lists.codes[name].items():
                value = study.codelists[name].by_code.get(ours)
                if value is not None:
                    said[f"{name}={code}"] = {ours: _both(value.text)}
    for foreign, node in index.all("StudyEventDef").items():
        owners[id(node)] = f"@{events[foreign]}"
        said[f"@{events[foreign]}"] = {"name": _both(study.events[events[foreign]].name)}
    return owners, said


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
