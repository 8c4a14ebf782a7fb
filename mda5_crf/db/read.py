"""What the projections say, as typed frozen values. The only way services read the database.

Every function takes the open store and reads one consistent state. Times are UTC. Keys come as ItemKey.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, bindparam, func, or_, select

from mda5_crf.crypto import canon
from mda5_crf.db import rows, schema
from mda5_crf.db.clock import read_at
from mda5_crf.db.fold_common import parse_key, row_stamp
from mda5_crf.db.fold_items import conflict_id
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Row, Statement, Tx
from mda5_crf.db.views import (
    AsideRow,
    Counts,
    DeviceRow,
    EntryRow,
    InstanceRow,
    LoginRow,
    MarkRow,
    PassageRow,
    PeerRow,
    PersonRow,
    QueryRow,
    SubjectRow,
)
from mda5_crf.db.voids import Voids, still_differs, voids_of
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import message

__all__ = [
    "AsideRow", "Counts", "DeviceRow", "EntryRow", "InstanceRow", "LoginRow", "MarkRow", "PassageRow",
    "PeerRow", "PersonRow", "QueryRow", "SubjectRow", "aside", "clock_notes", "confirmations", "counts",
    "definition_in_force", "definition_source", "definitions", "devices",
    "form_entries", "heads", "history", "instances", "last_login", "logins", "marks",
    "passages", "peers", "persons", "pins", "put_definition", "queries", "query_of_conflict",
    "status_drop", "status_get", "status_put", "statuses", "struck", "subject", "subject_entries",
    "subjects",
]  # fmt: skip

_OPEN: Final = ("Candidate", "Open", "Answered")
_CLOCK: Final = "clock"


# -- participants --------------------------------------------------------------------------------------


def subjects(store: AnyStore) -> tuple[SubjectRow, ...]:
    """All participants in order of enrolment."""
    with store.read() as tx:
        found = sorted(tx.find(schema.subject), key=row_stamp)
        numbers = {row["identity"]: row["subjid"] for row in tx.find(schema.subject_number)}
        voids = voids_of(tx)
    gone = [bool(voids) and voids.place(row["identity"]) for row in found]
    current = [str(numbers.get(row["identity"], row["subjid"])) for row in found]
    used = Counter(number for number, away in zip(current, gone, strict=True) if not away)
    return tuple(
        SubjectRow(
            row["identity"], number, row["site"], read_at(row["at"]), row["person"],
            not away and used[number] > 1, away,
        )
        for row, number, away in zip(found, current, gone, strict=True)
    )  # fmt: skip


def subject(store: AnyStore, identity: str) -> SubjectRow:
    """One participant. Raises KeyError for an unknown identity."""
    for row in subjects(store):
        if row.identity == identity:
            return row
    raise KeyError("unknown participant")


def subject_entries(store: AnyStore, subject: str) -> tuple[EntryRow, ...]:
    """The current answer of every item of a participant that was ever answered, by key."""
    with store.read() as tx:
        return tuple(_entries(tx.run(_below(schema.item_data), rows.below(subject)), voids_of(tx, subject)))


def form_entries(store: AnyStore, form: ItemKey) -> tuple[EntryRow, ...]:
    """The same for one form instance."""
    with store.read() as tx:
        found = tx.run(_below(schema.item_data), rows.below(form.path()))
        return tuple(_entries(found, voids_of(tx, form.subject)))


def instances(store: AnyStore, subject: str) -> tuple[InstanceRow, ...]:
    """Repeats of visits and forms, and log rows, of a participant, in order of creation.

    What is void is struck: its number stays and it counts nowhere.
    """
    with store.read() as tx:
        voids = voids_of(tx, subject)
        found = find_below(tx, schema.instance, subject)
        strikes = voids.without(find_below(tx, schema.strike, subject))
    struck = {row["key"]: row["state"] == "struck" for row in strikes}
    gone = {row["key"] for row in found if voids and voids.covers(row["key"], row["device"], row["seq"])}
    return tuple(
        InstanceRow(
            parse_key(row["key"]), row["level"], parse_key(row["parent"]), row["name"], row["identity"],
            struck.get(row["key"], False) or row["key"] in gone, row["person"], read_at(row["at"]),
            row["key"] in gone,
        )
        for row in sorted(found, key=row_stamp)
    )  # fmt: skip


def struck(store: AnyStore, subject: str) -> frozenset[ItemKey]:
    """Everything of a participant that is struck: repeats, rows, also single visits and forms."""
    with store.read() as tx:
        found = standing_below(tx, schema.strike, subject)
    return frozenset(parse_key(row["key"]) for row in found if row["state"] == "struck")


def confirmations(store: AnyStore, subject: str) -> dict[tuple[ItemKey, str], str]:
    """(key, check OID) → the value text that was confirmed."""
    with store.read() as tx:
        found = standing_below(tx, schema.confirmation, subject)
    return {(parse_key(row["key"]), row["check_oid"]): row["text"] for row in found}


def statuses(store: AnyStore, subject: str) -> dict[ItemKey, str]:
    """Form → complete, incomplete or not_done, as recorded."""
    with store.read() as tx:
        found = standing_below(tx, schema.form_status, subject)
    return {parse_key(row["key"]): row["status"] for row in found}


def pins(store: AnyStore, subject: str) -> dict[ItemKey, str]:
    """Form → hash of the definition that the instance is pinned to."""
    with store.read() as tx:
        found = standing_below(tx, schema.form_pin, subject)
    return {parse_key(row["key"]): row["definition"] for row in found}


def marks(store: AnyStore, subject: str) -> tuple[MarkRow, ...]:
    """Standing verifications and reviews of a participant."""
    with store.read() as tx:
        found = standing_below(tx, schema.mark, subject)
    return tuple(
        MarkRow(
            parse_key(row["key"]), row["kind"], _record(row), row["person"], read_at(row["at"]),
            rows.content_of(row),
        )
        for row in sorted(found, key=row_stamp)
    )  # fmt: skip


# -- queries -------------------------------------------------------------------------------------------


def queries(store: AnyStore, subject: str | None = None) -> tuple[QueryRow, ...]:
    """All queries of a participant or of everybody, oldest first, with those that conflicts raise.

    An id may occur under several keys: those are different queries (see ``fold_queries``).
    """
    with store.read() as tx:
        if subject is None:
            found, conflicts = tx.find(schema.query), tx.find(schema.conflict)
        else:
            found, conflicts = (find_below(tx, t, subject) for t in (schema.query, schema.conflict))
        voids = voids_of(tx, subject or "")
        if voids:
            # What was asked about something that was entered at the wrong place waits for nobody.
            found = [
                row for row in found if not voids.covers(row["key"], *(split_id(row["record"]) or ("", 0)))
            ]
            conflicts = [row for row in conflicts if still_differs(tx, row["key"], voids)]
        standing = {(row["query"], row["key"]) for row in conflicts}
        known = {(row["id"], row["key"]) for row in found}
        written = [_query(row, standing) for row in found]
        derived = [_derived(tx, row) for row in conflicts if (row["query"], row["key"]) not in known]
    return tuple(sorted([*written, *derived], key=lambda query: (query.raised, query.id, query.key)))


def _query(row: Row, standing: set[tuple[str, str]]) -> QueryRow:
    state = row["state"]
    if row["source"] == "conflict" and (row["id"], row["key"]) not in standing and state in _OPEN:
        state = "Resolved"
    return QueryRow(
        row["id"], parse_key(row["key"]), state, row["source"], row["check_oid"], row["text"], row["answer"],
        read_at(row["raised_at"]), row["raised_by"], read_at(row["changed_at"]), row["changed_by"],
        row["record"],
    )  # fmt: skip


def _derived(tx: Tx, row: Row) -> QueryRow:
    heads = tx.find(schema.item_data, key=row["key"])
    raised = max(read_at(head["at"]) for head in heads)
    words = message("store.conflict_query")
    return QueryRow(
        row["query"], parse_key(row["key"]), "Open", "conflict", "", f"{words.en}\n{words.zh}", "",
        raised, "", raised, "", "", derived=True,
    )  # fmt: skip


# -- history -------------------------------------------------------------------------------------------


def history(store: AnyStore, key: str | ItemKey) -> tuple[AuditRecord, ...]:
    """Every record about a key and what lies below it, superseded ones too, by logical time.

    Without what was set aside, which :func:`aside` lists: it is no entry and must not look like one.
    """
    path = key if isinstance(key, str) else key.path()
    with store.read() as tx:
        found = [rows.row_record(row) for row in tx.run(rows.STANDING_BELOW, rows.below(path))]
        if path and "/" not in path and (created := tx.one(schema.subject, identity=path)) is not None:
            # The enrolment has no key: its own id became the participant's identity.
            first = rows.get_record(tx, created["device"], created["seq"])
            found = ([] if first is None else [first]) + found
    return tuple(found)


# -- people, devices, passages -------------------------------------------------------------------------


def roles_held(tasks: Iterable[tuple[str, str, str]], day: str | None = None) -> tuple[str, ...]:
    """The roles of tasks (role, first and last day) that are held on ``day`` (ISO).

    Without it a role counts that is held today somewhere on earth: the site's zone is not known here.
    """
    now = datetime.now(UTC)
    first = day or (now - timedelta(hours=12)).date().isoformat()
    last = day or (now + timedelta(hours=14)).date().isoformat()
    return tuple(sorted({role for role, start, end in tasks if start <= last and (not end or first <= end)}))


def persons(store: AnyStore, day: str | None = None) -> tuple[PersonRow, ...]:
    """Everybody who has a certificate, by log-in; nothing is judged. ``day``: see :func:`roles_held`."""
    with store.read() as tx:
        certificates = sorted(tx.find(schema.certificate), key=row_stamp)
        states = {row["whom"]: row["state"] for row in tx.find(schema.person_state)}
    newest = {row["person"]: row for row in certificates}
    found = [
        PersonRow(
            row["person"], row["login"], row["name"],
            roles_held([(task["role"], task["from"], task["to"]) for task in json.loads(row["tasks"])], day),
            states.get(row["person"]) != "disabled", row["site"], row["vault"], rows.content_of(row),
        )
        for row in newest.values()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda person: (person.login, person.person)))


def devices(store: AnyStore) -> tuple[DeviceRow, ...]:
    """All registered devices, oldest first."""
    with store.read() as tx:
        found = sorted(tx.find(schema.device), key=lambda row: (row["at"], row["id"]))
    return tuple(
        DeviceRow(
            row["id"], row["name"], row["site"], row["sign"], row["box"], row["parent"], row["authority"],
            read_at(row["at"]),
        )
        for row in found
    )  # fmt: skip


def peers(store: AnyStore, device: str) -> tuple[PeerRow, ...]:
    """The other PCs that ``device`` has registered, in order of their ids."""
    with store.read() as tx:
        found = sorted(tx.find(schema.peer, device=device), key=lambda row: str(row["peer"]))
    return tuple(
        PeerRow(
            row["device"], row["peer"], row["site"], row["state"], _record(row), row["person"],
            read_at(row["at"]), rows.content_of(row),
        )
        for row in found
    )  # fmt: skip


def passages(store: AnyStore, kind: str | None = None) -> tuple[PassageRow, ...]:
    """Prints, exports and bundles, or one ``kind`` of them, oldest first."""
    with store.read() as tx:
        found = tx.find(schema.passage) if kind is None else tx.find(schema.passage, kind=kind)
    return tuple(
        PassageRow(
            _record(row), row["kind"], row["key"], row["person"], read_at(row["at"]), rows.content_of(row)
        )
        for row in sorted(found, key=row_stamp)
    )


def logins(store: AnyStore, person: str | None = None) -> tuple[LoginRow, ...]:
    """Log-ins and log-outs of everybody or of one person, oldest first."""
    with store.read() as tx:
        found = tx.find(schema.login) if person is None else tx.find(schema.login, person=person)
    return tuple(_login(row) for row in sorted(found, key=row_stamp) if row["kind"] != _CLOCK)


def clock_notes(store: AnyStore) -> tuple[LoginRow, ...]:
    """What was noted of clocks that could not be right, oldest first."""
    with store.read() as tx:
        found = tx.find(schema.login, kind=_CLOCK)
    return tuple(_login(row) for row in sorted(found, key=row_stamp))


def _login(row: Row) -> LoginRow:
    return LoginRow(
        _record(row), row["kind"], row["person"], read_at(row["at"]), row["zone"], rows.content_of(row)
    )


def last_login(store: AnyStore, person: str) -> datetime | None:
    """When the person last logged in, or None."""
    found = [
        row
        for row in logins(store, person)
        if row.kind == "login" and row.content.get("result", "ok") == "ok"
    ]
    return found[-1].at if found else None


# -- definitions ---------------------------------------------------------------------------------------


def definition_in_force(store: AnyStore) -> str:
    """The hash of the definition that came into force last; "" when there is none."""
    with store.read() as tx:
        found = tx.find(schema.definition_use)
    return str(max(found, key=row_stamp)["hash"]) if found else ""


def definition_source(store: AnyStore, hash_: str) -> bytes | None:
    """The stored source of a definition, or None."""
    with store.read() as tx:
        row = tx.one(schema.definition, hash=hash_)
    return None if row is None else bytes(row["source"])


def definitions(store: AnyStore) -> tuple[str, ...]:
    """The hashes of all stored definitions."""
    with store.read() as tx:
        return tuple(sorted(row["hash"] for row in tx.find(schema.definition)))


def put_definition(tx: Tx, hash_: str, source: bytes) -> None:
    """Store a definition's source under its hash, inside a transaction."""
    if tx.one(schema.definition, hash=hash_) is None:  # never over one that is there
        tx.insert(schema.definition, {"hash": hash_, "source": source})


