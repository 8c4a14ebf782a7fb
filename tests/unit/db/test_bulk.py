"""Folding many records at once gives what folding them one by one gives, whatever comes in whatever order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table

from mda5_crf.db import bulk, projection, rows, schema
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.intake import Ingested
from mda5_crf.db.records import AuditRecord, Draft, Seal, split_id
from mda5_crf.db.tx import Row, Tx
from mda5_crf.text import Text
from tests.unit.db.journalkit import Ward
from tests.unit.db.storekinds import Kind
from tests.unit.db.test_projection import DEVICES, folded, history, plans

KEY = "a:1/BL/VS/MAIN/SYSBP"
SIZES = (1, 3, 4000)


class Undone(Exception):
    """The way out of a transaction that is not kept."""


@contextmanager
def undone(ward: Ward) -> Iterator[Tx]:
    """A transaction of the journal of which nothing stays."""
    try:
        with ward.journal.begin() as tx:
            yield tx
            raise Undone
    except Undone:
        pass


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory, store_kind: Kind) -> Iterator[Ward]:
    ward = Ward(tmp_path_factory.mktemp("bulk"), "x")
    yield ward
    ward.store.close()


@dataclass
class Wards:
    """Three senders, and a receiver that has what they began with."""

    receiver: Ward
    senders: dict[str, Ward]
    base: dict[str, int] = field(default_factory=dict)

    def written(self, plan: list[tuple[str, str, int]]) -> tuple[list[AuditRecord], list[Seal]]:
        """The chains of a history as the senders would write them, and their seals."""
        records: list[AuditRecord] = []
        seals: list[Seal] = []
        drafts: dict[str, list[Draft]] = {device: [] for device in DEVICES}
        for record in history(plan):
            replaces = tuple(self._moved(one) for one in record.replaces)
            drafts[record.device].append(Draft(record.kind, record.key, record.data, replaces))
        for device, some in drafts.items():
            with undone(self.senders[device]) as tx:
                records += self.senders[device].journal.write(tx, some, self.senders[device].now)
                seals += self.senders[device].journal.seals_above({device: self.base[device]}, tx)
        return records, seals

    def _moved(self, record: str) -> str:
        device, seq = split_id(record) or ("", 0)
        return f"{device}:{seq + self.base[device]}"


@pytest.fixture(scope="module")
def wards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wards]:
    base = tmp_path_factory.mktemp("bulk-wards")
    made = Wards(Ward(base, "r"), {device: Ward(base, device) for device in DEVICES})
    for sender in made.senders.values():
        sender.send(made.receiver)
        made.base[sender.device] = sender.journal.heads()[sender.device][0]
    yield made
    for ward in (made.receiver, *made.senders.values()):
        ward.store.close()


def judged(record: AuditRecord, _roles: frozenset[str]) -> Text | None:
    """Some are set aside, as if their authors lacked a right."""
    return Text("no", "否") if record.clock % 7 == 3 else None


def delivered(records: list[AuditRecord], order: Any) -> list[AuditRecord]:  # noqa: ANN401 - a random
    """Records of all chains mixed, each chain in its order; some without what they say."""
    chains = [[r for r in records if r.device == device] for device in DEVICES]
    mixed = []
    while any(chains):
        chain = order.choice([chain for chain in chains if chain])
        record = chain.pop(0)
        if record.clock % 5 == 2:
            record = record.stub() if record.clock % 2 else replace(record, content=None, salt=None)
        mixed.append(record)
    return mixed


def taken(wards: Wards, records: list[AuditRecord], seals: list[Seal], size: int) -> tuple[Any, ...]:
    """What the receiver has of them when it writes ``size`` records at a time, and what it says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "SIZE", size)
        with undone(wards.receiver) as tx:
            result = wards.receiver.journal.ingest(tx, records, seals, judged)
            dump = projection.dump(tx)
            aside = {(row["device"], row["seq"]): row["en"] for row in tx.find(schema.quarantine)}
            everything = sorted(tuple(row.values()) for row in tx.find(schema.audit_record))
            _fold_one_by_one(tx, aside)
            assert projection.dump(tx) == dump
            said = (result.new, result.known, set(result.aside), result.subjects, result.clock)
            return dump, aside, everything, said
    raise AssertionError


def _fold_one_by_one(tx: Tx, aside: dict[tuple[str, int], str]) -> None:
    known = [rows.row_record(row) for row in tx.each(rows.ALL, {})]
    for table in schema.PROJECTIONS:
        tx.delete(table)
    for record in known:
        if (record.device, record.seq) not in aside:
            projection.fold(tx, record)


