"""A description that was read, held against the one it came from, and against what the loader takes.

``settled`` takes over whatever says the same as before exactly as it was written, so that a reviewed workbook
changes in the files what the reviewer changed and nothing else. ``runnable`` takes out of a stranger's
definition what the loader cannot use, and notes it, until the rest is a study.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mda5_crf.errors import DefinitionError, Problem
from mda5_crf.exchange.bookcells import same
from mda5_crf.study import source as sources
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.study.places import Path, places
from mda5_crf.study.reader import Toml
from mda5_crf.study.writing import Description, toml_files
from mda5_crf.text import Text

_IDENTITIES: Final = ("oid", "name", "testcd", "code", "unit")
_ORDERED: Final = frozenset(
    {"names", "settings", "missing", "reasons", "sources", "unit", "codelist", "template", "conversions"}
)
"""Tables whose order is seen: lists to choose from."""
_MOST_ROUNDS: Final = 20


def settled(new: Toml, old: Toml, key: str = "") -> Toml:
    """``new``, where it says the same as ``old`` exactly as that has it; ``key`` is where both stand."""
    if _said(new, key) == _said(old, key):
        return old
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        order = [*(key for key in old if key in new), *(key for key in new if key not in old)]
        if key in _ORDERED:
            order = list(new)
        return {name: settled(new[name], old[name], name) if name in old else new[name] for name in order}
    if isinstance(new, list) and isinstance(old, list):
        former = {_identity(one): one for one in old}
        return [settled(one, former[_identity(one)]) if _identity(one) in former else one for one in new]
    return new


def _identity(one: object) -> object:
    """What a table of a list is known by."""
    if not isinstance(one, Mapping):
        return repr(one)
    if "event" in one and "form" in one:
        return ("due", one["event"], one["form"])
    return next(((key, one[key]) for key in _IDENTITIES if isinstance(one.get(key), str)), repr(one))


def settled_files(new: Description, old_files: Mapping[str, str], old: Description) -> dict[str, str]:
    """The files of ``new``; one that says the same as before keeps its bytes, comments and all."""
    files: dict[str, str] = {}
    for name, tables in new.items():
        former = old.get(name)
        if former is None or isinstance(tables, str) or isinstance(former, str):
            files |= toml_files({name: tables})
        elif _said(tables) == _said(former):
            files[name] = old_files[name]
        else:
            files |= toml_files({name: settled(tables, former)})
    return files


def _said(value: object, key: str = "") -> object:
    """What is said, in order where order counts; empty lists and tables say nothing."""
    if isinstance(value, Mapping):
        filled = {inner: _said(one, inner) for inner, one in value.items() if one not in ([], {}, None)}
        return list(filled.items()) if key in _ORDERED else filled
    return [_said(one) for one in value] if isinstance(value, list) else same(value)


def runnable(
    description: dict[str, Any],
    take_out: Callable[[Sequence[str | int], object, Text], None],
    removable: Sequence[str],
) -> tuple[Study | None, dict[str, str], tuple[Problem, ...]]:
    """A study made of ``description``, from which keys among ``removable`` that the loader refuses are taken
    out (``take_out`` gets file and path, the value and why); its files; and what stays wrong all the same.
    """
    for _ in range(_MOST_ROUNDS):
        files = toml_files(description)
        try:
            return load_source(sources.pack(files)), files, ()
        except DefinitionError as error:
            problems = error.problems
        if not _take_out(description, files, problems, take_out, removable):
            break
    return None, files, problems


def _take_out(
    description: dict[str, Any],
    files: Mapping[str, str],
    problems: Sequence[Problem],
    take_out: Callable[[Sequence[str | int], object, Text], None],
    removable: Sequence[str],
) -> bool:
    """Remove what the problems name; whether anything was."""
    lines: dict[str, dict[int, Path]] = {}
    some = False
    for problem in problems:
        if problem.file not in lines:
            found: dict[int, Path] = {}
            for path, at in places(files.get(problem.file, "")).items():
                if at not in found or len(path) < len(found[at]):
                    found[at] = path
            lines[problem.file] = found
        path = lines[problem.file].get(problem.line, ())
        holder: Any = description.get(problem.file)
        for key in path[:-1]:
            holder = holder[key]
        if path and path[-1] in removable and isinstance(holder, dict) and path[-1] in holder:
            take_out((problem.file, *path), holder.pop(path[-1]), problem.text)
            some = True
    return some
