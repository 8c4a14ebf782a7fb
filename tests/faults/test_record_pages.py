"""Old and damaged pages of the file: what SQLCipher lets pass, ``verify`` names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mda5_crf.db import rows, schema
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.store import Store
from mda5_crf.db.tx import Statement
from mda5_crf.db.verify import verify
from mda5_crf.errors import StoreError
from tests.faults import counts
from tests.faults.test_record import found, ward
from tests.unit.db.journalkit import STUDY, ZONE, Ward, item, value

__all__ = ["ward"]

PAGE = 4096


def pages(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return [data[start : start + PAGE] for start in range(0, len(data), PAGE)]


def said(ward: Ward) -> dict[str, list[Any]]:
    """Everything a reader could be told, by whichever way the rows are found."""
    with ward.store.read() as tx:
        tables = {table.name: tx.run(Statement(select(table)), {}) for table in schema.ALL.sorted_tables}
        by_key = [row[:2] for row in tx.run(rows.BELOW, rows.below("d1:4"))]
    return {**{name: sorted(map(repr, found)) for name, found in tables.items()}, "by key": by_key}


@pytest.mark.requirement("P11-1")
@pytest.mark.alteration
def test_old_page_spliced_in(ward: Ward) -> None:
    """Every single older page that says anything else is noticed, though SQLCipher finds nothing wrong."""
    ward.add(*(value(item("d1:4", f"M{n}"), "x" * 200) for n in range(60)))
    ward.store.close()
    old = pages(ward.path)
    store = Store.open(ward.path, ward.key)
    journal = Journal(store, Identity(STUDY, "d1", ward.person.id, ward.person.author), ZONE)
    journal.append([value(item("d1:4", f"M{n}"), "better", [f"d1:{n + 12}"]) for n in range(60)])
    store.close()
    new = ward.path.read_bytes()
    ward.reopen()
    lawful = said(ward)
    ward.store.close()
    spliced = tried = 0
    for number, page in enumerate(old):
        if number and new[number * PAGE : (number + 1) * PAGE] != page:
            ward.path.write_bytes(new[: number * PAGE] + page + new[(number + 1) * PAGE :])
            ward.reopen()
            passed = ward.raw().execute("PRAGMA cipher_integrity_check").fetchall() == []
            named = verify(ward.store) != []
            assert named or said(ward) == lawful, f"page {number}"
            tried += named or said(ward) != lawful
            spliced += named and passed
            ward.store.close()
    assert spliced > 5
    counts.alterations("old_page_spliced_in", tried=tried, found=spliced)
    ward.path.write_bytes(new)
    ward.reopen()
    assert verify(ward.store) == []


@pytest.mark.requirement("P11-1")
@pytest.mark.alteration
def test_page_damaged(ward: Ward) -> None:
    """Whichever page it is: verify names it, or the file says that it cannot be read."""
    ward.add(*(value(item("d1:4", f"M{n}"), "x" * 200) for n in range(60)))
    ward.store.close()
    whole = ward.path.read_bytes()
    named = refused = 0
    for page in range(1, len(whole) // PAGE):
        data = bytearray(whole)
        data[page * PAGE + 100] ^= 1
        ward.path.write_bytes(bytes(data))
        try:
            ward.reopen()
            assert ("page_damaged", "d1.db") in found(ward)
            named += 1
        except StoreError as error:
            refused += error.code == "store.damaged"
    assert named + refused == len(whole) // PAGE - 1 and named > 5
    counts.alterations("page_damaged", tried=len(whole) // PAGE - 1, found=named + refused)
    ward.store.close()
    ward.path.write_bytes(whole)
    ward.reopen()


def test_reader_in_the_way_is_said_and_damages_nothing(ward: Ward) -> None:
    ward.value(item("d1:4", "LAST"), "1")
    with ward.store.read() as tx:
        tx.find(schema.meta)
        ward.value(item("d1:4", "LATER"), "1")
        raw = ward.raw()
        raw.execute("PRAGMA busy_timeout=1")
        raw.close()
        assert isinstance(verify(ward.store), list)
    assert found(ward) == []
