"""How typed characters find a coded answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.model import CodeList, CodeValue
from mda5_crf.study.pinyin import pinyin_initials
from mda5_crf.text import Text
from mda5_crf.ui.inputs.codes import by_code, matches, next_by_letter, number_of, resolve


def codes(*values: tuple[str, str, str], integers: bool = False) -> CodeList:
    made = tuple(CodeValue(code, Text(en, zh), rank) for rank, (code, en, zh) in enumerate(values))
    return CodeList("L", made, integers, {v.code: v for v in made})


YES_NO = codes(("Y", "Yes", "是"), ("N", "No", "否"))
GRADES = codes(
    ("0", "None", "无"), ("1", "Some", "有些"), ("2", "Much", "很多"), ("3", "Unable", "不能"), integers=True
)
MMT = codes(*((str(n), str(n), str(n)) for n in range(11)), integers=True)
REASONS = codes(
    ("SUBJECT REFUSED", "Refused", "参与者拒绝"), ("TOO ILL", "Too ill", "病情不允许"),
    ("NOT SCHEDULED", "Not scheduled", "未安排"), ("TECHNICAL", "Technical", "技术原因"),
)  # fmt: skip
TICK = codes(("NOT DONE", "Not done", "未做"))


@pytest.mark.parametrize(
    "codelist, typed, code",
    [
        (YES_NO, "y", "Y"),
        (YES_NO, "Ｙ", "Y"),
        (YES_NO, "no", "N"),
        (YES_NO, "是", "Y"),
        (YES_NO, "2", "N"),
        (YES_NO, " n ", "N"),
        (GRADES, "0", "0"),
        (GRADES, "３", "3"),
        (GRADES, "Unable", "3"),
        (MMT, "10", "10"),
        (REASONS, "tec", "TECHNICAL"),
        (REASONS, "wap", "NOT SCHEDULED"),
        (REASONS, "too", "TOO ILL"),
        (REASONS, "病情", "TOO ILL"),
        (TICK, "x", "NOT DONE"),
        (TICK, "✓", "NOT DONE"),
        (YES_NO, "", ""),
    ],
)
def test_what_fits_one_answer_is_that_answer(codelist: CodeList, typed: str, code: str) -> None:
    assert resolve(codelist, typed) == code


@pytest.mark.parametrize(
    "codelist, typed",
    [
        (YES_NO, "maybe"),
        (REASONS, "t"),
        (GRADES, "4"),
        (GRADES, "12"),
        (MMT, "11"),
        (MMT, "-1"),
        (REASONS, "9"),
    ],
)
def test_what_fits_none_or_two_stays_as_typed(codelist: CodeList, typed: str) -> None:
    assert resolve(codelist, typed) == typed


def test_whole_number_codes_are_never_positions() -> None:
    # Position 1 of a 0–3 list is the code 0: typing 1 must give the code 1.
    assert resolve(GRADES, "1") == "1"
    assert [number_of(GRADES, place) for place in range(4)] == ["0", "1", "2", "3"]
    assert [number_of(YES_NO, place) for place in range(2)] == ["1", "2"]
    assert by_code(GRADES)
    assert not by_code(YES_NO)


@given(st.text(max_size=12))
def test_nothing_typed_is_lost(typed: str) -> None:
    for codelist in (YES_NO, GRADES, MMT, REASONS, TICK):
        found = resolve(codelist, typed)
        assert found in codelist.by_code or found == typed or (found == "" and not typed.strip())


@given(st.sampled_from([YES_NO, GRADES, MMT, REASONS, TICK]), st.data())
def test_every_code_and_label_finds_its_answer(codelist: CodeList, data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(codelist.values))
    assert resolve(codelist, value.code) == value.code
    assert resolve(codelist, value.code.lower()) == value.code
    assert resolve(codelist, value.text.zh) == value.code
    assert resolve(codelist, value.text.en.upper()) == value.code


def test_pinyin_initials() -> None:
    assert pinyin_initials("病情不允许") == "bqbyx"
    assert pinyin_initials("未安排") == "wap"
    assert pinyin_initials("抗MDA5抗体") == "kmda5kt"
    assert pinyin_initials("喆") == ""  # not among the first-level characters
    assert pinyin_initials("") == ""


def test_a_list_is_filtered_by_code_words_and_initials() -> None:
    ill = REASONS.values[1]
    for wanted in ("ill", "too ill", "病情", "bqb", "不允"):
        assert matches(ill, wanted)
    assert not matches(ill, "refused")


def test_a_letter_goes_round_the_answers_that_begin_with_it() -> None:
    assert next_by_letter(REASONS, "t", "") == "TOO ILL"
    assert next_by_letter(REASONS, "t", "TOO ILL") == "TECHNICAL"
    assert next_by_letter(REASONS, "t", "TECHNICAL") == "TOO ILL"
    assert next_by_letter(YES_NO, "n", "Y") == "N"
    assert next_by_letter(YES_NO, "q", "Y") is None
    assert next_by_letter(YES_NO, " ", "Y") is None
