"""Where every annotated item goes in SDTM-like tables, and what columns these tables have.

Read off the definitions alone, so that the tables of two exports of one study are the same whatever was
entered. Conditions on a test code or another identifying variable make records of their own; a condition on
the completion status only says what is set when the item has a value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from mda5_crf.exchange.answers import aside_table
from mda5_crf.exchange.datasets import Column, Kind, Role, Table, codelist
from mda5_crf.exchange.wide import kind_of
from mda5_crf.study import sdtm
from mda5_crf.study.coding import LEVELS
from mda5_crf.study.model import CodeList, Form, Item, Study
from mda5_crf.text import Text, both, catalogue, message

Key = tuple[tuple[str, str], ...]
NOT_DONE: Final = "NOT DONE"
WHOLE: Final[Key] = (("", NOT_DONE),)
"""The key of what says that nothing of a form was done."""
_UNITS: Final = ("ORRESU", "STRESU", "DOSU", "AGEU")
_TEXTS: Final = (
    "ORRES", "ORRESU", "STRESC", "STRESU", "ORNRLO", "ORNRHI", "STAT", "REASND", "SPID", "REFID", "DOSU",
    "AGEU",
)  # fmt: skip
_NAMING: Final = ("ORRES", "STRESN")
"""An item of these names its test, before any other."""
_FIXED: Final = ("ORRES", "ORRESU", "STRESC", "STRESN", "STRESU", "STAT", "REASND", "DRVFL")
"""What every findings table has, annotated or not."""
_ORDER: Final = (
    "GRPID REFID SPID LNKID TESTCD TEST TERM TRT DECOD OBJ EVDTYP CAT SCAT PRESP OCCUR REASOC STAT REASND"
    " INDC ORRES ORRESU ORNRLO ORNRHI STRESC STRESN STRESU NRIND NAM SPEC FAST LOC LAT POS METHOD EVAL EVALID"
    " ACPTFL DRVFL CLSIG TOXGR SER ACN ACNOTH REL OUT SCONG SDISAB SDTH SHOSP SLIFE SMIE CONTRT DOSE DOSTOT"
    " DOSU DOSFRM DOSFRQ ROUTE ADJ DUR AGE AGEU SEX RACE CNTMOD UPDES"
).split()
_LAST: Final = "DTC STDTC ENDTC BRTHDTC RFICDTC DTHDTC STDY ENRTPT".split()
_TRACE: Final = ("CRFFORM", "CRFREP", "CRFROW", "CRFITEM")


class Spot(NamedTuple):
    """One place of an item: variable ``name`` of ``domain``, in records of ``key``. ``unit``: its unit goes
    there, not its value; ``not_done``: the record is marked as not done with it.
    """

    domain: str
    name: str
    key: Key = ()
    supplemental: bool = False
    unit: bool = False
    not_done: bool = False

    @property
    def suffix(self) -> str:
        """The name behind the letters of the domain."""
        return suffix(self.name, self.domain)


def suffix(name: str, domain: str) -> str:
    """A variable's name behind the letters of its domain: ``LBORRES`` → ``ORRES``, ``AGE`` as it is."""
    return name[len(domain) :] if domain and name.startswith(domain) and len(name) > len(domain) else name


@cache
def spots(annotation: str, form_domain: str) -> tuple[Spot, ...]:
    """The places that an annotation of a form of that domain names. RELREC has no domain."""
    read = sdtm.read(annotation)
    stat = tuple(one for one in read.required if one[0].endswith("STAT") and one[1] == NOT_DONE)
    key = tuple(one for one in read.required if one not in stat) or (WHOLE if stat else ())
    found = []
    for place, target in enumerate(read.targets):
        domain = sdtm.domain_of(target, form_domain)
        name = suffix(target.variable, domain)
        found.append(
            Spot(
                domain, target.variable, key, target.supplemental, bool(place) and name in _UNITS, bool(stat)
            )
        )
    return tuple(found)


@dataclass(slots=True)
class _Domain:
    """What is collected of one domain. ``items``: variable → items that give its value."""

    items: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    assigned: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tests: dict[str, tuple[int, Text]] = field(default_factory=dict)
    supplemental: bool = False


