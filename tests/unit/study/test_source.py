"""The canonical bytes of a definition, and files that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.errors import DefinitionError
from mda5_crf.study import source
from mda5_crf.study.load import load_source
from mda5_crf.study.source import digest, pack, read_directory, unpack

NAMES = st.sampled_from(["study.toml", "units.toml", "forms/VS.toml", "forms/EX.toml"])


@given(st.dictionaries(NAMES, st.text()))
def test_unpacking_gives_what_was_packed(files: dict[str, str]) -> None:
    files = {name: text.encode(errors="ignore").decode() for name, text in files.items()}
    assert unpack(pack(files)) == files
    assert pack(dict(reversed(files.items()))) == pack(files)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"study.toml":1}',
        b'{"study.toml":"","study.toml":""}',
        b'{"../study.toml":""}',
        b'{"forms/../study.toml":""}',
        b'{"forms/VS.toml" :""}',
        b'{"units.toml":"","study.toml":""}',
        b"[" * 100_000,
        b'{"study.toml":"' + b" " * source.LARGEST_SOURCE + b'"}',
    ],
    ids=range(11),
)
def test_other_bytes_are_refused(damaged: bytes) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_source(damaged)
    assert [problem.text.en for problem in caught.value.problems] == [
        "These bytes are no study definition, or have been altered."
    ]


def test_the_canonical_form_is_plain_json() -> None:
    packed = pack({"units.toml": "µ\n", "study.toml": ""})
    assert packed == '{"study.toml":"","units.toml":"µ\\n"}'.encode()
    assert json.loads(packed) == {"study.toml": "", "units.toml": "µ\n"}
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_bytes_that_are_no_text_are_found_by_line(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_bytes(b'[study]\nname = "\xff"\n')
    _, problems = read_directory(tmp_path)
    assert [(problem.where(), problem.text.en) for problem in problems if problem.line] == [
        ("study.toml:2", "The file is not UTF-8 text from this line on.")
    ]


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "units.toml").mkdir()
    _, problems = read_directory(tmp_path)
    assert ("units.toml", "This file cannot be read; check its permissions.") in [
        (problem.file, problem.text.en) for problem in problems
    ]


def test_a_form_file_with_another_sort_of_name(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "VS (copy).toml").write_text("")
    files, problems = read_directory(tmp_path)
    assert files == {}
    assert "forms/VS (copy).toml" in [problem.file for problem in problems]
