"""A PC clock that is wrong or was moved: said, recorded, and no deadline gains time by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.db import read, read_site
from mda5_crf.errors import StoreError
from mda5_crf.services.clockwatch import TOLERANCE, ClockWatch, steady_seconds
from mda5_crf.services.session import Session
from tests.scenario import Ward
from tests.siteward import site_session
from tests.wards import NOW, Clock

MINUTE = timedelta(minutes=1)


class Pc:
    """A wall clock and a counter; time passes for both, the clock can be set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.ticks = 1000.0

    def wall(self) -> datetime:
        return self.now

    def steady(self) -> float:
        return self.ticks

    def wait(self, time: timedelta) -> None:
        self.now += time
        self.ticks += time.total_seconds()


def watch(pc: Pc, latest: datetime | None = None) -> ClockWatch:
    return ClockWatch(pc.wall, latest, pc.steady)


# -- the watch alone -------------------------------------------------------------------------------------


def test_a_good_clock_is_believed() -> None:
    pc = Pc()
    found = watch(pc)
    assert found.warning is None
    assert found.look() == NOW
    pc.wait(timedelta(days=3))
    assert found.look() == NOW + timedelta(days=3)
    assert (found.event, found.warning) == (None, None)


@pytest.mark.parametrize("late,flag", [(TOLERANCE, ""), (TOLERANCE + timedelta(seconds=1), "behind")])
def test_a_clock_behind_what_was_seen(late: timedelta, flag: str) -> None:
    pc = Pc(NOW - late)
    found = watch(pc, NOW)
    assert found.look() == NOW  # the later one counts, however small the difference
    assert (found.event.flag if found.event else "") == flag
    assert (found.warning is not None) == bool(flag)
    pc.wait(MINUTE)
    assert found.look() == NOW + MINUTE
    assert found.event is None  # said and recorded once
    assert (found.warning is not None) == bool(flag)


def test_both_times_are_said_in_both_languages() -> None:
    found = watch(Pc(NOW - timedelta(hours=3)), NOW)
    found.look()
    assert found.warning is not None
    for words in (found.warning.en, found.warning.zh):
        assert "2026-08-31 23:00" in words
        assert "2026-09-01 02:00" in words


@pytest.mark.parametrize("jump", [TOLERANCE, -TOLERANCE])
def test_a_small_step_is_no_jump(jump: timedelta) -> None:
    pc = Pc()
    found = watch(pc)
    found.look()
    pc.now += jump
    assert found.look() == max(NOW, NOW + jump)
    assert (found.event, found.warning) == (None, None)


@pytest.mark.requirement("FDA-12")
def test_clock_jump_running_set_back() -> None:
    pc = Pc()
    found = watch(pc)
    found.look()
    pc.wait(10 * MINUTE)
    pc.now -= timedelta(hours=5)
    assert found.look() == NOW + 10 * MINUTE
    assert found.event is not None
    assert (found.event.flag, found.event.latest) == ("jumped", NOW + 10 * MINUTE)
    assert found.event.wall == NOW + 10 * MINUTE - timedelta(hours=5)
    assert "already seen" in (found.warning.en if found.warning else "")
    pc.wait(timedelta(hours=4))
    assert found.look() == NOW + timedelta(hours=4, minutes=10)  # the counter goes on
    assert found.event is None
    pc.now += timedelta(hours=5)  # set right
    assert found.look() == pc.now
    assert found.event is not None
    assert found.warning is None


def test_clock_forward_while_running_and_right_again() -> None:
    """What counts is the later time; but a wrong future is not kept as seen."""
    pc = Pc()
    found = watch(pc)
    found.look()
    pc.wait(MINUTE)
    pc.now += timedelta(days=400)
    assert found.look() == NOW + MINUTE + timedelta(days=400)
    assert found.event is not None
    assert "was moved" in (found.warning.en if found.warning else "")
    assert found.latest == NOW + MINUTE
    pc.wait(MINUTE)
    assert found.look() == pc.now
    assert found.latest == NOW + 2 * MINUTE
    pc.now -= timedelta(days=400)
    assert found.look() == NOW + 2 * MINUTE
    assert found.event is not None
    assert found.warning is None


def test_a_counter_that_starts_again_takes_no_time_away() -> None:
    pc = Pc()
    found = watch(pc)
    found.look()
    pc.ticks = 0.0
    assert found.look() == NOW
    assert found.event is None


def test_without_a_counter_only_what_was_seen_speaks() -> None:
    pc = Pc()
    found = ClockWatch(pc.wall, None)
    found.look()
    pc.now += timedelta(days=30)
    assert found.look() == pc.now
    assert found.event is None
    pc.now -= timedelta(days=1)
    assert found.look() == NOW + timedelta(days=30)
    assert found.event is not None


