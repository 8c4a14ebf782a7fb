"""The functions an expression may call: those that look at items and rows, and the tables of the rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from mda5_crf.study import functions, logic
from mda5_crf.study.expression import Closure, Scope
from mda5_crf.study.operand import Operand

if TYPE_CHECKING:
    from mda5_crf.study.compiler import Compiler

ARITHMETIC: dict[type[ast.operator], Callable[[Operand, Operand], Operand]] = {
    ast.Add: functions.plus,
    ast.Sub: functions.minus,
    ast.Mult: functions.times,
    ast.Div: functions.over,
}
MAX_PATTERN = 300
_FORM = re.compile(r"(?:(?:[A-Z][A-Z0-9_]*|\*)\.)?[A-Z][A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Call:
    """One call in the tree."""

    name: str
    node: ast.Call

    @property
    def args(self) -> list[ast.expr]:
        """The positional arguments."""
        return self.node.args


def compile_call(compiler: Compiler, call: Call) -> Closure | None:
    """The closure of a call; None when the language has no such function. Raises ExpressionError."""
    special = _SPECIAL.get(call.name)
    if special is not None:
        return special(compiler, call)
    if call.name in functions.AGGREGATES:
        return _aggregate(compiler, call)
    plain = functions.PLAIN.get(call.name)
    if plain is not None:
        least, most, action = plain
        _count(compiler, call, least, most)
        return _applied(action, [compiler.compile(argument) for argument in call.args])
    if call.name in functions.scalar_instruments():
        return _instrument(compiler, call)
    return None


def _count(compiler: Compiler, call: Call, least: int, most: int | None, keywords: tuple[str, ...] = ()) -> None:
    wrong = len(call.args) < least or (most is not None and len(call.args) > most)
    if wrong or any(keyword.arg not in keywords for keyword in call.node.keywords):
        raise compiler.error("expression_arguments", call.node, name=call.name)


def _text(compiler: Compiler, call: Call, node: ast.expr) -> str:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        raise compiler.error("expression_written_text", call.node, name=call.name)
    return str(compiler.literal(node))


def _applied(action: Callable[..., Operand], arguments: list[Closure]) -> Closure:
    if len(arguments) == 1:
        only = arguments[0]

        def single(scope: Scope) -> Operand:
            value = only(scope)
            return None if value is None else action(value)

        return single

    def several(scope: Scope) -> Operand:
        values = [argument(scope) for argument in arguments]
        return None if None in values else action(*values)

    return several


def _if(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 2, 3)
    condition, yes = compiler.compile(call.args[0]), compiler.compile(call.args[1])
    no = compiler.compile(call.args[2]) if len(call.args) == 3 else None

    def evaluate(scope: Scope) -> Operand:
        truth = condition(scope)
        if truth is True:
            return yes(scope)
        return no(scope) if truth is False and no is not None else None

    return evaluate


def _coalesce(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 1, None)
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
    _count(compiler, call, 1, 1)
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

    return evaluate


def _missing(compiler: Compiler, call: Call) -> Closure:
    """True when a missing code stands instead of a value; with a second argument: that code."""
    _count(compiler, call, 1, 2)
    ref = compiler.ref(call.args[0])
    compiler.refer(ref)
    code = _text(compiler, call, call.args[1]) if len(call.args) == 2 else None

    def evaluate(scope: Scope) -> Operand:
        value = scope.value(ref)
        found = None if value is None else value.missing
        return found is not None if code is None else found == code

    return evaluate


def _unit(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 1, 1)
    ref = compiler.ref(call.args[0])
    compiler.refer(ref)

    def evaluate(scope: Scope) -> Operand:
        value = scope.value(ref)
        return None if value is None else value.unit

    return evaluate


def _selected(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 2, 2)
    multi, code = compiler.compile(call.args[0]), _text(compiler, call, call.args[1])
    if isinstance(call.args[0], ast.Name | ast.Attribute):
        compiler.literals.add((compiler.ref(call.args[0]), code))

    def evaluate(scope: Scope) -> Operand:
        values = multi(scope)
        if isinstance(values, tuple):
            return code in values
        return logic.equal(values, code)

    return evaluate


def _matches(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 2, 2)
    inner, source = compiler.compile(call.args[0]), _text(compiler, call, call.args[1])
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
    _count(compiler, call, 1, 1)
    try:
        value = date.fromisoformat(_text(compiler, call, call.args[0]))
    except ValueError:
        raise compiler.error("expression_date", call.node) from None
    return lambda scope: value


def _setting(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 1, 1)
    name = _text(compiler, call, call.args[0])
    compiler.settings.add(name)
    return lambda scope: scope.setting(name)


def _performed(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 1, 1, ("within_days",))
    form = _form(compiler, call, call.args[0])
    days: int | None = None
    for keyword in call.node.keywords:
        number = compiler.literal(keyword.value) if isinstance(keyword.value, ast.Constant) else None
        if not isinstance(number, Decimal) or number != int(number):
            raise compiler.error("expression_arguments", call.node, name=call.name)
        days = int(number)
    return lambda scope: scope.performed(form, days)


def _baseline(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 1, 1)
    ref = compiler.ref(call.args[0])
    if ref.event:
        raise compiler.error("expression_not_an_item", call.node)
    compiler.refer(ref)
    return lambda scope: scope.baseline(ref)


def _form(compiler: Compiler, call: Call, node: ast.expr) -> str:
    form = _text(compiler, call, node)
    if not _FORM.fullmatch(form):
        raise compiler.error("expression_form", call.node, name=form[:20])
    compiler.forms.add(form)
    return form


def _outer(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 1, 1)
    compiler.note_row_word("outer")
    inner = compiler.in_outer(call.args[0])

    def evaluate(scope: Scope) -> Operand:
        outside = scope.outer
        return None if outside is None else inner(outside)

    return evaluate


def _prev_row(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 1, 1)
    compiler.note_row_word("prev_row")
    inner = compiler.compile(call.args[0])

    def evaluate(scope: Scope) -> Operand:
        before = scope.previous_row()
        return None if before is None else inner(before)

    return evaluate


def _row_number(compiler: Compiler, call: Call) -> Closure:
    _count(compiler, call, 0, 0)
    compiler.note_row_word("row_number")

    def evaluate(scope: Scope) -> Operand:
        number = scope.row_number()
        return None if number is None else Decimal(number)

    return evaluate


def _aggregate(compiler: Compiler, call: Call) -> Closure:
    """``count, first, last, any, all, sum, mean, min, max`` over rows or over listed values."""
    _count(compiler, call, 1, None, ("known",))
    known = False
    for keyword in call.node.keywords:
        if not isinstance(keyword.value, ast.Constant) or not isinstance(keyword.value.value, bool):
            raise compiler.error("expression_arguments", call.node, name=call.name)
        known = keyword.value.value
    action = functions.AGGREGATES[call.name]
    first = call.args[0]
    if not (isinstance(first, ast.Call) and isinstance(first.func, ast.Name) and first.func.id == "rows"):
        if call.name in functions.ROWS_ONLY:
            raise compiler.error("expression_needs_rows", call.node, name=call.name)
        parts = [compiler.compile(argument) for argument in call.args]
        if call.name == "count":
            return lambda scope: Decimal(sum(part(scope) is not None for part in parts))
        return lambda scope: action((part(scope) for part in parts), known)
    rows = Call("rows", first)
    _count(compiler, rows, 1, 1)
    form = _form(compiler, rows, first.args[0])
    compiler.functions.add("rows")
    if len(call.args) == 1 and call.name == "count":
        return lambda scope: Decimal(len(scope.rows(form)))
    if len(call.args) != 2:
        raise compiler.error("expression_arguments", call.node, name=call.name)
    each = compiler.in_rows(form, call.args[1])
    return lambda scope: action((each(row) for row in scope.rows(form)), known)


def _rows_alone(compiler: Compiler, call: Call) -> Closure:
    raise compiler.error("expression_rows_alone", call.node)


def _instrument(compiler: Compiler, call: Call) -> Closure:
    """A scalar formula of ``mda5_crf.instruments``, with keyword arguments only."""
    names = [str(keyword.arg) for keyword in call.node.keywords]
    if call.args or not functions.accepts(call.name, names):
        raise compiler.error("expression_arguments", call.node, name=call.name)
    action = functions.instrument(call.name)
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
    "performed": _performed,
    "baseline": _baseline,
    "outer": _outer,
    "prev_row": _prev_row,
    "row_number": _row_number,
    "rows": _rows_alone,
}
