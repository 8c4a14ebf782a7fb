"""Whether a copy of the vault is recent and whole enough to be relied on before a small step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mda5_crf.db import backup
from mda5_crf.db.manifest import read_manifest
from mda5_crf.services.backups import HERE, Copy, copy_or_none

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

DAY: Final = timedelta(days=1)


def recent(session: Session, within: timedelta = DAY) -> Copy | None:
    """The newest good copy in the vault's own folder, if it is no older than ``within``; None without one.

    Each page of it was read and its chains were compared when it was made. Now its manifest, the sizes of its
    files and that it has the chains of this vault are looked at.
    """
    now, folder = session.trusted_now(), session.vault.folder / backup.FOLDER
    found = [copy_or_none(session, folder / name, HERE) for name in backup.copies(folder)]
    fresh = [
        copy
        for copy in found
        if copy is not None and copy.state == "good" and timedelta(0) <= now - copy.made <= within
    ]
    for copy in sorted(fresh, key=lambda copy: copy.made, reverse=True):
        manifest = read_manifest(copy.path)
        if manifest is not None and backup.contained(session.vault.store, dict(manifest.heads)):
            return copy
    return None
