"""The courses of the demonstration: nothing overlaps, nothing happens after the end, tablets add up."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.jobs.courses import PLANNED, RECONSENT, SLIPS, STORIES, Course, Interval, course_of, visits
from mda5_crf.jobs.examinations import born
from mda5_crf.jobs.synthetic import TARGETS

EVERY = [pytest.param(course, id=f"{number:02d}") for number, course in enumerate(STORIES, 1)]


@st.composite
def paused(draw: st.DrawFn) -> Course:
    """A course with pauses and reductions that do not overlap."""
    edges = sorted(draw(st.sets(st.integers(1, 350), max_size=8)))
    pairs = [(edges[i], edges[i + 1] - 1) for i in range(0, len(edges) - 1, 2)]
    pauses = tuple(Interval(a, b, draw(st.sampled_from(("", "QD", "BID")))) for a, b in pairs if a <= b)
    return Course(pauses=pauses, stop=draw(st.integers(edges[-1] if edges else 0, 370)))


@given(paused())
def test_dosing_leaves_no_gap_and_no_overlap(course: Course) -> None:
    dosing = course.dosing
    assert (dosing[0].first, dosing[-1].last) == (0, course.last_dose)
    for before, after in pairwise(dosing):
        assert after.first == before.last + 1


@given(paused(), st.integers(-5, 380), st.integers(-5, 380))
def test_tablets_are_those_of_each_day(course: Course, first: int, last: int) -> None:
    a_day = {
        day: {"BID": 2, "QD": 1, "": 0}[i.frequency]
        for i in course.dosing
        for day in range(i.first, i.last + 1)
    }
    assert course.taken(first, last) == sum(a_day.get(day, 0) for day in range(first, last + 1))


@pytest.mark.parametrize("course", EVERY)
def test_no_visit_after_death_or_after_the_drug(course: Course) -> None:
    planned = visits(course, 640, 300)
    days = [visit.day for visit in planned]
    assert days == sorted(days)
    assert planned[0].event == "BL"
    assert all(visit.missed or visit.day <= course.last_dose for visit in planned if visit.event in PLANNED)
    if course.death is not None:
        assert max(days) <= course.death
        assert not {"VEOT", "SFU", "FU"} & {visit.event for visit in planned}
    else:
        assert [visit.event for visit in planned if visit.event in ("VEOT", "SFU")] == ["VEOT", "SFU"]


@pytest.mark.parametrize("course", EVERY)
def test_events_lie_on_the_course_and_links_lead_to_them(course: Course) -> None:
    for event in course.events:
        assert event.last is None or event.start <= event.last <= (course.death or 640)
        assert (event.report is not None) == bool(event.serious), event.term
    assert all(1 <= i.event <= len(course.events) for i in course.dosing if i.why)
    assert sum(event.fatal for event in course.events) == (course.death is not None)
    assert set(course.slips or {}) <= set(SLIPS)


def test_every_mistake_happens_to_somebody() -> None:
    assert set(SLIPS) == {slip for course in STORIES for slip in course.slips or {}}


def test_who_has_no_score_died_before_month_6() -> None:
    assert len(STORIES) == len(TARGETS)
    without = [number for number, target in enumerate(TARGETS) if target is None]
    early = [
        n for n, course in enumerate(STORIES) if course.death is not None and course.death < PLANNED["W24"]
    ]
    assert without == early
    assert all("W24" not in (course.missed or {}) for course in STORIES)


def test_what_lies_ahead_is_not_visited_and_a_new_consent_is_signed_while_in_the_trial() -> None:
    quiet = Course()
    assert [visit.event for visit in visits(quiet, 60, None)] == ["BL", "W4", "W8"]
    signed = [visit for visit in visits(quiet, 400, 300) if visit.reason == RECONSENT]
    assert [(visit.event, visit.day) for visit in signed] == [("UNS", 300)]
    assert not [visit for visit in visits(quiet, 640, 500) if visit.reason == RECONSENT]
    assert [visit.day for visit in visits(quiet, 640, None) if visit.event == "FU"] == [476, 560]


def test_beyond_the_fifteen_some_are_not_enrolled() -> None:
    further = [course_of(index) for index in range(15, 40)]
    assert [bool(course.failed) for course in further] == [(n % 8 == 0) for n in range(25)]
    assert all(course.slips is None for course in further)


@given(st.integers(1962, 1996), st.integers(1, 12), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_nobody_is_born_in_the_month_of_consent(year: int, month: int, day1: date) -> None:
    typed = born(year, month, day1)
    assert typed[:5] == f"{year}-"
    assert 1 <= int(typed[5:]) <= 12
    for back in (5, 16):
        assert int(typed[5:]) != (day1 - timedelta(days=back)).month or back == 5