class SdtmPlan:
    """Tables and codelists of the shape ``sdtm``.

    ``findings``: domains with one row per test. ``tests``: (domain, test code) → its name, ``results`` → the
    item of its result. ``in_rows``: form → domains that its log rows give records of.
    """

    def __init__(self, studies: list[Study], codelists: Mapping[str, CodeList]) -> None:
        self.codelists: dict[str, CodeList] = dict(codelists)
        self.in_rows: dict[str, set[str]] = defaultdict(set)
        self.results: dict[tuple[str, str], Item] = {}
        self.relations = False
        self._domains: dict[str, _Domain] = defaultdict(_Domain)
        for study in studies:
            for form in study.forms.values():
                self._read(form)
        self.findings = frozenset(
            name
            for name, one in self._domains.items()
            if f"{name}TESTCD" in one.assigned or f"{name}ORRES" in one.items
        )
        self.tests = {
            (name, code): text for name, one in self._domains.items() for code, (_, text) in one.tests.items()
        }
        self.tables = {table.name: table for table in self._tables()}

    @property
    def empty(self) -> bool:
        """Whether no item is annotated."""
        return not self._domains

    def _read(self, form: Form) -> None:
        for group in form.groups:
            for item in group.items:
                for spot in spots(item.sdtm or sdtm.NOT_SUBMITTED, form.domain):
                    self._place(form, item, spot, rows=group.repeating)

    def _place(self, form: Form, item: Item, spot: Spot, *, rows: bool) -> None:
        if not spot.domain:
            self.relations = True
            return
        domain = self._domains[spot.domain]
        if spot.supplemental:
            domain.supplemental = True
            return
        if rows:
            self.in_rows[form.oid].add(spot.domain)
        if not spot.unit:
            domain.items[spot.name].append(item)
            domain.items |= {name: [] for name in _codes(item, spot.domain) if name not in domain.items}
        elif spot.name not in domain.items:
            domain.items[spot.name] = []
        for name, value in spot.key:
            if name:
                domain.assigned[name].add(value)
        if spot.not_done:
            domain.items.setdefault(f"{spot.domain}STAT", [])
        code = dict(spot.key).get(f"{spot.domain}TESTCD")
        if code is not None:
            if spot.suffix in _NAMING:
                self.results.setdefault((spot.domain, code), item)
            rank = _NAMING.index(spot.suffix) if spot.suffix in _NAMING else len(_NAMING)
            if code not in domain.tests or rank < domain.tests[code][0]:
                domain.tests[code] = (rank, item.label)

    # -- tables

    def _tables(self) -> Iterator[Table]:
        for name in sorted(self._domains):
            one = self._domains[name]
            if one.items and name != sdtm.COMMENTS:
                yield self._table(name, one)
            if one.supplemental:
                yield _fixed(
                    f"SUPP{name}", message("sdtm.supplemental", domain=name),
                    "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM QLABEL QVAL QORIG", name,
                )  # fmt: skip
        if sdtm.COMMENTS in self._domains:
            yield _fixed(
                sdtm.COMMENTS, message("acrf.domain_CO"),
                "STUDYID DOMAIN RDOMAIN USUBJID COSEQ IDVAR IDVARVAL COREF COVAL", sdtm.COMMENTS,
            )  # fmt: skip
        if self.relations:
            yield _fixed(
                sdtm.RELREC,
                message("sdtm.relrec"),
                "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL RELTYPE RELID",
                "",
            )
        yield aside_table()

    def _table(self, name: str, one: _Domain) -> Table:
        subject = name == "DM"
        columns = [_own(each) for each in ("STUDYID", "DOMAIN", "USUBJID")]
        if subject:
            columns += [_own("SUBJID"), _own("SITEID")]
        else:
            columns.append(_own(f"{name}SEQ", name, Kind.INTEGER))
        names = {**dict.fromkeys(one.items), **dict.fromkeys(one.assigned)}
        if name in self.findings:
            names |= dict.fromkeys(f"{name}{each}" for each in ("TESTCD", "TEST", *_FIXED))
        names.pop(f"{name}SEQ", None)
        ordered = sorted(names, key=lambda each: _rank(suffix(each, name)))
        late = [each for each in ordered if suffix(each, name) in _LAST]
        columns += [self._column(name, each, one) for each in ordered if each not in late]
        if not subject:
            columns += [_own("VISITNUM", kind=Kind.DECIMAL), _own("VISIT")]
        columns += [self._column(name, each, one) for each in late]
        columns += [_own(each, role=Role.ABOUT) for each in _TRACE]
        what = "dm" if subject else "findings" if name in self.findings else "events"
        structure = message(f"sdtm.structure_{what}")
        return Table(name, message(f"acrf.domain_{name}"), tuple(columns), structure, name)

    def _column(self, domain: str, name: str, one: _Domain) -> Column:
        items, ending = one.items.get(name, []), suffix(name, domain)
        kind, codes = self._kind(domain, name, one)
        label = _label(ending) or (items[0].label if items else both(name))
        derived = bool(items) and all(item.computed for item in items)
        single = items[0] if len({item.oid for item in items}) == 1 else None
        return Column(
            name, label, kind, oid=single.oid if single else "", codes=codes,
            unit=(single.unit or "") if single else "", derived=derived or ending in ("DRVFL", "STRESC"),
            annotation=name,
        )  # fmt: skip

    def _kind(self, domain: str, name: str, one: _Domain) -> tuple[Kind, str]:
        ending, items = suffix(name, domain), one.items.get(name, [])
        if ending == "TESTCD":
            return Kind.CODE, self._tests_list(name, domain, one)
        if ending == "STRESN":
            return Kind.DECIMAL, ""
        if ending.endswith("DTC"):
            return Kind.PARTIAL, ""
        if ending in _TEXTS or name in one.assigned or not items:
            return Kind.TEXT, ""
        lists, kinds = {item.codelist for item in items}, {kind_of(item, self.codelists) for item in items}
        if lists == {None} and kinds <= {Kind.INTEGER, Kind.DECIMAL}:
            return (Kind.INTEGER if kinds == {Kind.INTEGER} else Kind.DECIMAL), ""
        if len(lists) == 1 and len(kinds) == 1 and kinds <= {Kind.CODE, Kind.INTEGER}:
            return kinds.pop(), lists.pop() or ""
        return Kind.TEXT, ""

    def _tests_list(self, name: str, domain: str, one: _Domain) -> str:
        tests = {code: text for code, (_, text) in one.tests.items()}
        tests[f"{domain}ALL"] = message("sdtm.all_tests")
        self.codelists[name] = codelist(name, tests.items())
        return name


