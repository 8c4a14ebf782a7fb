"""Expands ``[template.NAME]`` with every ``[[NAME]]`` entry into ordinary item and check tables.

Nothing is understood here: placeholders are filled, and what comes out is read like items written by
hand. Each made item keeps the place of its template line, and the name of the entry in its label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mda5_crf.study.load_study import NAME
from mda5_crf.study.model import Axis
from mda5_crf.study.reader import Table, Toml
from mda5_crf.study.report import Place, suggestion

_PLACE = re.compile(r"\{([A-Za-z_]+(?:\.[a-z]+)?)\}")
_OWN_KEYS = ("testcd", "code", "label")
_FORM_KEYS = frozenset({"form", "group", "template", "instrument", "check"})


@dataclass(frozen=True, slots=True)
class Expansion:
    """What one template makes: ``items`` for ``group``, each with the code of its entry (its row, unless
    it says another), and a heading for each entry (the rows of a panel that names none).
    """

    group: str
    place: Place
    items: tuple[tuple[str, Table], ...]
    rows: tuple[Axis, ...]
    checks: tuple[Table, ...]


class _Absent(Exception):
    """The entry has no value for a placeholder that is the whole string: the key is left out."""


def expand(form: Table) -> Iterator[Expansion]:
    """All templates of a form file."""
    for name, template in form.entries("template"):
        template.place = template.place.named(f"template.{name}")
        if name in _FORM_KEYS or not name.isidentifier():
            template.problem("", "bad_name", name=name)
            continue
        yield _Template(form, template, name).expand()


class _Template:
    def __init__(self, form: Table, table: Table, name: str) -> None:
        self._table = table
        self._group = table.string("group", required=True)
        self._items = table.children("item", required=True)
        self._checks = table.children("check")
        table.close()
        self._entries = form.children(name, required=True)
        self._name = name
        self._places = {found for item in self._all() for found in _placeholders(item.data)}
        self._keys = {found.partition(".")[0] for found in self._places} - {"T"}
        for item in self._all():
            needed = item.data.get("only_with")
            if needed is not None and not isinstance(needed, str):
                item.problem("only_with", "not_a_string", key="only_with")
            elif needed is not None:
                self._keys.add(needed)

    def _all(self) -> list[Table]:
        return [*self._items, *self._checks]

    def expand(self) -> Expansion:
        made: list[tuple[str, Table]] = []
        checks: list[Table] = []
        rows: dict[str, Axis] = {}
        for entry in self._entries:
            code = entry.string("testcd" if entry.has("testcd") else "code", required=True)
            entry.place = entry.place.named(f"{self._name}.{code}")
            label = entry.texts("label")
            for key in entry.data:
                if key in self._keys:
                    entry.raw(key)
            self._close(entry)
            if code and NAME.fullmatch(code) is None:
                entry.problem("", "bad_name", name=code)
            elif code in rows:
                entry.problem("", "duplicate_entry", name=code)
            elif code and label is not None:
                rows[code] = Axis(code, label)
                values = {**entry.data, "T": code, "testcd": code, "code": code}
                values |= {"label.en": label.en, "label.zh": label.zh}
                made.extend(
                    (code, self._make(item, entry, values)) for item in self._items if _wanted(item, entry)
                )
                checks.extend(
                    self._make(check, entry, values) for check in self._checks if _wanted(check, entry)
                )
        return Expansion(self._group, self._table.place, tuple(made), tuple(rows.values()), tuple(checks))

    def _close(self, entry: Table) -> None:
        known = {*self._keys, *_OWN_KEYS}
        for key in entry.data:
            if key not in known:
                entry.problem(
                    key, "entry_key", key=key, template=self._name, hint=suggestion(key, sorted(known))
                )

    def _make(self, item: Table, entry: Table, values: dict[str, Toml]) -> Table:
        data: dict[str, Toml] = {}
        origins: dict[str, Place] = {}
        for key, value in item.data.items():
            if key == "only_with":
                continue
            try:
                data[key] = self._fill(value, values, item, key)
            except _Absent:
                continue
            inside = value.items() if isinstance(value, dict) else ()
            for path, part in ((key, value), *((f"{key}.{name}", one) for name, one in inside)):
                whole = _PLACE.fullmatch(part) if isinstance(part, str) else None
                if whole is not None and entry.has(whole[1]):
                    origins[path] = entry.place.at(whole[1])
        place = item.place.named(f"{self._name}.{values['T']}")
        return Table(item.report, place, data, origins)

    def _fill_table(
        self, table: dict[str, Toml], values: dict[str, Toml], item: Table, key: str
    ) -> dict[str, Toml]:
        """What the entry has no value for is left out of the table; the rest of it stays."""
        filled: dict[str, Toml] = {}
        for name, part in table.items():
            try:
                filled[name] = self._fill(part, values, item, key)
            except _Absent:
                continue
        return filled

    def _fill(self, value: Toml, values: dict[str, Toml], item: Table, key: str) -> Toml:
        if isinstance(value, dict):
            return self._fill_table(value, values, item, key)
        if isinstance(value, list):
            return [self._fill(part, values, item, key) for part in value]
        if not isinstance(value, str) or "{" not in value:
            return value
        whole = _PLACE.fullmatch(value)
        if whole is not None and "." not in whole[1]:
            if values.get(whole[1]) is None:
                raise _Absent
            return values[whole[1]]

        def put(match: re.Match[str]) -> str:
            found = values.get(match[1])
            if isinstance(found, (dict, list)) or found is None:
                item.problem(key, "placeholder_empty", place=match[1], entry=values["T"])
                return ""
            return str(found)

        return _PLACE.sub(put, value)


def _placeholders(value: Toml) -> Iterator[str]:
    if isinstance(value, str):
        yield from _PLACE.findall(value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _placeholders(part)
    elif isinstance(value, list):
        for part in value:
            yield from _placeholders(part)


def _wanted(item: Table, entry: Table) -> bool:
    needed = item.data.get("only_with")
    return needed is None or (isinstance(needed, str) and entry.has(needed))
