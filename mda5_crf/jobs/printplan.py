"""Which items stand on cards and reports: a choice beside the definition, from ``resources/print``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from mda5_crf.settings import resource
from mda5_crf.study.model import Item, Study

Plan = Mapping[str, Mapping[str, Any]]
"""Section → name → item name, list of ``FORM.ITEM``, or number of days."""


def choice_of(study: Study) -> Plan:
    """The choice for this study; one without a file of its own gets cards and reports without such items."""
    return _read(study.oid.lower())


@cache
def _read(oid: str) -> Plan:
    path = resource("print", f"{oid}.toml")
    if not path.is_file():
        return {}
    made: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return made


def item_at(study: Study, place: str) -> Item | None:
    """The item of ``FORM.ITEM`` (a visit before it is passed over); None when the definition has no such."""
    form, _, name = place.rpartition(".")
    found = study.forms.get(form.rpartition(".")[2])
    return None if found is None else found.items.get(name)
