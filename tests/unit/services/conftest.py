"""Fixtures of the services' tests."""

from tests.wards import ward, ward_folder

__all__ = ["ward", "ward_folder"]
