"""The tables. Two kinds: what is true, and what is computed from it.

``TRUTH`` tables are the journal, its seals, the definitions' sources and what belongs to this machine.
``PROJECTIONS`` are folded from the journal by ``projection.fold`` and nothing else; they can be emptied
and folded again at any time. Only Text, Integer and LargeBinary are used, so that SQLite and
PostgreSQL store the same things; texts that are compared by range are sorted by code point.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, LargeBinary, Table

from mda5_crf.db.columns import code as _code
from mda5_crf.db.columns import metadata
from mda5_crf.db.columns import number as _number
from mda5_crf.db.columns import stamp as _stamp
from mda5_crf.db.columns import table as _table
from mda5_crf.db.columns import text as _text
from mda5_crf.db.rarekinds import RARE

# -- truth ---------------------------------------------------------------------------------------------

audit_record: Final = _table(
    "audit_record",
    _code("device", primary=True),
    _number("seq", primary=True),
    _text("prev"),
    _text("hash"),
    _number("v"),
    _text("study"),
    _text("kind"),
    _code("key"),  # in clear, inside the encrypted file: the hash chain holds key_hash
    _text("key_hash"),
    Column("key_salt", LargeBinary, nullable=True),
    _text("content_hash"),
    Column("salt", LargeBinary, nullable=True),
    Column("content", LargeBinary, nullable=True),
    _text("replaces"),
    _text("person"),
    _text("at"),
    _text("zone"),
    _number("clock"),
    _text("definition"),
    Index("audit_record_by_key", "key"),
    Index("audit_record_by_rare_kind", "kind", sqlite_where=RARE, postgresql_where=RARE),
)

seal: Final = _table(
    "seal",
    _code("device", primary=True),
    _number("first", primary=True),
    _number("last"),
    _code("person"),
    Column("signature", LargeBinary, nullable=False),
)

definition: Final = _table(
    "definition",
    _code("hash", primary=True),
    Column("source", LargeBinary, nullable=False),
)

quarantine: Final = _table(
    "quarantine",
    _code("device", primary=True),
    _number("seq", primary=True),
    _text("en"),
    _text("zh"),
)

# -- this machine --------------------------------------------------------------------------------------

meta: Final = _table("meta", _code("name", primary=True), Column("value", LargeBinary, nullable=False))

migration: Final = _table("migration", _code("name", primary=True), _text("at"), _text("program"))

# What somebody has typed and not committed. ``base`` is the answer that stood committed there, ``unit`` of a
# reason its code, ``cursor`` a place in the text as the window counts it.
draft: Final = _table(
    "draft",
    _code("person", primary=True),
    _code("kind", primary=True),
    _code("key", primary=True),
    _text("text"),
    _text("unit"),
    _number("cursor"),
    _text("base"),
    _text("at"),
)

# Where somebody was when the session ended without a log-out.
place: Final = _table(
    "place",
    _code("person", primary=True),
    _code("form"),
    _code("item"),
    _text("look"),
    _text("at"),
)

# A redaction that one person has proposed and signed and nobody has confirmed yet.
proposal: Final = _table(
    "proposal", _code("id", primary=True), _code("person"), _text("at"), _text("content")
)

status_cache: Final = _table(
    "status_cache",
    _code("key", primary=True),
    _text("definition"),
    _text("day"),
    _text("content"),
)

# -- projections ---------------------------------------------------------------------------------------

# Every id that a record of the same key names as superseded: it may still be on its way from another PC.
superseded: Final = _table(
    "superseded",
    _code("device", primary=True),
    _number("seq", primary=True),
    _code("key", primary=True),
)

subject: Final = _table("subject", _code("identity", primary=True), _text("subjid"), _text("site"), *_stamp())

subject_number: Final = _table("subject_number", _code("identity", primary=True), _text("subjid"), *_stamp())

# Repeats of events, of forms and log rows; ``key`` is their own path, ``parent`` the path they were made in.
instance: Final = _table(
    "instance",
    _code("key", primary=True),
    _text("level"),
    _code("parent"),
    _text("name"),
    _code("identity"),
    *_stamp(),
)

strike: Final = _table("strike", _code("key", primary=True), _text("state"), *_stamp())

# Heads: one row per unsuperseded record of an item.
item_data: Final = _table(
    "item_data",
    _code("key", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("text"),
    _text("unit"),
    _text("missing"),
    _number("absent"),
)

conflict: Final = _table("conflict", _code("key", primary=True), _code("query"), _text("records"))

confirmation: Final = _table(
    "confirmation", _code("key", primary=True), _code("check_oid", primary=True), _text("text"), *_stamp()
)

form_status: Final = _table(
    "form_status", _code("key", primary=True), _text("status"), _text("definition"), *_stamp()
)

# The definition a form instance is pinned to: by a pin (``explicit`` 1, newest wins) or its first entry.
form_pin: Final = _table(
    "form_pin", _code("key", primary=True), _text("definition"), _number("explicit"), *_stamp()
)

query_event: Final = _table(
    "query_event",
    _code("query", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _code("key"),
    _text("state"),
    _text("source"),
    _text("check_oid"),
    _text("text"),
    _text("answer"),
    _number("raises"),
    _number("own"),
)

query: Final = _table(
    "query",
    # Whoever knows a query's id may not touch it under another key, so the key belongs to its identity.
    _code("id", primary=True),
    _code("key", primary=True),
    _text("state"),
    _text("source"),
    _text("check_oid"),
    _text("text"),
    _text("answer"),
    _text("raised_at"),
    _text("raised_by"),
    _text("changed_at"),
    _text("changed_by"),
    _text("record"),
    Index("query_by_key", "key"),
)

certificate: Final = _table(
    "certificate",
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _text("at"),
    _code("person"),
    _text("site"),
    _text("vault"),
    _text("login"),
    _text("name"),
    _text("tasks"),
    _number("serial"),
    _text("content"),
)

person_state: Final = _table("person_state", _code("whom", primary=True), _text("state"), *_stamp())

device: Final = _table(
    "device",
    _code("id", primary=True),
    _text("name"),
    _text("site"),
    _text("sign"),
    _text("box"),
    _code("parent"),
    _text("authority"),
    _code("vault"),
    _code("person"),
    _text("at"),
)

# Other PCs that a device exchanges bundles with, as its own records say.
peer: Final = _table(
    "peer",
    _code("device", primary=True),
    _code("peer", primary=True),
    _number("clock"),
    _number("seq"),
    _code("person"),
    _text("at"),
    _text("site"),
    _text("state"),
    _text("content"),
)

definition_use: Final = _table(
    "definition_use", _code("hash", primary=True), _text("oid"), _text("version"), *_stamp()
)

login: Final = _table(
    "login",
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("zone"),
    _text("kind"),
    _text("content"),
)

# Prints, exports, bundles: things that left or entered, with their whole content.
passage: Final = _table(
    "passage",
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("kind"),
    _code("key"),
    _text("content"),
)

# Heads of source verification, reviews.
mark: Final = _table(
    "mark",
    _code("key", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("kind"),
    _text("content"),
)

# Electronic signatures of forms, visits or participants; whether one counts is asked of ``read_signatures``.
signature: Final = _table(
    "signature",
    _code("key", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("meaning"),
    _text("manifest"),
)

# The site's own lists: laboratories, reference ranges, versions of the consent form.
reference: Final = _table(
    "reference",
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("list"),
    _text("content"),
)

# Which row of them was ended by which record. There may be several; those of another site say nothing.
reference_end: Final = _table(
    "reference_end",
    _code("device", primary=True),
    _number("seq", primary=True),
    _code("by_device", primary=True),
    _number("by_seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("list"),
    _text("reason"),
)

# Records whose content two persons have emptied; the trigger on audit_record reads it.
redaction: Final = _table(
    "redaction",
    _code("device", primary=True),
    _number("seq", primary=True),
    _code("by_device"),
    _number("by_seq"),
)

# Double entry: the second reading of an item (newest stamp), rows of it, and how differences ended.
second_entry: Final = _table(
    "second_entry",
    _code("key", primary=True),
    _text("text"),
    _text("unit"),
    _text("missing"),
    _text("compared"),
    _text("result"),
    *_stamp(),
)

second_row: Final = _table(
    "second_row", _code("key", primary=True), _code("parent"), _code("identity"), *_stamp()
)

second_row_state: Final = _table(
    "second_row_state", _code("key", primary=True), _text("state"), _text("first"), *_stamp()
)

second_resolution: Final = _table(
    "second_resolution",
    _code("key", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("choice"),
    _text("first"),
    _text("second"),
    _text("stands"),
    _text("note"),
)

# Freezing and locking, whatever became of them: none supersedes another (``key`` "" = the whole study).
lock_act: Final = _table(
    "lock_act",
    _code("key", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("state"),
    _text("reason"),
    _text("second"),
    _text("seen"),
    _text("counts"),
)

# What an investigator endorsed of answers that others entered: ``records`` are the answer's records then.
endorsement: Final = _table(
    "endorsement",
    _code("key", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("records"),
)

# Places at which something was entered by mistake; how far each chain was known then (JSON).
voided: Final = _table(
    "voided",
    _code("key", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("upto"),
    _text("moved_to"),
)

# Which of them was taken back by which record.
voided_end: Final = _table(
    "voided_end",
    _code("device", primary=True),
    _number("seq", primary=True),
    _code("key", primary=True),
    _code("by_device", primary=True),
    _number("by_seq", primary=True),
)

# Sheets of duties, one per record; which one counts follows from their numbers.
delegation: Final = _table(
    "delegation",
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _text("at"),
    _code("person"),
    _text("site"),
    _text("vault"),
    _text("code"),
    _number("serial"),
    _text("content"),
)

# Acts on keys: sets of recovery sheets made and used, and who may open the identification list.
key_act: Final = _table(
    "key_act",
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("kind"),
    _text("act"),
    _text("content"),
)

# What the centre made of checks, and what it withdrew of that.
overlay: Final = _table(
    "overlay", _code("device", primary=True), _number("seq", primary=True), _number("clock"), _code("person"),
    _text("at"), _text("act"), _text("content"),
)  # fmt: skip

# Codes of verbatim terms: ``key`` is the item, or "" for a row of the list of synonyms; JSON as recorded.
coding: Final = _table(
    "coding",
    _code("key", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("content"),
)

# What the columns of a sheet mean, and which test is which item: ``layout`` is the hash of its headings.
mapping: Final = _table(
    "mapping",
    _code("layout", primary=True),
    _code("device", primary=True),
    _number("seq", primary=True),
    _number("clock"),
    _code("person"),
    _text("at"),
    _text("content"),
)

ALL: Final = metadata
"""Every table."""

PROJECTIONS: Final[tuple[Table, ...]] = (
    key_act,
    voided, voided_end,
    superseded, subject, subject_number, instance, strike, item_data, conflict, confirmation, form_status,
    form_pin, query_event, query, certificate, person_state, device, peer, definition_use, login, passage,
    mark, redaction, reference, reference_end, signature, second_entry, second_row, second_row_state,
    second_resolution, lock_act, endorsement, delegation, overlay, coding, mapping,
)  # fmt: skip
