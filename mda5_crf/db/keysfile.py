"""``keys.json``, version 1: who can open the vault. Read strictly, written whole.

The file is authority for nothing: roles stand in signed certificates in the journal. Its bytes are
the canonical form of ``crypto.canon`` of one object (bytes in base64, at most 1 MiB):

    format    "mda5-crf-keys/1"
    vault     the vault's id, 32 hex digits
    write     how often the file has been written; gen: the generation of the database key
    slots     one per person:
        slot     random id, 16 hex digits; login: 2–32 of a-z 0-9 . _ -
        kdf      {name "argon2id", v 19, m_kib, t, p, salt (16 bytes)}, see ``crypto.wrapping``
        public   {box (age1…), author (32 bytes), sign (32 bytes)}
        keyring, signer   {nonce (12 bytes), ct}: AES-256-GCM, see ``slots`` for key, binding and contents
        grants   [{key "study" | "people", gen, by (log-in of a keeper), age (bytes), sig (64 bytes)}]
    recovery  null, or a slot of the recovery key: kdf {name "slip39", set, k 2, n 3}, public {box, sign},
              keyring, signer, grants
    certs     certificates of keepers whom a keyring may not know yet, see ``crypto.certificates``
    mac       HMAC-SHA-256 under HKDF(database key, "keys-file") over the canonical file without ``mac``

A changed byte is either not canonical, or breaks the wrap of a slot, the signature of a grant or the
check value. ``tests/golden/keys.json`` holds a file that every later version must open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from mda5_crf.crypto import (
    BoxPublic,
    CanonError,
    Certificate,
    CertificateRefused,
    Cost,
    CostRefused,
    KeyRefused,
    VerifyKey,
    base64_text,
    canon,
    hkdf,
    keyed_hash,
    login_ok,
    parse_canon,
    same,
    unbase64,
)
from mda5_crf.db.files import read_bounded, trouble, write_whole
from mda5_crf.errors import StoreError, newer

FILE_NAME: Final = "keys.json"
PREVIOUS_NAME: Final = "keys.json.1"
FORMAT: Final = "mda5-crf-keys/1"
MAX_BYTES: Final = 1 << 20
MAX_SLOTS: Final = 500
MAX_GRANTS: Final = 32
KEY_NAMES: Final = ("study", "people")
RECOVERY: Final = "recovery"
_VAULT: Final = re.compile(r"[0-9a-f]{32}")
_SLOT: Final = re.compile(r"[0-9a-f]{16}")
_FORMAT: Final = re.compile(r"mda5-crf-keys/([1-9][0-9]{0,8})")


class _Damaged(ValueError):
    """Some part of the file has not the shape of version 1."""


@dataclass(frozen=True, slots=True)
class Public:
    """The public halves of a person's three keys."""

    box: BoxPublic
    author: VerifyKey
    sign: VerifyKey

    def as_json(self) -> dict[str, str]:
        """As it stands in the file."""
        return {"box": self.box.text, "author": self.author.text, "sign": self.sign.text}


@dataclass(frozen=True, slots=True)
class Grant:
    """The key ``key`` (one of KEY_NAMES) of generation ``gen``, encrypted to one slot by keeper ``by``."""

    key: str
    gen: int
    by: str
    age: bytes
    signature: bytes

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {
            "key": self.key,
            "gen": self.gen,
            "by": self.by,
            "age": base64_text(self.age),
            "sig": base64_text(self.signature),
        }


