"""One table per form: a row for each time the form was filled in, or for each row of a log.

A form that is a log gives its name to the table of its rows; what is asked once above them has a table of its
own. In any other form it is the other way round. Beside an item stand, where it can have them: what it reads
as when it is no plain number (``_CHAR``: ``<5``), one 0/1 column per choice of several, and why there is no
value (``_MISS``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mda5_crf.exchange.answers import (
    CONFLICT,
    INTERVAL,
    MISFIT,
    MISSINGS,
    NO_PLACE,
    Answer,
    Places,
    answer,
    aside_row,
    aside_table,
    events_list,
    forms_with_answers,
    keys_of,
    missing_list,
    no_longer_asked,
    states_list,
)
from mda5_crf.exchange.datasets import (
    ASTYPED,
    Column,
    Kind,
    Names,
    Role,
    Row,
    Table,
    codelist,
    fits,
    joined,
    safe_name,
)
from mda5_crf.exchange.odm_names import FLAGS
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import codings
from mda5_crf.services.codings import CodingRow
from mda5_crf.services.exportfeed import Feed, Participant
from mda5_crf.study.coding import LEVELS, NAMES, Dictionary
from mda5_crf.study.expression import Expression
from mda5_crf.study.model import CodeList, Form, Item, ItemGroup, ItemType, Study
from mda5_crf.study.state import FormState
from mda5_crf.text import Text, message

CHARACTER: Final = "_CHAR"
WHY: Final = "_MISS"
CHOSEN: Final = "CHOSEN"
STATUSES: Final = "FORMSTAT"
_ZH: Final = "_ZH"
_DICTIONARY: Final = "DICT"
KINDS: Final = {
    ItemType.TEXT: Kind.TEXT, ItemType.INTEGER: Kind.INTEGER, ItemType.DECIMAL: Kind.DECIMAL,
    ItemType.DATE: Kind.DATE, ItemType.PARTIAL_DATE: Kind.PARTIAL, ItemType.TIME: Kind.TIME,
    ItemType.DATETIME: Kind.DATETIME, ItemType.CODE: Kind.CODE, ItemType.MULTI: Kind.TEXT,
    ItemType.LINK: Kind.TEXT,
}  # fmt: skip


def studies_of(feed: Feed) -> list[Study]:
    """The definitions that were ever in force here, as they are shown; the one in force first."""
    versions = feed.session.versions
    others = [one.hash for one in feed.definitions if one.hash != feed.study.hash]
    return [feed.study, *(versions.study(one) for one in others)]


def lists_of(studies: list[Study]) -> dict[str, CodeList]:
    """The codelists of all definitions, and those that every dataset has."""
    found: dict[str, CodeList] = {}
    for study in studies:
        for oid, one in study.codelists.items():
            found[oid] = joined(found[oid], one) if oid in found else one
    own = (events_list(studies), missing_list(studies), states_list(), _statuses(), _chosen())
    for one in own:
        found[one.oid] = one
    return found


def kind_of(item: Item, codelists: Mapping[str, CodeList]) -> Kind:
    """What the values of an item are. Codes that are whole numbers are numbers."""
    if item.type is ItemType.CODE and item.codelist is not None and codelists[item.codelist].integers:
        return Kind.INTEGER
    return KINDS[item.type]


def limits_of(studies: list[Study]) -> set[str]:
    """OIDs of the items that may be ``<5`` or the like: those that may be typed so, and what is computed
    of them.
    """
    found: set[str] = set()
    computed: dict[str, tuple[str, Expression]] = {}
    for study in studies:
        for form in study.forms.values():
            for item in form.items.values():
                if item.comparator:
                    found.add(item.oid)
                if item.calculate is not None:
                    computed[item.oid] = (form.oid, item.calculate)
    while True:
        more = {
            oid
            for oid, (form, expression) in computed.items()
            if oid not in found
            and any(f"{one.form or form}.{one.item}" in found for one in expression.references)
        }
        if not more:
            return found
        found |= more


class Forms:
    """See the module text; the shape ``forms``."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._studies = studies_of(feed)
        self.codelists: Mapping[str, CodeList] = lists_of(self._studies)
        self._limits = limits_of(self._studies)
        self._domains = {form.oid: form.domain for study in self._studies for form in study.forms.values()}
        self._codings: Mapping[ItemKey, Mapping[str, str]] = {}
        self._places: dict[tuple[str, str], str] = {}
        self._columns: dict[tuple[str, str], dict[str, int]] = {}
        self.tables: Mapping[str, Table] = self._tables()

    # -- the tables

    def _tables(self) -> dict[str, Table]:
        found: dict[str, Table] = {}
        names = Names([ASTYPED])
        for form in self._forms():
            parts: dict[str, tuple[Form, list[Item], Text]] = {}
            for version in [study.forms[form.oid] for study in self._studies if form.oid in study.forms]:
                for group in version.groups:
                    self._collect(parts, version, group)
            for part, (owner, items, title) in parts.items():
                name = names.new(_table_name(owner, part, parts))
                found[name] = self._table(name, owner, part, items, title)
                self._places[form.oid, part] = name
        found[ASTYPED] = aside_table()
        return found

    def _forms(self) -> Iterator[Form]:
        done = set()
        for study in self._studies:
            for form in study.forms.values():
                if form.oid not in done:
                    done.add(form.oid)
                    yield form

    def _collect(self, parts: dict[str, tuple[Form, list[Item], Text]], form: Form, group: ItemGroup) -> None:
        part = group.name if group.repeating else ""
        items = [one for one in group.items if one.type is not ItemType.LABEL]
        if not items:
            return
        title = form.name
        if group.repeating and group.title.en:
            title = message("datasets.table_of_group", form=form.name, group=group.title)
        known = parts.setdefault(part, (form, [], title))[1]
        there = {one.name for one in known}
        known += [one for one in items if one.name not in there]

    def _table(self, name: str, form: Form, part: str, items: list[Item], title: Text) -> Table:
        columns = keys_of(row=bool(part), form=False)
        columns.append(
            Column("FORMSTAT", message("datasets.col_formstat"), Kind.CODE, Role.ABOUT, codes=STATUSES)
        )
        taken = Names(one.name for one in columns)
        for item in items:
            self._columns.setdefault((form.oid, part), {})[item.name] = len(columns)
            columns += self._item(item, taken)
        what = "row" if part else "form"
        structure = message("datasets.structure_row") if what == "row" else message("datasets.structure_form")
        return Table(name, title, tuple(columns), structure, form.domain, form.oid)

    def _item(self, item: Item, names: Names) -> Iterator[Column]:
        """The columns of an item, its value first."""
        name, kind = names.new(safe_name(item.name)), kind_of(item, self.codelists)
        codes = item.codelist or "" if item.type is ItemType.CODE else ""
        yield Column(
            name, item.label, kind, Role.VALUE, item.oid, codes, item.unit or "", "", item.length or 0,
            item.decimals, item.computed, item.sdtm or "",
        )  # fmt: skip
        if item.oid in self._limits and kind.number:
            label = message("datasets.col_char", label=item.label)
            yield Column(
                names.new(name + CHARACTER), label, Kind.TEXT, Role.CHARACTER, item.oid, unit=item.unit or "",
                of=name, derived=item.computed,
            )  # fmt: skip
        if item.type is ItemType.MULTI and item.codelist is not None:
            for one in self.codelists[item.codelist].values:
                yield Column(
                    names.new(safe_name(f"{name}_{one.code}")),
                    message("datasets.col_choice", label=item.label, choice=one.text),
                    Kind.INTEGER, Role.CHOICE, item.oid, CHOSEN, of=name,
                )  # fmt: skip
        if item.coding is not None:
            yield from _coded(item, self._domains.get(item.form, ""), name, names)
        if item.missing:
            yield Column(
                names.new(name + WHY), message("datasets.col_miss", label=item.label), Kind.CODE,
                Role.MISSING, item.oid, MISSINGS, of=name,
            )  # fmt: skip

    # -- the rows

    def rows(self, who: Participant) -> Iterator[tuple[str, Row]]:
        """All rows of a participant."""
        places = Places(self._feed, who)
        self._codings = {
            key: _code_cells(row, self._domains.get(key.form, ""))
            for key, row in codings.standing(self._feed.session, who.identity).items()
        }
        for state in forms_with_answers(self._feed, who.identity):
            yield from self._form(state, places)

    def _form(self, state: FormState, places: Places) -> Iterator[tuple[str, Row]]:
        key, made, aside = state.key, dict[tuple[str, str], Row](), list[tuple[str, Row]]()
        if (key.form, "") in self._places:
            self._row(key, "", "", state, places, made)
        for row in state.rows:
            if (key.form, row.key.group) in self._places:
                self._row(key, row.key.group, row.key.group_repeat, state, places, made)
        for one in state.items.values():
            told = answer(self._feed, one)
            if told is None:
                continue
            why = self._put(told, made)
            if why:
                aside.append(aside_row(places, told, why))
        for (part, _), cells in made.items():
            yield self._places[key.form, part], cells
        yield from aside
        for dropped in no_longer_asked(self._feed, state):
            yield aside_row(places, dropped, dropped.aside)

    def _row(
        self,
        key: ItemKey,
        part: str,
        repeat: str,
        state: FormState,
        places: Places,
        made: dict[tuple[str, str], Row],
    ) -> None:
        table = self.tables[self._places[key.form, part]]
        row = places.form(key)
        if part:
            row.append(places.number(repeat))
        row.append(state.status)
        made[part, repeat] = [*row, *[""] * (len(table.columns) - len(row))]

    def _put(self, told: Answer, made: dict[tuple[str, str], Row]) -> str:
        """Put an answer into its row; returns why it must stand in ASTYPED (too), "" when it need not."""
        key = told.key
        part = key.group if (key.group, key.group_repeat) in made else ""
        row = made.get((part, key.group_repeat if part else ""))
        columns = self._columns.get((key.form, part), {})
        if row is None or key.item not in columns or (key.group_repeat and not part):
            return told.aside or NO_PLACE
        table = self.tables[self._places[key.form, part]]
        place = columns[key.item]
        if told.missing:
            found = _beside(table, place, Role.MISSING)
            if found is None or told.aside not in ("", CONFLICT):
                return told.aside or MISFIT
            row[found] = told.missing
            return told.aside
        if not told.value:
            return told.aside
        return self._value(told, table, place, row)

    def _value(self, told: Answer, table: Table, place: int, row: Row) -> str:
        column, character = table.columns[place], _beside(table, place, Role.CHARACTER)
        if character is not None:
            row[character] = told.value
        if told.limit and column.kind.number:
            return told.aside if character is not None else told.aside or INTERVAL
        if not fits(told.value, column, self.codelists):
            return told.aside or MISFIT
        row[place] = told.value
        for name, text in self._codings.get(told.key, {}).items():
            row[table.place(name)] = text
        if told.item.type is ItemType.MULTI:
            self._choices(table, place, row, told)
        return told.aside

    def _choices(self, table: Table, place: int, row: Row, told: Answer) -> None:
        """0 or 1 for every choice; their columns stand in the order of the codelist."""
        codes = iter(self.codelists[told.item.codelist or ""].values)
        chosen = told.value.split(",")
        for number in range(place + 1, len(table.columns)):
            if table.columns[number].role is not Role.CHOICE:
                break
            row[number] = "1" if next(codes).code in chosen else "0"


