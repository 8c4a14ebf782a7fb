"""What a journal on a server has beside its tables: triggers, grants, the row of the writers.

Three roles: the *owner*, who cannot log in and to whom everything belongs; the *program's role*, which every
person who works with the journal is a member of; and the persons. The program's role adds records and reads
them. It cannot change, remove or empty one: the single exception, taking out the content of a record that a
redaction names, is a function that runs as the owner and looks for that redaction itself.

The triggers hold for the owner and for a superuser too, also in a session that plays a replica. Whoever may
change tables can drop them, and ``verify`` says so.
"""

from __future__ import annotations

from typing import Final

from mda5_crf.db import schema
from mda5_crf.db.pgaddress import SCHEMA
from mda5_crf.db.tx import Tx

_FIXED: Final = [c.name for c in schema.audit_record.columns if c.name not in {"content", "salt"}]
_UNCHANGED: Final = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _FIXED)
_REFUSE: Final = "RAISE EXCEPTION 'the journal only grows' USING ERRCODE = '23001'"
_SAFE_PATH: Final = f"SET search_path = {SCHEMA}, pg_temp"

GUARD: Final = f"""
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF {_UNCHANGED}
      AND OLD.content IS NOT NULL AND NEW.content IS NULL AND NEW.salt IS NULL
      AND EXISTS (SELECT FROM redaction WHERE device = OLD.device AND seq = OLD.seq)
    THEN
      RETURN NEW;
    END IF;
  END IF;
  {_REFUSE};
END
"""
# A device's id and a number need no escaping in JSON, and inside a text of it every quote has a backslash: so
# the quoted id stands in the content only where the redaction lists its records.
EMPTY: Final = f"""
BEGIN
  IF NOT EXISTS (
    SELECT FROM redaction AS named
    JOIN audit_record AS act ON act.device = named.by_device AND act.seq = named.by_seq
    WHERE named.device = whose AND named.seq = number AND act.kind = 'redaction'
      AND position('"' || whose || ':' || number || '"' IN convert_from(act.content, 'UTF8')) > 0
      AND NOT EXISTS (SELECT FROM quarantine AS q WHERE q.device = act.device AND q.seq = act.seq)
  ) THEN
    {_REFUSE};
  END IF;
  UPDATE audit_record SET content = NULL, salt = NULL
  WHERE device = whose AND seq = number AND content IS NOT NULL;
END
"""  # noqa: S608 - nothing in it is typed by anybody

# Name → how it fires (bits of pg_trigger.tgtype) and the words of CREATE TRIGGER for it.
_ROW_BEFORE_CHANGE: Final = 1 + 2 + 8 + 16
_BEFORE_TRUNCATE: Final = 2 + 32
_FIRES: Final = {
    "audit_record_no_change": (_ROW_BEFORE_CHANGE, "BEFORE UPDATE OR DELETE ON audit_record FOR EACH ROW"),
    "audit_record_no_truncate": (_BEFORE_TRUNCATE, "BEFORE TRUNCATE ON audit_record FOR EACH STATEMENT"),
}
TRIGGERS: Final = {
    name: f"audit_record {bits} A {SCHEMA}.guard plpgsql{GUARD}" for name, (bits, _) in _FIRES.items()
}
"""As :func:`present_triggers` describes them when nobody has touched them."""

# What the program's role may do, by table; every other table it may read and write, but not truncate.
_GRANTS: Final = {
    schema.audit_record.name: "SELECT, INSERT",
    schema.seal.name: "SELECT, INSERT, UPDATE",
    schema.definition.name: "SELECT, INSERT",
    schema.migration.name: "SELECT",
}
_ALL: Final = "SELECT, INSERT, UPDATE, DELETE"
_PRESENT: Final = f"""
SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, n.nspname || '.' || p.proname, l.lanname, p.prosrc,
  t.tgqual IS NOT NULL OR t.tgattr <> '' OR p.prosecdef
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace
JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE s.nspname = '{SCHEMA}' AND NOT t.tgisinternal
UNION ALL
SELECT r.rulename, c.relname, 0, r.ev_enabled, 'rule', '', '', true
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace
WHERE s.nspname = '{SCHEMA}'
UNION ALL
SELECT 'row security', c.relname, 0, '', '', '', '', true
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace
WHERE s.nspname = '{SCHEMA}' AND c.relrowsecurity
"""  # noqa: S608


def quoted(name: str) -> str:
    """An identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def create_triggers(tx: Tx) -> None:
    """Functions and triggers, as the owner."""
    run = tx.connection.exec_driver_sql
    run(f"CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql {_SAFE_PATH} AS $guard${GUARD}$guard$")
    for name, (_, words) in _FIRES.items():
        run(f"CREATE TRIGGER {name} {words} EXECUTE FUNCTION guard()")
        run(f"ALTER TABLE audit_record ENABLE ALWAYS TRIGGER {name}")
    run(
        "CREATE FUNCTION empty_record(whose text, number bigint) RETURNS void LANGUAGE plpgsql"
        f" SECURITY DEFINER {_SAFE_PATH} AS $empty${EMPTY}$empty$"
    )
    run("CREATE TABLE journal_lock (one integer PRIMARY KEY CHECK (one = 1), version bigint NOT NULL)")
    run("INSERT INTO journal_lock VALUES (1, 0)")


def grant(tx: Tx, role: str) -> None:
    """What ``role`` may do, as the owner; also after a migration has made tables."""
    run, who = tx.connection.exec_driver_sql, quoted(role)
    run(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {who}")
    for table in schema.ALL.sorted_tables:
        run(f"REVOKE ALL ON {quoted(table.name)} FROM {who}")
        run(f"GRANT {_GRANTS.get(table.name, _ALL)} ON {quoted(table.name)} TO {who}")
    run(f"GRANT SELECT, UPDATE ON journal_lock TO {who}")
    run("REVOKE ALL ON FUNCTION guard(), empty_record(text, bigint) FROM PUBLIC")
    run(f"GRANT EXECUTE ON FUNCTION empty_record(text, bigint) TO {who}")


def present_triggers(tx: Tx) -> dict[str, str]:
    """What reacts to writes, or hides rows, in the schema of the journal: name → description."""
    found: dict[str, str] = {}
    for name, table, bits, enabled, function, language, source, odd in tx.connection.exec_driver_sql(
        _PRESENT
    ):
        told = f"{table} {bits} {_letter(enabled)} {function} {language}{source}{' changed' if odd else ''}"
        found[name if name not in found else f"{name} {table}"] = told
    return found


def _letter(enabled: object) -> str:
    """Catalogues hand out "char" as a byte or a text."""
    return enabled.decode("ascii") if isinstance(enabled, bytes) else str(enabled)
