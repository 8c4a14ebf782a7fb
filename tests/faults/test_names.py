"""Every attack of ``tests/data/attacks.txt`` has a test of its name, or a step that builds its target."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import pytest

from tests.commandline import ROOT

TESTS: Final = ROOT / "tests"
# Attacks on what is not built yet → the step of the plan that builds it. This table only ever shrinks.
LATER: Final = {
    8: "release_signature_wrong",
}
MOST_LATER: Final = 1
SHORTEST: Final = 9  # shorter names are parts of too many others: they need their file


def attacks() -> dict[str, str]:
    """Attack → the file its test must stand in, "" for any."""
    found: dict[str, str] = {}
    for line in (TESTS / "data" / "attacks.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "[")):
            name, _, file = line.partition(" ")
            assert name not in found, f"{name} stands twice in the list"
            found[name] = file
    return found


@cache
def names() -> dict[str, frozenset[str]]:
    """File below the root → names of its tests."""
    found = {}
    for path in TESTS.rglob("test_*.py"):
        source = path.read_text(encoding="utf-8")
        found[path.relative_to(TESTS).as_posix()] = frozenset(
            re.findall(r"^ *def test_(\w+)\(", source, re.MULTILINE)
        )
    return found


def has_test(attack: str, file: str = "") -> bool:
    """Whether a test has the attack in its name."""
    files = [file.removeprefix("tests/")] if file else list(names())
    return any(re.search(rf"(^|_){attack}(_|$)", name) for one in files for name in names()[one])


@pytest.mark.parametrize("attack,file", attacks().items())
def test_every_attack_has_a_test_or_a_step(attack: str, file: str) -> None:
    later = [step for step, words in LATER.items() if attack in words.split()]
    assert len(attack) >= SHORTEST or file or has_test(attack, file)
    if later:
        assert len(later) == 1
        assert not has_test(attack, file), f"{attack} is tested now: take it off the table of step {later[0]}"
    else:
        assert has_test(attack, file), f"no test is named {attack}"


def test_the_table_only_shrinks() -> None:
    later = [name for words in LATER.values() for name in words.split()]
    assert len(later) == len(set(later)) <= MOST_LATER
    assert set(later) <= set(attacks()), "the table names no attack that is not on the list"
    assert len(attacks()) >= 125


def test_a_name_that_nobody_tests_is_noticed() -> None:
    # Put together here, so that this file does not hold the name.
    assert not has_test("_".join(["nobody", "tests", "this"]))
    assert has_test("row_edited") and not has_test("row_edit")
    assert not has_test("row_edited", "faults/test_bundles.py")
