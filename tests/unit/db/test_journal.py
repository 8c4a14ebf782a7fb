"""Appending: chains, seals, clocks, all or nothing; and what other devices' records may not do."""

# ruff: noqa: ANN401 - contents of any shape, a driver without types
from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest

from mda5_crf.crypto import SigningKey, canon, genesis_hash, random_id, seal_fits
from mda5_crf.db import clock, projection, read, rows, schema
from mda5_crf.db.chain import ChainError
from mda5_crf.db.clock import ClockWatch
from mda5_crf.db.failures import Collision
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.records import AuditRecord, Draft, RecordRefused, Seal, make_record, split_id
from mda5_crf.db.tx import Tx
from mda5_crf.db.verify import verify
from mda5_crf.errors import StoreError
from mda5_crf.text import Text
from tests.unit.db.journalkit import (
    AUTHORITY,
    DEFINITION,
    START,
    STUDY,
    ZONE,
    Person,
    Ward,
    item,
    value,
)
from tests.unit.db.storekinds import FILE_ONLY, Kind

GOLDEN = Path(__file__).parents[2] / "golden" / "record.json"


@pytest.fixture
def ward(tmp_path: Path, store_kind: Kind) -> Iterator[Ward]:
    made = Ward(tmp_path, "d1")
    yield made
    made.store.close()


@pytest.fixture
def other(tmp_path: Path, store_kind: Kind) -> Iterator[Ward]:
    made = Ward(tmp_path, "d2")
    yield made
    made.store.close()


def everything(ward: Ward) -> list[AuditRecord]:
    return list(ward.journal.records())


def take(into: Ward, records: list[AuditRecord], seals: list[Seal], **how: Any) -> Any:
    with into.journal.begin() as tx:
        return into.journal.ingest(tx, records, seals, **how)


def refused(into: Ward, records: list[AuditRecord], seals: list[Seal], **how: Any) -> str:
    before = everything(into)
    with pytest.raises(ChainError) as error:
        take(into, records, seals, **how)
    assert everything(into) == before
    assert "{" not in error.value.text.en + error.value.text.zh
    return error.value.code


# -- the format ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", json.loads(GOLDEN.read_text("utf-8")), ids=lambda case: case["name"])
def test_record_format_is_final(case: dict[str, Any]) -> None:
    draft = case["draft"]
    record = make_record(
        Draft(draft["kind"], draft["key"], draft["content"], tuple(draft["replaces"]), draft["definition"]),
        **case["place"], salt=bytes.fromhex(case["salt"]), key_salt=bytes.fromhex(case["key_salt"]),
    )  # fmt: skip
    assert record.line().decode("utf-8") == case["line"]
    assert record.hash == case["hash"]
    assert record.content is not None and record.content.decode("utf-8") == case["content"]
    assert record.fault() == ""
    assert AuditRecord.from_json(json.loads(canon(record.as_json()))) == record
    stub = record.stub()
    assert stub.fault() == "" and stub.data == {} and stub.line() == record.line()
    assert stub.withheld and (stub.key, stub.key_salt, stub.salt, stub.content) == ("", None, None, None)
    assert AuditRecord.from_json(json.loads(canon(stub.as_json()))) == stub
    redacted = replace(record, content=None, salt=None)
    assert redacted.fault() == "" and not redacted.withheld and redacted.key == draft["key"]
    assert AuditRecord.from_json(json.loads(canon(redacted.as_json()))) == redacted


@pytest.mark.parametrize("case", json.loads(GOLDEN.read_text("utf-8")), ids=lambda case: case["name"])
def test_record_format_by_hand(case: dict[str, Any]) -> None:
    """What another program needs to check a record: JSON, HMAC-SHA-256, SHA-256."""

    def salted(salt: str, text: str) -> str:
        return hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()

    line = {name: case["draft"][name] for name in ("kind", "replaces", "definition")}
    line |= {"v": 1, **case["place"]}
    line["key"] = salted(case["key_salt"], case["draft"]["key"])
    line["content"] = salted(case["salt"], case["content"])
    written = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert written == case["line"]
    assert hashlib.sha256(b"mda5-crf/record/1\0" + written.encode()).hexdigest() == case["hash"]


