"""Cards and the registration of PCs: what is refused, what is believed, what a fingerprint is."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.crypto import BoxSecret, SigningKey, base64_text, canon, parse_canon, word_list
from mda5_crf.crypto.signing import SMALL_ORDER
from mda5_crf.db.records import Draft
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied
from mda5_crf.services.session import Session
from mda5_crf.sync import devices
from mda5_crf.sync.cards import Card, read_card, words_of
from mda5_crf.sync.devices import own_card
from mda5_crf.sync.registry import Registry, signed_part
from tests.unit.sync.synckit import A, B, C, World, X, found
from tests.vaults import password


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Session]:
    """A PC of ward 01 that nobody knows yet."""
    session = found(tmp_path / "new.mda5", "New PC", "01", "i01")
    yield session
    session.vault.close()


def refused(session: Session, card: bytes, error: type[CrfError] = InputRefused, secret: str = "") -> str:
    """The code of the refusal; nothing was recorded."""
    before = session.vault.journal.heads()
    with pytest.raises(error) as caught:
        devices.add_card(session, card, own_password=secret or password(session.person.login))
    assert session.vault.journal.heads() == before
    assert caught.value.in_("en") != caught.value.in_("zh")
    return caught.value.code


def changed(session: Session, **fields: object) -> bytes:
    """The session's card with other fields, rightly signed."""
    card = replace(own_card(session), **fields)  # type: ignore[arg-type]
    return card.signed(session.vault.device_keys.sign)


# -- the card --------------------------------------------------------------------------------------------


def test_card_holds_no_secret(old_world: World) -> None:
    session = old_world[A]
    card = devices.card(session)
    keys = session.vault.device_keys
    assert keys.box.text.encode() not in card
    assert base64_text(keys.sign.seed).encode() not in card
    assert read_card(card) == own_card(session)


def test_fingerprint_is_eight_words_and_the_same_on_both_sides(old_world: World) -> None:
    words = devices.fingerprint(devices.card(old_world[A])).split()
    assert len(words) == 8
    assert set(words) <= set(word_list())
    (theirs,) = (p for p in devices.peers(old_world[C]) if p.device == old_world[A].device)
    assert theirs.fingerprint.split() == words
    assert (theirs.name, theirs.site) == ("Ward 3 bed side", "01")


def test_words_of_known_bits() -> None:
    assert words_of(bytes(32)).split() == [word_list()[0]] * 8
    assert words_of(b"\xff" * 32).split() == [word_list()[1023]] * 8
    # 0000000001 0000000010 …: the first two words count from the left.
    assert words_of(bytes([0, 64, 32]) + bytes(29)).split()[:2] == list(word_list()[1:3])


@pytest.mark.parametrize(
    "field, value",
    [("name", "Other"), ("site", "03"), ("demo", True), ("definition", "ab" * 32), ("device", "ab" * 8),
     ("study", "NCT1")],
    ids=lambda v: str(v)[:8],
)  # fmt: skip
def test_every_field_changes_the_fingerprint(old_world: World, field: str, value: object) -> None:
    assert devices.fingerprint(changed(old_world[A], **{field: value})) != devices.fingerprint(
        devices.card(old_world[A])
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"{}", b"[]", b'{"format":"mda5-crf-card/1"}', b" " * 20_000, b'{"a":NaN}', b"\xff"],
    ids=range(8),
)
def test_no_card(old_world: World, data: bytes) -> None:
    assert refused(old_world[A], data) == "sync.card_unreadable"


def test_card_altered_on_its_way(old_world: World, stranger: Session) -> None:
    whole = parse_canon(devices.card(stranger))
    whole["card"]["name"] = "Centre"
    assert refused(old_world[A], canon(whole)) == "sync.card_signature"
    whole = parse_canon(devices.card(stranger))
    whole["sig"] = "A" * 86 + "=="
    assert refused(old_world[A], canon(whole)) == "sync.card_signature"
    other = own_card(stranger).signed(SigningKey.generate())
    assert refused(old_world[A], other) == "sync.card_signature"
    whole["format"] = "mda5-crf-card/2"
    assert refused(old_world[A], canon(whole)) == "joining.file_newer"
    whole["format"] = "mda5-crf-cards/1"
    assert refused(old_world[A], canon(whole)) == "sync.card_unreadable"


