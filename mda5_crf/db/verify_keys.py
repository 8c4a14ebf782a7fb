"""The key file against the journal: ``keys.json`` is authority for nothing, so everything in it is compared.

It lies beside the database, unencrypted, and whoever can write the folder can edit it. What opens the vault
must have been granted by a keeper, to the keys that the person's certificate names, to nobody who has left.
"""

from __future__ import annotations

from mda5_crf.db import schema
from mda5_crf.db.accounts import Register
from mda5_crf.db.keysfile import FILE_NAME, KeysFile, Slot
from mda5_crf.db.place import Place
from mda5_crf.db.slots import GrantRefused, check_grant
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.troubles import Trouble, trouble
from mda5_crf.db.unlock import Unlocked
from mda5_crf.db.vaultmeta import DeviceKeys, VaultMeta, read_keys_count


def check_keys(
    place: Place, store: AnyStore, unlocked: Unlocked, register: Register, own: tuple[VaultMeta, DeviceKeys]
) -> tuple[list[Trouble], int]:
    """What is wrong with the key file of ``place``, and how many log-ins it has.

    ``unlocked`` is of the person at the keyboard, ``own`` what the database says of itself.
    Raises StoreError when the file cannot be read.
    """
    file = place.read_keys()
    troubles = []
    if not file.mac_fits(bytes(unlocked.database_key)):
        troubles.append(trouble("keys_file_changed", FILE_NAME))
    if file.write < read_keys_count(store):
        troubles.append(trouble("keys_file_older", FILE_NAME))
    for slot in file.slots:
        code = _slot_fault(slot, register) or _grant_fault(file, slot, unlocked)
        if code:
            troubles.append(trouble(code, f"{FILE_NAME} {slot.login}"))
    troubles += _device(store, *own)
    return troubles, len(file.slots)


def _slot_fault(slot: Slot, register: Register) -> str:
    certificate = register.of_login(slot.login)
    if certificate is None:
        return "slot_uncertified"
    public = slot.public
    if (certificate.box, certificate.author, certificate.sign) != (public.box, public.author, public.sign):
        return "slot_false"
    return "slot_of_disabled" if certificate.person in register.disabled and slot.grants else ""


def _grant_fault(file: KeysFile, slot: Slot, unlocked: Unlocked) -> str:
    for grant in slot.grants:
        try:
            check_grant(file, slot, grant, unlocked.keyring)
        except GrantRefused:
            return "grant_false"
    return ""


def _device(store: AnyStore, meta: VaultMeta, keys: DeviceKeys) -> list[Trouble]:
    with store.read() as tx:
        row = tx.one(schema.device, id=meta.device)
    if row is None or (row["sign"], row["box"]) == (keys.sign.public.text, keys.box.public.text):
        return []
    return [trouble("device_key_false", meta.device)]
