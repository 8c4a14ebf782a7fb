"""What a slot of ``keys.json`` holds, and how it is made, opened and granted a key.

A person has three keys: *box* (takes grants), *author* (seals records) and *sign* (signatures,
grants, certificates). Box and author lie in the keyring, opened at log-in; the sign key lies in the
signer, opened by the password for each signature and dropped again.

    wrapping key   HKDF(Argon2id(password), "keyring" | "signer")
    bound to       canon{format, vault, part "keyring" | "signer", slot, login, kdf, public}
    keyring        canon{box (AGE-SECRET-KEY-1…), author (seed), authority (pinned public key),
                   keepers [{login, sign}], min_gen, seen [[device, seq, hash]],
                   recovery (null | {box, sign}), retired [sign keys that may no longer grant]}
    signer         canon{sign (seed), authority [{part "whole", public, secret}]}, the list mostly empty
    grant          age to the box of canon{vault, slot, key, gen, secret}; sig = the keeper's sign key over
                   context "grant" and canon{vault, slot, key, gen, sha256 (of the age bytes, hex)}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from mda5_crf.crypto import (
    AUTHORITY,
    BoxPublic,
    BoxRefused,
    BoxSecret,
    CanonError,
    Certificate,
    Cost,
    KeyRefused,
    Part,
    SigningKey,
    VerifyKey,
    WrapRefused,
    base64_text,
    canon,
    certificate_valid,
    file_hash,
    forget,
    new_password_key,
    parse_canon,
    part_key,
    password_key,
    random_id,
    unbase64,
    unwrap,
    wrap,
)
from mda5_crf.db.keysfile import FORMAT, RECOVERY, Grant, KeysFile, Public, Slot

Head = tuple[str, int, str]
DATABASE_KEY_BYTES: Final = 32
# Who may admit others to the key: the principal investigator, centre staff and the founder of a vault
# (an administrator until hand-over). Only with a certificate by the authority.
KEEPER_ROLES: Final = frozenset({"investigator", "data_manager", "administrator"})


def keeps(certificate: Certificate) -> bool:
    """Whether ``certificate``, if valid, makes a keeper: somebody who admits others and ends accounts."""
    return certificate.by == AUTHORITY and not KEEPER_ROLES.isdisjoint(certificate.all_roles)


@dataclass(frozen=True, slots=True)
class Keyring:
    """What a person holds while logged in.

    ``authority`` is the pinned public key of the study's authority; ``keepers`` the sign keys, by
    log-in, of those who may grant; ``retired`` the sign keys that no longer may, whatever certificate
    is shown; ``min_gen`` the oldest generation of the database key still
    believed; ``seen`` the chain heads at the last log-out (device, seq, hash); ``recovery`` the public
    halves of the recovery key, or None.
    """

    box: BoxSecret
    author: SigningKey
    authority: VerifyKey
    keepers: Mapping[str, VerifyKey]
    min_gen: int
    seen: tuple[Head, ...] = ()
    recovery: Mapping[str, str] | None = None
    retired: frozenset[VerifyKey] = frozenset()

    def to_bytes(self) -> bytes:
        """The canonical bytes that are wrapped."""
        return canon(
            {
                "box": self.box.text,
                "author": base64_text(self.author.seed),
                "authority": self.authority.text,
                "keepers": [{"login": k, "sign": v.text} for k, v in sorted(self.keepers.items())],
                "min_gen": self.min_gen,
                "seen": [list(head) for head in sorted(self.seen)],
                "recovery": None if self.recovery is None else dict(self.recovery),
                "retired": sorted(key.text for key in self.retired),
            }
        )

    def forget(self) -> None:
        """Drop the two secrets."""
        self.author.forget()
        self.box.forget()

    @classmethod
    def from_bytes(cls, data: bytes) -> Keyring:
        """Read :meth:`to_bytes`. Raises WrapRefused: only a program with the right key could write it."""
        try:
            raw = parse_canon(data)
            return cls(
                box=BoxSecret(raw["box"]),
                author=SigningKey.from_text(raw["author"]),
                authority=VerifyKey.from_text(raw["authority"]),
                keepers={k["login"]: VerifyKey.from_text(k["sign"]) for k in raw["keepers"]},
                min_gen=int(raw["min_gen"]),
                seen=tuple((str(d), int(s), str(h)) for d, s, h in raw["seen"]),
                recovery=raw["recovery"],
                retired=frozenset(VerifyKey.from_text(key) for key in raw["retired"]),
            )
        except (CanonError, KeyRefused, KeyError, TypeError, ValueError):
            raise WrapRefused("keyring not understood") from None


@dataclass(frozen=True, slots=True)
class Signer:
    """What is opened only for a signature: the sign key and, for few, the authority's key."""

    sign: SigningKey
    authority: SigningKey | None = None

    def to_bytes(self) -> bytes:
        """The canonical bytes that are wrapped. ``authority`` is a list: halves may follow later."""
        parts: list[dict[str, str]] = []
        if self.authority is not None:
            parts.append(
                {
                    "part": "whole",
                    "public": self.authority.public.text,
                    "secret": base64_text(self.authority.seed),
                }
            )
        return canon({"sign": base64_text(self.sign.seed), "authority": parts})

    @classmethod
    def from_bytes(cls, data: bytes) -> Signer:
        """Read :meth:`to_bytes`. Raises WrapRefused."""
        try:
            raw = parse_canon(data)
            whole = [p for p in raw["authority"] if p["part"] == "whole"]
            authority = SigningKey.from_text(whole[0]["secret"]) if whole else None
            return cls(SigningKey.from_text(raw["sign"]), authority)
        except (CanonError, KeyRefused, KeyError, TypeError, IndexError):
            raise WrapRefused("signer not understood") from None


