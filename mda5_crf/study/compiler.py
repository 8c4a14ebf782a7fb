"""From the syntax tree to closures. What has no method or table entry here is not in the language."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from mda5_crf.study import calls, logic, operand, truths
from mda5_crf.study.arguments import Call
from mda5_crf.study.closures import Side, comparison, kleene, membership
from mda5_crf.study.expression import WORDS, Closure, ExpressionError, Ref, Scope, Uses
from mda5_crf.study.logic import Relation
from mda5_crf.study.operand import Operand
from mda5_crf.study.site_calls import READING
from mda5_crf.study.truths import Made

MAX_DEPTH = 100
MAX_NODES = 3_000
MAX_EXPONENT = Decimal(10)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NUMBER = re.compile(r"[0-9]{1,34}(?:\.[0-9]{1,34})?")
_RELATIONS: dict[type[ast.cmpop], Relation] = {
    ast.Eq: logic.equal,
    ast.NotEq: logic.different,
    ast.Lt: logic.less,
    ast.LtE: logic.at_most,
    ast.Gt: logic.greater,
    ast.GtE: logic.at_least,
}


class Compiler:
    """Compiles one expression and notes everything it names."""

    def __init__(self, source: str) -> None:
        """``source`` is as given to ``ast.parse``: one line, backslashes doubled (:func:`single`)."""
        self.source = source
        self._bytes = source.encode()
        self._depth = 0
        self._nodes = 0
        self._rows: list[str] = []
        self._names: list[set[str]] = []
        self.outlooks = 0
        self.references: set[Ref] = set()
        self.words: set[str] = set()
        self.performed: set[str] = set()
        self.rowed: set[str] = set()
        self.statuses: set[str] = set()
        self.planned: set[str] = set()
        self.next_forms: set[str] = set()
        self.settings: set[str] = set()
        self.parts: set[tuple[str, str]] = set()
        self.functions: set[str] = set()
        self.literals: set[tuple[Ref, str]] = set()
        self.row_words: set[str] = set()
        self.beside: set[tuple[Ref, str]] = set()
        self._hashes: dict[int, int] = {}
        self._made = Made({}, {}, set())

    def uses(self) -> Uses:
        """Everything the compiled expression names."""
        return Uses(
            frozenset(self.references),
            frozenset(self.words),
            frozenset(self.performed | self.rowed),
            frozenset(self.performed),
            frozenset(self.rowed),
            frozenset(self.statuses),
            frozenset(self.planned),
            frozenset(self.next_forms),
            frozenset(self.settings),
            frozenset(self.parts),
            frozenset(self.functions),
            frozenset(self.literals),
            frozenset(self.row_words),
            frozenset(self.beside),
            bool(self.functions & READING),
        )

    def error(self, code: str, node: ast.AST, **params: object) -> ExpressionError:
        """The error ``finding.<code>`` at ``node``."""
        offset = getattr(node, "col_offset", 0)
        before = single(self._bytes[:offset].decode(errors="replace"))
        return ExpressionError(code, len(before) + 1, **params)

    def check_comments(self, body: ast.expr) -> None:
        """Refuse ``#`` outside texts: a comment would swallow the rest of the expression unseen."""
        if self.source.count("#") != sum(self._hashes.values()):
            raise self.error("expression_not_allowed", body, what="#")

    def compile(self, node: ast.expr) -> Closure:
        """The closure of one node. Raises ExpressionError."""
        self._nodes += 1
        self._depth += 1
        if self._depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise self.error("expression_too_deep", node)
        method = _METHODS.get(type(node))
        if method is None:
            raise self.error("expression_not_allowed", node, what=_described(node))
        closure = self._made.closures[node] = method(self, node)
        self._depth -= 1
        return closure

    def holds(self, node: ast.expr) -> Closure:
        """A closure that says only whether a compiled node is true."""
        return truths.holds(node, self._made)

    def note_short(self, node: ast.expr, closure: Closure, *, decided: bool) -> None:
        """Note a shorter way to know that ``node`` is true; ``decided``: it is never unknown."""
        self._made.short[node] = closure
        if decided:
            self._made.decided.add(node)

    # -- leaves ------------------------------------------------------------------------------

    def constant(self, node: ast.Constant) -> Closure:
        """A number, a text, True, False, or None: unknown."""
        value = self.literal(node)
        return lambda _: value

    def literal(self, node: ast.Constant) -> Decimal | str | bool | None:
        """The operand a literal stands for; a number is read from its digits, never from a float."""
        if node.value is None or isinstance(node.value, bool):
            return node.value
        segment = self.segment(node)
        if isinstance(node.value, str):
            if single(segment[1:-1]) != node.value:  # two texts side by side, a prefix, three quotes
                raise self.error("expression_not_allowed", node, what=single(segment)[:20])
            self._hashes[node.col_offset] = segment.count("#")
            return node.value
        if isinstance(node.value, int | float) and _NUMBER.fullmatch(segment):
            return Decimal(segment)
        raise self.error("expression_not_allowed", node, what=segment[:20])

    def segment(self, node: ast.expr) -> str:
        """The characters of a node (the source is one line)."""
        return self._bytes[node.col_offset : node.end_col_offset].decode()

    def name(self, node: ast.Name) -> Closure:
        """An item of this form, a study name, or a reserved word."""
        name = self.identifier(node, node.id)
        if name in WORDS:
            self.words.add(name)
        else:
            self.refer(self.ref(node))
        return lambda scope: scope.local[name]

    def identifier(self, node: ast.expr, name: str) -> str:
        """``name`` when it is written in plain letters, digits and underscores (Python would fold others)."""
        if not _NAME.fullmatch(name) or not self.segment(node).isascii():
            raise self.error("expression_not_allowed", node, what=name[:20])
        return name

    def ref(self, node: ast.expr) -> Ref:
        """The item a name or dotted name stands for. Raises ExpressionError for anything else."""
        parts: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            parts.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            raise self.error("expression_not_an_item", node)
        parts.insert(0, inner.id)
        for part in parts:
            self.identifier(node, part)
        if len(parts) > 3:
            raise self.error("expression_not_an_item", node)
        event, form, item = ("", "", *parts)[-3:]
        return Ref(event, form, item)

    def refer(self, ref: Ref) -> None:
        """Note a reference."""
        seen = self._seen(ref)
        self.references.add(seen)
        if ref.form or ref.event:
            self.outlooks += 1
        elif self._names:
            self._names[-1].add(ref.item)
        if self._rows and not seen.event:
            self.beside.add((seen, self._rows[-1].rpartition(".")[2]))

    def _seen(self, ref: Ref) -> Ref:
        """The reference as noted: inside ``rows`` a bare name belongs to that form."""
        if self._rows and not ref.event and not ref.form:
            return Ref("*", self._rows[-1].rpartition(".")[2], ref.item)
        return ref

    def attribute(self, node: ast.Attribute) -> Closure:
        """``FORM.ITEM``, ``EVENT.FORM.ITEM``, ``prev.FORM.ITEM``, or a part of an instrument."""
        ref = self.ref(node)
        if not ref.event and ref.form == "prev":
            raise self.error("expression_not_an_item", node)
        if not ref.event and ref.form.islower():
            name, part = ref.form, ref.item
            self.parts.add((name, part))
            if self._names:
                self._names[-1].add("")
            return lambda scope: scope.part(name, part)
        self.refer(ref)
        return lambda scope: scope.read(ref)

    # -- operators ---------------------------------------------------------------------------

    def bool_op(self, node: ast.BoolOp) -> Closure:
        """Kleene's ``and`` and ``or``, evaluated from the left until decided."""
        parts = [self.compile(value) for value in node.values]
        return kleene(parts, decides=isinstance(node.op, ast.Or))

    def unary(self, node: ast.UnaryOp) -> Closure:
        """``not``, and the sign of a number."""
        inner = self.compile(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda scope: logic.negated(inner(scope))
        if not isinstance(node.op, ast.USub):
            raise self.error("expression_not_allowed", node, what=_described(node.op))

        def minus(scope: Scope) -> Operand:
            value = inner(scope)
            return operand.negate(value) if isinstance(value, Decimal | operand.Interval) else None

        return minus

    def binary(self, node: ast.BinOp) -> Closure:
        """``+ - * /`` on numbers, days between dates, and ``**`` with a written exponent up to 10."""
        if isinstance(node.op, ast.Pow):
            return self._power(node)
        action = calls.ARITHMETIC.get(type(node.op))
        if action is None:
            raise self.error("expression_not_allowed", node, what=_described(node.op))
        left, right = self.compile(node.left), self.compile(node.right)

        def evaluate(scope: Scope) -> Operand:
            a = left(scope)
            if a is None:
                return None
            b = right(scope)
            return None if b is None else action(a, b)

        return evaluate

    def _power(self, node: ast.BinOp) -> Closure:
        sign = -1 if isinstance(node.right, ast.UnaryOp) and isinstance(node.right.op, ast.USub) else 1
        literal = node.right.operand if sign < 0 and isinstance(node.right, ast.UnaryOp) else node.right
        exponent = self.literal(literal) if isinstance(literal, ast.Constant) else None
        if not isinstance(exponent, Decimal) or exponent > MAX_EXPONENT:
            raise self.error("expression_power", node, limit=MAX_EXPONENT)
        base = self.compile(node.left)
        signed = sign * exponent

        def evaluate(scope: Scope) -> Operand:
            value = base(scope)
            return operand.power(value, signed) if isinstance(value, Decimal | operand.Interval) else None

        return evaluate

    def compare(self, node: ast.Compare) -> Closure:
        """One comparison, or a chain of them joined by *and*."""
        nodes = [node.left, *node.comparators]
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn):
            return self._member(node)
        pairs = []
        sides = [self._side(part) for part in nodes]
        for index, op in enumerate(node.ops):
            relation = _RELATIONS.get(type(op))
            if relation is None:
                raise self.error("expression_not_allowed", node, what=_described(op))
            self.note_literals(nodes[index], [nodes[index + 1]])
            self.note_literals(nodes[index + 1], [nodes[index]])
            pairs.append(comparison(relation, sides[index], sides[index + 1]))
        return pairs[0] if len(pairs) == 1 else kleene(pairs, decides=False)

    def _side(self, node: ast.expr) -> Side:
        """One side of a comparison, compiled."""
        return Side(
            self.compile(node),
            node.id if isinstance(node, ast.Name) else None,
            self.literal(node) if isinstance(node, ast.Constant) else None,
        )

    def note_literals(self, item: ast.expr, others: list[ast.expr]) -> None:
        """Note the texts an item is compared with."""
        if isinstance(item, ast.Name | ast.Attribute) and self.segment(item) not in WORDS:
            ref = self._seen(self.ref(item))
            for other in others:
                if isinstance(other, ast.Constant) and isinstance(other.value, str):
                    self.literals.add((ref, other.value))

    def _member(self, node: ast.Compare) -> Closure:
        choices = node.comparators[0]
        if not isinstance(choices, ast.Tuple | ast.List) or not choices.elts:
            raise self.error("expression_in", node)
        inner = self.compile(node.left)
        self.note_literals(node.left, choices.elts)
        negative = isinstance(node.ops[0], ast.NotIn)
        members = [self._side(choice) for choice in choices.elts]
        return membership(inner, members, negative=negative)

    # -- functions ---------------------------------------------------------------------------

    def call(self, node: ast.Call) -> Closure:
        """A call of a listed function."""
        if not isinstance(node.func, ast.Name):
            raise self.error("expression_not_allowed", node, what=_described(node.func))
        name = node.func.id
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise self.error("expression_not_allowed", node, what="*")
        if any(keyword.arg is None for keyword in node.keywords):
            raise self.error("expression_not_allowed", node, what="**")
        self.functions.add(name)
        closure = calls.compile_call(self, Call(name, node))
        if closure is None:
            raise self.error("expression_unknown_function", node, name=name)
        return closure

    def in_rows(self, form: str, node: ast.expr) -> tuple[Closure, tuple[str, ...], bool]:
        """Compile ``node`` as seen from a row of ``form``: also what it reads there, and if it looks out."""
        outlooks = self.outlooks
        self._rows.append(form)
        self._names.append(set())
        closure = self.compile(node)
        self._rows.pop()
        return closure, tuple(sorted(self._names.pop())), self.outlooks > outlooks

    def in_outer(self, node: ast.expr) -> Closure:
        """Compile ``node`` as seen from outside the row."""
        self.outlooks += 1
        if not self._rows:
            return self.compile(node)
        form, names = self._rows.pop(), self._names.pop()
        closure = self.compile(node)
        self._rows.append(form)
        self._names.append(names)
        return closure

    def note_row_word(self, name: str) -> None:
        """Note a word that needs a row, unless a ``rows`` around it gives one."""
        if not self._rows:
            self.row_words.add(name)


def single(text: str) -> str:
    """Undo the doubling of backslashes: texts have no escapes, a backslash means itself."""
    return text.replace("\\\\", "\\")


def _described(node: ast.AST) -> str:
    return type(node).__name__


_METHODS: dict[type[ast.expr], Callable[[Compiler, Any], Closure]] = {
    ast.Constant: Compiler.constant,
    ast.Name: Compiler.name,
    ast.Attribute: Compiler.attribute,
    ast.BoolOp: Compiler.bool_op,
    ast.UnaryOp: Compiler.unary,
    ast.BinOp: Compiler.binary,
    ast.Compare: Compiler.compare,
    ast.Call: Compiler.call,
}