# -- counts, heads, what was set aside -----------------------------------------------------------------


def counts(store: AnyStore) -> Counts:
    """How much there is of everything."""
    opened = schema.query.c.state.in_(_OPEN)
    with store.read() as tx:
        return Counts(
            _count(tx, schema.audit_record), _count(tx, schema.subject), _count(tx, schema.item_data),
            _count(tx, schema.query, opened), _count(tx, schema.conflict), _count(tx, schema.quarantine),
        )  # fmt: skip


def heads(store: AnyStore) -> dict[str, tuple[int, str]]:
    """The end of every chain: device → (number, hash)."""
    with store.read() as tx:
        return rows.heads(tx)


def lineage(store: AnyStore, device: str) -> frozenset[str]:
    """A device and those it continues after restores, within the same vault."""
    with store.read() as tx:
        return ancestors(tx, device)


def ancestors(tx: Tx, device: str) -> frozenset[str]:
    """The same inside a transaction."""
    known = {row["id"]: row for row in tx.find(schema.device)}
    found: set[str] = set()
    while device and device not in found:
        found.add(device)
        row = known.get(device)
        parent = known.get(row["parent"]) if row is not None else None
        # Only a chain of the same vault can be continued: nobody adopts the records of another.
        same = row is not None and parent is not None
        device = parent["id"] if same and parent["vault"] == row["vault"] else ""  # type: ignore[index]
    return frozenset(found)


