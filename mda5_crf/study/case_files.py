"""The files of cases: reading a folder, template entries for repeated cases, and the report of problems."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from mda5_crf.errors import Problem
from mda5_crf.study import source as sources
from mda5_crf.study.model import Study
from mda5_crf.study.reader import Table, Toml
from mda5_crf.study.report import Place, Report
from mda5_crf.text import message

FOLDER = "cases"
RANGES = "ranges.toml"

_TOML_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


class Notes(Report):
    """A report that also takes whole message codes."""

    def say(self, place: Place, code: str, /, **params: object) -> None:
        """Note the problem ``code`` (with its area) at ``place``."""
        self._found.append((place, message(code, **params)))

    def table(self, name: str, text: str) -> Table | None:
        """The table of a TOML text; None, and a problem, when it does not follow TOML."""
        try:
            data: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            found = _TOML_PLACE.search(str(error))
            line = int(found[1]) if found and found[1] else text.count("\n") + 1
            detail = _TOML_PLACE.sub("", str(error)).strip()
            self.take([Problem(message("study.not_toml", detail=detail), name, line)])
            return None
        return Table(self, Place(name), data)


def read_folder(directory: Path) -> tuple[dict[str, str], list[Problem]]:
    """The case files beside a definition by name (``cases/VS.toml``), without the table of ranges."""
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted((directory / FOLDER).glob("*.toml")):
        if path.name == RANGES:
            continue
        text = read_text(path, f"{FOLDER}/{path.name}", problems)
        if text is not None:
            files[f"{FOLDER}/{path.name}"] = text
    return files, problems


def read_text(path: Path, name: str, problems: list[Problem]) -> str | None:
    """The text of a file; None, and a problem, when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(message("study.file_not_utf8"), name, line))
    except OSError:
        problems.append(Problem(message("study.file_unreadable"), name))
    return None


def entries_of(study: Study, form: str) -> dict[str, dict[str, str]]:
    """The template entries of a form: code → what stands for ``{key}``; only plain values do."""
    data = tomllib.loads(sources.unpack(study.source)[f"forms/{form}.toml"], parse_float=Decimal)
    found: dict[str, dict[str, str]] = {}
    for name in data.get("template", {}):
        for entry in data.get(name, ()):
            code = str(entry.get("testcd") or entry.get("code"))
            values = {key: _plain(v) for key, v in entry.items() if not isinstance(v, dict | list)}
            label: Mapping[str, str] = entry.get("label", {})
            values |= {f"label.{language}": text for language, text in label.items()}
            found[code] = {**values, "T": code, "testcd": code, "code": code}
    return found


def _plain(value: Toml) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def filled(value: Toml, put: Callable[[str], str]) -> Toml:
    """``value`` with every text in it, keys too, passed through ``put``."""
    if isinstance(value, dict):
        return {put(key): filled(part, put) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, put) for part in value]
    return put(value) if isinstance(value, str) else value
