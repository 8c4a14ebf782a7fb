"""Attacks on bundle files: cut, flipped, exchanged, sent by or to somebody else. Nothing is written."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.crypto import BoxSecret, SigningKey
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.errors import BundleError, InputRefused
from mda5_crf.sync import bundles, devices
from mda5_crf.sync.ledger import Ledger
from mda5_crf.sync.taking import _opened
from tests.unit.db.journalkit import Ward
from tests.unit.sync.forging import Line, encode, forged, honest, put, record_lines, sealed
from tests.unit.sync.synckit import (
    A,
    B,
    C,
    World,
    X,
    enter_value,
    everything_of,
    item,
    old_world,
    value,
    world,
)
from tests.vaults import password

__all__ = ["old_world", "world"]


@pytest.fixture(scope="module")
def sent(old_world: World) -> Path:
    """A bundle of A for the centre, never taken."""
    enter_value(old_world[A], item(old_world[A].enrol().identity), "118")
    return old_world.make(A, C)


# -- the file --------------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-11", "FDA-8", "CN-4")
@pytest.mark.alteration
def test_bit_flip_everywhere(
    old_world: World, sent: Path, tmp_path: Path, times: Callable[[int, int], int]
) -> None:
    data = sent.read_bytes()
    before = everything_of(old_world[C])
    rng = random.Random(5)
    header = 14 + int.from_bytes(data[10:14], "big") + 64
    inside = rng.sample(range(header, len(data)), times(40, 2000))
    places = [*range(14), *rng.sample(range(14, header), 40), *inside]
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1 << rng.randrange(8)
        with pytest.raises(BundleError):
            bundles.take(old_world[C], put(tmp_path, bytes(flipped)))
    assert everything_of(old_world[C]) == before


@pytest.mark.requirement("CN-4")
@pytest.mark.alteration
def test_truncated(old_world: World, sent: Path, tmp_path: Path) -> None:
    data = sent.read_bytes()
    before = everything_of(old_world[C])
    for length in (*range(1, 16), 100, len(data) // 2, len(data) - 1):
        with pytest.raises(BundleError) as caught:
            bundles.take(old_world[C], put(tmp_path, data[:length]))
        assert caught.value.code in ("sync.file_short", "sync.not_a_bundle"), length
    assert everything_of(old_world[C]) == before


@pytest.mark.alteration
def test_concatenated_and_trailing_bytes(old_world: World, sent: Path, tmp_path: Path) -> None:
    data = sent.read_bytes()
    for more in (b"\n", b"\0", data):
        assert old_world.refused(C, put(tmp_path, data + more)).code == "sync.file_long"


@pytest.mark.alteration
def test_empty_missing_and_other_files(old_world: World, tmp_path: Path) -> None:
    assert old_world.refused(C, put(tmp_path, b"")).code == "sync.file_empty"
    assert old_world.refused(C, put(tmp_path, b"%PDF-1.7 something else")).code == "sync.not_a_bundle"
    assert old_world.refused(C, tmp_path / "nowhere.mda5b").code == "sync.file_unreadable"
    assert old_world.refused(C, tmp_path).code == "sync.file_unreadable"


@pytest.mark.alteration
def test_file_too_large(old_world: World, tmp_path: Path) -> None:
    path = tmp_path / "large.mda5b"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)  # a hole: no room is taken
    assert old_world.refused(C, path).code == "sync.file_too_large"


@pytest.mark.alteration
def test_future_version(old_world: World, tmp_path: Path) -> None:
    a, c = old_world[A], old_world[C]
    for version in (2, 65535):
        assert old_world.refused(C, put(tmp_path, forged(a, c, version=version))).code == "sync.version_newer"
    assert old_world.refused(C, put(tmp_path, forged(a, c, version=0))).code == "sync.header_damaged"
    newer = forged(a, c, header=lambda h: replace(h, reader=3))
    assert old_world.refused(C, put(tmp_path, newer)).code == "sync.version_newer"


@pytest.mark.alteration
def test_downgraded_version(old_world: World, tmp_path: Path) -> None:
    def second(lines: list[Line]) -> list[Line]:
        lines[0]["manifest"]["version"] = 3
        lines[0]["manifest"]["more"] = "than this program knows"
        return lines

    data = forged(old_world[A], old_world[C], second)
    assert old_world.refused(C, put(tmp_path, data)).code == "sync.version_newer"


@pytest.mark.alteration
@pytest.mark.parametrize(
    "change",
    [
        {"number": 0}, {"number": -1}, {"prev": "x"}, {"made": "yesterday"}, {"reader": 0}, {"study": "a\nb"},
        {"sender": "../../etc"}, {"receiver": "CON"}, {"sender": "A" * 300},
    ],
    ids=str,
)  # fmt: skip
def test_path_in_header_out_of_shape(old_world: World, tmp_path: Path, change: dict[str, object]) -> None:
    data = forged(old_world[A], old_world[C], header=lambda h: replace(h, **change))  # type: ignore[arg-type]
    assert old_world.refused(C, put(tmp_path, data)).code == "sync.header_damaged"


# -- who sends what to whom ------------------------------------------------------------------------------


@pytest.mark.alteration
def test_for_somebody_else(old_world: World, sent: Path) -> None:
    error = old_world.refused(B, sent)
    assert error.code == "sync.for_somebody_else"
    assert "Ward 3 bed side" in error.in_("en")
    assert "Centre" in error.in_("en")
    assert old_world.refused(A, sent).code == "sync.own_bundle"


@pytest.mark.alteration
def test_other_study(old_world: World, tmp_path: Path) -> None:
    data = forged(old_world[A], old_world[C], header=lambda h: replace(h, study="NCT00000000"))
    assert old_world.refused(C, put(tmp_path, data)).code == "sync.other_study"


@pytest.mark.requirement("P11-9")
@pytest.mark.alteration
def test_unknown_sender(old_world: World, tmp_path: Path) -> None:
    outside, lines = honest(old_world[A], old_world[C])
    outside = replace(outside, receiver=old_world[X].device)
    lines[0]["manifest"]["to"] = old_world[X].device
    body = old_world[X].vault.device_keys.box.public.encrypt(b"".join(encode(lines)))
    data = sealed(outside, body, old_world[A].vault.device_keys.sign)
    assert old_world.refused(X, put(tmp_path, data)).code == "sync.sender_unknown"


@pytest.mark.requirement("P11-9")
@pytest.mark.alteration
def test_impersonated_device_id(old_world: World, tmp_path: Path) -> None:
    data = forged(old_world[A], old_world[C], key=old_world[B].vault.device_keys.sign)
    error = old_world.refused(C, put(tmp_path, data))
    assert error.code == "sync.signature_false"
    assert "Ward 3 bed side" in error.in_("zh")


@pytest.mark.requirement("P11-11")
@pytest.mark.alteration
def test_stripped_and_resigned(old_world: World, sent: Path, tmp_path: Path) -> None:
    """B cannot open what A sent to the centre, but can put its own name outside."""
    data = sent.read_bytes()
    length = int.from_bytes(data[10:14], "big")
    outside, _ = honest(old_world[B], old_world[C])
    stolen = sealed(outside, data[14 + length + 64 :], old_world[B].vault.device_keys.sign)
    error = old_world.refused(C, put(tmp_path, stolen))
    assert error.code == "sync.resigned"
    assert "Ward 3 bed side" in error.in_("en")


@pytest.mark.requirement("P11-11")
@pytest.mark.alteration
def test_re_encrypted_to_other_recipient(old_world: World, sent: Path, tmp_path: Path) -> None:
    """The centre opens what A sent it and gives it to B as if A had."""
    data = sent.read_bytes()
    length = int.from_bytes(data[10:14], "big")
    plain = old_world[C].vault.device_keys.box.decrypt(data[14 + length + 64 :])
    body = old_world[B].vault.device_keys.box.public.encrypt(plain)
    to_b, _ = honest(old_world[C], old_world[B])
    as_a = sealed(replace(to_b, sender=old_world[A].device), body, old_world[C].vault.device_keys.sign)
    assert old_world.refused(B, put(tmp_path, as_a)).code == "sync.signature_false"
    as_centre = sealed(to_b, body, old_world[C].vault.device_keys.sign)
    error = old_world.refused(B, put(tmp_path, as_centre))
    assert error.code == "sync.resigned"
    assert "Ward 3 bed side" in error.in_("en")


@pytest.mark.alteration
def test_number_outside_differs_from_inside(old_world: World, tmp_path: Path) -> None:
    for change in ({"number": 7}, {"prev": "ab" * 32}, {"made": "2026-01-01T00:00:00.000Z"}):
        data = forged(old_world[A], old_world[C], header=lambda h, c=change: replace(h, **c))  # type: ignore[misc]
        assert old_world.refused(C, put(tmp_path, data)).code == "sync.resigned"


@pytest.mark.requirement("P11-9", "PIPL-7")
@pytest.mark.alteration
def test_revoked_pc(world: World) -> None:
    file = world.make(A, C)
    devices.revoke(world[C], world[A].device, "stolen", own_password=password("d02"))
    assert world.refused(C, file).code == "sync.sender_revoked"
    with pytest.raises(InputRefused, match="peer_revoked"):
        world.make(C, A)


def test_revoked_person(world: World) -> None:
    """A person whose account was ended goes on writing with the keys he kept."""
    monitor = world.as_monitor()
    person, author = monitor.person.id, SigningKey(monitor.vault.identity.author.seed)
    world.close(A)
    ward = world[A]
    subject = ward.enrol().identity
    ward.disable_person("m05", own_password=password("i01"))
    identity = Identity(ward.study.oid, ward.device, person, author)
    kept = Journal(ward.vault.store, identity, ward.vault.meta.zone)
    kept.append([value(item(subject), "118")])
    assert world.refused(C, world.make(A, C)).code == "store.chain_unsealed"


@pytest.mark.alteration
def test_impersonated_chain(world: World, tmp_path: Path) -> None:
    """The centre brings a chain that claims to be B's but has other keys than the card A compared."""
    false = Ward(tmp_path, world[B].device)
    world.send(B, C)
    world.send(A, C)

    def with_chain(lines: list[Line]) -> list[Line]:
        records = record_lines(false.journal.above({}))
        seals = [{"seal": seal.as_json()} for seal in false.journal.seals_above({})]
        kept = [line for line in lines[1:] if {**line}.popitem()[1]["device"] != false.device]
        first = {"manifest": {**lines[0]["manifest"], "heads": {}}}
        return [
            first, *(line for line in kept if "record" in line), *records,
            *(line for line in kept if "seal" in line), *seals,
        ]  # fmt: skip

    # It is the centre's file, and its own records are good: only the chain that claims to be B's stays out.
    report = bundles.take(world[A], put(world.stick, forged(world[C], world[A], with_chain)))
    (held,) = report.held
    assert (held.code, held.name) == ("sync.impersonated", "Ward 3 office") and "other keys" in held.words.en
    assert report.new > 0 and set(world[A].vault.journal.heads()) == {world[A].device, world[C].device}
    false.store.close()


