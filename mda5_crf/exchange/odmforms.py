"""The forms of a stranger's study as descriptions of ours (docs/definition.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mda5_crf.exchange.odmnode import attribute, children, first, plain, said, texts
from mda5_crf.exchange.odmplaces import REDCAP, FormPlace, GroupPlace, ItemPlace
from mda5_crf.exchange.odmread import Node
from mda5_crf.exchange.odmreport import ImportReport
from mda5_crf.exchange.odmrules import Rules
from mda5_crf.exchange.odmtypes import question
from mda5_crf.text import message

_LONGEST: Final = 10_000
_NO_LENGTH: Final = 999
"""What REDCap says where nothing is said."""
_ONE_LINE: Final = 200
_NUMERIC: Final = frozenset({"integer", "decimal"})
_SDTM: Final = ("SDTM", "CDASH/SDTM", "CDASH")


class Forms:
    """Describes form after form."""

    def __init__(self, rules: Rules, units: Mapping[str, str], report: ImportReport) -> None:
        self._rules = rules
        self._units = units
        self._report = report
        self.symbols: dict[str, None] = {}

    def form(self, place: FormPlace) -> dict[str, Any]:
        """The whole file of a form."""
        node = place.node
        described = first(node, "Description") if node is not None else None
        head: dict[str, Any] = {
            "oid": place.name,
            "name": place.title,
            "domain": _domain(place),
        }
        if node is not None:
            self._report.use(node, described, *(children(described, "TranslatedText") if described else ()))
            if attribute(node, "Repeating").casefold() == "yes":
                head["repeating"] = True
        self._checks: list[dict[str, Any]] = []
        self._taken: set[str] = set()
        groups = [made for group in place.groups if (made := self._group(group, place))]
        if not groups:
            nothing = message("odmin.empty_form")
            label = {"name": "NOTHING", "type": "label", "label": {"en": nothing.en, "zh": nothing.zh}}
            groups = [{"name": "MAIN", "title": head["name"], "item": [label]}]
        return {"form": head, "group": groups, "check": self._checks or None}

    def _group(self, group: GroupPlace, form: FormPlace) -> dict[str, Any] | None:
        self._report.use(group.ref, group.node)
        if not group.items:
            return None
        if group.node is not None:
            for described in children(group.node, "Description"):
                self._report.use(described, *children(described, "TranslatedText"))
        title = {language: plain(text) for language, text in group.title.items()}
        if group.node is not None and attribute(group.node, "Name").endswith("UNGROUPED"):
            title = form.title  # OpenClinica's word for what stands in no group
        made: dict[str, Any] = {
            "name": group.name,
            "title": title
            if any(title.values())
            else texts({}, attribute(group.node or group.ref, "Name") or group.name),
        }
        if group.repeating:
            made |= {"layout": "log", "repeating": True}
        made["relevant"] = self._rules.gate(group.ref, form)
        made["item"] = [self._item(place, form) for place in group.items]
        return made

    def _item(self, place: ItemPlace, form: FormPlace) -> dict[str, Any]:
        self._report.use(*place.refs, *place.nodes)
        node = place.node
        made: dict[str, Any] = {
            "name": place.name,
            "type": place.kind,
            "label": question(place, form, self._report),
        }
        if place.codelist:
            made["codelist"] = place.codelist
        if node is None:
            return made
        if place.kind != "label":
            self._answer(made, place, node, form)
        gate = self._rules.gate(place.ref, form) or self._rules.vendor(node, "BranchingLogic", form)
        if gate:
            made["relevant"] = gate
        return made

    def _answer(self, made: dict[str, Any], place: ItemPlace, node: Node, form: FormPlace) -> None:
        length = attribute(node, "Length")
        if place.kind == "text" and length.isdecimal() and 0 < int(length) <= _LONGEST:
            one_line = attribute(node, f"{REDCAP}FieldType") == "text" and int(length) == _NO_LENGTH
            made["length"] = _ONE_LINE if one_line else int(length)
        digits = attribute(node, "SignificantDigits")
        if place.kind == "decimal" and digits.isdecimal() and int(digits) <= 12:
            made["decimals"] = int(digits)
        hints = texts({"": plain(attribute(node, f"{REDCAP}FieldNote"))})
        self._unit(made, place, node, hints)
        if any(hints.values()):
            made["hint"] = hints
        alias = next(
            (one for want in _SDTM for one in children(node, "Alias") if attribute(one, "Context") == want),
            None,
        )
        if alias is not None and attribute(alias, "Name"):
            made["sdtm"] = attribute(alias, "Name")
            self._report.use(alias)
        calculate = self._rules.method(place.ref, form) or self._rules.vendor(node, "Calculation", form)
        if calculate is not None:
            made["calculate"] = calculate
        elif _required(place, node):
            made["required"] = True
        limits, checks = self._rules.ranges(place, form, self._taken)
        made |= limits
        self._checks += checks
        described = first(node, "Description")
        if described is not None and first(node, "Question") is not None:
            words = texts(said(described))
            if any(words.values()) and words != made["label"]:
                made["guidance"] = words
            self._report.use(described, *children(described, "TranslatedText"))

    def _unit(self, made: dict[str, Any], place: ItemPlace, node: Node, hints: dict[str, str]) -> None:
        refs = list(children(node, "MeasurementUnitRef"))
        symbols = [(ref, self._units.get(attribute(ref, "MeasurementUnitOID"), "")) for ref in refs]
        for ref, symbol in symbols:
            if not symbol:
                self._report.repair("unit_not_defined", attribute(ref, "MeasurementUnitOID"))
        known = [(ref, symbol) for ref, symbol in symbols if symbol]
        if len(known) == 1 and place.kind in _NUMERIC:
            made["unit"] = known[0][1]
            self.symbols[known[0][1]] = None
            self._report.use(known[0][0])
        elif known:
            # One of several units, or of something that is no number: nothing here is converted by guess.
            shown = " / ".join(dict.fromkeys(symbol for _, symbol in known))
            hints["en"] = f"{hints['en']} ({shown})" if hints.get("en") else shown
            self._report.use(*(ref for ref, _ in known))


def _required(place: ItemPlace, node: Node) -> bool:
    said_so = attribute(node, f"{REDCAP}RequiredField").casefold() in ("y", "yes", "1")
    return said_so or attribute(place.ref, "Mandatory").casefold() == "yes"


def _domain(place: FormPlace) -> str:
    for group in place.groups:
        if group.node is not None and attribute(group.node, "Domain"):
            return attribute(group.node, "Domain")
    return place.name
