"""Queries of people: every act that must be refused first, then the thread, the ages, whose turn it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from mda5_crf.db import projection, read, schema
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import queryboard
from mda5_crf.services.queryacts import LONGEST, may
from mda5_crf.services.queryboard import QueryFilter, chosen, counts, in_order
from mda5_crf.services.session import Session
from tests.monitored import Site

PULSE = "PULSE_VSORRES"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A ward with a monitor."""
    return Site(tmp_path / "ward.mda5")


def key_at(site: Site) -> ItemKey:
    with site.ward() as ward:
        return ward.open("BL", "VS").key(PULSE)


def asked(site: Site, login: str = "m04", words: str = "Which arm?") -> str:
    key = key_at(site)
    with site.at(login) as session:
        return session.raise_query(key, words).id


def state_of(site: Site, query: str) -> str:
    with site.at("d02") as session:
        return next(q.state for q in session.queries() if q.id == query)


# -- what is refused -----------------------------------------------------------------------------------


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("login,act,allowed", [
    ("n07", "raise", False), ("i01", "raise", True), ("m04", "raise", True), ("d02", "raise", True),
    ("n07", "answer", True), ("i01", "answer", True), ("m04", "answer", False), ("d02", "answer", False),
    ("n07", "close", False), ("i01", "close", False), ("m04", "close", True), ("d02", "close", True),
    ("n07", "cancel", False), ("i01", "cancel", False), ("m04", "cancel", True), ("d02", "cancel", True),
    ("n07", "reopen", False), ("i01", "reopen", True), ("m04", "reopen", True), ("d02", "reopen", True),
])  # fmt: skip
def test_who_may_do_what_to_a_query_of_the_monitor(site: Site, login: str, act: str, allowed: bool) -> None:
    query = asked(site)
    if act == "reopen":
        with site.at("m04") as session:
            session.close_query(query)
    key = key_at(site)
    with site.at(login) as session:
        acts = {
            "raise": lambda: session.raise_query(key, "And which side?"),
            "answer": lambda: session.answer_query(query, "left"),
            "close": lambda: session.close_query(query),
            "cancel": lambda: session.cancel_query(query, "asked in error"),
            "reopen": lambda: session.reopen_query(query, "not answered"),
        }
        wanted = {"answer": "Answered", "close": "Closed", "cancel": "Cancelled", "reopen": "Open"}
        if act != "raise":
            found = next(q for q in session.queries() if q.id == query)
            assert may(session, found, wanted[act]) is allowed, "the window mirrors the table"
        if allowed:
            acts[act]()
        else:
            with pytest.raises(PermissionDenied):
                acts[act]()
    with site.at("d02") as session:
        assert session.verify().troubles == ()


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("asker,allowed", [("m04", True), ("i01", False), ("d02", False)])
def test_a_monitor_ends_own_queries_only(site: Site, asker: str, allowed: bool) -> None:
    query = asked(site, asker)
    with site.at("m04") as monitor:
        for act in (monitor.close_query, monitor.cancel_query):
            if not allowed:
                with pytest.raises(PermissionDenied) as denied:
                    act(query, "enough")
                assert "data manager" in denied.value.text.en
                assert "数据管理员" in denied.value.text.zh
        if allowed:
            assert monitor.close_query(query, "thank you").state == "Closed"
    assert state_of(site, query) == ("Closed" if allowed else "Open")


@pytest.mark.requirement("P11-8")
def test_a_monitor_that_says_own_of_a_query_of_others_closes_nothing(site: Site) -> None:
    """With another program: the record stands, it is in the thread, and it counts for nothing."""
    query = asked(site, "d02")
    key = key_at(site)
    with site.at("m04") as monitor:
        content = {"query": query, "state": "Closed", "source": "manual", "own": True}
        monitor.append([Draft("query", key.path(), content)])
        monitor.refresh()
        (found,) = monitor.queries()
        assert found.state == "Open"
        assert [(word.state, word.counts) for word in monitor.query_thread(found)] == [
            ("Open", True), ("Closed", False),
        ]  # fmt: skip


@pytest.mark.requirement("P11-8")
def test_a_close_without_the_word_own_is_not_a_monitors(site: Site) -> None:
    query = asked(site, "m04")
    key = key_at(site)
    with site.at("m04") as monitor:
        content = {"query": query, "state": "Closed", "source": "manual"}
        monitor.append([Draft("query", key.path(), content)])
        codes = [trouble.code for trouble in monitor.verify().troubles]
    assert codes == ["not_entitled"]


def test_an_act_that_hides_its_source_is_judged_as_of_a_person(site: Site) -> None:
    from mda5_crf.services.access import judge

    assert judge("query", {"state": "Open", "query": "q"}, ["data_entry"]) is not None
    assert judge("query", {"state": "Resolved", "query": "q", "source": "manual"}, ["monitor"]) is not None