def _beside(table: Table, place: int, role: Role) -> int | None:
    """Where the column of that role stands that belongs to the one at ``place``."""
    name = table.columns[place].name
    for number in range(place + 1, len(table.columns)):
        column = table.columns[number]
        if column.of != name:
            return None
        if column.role is role:
            return number
    return None


def _coded(item: Item, domain: str, of: str, names: Names) -> Iterator[Column]:
    """The columns of the codes of a verbatim term."""
    assert item.coding is not None
    about = {"label": item.label, "dictionary": NAMES[item.coding]}
    for level in LEVELS[item.coding]:
        for ending, part in ((level.number, "code"), (level.name, "name"), (f"{level.name}{_ZH}", "name_zh")):
            label = message(f"coding.variable_{part}", level=level.oid, **about)
            yield Column(names.new(f"{domain}{ending}"), label, Kind.TEXT, Role.CODING, item.oid, of=of)
    label = message("coding.variable_version", **about)
    yield Column(names.new(f"{domain}{_DICTIONARY}"), label, Kind.TEXT, Role.CODING, item.oid, of=of)


def _code_cells(row: CodingRow, domain: str) -> dict[str, str]:
    """The same columns with what a coding says."""
    dictionary = Dictionary(row.dictionary)
    cells = {f"{domain}{_DICTIONARY}": f"{NAMES[dictionary]} {row.version}"} | codings.variables(row, domain)
    for level in LEVELS[dictionary]:
        cells[f"{domain}{level.name}"] = row.codes.get(level.oid, {}).get("en", "")
        cells[f"{domain}{level.name}{_ZH}"] = row.codes.get(level.oid, {}).get("zh", "")
    return cells


def _table_name(form: Form, part: str, parts: Mapping[str, object]) -> str:
    """A log's rows have the form's name, and so has what is asked once in any other form."""
    rows = [one for one in parts if one]
    first = rows[0] if form.log and rows else ""
    if part == first:
        return safe_name(form.oid)
    if part:
        return safe_name(f"{form.oid}_{part}")
    group = next(one.name for one in form.groups if not one.repeating)
    return safe_name(f"{form.oid}_{group}")


def _statuses() -> CodeList:
    told = [(one, message(f"exchange.value_{one}")) for one in FLAGS["STATUS"]]
    return codelist(STATUSES, told)


def _chosen() -> CodeList:
    texts = (("0", message("datasets.not_chosen")), ("1", message("datasets.chosen")))
    return codelist(CHOSEN, texts, integers=True)
