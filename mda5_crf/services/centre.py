"""A centre on a server: what the server's administrator prepares, and moving a centre there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.db import moving, pgprepare
from mda5_crf.db.pgaddress import read_address
from mda5_crf.db.place import place_of
from mda5_crf.errors import InputRefused
from mda5_crf.services.access import Action
from mda5_crf.services.where import Where
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the centre lies now, as which device, with how many records."""

    place: str
    device: str
    records: int


def name_of(address: str) -> str:
    """An address as people see it, without anything secret. Raises InputRefused."""
    return str(read_address(address))


def prepare(address: str) -> tuple[Text, ...]:
    """Make an empty database ready; what could not be done, in words. Raises InputRefused, StoreError."""
    return pgprepare.prepare(address)


def admit(address: str, login: str) -> None:
    """Let a person of the server work with the centre. Raises InputRefused, StoreError."""
    pgprepare.admit(address, login)


def dismiss(address: str, login: str) -> None:
    """Take that right away. Raises InputRefused, StoreError."""
    pgprepare.dismiss(address, login)


def move_to(session: Session, address: Where, second: tuple[str, str]) -> Moved:
    """Move the centre of ``session`` to the prepared database at ``address``; the folder opens no more.

    ``second`` is (log-in, password) of the other person. Raises PermissionDenied, InputRefused, LoginRefused,
    StoreError; then everything is as it was.
    """
    session.require(Action.RESTORE)
    if not session.is_centre:
        raise InputRefused("shared.only_centre")
    place = place_of(address)
    try:
        device = moving.move(session.vault, place, second)
    finally:
        place.close()
    return Moved(place.name, device, sum(seq for seq, _ in session.vault.journal.heads().values()))