def test_a_stub_tells_neither_key_nor_content() -> None:
    record = AuditRecord.from_json(sample())
    sent = canon(record.stub().as_json()).decode()
    for told in ("d1:4", "BL", "VS", "MAIN", "37.5", "text", sample()["salt"], sample()["key_salt"]):
        assert told not in sent
    assert record.key_hash in sent and record.content_hash in sent


def sample() -> dict[str, Any]:
    return make_record(
        value("d1:4/BL/VS/MAIN/X", "37.5", ["d1:5"]), study=STUDY, device="d1", seq=6, prev="0" * 64,
        person="p", at="2026-11-23T01:00:04.000Z", zone="Asia/Shanghai +08:00", clock=9,
    ).as_json()  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 0}, {"seq": "6"}, {"seq": True}, {"clock": -1}, {"kind": None}, {"person": 5},
        {"replaces": "d1:5"},
        {"replaces": [5]}, {"salt": None}, {"data": None}, {"salt": "AAAA"}, {"salt": "not base64"},
        {"data": "[]"}, {"data": '{"text": "37.5"}'}, {"data": '{"a":1e5}'}, {"data": "\ud800"},
        {"more": "x"}, {"key": None}, {"key_salt": None}, {"key": None, "key_salt": None}, {"key": 5},
        {"key_salt": "AAAA"}, {"key_salt": "not base64"}, {"key": "\ud800"}, {"key_hash": None},
        {"key": None, "data": None, "salt": None}, {"key_salt": None, "data": None, "salt": None},
        {"key": None, "key_salt": None, "salt": None}, {"key": None, "key_salt": None, "data": None},
    ],
)  # fmt: skip
def test_objects_that_are_no_record(change: dict[str, Any]) -> None:
    with pytest.raises(RecordRefused):
        AuditRecord.from_json({**sample(), **change})


def test_things_that_are_no_record_at_all() -> None:
    whole: tuple[object, ...] = (
        None,
        [],
        "x",
        {},
        {name: one for name, one in sample().items() if name != "hash"},
    )
    for data in whole:
        with pytest.raises(RecordRefused):
            AuditRecord.from_json(data)


@pytest.mark.parametrize(
    "change",
    [{"device": 1}, {"first": 0}, {"first": 3}, {"last": True}, {"sig": "?"}, {"person": None}, {"more": 1}],
)
def test_objects_that_are_no_seal(change: dict[str, Any]) -> None:
    seal = Seal("d1", 1, 2, "p", b"x" * 64)
    assert Seal.from_json(seal.as_json()) == seal
    with pytest.raises(RecordRefused):
        Seal.from_json({**seal.as_json(), **change})
    with pytest.raises(RecordRefused):
        Seal.from_json([])


@pytest.mark.parametrize("text", ["", "d1", ":", "d1:", "d1:x", "d1:-1", "d1:²", "d1:" + "9" * 17, ":4"])
def test_texts_that_are_no_record_id(text: str) -> None:
    assert split_id(text) is None


def test_a_changed_field_shows_in_the_hash() -> None:
    record = AuditRecord.from_json(sample())
    for change in (
        {"person": "q"},
        {"clock": 10},
        {"replaces": ()},
        {"key_hash": "0" * 64},
        {"content_hash": "0" * 64},
        {"seq": 7},
    ):
        assert replace(record, **change).fault() == "hash"
    opening: dict[str, Any]
    for opening in (
        {"key": "d1:4/BL/VS/MAIN/Y"},
        {"key": ""},
        {"key_salt": bytes(16)},
        {"key_salt": b"short"},
        {"key_salt": None},
        {"key": "", "key_salt": None},  # a stub has no content either
        {"key_salt": None, "content": None, "salt": None},  # nor a key
    ):
        assert replace(record, **opening).fault() == "key"
    assert replace(record, content=b'{"text":"38.5"}').fault() == "content"
    assert replace(record, salt=bytes(16)).fault() == "content"
    assert replace(record, salt=None).fault() == "content"