@settings(max_examples=15)
@given(plan=plans(), order=st.randoms(use_true_random=False))
def test_taking_many_at_once_equals_taking_one_by_one(
    wards: Wards,
    plan: list[tuple[str, str, int]],
    order: Any,  # noqa: ANN401 - a random
) -> None:
    records, seals = wards.written(plan)
    mixed = delivered(records, order)
    one, *others = [taken(wards, mixed, seals, size) for size in SIZES]
    assert all(other == one for other in others)
    assert one[3][0] == len(records)


@given(plan=plans(), sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4), fetched=st.booleans())
def test_batches_of_any_size_fold_alike(
    scratch: Ward, plan: list[tuple[str, str, int]], sizes: list[int], *, fetched: bool
) -> None:
    records = history(plan)
    with pytest.raises(KeyError, match="roll back"), scratch.store.transaction() as tx:  # noqa: PT012
        for table in schema.PROJECTIONS:
            tx.delete(table)
        left = list(records)
        while left:
            size = sizes[len(left) % len(sizes)]
            some, left = left[:size], left[size:]
            batch = bulk.Batch(tx)
            if fetched:
                bulk.fetch_for(batch, some)
            for record in some:
                projection.fold(batch, record)
            batch.flush()
        assert projection.dump(tx) == folded(records)
        raise KeyError("roll back")


# -- a batch by itself ------------------------------------------------------------------------------------


def row(key: str, seq: int, text: str = "") -> Row:
    return {
        "key": key, "device": "a", "seq": seq, "clock": seq, "person": "p", "at": "", "text": text,
        "unit": "", "missing": "", "absent": 0,
    }  # fmt: skip


def test_rows_are_found_replaced_and_removed_before_and_after_they_are_written(scratch: Ward) -> None:
    items = schema.item_data
    with undone(scratch) as tx:
        tx.insert_many(items, [row(KEY, 1), row(KEY, 2), row("b", 1)])
        batch = bulk.Batch(tx)
        batch.insert(items, row(KEY, 3))  # into a group not yet asked for
        batch.put(items, row(KEY, 1, "new"))
        assert sorted(r["seq"] for r in batch.find(items, key=KEY)) == [1, 2, 3]
        assert batch.one(items, key=KEY, device="a", seq=1) == row(KEY, 1, "new")
        assert batch.one(items, key="nowhere") is None
        batch.delete(items, key=KEY, device="a", seq=2)
        batch.delete(items, key=KEY, device="a", seq=3)
        batch.put(items, row(KEY, 3, "again"))
        batch.put(items, row(KEY, 3, "twice"))
        assert tx.find(items, key=KEY, seq=2) != []  # nothing is written yet
        batch.flush()
        assert sorted((r["seq"], r["text"]) for r in tx.find(items, key=KEY)) == [(1, "new"), (3, "twice")]
        assert tx.find(items, key="b") == [row("b", 1)]


def test_what_names_no_group_goes_to_the_database_after_what_was_written(scratch: Ward) -> None:
    items = schema.item_data
    with undone(scratch) as tx:
        batch = bulk.Batch(tx)
        batch.insert(items, row(KEY, 1))
        batch.insert(items, row("b", 1))
        assert len(batch.find(items, device="a")) == 2
        batch.insert(items, row("c", 1))
        batch.delete(items, device="a")
        batch.flush()
        assert tx.find(items) == []


def test_groups_of_a_device_are_its_single_rows(scratch: Ward) -> None:
    gone = schema.superseded
    with undone(scratch) as tx:
        lines = [{"device": "a", "seq": seq, "key": key} for seq in (1, 2) for key in ("k", "l")]
        tx.insert_many(gone, lines[:3])
        batch = bulk.Batch(tx)
        batch.fetch(gone, [("a", 1, "k"), ("a", 2, "l"), ("b", 1, "k")])
        assert batch.one(gone, device="a", seq=1, key="k") == lines[0]
        assert batch.one(gone, device="a", seq=2, key="l") is None
        assert batch.one(gone, device="a", seq=1, key="l") == lines[1]  # not fetched beforehand
        batch.delete(gone, **lines[0])
        batch.fetch(gone, [("a", 1, "m")])  # asks for the same number again
        assert batch.one(gone, **lines[0]) is None
        batch.put(gone, lines[3])
        batch.put(gone, lines[0])
        batch.flush()
        assert sorted((r["seq"], r["key"]) for r in tx.find(gone)) == [(1, "k"), (1, "l"), (2, "k"), (2, "l")]


