"""Attacks on a journal that lies on a server: by a person who works with it, by its owner, by a superuser.

The names are the attacks. Nobody but a superuser, or whoever plays the owner, gets past what the server
refuses; what such a person changes all the same, ``verify`` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mda5_crf.db import drafts, pgschema
from mda5_crf.db.failures import Collision
from mda5_crf.db.pgaddress import read_address
from mda5_crf.db.pgstore import PgStore
from mda5_crf.db.tx import Tx
from mda5_crf.db.verify import verify
from mda5_crf.errors import InputRefused, StoreError
from tests.faults import counts
from tests.pgserver import TEMPLATE, Server
from tests.unit.db.journalkit import Person, Ward, item, value
from tests.unit.db.storekinds import ServerKind, using

OWNER = f"{TEMPLATE}_owner"
EDITS = (
    "person = 'x'", "at = '2026-11-22T01:00:00.000Z'", "zone = 'UTC +00:00'", "kind = 'missing'",
    "clock = 100", "definition = ''", "replaces = '[\"d1:6\"]'", "study = 'X'", "v = 2", "prev = 'x'",
    "hash = 'x'", "key_hash = 'x'", "content_hash = 'x'", "content = '{\"text\":\"other\"}'",
    "content = '\\xff00'", "salt = '\\x00'", "salt = NULL", "content = NULL", "key = ''",
    "key = 'd1:4/BL/VS/MAIN/X'", "key_salt = NULL, key = ''", "device = 'd7'", "seq = 70",
    "person = person || E'\\uFDD0'", "content = NULL, salt = NULL",
)  # fmt: skip
CHANGES = (
    "UPDATE audit_record SET person = 'x' WHERE seq = 7",
    "UPDATE audit_record SET content = NULL, salt = NULL WHERE seq = 7",
    "UPDATE audit_record SET seq = seq",
    "DELETE FROM audit_record WHERE seq = 7",
    "DELETE FROM audit_record",
    "TRUNCATE audit_record",
    "TRUNCATE audit_record, seal CASCADE",
    "INSERT INTO audit_record SELECT * FROM audit_record WHERE seq = 7"
    " ON CONFLICT (device, seq) DO UPDATE SET person = 'x'",
    "MERGE INTO audit_record AS a USING (SELECT 7 AS n) AS b ON a.seq = b.n WHEN MATCHED THEN DELETE",
    "WITH gone AS (DELETE FROM audit_record RETURNING *) SELECT count(*) FROM gone",
)

BEYOND = (
    "ALTER TABLE audit_record DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_record_no_change ON audit_record",
    "DROP TABLE audit_record CASCADE",
    "ALTER TABLE audit_record RENAME TO other",
    "CREATE OR REPLACE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER more BEFORE INSERT ON audit_record FOR EACH ROW EXECUTE FUNCTION guard()",
    "CREATE RULE more AS ON INSERT TO audit_record DO INSTEAD NOTHING",
    "CREATE TABLE mda5.more (x integer)",
    "CREATE FUNCTION mda5.more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "UPDATE definition SET source = ''",
    "DELETE FROM definition",
    "DELETE FROM seal",
    "DELETE FROM migration",
    "DELETE FROM journal_lock",
    "TRUNCATE item_data",
    f"SET ROLE {OWNER}",
    "SET ROLE postgres",
    "SET log_statement = 'all'",
)


@pytest.fixture
def kind() -> Iterator[ServerKind]:
    with using("server") as made:
        assert isinstance(made, ServerKind)
        yield made


@pytest.fixture
def ward(tmp_path: Path, kind: ServerKind) -> Iterator[Ward]:
    """d1: records 1–3 founding, 4 enrolment, 5 a colleague's certificate, 6–8 hers, 9–11 his again."""
    made = Ward(tmp_path, "d1")
    subject = made.enrol()
    colleague = made.admit(Person("i01", "investigator"))
    made.add(*(value(item(subject, f"HER{n}"), f"text {n}") for n in range(3)), by=colleague)
    made.add(*(value(item(subject, f"HIS{n}"), f"text {n}") for n in range(3)))
    assert verify(made.store) == []
    yield made
    made.store.close()


