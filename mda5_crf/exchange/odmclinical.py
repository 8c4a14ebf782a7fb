"""ClinicalData of another system as answers of this study, and the tree that is left when they are taken out.

A :class:`Reading` is fed the events of ``odmread.lines`` and gives what ``services.importing`` takes: of each
SubjectData the answers with their places here (:class:`Told`), of everything else its nodes (:class:`Part`).
It holds nothing but the participant at hand, so a file may be of any length.

An answer that has a place is in ``Told.groups`` and no longer in the nodes; every other stays in the nodes as
it was written, with the reason in ``Told.left``. Elements and attributes are never left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mda5_crf.exchange.odmaudits import audit_node, audit_of
from mda5_crf.exchange.odmtargets import CHOSEN, GroupPlace, ItemPlace, Targets
from mda5_crf.services.importkinds import AUDITED, RUN, Act, Cell, Group, Left, Node, Part, Told
from mda5_crf.text import Text, message

DATA: Final = "ItemData"
LONGEST: Final = 50_000
"""Bytes of an answer, as JSON, that a record holds; a longer one (a file in base64) stays in the tree."""
SURELY: Final = 8_000
"""Characters that are never more bytes than that."""
LONG_RUN: Final = 400
PIECE: Final = 12_000
"""Characters of one text in a node; the rest follows in nodes named MORE."""
MORE: Final = "#more"
XML: Final = "#xml"
_AUDIT: Final = "AuditRecord"
_QUERIES: Final = frozenset({"Query", "DiscrepancyNote"})
_COUNTED: Final = frozenset({"Signature", "Annotation", "Comment", "Flag"})

Foreign = list[Any]
"""``[name, {attribute: value}, text or None, [children]]``, as the reader gives it."""


class Reading:
    """See the module text. ``targets``: what the source's names are here."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._order = 0
        self._inside: tuple[int, list[str]] = (-1, [])
        self._said_inside = True
        self._subject = ""
        self._seen: dict[tuple[str, ...], str] = {}
        self.head: Mapping[str, Any] = {}
        self.transactional = False
        self.counts: Mapping[str, int] = {}
        self.foreign: Mapping[str, int] = {}
        self.study = ""
        self.studies = 0
        self.strange_studies: Counter[str] = Counter()

    def read(self, events: Iterable[Mapping[str, Any]]) -> Iterator[Told | Part]:
        """Participants and parts in the order of the file."""
        for event in events:
            what = event["what"]
            if what == "subject":
                yield self._participant(event["node"])
            elif what == "clinical":
                yield from self._left_alone()
                self._inside = (event["n"], _pairs(event["attrs"]))
                self._said_inside = False
                self._study(event["attrs"])
            elif what == "head":
                self.head = event
                self.transactional = event["attrs"].get("FileType") == "Transactional"
                yield self._part("head", [[0, event["root"], _pairs(event["attrs"]), None]])
            elif what == "study":
                self.studies += 1
                if not self._targets.knows_study(event["node"]):
                    yield self._part("study", flat(event["node"]))
            elif what == "end":
                yield from self._left_alone()
                self.counts, self.foreign = event["counts"], event["foreign"]
            elif what in ("admin", "reference"):
                yield self._part(what, flat(event["node"]))
            else:
                under = event.get("under", "")
                clinical = under == "ClinicalData"
                self._said_inside |= clinical
                yield self._part("clinical" if clinical else "other", flat(event["node"]), inside=clinical)

    def _part(self, what: str, nodes: list[Node], *, inside: bool = False) -> Part:
        self._order += 1
        return Part(what, self._order, nodes, self._inside if inside else (-1, []))

    def _left_alone(self) -> Iterator[Part]:
        """A ClinicalData in which there was nothing."""
        if not self._said_inside:
            self._said_inside = True
            yield self._part("clinical", [], inside=True)

    def _study(self, attributes: Mapping[str, str]) -> None:
        oid = attributes.get("StudyOID", "")
        self.study = self.study or oid
        if oid and self._targets.study_oid and oid != self._targets.study_oid:
            self.strange_studies[oid] += 1

    def _participant(self, node: Foreign) -> Told:
        self._order += 1
        self._said_inside = True
        number = node[1].get("SubjectKey", "")
        if number != self._subject:
            self._subject, self._seen = number, {}
        return _Walk(self._targets, self._seen, self.transactional, number).told(
            node, self._order, self._inside
        )


@dataclass(slots=True)
class _Row:
    """One ItemGroupData while it is read. ``run``: the OIDs of plain answers that stand together."""

    where: str
    items: Mapping[str, ItemPlace]
    group: Group | None
    why: Text | None
    act: Act
    audit: Mapping[str, str]
    boxes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    run: list[str] | None = None


