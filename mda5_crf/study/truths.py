"""When an expression is *true*, asked without asking whether it is false or unknown.

Checks fire and gates open only when their expression is true, so a part that is unknown decides an *and* at
once, where Kleene's *and* has to look on for a part that is false. And as no part has an effect on another,
the cheap parts are asked first: most checks are over before they look at another form.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from mda5_crf.study import functions
from mda5_crf.study.expression import Closure, Scope
from mda5_crf.study.operand import Operand

_FAR = 20
"""What a look at other forms, at rows, or an instrument costs, in nodes of the syntax tree."""
_NEAR = frozenset(functions.PLAIN) | {"present", "missing", "unit", "selected", "matches", "if_", "coalesce"}
"""Functions of what is at hand."""


class Made(NamedTuple):
    """What is compiled: the closures of all nodes, and for some a shorter way to know that they are true.

    ``decided`` are those of ``short`` that are never unknown: they are false when they are not true.
    """

    closures: dict[ast.expr, Closure]
    short: dict[ast.expr, Closure]
    decided: set[ast.expr]


def holds(node: ast.expr, made: Made) -> Closure:
    """True exactly when ``node`` is true; else anything but True."""
    return _decided(node, made, wanted=True)


def _decided(node: ast.expr, made: Made, *, wanted: bool) -> Closure:
    """True exactly when ``node`` is ``wanted`` (true, or false)."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _decided(node.operand, made, wanted=not wanted)
    if isinstance(node, ast.BoolOp):
        parts = [_decided(value, made, wanted=wanted) for value in _cheap_first(node.values)]
        # A false *and* needs one false part, as a true *or* needs one true part.
        return _every(parts) if isinstance(node.op, ast.And) is wanted else _some(parts)
    closure = made.closures[node]
    if wanted:
        return made.short.get(node, closure)
    if node in made.decided:
        short = made.short[node]
        return lambda scope: short(scope) is not True
    return lambda scope: closure(scope) is False


def _cheap_first(nodes: Iterable[ast.expr]) -> list[ast.expr]:
    return sorted(nodes, key=_cost)


def _cost(node: ast.expr) -> int:
    """How much there is to do, roughly."""
    return sum(_FAR if _is_far(part) else 1 for part in ast.walk(node) if isinstance(part, ast.expr))


def _is_far(part: ast.expr) -> bool:
    if isinstance(part, ast.Call):
        return not (isinstance(part.func, ast.Name) and part.func.id in _NEAR)
    return isinstance(part, ast.Attribute)


def _every(parts: Iterable[Closure]) -> Closure:
    fixed = tuple(parts)

    def evaluate(scope: Scope) -> Operand:
        for part in fixed:
            if part(scope) is not True:
                break
        else:
            return True
        return False

    return evaluate


def _some(parts: Iterable[Closure]) -> Closure:
    fixed = tuple(parts)

    def evaluate(scope: Scope) -> Operand:
        for part in fixed:
            if part(scope) is True:
                break
        else:
            return False
        return True

    return evaluate
