"""The shipped definition's visits: windows, what is due at each, what serves again, what ends them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Mark
from mda5_crf.study.schedule import closing_of, due_forms, window
from tests.unit.study.clean import D1, Clean, at_day_one, completer, day
from tests.unit.study.trial_reference import forms, study

PAGE = Path(__file__).parents[3] / "docs" / "study.md"

WINDOWS = {
    "SCR": (None, (-28, 1)), "BL": (1, (1, 1)), "W4": (29, (22, 36)), "W8": (57, (50, 64)),
    "W12": (85, (78, 92)), "W24": (183, (169, 197)), "W36": (253, (239, 267)), "W52": (365, (351, 379)),
    "UNS": (None, None), "VEOT": (None, None), "SFU": (None, None), "FU": (None, None), "LOG": (None, None),
}  # fmt: skip

NAMES = {
    "SCR": ("Screening", "筛选"), "BL": ("Baseline (day 1)", "基线（第1天）"), "W4": ("Week 4", "第4周"),
    "W8": ("Week 8", "第8周"), "W12": ("Week 12", "第12周"),
    "W24": ("Month 6 (week 26)", "第6个月（第26周）"),
    "W36": ("Week 36", "第36周"), "W52": ("Week 52", "第52周"), "UNS": ("Unscheduled", "计划外访视"),
    "VEOT": ("End-of-treatment visit", "治疗结束访视"), "SFU": ("Safety follow-up", "安全性随访"),
}  # fmt: skip

MARKS = {"X": Mark.REQUIRED, "o": Mark.OPTIONAL, "c": Mark.CARRIED, "L": Mark.LOG}

TWICE = (
    "VS",
    "PE",
    "LBH",
    "LBC",
    "LBU",
    "LBI",
    "LBP",
    "MMT",
    "CDASI",
    "IMACS",
    "HAQ",
    "MDAAT",
    "TIS",
    "DA",
    "SS",
)
"""Not asked again at an end-of-treatment visit on the day of week 52."""


def mark_of(form: str, event: str) -> Mark | None:
    """The mark the matrix of the trial gives to one cell, as this build keeps it; None = not due."""
    letter = forms()[form].marks.get(event, "")
    log = "LOG" in forms()[form].marks
    if not letter or (log and event != "LOG"):
        return None  # a log lives at LOG, is reviewed everywhere, and is due once
    if letter == "p":
        # The form is due; of what it asks only CMV and EBV are not behind a positive screen.
        assert form == "LBS"
        return Mark.REQUIRED
    if event == "VEOT" and form in TWICE:
        return Mark.CONDITIONAL
    if form == "LBP" and letter == "X":
        return Mark.CONDITIONAL  # CHILDPOT = Y
    return MARKS[letter]


# -- events ------------------------------------------------------------------------------------------


def test_events_and_their_windows() -> None:
    assert {event.oid: (event.target, event.window) for event in study().events.values()} == WINDOWS
    assert {event.oid for event in study().events.values() if event.repeating} == {"UNS", "FU"}
    for oid in ("VEOT", "SFU", "FU"):
        assert study().events[oid].window_text is not None


@pytest.mark.parametrize("oid", NAMES)
def test_an_event_has_its_name(oid: str) -> None:
    name = study().events[oid].name
    assert (name.en, name.zh) == NAMES[oid]


def test_windows_are_anchored_on_day_one() -> None:
    found = {oid: window(study(), oid, D1) for oid in ("W4", "W24", "W52")}
    assert {oid: span and [end.isoformat() for end in span] for oid, span in found.items()} == {
        "W4": [day(22), day(36)], "W24": [day(169), day(197)], "W52": [day(351), day(379)],
    }  # fmt: skip
    assert window(study(), "W4", None) is None


# -- what is due ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", forms())
def test_a_form_is_due_where_the_matrix_says(form: str) -> None:
    due = {line.event: line.mark for line in study().due if line.form == form}
    assert due == {event: mark for event in study().events if (mark := mark_of(form, event)) is not None}


def test_the_matrix_has_216_cells() -> None:
    assert len(study().due) == 216
    assert len({(line.event, line.form) for line in study().due}) == 216
    assert sum(len(form.marks) for form in forms().values()) == 323  # with every visit a log is reviewed at


def test_a_carried_result_serves_as_long_as_the_table_says() -> None:
    assert {(line.form, line.within) for line in study().due if line.mark is Mark.CARRIED} == {
        ("IE", 28), ("PFT", 28), ("HRCT", 28),
        *((form, 7) for form in ("VS", "PE", "LBH", "LBC", "LBU", "LBI", "LBP")),
    }  # fmt: skip


def test_conditions_of_the_schedule() -> None:
    conditions = {(line.event, line.form): line.when.source for line in study().due if line.when is not None}
    child, again = 'SCR.DM.CHILDPOT == "Y"', "not SAME_DAY_AS_W52"
    expected = {("VEOT", form): again for form in TWICE}
    expected |= {
        (line.event, "LBP"): child for line in study().due if line.form == "LBP" and line.event != "UNS"
    }
    expected["VEOT", "LBP"] = f"{child} and {again}"
    assert conditions == expected


def due_at(one: Clean, event: str) -> set[str]:
    """The forms that must be filled at an event."""
    key = ItemKey(one.data.subject, event)
    return {line.key.form for line in due_forms(study(), one.data, key, one.today) if line.required}


def test_carried_forms_are_asked_again_when_screening_was_too_early() -> None:
    one = at_day_one()
    assert {"VS", "PE", "LBH", "LBC", "LBU", "LBI", "LBP"} <= due_at(one, "BL")
    assert not {"PFT", "HRCT", "IE"} & due_at(one, "BL")
    for form, name in (
        ("VS", "VSDAT"),
        ("PE", "PEDAT"),
        ("LBH", "LBDAT"),
        ("LBP", "LBDAT"),
        ("PFT", "REDAT"),
    ):
        one.enter("SCR", form, **{name: day(-7)})
    assert not {"VS", "PE", "LBH", "LBP"} & due_at(one, "BL")
    assert {"LBC", "LBU", "LBI"} <= due_at(one, "BL")
    one.enter("SCR", "VS", VSDAT=day(-8)).enter("SCR", "PFT", REDAT="2024-01-01")
    assert {"VS", "PFT"} <= due_at(one, "BL")


def test_an_end_of_treatment_visit_on_the_day_of_week_52_asks_nothing_twice() -> None:
    one = completer()
    assert set(TWICE) <= due_at(one, "VEOT")
    one.enter("VEOT", "SV", SVSTDAT=day(365))
    assert due_at(one, "VEOT") == {"SV", "EOT"}


def test_no_pregnancy_test_without_child_bearing_potential() -> None:
    one = completer().enter("SCR", "DM", CHILDPOT="N")
    one.data.put(one.key("W4", "LBP", "LBPERF"), None)
    events = [oid for oid in study().events if not study().events[oid].repeating]
    assert [event for event in events if "LBP" in due_at(one, event)] == []
    assert due_at(completer(), "W4") - due_at(one, "W4") == {"LBP"}


# -- what ends the expectation of visits -----------------------------------------------------------------


def closed(one: Clean) -> dict[str, str]:
    """Event → what closed it."""
    found = {}
    for oid, event in study().events.items():
        for repeat in one.data.event_repeats.get(oid, []) if event.repeating else [""]:
            closing = closing_of(study(), one.data, ItemKey(one.data.subject, oid, repeat), one.today)
            if closing is not None:
                found[oid] = closing.oid
    return found


def test_nothing_is_closed_to_who_takes_part() -> None:
    assert closed(completer()) == {}
    assert closed(at_day_one()) == {}


def test_a_screen_failure_has_no_more_visits_but_form_eos() -> None:
    one = Clean()
    one.screening("M", "1962-03")
    assert closed(one) == {}
    one.enter("SCR", "IE", ENROLYN="N")
    visits = ("BL", "W4", "W8", "W12", "W24", "W36", "W52", "VEOT", "SFU")
    assert closed(one) == dict.fromkeys(visits, "SCREEN_FAILURE")
    assert due_at(one, "SFU") == {"EOS"}
    assert due_at(one, "BL") == due_at(one, "W24") == set()


def test_withdrawal_of_consent_closes_what_comes_after_it() -> None:
    one = completer().enter("SCR", "IC", ICWDDAT=day(183))
    assert closed(one) == dict.fromkeys(("W36", "W52"), "CONSENT_WITHDRAWN")
    one.enter("SCR", "IC", ICWDDAT=day(100))
    after = dict.fromkeys(("W24", "W36", "W52", "UNS"), "CONSENT_WITHDRAWN")
    assert closed(one) == after
    early = at_day_one().enter("SCR", "IC", ICWDDAT=day(1))
    assert closed(early) == dict.fromkeys(
        ("W4", "W8", "W12", "W24", "W36", "W52"), "CONSENT_WITHDRAWN"
    )  # the closing visits stay: safety, end of study


def test_death_leaves_the_closing_forms() -> None:
    one = at_day_one()
    one.enter("W12", "DD", DTHDAT=day(90))
    assert closed(one) == {
        "W24": "DEATH", "W36": "DEATH", "W52": "DEATH", "VEOT": "DEATH_FOLLOWUP", "SFU": "DEATH_FOLLOWUP",
    }  # fmt: skip
    assert due_at(one, "VEOT") == {"EOT", "SS"}
    assert due_at(one, "SFU") == {"EOS", "SS"}


def test_the_end_of_treatment_ends_the_visits_on_treatment() -> None:
    one = at_day_one()
    one.enter("VEOT", "EOT", DSSTDAT=day(100))
    assert closed(one) == dict.fromkeys(("W24", "W36", "W52"), "TREATMENT_ENDED")
    assert "SS" in due_at(one, "SFU") and "EOS" in due_at(one, "SFU")
    one.enter("VEOT", "EOT", DSSTDAT=day(169))
    assert closed(one) == dict.fromkeys(("W36", "W52"), "TREATMENT_ENDED")


# -- settings and documentation ---------------------------------------------------------------------------


def test_what_the_registry_does_not_state_decides_nothing() -> None:
    settings = study().settings
    assert {key: settings[key] for key in settings if key.endswith("_decides")} == {
        "excl05_decides": "false", "excl07_decides": "false", "excl08_decides": "false",
        "crcl_limit_decides": "false",
    }  # fmt: skip
    assert settings["crcl_limit"] == "50"
    assert settings["initials_allowed"] == settings["site_above_1000_m"] == "false"
    assert settings["rpild_window_days"] == "90"


def test_every_form_and_every_difference_is_said_in_the_documentation() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for rule in ("SV-01", "DM-01", "LBx-04", "LBI-07", "CM-04"):
        assert re.search(rf"^\| {rule} \| .+ \|$", page, re.MULTILINE), rule
    for item in ("HBSAB_LBTITRE", "IGRALIM", "CD4CD8_REP", "FCBPREAS", "FEV1FVCR_REORRES", "DLCOHBC",
                 "FVCPPCHG", "DLCOPPCHG", "FIO2FLOW", "PFCLASS", "COVAL", "LYMCHG",
                 "FERRITINCHG", "CD8CHG"):  # fmt: skip
        assert f"`{item}`" in page, item
    named = set(re.findall(r"\b[A-Z]{2,5}\b", page.partition("## Rules")[0]))
    assert set(study().forms) <= named