def new_slot(
    vault: str, login: str, password: str, keyring: Keyring, signer: Signer
) -> tuple[Slot, bytearray]:
    """A slot without grants for a new person, at the program's cost (about 0.3 s); see :func:`rewrapped`."""
    public = Public(keyring.box.public, keyring.author.public, signer.sign.public)
    bare = Slot(random_id(8), login, Cost(bytes(16)), public, {}, {})
    return rewrapped(vault, bare, password, keyring, signer)


def rewrapped(
    vault: str, slot: Slot, password: str, keyring: Keyring, signer: Signer
) -> tuple[Slot, bytearray]:
    """The slot under a new password, with a fresh salt and the program's cost; and what wraps its keyring.

    Raises CostRefused when memory is lacking.
    """
    key, cost = new_password_key(password)
    wrapping = part_key(key, "keyring")
    signing = part_key(key, "signer")
    try:
        fresh = replace(slot, cost=cost)
        sealed = wrap(signing, signer.to_bytes(), _bound(vault, fresh, "signer"))
        return with_keyring(vault, replace(fresh, signer=sealed), wrapping, keyring), wrapping
    finally:
        forget(key)
        forget(signing)


def open_keyring(vault: str, slot: Slot, password: str) -> tuple[Keyring, bytearray]:
    """The keyring, and the key that wraps it (for :func:`with_keyring` at log-out).

    Raises WrapRefused for a wrong password, an altered slot, a slot of another vault, or public keys
    that do not belong to the secrets; CostRefused when memory is lacking.
    """
    key = password_key(password, slot.cost)
    wrapping = part_key(key, "keyring")
    forget(key)
    try:
        return unwrapped_keyring(vault, slot, wrapping), wrapping
    except WrapRefused:
        forget(wrapping)
        raise


def unwrapped_keyring(vault: str, slot: Slot, wrapping: bytearray) -> Keyring:
    """The keyring, by the key that wraps it. Raises WrapRefused; see :func:`open_keyring`."""
    keyring = Keyring.from_bytes(unwrap(wrapping, slot.keyring, _bound(vault, slot, "keyring")))
    if keyring.box.public != slot.public.box or keyring.author.public != slot.public.author:
        raise WrapRefused("public keys differ")
    return keyring


def open_signer(vault: str, slot: Slot, password: str) -> Signer:
    """The signer. Costs one password derivation. Raises WrapRefused, CostRefused."""
    key = password_key(password, slot.cost)
    wrapping = part_key(key, "signer")
    try:
        signer = Signer.from_bytes(unwrap(wrapping, slot.signer, _bound(vault, slot, "signer")))
        if signer.sign.public != slot.public.sign:
            raise WrapRefused("public keys differ")
        return signer
    finally:
        forget(key)
        forget(wrapping)


def with_keyring(vault: str, slot: Slot, wrapping: bytearray, keyring: Keyring) -> Slot:
    """The slot with other contents of its keyring: same password and salt, fresh nonce."""
    return replace(slot, keyring=wrap(wrapping, keyring.to_bytes(), _bound(vault, slot, "keyring")))