# -- numbers, receipts, copies ---------------------------------------------------------------------------


def _copy_of(world: World, pc: str, name: str) -> None:
    """A second folder with the same device: what a careless copy makes."""
    world.close(pc)
    shutil.copytree(world.base / pc, world.base / name)


def _as_copy(world: World, pc: str, name: str) -> None:
    """Swap original and copy: from now on ``pc`` means the other folder."""
    world.close(pc)
    (world.base / pc).rename(world.base / "aside")
    (world.base / name).rename(world.base / pc)
    (world.base / "aside").rename(world.base / name)


@pytest.mark.alteration
def test_same_number_two_contents(world: World) -> None:
    subject = world[A].enrol().identity
    _copy_of(world, A, "copy")
    enter_value(world[A], item(subject), "118")
    world.send(A, C)
    _as_copy(world, A, "copy")
    enter_value(world[A], item(subject), "125")
    first = world.make(A, C)
    assert world.refused(C, first).code == "sync.same_number"
    assert world.refused(C, world.make(A, C)).code == "sync.other_history"


@pytest.mark.alteration
def test_fork_of_a_chain_is_named_with_its_bundles(world: World) -> None:
    subject = world[A].enrol().identity
    world.send(C, A)
    _copy_of(world, A, "copy")
    enter_value(world[A], item(subject), "118")
    world.send(A, C)
    _as_copy(world, A, "copy")
    enter_value(world[A], item(subject), "125")
    world.send(C, B)
    world.send(B, A)
    world.send(A, B)
    before = world[C].vault.journal.heads()
    report = bundles.take(world[C], world.make(B, C))
    (held,) = report.held
    assert (held.code, held.device) == ("sync.fork", world[A].device) and report.new > 0
    first = "bundle 1 of Ward 3 bed side"  # where the other record came from, and where this one does
    assert first in held.words.en and "this bundle 1 of Ward 3 office" in held.words.en
    assert world[C].vault.journal.heads()[world[A].device] == before[world[A].device]
    assert world[C].vault.journal.heads()[world[B].device][0] > 0
    assert first in held.error.in_("en")  # with nothing new beside it the file would be refused, by this


