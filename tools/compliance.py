"""``docs/compliance.md``: requirement → function → tests, made of what the tests themselves say.

    python tools/compliance.py            says what is missing; 1 when something is, or a file is stale
    python tools/compliance.py --write    writes docs/compliance.md, and what tools/validation.py makes

Read are ``docs/requirements.toml`` (statements, functions, documents; by hand) and the marker
``requirement("P11-7", …)`` of every test, out of the source: nothing is imported, so it takes a second.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import validation, validationdocs  # noqa: E402 - as a script, the root is on no path before

TABLE: Final = "docs/compliance.md"
_KINDS: Final = ("S", "D", "P")
_FIELDS: Final = frozenset({"kind", "says", "does", "site", "na", "later", "missing"})
_SHOWN: Final = 5  # names of tests per file; the others are counted
_PATH: Final = re.compile(r"`((?:\w+/)?[\w*]+\.py|\w+/)`")
_COMMAND: Final = re.compile(r"`mda5-crf ([a-z-]+)")

_HEAD: Final = """# Requirements: what meets them, and which test proves it

Made by `python tools/compliance.py --write` from `docs/requirements.toml` and from the markers of the tests
(`@pytest.mark.requirement("P11-7")`); not edited by hand. A test compares, so a statement for software that
no test proves fails the build.

**S** the software does it · **D** a document says it · **P** the site does it. *Met*: the named tests would
fail without it. *Partly*: the rest comes with the step named. Test names are below `tests/`, without `test_`;
functions are below `mda5_crf/`.
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """One test that names a requirement: its file below ``tests`` and its name without ``test_``."""

    file: str
    test: str


def proofs(tests: Path) -> dict[str, list[Proof]]:
    """Requirement id → the tests below ``tests`` that name it, in the order of files and lines.

    Raises SystemExit for a marker whose arguments are not plain texts: it could not be read without running.
    """
    found: dict[str, list[Proof]] = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        file = path.relative_to(tests).as_posix()
        everywhere = [
            one
            for node in tree.body
            if isinstance(node, ast.Assign) and any(_named(target, "pytestmark") for target in node.targets)
            for one in _ids(node, file)
        ]
        for function in _tests(tree):
            own = dict.fromkeys(
                [*everywhere, *(one for d in function.decorator_list for one in _ids(d, file))]
            )
            for requirement in own:
                found[requirement].append(Proof(file, function.name.removeprefix("test_")))
    return dict(found)


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for one in inner:
            if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"):
                yield one


def _named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _ids(tree: ast.AST, file: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "requirement"
        ):
            for argument in node.args:
                if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                    raise SystemExit(f"tests/{file}:{node.lineno}: a requirement is named by a plain text")
                yield argument.value


@dataclass(frozen=True, slots=True)
class Row:
    """One statement, with what is known of it."""

    id: str
    kinds: tuple[str, ...]
    says: str
    does: str
    site: str
    na: str
    later: int
    missing: str
    tests: tuple[Proof, ...]

    @property
    def software(self) -> bool:
        """Whether software has to meet it."""
        return "S" in self.kinds

    @property
    def state(self) -> str:
        """The word of the column *State*; empty when nothing proves it."""
        if not self.software:
            return "document" if "D" in self.kinds else "site"
        if self.na:
            return "not applicable"
        if self.tests:
            return f"partly, rest: step {self.later}" if self.later else "met"
        return f"not yet: step {self.later}" if self.later else ""


def rows_of(data: Mapping[str, Any], found: Mapping[str, list[Proof]]) -> list[Row]:
    """The rows of ``requirements.toml`` with their tests."""
    made = []
    for name, row in data["row"].items():
        texts = {field: str(row.get(field, "")) for field in ("says", "does", "site", "na", "missing")}
        made.append(
            Row(
                name,
                tuple(row["kind"]),
                later=int(row.get("later", 0)),
                tests=tuple(found.get(name, ())),
                **texts,
            )
        )
    return made


