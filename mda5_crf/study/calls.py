"""The functions an expression may call: those that look at items and rows, and the tables of the rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from mda5_crf.study import aggregates, formulas, functions, logic, row_calls, site_calls
from mda5_crf.study.arguments import Call, check_count, text_of
from mda5_crf.study.expression import Closure, Scope
from mda5_crf.study.operand import Operand
from mda5_crf.study.operand import plain as written

if TYPE_CHECKING:
    from mda5_crf.study.compiler import Compiler

ARITHMETIC: dict[type[ast.operator], Callable[[Operand, Operand], Operand]] = {
    ast.Add: functions.plus,
    ast.Sub: functions.minus,
    ast.Mult: functions.times,
    ast.Div: functions.over,
}
MAX_PATTERN = 300


def compile_call(compiler: Compiler, call: Call) -> Closure | None:
    """The closure of a call; None when the language has no such function. Raises ExpressionError."""
    special = _SPECIAL.get(call.name)
    if special is not None:
        return special(compiler, call)
    if call.name in aggregates.AGGREGATES:
        return row_calls.aggregate(compiler, call)
    plain = functions.PLAIN.get(call.name)
    if plain is not None:
        least, most, action = plain
        check_count(compiler, call, least, most)
        return _applied(action, [compiler.compile(argument) for argument in call.args])
    if call.name in formulas.scalar_instruments():
        return _instrument(compiler, call)
    return None


def _applied(action: Callable[..., Operand], arguments: list[Closure]) -> Closure:
    """``action`` of the arguments; unknown as soon as one is."""
    if len(arguments) == 1:
        return _of_one(action, *arguments)
    if len(arguments) == 2:
        return _of_two(action, *arguments)
    if len(arguments) == 3:
        return _of_three(action, *arguments)

    def several(scope: Scope) -> Operand:
        values = [argument(scope) for argument in arguments]
        return None if None in values else action(*values)

    return several


def _of_one(action: Callable[..., Operand], only: Closure) -> Closure:
    def single(scope: Scope) -> Operand:
        value = only(scope)
        return None if value is None else action(value)

    return single


def _of_two(action: Callable[..., Operand], first: Closure, second: Closure) -> Closure:
    def pair(scope: Scope) -> Operand:
        left = first(scope)
        if left is None:
            return None
        right = second(scope)
        return None if right is None else action(left, right)

    return pair


def _of_three(action: Callable[..., Operand], first: Closure, second: Closure, third: Closure) -> Closure:
    def triple(scope: Scope) -> Operand:
        left = first(scope)
        middle = None if left is None else second(scope)
        right = None if middle is None else third(scope)
        return None if right is None else action(left, middle, right)

    return triple


def _if(compiler: Compiler, call: Call) -> Closure:
    check_count(compiler, call, 2, 3)
    condition, yes = compiler.compile(call.args[0]), compiler.compile(call.args[1])
    no = compiler.compile(call.args[2]) if len(call.args) == 3 else None

    def evaluate(scope: Scope) -> Operand:
        truth = condition(scope)
        if truth is True:
            return yes(scope)
        return no(scope) if truth is False and no is not None else None

    return evaluate


def _coalesce(compiler: Compiler, call: Call) -> Closure:
    check_count(compiler, call, 1, None)
    choices = [compiler.compile(argument) for argument in call.args]

    def evaluate(scope: Scope) -> Operand:
        for choice in choices:
            value = choice(scope)
            if value is not None:
                return value
        return None

    return evaluate


def _present(compiler: Compiler, call: Call) -> Closure:
    """True when something is entered that reads as a value; a text that does not is unknown."""
    check_count(compiler, call, 1, 1)
    node = call.args[0]
    if not isinstance(node, ast.Name | ast.Attribute):
        inner = compiler.compile(node)
        return lambda scope: inner(scope) is not None
    inner = compiler.compile(node)
    ref = compiler.ref(node)

    def evaluate(scope: Scope) -> Operand:
        if inner(scope) is not None:
            return True
        value = scope.value(ref)
        return None if value is not None and value.nonconformant else False

    if isinstance(node, ast.Attribute):
        return evaluate
    name = ref.item

    def bare(scope: Scope) -> Operand:
        if scope.local[name] is not None:
            return True
        value = scope.value(ref)
        return None if value is not None and value.nonconformant else False

    return bare


def _missing(compiler: Compiler, call: Call) -> Closure:
    """True when a missing code stands instead of a value; with a second argument: that code."""
    check_count(compiler, call, 1, 2)
    ref = compiler.ref(call.args[0])
    compiler.refer(ref)
    code = text_of(compiler, call, call.args[1]) if len(call.args) == 2 else None

    def evaluate(scope: Scope) -> Operand:
        value = scope.value(ref)
        found = None if value is None else value.missing
        return found is not None if code is None else found == code

    return evaluate


def _unit(compiler: Compiler, call: Call) -> Closure:
    check_count(compiler, call, 1, 1)
    ref = compiler.ref(call.args[0])
    compiler.refer(ref)

    def evaluate(scope: Scope) -> Operand:
        value = scope.value(ref)
        return None if value is None else value.unit

    return evaluate


def _selected(compiler: Compiler, call: Call) -> Closure:
    check_count(compiler, call, 2, 2)
    multi, wanted = compiler.compile(call.args[0]), compiler.compile(call.args[1])
    compiler.note_literals(call.args[0], [call.args[1]])

    def evaluate(scope: Scope) -> Operand:
        values = multi(scope)
        code = None if values is None else wanted(scope)
        if code is None or not isinstance(values, tuple):
            return logic.equal(values, code)
        return (written(code) if isinstance(code, Decimal) else code) in values

    return evaluate


def _matches(compiler: Compiler, call: Call) -> Closure:
    check_count(compiler, call, 2, 2)
    inner, source = compiler.compile(call.args[0]), text_of(compiler, call, call.args[1])
    try:
        pattern = re.compile(source) if len(source) <= MAX_PATTERN else None
    except (re.error, RecursionError, OverflowError):
        pattern = None
    if pattern is None:
        raise compiler.error("expression_pattern", call.node)
    search = pattern.search

    def evaluate(scope: Scope) -> Operand:
        value = inner(scope)
        return search(value) is not None if isinstance(value, str) else None

    return evaluate


def _date(compiler: Compiler, call: Call) -> Closure:
    check_count(compiler, call, 1, 1)
    try:
        value = date.fromisoformat(text_of(compiler, call, call.args[0]))
    except ValueError:
        raise compiler.error("expression_date", call.node) from None
    return lambda _: value


def _setting(compiler: Compiler, call: Call) -> Closure:
    check_count(compiler, call, 1, 1)
    name = text_of(compiler, call, call.args[0])
    compiler.settings.add(name)
    return lambda scope: scope.setting(name)


def _instrument(compiler: Compiler, call: Call) -> Closure:
    """A scalar formula of ``mda5_crf.instruments``, with keyword arguments only."""
    names = [str(keyword.arg) for keyword in call.node.keywords]
    if call.args or not formulas.accepts(call.name, names):
        raise compiler.error("expression_arguments", call.node, name=call.name)
    action = formulas.instrument(call.name)
    arguments = [(str(keyword.arg), compiler.compile(keyword.value)) for keyword in call.node.keywords]
    keys = tuple(name for name, _ in arguments)
    closures = tuple(closure for _, closure in arguments)

    def evaluate(scope: Scope) -> Operand:
        return action(keys, tuple([closure(scope) for closure in closures]))

    return evaluate


_SPECIAL: dict[str, Callable[[Compiler, Call], Closure]] = {
    "if_": _if,
    "coalesce": _coalesce,
    "present": _present,
    "missing": _missing,
    "unit": _unit,
    "selected": _selected,
    "matches": _matches,
    "date": _date,
    "setting": _setting,
    "performed": row_calls.performed,
    "baseline": row_calls.baseline,
    "outer": row_calls.outer,
    "prev_row": row_calls.prev_row,
    "row_number": row_calls.row_number,
    "line_number": row_calls.line_number,
    "rows": row_calls.rows_alone,
    **site_calls.SITE_CALLS,
}
