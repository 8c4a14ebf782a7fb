"""REDCap's data dictionary as a study that runs."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.exchange import redcapin
from mda5_crf.exchange.grids import Book, Notes, Raw
from mda5_crf.exchange.odmorigin import names
from mda5_crf.study import source
from mda5_crf.study.load import load_source
from mda5_crf.study.model import ItemType, Study
from mda5_crf.study.writing import toml_files
from tests.unit.exchange.booktools import read_bytes, said

SHORT = {
    "v": redcapin.VARIABLE, "f": redcapin.FORM, "s": redcapin.SECTION, "t": redcapin.TYPE,
    "l": redcapin.LABEL, "c": redcapin.CHOICES, "n": redcapin.NOTE, "val": redcapin.VALIDATION,
    "lo": redcapin.LOW, "hi": redcapin.HIGH, "id": redcapin.IDENTIFIER, "b": redcapin.LOGIC,
    "r": redcapin.REQUIRED, "m": redcapin.MATRIX, "a": redcapin.ANNOTATION, "q": redcapin.QUESTION,
}  # fmt: skip


def dictionary(*fields: dict[str, str], head: tuple[str, ...] = redcapin.COLUMNS) -> bytes:
    """A dictionary as REDCap writes it: with a byte order mark, and quotes where they are needed."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(head)
    for one in fields:
        told = {SHORT[key]: text for key, text in {"f": "main", "t": "text", "l": "Label", **one}.items()}
        writer.writerow([told.get(name, "") for name in redcapin.COLUMNS])
    return b"\xef\xbb\xbf" + held.getvalue().encode()


def taken(
    *fields: dict[str, str], events: bytes | None = None, head: tuple[str, ...] = redcapin.COLUMNS
) -> tuple[Study, Notes, dict[str, Any]]:
    """The study, the notes, and what origin.json holds."""
    description, notes = redcapin.read(
        read_bytes(dictionary(*fields, head=head)), None if events is None else read_bytes(events), "Trial 7"
    )
    assert not notes.problems, said(notes, "problems")
    study = load_source(source.pack(toml_files(description)))
    return study, notes, json.loads(description["origin.json"])


TYPES: list[tuple[dict[str, str], ItemType, dict[str, Any]]] = [
    (
        {"val": "date_dmy", "lo": "1900-01-01", "hi": "today"},
        ItemType.DATE,
        {"soft": 'date("1900-01-01") today'},
    ),
    ({"val": "datetime_seconds_mdy"}, ItemType.DATETIME, {}),
    ({"val": "time"}, ItemType.TIME, {}),
    ({"val": "integer", "lo": "0", "hi": "120"}, ItemType.INTEGER, {"soft": "0 120"}),
    ({"val": "number_2dp"}, ItemType.DECIMAL, {"decimals": 2}),
    ({"val": "number_1dp_comma_decimal", "hi": "2,5"}, ItemType.DECIMAL, {"decimals": 1, "soft": " 2.5"}),
    ({"val": "email"}, ItemType.TEXT, {"pattern": r"[^@\s]+@[^@\s]+\.[^@\s]+"}),
    ({"val": "phone"}, ItemType.TEXT, {"pattern": None}),
    ({"t": "notes"}, ItemType.TEXT, {"length": None}),
    ({"t": "yesno"}, ItemType.CODE, {"codes": "1 0"}),
    ({"t": "truefalse"}, ItemType.CODE, {"codes": "1 0"}),
    (
        {"t": "radio", "c": "1, Male | 2, Female, or other | x9, <b>No</b> answer"},
        ItemType.CODE,
        {"codes": "1 2 x9"},
    ),
    ({"t": "dropdown", "c": "1, Male\n2, Female"}, ItemType.CODE, {"codes": "1 2"}),
    ({"t": "checkbox", "c": "-9, Other|1, One"}, ItemType.MULTI, {"codes": "-9 1"}),
    ({"t": "radio", "c": ""}, ItemType.TEXT, {}),
    ({"t": "slider", "c": "bad | | good"}, ItemType.INTEGER, {"hard": "0 100"}),
    ({"t": "slider", "lo": "-5", "hi": "5"}, ItemType.INTEGER, {"hard": "-5 5"}),
    (
        {"t": "descriptive", "l": "<p>Read<br>this &amp; that</p>"},
        ItemType.LABEL,
        {"label": "Read\nthis & that"},
    ),
    ({"t": "file"}, ItemType.TEXT, {}),
    ({"t": "sql", "c": "select 1"}, ItemType.TEXT, {}),
    ({"t": "hologram"}, ItemType.TEXT, {}),
    ({"t": "calc", "c": "1+2"}, ItemType.DECIMAL, {"calculate": "1 + 2"}),
]


