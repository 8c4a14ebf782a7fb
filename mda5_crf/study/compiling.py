"""Compiles the expressions of a definition and remembers where each is used, so that all references can
be resolved once every form is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from mda5_crf.study.expression import Expression, ExpressionError, parse
from mda5_crf.study.model import Range
from mda5_crf.study.reader import Table, exact
from mda5_crf.study.report import Place, Report


class Node(NamedTuple):
    """Something whose value expressions decide: ``kind`` is item, group, part (an instrument) or name."""

    kind: str
    form: str
    name: str

    def __str__(self) -> str:
        return f"{self.form}.{self.name}" if self.form else self.name


@dataclass(frozen=True, slots=True)
class Use:
    """An expression where it stands.

    ``form`` is "" outside forms (study names, schedule lines); ``row`` the repeating group in whose rows
    it is evaluated, or ""; ``node`` what it decides the value or relevance of: None for limits and
    checks, which decide no value.
    """

    expression: Expression
    place: Place
    form: str = ""
    row: str = ""
    node: Node | None = None


class Compiler:
    """Turns text into expressions, reports those that do not compile, collects the others in ``uses``."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.uses: list[Use] = []

    def text(
        self, source: str, place: Place, form: str = "", row: str = "", node: Node | None = None
    ) -> Expression | None:
        """The expression written as ``source``; None, and a problem, when it is none."""
        try:
            expression = parse(source)
        except ExpressionError as error:
            self._report.add(place, "bad_expression", why=error.text, column=error.column)
            return None
        self.uses.append(Use(expression, place, form, row, node))
        return expression

    def key(
        self, table: Table, key: str, form: str, row: str = "", node: Node | None = None
    ) -> Expression | None:
        """The expression at ``key``, None when it is not written."""
        source = table.string(key)
        return self.text(source, table.place_of(key), form, row, node) if source else None

    def range(self, table: Table, key: str, form: str, row: str, item: str, numeric: bool) -> Range | None:
        """``[low, high]``; an end is a number (when ``numeric``), an expression, or "" for open."""
        ends = table.raw(key)
        oid = table.string(f"{key}_oid")
        if ends is None:
            if oid:
                table.problem(f"{key}_oid", "range_oid_without_range", key=key)
            return None
        if not isinstance(ends, list) or len(ends) != 2 or all(end == "" for end in ends):
            table.problem(key, "bad_range", key=key)
            return None
        compiled: list[Expression | None] = []
        numbers: list[Decimal] = []
        for end in ends:
            number = exact(end)
            if end == "":
                compiled.append(None)
            elif number is not None and not numeric:
                table.problem(key, "number_for_date", key=key)
                return None
            elif number is not None:
                numbers.append(number)
                compiled.append(self.text(f"{number:f}", table.place_of(key)))
            elif isinstance(end, str):
                compiled.append(self.text(end, table.place_of(key), form, row))
            else:
                table.problem(key, "bad_range", key=key)
                return None
        if len(numbers) == 2 and numbers[0] > numbers[1]:
            table.problem(key, "range_reversed", key=key)
        return Range(compiled[0], compiled[1], oid or f"{form}.{item}.{key.upper()}")


def constant(end: Expression | None) -> Decimal | None:
    """The number a range end is, or None when it is open or depends on something."""
    return None if end is None else exact(end.source)
