"""How far a change reaches inside one form: what must be computed anew when one item changes.

Read off the expressions once per definition. It only has to be wide enough: a property test compares
remembered with fresh states. What other forms computed from this one is told to them by the contexts.

In a log, most of what one row says stays in that row. What is read over all rows (``rows``), from the row
before, from outside a row or into rows, reaches *wide*: into every row and the form itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mda5_crf.study.expression import Expression
from mda5_crf.study.model import Form, Instrument


class Parts(NamedTuple):
    """What is stale in a scope: items, limits by the name of their item, gates and checks by number."""

    items: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    gates: tuple[int, ...] = ()
    checks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """What a change makes stale: ``own`` in the scope it happened in, ``wide`` in every scope of the form.

    ``items`` are all items of both: those who read one of them have read something stale.
    """

    own: Parts
    wide: Parts | None
    items: tuple[str, ...]


ITEM, LIMIT, GATE, PART, CHECK = "item", "limit", "gate", "part", "check"
_DATED = frozenset({"performed", "baseline", "next_planned"})

_Node = tuple[str, str | int]


class _Edge(NamedTuple):
    source: _Node
    target: _Node
    wide: bool


def reaches(
    form: Form, gates: Sequence[Expression], gates_of: Mapping[str, tuple[int, ...]]
) -> Mapping[str, Reach] | None:
    """Item → its reach, for every item of ``form``; None when the form cannot be narrowed down.

    ``gates`` are the form's gates in order, ``gates_of`` gives the numbers of an item's gates.
    """
    feeds: dict[_Node, list[_Edge]] = {}
    for edge in _Edges(form, gates, gates_of).all():
        if edge is None:
            return None
        feeds.setdefault(edge.source, []).append(edge)
    return {name: _closure(name, feeds) for name in form.items}


class _Edges:
    """What is computed from what, in one form."""

    def __init__(
        self, form: Form, gates: Sequence[Expression], gates_of: Mapping[str, tuple[int, ...]]
    ) -> None:
        self._form = form
        self._gates = gates
        self._gates_of = gates_of
        self._rows = {group.name for group in form.groups if group.repeating}

    def _row_of(self, name: str) -> str:
        """The repeating group of an item; "" for none."""
        group = self._form.items[name].group if name in self._form.items else ""
        return group if group in self._rows else ""

    def all(self) -> Iterator[_Edge | None]:
        """All edges; None for something that depends on the form as a whole."""
        users: dict[int, set[str]] = {}
        for name, numbers in self._gates_of.items():
            for number in numbers:
                users.setdefault(number, set()).add(self._row_of(name))
                yield _Edge((GATE, number), (ITEM, name), wide=False)
        for number, gate in enumerate(self._gates):
            at = users.get(number, set())
            yield from self._of(gate, (GATE, number), at.pop() if len(at) == 1 else None)
        yield from self._items()
        for instrument in self._form.instruments.values():
            for given in _inputs(instrument):
                yield from self._of(given, (PART, instrument.name), "")
        for number, check in enumerate(self._form.checks):
            yield from self._of(check.fires, (CHECK, number), check.per_row or "")

    def _items(self) -> Iterator[_Edge | None]:
        for name, item in self._form.items.items():
            if item.calculate is not None:
                yield from self._of(item.calculate, (ITEM, name), self._row_of(name))
            if item.unit_from is not None:
                yield _Edge((ITEM, item.unit_from), (ITEM, name), wide=False)
            for limits in (item.hard, item.soft):
                for end in () if limits is None else (limits.low, limits.high):
                    if end is not None:
                        yield from self._of(end, (LIMIT, name), self._row_of(name))

    def _of(self, expression: Expression, target: _Node, row: str | None) -> Iterator[_Edge | None]:
        """What an expression evaluated in rows of ``row`` ("" = the form, None = several) reads."""
        uses, own = expression.uses, self._form.oid
        crosses = "prev_row" in uses.functions
        for ref in uses.references:
            # An event may be named and still be this one, so only the form decides.
            if ref.form in ("", own):
                wide = crosses or ref.event == "*" or self._row_of(ref.item) != row
                yield _Edge((ITEM, ref.item), target, wide)
        # These look for the day of the visit, which may be this form's own date.
        dated = uses.functions & _DATED or any(ref.event == "prev" for ref in uses.references)
        if self._form.date_item and dated:
            yield _Edge((ITEM, self._form.date_item), target, wide=True)
        for instrument, _ in uses.parts:
            yield _Edge((PART, instrument), target, wide=row != "")
        if any(whole.rpartition(".")[2] == own for whole in uses.statuses):
            yield None


def _inputs(instrument: Instrument) -> Iterator[Expression]:
    for given in instrument.inputs.values():
        if isinstance(given, Expression):
            yield given
        else:
            yield from given.values()


def _closure(name: str, feeds: Mapping[_Node, Sequence[_Edge]]) -> Reach:
    found: dict[_Node, bool] = {(ITEM, name): False}
    waiting: list[_Node] = [(ITEM, name)]
    while waiting:
        node = waiting.pop()
        for edge in feeds.get(node, ()):
            wide = found[node] or edge.wide
            if edge.target not in found or (wide and not found[edge.target]):
                found[edge.target] = wide
                waiting.append(edge.target)
    far = [node for node, wide in found.items() if wide]
    items = tuple(str(node[1]) for node in found if node[0] == ITEM)
    return Reach(_parts(found), _parts(far) if far else None, items)


def _parts(nodes: Mapping[_Node, bool] | Sequence[_Node]) -> Parts:
    def of(kind: str) -> Iterator[str | int]:
        return (node[1] for node in nodes if node[0] == kind)

    return Parts(
        tuple(map(str, of(ITEM))),
        tuple(map(str, of(LIMIT))),
        tuple(map(int, of(GATE))),
        tuple(map(int, of(CHECK))),
    )
