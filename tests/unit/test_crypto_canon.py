"""The canonical form: what it is, and that its reader takes nothing else."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import CanonError, canon, parse_canon, whole_text

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "canon.json").read_text("utf-8"))

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _texts
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z0-9_]{1,6}", fullmatch=True), inner)
    ),
    max_leaves=12,
)


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


@pytest.mark.parametrize("case", GOLDEN["taken"], ids=lambda case: case["name"])
def test_golden_bytes(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["hex"])
    assert canon(case["value"]) == data
    assert parse_canon(data) == case["value"]


@pytest.mark.parametrize("case", GOLDEN["refused"], ids=lambda case: case["name"])
def test_golden_refusals(case: dict[str, str]) -> None:
    with pytest.raises(CanonError):
        parse_canon(bytes.fromhex(case["hex"]))


@given(_values)
def test_reading_gives_back_what_was_written(value: object) -> None:
    if _depth(value) > 8:
        with pytest.raises(CanonError):
            canon(value)
    else:
        data = canon(value)
        assert parse_canon(data) == value
        assert canon(parse_canon(data)) == data


@given(st.binary(max_size=60))
def test_any_bytes_are_taken_as_canonical_or_refused(data: bytes) -> None:
    try:
        value = parse_canon(data)
    except CanonError:
        return
    assert canon(value) == data


@given(_values.filter(lambda value: _depth(value) <= 8), st.data())
def test_a_changed_byte_never_reads_as_the_same_value(value: object, data: st.DataObject) -> None:
    good = bytearray(canon(value))
    place = data.draw(st.integers(0, len(good) - 1))
    good[place] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(CanonError):
        assert parse_canon(bytes(good)) != value or canon(value) != bytes(good)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        {"A": 1},
        {"": 1},
        {1: 1},
        {"a b": 1},
        b"x",
        {1},
        "\ud800",
        ["\udfff"],
    ],
    ids=repr,
)
def test_objects_outside_the_form_are_refused(value: object) -> None:
    with pytest.raises(CanonError):
        canon(value)


def test_nesting_is_bounded_both_ways_without_exhausting_the_stack() -> None:
    nested: Any = "x"
    for _ in range(8):
        nested = [nested]
    assert parse_canon(canon(nested)) == nested
    with pytest.raises(CanonError):
        canon([nested])
    with pytest.raises(CanonError):
        parse_canon(b"[" * 100_000 + b"]" * 100_000)
    with pytest.raises(CanonError):
        parse_canon(b'{"a":' * 100_000)


def test_an_endless_number_is_refused_before_it_is_computed() -> None:
    with pytest.raises(CanonError):
        parse_canon(b"9" * 1_000_000)


def test_refusals_do_not_quote_the_data() -> None:
    for data in (b'{"secret":NaN}', b"secret", b'{"secret":1,"secret":2}', b'{"secret":1.5}', b"\xffsecret"):
        with pytest.raises(CanonError) as refused:
            parse_canon(data)
        assert "secret" not in str(refused.value)
        assert refused.value.__cause__ is None


def test_tuples_are_written_as_lists() -> None:
    assert canon({"a": ("x", 1)}) == b'{"a":["x",1]}'


def test_whole_text_mends_lone_surrogates_only() -> None:
    assert whole_text("a\ud800b") == "a\ufffdb"
    assert whole_text("汉字 😀 ａ") == "汉字 😀 ａ"
    canon(whole_text("\udc00\ud800"))