@pytest.mark.parametrize("field, kind, facts", TYPES)
def test_every_type_and_validation(field: dict[str, str], kind: ItemType, facts: dict[str, Any]) -> None:
    study, _, _ = taken({"v": "it", **field})
    item = study.item("MAIN.IT")
    assert item.type is kind
    for key, wanted in facts.items():
        found: Any = getattr(item, key, None)
        if key == "codes":
            assert item.codelist is not None
            found = " ".join(value.code for value in study.codelists[item.codelist].values)
        elif key in ("hard", "soft"):
            found = " ".join(end.source if end else "" for end in (found.low, found.high))
        elif key == "calculate":
            found = found.source
        elif key == "label":
            found = found.en
        assert found == wanted, key


def test_a_whole_dictionary() -> None:
    odd = "[visit_1_arm_1][sex] = '1' or contains([q1], 2)"
    demo_form = {"f": "demographics"}
    study, notes, origin = taken(
        {"v": "record_id", **demo_form, "l": "Study ID"},
        {"v": "sex", **demo_form, "s": "<b>About</b>\r\nyou", "t": "radio", "c": "0, Female | 1, Male",
         "l": 'Sex "as registered"\r\nsecond line', "r": "y"},
        {"v": "preg", **demo_form, "t": "yesno", "b": "[sex] = '0' and [race(2)] = '1'", "n": "<i>ask</i>"},
        {"v": "race", **demo_form, "t": "checkbox", "c": "1, White | 2, Black | -9, Other", "id": "y"},
        {"v": "q1", "f": "mood", "t": "radio", "c": "0, no | 1, yes", "m": "mat", "l": "Sad"},
        {"v": "q2", "f": "mood", "t": "radio", "c": "0, no | 1, yes", "m": "mat", "l": "Tired"},
        {"v": "sum", "f": "mood", "t": "calc", "c": "[q1]+[q2]", "l": "Both"},
        {"v": "odd", "f": "mood", "b": odd, "a": "@DEFAULT='1'"},
    )  # fmt: skip
    assert (study.oid, study.name.en, study.origin) == ("TRIAL_7", "Trial 7", "REDCap")
    assert [(form.oid, form.name.zh) for form in study.forms.values()] == [
        ("DEMOGRAPHICS", "Demographics"), ("MOOD", "Mood"),
    ]  # fmt: skip
    demo, mood = study.forms.values()
    assert [group.title.en for group in demo.groups] == ["Demographics", "About\nyou"]
    sex = demo.items["SEX"]
    assert (sex.label.en, sex.required) == ('Sex "as registered"\nsecond line', True)
    gate = demo.items["PREG"].relevant
    assert gate is not None
    assert gate.source == 'SEX == 0 and selected(RACE, "2")'
    assert demo.items["PREG"].hint is not None
    assert [(item.row, item.column) for item in mood.groups[0].items] == [("Q1", "ANSWER"), ("Q2", "ANSWER")]
    assert [item.name for item in mood.groups[1].items] == ["SUM", "ODD"]
    total = mood.items["SUM"].calculate
    assert total is not None
    assert total.source == "Q1 + Q2"
    assert mood.items["Q1"].codelist == mood.items["Q2"].codelist
    assert mood.items["ODD"].relevant is None
    assert origin["kept"]["odd"] == {redcapin.LOGIC: odd, redcapin.ANNOTATION: "@DEFAULT='1'"}
    assert len(notes.kept) == 3
    assert said(notes, "kept")[-1].startswith("CSV, row 9, column Branching Logic")
    assert [due.form for due in study.due] == ["DEMOGRAPHICS", "MOOD"]