def aside(store: AnyStore) -> tuple[AsideRow, ...]:
    """What was set aside, and why."""
    with store.read() as tx:
        found = tx.find(schema.quarantine)
    return tuple(AsideRow(_record(row), row["en"], row["zh"]) for row in found)


# -- caches of this machine ----------------------------------------------------------------------------


def status_get(store: AnyStore, definition: str, day: str, below: str = "") -> dict[str, dict[str, Any]]:
    """Cached statuses by key path that hold for this definition and day (ISO), all or below a key."""
    with store.read() as tx:
        found = find_below(tx, schema.status_cache, below) if below else tx.find(schema.status_cache)
    return {
        row["key"]: json.loads(row["content"])
        for row in found
        if row["definition"] == definition and row["day"] == day
    }


def status_put(tx: Tx, key: str, definition: str, day: str, content: dict[str, Any]) -> None:
    """Cache the status of a participant, visit or form inside a transaction (``append(also=…)``)."""
    row = {"key": key, "definition": definition, "day": day, "content": canon(content).decode("utf-8")}
    tx.put(schema.status_cache, row)


def status_drop(tx: Tx, key: str) -> None:
    """Forget the cached statuses of a key and everything below it."""
    rows.drop_status(tx, key)


# -- inside --------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _below(table: Table) -> Statement:
    key = table.c.key
    wanted = or_(key == bindparam("k"), and_(key >= bindparam("low"), key < bindparam("high")))
    return Statement(select(table).where(wanted).order_by(*table.primary_key.columns))


