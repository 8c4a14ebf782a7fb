"""A centre's vault moves from its folder to a server, and goes on there as a new device.

All of it is one transaction of the server: the truth of the folder byte by byte, projections folded anew and
compared, the key file, then the first two records of the new device's chain, which name the one it continues
and carry two persons' agreement. Killed anywhere before its end, nothing is there and the folder goes on.
After it the folder is marked and opens no more (a copy of it still restores).
"""

from __future__ import annotations

from mda5_crf.db import transfer
from mda5_crf.db.journal import Journal
from mda5_crf.db.openvault import OpenVault
from mda5_crf.db.place import Place
from mda5_crf.db.records import Draft
from mda5_crf.db.restoring import COPIED, new_device
from mda5_crf.db.transfer import Progress
from mda5_crf.db.vaultmeta import MOVED, write_device_keys, write_meta
from mda5_crf.errors import InputRefused


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


def move(vault: OpenVault, place: Place, second: tuple[str, str], progress: Progress = _nobody) -> str:
    """See the module text. ``second`` is (log-in, password) of the other person. Returns the new device's id.

    Raises InputRefused (not from a folder to a server, no centre), LoginRefused, StoreError.
    """
    if vault.place.shared or not place.shared:
        raise InputRefused("shared.move_direction")
    place.require_free()
    heads = {device: [seq, head] for device, (seq, head) in vault.journal.heads().items()}
    new = new_device(vault, {"act": COPIED, "parent": vault.meta.device, "heads": heads}, second)
    target = place.create_store(vault.key_of_database())
    try:
        journal = Journal(target, new.identity, new.meta.zone)
        with journal.begin() as out:
            transfer.copy_in(vault.store, target, out, vault.place.read_keys().to_bytes(), progress)
            journal.look_again(out)
            journal.write(out, new.drafts, vault.now())
            write_meta(target, out, new.meta)
            write_device_keys(target, out, new.keys)
    finally:
        target.close()
    with vault.journal.begin() as tx:
        vault.journal.write(tx, [Draft("backup", "", {"act": "moved"})], vault.now())
        vault.store.set_meta(tx, MOVED, place.name.encode())
    return new.meta.device
