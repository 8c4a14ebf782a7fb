"""The arithmetic every score shares: 34 decimal digits, ties to even, whatever the caller's context.

A score must not depend on a precision or rounding that some other part of the program has set for
its thread, so every public function of this package is wrapped in :func:`exact`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)


def context() -> Context:
    """A new context of the kind all scores use: precision 34, half-even, errors raised."""
    return Context(prec=34, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])


_CONTEXT = context()


def exact(function: Callable[P, R]) -> Callable[P, R]:
    """Run ``function`` in that context, whatever context the calling thread is in."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(_CONTEXT):
            return function(*args, **kwargs)

    return wrapped


def total(values: tuple[Decimal, ...] | list[Decimal]) -> Decimal:
    """The sum as a Decimal, also of nothing (0)."""
    return sum(values, ZERO)