def test_calculations_in_annotations_run_as_well() -> None:
    study, notes, origin = taken(
        {"v": "n", "val": "integer", "lo": "1", "hi": "[m]"},
        {"v": "m", "val": "integer", "a": "@HIDDEN @CALCTEXT(if([n] > 1, \"a)\", 'b')) @NONE"},
        {"v": "d", "val": "date_ymd", "r": "y", "lo": "1.2.2020", "a": "@CALCDATE([d], 1, 'd')"},
        {"v": "e", "a": "@CALCTEXT(broken", "val": "time", "hi": "12:00"},
    )
    made = study.item("MAIN.M").calculate
    assert made is not None
    assert made.source == 'if_(coalesce(N > 1, False), "a)", "b")'
    limits = study.item("MAIN.N").soft
    assert limits is not None
    assert [end.source if end else "" for end in (limits.low, limits.high)] == ["1", "M"]
    assert study.item("MAIN.D").calculate is None
    assert study.item("MAIN.D").required, "what does not run takes nothing away"
    assert origin["kept"]["d"][redcapin.LOW] == "1.2.2020"
    assert study.item("MAIN.E").soft is None
    assert sum("does not run" in line for line in said(notes, "kept")) == 2


def test_redcaps_own_data_find_their_items() -> None:
    study, _, _ = taken(
        {"v": "sex", "t": "radio", "c": "0, Female | 1, Male"},
        {"v": "race", "t": "checkbox", "c": "1, White | -9, Other"},
    )
    found = names(study)
    assert found is not None
    box = found.item("Form.main", "main.sex", "race____9")
    assert box is not None
    assert (box.form, box.item, box.code) == ("MAIN", "RACE", "-9")
    assert found.form("Form.main") == "MAIN"


def test_an_expression_that_cannot_run_is_kept_and_the_rest_runs() -> None:
    """What translates and is refused by the loader (a circle) is taken out, noted, and kept."""
    study, notes, origin = taken(
        {"v": "a", "t": "calc", "c": "[b]+1"},
        {"v": "b", "t": "calc", "c": "[a]+1"},
        {"v": "c", "t": "calc", "c": "[nobody]"},
    )
    assert study.item("MAIN.C").calculate is None
    assert origin["kept"]["c"][redcapin.CHOICES] == "[nobody]"
    assert any("(calculate)" in told for told in origin["kept"].values())
    assert any("this does not run here" in line for line in said(notes, "kept"))


EVENTS = (
    "arm_num,unique_event_name,form,day_offset,offset_min,offset_max\n"
    "1,visit_1_arm_1,main,0,0,0\n1,week_4_arm_1,main,28,7,7\n1,week_4_arm_1,main,28,7,7\n1,week_4_arm_1,gone,28,,\n,,main,,,\n"
)


