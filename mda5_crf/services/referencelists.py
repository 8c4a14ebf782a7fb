"""The live rows of a site's lists as typed values; its laboratories among a definition's answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from mda5_crf.db.views import ReferenceRow
from mda5_crf.study.model import CodeList, CodeValue, Item, Study
from mda5_crf.study.references import ConsentVersion, Delegation, References
from mda5_crf.text import Text, message

LABORATORY, RANGE, CONSENT_VERSION = "laboratory", "range", "consent_version"
TABLES: Final = (LABORATORY, RANGE, CONSENT_VERSION)
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    LABORATORY: ("code", "en", "zh"),
    RANGE: ("laboratory", "testcd", "unit", "low", "high", "sex", "age_from", "age_to", "from", "to"),
    CONSENT_VERSION: ("version", "approved", "in_force_from", "until"),
}
_PANEL: Final = "limits"
_PERSON: Final = "limits_for"


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """One reference range of one analyte. Either limit may be open; ages are completed years, inclusive."""

    identity: str
    laboratory: str
    testcd: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    sex: str = ""
    age_from: int | None = None
    age_to: int | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Where a definition has results and limits: columns of its panels, items of its laboratory forms."""

    result: str
    low: str
    high: str
    laboratory: str
    sampled: str
    sex: str = ""
    born: str = ""


@dataclass(frozen=True, slots=True)
class SiteLists:
    """The live rows of one site."""

    laboratories: Mapping[str, Text]
    ranges: tuple[ReferenceRange, ...]
    consent_versions: tuple[ConsentVersion, ...]
    duties: tuple[Delegation, ...] = ()

    def references(self) -> References:
        """What checks may ask. Who keeps no list of duties is not asked about them."""
        return References(consent_versions=self.consent_versions, delegations=self.duties)


EMPTY: Final = SiteLists({}, (), ())


def panel_of(study: Study) -> Panel | None:
    """What the settings ``limits`` and ``limits_for`` of a definition name; None when it has none."""
    words = study.settings.get(_PANEL, "").split()
    person = study.settings.get(_PERSON, "").split()
    if len(words) != 5:
        return None
    return Panel(*words, *(person if len(person) == 2 else ()))


def of_sites(
    rows: Iterable[ReferenceRow], duties: Mapping[str, tuple[Delegation, ...]] | None = None
) -> dict[str, SiteLists]:
    """Site → its live rows and its duties. A row that a newer program wrote in another shape is left out."""
    sites: dict[str, list[ReferenceRow]] = {}
    for row in rows:
        if row.live:
            sites.setdefault(row.site, []).append(row)
    known = duties or {}
    return {
        site: replace(_lists(sites.get(site, [])), duties=known.get(site, ())) for site in {**sites, **known}
    }


def _lists(rows: list[ReferenceRow]) -> SiteLists:
    laboratories = {
        row.row["code"]: Text(row.row.get("en", ""), row.row.get("zh", ""))
        for row in rows
        if row.table == LABORATORY and row.row.get("code")
    }
    ranges = (range_of(row.row, row.identity) for row in rows if row.table == RANGE)
    versions = (_version_of(row) for row in rows if row.table == CONSENT_VERSION)
    return SiteLists(laboratories, tuple(filter(None, ranges)), tuple(filter(None, versions)))


def range_of(row: Mapping[str, str], identity: str = "") -> ReferenceRange | None:
    """A stored row as a range; None when it does not read."""
    cell = {name: row.get(name, "") for name in FIELDS[RANGE]}
    try:
        return ReferenceRange(
            identity, cell["laboratory"], cell["testcd"], cell["unit"],
            Decimal(cell["low"]) if cell["low"] else None, Decimal(cell["high"]) if cell["high"] else None,
            cell["sex"],
            int(cell["age_from"]) if cell["age_from"] else None,
            int(cell["age_to"]) if cell["age_to"] else None,
            date.fromisoformat(cell["from"]) if cell["from"] else None,
            date.fromisoformat(cell["to"]) if cell["to"] else None,
        )  # fmt: skip
    except (ValueError, InvalidOperation):
        return None


def _version_of(row: ReferenceRow) -> ConsentVersion | None:
    cell = row.row
    begun, until = cell.get("in_force_from") or cell.get("approved", ""), cell.get("until")
    try:
        ends = date.fromisoformat(until) if until else None
        return ConsentVersion(cell.get("version", ""), date.fromisoformat(begun), ends)
    except ValueError:
        return None


def extended(study: Study, rows: Iterable[ReferenceRow]) -> Study:
    """The definition with the sites' laboratories among the answers to "which laboratory?".

    Struck ones stay readable, marked and last. The definition itself, its hash and source stay as they are.
    """
    panel = panel_of(study)
    laboratories = [row for row in rows if row.table == LABORATORY]
    if panel is None or not laboratories:
        return study
    lists = {oid: _with(study.codelists[oid], laboratories) for oid in _laboratory_lists(study, panel)}
    return replace(study, codelists={**study.codelists, **lists})


def _laboratory_lists(study: Study, panel: Panel) -> list[str]:
    """The codelists that the items for the laboratory answer from."""
    items = (form.items.get(panel.laboratory) for form in study.forms.values())
    return list(dict.fromkeys(item.codelist for item in items if item is not None and item.codelist))


def laboratory_codes(study: Study) -> tuple[str, ...]:
    """The laboratories that ``study`` itself names."""
    panel = panel_of(study)
    lists = [] if panel is None else _laboratory_lists(study, panel)
    return tuple(code for oid in lists for code in study.codelists[oid].by_code)


def analytes(study: Study) -> dict[str, tuple[Item, ...]]:
    """The analytes of all laboratory panels: test code → its result items."""
    panel = panel_of(study)
    found: dict[str, tuple[Item, ...]] = {}
    for form in study.forms.values():
        for item in form.items.values():
            if panel is not None and item.column == panel.result and item.row is not None:
                found[item.row] = (*found.get(item.row, ()), item)
    return found


def _with(codelist: CodeList, rows: list[ReferenceRow]) -> CodeList:
    values = dict(codelist.by_code)
    for row in sorted(rows, key=lambda one: not one.live):
        code = row.row.get("code", "")
        if not code or code in codelist.by_code:
            continue
        text = Text(row.row.get("en", code), row.row.get("zh", code))
        if not row.live:
            if code in values:
                continue
            text = message("reference.laboratory_struck", name=text)
        elif code in values and values[code].text != text:
            # Two sites use one code for two laboratories: the centre shows both names.
            known = values[code].text
            text = Text(f"{known.en} / {text.en}", f"{known.zh} / {text.zh}")
        values[code] = CodeValue(code, text, len(values))
    return CodeList(codelist.oid, tuple(values.values()), codelist.integers, values)
