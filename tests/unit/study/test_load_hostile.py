"""However a definition is mangled: it loads, or every problem is a sentence with a place; no crash."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.source import read_directory
from tests.unit.study.definitions import TRIAL, Files, mini, problems_of

NAMES = sorted(mini())
VALUES = st.sampled_from(
    [
        "0",
        "-1",
        "1.5",
        "true",
        '""',
        '"x"',
        "[]",
        "[1]",
        "{}",
        "{ a = 1 }",
        "[[]]",
        "[{}]",
        "1979-05-27",
        '"{T}"',
        "nan",
    ]
)


def assert_spoken(files: Files) -> None:
    for problem in problems_of(files):
        assert problem.file
        assert problem.text.en and problem.text.zh


@given(st.sampled_from(NAMES), st.data())
def test_a_line_is_lost(name: str, data: st.DataObject) -> None:
    files = mini()
    lines = files[name].split("\n")
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    assert_spoken({**files, name: "\n".join(lines)})


@given(st.sampled_from(NAMES), st.data(), VALUES)
def test_a_value_is_something_else(name: str, data: st.DataObject, value: str) -> None:
    files = mini()
    lines = files[name].split("\n")
    with_value = [index for index, line in enumerate(lines) if " = " in line and not line.startswith("  {")]
    index = data.draw(st.sampled_from(with_value))
    lines[index] = f"{lines[index].partition(' = ')[0]} = {value}"
    assert_spoken({**files, name: "\n".join(lines)})


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_a_file_is_another(name: str, other: str) -> None:
    files = mini()
    assert_spoken({**files, name: files[other]})


@given(st.lists(st.sampled_from(NAMES), unique=True))
def test_files_are_empty(names: list[str]) -> None:
    assert_spoken({**mini(), **dict.fromkeys(names, "")})


def test_each_file_of_the_trial_may_be_lost() -> None:
    files = read_directory(TRIAL)[0]
    for name in ("units.toml", "codelists.toml", "forms/LBC.toml"):
        assert_spoken({**files, name: ""})