# -- appending -----------------------------------------------------------------------------------------


def test_chain_starts_at_genesis_and_has_no_gaps(ward: Ward) -> None:
    subject = ward.enrol()
    ward.add(value(item(subject), "120"), value(item(subject, "PULSE"), "60"))
    records = everything(ward)
    assert [record.seq for record in records] == [1, 2, 3, 4, 5, 6]
    assert records[0].prev == genesis_hash(STUDY, "d1", ward.sign.public.text, "")
    assert all(later.prev == earlier.hash for earlier, later in pairwise(records))
    assert all(later.clock == earlier.clock + 1 for earlier, later in pairwise(records))
    assert all(record.fault() == "" for record in records)
    assert ward.journal.heads() == {"d1": (6, records[-1].hash)} == read.heads(ward.store)
    assert ward.journal.get(records[4].id) == records[4]
    assert ward.journal.get("d1:99") is None and ward.journal.get("nonsense") is None


def test_first_record_must_register_the_device(tmp_path: Path, ward: Ward) -> None:
    journal = Journal(ward.store, Identity(STUDY, "d9", "p", SigningKey.generate()), ZONE)
    with pytest.raises(ValueError, match="device record"):
        journal.append([Draft("subject", "", {"subjid": "01-001", "site": "01"})])
    assert "d9" not in ward.journal.heads()


@pytest.mark.requirement("P11-5", "FDA-3", "E6-6", "CN-2")
def test_time_is_utc_with_the_name_and_offset_of_the_zone(ward: Ward) -> None:
    (record,) = ward.journal.append(
        [value(item("d1:4"), "1")], at=datetime(2026, 11, 23, 12, 31, 20, 123456, tzinfo=UTC)
    )
    assert (record.at, record.zone) == ("2026-11-23T12:31:20.123Z", "Asia/Shanghai +08:00")
    assert record.when == datetime(2026, 11, 23, 12, 31, 20, 123000, tzinfo=UTC)
    assert clock.local(record.at, record.zone).isoformat() == "2026-11-23T20:31:20.123000+08:00"
    assert clock.stamp(START, "America/St_Johns")[1] == "America/St_Johns -03:30"
    assert clock.local(*clock.stamp(START, "America/St_Johns")).isoformat().endswith("-03:30")
    with pytest.raises(ValueError, match="time"):
        clock.read_at("2026-11-23 12:31:20")
    with pytest.raises(ZoneInfoNotFoundError):
        Journal(ward.store, ward.journal.identity, "Asia/Nowhere")


def test_without_a_time_the_present_one_is_taken(ward: Ward) -> None:
    before = datetime.now(UTC)
    (record,) = ward.journal.append([value(item("d1:4"), "1")])
    assert before - timedelta(milliseconds=1) <= record.when <= datetime.now(UTC)


def test_empty_append_writes_nothing(ward: Ward) -> None:
    before = everything(ward)
    assert ward.journal.append([]) == ()
    assert everything(ward) == before


def test_a_bad_draft_takes_its_companions_with_it(ward: Ward) -> None:
    subject = ward.enrol()
    before = everything(ward)
    with pytest.raises(Unfoldable):
        ward.add(value(item(subject), "120"), Draft("value", subject, {"text": "no item"}))
    assert everything(ward) == before
    assert read.subject_entries(ward.store, subject) == ()
    assert ward.value(item(subject), "121").seq == before[-1].seq + 1
    assert verify(ward.store) == []


def test_a_failing_companion_write_takes_the_records_with_it(ward: Ward) -> None:
    def also(tx: Any) -> None:
        read.status_put(tx, "d1:4", DEFINITION, "2026-11-23", {"status": "complete"})
        raise KeyError("our mistake")

    before = everything(ward)
    with pytest.raises(KeyError):
        ward.journal.append([value(item("d1:4"), "1")], also=also)
    assert everything(ward) == before and read.status_get(ward.store, DEFINITION, "2026-11-23") == {}


