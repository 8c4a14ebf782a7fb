"""Which texts have been approved as saying the same in both languages: ``parity.lock`` beside a definition.

The file has one line per text: path, fingerprint of the English, fingerprint of the Chinese, who, when,
separated by tabs. A text of which one language has changed since then is a problem; a new one, or one of
which both have changed, waits for approval. Only :func:`approve` writes the file: a person reads the
texts and gives a name. It is no part of the definition and not of its hash.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mda5_crf.errors import Problem
from mda5_crf.study.places import places
from mda5_crf.study.reader import Toml
from mda5_crf.text import Text, message

NAME = "parity.lock"
_HEAD = "# path\tEnglish\tChinese\tapproved by\ton\n"
_NAMES = ("oid", "testcd", "code", "name", "unit")
"""Keys by which an element of a list is called, the first that is a text."""
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Found:
    """One text of a definition: its path in names, and where it stands."""

    path: str
    text: Text
    file: str
    keys: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Approval:
    """One line of the file. The fingerprints are the first 64 bits of SHA-256, in hex."""

    en: str
    zh: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Parity:
    """What the file says of the texts of today."""

    texts: int
    problems: list[Problem]
    waiting: tuple[str, ...]
    """Paths of texts not approved yet: new, or changed in both languages."""
    kept: bool
    """False when there is no such file: then nothing is compared."""


def texts_of(files: Mapping[str, str]) -> dict[str, Found]:
    """Every text in both languages of a definition's files, by path (``forms/VS.toml group.MAIN.title``).

    Templates count once, however many items are made from them. Files that do not follow TOML have none.
    """
    found: dict[str, Found] = {}
    for name, text in sorted(files.items()):
        try:
            data = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        for labels, keys, pair in _walk(data, (), ()):
            path = f"{name} {'.'.join(labels)}"
            while path in found:  # two elements of one name, which the loader reports
                path += "'"
            found[path] = Found(path, pair, name, keys)
    return found


def _walk(
    value: Toml, labels: tuple[str, ...], keys: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[str | int, ...], Text]]:
    if isinstance(value, dict):
        en, zh = value.get("en"), value.get("zh")
        if isinstance(en, str) and isinstance(zh, str):
            yield labels, keys, Text(en, zh)
        for key, part in value.items():
            yield from _walk(part, (*labels, key), (*keys, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _walk(part, (*labels, _label(part, index)), (*keys, index))


def _label(element: Toml, index: int) -> str:
    if isinstance(element, dict):
        for name in _NAMES:
            if isinstance(element.get(name), str):
                return str(element[name])
    return str(index)


def fingerprint(text: str) -> str:
    """What stands for a text in the file. Blanks at line ends and repeated blanks do not count."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:_DIGITS]


def compare(files: Mapping[str, str], lock: str | None) -> Parity:
    """The texts of ``files`` against the text of the file of approvals, None when there is none."""
    found = texts_of(files)
    if lock is None:
        return Parity(len(found), [], (), kept=False)
    problems: list[Problem] = []
    approved = _read(lock, problems)
    waiting: list[str] = []
    lines: dict[str, Mapping[tuple[str | int, ...], int]] = {}
    for path, text in found.items():
        last = approved.get(path)
        changed = last is None or (last.en != fingerprint(text.text.en), last.zh != fingerprint(text.text.zh))
        if changed is True or changed == (True, True):
            waiting.append(path)
        elif changed != (False, False):
            lines.setdefault(text.file, places(files[text.file]))
            problems.append(_one_sided(text, changed == (True, False), lines[text.file]))
    problems.sort(key=lambda problem: (problem.file, problem.line))
    return Parity(len(found), problems, tuple(waiting), kept=True)


def _one_sided(found: Found, english: bool, lines: Mapping[tuple[str | int, ...], int]) -> Problem:
    says = message(
        "parity.english_changed" if english else "parity.chinese_changed", en=found.text.en, zh=found.text.zh
    )
    line = next((lines[found.keys[:n]] for n in range(len(found.keys), 0, -1) if found.keys[:n] in lines), 0)
    return Problem(says, found.file, line, found.path.partition(" ")[2])


def _read(lock: str, problems: list[Problem]) -> dict[str, Approval]:
    approved: dict[str, Approval] = {}
    for number, line in enumerate(lock.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 5 or not all(parts):
            problems.append(Problem(message("parity.bad_line"), NAME, number))
        else:
            approved[parts[0]] = Approval(*parts[1:])
    return approved


def approve(files: Mapping[str, str], lock: str | None, who: str, when: date) -> tuple[str, list[Found]]:
    """The new text of the file, and the texts approved with it: those that are not as they were approved.

    ``who`` is one line. What is unchanged keeps its name and date; what no longer exists goes.
    """
    approved = _read(lock or "", [])
    fresh: list[Found] = []
    lines = []
    for path, found in sorted(texts_of(files).items()):
        en, zh = fingerprint(found.text.en), fingerprint(found.text.zh)
        last = approved.get(path)
        if last is None or (last.en, last.zh) != (en, zh):
            fresh.append(found)
            last = Approval(en, zh, who, when.isoformat())
        lines.append("\t".join((path, last.en, last.zh, last.who, last.when)) + "\n")
    return _HEAD + "".join(lines), fresh


def read_lock(directory: Path, name: str, problems: list[Problem]) -> str | None:
    """The text of a file beside a definition; None when there is none or, with a problem, unreadable."""
    try:
        return (directory / name).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        problems.append(Problem(message("study.file_not_utf8"), name))
    except OSError:
        problems.append(Problem(message("study.file_unreadable"), name))
    return None
