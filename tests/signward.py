"""A ward with the small definition ``signing``: eligibility, vital signs, logs, deviations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.services.signing import SignatureInfo
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from tests.scenario import OpenForm, Ward
from tests.vaults import FOUNDER, enter, password
from tests.wards import Clock, found

DEFINITION = Path(__file__).parent / "data" / "definitions" / "signing"


@cache
def definition() -> Study:
    """The small definition, loaded once."""
    return load(DEFINITION)


def built_signing(site: str = "01") -> Path:
    """A vault with the small definition; copy before use."""
    return found(definition(), site)


@contextmanager
def signing_session(
    folder: Path, login: str = FOUNDER, clock: Callable[[], datetime] | None = None
) -> Iterator[Session]:
    """Log in as one of PEOPLE."""
    with Session(enter(folder, login), definition(), clock or Clock()) as session:
        yield session


def eligible(ward: Ward, **more: str) -> OpenForm:
    """Form IE, filled in and complete: eligible and enrolled."""
    form = ward.open("SCR", "IE").enter_all(
        RFICDAT="2026-08-20", IEDAT="2026-08-21", IEYN="Y", ENROLYN="Y", **more
    )
    assert form.complete().done
    return form


def vitals(ward: Ward, event: str = "BL", systolic: str = "120", **more: str) -> OpenForm:
    """Form VS, filled in and complete."""
    form = ward.open(event, "VS").enter_all(SYSBP=systolic, DIABP="80", **more)
    assert form.complete().done
    return form


def signed(ward: Ward, form: OpenForm, meaning: str = "REVIEWED") -> SignatureInfo:
    """The form signed by the investigator."""
    return ward.session.sign(form.entry.key, meaning, password(FOUNDER), FOUNDER)


def state_of(ward: Ward, key: ItemKey) -> str:
    """The state of the newest signature over a form."""
    return ward.session.signatures(key)[0].state
