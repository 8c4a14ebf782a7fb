"""The file: refusals in words, migrations, what a failing machine leaves behind."""

# ruff: noqa: ANN401 - contents of any shape, a driver without types
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Text, create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from sqlcipher3 import dbapi2

from mda5_crf.db import migrate, schema
from mda5_crf.db.failures import Collision, store_error
from mda5_crf.db.store import Store, connect
from mda5_crf.db.tx import Tx
from mda5_crf.errors import StoreError
from tests.unit.db import storekinds
from tests.unit.db.storekinds import Kind

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "study.db"


def code_of(action: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(StoreError) as refused:
        action(*args, **more)
    assert "{" not in refused.value.text.en + refused.value.text.zh
    return refused.value.code


def filled(path: Path, rows: int = 200) -> None:
    store = storekinds.create(path, KEY)
    with store.transaction() as tx:
        for index in range(rows):
            store.set_meta(tx, f"name{index}", b"planted " * 100)
    store.close()


def test_what_was_written_is_there_after_reopening(path: Path, store_kind: Kind) -> None:
    filled(path, 3)
    store = storekinds.reopen(path, KEY)
    assert store.meta("name2") == b"planted " * 100
    assert store.meta("nothing") is None
    store.close()
    store.close()


def test_create_never_replaces_a_file(path: Path) -> None:
    path.write_bytes(b"something of value")
    assert code_of(Store.create, path, KEY) == "store.exists_already"
    assert path.read_bytes() == b"something of value"


def test_create_in_a_missing_folder(tmp_path: Path) -> None:
    assert code_of(Store.create, tmp_path / "no" / "study.db", KEY) == "store.cannot_open"


@pytest.mark.parametrize("size", [0, 1, 100, 5000])
def test_a_file_that_is_no_database(path: Path, size: int) -> None:
    path.write_bytes(os.urandom(size))
    assert code_of(Store.open, path, KEY) == "store.not_readable"
    assert path.stat().st_size == size


def test_missing_file_is_not_created(path: Path) -> None:
    assert code_of(Store.open, path, KEY) == "store.missing"
    assert not path.exists()


def test_wrong_key(path: Path) -> None:
    filled(path, 1)
    before = path.read_bytes()
    assert code_of(Store.open, path, bytes(32)) == "store.not_readable"
    assert path.read_bytes() == before


def test_key_of_wrong_length_is_our_mistake(path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Store.create(path, b"short")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_truncated_file_is_named_at_opening(path: Path, kept: float) -> None:
    filled(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    assert code_of(Store.open, path, KEY) == "store.damaged"


def test_damaged_page_is_named_when_read(path: Path) -> None:
    filled(path)
    whole = bytearray(path.read_bytes())
    for page in range(1, len(whole) // 4096):
        whole[page * 4096 + 50] ^= 1
    path.write_bytes(bytes(whole))
    assert code_of(Store.open, path, KEY) in {"store.damaged", "store.not_readable"}


def test_foreign_database_under_the_right_key(path: Path) -> None:
    raw = connect(path, KEY)
    raw.execute("CREATE TABLE notes (x)")
    raw.close()
    assert code_of(Store.open, path, KEY) == "store.no_journal"


@pytest.mark.requirement("FDA-8")
def test_nothing_of_the_content_is_readable_in_any_file(path: Path) -> None:
    store = Store.create(path, KEY)
    with store.transaction() as tx:
        store.set_meta(tx, "name", b"PLANTED-TEXT" * 50)
    files = [file.read_bytes() for file in path.parent.iterdir()]
    store.close()
    assert len(files) == 3  # the database, its write-ahead log, its index
    assert not any(b"PLANTED" in data or b"SQLite format" in data for data in files)


def test_settings_of_every_connection(path: Path) -> None:
    store = Store.create(path, KEY)
    expected = {
        "cipher_memory_security": 0, "trusted_schema": 0, "cell_size_check": 1, "foreign_keys": 1,
        "recursive_triggers": 1, "secure_delete": 1, "temp_store": 2, "mmap_size": 0, "busy_timeout": 5000,
        "journal_mode": "wal", "synchronous": 2,
    }  # fmt: skip
    with store.read() as tx, store.read() as other:
        for connection in (tx.connection, other.connection):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
            found["cipher_memory_security"] = int(str(found["cipher_memory_security"]))
            assert found == expected
    store.close()


# -- the machine fails ---------------------------------------------------------------------------------


def test_full_disk_keeps_what_was_saved(path: Path) -> None:
    filled(path, 3)
    store = Store.open(path, KEY)

    def fill() -> None:
        with store.transaction() as tx:
            pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar()
            tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            for index in range(100):
                store.set_meta(tx, f"more{index}", bytes(4000))

    assert code_of(fill) == "store.disk_full"
    assert store.meta("name2") is not None
    assert store.meta("more0") is None
    with store.transaction() as tx:
        store.set_meta(tx, "afterwards", b"1")
    assert store.meta("afterwards") == b"1"
    store.close()


def test_write_protection(path: Path) -> None:
    filled(path, 1)
    store = Store.open(path, KEY)

    def write() -> None:
        with store.transaction() as tx:
            tx.connection.exec_driver_sql("PRAGMA query_only=ON")
            store.set_meta(tx, "more", b"1")

    assert code_of(write) == "store.read_only"
    store.close()


def test_another_program_holds_the_file(path: Path) -> None:
    filled(path, 1)
    store = Store.open(path, KEY)
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA busy_timeout=1")
    other = connect(path, KEY)
    other.execute("BEGIN IMMEDIATE")

    def write() -> None:
        with store.transaction() as tx:
            store.set_meta(tx, "more", b"1")

    assert code_of(write) == "store.locked"
    other.close()
    write()
    assert store.meta("more") == b"1"
    store.close()


def test_error_texts_never_carry_values(path: Path) -> None:
    store = Store.create(path, KEY)
    with pytest.raises(Collision) as refused, store.transaction() as tx:  # noqa: PT012
        tx.insert(schema.meta, {"name": "SECRET", "value": b"SECRET"})
        tx.insert(schema.meta, {"name": "SECRET", "value": b"SECRET"})
    shown = f"{refused.value} {refused.value.text} {refused.value.__cause__}"
    assert "SECRET" not in shown
    assert refused.value.__suppress_context__
    with pytest.raises(StoreError) as failed, store.transaction() as tx:
        tx.connection.exec_driver_sql("INSERT INTO nowhere VALUES (?)", ("SECRET",))
    assert failed.value.code == "store.failed"
    assert "SECRET" not in f"{failed.value} {failed.value.text}"
    store.close()


def test_error_without_code_has_a_sentence() -> None:
    assert store_error(dbapi2.Error("unknown"), "study.db").code == "store.failed"


def test_block_that_fails_writes_nothing(path: Path, store_kind: Kind) -> None:
    store = storekinds.create(path, KEY)
    with pytest.raises(KeyError), store.transaction() as tx:  # noqa: PT012
        store.set_meta(tx, "half", b"1")
        raise KeyError("our mistake")
    assert store.meta("half") is None
    store.close()


def test_transactions_do_not_nest(path: Path, store_kind: Kind) -> None:
    store = storekinds.create(path, KEY)
    with pytest.raises(RuntimeError, match="nest"), store.transaction(), store.transaction():
        pass
    with store.transaction() as tx:
        store.set_meta(tx, "later", b"1")
    assert store.meta("later") == b"1"
    store.close()


def test_reader_sees_one_state(path: Path, store_kind: Kind) -> None:
    store = storekinds.create(path, KEY)
    with store.read() as reader:
        assert reader.one(schema.meta, name="new") is None
        with store.transaction() as tx:
            store.set_meta(tx, "new", b"1")
        assert reader.one(schema.meta, name="new") is None
    assert store.meta("new") == b"1"
    store.close()


def test_copy_under_another_key(path: Path, tmp_path: Path) -> None:
    filled(path, 3)
    store = Store.open(path, KEY)
    target = tmp_path / "copy.db"
    store.copy_to(target, bytes(32))
    assert code_of(store.copy_to, target) == "store.exists_already"
    assert code_of(store.copy_to, tmp_path / "no" / "copy.db") == "store.vault_file_missing"
    store.close()
    copy = Store.open(target, bytes(32))
    assert copy.meta("name2") is not None
    copy.close()


# -- versions ------------------------------------------------------------------------------------------


def test_file_from_the_future(path: Path, store_kind: Kind) -> None:
    store = storekinds.create(path, KEY)
    insert = "INSERT INTO migration (name, at, program) VALUES ('9999-unknown', '', '7.1.0')"
    store_kind.raw(store).execute(insert).connection.close()
    store.close()
    with pytest.raises(StoreError) as refused:
        storekinds.reopen(path, KEY)
    assert refused.value.code == "store.from_the_future"
    assert "7.1.0" in refused.value.text.en and "7.1.0" in refused.value.text.zh


def step(name: str, sql: str) -> migrate.Migration:
    def apply(tx: Tx) -> None:
        tx.connection.exec_driver_sql(sql)

    return migrate.Migration(name, apply)


def test_missing_migrations_are_applied_in_order_and_once(path: Path) -> None:
    store = Store.create(path, KEY)
    steps = (
        *migrate.MIGRATIONS,
        step("0002-second", "CREATE TABLE extra (x INTEGER)"),
        step("0003-third", "INSERT INTO extra VALUES (3)"),
    )
    assert migrate.bring_up(store, steps) == ("0002-second", "0003-third")
    assert migrate.bring_up(store, steps) == ()
    with store.read() as tx:
        assert tx.connection.exec_driver_sql("SELECT x FROM extra").scalars().all() == [3]
    store.close()
    assert code_of(Store.open, path, KEY) == "store.from_the_future"


def test_failing_migration_leaves_the_version_before(path: Path) -> None:
    store = Store.create(path, KEY)

    def half(tx: Tx) -> None:
        tx.connection.exec_driver_sql("CREATE TABLE half (x INTEGER)")
        tx.connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    steps = (*migrate.MIGRATIONS, migrate.Migration("0002-half", half))
    assert code_of(migrate.bring_up, store, steps) == "store.failed"
    with store.read() as tx:
        assert tx.one(schema.migration, name="0002-half") is None
        assert (
            tx.connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE name='half'").first() is None
        )
    store.close()
    Store.open(path, KEY).close()


def test_new_file_is_stamped_with_every_migration(path: Path, store_kind: Kind) -> None:
    store = storekinds.create(path, KEY)
    with store.read() as tx:
        assert {row["name"] for row in tx.find(schema.migration)} == {m.name for m in migrate.MIGRATIONS}
        assert migrate.present_triggers(tx) == migrate.lawful_triggers(tx)
    store.close()


# -- portability ---------------------------------------------------------------------------------------


def test_schema_compiles_for_postgresql_with_code_point_order() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in schema.ALL.sorted_tables:
        sql = str(CreateTable(table).compile(dialect=dialect))
        assert "WITHOUT ROWID" not in sql
        for column in table.primary_key.columns:
            if isinstance(column.type, Text):
                assert f'{column.name} TEXT COLLATE "C"' in sql.replace('"key"', "key").replace(
                    '"query"', "query"
                )


def test_every_projection_belongs_to_the_schema() -> None:
    truth = {
        "audit_record", "seal", "definition", "quarantine", "meta", "migration", "draft", "place",
        "status_cache", "proposal",
    }  # fmt: skip
    assert {table.name for table in schema.ALL.sorted_tables} == truth | {t.name for t in schema.PROJECTIONS}


def test_plain_sqlite_takes_the_schema() -> None:
    engine = create_engine("sqlite://")
    schema.ALL.create_all(engine)
    engine.dispose()
