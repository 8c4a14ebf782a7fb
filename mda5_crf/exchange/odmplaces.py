"""Gives every form, group and item of a stranger's study its name here, before anything is said of them.

One ItemDef may stand in several groups, and one ItemGroupDef in several forms; here each place is an item
of its own. What stands next to each other as boxes of one question (``race___1``, ``race___2``) is one
item with several answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mda5_crf.exchange.odmindex import Index
from mda5_crf.exchange.odmnaming import Maker
from mda5_crf.exchange.odmnode import attribute, children, said, texts
from mda5_crf.exchange.odmread import Node
from mda5_crf.exchange.odmreport import ImportReport

REDCAP: Final = "{https://projectredcap.org}"
_BOX: Final = re.compile(r"(.+?)___(.+)")
_FORM_HEAD: Final = re.compile(r"(?i)(?:form|f)[._]")
_ITEM_HEAD: Final = re.compile(r"(?i)(?:item|it|i)[._]")
_EVENT_HEAD: Final = re.compile(r"(?i)(?:event|studyevent|se)[._]")
_TAIL: Final = re.compile(r"_\d{4}-\d\d-\d\d$")


@dataclass(slots=True)
class ItemPlace:
    """One item of ours. ``node`` is None when the file does not define it; ``boxes``: foreign OID → code."""

    name: str
    foreign: str
    ref: Node
    node: Node | None
    boxes: dict[str, str] = field(default_factory=dict)
    refs: list[Node] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    foreign_group: str = ""
    kind: str = ""
    codelist: str = ""


@dataclass(slots=True)
class GroupPlace:
    """One group of ours."""

    name: str
    foreign: str
    ref: Node
    node: Node | None
    title: dict[str, str]
    items: list[ItemPlace] = field(default_factory=list)

    @property
    def repeating(self) -> bool:
        """Whether it has rows."""
        return self.node is not None and attribute(self.node, "Repeating").casefold() == "yes"


@dataclass(slots=True)
class FormPlace:
    """One form of ours."""

    name: str
    foreign: str
    node: Node | None
    groups: list[GroupPlace] = field(default_factory=list)

    @property
    def title(self) -> dict[str, str]:
        """What the form is called."""
        if self.node is None:
            return {"en": self.foreign or self.name}
        described = said(next(children(self.node, "Description"), None))
        return texts(described, attribute(self.node, "Name") or self.foreign or self.name)

    def items(self) -> Iterator[ItemPlace]:
        """Every item, in order."""
        for group in self.groups:
            yield from group.items


def ordered(node: Node, *names: str) -> list[Node]:
    """The references in ``node``: by OrderNumber where every one has it, else as they stand."""
    found = list(children(node, *names))
    numbers = [attribute(one, "OrderNumber") for one in found]
    if found and all(number.isdecimal() for number in numbers):
        found.sort(key=lambda one: int(attribute(one, "OrderNumber")))
    return found


def short(oid: str, head: re.Pattern[str]) -> str:
    """An OID without what only says its kind, and without a date of publication."""
    word = _TAIL.sub("", head.sub("", oid, count=1) if head.match(oid) else oid)
    return word or oid


def event_names(index: Index) -> dict[str, str]:
    """Foreign OID → ours, of the events in the order of the protocol, then of the others."""
    maker = Maker(40, "_", "E")
    wanted: list[str] = []
    if index.protocol is not None:
        wanted = [attribute(one, "StudyEventOID") for one in ordered(index.protocol, "StudyEventRef")]
    every = index.all("StudyEventDef")
    order = [oid for oid in dict.fromkeys(wanted) if oid in every]
    order += [oid for oid in every if oid not in order]
    return {oid: maker.make(short(oid, _EVENT_HEAD), attribute(every[oid], "Name")) for oid in order}


class Places:
    """All places of a study."""

    def __init__(self, index: Index, report: ImportReport) -> None:
        self._index = index
        self._report = report
        self._forms = Maker(20, "", "FORM")
        self.forms: dict[str, FormPlace] = {}
        for oid, node in index.all("FormDef").items():
            self.forms[oid] = self._form(oid, node)
        for oid in self._undefined_forms():
            report.repair("form_not_defined", oid)
            self.forms[oid] = self._form(oid, ["FormDef", {"OID": oid}, None, []], defined=False)

    def _undefined_forms(self) -> list[str]:
        found: dict[str, None] = {}
        for event in self._index.all("StudyEventDef").values():
            for ref in children(event, "FormRef"):
                oid = attribute(ref, "FormOID")
                if oid and oid not in self.forms:
                    found[oid] = None
        return list(found)

    def _form(self, oid: str, node: Node, *, defined: bool = True) -> FormPlace:
        form = FormPlace(
            self._forms.make(short(oid, _FORM_HEAD), attribute(node, "Name")), oid, node if defined else None
        )
        groups, items = Maker(40, "_", "G"), Maker(40, "_", "I")
        seen: set[str] = set()
        for ref in ordered(node, "ItemGroupRef"):
            group_oid = attribute(ref, "ItemGroupOID")
            definition = self._index.find("ItemGroupDef", group_oid)
            if definition is None:
                self._report.repair("group_not_defined", group_oid)
                continue
            if group_oid in seen:
                self._report.repair("reference_twice", group_oid)
                continue
            seen.add(group_oid)
            self._group(form, ref, definition, groups, items)
        return form

    def _group(self, form: FormPlace, ref: Node, node: Node, groups: Maker, items: Maker) -> None:
        oid = attribute(node, "OID")
        name = attribute(node, "Name")
        words = texts(said(next(children(node, "Description"), None)), name)
        last = form.groups[-1] if form.groups else None
        joins = (
            last is not None
            and (not any(words.values()) or self._goes_on(node))
            and not last.repeating
            and attribute(node, "Repeating").casefold() != "yes"
            and not attribute(ref, "CollectionExceptionConditionOID")
            and not attribute(last.ref, "CollectionExceptionConditionOID")
        )
        if joins and last is not None:
            group = last  # it goes on with the one before
            self._report.use(ref, node)
        else:
            made = groups.make(name if name.isascii() else "", short(oid, _ITEM_HEAD))
            group = GroupPlace(made, oid, ref, node, words if any(words.values()) else {})
            form.groups.append(group)
        seen: set[str] = set()
        for item in ordered(node, "ItemRef"):
            item_oid = attribute(item, "ItemOID")
            if item_oid in seen:
                self._report.repair("reference_twice", item_oid)
                continue
            seen.add(item_oid)
            self._item(group, oid, item, item_oid, items)
        self._report.use(*children(node, "Description"))

    def _goes_on(self, node: Node) -> bool:
        """REDCap begins a group now and then; a section begins only at an item with a heading."""
        ref = next(iter(ordered(node, "ItemRef")), None)
        item = self._index.find("ItemDef", attribute(ref, "ItemOID")) if ref is not None else None
        known = item is not None and f"{REDCAP}FieldType" in item[1]
        return known and item is not None and not attribute(item, f"{REDCAP}SectionHeader")

    def _item(self, group: GroupPlace, group_oid: str, ref: Node, oid: str, items: Maker) -> None:
        node = self._index.find("ItemDef", oid)
        if node is None:
            self._report.repair("item_not_defined", oid)
        box = _BOX.fullmatch(oid)
        if box and node is not None and _is_box(node):
            last = group.items[-1] if group.items else None
            if last is None or last.foreign != box[1] or not last.boxes or last.foreign_group != group_oid:
                last = ItemPlace(items.make(box[1]), box[1], ref, node, foreign_group=group_oid)
                group.items.append(last)
            last.boxes[oid] = box[2]
            last.refs.append(ref)
            last.nodes.append(node)
            return
        name = attribute(node, "Name") if node is not None else ""
        plain = name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name) else ""
        wanted = plain or short(oid, _ITEM_HEAD)
        place = ItemPlace(items.make(wanted, name), oid, ref, node, foreign_group=group_oid)
        place.refs.append(ref)
        if node is not None:
            place.nodes.append(node)
        group.items.append(place)


def _is_box(node: Node) -> bool:
    kind = attribute(node, f"{REDCAP}FieldType")
    return kind == "checkbox" or (not kind and attribute(node, "DataType") == "boolean")