class _Walk:
    """One SubjectData."""

    def __init__(
        self, targets: Targets, seen: dict[tuple[str, ...], str], transactional: bool, number: str
    ) -> None:
        self._targets, self._seen, self._transactional, self._number = targets, seen, transactional, number
        self._nodes: list[Node] = []
        self._groups: list[Group] = []
        self._left: list[Left] = []
        self._kept: Counter[str] = Counter()
        self._index = -1
        self._removed = False

    def told(self, node: Foreign, order: int, inside: tuple[int, list[str]]) -> Told:
        """Walk it."""
        attributes = node[1]
        act = _act(attributes.get("TransactionType", ""), "set")
        self._removed = act == "remove"
        audit = _audit(node)
        self._nodes.append([0, node[0], _pairs(attributes), None])
        for child in node[3]:
            name = child[0]
            if name == "StudyEventData":
                self._event(child, act, audit)
            elif name == "FormData":
                self._form(child, "", "", 1, act, audit)
            else:
                self._keep(child, 1)
        return Told(
            self._number, order, inside, self._groups, self._nodes, self._left, self._removed, self._kept
        )

    def _open(
        self, node: Foreign, depth: int, act: Act, audit: Mapping[str, str]
    ) -> tuple[Act, Mapping[str, str]]:
        self._nodes.append([depth, node[0], _pairs(node[1]), None])
        if node[2] is not None:
            self._nodes[-1][3] = _short(node[2], self._nodes)
        kind = node[1].get("TransactionType")
        return (act if kind is None else _act(kind, act)), (_audit(node) or audit)

    def _event(self, node: Foreign, act: Act, audit: Mapping[str, str]) -> None:
        act, audit = self._open(node, 1, act, audit)
        oid, repeat = node[1].get("StudyEventOID", ""), node[1].get("StudyEventRepeatKey", "")
        if act == "remove" and not _has(node, "FormData"):
            self._gone("event", oid, repeat, "", "", "", None, audit)
        for child in node[3]:
            if child[0] == "FormData":
                self._form(child, oid, repeat, 2, act, audit)
            else:
                self._keep(child, 2)

    def _form(
        self, node: Foreign, event: str, repeat: str, depth: int, act: Act, audit: Mapping[str, str]
    ) -> None:
        act, audit = self._open(node, depth, act, audit)
        oid, form_repeat = node[1].get("FormOID", ""), node[1].get("FormRepeatKey", "")
        if act == "remove" and not _has(node, "ItemGroupData"):
            self._gone("form", event, repeat, oid, form_repeat, "", None, audit)
        keyless: Counter[str] = Counter()
        for child in node[3]:
            if child[0] == "ItemGroupData":
                place = (event, repeat, oid, form_repeat)
                self._group(child, place, keyless, depth + 1, act, audit)
            else:
                self._keep(child, depth + 1)

    def _group(
        self,
        node: Foreign,
        place: tuple[str, str, str, str],
        keyless: Counter[str],
        depth: int,
        act: Act,
        audit: Mapping[str, str],
    ) -> None:
        act, audit = self._open(node, depth, act, audit)
        oid = node[1].get("ItemGroupOID", "")
        found = self._targets.group(place[0], place[2], oid)
        group, why = self._here(found, place, oid, self._key(node, oid, keyless), audit)
        if act == "remove" and group is not None and not any(_is_item(one[0]) for one in node[3]):
            group.removed = "group"
        items = {} if found is None else found.items
        row = _Row(f"{place[0]}/{place[2]}/{oid}", items, group, why, act, audit)
        for child in node[3]:
            if _is_item(child[0]):
                self._index += 1
                if not self._plain(child, row, depth + 1):
                    row.run = None
                    self._said(child, row, depth + 1)
            else:
                row.run = None
                self._keep(child, depth + 1)
        for name, chosen in row.boxes.items():
            several = ",".join(code for code, said in chosen if said in CHOSEN)
            if group is not None:
                group.cells.append(Cell(-1, name, several or None, "", audit, act))

    def _key(self, node: Foreign, oid: str, keyless: Counter[str]) -> str:
        """The repeat key; of groups without one in a file of states the first, second … of that name."""
        key: str | None = node[1].get("ItemGroupRepeatKey")
        if key is not None:
            return key
        keyless[oid] += 1
        return "" if self._transactional or keyless[oid] == 1 else f"#{keyless[oid]}"

    def _here(
        self,
        found: GroupPlace | None,
        place: tuple[str, str, str, str],
        oid: str,
        key: str,
        audit: Mapping[str, str],
    ) -> tuple[Group | None, Text | None]:
        """Where a group's answers belong here, or why nowhere."""
        if found is None:
            return None, self._targets.why_not(place[0], place[2])
        repeats: list[str] = []
        path: tuple[str, ...] = ()
        for name, many, foreign in (
            (found.event, found.event_repeats, place[1]),
            (found.form, found.form_repeats, place[3]),
            (found.group, found.group_repeats, key),
        ):
            path = (*path, name)
            if many:
                repeats.append(f"={foreign}")
                path = (*path, foreign)
                continue
            repeats.append("")
            # One group of ours may be two of theirs, so what counts as a second one goes by their name too.
            single = "" if foreign == "1" else foreign
            if self._seen.setdefault((*path, oid if name is found.group else ""), single) != single:
                return None, message("odmdata.left_repeat")
        event, form, group = found.event, found.form, found.group
        made = Group(event, repeats[0], form, repeats[1], group, repeats[2], [], audit=audit)
        self._groups.append(made)
        return made, None

    def _plain(self, node: Foreign, row: _Row, depth: int) -> bool:
        """The commonest ItemData: an OID, a value in its place, nothing else. False for any other."""
        attributes = node[1]
        if row.group is None or row.act != "set" or node[3] or len(attributes) != 2 or node[0] != DATA:
            return False
        value, item = attributes.get("Value"), attributes.get("ItemOID")
        target = row.items.get(item)
        if not value or target is None or target.code or target.computed or _too_long(value):
            return False
        if target.value(value) != value:
            return False
        row.group.cells.append(Cell(self._index, target.item, value, "", row.audit, "set"))
        if row.run is None or len(row.run) >= LONG_RUN:
            row.run = [item]
            self._nodes.append([depth, RUN, row.run])
        else:
            row.run.append(item)
        return True

    def _said(self, node: Foreign, row: _Row, depth: int) -> None:
        """Any other ItemData."""
        attributes, group = node[1], row.group
        target = row.items.get(attributes.get("ItemOID", ""))
        value = attributes.get("Value", node[2]) if node[0] == DATA else node[2]
        if target is None or group is None or not value or _too_long(value):
            self._unplaced(node, depth, row, target, value)
        elif target.code:
            row.boxes.setdefault(target.item, []).append((target.code, target.value(value)))
            self._node(node, depth, None)
        elif target.computed:
            self._leave(f"{row.where}/{attributes['ItemOID']}", message("odmdata.left_computed"))
            self._node(node, depth, None)
        else:
            kind = attributes.get("TransactionType")
            said: Act = row.act if kind is None else _act(kind, row.act)
            if self._audited(node, row, target, value, said, depth):
                return
            text, gone = target.value(value), said == "remove"
            placed = None if gone or text != value else "Value" if "Value" in attributes else "#text"
            unit = self._unit(node, target.units)
            audit = _audit(node) or row.audit
            group.cells.append(Cell(self._index, target.item, None if gone else text, unit, audit, said))
            self._node(node, depth, placed)

    def _audited(
        self, node: Foreign, row: _Row, target: ItemPlace, value: str, said: Act, depth: int
    ) -> bool:
        """An answer with an AuditRecord that its record says as well needs no nodes. False for any other."""
        children, group = node[3], row.group
        if len(children) != 1 or children[0][0] != _AUDIT or said != "set" or len(node[1]) != 2:
            return False
        if node[0] != DATA or group is None or target.value(value) != value:
            return False
        audit = audit_of(children[0])
        if audit_node(audit) != children[0]:
            return False
        item = node[1]["ItemOID"]
        group.cells.append(Cell(self._index, target.item, value, "", audit, "set"))
        last = self._nodes[-1]
        if last[1] == AUDITED and last[0] == depth and len(last[2]) < LONG_RUN:
            last[2].append(item)
        else:
            self._nodes.append([depth, AUDITED, [item]])
        return True

    def _unplaced(
        self, node: Foreign, depth: int, row: _Row, target: ItemPlace | None, value: str | None
    ) -> None:
        """An answer that stays in the tree: no place, none given, or too long."""
        self._node(node, depth, None)
        where = f"{row.where}/{node[1].get('ItemOID', '')}"
        if not value:
            kind = node[1].get("TransactionType")
            said: Act = row.act if kind is None else _act(kind, row.act)
            if node[3] and node[3][0][0] == XML:
                self._leave(where, message("odmdata.left_markup"))
            elif target is not None and row.group is not None and not target.code and not target.computed:
                audit = _audit(node) or row.audit
                row.group.cells.append(Cell(self._index, target.item, None, "", audit, said))
        elif row.why is None and target is not None:
            self._leave(where, message("odmdata.left_long"))
        else:
            self._leave(where, row.why or message("odmdata.left_item"))

    def _unit(self, child: Foreign, known: frozenset[str]) -> str:
        for one in child[3]:
            if one[0] == "MeasurementUnitRef":
                unit = self._targets.units.get(one[1].get("MeasurementUnitOID", ""), "")
                return unit if unit in known else ""
        return ""

    def _gone(
        self, level: str, event: str, repeat: str, form: str, form_repeat: str, group: str,
        group_repeat: str | None, audit: Mapping[str, str],
    ) -> None:  # fmt: skip
        """A level that the source took away without saying what was in it."""
        found = self._targets.above(event, form)
        if found is None:
            return
        ours, event_many, ours_form, form_many = found
        self._groups.append(
            Group(
                ours, f"={repeat}" if event_many else "", ours_form,
                f"={form_repeat}" if form_many else "", group, group_repeat or "", [], level, audit,
            )
        )  # fmt: skip

    # -- the tree --------------------------------------------------------------------------------------

    def _node(self, node: Foreign, depth: int, placed: str | None) -> None:
        """An ItemData; ``placed`` names the attribute (or ``#text``) whose value is in the journal."""
        attributes, text = _pairs(node[1]), node[2]
        made: Node = [depth, node[0], attributes, None]
        if placed == "Value" and "Value" in node[1]:
            attributes[attributes.index("Value", 0) + 1] = None  # type: ignore[call-overload]
            self._nodes.append(made)
            if text is not None:
                made[3] = _short(text, self._nodes)
        elif placed is not None:
            made.append(1)
            self._nodes.append(made)
        else:
            self._nodes.append(made)
            _split_value(attributes, self._nodes, depth)
            if text is not None:
                made[3] = _short(text, self._nodes)
        for child in node[3]:
            self._keep(child, depth + 1)

    def _keep(self, node: Foreign, depth: int) -> None:
        """Anything that is no answer: as it stands."""
        name = node[0]
        local = name.rpartition("}")[2]
        if local in _QUERIES:
            self._kept["query"] += 1
        elif local in _COUNTED:
            self._kept[local.lower()] += 1
        elif name[0] == "{":
            self._kept["foreign"] += 1
        _flatten(node, depth, self._nodes)

    def _leave(self, where: str, why: Text) -> None:
        self._left.append(Left(self._number, where, why))


