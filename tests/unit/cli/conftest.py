"""One vault per module, reached only through commands."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.commandline import act, remembered_keys
from tests.wards import built


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ward's vault with everybody of PEOPLE and one participant, 01-001; shared within a module."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("cli 库") / "ward.mda5"))
    with remembered_keys():
        act("enrol", folder).good()
    return folder


@pytest.fixture
def own_vault(tmp_path: Path) -> Path:
    """A vault of the test's own, without participants."""
    return Path(shutil.copytree(built(), tmp_path / "ward.mda5"))


@pytest.fixture(scope="session")
def yesterday() -> str:
    """A date that is not after today, wherever the tests run."""
    return (date.today() - timedelta(days=2)).isoformat()  # noqa: DTZ011