@dataclass(frozen=True, slots=True)
class Slot:
    """One person's entry. What it opens is which grants it has; none = may only co-sign."""

    slot: str
    login: str
    cost: Cost
    public: Public
    keyring: Mapping[str, str]
    signer: Mapping[str, str]
    grants: tuple[Grant, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {
            "slot": self.slot,
            "login": self.login,
            "kdf": self.cost.as_json(),
            "public": self.public.as_json(),
            "keyring": dict(self.keyring),
            "signer": dict(self.signer),
            "grants": [grant.as_json() for grant in self.grants],
        }


@dataclass(frozen=True, slots=True)
class KeysFile:
    """The whole file. ``write`` counts writes, ``gen`` is the generation of the database key."""

    vault: str
    write: int
    gen: int
    slots: tuple[Slot, ...]
    recovery: Mapping[str, Any] | None = None
    certs: tuple[Certificate, ...] = ()
    mac: bytes = b""

    def slot_of(self, login: str) -> Slot | None:
        """The slot of ``login``, or None."""
        return next((slot for slot in self.slots if slot.login == login), None)

    def with_slot(self, slot: Slot) -> KeysFile:
        """The file with ``slot`` in the place of the one with the same id, or added."""
        others = tuple(slot if old.slot == slot.slot else old for old in self.slots)
        return replace(self, slots=others if slot in others else (*others, slot))

    def without(self, login: str) -> KeysFile:
        """The file without the slot of ``login``."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.login != login))

    def body(self) -> dict[str, Any]:
        """All but the check value, as JSON."""
        return {
            "format": FORMAT,
            "vault": self.vault,
            "write": self.write,
            "gen": self.gen,
            "slots": [slot.as_json() for slot in self.slots],
            "recovery": self.recovery,
            "certs": [certificate.as_json() for certificate in self.certs],
        }

    def to_bytes(self) -> bytes:
        """The file."""
        return canon({**self.body(), "mac": base64_text(self.mac)})

    def sealed(self, database_key: bytes) -> KeysFile:
        """The next write of the file, with its check value under the database key."""
        following = replace(self, write=self.write + 1)
        return replace(following, mac=_mac(following, database_key))

    def mac_fits(self, database_key: bytes) -> bool:
        """Whether the check value was made by someone who holds the database key."""
        return same(self.mac, _mac(self, database_key))


def _mac(file: KeysFile, database_key: bytes) -> bytes:
    return keyed_hash(hkdf(database_key, "keys-file"), canon(file.body()))


def read_keys(folder: Path) -> KeysFile:
    """Read ``keys.json``. Raises StoreError: missing, too large, newer version, damaged, log-in twice."""
    path = folder / FILE_NAME
    try:
        data = read_bounded(path, MAX_BYTES)
    except FileNotFoundError:
        raise StoreError("store.key_file_missing", vault=folder.name) from None
    except OSError as error:
        raise trouble(error, path) from None
    if data is None:
        raise StoreError("store.key_file_too_large", vault=folder.name)
    return parse_keys(data, folder.name)


def write_keys(folder: Path, file: KeysFile) -> None:
    """Write ``keys.json`` durably; the one before stays as ``keys.json.1``. Raises StoreError."""
    data = file.to_bytes()
    if len(data) > MAX_BYTES:
        raise StoreError("store.key_file_too_large", vault=folder.name)
    try:
        write_whole(folder / FILE_NAME, data, keep=folder / PREVIOUS_NAME)
    except OSError as error:
        raise trouble(error, folder / FILE_NAME) from None


def parse_keys(data: bytes, vault_name: str = "") -> KeysFile:
    """Read the bytes of the file. Raises StoreError; see :func:`read_keys`."""
    try:
        raw = _object(parse_canon(data))
        version = _FORMAT.fullmatch(_text(raw.get("format")))
        if version is None:
            raise _Damaged
        if version[1] != "1":
            raise StoreError("store.key_file_newer", vault=vault_name, **newer(version[1], 1))
        file = _file(raw)
    except (_Damaged, CanonError, KeyRefused, CertificateRefused, CostRefused) as error:
        code = "store.key_cost_refused" if isinstance(error, CostRefused) else "store.key_file_damaged"
        raise StoreError(code, vault=vault_name) from None
    logins = [slot.login for slot in file.slots]
    if len(set(logins)) != len(logins) or len({slot.slot for slot in file.slots}) != len(logins):
        raise StoreError("store.key_slot_twice", vault=vault_name)
    return file


def _file(raw: Mapping[str, Any]) -> KeysFile:
    _fields(raw, "format vault write gen slots recovery certs mac")
    if not _VAULT.fullmatch(_text(raw["vault"])):
        raise _Damaged
    return KeysFile(
        vault=raw["vault"],
        write=_count(raw["write"]),
        gen=_count(raw["gen"]),
        slots=tuple(_slot(item) for item in _list(raw["slots"], MAX_SLOTS)),
        recovery=None if raw["recovery"] is None else _recovery(raw["recovery"]),
        certs=tuple(Certificate.from_json(item) for item in _list(raw["certs"], MAX_SLOTS)),
        mac=_bytes(raw["mac"], 32),
    )


def _slot(item: object) -> Slot:
    raw = _fields(_object(item), "slot login kdf public keyring signer grants")
    if not _SLOT.fullmatch(_text(raw["slot"])) or not login_ok(_text(raw["login"])):
        raise _Damaged
    public = _fields(_object(raw["public"]), "box author sign")
    return Slot(
        slot=raw["slot"],
        login=raw["login"],
        cost=Cost.from_json(raw["kdf"]),
        public=Public(
            BoxPublic(_text(public["box"])),
            VerifyKey.from_text(_text(public["author"])),
            VerifyKey.from_text(_text(public["sign"])),
        ),
        keyring=_wrapped(raw["keyring"]),
        signer=_wrapped(raw["signer"]),
        grants=_grants(raw["grants"]),
    )


def recovery_grants(recovery: Mapping[str, Any]) -> tuple[Grant, ...]:
    """The grants of a recovery slot as it stands in a file that was read."""
    return _grants(recovery["grants"])


def _grants(items: object) -> tuple[Grant, ...]:
    return tuple(_grant(item) for item in _list(items, MAX_GRANTS))


def _grant(item: object) -> Grant:
    raw = _fields(_object(item), "key gen by age sig")
    by = _text(raw["by"])
    if raw["key"] not in KEY_NAMES or not login_ok(by):
        raise _Damaged
    return Grant(raw["key"], _count(raw["gen"]), by, unbase64(_text(raw["age"])), _bytes(raw["sig"], 64))


def _recovery(item: object) -> Mapping[str, Any]:
    """The slot of the recovery key: kept as it is, checked for shape; used from the ceremony on."""
    raw = _fields(_object(item), "kdf public keyring signer grants")
    kdf = _fields(_object(raw["kdf"]), "name set k n")
    if kdf["name"] != "slip39" or [_count(kdf["set"]) > 0, kdf["k"], kdf["n"]] != [True, 2, 3]:
        raise _Damaged
    public = _fields(_object(raw["public"]), "box sign")
    BoxPublic(_text(public["box"]))
    VerifyKey.from_text(_text(public["sign"]))
    _wrapped(raw["keyring"])
    _wrapped(raw["signer"])
    _grants(raw["grants"])
    return raw


def _wrapped(item: object) -> Mapping[str, str]:
    raw = _fields(_object(item), "nonce ct")
    _bytes(raw["nonce"], 12)
    if len(unbase64(_text(raw["ct"]))) < 16:
        raise _Damaged
    return raw


def _object(item: object) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise _Damaged
    return item


def _fields(raw: Mapping[str, Any], names: str) -> Mapping[str, Any]:
    if set(raw) != set(names.split()):
        raise _Damaged
    return raw


def _list(item: object, most: int) -> list[Any]:
    if not isinstance(item, list) or len(item) > most:
        raise _Damaged
    return item


def _text(item: object) -> str:
    if not isinstance(item, str):
        raise _Damaged
    return item


def _count(item: object) -> int:
    if type(item) is not int or item < 0:
        raise _Damaged
    return item


def _bytes(item: object, size: int) -> bytes:
    data = unbase64(_text(item))
    if len(data) != size:
        raise _Damaged
    return data
