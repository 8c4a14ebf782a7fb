"""Line numbers in TOML texts: every key that tomllib finds has the line it stands on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.places import Path, line_of, places
from mda5_crf.study.source import read_directory
from tests.unit.study.definitions import TRIAL, mini

ODD = '''# [no.table]
top = 1 # "
[a."b.c".'d']
x = """
[[not]]
k = 1 \\"""
""" # ]
y = [ # first
  1, "]", # second
  { p = 1, q = { r = 2 } },
  [ [ 3 ],
    4 ],
]
z.w = 5
date = 1979-05-27 07:32:00
lit = \'\'\'it's
fine\'\'\'
[[list]]
n = 1
[list.sub]
m = 2
[[list]]
n = 3
[[list.inner]]
[[list.inner]]
last = true
'''


def test_an_odd_text() -> None:
    found = places(ODD)
    assert found[("top",)] == 2
    assert found[("a", "b.c", "d")] == 3
    assert found[("a", "b.c", "d", "x")] == 4
    assert found[("a", "b.c", "d", "y", 2, "q", "r")] == 10
    assert found[("a", "b.c", "d", "y", 3, 1)] == 12
    assert found[("a", "b.c", "d", "z", "w")] == 14
    assert found[("a", "b.c", "d", "date")] == 15
    assert found[("list", 0, "sub", "m")] == 21
    assert found[("list", 1, "n")] == 23
    assert found[("list", 1, "inner", 1, "last")] == 26
    assert not any("not" in path or "no" in path for path in found)


def keys(data: object, path: Path = ()) -> Iterator[Path]:
    """Every path of a TOML value."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*path, key)
            yield from keys(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield (*path, index)
            yield from keys(value, (*path, index))


def assert_every_path_has_its_line(text: str) -> None:
    found, lines = places(text), text.split("\n")
    for path in keys(tomllib.loads(text)):
        name = next(part for part in reversed(path) if isinstance(part, str))
        inside_table_name = path not in found
        line = line_of(found, path)
        assert line, path
        if isinstance(path[-1], str) and not inside_table_name:
            assert name in lines[line - 1], (path, line)


def test_an_odd_text_is_complete() -> None:
    assert set(keys(tomllib.loads(ODD))) - set(places(ODD)) == set()


@pytest.mark.parametrize("name", sorted(mini()))
def test_every_key_of_the_small_definition(name: str) -> None:
    assert_every_path_has_its_line(mini()[name])


def test_every_key_of_the_trial() -> None:
    for text in read_directory(TRIAL)[0].values():
        assert_every_path_has_its_line(text)


def test_the_nearest_line() -> None:
    found = places("[a]\n[a.b]\nc = 1\n")
    assert line_of(found, ("a", "b", "d", 3)) == 2
    assert line_of(found, ("x",)) == 0


WORDS = st.text(alphabet="abc\"'#[]{}=,.\\ \té中", max_size=12)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.one_of(WORDS, st.integers(), st.booleans()), st.integers(0, 2))
    )
)
def test_values_never_mislead(entries: list[tuple[str, object, int]]) -> None:
    lines, expected = [], {}
    for index, (key, value, blank) in enumerate(entries):
        lines += ["# [[x]] = '" for _ in range(blank)]
        lines.append("[[t]]")
        written = (
            str(value).lower()
            if isinstance(value, bool)
            else value
            if isinstance(value, int)
            else _quoted(value)
        )
        lines.append(f"{key} = {written} # {key} = [")
        expected["t", index, key] = len(lines)
    text = "\n".join(lines)
    tomllib.loads(text)
    found = places(text)
    assert {path: found[path] for path in expected} == expected


def _quoted(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{text}"'