def faults(data: Mapping[str, Any], found: Mapping[str, list[Proof]], package: Path) -> list[str]:
    """What is wrong: statements without a test, names of nothing, fields that do not fit."""
    wrong = [
        f"{name}: no such requirement, named by {', '.join(sorted({one.file for one in tests}))}"
        for name, tests in found.items()
        if name not in data["row"]
    ]
    for name, row in data["row"].items():
        if set(row) - _FIELDS or not set(row["kind"]) <= set(_KINDS) or not row["says"]:
            wrong.append(f"{name}: fields or kind not understood")
        if name.rpartition("-")[0] not in data["group"]:
            wrong.append(f"{name}: of no group")
    for one in rows_of(data, found):
        wrong += [f"{one.id}: {fault}" for fault in _faults_of(one)]
        wrong += [f"{one.id}: there is no {place}" for place in _unknown(one.does, package)]
    return wrong


def _faults_of(row: Row) -> Iterator[str]:
    if row.software and not row.state:
        yield "no test proves it"
    if row.software and not row.na and not row.does:
        yield "no function is named"
    if row.na and row.tests:
        yield "not applicable, yet tests name it"
    if bool(row.later) != bool(row.missing):
        yield "a later step and what is missing belong together"
    if set(row.kinds) & {"D", "P"} and not row.site:
        yield "neither document nor act of the site is named"


def _unknown(words: str, package: Path) -> Iterator[str]:
    for place in _PATH.findall(words):
        if not next(package.glob(place), None):
            yield place
    parser = "".join(one.read_text(encoding="utf-8") for one in sorted((package / "cli").glob("parser*.py")))
    for command in _COMMAND.findall(words):
        if f'"{command}"' not in parser:
            yield f"command {command}"


def table(data: Mapping[str, Any], found: Mapping[str, list[Proof]]) -> str:
    """The text of ``docs/compliance.md``."""
    rows = rows_of(data, found)
    lines = [_HEAD, _count(rows), ""]
    for group, facts in data["group"].items():
        lines += [
            f"## {facts['title']}",
            "",
            "| Id | Statement | Kind | State | Where | Tests |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_line(row) for row in rows if row.id.rpartition("-")[0] == group]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _count(rows: list[Row]) -> str:
    software = [row for row in rows if row.software]
    states = [row.state.partition(",")[0].partition(":")[0] for row in software]
    said = ", ".join(f"{states.count(one)} {one}" for one in ("met", "partly", "not yet", "not applicable"))
    tests = {proof for row in rows for proof in row.tests}
    return f"{len(rows)} statements, {len(software)} for software: {said}. {len(tests)} tests name one."


def _line(row: Row) -> str:
    where = [row.na.capitalize() if row.na else row.does]
    where += [f"Missing: {row.missing}"] if row.missing else []
    where += [f"*Site:* {row.site}"] if row.site else []
    files: dict[str, list[str]] = defaultdict(list)
    for proof in row.tests:
        files[proof.file].append(f"`{proof.test}`")
    tests = []
    for file, names in files.items():
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        tests.append(f"`{file}`: {', '.join(names[:_SHOWN])}{more}")
    cells = [row.id, row.says, ", ".join(row.kinds), row.state or "**no test**"]
    cells += [". ".join(part.rstrip(".") for part in where if part), "; ".join(tests) or "–"]
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def main(words: list[str], root: Path = ROOT) -> int:
    """Write or check the table; 0 when every statement for software is met and the file is as it would be."""
    data = tomllib.loads((root / "docs" / "requirements.toml").read_text(encoding="utf-8"))
    found = proofs(root / "tests")
    wrong = faults(data, found, root / "mda5_crf")
    made = {Path(TABLE): table(data, found)}
    if (root / validation.FOLDER).exists():
        made_of = validation.material(root, data, found)
        wrong += validation.faults(made_of, root)
        made |= validationdocs.documents(made_of)
    for name, text in made.items():
        path = root / name
        if "--write" in words:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            wrong.append(f"{name.as_posix()} is stale: python tools/compliance.py --write")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
