"""The work list: what waits, in which order, for whom; and that nobody is evaluated twice for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf.db import read, read_lines
from mda5_crf.db.store import Store
from mda5_crf.errors import PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import lines, overview
from mda5_crf.services.judgement import waiting
from mda5_crf.services.lines import asks_the_day, lines_of
from mda5_crf.services.session import Session
from mda5_crf.services.worklist import Group, Task, grouped
from mda5_crf.study.model import Item, Study
from tests.commandline import remembered_keys
from tests.scenario import OpenForm, Ward
from tests.siteward import log
from tests.vaults import FOUNDER, password
from tests.wards import Clock, session_at, trial

NURSE, MANAGER = "n07", "d02"
D1 = "2026-08-10"  # then week 4 is open from 2026-08-31 to 2026-09-14; today is 2026-09-01


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


def dosed(session: Session, d1: str = D1) -> Ward:
    """A participant whose only open visits are those after baseline."""
    ward = Ward(session).enrol()
    ward.open("LOG", "EX").new_row("DOSING").fill(ECTRT="TOFACITINIB", ECOCCUR="Y", ECSTDAT=d1)
    for event in ("SCR", "BL"):
        held(ward, event, d1)
    return ward


def held(ward: Ward, event: str, day: str) -> None:
    ward.open(event, "SV").fill(SVOCCUR="Y", SVSTDAT=day)


def at(day: str) -> Clock:
    """Noon at the site."""
    return Clock(datetime.fromisoformat(f"{day}T04:00").replace(tzinfo=UTC))


def tasks(session: Session, *groups: Group) -> list[Task]:
    return [task for task in session.work_list().tasks if not groups or task.group in groups]


def cough(ward: Ward) -> OpenForm:
    """An event whose relation to the drug was judged by whoever is logged in."""
    sheet = ward.open("LOG", "AE").enter("AEYN", "Y").new_row("ROWS")
    return sheet.fill(AETERM="Cough", AESER="N", AEREL="RELATED")


def said(session: Session, *groups: Group) -> list[tuple[str, str]]:
    return [(task.key.event, task.words.en) for task in tasks(session, *groups)]


# -- visits


def test_a_new_ward_waits_for_nothing(ward: Ward) -> None:
    work = ward.session.work_list()
    assert (work.tasks, work.notes, work.complete) == ((), (), True)


@pytest.mark.parametrize(
    "day, group, words",
    [
        ("2026-08-30", None, ""),
        ("2026-08-31", Group.DUE, "open until 2026-09-14"),
        ("2026-09-06", Group.DUE, "open until 2026-09-14"),
        ("2026-09-07", Group.CLOSING, "closes Mon 2026-09-14; 6 working days left"),
        ("2026-09-14", Group.CLOSING, "closes today; 1 working day left"),
        ("2026-09-15", Group.OVERDUE, "closed yesterday, 2026-09-14; no visit"),
        ("2026-09-16", Group.OVERDUE, "closed 2026-09-14, 2 days ago; no visit"),
    ],
)
def test_a_window_opens_closes_and_is_over(
    ward_folder: Path, day: str, group: Group | None, words: str
) -> None:
    with session_at(ward_folder) as session:
        ward = dosed(session)
    with session_at(ward_folder, clock=at(day)) as session:
        found = [task for task in tasks(session) if task.key.event == "W4"]
        assert [(task.group, task.words.en) for task in found] == ([] if group is None else [(group, words)])
        if found:
            (task,) = found
            assert task.key == ItemKey(ward.subject, "W4") and task.mine
            assert (task.place.en, task.place.zh) == ("Week 4", "第4周")
            assert task.date == date(2026, 9, 14)


@pytest.mark.parametrize(
    "d1, day, words",
    [
        # Week 4 closes on day 36. National Day 2026: off 1 to 7 October, Saturday 10 October worked.
        (
            "2026-08-27",
            "2026-09-28",
            "closes Thu 2026-10-01; 3 working days left, the last is Wed 2026-09-30",
        ),
        ("2026-08-29", "2026-09-30", "closes Sat 2026-10-03; 1 working day left, Wed 2026-09-30"),
        ("2026-08-29", "2026-10-01", "closes Sat 2026-10-03; no working day is left"),
        ("2026-09-05", "2026-10-08", "closes Sat 2026-10-10; 3 working days left"),
        (
            "2026-08-02",
            "2026-09-02",
            "closes Sun 2026-09-06; 3 working days left, the last is Fri 2026-09-04",
        ),
        ("2026-08-02", "2026-09-05", "closes Sun 2026-09-06; no working day is left"),
    ],
)
def test_the_last_working_day_is_named(ward_folder: Path, d1: str, day: str, words: str) -> None:
    with session_at(ward_folder, clock=at(d1)) as session:
        dosed(session, d1)
    with session_at(ward_folder, clock=at(day)) as session:
        assert said(session, Group.CLOSING) == [("W4", words)]


def test_a_short_window_that_has_not_opened_is_said_to(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        ward = Ward(session).enrol()
        ward.open("LOG", "EX").new_row("DOSING").fill(ECTRT="TOFACITINIB", ECOCCUR="Y", ECSTDAT="2026-09-01")
        held(ward, "SCR", "2026-09-01")
    with session_at(ward_folder, clock=at("2026-08-31")) as session:
        (found,) = said(session, Group.CLOSING)
        assert found == ("BL", "opens 2026-09-01, closes Tue 2026-09-01; 1 working day left")


def test_unknown_holidays_are_said_once_and_only_where_they_matter(ward_folder: Path) -> None:
    with session_at(ward_folder, clock=at("2026-11-27")) as session:
        for _ in range(2):
            dosed(session, "2026-11-27")  # week 4: 2026-12-18 to 2027-01-01
    with session_at(ward_folder, clock=at("2026-12-20")) as session:
        assert session.work_list().notes == ()
    with session_at(ward_folder, clock=at("2026-12-29")) as session:
        work = session.work_list()
        (note,) = work.notes
        assert "2027" in note.en and "2027" in note.zh
        assert len(work.of(Group.CLOSING)) == 2


def test_a_late_visit_is_one_line_until_it_is_held_or_said_not_to_be(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        ward = dosed(session)
    with session_at(ward_folder, clock=at("2026-09-20")) as session:
        ward.session = session
        assert len(tasks(session, Group.OVERDUE)) == 1
        ward.open("W4", "VS").fill(VSPERF="Y")
        assert len(tasks(session, Group.OVERDUE)) == 1, (
            "begun without a date: nobody knows that it took place"
        )
        held(ward, "W4", "2026-09-12")
        assert tasks(session, Group.OVERDUE) == []
    with session_at(ward_folder, clock=at("2026-10-20")) as session:
        ward.session = session
        assert [task.key.event for task in tasks(session, Group.OVERDUE)] == ["W8"]
        ward.open("W8", "SV").fill(SVOCCUR="N")
        assert tasks(session, Group.OVERDUE) == []


def test_a_closed_visit_waits_for_nobody(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        ward = dosed(session)
        ward.open("BL", "DD").fill(DTHDAT="2026-08-20")
    with session_at(ward_folder, clock=at("2026-09-20")) as session:
        ward.session = session
        assert "W4" in ward.closed()
        assert tasks(session, Group.OVERDUE) == []


# -- order, and who is meant


def test_the_most_urgent_is_first(ward_folder: Path) -> None:
    with session_at(ward_folder, clock=at("2026-06-01")) as session:
        dosed(session, "2026-06-01")
        dosed(session, "2026-05-20")
    with session_at(ward_folder, clock=at("2026-09-01")) as session:
        late = dosed(session, "2026-09-01")
        late.open("LOG", "AE").new_row("ROWS").enter_all(AETERM="Pneumonia", AESER="Y")
        session.raise_query(ItemKey(late.subject, "BL", "", "SV"), "Which day?")
        found = tasks(session)
        groups = [task.group for task in found]
        assert groups == sorted(groups, key=list(Group).index)
        assert groups[0] is Group.CLOCK
        assert found[0].words.en.startswith("report due 2026-09-02 12:00; 24")
        assert [(group, len(of)) for group, of in grouped(found)][:2] == [
            (Group.CLOCK, 1),
            (Group.OVERDUE, 6),
        ]
        over = [task.date or date.max for task in found if task.group is Group.OVERDUE]
        assert over == sorted(over)


def test_an_overdue_report_says_so(ward_folder: Path) -> None:
    clock = at("2026-09-01")
    with session_at(ward_folder, clock=clock) as session:
        ward = Ward(session).enrol()
        ward.open("LOG", "AE").new_row("ROWS").enter_all(AETERM="Pneumonia", AESER="Y")
        clock.now += timedelta(hours=25)
        (task,) = tasks(session, Group.CLOCK)
        assert task.words.en.startswith("report was due 2026-09-02 12:00; 1")
        assert task.key.group_repeat and task.place.en == "AE#1"


def test_queries_go_to_who_must_act(ward_folder: Path) -> None:
    with session_at(ward_folder, clock=at("2026-08-20")) as session:
        ward = dosed(session)
        query = session.raise_query(ItemKey(ward.subject, "BL", "", "SV"), "Which day?")
    for login, mine in ((FOUNDER, True), (NURSE, True), (MANAGER, False)):
        with session_at(ward_folder, login, at("2026-09-01")) as session:
            (task,) = tasks(session, Group.QUERY)
            assert task.words.en == "open 12 days: Which day?"
            assert task.date == date(2026, 8, 20)
            assert (task.mine, task.key) == (mine, query.key)
    with session_at(ward_folder, NURSE, at("2026-09-01")) as session:
        session.answer_query(query.id, "Monday")
    for login, mine in ((FOUNDER, False), (MANAGER, True)):
        with session_at(ward_folder, login, at("2026-09-01")) as session:
            (task,) = tasks(session, Group.QUERY)
            assert task.words.zh == "已答复，已开放 12 天：Which day?"
            assert task.mine is mine
            if mine:
                session.close_query(query.id)
                assert tasks(session, Group.QUERY) == []


def test_what_is_mine_follows_role_and_site(ward_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_at(ward_folder) as session:
        dosed(session)
    for login, mine in ((FOUNDER, True), (NURSE, True), (MANAGER, False)):
        with session_at(ward_folder, login) as session:
            work = session.work_list()
            assert [task.mine for task in work.of(Group.DUE)] == [mine]
            assert len(work.of(Group.DUE, mine=True)) == int(mine)
            assert bool(work.subjects()) is mine
            monkeypatch.setattr(session, "person", replace(session.person, roles=("administrator",)))
            with pytest.raises(PermissionDenied):
                session.work_list()
            monkeypatch.undo()


def test_the_oldest_query_is_first(ward_folder: Path) -> None:
    for day, words in (("2026-08-25", "second"), ("2026-08-20", "first"), ("2026-08-31", "third")):
        with session_at(ward_folder, clock=at(day)) as session:
            ward = dosed(session)
            session.raise_query(ItemKey(ward.subject, "BL", "", "SV"), words)
    with session_at(ward_folder) as session:
        assert [t.words.en for t in tasks(session, Group.QUERY)] == [
            "open 12 days: first", "open 7 days: second", "open 1 day: third",
        ]  # fmt: skip


# -- signatures and judgement


def test_a_complete_form_that_wants_a_signature_waits_for_it(ward: Ward) -> None:
    ward.open("SCR", "DM").fill(SCRNUM="S001", BRTHDAT="1980-06-15", SEX="M")
    criteria = {f"INCL0{n}_IEORRES": "Y" for n in range(1, 6)}
    criteria |= {f"EXCL0{n}_IEORRES": "N" for n in (1, 2, 3, 4, 5, 7, 8)}
    given = criteria | {"IEDAT": "2026-08-30", "IEYN": "Y", "ENROLYN": "Y", "ENROLDAT": "2026-08-31"}
    ward.open("SCR", "IC").fill(DSDECOD="INFORMED CONSENT OBTAINED", RFICDAT="2026-08-20", SCRPRE="N")
    form = ward.open("SCR", "IE").fill(**given)
    assert tasks(ward.session, Group.UNSIGNED) == []
    form.expect_done()
    (task,) = tasks(ward.session, Group.UNSIGNED)
    assert (task.key, task.mine) == (ItemKey(ward.subject, "SCR", "", "IE"), True)
    assert ward.session.signing_offer(task.key).obstacle is None
    assert ward.session.matrix().rows[0].cells["SCR"].unsigned
    ward.sign("SCR", "IE", password(FOUNDER))
    assert tasks(ward.session, Group.UNSIGNED) == []
    assert not ward.session.matrix().rows[0].cells["SCR"].unsigned


def test_a_visit_waits_for_its_signature_only_when_all_of_it_is_complete(ward: Ward) -> None:
    visit = ward.unscheduled("SV").fill(
        SVOCCUR="Y", SVSTDAT="2026-08-30", SVCNTMOD="ON SITE", SVUPDES="Cough"
    )
    key = visit.entry.key.event_key()
    assert tasks(ward.session, Group.UNSIGNED) == []
    visit.expect_done()
    (task,) = tasks(ward.session, Group.UNSIGNED)
    assert (task.key, task.place.en, task.date) == (key, "Unscheduled #1", date(2026, 8, 30))
    assert ward.session.signing_offer(key).obstacle is None
    vitals = ward.open("UNS", "VS", key.event_repeat).enter("VSPERF", "Y")
    assert tasks(ward.session, Group.UNSIGNED) == [], "a form of it is begun"
    vitals.enter("VSPERF", "N").enter_all(VSDAT="2026-08-30")
    query = ward.session.raise_query(visit.entry.key, "Sure?")
    ward.session.answer_query(query.id, "Yes")
    assert tasks(ward.session, Group.UNSIGNED) == [], "an open query comes first"


def test_a_signed_visit_is_off_the_list(ward: Ward) -> None:
    visit = ward.unscheduled("SV").fill(
        SVOCCUR="Y", SVSTDAT="2026-08-30", SVCNTMOD="ON SITE", SVUPDES="Cough"
    )
    visit.expect_done()
    ward.session.sign(visit.entry.key.event_key(), "REVIEWED", password(FOUNDER), FOUNDER)
    assert tasks(ward.session, Group.UNSIGNED) == []
    visit.enter("SVSTDAT", "2026-08-29", because="typing error")
    ward.session.work_list()
    visit.expect_done()
    assert len(tasks(ward.session, Group.UNSIGNED)) == 1, "a change takes the signature back"


def test_a_judgement_by_somebody_else_waits_for_an_investigator(ward_folder: Path) -> None:
    with session_at(ward_folder, NURSE) as session:
        ward = Ward(session).enrol()
        sheet = cough(ward)
        names = [item.name for item in sheet.entry.form.items.values() if item.investigator]
        entered = [name for name in names if sheet.item(name).value.text]
        assert entered, "the scene must enter a judgement"
        (task,) = tasks(session, Group.JUDGEMENT)
        assert not task.mine
    with session_at(ward_folder) as session:
        ward.session = session
        (task,) = tasks(session, Group.JUDGEMENT)
        assert task.mine and task.key.form == "AE" and task.key.item in entered
        assert task.place.en.startswith("Logs · AE#1 · ") or "AE#1" in task.place.en
        again = ward.open("LOG", "AE").use_row("ROWS", task.key.group_repeat)
        for name in entered:
            text = again.item(name).value.text
            again.enter(name, "").enter(name, text)
        assert tasks(session, Group.JUDGEMENT) == [], "the investigator has entered it"


def test_a_struck_row_and_an_answer_that_no_longer_applies_wait_for_nobody(ward_folder: Path) -> None:
    with session_at(ward_folder, NURSE) as session:
        ward = Ward(session).enrol()
        row = cough(ward)
        assert len(tasks(session, Group.JUDGEMENT)) == 1
        row.strike("ROWS", "twice")
        assert tasks(session, Group.JUDGEMENT) == []


def asked_in(study: Study) -> Callable[[ItemKey], Item | None]:
    """The items of a definition by the keys of answers."""
    return lambda key: study.forms[key.form].items.get(key.item) if key.form in study.forms else None


def test_waiting_is_pure_and_knows_endorsements(ward_folder: Path) -> None:
    with session_at(ward_folder, NURSE) as session:
        ward = Ward(session).enrol()
        cough(ward)
        entries = read.subject_entries(session.vault.store, ward.subject)
    asked = asked_in(trial())
    found = waiting(asked, entries, lambda _person, _at: False)
    assert found
    assert waiting(asked, entries, lambda _person, _at: True) == ()
    assert waiting(asked, entries, lambda _person, _at: False, endorsed=found[:1]) == found[1:]
    unknown = [replace(one, key=one.key._replace(form="NOPE")) for one in entries]
    assert waiting(asked, unknown, lambda _person, _at: False) == ()


# -- what is kept


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Participants whose line is made from now on."""
    made: list[str] = []
    real = lines._Maker.line

    def line(self: lines._Maker, subject: str) -> lines.Line:
        made.append(subject)
        return real(self, subject)

    monkeypatch.setattr(lines._Maker, "line", line)
    return made


