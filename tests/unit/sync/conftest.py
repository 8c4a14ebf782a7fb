"""Fixtures of this folder: a small study of four PCs."""

from tests.unit.sync.synckit import old_world, world

__all__ = ["old_world", "world"]
