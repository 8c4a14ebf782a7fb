"""What the administrator of a server does once: roles, tables, triggers and grants in an empty database.

Nothing here needs to be a superuser's work: the owner of the database who may make roles (CREATEROLE) will
do. What only a superuser may, above all keeping what is entered out of the server's log, is tried, and what
could not be done is said.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection, inspect

from mda5_crf.db import migrate, pgschema, schema
from mda5_crf.db.failures import DATABASE_ERRORS, server_error, state_of
from mda5_crf.db.pgaddress import SCHEMA, Address, read_address
from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.text import Text, message

OLDEST: Final = 15
"""The version of the server that is needed."""
_LOGIN: Final = re.compile(r"[a-z][a-z0-9_.-]{0,62}")
# Statements may quote what is entered, and so may the details of an error: none of it belongs into a log.
QUIET: Final = {
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_LOUD: Final = ("pgaudit", "auto_explain", "pg_stat_statements", "pg_stat_monitor", "passwordcheck_log")


def prepare(address: Address | str) -> tuple[Text, ...]:
    """Make the empty database at ``address`` ready; returns what could not be done, in words.

    Raises InputRefused for a wrong address, StoreError: the server is too old, the person may not, there is a
    journal already. Then nothing was changed.
    """
    from mda5_crf.db.pgstore import make_engine

    where = read_address(address) if isinstance(address, str) else address
    place = str(where)
    engine = make_engine(where)
    try:
        with engine.connect() as connection:
            connection.execution_options(isolation_level="READ COMMITTED", postgresql_readonly=False)
            with connection.begin():
                _check(connection, place)
                _make(connection, where)
                return _quieten(connection, where.database)
    except DATABASE_ERRORS as error:
        if state_of(error) == "42501":
            raise StoreError("pgstore.preparing_refused", place=place) from None
        raise server_error(error, place) from None
    finally:
        engine.dispose()


def admit(address: Address | str, login: str) -> None:
    """Let a person of the server (made here, without a password, when there is none) work with the journal.

    As the administrator. The password is set by psql's own command for it. Raises InputRefused, StoreError.
    """
    _membership(address, login, "GRANT {role} TO {who}", make=True)


def dismiss(address: Address | str, login: str) -> None:
    """Take that right away; the person stays on the server. Raises InputRefused, StoreError."""
    _membership(address, login, "REVOKE {role} FROM {who}", make=False)


def _membership(address: Address | str, login: str, sql: str, *, make: bool) -> None:
    from mda5_crf.db.pgstore import PgStore

    if not _LOGIN.fullmatch(login):
        raise InputRefused("pgstore.role_name")
    store = PgStore.open(address, upgrade=False)
    try:
        with store.transaction() as tx:
            run, who = tx.connection.exec_driver_sql, pgschema.quoted(login)
            if make and not run("SELECT FROM pg_roles WHERE rolname = %s", (login,)).all():
                run(f"CREATE ROLE {who} LOGIN")
            run(sql.format(role=pgschema.quoted(app_role(tx.connection)), who=who))
    finally:
        store.close()


def app_role(connection: Connection) -> str:
    """The program's role: who besides the owner may add records. Raises StoreError when nobody may."""
    found = connection.exec_driver_sql(
        "SELECT r.rolname FROM pg_class AS c, aclexplode(c.relacl) AS g"
        " JOIN pg_roles AS r ON r.oid = g.grantee"
        " WHERE c.oid = to_regclass(%s) AND g.privilege_type = 'INSERT' AND g.grantee <> c.relowner"
        " ORDER BY r.rolname LIMIT 1",
        (f"{SCHEMA}.audit_record",),
    ).scalar()
    if found is None:
        raise StoreError("pgstore.not_prepared", place=connection.engine.url.database or SCHEMA)
    return str(found)


def role_names(database: str) -> tuple[str, str]:
    """The owner's role and the program's for a new database; a name on a server has at most 63 bytes."""
    stem = database.encode("utf-8")[:50].decode("utf-8", "ignore")
    return f"{stem}_owner", f"{stem}_app"


def _check(connection: Connection, place: str) -> None:
    version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10000
    if version < OLDEST:
        raise StoreError("pgstore.server_old", place=place, theirs=version, ours=OLDEST)
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreError("pgstore.not_utf8", place=place, encoding=encoding)
    if SCHEMA in inspect(connection).get_schema_names():
        raise StoreError("pgstore.prepared_already", place=place)


def _make(connection: Connection, where: Address) -> None:
    from mda5_crf.db.pgtx import PgTx

    run, quoted = connection.exec_driver_sql, pgschema.quoted
    owner, app = role_names(where.database)
    for role in (owner, app):
        if run("SELECT FROM pg_roles WHERE rolname = %s AND (rolcanlogin OR rolsuper)", (role,)).all():
            raise StoreError("pgstore.preparing_refused", place=str(where))
        if not run("SELECT FROM pg_roles WHERE rolname = %s", (role,)).all():
            run(f"CREATE ROLE {quoted(role)} NOLOGIN")
    if not run("SELECT pg_has_role(%s, 'MEMBER')", (owner,)).scalar_one():
        run(f"GRANT {quoted(owner)} TO CURRENT_USER")
    run(f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {quoted(owner)}")
    run(f"SET LOCAL ROLE {quoted(owner)}")
    schema.ALL.create_all(connection)
    tx = PgTx(connection)
    migrate.create_triggers(tx)
    migrate.stamp_all(tx)
    pgschema.grant(tx, app)
    tx.end()
    run("SET LOCAL ROLE NONE")


def _quieten(connection: Connection, database: str) -> tuple[Text, ...]:
    """Settings of this database alone; says what this person may not set and what the server lacks."""
    run, name, notes = connection.exec_driver_sql, pgschema.quoted(database), []
    _, app = role_names(database)

    def may(sql: str) -> bool:
        try:
            with connection.begin_nested():
                run(sql)
        except DATABASE_ERRORS as error:
            if state_of(error) != "42501":
                raise
            return False
        return True

    for setting, wanted in QUIET.items():
        value = run("SELECT setting FROM pg_settings WHERE name = %s", (setting,)).scalar()
        if (
            value is not None
            and not may(f"ALTER DATABASE {name} SET {setting} = '{wanted}'")
            and value != wanted
        ):
            notes.append(
                message(
                    "pgstore.note_setting", setting=setting, value=value, wanted=wanted, database=database
                )
            )
    # The server only warns of a REVOKE by somebody else than the owner, so ask first.
    owned = run("SELECT pg_has_role(datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()")
    if owned.scalar_one():
        run(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        run(f"GRANT CONNECT ON DATABASE {name} TO {pgschema.quoted(app)}")
    else:
        notes.append(message("pgstore.note_connect"))
    loaded = run("SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries'").scalar()
    if loaded is None:
        notes.append(message("pgstore.note_libraries"))  # only shown to some
    notes += [message("pgstore.note_library", library=one) for one in _LOUD if one in (loaded or "")]
    if run("SHOW ssl").scalar_one() != "on":
        notes.append(message("pgstore.note_tls"))
    kept = run("SHOW password_encryption").scalar_one()
    if kept != "scram-sha-256":
        notes.append(message("pgstore.note_passwords", value=kept))
    return tuple(notes)