def _codes(item: Item, domain: str) -> Iterator[str]:
    """The variables of the codes of a verbatim term."""
    for level in LEVELS[item.coding] if item.coding is not None else ():
        yield f"{domain}{level.name}"
        yield f"{domain}{level.number}"


def _rank(ending: str) -> tuple[int, int]:
    if ending in _LAST:
        return 2, _LAST.index(ending)
    return (0, _ORDER.index(ending)) if ending in _ORDER else (1, 0)


def _label(ending: str) -> Text | None:
    name = f"var_{ending.lower()}"
    return message(f"sdtm.var_{ending.lower()}") if name in catalogue("sdtm") else None


def _own(name: str, domain: str = "", kind: Kind = Kind.TEXT, role: Role = Role.KEY) -> Column:
    """A column that no annotation names."""
    return Column(name, _label(suffix(name, domain)) or both(name), kind, role)


def _fixed(name: str, label: Text, columns: str, domain: str) -> Table:
    keys = ("STUDYID", "RDOMAIN", "DOMAIN", "USUBJID", "COSEQ", "IDVAR", "IDVARVAL", "QNAM", "RELID")
    made = []
    for one in columns.split():
        ending = suffix(one, "CO") if one in ("COSEQ", "COVAL") else one
        kind = Kind.INTEGER if one == "COSEQ" else Kind.TEXT
        role = Role.KEY if one in keys else Role.VALUE
        made.append(Column(one, _label(ending) or both(one), kind, role, annotation=one))
    made += [_own(one, role=Role.ABOUT) for one in _TRACE]
    return Table(name, label, tuple(made), message("sdtm.structure_supp"), domain)
