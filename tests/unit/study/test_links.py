"""Links to rows of a log: typed as line numbers, kept as identities, asked about when the row is gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study import links
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Severity
from mda5_crf.study.source import pack
from mda5_crf.study.values import Entry, Status, canonical, parse, show
from mda5_crf.text import Text
from tests.unit.study.participant import Participant
from tests.unit.study.wider import wider, wider_study

LIVE = ["9f3a:17", "9f3a:21", "b1:3"]
MANY = wider_study().item("CM.CMAENO")
ONE = wider_study().item("CM.CMMAIN")


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("3", "b1:3"),
        ("1,3", "9f3a:17,b1:3"),
        ("3, 1", "9f3a:17,b1:3"),
        ("1 3", "9f3a:17,b1:3"),
        ("1、３", "9f3a:17,b1:3"),
        ("1；3", "9f3a:17,b1:3"),
        ("AE#2", "9f3a:21"),
        ("ae # 2, AE#1", "9f3a:17,9f3a:21"),
        ("#2", "9f3a:21"),
        ("02", "9f3a:21"),
        ("2,2", "9f3a:21"),
        ("9f3a:21", "9f3a:21"),
        ("9f3a:21, 1", "9f3a:17,9f3a:21"),
        ("", ""),
        ("  ", ""),
        (",", ""),
        ("4", None),
        ("0", None),
        ("1,4", None),
        ("-1", None),
        ("1.5", None),
        ("x", None),
        ("9f3a:99", None),
        ("99999999999", None),
        ("²", None),
    ],
)
def test_line_numbers_become_identities(typed: str, stored: str | None) -> None:
    assert links.resolve(typed, LIVE) == stored


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("3", "b1:3"), ("3,1", "9f3a:17,b1:3"), ("AE#3", "b1:3"), ("b1:3", "b1:3"),
        ("2", None), ("AE#2", None), ("1,2", None), ("9f3a:21", None), ("2×", None), ("4", None),
    ],
)  # fmt: skip
def test_a_struck_row_keeps_its_number_and_cannot_be_named(typed: str, stored: str | None) -> None:
    assert links.resolve(typed, LIVE, {"9f3a:17", "b1:3"}) == stored


@pytest.mark.parametrize(
    "shown, words",
    [
        ("1, 2×, 13×", Text("1, 2 (struck), 13 (struck)", "1, 2（已划除）, 13（已划除）")),
        ("1, 3", Text("1, 3", "1, 3")),
        ("3 × daily", Text("3 × daily", "3 × daily")),
        ("2×, ?", Text("2 (struck), ?", "2（已划除）, ?")),
    ],
)
def test_the_mark_of_a_struck_row_has_words(shown: str, words: Text) -> None:
    assert links.in_words(shown) == words


@pytest.mark.parametrize(
    "stored, shown",
    [
        ("b1:3", "3"),
        ("b1:3,9f3a:17", "1, 3"),
        ("b1:3,gone:1", "3, ?"),
        ("9f3a:21", "2×"),
        ("b1:3,9f3a:21,9f3a:17", "1, 2×, 3"),
        ("gone:1,9f3a:21", "2×, ?"),
        ("gone:1,gone:2", "?, ?"),
        ("7", "7"),
        ("after the rash", "after the rash"),
        ("see above.", "see above."),
        ("", ""),
    ],
)
def test_identities_are_shown_as_line_numbers(stored: str, shown: str) -> None:
    assert links.show(stored, LIVE, {"9f3a:17", "b1:3"}) == shown


identities = st.lists(
    st.builds("{}:{}".format, st.text("0123456789abcdef", min_size=1, max_size=8), st.integers(1, 9999)),
    min_size=1,
    max_size=8,
    unique=True,
)


@given(identities, st.data())
def test_what_is_shown_can_be_typed_again(live: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(live), min_size=1, unique=True))
    stored = links.resolve(",".join(chosen), live)
    assert stored is not None
    assert set(stored.split(",")) == set(chosen)
    assert links.resolve(links.show(stored, live), live) == stored


@given(st.text(max_size=20), identities)
def test_no_text_is_too_strange(text: str, live: list[str]) -> None:
    stored = links.resolve(text, live)
    assert stored is None or all(one in live for one in stored.split(",") if one)
    links.show(text, live)


def test_identities_stay_as_they_are_and_line_numbers_as_typed() -> None:
    assert canonical(MANY, "9f3a:17, b1:3,9f3a:17") == "9f3a:17,b1:3"
    assert canonical(MANY, "3") == "3"
    assert canonical(MANY, "AE#3") == "AE#3"
    assert canonical(ONE, "9f3a:17") == "9f3a:17"
    assert canonical(ONE, "9f3a:17,b1:3") == "9f3a:17,b1:3"
    assert canonical(MANY, " ") == ""


def test_operands() -> None:
    several = parse(MANY, Entry("9f3a:17,b1:3"))
    assert several.data == ("9f3a:17", "b1:3")
    assert show(MANY, several) == "9f3a:17,b1:3"
    assert parse(MANY, Entry("b1:3")).data == ("b1:3",)
    assert parse(ONE, Entry("b1:3")).data == "b1:3"


@pytest.mark.parametrize("text", ["3", "AE#3", "rash", ":", "9f3a:17,b1:3", "9f3a:17,4"])
def test_what_names_no_row_does_not_read(text: str) -> None:
    value = parse(ONE, Entry(text))
    assert (value.status, value.data, value.text) == (Status.NONCONFORMANT, None, text)
    assert value.problem == Text(
        "Mainly for must be the number of one line of AE that is there, such as 3",
        "主要用于必须是 AE 中现有的一行的行号，例如 3",
    )


def test_several_lines_are_asked_for_where_several_may_be_named() -> None:
    problem = parse(MANY, Entry("7")).problem
    assert problem == Text(
        "For which events? must be numbers of lines of AE that are there, such as 1, 3",
        "用于哪些事件？必须是 AE 中现有各行的行号，例如 1, 3",
    )


def linked() -> Participant:
    """Two events, one medication given for the second."""
    one = Participant(wider_study())
    one.add_row("LOG", "AE", "ROWS", "d1:5", AETERM="Rash").add_row(
        "LOG", "AE", "ROWS", "d1:6", AETERM="Cough"
    )
    return one.add_row("LOG", "CM", "ROWS", "d1:8", CMTRT="Syrup", CMAENO="d1:6", CMMAIN="d1:6")


def test_a_link_to_a_live_row_is_no_finding() -> None:
    one = linked()
    assert one.findings("LOG", "CM") == {}
    assert one.shown("LOG", "AE", "AETREATED", "d1:5") == "0"
    assert one.shown("LOG", "AE", "AETREATED", "d1:6") == "1"
    assert one.shown("LOG", "CM", "CMFIRST", "d1:8") == "Cough"


def test_a_link_to_a_struck_row_is_asked_about_until_it_is_chosen_again() -> None:
    one = linked()
    group = one.form("LOG", "AE")._replace(group="ROWS")
    one.data.strike_row(group, "d1:6")
    found = one.findings("LOG", "CM")["LINK"]
    assert found.severity is Severity.QUERY
    assert not found.blocks and not found.at_completion
    assert [f.items[0].item for f in one.state("LOG", "CM").findings if f.check == "LINK"] == [
        "CMAENO",
        "CMMAIN",
    ]
    assert found.message in (
        Text(
            "For which events? names a line of AE that is not there: choose the line again",
            "用于哪些事件？所关联的 AE 行已不存在，请重新选择",
        ),
        Text(
            "Mainly for names a line of AE that is not there: choose the line again",
            "主要用于所关联的 AE 行已不存在，请重新选择",
        ),
    )
    assert one.shown("LOG", "CM", "CMFIRST", "d1:8") == ""
    one.data.add_row(group, "d1:6")
    assert one.findings("LOG", "CM") == {}
    one.enter("LOG", "CM", "d1:8", CMAENO="d1:5,d1:99")
    assert "LINK" in one.findings("LOG", "CM")
    one.enter("LOG", "CM", "d1:8", CMAENO="d1:5")
    assert one.findings("LOG", "CM") == {}
    assert one.shown("LOG", "AE", "AETREATED", "d1:5") == "1"


def test_a_link_in_a_participant_without_that_log() -> None:
    one = Participant(wider_study()).add_row("LOG", "CM", "ROWS", "d1:8", CMTRT="x", CMMAIN="d1:6")
    assert "LINK" in one.findings("LOG", "CM")


def test_a_confirmed_link_stays_confirmed_for_that_row_only() -> None:
    one = linked()
    one.data.strike_row(one.form("LOG", "AE")._replace(group="ROWS"), "d1:6")
    key = one.key("LOG", "CM", "CMMAIN", "d1:8")
    one.data.confirm(key, "LINK", "d1:6")
    assert [f.confirmed for f in one.state("LOG", "CM").items[key].findings] == [True]
    one.enter("LOG", "CM", "d1:8", CMMAIN="d1:7")
    assert [f.confirmed for f in one.state("LOG", "CM").items[key].findings] == [False]


def test_the_lines_of_a_log_with_two_groups_are_counted_through() -> None:
    files = wider()
    head, _, rest = files["forms/AE.toml"].partition("[[check]]")
    group = head[head.index("[[group]]") :]
    second = group.replace('"ROWS"', '"MORE"').replace('"AE', '"BE').replace("AETREATED", "BETREATED")
    second = second.replace("'line_number()'", "'line_number() + 100'")
    files["forms/AE.toml"] = f"{head}{second}[[check]]{rest}"
    study = load_source(pack(files))
    one = Participant(study).add_row("LOG", "CM", "ROWS", "d1:8", CMTRT="x", CMMAIN="d1:6")
    one.add_row("LOG", "AE", "ROWS", "d1:5", AETERM="Rash")
    assert "LINK" in one.findings("LOG", "CM")
    one.add_row("LOG", "AE", "MORE", "d1:6", BETERM="Cough")
    assert one.findings("LOG", "CM") == {}


def test_a_row_that_comes_back_ends_the_question_without_a_look_at_the_log() -> None:
    one = linked()
    assert one.findings("LOG", "CM") == {}
    group = one.form("LOG", "AE")._replace(group="ROWS")
    for _ in range(2):
        one.data.strike_row(group, "d1:6")
        assert "LINK" in one.findings("LOG", "CM")
        one.data.add_row(group, "d1:6")
        assert one.findings("LOG", "CM") == {}
