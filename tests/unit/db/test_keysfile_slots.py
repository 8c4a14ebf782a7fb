"""Slots and grants: who is believed to have given a key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.crypto import AUTHORITY, BoxSecret, Certificate, SigningKey, Task, WrapRefused, canon
from mda5_crf.db.keysfile import Grant, KeysFile, Public, Slot
from mda5_crf.db.slots import (
    GrantRefused,
    Keyring,
    Signer,
    check_grant,
    grant_to,
    newest_grants,
    open_grant,
    unwrapped_keyring,
    with_keyring,
)
from tests.vaults import unlock

VAULT = "0a" * 16
SECRET = bytes(range(32))


class _Person:
    """A slot with keys and no password: what grants need."""

    def __init__(self, login: str, authority: SigningKey | None = None) -> None:
        self.sign = SigningKey.generate()
        self.authority = authority or SigningKey.generate()
        box, author = BoxSecret.generate(), SigningKey.generate()
        self.keyring = Keyring(box, author, self.authority.public, {"i01": self.sign.public}, min_gen=1)
        public = Public(box.public, author.public, self.sign.public)
        from mda5_crf.crypto import Cost

        self.slot = Slot("00" * 8, login, Cost(bytes(16)), public, {"nonce": "", "ct": ""}, {})

    def grant(self, by: str = "i01", sign: SigningKey | None = None, gen: int = 1) -> Grant:
        return grant_to(VAULT, self.slot, "study", gen, SECRET, by, sign or self.sign)

    def file(self, *certs: Certificate) -> KeysFile:
        return KeysFile(VAULT, 1, 1, (self.slot,), certs=certs)

    def certificate(self, key: SigningKey, role: str = "data_manager", **change: object) -> Certificate:
        certificate = Certificate(
            study="S", site="01", vault=VAULT, person="01" * 16, login="k02", name="",
            tasks=(Task(role, "2026-01-01"),), box=self.keyring.box.public, author=key.public,
            sign=key.public, serial=1,
        )  # fmt: skip
        return replace(certificate, **change).signed(AUTHORITY, self.authority)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def person() -> _Person:
    return _Person("n07")


def test_a_grant_by_a_known_keeper_opens(person: _Person) -> None:
    assert open_grant(person.file(), person.slot, person.grant(), person.keyring) == SECRET


def test_a_grant_by_a_stranger(person: _Person) -> None:
    stranger = SigningKey.generate()
    for grant in (person.grant(sign=stranger), person.grant(by="k02", sign=stranger)):
        with pytest.raises(GrantRefused):
            check_grant(person.file(), person.slot, grant, person.keyring)


@pytest.mark.parametrize(
    "change",
    [{"key": "people"}, {"gen": 2}, {"by": "i02"}, {"age": b"x"}, {"signature": bytes(64)}],
    ids=str,
)
def test_no_field_of_a_grant_can_be_changed(person: _Person, change: dict[str, object]) -> None:
    with pytest.raises(GrantRefused):
        open_grant(person.file(), person.slot, replace(person.grant(), **change), person.keyring)  # type: ignore[arg-type]


def test_a_grant_of_another_vault_or_slot(person: _Person) -> None:
    with pytest.raises(GrantRefused):
        open_grant(replace(person.file(), vault="0b" * 16), person.slot, person.grant(), person.keyring)
    with pytest.raises(GrantRefused):
        open_grant(person.file(), replace(person.slot, slot="11" * 8), person.grant(), person.keyring)


def test_a_signed_grant_that_holds_something_else(person: _Person) -> None:
    """A keeper's signature over the cover does not make the inside true."""
    from mda5_crf.crypto import file_hash

    for inside in (
        canon({"vault": VAULT, "slot": "00" * 8, "key": "study", "gen": 1, "secret": "AAAA"}),
        canon({"vault": VAULT, "slot": "00" * 8, "key": "study", "gen": 2, "secret": "A" * 43 + "="}),
        canon({"vault": VAULT}),
        canon([1]),
        canon("x"),
        b"not canonical",
    ):
        age = person.slot.public.box.encrypt(inside)
        cover = {"vault": VAULT, "slot": "00" * 8, "key": "study", "gen": 1, "sha256": file_hash(age)}
        grant = Grant("study", 1, "i01", age, person.sign.sign("grant", canon(cover)))
        check_grant(person.file(), person.slot, grant, person.keyring)
        with pytest.raises(GrantRefused):
            open_grant(person.file(), person.slot, grant, person.keyring)
    other = BoxSecret.generate().public.encrypt(b"")
    cover = {"vault": VAULT, "slot": "00" * 8, "key": "study", "gen": 1, "sha256": file_hash(other)}
    grant = Grant("study", 1, "i01", other, person.sign.sign("grant", canon(cover)))
    with pytest.raises(GrantRefused):
        open_grant(person.file(), person.slot, grant, person.keyring)


