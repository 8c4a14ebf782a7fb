"""A PC clock that was wrong, put right by two persons with a record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.records import Draft
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied
from mda5_crf.services.clockright import earliest
from mda5_crf.services.clockwatch import STALE, ClockWatch
from tests.scenario import Ward
from tests.vaults import password
from tests.wards import NOW, Clock, session_at

ADMIN = ("a03", password("a03"))
DAY = timedelta(days=1)


@pytest.mark.requirement("FDA-12", "E6-6")
def test_a_clock_far_ahead_at_the_first_start_is_not_believed_for_ever(ward_folder: Path) -> None:
    with session_at(ward_folder, clock=Clock(NOW + 900 * DAY)) as session:
        session.check_clock()
        Ward(session).enrol()
    right = Clock(NOW + DAY)
    with session_at(ward_folder, clock=right) as session:
        state = session.clock_state()
        assert state.warning is not None and state.seen == NOW + 900 * DAY and state.later == 2
        assert "UTC+0800" in state.warning.en and state.zone == "Asia/Shanghai +0800"
        assert session.trusted_now() == NOW + 900 * DAY
        session.correct_clock("battery of the PC changed, set by radio clock", ADMIN)
        assert session.trusted_now() == right.now and session.clock_warning is None
        note = session.clock_state().notes[0]
        assert (note.flag, note.person, note.second) == ("corrected", "Li Na", "Chen Jie")
        assert note.latest == NOW + 900 * DAY and note.reason.startswith("battery")
    right.now += DAY
    with session_at(ward_folder, clock=right) as session:
        assert session.check_clock() is None and session.trusted_now() == right.now
        assert session.verify().troubles == ()


@pytest.mark.requirement("FDA-12")
def test_only_an_administrator_with_another_corrects(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        heads = session.vault.journal.heads()
        cases: list[tuple[str, tuple[str, str], type[CrfError]]] = [
            ("why", ("n07", password("n07")), PermissionDenied), ("why", ("a03", "wrong"), LoginRefused),
            ("why", ("d02", password("d02")), PermissionDenied), (" ", ADMIN, InputRefused),
            ("why", ("i01", password("i01")), InputRefused),
        ]  # fmt: skip
        for reason, second, error in cases:
            with pytest.raises(error):
                session.correct_clock(reason, second)
        assert session.vault.journal.heads() == heads
    with session_at(ward_folder, "n07") as nurse, pytest.raises(PermissionDenied):
        nurse.correct_clock("why", ADMIN)


def test_a_correction_by_one_person_is_none(ward: Ward) -> None:
    for second in ({}, {"second": {"person": "p", "sig": "x"}}):
        content = {"flag": "corrected", "wall": "", "latest": "", **second}
        with pytest.raises(Unfoldable):
            ward.session.append([Draft("clock", "", content)])


@pytest.mark.requirement("FDA-12")
def test_a_clock_before_the_newest_bundle_is_stale(ward_folder: Path) -> None:
    taken = {
        "direction": "in",
        "number": 1,
        "peer": "x",
        "sha256": "0" * 64,
        "made": "2026-09-03T00:00:00.000Z",
    }
    clock = Clock()
    with session_at(ward_folder, clock=clock) as session:
        session.append([Draft("bundle", "", taken)])
        session.refresh()
        warning = session.check_clock()
        assert warning is not None and "2026-09-03 08:00" in warning.en
        assert [note.flag for note in session.clock_state().notes] == [STALE]
        assert session.check_clock() is not None and len(session.clock_state().notes) == 1  # recorded once
        assert session.trusted_now() == clock.now  # the sender's clock may be the wrong one
        session.correct_clock("the other PC was wrong", ADMIN)
        assert session.check_clock() is None
        assert earliest(session.vault, NOW) == NOW


def test_the_day_of_the_program_counts_only_for_the_pcs_own_clock(ward_folder: Path) -> None:
    watch = ClockWatch(Clock(), earliest=NOW + DAY)
    watch.look()
    assert watch.event is not None and watch.event.flag == STALE and watch.warning is not None
    late = ClockWatch(Clock(NOW + 2 * DAY), earliest=NOW + DAY)
    late.look()
    assert late.event is None and late.warning is None
    with session_at(ward_folder) as session:
        assert session.clock_earliest is None