@pytest.mark.parametrize(
    "field, value",
    [("name", 5), ("demo", "yes"), ("device", "../x"), ("device", ""), ("site", "1"), ("site", "001"),
     ("definition", "x"), ("extra", "x")],
    ids=lambda v: str(v) or "empty",
)  # fmt: skip
def test_card_out_of_shape(old_world: World, stranger: Session, field: str, value: object) -> None:
    whole = parse_canon(devices.card(stranger))
    whole["card"][field] = value
    key = stranger.vault.device_keys.sign
    whole["sig"] = base64_text(key.sign("request", canon(whole["card"])))
    assert refused(old_world[A], canon(whole)) == "sync.card_unreadable"


@pytest.mark.parametrize("name", ["", "x" * 81, "Ward\u202e3", "Ward\u200b3", "Ward\n3"], ids=range(5))
def test_name_with_bidi_marks(old_world: World, stranger: Session, name: str) -> None:
    assert refused(old_world[A], changed(stranger, name=name)) == "sync.card_name"


def test_small_order_keys(old_world: World, stranger: Session) -> None:
    points = [base64.b64encode(point).decode() for point in sorted(SMALL_ORDER)]
    low = "age1" + "q" * 58
    for field, value in [*(("sign", p) for p in points), *(("authority", p) for p in points), ("box", low)]:
        whole = parse_canon(devices.card(stranger))
        whole["card"][field] = value
        whole["sig"] = base64_text(stranger.vault.device_keys.sign.sign("request", canon(whole["card"])))
        assert refused(old_world[A], canon(whole)) == "sync.card_keys"


# -- registering -----------------------------------------------------------------------------------------


def test_other_study_demonstration_own_card_other_site(old_world: World, stranger: Session) -> None:
    assert refused(old_world[A], changed(stranger, study="NCT00000000")) == "sync.card_other_study"
    assert refused(old_world[A], changed(stranger, demo=True)) == "sync.card_demo"
    assert refused(old_world[A], changed(stranger, site="02")) == "sync.card_other_site"
    assert refused(old_world[A], devices.card(old_world[A])) == "sync.card_own"
    own = own_card(old_world[A])
    for field in ("device", "box", "authority"):
        assert refused(old_world[A], changed(stranger, **{field: getattr(own, field)})) == "sync.card_own"
    assert refused(old_world[A], changed(old_world[A], device="ab" * 8)) == "sync.card_own"


def test_known_pc_with_other_keys(old_world: World) -> None:
    key = SigningKey.generate()
    card = replace(own_card(old_world[B]), sign=key.public).signed(key)
    assert refused(old_world[A], card) == "sync.card_changed"
    assert refused(old_world[A], changed(old_world[B], authority=key.public)) == "sync.card_changed"
    assert refused(old_world[X], changed(old_world[C], site="02")) == "sync.card_changed"


def test_the_same_card_twice_is_once(old_world: World) -> None:
    before = old_world[A].vault.journal.heads()
    peer = devices.add_card(old_world[A], devices.card(old_world[B]), own_password="")
    assert peer.device == old_world[B].device
    assert old_world[A].vault.journal.heads() == before


def test_rights_and_password(world: World, stranger: Session) -> None:
    card = devices.card(stranger)
    assert refused(world[A], card, LoginRefused, "not the password") == "store.password_wrong"
    monitor = world.as_monitor()
    assert refused(monitor, card, PermissionDenied, "copper-violin-31-harvest") == "access.denied"
    with pytest.raises(PermissionDenied):
        devices.revoke(monitor, world[B].device, "x", own_password="x")
    assert {p.name for p in devices.peers(monitor)} == {"Ward 3 office", "Centre"}


