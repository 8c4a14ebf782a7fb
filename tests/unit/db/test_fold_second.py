"""Folding of double entry: independent of order, strict, and it never touches what stands in items."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.db import migrate, projection, read_second, schema
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.memory import Memory
from mda5_crf.db.records import AuditRecord, Draft, make_record
from mda5_crf.itemkey import ItemKey
from tests.unit.db.journalkit import STUDY, Ward

FORM = "d1:4/BL/VS"
ITEM = f"{FORM}/MAIN/SYSBP"
LOG = "d1:4/LOG/CM/ROWS"
TABLES = ("second_entry", "second_row", "second_row_state", "second_resolution")
VALUE = {"text": "120", "of": ["d1:7"], "result": "same"}
ENDED = {"choice": "first", "first": ["d1:7"], "second": "d1:9", "stands": ["d1:7"]}


def record(kind: str, key: str, content: dict[str, Any], seq: int = 9, device: str = "d1") -> AuditRecord:
    return make_record(
        Draft(kind, key, content), study=STUDY, device=device, seq=seq, prev="00" * 32, person="ee" * 16,
        at="2026-11-23T01:00:00.000Z", zone="Asia/Shanghai +08:00", clock=seq,
    )  # fmt: skip


def folded(*records: AuditRecord) -> dict[str, list[tuple[Any, ...]]]:
    tables = Memory()
    for one in records:
        projection.fold(tables, one)
    dump = tables.dump()
    assert not any(dump[name] for name in ("item_data", "instance", "strike", "superseded"))
    return {name: dump[name] for name in TABLES}


HISTORY = (
    record("second", ITEM, VALUE, 9),
    record("second", ITEM, {**VALUE, "text": "121"}, 9, "d2"),
    record("second", ITEM, {"code": "ND", "of": [], "result": "differs"}, 8),
    record("second-row", LOG, {}, 10),
    record("second-row", f"{LOG}[d1:10]", {"state": "paired", "first": "d1:3"}, 11),
    record("second-row", f"{LOG}[d1:10]", {"state": "struck"}, 12),
    record("second-resolved", ITEM, ENDED, 13),
)


def test_every_order_gives_the_same() -> None:
    expected = folded(*HISTORY)
    assert expected["second_entry"][0][1] == "121"  # of two PCs at one moment the later device, everywhere
    assert [len(expected[name]) for name in TABLES] == [1, 1, 1, 1]
    for order in list(permutations(HISTORY))[::97]:
        assert folded(*order) == expected


@pytest.mark.parametrize(
    "kind, key, content",
    [
        ("second", FORM, VALUE),
        ("second", "a/b/c/d/e/f", VALUE),
        ("second", ITEM, {**VALUE, "code": "ND"}),
        ("second", ITEM, {**VALUE, "result": "perhaps"}),
        ("second", ITEM, {**VALUE, "of": "d1:7"}),
        ("second", ITEM, {**VALUE, "of": ["7"]}),
        ("second", ITEM, {**VALUE, "text": 120}),
        ("second-row", ITEM, {}),
        ("second-row", f"{LOG}[d1:10]", {}),
        ("second-row", f"{LOG}[d1:10]", {"state": "paired"}),
        ("second-row", f"{LOG}[d1:10]", {"state": "struck", "first": "d1:3"}),
        ("second-resolved", FORM, ENDED),
        ("second-resolved", ITEM, {**ENDED, "choice": "both"}),
        ("second-resolved", ITEM, {**ENDED, "second": "nine"}),
        ("second-resolved", ITEM, {**ENDED, "stands": [9]}),
    ],
)
def test_content_of_another_shape(kind: str, key: str, content: dict[str, Any]) -> None:
    with pytest.raises(Unfoldable):
        folded(record(kind, key, content))


def test_what_says_nothing_is_not_folded() -> None:
    for one in HISTORY:
        assert not any(folded(one.stub()).values())
        assert not any(folded(replace(one, content=None, salt=None)).values())


def test_a_vault_made_before_there_was_double_entry(tmp_path: Path) -> None:
    ward = Ward(tmp_path, "d1")
    with ward.store.transaction() as tx:
        for name in TABLES:
            tx.connection.exec_driver_sql(f"DROP TABLE {name}")
        tx.delete(schema.migration, name="0005-second-entry")
    assert migrate.bring_up(ward.store) == ("0005-second-entry",)
    assert migrate.bring_up(ward.store) == ()
    subject = ward.enrol()
    assert read_second.second(ward.store, ItemKey(subject)).nothing
    ward.add(Draft("second", f"{subject}/BL/VS/MAIN/SYSBP", VALUE))
    found = read_second.second(ward.store, ItemKey(subject))
    assert not found.nothing
    assert read_second.begun(ward.store) == {ItemKey(subject, "BL", form="VS")}
    (value,) = found.values.values()
    assert (value.text, value.of, value.blank) == ("120", ("d1:7",), False)
    ward.store.close()
