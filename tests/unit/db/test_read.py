"""What services are told: current answers, conflicts, repeats, queries, people, caches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from mda5_crf.db import read
from mda5_crf.db.records import Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Text
from tests.unit.db.journalkit import DEFINITION, SOURCE, START, Person, Ward, item, value
from tests.unit.db.storekinds import Kind


@pytest.fixture
def pair(tmp_path: Path, store_kind: Kind) -> Iterator[tuple[Ward, Ward]]:
    wards = Ward(tmp_path, "d1"), Ward(tmp_path, "d2")
    yield wards
    for ward in wards:
        ward.store.close()


@pytest.fixture
def ward(pair: tuple[Ward, Ward]) -> Ward:
    return pair[0]


def exchange(one: Ward, other: Ward) -> None:
    one.send(other)
    other.send(one)


def only_entry(ward: Ward, subject: str) -> read.EntryRow:
    (entry,) = read.subject_entries(ward.store, subject)
    return entry


# -- participants --------------------------------------------------------------------------------------


def test_nothing_yet(ward: Ward) -> None:
    assert read.subjects(ward.store) == () and read.queries(ward.store) == ()
    assert read.subject_entries(ward.store, "d1:4") == () and read.history(ward.store, "d1:4") == ()
    with pytest.raises(KeyError):
        read.subject(ward.store, "d1:4")


def test_two_participants_under_one_number_are_both_kept_and_flagged(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    first, second = one.enrol("01-001"), other.enrol("01-001")
    one.enrol("01-002")
    exchange(one, other)
    flags = {row.identity: row.duplicate for row in read.subjects(other.store)}
    assert flags[first] and flags[second] and sum(flags.values()) == 2
    assert read.subjects(one.store) == read.subjects(other.store)
    other.add(
        Draft("subject", second, {"renumber": "01-003", "reason": {"code": "OTHER", "text": "same number"}})
    )
    exchange(other, one)
    assert [row.subjid for row in read.subjects(one.store) if row.duplicate] == []
    assert read.subject(one.store, second).subjid == "01-003"
    assert read.subject(one.store, second).created == other.journal.get(second).when  # type: ignore[union-attr]


def test_entry_says_who_when_and_what_it_stands_on(ward: Ward) -> None:
    subject = ward.enrol()
    ward.value(item(subject), "120")
    record = ward.value(item(subject), "37.5", ["d1:5"], unit="°C")
    entry = only_entry(ward, subject)
    assert (entry.text, entry.unit, entry.missing, entry.conflict) == ("37.5", "°C", "", False)
    assert entry.record == record.id and entry.heads == (record.id,)
    assert (entry.person, entry.at) == (ward.person.id, record.when)
    assert entry.key == ItemKey(subject, "BL", "", "VS", "", "MAIN", "", "SYSBP_VSORRES")
    assert read.form_entries(ward.store, entry.key.form_key()) == (entry,)
    assert read.form_entries(ward.store, entry.key.form_key()._replace(form="V")) == ()


def test_missing_and_cleared(ward: Ward) -> None:
    subject = ward.enrol()
    ward.add(Draft("missing", item(subject), {"code": "ND"}))
    assert (only_entry(ward, subject).text, only_entry(ward, subject).missing) == ("", "ND")
    ward.value(item(subject), "", ["d1:5"])
    assert (only_entry(ward, subject).text, only_entry(ward, subject).missing) == ("", "")
    assert only_entry(ward, subject).heads == ("d1:6",)


def test_conflict_keeps_both_and_shows_the_later_in_logical_time(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    subject = one.enrol()
    one.send(other)
    key = item(subject)
    other.value(key, "old clock, other value")
    one.add(value(key, "120"), value(item(subject, "PULSE"), "60"))
    told = one.value(key, "121", ["d1:5"])
    exchange(one, other)
    entries = [{e.key.item: e for e in read.subject_entries(w.store, subject)}["SYSBP_VSORRES"] for w in pair]
    assert entries[0] == entries[1]
    assert entries[0].conflict and entries[0].text == "121" and entries[0].heads == (told.id, "d2:4")
    queries = [read.queries(w.store, subject) for w in pair]
    assert queries[0] == queries[1]
    (query,) = queries[0]
    assert (query.state, query.source, query.derived) == ("Open", "conflict", True)
    assert query.id == read.query_of_conflict(entries[0]) and query.key == entries[0].key
    assert read.query_of_conflict(only_pulse(one, subject)) == ""
    other.value(key, "122", entries[0].heads)
    exchange(other, one)
    for ward in pair:
        assert not any(entry.conflict for entry in read.subject_entries(ward.store, subject))
        assert read.queries(ward.store) == ()


def only_pulse(ward: Ward, subject: str) -> read.EntryRow:
    return next(entry for entry in read.subject_entries(ward.store, subject) if entry.key.item == "PULSE")


def test_answered_conflict_stays_and_resolves_with_the_conflict(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    subject = one.enrol()
    one.send(other)
    one.value(item(subject), "1")
    other.value(item(subject), "2")
    exchange(one, other)
    (query,) = read.queries(one.store)
    content = {"query": query.id, "state": "Answered", "source": "conflict", "answer": "the second"}
    one.add(Draft("query", item(subject), content))
    (answered,) = read.queries(one.store)
    assert (answered.id, answered.state, answered.answer, answered.derived) == (
        query.id,
        "Answered",
        "the second",
        False,
    )
    one.value(item(subject), "2", only_entry(one, subject).heads)
    assert read.queries(one.store)[0].state == "Resolved"


def test_same_value_from_two_devices_is_no_conflict(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    subject = one.enrol()
    one.send(other)
    one.value(item(subject), "120", reason={"code": "TYPO"})
    other.value(item(subject), "120")
    exchange(one, other)
    entry = only_entry(one, subject)
    assert not entry.conflict and len(entry.heads) == 2 and entry == only_entry(other, subject)
    other.value(item(subject), "120", entry.heads, unit="mmHg")
    assert len(only_entry(other, subject).heads) == 1


# -- repeats, rows, status -----------------------------------------------------------------------------


def test_repeats_and_rows_in_order_of_creation(ward: Ward) -> None:
    subject = ward.enrol()
    (visit,) = ward.add(Draft("event", subject, {"event": "UNS"}))
    event = ItemKey(subject, "UNS", visit.id)
    (form,) = ward.add(Draft("form", event.path(), {"form": "PFT"}))
    log = ItemKey(subject, "LOG", "", "AE", "", "MAIN")
    rows = [ward.add(Draft("row", log.path(), {}))[0] for _ in range(2)]
    ward.enrol("01-002")
    found = read.instances(ward.store, subject)
    assert [(row.level, row.name, row.identity) for row in found] == [
        ("event", "UNS", visit.id), ("form", "PFT", form.id), ("row", "MAIN", rows[0].id),
        ("row", "MAIN", rows[1].id),
    ]  # fmt: skip
    assert found[0].key == event and found[1].key == event._replace(form="PFT", form_repeat=form.id)
    assert found[2].parent == log and found[2].key == log._replace(group_repeat=rows[0].id)
    ward.add(Draft("strike", found[2].key.path(), {"state": "struck", "reason": {"code": "TYPO"}}))
    assert [row.struck for row in read.instances(ward.store, subject)] == [False, False, True, False]
    assert read.struck(ward.store, subject) == {found[2].key}
    ward.add(Draft("strike", found[2].key.path(), {"state": "restored"}))
    assert read.struck(ward.store, subject) == frozenset()


def test_confirmations_statuses_and_pins(ward: Ward) -> None:
    subject = ward.enrol()
    form = ItemKey(subject, "BL", "", "VS")
    key = form._replace(group="MAIN", item="SYSBP_VSORRES")
    ward.value(key.path(), "250")
    ward.add(
        Draft("confirm", key.path(), {"check": "VS.SYSBP.SOFT", "text": "250"}),
        Draft("status", form.path(), {"status": "complete"}, (), DEFINITION),
    )
    assert read.confirmations(ward.store, subject) == {(key, "VS.SYSBP.SOFT"): "250"}
    assert read.statuses(ward.store, subject) == {form: "complete"}
    assert read.pins(ward.store, subject) == {form: DEFINITION}
    ward.add(
        Draft("confirm", key.path(), {"check": "VS.SYSBP.SOFT", "text": "260"}),
        Draft("status", form.path(), {"status": "incomplete"}),
        Draft("pin", form.path(), {"definition": "e" * 64}),
    )
    ward.value(key.path(), "260")
    assert read.confirmations(ward.store, subject) == {(key, "VS.SYSBP.SOFT"): "260"}
    assert read.statuses(ward.store, subject) == {form: "incomplete"}
    assert read.pins(ward.store, subject) == {form: "e" * 64}


def test_a_form_stays_pinned_to_the_definition_of_its_first_entry(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    subject = one.enrol()
    one.send(other)
    form = ItemKey(subject, "BL", "", "VS")
    first, later = f"{form.path()}/MAIN/A", f"{form.path()}/MAIN/B"
    one.value("d1:9/BL/VS/MAIN/A", "elsewhere")
    one.add(Draft("missing", later, {"code": "ND"}, (), "later"))
    other.add(Draft("missing", first, {"code": "ND"}, (), "first"))  # fewer records before it: a lower clock
    one.add(Draft("missing", later, {"code": "UNK"}, (), "latest"))
    exchange(one, other)
    assert [read.pins(ward.store, subject) for ward in pair] == [{form: "first"}] * 2


def test_marks_stand_until_superseded(ward: Ward) -> None:
    subject = ward.enrol()
    (first,) = ward.add(Draft("verify", f"{subject}/BL/VS", {"n": 1}))
    ward.add(Draft("verify", f"{subject}/BL/VS", {"n": 2}, (first.id,)), Draft("review", subject, {}))
    assert [(row.kind, row.content) for row in read.marks(ward.store, subject)] == [
        ("verify", {"n": 2}),
        ("review", {}),
    ]


# -- queries and history -------------------------------------------------------------------------------


def act(number: str, state: str, **more: str) -> Draft:
    return Draft("query", item("d1:4"), {"query": number, "state": state, **more})


def test_query_goes_through_its_states(ward: Ward) -> None:
    ward.enrol()
    ward.add(act("q1", "Open", source="system", check="VS-02", text="too high"))
    ward.add(act("q1", "Answered", source="system", answer="seen"))
    (query,) = read.queries(ward.store)
    assert (query.state, query.source, query.check, query.text, query.answer) == (
        "Answered", "system", "VS-02", "too high", "seen",
    )  # fmt: skip
    assert query.raised < query.changed and query.record == "d1:6"
    assert read.counts(ward.store).open_queries == 1
    ward.add(act("q1", "Closed", source="system"))
    assert read.queries(ward.store, "d1:4")[0].state == "Closed"
    assert read.queries(ward.store, "d1:40") == () and read.counts(ward.store).open_queries == 0


def test_query_raised_elsewhere_again_does_not_undo_an_answer(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    one.enrol()
    one.send(other)
    one.add(act("q1", "Open", source="system"), act("q1", "Answered", source="system", answer="seen"))
    for _ in range(5):
        other.value(item("d1:4"), "x")
    other.add(act("q1", "Open", source="system"))
    exchange(one, other)
    assert [q.state for q in read.queries(one.store) if q.source == "system"] == ["Answered"]
    (last,) = one.add(act("q2", "Open"), act("q2", "Resolved"))[1:]
    one.add(act("q2", "Open"))
    assert {q.id: q.state for q in read.queries(one.store)}["q2"] == "Open"
    one.add(act("q2", "Closed"), act("q2", "Open"))
    assert {q.id: q.state for q in read.queries(one.store)}["q2"] == "Closed"
    reopened = act("q2", "Open")
    one.add(Draft(reopened.kind, reopened.key, reopened.content, (last.id,)))
    assert {q.id: q.state for q in read.queries(one.store)}["q2"] == "Open"


def test_history_has_the_superseded_too(ward: Ward) -> None:
    subject = ward.enrol()
    ward.value(item(subject), "120")
    ward.value(item(subject), "121", ["d1:5"], reason={"code": "TYPO"})
    ward.value(item(subject, "SYSBP_VSORRES2"), "not below the other")
    history = read.history(ward.store, ItemKey.parse(item(subject)))
    assert [(r.data["text"], r.person) for r in history] == [("120", ward.person.id), ("121", ward.person.id)]
    assert [record.kind for record in read.history(ward.store, subject)] == [
        "subject",
        "value",
        "value",
        "value",
    ]


def test_history_leaves_out_what_was_set_aside(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    subject = one.enrol()
    one.value(item(subject), "120")
    told = one.value(item(subject), "999", ["d1:5"])
    one.send(other, judge=lambda record, _: Text("no", "不") if record.id == told.id else None)
    assert [r.data["text"] for r in read.history(other.store, item(subject))] == ["120"]
    assert [r.kind for r in read.history(other.store, subject)] == ["subject", "value"]
    assert [row.record for row in read.aside(other.store)] == [told.id]
    assert other.journal.get(told.id) == told
    assert [r.seq for r in other.journal.records(subject)] == [5, 6]
    assert [r.seq for r in other.journal.records(subject, standing=True)] == [5]


def test_a_query_id_used_again_elsewhere_hides_no_conflict(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    subject = one.enrol()
    one.send(other)
    one.value(item(subject), "1")
    other.value(item(subject), "2")
    exchange(one, other)
    (query,) = read.queries(one.store)
    assert query.source == "conflict" and query.derived
    foreign = {"query": query.id, "state": "Closed", "source": "conflict"}
    one.add(Draft("query", item(subject, "OTHER"), foreign))
    found = {q.key.item: (q.state, q.derived) for q in read.queries(one.store)}
    assert found == {"OTHER": ("Closed", False), "SYSBP_VSORRES": ("Open", True)}


# -- people --------------------------------------------------------------------------------------------


def test_persons_by_newest_certificate_and_state(ward: Ward) -> None:
    doctor = Person("i01", "investigator")
    ward.admit(doctor)
    ward.add(Draft("user", "", {"person": doctor.id, "state": "active"}))
    persons = {person.login: person for person in read.persons(ward.store)}
    assert persons["i01"].roles == ("investigator",) and persons["i01"].active
    assert persons["i01"].name == "Name of i01" and persons["n07"].person == ward.person.id
    assert persons["i01"].certificate["certificate"]["login"] == "i01"
    ward.add(Draft("user", "", {"person": doctor.id, "state": "disabled", "reason": "left"}))
    doctor.role = "administrator"
    ward.add(Draft("certificate", "", doctor.certificate(ward.vault, serial=2).as_json()))
    persons = {person.login: person for person in read.persons(ward.store)}
    assert persons["i01"].roles == ("administrator",) and not persons["i01"].active
    assert {p.login: p.roles for p in read.persons(ward.store, "2025-12-31")} == {"i01": (), "n07": ()}


def test_devices_logins_and_passages(ward: Ward) -> None:
    (device,) = read.devices(ward.store)
    assert (device.id, device.name, device.site) == ("d1", "PC d1", "01")
    assert device.at == START + timedelta(seconds=1) and device.at.tzinfo is UTC
    assert read.last_login(ward.store, ward.person.id) is None
    (login,) = ward.add(Draft("login", "", {"login": "n07", "result": "ok"}))
    ward.add(Draft("logout", "", {"login": "n07"}), Draft("login", "", {"login": "n07", "result": "refused"}))
    assert read.last_login(ward.store, ward.person.id) == login.when
    assert [row.kind for row in read.logins(ward.store)] == ["login", "logout", "login"]
    assert read.logins(ward.store, "nobody") == ()
    ward.add(
        Draft("print", "d1:4", {"what": "VS", "sha256": "0", "pages": 2}), Draft("bundle", "", {"number": 1})
    )
    assert [(row.kind, row.key) for row in read.passages(ward.store)] == [("print", "d1:4"), ("bundle", "")]
    assert [row.content for row in read.passages(ward.store, "bundle")] == [{"number": 1}]


def test_definition_in_force_is_the_last_that_came(ward: Ward) -> None:
    assert read.definition_in_force(ward.store) == DEFINITION
    assert read.definition_source(ward.store, DEFINITION) == SOURCE
    assert read.definition_source(ward.store, "e" * 64) is None
    ward.add(Draft("definition", "", {"hash": "e" * 64, "oid": "x", "version": "2"}))
    assert read.definition_in_force(ward.store) == "e" * 64
    ward.add(Draft("definition", "", {"hash": DEFINITION, "oid": "x", "version": "1"}))
    assert read.definition_in_force(ward.store) == DEFINITION and read.definitions(ward.store) == (
        DEFINITION,
    )


# -- this machine --------------------------------------------------------------------------------------


def test_status_cache_holds_for_one_definition_and_day(ward: Ward) -> None:
    subject = ward.enrol()
    ward.journal.append(
        [value(item(subject), "1")],
        also=lambda tx: read.status_put(tx, f"{subject}/BL/VS", "def", "2026-11-23", {"status": "complete"}),
    )
    with ward.store.transaction() as tx:
        read.status_put(tx, subject, "def", "2026-11-23", {"status": "in_progress"})
        read.status_put(tx, f"{subject}0", "def", "2026-11-23", {"status": "complete"})
    assert len(read.status_get(ward.store, "def", "2026-11-23")) == 3
    assert read.status_get(ward.store, "def", "2026-11-23", f"{subject}/BL") == {
        f"{subject}/BL/VS": {"status": "complete"}
    }
    assert read.status_get(ward.store, "def", "2026-11-24") == {}
    assert read.status_get(ward.store, "other", "2026-11-23") == {}
    with ward.store.transaction() as tx:
        read.status_drop(tx, subject)
    assert list(read.status_get(ward.store, "def", "2026-11-23")) == [f"{subject}0"]


def test_what_a_bundle_touched_is_forgotten_by_the_status_cache(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    subject = one.enrol()
    one.send(other)
    with other.store.transaction() as tx:
        read.status_put(tx, f"{subject}/BL/VS", "def", "2026-11-23", {"status": "complete"})
        read.status_put(tx, "d2:9/BL/VS", "def", "2026-11-23", {"status": "complete"})
    one.value(item(subject), "1")
    one.send(other)
    assert list(read.status_get(other.store, "def", "2026-11-23")) == ["d2:9/BL/VS"]


def test_counts(ward: Ward) -> None:
    subject = ward.enrol()
    ward.value(item(subject), "1")
    ward.value(item(subject), "2")
    found = read.counts(ward.store)
    assert (found.records, found.subjects, found.entries, found.conflicts, found.aside) == (6, 1, 2, 1, 0)
