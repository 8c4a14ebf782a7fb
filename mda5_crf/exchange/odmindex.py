"""Finds in the studies of a file the definition that is to run, and its parts by OID."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from mda5_crf.exchange.odmnode import attribute, children, first
from mda5_crf.exchange.odmread import Node
from mda5_crf.exchange.odmreport import ImportReport

KINDS: Final = (
    "StudyEventDef", "FormDef", "ItemGroupDef", "ItemDef", "CodeList", "ConditionDef", "MethodDef",
)  # fmt: skip
"""What a MetaDataVersion defines under an OID and this program runs on."""


@dataclass(slots=True)
class Index:
    """One definition: its study and version, and what they define, each kind by OID in the file's order."""

    study: Node
    version: Node
    definitions: dict[str, dict[str, Node]] = field(default_factory=dict)
    units: dict[str, Node] = field(default_factory=dict)
    protocol: Node | None = None
    sources: list[Node] = field(default_factory=list)

    def find(self, kind: str, oid: str) -> Node | None:
        """The definition of that kind with that OID."""
        return self.definitions[kind].get(oid)

    def all(self, kind: str) -> Mapping[str, Node]:
        """All of a kind."""
        return self.definitions[kind]


def chosen(studies: Iterable[Node], report: ImportReport) -> Index | None:
    """The version that is run: that with most in it, the last of equal ones; None without any."""
    every = [(study, version) for study in studies for version in children(study, "MetaDataVersion")]
    if not every:
        return None
    report_more = len(every) - 1
    study, version = max(enumerate(every), key=lambda one: (_rank(one[1][1]), one[0]))[1]
    for _ in range(report_more):
        report.repair("other_versions")
    index = Index(study, version, {kind: {} for kind in KINDS})
    for one in _included(study, version, every, report):
        _take(index, one, report)
    for definitions in children(study, "BasicDefinitions"):
        for unit in children(definitions, "MeasurementUnit"):
            index.units.setdefault(attribute(unit, "OID"), unit)
    return index


def _rank(version: Node) -> tuple[int, int]:
    return (
        sum(1 for _ in children(version, "FormDef", "ItemGroupDef", "ItemDef")),
        sum(1 for _ in children(version, "StudyEventDef")),
    )


def _included(
    study: Node, version: Node, every: list[tuple[Node, Node]], report: ImportReport
) -> Iterator[Node]:
    """The version itself, and those it includes: their definitions count where it has none of its own."""
    seen: list[Node] = []
    open_: list[tuple[Node, Node]] = [(study, version)]
    while open_:
        owner, one = open_.pop(0)
        if any(one is other for other in seen):
            continue
        seen.append(one)
        yield one
        for include in children(one, "Include"):
            wanted = attribute(include, "MetaDataVersionOID")
            owner_oid = attribute(include, "StudyOID") or attribute(owner, "OID")
            found = [
                pair for pair in every
                if attribute(pair[1], "OID") == wanted and attribute(pair[0], "OID") == owner_oid
            ]  # fmt: skip
            if found:
                open_.append(found[0])
                report.use(include)
            else:
                report.misses("include_elsewhere", wanted)


def _take(index: Index, version: Node, report: ImportReport) -> None:
    own = version is index.version
    index.sources.append(version)
    for kind in KINDS:
        known = index.definitions[kind]
        for number, node in enumerate(children(version, kind), 1):
            oid = attribute(node, "OID")
            if not oid:
                report.repair("no_oid", kind)
                oid = f"#{kind}.{number}"
            if oid in known:
                if own:
                    report.repair("oid_twice", f"{kind} {oid}")
                continue
            known[oid] = node
    if index.protocol is None:
        index.protocol = first(version, "Protocol")
