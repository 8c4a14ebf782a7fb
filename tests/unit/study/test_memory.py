"""What the engine remembers never shows: after any history the state is that of a fresh start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import evaluate, memory_of, name_value
from mda5_crf.study.values import Entry
from tests.unit.study.participant import TODAY, Participant, mini_study

TEXTS = {
    "date": ["2026-01-02", "2026-01-08", "2026-02-01", "2027-01-01", "soon", ""],
    "partial_date": ["1960", "1960-05-06", "2026-01", ""],
    "integer": ["120", "80", "7.5", "abc", ""],
    "decimal": ["60", "50", "<5", "1.5", "170", "x", ""],
    "time": ["09:30", "25:00", ""],
    "code": ["Y", "N", "F", "9", "3", "?", ""],
    "multi": ["COUGH", "COUGH,RASH", ""],
    "text": ["words", ""],
}
EVENTS = {
    "IC": ["SCR"],
    "VS": ["SCR", "BL", "W4", "W12", "UNS"],
    "LB": ["BL", "W12"],
    "MM": ["BL", "W12"],
    "EX": ["LOG"],
}
ROWS = ["d1:21", "d1:22", "d1:23"]

Act = Callable[[SubjectData], None]
entered = [i for form in mini_study().forms.values() for i in form.items.values() if not i.computed]


@st.composite
def acts(draw: st.DrawFn) -> Act:
    """One change of the data, from the fixed parts of the small study."""
    kind = draw(
        st.sampled_from(
            ["put"] * 12 + ["missing", "add", "strike", "restore", "drop", "event", "confirm", "status"]
        )
    )
    asked = draw(st.sampled_from(entered))
    event = draw(st.sampled_from(EVENTS[asked.form]))
    repeat = draw(st.sampled_from(["d1:7", "d1:8"])) if event == "UNS" else ""
    group = next(g for g in mini_study().forms[asked.form].groups if g.name == asked.group)
    row = draw(st.sampled_from(ROWS))
    key = ItemKey(
        "d1:1", event, repeat, asked.form, "", group.name, row if group.repeating else "", asked.name
    )
    text = draw(st.sampled_from(TEXTS[asked.type]))
    unit = draw(st.sampled_from([None, None, *asked.units]))
    place = ItemKey("d1:1", "LOG", "", "EX", "", "ROWS")
    return {
        "put": lambda data: data.put(key, Entry(text, unit) if text else None),
        "missing": lambda data: data.put(key, Entry("", missing="ND")),
        "add": lambda data: data.add_row(place, row) if row not in data.rows.get(place, ()) else None,
        "strike": lambda data: data.strike_row(place, row),
        "restore": lambda data: data.add_row(place, row),
        "drop": lambda data: data.drop_row(place, row),
        "event": lambda data: (
            data.add_event("UNS", "d1:7")
            if "d1:7" not in data.event_repeats.get("UNS", ())
            else data.strike_event("UNS", "d1:7")
        ),
        "confirm": lambda data: data.confirm(key, f"{asked.oid}.SOFT", f"{text} {asked.unit or ''}".strip()),
        "status": lambda data: data.set_status(key.form_key(), "complete"),
    }[kind]


def forms(data: SubjectData) -> list[ItemKey]:
    found = [ItemKey("d1:1", e, "", f) for f, events in EVENTS.items() for e in events if e != "UNS"]
    return found + [ItemKey("d1:1", "UNS", repeat, "VS") for repeat in data.event_repeats.get("UNS", ())]


def fresh(data: SubjectData) -> SubjectData:
    """The same entries in an object nobody has evaluated."""
    copy = SubjectData(data.subject, data.subjid, data.site)
    for key, entry in data.entries.items():
        copy.put(key, entry)
    copy.rows = {key: list(rows) for key, rows in data.rows.items()}
    copy.lines = {key: list(rows) for key, rows in data.lines.items()}
    copy.event_repeats = {key: list(rows) for key, rows in data.event_repeats.items()}
    copy.confirmations = dict(data.confirmations)
    copy.statuses = dict(data.statuses)
    return copy


@given(st.lists(st.tuples(acts(), st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=40))
def test_remembering_changes_nothing(history: list[tuple[Act, int, int]]) -> None:
    study = mini_study()
    data = SubjectData("d1:1", "01-001", "01")
    today = TODAY
    for act, look, pause in history:
        act(data)
        today += timedelta(days=pause == 9)
        places = forms(data)
        evaluate(study, data, places[look % len(places)], today)  # warms some of what is remembered
    copy = fresh(data)
    for place in forms(data):
        assert evaluate(study, data, place, today) == evaluate(study, copy, place, today)
    for name in ("D1", "RFICDAT"):
        assert name_value(study, data, name, today) == name_value(study, copy, name, today)


def test_a_change_is_forgotten_only_where_it_reaches() -> None:
    one = Participant()
    for event in ("SCR", "BL", "W4", "W12"):
        one.enter(event, "VS", VSPERF="Y", VSDAT="2026-01-05", WEIGHT_VSORRES="60", HEIGHT_VSORRES="170")
    for event in ("SCR", "BL", "W4", "W12"):
        one.state(event, "VS")
    memory = memory_of(one.study, one.data, one.today)
    other = memory.context(one.form("BL", "VS"))
    assert "BMI" in other.scope.local
    one.enter("BL", "MM", DELTR_MKORRES="8")
    one.state("BL", "MM")
    assert "BMI" in other.scope.local  # muscle strength says nothing about vital signs
    one.enter("SCR", "VS", HEIGHT_VSORRES="160")
    assert "BMI" not in other.scope.local  # the height of screening does
    assert one.shown("BL", "VS", "BMI").startswith("23.4375")


def test_only_those_who_read_an_item_forget_what_it_gave_them() -> None:
    one = Participant()
    for event in ("SCR", "W4"):
        one.enter(event, "VS", VSPERF="Y", VSDAT="2026-01-05", WEIGHT_VSORRES="60", HEIGHT_VSORRES="170")
        one.state(event, "VS")
    other = memory_of(one.study, one.data, one.today).context(one.form("W4", "VS"))
    one.enter("SCR", "VS", PULSE_VSORRES="70")
    assert "BMI" in other.scope.local  # the pulse of screening is nothing to it
    one.enter("SCR", "VS", HEIGHT_VSORRES="171")
    assert "BMI" not in other.scope.local


def test_what_one_row_says_stays_in_that_row() -> None:
    one = Participant()
    for row in ("d1:21", "d1:22"):
        one.add_row("LOG", "EX", "ROWS", row, ECSTDAT="2026-01-05", ECONGO="Y", ECDOSE="5")
    one.state("LOG", "EX")
    context = memory_of(one.study, one.data, one.today).context(one.form("LOG", "EX"))
    first, second = (context.row("ROWS", row) for row in ("d1:21", "d1:22"))
    one.enter("LOG", "EX", "d1:22", ECSTDAT="2026-02-05")
    assert "ECDAYS" in first.local
    assert "ECDAYS" not in second.local
    assert "ECTOTAL" not in context.scope.local
    assert 1 not in first.checks  # EX-05 looks at the row before


def test_another_day_is_another_state() -> None:
    one = Participant().enter("SCR", "IC", RFICDAT="2026-08-24", SEX="F", BRTHDAT="1960")
    assert "IC.RFICDAT.HARD" in one.findings("SCR", "IC")
    one.today = date(2026, 8, 24)
    assert one.findings("SCR", "IC") == {}
