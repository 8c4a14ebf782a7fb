"""Wards and centres with the trial's real definition, ready for a user: sessions over copied vaults."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from mda5_crf.db.vault import create_vault
from mda5_crf.services.session import Session
from mda5_crf.settings import study_directory
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from tests.once import built_once, one_salt_each
from tests.scenario import Ward
from tests.vaults import FOUNDER, PEOPLE, enter, password

# A fixed moment: 10:00 at the site on 2026-09-01. Tests that need another day set the clock.
NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@cache
def trial() -> Study:
    """The trial's definition, loaded once."""
    return load(study_directory())


def found(study: Study, site: str, name: str = "Ward 3") -> Path:
    """A vault with that definition and all of PEOPLE, made once in a run; copy before use."""
    which = hashlib.sha256(f"{study.hash} {site} {name}".encode()).hexdigest()[:16]
    with one_salt_each():
        return built_once(f"ward-{which}.mda5", lambda folder: _found(folder, study, site, name))


def _found(folder: Path, study: Study, site: str, name: str) -> None:
    first, *others = PEOPLE
    with create_vault(
        folder,
        study_oid=study.oid,
        definition=(study.hash, study.source),
        site=site,
        name=name,
        person=(first, *PEOPLE[first][:2]),
        password=password(first),
        version=study.version,
        zone=study.timezone,
        clock=lambda: NOW,
    ) as vault:
        for login in others:
            person, role, secret = PEOPLE[login]
            vault.add_person(login, person, role, secret, signer_password=password(first))


def built(site: str = "01", name: str = "Ward 3") -> Path:
    """A vault with the trial's definition."""
    return found(trial(), site, name)


@contextmanager
def session_at(
    folder: Path, login: str = FOUNDER, clock: Callable[[], datetime] | None = None
) -> Iterator[Session]:
    """Log in as one of PEOPLE, without paying for the key derivation again."""
    with Session(enter(folder, login), trial(), clock or Clock()) as session:
        yield session


@pytest.fixture
def ward_folder(tmp_path: Path) -> Path:
    """A fresh copy of the ward's vault."""
    return Path(shutil.copytree(built(), tmp_path / "ward.mda5"))


@pytest.fixture
def ward(ward_folder: Path) -> Iterator[Ward]:
    """An investigator at an open ward with one enrolled participant."""
    with session_at(ward_folder) as session:
        yield Ward(session).enrol()
