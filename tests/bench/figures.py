"""What a bench measured, told so that a table can be made of it (``tools/benchmarks.py``).

A bench prints what it likes for whoever watches; each number that belongs into ``docs/benchmarks.md`` it also
gives to :func:`figure`. Run alone, a bench tells nobody; run by ``make bench``, it tells the file that the
environment names.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final, Literal

TOLD: Final = "MDA5_CRF_BENCH_FIGURES"
"""Environment variable: the file to which one line of JSON is added for each figure."""
Of = Literal["ours", "ratio", "more"]
_DIGITS: Final = 4  # significant ones: no bench repeats better than to one in a hundred


def figure(
    what: str,
    ours: float,
    unit: str,
    *,
    peer: str = "",
    theirs: float | None = None,
    most: float | None = None,
    least: float | None = None,
    of: Of = "ours",
    cpu: bool = False,
    note: str = "",
) -> None:
    """One line of the table.

    ``ours`` and ``theirs`` are in ``unit`` (``ms``, ``s``, ``MB``, ``pages/s`` …); ``theirs`` is what the
    ``peer`` needed in the same run. ``most`` or ``least`` is the limit: ``of`` our own number, of the
    ``ratio`` ours to theirs, or of how much ``more`` ours is. ``cpu``: of the processor, not of the clock.
    Raises ValueError for a limit that needs a peer where there is none.
    """
    if of != "ours" and theirs is None:
        raise ValueError(f"{what}: a limit on the {of} needs a peer")
    if most is not None and least is not None:
        raise ValueError(f"{what}: one limit, not two")
    told = os.environ.get(TOLD)
    if not told:
        return
    row: dict[str, object] = {"what": what, "ours": _short(ours), "unit": unit}
    if theirs is not None:
        row |= {"peer": peer, "theirs": _short(theirs)}
    if most is not None:
        row["limit"] = {"of": of, "most": most}
    if least is not None:
        row["limit"] = {"of": of, "least": least}
    if cpu:
        row["cpu"] = True
    if note:
        row["note"] = note
    with Path(told).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
