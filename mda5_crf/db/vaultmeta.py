"""What ``study.db`` says of itself: which vault, which study, which device, and the device's secrets.

It lies inside the encrypted file (on a server: wrapped under the database key) and is known to everybody who
can open it, so the device's keys prove the vault, never a person. The page keys of earlier generations
stay: old pages remain checkable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mda5_crf.crypto import (
    BoxSecret,
    CanonError,
    KeyRefused,
    SigningKey,
    VerifyKey,
    base64_text,
    canon,
    parse_canon,
    random_bytes,
    random_id,
    unbase64,
)
from mda5_crf.db import schema
from mda5_crf.db.records import Draft
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Tx
from mda5_crf.errors import StoreError

PAGE_KEY_BYTES: Final = 32
_FACTS: Final = "vault"
_SECRETS: Final = "device"
_PAGE_KEYS: Final = "page_keys"
_STATION: Final = "station:"
MOVED: Final = "moved_to"
"""Name of the fact that a folder's vault went on elsewhere: the place for people, UTF-8."""
_KEYS_COUNT: Final = "keys_write"


@dataclass(frozen=True, slots=True)
class VaultMeta:
    """The facts of a vault. ``vault`` is its id, ``name`` what people call it, ``device`` this copy's id.

    ``gen`` is the generation of the database key, ``zone`` the IANA zone of the site.
    """

    vault: str
    study: str
    site: str
    name: str
    device: str
    gen: int
    zone: str
    demo: bool = False


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """The keys of this copy of the vault; ``page_keys`` by generation, the highest is in use."""

    sign: SigningKey
    box: BoxSecret
    page_keys: Mapping[int, bytes] = field(repr=False)

    @property
    def page_key(self) -> bytes:
        """The key of the page codes made now."""
        return self.page_keys[max(self.page_keys)]


def new_device_keys(gen: int) -> DeviceKeys:
    """Fresh random keys."""
    return DeviceKeys(SigningKey.generate(), BoxSecret.generate(), {gen: random_bytes(PAGE_KEY_BYTES)})


def new_device_id() -> str:
    """A random id of 16 hexadecimal digits: part of every record's name, so not longer."""
    return random_id(8)


def device_draft(meta: VaultMeta, device: str, keys: DeviceKeys, authority: VerifyKey, **more: str) -> Draft:
    """The record with which ``device`` begins its chain; ``more`` may name its ``parent`` or its ``post``."""
    content = {
        "device": device, "name": meta.name, "site": meta.site, "sign": keys.sign.public.text,
        "box": keys.box.public.text, "parent": "", "authority": authority.text, "vault": meta.vault, **more,
    }  # fmt: skip
    return Draft("device", "", content)


def write_meta(store: AnyStore, tx: Tx, meta: VaultMeta) -> None:
    """Store the facts."""
    facts = {
        "vault": meta.vault, "study": meta.study, "site": meta.site, "name": meta.name,
        "device": meta.device, "gen": meta.gen, "zone": meta.zone, "demo": meta.demo,
    }  # fmt: skip
    store.set_meta(tx, _FACTS, canon(facts))


def write_device_keys(store: AnyStore, tx: Tx, keys: DeviceKeys) -> None:
    """Store the device's secrets."""
    secrets = {"sign": base64_text(keys.sign.seed), "box": keys.box.text}
    pages = [{"gen": gen, "key": base64_text(key)} for gen, key in sorted(keys.page_keys.items())]
    store.set_secret(tx, _SECRETS, canon(secrets))
    store.set_secret(tx, _PAGE_KEYS, canon(pages))


def read_meta(store: AnyStore) -> VaultMeta:
    """Read the facts. Raises StoreError for a file that is no vault's database."""
    try:
        facts = parse_canon(store.meta(_FACTS) or b"")
        return VaultMeta(**facts)
    except (CanonError, TypeError):
        raise StoreError("store.vault_not_founded", place=store.place) from None


def read_device_keys(store: AnyStore) -> DeviceKeys:
    """Read the device's secrets. Raises StoreError."""
    try:
        secrets = parse_canon(store.secret(_SECRETS) or b"")
        pages = parse_canon(store.secret(_PAGE_KEYS) or b"")
        page_keys = {page["gen"]: unbase64(page["key"]) for page in pages}
        if page_keys:
            return DeviceKeys(SigningKey.from_text(secrets["sign"]), BoxSecret(secrets["box"]), page_keys)
    except (CanonError, KeyRefused, KeyError, TypeError):
        pass
    raise StoreError("store.vault_not_founded", place=store.place)


def read_station_keys(store: AnyStore, device: str) -> DeviceKeys | None:
    """The secrets of a workstation of this vault; None for a device that is none. Raises StoreError."""
    data = store.secret(_STATION + device)
    if data is None:
        return None
    try:
        secrets = parse_canon(data)
        return DeviceKeys(SigningKey.from_text(secrets["sign"]), BoxSecret(secrets["box"]), {})
    except (CanonError, KeyRefused, KeyError, TypeError):
        raise StoreError("store.vault_not_founded", place=store.place) from None


def write_station_keys(store: AnyStore, tx: Tx, device: str, keys: DeviceKeys) -> None:
    """Store the secrets of a workstation."""
    store.set_secret(
        tx, _STATION + device, canon({"sign": base64_text(keys.sign.seed), "box": keys.box.text})
    )


def rewrap(store: AnyStore, tx: Tx, key: bytes) -> None:
    """Wrap all secrets under another key, which ``store`` uses from now on: where a key opens no file."""
    names = [row["name"] for row in tx.find(schema.meta)]
    kept = {n: store.secret(n) for n in names if n in (_SECRETS, _PAGE_KEYS) or n.startswith(_STATION)}
    store.use_key(key)
    for name, value in kept.items():
        assert value is not None  # its row was just seen, and who writes holds the turn
        store.set_secret(tx, name, value)


def write_keys_count(store: AnyStore, tx: Tx, count: int) -> None:
    """Store how often ``keys.json`` has been written."""
    store.set_meta(tx, _KEYS_COUNT, canon(count))


def read_keys_count(store: AnyStore) -> int:
    """How often ``keys.json`` had been written at the last write through this database; 0 = not known."""
    data = store.meta(_KEYS_COUNT)
    try:
        count = parse_canon(data) if data else 0
    except CanonError:
        return 0
    return count if type(count) is int else 0
