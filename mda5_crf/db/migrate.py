"""Versions of the file: the triggers, and named migrations, each in one transaction with its own mark.

A new file is made from the present schema and stamped with all names. An older file is brought up one
migration at a time. A file that knows a name this program does not is from the future and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect

import mda5_crf
from mda5_crf.db import clock, pgschema, schema
from mda5_crf.db.failures import DATABASE_ERRORS
from mda5_crf.db.fold_queries import query_row
from mda5_crf.db.tx import Row, Tx
from mda5_crf.errors import StoreError

if TYPE_CHECKING:
    from mda5_crf.db.storebase import AnyStore

# Everything of a record except what a redaction may empty.
_FIXED: Final = [c.name for c in schema.audit_record.columns if c.name not in {"content", "salt"}]
_UNCHANGED: Final = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in _FIXED)
# The journal only grows. Content and salt may become NULL, together, once a redaction names the record; the
# key and its salt never, so that what was redacted stays provable.
TRIGGERS: Final = {
    "audit_record_no_delete": (
        "CREATE TRIGGER audit_record_no_delete BEFORE DELETE ON audit_record "
        "BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END"
    ),
    "audit_record_no_update": (
        f"CREATE TRIGGER audit_record_no_update BEFORE UPDATE ON audit_record WHEN NOT ({_UNCHANGED}"  # noqa: S608
        " AND OLD.content IS NOT NULL AND NEW.content IS NULL AND NEW.salt IS NULL"
        " AND EXISTS (SELECT 1 FROM redaction WHERE device = OLD.device AND seq = OLD.seq)) "
        "BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END"
    ),
}


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. ``name`` sorts and never changes; ``apply`` runs inside a transaction."""

    name: str
    apply: Callable[[Tx], None]


def _nothing(_: Tx) -> None:
    """The first version has nothing before it."""


def _site_lists(tx: Tx) -> None:
    """Tables of the site's reference data."""
    for table in (schema.reference, schema.reference_end):
        table.create(tx.connection)


def _signatures(tx: Tx) -> None:
    """The table of electronic signatures."""
    schema.signature.create(tx.connection)


def _drafts(tx: Tx) -> None:
    """Half-typed text with its cursor, and a person's place. No program has ever written the table before."""
    tx.connection.exec_driver_sql("DROP TABLE IF EXISTS draft")
    for table in (schema.draft, schema.place):
        table.create(tx.connection)


def _second_entry(tx: Tx) -> None:
    """Tables of double entry."""
    for table in (schema.second_entry, schema.second_row, schema.second_row_state, schema.second_resolution):
        table.create(tx.connection)


def _query_states(tx: Tx) -> None:
    """Whose close of a query was the own one; the states follow anew from the acts, by the rules of today."""
    table = schema.query_event
    if "own" not in {column["name"] for column in inspect(tx.connection).get_columns(table.name)}:
        tx.connection.exec_driver_sql("ALTER TABLE query_event ADD COLUMN own INTEGER NOT NULL DEFAULT 0")
    acts: dict[tuple[str, str], list[Row]] = {}
    for act in sorted(tx.find(table), key=lambda row: (row["clock"], row["device"], row["seq"])):
        acts.setdefault((act["query"], act["key"]), []).append(act)
    for told in acts.values():
        tx.put(schema.query, query_row(told))


def _locks(tx: Tx) -> None:
    """Tables of locks and endorsements. No program has written such records before."""
    for table in (schema.lock_act, schema.endorsement):
        table.create(tx.connection)


def _wrong_place(tx: Tx) -> None:
    """Tables of what was voided, and of redactions proposed."""
    for table in (schema.voided, schema.voided_end, schema.proposal):
        table.create(tx.connection)


def _delegations(tx: Tx) -> None:
    """The table of sheets of duties."""
    schema.delegation.create(tx.connection)


def _key_acts(tx: Tx) -> None:
    """The table of recovery sheets and of the identification list's key."""
    schema.key_act.create(tx.connection)


def _rare_kinds(tx: Tx) -> None:
    """The index by which what is rare is found by its kind."""
    (index,) = [one for one in schema.audit_record.indexes if one.name == "audit_record_by_rare_kind"]
    index.create(tx.connection)


def _overlays(tx: Tx) -> None:
    """The table of what the centre made of checks."""
    schema.overlay.create(tx.connection)


def _codings(tx: Tx) -> None:
    """Tables of codes of verbatim terms, and of what the columns of laboratories' sheets mean."""
    for table in (schema.coding, schema.mapping):
        table.create(tx.connection)


MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration("0001-first", _nothing),
    Migration("0002-site-lists", _site_lists),
    Migration("0003-signatures", _signatures),
    Migration("0004-drafts", _drafts),
    Migration("0005-second-entry", _second_entry),
    Migration("0006-query-states", _query_states),
    Migration("0007-locks", _locks),
    Migration("0008-wrong-place", _wrong_place),
    Migration("0009-delegations", _delegations),
    Migration("0010-key-acts", _key_acts),
    Migration("0011-rare-kinds", _rare_kinds),
    Migration("0012-overlays", _overlays),
    Migration("0013-codings", _codings),
)


def create_triggers(tx: Tx) -> None:
    """Put the triggers in place."""
    if tx.dialect.name == "postgresql":
        pgschema.create_triggers(tx)
        return
    for sql in TRIGGERS.values():
        tx.connection.exec_driver_sql(sql)


def stamp_all(tx: Tx, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Mark a new file as being of the present version."""
    for step in migrations:
        _stamp(tx, step.name)


def bring_up(store: AnyStore, migrations: Sequence[Migration] = MIGRATIONS) -> tuple[str, ...]:
    """Apply what is missing and return the names. Raises StoreError for a strange or newer file."""
    wanted = missing(store, migrations)
    for step in migrations:
        if step.name in wanted:
            with store.upgrading() as tx:
                step.apply(tx)
                _stamp(tx, step.name)
    return wanted


def missing(store: AnyStore, migrations: Sequence[Migration] = MIGRATIONS) -> tuple[str, ...]:
    """The names of what the file lacks. Raises StoreError for a strange or newer file."""
    try:
        with store.read() as tx:
            if not inspect(tx.connection).has_table(schema.migration.name):
                code = "pgstore.not_prepared" if store.on_server else "store.no_journal"
                raise StoreError(code, place=store.place)
            present = {row["name"]: row["program"] for row in tx.find(schema.migration)}
    except DATABASE_ERRORS as error:
        raise store.failure(error) from None
    unknown = sorted(set(present) - {step.name for step in migrations})
    if unknown:
        raise StoreError(
            "store.from_the_future",
            place=store.place,
            theirs=present[unknown[-1]],
            ours=mda5_crf.__version__,
        )
    return tuple(step.name for step in migrations if step.name not in present)


def lawful_triggers(tx: Tx) -> dict[str, str]:
    """What :func:`present_triggers` finds when nobody has touched them."""
    return dict(pgschema.TRIGGERS if tx.dialect.name == "postgresql" else TRIGGERS)


def present_triggers(tx: Tx) -> dict[str, str]:
    """The triggers of the database by name, as they stand there."""
    if tx.dialect.name == "postgresql":
        return pgschema.present_triggers(tx)
    rows = tx.connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    return {row[0]: row[1] for row in rows}


def _stamp(tx: Tx, name: str) -> None:
    at, _ = clock.stamp(clock.utc_now(), "UTC")
    tx.insert(schema.migration, {"name": name, "at": at, "program": mda5_crf.__version__})
