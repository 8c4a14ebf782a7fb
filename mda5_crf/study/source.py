r"""A definition as a set of files, and as one canonical run of bytes.

The canonical form is JSON ``{file name: text}`` with sorted names, no spaces, UTF-8; line ends are
``\n`` and a byte order mark is dropped, so that a checkout on Windows has the same hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from mda5_crf.errors import DefinitionError, Problem
from mda5_crf.text import message

SINGLE_FILES = ("study.toml", "schedule.toml", "units.toml", "codelists.toml")
ORIGIN = "origin.json"
"""Of a definition that came from elsewhere: what it was there, and what TOML has no place for."""
LARGEST_SOURCE = 8 * 1024 * 1024
"""Bytes; the trial's definition has about one. More is no definition."""

MOST_PIECES = 80_000
"""Lines, commas and brackets in all; the trial's definition has some 30,000."""
MOST_OF_ORIGIN = 1_000_000
"""The same of ``origin.json``, whose pieces cost far less."""
_COSTLY = re.compile(
    r"""(?<![\w"'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){16}|[0-9_]{1000}"""
)

_FORM_FILE = re.compile(r"forms/([A-Za-z0-9_]{1,40})\.toml")


def read_directory(directory: Path) -> tuple[dict[str, str], list[Problem]]:
    """The files of the definition in ``directory`` by name (``forms/VS.toml``), and what is wrong with them.

    A missing or unreadable file is a problem, not an exception: the other files are still read.
    """
    files: dict[str, str] = {}
    problems: list[Problem] = []
    forms = sorted((directory / "forms").glob("*.toml"))
    origin = [directory / ORIGIN] if (directory / ORIGIN).exists() else []
    for path in [*(directory / name for name in SINGLE_FILES), *origin, *forms]:
        name = path.relative_to(directory).as_posix()
        if path.parent != directory and _FORM_FILE.fullmatch(name) is None:
            problems.append(Problem(message("study.file_name"), name))
            continue
        try:
            files[name] = _clean(path.read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            problems.append(Problem(message("study.file_missing"), name))
        except OSError:
            problems.append(Problem(message("study.file_unreadable"), name))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            problems.append(Problem(message("study.file_not_utf8"), name, line))
    if not forms:
        problems.append(Problem(message("study.no_forms"), "forms/"))
    return files, problems


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n")


def pack(files: dict[str, str]) -> bytes:
    """The canonical bytes of a file set."""
    return json.dumps(files, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def unpack(source: bytes) -> dict[str, str]:
    """Read what :func:`pack` wrote. Raises DefinitionError for anything else, however it was made."""
    try:
        if len(source) > LARGEST_SOURCE:
            raise ValueError("too large")
        files = json.loads(source)
        if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
            raise ValueError("not a file set")
        known = (*SINGLE_FILES, ORIGIN)
        if any(name not in known and _FORM_FILE.fullmatch(name) is None for name in files):
            raise ValueError("unknown file")
        if pack(files) != source:
            raise ValueError("not canonical")
        if not _bounded(text for name, text in files.items() if name != ORIGIN):
            raise ValueError("made to be costly")
        if sum(map(files.get(ORIGIN, "").count, ",{[")) > MOST_OF_ORIGIN:
            raise ValueError("made to be costly")
    except (ValueError, RecursionError) as error:
        raise DefinitionError([Problem(message("study.source_damaged"))]) from error
    return files


def _bounded(texts: Iterable[str]) -> bool:
    """Whether reading takes seconds and some 300 MB at most, whoever wrote the definition.

    A key of thousands of dotted parts costs the square of their number, a whole number of thousands of digits
    raises what no reader expects, and each piece of a table is an object.
    """
    pieces = 0
    for text in texts:
        pieces += sum(map(text.count, "\n,{["))
        if pieces > MOST_PIECES or _COSTLY.search(text) is not None:
            return False
    return True


def digest(source: bytes) -> str:
    """SHA-256 of the canonical bytes, lower-case hex: the name of this version everywhere."""
    return hashlib.sha256(source).hexdigest()
