"""How much stands in the journal beyond a point that is known: what a copy or a witness lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from mda5_crf.db import rows, schema
from mda5_crf.db.clock import read_at
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Statement


def recorded(
    store: AnyStore, above: Mapping[str, int], without: Collection[str]
) -> tuple[int, datetime | None]:
    """How many records stand above ``above`` (device → number), and when the first of them was written (UTC).

    Kinds in ``without`` do not count. Counted inside the database: a whole journal is no reason to wait.
    """
    a = schema.audit_record.c
    others = [a.kind != kind for kind in sorted(without)]
    wanted: Any = select(func.count(), func.min(a.at)).where(
        a.device == bindparam("d"), a.seq > bindparam("after"), *others
    )
    statement = Statement(wanted)
    count, firsts = 0, []
    with store.read() as tx:
        for device in rows.devices(tx):
            ((here, first),) = tx.run(statement, {"d": device, "after": above.get(device, 0)})
            count += here
            firsts += [read_at(first)] if first else []
    return count, min(firsts, default=None)