def test_events_with_their_forms_are_taken_as_well() -> None:
    study, notes, _ = taken({"v": "a"}, {"v": "b", "f": "other"}, events=EVENTS.encode())
    assert [(one.oid, one.name.en, one.target, one.window) for one in study.events.values()] == [
        ("VISIT_1_ARM_1", "Visit 1", 1, (1, 1)), ("WEEK_4_ARM_1", "Week 4", 29, (22, 36)),
        ("ALL_FORMS", "All forms", None, None),
    ]  # fmt: skip
    assert [(due.event, due.form) for due in study.due] == [
        ("VISIT_1_ARM_1", "MAIN"), ("WEEK_4_ARM_1", "MAIN"), ("ALL_FORMS", "OTHER"),
    ]  # fmt: skip
    assert said(notes, "unknown") == [
        "CSV 2, row 5, column form: The dictionary has no form gone; the line was left out.",
        "CSV 2, row 6, column unique_event_name: The row has no name here and was left out.",
    ]
    assert said(notes, "repaired") == [
        "These forms belong to no visit and were given one of their own: other."
    ]


def test_events_without_forms_take_all_forms() -> None:
    table = "event_name,arm_num,unique_event_name\nEnrolment,1,e_arm_1\nEnrolment,2,e_arm_2\n"
    study, notes, _ = taken({"v": "a"}, events=table.encode())
    assert [one.name.en for one in study.events.values()] == ["Enrolment (1)", "Enrolment (2)"]
    assert [(due.event, due.form, due.mark) for due in study.due] == [
        ("E_ARM_1", "MAIN", "optional"), ("E_ARM_2", "MAIN", "optional"),
    ]  # fmt: skip
    assert len(notes.repaired) == 1


@pytest.mark.parametrize(
    "fields, says",
    [
        ([{"v": "a"}, {"v": "a"}], "CSV, row 3, column Variable / Field Name: a stands here a second time."),
        ([], "The dictionary has no fields."),
    ],
)
def test_what_is_no_dictionary_is_named(fields: list[dict[str, str]], says: str) -> None:
    _, notes = redcapin.read(read_bytes(dictionary(*fields)))
    assert any(line.startswith(says) for line in said(notes, "problems"))


def test_the_headings_of_the_interface_are_known_too() -> None:
    head = tuple({long: short for short, long in redcapin._SHORT.items()}[name] for name in redcapin.COLUMNS)
    study, _, _ = taken({"v": "a", "val": "integer"}, head=head)
    assert study.item("MAIN.A").type is ItemType.INTEGER


def test_rows_and_choices_with_mistakes_are_mended_and_told() -> None:
    study, notes, _ = taken(
        {"v": "a", "t": "radio", "c": "1, One | 1, Again | two | , none"},
        {"v": "b", "f": "second"},
        {"v": "c"},
        {"v": ""},
    )
    assert [value.text.en for value in study.codelists["A"].values] == ["One", "two"]
    assert said(notes, "repaired") == [
        f"CSV, row 2, column {redcapin.CHOICES}: The answer 1 stands twice; the first counts.",
        f"CSV, row 2, column {redcapin.CHOICES}: The answer two has no label; its code is shown.",
        "CSV, row 4, column Form Name: "
        "The fields of form main do not stand together; they were put together.",
    ]
    assert len(notes.unknown) == 1


CELL = st.text(st.sampled_from("ab[]()'\"=<>| ,1290\n<b>是-@."), max_size=12)


@given(
    st.lists(
        st.fixed_dictionaries(
            {}, optional={key: CELL for key in SHORT if key not in ("v", "t")}
            | {"t": st.sampled_from(["text", "radio", "calc", "checkbox", "slider", "yesno", "x"])},
        ),
        min_size=1, max_size=5,
    )
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_any_dictionary_gives_a_study_or_names_its_problems(fields: list[dict[str, str]]) -> None:
    rows = [
        {"f": "main", "l": "x", **one, "v": f"v{number}", "t": one.get("t", "text")}
        for number, one in enumerate(fields)
    ]
    cells = [
        [{SHORT[k]: v for k, v in row.items()}.get(name, "") for name in redcapin.COLUMNS] for row in rows
    ]
    book = Book("csv", [Raw("", [(1, list(redcapin.COLUMNS)), *enumerate(cells, 2)])])
    description, notes = redcapin.read(book)
    if not notes.problems:
        load_source(source.pack(toml_files(description)))