def find_below(tx: Tx, table: Table, key: str) -> list[Row]:
    """The rows of ``table`` whose key is ``key`` or lies below it, in order of the primary key."""
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in tx.run(_below(table), rows.below(key))]


def standing_below(tx: Tx, table: Table, key: str) -> list[Row]:
    """As :func:`find_below`, without what is void."""
    found = find_below(tx, table, key)
    return voids_of(tx, key.partition("/")[0]).without(found) if found else found


def _count(tx: Tx, table: Table, *conditions: ColumnElement[bool]) -> int:
    wanted = select(func.count()).select_from(table).where(*conditions)
    return int(tx.connection.execute(wanted).scalar_one())


def _record(row: Row) -> str:
    return f"{row['device']}:{row['seq']}"


def _entries(found: Iterable[tuple[Any, ...]], voids: Voids) -> Iterable[EntryRow]:
    """One entry per key of rows sorted by key: the head with the highest (clock, device) shows."""
    group: list[tuple[Any, ...]] = []
    for row in found:
        if group and group[0][0] != row[0]:
            yield _entry(group, voids)
            group = []
        group.append(row)
    if group:
        yield _entry(group, voids)


def _entry(heads: list[tuple[Any, ...]], voids: Voids) -> EntryRow:
    # key, device, seq, clock, person, at, text, unit, missing, absent
    if len(heads) > 1:
        heads = sorted(heads, key=lambda head: (head[3], head[1], head[2]), reverse=True)
    ids = tuple([f"{head[1]}:{head[2]}" for head in heads])
    if voids:
        # A new entry takes the place of void ones too, so that they are no conflict of its.
        live = [head for head in heads if not voids.covers(head[0], head[1], head[2])]
        heads = live or [(*heads[0][:6], "", "", "", 1)]
    key, device, seq, _, person, at, text, unit, missing, absent = heads[0]
    conflict = len(heads) > 1 and len({head[6:9] for head in heads if not head[9]}) > 1
    return EntryRow(
        parse_key(key),
        text,
        unit,
        missing,
        f"{device}:{seq}",
        ids,
        conflict,
        person,
        read_at(at),
        bool(absent),
    )


def query_of_conflict(entry: EntryRow) -> str:
    """The id of the query that a conflict raises by itself; "" without conflict."""
    return conflict_id(list(entry.heads)) if entry.conflict else ""
