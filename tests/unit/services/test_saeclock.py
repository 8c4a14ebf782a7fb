"""The 24 hours of a serious event: always a clock, stopped by nothing but a recorded dispatch."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf.db import read
from mda5_crf.db.store import Store
from mda5_crf.services import saeclock
from mda5_crf.services.changes import Reason
from mda5_crf.services.saeclock import SaeClock, rule_of
from tests.scenario import OpenForm, Ward
from tests.siteward import definition, log, row_key, site_session
from tests.wards import NOW, Clock, trial

HOUR = timedelta(hours=1)
HERE = "2026-09-01 10:00"  # NOW at the site


def event(ward: Ward, serious: str = "Y") -> OpenForm:
    return log(ward, "AE").new_row("ROWS").enter_all(AETERM="Pneumonia", AESER=serious)


def report(ward: Ward, aware: str = "", line: str = "") -> OpenForm:
    form = log(ward, "SAE").new_row("ROWS")
    if line:
        form.enter("AESPID", line)
    return form.enter("SAEAWDT", aware) if aware else form


def only(ward: Ward) -> SaeClock:
    (found,) = ward.session.sae_clocks()
    return found


def test_no_event_no_clock(site_ward: Ward) -> None:
    assert site_ward.session.sae_clocks() == ()
    event(site_ward, "N")
    log(site_ward, "AE").new_row("ROWS")
    assert site_ward.session.sae_clocks() == ()


@pytest.mark.requirement("CN-13")
def test_from_awareness_to_dispatch(site_ward: Ward, clock: Clock) -> None:
    ae = event(site_ward)
    sae = report(site_ward, "2026-09-01 08:30", "1")
    found = only(site_ward)
    assert (found.subjid, found.ae_line, found.key, found.basis) == ("01-001", 1, row_key(sae), "awareness")
    assert found.subject == site_ward.subject
    assert found.due == datetime(2026, 9, 2, 8, 30, tzinfo=site_ward.session.zone)
    assert found.remaining == timedelta(hours=22, minutes=30)
    assert (found.running, found.overdue) == (True, False)
    clock.now += found.remaining
    assert not only(site_ward).overdue  # the last moment
    clock.now += timedelta(seconds=1)
    assert only(site_ward).overdue
    sae.enter("SAERPDT", "2026-09-02 08:30")
    found = only(site_ward)
    assert (found.running, found.overdue, found.remaining) == (False, False, timedelta(0))
    sae.enter("SAERPDT", "2026-09-02 08:31")
    assert only(site_ward).overdue
    sae.enter("SAERPDT", "")
    assert only(site_ward).running
    assert ae.entry.rows("ROWS") == [ae.row["ROWS"]]


@pytest.mark.parametrize("typed", ["tomorrow", "2026-09", "2026-13-01 08:00"])
def test_what_is_no_time_stops_nothing(site_ward: Ward, typed: str) -> None:
    sae = report(site_ward, "2026-09-01 08:30")
    sae.enter("SAERPDT", typed)
    assert only(site_ward).running


def test_days_without_times_gain_nobody_anything(site_ward: Ward) -> None:
    sae = report(site_ward, "2026-08-31")
    found = only(site_ward)
    assert (found.basis, found.awareness.hour, found.awareness.minute) == ("day", 0, 0)
    assert found.overdue
    sae.enter("SAERPDT", "2026-08-31")
    found = only(site_ward)
    assert found.stopped == datetime(2026, 8, 31, 23, 59, tzinfo=site_ward.session.zone)
    assert not found.overdue


def test_a_serious_event_without_report_counts_from_when_it_was_said(site_ward: Ward, clock: Clock) -> None:
    clock.now += HOUR
    ae = event(site_ward, "N")
    clock.now += HOUR
    ae.enter("AESER", "Y")
    clock.now += HOUR
    found = only(site_ward)
    assert (found.key, found.ae_line, found.basis) == (row_key(ae), 1, "serious")
    assert (found.awareness, found.remaining) == (NOW + 2 * HOUR, 23 * HOUR)
    ae.enter("AESER", "N")
    assert site_ward.session.sae_clocks() == ()


def test_a_report_without_awareness_leaves_no_gap(site_ward: Ward, clock: Clock) -> None:
    """Beginning the report must not silence the clock, nor start it anew."""
    ae = event(site_ward)
    clock.now += 3 * HOUR
    sae = report(site_ward)
    begun, marked = sorted(site_ward.session.sae_clocks(), key=lambda c: c.basis)
    assert (begun.key, begun.basis, begun.awareness) == (row_key(sae), "report", NOW + 3 * HOUR)
    assert (marked.key, marked.basis, marked.awareness) == (row_key(ae), "serious", NOW)
    sae.enter("AESPID", "1")
    found = only(site_ward)
    assert (found.key, found.basis, found.awareness, found.ae_line) == (row_key(sae), "serious", NOW, 1)
    sae.enter("SAEAWDT", "yesterday")
    assert only(site_ward).awareness == NOW
    ae.enter("AESER", "N")
    assert only(site_ward).awareness == NOW + 3 * HOUR


def test_struck_rows_have_no_clock(site_ward: Ward) -> None:
    ae, sae = event(site_ward), report(site_ward, HERE, "1")
    sae.entry.strike_row(row_key(sae), Reason("TYPING"))
    assert only(site_ward).key == row_key(ae)
    ae.entry.strike_row(row_key(ae), Reason("TYPING"))
    assert site_ward.session.sae_clocks() == ()


def test_the_line_of_the_event_counts_struck_rows(site_ward: Ward) -> None:
    gone, ae = event(site_ward), event(site_ward)
    gone.entry.strike_row(row_key(gone), Reason("TYPING"))
    assert (only(site_ward).key, only(site_ward).ae_line) == (row_key(ae), 2)
    report(site_ward, HERE, "2")
    assert only(site_ward).ae_line == 2


def test_several_participants_running_first_by_due(site_ward: Ward) -> None:
    report(site_ward, "2026-09-01 08:00")
    report(site_ward, "2026-09-01 06:00").enter("SAERPDT", "2026-09-01 07:00")
    other = Ward(site_ward.session).enrol()
    report(other, "2026-09-01 07:00")
    found = site_ward.session.sae_clocks()
    assert [(c.subjid, c.awareness.hour, c.running) for c in found] == [
        ("01-002", 7, True), ("01-001", 8, True), ("01-001", 6, False),
    ]  # fmt: skip


def test_a_night_switched_off(site_folder: Path) -> None:
    with site_session(site_folder) as session:
        report(Ward(session).enrol(), "2026-09-01 09:00")
    with site_session(site_folder, clock=Clock(NOW + 14 * HOUR)) as session:
        (found,) = session.sae_clocks()
        assert found.remaining == 9 * HOUR


@pytest.mark.requirement("CN-13")
def test_a_clock_set_back_gains_nothing(site_folder: Path) -> None:
    with site_session(site_folder) as session:
        report(Ward(session).enrol(), "2026-08-31 10:30")
    with site_session(site_folder, clock=Clock(NOW - 12 * HOUR)) as session:
        (found,) = session.sae_clocks()
        assert found.remaining == timedelta(minutes=30)
        assert session.clock_warning is not None


def test_asking_again_reads_only_whom_something_was_written_about(
    site_ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, other = site_ward.session, Ward(site_ward.session).enrol()
    report(site_ward, HERE)
    session.sae_clocks()
    asked: list[str] = []
    real = saeclock.sources

    def noted(*words: object) -> object:
        asked.append(str(words[2]))
        return real(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(saeclock, "sources", noted)
    session.sae_clocks()
    assert asked == []
    report(other, HERE)
    assert len(session.sae_clocks()) == 2
    assert asked == [other.subject]
    session.add_reference("consent_version", {"version": "1", "approved": "2026-01-01"})
    session.sae_clocks()
    assert asked == [other.subject]
    # Something wrote past this session, such as a bundle that was taken.
    store = session.vault.store
    assert isinstance(store, Store)
    store.journal_version += 1
    session.sae_clocks()
    assert sorted(asked[1:]) == sorted([site_ward.subject, other.subject])
    session.refresh()
    session.sae_clocks()
    assert len(asked) == 5


def test_the_rule_stands_in_the_definition(site_ward: Ward) -> None:
    study = definition()
    rule = rule_of(study)
    assert rule is not None
    assert (rule.report, rule.event, rule.serious, rule.link) == ("SAE", "AE", "AESER", "AESPID")
    assert rule.allowed == 24 * HOUR
    settings = study.settings

    def changed(**new: str) -> saeclock.Rule | None:
        return rule_of(replace(study, settings={**settings, **new}))

    for wrong in (
        "", "SAE.SAEAWDT SAE.SAERPDT", "SAE.SAEAWDT SAE.SAERPDT soon", "SAE.SAEAWDT SAE.SAERPDT 0",
        "SAE.SAEAWDT SAE.NONE 24", "NONE.X SAE.SAERPDT 24", "SAE.SAEAWDT DM.RFICDAT 24",
    ):  # fmt: skip
        assert changed(sae_clock=wrong) is None, wrong
    alone = changed(serious="AE.NONE")
    assert alone is not None
    assert alone.event == ""
    other = changed(serious="AE.AESER N")
    assert other is not None
    assert other.serious_code == "N"
    unlinked = changed(serious="DM.WITHDRAW")
    assert unlinked is not None
    assert unlinked.link == ""
    event(site_ward)
    site_ward.session.study = replace(study, settings={**settings, "sae_clock": ""})
    assert site_ward.session.sae_clocks() == ()
    site_ward.session.study = replace(study, settings={**settings, "serious": ""})
    assert site_ward.session.sae_clocks() == ()
    report(site_ward, HERE)
    assert len(site_ward.session.sae_clocks()) == 1


def test_the_trial_has_its_rule_or_none(site_ward: Ward) -> None:
    rule = rule_of(trial())
    assert rule is None or (rule.allowed == 24 * HOUR and rule.event and rule.link)


def test_a_conflict_shows_one_clock(site_ward: Ward) -> None:
    sae = report(site_ward, HERE)
    entries = read.form_entries(site_ward.session.vault.store, sae.entry.key)
    assert [e.key.item for e in entries] == ["SAEAWDT"]
    assert only(site_ward).basis == "awareness"
