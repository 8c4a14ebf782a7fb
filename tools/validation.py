"""What the generated part of ``docs/validation`` is made of, and what may be wrong with it.

Read are ``risks.toml`` and ``site.toml`` (both languages, by hand), ``docs/requirements.toml``, the markers
of the tests and the table of the self-check, all as text: nothing of the program is imported. The documents
themselves are put in words by ``tools/validationdocs.py``; ``tools/compliance.py`` writes them.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

FOLDER: Final = Path("docs") / "validation"
HIGH, MEDIUM = 12, 6
"""From which product on a risk is high, and medium."""
TESTS_DUE: Final = {"high": 4, "medium": 3, "low": 1}
"""How many tests a risk names at least, by its class without the measure; a file counts as all its tests."""
_RATED: Final = ("severity", "probability", "detectability")
WORDS: Final = {
    "risk": ("does", "fails", "effect", "measure", "site"),
    "line": ("act", "expect"),
}
_COMMAND: Final = re.compile(r"`mda5-crf ([a-z-]+)(?: ([a-z][a-z-]*)(?=[ `]))?")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


class Proof(Protocol):
    """A test, as ``tools/compliance.py`` finds it."""

    @property
    def file(self) -> str:
        """Below ``tests``."""

    @property
    def test(self) -> str:
        """Without ``test_``."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything the documents are made of."""

    requirements: Mapping[str, Any]
    proofs: Mapping[str, Sequence[Proof]]
    risks: Mapping[str, Mapping[str, Any]]
    parts: Mapping[str, Mapping[str, Any]]
    checks: Mapping[str, Sequence[str]]

    def lines(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Every line of the site's list with its number: ``IQ-1`` …"""
        for name, part in self.parts.items():
            for number, line in enumerate(part["line"], 1):
                yield f"{name}-{number}", line


def material(root: Path, requirements: Mapping[str, Any], proofs: Mapping[str, Sequence[Proof]]) -> Material:
    """Read what lies in ``root``."""
    risks = tomllib.loads((root / FOLDER / "risks.toml").read_text(encoding="utf-8"))["risk"]
    parts = tomllib.loads((root / FOLDER / "site.toml").read_text(encoding="utf-8"))["part"]
    source = (root / "mda5_crf" / "jobs" / "selfcheck.py").read_text(encoding="utf-8")
    return Material(requirements["row"], proofs, risks, parts, checks_of(source))


def checks_of(source: str) -> dict[str, tuple[str, ...]]:
    """Check → requirements, out of the source of the self-check. Raises SystemExit when no table is there."""
    for node in ast.parse(source).body:
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id == "REQUIREMENTS"
            and node.value is not None
        ):
            found: dict[str, tuple[str, ...]] = ast.literal_eval(node.value)
            return found
    raise SystemExit("mda5_crf/jobs/selfcheck.py: there is no table REQUIREMENTS")


def product(rated: Sequence[int]) -> int:
    """Severity × probability × detectability, 1 to 27."""
    return rated[0] * rated[1] * rated[2]


def level(rated: Sequence[int]) -> str:
    """``high``, ``medium`` or ``low``."""
    return "high" if product(rated) >= HIGH else "medium" if product(rated) >= MEDIUM else "low"


# ------------------------------------------------------------------ what is wrong


def faults(made_of: Material, root: Path) -> list[str]:
    """Names of nothing, languages that differ, risks with too few tests."""
    known = known_tests(root / "tests")
    commands = commands_of(root)
    wrong = []
    for name, risk in made_of.risks.items():
        wrong += [f"{name}: {one}" for one in _faults_of_words(risk, WORDS["risk"], commands)]
        wrong += [f"{name}: {one}" for one in _faults_of_risk(risk, known)]
    for name, line in made_of.lines():
        wrong += [f"{name}: {one}" for one in _faults_of_words(line, WORDS["line"], commands)]
    everything: list[tuple[str, Iterable[str]]] = [
        (name, risk["meets"]) for name, risk in made_of.risks.items()
    ]
    everything += [(name, line["meets"]) for name, line in made_of.lines()]
    everything += [(f"check {name}", ids) for name, ids in made_of.checks.items()]
    for name, ids in everything:
        wrong += [f"{name}: no requirement {one}" for one in ids if one not in made_of.requirements]
    return wrong


def _faults_of_words(
    row: Mapping[str, Any], fields: Sequence[str], commands: frozenset[str]
) -> Iterator[str]:
    """Fields that are not in both languages, and commands that there are not."""
    for field in (*fields, *(one for one in ("keep",) if one in row)):
        english, chinese = row[field]
        if _CHINESE.search(english) or not _CHINESE.search(chinese):
            yield f"{field} is not in English and Chinese"
        if re.findall("`[^`]*`", english) != re.findall("`[^`]*`", chinese):
            yield f"{field} names other commands in the other language"
        yield from unknown_commands(english, commands)


def _faults_of_risk(risk: Mapping[str, Any], known: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for rated in (risk["before"], risk["after"]):
        if len(rated) != len(_RATED) or not all(1 <= one <= 3 for one in rated):
            yield "is rated with three numbers from 1 to 3"
    if product(risk["after"]) >= product(risk["before"]):
        yield "its measure changes nothing"
    if risk["after"][0] != risk["before"][0]:
        yield "a measure changes how often and how late, not how bad"
    count = 0
    for test in risk["tests"]:
        file, _, name = test.partition("::")
        if file not in known or (name and name not in known[file]):
            yield f"there is no test {test}"
        count += 1 if name else len(known.get(file, ()))
    due = TESTS_DUE[level(risk["before"])]
    if count < due:
        yield f"{count} tests, {due} are due"


def known_tests(tests: Path) -> dict[str, frozenset[str]]:
    """File below ``tests`` → names of its tests without ``test_``."""
    return {
        path.relative_to(tests).as_posix(): frozenset(
            re.findall(r"^ *def test_(\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
        )
        for path in tests.rglob("test_*.py")
    }


@cache
def commands_of(root: Path) -> frozenset[str]:
    """Every word in quotes of the modules that read the command line: commands and acts are among them."""
    source = "".join(
        one.read_text(encoding="utf-8") for one in sorted((root / "mda5_crf" / "cli").glob("*.py"))
    )
    return frozenset(re.findall(r'"([a-z][a-z-]*)"', source))


def unknown_commands(words: str, commands: frozenset[str]) -> Iterator[str]:
    """The commands in ``words`` that the program does not have."""
    for command, act in _COMMAND.findall(words):
        for word in (command, act):
            if word and word not in commands:
                yield f"there is no command {command} {act}".rstrip()
