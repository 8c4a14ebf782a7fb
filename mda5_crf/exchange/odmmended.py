"""Makes a description load: expressions that the loader refuses are taken out again, and counted.

A translated expression can be right by itself and still not fit: it may wait for itself in a circle, or read
a row of a log from outside. The loader knows all that; what it refuses stays in the kept elements as it was.
"""

from __future__ import annotations

from typing import Any, Final

from mda5_crf.errors import DefinitionError, InputRefused, Problem
from mda5_crf.exchange.odmreport import ImportReport
from mda5_crf.study import load, source
from mda5_crf.study.model import Study
from mda5_crf.study.writing import toml_files

_ROUNDS: Final = 25
_LOOSE: Final = ("relevant", "calculate", "hard", "soft", "sdtm", "guidance", "hint", "length", "decimals")
"""Keys of an item that it can do without."""


def mended(described: dict[str, Any], report: ImportReport) -> Study:
    """Load ``described``, taking out what does not load. Raises InputRefused when that does not help."""
    for _ in range(_ROUNDS):
        try:
            return load.load_source(source.pack(toml_files(described)))
        except DefinitionError as error:
            taken = [_taken_out(described, one, report) for one in error.problems]
            if not any(taken):
                break
    _without_rules(described, report)
    try:
        return load.load_source(source.pack(toml_files(described)))
    except DefinitionError as error:
        raise InputRefused("odmin.not_runnable", where=error.problems[0].where()) from error


def _taken_out(described: dict[str, Any], problem: Problem, report: ImportReport) -> bool:
    part = described.get(problem.file)
    if part is None:
        return False
    if problem.file == "schedule.toml":
        return _from_schedule(part, problem.path, report)
    for check in list(part.get("check") or ()):
        if f"{problem.path}.".startswith(f"check.{check['oid']}."):
            part["check"].remove(check)
            report.misses("expression", str(check["fires"])[:80])
            return True
    for group in part.get("group", ()):
        place = f"group.{group['name']}"
        if problem.path == f"{place}.relevant":
            return _drop(group, ("relevant",), report)
        for item in group.get("item", ()):
            inside = f"{place}.{item['name']}"
            if problem.path == inside or problem.path.startswith(f"{inside}."):
                key = problem.path.removeprefix(inside).strip(".").partition(".")[0]
                return _drop(item, (key,) if key in _LOOSE else _LOOSE, report)
        if problem.path == place:
            return _drop(group, ("relevant",), report)
    return False


def _from_schedule(part: dict[str, Any], path: str, report: ImportReport) -> bool:
    for line in part["due"]:
        if path.startswith(f"due.{line['event']}.{line['form']}") and line.get("when"):
            report.misses("expression", str(line.pop("when"))[:80])
            line["mark"] = "optional"
            return True
    for event in part["event"]:
        if path.startswith(f"event.{event['oid']}") and ("target" in event or "window" in event):
            event.pop("window", None)
            event.pop("target", None)
            report.misses("window", event["oid"])
            return True
    return False


def _drop(table: dict[str, Any], keys: tuple[str, ...], report: ImportReport) -> bool:
    dropped = False
    for key in keys:
        value = table.pop(key, None)
        if value is not None:
            report.misses("expression", str(value)[:80])
            dropped = True
    return dropped


def _without_rules(described: dict[str, Any], report: ImportReport) -> None:
    """The last resort: what is asked, without when and within which limits."""
    for name, part in described.items():
        if name == "schedule.toml":
            for line in part["due"]:
                if line.pop("when", None) is not None:
                    line["mark"] = "optional"
                    report.misses("expression")
        if not name.startswith("forms/"):
            continue
        for check in part.pop("check", None) or ():
            report.misses("expression", str(check["fires"])[:80])
        for group in part["group"]:
            _drop(group, ("relevant",), report)
            for item in group["item"]:
                _drop(item, _LOOSE, report)
