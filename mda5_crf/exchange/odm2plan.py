"""How the data of one definition lie in ODM 1.3 and in ODM 2.0: what the definition's way between the two
leaves for the way of its data. The same plan serves both ways.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class UnitItem(NamedTuple):
    """The item of 2.0 that holds the unit of another. ``codes``: OID of a unit in 1.3 → its code in 2.0."""

    oid: str
    codes: dict[str, str]


class Column(NamedTuple):
    """One yes/no item of 1.3 that in 2.0 is a value of an item with several: that item, and its code."""

    base: str
    code: str


@dataclass(slots=True)
class Plan:
    """``kept``: the definition came from 2.0 with all that only 2.0 knows. ``forms``, ``groups``: OIDs that
    1.3 has as form or group and 2.0 has not; ``parents``: group → the groups of 2.0 that hold it;
    ``renamed``: element → OID in 1.3 → OID in 2.0, where 2.0 allows no two of a name.
    """

    kept: bool = False
    forms: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    form_groups: set[str] = field(default_factory=set)
    parents: dict[str, list[str]] = field(default_factory=dict)
    units: dict[str, UnitItem] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    renamed: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def former(self) -> dict[str, dict[str, str]]:
        """``renamed`` the other way round."""
        return {kind: {new: old for old, new in table.items()} for kind, table in self.renamed.items()}

    @property
    def unit_items(self) -> dict[str, str]:
        """Item that holds a unit → the item whose unit it is."""
        return {one.oid: item for item, one in self.units.items()}

    @property
    def several(self) -> dict[str, list[tuple[str, str]]]:
        """Item with several answers → its columns (OID in 1.3, code), in their order."""
        found: dict[str, list[tuple[str, str]]] = {}
        for oid, column in self.columns.items():
            found.setdefault(column.base, []).append((oid, column.code))
        return found