def flat(node: Foreign) -> list[Node]:
    """A whole element as nodes."""
    nodes: list[Node] = []
    _flatten(node, 0, nodes)
    return nodes


def _flatten(node: Foreign, depth: int, nodes: list[Node]) -> None:
    made: Node = [depth, node[0], _pairs(node[1]), None]
    nodes.append(made)
    _split_value(made[2], nodes, depth)
    if node[2] is not None:
        made[3] = _short(node[2], nodes, depth)
    for child in node[3]:
        _flatten(child, depth + 1, nodes)


def _short(text: str | None, nodes: list[Node], depth: int | None = None) -> str | None:
    """The first piece of a text; what is longer follows as nodes of its own."""
    if text is None or len(text) <= PIECE:
        return text
    deep = nodes[-1][0] if depth is None else depth
    nodes.extend([deep, MORE, ["#text"], text[at : at + PIECE]] for at in range(PIECE, len(text), PIECE))
    return text[:PIECE]


def _split_value(attributes: list[str], nodes: list[Node], depth: int) -> None:
    """Attributes too long for one record go on in nodes of their own."""
    for place in range(1, len(attributes), 2):
        value = attributes[place]
        if value is not None and len(value) > PIECE:
            attributes[place] = value[:PIECE]
            name = attributes[place - 1]
            nodes.extend(
                [depth, MORE, [name], value[at : at + PIECE]] for at in range(PIECE, len(value), PIECE)
            )


def _too_long(value: str) -> bool:
    return len(value) > SURELY and len(json.dumps(value, ensure_ascii=False).encode()) > LONGEST


def _pairs(attributes: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    for pair in attributes.items():
        found += pair
    return found


def _is_item(name: str) -> bool:
    return name.startswith(DATA) and name != "ItemDataRef"


def _has(node: Foreign, name: str) -> bool:
    return any(child[0] == name for child in node[3])


def _act(kind: str, above: Act) -> Act:
    if kind == "Remove":
        return "remove"
    if kind == "Context":
        return "context"
    return "set" if kind else above


def _audit(node: Foreign) -> Mapping[str, str]:
    """Who, when and why, as the source says of this element; empty when it says nothing of its own."""
    for child in node[3]:
        if child[0] == _AUDIT:
            return audit_of(child)
    identity = node[1].get("AuditRecordID")
    return {"audit": identity} if identity else {}
