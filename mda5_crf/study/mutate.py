"""Small changes to an expression, each of which some scene must notice: a check on the cases.

Changed are: each comparison (to its neighbour, ``in`` to ``not in``), each number (one step of its last
digit, both ways), each text compared with, ``and`` and ``or``, ``not`` (dropped), and the functions
any/all, min/max, first/last. The changes are made in the text, so that numbers stay digit by digit.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_NEIGHBOURS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
_PARTNERS = {"any": "all", "all": "any", "min": "max", "max": "min", "first": "last", "last": "first"}
_COMPARED_BY = ("selected", "missing")
"""Functions whose second argument is a code that something is compared with."""
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
WRONG = "~"
"""Put behind a text to make it another one."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed expression. ``name``: the changed part as it now reads, a repeated one with ``(2)``."""

    name: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Every mutant of an expression that is in the language, in the order of the text."""
    flat = " ".join(source.split())
    doubled = flat.replace("\\", "\\\\")
    changes = sorted(set(_Changes(doubled).all()), key=lambda change: change.start)
    made: list[Mutant] = []
    seen: dict[str, int] = {}
    for change in changes:
        text = change.apply(doubled.encode()).replace("\\\\", "\\")
        part = change.shown(doubled.encode()).replace("\\\\", "\\")
        seen[part] = seen.get(part, 0) + 1
        made.append(Mutant(part if seen[part] == 1 else f"{part} ({seen[part]})", text))
    return made


@dataclass(frozen=True, slots=True)
class _Change:
    """Bytes ``start`` to ``end`` become ``new``; ``within`` is the part of the text to show for it."""

    start: int
    end: int
    new: str
    within: tuple[int, int]

    def apply(self, text: bytes) -> str:
        return (text[: self.start] + self.new.encode() + text[self.end :]).decode()

    def shown(self, text: bytes) -> str:
        low, high = self.within
        return (text[low : self.start] + self.new.encode() + text[self.end : high]).decode()


class _Changes:
    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self._tree = ast.parse(text, mode="eval").body

    def all(self) -> Iterator[_Change]:
        yield from self._visit(self._tree, self._tree)

    def _visit(self, node: ast.AST, around: ast.expr) -> Iterator[_Change]:
        """The changes in ``node``; ``around`` is the nearest comparison, call or junction around it."""
        if isinstance(node, ast.Compare):
            around = node
            yield from self._comparisons(node)
        elif isinstance(node, ast.BoolOp):
            around = node
            yield from self._junctions(node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            end = node.col_offset + len("not")
            end += self._text[end : end + 1] == b" "
            yield self._change(node.col_offset, end, "", node)
        elif isinstance(node, ast.Call):
            yield from self._calls(node)
            around = around if isinstance(around, ast.Compare) else node
        elif isinstance(node, ast.Constant):
            yield from self._number(node, around)
        for child in ast.iter_child_nodes(node):
            yield from self._visit(child, around)

    def _change(self, start: int, end: int, new: str, within: ast.expr) -> _Change:
        return _Change(start, end, new, (within.col_offset, within.end_col_offset or len(self._text)))

    def _gap(self, left: ast.expr, right: ast.expr, pattern: str) -> tuple[int, int]:
        """Where the operator between two parts stands (brackets may stand beside it)."""
        start = left.end_col_offset or 0
        found = re.search(pattern, self._text[start : right.col_offset].decode())
        assert found is not None, "the syntax tree has it"
        return start + found.start(), start + found.end()

    def _comparisons(self, node: ast.Compare) -> Iterator[_Change]:
        sides = [node.left, *node.comparators]
        for op, left, right in zip(node.ops, sides, node.comparators, strict=False):
            pattern, new = _NEIGHBOURS[type(op)]
            yield self._change(*self._gap(left, right, pattern), new, node)
        for side in sides:
            choices = side.elts if isinstance(side, ast.Tuple | ast.List) else [side]
            for choice in choices:
                yield from self._text_constant(choice, node)

    def _text_constant(self, node: ast.expr, within: ast.expr) -> Iterator[_Change]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.end_col_offset:
            yield self._change(node.end_col_offset - 1, node.end_col_offset - 1, WRONG, within)

    def _junctions(self, node: ast.BoolOp) -> Iterator[_Change]:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield _Change(
                *self._gap(left, right, rf"\b{old}\b"), new, (left.col_offset, right.end_col_offset or 0)
            )

    def _calls(self, node: ast.Call) -> Iterator[_Change]:
        if not isinstance(node.func, ast.Name):
            return
        name = node.func.id
        if name in _PARTNERS:
            end = node.func.end_col_offset or 0
            yield self._change(node.func.col_offset, end, _PARTNERS[name], node)
        if name in _COMPARED_BY and len(node.args) > 1:
            yield from self._text_constant(node.args[1], node)

    def _number(self, node: ast.Constant, within: ast.expr) -> Iterator[_Change]:
        end = node.end_col_offset or 0
        digits = self._text[node.col_offset : end].decode()
        if isinstance(node.value, bool) or not _NUMBER.fullmatch(digits):
            return
        number = Decimal(digits)
        step = Decimal(1).scaleb(int(number.as_tuple().exponent))
        for moved in (number - step, number + step):
            new = f"{moved:f}"
            before = self._text[: node.col_offset].rstrip()[-1:]
            # "- -1" reads as two signs, "a --1" does not.
            yield self._change(
                node.col_offset, end, f"({new})" if new < "0" and before == b"-" else new, within
            )
