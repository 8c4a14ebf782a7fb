"""Sheets of two of three: whatever the key, any pair gives it; whatever else is typed is refused in kind."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto.shares import (
    SHEET_WORDS,
    ShareRefused,
    combine,
    read_sheet,
    set_mark,
    split_key,
    typed_words,
)
from mda5_crf.crypto.words import word_list

KEYS = st.binary(min_size=32, max_size=32)
MARKS = st.integers(min_value=0, max_value=2**15 - 1)
# The first official test vector of SLIP-39 (github.com/satoshilabs/slips): one sheet of a set of one.
_OF_ONE = (
    "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband"
    " erode duke ajar critical decision keyboard"
)


@given(KEYS, MARKS)
def test_every_pair_gives_the_key(key: bytes, mark: int) -> None:
    sheets = [read_sheet(" ".join(words)) for words in split_key(key, mark)]
    assert [sheet.number for sheet in sheets] == [1, 2, 3]
    assert {sheet.mark for sheet in sheets} == {mark}
    for one, other in permutations(sheets, 2):
        assert bytes(combine(one, other)) == key


@given(KEYS, st.integers(0, SHEET_WORDS - 1), st.sampled_from(word_list()))
def test_one_wrong_word_is_found(key: bytes, place: int, other: str) -> None:
    words = list(split_key(key, 7)[1])
    if words[place] == other:
        return
    words[place] = other
    with pytest.raises(ShareRefused) as refused:
        read_sheet(" ".join(words))
    assert (refused.value.kind, refused.value.places) == ("wrong", (place + 1,))
    assert other not in str(refused.value)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_sheet_or_refused(text: str) -> None:
    with pytest.raises(ShareRefused):
        read_sheet(text)


def test_refusals_by_kind() -> None:
    one = [read_sheet(" ".join(words)) for words in split_key(bytes(32), 7)]
    other = [read_sheet(" ".join(words)) for words in split_key(bytes(range(32)), 8)]
    alike = [read_sheet(" ".join(words)) for words in split_key(bytes(range(32)), 7)]
    for pair, kind in (
        ((one[0], one[0]), "same"),
        ((one[0], other[1]), "mark"),
        ((one[0], alike[1]), "mark"),
    ):
        with pytest.raises(ShareRefused) as refused:
            combine(*pair)
        assert refused.value.kind == kind
    with pytest.raises(ShareRefused) as refused:
        read_sheet(_OF_ONE)
    assert refused.value.kind == "count"
    with pytest.raises(ValueError, match="32 bytes"):
        split_key(bytes(16), 7)
    assert typed_words("1. acad, ACADEMIC; zzz") == ("academic", "academic", "zzz")


def test_marks_differ_by_vault_and_set() -> None:
    marks = {set_mark(vault, number) for vault in ("ab" * 16, "cd" * 16) for number in range(1, 40)}
    assert len(marks) >= 78
    assert all(0 <= mark < 2**15 for mark in marks)
