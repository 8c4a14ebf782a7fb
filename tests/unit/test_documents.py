"""What the documents for readers of the code name is there: modules, links, packages."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.commandline import ROOT
from tools import validation

MODULE = re.compile(r"`([\w/*]+\.py)(?::[\w.]+)?`")
LINK = re.compile(r"\]\(([^)#:]+)\)")
LOCKED = re.compile(r"^([A-Za-z0-9_.-]+)==", re.MULTILINE)
# What the architecture names as a plan that was not built.
PLANNED = frozenset({"crypto.py", "text.py", "cli.py"})
DOCUMENTS = sorted(
    path
    for path in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    if path.exists() and path.name != "compliance.md"
)


@cache
def modules() -> frozenset[str]:
    return frozenset(
        path.relative_to(ROOT).as_posix()
        for folder in ("mda5_crf", "tests", "tools", "resources")
        for path in (ROOT / folder).rglob("*.py")
    )


def is_there(name: str) -> bool:
    """Whether a module of this name, or of this end of a path, exists."""
    wanted = "[^/]*".join(map(re.escape, name.split("*")))
    return any(re.search(rf"(?:^|/){wanted}$", path) for path in modules())


def names_of(text: str) -> set[str]:
    return set(MODULE.findall(text)) - PLANNED


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_module_and_link_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert sorted(name for name in names_of(text) if not is_there(name)) == []
    assert [link for link in LINK.findall(text) if not (path.parent / link).exists()] == []
    assert list(validation.unknown_commands(text, validation.commands_of(ROOT))) == []


def test_a_name_of_nothing_is_noticed() -> None:
    assert names_of("`db/journal.py`, `tests/no_such.py:word`, `crypto.py`") == {
        "db/journal.py",
        "tests/no_such.py",
    }
    assert is_there("db/journal.py") and is_there("journal.py") and is_there("db/verify*.py")
    assert not is_there("tests/no_such.py") and not is_there("ournal.py")


def test_every_box_stands_in_the_picture() -> None:
    """The packages of the program are those that the architecture draws."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = text.split("## The boxes")[1].split("```")[1]
    for package in sorted(path.parent.name for path in (ROOT / "mda5_crf").glob("*/__init__.py")):
        assert re.search(rf"\b{package}/", picture), f"{package} is not drawn"


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_of_the_lock_is_explained_and_every_pin_is_the_one_said() -> None:
    said = plain((ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"))
    locked = {
        plain(name) for name in LOCKED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    }
    assert len(locked) > 40
    assert sorted(name for name in locked if not re.search(rf"\b{re.escape(name)}\b", said)) == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    pins = [
        *project["dependencies"],
        *(one for extra in ("pdfa", "centre", "stats", "bench") for one in extras[extra]),
    ]
    for pin in pins:
        name, exact = re.match(r"([\w.-]+)(?:\[.*?])?(?:==([\w.]+))?", pin).groups()  # type: ignore[union-attr]
        if exact:
            assert re.search(rf"{re.escape(plain(name))}[^|]*{re.escape(plain(exact))}", said), pin


def test_what_is_said_to_come_along_does() -> None:
    """A package that left the lock does not stay in the list of what others bring."""
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    locked = {
        plain(name) for name in LOCKED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    }
    found = 0
    for group in re.findall(r"\bwith ([^()]*)\)", text):
        for name in re.split(r", | and |on macOS |on Windows |\s*;.*", group):
            if re.fullmatch(r"[A-Za-z][\w.-]+", name):
                assert plain(name) in locked, name
                found += 1
    assert found > 20
