"""What a laboratory's sheet means: which column is what, and which test is which item of the definition.

Said once by a person and kept in a record; the next sheet with the same headings is read the same way. What
nobody said is guessed from the headings and the definition's own words, and shown before anything is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import file_hash
from mda5_crf.db import read_coding
from mda5_crf.errors import InputRefused
from mda5_crf.services.access import Action
from mda5_crf.study.labwords import BEHIND, DATE, LEAVE, RESULT, ROLES, SUBJECT, TEST, folded, role_of
from mda5_crf.study.model import Form, Item, ItemType, Study

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_LAYOUT_SECTIONS: Final = ("columns", "tests", "visits", "laboratory")


@dataclass(frozen=True, slots=True)
class Test:
    """What a test of the sheet is: ``FORM.ITEM``, "" = left out; ``unit``: where the sheet has none."""

    item: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class LabMap:
    """The meaning of a sheet. ``columns``: per heading a role or ``FORM.ITEM``; ``tests``: by folded name;
    ``visits``: ``NUMBER DATE`` → visit, for this file. ``laboratory``: code, where no column says it.
    ``remembered``: somebody said it before of sheets with these headings.
    """

    headings: tuple[str, ...]
    columns: tuple[str, ...]
    tests: Mapping[str, Test] = field(default_factory=dict)
    visits: Mapping[str, str] = field(default_factory=dict)
    laboratory: str = ""
    remembered: bool = False

    @property
    def layout(self) -> str:
        """The hash of the headings."""
        return file_hash("\n".join(map(folded, self.headings)).encode("utf-8"))

    @property
    def wide(self) -> bool:
        """Whether a row is a sample, its results side by side."""
        return TEST not in self.columns

    def place(self, role: str) -> int | None:
        """The column of a role."""
        return self.columns.index(role) if role in self.columns else None

    @property
    def lacks(self) -> tuple[str, ...]:
        """Roles without which nothing can be read."""
        needed = [SUBJECT, DATE] + ([] if self.wide else [RESULT])
        missing = [role for role in needed if role not in self.columns]
        if self.wide and not any("." in one for one in self.columns):
            missing.append(TEST)
        return tuple(missing)

    def content(self) -> dict[str, Any]:
        """As a record holds it; visits are chosen for one file and not remembered."""
        return {
            "layout": self.layout,
            "columns": [
                {"heading": heading, "role": role}
                for heading, role in zip(self.headings, self.columns, strict=True)
            ],
            "tests": [
                {"name": name, "item": one.item, "unit": one.unit} for name, one in sorted(self.tests.items())
            ],
            "laboratory": self.laboratory,
        }


def targets(study: Study) -> dict[str, Item]:
    """``FORM.ITEM`` → the items that a sheet may fill: entered ones outside the rows of logs."""
    found: dict[str, Item] = {}
    for form in study.forms.values():
        rows = {group.name for group in form.groups if group.repeating}
        for item in form.items.values():
            if (
                item.group not in rows
                and not item.computed
                and item.type not in (ItemType.LABEL, ItemType.LINK)
            ):
                found[item.oid] = item
    return found


def of_sheet(session: Session, heads: Sequence[str], given: Mapping[str, Any] | None = None) -> LabMap:
    """What a sheet with these headings means: as remembered, else as guessed; ``given`` goes before both.

    Raises PermissionDenied, InputRefused (``given`` names what is not there).
    """
    session.require(Action.ENTER)
    names = tuple(heads)
    made = LabMap(names, guess(session.study, names), known_tests(session))
    layout = made.layout
    for row in read_coding.mappings(session.vault.store):
        if row.layout == layout:
            said = {folded(one.get("heading", "")): one.get("role", LEAVE) for one in row.columns}
            columns = tuple(said.get(folded(name), LEAVE) for name in names)
            laboratory = str(row.content.get("laboratory", ""))
            made = replace(made, columns=columns, laboratory=laboratory, remembered=True)
    return made if given is None else changed(session, made, given)


def known_tests(session: Session) -> dict[str, Test]:
    """What people said tests are, over all sheets; the newest word about a name stands."""
    found: dict[str, Test] = {}
    for row in read_coding.mappings(session.vault.store):
        for one in row.tests:
            found[one.get("name", "")] = Test(one.get("item", ""), one.get("unit", ""))
    return found


def changed(session: Session, made: LabMap, given: Mapping[str, Any]) -> LabMap:
    """``made`` with what ``given`` says: ``columns`` heading → role or ``FORM.ITEM``; ``tests`` name →
    ``FORM.ITEM``, "" or {item, unit}; ``visits`` ``NUMBER DATE`` → visit; ``laboratory``.

    Raises InputRefused.
    """
    open_ = targets(session.study)
    unknown = [name for name in given if name not in _LAYOUT_SECTIONS]
    if unknown:
        raise InputRefused("labs.map_word", word=str(unknown[0])[:40], known=", ".join(_LAYOUT_SECTIONS))
    columns = list(made.columns)
    for heading, role in _texts(given.get("columns", {})).items():
        place = next((i for i, one in enumerate(made.headings) if folded(one) == folded(heading)), None)
        if place is None:
            raise InputRefused("labs.map_heading", heading=heading[:40])
        if role not in ROLES and role not in open_:
            raise InputRefused("labs.map_role", role=role[:40], known=", ".join(ROLES))
        if role in columns and role != LEAVE:
            columns[columns.index(role)] = LEAVE
        columns[place] = role
    tests = dict(made.tests)
    for name, one in _table(given.get("tests", {})).items():
        parts = one if isinstance(one, Mapping) else {"item": one}
        wanted = Test(str(parts.get("item", "")), str(parts.get("unit", "")))
        if wanted.item and wanted.item not in open_:
            raise InputRefused("labs.map_item", item=wanted.item[:40])
        tests[folded(name)] = wanted
    visits = dict(made.visits) | {" ".join(k.split()): v for k, v in _texts(given.get("visits", {})).items()}
    laboratory = str(given.get("laboratory", made.laboratory))
    return replace(made, columns=tuple(columns), tests=tests, visits=visits, laboratory=laboratory)


def _table(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputRefused("labs.map_unread")
    return value


def _texts(value: object) -> Mapping[str, str]:
    table = _table(value)
    if not all(isinstance(one, str) for one in table.values()):
        raise InputRefused("labs.map_unread")
    return table


# -- guessing ------------------------------------------------------------------------------------------


def guess(study: Study, heads: Sequence[str]) -> tuple[str, ...]:
    """Role or ``FORM.ITEM`` of each heading, each role once; what nothing fits is left."""
    found: list[str] = []
    for heading in heads:
        role = role_of(heading)
        found.append(LEAVE if role in found else role)
    if TEST in found:
        return tuple(found)
    names = Names(study)
    form = _form_of(names, heads)
    for place, heading in enumerate(heads):
        item = names.of(heading, form) if found[place] == LEAVE else None
        if item is not None and item.oid not in found:
            found[place] = item.oid
    return tuple(found)


def _form_of(names: Names, heads: Sequence[str]) -> str:
    """The form that most headings name an item of, "" for none."""
    counted: dict[str, int] = {}
    for heading in heads:
        for item in names.all_of(heading):
            counted[item.form] = counted.get(item.form, 0) + 1
    return max(counted, key=lambda form: counted[form], default="")


class Names:
    """The words by which the definition's items are known: name, OID, code of the row, question."""

    def __init__(self, study: Study) -> None:
        self._by_name: dict[str, list[Item]] = {}
        self._results = _results(study)
        for item in targets(study).values():
            words = [item.oid, item.name, item.label.en, item.label.zh]
            axis = _axis(study.forms[item.form], item)
            if item.row is not None and item.oid in self._results:
                words += [item.row, *axis]
            for word in dict.fromkeys(map(folded, words)):
                self._by_name.setdefault(word, []).append(item)

    def all_of(self, words: str) -> list[Item]:
        """The items that these words name; those in brackets behind them count too: ``谷丙转氨酶(ALT)``."""
        plain = folded(words)
        behind = BEHIND.fullmatch(plain)
        tried = (plain,) if behind is None else (plain, behind[2], behind[1])
        return next((self._by_name[one] for one in tried if one in self._by_name), [])

    def of(self, words: str, form: str = "") -> Item | None:
        """The one item that these words name, on ``form`` where it is said."""
        found = [item for item in self.all_of(words) if not form or item.form == form]
        results = [item for item in found if item.oid in self._results] or found
        return results[0] if len(results) == 1 else None


def _results(study: Study) -> set[str]:
    """OIDs of the items of panels that hold a result: of each row the first that is entered."""
    found: set[str] = set()
    for form in study.forms.values():
        done: set[tuple[str, str]] = set()
        for item in form.items.values():
            if item.row is None or item.computed or item.type in (ItemType.LABEL, ItemType.LINK):
                continue
            if (item.group, item.row) not in done:
                done.add((item.group, item.row))
                found.add(item.oid)
    return found


def _axis(form: Form, item: Item) -> tuple[str, ...]:
    group = next(one for one in form.groups if one.name == item.group)
    return next(((axis.text.en, axis.text.zh) for axis in group.rows if axis.code == item.row), ())