def test_new_name_of_a_known_pc_is_taken(world: World) -> None:
    devices.add_card(world[A], changed(world[B], name="Ward 3 new office"), own_password=password("i01"))
    assert {p.name for p in devices.peers(world[A])} == {"Ward 3 new office", "Centre"}


def test_revoked_and_registered_again(world: World) -> None:
    device = world[B].device
    with pytest.raises(InputRefused, match="reason_needed"):
        devices.revoke(world[A], device, "  ", own_password=password("i01"))
    assert devices.revoke(world[A], device, "lost", own_password=password("i01")).approved is False
    assert [p.name for p in devices.peers(world[A])] == ["Centre"]
    with pytest.raises(InputRefused, match="peer_revoked"):
        devices.revoke(world[A], device, "again", own_password=password("i01"))
    devices.add_card(world[A], devices.card(world[B]), own_password=password("i01"))
    assert device in {p.device for p in devices.peers(world[A])}


# -- what is believed ------------------------------------------------------------------------------------


def test_a_peer_written_with_another_tool_is_not_believed(world: World, stranger: Session) -> None:
    """Whoever can open the file can write the record, but not the signature of somebody entitled."""
    session = world[A]
    content = {**own_card(stranger).body(), "state": "approved"}
    signed = signed_part(session.vault.meta.study, session.device, content)
    attempts = [
        {**content, "sig": base64_text(SigningKey.generate().sign("approve", signed))},
        {**content, "sig": "A" * 86 + "=="},
        {**content, "sig": "no base64"},
        content,
    ]
    for attempt in attempts:
        session.append([Draft("peer", "", attempt)])
        assert stranger.device not in Registry.read(session).peers
    monitor = world.as_monitor()  # a person, but not one who may
    signature = monitor.vault.sign("approve", signed, "copper-violin-31-harvest")
    monitor.append([Draft("peer", "", {**content, "sig": base64_text(signature)})])
    assert stranger.device not in Registry.read(monitor).peers


def test_an_approval_counts_only_where_it_was_given(world: World, stranger: Session) -> None:
    """The record of one vault, repeated in another, is no approval there."""
    devices.add_card(world[B], devices.card(stranger), own_password=password("i01"))
    records = world[B].vault.journal.records(kinds=("peer",))
    (record,) = [r for r in records if r.data["device"] == stranger.device]
    world[A].append([Draft("peer", "", record.data)])
    assert stranger.device not in Registry.read(world[A]).peers


def test_card_with_other_contents_than_signed_is_not_believed(world: World) -> None:
    (record,) = [
        r for r in world[A].vault.journal.records(kinds=("peer",))
        if r.device == world[A].device and r.data["device"] == world[B].device
    ]  # fmt: skip
    swapped = {**record.data, "box": BoxSecret.generate().public.text}
    world[A].append([Draft("peer", "", swapped)])
    assert world[B].device not in Registry.read(world[A]).peers


def test_registry_speaks_of_sites_and_names(old_world: World) -> None:
    registry = Registry.read(old_world[A])
    assert registry.site_of(old_world[A].device) == "01"
    assert registry.site_of(old_world[C].device) == "00"
    assert registry.site_of("ab" * 8) is None
    assert registry.authority_of("ab" * 8) is None
    assert registry.name_of("ab" * 8) == "ab" * 8
    assert registry.accepts(old_world[A].device)
    assert not registry.accepts(old_world[X].device)
    with pytest.raises(InputRefused) as caught:
        registry.approved(old_world[X].device)
    assert re.search("Centre, Ward 3 office", caught.value.in_("en"))


def test_card_is_one_value() -> None:
    key, box = SigningKey(b"\x01" * 32), BoxSecret.generate()
    card = Card("S", "ab" * 8, "Ward 3 病房", "01", key.public, box.public, key.public, "cd" * 32, demo=False)
    assert read_card(card.signed(key)) == card
