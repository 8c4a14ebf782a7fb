"""Was this folder moved, or is it a copy? Where a vault has lain is kept inside it, by disk, path and folder.

Two copies of one folder that are both worked in fork the chain: what was entered in one of them is refused by
the centre. The program cannot know which of the two it was, so it asks; until somebody answers, work goes on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import CanonError, canon, parse_canon
from mda5_crf.db.records import Draft
from mda5_crf.services.access import Action

if TYPE_CHECKING:
    from mda5_crf.db.vault import OpenVault
    from mda5_crf.services.session import Session

_HOMES: Final = "homes"
_MOST: Final = 16


def elsewhere(vault: OpenVault) -> bool:
    """Whether the folder lies where it has not lain before. The first place is noted without a question.

    Raises StoreError.
    """
    if vault.place.shared:
        return False  # a database on a server is where it is
    here, homes = _fingerprint(vault.folder), _homes(vault)
    if any(_same(here, home) for home in homes):
        return False
    if not homes:
        _note(vault, [here])
        return False
    return True


def settle_here(session: Session) -> None:
    """Somebody said that it was moved: this place is known from now on.

    Raises PermissionDenied, StoreError.
    """
    session.require(Action.BACK_UP)
    _note(session.vault, [*_homes(session.vault), _fingerprint(session.vault.folder)][-_MOST:])
    session.append([Draft("backup", "", {"act": "moved"})])
    session.elsewhere = False


def forget(vault: OpenVault) -> None:
    """A restored vault has no place yet: the next log-in notes one without a question. Raises StoreError."""
    _note(vault, [])


def _same(here: dict[str, Any], home: dict[str, Any]) -> bool:
    same_place = here["path"] == home.get("path") or here["node"] == home.get("node")
    return bool(here["volume"] == home.get("volume") and same_place)


def _fingerprint(folder: Path) -> dict[str, Any]:
    known = folder.stat()
    # As text: the number of a Windows volume or file may be larger than canonical JSON holds.
    return {"path": str(folder.resolve()), "volume": str(known.st_dev), "node": str(known.st_ino)}


def _homes(vault: OpenVault) -> list[dict[str, Any]]:
    try:
        found = parse_canon(vault.store.meta(_HOMES) or b"[]")
    except CanonError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _note(vault: OpenVault, homes: list[dict[str, Any]]) -> None:
    with vault.store.transaction() as tx:
        vault.store.set_meta(tx, _HOMES, canon(homes))
