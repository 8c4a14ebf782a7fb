"""What is typed, what is stored, what it means: nothing refused, nothing guessed, nothing lost."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.dates import PartialDate
from mda5_crf.study.expression import parse as expression
from mda5_crf.study.folding import loose, narrow
from mda5_crf.study.model import CodeList, CodeValue, Item, ItemType, Range
from mda5_crf.study.operand import Interval
from mda5_crf.study.values import (
    EMPTY,
    Entry,
    Status,
    Value,
    as_stored,
    canonical,
    computed,
    missing_code,
    parse,
    show,
    split_unit,
    written,
)
from mda5_crf.text import LANGUAGES, Text

D = Decimal


def make(kind: ItemType, **more: Any) -> Item:  # noqa: ANN401 - any key of Item
    return Item("T.X", "X", "T", "MAIN", kind, Text("Serum ferritin", "血清铁蛋白"), **more)


def codelist(*codes: str, integers: bool = False) -> CodeList:
    words = {"F": ("Female", "女"), "M": ("Male", "男"), "ROOM AIR": ("Room air", "室内空气")}
    values = tuple(
        CodeValue(code, Text(*words.get(code, (code, code))), rank) for rank, code in enumerate(codes)
    )
    return CodeList("L", values, integers, {value.code: value for value in values})


SEX = codelist("F", "M")
GRADES = codelist(*map(str, range(11)), integers=True)
AIR = codelist("ROOM AIR", "MASK", "Y", "N")

INTEGER = make(ItemType.INTEGER)
DECIMAL = make(ItemType.DECIMAL)
LIMITED = make(ItemType.DECIMAL, comparator=True)


def read(item: Item, text: str, codes: CodeList | None = None, unit: str | None = None) -> Value:
    """Commit and read back, as the service does."""
    stored = canonical(item, text, codes)
    return parse(item, Entry(stored, unit), codes)


# -- numbers ----------------------------------------


@pytest.mark.parametrize(
    "text, stored",
    [
        ("35", "35"),
        (" 35 ", "35"),
        ("３５", "35"),
        ("37.5", "37.5"),
        ("３７．５", "37.5"),
        ("37。5", "37.5"),
        ("37·5", "37.5"),
        ("+5", "5"),
        ("-5", "-5"),
        ("－5", "-5"),
        ("−5", "-5"),
        ("- 5", "-5"),
        ("007", "7"),
        ("0.50", "0.50"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("00.10", "0.10"),
        ("1" * 34, "1" * 34),
    ],
)
def test_numbers_are_stored_in_one_form_with_the_places_typed(text: str, stored: str) -> None:
    value = read(DECIMAL, text)
    assert (value.text, value.status, value.data) == (stored, Status.VALID, D(stored))


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1,5",
        "1,234",
        "1，5",
        "1 2",
        "1e5",
        "0x10",
        "1.2.3",
        ".",
        "-",
        "+",
        "--5",
        "5-",
        "5⁹",
        "①",
        "½",
        "٣٥",
        "NaN",
        "Infinity",
        "1_000",
        "5%",
        "5 mg",
        "<5",
        "≤5",
        ">",
        "1" * 35,
        "0." + "1" * 34,
        "5\x00",
        "5\n6",
        "十",
    ],
)
def test_what_is_no_number_is_kept_exactly_as_typed(text: str) -> None:
    value = read(DECIMAL, text)
    assert (value.text, value.status, value.data) == (text, Status.NONCONFORMANT, None)
    assert value.problem is not None
    assert "Serum ferritin" in value.problem.en and "血清铁蛋白" in value.problem.zh


@pytest.mark.parametrize(
    "text, stored, data",
    [
        ("<5", "<5", Interval(None, D(5), high_open=True)),
        ("＜5", "<5", Interval(None, D(5), high_open=True)),
        ("< 5.0", "<5.0", Interval(None, D("5.0"), high_open=True)),
        ("≤5", "<=5", Interval(None, D(5))),
        ("<=5", "<=5", Interval(None, D(5))),
        ("≦5", "<=5", Interval(None, D(5))),
        (">2000", ">2000", Interval(D(2000), None, low_open=True)),
        ("≥2000", ">=2000", Interval(D(2000), None)),
        ("＞ ２０００", ">2000", Interval(D(2000), None, low_open=True)),
    ],
)
def test_detection_limits_are_intervals(text: str, stored: str, data: Interval) -> None:
    value = read(LIMITED, text)
    assert (value.text, value.data) == (stored, data)


@pytest.mark.parametrize("text", ["<", "<abc", "<<5", "=5", "5<", "<5 >3", "~5", "<1,5"])
def test_other_signs_are_no_limits(text: str) -> None:
    assert read(LIMITED, text).status is Status.NONCONFORMANT


def test_whole_numbers() -> None:
    assert read(INTEGER, "１２０").data == 120
    assert read(INTEGER, "12.0").data == 12
    wrong = read(INTEGER, "12.5")
    assert (wrong.status, wrong.text, wrong.data) == (Status.NONCONFORMANT, "12.5", None)
    assert wrong.problem == Text(
        "Serum ferritin must be a whole number, such as 35", "血清铁蛋白必须是整数，例如 35"
    )
    limited = make(ItemType.INTEGER, comparator=True)
    assert read(limited, "<5").data == Interval(None, D(5), high_open=True)
    assert read(limited, "<5.5").status is Status.NONCONFORMANT


PRESSURE = make(ItemType.INTEGER, unit="mmHg", units=("kPa",), conversions={"kPa": (D(0), D("7.50062"))})
TEMPERATURE = make(
    ItemType.DECIMAL,
    unit="°C",
    units=("°F",),
    conversions={"°F": (D(-32), D("0.5555555555555555555555555555555556"))},
)
VAS = make(ItemType.DECIMAL, decimals=1, unit="cm", units=("mm",), conversions={"mm": (D(0), D("0.1"))})
CREATININE = make(
    ItemType.DECIMAL,
    unit="µmol/L",
    units=("mg/dL",),
    comparator=True,
    conversions={"mg/dL": (D(0), D("88.4"))},
)


@pytest.mark.parametrize(
    "item, text, unit, typed, data",
    [
        (CREATININE, "1.2", "mg/dL", "1.2", "106.08"),
        (CREATININE, "1.2", "MG/DL", "1.2", "106.08"),
        (CREATININE, "70", None, "70", "70"),
        (CREATININE, "70", "μmol/l", "70", "70"),
        (PRESSURE, "16.2", "kPa", "16.2", "121.510044"),
        (PRESSURE, "14.0", "kPa", "14.0", "105.00868"),
        (TEMPERATURE, "98.6", "°F", "98.6", "37"),
        (TEMPERATURE, "-40", "°F", "-40", "-40"),
        (VAS, "35", "mm", "35", "3.5"),
        (VAS, "3.5", "cm", "3.5", "3.5"),
    ],
)
def test_conversion_is_exact_and_keeps_both(
    item: Item, text: str, unit: str | None, typed: str, data: str
) -> None:
    value = read(item, text, unit=unit)
    assert (value.text, value.typed, value.data) == (text, D(typed), D(data))
    assert value.status is Status.VALID
    assert str(value.data) == data  # no zeros left behind by the factor


def test_a_limit_is_converted_with_its_open_end() -> None:
    value = read(CREATININE, "<1.2", unit="mg/dL")
    assert value.typed == Interval(None, D("1.2"), high_open=True)
    assert value.data == Interval(None, D("106.08"), high_open=True)


def test_a_unit_the_item_does_not_know_is_a_problem_not_a_number() -> None:
    value = read(CREATININE, "1.2", unit="g/L")
    assert (value.status, value.data, value.unit) == (Status.NONCONFORMANT, None, "g/L")
    assert value.problem == Text(
        "Serum ferritin must be in µmol/L or mg/dL", "血清铁蛋白的单位必须是 µmol/L或mg/dL"
    )
    assert read(DECIMAL, "5", unit="mg").problem == Text(
        "Serum ferritin must be a number without a unit", "血清铁蛋白必须是不带单位的数字"
    )
    one = read(make(ItemType.DECIMAL, unit="kg"), "5", unit="lb")
    assert one.problem is not None and one.problem.en == "Serum ferritin must be in kg"


def test_limits_share_the_unit_of_the_result() -> None:
    assert parse(CREATININE, Entry("1.2"), shared_unit="mg/dL").data == D("106.08")
    assert parse(CREATININE, Entry("80", "µmol/L"), shared_unit="mg/dL").data == 80


def test_a_number_that_no_unit_can_carry_is_kept() -> None:
    huge = make(ItemType.DECIMAL, unit="a", units=("b",), conversions={"b": (D(0), D("1e6140"))})
    assert read(huge, "9" * 30, unit="b").status is Status.NONCONFORMANT


# -- dates, times, codes, texts ----------------------------------------


@pytest.mark.parametrize(
    "kind, text, stored, data",
    [
        (ItemType.DATE, "20260823", "2026-08-23", date(2026, 8, 23)),
        (ItemType.PARTIAL_DATE, "2026年8月23日", "2026-08-23", date(2026, 8, 23)),
        (ItemType.PARTIAL_DATE, "UN-08-2026", "2026-08", PartialDate(2026, 8)),
        (ItemType.PARTIAL_DATE, "2022-UN-15", "2022---15", PartialDate(2022, None, 15)),
        (ItemType.TIME, "0930", "09:30", "09:30"),
        (ItemType.DATETIME, "20260823 930", "2026-08-23T09:30", datetime(2026, 8, 23, 9, 30)),  # noqa: DTZ001
        (ItemType.DATETIME, "2026-8-23", "2026-08-23", date(2026, 8, 23)),
    ],
)
def test_moments(kind: ItemType, text: str, stored: str, data: object) -> None:
    value = read(make(kind), text)
    assert (value.text, value.status, value.data) == (stored, Status.VALID, data)


@pytest.mark.parametrize(
    "kind, text, says",
    [
        (ItemType.DATE, "soon", "must be a date, such as 2022-03-15"),
        (ItemType.DATE, "2022", "must include a month"),
        (ItemType.DATE, "2022-03", "must include a day"),
        (ItemType.DATE, "2022-02-30", "must be a real date"),
        (ItemType.DATE, "UN-UN-UNKN", "must include at least the year"),
        (ItemType.PARTIAL_DATE, "soon", "must be a date or part of one"),
        (ItemType.PARTIAL_DATE, "2022-13", "must be a real date"),
        (ItemType.TIME, "25:00", "must be a time, such as 09:30"),
        (ItemType.DATETIME, "soon", "must be a date and time"),
        (ItemType.DATETIME, "2022-02-30", "must be a real date"),
        (ItemType.INTEGER, "abc", "must be a whole number, such as 35"),
        (ItemType.DECIMAL, "abc", "must be a number, such as 35"),
        (ItemType.DECIMAL, "1,5", "must be a number without commas, such as 35"),
        (ItemType.DECIMAL, "<5", "must be an exact number, without < or >, such as 35"),
        (ItemType.DECIMAL, "1" * 40, "must have at most 34 digits"),
    ],
)
def test_different_failures_say_different_things(kind: ItemType, text: str, says: str) -> None:
    value = read(make(kind), text)
    assert value.text == text
    assert value.problem is not None
    assert says in value.problem.en
    assert value.problem.zh.startswith("血清铁蛋白")


def test_the_example_fits_the_item_and_is_left_out_when_the_hint_gives_one() -> None:
    ferritin = Range(expression("5"), expression("5000"), "S")
    usual = make(ItemType.DECIMAL, comparator=True, soft=ferritin)
    problem = read(usual, "abc").problem
    assert problem == Text(
        "Serum ferritin must be a number, such as 3000 or <3000", "血清铁蛋白必须是数字，例如 3000 或 <3000"
    )
    narrow_range = make(ItemType.DECIMAL, hard=Range(expression("36.6"), expression("36.8"), "H"))
    assert "such as 36.7" in str(read(narrow_range, "abc").problem)
    single_point = make(ItemType.DECIMAL, soft=Range(expression("5"), expression("5"), "S"))
    assert "such as 5" in str(read(single_point, "x").problem)
    open_ended = make(ItemType.DECIMAL, decimals=1, hard=Range(expression("0"), None, "H"))
    assert "such as 3.5" in str(read(open_ended, "x").problem)
    between = make(ItemType.INTEGER, hard=Range(expression("1.2"), expression("1.8"), "H"))
    assert "such as 1.2" in str(read(between, "x").problem)  # no whole number fits: say the limit
    depends = make(ItemType.INTEGER, hard=Range(expression("A"), expression("B"), "H"))
    assert "such as 35" in str(read(depends, "x").problem)
    for kind, text in (
        (ItemType.DECIMAL, "x"),
        (ItemType.INTEGER, "x"),
        (ItemType.TIME, "x"),
        (ItemType.DATE, "x"),
    ):
        hinted = make(kind, hint=Text("For example 12:00", "例如 12:00"))
        assert "such as" not in str(read(hinted, text).problem)


def test_no_message_uses_a_word_that_blames() -> None:
    from mda5_crf.text import catalogue

    for english, chinese in catalogue("finding").values():
        for word in ("please", "invalid", "illegal", "sorry", "oops"):
            assert word not in english.lower()
        assert "非法" not in chinese and "抱歉" not in chinese


@pytest.mark.parametrize("text", ["F", "f", "Ｆ", " ｆ ", "Female", "female", "女"])
def test_codes_are_found_by_code_or_wording(text: str) -> None:
    value = read(make(ItemType.CODE), text, SEX)
    assert (value.text, value.data) == ("F", "F")


@pytest.mark.parametrize("text", ["1", "X", "F M", "Fem", "0"])
def test_codes_are_never_found_by_position_or_part(text: str) -> None:
    value = read(make(ItemType.CODE), text, SEX)
    assert (value.status, value.text) == (Status.NONCONFORMANT, text)
    assert value.problem == Text(
        "Serum ferritin must be one of the listed answers: F, M", "血清铁蛋白必须是所列选项之一：F, M"
    )


@pytest.mark.parametrize("text, code", [("0", "0"), ("10", "10"), ("３", "3"), ("03", "3")])
def test_integer_codes_are_numbers_typed_as_codes(text: str, code: str) -> None:
    value = read(make(ItemType.CODE), text, GRADES)
    assert (value.text, value.data) == (code, D(code))


@pytest.mark.parametrize("text", ["11", "-1", "1.0", "one", "99999"])
def test_other_numbers_are_no_integer_codes(text: str) -> None:
    value = read(make(ItemType.CODE), text, GRADES)
    assert value.status is Status.NONCONFORMANT
    assert value.problem is not None and value.problem.en.endswith("listed answers: 0–10")


def test_a_long_list_is_not_recited() -> None:
    many = codelist(*(f"C{n}" for n in range(30)))
    assert str(read(make(ItemType.CODE), "x", many).problem).count("C1") == 0
    assert read(make(ItemType.CODE), "x").status is Status.NONCONFORMANT
    assert read(make(ItemType.MULTI), "x").status is Status.NONCONFORMANT


def test_an_ambiguous_wording_is_no_answer() -> None:
    twins = CodeList(
        "L", (CodeValue("A", Text("Same", "同"), 0), CodeValue("B", Text("Same", "同"), 1)), False, {}
    )
    assert read(make(ItemType.CODE), "same", twins).status is Status.NONCONFORMANT


@pytest.mark.parametrize(
    "text", ["MASK,ROOM AIR", "room air; mask", "MASK、ROOM AIR", "mask，mask，室内空气", "ROOM AIR|MASK|"]
)
def test_multiple_answers_are_one_list_in_the_order_of_the_codelist(text: str) -> None:
    value = read(make(ItemType.MULTI), text, AIR)
    assert (value.text, value.data) == ("ROOM AIR,MASK", ("ROOM AIR", "MASK"))


def test_multiple_answers_separated_by_blanks() -> None:
    assert read(make(ItemType.MULTI), "y n mask", AIR).data == ("MASK", "Y", "N")


@pytest.mark.parametrize("text", ["MASK,OTHER", ",", "MASK OTHER"])
def test_a_list_with_something_else_in_it_is_kept_as_typed(text: str) -> None:
    value = read(make(ItemType.MULTI), text, AIR)
    assert (value.status, value.text) == (Status.NONCONFORMANT, text)
    assert value.problem is not None and "listed answers only" in value.problem.en


def test_text_is_kept_as_typed_and_counted_in_characters() -> None:
    item = make(ItemType.TEXT, length=3)
    assert read(item, "𠮷野家").status is Status.VALID  # three characters, four UTF-16 units
    long = read(item, "𠮷野家屋")
    assert (long.status, long.text, long.data) == (Status.NONCONFORMANT, "𠮷野家屋", None)
    assert long.problem is not None and "3 characters or fewer; it has 4" in long.problem.en
    assert read(make(ItemType.TEXT), " 5×10⁹/L，Ｘ\r\nsecond ").text == "5×10⁹/L，Ｘ\nsecond"


def test_patterns() -> None:
    item = make(ItemType.TEXT, pattern="[A-Z]{2,4}")
    assert read(item, "ＡＢＣ").text == "ABC"
    wrong = read(item, "abc")
    assert wrong.status is Status.NONCONFORMANT
    assert wrong.problem is not None and "fixed form" in wrong.problem.en
    hinted = make(ItemType.TEXT, pattern="[A-Z]{2,4}", hint=Text("Two letters", "两个字母"))
    assert "hint" in str(read(hinted, "x").problem)


# -- entries, missing codes, both ways ----------------------------------------


def test_nothing_entered() -> None:
    for entry in (None, Entry("")):
        assert parse(DECIMAL, entry) is EMPTY
    for blank in ("", "  ", "　", "\n"):
        assert canonical(DECIMAL, blank) == ""
    assert EMPTY.status is Status.EMPTY and EMPTY.identity == ""


def test_missing_codes() -> None:
    item = make(ItemType.DECIMAL, missing=("ND",))
    value = parse(item, Entry("", missing="ND"))
    assert (value.status, value.missing, value.data, value.identity) == (Status.MISSING, "ND", None, "ND")
    other = parse(item, Entry("", missing="NA"))
    assert (other.status, other.missing) == (Status.NONCONFORMANT, "NA")
    assert other.problem is not None and "missing code" in other.problem.en


def test_an_unknown_date_stands_for_the_missing_code() -> None:
    item = make(ItemType.PARTIAL_DATE, missing=("UNK",))
    assert missing_code(item, "UN-UN-UNKN") == "UNK"
    assert missing_code(item, "2022") is None
    assert missing_code(make(ItemType.PARTIAL_DATE), "UN-UN-UNKN") is None
    assert missing_code(make(ItemType.TEXT, missing=("UNK",)), "UN") is None


def test_the_identity_of_a_value_is_its_text_with_its_unit() -> None:
    assert read(CREATININE, "1.20", unit="mg/dL").identity == "1.20 mg/dL"
    assert read(CREATININE, "1.20").identity == "1.20 µmol/L"
    assert read(DECIMAL, "1.2").identity == "1.2"


def test_a_conflict_is_carried_along() -> None:
    for entry in (
        Entry("5", conflict=True),
        Entry("abc", conflict=True),
        Entry("", missing="ND", conflict=True),
    ):
        assert parse(make(ItemType.DECIMAL, missing=("ND",)), entry).conflict
    assert parse(make(ItemType.TEXT), Entry("a", conflict=True)).conflict


ITEMS = [
    (DECIMAL, None),
    (INTEGER, None),
    (LIMITED, None),
    (CREATININE, None),
    (make(ItemType.TEXT, length=20), None),
    (make(ItemType.TEXT, pattern=r"\d{2}-\d{3}"), None),
    (make(ItemType.DATE), None),
    (make(ItemType.PARTIAL_DATE), None),
    (make(ItemType.TIME), None),
    (make(ItemType.DATETIME), None),
    (make(ItemType.CODE), SEX),
    (make(ItemType.CODE), GRADES),
    (make(ItemType.MULTI), AIR),
    (make(ItemType.LABEL), None),
]

TYPED = st.one_of(
    st.text(max_size=30),
    st.text(st.sampled_from("0123456789.,<>≤-−/:年月日 UNTｕｎ０５。％MF女室"), max_size=14),
    st.dates().map(str),
    st.dates(date(1000, 1, 1)).map(lambda d: f"{d.year}年{d.month}月{d.day}日"),
    st.times().map(lambda t: f"{t.hour}:{t.minute:02}"),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9).map(
        str
    ),
    st.datetimes(datetime(1000, 1, 1)).map(lambda d: d.isoformat(timespec="minutes")),  # noqa: DTZ001
)


@given(st.sampled_from(ITEMS), TYPED)
def test_a_shown_value_reads_back_as_itself(pair: tuple[Item, CodeList | None], text: str) -> None:
    item, codes = pair
    value = read(item, text, codes)
    again = parse(
        item, Entry(canonical(item, show(item, value), codes), value.unit if item.unit else None), codes
    )
    assert again == value
    stored = canonical(item, text, codes)
    assert canonical(item, stored, codes) == stored
    if value.status is Status.NONCONFORMANT and item.type not in (
        ItemType.TEXT,
        ItemType.LABEL,
        ItemType.DECIMAL,
        ItemType.INTEGER,
    ):
        assert value.text == text  # not one character changed
    if value.problem is not None:
        assert all(value.problem.in_(language) for language in LANGUAGES)
        assert value.data is None


# -- computed values ----------------------------------------


def test_computed_values() -> None:
    bmi = make(ItemType.DECIMAL, decimals=1, unit="kg/m²", calculate=expression("1"))
    value = computed(bmi, D("22.0500"))
    assert (value.text, value.data, value.unit, value.status) == ("22.05", D("22.05"), "kg/m²", Status.VALID)
    assert show(bmi, value) == "22.1"
    assert show(make(ItemType.DECIMAL, calculate=expression("1")), computed(bmi, D("22.0500"))) == "22.05"
    assert show(bmi, computed(bmi, None)) == ""
    assert computed(bmi, None) is EMPTY
    assert computed(bmi, "").status is Status.EMPTY
    assert computed(bmi, True).text == "Y" and computed(bmi, False).text == "N"
    assert computed(bmi, "HIGH").text == "HIGH"
    assert computed(bmi, date(2022, 3, 1)).text == "2022-03-01"
    assert computed(bmi, PartialDate(2022, 3)).text == "2022-03"
    assert computed(bmi, ("A", "B")).text == "A,B"
    assert computed(bmi, Interval(D(41), D(42))).text == "41–42"


def test_operands_are_written_plainly() -> None:
    assert [written(x) for x in (None, D("5.0"), True, False, "x", Interval(None, D(5), high_open=True))] == [
        "",
        "5",
        "Y",
        "N",
        "x",
        "<5",
    ]


def test_folding() -> None:
    assert narrow("℃") == "°C"
    assert narrow("10⁹") == "10⁹"
    assert loose("µkat / L") == loose("μKAT/l") == loose("ukat/L")


def test_units_are_split_off_only_when_the_item_knows_them() -> None:
    assert split_unit(CREATININE, "2.1 mg/dL") == ("2.1", "mg/dL")
    assert split_unit(DECIMAL, "2.1 mg/dL") == ("2.1 mg/dL", None)


SHORT = st.one_of(
    st.text("0123456789.<- e", max_size=6),
    st.dates().map(str),
    st.sampled_from(
        ["2022-02-30", "0000-01-01", "9999-12-31", "2022-03", "007", "7.0", "1" * 33, "1" * 34, "5."]
    ),
)


@pytest.mark.parametrize("kind", list(ItemType))
@given(text=SHORT)
def test_the_shorter_way_reads_what_the_long_way_reads(kind: ItemType, text: str) -> None:
    item = make(kind, unit="mg")
    short = as_stored(item)
    found = None if short is None else short(text)
    assert found is None or found == parse(item, Entry(text))
    if text.isdecimal() and text == str(int(text)) and len(text) < 34 and kind is ItemType.INTEGER:
        assert found is not None  # it is of use, too
