"""Fixtures of this folder: a real vault, copied for each test; stores of both kinds."""

from tests.unit.db.storekinds import databases_back, store_kind
from tests.vaults import open_ward, ward

__all__ = ["databases_back", "open_ward", "store_kind", "ward"]
