"""What the journal says of accounts, as typed rows: who was certified for what by whom, admitted, ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select

from mda5_crf.crypto import Certificate
from mda5_crf.db import rows, schema
from mda5_crf.db.clock import read_at
from mda5_crf.db.fold_common import row_stamp
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Statement

_a: Final = schema.audit_record.c
# Records about the vault itself have no key: an index finds them among all that participants have.
_OF_VAULT: Final = Statement(select(schema.audit_record).where(_a.key == "", _a.kind == bindparam("kind")))


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate that was recorded: its ``record``, when (UTC), and who recorded it (id)."""

    certificate: Certificate
    record: str
    at: datetime
    device: str


def certificates(store: AnyStore, vault: str) -> tuple[CertificateRow, ...]:
    """All certificates of a vault, oldest first; nothing is judged."""
    with store.read() as tx:
        found = sorted(tx.find(schema.certificate, vault=vault), key=row_stamp)
    return tuple(
        CertificateRow(
            Certificate.from_json(rows.content_of(row)), f"{row['device']}:{row['seq']}", read_at(row["at"]),
            row["device"],
        )
        for row in found
    )  # fmt: skip


def admitted(store: AnyStore) -> dict[str, tuple[str, datetime]]:
    """Person → who spoke last of the account, and when (UTC): the founding, an admission, a reset, an end."""
    with store.read() as tx:
        return {row["whom"]: (row["person"], read_at(row["at"])) for row in tx.find(schema.person_state)}


def own_passwords(store: AnyStore) -> dict[str, datetime]:
    """Person → when the own password was last changed by that person."""
    with store.read() as tx:
        found = sorted(tx.find(schema.login, kind="password"), key=row_stamp)
    return {row["person"]: read_at(row["at"]) for row in found}


def of_vault(store: AnyStore, kinds: Collection[str]) -> tuple[AuditRecord, ...]:
    """The records of ``kinds`` that are about no participant, oldest first; none that was set aside."""
    with store.read() as tx:
        aside = {(row["device"], row["seq"]) for row in tx.find(schema.quarantine)}
        found = [rows.row_record(row) for kind in sorted(kinds) for row in tx.each(_OF_VAULT, {"kind": kind})]
    standing = [record for record in found if (record.device, record.seq) not in aside]
    return tuple(sorted(standing, key=lambda record: record.stamp))


def attempts_of(content: dict[str, Any]) -> list[tuple[str, int, str]]:
    """The failures that a log-in record took over: (log-in, count, since); "" = a log-in unknown here."""
    found = content.get("attempts")
    result = []
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and isinstance(one.get("login"), str) and type(one.get("count")) is int:
            result.append((one["login"], one["count"], str(one.get("first", ""))))
    return result
