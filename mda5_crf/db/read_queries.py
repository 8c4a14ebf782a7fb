"""What the projections say of a query's acts, beside the query as it stands (``read.queries``)."""

from __future__ import annotations

from mda5_crf.db import schema
from mda5_crf.db.fold_queries import standing_acts
from mda5_crf.db.storebase import AnyStore
from mda5_crf.itemkey import ItemKey


def acts_that_count(store: AnyStore, query: str, key: ItemKey) -> frozenset[str]:
    """The ids of the records that made a query what it is; others came too late or were not lawful."""
    with store.read() as tx:
        acts = tx.find(schema.query_event, query=query, key=key.path())
    acts.sort(key=lambda act: (act["clock"], act["device"], act["seq"]))
    standing = standing_acts(acts) if acts else []
    return frozenset(f"{act['device']}:{act['seq']}" for act in standing)
