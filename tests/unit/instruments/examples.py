"""Worked examples from ``tests/data/instruments``: read, call, compare."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from mda5_crf import instruments

FOLDER = Path(__file__).parents[2] / "data" / "instruments"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")

Example = dict[str, Any]


def tables(family: str, table: str = "example") -> list[Example]:
    """The examples of one file."""
    return list(tomllib.loads((FOLDER / f"{family}.toml").read_text("utf-8"))[table])


def name_of(example: Example) -> str:
    """For the test report."""
    return str(example["id"])


def plain(value: object) -> object:
    """Texts that are numbers as Decimal, "null" as None, all through tables and lists."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if value == "null":
        return None
    return Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def call(example: Example) -> object:
    """The instrument an example names, with what it is given."""
    given = {name: plain(value) for name, value in example["given"].items()}
    result: object = getattr(instruments, example["function"])(**given)
    return result


def assert_same(found: object, expected: object, where: str = "") -> None:
    """``found`` is what the example expects: exactly, or rounded where it says ≈."""
    if isinstance(expected, dict):
        assert isinstance(found, Mapping), where
        for key, inner in expected.items():
            assert_same(found[key], inner, f"{where} {key}")
    elif isinstance(expected, str) and expected.startswith("≈"):
        wanted = Decimal(expected[1:])
        assert isinstance(found, Decimal), where
        assert found.quantize(wanted, ROUND_HALF_UP) == wanted, where
    elif isinstance(expected, list):
        assert isinstance(found, tuple), where
        assert list(found) == expected, where
    else:
        assert found == plain(expected), where
        assert (found is None) == (plain(expected) is None), where


def assert_expected(result: object, expected: Example) -> None:
    """Every part the example names; ``value`` is the whole result."""
    for part, wanted in expected.items():
        assert_same(result if part == "value" else getattr(result, part), wanted, part)
