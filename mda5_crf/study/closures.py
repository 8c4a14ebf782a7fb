"""Closures of the logical operators. Kleene's three values; unknown is None."""

from __future__ import annotations

from collections.abc import Sequence

from mda5_crf.study import logic
from mda5_crf.study.expression import Closure, Scope
from mda5_crf.study.logic import Relation
from mda5_crf.study.operand import Operand


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


def comparison(relation: Relation, left: Closure, right: Closure, constant: Operand) -> Closure:
    """One comparison; ``constant`` is the right side when that is a literal, else None."""
    if isinstance(constant, str) and relation in (logic.equal, logic.different):
        return _text_equality(relation, left, constant)
    if constant is not None:
        return lambda scope: relation(left(scope), constant)

    def evaluate(scope: Scope) -> Operand:
        value = left(scope)
        return None if value is None else relation(value, right(scope))

    return evaluate


def _text_equality(relation: Relation, left: Closure, constant: str) -> Closure:
    """``ITEM == "CODE"``, the commonest comparison, without the general road."""
    same = relation is logic.equal

    def evaluate(scope: Scope) -> Operand:
        value = left(scope)
        if value.__class__ is str:
            return (value == constant) is same
        return relation(value, constant)

    return evaluate


def membership(inner: Closure, members: Sequence[Closure], *, negative: bool) -> Closure:
    """``in`` and ``not in`` a written list."""
    fixed = tuple(members)

    def evaluate(scope: Scope) -> Operand:
        value = inner(scope)
        if value is None:
            return None
        result: bool | None = False
        for member in fixed:
            same = logic.equal(value, member(scope))
            if same is True:
                return not negative
            if same is None:
                result = None
        return logic.negated(result) if negative else result

    return evaluate