def grant_to(vault: str, slot: Slot, key: str, gen: int, secret: bytes, by: str, sign: SigningKey) -> Grant:
    """Encrypt a key to the slot and sign for it as keeper ``by``."""
    return grant_to_box(vault, slot.slot, slot.public.box, (key, gen, secret), (by, sign))


def grant_to_box(
    vault: str, slot: str, box: BoxPublic, held: tuple[str, int, bytes], by: tuple[str, SigningKey]
) -> Grant:
    """A grant of ``held`` (name, generation, secret) to the box of the slot named ``slot``, by a keeper."""
    key, gen, secret = held
    plain = canon({"vault": vault, "slot": slot, "key": key, "gen": gen, "secret": base64_text(secret)})
    age = box.encrypt(plain)
    return Grant(key, gen, by[0], age, by[1].sign("grant", granted_bytes(vault, slot, key, gen, age)))


class GrantRefused(ValueError):
    """A grant that no keeper known to this person made, or that holds something else than it says."""


def check_grant(file: KeysFile, slot: Slot, grant: Grant, keyring: Keyring) -> None:
    """Raise GrantRefused unless a keeper signed the grant.

    A keeper is one whom the keyring names, or whose certificate in the file reaches the pinned
    authority, or the recovery key. Without this, whoever can write the folder could slip in a database
    under a key of his own.
    """
    signed = granted_bytes(file.vault, slot.slot, grant.key, grant.gen, grant.age)
    for key in _keeper_keys(grant.by, file.certs, keyring, file.vault):
        if key.accepts("grant", signed, grant.signature):
            return
    raise GrantRefused("no keeper signed this grant")


def open_grant(file: KeysFile, slot: Slot, grant: Grant, keyring: Keyring) -> bytes:
    """The 32 bytes granted. Raises GrantRefused when unsigned, for another slot, or damaged."""
    check_grant(file, slot, grant, keyring)
    return opened_grant(file.vault, slot.slot, keyring.box, grant)


def opened_grant(vault: str, slot: str, box: BoxSecret, grant: Grant) -> bytes:
    """The 32 bytes in a grant, whoever signed it. Raises GrantRefused when for another slot, or damaged."""
    try:
        raw = parse_canon(box.decrypt(grant.age))
        expected = {"vault": vault, "slot": slot, "key": grant.key, "gen": grant.gen}
        secret = unbase64(raw.pop("secret"))
        if raw != expected or len(secret) != DATABASE_KEY_BYTES:
            raise GrantRefused("grant for something else")
        return secret
    except (BoxRefused, CanonError, KeyRefused, KeyError, TypeError, AttributeError):
        raise GrantRefused("grant does not open") from None


def newest_grants(slot: Slot, key: str, min_gen: int) -> list[Grant]:
    """The slot's grants of ``key`` that are not older than ``min_gen``, newest generation first."""
    fitting = [g for g in slot.grants if g.key == key and g.gen >= min_gen]
    return sorted(fitting, key=lambda grant: grant.gen, reverse=True)


def _keeper_keys(by: str, certs: Iterable[Certificate], keyring: Keyring, vault: str) -> Iterable[VerifyKey]:
    if by in keyring.keepers:
        yield keyring.keepers[by]
    if by == RECOVERY and keyring.recovery is not None:
        yield VerifyKey.from_text(keyring.recovery["sign"])
    for cert in certs:
        keeper = cert.login == by and cert.vault == vault and keeps(cert)
        if not keeper or cert.sign in keyring.retired:
            continue
        if certificate_valid(cert, keyring.authority, (), 0):
            yield cert.sign


def granted_bytes(vault: str, slot: str, key: str, gen: int, age: bytes) -> bytes:
    """What a keeper signs of a grant."""
    return canon({"vault": vault, "slot": slot, "key": key, "gen": gen, "sha256": file_hash(age)})


def _bound(vault: str, slot: Slot, part: Part) -> bytes:
    """What a wrap is bound to besides the password: an edit of any of it, and it does not open."""
    bound: dict[str, Any] = {
        "format": FORMAT,
        "vault": vault,
        "part": part,
        "slot": slot.slot,
        "login": slot.login,
        "kdf": slot.cost.as_json(),
        "public": slot.public.as_json(),
    }
    return canon(bound)