def test_a_keeper_by_certificate(person: _Person) -> None:
    """A keeper admitted since this person's last log-in is believed by the authority's certificate."""
    keeper = SigningKey.generate()
    grant = person.grant(by="k02", sign=keeper)
    good = person.certificate(keeper)
    assert open_grant(person.file(good), person.slot, grant, person.keyring) == SECRET
    for certificate in (
        person.certificate(keeper, role="data_entry"),
        person.certificate(keeper, login="k03"),
        person.certificate(keeper, vault="0b" * 16),
        person.certificate(SigningKey.generate()),
        replace(good, signature=bytes(64)),
        replace(good, by="01" * 16),
        good.signed(AUTHORITY, keeper),
    ):
        with pytest.raises(GrantRefused):
            check_grant(person.file(certificate), person.slot, grant, person.keyring)
    former = replace(person.keyring, retired=frozenset({keeper.public}))
    with pytest.raises(GrantRefused):
        check_grant(person.file(good), person.slot, grant, former)


def test_the_recovery_key_may_grant(person: _Person) -> None:
    recovery = SigningKey.generate()
    grant = person.grant(by="recovery", sign=recovery)
    with pytest.raises(GrantRefused):
        check_grant(person.file(), person.slot, grant, person.keyring)
    pinned = {"box": person.slot.public.box.text, "sign": recovery.public.text}
    check_grant(person.file(), person.slot, grant, replace(person.keyring, recovery=pinned))


def test_the_newest_generation_is_tried_first_and_old_ones_never(person: _Person) -> None:
    slot = replace(person.slot, grants=tuple(person.grant(gen=gen) for gen in (2, 5, 3)))
    assert [grant.gen for grant in newest_grants(slot, "study", 3)] == [5, 3]
    assert newest_grants(slot, "people", 0) == []


def test_keyring_and_signer_read_back(person: _Person) -> None:
    keyring = replace(
        person.keyring,
        seen=(("d1", 7, "ab"),),
        recovery={"box": "age1", "sign": "x"},
        retired=frozenset({person.sign.public}),
    )
    again = Keyring.from_bytes(keyring.to_bytes())
    assert again.to_bytes() == keyring.to_bytes()
    assert (again.seen, again.retired, again.keepers) == (keyring.seen, keyring.retired, keyring.keepers)
    signer = Signer(person.sign, person.authority)
    assert Signer.from_bytes(signer.to_bytes()).to_bytes() == signer.to_bytes()
    assert Signer.from_bytes(Signer(person.sign).to_bytes()).authority is None


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"box":1}', b'{"sign":"x","authority":[]}', b"\xff"])
def test_other_bytes_are_no_keyring_and_no_signer(data: bytes) -> None:
    with pytest.raises(WrapRefused):
        Keyring.from_bytes(data)
    with pytest.raises(WrapRefused):
        Signer.from_bytes(data)


def test_a_keyring_whose_keys_are_not_those_of_the_slot(ward: Path, person: _Person) -> None:
    unlocked = unlock(ward)
    vault = unlocked.file.vault
    swapped = with_keyring(vault, unlocked.slot, unlocked.wrapping, person.keyring)
    with pytest.raises(WrapRefused):
        unwrapped_keyring(vault, swapped, unlocked.wrapping)
    unlocked.forget()
