"""What the functions of ``mda5_crf.instruments`` take and give, read off their signatures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, get_args, get_origin, get_type_hints

from mda5_crf import instruments

_PLAIN = (Decimal, int, str, date)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The keywords of an instrument. ``open_ended``: it takes others too, and says itself which."""

    named: tuple[str, ...]
    required: tuple[str, ...]
    open_ended: Callable[..., object] | None

    def takes(self, key: str) -> bool:
        """True when ``key`` may be given (an open-ended instrument raises TypeError for others)."""
        if key in self.named:
            return True
        if self.open_ended is None:
            return False
        try:
            self.open_ended(**dict.fromkeys(self.required), **{key: None})
        except TypeError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Parts:
    """The results of an instrument: ``single`` values, and ``tables`` whose entries are ``table_key``.

    A function that gives one plain result has the single part ``value``.
    """

    single: tuple[str, ...]
    tables: tuple[str, ...]

    def has(self, part: str) -> bool:
        """True when an expression may ask for ``part``."""
        return part in self.single or any(
            part.startswith(f"{table}_") and part != f"{table}_" for table in self.tables
        )


def _function(name: str) -> Callable[..., object] | None:
    found: Any = getattr(instruments, name, None) if name in instruments.__all__ else None
    return None if found is None or isinstance(found, type) or not callable(found) else found


@lru_cache(maxsize=64)
def arguments(name: str) -> Arguments:
    """The keywords that the instrument ``name`` takes. Raises KeyError when there is none."""
    action = _function(name)
    if action is None:
        raise KeyError(name)
    parameters = inspect.signature(action).parameters.values()
    named = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD]
    required = tuple(parameter.name for parameter in named if parameter.default is parameter.empty)
    open_ended = action if len(named) < len(parameters) else None
    return Arguments(tuple(parameter.name for parameter in named), required, open_ended)


@lru_cache(maxsize=64)
def result_parts(name: str) -> Parts | None:
    """What the instrument ``name`` gives; None without such a function, or when its result cannot be read."""
    action = _function(name)
    result = None if action is None else get_type_hints(action).get("return")
    kinds = (result, *get_args(result))
    for kind in kinds:
        if isinstance(kind, type) and is_dataclass(kind):
            hints = get_type_hints(kind)
            tables = tuple(
                part.name for part in fields(kind) if get_origin(hints[part.name]) in (Mapping, dict)
            )
            return Parts(tuple(part.name for part in fields(kind) if part.name not in tables), tables)
    return Parts(("value",), ()) if any(kind in _PLAIN for kind in kinds) else None