def test_write_outside_a_transaction_is_our_mistake(ward: Ward) -> None:
    journal = ward.journal_of(ward.person)
    with ward.store.transaction() as tx:
        with pytest.raises(RuntimeError):
            journal.write(tx, [value(item("d1:4"), "1")])
        with pytest.raises(RuntimeError):
            journal.ingest(tx, [], [])


def test_two_journals_over_one_store_take_turns(ward: Ward) -> None:
    colleague = Person("i01", "investigator")
    second = ward.admit(colleague)
    for _ in range(3):
        ward.add(value(item("d1:4"), "1"))
        ward.add(value(item("d1:4"), "2"), by=second)
    assert [record.seq for record in everything(ward)] == list(range(1, 11))
    assert verify(ward.store) == []


def test_threads_append_one_after_the_other(ward: Ward) -> None:
    def write() -> None:
        for _ in range(20):
            ward.journal.append([value(item("d1:4"), "1")])

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [record.seq for record in everything(ward)] == list(range(1, 64))
    assert [one.code for one in verify(ward.store)] == []


def test_chain_goes_on_after_reopening(ward: Ward) -> None:
    ward.enrol()
    ward.reopen()
    assert ward.value(item("d1:4"), "1").seq == 5
    assert verify(ward.store) == []


# -- seals ---------------------------------------------------------------------------------------------


def seals(ward: Ward) -> list[Seal]:
    return ward.journal.seals_above({})


def test_one_seal_per_run_moves_with_every_append(ward: Ward) -> None:
    for count in (4, 5):
        ward.add(value(item("d1:4"), "1"))
        (seal,) = seals(ward)
        assert (seal.first, seal.last, seal.person) == (1, count, ward.person.id)
        assert seal_fits(ward.person.author.public, ward.journal.heads()["d1"][1], seal.signature)


def test_another_person_begins_a_run_and_so_does_coming_back(ward: Ward) -> None:
    second = ward.admit(Person("i01", "investigator"))
    ward.add(value(item("d1:4"), "1"), value(item("d1:4"), "2"), by=second)
    ward.add(value(item("d1:4"), "3"))
    assert [(seal.first, seal.last) for seal in seals(ward)] == [(1, 4), (5, 6), (7, 7)]
    ward.reopen()
    ward.add(value(item("d1:4"), "4"))
    assert [(seal.first, seal.last) for seal in seals(ward)] == [(1, 4), (5, 6), (7, 8)]
    assert [(seal.first, seal.last) for seal in ward.journal.seals_above({"d1": 5})] == [(5, 6), (7, 8)]


# -- the journal only grows ----------------------------------------------------------------------------


@pytest.mark.requirement("P11-5", "P11-6", "CN-3")
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit_record WHERE seq = 4",
        "DELETE FROM audit_record",
        "UPDATE audit_record SET content = NULL, salt = NULL WHERE seq = 4",
        "UPDATE audit_record SET content = '{}' WHERE seq = 4",
        "UPDATE audit_record SET person = 'x' WHERE seq = 4",
        "UPDATE audit_record SET device = 'd7' WHERE seq = 4",
        "INSERT OR REPLACE INTO audit_record SELECT * FROM audit_record WHERE seq = 4",
        "REPLACE INTO audit_record SELECT * FROM audit_record WHERE seq = 4",
        "INSERT INTO audit_record SELECT * FROM audit_record WHERE seq = 4",
        "UPDATE OR REPLACE audit_record SET seq = 4 WHERE seq = 3",
    ],
)
@FILE_ONLY  # tests/faults/test_postgres.py tries its own words of this
def test_rows_cannot_be_changed(ward: Ward, sql: str) -> None:
    ward.enrol()
    before = everything(ward)
    with pytest.raises(Collision), ward.store.transaction() as tx:
        tx.connection.exec_driver_sql(sql)
    assert everything(ward) == before