@contextmanager
def connected(kind: ServerKind, ward: Ward, person: str, *before: str) -> Iterator[psycopg.Connection[Any]]:
    """Another tool, as that person of the server."""
    connection = kind.server.connect(kind.database(ward.store), person)
    try:
        for sql in before:
            connection.execute(sql)
        yield connection
    finally:
        connection.close()


def places(ward: Ward) -> set[tuple[str, str]]:
    troubles = verify(ward.store)
    assert all("{" not in one.text.en + one.text.zh for one in troubles)
    return {(one.code, one.place) for one in troubles}


def rows(ward: Ward) -> list[str]:
    return [one.hash for one in ward.journal.records()]


# -- whoever works with it -----------------------------------------------------------------------------


@pytest.mark.requirement("P11-5", "P11-6", "CN-3")
@pytest.mark.alteration
def test_postgres_update_delete_truncate_upsert(kind: ServerKind, ward: Ward) -> None:
    before = rows(ward)
    refused = 0
    for person, roles, code in (("clerk", (), "42501"), ("postgres", (f"SET ROLE {OWNER}",), "23001")):
        with connected(kind, ward, person, *roles) as raw:
            for sql in CHANGES:
                with pytest.raises(psycopg.Error) as error:
                    raw.execute(sql)
                assert error.value.sqlstate == code, sql
                refused += 1
    assert rows(ward) == before and places(ward) == set()
    counts.alterations("postgres_update_delete_truncate_upsert", tried=2 * len(CHANGES), found=refused)


@pytest.mark.requirement("P11-5")
@pytest.mark.alteration
def test_postgres_replica_role(kind: ServerKind, ward: Ward) -> None:
    """In such a session ordinary triggers sleep; those of the journal do not, whoever it is."""
    before = rows(ward)
    with connected(kind, ward, "clerk") as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("SET session_replication_role = replica")
    refused = 0
    with connected(kind, ward, "postgres", "SET session_replication_role = replica") as raw:
        for sql in CHANGES:
            with pytest.raises(psycopg.errors.RestrictViolation):
                raw.execute(sql)
            refused += 1
    assert rows(ward) == before
    counts.alterations("postgres_replica_role", tried=len(CHANGES), found=refused)


@pytest.mark.alteration
def test_whoever_works_with_it_changes_no_table_and_becomes_nobody_else(kind: ServerKind, ward: Ward) -> None:
    refused = 0
    with connected(kind, ward, "clerk") as raw:
        for sql in BEYOND:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(sql)
            refused += 1
    counts.alterations("postgres_beyond_the_grants", tried=len(BEYOND), found=refused)


@pytest.mark.alteration
def test_a_record_is_emptied_only_where_a_redaction_names_it(kind: ServerKind, ward: Ward) -> None:
    """The function that may do it looks itself: a row of the projection is not enough."""
    with connected(kind, ward, "clerk") as raw:
        for said in (
            None,
            "('d1', 7, 'd1', 999)",  # a record that is not there
            "('d1', 7, 'd1', 9)",  # one that is no redaction
        ):
            if said:
                raw.execute(f"DELETE FROM redaction; INSERT INTO redaction VALUES {said}")
            with pytest.raises(psycopg.errors.RestrictViolation):
                raw.execute("SELECT empty_record('d1', 7)")
        doctor, monitor = Person("i02", "investigator"), ward.person
        ward.admit(doctor)
        redacted = ward.journal.get("d1:6")
        assert redacted is not None
        act = ward.add(ward.redaction([redacted], monitor, doctor))[0]
        # A genuine one, bent to another record.
        raw.execute(f"UPDATE redaction SET seq = 7, by_seq = {act.seq} WHERE seq = 7")
        with pytest.raises(psycopg.errors.RestrictViolation):
            raw.execute("SELECT empty_record('d1', 7)")
        raw.execute("SELECT empty_record('d1', 6)")
    kept, gone = ward.journal.get("d1:7"), ward.journal.get("d1:6")
    assert kept is not None and kept.content is not None and gone is not None and gone.content is None
    with pytest.raises(Collision), ward.store.transaction() as tx:
        ward.store.empty_record(tx, "d1", 8)


