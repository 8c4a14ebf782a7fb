"""The ward of :mod:`tests.wards` with a monitor (``m04``), made once per process."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.slots import open_keyring
from mda5_crf.services.session import Session
from tests import vaults
from tests.scenario import Ward
from tests.wards import NOW, Clock, built, session_at

MONITOR: Final = "m04"
_SECRET: Final = "copper-lantern-38-meadow"


@cache
def built_monitored() -> Path:
    """The vault with its monitor and one enrolled participant; copy before use."""
    folder = Path(tempfile.mkdtemp(prefix="mda5-crf-monitored-")) / "ward.mda5"
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    shutil.copytree(built(), folder)
    with vaults.enter(folder, clock=lambda: NOW) as vault:
        vault.add_person(
            MONITOR, "Monitor Zhao", "monitor", _SECRET, signer_password=vaults.password(vaults.FOUNDER)
        )
    with session_at(folder) as session:
        session.enrol()
    file = read_keys(folder)
    slot = file.slot_of(MONITOR)
    assert slot is not None
    _, wrapping = open_keyring(file.vault, slot, _SECRET)
    vaults._WRAPPING[slot.cost.salt] = bytearray(wrapping)
    return folder


class Site:
    """A ward in a folder; people come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(built_monitored(), folder))
        self.clock = Clock()

    @contextmanager
    def at(self, login: str = vaults.FOUNDER) -> Iterator[Session]:
        """The session of one of the people."""
        with session_at(self.folder, login, self.clock) as session:
            yield session

    @contextmanager
    def ward(self, login: str = vaults.FOUNDER) -> Iterator[Ward]:
        """The same, with the participant in hand."""
        with self.at(login) as session:
            yield Ward(session, session.subjects()[0].identity)
