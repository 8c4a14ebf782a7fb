"""Founding a vault: its keys, its first records, its first person. The folder appears whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from mda5_crf import integrity
from mda5_crf.crypto import CostRefused, SigningKey, random_bytes, random_id
from mda5_crf.db import accounts, schema
from mda5_crf.db.accounts import PersonKeys
from mda5_crf.db.attempts import Attempts, utc_now
from mda5_crf.db.files import sync_folder, trouble
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.keysfile import KeysFile
from mda5_crf.db.openvault import OpenVault, enter
from mda5_crf.db.passwords import check_password
from mda5_crf.db.place import FolderPlace, Place, place_of
from mda5_crf.db.records import Draft
from mda5_crf.db.slots import DATABASE_KEY_BYTES, KEEPER_ROLES, Keyring, Signer, grant_to, new_slot
from mda5_crf.db.unlock import STUDY_KEY, Unlocked
from mda5_crf.db.vaultmeta import (
    VaultMeta,
    device_draft,
    new_device_id,
    new_device_keys,
    write_device_keys,
    write_meta,
)
from mda5_crf.errors import InputRefused, StoreError

FIRST_GENERATION: Final = 1
CENTRE: Final = "00"
DEFAULT_ZONE: Final = "Asia/Shanghai"


def create_vault(
    where: Place | Path | str,
    *,
    study_oid: str,
    definition: tuple[str, bytes],
    site: str,
    name: str,
    person: tuple[str, str, str],
    password: str,
    demo: bool = False,
    version: str = "",
    zone: str = DEFAULT_ZONE,
    clock: Callable[[], datetime] = utc_now,
) -> OpenVault:
    """Make a new vault with its first person, who holds the authority's key and admits the others.

    ``definition`` is (hash, source), ``person`` (log-in, name, role) with a role that may admit others.
    The vault appears whole or not at all. Raises InputRefused and StoreError.
    """
    if not demo:
        integrity.require()
    place = place_of(where)
    login, full_name, role = person
    accounts.check_person(login, full_name, role)
    if role not in KEEPER_ROLES:
        raise InputRefused("store.login_founder_role")
    if not site or not name.strip():
        raise InputRefused("store.vault_site_and_name")
    if place.shared and site != CENTRE:
        raise InputRefused("shared.only_centre")
    check_password(password, login, full_name, (name, study_oid))
    try:
        place.require_free()
    except StoreError:
        place.close()
        raise
    meta = VaultMeta(
        vault=random_id(),
        study=study_oid,
        site=site,
        name=name,
        device=new_device_id(),
        gen=FIRST_GENERATION,
        zone=zone,
        demo=demo,
    )
    first = (definition, version, (login, full_name, role), password, clock)
    if place.shared:
        return enter(place, clock, _given(_found(place, meta, *first)))
    folder = place.folder
    building = folder.with_name(f"{folder.name}.{random_id(4)}.new")
    try:
        _clear(folder)
        building.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise trouble(error, folder) from None
    try:
        unlocked = _found(FolderPlace(building), meta, *first)
        move_in(building, folder)
    except BaseException:
        # Whatever stopped it, an interrupt too: half a vault must not stay behind, nor its keys.
        shutil.rmtree(building, ignore_errors=True)
        raise
    return enter(place, clock, _given(unlocked))


def _clear(folder: Path) -> None:
    """Remove half vaults that a process left beside ``folder`` when it was ended while it made one."""
    half = re.compile(re.escape(folder.name) + r"\.[0-9a-f]{8}\.new")
    for path in folder.parent.iterdir() if folder.parent.is_dir() else ():
        if half.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


def _given(unlocked: Unlocked) -> Callable[[Attempts], Unlocked]:
    return lambda _: unlocked


def _found(
    place: Place,
    meta: VaultMeta,
    definition: tuple[str, bytes],
    version: str,
    person: tuple[str, str, str],
    password: str,
    clock: Callable[[], datetime],
) -> Unlocked:
    """Fill an empty place: the key file, then the database with the first records in one transaction."""
    keys, authority = PersonKeys(), SigningKey.generate()
    device_keys = new_device_keys(meta.gen)
    database_key = bytearray(random_bytes(DATABASE_KEY_BYTES))
    identity = Identity(study=meta.study, device=meta.device, person=random_id(), author=keys.author)
    certificate = accounts.certify(
        accounts.uncertified(
            study=meta.study,
            site=meta.site,
            vault=meta.vault,
            person=(identity.person, *person),
            public=keys.public,
            day=accounts.first_day(clock(), meta.zone),
            serial=1,
        ),
        Signer(keys.sign, authority),
        None,
        authority.public,
        principal=person[2] == "investigator",
    )
    keyring = Keyring(
        keys.box, keys.author, authority.public, {certificate.login: keys.sign.public}, min_gen=meta.gen
    )
    try:
        slot, wrapping = new_slot(
            meta.vault, certificate.login, password, keyring, Signer(keys.sign, authority)
        )
    except CostRefused:
        raise StoreError("store.key_memory_short") from None
    grant = grant_to(meta.vault, slot, STUDY_KEY, meta.gen, bytes(database_key), certificate.login, keys.sign)
    slot = replace(slot, grants=(grant,))
    # No keeper's certificate in the file: it would show a name, and every keyring knows the keepers.
    file = KeysFile(meta.vault, 0, meta.gen, (slot,)).sealed(bytes(database_key))
    drafts = [
        device_draft(meta, meta.device, device_keys, authority.public),
        Draft("definition", "", {"hash": definition[0], "oid": meta.study, "version": version}),
        accounts.certificate_draft(certificate),
        accounts.user_draft(identity.person, "active"),
    ]
    store = place.create_store(bytes(database_key))
    try:
        place.write_keys(file)
        journal = Journal(store, identity, meta.zone)
        with journal.begin() as tx:
            if store.meta("vault") is not None:
                raise StoreError("store.vault_exists", place=place.name)
            write_meta(store, tx, meta)
            write_device_keys(store, tx, device_keys)
            tx.insert(schema.definition, {"hash": definition[0], "source": definition[1]})
            journal.write(tx, drafts, clock())
    finally:
        store.close()
    return Unlocked(file, slot, keyring, wrapping, database_key, meta.gen)


def move_in(building: Path, folder: Path) -> None:
    """Rename the finished folder to its place. Raises StoreError."""
    try:
        if folder.exists():
            folder.rmdir()  # empty, see check_place; Windows renames onto nothing that exists
        os.rename(building, folder)  # noqa: PTH104 - Path.rename is the same call
        sync_folder(folder.parent)
    except OSError as error:
        raise trouble(error, folder) from None
