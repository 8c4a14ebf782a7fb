"""The expression language of the definition: a small subset of Python's syntax, read once at load.

``parse`` turns the text into an immutable :class:`Expression`: a closure, and what it refers to. There
is no ``eval``: only the nodes and functions named in ``compiler`` exist. Truth has three values, ``None``
is unknown, and unknown never counts as true. The words and functions are listed in docs/definition.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from mda5_crf.errors import CrfError
from mda5_crf.study.operand import Operand

if TYPE_CHECKING:
    from mda5_crf.study.references import References
    from mda5_crf.study.values import Value

MAX_SOURCE = 10_000
"""Longest expression, in characters."""

WORDS = frozenset({"EVENT", "today", "WINDOW_LO", "WINDOW_HI"})
"""Names that are no items: the event's OID, the day, and the first and last day of the event's window."""


DAY_ONE = "D1"
"""The study name that is day 1, from which windows and planned dates are counted."""


class Ref(NamedTuple):
    """An item an expression reads.

    ``event``: "" the same event, "prev" the nearest earlier event with a value, "*" every live row of
    ``form`` (a name used inside ``rows(…)``), else the OID of an event. ``form``: "" the same form.
    With both "" the name may also be one of the study's ``[names]``.
    """

    event: str
    form: str
    item: str

    def __str__(self) -> str:
        return ".".join(part for part in self if part)


class Scope(Protocol):
    """Where an expression is evaluated: one form instance, or one row of a log. See ``study.scope``."""

    @property
    def local(self) -> dict[str, Operand]:
        """NAME → operand: items of this row and form, study names, reserved words."""

    @property
    def outer(self) -> Scope | None:
        """The scope outside a row; None outside rows."""

    def read(self, ref: Ref) -> Operand:
        """The operand of an item elsewhere."""

    def value(self, ref: Ref) -> Value | None:
        """The whole value of an item; None when it is irrelevant or nowhere."""

    def rows(self, form: str, names: Iterable[str] = ("",), views: bool = True) -> Sequence[Scope]:
        """The live rows of ``form`` (``EVENT.FORM`` or ``*.FORM`` name the event), in order.

        ``names`` are the items that are read of them ("" = any); without ``views`` nothing in them looks
        outside.
        """

    def previous_row(self) -> Scope | None:
        """The row before this one."""

    def row_number(self) -> int | None:
        """1 for the first live row; None outside rows."""

    def line_number(self) -> int | None:
        """The number people use for the row: its place among all rows ever made; None outside rows."""

    def performed(self, form: str, within_days: int | None) -> bool | None:
        """Was ``form`` done at this event, or within some days of this form's date?"""

    def baseline(self, ref: Ref) -> Operand:
        """The item's value at baseline, or at screening where the schedule carries it."""

    def setting(self, name: str) -> Operand:
        """A setting of the study: a number where its text is one."""

    def part(self, instrument: str, part: str) -> Operand:
        """One result of a scored instrument of this form."""

    def row_id(self) -> str | None:
        """The identity of this row; None outside rows."""

    def form_id(self) -> str:
        """The identity of this form instance."""

    def form_status(self, form: str) -> str | None:
        """The status of ``FORM`` or ``EVENT.FORM``; None when there is no such form here."""

    def signed(self, form: str) -> bool | None:
        """Is that form signed?"""

    def open_queries(self) -> Decimal | None:
        """How many queries of the participant are open."""

    def planned(self, event: str) -> date | None:
        """The target date of an event."""

    def next_planned(self, form: str) -> date | None:
        """The target date of the next event at which ``form`` is due."""

    def references(self) -> References | None:
        """What the site keeps: consent versions, delegations."""


Closure = Callable[[Scope], Operand]


class ExpressionError(CrfError):
    """An expression that is not in the language. ``text`` says what, ``column`` (from 1) where."""

    def __init__(self, code: str, column: int = 1, **params: object) -> None:
        super().__init__(f"finding.{code}", **params)
        self.column = column


