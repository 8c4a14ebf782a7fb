"""Writing a description as a definition's files: what is read back is what was described."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.study import source, writing
from mda5_crf.study.differences import differences
from mda5_crf.study.load import load_source

ROOT = Path(__file__).parents[3]
FOLDERS = (
    "resources/study/nct04966884",
    "tests/data/definitions/mini",
    "tests/data/definitions/site",
    "tests/data/definitions/signing",
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_written_definition_is_the_same_study(folder: str) -> None:
    files, problems = source.read_directory(ROOT / folder)
    assert not problems
    described = writing.read_files(files)
    written = writing.toml_files(described)
    assert writing.read_files(written) == described
    old, new = load_source(source.pack(files)), load_source(source.pack(written))
    assert differences(old, new) == []
    assert dataclasses.replace(new, hash=old.hash, source=old.source) == old
    assert writing.toml_files(writing.read_files(written)) == written, "written again, the same bytes"


SCALARS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.text("'\"\\\n\r\t{}=#\x00\x7f", max_size=8),
    st.integers(-(10**15), 10**15),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, max_value=10**9, min_value=-(10**9)),
)
KEYS = st.one_of(
    st.sampled_from(
        ["unit", "codelist", "template", "item", "group", "due", "check", "label", "°C", "a.b", ""]
    ),
    st.text(st.characters(codec="utf-8"), max_size=6),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.lists(st.dictionaries(KEYS, inner, max_size=3), max_size=3),
    ),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
@settings(max_examples=60, deadline=None)
def test_any_tables_come_back(tables: dict[str, Any]) -> None:
    text = writing.toml_text(tables)
    assert writing.read_files({"x.toml": text})["x.toml"] == tables
    apart = writing.toml_text(tables, apart=True)
    assert writing.read_files({"x.toml": apart})["x.toml"] == tables
    assert "\r\n" not in text, "a definition's files have plain line ends, or they change on the way"


def test_what_people_read_stays_readable() -> None:
    text = writing.toml_text(
        {
            "form": {"oid": "VS", "name": {"en": "Vital signs", "zh": "生命体征"}, "note": None},
            "group": [
                {
                    "name": "MAIN",
                    "rows": [
                        {"code": "L", "en": "Left", "zh": "左"},
                        {"code": "R", "en": "Right", "zh": "右"},
                    ],
                    "item": [{"name": "AGE", "type": "integer", "hard": [0, Decimal("99.50")]}],
                }
            ],
            "check": [{"oid": "VS-01", "fires": 'AGE == "x"\nand True', "items": ["AGE"]}],
        }
    )
    assert text == (
        '[form]\noid = "VS"\nname = { en = "Vital signs", zh = "生命体征" }\n'
        '\n[[group]]\nname = "MAIN"\nrows = [\n'
        '  { code = "L", en = "Left", zh = "左" },\n  { code = "R", en = "Right", zh = "右" },\n]\n'
        '\n[[group.item]]\nname = "AGE"\ntype = "integer"\nhard = [0, 99.50]\n'
        "\n[[check]]\noid = \"VS-01\"\nfires = '''\nAGE == \"x\"\nand True'''\nitems = [\"AGE\"]\n"
    )


def test_a_file_that_is_no_toml_is_taken_as_it_is() -> None:
    description: writing.Description = {"study.toml": {"study": {"oid": "X"}}, "origin.json": '{"a":1}'}
    files = writing.toml_files(description)
    assert list(files) == ["study.toml", "origin.json"]
    assert files["origin.json"] == '{"a":1}'
    assert writing.read_files(files) == description
