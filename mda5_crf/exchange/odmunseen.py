"""The definition that data show by themselves, for files without one: what occurs, all of it as texts."""

from __future__ import annotations

from mda5_crf.exchange.odmindex import KINDS, Index
from mda5_crf.exchange.odmnode import attribute, children, name_of
from mda5_crf.exchange.odmread import Node


class Seen:
    """Collects which events, forms, groups and items the data have; memory grows with these alone."""

    def __init__(self) -> None:
        self._study = ""
        self._version = ""
        self._events: dict[str, dict[str, None]] = {}
        self._forms: dict[str, dict[str, None]] = {}
        self._groups: dict[str, dict[str, None]] = {}
        self._repeats: set[tuple[str, str]] = set()

    def __bool__(self) -> bool:
        return bool(self._forms or self._events)

    def clinical(self, attributes: dict[str, str]) -> None:
        """A ClinicalData begins."""
        self._study = self._study or attributes.get("StudyOID", "").strip()
        self._version = self._version or attributes.get("MetaDataVersionOID", "").strip()

    def subject(self, node: Node) -> None:
        """One participant's data."""
        for event in children(node, "StudyEventData"):
            oid = self._noted("StudyEvent", event, "StudyEventOID", "StudyEventRepeatKey")
            forms = self._events.setdefault(oid, {})
            for form in children(event, "FormData"):
                forms[self._form(form)] = None
        for form in children(node, "FormData"):
            self._form(form)

    def _form(self, node: Node) -> str:
        oid = self._noted("Form", node, "FormOID", "FormRepeatKey")
        groups = self._forms.setdefault(oid, {})
        for group in children(node, "ItemGroupData"):
            name = self._noted("ItemGroup", group, "ItemGroupOID", "ItemGroupRepeatKey")
            groups[name] = None
            items = self._groups.setdefault(name, {})
            for item in group[3]:
                if name_of(item).startswith("ItemData"):
                    items[attribute(item, "ItemOID")] = None
        return oid

    def _noted(self, kind: str, node: Node, oid: str, repeat: str) -> str:
        """The OID; one with a repeat key other than 1 somewhere repeats."""
        name = attribute(node, oid)
        if attribute(node, repeat) not in ("", "1"):
            self._repeats.add((kind, name))
        return name

    def index(self, found: Index | None) -> Index:
        """The definition; what the file says of the study itself (``found``) stays."""
        study = found.study if found is not None else ["Study", {"OID": self._study or "STUDY"}, None, []]
        version = found.version if found is not None else None
        if version is None:
            version = ["MetaDataVersion", {"OID": self._version, "Name": self._version}, None, []]
        index = Index(study, version, {kind: {} for kind in KINDS})
        index.sources.append(version)
        for kind, held, child, mark in (
            ("StudyEventDef", self._events, "Form", "StudyEvent"),
            ("FormDef", self._forms, "ItemGroup", "Form"),
            ("ItemGroupDef", self._groups, "Item", "ItemGroup"),
        ):
            for oid, inner in held.items():
                refs: list[Node] = [[f"{child}Ref", {f"{child}OID": one}, None, []] for one in inner]
                repeats = "Yes" if (mark, oid) in self._repeats else "No"
                index.definitions[kind][oid] = [
                    kind, {"OID": oid, "Name": oid, "Repeating": repeats}, None, refs,
                ]  # fmt: skip
        for items in self._groups.values():
            for oid in items:
                index.definitions["ItemDef"][oid] = [
                    "ItemDef",
                    {"OID": oid, "Name": oid, "DataType": "text"},
                    None,
                    [],
                ]
        return index