def test_nobody_is_read_twice(ward_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = counted(monkeypatch)
    with session_at(ward_folder) as session:
        first, second = dosed(session), dosed(session)
        session.work_list(), session.matrix(), session.work_list()
        assert sorted(made) == sorted([first.subject, second.subject])
        made.clear()
        held(first, "W4", "2026-09-01")
        session.matrix(), session.work_list()
        assert made == [first.subject]
        made.clear()
    for day in ("2026-09-02", "2026-12-24"):
        with session_at(ward_folder, clock=at(day)) as session:
            assert session.work_list().tasks and session.matrix().rows
    assert made == [], "another day changes no line"


def test_before_day_one_a_line_holds_for_its_day(ward_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_at(ward_folder) as session:
        ward = Ward(session).enrol()
        held(ward, "SCR", "2026-08-30")
        session.matrix()
    made = counted(monkeypatch)
    with session_at(ward_folder) as session:
        session.matrix()
    assert made == []
    with session_at(ward_folder, clock=at("2026-09-02")) as session:
        session.matrix()
        assert made == [ward.subject]


def test_kept_lines_say_what_fresh_ones_say(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        for d1 in ("2026-06-01", D1):
            dosed(session, d1)
        session.matrix()
    with session_at(ward_folder, clock=at("2026-09-25")) as session:
        kept, cells = session.work_list(), [dict(row.cells) for row in session.matrix().rows]
        with session.vault.store.transaction() as tx:
            for subject in session.subjects():
                read.status_drop(tx, subject.identity)
        lines._KNOWN.clear()
        assert session.work_list() == kept
        assert [dict(row.cells) for row in session.matrix().rows] == cells


def test_participants_are_let_go_after_reading(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        ward = dosed(session)
        dosed(session)
    with session_at(ward_folder) as session:
        session.cache(ward.subject)
        with session.vault.store.transaction() as tx:
            for subject in session.subjects():
                read.status_drop(tx, subject.identity)
        session.work_list()
        assert [session.is_loaded(s.identity) for s in session.subjects()] == [
            s.identity == ward.subject for s in session.subjects()
        ]


def test_a_little_at_a_time_comes_to_an_end(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        for _ in range(3):
            dosed(session)
    with session_at(ward_folder, clock=at("2026-09-02")) as session:
        with session.vault.store.transaction() as tx:
            for subject in session.subjects():
                read.status_drop(tx, subject.identity)
        rows = overview.matrix(session, 0).rows
        cells = [row.cells["W4"].status for row in rows]
        assert cells == ["not_started", "reading", "reading"]
        assert "reading" not in cells[:1] and len(rows[1].cells) == len(overview.scheduled(session.study))
        with pytest.raises(KeyError):
            rows[1].cells["NOPE"]
        states = [session.work_list(0).complete for _ in range(2)]
        assert states == [False, True]
        assert len(tasks(session, Group.DUE)) == 3


def test_a_disk_that_takes_no_cache_stops_nobody(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Store) -> None:
        raise StoreError("store.disk_full", place="study.db")

    monkeypatch.setattr(Store, "transaction", full)
    assert ward.session.matrix().rows[0].cells["SCR"].status == "not_started"
    assert lines_of(ward.session).known()[0][1] is not None
    monkeypatch.undo()
    day = ward.session.today.isoformat()
    assert read_lines.keys(ward.session.vault.store, f"{trial().hash}:2", day) == frozenset()


def test_the_trial_expects_nothing_that_comes_overnight() -> None:
    study = trial()
    assert not asks_the_day(study)
    (closing, *others) = study.closings
    daily = study.forms["TIS"].items["TISRESP"].relevant or study.forms["TIS"].items["TISRESP"].calculate
    assert daily is not None and "today" in daily.uses.words
    assert asks_the_day(replace(study, closings=(replace(closing, when=daily), *others)))
    assert asks_the_day(replace(study, names={**study.names, "D1": daily}))


def test_a_small_definition_without_judgement_works(site_ward: Ward) -> None:
    log(site_ward, "AE").new_row("ROWS").enter_all(AETERM="Cough", AESER="N")
    assert tasks(site_ward.session, Group.JUDGEMENT) == []
