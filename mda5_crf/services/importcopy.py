"""The copy of a vault that is made before a file of another system is taken in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.crypto import random_id
from mda5_crf.db.backup import back_up

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


class Copy:
    """``name`` of its folder in ``backups/``, "" when none was made."""

    def __init__(self, place: Path | None) -> None:
        self.name = "" if place is None else place.name
        self.kept = False

    def keep(self) -> None:
        """Something was written: the copy stays."""
        self.kept = True


@contextmanager
def copied(session: Session, *, keep: bool) -> Iterator[Copy]:
    """A checked copy of the database, unless nothing is to be written; gone again when it is not kept.

    A vault on a server is not copied: one transaction takes all of it or nothing, and the copies of a server
    are its administrator's. Raises StoreError.
    """
    vault, place = session.vault, None
    if keep and not vault.place.shared:
        stamp = session.now().strftime("%Y%m%dT%H%M%S%f")
        place = back_up(vault.store, vault.folder, f"take_{stamp}_{random_id(4)}")
    copy = Copy(place)
    try:
        yield copy
    finally:
        # A copy for every file that brought nothing would push out those that are worth keeping.
        if place is not None and not copy.kept:
            shutil.rmtree(place, ignore_errors=True)
