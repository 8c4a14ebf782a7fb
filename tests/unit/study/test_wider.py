"""The wider definition: what is read of it, and that nothing remembered of a participant ever shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.load import load_source
from mda5_crf.study.model import ItemType, Mark
from mda5_crf.study.references import ConsentVersion, Delegation, References
from mda5_crf.study.schedule import due_forms
from mda5_crf.study.source import pack
from mda5_crf.study.values import Entry
from tests.unit.study.definitions import changed, problems_of
from tests.unit.study.participant import TODAY
from tests.unit.study.wider import wider, wider_study


def test_links_and_checks_are_read() -> None:
    study = wider_study()
    many, one = study.item("CM.CMAENO"), study.item("CM.CMMAIN")
    assert (many.type, many.to, many.many) == (ItemType.LINK, "AE", True)
    assert (one.type, one.to, one.many) == (ItemType.LINK, "AE", False)
    assert [check.deviation for check in study.forms["AE"].checks] == ["PROCEDURE", None]


def test_closings_are_read_in_order() -> None:
    stopped, male = wider_study().closings
    assert (stopped.oid, stopped.events, stopped.except_forms) == ("STOPPED", ("W4", "W12"), ("VS",))
    assert (male.oid, male.except_forms, male.text.zh) == ("MALE", (), "仅限女性。")


def test_a_condition_on_an_optional_line_is_read() -> None:
    line = next(line for line in wider_study().due if (line.event, line.form) == ("W4", "HR"))
    assert line.mark is Mark.OPTIONAL
    assert line.when is not None


def test_the_schedule_may_be_one_list() -> None:
    files = wider()
    head, _, rest = files["schedule.toml"].partition("[[due]]")
    lines = ['{ event = "SCR", form = "IC", mark = "required" }']
    wanted = wider_study()
    for due in wanted.due[1:]:
        when = f", when = '{due.when.source}'" if due.when is not None else ""
        within = f", within = {due.within}" if due.within else ""
        lines.append(f'{{ event = "{due.event}", form = "{due.form}", mark = "{due.mark}"{when}{within} }}')
    others = "".join("[[" + part for part in rest.split("[[") if part.startswith(("event", "closing")))
    text = f"due = [\n  {', '.join(lines)},\n]\n{head}\n{others}"
    read = load_source(pack({**files, "schedule.toml": text}))
    assert read.due == wanted.due


def test_all_entries_of_a_name_are_one_codelist() -> None:
    codes = wider_study().codelists["TESTCD"]
    assert [value.code for value in codes.values] == ["CK", "ALT", "CREAT"]
    assert codes.by_code["CK"].text.zh == "肌酸激酶"
    assert [value.rank for value in codes.values] == [0, 1, 2]


def test_entries_of_several_forms_and_of_the_same_code_are_listed_once() -> None:
    files = wider()
    second = files["forms/LB.toml"].replace('oid = "LB"', 'oid = "LC"').replace('"CREAT"', '"UREA"')
    files["forms/LC.toml"] = second.replace('oid = "LB-03"', 'oid = "LC-03"')
    files["schedule.toml"] += '\n[[due]]\nevent = "BL"\nform = "LC"\nmark = "optional"\n'
    assert list(load_source(pack(files)).codelists["TESTCD"].by_code) == ["CK", "ALT", "CREAT", "UREA"]


@pytest.mark.parametrize(
    "entry", ["analyte = [3]", 'analyte = "x"', "[[analyte]]", "[[analyte]]\ntestcd = 3"]
)
def test_malformed_entries_break_nothing(entry: str) -> None:
    files = wider()
    files["forms/Q.toml"] = entry + "\n" + files["forms/Q.toml"]
    if "[[" in entry:
        files["forms/Q.toml"] = wider()["forms/Q.toml"] + "\n" + entry
    assert {problem.file for problem in problems_of(files)} == {"forms/Q.toml"}


def test_a_code_may_begin_with_a_minus() -> None:
    files = changed("codelists.toml", 'code = "REFUSED"', 'code = "-80C"', wider())
    assert "-80C" in load_source(pack(files)).codelists["REASND"].by_code


# memory

AE, CM = ItemKey("d1:1", "LOG", "", "AE", "", "ROWS"), ItemKey("d1:1", "LOG", "", "CM", "", "ROWS")
EX = ItemKey("d1:1", "LOG", "", "EX", "", "ROWS")
ROWS = ["d1:21", "d1:22", "d1:23"]
LISTS = [
    None,
    References((ConsentVersion("1.0", date(2026, 1, 1)),)),
    References(
        (ConsentVersion("2.0", date(2026, 1, 5)),), (Delegation("NURSE1", "CONSENT", date(2026, 1, 1)),)
    ),
]
PLACES = {
    "BL": ["HR", "Q", "VS"],
    "W4": ["HR", "Q", "VS"],
    "LOG": ["AE", "CM", "EX"],
    "UNS": ["HR", "Q", "VS"],
    "SCR": ["IC", "VS"],
}
TEXTS = {
    ("AE", "AETERM"): ["Rash", "zoster", ""],
    ("AE", "AESTDAT"): ["2026-01", "2025", ""],
    ("CM", "CMTRT"): ["x", ""],
    ("CM", "CMAENO"): ["d1:21", "d1:21,d1:22", "d1:99", "3", ""],
    ("CM", "CMMAIN"): ["d1:22", "d1:23", ""],
    ("EX", "ECSTDAT"): ["2026-01-12", "2026-02-01", ""],
    ("EX", "ECONGO"): ["Y", "N", ""],
    ("HR", "HRSCORE"): ["10", "20", "x", ""],
    ("HR", "HRDAT"): ["2026-01-05", ""],
    ("Q", "QVERSION"): ["1.0", "2.0", ""],
    ("Q", "QDAT"): ["2026-01-05", "2026-01", ""],
    ("VS", "VSPERF"): ["Y", "N", ""],
    ("VS", "VSDAT"): ["2026-01-05", "2026-03-05", ""],
    ("VS", "WEIGHT_VSORRES"): ["60", "50", ""],
    ("IC", "SEX"): ["F", "M", ""],
    ("IC", "RFICDAT"): ["2026-01-10", ""],
}

Act = Callable[[SubjectData], None]


def forms_of(data: SubjectData) -> list[ItemKey]:
    """Every form instance there may be."""
    found = []
    for event, names in PLACES.items():
        for repeat in data.event_repeats.get("UNS", ()) if event == "UNS" else ("",):
            for name in names:
                key = ItemKey("d1:1", event, repeat, name)
                found += [key._replace(form_repeat=one) for one in data.form_repeats.get(key) or ("",)]
    return found


@st.composite
def acts(draw: st.DrawFn) -> Act:
    """One change."""
    form, name = draw(st.sampled_from(sorted(TEXTS)))
    text = draw(st.sampled_from(TEXTS[form, name]))
    row, group = draw(st.sampled_from(ROWS)), draw(st.sampled_from([AE, CM, EX]))
    events = [event for event, names in PLACES.items() if form in names]
    event, reading = draw(st.sampled_from(events)), draw(st.sampled_from(["", "d1:31", "d1:32"]))
    place = ItemKey("d1:1", event, "d1:7" if event == "UNS" else "", form)
    asked = wider_study().item(f"{form}.{name}")
    key = place._replace(
        form_repeat=reading if form == "HR" else "",
        group=asked.group,
        group_repeat=row if form in ("AE", "CM", "EX") else "",
        item=name,
    )
    readings = ItemKey("d1:1", draw(st.sampled_from(["BL", "W4"])), "", "HR")
    other = draw(st.sampled_from([1, 2, None]))

    def toggle(listed: list[str], one: str, add: Act, strike: Act) -> Act:
        return lambda data: strike(data) if one in listed else add(data)

    kind = draw(st.sampled_from(["put"] * 10 + ["row"] * 3 + ["reading"] * 2 + ["event", "status", "topic"]))

    def act(data: SubjectData) -> None:
        if kind == "put":
            data.put(key, Entry(text) if text else None)
        elif kind == "row":
            live = data.rows.get(group, [])
            toggle(live, row, lambda d: d.add_row(group, row), lambda d: d.strike_row(group, row))(data)
        elif kind == "reading":
            live = data.form_repeats.get(readings, [])
            toggle(
                live,
                "d1:31",
                lambda d: d.add_form(readings, "d1:31"),
                lambda d: d.strike_form(readings, "d1:31"),
            )(data)
        elif kind == "event":
            live = data.event_repeats.get("UNS", [])
            toggle(
                live, "d1:7", lambda d: d.add_event("UNS", "d1:7"), lambda d: d.strike_event("UNS", "d1:7")
            )(data)
        elif kind == "status":
            data.set_status(place, "complete")
        else:
            data.open_queries = other
            data.references = LISTS[other or 0]
            data.signatures = (
                None if other is None else {ItemKey("d1:1", "SCR", "", "IC")} if other == 1 else set()
            )

    return act


def fresh(data: SubjectData) -> SubjectData:
    """The same facts in an object nobody has evaluated."""
    copy = SubjectData(data.subject, data.subjid, data.site)
    for key, entry in data.entries.items():
        copy.put(key, entry)
    copy.rows = {key: list(rows) for key, rows in data.rows.items()}
    copy.lines = {key: list(rows) for key, rows in data.lines.items()}
    copy.form_repeats = {key: list(rows) for key, rows in data.form_repeats.items()}
    copy.event_repeats = {key: list(rows) for key, rows in data.event_repeats.items()}
    copy.statuses = dict(data.statuses)
    copy.open_queries, copy.references, copy.signatures = data.open_queries, data.references, data.signatures
    return copy


@given(st.lists(st.tuples(acts(), st.integers(0, 40)), min_size=1, max_size=40))
def test_remembering_changes_nothing(history: list[tuple[Act, int]]) -> None:
    study = wider_study()
    data = SubjectData("d1:1", "01-001", "01")
    for act, look in history:
        act(data)
        places = forms_of(data)
        evaluate(study, data, places[look % len(places)], TODAY)
    copy = fresh(data)
    for place in forms_of(data):
        assert evaluate(study, data, place, TODAY) == evaluate(study, copy, place, TODAY)
    for event in ("SCR", "BL", "W4", "W12", "LOG"):
        key = ItemKey("d1:1", event)
        assert due_forms(study, data, key, TODAY) == due_forms(study, copy, key, TODAY)
