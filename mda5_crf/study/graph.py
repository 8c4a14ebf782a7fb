"""Finds values that would wait for themselves.

Two stages. First a coarse graph of items, groups, instruments and study names without events: almost
always free of circles, and then nothing can be wrong. What lies on a circle there is looked at again
event by event, because ``BL.MM.TOTAL`` read at week 12, or ``prev.VS.WEIGHT``, is another value than
that of the same event, and only a circle within values is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from mda5_crf.study.compiling import Node, Use
from mda5_crf.study.expression import DAY_ONE, Ref
from mda5_crf.study.model import Form, StudyEvent
from mda5_crf.study.report import Place, Report

_BASELINE = ("BL", "SCR")
"""The events whose values ``baseline(…)`` may give."""

_WINDOW = frozenset({"WINDOW_LO", "WINDOW_HI"})

T = TypeVar("T", bound=Hashable)


class Edge(NamedTuple):
    """``target`` is read; ``event`` as in :class:`Ref`; ``earlier_row`` = by prev_row only."""

    target: Node
    event: str
    earlier_row: bool = False


class At(NamedTuple):
    """A node at one event."""

    node: Node
    event: str


def components(nodes: Iterable[T], targets: Callable[[T], Iterable[T]]) -> Iterator[list[T]]:
    """The strongly connected components of a graph (Tarjan, without recursion)."""
    index: dict[T, int] = {}
    low: dict[T, int] = {}
    stack: list[T] = []
    on_stack: set[T] = set()
    for root in nodes:
        if root in index:
            continue
        work: list[tuple[T, Iterator[T]]] = []
        following: T | None = root
        while following is not None or work:
            if following is not None:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(targets(following))))
                following = None
            node, rest = work[-1]
            for target in rest:
                if target not in index:
                    following = target
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            if following is not None:
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == index[node]:
                component: list[T] = []
                while not component or component[-1] != node:
                    component.append(stack.pop())
                    on_stack.discard(component[-1])
                yield component


class Graph:
    """Who reads whom, from the places where expressions stand."""

    def __init__(
        self,
        uses: Iterable[Use],
        forms: Mapping[str, Form],
        names: Iterable[str],
        due: Mapping[str, list[str]],
    ) -> None:
        self._forms = forms
        self._names = frozenset(names)
        self._due = due
        self._edges: dict[Node, list[Edge]] = {}
        self.places: dict[Node, Place] = {}
        for use in uses:
            if use.node is not None:
                self.places.setdefault(use.node, use.place)
                self._edges.setdefault(use.node, []).extend(self._of(use))
        for form in forms.values():
            for item in form.items.values():
                node = Node("item", form.oid, item.name)
                group = Node("group", form.oid, item.group)
                if node in self._edges and group in self._edges:
                    self._edges[node].append(Edge(group, ""))
                elif group in self._edges:
                    self._edges[node] = [Edge(group, "")]

    def _of(self, use: Use) -> Iterator[Edge]:
        form = self._forms.get(use.form)
        uses = use.expression.uses
        for name, _ in uses.parts:
            yield Edge(Node("part", use.form, name), "")
        if DAY_ONE in self._names and (uses.planned or uses.next_forms or uses.words & _WINDOW):
            yield Edge(Node("name", "", DAY_ONE), "")
        for spelled in uses.performed:
            event, _, oid = spelled.rpartition(".")
            date_item = self._forms[oid].date_item if oid in self._forms else None
            if date_item:
                yield Edge(Node("item", oid, date_item), event)
        for ref in uses.references:
            node = self._node(ref, form)
            if node is None:
                continue
            source = use.expression.source
            if "baseline" in uses.functions and not ref.event:
                yield from (Edge(node, event) for event in _BASELINE)
                if _only_inside("baseline", ref.item, source):
                    continue
            earlier = (
                "prev_row" in uses.row_words and not ref.form and _only_inside("prev_row", ref.item, source)
            )
            yield Edge(node, ref.event, earlier)

    def _node(self, ref: Ref, form: Form | None) -> Node | None:
        owner = self._forms.get(ref.form) if ref.form else form
        if owner is not None and ref.item in owner.items:
            return Node("item", owner.oid, ref.item)
        plain = not ref.form or ref.event == "*"
        return Node("name", "", ref.item) if plain and ref.item in self._names else None

    def circles(self, events: Mapping[str, StudyEvent]) -> Iterator[list[Node]]:
        """The circles of values, each as the nodes in reading order, beginning with the first declared."""

        def coarse(node: Node) -> Iterator[Node]:
            return (edge.target for edge in self._edges.get(node, ()))

        for component in components(self._edges, coarse):
            inside = set(component)
            if len(component) == 1 and component[0] not in set(coarse(component[0])):
                continue
            rows = any(
                e.event == "*" and e.target in inside for node in inside for e in self._edges.get(node, ())
            )

            def exact(at: At, inside: set[Node] = inside, rows: bool = rows) -> Iterator[At]:
                for edge in self._edges.get(at.node, ()):
                    if edge.target in inside and (rows or not edge.earlier_row):
                        yield from (At(edge.target, event) for event in self._where(edge, at.event, events))

            start = [At(node, event) for node in component for event in self._events_of(node, events)]
            for knot in components(start, exact):
                if len(knot) > 1 or knot[0] in exact(knot[0]):
                    yield self._path(knot, exact)
                    break

    def _events_of(self, node: Node, events: Mapping[str, StudyEvent]) -> Iterable[str]:
        return (self._due.get(node.form) or events) if node.form else events

    def _where(self, edge: Edge, at: str, events: Mapping[str, StudyEvent]) -> Iterator[str]:
        """The events at which ``edge`` reads its target, for a reader at ``at``."""
        due = list(self._events_of(edge.target, events))
        if edge.event == "prev":
            yield from (event for event in due if events[event].rank < events[at].rank)
        elif edge.event not in ("", "*"):
            yield from (event for event in due if event == edge.event)
        elif at in due:
            yield at
        elif len(due) == 1:
            yield due[0]

    def _path(self, knot: list[At], targets: Callable[[At], Iterable[At]]) -> list[Node]:
        """A shortest way round within ``knot``."""
        inside = set(knot)
        order = {node: index for index, node in enumerate(self._edges)}
        start = min(knot, key=lambda at: (order.get(at.node, 0), at.event))
        came: dict[At, At | None] = {start: None}
        queue = [start]
        for at in queue:
            for target in targets(at):
                if target == start:
                    way = [at]
                    while (before := came[way[-1]]) is not None:
                        way.append(before)
                    return [step.node for step in reversed(way)]
                if target in inside and target not in came:
                    came[target] = at
                    queue.append(target)
        return [start.node]


def _only_inside(function: str, name: str, source: str) -> bool:
    """True when every mention of ``name`` is ``function(name)`` or ``function(FORM.name)``."""
    mentions = len(re.findall(rf"\b{name}\b", source))
    return mentions == len(re.findall(rf"\b{function}\(\s*(?:\w+\.)?{name}\s*\)", source))


def report_circles(graph: Graph, events: Mapping[str, StudyEvent], report: Report) -> None:
    """One problem for each circle, at its first expression, naming all that are on it."""
    for circle in graph.circles(events):
        shown = [node for node in circle if node.kind != "group"] or circle
        way = " → ".join(str(node) for node in (*shown, shown[0]))
        place = next((graph.places[node] for node in circle if node in graph.places), Place(""))
        report.add(place, "circle", way=way)
