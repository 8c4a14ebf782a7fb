"""XLSForm as a study that runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.exchange import xlsformin
from mda5_crf.exchange.grids import Book, Notes, Raw
from mda5_crf.study import source
from mda5_crf.study.load import load_source
from mda5_crf.study.model import ItemType, Layout, Study
from mda5_crf.study.writing import toml_files
from tests.unit.exchange.booktools import made, read_bytes, said

HEAD = (
    "type", "name", "label::English (en)", "label::中文 (zh)", "hint", "required", "relevant", "constraint",
    "constraint_message", "calculation", "parameters", "appearance", "label::Français (fr)",
)  # fmt: skip
CHOICES = (
    ("list_name", "name", "label::English (en)", "label::中文 (zh)"),
    ("sex", "f", "Female", "女"), ("sex", "m", "Male", "男"),
    ("ill", "1", "Cough", "咳嗽"), ("ill", "2", "Fever", "发热"), ("ill", "1", "Again", "又"),
)  # fmt: skip
SETTINGS = (("form_title", "form_id", "version"), ("Household form", "hh-2", "2024"))


def row(**cells: str) -> list[str]:
    """A row of the survey; ``en`` and ``zh`` are its labels."""
    names = {"en": HEAD[2], "zh": HEAD[3], "fr": HEAD[12]}
    told = {names.get(key, key): text for key, text in cells.items()}
    assert set(told) <= set(HEAD)
    return [told.get(name, "") for name in HEAD]


def taken(
    *rows: list[str], choices: Sequence[Sequence[str]] = CHOICES
) -> tuple[Study, Notes, dict[str, Any]]:
    """The study, the notes, and what origin.json holds."""
    data = made({"survey": [HEAD, *rows], "choices": choices, "settings": SETTINGS})
    book = read_bytes(data)
    assert xlsformin.is_form(book)
    description, notes = xlsformin.read(book)
    assert not notes.problems, said(notes, "problems")
    study = load_source(source.pack(toml_files(description)))
    return study, notes, json.loads(description["origin.json"])


@pytest.mark.parametrize("cells, kind, facts",
    [
        ({"type": "text"}, ItemType.TEXT, {}),
        ({"type": "integer", "constraint": ". >= 0 and . < 120"}, ItemType.INTEGER, {"hard": "0 119"}),
        ({"type": "integer", "constraint": "0 < ."}, ItemType.INTEGER, {"hard": "1 "}),
        ({"type": "decimal", "constraint": ". <= -1.5"}, ItemType.DECIMAL, {"hard": " -1.5"}),
        ({"type": "date", "constraint": ". <= today() and . >= date('2020-01-31')"}, ItemType.DATE,
         {"hard": 'date("2020-01-31") today'}),
        ({"type": "time"}, ItemType.TIME, {}),
        ({"type": "dateTime"}, ItemType.DATETIME, {}),
        ({"type": "select_one sex"}, ItemType.CODE, {"codes": "f m"}),
        ({"type": "select_multiple ill"}, ItemType.MULTI, {"codes": "1 2"}),
        ({"type": "select_one nothing"}, ItemType.TEXT, {}),
        ({"type": "note"}, ItemType.LABEL, {}),
        ({"type": "acknowledge"}, ItemType.CODE, {"codes": "OK"}),
        ({"type": "range", "parameters": "start=1 end=5 step=1"}, ItemType.INTEGER, {"hard": "1 5"}),
        ({"type": "range", "parameters": "start=0 end=1 step=0.1"}, ItemType.DECIMAL, {"hard": "0 1"}),
        ({"type": "geopoint"}, ItemType.TEXT, {}),
        ({"type": "holo gram"}, ItemType.TEXT, {}),
        ({"type": "calculate", "calculation": "1 + 2"}, ItemType.DECIMAL, {"calculate": "1 + 2"}),
        ({"type": "calculate", "calculation": "'a'"}, ItemType.TEXT, {"calculate": '"a"'}),
        ({"type": "text", "constraint": "regex(., '^[A-Z]+$')"}, ItemType.TEXT, {"pattern": "[A-Z]+"}),
        ({"type": "text", "required": "true()"}, ItemType.TEXT, {"required": True}),
        ({"type": "text", "required": "no"}, ItemType.TEXT, {"required": False}),
    ],
)  # fmt: skip
def test_every_type_and_constraint(cells: dict[str, str], kind: ItemType, facts: dict[str, Any]) -> None:
    study, _, _ = taken(row(name="it", en="It", zh="它", **cells))
    item = study.item("HH2.IT")
    assert item.type is kind
    for key, wanted in facts.items():
        found: Any = getattr(item, key, None)
        if key == "codes":
            assert item.codelist is not None
            found = " ".join(value.code for value in study.codelists[item.codelist].values)
        elif key == "hard":
            found = " ".join(end.source if end else "" for end in (found.low, found.high))
        elif key == "calculate":
            found = found.source
        assert found == wanted, key


def test_a_whole_form() -> None:
    study, notes, origin = taken(
        row(type="start", name="start"),
        row(type="begin group", name="about", en="About", zh="关于", relevant="${go} = 'f'"),
        row(type="select_one sex", name="go", en="Go", zh="走"),
        row(type="begin_group", name="inner", relevant="${age} > 1"),
        row(type="integer", name="age", en="Age", zh="年龄", fr="Âge"),
        row(type="select_multiple ill or_other", name="ill", en="Ill", zh="患病", appearance="minimal"),
        row(type="end group"), row(type="end_group"),
        row(type="begin_repeat", name="med", en="Medicines", zh="用药", relevant="${age} > 5"),
        row(type="text", name="drug", en="Drug", zh="药名"),
        row(type="decimal", name="dose", en="Dose", zh="剂量", relevant="${drug} != ''",
            constraint=". > 0 and . <= ${most}", constraint_message="Too much"),
        row(type="end_repeat"),
        row(type="decimal", name="most", en="Most", zh="最多"),
        row(type="calculate", name="days", calculation="count(${med})"),
        row(type="text", name="out", en="Outside", relevant="${drug} = 'a'"),
    )  # fmt: skip
    form = study.forms["HH2"]
    assert (study.oid, study.version, study.origin, form.name.en, form.log) == (
        "HH_2",
        "2024",
        "XLSForm",
        "Household form",
        True,
    )
    assert [(group.name, group.layout, group.title.zh) for group in form.groups] == [
        ("ABOUT", Layout.ROWS, "关于"), ("INNER", Layout.ROWS, "关于"), ("MED", Layout.LOG, "用药"),
        ("MAIN", Layout.ROWS, "Household form"),
    ]  # fmt: skip
    assert form.items["ILL_OTHER"].relevant is not None
    assert form.items["ILL_OTHER"].relevant.source == 'selected(ILL, "other")'
    assert [value.code for value in study.codelists[form.items["ILL"].codelist or ""].values] == [
        "1",
        "2",
        "other",
    ]
    med = form.groups[2]
    assert med.relevant is not None
    assert med.relevant.source == "AGE > 5"
    (check,) = form.checks
    assert (check.fires.source, check.per_row, check.items, check.message.en) == (
        "not (DOSE > 0 and DOSE <= MOST)", "MED", ("DOSE",), "Too much",
    )  # fmt: skip
    assert form.items["OUT"].relevant is None, "which row is meant is not clear"
    assert origin["kept"]["days"]["calculation"] == "count(${med})"
    assert origin["kept"]["out"]["relevant"] == "${drug} = 'a'"
    assert origin["kept"]["age"]["label::Français (fr)"] == "Âge"
    assert origin["kept"]["start"]["type"] == "start"
    assert origin["kept"]["ill"]["appearance"] == "minimal"
    assert "choices, row 6, column name: The answer 1 stands twice; the first counts." in said(
        notes, "repaired"
    )


def test_a_group_whose_gate_is_its_own_item_still_runs() -> None:
    """A circle is taken out and noted, and never stops the import."""
    study, notes, _ = taken(
        row(type="begin_group", name="g", relevant="${a} = 1"),
        row(type="integer", name="a", en="A", zh="甲"),
        row(type="end_group"),
    )
    assert study.item("HH2.A").label.zh == "甲"
    assert study.forms["HH2"].groups[0].relevant is None
    assert any("was taken out" in line for line in said(notes, "kept"))


def test_groups_that_are_not_closed_or_not_open_are_told() -> None:
    _, notes, _ = taken(
        row(type="end_group"), row(type="begin_repeat", name="r"), row(type="begin_repeat", name="s"),
        row(type="text", name="t"), row(type="text"), row(name="x"),
    )  # fmt: skip
    assert [line.partition(": ")[2] for line in said(notes, "repaired")][1:] == [
        "This ends a group that was not begun.",
        "The repeat s stands inside another; its rows are rows of a log of their own.",
        "The group r is not closed; it ends with the sheet.",
        "The group s is not closed; it ends with the sheet.",
    ]
    assert [line.partition(":")[0] for line in said(notes, "unknown")] == [
        "survey, row 6, column name", "survey, row 7, column type",
    ]  # fmt: skip


def test_a_name_given_twice_is_a_problem() -> None:
    data = made({"survey": [HEAD, row(type="text", name="a"), row(type="text", name="a")]})
    _, notes = xlsformin.read(read_bytes(data))
    assert said(notes, "problems") == [
        "survey, row 3, column name: a stands here a second time. Rename one of the two or delete the row."
    ]


def test_plain_labels_and_old_headings() -> None:
    data = made(
        {
            "survey": [
                ("Type", "NAME", "label", "relevance"),
                ("integer", "n", "年龄", ""),
                ("text", "m", "", "${n} > 1"),
            ]
        }
    )
    description, notes = xlsformin.read(read_bytes(data))
    study = load_source(source.pack(toml_files(description)))
    assert study.item("FORM.N").label.zh == study.item("FORM.N").label.en == "年龄"
    gate = study.item("FORM.M").relevant
    assert gate is not None
    assert gate.source == "N > 1"
    assert not notes.problems


TYPES = st.sampled_from(
    ["text", "integer", "begin_group", "end_group", "begin_repeat", "end_repeat", "calculate",
     "select_one sex",
     "select_multiple ill or_other", "note", "range", "date", "rank ill", "", "xx"]
)  # fmt: skip
CELL = st.text(st.sampled_from("ab${}().<>= '1'anotdr是"), max_size=10)
EXPRESSION = st.sampled_from(
    ["", "${v1} > 1", "${v0} = 'f'", ". > 1", "selected(${v2}, '1')", "${v1} + ${v2}", "1 +"]
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": TYPES},
            optional={"en": CELL, "zh": CELL, "relevant": EXPRESSION, "constraint": EXPRESSION,
                      "calculation": EXPRESSION, "required": CELL, "parameters": CELL},
        ),
        min_size=1, max_size=6,
    )
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_any_form_gives_a_study_or_names_its_problems(rows: list[dict[str, str]]) -> None:
    survey = [(number, row(name=f"v{number - 2}", **one)) for number, one in enumerate(rows, 2)]
    choices = [(number, list(one)) for number, one in enumerate(CHOICES, 1)]
    book = Book("xlsx", [Raw("survey", [(1, list(HEAD)), *survey]), Raw("choices", choices)])
    description, notes = xlsformin.read(book)
    if not notes.problems:
        load_source(source.pack(toml_files(description)))
