"""Judging again what was set aside: what may stand by now is folded, what may not keeps the reason of today.

A record is set aside for what was known when it came: a PC that nobody had registered, a certificate that was
still on its way, a kind that the program did not know yet. Nobody releases it; whenever something has come
that could change the answer, the very question is asked again that was asked at the door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, func, select

from mda5_crf.db import rows, schema
from mda5_crf.db.intake import Intake
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.text import Text

_a: Final = schema.audit_record.c
_HIGHEST: Final = Statement(
    select(func.max(_a.clock)).where(_a.device == bindparam("d"), _a.seq < bindparam("s"))
)
_HOW_MANY: Final = Statement(select(func.count()).select_from(schema.quarantine))
_KEYS: Final = frozenset({"device", "certificate", "user"})
"""Kinds of which others hang: once one of them stands, everything is asked again."""


@dataclass(slots=True)
class Again:
    """What became of it: ids that stand now with the reason they were set aside for, and how many stay."""

    released: list[tuple[str, Text]] = field(default_factory=list)
    staying: int = 0


def how_many(tx: Tx) -> int:
    """How many records are set aside."""
    return int(tx.run(_HOW_MANY, {})[0][0])


def judge_again(tx: Tx, begin: Callable[[], Intake], end: Callable[[Intake], object]) -> Again:
    """Ask of every record that is set aside whether it may stand now. In a transaction of the journal.

    ``begin`` readies an intake (keys and rights as they are known now), ``end`` closes it; both are called
    again whenever keys have come to stand. The reason of what stays is that of today.
    """
    found = Again()
    while True:
        intake, before = begin(), len(found.released)
        waiting = sorted(tx.find(schema.quarantine), key=lambda row: (row["device"], row["seq"]))
        records = [(row, rows.get_record(tx, row["device"], row["seq"])) for row in waiting]
        keys_stand = False
        for row, record in sorted(records, key=lambda pair: pair[1].stamp if pair[1] else (0, "", 0)):
            if record is None:
                continue
            if record.kind in _KEYS and record.content is not None:
                # Whoever proves keys is asked alone: they were not there for what was judged before it.
                end(intake)
                intake = begin()
            if _stands(tx, intake, record, row["en"], row["zh"]):
                found.released.append((record.id, Text(row["en"], row["zh"])))
                keys_stand |= record.kind in _KEYS
            if record.kind in _KEYS and record.content is not None:
                end(intake)
                intake = begin()
        end(intake)
        if not keys_stand or len(found.released) == before:
            break
    found.staying = len(tx.find(schema.quarantine))
    return found


def _stands(tx: Tx, intake: Intake, record: AuditRecord, en: str, zh: str) -> bool:
    device, seq = record.device, record.seq
    highest = tx.run(_HIGHEST, {"d": device, "s": seq})[0][0] or 0
    reason = intake.again(record, highest)
    if reason is None:
        tx.delete(schema.quarantine, device=device, seq=seq)
        return True
    if (reason.en, reason.zh) != (en, zh):
        tx.put(schema.quarantine, {"device": device, "seq": seq, "en": reason.en, "zh": reason.zh})
    return False