def test_a_record_that_cannot_be_folded_is_set_aside_alone(wards: Wards) -> None:
    records, seals = wards.written([("a", "value", 0), ("a", "status", 1), ("a", "value", 3)])
    spoilt = Draft("status", "a:1/BL/VS", {"status": "unheard of"})
    sender = wards.senders["a"]
    with undone(sender) as tx:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("mda5_crf.db.fold_structure._STATUSES", frozenset({"unheard of"}))
            made = sender.journal.write(tx, [spoilt, draft_value("9")], sender.now)
        seals = sender.journal.seals_above({"a": wards.base["a"]}, tx)
    result: list[Ingested] = []
    with undone(wards.receiver) as tx:
        result.append(wards.receiver.journal.ingest(tx, made, seals))
        assert [r["text"] for r in tx.find(schema.item_data, key=KEY)] == ["9"]
    assert [one for one, _ in result[0].aside] == [made[0].id]
    assert records  # the history of before is another one


def draft_value(text: str) -> Draft:
    return Draft("value", KEY, {"text": text})


def test_many_records_of_ones_own_are_folded_at_once(wards: Wards) -> None:
    """From _MANY drafts on the journal folds in memory; what stands is the same."""
    sender = wards.senders["b"]
    drafts = [Draft("value", f"a:1/BL/VS/MAIN/I{n % 9}", {"text": str(n)}) for n in range(60)]
    dumps = []
    for many in (1, 1000):
        with pytest.MonkeyPatch.context() as patch, undone(sender) as tx:
            patch.setattr(projection, "_MANY", many)
            sender.journal.write(tx, drafts, sender.now)
            dumps.append(projection.dump(tx))
    assert dumps[0] == dumps[1]
    with pytest.raises(Unfoldable), sender.journal.begin() as tx:
        sender.journal.write(tx, [*drafts, Draft("status", "a:1/BL/VS", {"status": "x"})], sender.now)
    assert sender.journal.heads()["b"][0] == wards.base["b"]


def test_a_bundle_that_repeats_a_record_before_it_is_written_is_no_fork(wards: Wards) -> None:
    records, seals = wards.written([("a", "value", 0), ("a", "value", 1)])
    with undone(wards.receiver) as tx:
        result = wards.receiver.journal.ingest(tx, [records[0], records[0], records[1], records[0]], seals)
    assert (result.new, result.known) == (2, 2)


def test_a_rare_record_is_judged_with_all_before_it_written(wards: Wards) -> None:
    records, seals = wards.written(
        [("a", "value", 0), ("a", "value", 1), ("a", "lock", 1), ("a", "value", 2)]
    )
    seen: list[int] = []
    with undone(wards.receiver) as tx:

        def looks(record: AuditRecord, _roles: frozenset[str]) -> Text | None:
            if record.kind == "lock":
                before = [row for row in tx.find(schema.audit_record, device="a") if row["kind"] == "value"]
                seen.extend((len(before), len(tx.find(schema.form_pin))))
            return None

        wards.receiver.journal.ingest(tx, records, seals, looks)
    assert seen == [2, 1]


def test_find_in_any_number_of_values(scratch: Ward) -> None:
    items = schema.item_data
    with undone(scratch) as tx:
        tx.insert_many(items, [])
        tx.delete_keys(items, [])
        tx.insert_many(items, [row(f"k{n}", n) for n in range(900)])
        for count in (0, 1, 2, 20, 21, 400, 401, 900):
            asked = [f"k{n}" for n in range(count)]
            assert sorted(r["seq"] for r in tx.find_in(items, "key", asked)) == list(range(count))
        assert [r["seq"] for r in tx.find_in(items, "seq", [3, 4, 5000], device="a", key="k4")] == [4]
        tx.delete_keys(items, [row(f"k{n}", n) for n in range(1, 900)])
        assert [r["seq"] for r in tx.find(items)] == [0]


def test_heavy_contents_are_written_sooner(wards: Wards, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is bounded in bytes too: 4,000 contents may have 60 KiB each."""
    monkeypatch.setattr(bulk, "WEIGHT", 300)
    records, seals = wards.written([("a", "value", n) for n in range(30)])
    sizes = [len(some) for some in bulk.portions(records)]
    assert sum(sizes) == len(records) and max(sizes) < 15
    written: list[int] = []
    real = Tx.insert_many

    def counted(tx: Tx, table: Table, rows: Sequence[Row]) -> None:
        written.extend([len(rows)] if table is schema.audit_record else [])
        real(tx, table, rows)

    monkeypatch.setattr(Tx, "insert_many", counted)
    with undone(wards.receiver) as tx:
        wards.receiver.journal.ingest(tx, records, seals)
    assert [size for size in written if size] == sizes