class Uses(NamedTuple):
    """What an expression names, read off its tree. The loader checks each against the definition."""

    references: frozenset[Ref]
    words: frozenset[str]
    """Reserved words of :data:`WORDS`."""
    forms: frozenset[str]
    """Forms named as a whole, in ``rows`` and ``performed``: ``EX``, ``BL.PE``, ``*.LBI``."""
    performed: frozenset[str]
    """Those of ``forms`` that stand in ``performed``."""
    rowed: frozenset[str]
    """Those of ``forms`` that stand in ``rows``."""
    statuses: frozenset[str]
    """Forms whose status or signature is asked: ``SCR.IE``."""
    planned: frozenset[str]
    """Events whose planned date is asked."""
    next_forms: frozenset[str]
    """Forms whose next planned date is asked."""
    settings: frozenset[str]
    parts: frozenset[tuple[str, str]]
    """(instrument, part) of this form."""
    functions: frozenset[str]
    literals: frozenset[tuple[Ref, str]]
    """Texts an item is compared with (``SEX == "F"``): they should be codes of its codelist."""
    row_words: frozenset[str]
    """``outer``, ``prev_row``, ``row_number``, ``line_number``, ``row_id`` used outside ``rows``: only a
    check or item of a row may.
    """
    beside: frozenset[tuple[Ref, str]]
    """References read from inside ``rows`` of a form, with the form: ``SV.SVSTDAT`` in ``rows("*.LBH", …)``
    may be at the event of that row.
    """
    reading: bool
    """A function is called whose result depends on the participant although it names nothing."""


class Expression:
    """A compiled expression. ``evaluate(scope)`` gives its operand; None is unknown.

    ``holds(scope)`` is True exactly when the operand is True, and otherwise anything else: where only that
    matters it is the shorter way.
    """

    __slots__ = ("constant", "evaluate", "holds", "references", "source", "uses")

    def __init__(self, source: str, evaluate: Closure, uses: Uses, holds: Closure | None = None) -> None:
        self.source = source
        self.evaluate = evaluate
        self.holds = holds or evaluate
        self.uses = uses
        self.references = uses.references
        named = (uses.references, uses.words, uses.forms, uses.settings, uses.parts, uses.row_words)
        self.constant = not any(named) and not uses.reading

    @property
    def constant_value(self) -> Operand:
        """The operand of a constant expression; None when it depends on anything."""
        return constant(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


def constant(expression: Expression) -> Operand:
    """The operand of an expression that refers to nothing; None when it depends on anything."""
    if not expression.constant:
        return None
    return expression.evaluate(_NOWHERE)


class _Nowhere:
    """A scope without items: what constant expressions are evaluated in."""

    def __init__(self) -> None:
        self.local: dict[str, Operand] = {}
        self.outer = None

    def previous_row(self) -> None:
        """There is no row."""

    def row_number(self) -> None:
        """There is no row."""

    def line_number(self) -> None:
        """There is no row."""


_NOWHERE: Scope = cast("Scope", _Nowhere())

_SPACES = re.compile(r"[\t\r\n]+")


@lru_cache(maxsize=8192)
def parse(source: str) -> Expression:
    """Read an expression. Raises ExpressionError naming the first thing that is not in the language."""
    from mda5_crf.study.compiler import Compiler, single

    flat = _SPACES.sub(" ", source).strip()
    if not flat:
        raise ExpressionError("expression_empty")
    if len(flat) > MAX_SOURCE:
        raise ExpressionError("expression_too_long", limit=MAX_SOURCE)
    # In texts a backslash means itself, as in the TOML around it: patterns stay readable.
    doubled = flat.replace("\\", "\\\\")
    try:
        tree = ast.parse(doubled, mode="eval")
    except SyntaxError as error:
        column = len(single(doubled[: (error.offset or 1) - 1])) + 1
        raise ExpressionError("expression_syntax", min(column, len(flat) + 1)) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError("expression_too_deep") from None
    compiler = Compiler(doubled)
    evaluate = compiler.compile(tree.body)
    compiler.check_comments(tree.body)
    return Expression(flat, evaluate, compiler.uses(), compiler.holds(tree.body))
