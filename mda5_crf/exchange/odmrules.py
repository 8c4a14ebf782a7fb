"""Conditions, methods and range checks of a stranger's study as expressions and checks of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from mda5_crf.exchange.expressions import translate
from mda5_crf.exchange.exprtree import Found, NotUnderstood, toml_value_of
from mda5_crf.exchange.odmindex import Index
from mda5_crf.exchange.odmlists import Lists
from mda5_crf.exchange.odmnode import attribute, children, first, said, text_of, texts
from mda5_crf.exchange.odmplaces import REDCAP, FormPlace, ItemPlace, Places
from mda5_crf.exchange.odmread import Node
from mda5_crf.exchange.odmreport import ImportReport
from mda5_crf.text import message

KINDS: Final = {
    "integer": "number", "decimal": "number", "date": "date", "partial_date": "date", "code": "code",
    "multi": "multi", "text": "text",
}  # fmt: skip
_DIALECTS: Final = {
    "xpath": "xpath", "xpath1.0": "xpath", "xpath 1.0": "xpath", "xpath 2.0": "xpath", "openedc": "openedc",
    "redcap": "redcap",
}  # fmt: skip
_NUMERIC: Final = frozenset({"integer", "decimal"})
_DATES: Final = frozenset({"date", "partial_date"})
_WORDS: Final = {"LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "==", "NE": "!="}


@dataclass(slots=True)
class Finder:
    """Finds what an expression of one form names: first in the form itself, then wherever it is."""

    places: Places
    lists: Lists
    events: Mapping[str, str]
    form: FormPlace | None = None
    event: str = ""
    known: dict[str, list[tuple[FormPlace, ItemPlace, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for form in self.places.forms.values():
            for item in form.items():
                names = {item.foreign, *item.boxes, *(attribute(node, "Name") for node in item.nodes[:1])}
                names |= {f"{item.foreign_group}-{item.foreign}"}  # as OpenEDC names one of several
                names |= {f"{form.foreign}-{item.foreign_group}-{item.foreign}"}
                for name in names:
                    self.known.setdefault(name, []).append((form, item, item.boxes.get(name, "")))

    def at(self, form: FormPlace | None) -> Finder:
        """The same, standing in ``form``."""
        self.form = form
        return self

    def find(self, name: str, *, event: str = "", form: str = "", code: str = "") -> Found | None:
        """The item (see :class:`mda5_crf.exchange.exprtree.Scope`)."""
        matches = self.known.get(f"{name}___{code}" if code else name, ())
        if form:
            matches = [one for one in matches if one[0].foreign == form]
        own = [one for one in matches if one[0] is self.form and not event]
        if not own and not matches:
            return None
        where, item, box = (own or list(matches))[0]
        if item.kind == "label":
            return None
        path = item.name if where is self.form and not event else f"{where.name}.{item.name}"
        if event:
            ours = self._event(event)
            if ours is None:
                return None
            path = f"{ours}.{path}"
        kind = KINDS.get(item.kind, "text")
        if kind == "code" and item.codelist in self.lists.integers:
            kind = "integers"
        return Found(path, kind, self.lists.codes.get(item.codelist, {}), box)

    def _event(self, event: str) -> str | None:
        for oid, ours in self.events.items():
            if event in (oid, oid.removeprefix("Event.")):
                return ours
        return None


class Rules:
    """Translates; what cannot be is counted, and stays in the file as it is."""

    def __init__(self, index: Index, finder: Finder, units: Mapping[str, str], report: ImportReport) -> None:
        self._index = index
        self._finder = finder
        self._units = units
        self._report = report

    def gate(self, ref: Node, form: FormPlace | None) -> str | None:
        """When something is to be collected: the condition of ``ref`` says when it is *not*."""
        oid = attribute(ref, "CollectionExceptionConditionOID")
        if not oid:
            return None
        condition = self._index.find("ConditionDef", oid)
        if condition is None:
            self._report.repair("condition_not_defined", oid)
            return None
        source = self._formal(condition, form)
        if source is None:
            return None
        self._report.use(condition)
        prefix, suffix = "not coalesce(", ", False)"
        if (
            source.startswith(prefix)
            and source.endswith(suffix)
            and _closed(source[len(prefix) : -len(suffix)])
        ):
            return source[len(prefix) : -len(suffix)]  # not not: said straight
        return f"{prefix}{source}{suffix}"

    def method(self, ref: Node, form: FormPlace) -> str | None:
        """How an item is computed."""
        oid = attribute(ref, "MethodOID")
        if not oid:
            return None
        method = self._index.find("MethodDef", oid)
        if method is None:
            self._report.repair("method_not_defined", oid)
            return None
        source = self._formal(method, form)
        if source is not None:
            self._report.use(method)
        return source

    def vendor(self, node: Node, name: str, form: FormPlace) -> str | None:
        """An expression in an attribute of REDCap's."""
        text = attribute(node, f"{REDCAP}{name}")
        if not text:
            return None
        return self._said(translate(text, "redcap", self._finder.at(form)), text)

    def _formal(self, node: Node, form: FormPlace | None) -> str | None:
        """The first formal expression that can be translated."""
        expressions = list(children(node, "FormalExpression"))
        for one in expressions:
            text = text_of(first(one, "Code")) or str(one[2] or "").strip()
            dialect = _DIALECTS.get(attribute(one, "Context").casefold(), "")
            dialects = (dialect,) if dialect else ("xpath", "openedc", "redcap")
            if not dialect and not any(sign in text for sign in "@[=<>"):
                continue  # a language nobody named, and nothing in it that would be one of these
            for name in dialects:
                made = translate(text, name, self._finder.at(form))
                if made is not None:
                    self._report.use(one)
                    return self._said(made, text)
        if expressions:
            return self._said(None, attribute(node, "OID"))
        return None

    def _said(self, made: str | None, text: str) -> str | None:
        if made is None:
            self._report.misses("expression", text if len(text) <= 80 else text[:77] + "…")
        else:
            self._report.translated += 1
        return made

    # -- ranges ----------------------------------------------------------------------------------------

    def ranges(
        self, place: ItemPlace, form: FormPlace, taken: set[str]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """``hard`` and ``soft`` of an item, and the checks for what is no range."""
        limits: dict[str, list[str]] = {}
        checks: list[dict[str, Any]] = []
        for node in place.nodes:
            for number, one in enumerate(children(node, "RangeCheck"), 1):
                self._range(one, number, place, form, limits, checks, taken)
            if place.boxes:
                break
        if "hard" in limits and "soft" in limits and not _inside(limits["soft"], limits["hard"]):
            del limits["soft"]
            self._report.misses("soft_outside", place.foreign)
        return dict(limits), checks

    def _range(
        self, node: Node, number: int, place: ItemPlace, form: FormPlace, limits: dict[str, list[str]],
        checks: list[dict[str, Any]], taken: set[str],
    ) -> None:  # fmt: skip
        hard = attribute(node, "SoftHard").casefold() != "soft"
        comparator = attribute(node, "Comparator").upper()
        values = [str(one[2] or "").strip() for one in children(node, "CheckValue")]
        ranged = place.kind in _NUMERIC | _DATES or (
            place.kind == "code" and place.codelist in self._finder.lists.integers
        )
        if comparator in ("GE", "LE") and len(values) == 1 and ranged:
            end = 0 if comparator == "GE" else 1
            limit = self._limit(values[0], place)
            kept = limits.setdefault("hard" if hard else "soft", ["", ""])
            if limit is not None and not kept[end]:
                wanted = list(kept)
                wanted[end] = limit
                if _in_order(wanted):
                    kept[end] = limit
                    self._report.use(node, *children(node, "CheckValue", "MeasurementUnitRef"))
                    return
            if not any(kept):
                del limits["hard" if hard else "soft"]
        fires = self._fires(node, comparator, values, place, form)
        if fires is None:
            return
        oid = _free(f"{form.name}-{place.name}-{number}", taken)
        words = texts(said(first(node, "ErrorMessage")))
        if not any(words.values()):
            shown = f"{_WORDS.get(comparator, comparator.lower())} {', '.join(values)}".strip()
            sentence = message("odmin.out_of_range", shown=shown or attribute(node, "Name") or oid)
            words = {"en": sentence.en, "zh": sentence.zh}
        checks.append(
            {
                "oid": oid,
                "severity": "hard" if hard else "soft",
                "fires": fires,
                "items": [place.name],
                "message": words,
            }
        )
        self._report.use(node, *children(node, "CheckValue", "ErrorMessage", "MeasurementUnitRef"))
        for holder in children(node, "ErrorMessage"):
            self._report.use(*children(holder, "TranslatedText"))

    def _fires(
        self, node: Node, comparator: str, values: list[str], place: ItemPlace, form: FormPlace
    ) -> str | None:
        """When the check is not kept."""
        if not values and first(node, "FormalExpression") is not None:
            source = self._formal(node, form)
            return None if source is None else f"not ({source})"
        literals = [self._literal(value, place) for value in values]
        if not values or place.boxes or any(one is None for one in literals):
            self._report.misses("range", place.foreign)
            return None
        made = [one for one in literals if one is not None]
        if comparator in _WORDS and len(made) == 1:
            opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
            return f"{place.name} {opposite[_WORDS[comparator]]} {made[0]}"
        if comparator in ("IN", "NOTIN"):
            word, joint = ("!=", " and ") if comparator == "IN" else ("==", " or ")
            return joint.join(f"{place.name} {word} {one}" for one in made)
        self._report.misses("range", place.foreign)
        return None

    def _limit(self, value: str, place: ItemPlace) -> str | None:
        if place.kind in _DATES:
            return f'date("{value}")' if _day(value) else None
        number = _exact(value)
        return None if number is None else format(number, "f")

    def _literal(self, value: str, place: ItemPlace) -> str | None:
        if place.kind in _NUMERIC | _DATES:
            return self._limit(value, place)
        if place.kind == "code":
            code = self._finder.lists.codes.get(place.codelist, {}).get(value)
            if code is None:
                return None
            return code if place.codelist in self._finder.lists.integers else f'"{code}"'
        if place.kind != "text":
            return None
        try:
            return toml_value_of(value)
        except NotUnderstood:
            return None


def _closed(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def _day(value: str) -> bool:
    parts = value.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts)


def _exact(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None


def _in_order(ends: list[str]) -> bool:
    low, high = (_exact(end) for end in ends)
    return low is None or high is None or low <= high


def _inside(soft: list[str], hard: list[str]) -> bool:
    low, high, hard_low, hard_high = (_exact(end) if end else None for end in (*soft, *hard))
    return not (
        (low is not None and hard_low is not None and low < hard_low)
        or (high is not None and hard_high is not None and high > hard_high)
    )


def _free(oid: str, taken: set[str]) -> str:
    made, number = oid[:60], 1
    while made in taken:
        number += 1
        made = f"{oid[:55]}-{number}"
    taken.add(made)
    return made
