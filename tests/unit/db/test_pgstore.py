"""A database on a server: what it has of its own; what it does like a file is in test_store.py and others."""

# ruff: noqa: ANN401 - a driver without types
from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal_column, select

from mda5_crf.db import drafts, migrate, pgaddress, pgprepare, pgtx, projection, read, schema
from mda5_crf.db.failures import Collision, from_database, passing, server_error, state_of
from mda5_crf.db.pgaddress import Address, read_address
from mda5_crf.db.pgstore import PgStore
from mda5_crf.db.tx import Statement
from mda5_crf.db.verify import verify
from mda5_crf.errors import InputRefused, StoreError
from tests.pgserver import ADMINISTRATOR, CLERK, Server
from tests.unit.db.journalkit import Ward, item, value
from tests.unit.db.storekinds import Kind, ServerKind, using

KEY = bytes(range(32))


def code_of(action: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(StoreError) as refused:
        action(*args, **more)
    assert "{" not in refused.value.text.en + refused.value.text.zh
    return refused.value.code


@pytest.fixture
def kind() -> Iterator[ServerKind]:
    with using("server") as made:
        assert isinstance(made, ServerKind)
        yield made


@pytest.fixture
def ward(tmp_path: Path, kind: ServerKind) -> Iterator[Ward]:
    made = Ward(tmp_path, "d1")
    yield made
    made.store.close()


@pytest.fixture
def address(server: Server) -> Iterator[str]:
    """A prepared database of one test, which it may spoil."""
    name = server.database()
    yield server.address(name)
    server.drop(name)


@pytest.fixture
def bare(server: Server) -> Iterator[str]:
    """The name of a database with nothing in it; its roles go with it."""
    name = server.empty_database()
    yield name
    server.drop(name)
    for role in (*pgprepare.role_names(name), f"{name}_head", f"{name}_new"):
        server.run(f"DROP ROLE IF EXISTS {role}")


# -- opening -------------------------------------------------------------------------------------------


def test_what_was_prepared_opens_and_says_where_it_is(address: str) -> None:
    store = PgStore.open(address)
    assert store.place == f"postgresql://{CLERK}@/{read_address(address).database}" and store.on_server
    assert store.journal_version == 0 and store.meta("nothing") is None
    for act in (store.raw, lambda: store.copy_to(Path("x"))):
        assert code_of(act) == "pgstore.not_a_file"
    assert store.checkpoint()
    store.close()
    store.close()


def test_secrets_lie_there_under_the_key(address: str, server: Server) -> None:
    store = PgStore.open(address, KEY)
    with store.transaction() as tx:
        store.set_secret(tx, "device", b"PLANTED")
        store.set_meta(tx, "other", store.meta("device") or b"moved")
    assert store.secret("device") == b"PLANTED" and store.secret("nothing") is None
    assert b"PLANTED" not in (store.meta("device") or b"")
    with store.transaction() as tx:
        store.set_meta(tx, "moved", store.meta("device") or b"")
        store.set_meta(tx, "broken", b"no JSON")
    for name in ("moved", "broken"):
        assert code_of(store.secret, name) == "store.not_readable"
    assert len(store.keyed_mac(b"x")) == 32
    store.use_key(bytes(32))
    assert code_of(store.secret, "device") == "store.not_readable"
    with pytest.raises(ValueError, match="32 bytes"):
        store.use_key(b"short")
    store.close()
    with pytest.raises(ValueError, match="32 bytes"):
        PgStore(address, b"short")
    keyless = PgStore.open(address)
    assert code_of(keyless.secret, "device") == "pgstore.no_key" == code_of(keyless.keyed_mac, b"x")
    keyless.close()


def test_databases_that_are_not_there_or_not_prepared(server: Server, bare: str) -> None:
    assert code_of(PgStore.open, server.address("nowhere")) == "pgstore.no_database"
    assert code_of(PgStore.open, server.address(bare)) == "pgstore.not_prepared"
    assert code_of(PgStore.open, server.address(bare, "nobody_known")) == "pgstore.login_refused"
    server.run(f"CREATE ROLE {bare}_new LOGIN CONNECTION LIMIT 0")
    assert code_of(PgStore.open, server.address(bare, f"{bare}_new")) == "pgstore.too_many"


def test_a_person_who_was_not_admitted_sees_nothing(server: Server, address: str) -> None:
    name = read_address(address).database
    server.run(f"CREATE ROLE {name}_new LOGIN")
    try:
        assert code_of(PgStore.open, server.address(name, f"{name}_new")) == "pgstore.may_not"
        boss = server.address(name, ADMINISTRATOR)
        pgprepare.admit(boss, f"{name}_new")
        PgStore.open(server.address(name, f"{name}_new")).close()
        pgprepare.dismiss(boss, f"{name}_new")
        assert code_of(PgStore.open, server.address(name, f"{name}_new")) == "pgstore.may_not"
        assert code_of(pgprepare.admit, address, f"{name}_new") == "pgstore.may_not"
        with pytest.raises(InputRefused):
            pgprepare.admit(boss, "x; DROP TABLE seal")
    finally:
        server.run(f"DROP ROLE {name}_new")


def test_passwords_come_from_a_file_and_never_from_the_address(
    server: Server, address: str, tmp_path: Path
) -> None:
    name = read_address(address).database
    server.run(f"CREATE ROLE {name}_new LOGIN PASSWORD 'Winter-2026'")
    try:
        pgprepare.admit(server.address(name, ADMINISTRATOR), f"{name}_new")
        by_network = server.by_network(name, f"{name}_new")
        for said, code in (
            ("", "pgstore.login_refused"),
            ("Summer", "pgstore.login_refused"),
            ("Winter-2026", ""),
        ):
            file = tmp_path / "pgpass"
            file.write_text(f"*:*:*:*:{said}\n" if said else "", "utf-8")
            file.chmod(0o600)
            whole = f"{by_network}?passfile={file}&sslmode=disable"
            if code:
                assert code_of(PgStore.open, whole) == code
            else:
                store = PgStore.open(whole)
                assert "Winter" not in store.place + repr(store.address)
                store.close()
    finally:
        server.run(f"DROP ROLE {name}_new")


class Astray(Address):
    """An address outside, whose name leads to the server of the tests."""

    def libpq(self) -> dict[str, str | int]:
        return {**super().libpq(), "hostaddr": "127.0.0.1"}


@pytest.mark.requirement("FDA-8")
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(server: Server) -> None:
    where = Astray("centre.example.org", server.port, CLERK, "postgres")
    assert not where.here
    assert code_of(PgStore.open, where) == "pgstore.tls_failed"


def test_without_the_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "mda5_crf.db.pgtx")
    with pytest.raises(StoreError) as refused:
        PgStore.open("postgresql://ann@localhost/centre")
    assert "mda5-crf[centre]" in refused.value.text.en and "mda5-crf[centre]" in refused.value.text.zh


