"""The formulas and scores of ``mda5_crf.instruments`` as the expression language calls them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib import import_module

from mda5_crf.study.dates import PartialDate
from mda5_crf.study.operand import Interval, Operand


@lru_cache(maxsize=1)
def scalar_instruments() -> frozenset[str]:
    """Names of the formulas that give one value: everything the package exports that is no score object."""
    package = import_module("mda5_crf.instruments")
    return frozenset(
        name
        for name in package.__all__
        if inspect.isfunction(function := getattr(package, name)) and _is_scalar(function)
    )


def _is_scalar(function: Callable[..., object]) -> bool:
    result = inspect.signature(function).return_annotation
    return isinstance(result, str) and {part.strip() for part in result.split("|")} <= _SCALARS


_SCALARS = {"Decimal", "int", "str", "bool", "None", "Grade", "datetime.date", "date"}


@lru_cache(maxsize=256)
def parameters(name: str) -> tuple[frozenset[str], frozenset[str], bool]:
    """Of an instrument: all keywords, those it needs, and whether it takes any keyword.

    Raises AttributeError for a name the package does not export.
    """
    found = inspect.signature(getattr(import_module("mda5_crf.instruments"), name)).parameters.values()
    named = [parameter for parameter in found if parameter.kind is parameter.KEYWORD_ONLY]
    return (
        frozenset(parameter.name for parameter in named),
        frozenset(parameter.name for parameter in named if parameter.default is parameter.empty),
        any(parameter.kind is parameter.VAR_KEYWORD for parameter in found),
    )


def accepts(name: str, keywords: Iterable[str]) -> bool:
    """True when the instrument can be called with exactly these keywords."""
    names = set(keywords)
    allowed, needed, anything = parameters(name)
    return needed <= names and (anything or names <= allowed)


@lru_cache(maxsize=64)
def instrument(name: str) -> Callable[[tuple[str, ...], tuple[Operand, ...]], Operand]:
    """The formula as ``action(keywords, values)``, remembering what it has computed."""
    function = getattr(import_module("mda5_crf.instruments"), name)

    @lru_cache(maxsize=4096, typed=True)
    def action(keywords: tuple[str, ...], values: tuple[Operand, ...]) -> Operand:
        try:
            return as_operand(function(**dict(zip(keywords, map(plain_argument, values), strict=True))))
        except (ValueError, ArithmeticError):
            return None

    return action


def plain_argument(value: Operand) -> Operand:
    """What instruments understand: intervals and partial dates are unknown to them."""
    return None if isinstance(value, Interval | PartialDate) else value


def as_operand(value: object) -> Operand:
    """A result as an operand; whole numbers become decimals."""
    if value is None or isinstance(value, Decimal | bool | str | date):
        return value
    return Decimal(value) if isinstance(value, int) else None


def score(name: str, arguments: dict[str, object]) -> object:
    """Run a scored instrument; None when its inputs are outside what it scores."""
    try:
        result: object = getattr(import_module("mda5_crf.instruments"), name)(**arguments)
    except (ValueError, ArithmeticError):
        return None
    return result


def part_of(result: object, part: str) -> Operand:
    """``index`` → ``result.index``, ``points_phga`` → ``result.points["phga"]``, ``value`` → all of it."""
    if result is None:
        return None
    if isinstance(result, Decimal | int | str | date):
        return as_operand(result) if part == "value" else None
    if hasattr(result, part):
        found = getattr(result, part)
        return found if isinstance(found, tuple) else as_operand(found)
    head, _, tail = part.partition("_")
    while tail:
        table = getattr(result, head, None)
        if isinstance(table, Mapping):
            return as_operand(table.get(tail))
        more, _, tail = tail.partition("_")
        head = f"{head}_{more}"
    return None
