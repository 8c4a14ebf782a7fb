"""Fixtures of the services' tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenario import Ward
from tests.siteward import built_site, site_session
from tests.wards import Clock, ward, ward_folder

__all__ = ["clock", "site_folder", "site_ward", "ward", "ward_folder"]


@pytest.fixture
def clock() -> Clock:
    """The clock of ``site_ward``, moved by the test."""
    return Clock()


@pytest.fixture
def site_folder(tmp_path: Path) -> Path:
    """A fresh copy of a vault with the small definition of a site's lists."""
    return Path(shutil.copytree(built_site(), tmp_path / "site.mda5"))


@pytest.fixture
def site_ward(site_folder: Path, clock: Clock) -> Iterator[Ward]:
    """An investigator at that vault with one enrolled participant."""
    with site_session(site_folder, clock=clock) as session:
        yield Ward(session).enrol()