@pytest.mark.requirement("E6-4")
def test_only_content_and_salt_of_a_redacted_record_may_be_emptied(ward: Ward) -> None:
    subject = ward.enrol()
    told = ward.value(item(subject), "typed by mistake")
    doctor = Person("i01", "investigator")
    ward.admit(doctor)
    ward.add(ward.redaction([told], ward.person, doctor))
    assert verify(ward.store) == []
    for sql in (
        "UPDATE audit_record SET content = NULL WHERE seq = 5",
        "UPDATE audit_record SET content = NULL, salt = NULL, person = 'x' WHERE seq = 5",
        "UPDATE audit_record SET content = NULL, salt = NULL WHERE seq = 4",
        "UPDATE audit_record SET content = '{}', salt = NULL WHERE seq = 5",
    ):
        # A server lets nobody even try (tests/faults/test_postgres.py: nor may its owner).
        with pytest.raises(StoreError) as error, ward.store.transaction() as tx:
            tx.connection.exec_driver_sql(sql)
        assert error.value.code in {"store.row_refused", "pgstore.may_not"}
    with pytest.raises(Collision), ward.store.transaction() as tx:
        ward.store.empty_record(tx, "d1", 4)
    with ward.store.transaction() as tx:
        ward.store.empty_record(tx, "d1", 5)
        assert projection.rebuild(tx) == []
    emptied = ward.journal.get(told.id)
    assert emptied is not None and emptied.data == {} and emptied.hash == told.hash
    (entry,) = read.subject_entries(ward.store, subject)
    assert entry.absent and entry.text == ""
    assert verify(ward.store) == []
    with pytest.raises(StoreError), ward.store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE audit_record SET content = '{}' WHERE seq = 5")


# -- the clock -----------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-12")
def test_clock_back_is_flagged_and_entry_goes_on(ward: Ward) -> None:
    ward.journal.append([value(item("d1:4"), "1")], at=START + timedelta(hours=2))
    assert ward.journal.clock_warning is None or ward.journal.clock_warning.en
    (record,) = ward.journal.append([value(item("d1:4"), "2")], at=START)
    assert (
        isinstance(ward.journal.clock_warning, Text)
        and "before the last entry" in ward.journal.clock_warning.en
    )
    (entry,) = read.subject_entries(ward.store, "d1:4")
    assert entry.heads[0] == record.id  # order never comes from the wall
    ward.reopen()
    ward.journal.append([value(item("d1:4"), "3")], at=START - timedelta(days=1))
    assert ward.journal.clock_warning is not None


def test_clock_watch() -> None:
    ticks = 0.0
    watch = ClockWatch(earliest=START, monotonic=lambda: ticks)
    assert watch.judge(START - timedelta(days=1)) == "too_early"
    assert watch.judge(START) == "jumped"
    ticks = 60
    assert watch.judge(START + timedelta(seconds=60)) == ""
    assert watch.judge(START + timedelta(seconds=60) + timedelta(minutes=11)) == "jumped"
    assert watch.judge(START + timedelta(seconds=60)) == "before_last"
    ticks = 3600
    assert watch.judge(START + timedelta(hours=1)) == ""


# -- records of other devices --------------------------------------------------------------------------


def test_taking_in_twice_changes_nothing(ward: Ward, other: Ward) -> None:
    subject = ward.enrol()
    ward.value(item(subject), "120")
    records, sealed = everything(ward), seals(ward)
    assert take(other, records, sealed).new == 5
    with other.store.read() as tx:
        before = projection.dump(tx)
    again = take(other, records, sealed)
    assert (again.new, again.known) == (0, 5)
    with other.store.read() as tx:
        assert projection.dump(tx) == before
    assert [entry.text for entry in read.subject_entries(other.store, subject)] == ["120"]
    assert verify(other.store) == []


def test_lamport_clock_follows_what_was_taken(ward: Ward, other: Ward) -> None:
    for index in range(10):
        ward.value(item("d1:4"), str(index))
    other.value(item("d1:4"), "x")
    ward.send(other)
    assert other.value(item("d1:4"), "y").clock == ward.journal.above({"d1": 12}).__next__().clock + 1
    other.reopen()
    assert other.value(item("d1:4"), "z").clock == 15


