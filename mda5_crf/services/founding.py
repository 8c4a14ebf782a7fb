"""Founding a vault on a definition that came from elsewhere: a ward's PC that takes an invitation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mda5_crf.db.vault import create_vault
from mda5_crf.services.session import Session
from mda5_crf.study.model import Study


def found(
    folder: Path,
    study: Study,
    *,
    site: str,
    name: str,
    first: tuple[str, str, str],
    password: str,
    demo: bool = False,
    clock: Callable[[], datetime] | None = None,
) -> Session:
    """Make a vault with the definition ``study`` and open it.

    ``first`` is (log-in, printed name, role) of the first person. Raises InputRefused (log-in, name, password
    rules) and StoreError.
    """
    vault = create_vault(
        folder,
        study_oid=study.oid,
        definition=(study.hash, study.source),
        site=site,
        name=name,
        person=first,
        password=password,
        demo=demo,
        version=study.version,
        zone=study.timezone,
        **({} if clock is None else {"clock": clock}),
    )
    return Session(vault, study, clock)
