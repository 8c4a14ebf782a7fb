"""Fixtures of the jobs' tests."""

from __future__ import annotations

from tests.wards import ward, ward_folder

__all__ = ["ward", "ward_folder"]