def test_missing_number_of_a_restored_receiver(world: World) -> None:
    world[C].close()
    world.open.pop(C)
    _ = world[A].enrol()
    shutil.copytree(world.base / C, world.base / "old")
    world.send(A, C)
    world.send(C, A)
    world[A].enrol()
    file = world.make(A, C)
    _as_copy(world, C, "old")
    error = world.refused(C, file)
    assert error.code == "sync.gap"
    assert "--everything" in error.in_("en")
    assert world.send(A, C, everything=True).new > 0


@pytest.mark.alteration
def test_replayed_bundle_and_old_receipt(world: World) -> None:
    world[A].enrol()
    world.send(A, C)
    early = world.make(C, A)
    world[A].enrol()
    world.send(A, C)
    late = world.make(C, A)
    bundles.take(world[A], late)
    known = Ledger.read(world[A]).known(world[C].device)
    report = bundles.take(world[A], early)
    assert (report.new, report.missing) == (0, ())
    assert Ledger.read(world[A]).known(world[C].device) == known


@pytest.mark.alteration
def test_forged_receipt(world: World) -> None:
    """A receipt for what was never sent confirms nothing, and the next bundle still carries all of it."""
    world[A].enrol()
    world.make(A, C)

    def claim(lines: list[Line]) -> list[Line]:
        manifest = lines[0]["manifest"]
        manifest["have"][world[A].device] = {"seq": 10**6, "hash": "ab" * 32}
        manifest["receipts"] = [{"number": 1, "sha256": "cd" * 32}, {"number": 2, "sha256": "ef" * 32}]
        return lines

    report = bundles.take(world[A], put(world.stick, forged(world[C], world[A], claim)))
    assert report.confirmed == ()
    assert any("older copy" in line.en for line in report.lines())
    assert world[A].device not in Ledger.read(world[A]).known(world[C].device)
    assert world.send(A, C).new > 0


