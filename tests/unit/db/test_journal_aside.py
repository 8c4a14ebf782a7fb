"""Records that are kept but do not count: set aside, or withheld. See test_journal.py."""

# ruff: noqa: ANN401 - a driver without types, rows of any column
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mda5_crf.crypto import record_hash
from mda5_crf.db import projection, read
from mda5_crf.db.records import AuditRecord, Draft, Seal, make_record
from mda5_crf.db.verify import verify
from mda5_crf.text import Text
from tests.unit.db.journalkit import (
    STUDY,
    Ward,
    blind_redaction,
    item,
    value,
)
from tests.unit.db.test_journal import everything, other, seals, take, ward

__all__ = ["everything", "other", "seals", "take", "ward"]

# -- set aside -----------------------------------------------------------------------------------------


def note() -> Draft:
    return Draft("bundle", "", {"direction": "taken", "number": 1, "peer": "d1", "sha256": "0" * 64})


def aside_of(result: Any) -> list[tuple[str, str]]:
    return [(record, reason.en) for record, reason in result.aside]


def test_what_the_author_had_no_right_to_is_kept_but_not_folded(ward: Ward, other: Ward) -> None:
    subject = ward.enrol()
    told = ward.value(item(subject), "120")
    asked: list[tuple[str, frozenset[str]]] = []

    def judge(record: AuditRecord, roles: frozenset[str]) -> Text | None:
        asked.append((record.kind, roles))
        return Text("no right", "无权") if record.kind == "value" else None

    result = ward.send(other, judge=judge, note=note())
    assert aside_of(result) == [(told.id, "no right")]
    assert ("value", frozenset({"data_entry"})) in asked and asked[0] == ("device", frozenset())
    assert read.subject_entries(other.store, subject) == ()
    assert other.journal.get(told.id) == told
    assert [(row.record, row.zh) for row in read.aside(other.store)] == [(told.id, "无权")]
    assert verify(other.store, device="d2") == []
    with other.store.transaction() as tx:
        before = projection.dump(tx)
        projection.rebuild(tx)
        assert projection.dump(tx) == before


def test_the_next_record_of_the_chain_is_not_held_up(ward: Ward, other: Ward) -> None:
    ward.value(item("d1:4"), "1")
    ward.send(other, judge=lambda record, _: Text("x", "x") if record.kind == "value" else None, note=note())
    ward.enrol()
    assert ward.send(other, note=note()).new == 1
    assert verify(other.store, device="d2") == []


def foreign(ward: Ward, draft: Draft, **place: Any) -> tuple[AuditRecord, Seal]:
    """A record that a newer program, or an attacker, puts at the end of the ward's chain."""
    seq, head = ward.journal.heads()["d1"]
    fields: dict[str, Any] = {
        "study": STUDY, "device": "d1", "seq": seq + 1, "prev": head, "person": ward.person.id,
        "at": "2026-11-23T01:00:04.000Z", "zone": "Asia/Shanghai +08:00", "clock": seq + 1,
    }  # fmt: skip
    record = make_record(draft, **{**fields, **place})
    sealed = ward.person.author.sign("seal", bytes.fromhex(record.hash))
    return record, Seal("d1", 1, seq + 1, ward.person.id, sealed)


