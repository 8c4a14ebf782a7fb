"""The functions of the expression language that look at rows of logs and at other forms."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from mda5_crf.study import aggregates
from mda5_crf.study.arguments import Call, check_count, text_of
from mda5_crf.study.expression import Closure, Scope
from mda5_crf.study.operand import Operand

if TYPE_CHECKING:
    from mda5_crf.study.compiler import Compiler

_FORM = re.compile(r"(?:(?:[A-Z][A-Z0-9_]*|\*)\.)?[A-Z][A-Z0-9_]*")


def performed(compiler: Compiler, call: Call) -> Closure:
    """``performed("PFT", within_days=14)``"""
    check_count(compiler, call, 1, 1, ("within_days",))
    form = form_of(compiler, call, call.args[0], compiler.performed)
    days: int | None = None
    for keyword in call.node.keywords:
        number = compiler.literal(keyword.value) if isinstance(keyword.value, ast.Constant) else None
        if not isinstance(number, Decimal) or number != int(number):
            raise compiler.error("expression_arguments", call.node, name=call.name)
        days = int(number)
    return lambda scope: scope.performed(form, days)


def baseline(compiler: Compiler, call: Call) -> Closure:
    """``baseline(FORM.ITEM)``"""
    check_count(compiler, call, 1, 1)
    ref = compiler.ref(call.args[0])
    if ref.event:
        raise compiler.error("expression_not_an_item", call.node)
    compiler.refer(ref)
    return lambda scope: scope.baseline(ref)


def form_of(compiler: Compiler, call: Call, node: ast.expr, named: set[str]) -> str:
    """The form named by an argument: ``EX``, ``BL.PE`` or ``*.LBI``; noted in ``named``."""
    form = text_of(compiler, call, node)
    if not _FORM.fullmatch(form):
        raise compiler.error("expression_form", call.node, name=form[:20])
    named.add(form)
    return form


def outer(compiler: Compiler, call: Call) -> Closure:
    """``outer(NAME)``: seen from outside the row."""
    check_count(compiler, call, 1, 1)
    compiler.note_row_word("outer")
    node = call.args[0]
    inner = compiler.in_outer(node)

    def evaluate(scope: Scope) -> Operand:
        outside = scope.outer
        return None if outside is None else inner(outside)

    if not isinstance(node, ast.Name):
        return evaluate
    name = node.id

    def bare(scope: Scope) -> Operand:
        outside = scope.outer
        return None if outside is None else outside.local[name]

    return bare


def prev_row(compiler: Compiler, call: Call) -> Closure:
    """``prev_row(NAME)``: seen from the row before; unknown in the first."""
    check_count(compiler, call, 1, 1)
    compiler.note_row_word("prev_row")
    inner = compiler.compile(call.args[0])

    def evaluate(scope: Scope) -> Operand:
        before = scope.previous_row()
        return None if before is None else inner(before)

    return evaluate


def row_number(compiler: Compiler, call: Call) -> Closure:
    """``row_number()``: 1 for the first live row."""
    check_count(compiler, call, 0, 0)
    compiler.note_row_word("row_number")

    def evaluate(scope: Scope) -> Operand:
        number = scope.row_number()
        return None if number is None else Decimal(number)

    return evaluate


def line_number(compiler: Compiler, call: Call) -> Closure:
    """``line_number()``: the number people use for the row, struck rows counted."""
    check_count(compiler, call, 0, 0)
    compiler.note_row_word("line_number")

    def evaluate(scope: Scope) -> Operand:
        number = scope.line_number()
        return None if number is None else Decimal(number)

    return evaluate


def aggregate(compiler: Compiler, call: Call) -> Closure:
    """``count, first, last, any, all, sum, mean, min, max`` over rows or over listed values."""
    check_count(compiler, call, 1, None, ("known",))
    known = False
    for keyword in call.node.keywords:
        if not isinstance(keyword.value, ast.Constant) or not isinstance(keyword.value.value, bool):
            raise compiler.error("expression_arguments", call.node, name=call.name)
        known = keyword.value.value
    action = aggregates.AGGREGATES[call.name]
    first = call.args[0]
    if not (isinstance(first, ast.Call) and isinstance(first.func, ast.Name) and first.func.id == "rows"):
        if call.name in aggregates.ROWS_ONLY:
            raise compiler.error("expression_needs_rows", call.node, name=call.name)
        parts = [compiler.compile(argument) for argument in call.args]
        if call.name == "count":
            return lambda scope: Decimal(sum(part(scope) is not None for part in parts))
        return lambda scope: action((part(scope) for part in parts), known)
    rows = Call("rows", first)
    check_count(compiler, rows, 1, 1)
    form = form_of(compiler, rows, first.args[0], compiler.rowed)
    compiler.functions.add("rows")
    if len(call.args) == 1 and call.name == "count":
        return lambda scope: Decimal(len(scope.rows(form, (), False)))
    if len(call.args) != 2:
        raise compiler.error("expression_arguments", call.node, name=call.name)
    each, names, looks_out = compiler.in_rows(form, call.args[1])
    if call.name == "any":
        _note_some(compiler, call, _Rows(form, names, looks_out), known)
    return lambda scope: action((each(row) for row in scope.rows(form, names, looks_out)), known)


class _Rows(NamedTuple):
    """The rows of a form that are looked at: which items of them, and whether these look out of the rows."""

    form: str
    names: tuple[str, ...]
    looks_out: bool


def _note_some(compiler: Compiler, call: Call, rows: _Rows, known: bool) -> None:
    """Tell the compiler the shorter way to know that ``any`` is true: a row for which it holds.

    With ``known=True`` it is false when there is none; without, it may also be unknown.
    """
    holds = compiler.holds(call.args[1])
    form, names, looks_out = rows
    needed = tuple(sorted(_needed(call.args[1])))

    def some(scope: Scope) -> Operand:
        local = scope.local
        for name in needed:
            if local[name] is None:
                return False
        for row in scope.rows(form, names, looks_out):
            if holds(row) is True:
                break
        else:
            return False
        return True

    compiler.note_short(call.node, some, decided=known)


def _needed(node: ast.expr) -> set[str]:
    """The names X of ``outer(X)`` without which ``node`` is true in no row, being compared with something."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return set().union(*map(_needed, node.values))
    if not isinstance(node, ast.Compare) or isinstance(node.ops[0], ast.In | ast.NotIn):
        return set()
    return {
        side.args[0].id
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Call)
        and isinstance(side.func, ast.Name)
        and side.func.id == "outer"
        and isinstance(side.args[0], ast.Name)
    }


def rows_alone(compiler: Compiler, call: Call) -> Closure:
    """``rows(…)`` is no value by itself."""
    raise compiler.error("expression_rows_alone", call.node)
