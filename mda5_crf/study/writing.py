"""Writes a description of a definition as its TOML files, the other way from :mod:`mda5_crf.study.load`.

A *description* is what ``tomllib`` gives for the files of a definition, by file name: ``{"study.toml":
{"study": {"oid": …}, …}, "forms/VS.toml": {…}}`` with exactly the keys of docs/definition.md. It is where
definitions of other make are put together before anything is written, and what two versions of a
definition are compared by.

The same description gives the same bytes. Nothing is judged here: the loader does that.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

Description = Mapping[str, Mapping[str, Any] | str]
"""File name → its tables (a key whose value is None is not written), or the text of another file."""

WIDTH: Final = 110
"""Characters; a list that is longer is written one entry a line."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_NAMED: Final = frozenset({"unit", "codelist", "template", "instrument"})
"""Tables of tables with headers of their own: ``[codelist.SEX]``."""
_HEADED: Final = frozenset({"event", "closing", "group", "item", "check"})
"""Lists with headers of their own inside another table: ``[[group.item]]``."""
_IN_LINES: Final = frozenset({"due"})
"""Lists at the top of a file that stand one entry a line."""
_PLAIN: Final = re.compile(r"[^\x00-\x1f\x7f']*")
_PLAIN_LINES: Final = re.compile(r"(?:(?!''')[^\x00-\x08\x0b-\x1f\x7f])*(?<!')")


def toml_files(description: Description, *, apart: bool = False) -> dict[str, str]:
    """The files of ``description``, by name as :func:`mda5_crf.study.source.read_directory` gives them.

    ``apart``: each key on a line of its own, so that a line names one value; hard to read for people.
    """
    files = {}
    for name in sorted(description, key=_rank):
        part = description[name]
        files[name] = part if isinstance(part, str) else toml_text(part, apart=apart)
    return files


def read_files(files: Mapping[str, str]) -> dict[str, dict[str, Any] | str]:
    """The description that ``files`` hold, numbers as exact decimals.

    Raises tomllib.TOMLDecodeError for a ``.toml`` that is none.
    """
    return {
        name: tomllib.loads(text, parse_float=Decimal) if name.endswith(".toml") else text
        for name, text in files.items()
    }


def toml_text(tables: Mapping[str, Any], *, apart: bool = False) -> str:
    """One file: single values first, then tables in the order given, a blank line before each header."""
    return "".join(_table(tables, (), apart=apart)).lstrip("\n")


def toml_value(value: object) -> str:
    """One value on one line: ``"text"``, ``{ en = "…", zh = "…" }``, ``[1, 2]``.

    Raises TypeError for what TOML has no form for.
    """
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        inside = [f"{_key(key)} = {toml_value(one)}" for key, one in value.items() if one is not None]
        return f"{{ {', '.join(inside)} }}" if inside else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    return _basic(value)


def _rank(name: str) -> tuple[int, str]:
    order = ("study.toml", "schedule.toml", "units.toml", "codelists.toml")
    return (order.index(name) if name in order else len(order), name)


def _table(table: Mapping[str, Any], path: tuple[str, ...], *, apart: bool) -> Iterator[str]:
    """The lines of one table, then those of the tables inside it that have headers."""
    headed: list[tuple[str, Any]] = []
    for key, value in table.items():
        if value is None:
            continue
        if _has_header(key, value, path, apart=apart):
            headed.append((key, value))
        else:
            yield f"{_key(key)} = {_wrapped(value, len(_key(key)) + 3)}\n"
    for key, value in headed:
        here = (*path, key)
        if isinstance(value, Mapping):
            if not (value and key in _NAMED and not path and all(map(_is_table, value.values()))):
                yield f"\n[{_header(here)}]\n"
            yield from _table(value, here, apart=apart)
        else:
            for entry in value:
                yield f"\n[[{_header(here)}]]\n"
                yield from _table(entry, here, apart=apart)


def _has_header(key: str, value: object, path: tuple[str, ...], *, apart: bool) -> bool:
    if isinstance(value, Mapping):
        return apart or not path or (len(path) == 1 and path[0] in _NAMED)
    if (
        not isinstance(value, (list, tuple))
        or not value
        or not all(isinstance(one, Mapping) for one in value)
    ):
        return False
    return apart or (key not in _IN_LINES if not path else key in _HEADED)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _wrapped(value: object, before: int) -> str:
    """A value, a long list one entry a line, a text of several lines as it stands."""
    if isinstance(value, str) and "\n" in value and _PLAIN_LINES.fullmatch(value):
        return f"'''\n{value}'''"
    line = toml_value(value)
    if not isinstance(value, (list, tuple)) or not value:
        return line
    if before + len(line) <= WIDTH and not any(isinstance(one, Mapping) for one in value):
        return line
    return "[\n" + "".join(f"  {toml_value(one)},\n" for one in value) + "]"


def _header(path: tuple[str, ...]) -> str:
    return ".".join(map(_key, path))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _basic(key)


def _string(text: str) -> str:
    """In plain quotes; in single ones where that saves escaping (expressions, regular expressions)."""
    if ('"' in text or "\\" in text) and _PLAIN.fullmatch(text):
        return f"'{text}'"
    return _basic(text)


def _basic(value: object) -> str:
    import tomli_w

    return tomli_w.dumps({"v": value}).removeprefix("v = ").removesuffix("\n")