@pytest.mark.alteration
def test_another_hash_of_this_very_pc_is_named(world: World) -> None:
    def claim(lines: list[Line]) -> list[Line]:
        lines[0]["manifest"]["have"][world[A].device] = {"seq": 2, "hash": "ab" * 32}
        return lines

    report = bundles.take(world[A], put(world.stick, forged(world[C], world[A], claim)))
    assert any("A copy of this vault" in line.en for line in report.lines())


# -- a file that does not hold still ---------------------------------------------------------------------


@pytest.mark.alteration
@pytest.mark.parametrize("change", ["last byte", "shorter", "other bundle"])
def test_file_changes_between_passes(world: World, change: str) -> None:
    world[A].enrol()
    file = world.make(A, C)
    before = everything_of(world[C])
    data = file.read_bytes()
    with _opened(world[C], file, lambda _done, _total: None) as arrival:
        assert arrival.survey() > 0
        if change == "last byte":
            file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        elif change == "shorter":
            file.write_bytes(data[:-100])
        else:
            # Encrypted anew, so every byte of the body differs while all of it opens.
            length = int.from_bytes(data[10:14], "big")
            plain = world[C].vault.device_keys.box.decrypt(data[14 + length + 64 :])
            body = world[C].vault.device_keys.box.public.encrypt(plain)
            file.write_bytes(data[: 14 + length + 64] + body)
        with pytest.raises(BundleError) as caught:
            arrival.let_in(keep=True)
    assert caught.value.code == "sync.file_changed"
    assert everything_of(world[C]) == before


@pytest.mark.alteration
def test_body_for_another_key(old_world: World, tmp_path: Path) -> None:
    other = BoxSecret.generate().public
    data = forged(old_world[A], old_world[C], boxed=lambda plain, _: other.encrypt(plain))
    assert old_world.refused(C, put(tmp_path, data)).code == "sync.body_locked"


def test_store_is_not_named_in_the_file(sent: Path) -> None:
    data = sent.read_bytes()
    for planted in (b"118", b"01-001", b"SYSBP", b"Li Na", b"Ward 3"):
        assert planted not in data[data.index(b"age-encryption") :]
