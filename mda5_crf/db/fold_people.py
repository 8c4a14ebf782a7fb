"""Folding of who and what takes part: devices, certificates, accounts, definitions, log-ins, passages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mda5_crf.crypto import Certificate, CertificateRefused, canon
from mda5_crf.db import schema
from mda5_crf.db.clock import read_at
from mda5_crf.db.delegations import Sheet, SheetRefused
from mda5_crf.db.fold_common import Unfoldable, key_of, newest, stamp_row, text
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.redaction import Redaction, RedactionRefused
from mda5_crf.db.tx import Row, Tables

_ACCOUNT_STATES: Final = frozenset({"active", "disabled"})
_PEER_STATES: Final = frozenset({"approved", "revoked", "archived"})
_TEXTS: Final = ("direction", "peer", "sha256", "prev", "made")
_NUMBERS: Final = ("number", "records", "new", "known")
_VECTORS: Final = ("from", "to", "have", "stubs")


def fold_device(tx: Tables, record: AuditRecord) -> None:
    """``device``: the first record of a chain, nowhere else, and only about its own device."""
    data = record.data
    if record.seq != 1 or text(data, "device") != record.device:
        raise Unfoldable("aside_shape")
    tx.insert(
        schema.device,
        {
            "id": record.device, "name": text(data, "name", ""), "site": text(data, "site", ""),
            "sign": text(data, "sign"), "box": text(data, "box", ""), "parent": text(data, "parent", ""),
            "authority": text(data, "authority", ""), "vault": text(data, "vault"),
            "person": record.person, "at": record.at,
        },
    )  # fmt: skip


def fold_certificate(tx: Tables, record: AuditRecord) -> None:
    """``certificate``: who a person is and may do. Who takes it in judges its signature, and verify."""
    try:
        certificate = Certificate.from_json(record.data)
    except CertificateRefused:
        raise Unfoldable("aside_shape") from None
    body = certificate.body()
    tx.insert(
        schema.certificate,
        {
            "device": record.device, "seq": record.seq, "clock": record.clock, "at": record.at,
            "person": certificate.person, "site": certificate.site, "vault": certificate.vault,
            "login": certificate.login, "name": certificate.name,
            "tasks": canon(body["tasks"]).decode("utf-8"), "serial": certificate.serial,
            "content": canon(certificate.as_json()).decode("utf-8"),
        },
    )  # fmt: skip


def fold_delegation(tx: Tables, record: AuditRecord) -> None:
    """``delegation``: the duties of one person. Who takes it in judges its signature, and verify."""
    try:
        sheet = Sheet.read(record.data)
    except SheetRefused:
        raise Unfoldable("aside_shape") from None
    tx.insert(
        schema.delegation,
        {
            "device": record.device, "seq": record.seq, "clock": record.clock, "at": record.at,
            "person": record.person, "site": sheet.site, "vault": sheet.vault, "code": sheet.code,
            "serial": sheet.serial, "content": canon(record.data).decode("utf-8"),
        },
    )  # fmt: skip


def fold_user(tx: Tables, record: AuditRecord) -> None:
    """``user``: an account is active or disabled; the newest word stands."""
    data = record.data
    state, whom = text(data, "state"), text(data, "person")
    if state not in _ACCOUNT_STATES or not whom:
        raise Unfoldable("aside_shape")
    newest(tx, schema.person_state, {"state": state, **stamp_row(record)}, whom=whom)


def fold_peer(tx: Tables, record: AuditRecord) -> None:
    """``peer``: another PC that this device exchanges bundles with, or no longer; the newest word stands."""
    data = record.data
    state, peer = text(data, "state"), text(data, "device")
    if state not in _PEER_STATES or not peer:
        raise Unfoldable("aside_shape")
    content = canon(data).decode("utf-8")
    row = {"site": text(data, "site"), "state": state, "content": content, **stamp_row(record)}
    newest(tx, schema.peer, row, device=record.device, peer=peer)


def fold_definition(tx: Tables, record: AuditRecord) -> None:
    """``definition``: a version came into force; the source lies in its own table, by hash."""
    data = record.data
    row = {"oid": text(data, "oid", ""), "version": text(data, "version", ""), **stamp_row(record)}
    newest(tx, schema.definition_use, row, hash=text(data, "hash"))


def fold_login(tx: Tables, record: AuditRecord) -> None:
    """``login``, ``logout``, and ``password``: the own one was changed."""
    row = _whole(record)
    del row["key"]
    tx.insert(schema.login, {**row, "zone": record.zone})


def fold_passage(tx: Tables, record: AuditRecord) -> None:
    """``print``, ``export``, ``bundle``: something left the vault or came in; ``trail-review``, too.

    Lists of bundles are read by everybody who hears of them: one of another shape is set aside.
    """
    if record.kind == "bundle" and not _is_passage(record.data):
        raise Unfoldable("aside_shape")
    tx.insert(schema.passage, _whole(record))


def _is_passage(data: Mapping[str, Any]) -> bool:
    """Whether what is there of a bundle's facts has its type; one may be absent, as others may be added."""
    texts = all(isinstance(data.get(name, ""), str) for name in _TEXTS)
    numbers = all(type(data.get(name, 0)) is int and data.get(name, 0) >= 0 for name in _NUMBERS)
    vectors = all(_is_vector(data.get(name, {})) for name in _VECTORS)
    if not (texts and numbers and vectors and isinstance(data.get("receipts", []), list)):
        return False
    try:
        return not data.get("made") or bool(read_at(data["made"]))
    except ValueError:
        return False


def _is_vector(value: object) -> bool:
    return isinstance(value, dict) and all(type(number) is int for number in value.values())


def fold_view(_tx: Tables, record: AuditRecord) -> None:
    """``view``: somebody opened a form; who looked at what stands in the journal alone."""
    key_of(record, "form")


def fold_rekey(_tx: Tables, _record: AuditRecord) -> None:
    """``rekey``: a renewal of the database key stands in the journal; nothing is computed from it."""


def fold_redaction(tx: Tables, record: AuditRecord) -> None:
    """``redaction``: names the records whose content may be emptied, by two persons.

    Who signed is judged by who takes it in, and by verify: a fold may not depend on what came before.
    """
    try:
        redaction = Redaction.read(record.data)
    except RedactionRefused:
        raise Unfoldable("aside_shape") from None
    for device, seq in redaction.records:
        present = tx.one(schema.redaction, device=device, seq=seq)
        if present is None or (record.device, record.seq) < (present["by_device"], present["by_seq"]):
            row = {"device": device, "seq": seq, "by_device": record.device, "by_seq": record.seq}
            tx.put(schema.redaction, row)


def _whole(record: AuditRecord) -> Row:
    return {
        "device": record.device, "seq": record.seq, "clock": record.clock, "person": record.person,
        "at": record.at, "kind": record.kind, "key": record.key,
        "content": "{}" if record.content is None else record.content.decode("utf-8"),
    }  # fmt: skip