def test_a_run_that_grows_between_bundles_keeps_one_seal(ward: Ward, other: Ward) -> None:
    ward.enrol()
    ward.send(other)
    ward.value(item("d1:4"), "1")
    result = ward.send(other)
    assert result.new == 1 and result.subjects == {"d1:4"}
    assert [(s.first, s.last) for s in other.journal.seals_above({}) if s.device == "d1"] == [(1, 5)]
    assert verify(other.store) == []


def test_third_device_gets_everything_through_the_second(ward: Ward, other: Ward, tmp_path: Path) -> None:
    third = Ward(tmp_path, "d3")
    ward.value(item("d1:4"), "1")
    other.value(item("d2:4"), "2")
    ward.send(other)
    assert other.send(third).new == 8
    assert third.journal.heads() == {**other.journal.heads(), **third.journal.heads()}
    assert verify(third.store) == []
    third.store.close()


def test_gap(ward: Ward, other: Ward) -> None:
    ward.enrol()
    assert refused(other, everything(ward)[1:], seals(ward)) == "store.chain_gap"
    assert refused(other, [*everything(ward)[:2], everything(ward)[3]], seals(ward)) == "store.chain_gap"


def test_fork(ward: Ward, other: Ward) -> None:
    ward.send(other)
    ward.copy_aside()
    ward.value(item("d1:4"), "1")
    ward.send(other)
    ward.put_copy_back()
    ward.value(item("d1:4"), "2")
    assert refused(other, everything(ward), seals(ward)) == "store.chain_fork"


def test_own_records_that_are_newer_than_ours(ward: Ward, other: Ward) -> None:
    ward.copy_aside()
    ward.value(item("d1:4"), "1")
    ward.send(other)
    records, sealed = list(other.journal.records()), seals(other)
    ward.put_copy_back()
    assert refused(ward, records, sealed) == "store.chain_own_newer"


def test_altered_records(ward: Ward, other: Ward) -> None:
    ward.enrol()
    records = everything(ward)
    for change in (
        {"person": "x"}, {"content": b"{}"}, {"hash": "0" * 64}, {"prev": "0" * 64}, {"key": "d1:9"},
        {"key_salt": bytes(16)}, {"key_hash": "0" * 64}, {"key_salt": None},
    ):  # fmt: skip
        changed = [*records[:3], replace(records[3], **change)]
        assert refused(other, changed, seals(ward)) == "store.chain_altered"


def test_a_record_that_does_not_continue_its_chain(ward: Ward, other: Ward) -> None:
    first, second = everything(ward)[:2]
    stray = make_record(
        value(item("d1:4"), "1"), study=STUDY, device="d1", seq=2, prev="0" * 64, person=second.person,
        at=second.at, zone=second.zone, clock=2,
    )  # fmt: skip
    assert refused(other, [first, stray], seals(ward)) == "store.chain_broken"


@pytest.mark.parametrize(
    "device,content",
    [
        ("d9", {"device": "d8", "sign": "A"}),
        ("d9", {"device": "d9"}),
        ("a:b", {"device": "a:b", "sign": "A"}),
    ],
)
def test_a_chain_that_does_not_begin_with_its_registration(
    other: Ward, device: str, content: dict[str, Any]
) -> None:
    record = make_record(
        Draft("device", "", content), study=STUDY, device=device, seq=1,
        prev=genesis_hash(STUDY, device, "A", ""),
        person="p", at="2026-11-23T01:00:04.000Z", zone="UTC +00:00", clock=1,
    )  # fmt: skip
    assert refused(other, [record], []) == "store.chain_broken"


def test_seals_are_asked_for(ward: Ward, other: Ward) -> None:
    ward.enrol()
    records, (seal,) = everything(ward), seals(ward)
    assert refused(other, records, []) == "store.chain_unsealed"
    assert refused(other, records, [replace(seal, signature=bytes(64))]) == "store.chain_unsealed"
    assert refused(other, records, [replace(seal, person=random_id())]) == "store.chain_unsealed"
    assert refused(other, records, [replace(seal, last=3)]) == "store.chain_unsealed"
    assert refused(other, records[:3], [seal]) == "store.chain_unsealed"