def test_a_table_of_ones_own_does_not_stand_in_for_the_journal(kind: ServerKind, ward: Ward) -> None:
    """The function that runs as the owner looks at the journal's tables, whatever the caller's path says."""
    database = kind.database(ward.store)
    kind.server.run(f"GRANT TEMPORARY ON DATABASE {database} TO clerk")
    with connected(kind, ward, "clerk", "SET search_path = pg_temp, mda5") as raw:
        raw.execute(
            "CREATE TEMP TABLE redaction AS SELECT 'd1' AS device, 7 AS seq, 'd1' AS by_device, 9 AS by_seq"
        )
        with pytest.raises(psycopg.errors.RestrictViolation):
            raw.execute("SELECT mda5.empty_record('d1', 7)")


@pytest.mark.alteration
def test_postgres_password_in_url() -> None:
    secrets = (
        "postgresql://ann:Winter-2026@db.example.org/centre",
        "postgresql://ann:@db.example.org/centre",
        "postgresql://ann@db.example.org/centre?password=Winter-2026",
        "postgresql://ann@db.example.org/centre?PASSWORD=Winter-2026",
        "postgresql://ann@db.example.org/centre?sslpassword=Winter-2026&sslkey=k",
        "postgresql://ann@db.example.org/centre?sslmode=verify-full&passwd=Winter-2026",
        "postgres://ann:Winter-2026@localhost:5433/centre",
        "postgresql://ann:Winter%2D2026@/centre?host=/run/postgresql",
    )
    for secret in secrets:
        with pytest.raises(InputRefused) as refused:
            read_address(secret)
        assert refused.value.code == "pgstore.address_password"
        assert "Winter" not in f"{refused.value} {refused.value.text} {refused.value.params}"
    counts.alterations("postgres_password_in_url", tried=len(secrets), found=len(secrets))


# -- whoever runs the server ---------------------------------------------------------------------------


@contextmanager
def superuser(kind: ServerKind, ward: Ward) -> Iterator[Any]:
    """The triggers taken away, and put back as if nothing had been."""
    raw = kind.raw(ward.store)
    raw.execute("ALTER TABLE audit_record DISABLE TRIGGER USER")
    yield raw
    for name in pgschema.TRIGGERS:
        raw.execute(f"ALTER TABLE audit_record ENABLE ALWAYS TRIGGER {name}")
    raw.close()


@pytest.mark.requirement("P11-1", "CN-3")
@pytest.mark.alteration
def test_dba_edits_row(kind: ServerKind, ward: Ward) -> None:
    """Every field of a record, and rows taken out or put in: each by its place."""
    named = 0
    with superuser(kind, ward) as raw:
        raw.execute("CREATE TABLE kept AS SELECT * FROM audit_record")

        def tried(*changes: str) -> set[tuple[str, str]]:
            for sql in changes:
                raw.execute(sql)
            found = places(ward)
            raw.execute("DELETE FROM audit_record; INSERT INTO audit_record SELECT * FROM kept")
            return {one for one in found if one[0] != "trigger_dropped"}

        for edit in EDITS:
            found = tried(f"UPDATE audit_record SET {edit} WHERE seq = 7")
            # Moved away, the row is missing; otherwise it is named itself.
            expected = "7" if "device" in edit or "seq" in edit else "d1:7"
            assert any(expected in place for _, place in found), edit
            named += 1
        for edit, expected in (
            ("DELETE FROM audit_record WHERE seq = 7", "d1:7"),
            ("DELETE FROM audit_record WHERE seq > 9", "d1"),
            (
                "INSERT INTO audit_record SELECT * FROM kept WHERE seq = 11 ON CONFLICT DO NOTHING;"
                " UPDATE kept SET seq = 12, clock = 12 WHERE seq = 11;"
                " INSERT INTO audit_record SELECT * FROM kept WHERE seq = 12;"
                " UPDATE kept SET seq = 11, clock = 11 WHERE seq = 12",
                "d1:12",
            ),
        ):
            assert any(expected in place for _, place in tried(edit)), edit
            named += 1
        raw.execute("DROP TABLE kept")
    assert places(ward) == set()
    counts.alterations("dba_edits_row", tried=len(EDITS) + 3, found=named)


