"""Founding a vault: its keys, its first records, its first person. The folder appears whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from mda5_crf.crypto import CostRefused, SigningKey, random_bytes, random_id
from mda5_crf.db import accounts, schema
from mda5_crf.db.accounts import PersonKeys
from mda5_crf.db.attempts import utc_now
from mda5_crf.db.files import sync_folder, trouble
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.keysfile import KeysFile, write_keys
from mda5_crf.db.lockfile import on_network_share
from mda5_crf.db.openvault import OpenVault, enter
from mda5_crf.db.passwords import check_password
from mda5_crf.db.records import Draft
from mda5_crf.db.slots import DATABASE_KEY_BYTES, KEEPER_ROLES, Keyring, Signer, grant_to, new_slot
from mda5_crf.db.store import Store
from mda5_crf.db.unlock import DATABASE, STUDY_KEY, Unlocked
from mda5_crf.db.vaultmeta import (
    DeviceKeys,
    VaultMeta,
    new_device_id,
    new_device_keys,
    write_device_keys,
    write_meta,
)
from mda5_crf.errors import InputRefused, StoreError

FIRST_GENERATION: Final = 1
DEFAULT_ZONE: Final = "Asia/Shanghai"


def create_vault(
    folder: Path,
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
    The folder appears whole or not at all. Raises InputRefused and StoreError.
    """
    login, full_name, role = person
    accounts.check_person(login, full_name, role)
    if role not in KEEPER_ROLES:
        raise InputRefused("store.login_founder_role")
    if not site or not name.strip():
        raise InputRefused("store.vault_site_and_name")
    check_password(password, login, full_name, (name, study_oid))
    check_place(folder)
    building = folder.with_name(f"{folder.name}.{random_id(4)}.new")
    try:
        building.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise trouble(error, folder) from None
    try:
        unlocked = _found(
            building,
            VaultMeta(
                vault=random_id(),
                study=study_oid,
                site=site,
                name=name,
                device=new_device_id(),
                gen=FIRST_GENERATION,
                zone=zone,
                demo=demo,
            ),
            definition,
            version,
            (login, full_name, role),
            password,
            clock,
        )
        move_in(building, folder)
    except BaseException:
        # Whatever stopped it, an interrupt too: half a vault must not stay behind, nor its keys.
        shutil.rmtree(building, ignore_errors=True)
        raise
    return enter(folder, clock, lambda _: unlocked)


def _found(
    folder: Path,
    meta: VaultMeta,
    definition: tuple[str, bytes],
    version: str,
    person: tuple[str, str, str],
    password: str,
    clock: Callable[[], datetime],
) -> Unlocked:
    """Fill an empty folder: database with the first records, then the key file."""
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
    store = Store.create(folder / DATABASE, bytes(database_key))
    try:
        with store.transaction() as tx:
            write_meta(store, tx, meta)
            write_device_keys(store, tx, device_keys)
            tx.put(schema.definition, {"hash": definition[0], "source": definition[1]})
        Journal(store, identity, meta.zone).append(
            [
                _device_draft(meta, device_keys, authority),
                Draft("definition", "", {"hash": definition[0], "oid": meta.study, "version": version}),
                accounts.certificate_draft(certificate),
                accounts.user_draft(identity.person, "active"),
            ],
            at=clock(),
        )
    finally:
        store.close()
    # No keeper's certificate in the file: it would show a name, and every keyring knows the keepers.
    file = KeysFile(meta.vault, 0, meta.gen, (slot,)).sealed(bytes(database_key))
    write_keys(folder, file)
    return Unlocked(file, slot, keyring, wrapping, database_key, meta.gen)


def _device_draft(meta: VaultMeta, keys: DeviceKeys, authority: SigningKey) -> Draft:
    return Draft(
        "device",
        "",
        {
            "device": meta.device,
            "name": meta.name,
            "site": meta.site,
            "sign": keys.sign.public.text,
            "box": keys.box.public.text,
            "parent": "",
            "authority": authority.public.text,
            "vault": meta.vault,
        },
    )


def check_place(folder: Path) -> None:
    """Raise StoreError unless a vault may be made at ``folder``: nothing there, and no network share."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise StoreError("store.vault_exists", place=folder.name)
    except OSError as error:
        raise trouble(error, folder) from None
    if on_network_share(folder.parent):
        raise StoreError("store.vault_on_network", place=folder.name)


def move_in(building: Path, folder: Path) -> None:
    """Rename the finished folder to its place. Raises StoreError."""
    try:
        if folder.exists():
            folder.rmdir()  # empty, see check_place; Windows renames onto nothing that exists
        os.rename(building, folder)  # noqa: PTH104 - Path.rename is the same call
        sync_folder(folder.parent)
    except OSError as error:
        raise trouble(error, folder) from None