def test_device_key_used_without_author(ward: Ward, other: Ward) -> None:
    """Whoever holds the vault's key has the device's key, and writes in a colleague's name."""
    forger = Journal(ward.store, Identity(STUDY, "d1", ward.person.id, ward.sign), ZONE)
    forger.append([value(item("d1:4"), "1")])
    assert refused(other, everything(ward), seals(ward)) == "store.chain_unsealed"


def test_unknown_authority(ward: Ward, other: Ward) -> None:
    strange = frozenset({SigningKey.generate().public.text})
    assert refused(other, everything(ward), seals(ward), authorities=strange) == "store.chain_unsealed"
    assert take(other, everything(ward), seals(ward), authorities=frozenset({AUTHORITY.public.text})).new == 3


def test_certificate_self_made(tmp_path: Path, other: Ward) -> None:
    class Impostor(Ward):
        pass

    impostor = Impostor(tmp_path, "d8")
    person = Person("x01", "investigator")
    impostor.add(
        Draft("certificate", "", person.certificate(impostor.vault, SigningKey.generate()).as_json())
    )
    impostor.add(value(item("d8:4"), "1"), by=impostor.journal_of(person))
    assert refused(other, everything(impostor), seals(impostor)) == "store.chain_unsealed"
    impostor.store.close()


def test_record_of_another_study(ward: Ward, other: Ward) -> None:
    records = [replace(record, study="NCT00000000") for record in everything(ward)]
    assert refused(other, records, seals(ward)) == "store.chain_study"


def test_into_an_empty_store(ward: Ward, tmp_path: Path) -> None:
    empty = Ward(tmp_path, "d5")
    with empty.store.read() as tx:
        assert rows.last_record(tx, "nobody") is None
    empty.store.close()


# -- asking --------------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-3")
def test_records_by_condition(ward: Ward) -> None:
    subject, second = ward.enrol("01-001"), ward.enrol("01-002")
    ward.value(item(subject), "1")
    ward.value(item(subject, "PULSE"), "2")
    ward.value(item(second), "3")
    ward.add(Draft("status", f"{subject}/BL/VS", {"status": "complete"}))

    def ids(**how: Any) -> list[int]:
        return [record.seq for record in ward.journal.records(**how)]

    assert ids(key_prefix=subject) == [6, 7, 9]
    assert ids(key_prefix=f"{subject}/BL/VS", kinds=("value",)) == [6, 7]
    assert ids(key_prefix=item(subject)) == [6]
    assert ids(key_prefix="d1:") == []  # whole parts of a path, not characters
    assert ids(kinds=("status", "subject")) == [4, 5, 9]
    assert ids(device="d2") == [] and len(ids(person=ward.person.id, device="d1")) == 9
    assert [record.seq for record in ward.journal.above({"d1": 7})] == [8, 9]


def test_triggers_and_projections_survive_a_schema_dump(ward: Ward) -> None:
    with ward.store.read() as tx:
        assert tx.find(schema.device)[0]["id"] == "d1"


@FILE_ONLY  # tests/faults/test_postgres.py has the same for a server
def test_a_commit_that_fails_leaves_no_gap_in_the_chain(ward: Ward) -> None:
    """The disk may refuse at the very last step, when the records are already chained in memory."""
    with ward.store.transaction() as tx:
        run = tx.connection.exec_driver_sql
        run("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        run("CREATE TABLE child (p INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")

    def refuse_at_commit(tx: Tx) -> None:
        tx.connection.exec_driver_sql("INSERT INTO child VALUES (7)")

    journal = ward.journal
    before = journal.heads()
    with pytest.raises(StoreError):
        journal.append([value(item("d1:2"), "120")], also=refuse_at_commit)
    assert journal.heads() == before
    (record,) = journal.append([value(item("d1:2"), "121")])
    seq, head = before[record.device]
    assert (record.seq, record.prev) == (seq + 1, head)
