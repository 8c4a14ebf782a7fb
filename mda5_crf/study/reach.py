"""How far a change reaches inside one form: what must be computed anew when one item changes.

Read off the expressions once per definition. It only has to be wide enough: a property test compares
remembered with fresh states. Forms with repeating groups and anything that names a form as a whole
are not narrowed down. What other forms computed from this one is told to them by the contexts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mda5_crf.study.expression import Expression
from mda5_crf.study.model import Form, Instrument


@dataclass(frozen=True, slots=True)
class Reach:
    """The items and gates (by number) whose remembered value a change makes stale."""

    items: tuple[str, ...]
    gates: tuple[int, ...]


_DATED = frozenset({"performed", "baseline"})

# A node is the name of an item, the number of a gate, or an instrument's name in a tuple of its own.
_Node = str | int | tuple[str]


def reaches(
    form: Form, gates: Sequence[Expression], gates_of: Callable[[str], tuple[int, ...]]
) -> Mapping[str, Reach] | None:
    """Item → its reach, for every item of ``form``; None when the form cannot be narrowed down.

    ``gates`` are the form's gates in order, ``gates_of`` gives the numbers of an item's gates.
    """
    if any(group.repeating for group in form.groups):
        return None
    feeds: dict[_Node, set[_Node]] = {}
    for source, target in _edges(form, gates, gates_of):
        if source is None:
            return None
        feeds.setdefault(source, set()).add(target)
    return {name: _closure(name, feeds) for name in form.items}


def _edges(
    form: Form, gates: Sequence[Expression], gates_of: Callable[[str], tuple[int, ...]]
) -> Iterator[tuple[_Node | None, _Node]]:
    """(what is read, what is computed from it); None for the form as a whole."""
    for number, gate in enumerate(gates):
        for source in _sources(form, gate):
            yield source, number
    for name, item in form.items.items():
        for number in gates_of(name):
            yield number, name
        if item.calculate is not None:
            for source in _sources(form, item.calculate):
                yield source, name
        if item.unit_from is not None:
            yield item.unit_from, name
    for instrument in form.instruments.values():
        for given in _inputs(instrument):
            for source in _sources(form, given):
                yield source, (instrument.name,)


def _sources(form: Form, expression: Expression) -> Iterator[_Node | None]:
    uses = expression.uses
    for ref in uses.references:
        # An event may be named and still be this one, so only the form decides.
        if ref.form in ("", form.oid):
            yield ref.item
    # These look for the day of the visit, which may be this form's own date.
    if form.date_item and (uses.functions & _DATED or any(ref.event == "prev" for ref in uses.references)):
        yield form.date_item
    for instrument, _ in uses.parts:
        yield (instrument,)
    if any(whole.rpartition(".")[2] == form.oid for whole in uses.forms):
        yield None


def _inputs(instrument: Instrument) -> Iterator[Expression]:
    for given in instrument.inputs.values():
        if isinstance(given, Expression):
            yield given
        else:
            yield from given.values()


def _closure(name: str, feeds: Mapping[_Node, set[_Node]]) -> Reach:
    found: set[_Node] = {name}
    waiting: list[_Node] = [name]
    while waiting:
        for target in feeds.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return Reach(
        tuple(node for node in found if isinstance(node, str)),
        tuple(node for node in found if isinstance(node, int)),
    )
