"""Cells and sheets that are wrong in one place: what is refused, and where it is said."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.exchange import bookcells, redcapin, sheetbook, sheetin, workbookin, xlsformin
from mda5_crf.exchange.bookcells import BadCell, Cell, Codec
from mda5_crf.exchange.grids import Book, Notes, Raw
from tests.faults.hostilefiles import book, cells, parts

FORM: Mapping[str, Cell] = {"form": "F"}


def described(**sheets: list[Mapping[str, Cell]]) -> tuple[dict[str, Any], Notes]:
    return workbookin.described(
        {name: list(enumerate(rows, 2)) for name, rows in sheets.items()}, ("en", "zh")
    )


def places(notes: Notes) -> set[tuple[str, int, str]]:
    return {(one.sheet, one.row, one.column) for one in notes.problems}


WRONG: list[tuple[str, dict[str, list[Mapping[str, Cell]]], tuple[str, int, str]]] = [
    ("no settings", {}, ("settings", 0, "")),
    ("form without oid", {"forms": [{"domain": "AE"}]}, ("forms", 2, "form")),
    ("form twice", {"forms": [FORM, FORM]}, ("forms", 3, "form")),
    ("unknown list", {"lists": [{"list": "colours", "name": "x"}]}, ("lists", 2, "list")),
    ("name twice", {"lists": [{"list": "names", "name": "x", "value": "1"}] * 2}, ("lists", 3, "name")),
    ("codelist twice", {"codelists": [{"list_name": "A"}] * 2}, ("codelists", 3, "list_name")),
    ("group without name", {"forms": [FORM], "survey": [{"form": "F", "type": "begin_group"}]},
     ("survey", 2, "group")),
    ("choice of no list", {"choices": [{"name": "1"}]}, ("choices", 2, "list_name")),
    ("heading of no form", {"headings": [{"form": "G", "axis": "row"}]}, ("headings", 2, "form")),
    ("entry of no form", {"entries": [{"form": "G", "template": "T"}]}, ("entries", 2, "form")),
    ("instrument of no form", {"instruments": [{"form": "G"}]}, ("instruments", 2, "form")),
    ("part that is no number", {"files": [{"file": "a", "part": "x", "text": '"t"'}]}, ("files", 2, "text")),
    ("other function", {"forms": [FORM], "instruments": [
        {"form": "F", "instrument": "I", "function": "a"}, {"form": "F", "instrument": "I", "function": "b"},
    ]}, ("instruments", 3, "function")),
    ("input twice", {"forms": [FORM], "instruments": [
        {"form": "F", "instrument": "I", "function": "a", "input": "x", "expression": "1"},
        {"form": "F", "instrument": "I", "input": "x", "expression": "2"},
    ]}, ("instruments", 3, "input")),
]  # fmt: skip


@pytest.mark.parametrize("sheets, place", [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_what_is_wrong_is_said_where_it_stands(
    sheets: dict[str, list[Mapping[str, Cell]]], place: tuple[str, int, str]
) -> None:
    whole = {"settings": [{"study_oid": "S"}], **sheets} if place[0] != "settings" else sheets
    assert places(described(**whole)[1]) == {place}


def test_a_group_does_not_reach_into_the_next_form_and_end_rows_say_nothing() -> None:
    survey: list[Mapping[str, Cell]] = [
        {"form": "F", "type": "begin_group", "group": "A"}, {"type": "text", "name": "X"},
        {"type": "end_group"}, {"form": "G", "type": "text", "name": "Y"},
    ]  # fmt: skip
    made, notes = described(settings=[{"study_oid": "S"}], forms=[FORM, {"form": "G"}], survey=survey)
    assert [one["name"] for one in made["forms/F.toml"]["group"][0]["item"]] == ["X"]
    assert places(notes) == {("survey", 5, "group")}


def test_a_window_around_a_day_that_stands_for_another() -> None:
    made, _ = described(events=[{"oid": "E", "day": "{day}", "window_before": 3, "window_after": 3}])
    assert made["schedule.toml"]["event"] == [{"oid": "E", "target": "{day}"}]


@pytest.mark.parametrize(
    "codec, value",
    [
        (bookcells.FLAG, "yes"), (bookcells.WHOLE, True), (bookcells.WHOLE, 10**15),
        (bookcells.PAIR,
        {"en": " "}), (bookcells.PAIR, {"de": "x"}), (bookcells.LIMITS, [1, True]), (bookcells.LIMITS, [1]),
        (bookcells.LIMITS, "5"), (bookcells.NUMBER, True), (bookcells.WORDS, [1]),
    ],
)  # fmt: skip
def test_what_would_not_come_back_the_same_gets_no_cell(codec: Codec, value: object) -> None:
    assert codec.put(value, ("en", "zh")) is None


@pytest.mark.parametrize(
    "codec",
    [bookcells.FLAG, bookcells.WHOLE, bookcells.PAIR, bookcells.LIMITS],
    ids=["flag", "whole", "pair", "limits"],
)
def test_a_text_that_stands_for_a_value_comes_back(codec: Codec) -> None:
    held = codec.put("{entry.x}", ("en", "zh"))
    assert held is not None and codec.take(held, ("en", "zh")) == "{entry.x}"


def test_numbers_that_are_not_whole_or_too_large_for_one() -> None:
    for text in ("5.5", "1e17", "five", ""):
        with pytest.raises(BadCell, match="cell_whole"):
            bookcells.whole(text)
    assert bookcells.whole("5.0") == 5
    assert bookcells.LOOSE.take(["1.50"], ()) == Decimal("1.50") and bookcells.LOOSE.take(["yes"], ()) is True
    assert bookcells.same(None) is None and bookcells.same(True) is True


@pytest.mark.parametrize("name, most", [("PARTS", 2), ("UNFOLDED", 10), ("TEXTS", 1), ("TEXT_CHARACTERS", 1)])
def test_a_book_beyond_a_bound_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    data = book(parts(strings="<si><t>one</t></si><si><t>two</t></si>"))
    list(sheetin.lines(io.BytesIO(data), {}))
    monkeypatch.setattr(sheetbook, name, most)
    with pytest.raises(InputRefused, match=r"hostile\.bomb"):
        list(sheetin.lines(io.BytesIO(data), {}))


def test_rows_beyond_the_limit_and_how_a_text_is_pronounced() -> None:
    data = book(parts(cells("a") + cells("b", row=9)))
    with pytest.raises(InputRefused, match=r"hostile\.rows"):
        list(sheetin.lines(io.BytesIO(data), {"rows": 5}))
    told = list(sheetin.lines(io.BytesIO(data), {"first": 1}))
    assert [one["cells"] for one in told if "row" in one] == [["a"]]
    ruby = '<row><c t="inlineStr"><is><t>漢</t><rPh><t>kan</t></rPh></is></c></row>'
    told = list(sheetin.lines(io.BytesIO(book(parts(ruby))), {}))
    assert [one["cells"] for one in told if "row" in one] == [["漢"]]


def survey(*rows: list[str], choices: list[list[str]] | None = None) -> tuple[dict[str, Any], Notes]:
    head = ["type", "name", "label", "constraint", "calculation", "guidance_hint", "constraint_message"]
    sheets = [Raw("survey", list(enumerate([head, *rows], 1)))]
    if choices:
        sheets.append(Raw("choices", list(enumerate([["list_name", "name", "label", "image"], *choices], 1))))
    sheets.append(Raw("notes", [(1, ["x"])]))
    return xlsformin.read(Book("xlsx", sheets))


def told(description: dict[str, Any]) -> dict[str, Any]:
    tables = description["forms/FORM.toml"]["group"]
    return {item["name"]: item for table in tables for item in table["item"]}


def test_choices_without_list_and_pictures_and_sheets_of_others() -> None:
    _, notes = survey(
        ["select_one a", "q", "Q"], choices=[["", "1", "One", ""], ["a", "1", "One", "one.png"]]
    )
    assert {(one.sheet, one.row, one.column) for one in notes.unknown} == {
        ("choices", 2, "list_name"),
        ("notes", 0, ""),
    }
    assert ("choices", 3, "image") in {(one.sheet, one.row, one.column) for one in notes.kept}
    assert not xlsformin.is_form(Book("xlsx", [Raw("notes")]))


@pytest.mark.parametrize(
    "constraint",
    ["regex(., '[A-Z]+')", "regex(., '^a|b$')", "regex(., '^([A-Z]$')", "regex(${n}, '^a$')", ". != 'x'"],
)
def test_a_constraint_that_is_no_pattern_of_the_whole_field(constraint: str) -> None:
    description, _ = survey(["text", "n", "N"], ["text", "q", "Q", constraint])
    assert "pattern" not in told(description)["Q"]


@pytest.mark.parametrize(
    "calculation, kind",
    [
        ("${n}", "integer"),
        ("${t}", "text"),
        ("today()", "date"),
        ("if(${n} > 1, 1, ${n})", "integer"),
        ("1", "decimal"),
    ],
)
def test_what_a_calculation_gives(calculation: str, kind: str) -> None:
    description, _ = survey(
        ["integer", "n", "N"], ["text", "t", "T"], ["calculate", "c", "C", "", calculation]
    )
    assert told(description)["C"]["type"] == kind


def test_guidance_is_kept_and_a_message_of_limits_has_no_place() -> None:
    description, notes = survey(["integer", "n", "N", ". > 1", "", "Look twice", "Too low"])
    assert told(description)["N"]["guidance"]["en"] == "Look twice" and told(description)["N"]["hard"] == [
        "2",
        "",
    ]
    assert [(one.row, one.column) for one in notes.kept] == [(2, "constraint_message")]


def test_a_dictionary_with_a_column_of_somebody_and_events_of_nothing() -> None:
    head = [*redcapin.COLUMNS[:5], "Colour", redcapin.ANNOTATION, redcapin.VALIDATION]
    rows = [head, ["a", "main", "", "text", "A", "red", "@CALCTEXT(1", "number"]]
    description, notes = redcapin.read(Book("csv", [Raw("", list(enumerate(rows, 1)))]), Book("csv"))
    assert {one.column for one in notes.kept} >= {"Colour", redcapin.ANNOTATION}
    (group,) = next(made["group"] for name, made in description.items() if name.startswith("forms/"))
    assert "calculate" not in group["item"][0] and group["item"][0]["type"] == "decimal"
    assert not redcapin.is_dictionary(Book("csv", [Raw("")]))
