"""Closures of the logical operators. Kleene's three values; unknown is None.

What is written most gets a closure of its own: a bare name is looked up where it is compared, instead of by
a closure that does nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mda5_crf.study import logic
from mda5_crf.study.expression import Closure, Scope
from mda5_crf.study.logic import Relation
from mda5_crf.study.operand import Operand


class Side(NamedTuple):
    """One side of a comparison: its closure, and what is known of it from how it is written.

    ``name`` when it is a bare name, ``constant`` when it is a literal.
    """

    closure: Closure
    name: str | None = None
    constant: Operand = None


def kleene(parts: Sequence[Closure], *, decides: bool) -> Closure:
    """*Or* (``decides`` True) or *and* (False) of the parts, evaluated from the left until decided."""
    otherwise = not decides
    fixed = tuple(parts)

    def evaluate(scope: Scope) -> Operand:
        result: bool | None = otherwise
        for part in fixed:
            value = part(scope)
            if value is decides:
                return decides
            if value is not otherwise:
                result = None
        return result

    return evaluate


def comparison(relation: Relation, left: Side, right: Side) -> Closure:
    """One comparison."""
    first, second, name, constant = left.closure, right.closure, left.name, right.constant
    if name is not None:
        if isinstance(constant, str) and relation in (logic.equal, logic.different):
            return _text_equality(relation, name, constant)
        if constant is not None:
            return lambda scope: relation(scope.local[name], constant)
        other = right.name
        return _of_names(relation, name, other) if other is not None else _of_name(relation, name, second)
    if constant is not None:
        return lambda scope: relation(first(scope), constant)

    def evaluate(scope: Scope) -> Operand:
        value = first(scope)
        return None if value is None else relation(value, second(scope))

    return evaluate


def _of_names(relation: Relation, name: str, other: str) -> Closure:
    """Two names compared; the second is not looked up (it may be far away) when the first is blank."""

    def evaluate(scope: Scope) -> Operand:
        local = scope.local
        value = local[name]
        return None if value is None else relation(value, local[other])

    return evaluate


def _of_name(relation: Relation, name: str, second: Closure) -> Closure:
    """A name compared with anything."""

    def evaluate(scope: Scope) -> Operand:
        value = scope.local[name]
        return None if value is None else relation(value, second(scope))

    return evaluate


def _text_equality(relation: Relation, name: str, constant: str) -> Closure:
    """``ITEM == "CODE"``, the commonest comparison, without the general road."""
    same = relation is logic.equal

    def evaluate(scope: Scope) -> Operand:
        value = scope.local[name]
        if value.__class__ is str:
            return (value == constant) is same
        return relation(value, constant)

    return evaluate


def membership(inner: Closure, members: Sequence[Side], *, negative: bool) -> Closure:
    """``in`` and ``not in`` a written list."""
    fixed = tuple(member.closure for member in members)
    texts = frozenset(member.constant for member in members if isinstance(member.constant, str))
    only_texts = len(texts) == len({member.constant for member in members})

    def evaluate(scope: Scope) -> Operand:
        value = inner(scope)
        if value is None:
            return None
        if only_texts and value.__class__ is str:
            return (value in texts) is not negative
        result: bool | None = False
        for member in fixed:
            same = logic.equal(value, member(scope))
            if same is True:
                return not negative
            if same is None:
                result = None
        return logic.negated(result) if negative else result

    return evaluate
