"""Lines break where people break them, lose nothing and stay inside their column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.pdf.fonts import REGULAR, printable, width
from mda5_crf.pdf.lines import longest_word, wrap

MIXED = st.text(alphabet="ab c，。（）中文 /-_09<\n", max_size=80)


def test_chinese_punctuation_never_opens_or_ends_a_line_wrongly() -> None:
    for room in range(30, 120, 3):
        for line in wrap("抗MDA5抗体（阳性），铁蛋白>500 ng/mL。随访", REGULAR, 10.0, float(room)):
            assert line[0] not in "，。）；："
            assert line[-1] not in "（《"


def test_english_words_stay_whole_beside_chinese() -> None:
    lines = wrap("不良事件 details 说明", REGULAR, 10.0, 70.0)
    assert lines == ("不良事件", "details 说明")


def test_a_word_wider_than_the_line_is_cut_at_its_joints_first() -> None:
    assert wrap("aaaa/bbbb/cccc", REGULAR, 10.0, 35.0) == ("aaaa/", "bbbb/", "cccc")
    long = wrap("x" * 40, REGULAR, 10.0, 50.0)
    assert "".join(long) == "x" * 40
    assert all(width(line, REGULAR, 10.0) <= 50.0 for line in long)


def test_a_stop_does_not_begin_a_line_even_where_a_word_is_cut() -> None:
    for room in range(20, 120):
        assert not any(
            line[0] in "；，。" for line in wrap("165a46ac3f1c8514，签名。", REGULAR, 8.0, float(room))
        )


def test_line_ends_of_the_text_are_kept() -> None:
    assert wrap("a\n\nb", REGULAR, 10.0, 100.0) == ("a", "", "b")
    assert wrap("", REGULAR, 10.0, 100.0) == ("",)


@given(MIXED, st.floats(min_value=20.0, max_value=200.0))
def test_nothing_is_lost_and_nothing_overflows(text: str, room: float) -> None:
    lines = wrap(text, REGULAR, 9.0, room)
    assert "".join("".join(lines).split()) == "".join(printable(text).split())
    assert all(width(line, REGULAR, 9.0) <= room + 0.01 for line in lines)


@pytest.mark.parametrize("text", ["Clinically significant", "中文（注）", "a b"])
def test_a_column_of_the_longest_word_needs_no_cut(text: str) -> None:
    room = longest_word(text, REGULAR, 9.0) + 0.01
    assert all(part in text for part in wrap(text, REGULAR, 9.0, room))
    assert longest_word("", REGULAR, 9.0) == 0.0
