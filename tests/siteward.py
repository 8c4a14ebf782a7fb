"""A ward with the small definition ``site`` (laboratory, logs of events, readings), for tests of services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from tests.scenario import OpenForm, Ward
from tests.vaults import FOUNDER, enter
from tests.wards import Clock, found

DEFINITION = Path(__file__).parent / "data" / "definitions" / "site"


@cache
def definition() -> Study:
    """The small definition, loaded once."""
    return load(DEFINITION)


def built_site(site: str = "01") -> Path:
    """A vault with the small definition; copy before use."""
    return found(definition(), site)


@contextmanager
def site_session(
    folder: Path,
    login: str = FOUNDER,
    clock: Callable[[], datetime] | None = None,
    steady: Callable[[], float] | None = None,
) -> Iterator[Session]:
    """Log in as one of PEOPLE."""
    with Session(enter(folder, login), definition(), clock or Clock(), steady) as session:
        yield session


def log(ward: Ward, form: str) -> OpenForm:
    """A log of the participant."""
    return ward.open("LOG", form)


def row_key(form: OpenForm) -> ItemKey:
    """The key of the row in hand."""
    (group,) = form.row
    return form.entry.key._replace(group=group, group_repeat=form.row[group])
