"""Reference rows and clock notes: what they must look like, and who may end a row."""

from __future__ import annotations

from typing import Any

import pytest

from mda5_crf.db import migrate, projection, read, read_site, schema
from mda5_crf.db.memory import Memory
from mda5_crf.db.records import AuditRecord, Draft, make_record
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.vault import OpenVault

ROW = {"code": "RJ", "en": "Ruijin", "zh": "瑞金"}
LIVE = {"table": "laboratory", "state": "live", "row": ROW}


def record(
    content: dict[str, Any], kind: str = "reference", key: str = "", device: str = "a", seq: int = 2
) -> AuditRecord:
    return make_record(
        Draft(kind, key, content), study="S", device=device, seq=seq, prev="", person="p",
        at="2026-09-01T02:00:00.000Z", zone="Asia/Shanghai +08:00", clock=seq,
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        {**LIVE, "table": "labs"},
        {**LIVE, "state": "gone"},
        {**LIVE, "row": {}},
        {**LIVE, "row": "RJ"},
        {**LIVE, "row": {"code": 1}},
        {**LIVE, "replaces": "nothing"},
        {"table": "laboratory", "state": "struck"},
        {"table": "laboratory", "state": "struck", "replaces": "a"},
        {"table": "laboratory", "state": "struck", "replaces": "a:1", "reason": 7},
        {"state": "live", "row": ROW},
    ],
)
def test_a_reference_of_another_shape_is_not_folded(content: dict[str, Any]) -> None:
    with pytest.raises(projection.Unfoldable):
        projection.fold(Memory(), record(content))


def test_a_reference_belongs_to_no_participant() -> None:
    with pytest.raises(projection.Unfoldable):
        projection.fold(Memory(), record(LIVE, key="a:1"))


@pytest.mark.parametrize("name", ["flag", "wall", "latest"])
def test_a_clock_note_has_both_times(name: str) -> None:
    content = {"flag": "behind", "wall": "x", "latest": "y"}
    projection.fold(Memory(), record(content, "clock"))
    del content[name]
    with pytest.raises(projection.Unfoldable):
        projection.fold(Memory(), record(content, "clock"))


def stations(store: AnyStore, **sites: str) -> None:
    with store.transaction() as tx:
        for device, site in sites.items():
            row = dict.fromkeys(("name", "sign", "box", "parent", "authority", "vault", "person"), "")
            tx.insert(schema.device, {"id": device, "site": site, "at": "2026-09-01T02:00:00.000Z", **row})


def test_only_the_same_site_ends_a_row(open_ward: OpenVault) -> None:
    store = open_ward.store
    stations(store, a="01", b="01", c="02")
    end = {"table": "laboratory", "state": "struck", "replaces": "a:2", "reason": "closed"}
    with store.transaction() as tx:
        projection.fold(tx, record(LIVE))
        projection.fold(tx, record(end, device="c", seq=3))
        projection.fold(tx, record(end, device="unknown", seq=3))
    (row,) = read_site.references(store)
    assert (row.live, row.site, row.row, row.identity) == (True, "01", ROW, "a:2")
    with store.transaction() as tx:
        projection.fold(tx, record({**end, "reason": "first"}, device="b", seq=4))
        projection.fold(tx, record({**end, "reason": "later"}, device="a", seq=5))
    (row,) = read_site.references(store)
    assert (row.live, row.reason, row.ended) == (False, "first", "b:4")


def test_a_row_of_one_list_is_not_ended_through_another(open_ward: OpenVault) -> None:
    store = open_ward.store
    stations(store, a="01")
    with store.transaction() as tx:
        projection.fold(tx, record(LIVE))
        projection.fold(tx, record({"table": "range", "state": "struck", "replaces": "a:2"}, seq=3))
    (row,) = read_site.references(store)
    assert row.live


def test_a_row_of_a_pc_that_is_not_known_has_no_site(open_ward: OpenVault) -> None:
    with open_ward.store.transaction() as tx:
        projection.fold(tx, record(LIVE, device="zz"))
    (row,) = read_site.references(open_ward.store)
    assert row.site == ""


def test_a_file_of_the_first_version_gets_the_tables(open_ward: OpenVault) -> None:
    store = open_ward.store
    with store.transaction() as tx:
        for table in (schema.reference, schema.reference_end):
            table.drop(tx.connection)
        tx.delete(schema.migration, name="0002-site-lists")
    assert migrate.bring_up(store) == ("0002-site-lists",)
    assert read_site.references(store) == ()
    assert read.clock_notes(store) == ()
    assert migrate.bring_up(store) == ()
