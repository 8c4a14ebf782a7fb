"""The slot of the recovery key: what it holds, how it is made, opened and granted the keys of the vault.

It is a person's slot with the recovery key in the place of the password and without author key: nothing in
the journal can be sealed with it.

    wrapping key   HKDF(HKDF(recovery key, "recovery"), "keyring" | "signer")
    bound to       canon{format, vault, part, slot "recovery", login "recovery", kdf, public}
    keyring        canon{box (AGE-SECRET-KEY-1…), authority (pinned public key), min_gen}
    signer         as a person's: canon{sign (seed), authority [the authority's secret]}

Whoever makes a set signs for its public halves with the sign key of a keeper, in the journal's record: what
stands in ``keys.json`` alone is believed by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mda5_crf.crypto import (
    BoxPublic,
    BoxSecret,
    CanonError,
    KeyRefused,
    Part,
    SigningKey,
    VerifyKey,
    WrapRefused,
    base64_text,
    canon,
    forget,
    hkdf,
    parse_canon,
    part_key,
    unbase64,
    unwrap,
    wrap,
)
from mda5_crf.crypto.shares import NEEDED, SHEETS
from mda5_crf.db.keysfile import FORMAT, RECOVERY, Grant, KeysFile, recovery_grants
from mda5_crf.db.slots import Signer, grant_to_box

MADE, USED = "made", "used"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A lawful set as the journal names it: its number and the public halves of its keys."""

    number: int
    box: BoxPublic
    sign: VerifyKey

    def as_json(self) -> dict[str, str]:
        """As it stands in keyrings and in ``keys.json``."""
        return {"box": self.box.text, "sign": self.sign.text}

    def signed_bytes(self, vault: str) -> bytes:
        """What the keeper who made the set signs, in the context "grant"."""
        return canon({"vault": vault, "recovery": self.as_json(), "set": self.number})


@dataclass(slots=True)
class OpenedSet:
    """What two sheets open. :meth:`forget` drops the secrets."""

    box: BoxSecret
    signer: Signer
    authority: VerifyKey
    min_gen: int

    def forget(self) -> None:
        """Drop the secrets."""
        self.box.forget()
        self.signer.sign.forget()
        if self.signer.authority is not None:
            self.signer.authority.forget()


def new_slot_of(
    vault: str, number: int, key: bytes | bytearray, authority: SigningKey, min_gen: int
) -> tuple[dict[str, Any], Pinned, SigningKey]:
    """A recovery slot without grants under ``key`` (32 bytes), its public halves, and its sign key."""
    box, sign = BoxSecret.generate(), SigningKey.generate()
    pinned = Pinned(number, box.public, sign.public)
    slot: dict[str, Any] = {
        "kdf": {"name": "slip39", "set": number, "k": NEEDED, "n": SHEETS},
        "public": pinned.as_json(),
        "grants": [],
    }
    ring = canon({"box": box.text, "authority": authority.public.text, "min_gen": min_gen})
    contents: dict[Part, bytes] = {"keyring": ring, "signer": Signer(sign, authority).to_bytes()}
    for part, plain in contents.items():
        wrapping = _wrapping(key, part)
        slot[part] = wrap(wrapping, plain, _bound(vault, slot, part))
        forget(wrapping)
    return slot, pinned, sign


def open_slot(vault: str, slot: Mapping[str, Any], key: bytes | bytearray) -> OpenedSet:
    """What the slot holds. Raises WrapRefused: another key, another vault, or altered bytes."""
    plain: dict[Part, bytes] = {}
    parts: tuple[Part, Part] = ("keyring", "signer")
    for part in parts:
        wrapping = _wrapping(key, part)
        try:
            plain[part] = unwrap(wrapping, slot[part], _bound(vault, slot, part))
        finally:
            forget(wrapping)
    try:
        ring = parse_canon(plain["keyring"])
        opened = OpenedSet(
            BoxSecret(ring["box"]),
            Signer.from_bytes(plain["signer"]),
            VerifyKey.from_text(ring["authority"]),
            int(ring["min_gen"]),
        )
    except (CanonError, KeyRefused, KeyError, TypeError, ValueError):
        raise WrapRefused("recovery slot not understood") from None
    public = {"box": opened.box.public.text, "sign": opened.signer.sign.public.text}
    if public != slot["public"]:
        raise WrapRefused("public keys differ")
    return opened


def number_of(file: KeysFile) -> int:
    """The number of the set that ``keys.json`` names; 0 = none."""
    return 0 if file.recovery is None else int(file.recovery["kdf"]["set"])


def granted(
    vault: str, slot: Mapping[str, Any], held: tuple[str, int, bytes], by: tuple[str, SigningKey]
) -> dict[str, Any]:
    """The slot with one more grant of ``held`` (name, generation, secret), signed by a keeper."""
    grant = grant_to_box(vault, RECOVERY, BoxPublic(slot["public"]["box"]), held, by)
    return {**slot, "grants": [*slot["grants"], grant.as_json()]}


def with_grants(slot: Mapping[str, Any], grants: tuple[Grant, ...]) -> dict[str, Any]:
    """The slot with these grants instead."""
    return {**slot, "grants": [grant.as_json() for grant in grants]}


def grants(slot: Mapping[str, Any], key: str, min_gen: int = 0) -> list[Grant]:
    """The slot's grants of ``key``, newest generation first."""
    found = [g for g in recovery_grants(slot) if g.key == key and g.gen >= min_gen]
    return sorted(found, key=lambda grant: grant.gen, reverse=True)


def made_content(
    vault: str, pinned: Pinned, sign: SigningKey, holders: tuple[str, ...], second: str
) -> dict[str, Any]:
    """The content of the record of a new set: number, public halves, names of the holders, second person."""
    return {
        "act": MADE,
        "set": pinned.number,
        **pinned.as_json(),
        "sig": base64_text(sign.sign("grant", pinned.signed_bytes(vault))),
        "holders": list(holders),
        "second": second,
    }


def pinned_of(content: Mapping[str, Any], vault: str, sign: VerifyKey) -> Pinned | None:
    """The set that a record of the act MADE names, if ``sign``, the keeper's key, signed for it."""
    try:
        pinned = Pinned(
            int(content["set"]), BoxPublic(str(content["box"])), VerifyKey.from_text(str(content["sign"]))
        )
        signature = unbase64(str(content["sig"]))
    except (KeyRefused, KeyError, TypeError, ValueError):
        return None
    return pinned if sign.accepts("grant", pinned.signed_bytes(vault), signature) else None


def _wrapping(key: bytes | bytearray, part: Part) -> bytearray:
    return part_key(hkdf(bytes(key), "recovery"), part)


def _bound(vault: str, slot: Mapping[str, Any], part: Part) -> bytes:
    return canon(
        {
            "format": FORMAT,
            "vault": vault,
            "part": part,
            "slot": RECOVERY,
            "login": RECOVERY,
            "kdf": dict(slot["kdf"]),
            "public": dict(slot["public"]),
        }
    )
