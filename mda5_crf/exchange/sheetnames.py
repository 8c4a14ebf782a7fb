"""A sheet without whom it is about: columns that tell who somebody is stay in the process that reads them.

The headings are looked for in the first rows; what stands above them (titles that may name a patient) is not
handed on either, nor is any cell with an identity or telephone number.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Any, Final

from mda5_crf.study.folding import narrow
from mda5_crf.study.identifying import numbers
from mda5_crf.study.labwords import WITHIN, headings, names_person

Line = dict[str, Any]
OPTION: Final = "nameless"
"""The option of the act ``sheet`` that asks for it."""


def nameless(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines of ``sheetin``; before the headings of a sheet ``{"dropped": [headings]}``, or where it has
    none ``{"headless": true}`` and nothing of it.
    """
    held: list[Line] = []
    gone: frozenset[int] | None = None
    for told in lines:
        if "row" in told:
            if gone is not None:
                yield _without(told, gone)
                continue
            held.append(told)
            if len(held) < WITHIN:
                continue
        if held:
            gone = yield from _begun(held)
            held = []
        if "row" not in told:
            if "sheet" in told:
                gone = None
            yield told


def _begun(held: list[Line]) -> Generator[Line, None, frozenset[int]]:
    """The first rows of a sheet from its headings on; none of them where no headings are found."""
    rows = [(int(one["row"]), one["cells"]) for one in held]
    place = headings(rows)
    if place is None:
        yield {"headless": True}
        return frozenset(range(1 << 15))
    heads = held[place]["cells"]
    gone = frozenset(number for number, cell in enumerate(heads) if names_person(cell))
    yield {"dropped": [heads[number] for number in sorted(gone)]}
    for one in held[place:]:
        yield _without(one, gone)
    return gone


def _without(told: Line, gone: frozenset[int]) -> Line:
    cells = [
        "" if number in gone or any(numbers(narrow(cell))) else cell
        for number, cell in enumerate(told["cells"])
    ]
    return {**told, "cells": cells}
