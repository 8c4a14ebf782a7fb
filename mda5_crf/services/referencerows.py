"""What a row of a site's list must say before it is stored: every field read, every sentence clear."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from mda5_crf.db.views import ReferenceRow
from mda5_crf.errors import InputRefused
from mda5_crf.services.referencelists import (
    FIELDS,
    ReferenceRange,
    analytes,
    laboratory_codes,
    panel_of,
    range_of,
)
from mda5_crf.study.folding import narrow
from mda5_crf.study.model import Study
from mda5_crf.study.moments import read_date
from mda5_crf.study.numbers import read_number
from mda5_crf.study.operand import plain
from mda5_crf.study.units import known_units, same_unit
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_OLDEST: Final = 130
_LONGEST: Final = 100
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
_MOST_NAMED: Final = 12

Live = Sequence[ReferenceRow]


def checked(session: Session, table: str, row: Mapping[str, str], live: Live) -> dict[str, str]:
    """The row as it is stored, every field there, "" for an open one. Raises InputRefused."""
    unknown = [name for name in row if name not in FIELDS[table]]
    if unknown:
        raise InputRefused("reference.unknown_field", field=unknown[0], known=", ".join(FIELDS[table]))
    given = {name: _one_line(row.get(name) or "") for name in FIELDS[table]}
    check: Callable[[Session, dict[str, str], Live], None] = _CHECKS[table]
    check(session, given, live)
    return given


def _one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _laboratory(session: Session, given: dict[str, str], live: Live) -> None:
    given["code"] = code = narrow(given["code"]).upper()
    if _CODE.fullmatch(code) is None:
        raise InputRefused("reference.laboratory_code", code=given["code"])
    if not given["en"] or not given["zh"] or max(len(given["en"]), len(given["zh"])) > _LONGEST:
        raise InputRefused("reference.laboratory_name", code=code, most=_LONGEST)
    if code in laboratory_codes(session.definition):
        raise InputRefused("reference.laboratory_of_definition", code=code)
    if any(r.row.get("code") == code for r in live if r.table == "laboratory"):
        raise InputRefused("reference.laboratory_known", code=code)


def _consent_version(session: Session, given: dict[str, str], live: Live) -> None:
    version = given["version"]
    if not version or len(version) > _LONGEST:
        raise InputRefused("reference.version_needed", most=_LONGEST)
    approved = _date(given, "approved")
    begun, until = _date(given, "in_force_from"), _date(given, "until")
    if approved is None:
        raise InputRefused("reference.approved_needed", version=version)
    if approved > session.today:
        raise InputRefused("reference.approved_later", version=version)
    if begun is not None and begun < approved:
        raise InputRefused("reference.in_force_before_approval", version=version)
    if until is not None and until < (begun or approved):
        raise InputRefused("reference.dates_reversed")
    if any(
        r.row.get("version", "").casefold() == version.casefold()
        for r in live
        if r.table == "consent_version"
    ):
        raise InputRefused("reference.version_known", version=version)


def _range(session: Session, given: dict[str, str], live: Live) -> None:
    _place(session, given, live)
    low, high = _number(given, "low"), _number(given, "high")
    if low is None and high is None:
        raise InputRefused("reference.limit_needed", testcd=given["testcd"])
    if low is not None and high is not None and low >= high:
        raise InputRefused(
            "reference.limits_reversed", testcd=given["testcd"], low=plain(low), high=plain(high)
        )
    given["sex"] = _sex(session.study, given["sex"])
    youngest, oldest = _age(given, "age_from"), _age(given, "age_to")
    if youngest is not None and oldest is not None and youngest > oldest:
        raise InputRefused("reference.ages_reversed", low=youngest, high=oldest)
    start, end = _date(given, "from"), _date(given, "to")
    if start is not None and end is not None and end < start:
        raise InputRefused("reference.dates_reversed")
    _no_overlap(given, live)


def _place(session: Session, given: dict[str, str], live: Live) -> None:
    """Laboratory, analyte and unit."""
    given["laboratory"] = laboratory = narrow(given["laboratory"]).upper()
    known = [
        *laboratory_codes(session.definition),
        *(r.row.get("code", "") for r in live if r.table == "laboratory"),
    ]
    if laboratory not in known:
        raise InputRefused(
            "reference.unknown_laboratory", laboratory=laboratory or "-", known=", ".join(known) or "-"
        )
    given["testcd"] = testcd = narrow(given["testcd"]).upper()
    tests = analytes(session.study)
    if testcd not in tests:
        shown = [*sorted(tests)[:_MOST_NAMED], *(["…"] if len(tests) > _MOST_NAMED else [])]
        raise InputRefused("reference.unknown_analyte", testcd=testcd or "-", known=", ".join(shown) or "-")
    units = list(dict.fromkeys(unit for item in tests[testcd] for unit in known_units(item)))
    found = next((unit for unit in units if given["unit"] and same_unit(unit, given["unit"])), None)
    if found is None and (units or given["unit"]):
        raise InputRefused(
            "reference.unknown_unit", testcd=testcd, unit=given["unit"] or "-", known=", ".join(units) or "-"
        )
    given["unit"] = found or ""


def _no_overlap(given: dict[str, str], live: Live) -> None:
    new = range_of(given)
    assert new is not None  # every field was read just now
    for row in live:
        other = range_of(row.row) if row.table == "range" else None
        if other is not None and _meet(new, other):
            raise InputRefused(
                "reference.overlap", laboratory=other.laboratory, testcd=other.testcd, range=described(other)
            )


def _meet(one: ReferenceRange, other: ReferenceRange) -> bool:
    """Whether some participant on some day falls under both."""
    same = (one.laboratory, one.testcd) == (other.laboratory, other.testcd)
    sexes = not one.sex or not other.sex or one.sex == other.sex
    ages = _ranges_meet((one.age_from, one.age_to), (other.age_from, other.age_to))
    days = _ranges_meet(_ordinals(one), _ordinals(other))
    return same and sexes and ages and days


def _ordinals(one: ReferenceRange) -> tuple[int | None, int | None]:
    return (
        one.start.toordinal() if one.start is not None else None,
        one.end.toordinal() if one.end is not None else None,
    )


def _ranges_meet(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
    return all(
        low is None or high is None or low <= high for low, high in ((one[0], other[1]), (other[0], one[1]))
    )


def described(one: ReferenceRange) -> Text:
    """A range in words: limits, unit, and for whom and when it holds."""
    limits = f"{'' if one.low is None else plain(one.low)}–{'' if one.high is None else plain(one.high)}"
    whom = [f"{limits} {one.unit}".strip()]
    if one.sex:
        whom.append(one.sex)
    english, chinese = list(whom), list(whom)
    for name, low, high in (("ages", one.age_from, one.age_to), ("days", one.start, one.end)):
        if low is not None or high is not None:
            words = message(
                f"reference.{name}", low="…" if low is None else low, high="…" if high is None else high
            )
            english.append(words.en)
            chinese.append(words.zh)
    return Text(", ".join(english), "，".join(chinese))


def _sex(study: Study, typed: str) -> str:
    if not typed:
        return ""
    panel = panel_of(study)
    oid = ".".join(panel.sex.split(".")[-2:]) if panel is not None else ""
    item = study.forms[oid.partition(".")[0]].items.get(oid.partition(".")[2]) if oid else None
    codelist = study.codelists[item.codelist] if item is not None and item.codelist else None
    code = narrow(typed).upper()
    known = tuple(codelist.by_code) if codelist is not None else ()
    if code not in known:
        raise InputRefused("reference.unknown_sex", sex=typed, known=", ".join(known) or "-")
    return code


def _number(given: dict[str, str], name: str) -> Decimal | None:
    if not given[name]:
        return None
    found = read_number(given[name])
    if found is None or not isinstance(found[1], Decimal):
        raise InputRefused("reference.not_a_number", field=name, text=given[name][:40])
    given[name] = found[0]
    return found[1]


def _age(given: dict[str, str], name: str) -> int | None:
    text = narrow(given[name])
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= _OLDEST):
        raise InputRefused("reference.not_an_age", field=name, text=given[name][:40], most=_OLDEST)
    given[name] = str(int(text))
    return int(text)


def _date(given: dict[str, str], name: str) -> date | None:
    if not given[name]:
        return None
    found = read_date(given[name])
    if not isinstance(found, date):
        raise InputRefused("reference.not_a_date", field=name, text=given[name][:40])
    given[name] = found.isoformat()
    return found


_CHECKS: Final[Mapping[str, Callable[[Session, dict[str, str], Live], None]]] = {
    "laboratory": _laboratory,
    "range": _range,
    "consent_version": _consent_version,
}