moves = st.lists(st.tuples(st.integers(0, 5000), st.integers(-5000, 5000)), max_size=30)


@given(moves)
def test_deadlines_never_gain_time(plan: list[tuple[int, int]]) -> None:
    """However the clock is set: what counts is never before the true time, nor before what counted."""
    pc, true = Pc(), NOW
    found = watch(pc)
    found.look()
    for passed, jump in plan:
        pc.wait(passed * MINUTE)
        true += passed * MINUTE
        pc.now += jump * MINUTE
        now = found.look()
        assert now >= true
        assert now >= pc.now
        assert found.latest is not None
        assert found.latest >= true


def test_the_counter_of_this_pc_runs() -> None:
    first = steady_seconds()
    assert steady_seconds() >= first


# -- through a session -------------------------------------------------------------------------------------


def flags(session: Session) -> list[str]:
    return [str(row.content["flag"]) for row in read.clock_notes(session.vault.store)]


@pytest.mark.requirement("FDA-12")
def test_a_clock_set_back_between_sessions(site_folder: Path) -> None:
    with site_session(site_folder) as session:
        Ward(session).enrol()
    clock = Clock(NOW - timedelta(days=2))
    with site_session(site_folder, clock=clock) as session:
        warning = session.check_clock()
        assert warning is not None
        assert session.clock_warning == warning
        assert session.trusted_now() == NOW
        assert session.now() == NOW - timedelta(days=2)
        assert flags(session) == ["behind"]
        session.check_clock()
        assert flags(session) == ["behind"]
        clock.now = NOW
        assert session.check_clock() is None
        assert session.verify().troubles == ()
        (note,) = read.clock_notes(session.vault.store)
        assert note.content["wall"] == "2026-08-30T02:00:00+00:00"
        assert note.content["latest"] == "2026-09-01T02:00:00+00:00"
        assert all(row.kind != "clock" for row in read.logins(session.vault.store))


def test_a_night_switched_off_is_no_jump(site_folder: Path) -> None:
    with site_session(site_folder) as session:
        session.check_clock()
    with site_session(site_folder, clock=Clock(NOW + timedelta(hours=14))) as session:
        assert session.check_clock() is None
        assert flags(session) == []


def test_the_heartbeat_remembers_what_no_record_says(site_folder: Path) -> None:
    """Looked at for hours, nothing entered, program killed, clock set back."""
    clock = Clock()
    with site_session(site_folder, clock=clock) as session:
        session.check_clock()
        clock.now = NOW + timedelta(hours=6)
        session.check_clock()
        clock.now = NOW + timedelta(seconds=30)  # the log-out is recorded at this time
    with site_session(site_folder, clock=Clock(NOW + timedelta(hours=1))) as session:
        assert session.trusted_now() == NOW + timedelta(hours=6)


def test_the_heart_beats_once_a_minute(site_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, kept = Clock(), []
    monkeypatch.setattr(read_site, "note_time", lambda _, at, _station: kept.append(at))
    with site_session(site_folder, clock=clock) as session:
        for _ in range(5):
            session.check_clock()
            clock.now += timedelta(seconds=30)
    assert kept == [NOW, NOW + MINUTE, NOW + 2 * MINUTE]


def test_a_disk_without_room_for_a_heartbeat_stops_nobody(
    site_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("store.disk_full", place="x")

    monkeypatch.setattr(read_site, "note_time", full)
    with site_session(site_folder) as session:
        assert session.check_clock() is None


@pytest.mark.requirement("FDA-12")
def test_a_jump_while_running_is_recorded_with_the_next_entry(site_folder: Path) -> None:
    pc = Pc()
    with site_session(site_folder, clock=pc.wall, steady=pc.steady) as session:
        ward = Ward(session).enrol()
        pc.now += timedelta(hours=1)
        dm = ward.open("SCR", "DM").enter("SEX", "F")
        assert flags(session) == ["jumped"]
        assert dm.last is not None
        assert len(dm.last.records) == 1  # the record of the entry alone
        assert session.cache(ward.subject).heads[dm.key("SEX")] == dm.last.records
        dm.enter("SEX", "M").expect("SEX", "M")
        assert not dm.item("SEX").value.conflict
        assert flags(session) == ["jumped"]
        assert session.clock_warning is not None


def test_records_of_other_pcs_do_not_blame_this_clock(site_folder: Path) -> None:
    with site_session(site_folder) as session:
        store = session.vault.store
        assert read_site.latest_seen(store, "another") is None
        assert read_site.latest_seen(store, session.device) is not None
        read_site.note_time(store, NOW + timedelta(hours=1))
        assert read_site.latest_seen(store, session.device) == NOW + timedelta(hours=1)
        assert read_site.latest_seen(store, "another") == (NOW + timedelta(hours=1)).astimezone(UTC)