@pytest.mark.parametrize("words", ["", "   ", "\n\t", "x" * (LONGEST + 1)])
def test_words_are_needed_and_have_an_end(site: Site, words: str) -> None:
    query = asked(site, "d02")
    key = key_at(site)
    with site.at("d02") as manager:
        before = len(list(manager.vault.journal.records(kinds=("query",))))
        with pytest.raises(InputRefused):
            manager.raise_query(key, words)
        with pytest.raises(InputRefused):
            manager.cancel_query(query, words)
        manager.close_query(query)
        with pytest.raises(InputRefused):
            manager.reopen_query(query, words)
        assert len(list(manager.vault.journal.records(kinds=("query",)))) == before + 1
    with site.at() as doctor, pytest.raises(InputRefused):
        doctor.answer_query(query, words or "yes")


def test_a_question_needs_a_place_that_exists(site: Site) -> None:
    key = key_at(site)
    nowhere = (
        ItemKey(), ItemKey("nobody:1"), ItemKey(key.subject, "NEVER"),
        ItemKey(key.subject, "BL", form="NONE"),
        key._replace(item="NONE"), ItemKey(key.subject, form="VS"), ItemKey(key.subject, "BL", group="X"),
    )  # fmt: skip
    with site.at("m04") as monitor:
        for place in nowhere:
            with pytest.raises(InputRefused):
                monitor.raise_query(place, "Why?")
        assert monitor.queries() == ()


@pytest.mark.requirement("P11-7")
def test_steps_out_of_order_are_refused_in_words(site: Site) -> None:
    query = asked(site, "d02")
    with site.at("d02") as manager:
        with pytest.raises(InputRefused) as refused:
            manager.reopen_query(query, "why not")
        assert "nothing to open again" in refused.value.text.en
        manager.cancel_query(query, "asked twice")
        for act in (manager.close_query, manager.cancel_query):
            with pytest.raises(InputRefused):
                act(query, "again")
    with site.at() as doctor:
        with pytest.raises(InputRefused) as refused:
            doctor.answer_query(query, "late")
        assert "cancelled" in refused.value.text.en and "已取消" in refused.value.text.zh
        doctor.reopen_query(query, "the answer is known now")
        assert doctor.answer_query(query, "left").state == "Answered"


def test_an_answer_that_meets_a_closed_query_stays_in_the_thread(site: Site) -> None:
    """Written at another PC before the close was heard there."""
    query = asked(site, "d02")
    key = key_at(site)
    with site.at("d02") as manager:
        manager.close_query(query, "seen on paper")
    with site.at("n07") as nurse:
        content = {"query": query, "state": "Answered", "source": "manual", "answer": "left"}
        nurse.append([Draft("query", key.path(), content)])
        nurse.refresh()
        (found,) = nurse.queries()
        assert (found.state, found.answer) == ("Closed", "")
        assert [(w.state, w.text.en, w.counts) for w in nurse.query_thread(found)] == [
            ("Open", "Which arm?", True), ("Closed", "seen on paper", True), ("Answered", "left", False),
        ]  # fmt: skip
        with nurse.vault.store.transaction() as tx:
            before = projection.dump(tx)
            projection.rebuild(tx)
            assert projection.dump(tx) == before


# -- what works ----------------------------------------------------------------------------------------


@pytest.mark.requirement("E6-8", "CN-2", "E6-3")
def test_the_thread_says_who_in_which_role_and_when(site: Site) -> None:
    query = asked(site, "m04", "Which arm?")
    acts: tuple[tuple[str, Callable[[Session], object]], ...] = (
        ("n07", lambda s: s.answer_query(query, "左臂 left")),
        ("m04", lambda s: s.reopen_query(query, "and the cuff?")),
        ("i01", lambda s: s.answer_query(query, "adult")),
        ("m04", lambda s: s.close_query(query, "thank you")),
    )
    for login, act in acts:
        site.clock.now += timedelta(hours=1)
        with site.at(login) as session:
            act(session)
    with site.at("d02") as session:
        (found,) = session.queries()
        words = session.query_thread(found)
        assert [(w.person, w.role.en, w.state, w.text.zh) for w in words] == [
            ("Monitor Zhao", "monitor", "Open", "Which arm?"),
            ("Zhang Wei", "data entry", "Answered", "左臂 left"),
            ("Monitor Zhao", "monitor", "Open", "and the cuff?"),
            ("Li Na", "investigator", "Answered", "adult"),
            ("Monitor Zhao", "monitor", "Closed", "thank you"),
        ]
        assert [(b.at - a.at) for a, b in pairwise(words)] == [timedelta(hours=1)] * 4
        assert all(word.counts for word in words)
        assert (found.answer, found.text.en, found.person) == ("adult", "Which arm?", "Monitor Zhao")
        assert session.verify().troubles == ()


