"""Fixtures of this folder: a real vault, copied for each test."""

from tests.vaults import open_ward, ward

__all__ = ["open_ward", "ward"]
