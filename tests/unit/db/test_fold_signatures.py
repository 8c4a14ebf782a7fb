"""Folding of electronic signatures, and vaults that are older than they."""

# ruff: noqa: ANN401 - contents of any shape
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.db import migrate, projection, schema
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.memory import Memory
from mda5_crf.db.records import AuditRecord, Draft, make_record
from tests.unit.db.journalkit import STUDY, Ward, blind_signature

FORM = "d1:4/BL/VS"


def record(key: str = FORM, seq: int = 9, replaces: tuple[str, ...] = (), **change: Any) -> AuditRecord:
    return make_record(
        Draft("signature", key, {**blind_signature(), **change}, replaces), study=STUDY, device="d1", seq=seq,
        prev="00" * 32, person="ee" * 16, at="2026-11-23T01:00:00.000Z", zone="Asia/Shanghai +08:00",
        clock=seq,
    )  # fmt: skip


def folded(*records: AuditRecord) -> list[tuple[Any, ...]]:
    tables = Memory()
    for one in records:
        projection.fold(tables, one)
    return tables.dump()["signature"]


@pytest.mark.parametrize("key", [FORM, "d1:4/BL", "d1:4", "d1:4/UNS[d1:7]/RD[d1:8]"])
def test_where_a_signature_stands(key: str) -> None:
    ((found, device, seq, *_),) = folded(record(key))
    assert (found, device, seq) == (key, "d1", 9)


@pytest.mark.parametrize("key", ["", f"{FORM}/MAIN", f"{FORM}/MAIN/SYSBP", "a/b/c/d/e/f"])
def test_where_none_can_stand(key: str) -> None:
    with pytest.raises(Unfoldable):
        folded(record(key))


@pytest.mark.parametrize("change", [{"meaning": "x"}, {"sig": ""}, {"records": {}}])
def test_content_of_another_shape(change: dict[str, Any]) -> None:
    with pytest.raises(Unfoldable):
        folded(record(**change))


def test_none_supersedes_another() -> None:
    first, second = record(seq=9), record(seq=10, replaces=("d1:9",))
    assert folded(first, second) == folded(second, first)
    assert len(folded(first, second)) == 2


def test_what_says_nothing_is_not_folded() -> None:
    assert folded(record().stub()) == []
    assert folded(replace(record(), content=None, salt=None)) == []


def test_a_vault_made_before_there_were_signatures(tmp_path: Path) -> None:
    ward = Ward(tmp_path, "d1")
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql("DROP TABLE signature")
        tx.delete(schema.migration, name="0003-signatures")
    assert migrate.bring_up(ward.store) == ("0003-signatures",)
    assert migrate.bring_up(ward.store) == ()
    with ward.store.read() as tx:
        assert tx.find(schema.signature) == []
    ward.store.close()
