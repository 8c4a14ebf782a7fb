"""Workstations: several PCs that work in one vault at once, each with a chain of its own.

Only a centre's vault on a server has them. The device that the vault was founded with (or that it was moved
to) is its **post**: other PCs know the vault by it, bundles come from it and go to it, and what the vault as
a whole says stands in its chain (``journal.OF_THE_VAULT``). What a person does at a PC stands in the chain of
that PC, so that no two PCs ever continue one chain against each other.

A workstation's chain begins with a ``device`` record that names the post, with the vault and the authority of
the post. That, and the seals of persons whom that authority certified, is why it is believed; no other PC has
to register it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mda5_crf import settings
from mda5_crf.crypto import BoxSecret, SigningKey
from mda5_crf.db.accounts import Register
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.posts import POST
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.vaultmeta import (
    DeviceKeys,
    VaultMeta,
    device_draft,
    new_device_id,
    read_station_keys,
    write_station_keys,
)


def at_this_pc(
    store: AnyStore,
    meta: VaultMeta,
    person: Identity,
    register: Callable[[], Register],
    clock: Callable[[], datetime],
    admitted: Callable[[], None],
) -> tuple[str, Journal]:
    """The workstation that this PC is in the vault, and its journal as ``person`` writes it.

    A PC that was never here begins a chain, and remembers its id in its settings. Two programs of one account
    on one PC share a chain: they take turns. ``admitted`` is asked whether the person still may, whenever
    others wrote. Raises StoreError.
    """
    device = settings.station(meta.vault)
    if device and read_station_keys(store, device) is not None:
        return device, _journal(store, meta, person, device, admitted)
    device, keys = new_device_id(), DeviceKeys(SigningKey.generate(), BoxSecret.generate(), {})
    journal = _journal(store, meta, person, device, admitted)
    draft = device_draft(meta, device, keys, register().authority, **{POST: meta.device})
    journal.append([draft], clock(), also=lambda tx: write_station_keys(store, tx, device, keys))
    settings.remember_station(meta.vault, device)
    return device, journal


def _journal(
    store: AnyStore, meta: VaultMeta, person: Identity, device: str, admitted: Callable[[], None]
) -> Journal:
    here = Identity(study=person.study, device=device, person=person.person, author=person.author)
    return Journal(store, here, meta.zone, post=person, admitted=admitted)