@pytest.mark.alteration
@pytest.mark.parametrize(
    "sql,code",
    [
        ("UPDATE item_data SET text = 'other' WHERE key LIKE '%HER1'", "projection_edited"),
        ("DELETE FROM item_data WHERE key LIKE '%HER1'", "projection_edited"),
        ("UPDATE seal SET signature = '\\x00' WHERE first = 1", "seal_false"),
        ("DELETE FROM seal WHERE first = 1", "seal_dropped"),
        ("UPDATE definition SET source = 'x'", "definition_edited"),
        ("DELETE FROM definition", "definition_missing"),
    ],
)
def test_dba_edits_what_stands_beside_the_records(kind: ServerKind, ward: Ward, sql: str, code: str) -> None:
    kind.raw(ward.store).execute(sql).connection.close()
    assert code in {one for one, _ in places(ward)}


@pytest.mark.alteration
@pytest.mark.parametrize(
    "sql,code,name",
    [
        ("ALTER TABLE audit_record DISABLE TRIGGER audit_record_no_change", "trigger_dropped", "no_change"),
        ("ALTER TABLE audit_record ENABLE TRIGGER audit_record_no_change", "trigger_dropped", "no_change"),
        ("ALTER TABLE audit_record ENABLE REPLICA TRIGGER audit_record_no_truncate",
         "trigger_dropped", "no_truncate"),
        ("DROP TRIGGER audit_record_no_truncate ON audit_record", "trigger_dropped", "no_truncate"),
        ("CREATE OR REPLACE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
         "trigger_dropped", "no_change"),
        ("ALTER FUNCTION guard() SECURITY DEFINER", "trigger_dropped", "no_change"),
        ("CREATE TRIGGER more BEFORE INSERT ON item_data FOR EACH ROW EXECUTE FUNCTION guard()",
         "trigger_added", "more"),
        ("CREATE RULE more AS ON INSERT TO audit_record DO INSTEAD NOTHING", "trigger_added", "more"),
        ("ALTER TABLE audit_record ENABLE ROW LEVEL SECURITY", "trigger_added", "row security"),
    ],
)  # fmt: skip
def test_dba_takes_the_protection_away(kind: ServerKind, ward: Ward, sql: str, code: str, name: str) -> None:
    kind.raw(ward.store).execute(sql).connection.close()
    assert any(one == code and name in place for one, place in places(ward))


# -- the server fails ----------------------------------------------------------------------------------


@pytest.mark.fault
def test_a_connection_ended_by_the_administrator(kind: ServerKind, ward: Ward) -> None:
    """In the middle of an entry nothing of it stays; between two of them nobody notices."""
    database = kind.database(ward.store)
    end = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        f" WHERE datname = '{database}' AND pid <> pg_backend_pid() AND usename = 'clerk'"
    )
    before = rows(ward)
    with pytest.raises(StoreError) as refused, ward.journal.begin() as tx:  # noqa: PT012
        ward.journal.write(tx, [value(item("d1:4"), "120")])
        kind.server.run(end)
        ward.journal.write(tx, [value(item("d1:4"), "121")])
    assert refused.value.code in {"pgstore.shut_down", "pgstore.server_away"}
    with ward.store.transaction():
        pass
    kind.server.run(end)
    told = ward.value(item("d1:4"), "122")  # the writer's connection was dead
    assert rows(ward) == [*before, told.hash] and places(ward) == set()


@pytest.mark.fault
def test_a_commit_that_the_server_refuses_leaves_no_gap(kind: ServerKind, ward: Ward) -> None:
    kind.raw(ward.store).execute(
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'Li Na' USING ERRCODE = '53100'; END $$;"
        " CREATE CONSTRAINT TRIGGER late AFTER INSERT ON draft DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION late()"
    ).connection.close()
    before = rows(ward)

    def also(tx: Tx) -> None:
        drafts.put_drafts(tx, "p", [drafts.DraftRow("field", "k", "37.")], "")

    with pytest.raises(StoreError) as refused:
        ward.journal.append([value(item("d1:4"), "120")], also=also)
    assert refused.value.code == "pgstore.disk_full" and refused.value.__suppress_context__
    assert "Li Na" not in f"{refused.value} {refused.value.text}"
    assert rows(ward) == before
    assert ward.value(item("d1:4"), "121").seq == len(before) + 1


@pytest.mark.fault
def test_a_server_that_goes_away_and_comes_back_is_said_in_words(server: Server) -> None:
    gone = server.address("postgres").replace(f"port={server.port}", "port=1")
    with pytest.raises(StoreError) as refused:
        PgStore.open(gone)
    assert refused.value.code == "pgstore.server_away" and str(server.folder) not in refused.value.text.en
