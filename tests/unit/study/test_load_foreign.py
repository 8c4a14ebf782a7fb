"""Definitions that came from elsewhere: one language is enough, and origin.json belongs to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mda5_crf.errors import DefinitionError
from mda5_crf.study import source
from mda5_crf.study.load import load, load_source
from tests.unit.study.definitions import mini

ORIGIN = '[study]\norigin = "ODM 1.3.1, REDCap"\nlanguages = ["en"]\n'


def foreign(**more: str) -> dict[str, str]:
    """The small example, as if it came from elsewhere, its Chinese names of visits left out."""
    files = {**mini(), **more}
    files["study.toml"] = files["study.toml"].replace("[study]\n", ORIGIN, 1)
    files["schedule.toml"] = "\n".join(
        line.partition(", zh =")[0] + " }" if line.startswith("name = {") else line
        for line in files["schedule.toml"].splitlines()
    )
    return files


def problems(files: dict[str, str]) -> list[str]:
    with pytest.raises(DefinitionError) as refused:
        load_source(source.pack(files))
    return [one.text.en for one in refused.value.problems]


def test_one_language_is_enough_and_stands_for_both() -> None:
    study = load_source(source.pack(foreign()))
    assert study.origin == "ODM 1.3.1, REDCap"
    event = next(iter(study.events.values()))
    assert event.name.en and event.name.zh == event.name.en


def test_a_study_of_our_own_still_has_both() -> None:
    files = foreign()
    files["study.toml"] = mini()["study.toml"]
    assert any("zh" in one for one in problems(files))
    files = mini()
    files["study.toml"] = files["study.toml"].replace("[study]\n", '[study]\nlanguages = ["en"]\n', 1)
    assert problems(files) == [
        "The key languages goes with origin: a definition written here has both languages."
    ]


def test_no_language_at_all_is_still_wrong() -> None:
    files = foreign()
    files["schedule.toml"] = files["schedule.toml"].replace("name = { en =", "name = { nothing =", 1)
    assert any("en" in one for one in problems(files))


@pytest.mark.parametrize("text", ["", "[]", "1", "{", '{"a":' * 20_000])
def test_an_origin_that_is_no_object_is_named(text: str) -> None:
    said = problems(foreign(**{source.ORIGIN: text}))
    assert said == ["This file cannot be read. Import the study again from its own file."]


def test_the_origin_is_part_of_the_definition_and_its_hash(tmp_path: Path) -> None:
    files = foreign(**{source.ORIGIN: '{"a":1}'})
    study = load_source(source.pack(files))
    assert study.hash != load_source(source.pack(foreign())).hash
    assert source.unpack(study.source)[source.ORIGIN] == '{"a":1}'
    (tmp_path / "forms").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load(tmp_path).hash == study.hash


def test_an_origin_made_to_be_costly_is_refused() -> None:
    packed = source.pack({source.ORIGIN: json.dumps([[]] * 600_000)})
    with pytest.raises(DefinitionError):
        source.unpack(packed)