def test_a_query_stands_at_every_level_even_where_nothing_was_entered(site: Site) -> None:
    key = key_at(site)
    places = (ItemKey(key.subject), key.event_key(), key.form_key(), key)
    with site.at("m04") as monitor:
        for place in places:
            monitor.raise_query(place, "Where is the source?")
        lines = monitor.query_board()
        assert {line.query.key for line in lines} == set(places)
        assert {line.place.en.count("·") for line in lines} == {0, 1, 2}
        assert next(line.place.zh for line in lines if not line.query.key.event) == "参与者整体"
        assert monitor.work_list().tasks


def test_age_counts_days_at_the_site_and_stops_when_it_is_settled(site: Site) -> None:
    first, second = asked(site, words="one"), asked(site, words="two")
    site.clock.now += timedelta(days=3)
    with site.at("d02") as manager:
        manager.close_query(first)
    site.clock.now += timedelta(days=12)
    with site.at("d02") as manager:
        lines = {line.query.id: line for line in manager.query_board()}
        assert (lines[first].days, lines[first].overdue) == (3, False)
        assert (lines[second].days, lines[second].overdue) == (15, True)
        manager.study = replace(
            manager.study, settings={**manager.study.settings, "query_overdue_days": "15"}
        )
        assert not next(line for line in manager.query_board() if line.query.id == second).overdue


def test_whose_turn_it_is(site: Site) -> None:
    query = asked(site, "m04")

    def turns() -> dict[str, tuple[bool, bool]]:
        found = {}
        for login in ("n07", "i01", "m04", "d02"):
            with site.at(login) as session:
                (line,) = session.query_board()
                found[login] = (line.mine, line.theirs)
        return found

    site_acts = {"n07": (True, False), "i01": (True, False), "m04": (False, True), "d02": (False, True)}
    assert turns() == site_acts
    with site.at("n07") as nurse:
        nurse.answer_query(query, "left")
    assert turns() == {login: (not mine, not theirs) for login, (mine, theirs) in site_acts.items()}
    with site.at("d02") as manager:
        manager.close_query(query)
    assert set(turns().values()) == {(False, False)}


def test_answers_in_a_batch_say_which_were_not_taken(site: Site) -> None:
    key = key_at(site)
    with site.at("d02") as manager:
        made = [manager.raise_query(key, f"question {n}") for n in range(3)]
        manager.close_query(made[1].id)
    with site.at("n07") as nurse:
        answers = {(q.id, q.key): f"answer {n}" for n, q in enumerate(made)}
        answers[made[2].id, made[2].key] = " "
        refused = nurse.answer_queries(answers)
        assert set(refused) == {(made[1].id, key), (made[2].id, key)}
        assert [q.answer for q in nurse.queries() if q.state == "Answered"] == ["answer 0"]


def test_filters_leave_what_was_asked_for(site: Site) -> None:
    key = key_at(site)
    with site.ward() as ward:
        ward.open("BL", "VS").enter_all(VSPERF="Y", TEMP_VSORRES="36.5")
    with site.at("m04") as monitor:
        one = monitor.raise_query(key, "Which ARM was it?")
        monitor.raise_query(ItemKey(key.subject, "W4"), "体温单在哪里？")
        monitor.cancel_query(one.id, "found it")
        lines = monitor.query_board()
        number = lines[0].subjid

        def left(**wanted: object) -> list[str]:
            return [line.query.text.en for line in chosen(lines, QueryFilter(**wanted))]  # type: ignore[arg-type]

        both = {"Which ARM was it?", "体温单在哪里？"}
        assert set(left()) == both == set(left(subject=number)) == set(left(source="manual"))
        assert left(state="waiting") == ["体温单在哪里？"] == left(event="W4") == left(words="体温单 week")
        assert left(state="Cancelled") == ["Which ARM was it?"] == left(words="which arm pulse")
        assert left(subject="01-999") == left(check="VS") == left(older=1) == left(whose="mine") == []
        assert left(whose="theirs") == ["体温单在哪里？"]
        assert counts(lines) == {
            "Candidate": 0, "Open": 1, "Answered": 0, "Closed": 0, "Cancelled": 1, "Resolved": 0,
        }  # fmt: skip
        for column in queryboard.COLUMNS:
            up, down = in_order(lines, column), in_order(lines, column, down=True)
            assert {line.query.id for line in up} == {line.query.id for line in down}
        assert [line.query.state for line in in_order(lines, "state")] == ["Open", "Cancelled"]


def test_old_files_get_the_states_of_today(site: Site) -> None:
    from mda5_crf.db import migrate

    query = asked(site, "d02")
    with site.at("d02") as manager:
        store = manager.vault.store
        with store.transaction() as tx:
            (row,) = tx.find(schema.query)
            tx.put(schema.query, {**row, "state": "Answered"})  # as an older program had folded it
            tx.connection.exec_driver_sql("ALTER TABLE query_event DROP COLUMN own")
            names = [step.name for step in migrate.MIGRATIONS if "query-states" in step.name]
            tx.delete(schema.migration, name=names[0])
        assert migrate.bring_up(store) == tuple(names)
        assert [q.state for q in read.queries(store) if q.id == query] == ["Open"]
        assert manager.verify().troubles == ()
