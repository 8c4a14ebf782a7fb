"""Folding of the skeleton: participants, repeats, log rows, what is struck, status of forms."""

from __future__ import annotations

from typing import Final

from mda5_crf.db import schema
from mda5_crf.db.fold_common import Unfoldable, key_of, newest, parse_key, stamp_row, text
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tables

_STATES: Final = frozenset({"struck", "restored"})
_STATUSES: Final = frozenset({"complete", "incomplete", "not_done"})


def fold_subject(tx: Tables, record: AuditRecord) -> None:
    """``subject``: without key the enrolment, whose id is the participant; with key a new number."""
    data = record.data
    if record.key:
        key_of(record, "subject")
        number = text(data, "renumber", text(data, "subjid", ""))
        if not number:
            raise Unfoldable("aside_shape")
        newest(tx, schema.subject_number, {"subjid": number, **stamp_row(record)}, identity=record.key)
        return
    row = {"subjid": text(data, "subjid"), "site": text(data, "site"), **stamp_row(record)}
    tx.insert(schema.subject, {"identity": record.id, **row})


def fold_event(tx: Tables, record: AuditRecord) -> None:
    """``event``: a repeat of a repeating event."""
    key_of(record, "subject")
    name = _name(text(record.data, "event"))
    _instance(tx, record, "event", name, f"{record.key}/{name}[{record.id}]")


def fold_form(tx: Tables, record: AuditRecord) -> None:
    """``form``: a repeat of a repeating form."""
    key_of(record, "event")
    name = _name(text(record.data, "form"))
    _instance(tx, record, "form", name, f"{record.key}/{name}[{record.id}]")


def fold_row(tx: Tables, record: AuditRecord) -> None:
    """``row``: a row of a log group."""
    key = key_of(record, "group")
    if key.group_repeat:
        raise Unfoldable("aside_shape")
    _instance(tx, record, "row", key.group, f"{record.key}[{record.id}]")


def fold_strike(tx: Tables, record: AuditRecord) -> None:
    """``strike``: a repeat, form or row was struck, or restored; the newest word stands."""
    key_of(record, "event", "form", "group")
    state = text(record.data, "state")
    if state not in _STATES:
        raise Unfoldable("aside_shape")
    newest(tx, schema.strike, {"state": state, **stamp_row(record)}, key=record.key)


def fold_status(tx: Tables, record: AuditRecord) -> None:
    """``status``: what a person said of a form; the newest word stands."""
    key_of(record, "form")
    status = text(record.data, "status")
    if status not in _STATUSES:
        raise Unfoldable("aside_shape")
    row = {"status": status, "definition": record.definition, **stamp_row(record)}
    newest(tx, schema.form_status, row, key=record.key)


def _name(name: str) -> str:
    if not name or "/" in name or "[" in name:
        raise Unfoldable("aside_shape")
    return name


def _instance(tx: Tables, record: AuditRecord, level: str, name: str, key: str) -> None:
    try:
        parse_key(key)  # whoever lists what there is reads it as one
    except ValueError:
        raise Unfoldable("aside_shape") from None
    row = {"key": key, "level": level, "parent": record.key, "name": name, "identity": record.id}
    tx.insert(schema.instance, {**row, **stamp_row(record)})