@pytest.mark.parametrize(
    "draft,place,reason",
    [
        (Draft("hologram", "", {}), {}, "does not know"),
        (Draft("value", "nonsense", {"text": "1"}), {}, "shape"),
        (Draft("value", "d1:4/BL/VS/MAIN/X", {"text": "1"}, ("nonsense",)), {}, "shape"),
        (Draft("value", "d1:4/BL/VS/MAIN/X", {"text": 1}), {}, "shape"),
        (Draft("missing", "d1:4/BL/VS/MAIN/X", {"code": ""}), {}, "shape"),
        (Draft("row", "d1:4/LOG/AE/MAIN[d1:1]", {}), {}, "shape"),
        (Draft("event", "d1:4", {"event": "a/b"}), {}, "shape"),
        (Draft("subject", "d1:4", {"renumber": ""}), {}, "shape"),
        (Draft("strike", "d1:4/UNS[d1:9]", {"state": "gone"}), {}, "shape"),
        (Draft("status", "d1:4/BL/VS", {"status": "?"}), {}, "shape"),
        (Draft("query", "d1:4/BL/VS", {"query": "q", "state": "New"}), {}, "shape"),
        (Draft("user", "", {"person": "p", "state": "?"}), {}, "shape"),
        (Draft("redaction", "", {"records": ["?"]}), {}, "two different persons"),
        (Draft("redaction", "", {"records": "d1:1"}), {}, "two different persons"),
        (Draft("redaction", "", blind_redaction("d1:2")), {}, "proved by"),
        (Draft("redaction", "", blind_redaction("d7:2")), {}, "not here"),
        (Draft("device", "", {"device": "d1", "sign": "A"}), {}, "signed by anybody"),
        (
            Draft("certificate", "", {"certificate": {}, "sig": "", "by": "authority"}),
            {},
            "signed by anybody",
        ),
        (Draft("confirm", "d1:4", {"check": "VS-02", "text": "1"}), {}, "shape"),
        (value("d1:4/BL/VS/MAIN/X", "1"), {"clock": 10**9}, "logical clock"),
        (value("d1:4/BL/VS/MAIN/X", "1"), {"clock": 2}, "logical clock"),
        (value("d1:4/BL/VS/MAIN/X", "1"), {"at": "yesterday"}, "shape"),
        (value("d1:4/BL/VS/MAIN/X", "1"), {"zone": "x"}, "shape"),
    ],
)
def test_what_cannot_be_understood_is_set_aside(
    ward: Ward, other: Ward, draft: Draft, place: dict[str, Any], reason: str
) -> None:
    record, seal = foreign(ward, draft, **place)
    result = take(other, [*everything(ward), record], [seal], note=note())
    assert [one for one, _ in result.aside] == [record.id]
    assert reason in result.aside[0][1].en
    assert other.journal.get(record.id) == record
    assert other.value(item("d2:4"), "1").clock < 100  # lamport_clock_huge changes nothing here
    other.reopen()
    assert other.value(item("d2:4"), "2").clock < 100
    assert verify(other.store, device="d2") == []


def test_newer_record_version_is_set_aside(ward: Ward, other: Ward) -> None:
    record, _ = foreign(ward, value(item("d1:4"), "1"))
    newer = replace(record, v=2)
    newer = replace(newer, hash=record_hash(newer.line()))
    seal = Seal(
        "d1", 1, newer.seq, ward.person.id, ward.person.author.sign("seal", bytes.fromhex(newer.hash))
    )
    assert len(take(other, [*everything(ward), newer], [seal]).aside) == 1


# -- stubs ---------------------------------------------------------------------------------------------


def test_stubs_keep_the_chain_and_say_nothing(ward: Ward, other: Ward) -> None:
    subject = ward.enrol()
    first = ward.value(item(subject), "120")
    ward.value(item(subject), "121", [first.id])
    records = [record.stub() if record.kind == "value" else record for record in everything(ward)]
    result = take(other, records, seals(ward), note=note())
    assert result.stubs == {"d1": 2} and result.aside == ()
    assert read.subject_entries(other.store, subject) == ()
    assert [r.kind for r in read.history(other.store, subject)] == ["subject"]
    assert not list(other.journal.records(subject))
    assert [r.id for r in everything(other) if r.withheld] == ["d1:5", "d1:6"]
    assert not any(r.withheld for r in read.history(other.store, ""))  # "" in a stub is no key
    assert verify(other.store, device="d2") == []
    with other.store.transaction() as tx:
        before = projection.dump(tx)
        projection.rebuild(tx)
        assert projection.dump(tx) == before


def test_stubs_of_every_kind_touch_nothing(ward: Ward, other: Ward) -> None:
    ward.send(other)
    with other.store.read() as tx:
        before = projection.dump(tx)
    subject = ward.enrol()
    ward.add(
        value(item(subject), "1"), Draft("verify", subject, {}), Draft("login", "", {"result": "ok"}),
        Draft("subject", subject, {"renumber": "01-002"}), Draft("print", subject, {"what": "x"}),
        Draft("query", subject, {"query": "q", "state": "Open"}),
    )  # fmt: skip
    new = [record.stub() for record in everything(ward)[3:]]
    result = take(other, new, seals(ward))
    assert (result.new, result.aside, result.subjects, result.stubs) == (7, (), frozenset(), {"d1": 7})
    with other.store.read() as tx:
        assert projection.dump(tx) == before


def test_a_full_copy_after_the_stub_is_known_and_does_not_fill_it(ward: Ward, other: Ward) -> None:
    subject = ward.enrol()
    ward.value(item(subject), "120")
    stubs = [record.stub() if record.kind == "value" else record for record in everything(ward)]
    take(other, stubs, seals(ward), note=note())
    result = take(other, everything(ward), seals(ward))
    assert (result.new, result.known) == (0, 5)
    kept = other.journal.get("d1:5")
    assert kept is not None and kept.withheld
    assert verify(other.store, device="d2") == []
