"""Which devices are workstations of one vault, and which one speaks for it: its post (see ``stations``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from mda5_crf.db import rows, schema
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tx

POST: Final = "post"
"""Field of the first record of a workstation's chain: the device that speaks for its vault."""


def post_of(record: AuditRecord) -> str:
    """The post that the first record of a chain names; "" for a device that is no workstation."""
    if record.seq != 1 or record.kind != "device" or record.content is None:
        return ""
    post = record.data.get(POST, "")
    return post if isinstance(post, str) and post != record.device else ""


def of_devices(tx: Tx) -> Mapping[str, str]:
    """The workstations among all devices known here: device → its post, of the same vault and authority."""
    known = {row["id"]: row for row in tx.find(schema.device)}
    of_vault = Counter(row["vault"] for row in known.values())
    found = {}
    for device, row in known.items():
        if row["parent"] or of_vault[row["vault"]] < 2:
            continue
        first = rows.get_record(tx, device, 1)
        post = known.get(post_of(first)) if first is not None else None
        if post is not None and same_house(row, post):
            found[device] = post["id"]
    return found


def same_house(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two devices are registered for the same vault, site and authority."""
    return all(one[name] == other[name] for name in ("vault", "authority", "site"))


def vaults(tx: Tx) -> dict[str, str]:
    """The vault that each device known here is registered for."""
    return {row["id"]: row["vault"] for row in tx.find(schema.device)}


def house(tx: Tx, device: str) -> frozenset[str]:
    """All devices that work in one database with ``device``, itself included."""
    stations = of_devices(tx)
    post = stations.get(device, device)
    return frozenset({post, *(one for one, its in stations.items() if its == post)})