def test_a_ward_never_loads_the_driver() -> None:
    told = (
        "import sys; from mda5_crf.db import store, journal, verify, vault; print('psycopg' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# -- preparing -----------------------------------------------------------------------------------------


def test_preparing_makes_roles_that_cannot_log_in_and_a_quiet_log(server: Server, bare: str) -> None:
    boss = server.address(bare, ADMINISTRATOR)
    notes = pgprepare.prepare(boss)
    # The only thing that this server lacks.
    assert [note.en.split(" (")[0] for note in notes] == ["The server offers no encryption"]
    owner, app = pgprepare.role_names(bare)
    told = server.run(
        f"SELECT rolname, rolcanlogin, rolsuper FROM pg_roles WHERE rolname IN ('{owner}', '{app}')"
    )
    assert sorted(told) == [(app, False, False), (owner, False, False)]
    owners = server.run("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'mda5'", bare)
    assert owners == [(owner,)]
    settings = dict(
        one.split("=", 1)
        for one in server.run(
            "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase"
            f" WHERE d.datname = '{bare}'"
        )
        for one in one
    )
    assert settings == pgprepare.QUIET
    assert code_of(pgprepare.prepare, boss) == "pgstore.prepared_already"
    store = PgStore.open(boss)
    assert verify(store) == []
    store.close()
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        server.connect(bare, CLERK)


def test_the_log_of_the_server_holds_nothing_that_was_entered(server: Server, bare: str) -> None:
    """The server of the tests logs every statement; a database that was not prepared shows it."""
    boss = server.address(bare, ADMINISTRATOR)
    raw = server.connect(bare)
    raw.execute("SELECT 'LOUD-' || %s", ("seen",))
    raw.execute("SELECT 'LOUD-literal'")
    raw.close()
    pgprepare.prepare(boss)
    store = PgStore.open(boss)
    with store.transaction() as tx:
        drafts.put_drafts(tx, "p", [drafts.DraftRow("field", "k", "PLANTED-1")], "")
        tx.connection.exec_driver_sql("SELECT 'PLANTED-2'")
    for act in ("INSERT INTO draft (person) VALUES ('PLANTED-3')", "SELECT 'PLANTED-4'::integer"):
        with pytest.raises(StoreError) as refused, store.transaction() as tx:
            tx.connection.exec_driver_sql(act)
        assert "PLANTED" not in f"{refused.value} {refused.value.text} {refused.value.__cause__}"
    with pytest.raises(Collision), store.transaction() as tx:  # noqa: PT012
        tx.insert(schema.meta, {"name": "PLANTED-5", "value": b""})
        tx.insert(schema.meta, {"name": "PLANTED-5", "value": b""})
    store.close()
    log = (server.folder / "log").read_text("utf-8")
    assert "LOUD-literal" in log
    # A value that PostgreSQL itself quotes in the text of an error is there; the program casts none.
    assert {line.split("PLANTED-")[1][:1] for line in log.splitlines() if "PLANTED" in line} == {"4"}


def test_whoever_may_only_some_of_it_is_told_what_is_left_to_do(server: Server, bare: str) -> None:
    head = f"{bare}_head"
    server.run(f"CREATE ROLE {head} LOGIN CREATEROLE")
    server.run(f"GRANT CREATE ON DATABASE {bare} TO {head}")
    notes = " ".join(note.en for note in pgprepare.prepare(server.address(bare, head)))
    assert "log_statement stays all" in notes and "Everybody with a log-in" in notes
    assert "which libraries" in notes
    store = PgStore.open(server.address(bare, head))
    assert verify(store) == []
    store.close()
    server.run(f"DROP OWNED BY {head}", bare)
    server.drop(bare)


def test_preparing_is_refused_whole(server: Server, bare: str) -> None:
    assert code_of(pgprepare.prepare, server.address(bare, CLERK)) == "pgstore.preparing_refused"
    server.run(f"CREATE ROLE {bare}_app LOGIN")  # somebody's log-in under that name
    assert code_of(pgprepare.prepare, server.address(bare, ADMINISTRATOR)) == "pgstore.preparing_refused"
    assert code_of(PgStore.open, server.address(bare, ADMINISTRATOR)) == "pgstore.not_prepared"
    assert not server.run(f"SELECT FROM pg_roles WHERE rolname = '{bare}_owner'")
    assert code_of(pgprepare.prepare, server.address("nowhere", ADMINISTRATOR)) == "pgstore.no_database"
    server.run(f"DROP DATABASE {bare}")
    server.run(f"CREATE DATABASE {bare} ENCODING 'SQL_ASCII' TEMPLATE template0")
    assert code_of(pgprepare.prepare, server.address(bare, ADMINISTRATOR)) == "pgstore.not_utf8"


def test_only_the_owner_brings_an_older_journal_up_to_date(server: Server, address: str) -> None:
    name, newest = read_address(address).database, migrate.MIGRATIONS[-1]
    server.run("DELETE FROM migration WHERE name >= '0012'", name)
    server.run("DROP TABLE overlay", name)
    assert newest.name >= "0012"
    later = [step.name for step in migrate.MIGRATIONS if step.name >= "0012"]
    server.run(f"INSERT INTO migration SELECT unnest('{{{','.join(later[1:])}}}'::text[]), '', ''", name)
    assert code_of(PgStore.open, address) == "pgstore.upgrade_by_owner"
    PgStore.open(address, upgrade=False).close()
    seen: list[str] = []
    boss = PgStore.open(
        server.address(name, ADMINISTRATOR), before_upgrade=lambda one: seen.append(one.place)
    )
    assert seen == [boss.place]
    boss.close()
    store = PgStore.open(address)
    with store.transaction() as tx:
        assert tx.find(schema.overlay) == []
        tx.delete(schema.overlay)
    assert verify(store) == []
    store.close()


# -- several at once -----------------------------------------------------------------------------------


def test_colleagues_write_at_once_and_nothing_is_lost(ward: Ward, kind: ServerKind, tmp_path: Path) -> None:
    """Three PCs with a chain each, one of them from two threads, and one chain from two programs."""
    database = kind.database(ward.store)
    subject, troubles = ward.enrol(), []
    others = []
    for device in ("d2", "d3"):
        kind._databases[tmp_path / f"{device}.db"] = database
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tests.unit.db.storekinds.create", kind.open)
            others.append(Ward(tmp_path, device))
        kind._databases.pop(tmp_path / f"{device}.db")
    again = PgStore.open(kind.server.address(database))
    twin = type(ward.journal)(again, ward.journal.identity, ward.journal.zone)

    def write(journal: Any, name: str) -> None:
        try:
            for number in range(12):
                journal.append([value(item(subject, name), str(number)), value(item(subject), name)])
        except StoreError as error:
            troubles.append(error.code)

    journals = [ward.journal, twin, others[0].journal, others[0].journal, others[1].journal]
    threads = [threading.Thread(target=write, args=(one, f"X{n}")) for n, one in enumerate(journals)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert {d: seq for d, (seq, _) in read.heads(ward.store).items()} == {"d1": 52, "d2": 51, "d3": 27}
    assert verify(ward.store) == []
    with ward.store.transaction() as tx:
        before = projection.dump(tx)
        assert projection.rebuild(tx) == [] and projection.dump(tx) == before
    time.sleep(0.3)  # what colleagues wrote is seen a quarter of a second later
    assert {one.store.journal_version for one in (ward, *others)} == {again.journal_version}
    for one in others:
        one.store.close()
    again.close()


def test_a_session_notices_what_a_colleague_wrote(ward: Ward, kind: ServerKind) -> None:
    colleague = PgStore.open(kind.server.address(kind.database(ward.store)))
    before = colleague.journal_version
    ward.enrol()
    until = time.monotonic() + 5
    while colleague.journal_version == before and time.monotonic() < until:
        time.sleep(0.02)
    assert colleague.journal_version == before + 1 == ward.store.journal_version
    with ward.store.transaction() as tx:  # what is no record changes nothing
        ward.store.set_meta(tx, "small", b"1")
    assert ward.store.journal_version == before + 1
    with pytest.raises(KeyError), ward.journal.begin() as tx:  # noqa: PT012
        ward.journal.write(tx, [value(item("d1:4"), "1")])
        raise KeyError("our mistake")
    assert ward.store.journal_version == before + 1
    colleague.close()


def test_a_writer_waits_for_its_turn_and_says_so_in_the_end(
    ward: Ward, kind: ServerKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pgaddress._OPTIONS, "lock_timeout", "60")
    impatient = PgStore.open(kind.server.address(kind.database(ward.store)))

    def write() -> None:
        with impatient.transaction() as tx:
            impatient.set_meta(tx, "mine", b"1")

    with ward.store.transaction() as tx:
        ward.store.set_meta(tx, "large", b"1")
        assert code_of(write) == "pgstore.busy"
        assert impatient.meta("large") is None  # nobody who reads waits
    write()
    assert impatient.meta("mine") == b"1" == ward.store.meta("large")
    impatient.close()


def test_readers_write_nothing(ward: Ward) -> None:
    def write() -> None:
        with ward.store.read() as tx:
            ward.store.set_meta(tx, "mine", b"1")

    assert code_of(write) == "pgstore.read_only"
    assert ward.store.meta("mine") is None


# -- texts and streams ---------------------------------------------------------------------------------


@given(st.text(alphabet=st.sampled_from("\x00\ufdd0\ufdd101x值"), max_size=12))
def test_any_text_comes_back_and_different_texts_stay_different(text: str) -> None:
    stored = pgtx.to_server(text)
    assert "\x00" not in stored and pgtx.from_server(stored) == text


def test_a_typed_nul_is_kept_like_any_other_character(tmp_path: Path, store_kind: Kind) -> None:
    """PostgreSQL has no place for it in a text; nothing that is typed is refused."""
    ward = Ward(tmp_path, "d1")
    subject, texts = ward.enrol(), ("a\x00b", "\x00", "\ufdd00", "\ufdd0", "汉\x00\ufdd0字")
    for number, text in enumerate(texts):
        ward.value(item(subject, f"X{number}"), text)
    told = {entry.key.item: entry.text for entry in read.subject_entries(ward.store, subject)}
    assert [told[f"X{number}"] for number in range(len(texts))] == list(texts)
    with ward.store.transaction() as tx:
        drafts.put_drafts(tx, "p", [drafts.DraftRow("field", "k\x00", "\x00")], "")
        assert [(one.key, one.text) for one in drafts.drafts(tx, "p")] == [("k\x00", "\x00")]
        assert tx.one(schema.item_data, text="\x00") is not None
        drafts.drop_draft(tx, "p", "field", "k\x00")
        assert drafts.drafts(tx, "p") == ()
    assert verify(ward.store) == []
    ward.store.close()


def test_a_stream_left_half_read_disturbs_nobody(ward: Ward) -> None:
    every = Statement(schema.meta.select().order_by(schema.meta.c.name))
    with ward.store.transaction() as tx:
        tx.insert_many(schema.meta, [{"name": f"n{n:05}", "value": bytes(10)} for n in range(2500)])
        tx.insert_many(schema.meta, [])
        assert len(list(tx.each(every, {}))) >= 2500
    with ward.store.read() as tx:
        early = iter(tx.each(every, {}))
        first = next(early)
        assert next(iter(tx.each(every, {}))) == first
        early.close()  # type: ignore[attr-defined] # a generator
        left = iter(tx.each(every, {}))
        next(left)
        assert len(tx.run(every, {})) >= 2500  # another statement in between
    with ward.store.read() as tx:
        left.close()  # type: ignore[attr-defined]
        assert tx.one(schema.meta, name="n00001") is not None
    with pytest.raises(StoreError), ward.store.read() as tx:
        list(tx.each(Statement(select(literal_column("1 / 0"))), {}))
    with ward.store.transaction() as tx:
        tx.delete_keys(schema.meta, [{"name": f"n{n:05}"} for n in range(2499)])
        assert len(list(tx.find_in(schema.meta, "name", ["n00001", "n02499"]))) == 1


def test_put_replaces_and_keeps(ward: Ward) -> None:
    key = {"device": "x", "seq": 2**53, "key": "k"}
    with ward.store.transaction() as tx:
        tx.put(schema.superseded, key)
        tx.put(schema.superseded, key)
        assert tx.find(schema.superseded, device="x") == [key]
        for text in ("1", "2"):
            tx.put(schema.meta, {"name": "n", "value": text.encode()})
    assert ward.store.meta("n") == b"2"


def test_a_definition_is_never_written_over(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        read.put_definition(tx, "h", b"first")
        read.put_definition(tx, "h", b"second")
        assert tx.one(schema.definition, hash="h") == {"hash": "h", "source": b"first"}


# -- failures in words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state,code",
    [
        ("08006", "server_away"), ("22P02", "failed"), ("23505", "row_refused"), ("25006", "read_only"),
        ("3F000", "not_prepared"), ("40001", "crossed"), ("40P01", "crossed"), ("42501", "may_not"),
        ("42P01", "not_prepared"), ("53100", "disk_full"), ("53200", "no_memory"), ("53300", "too_many"),
        ("54000", "failed"), ("55P03", "busy"), ("57014", "shut_down"), ("57P01", "shut_down"),
        ("57P03", "server_away"), ("58030", "damaged"), ("XX001", "damaged"), ("XX000", "failed"),
    ],
)  # fmt: skip
def test_what_a_server_says_becomes_a_sentence_of_ours(ward: Ward, state: str, code: str) -> None:
    def fail() -> None:
        with ward.store.transaction() as tx:
            tx.connection.exec_driver_sql(
                f"DO $$ BEGIN RAISE EXCEPTION 'Li Na' USING ERRCODE = '{state}'; END $$"
            )

    with pytest.raises(StoreError) as refused:
        fail()
    assert refused.value.code == f"pgstore.{code}"
    assert "Li Na" not in f"{refused.value} {refused.value.text} {refused.value.params}"
    assert refused.value.__suppress_context__
    assert isinstance(refused.value, Collision) == (state == "23505")


def test_what_a_driver_says_of_itself() -> None:
    assert state_of(psycopg.OperationalError("the connection is lost")) == "08006"
    assert state_of(psycopg.DataError("Li Na")) == "22000"
    assert passing(psycopg.OperationalError("the connection is lost"))
    assert not passing(psycopg.DataError("Li Na"))
    assert not from_database(ValueError())
    for said, code in (
        ("connection failed: SSL error: certificate verify failed", "tls_failed"),
        ("connection failed: Connection refused", "server_away"),
        ("connection is bad: could not translate host name", "server_away"),
    ):
        assert server_error(psycopg.OperationalError(said), "x").code == f"pgstore.{code}"


def test_the_driver_writes_nothing_into_the_log_of_the_program(ward: Ward, caplog: Any) -> None:
    logging.getLogger("psycopg").warning("error ignored: Li Na")
    assert "Li Na" not in caplog.text
