"""The tables of half-typed text and places: whose they are, what a redaction takes, and old files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.db import drafts, migrate, projection
from mda5_crf.db.drafts import DraftRow, PlaceRow
from mda5_crf.db.store import Store
from mda5_crf.db.verify import verify
from tests.unit.db.journalkit import Person, Ward, item
from tests.unit.db.storekinds import Kind

BEFORE, AFTER = "2026-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"


@pytest.fixture
def ward(tmp_path: Path, store_kind: Kind) -> Iterator[Ward]:
    made = Ward(tmp_path, "d1")
    yield made
    made.store.close()


def kept(ward: Ward, person: str) -> list[tuple[str, str]]:
    with ward.store.read() as tx:
        return [(row.key, row.text) for row in drafts.drafts(tx, person)]


def projections(ward: Ward) -> dict[str, list[tuple[object, ...]]]:
    with ward.store.read() as tx:
        return projection.dump(tx)


def test_texts_are_per_person_and_replaced_as_a_whole(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        drafts.put_drafts(
            tx, "p", [DraftRow("field", "k", "37.", "°C", 2), DraftRow("query", "k", "why")], BEFORE
        )
        drafts.put_drafts(tx, "q", [DraftRow("field", "k", "38")], BEFORE)
        drafts.put_drafts(tx, "p", [DraftRow("field", "k", "37.5", "°C", 4, "36")], AFTER)
    with ward.store.read() as tx:
        assert drafts.drafts(tx, "p") == (DraftRow("field", "k", "37.5", "°C", 4, "36"),)
    with ward.store.transaction() as tx:
        drafts.drop_draft(tx, "p", "field", "k")
    assert kept(ward, "p") == [] and kept(ward, "q") == [("k", "38")]


def test_only_that_kind_of_text_goes_with_its_commit(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        drafts.put_drafts(tx, "p", [DraftRow("field", "k", "1"), DraftRow("query", "k", "why")], BEFORE)
        drafts.drop_draft(tx, "p", "field", "k")
    assert kept(ward, "p") == [("k", "why")]


def test_a_place_is_one_per_person(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        drafts.put_place(tx, "p", PlaceRow("s/BL/VS", "s/BL/VS/MAIN/A", {"scroll": 12}), BEFORE)
        drafts.put_place(tx, "p", PlaceRow("s/BL/SV", "", {"search": "01-0"}), AFTER)
        drafts.put_place(tx, "q", PlaceRow("", "", {}), AFTER)
    with ward.store.transaction() as tx:
        assert drafts.place(tx, "p") == PlaceRow("s/BL/SV", "", {"search": "01-0"})
        drafts.drop_place(tx, "p")
        assert drafts.place(tx, "p") is None and drafts.place(tx, "q") is not None
        drafts.forget_person(tx, "q")
        assert drafts.place(tx, "q") is None


def test_no_text_of_a_participant_in_what_python_prints(ward: Ward) -> None:
    rows = [DraftRow("field", "k", "SECRET", base="SECRET"), PlaceRow("", "", {"search": "SECRET"})]
    assert "SECRET" not in repr(rows)


def test_a_redaction_takes_the_half_typed_text_of_everybody_about_it(ward: Ward) -> None:
    doctor, chief = Person("i01", "investigator"), Person("i02", "investigator")
    ward.admit(doctor)
    ward.admit(chief)
    subject = ward.enrol()
    told, other = item(subject), item(subject, "OTHER")
    record = ward.value(told, "Wang Wei, ward 3")
    with ward.store.transaction() as tx:
        drafts.put_drafts(
            tx, "p", [DraftRow("field", told, "Wang Wei"), DraftRow("field", other, "x")], BEFORE
        )
        drafts.put_drafts(tx, "q", [DraftRow("query", told, "is this Wang Wei?")], BEFORE)
        assert drafts.purge_redacted(tx) == 0, "nothing was redacted yet"
    ward.add(ward.redaction([record], doctor, chief))
    with ward.store.transaction() as tx:
        assert drafts.purge_redacted(tx) == 2
        drafts.put_drafts(tx, "q", [DraftRow("field", told, "typed afterwards")], AFTER)
        assert drafts.purge_redacted(tx) == 0
    assert kept(ward, "p") == [(other, "x")] and kept(ward, "q") == [(told, "typed afterwards")]


def test_verify_and_the_projections_know_nothing_of_it(ward: Ward) -> None:
    ward.value(item(ward.enrol()), "5")
    before = projections(ward)
    with ward.store.transaction() as tx:
        drafts.put_drafts(tx, "nobody", [DraftRow("field", "k", "1"), DraftRow("words", "k", "2")], "no time")
        drafts.put_place(tx, "nobody", PlaceRow("gone", "gone", {}), "no time")
    assert verify(ward.store) == [] and projections(ward) == before
    with ward.store.transaction() as tx:
        projection.rebuild(tx)
    assert kept(ward, "nobody") == [("k", "1"), ("k", "2")], "a rebuild emptied what is no projection"


def test_a_file_of_an_earlier_version_gets_the_tables(tmp_path: Path) -> None:
    path, key = tmp_path / "study.db", b"k" * 32
    store = Store.create(path, key)
    with store.transaction() as tx:
        for sql in (
            "DROP TABLE draft", "DROP TABLE place", "DELETE FROM migration WHERE name >= '0004'",
            "CREATE TABLE draft (person TEXT, key TEXT, text TEXT, unit TEXT, at TEXT)",
        ):  # fmt: skip
            tx.connection.exec_driver_sql(sql)
    steps = migrate.MIGRATIONS[: [m.name for m in migrate.MIGRATIONS].index("0004-drafts") + 1]
    assert migrate.bring_up(store, steps) == ("0004-drafts",)
    with store.transaction() as tx:
        drafts.put_drafts(tx, "p", [DraftRow("field", "k", "37", "°C", 1, "36")], BEFORE)
        drafts.put_place(tx, "p", PlaceRow("f", "i", {}), BEFORE)
        assert drafts.drafts(tx, "p") == (DraftRow("field", "k", "37", "°C", 1, "36"),)
    store.close()
