"""Carriers: any file to one known PC. Whatever is wrong with one, nothing of it is written."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import BoxPublic, SigningKey, canon, digest, file_hash
from mda5_crf.errors import BundleError, Cancelled, CrfError, InputRefused, PermissionDenied, StoreError
from mda5_crf.jobs.archivecheck import check
from mda5_crf.jobs.archives import Order, archive_in_carrier
from mda5_crf.services.session import Session
from mda5_crf.sync import devices
from mda5_crf.sync.carrier import make, open_carrier, plain_name
from mda5_crf.sync.envelope import CARRIER, READER, Header, read_header
from tests.unit.sync.synckit import World
from tests.vaults import password

A, B, X, C = "a", "b", "x", "c"
BODY = b"%PDF-1.4 " + bytes(range(256)) * 40


@pytest.fixture(scope="module")
def pair(old_world: World) -> World:
    return old_world


def send(world: World, body: bytes = BODY, name: str = "report.pdf", *, sender: str = A, to: str = C) -> Path:
    file = world.stick / name
    file.write_bytes(body)
    target = world.stick / f"{name}-{random.random()}.mda5c"
    return make(world[sender], file, world[to].device, target)


def exports(session: Session) -> list[dict[str, Any]]:
    return [dict(one.data) for one in session.vault.journal.records(kinds=("export",))]


def refused(world: World, data: bytes, at: str = C) -> CrfError:
    """The refusal, after which nothing lies in the folder and nothing is recorded."""
    file, folder = world.stick / f"bad-{random.random()}", world.stick / f"in-{random.random()}"
    file.write_bytes(data)
    folder.mkdir()
    before = len(exports(world[at]))
    with pytest.raises(CrfError) as caught:
        open_carrier(world[at], file, folder)
    assert not list(folder.iterdir()), "something of it was written"
    assert len(exports(world[at])) == before
    assert caught.value.code.startswith("carrier."), caught.value.code
    assert caught.value.in_("en") != caught.value.in_("zh")
    return caught.value


@pytest.mark.parametrize("body", [b"", BODY, b"0" * 3_000_000], ids=["empty", "small", "packs very well"])
def test_it_comes_out_as_it_went_in(pair: World, tmp_path: Path, body: bytes) -> None:
    file = send(pair, body)
    assert body == b"" or body[:9] not in file.read_bytes(), "readable"
    found = open_carrier(pair[C], file, tmp_path)
    assert found.file == tmp_path / "report.pdf" and found.file.read_bytes() == body
    assert (found.sender, found.site, found.size) == ("Ward 3 bed side", "01", len(body))
    assert found.sha256 == file_hash(body) and found.before is None
    out, came = exports(pair[A])[-1], exports(pair[C])[-1]
    assert (out["direction"], came["direction"]) == ("out", "in")
    assert out["carrier"] == came["carrier"] == file_hash(file.read_bytes())
    assert out["sha256"] == came["sha256"] == file_hash(body)
    assert [one.name for one in tmp_path.iterdir()] == ["report.pdf"]


def test_a_replay_is_harmless_and_no_file_is_replaced(pair: World, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(b"mine")
    file = send(pair)
    first, second = open_carrier(pair[C], file, tmp_path), open_carrier(pair[C], file, tmp_path)
    assert (tmp_path / "report.pdf").read_bytes() == b"mine"
    assert (first.file.name, second.file.name) == ("report-2.pdf", "report-3.pdf")
    assert first.before is None and second.before is not None


def test_every_cut_and_every_region_altered_is_found(pair: World) -> None:
    data = send(pair).read_bytes()
    signed, _ = read_header_of(data)
    ends = (0, 7, 8, 13, len(signed) - 1, len(signed) + 63, len(signed) + 200, len(data) - 1)
    for end in ends:
        refused(pair, data[:end])
    refused(pair, data + b"x")
    places = [
        *range(14),
        len(signed) // 2,
        len(signed) + 5,
        len(signed) + 64,
        len(signed) + 300,
        len(data) - 1,
    ]
    for place in places:
        altered = bytearray(data)
        altered[place] ^= 0x40
        refused(pair, bytes(altered))


def read_header_of(data: bytes) -> tuple[bytes, Header]:
    return read_header(io.BytesIO(data), CARRIER)


def test_for_somebody_else_unknown_and_own(pair: World) -> None:
    data = send(pair).read_bytes()
    assert refused(pair, data, at=B).code == "carrier.for_somebody_else"
    assert refused(pair, data, at=A).code == "carrier.own_bundle"
    to_b = send(pair, to=B).read_bytes()
    stranger = bytearray(to_b)
    assert refused(pair, bytes(stranger), at=X).code == "carrier.for_somebody_else"
    forged = sealed(pair, A, X, line(pair, A, X), BODY)
    assert refused(pair, forged, at=X).code == "carrier.sender_unknown"


def test_a_bundle_is_no_carrier_and_a_carrier_no_bundle(pair: World) -> None:
    bundle = pair.make(A, C)
    assert refused(pair, bundle.read_bytes()).code == "carrier.not_a_bundle"
    assert pair.refused(C, send(pair)).code == "sync.not_a_bundle"
    # The same bytes under the other beginning: the signature is of another context.
    data = bytearray(bundle.read_bytes().replace(b'"reader":2', b'"reader":1', 1))
    data[:8] = CARRIER.magic
    assert refused(pair, bytes(data)).code == "carrier.signature_false"


def test_unknown_and_revoked_receivers(world: World) -> None:
    file = world.stick / "x.txt"
    file.write_bytes(b"x")
    with pytest.raises(InputRefused) as caught:
        make(world[A], file, "0" * 16, world.stick / "x.mda5c")
    assert caught.value.code == "sync.peer_unknown"
    data = send(world).read_bytes()
    devices.revoke(world[C], world[A].device, "lost", own_password=password("d02"))
    assert refused(world, data).code == "carrier.sender_revoked"
    with pytest.raises(InputRefused) as caught:
        make(world[C], file, world[A].device, world.stick / "y.mda5c")
    assert caught.value.code == "sync.peer_revoked"
    assert not list(world.stick.glob("?.mda5c")) and not list(world.stick.glob(".*"))


# -- by somebody with a registered PC's keys -----------------------------------------------------------


def line(world: World, sender: str, to: str, **other: object) -> dict[str, Any]:
    session = world[sender]
    return {
        "study": session.vault.meta.study, "from": session.device, "to": world[to].device, "number": 7,
        "made": "2026-11-23T00:00:00.000Z", "name": "x.pdf", **other,
    }  # fmt: skip


def end(body: bytes) -> bytes:
    return struct.pack(">Q", len(body)) + hashlib.sha256(body).digest()


def sealed(
    world: World,
    sender: str,
    to: str,
    inside: dict[str, Any] | bytes,
    body: bytes,
    *,
    after: bytes | None = None,
    plain: bytes | None = None,
    key: SigningKey | None = None,
    box: BoxPublic | None = None,
) -> bytes:
    """A carrier with a right outside around whatever stands inside."""
    session, receiver = world[sender], world[to]
    first = inside if isinstance(inside, bytes) else canon(inside) + b"\n"
    whole = first + body + (end(body) if after is None else after)
    packed = (box or receiver.vault.device_keys.box.public).encrypt(
        zlib.compress(whole) if plain is None else plain
    )
    study, made = session.vault.meta.study, "2026-11-23T00:00:00.000Z"
    length, hashed = len(packed), file_hash(packed)
    named = Header(study, session.device, receiver.device, 7, "", made, READER, length, hashed)
    header = named.to_bytes()
    start = struct.pack(">8sHI", CARRIER.magic, 1, len(header)) + header
    return start + (key or session.vault.device_keys.sign).sign("carrier", start) + packed


@pytest.mark.parametrize(
    "name",
    ["../x.pdf", "/etc/passwd", "..\\x.pdf", "C:\\x.pdf", "x:stream", "CON", "nul.txt", "a\x00b", "a\nb", "",
     ".", "..", ".hidden", "x.", "x ", "n" * 300, "\u202efdp.exe"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(pair: World, name: str) -> None:
    assert refused(pair, sealed(pair, A, C, line(pair, A, C, name=name), BODY)).code == "carrier.inside_name"


def test_what_is_wrong_inside_is_refused(pair: World, monkeypatch: pytest.MonkeyPatch) -> None:
    good = line(pair, A, C)
    assert open_carrier_of(pair, sealed(pair, A, C, good, BODY)) == BODY
    twice = zlib.compress(canon(good) + b"\n" + end(b"")) + b"z"
    cases: list[tuple[str, bytes]] = [
        ("resigned", sealed(pair, A, C, {**good, "from": pair[B].device}, BODY)),
        ("resigned", sealed(pair, A, C, {**good, "number": 8}, BODY)),
        ("inside_damaged", sealed(pair, A, C, {**good, "more": "x"}, BODY)),
        ("inside_damaged", sealed(pair, A, C, {**good, "name": 3}, BODY)),
        ("inside_damaged", sealed(pair, A, C, b"{}\n", BODY)),
        ("inside_damaged", sealed(pair, A, C, b"not json\n", BODY)),
        ("inside_damaged", sealed(pair, A, C, b"x" * 5000, BODY)),
        ("inside_damaged", sealed(pair, A, C, good, BODY, after=b"")),
        ("inside_damaged", sealed(pair, A, C, good, BODY, after=end(BODY + b"x"))),
        ("inside_damaged", sealed(pair, A, C, good, b"", after=struct.pack(">Q32s", 1 << 30, bytes(32)))),
        ("inside_damaged", sealed(pair, A, C, good, BODY, plain=b"no zlib at all")),
        ("inside_damaged", sealed(pair, A, C, good, BODY, plain=zlib.compress(b"x")[:-3])),
        ("inside_damaged", sealed(pair, A, C, good, b"", plain=twice)),
        ("inside_too_large", sealed(pair, A, C, good, bytes(20_000_000))),
        ("body_locked", sealed(pair, A, C, good, BODY, box=pair[B].vault.device_keys.box.public)),
        ("signature_false", sealed(pair, A, C, good, BODY, key=SigningKey.generate())),
    ]  # fmt: skip
    for code, data in cases:
        assert refused(pair, data).code == f"carrier.{code}"
    monkeypatch.setattr("mda5_crf.sync.envelope.MAX_FILE", 100)
    assert refused(pair, cases[0][1]).code == "carrier.file_too_large"


def open_carrier_of(world: World, data: bytes) -> bytes:
    file, folder = world.stick / "one", world.stick / f"out-{random.random()}"
    file.write_bytes(data)
    folder.mkdir()
    return open_carrier(world[C], file, folder).file.read_bytes()


# -- the rest ------------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_a_name_is_plain_once_and_for_all(typed: str) -> None:
    name = plain_name(typed)
    assert plain_name(name) == name
    assert name and not set(name) & set('/\\:*?"<>|\x00\n') and name not in (".", "..") and len(name) <= 121


def test_rights_and_places(world: World, tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_bytes(b"x")
    session, centre = world[A], world[C].device
    for target, wanted in ((tmp_path / "no" / "x.mda5c", "carrier.no_folder"), (file, "carrier.exists")):
        with pytest.raises(InputRefused) as caught:
            make(session, file, centre, target)
        assert caught.value.code == wanted
    with pytest.raises(InputRefused) as caught:
        make(session, tmp_path / "absent", centre, tmp_path / "y.mda5c")
    assert caught.value.code == "carrier.no_file"
    with pytest.raises(InputRefused):
        open_carrier(world[C], file, tmp_path / "nowhere")
    with pytest.raises(BundleError) as unread:
        open_carrier(world[C], tmp_path / "absent", tmp_path)
    assert unread.value.code == "carrier.file_unreadable"
    monitor = world.as_monitor()
    with pytest.raises(PermissionDenied):
        make(monitor, file, centre, tmp_path / "y.mda5c")
    with pytest.raises(PermissionDenied):
        open_carrier(monitor, file, tmp_path)
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["x.txt"]


def test_cancelled_or_failing_it_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file, folder = world.stick / "x.txt", world.stick / "here"
    file.write_bytes(b"x" * 10)
    folder.mkdir()

    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        make(world[A], file, world[C].device, folder / "x.mda5c", stop)
    assert not list(folder.iterdir()) and not exports(world[A])
    sent = send(world)

    def full(*_rest: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError) as caught:
        open_carrier(world[C], sent, folder)
    assert caught.value.code == "carrier.disk_full"
    with pytest.raises(StoreError) as caught:
        make(world[A], file, world[C].device, folder / "x.mda5c")
    assert caught.value.code == "carrier.disk_full"
    assert not list(folder.iterdir()) and not exports(world[C])


def test_the_context_of_the_signature_is_its_own() -> None:
    assert digest("carrier", b"x") != digest("bundle", b"x")


# -- an archive in a carrier -----------------------------------------------------------------------------


def test_an_archive_goes_straight_into_a_carrier(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The zip file is written as it is encrypted: the folder never holds a byte of it in clear."""
    ward, folder = world[A], world.stick
    subject = ward.enrol().identity
    order = Order((subject,), "en", pdfa=False)
    seen: list[str] = []

    def look(_done: int, _total: int) -> None:
        seen.extend(one.name for one in folder.iterdir())
        assert not any(b"PK\x03\x04" in one.read_bytes() for one in folder.iterdir())

    made = archive_in_carrier(ward, folder / "all.mda5c", order, world[C].device, look)
    assert seen and made.closed and not any("WARNING" in line.en for line in made.lines())
    assert [one.name for one in folder.iterdir()] == ["all.mda5c"]
    told = exports(ward)
    assert len(told) == 1 and told[0]["what"] == "carrier" and told[0]["archive"] == made.manifest
    assert told[0]["of"] == [subject] and told[0]["file"] == "all.zip"
    (folder / "in").mkdir()
    found = open_carrier(world[C], folder / "all.mda5c", folder / "in")
    assert check(found.file, world[C]).whole and check(found.file, ward).whole
    assert any("recorded here" in line.en for line in check(found.file, ward).lines())


def test_an_archive_for_a_carrier_that_fails_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward, folder = world[A], world.stick
    order = Order((ward.enrol().identity,), "en", pdfa=False)

    def stop(done: int, _total: int) -> None:
        if done > 300:
            raise Cancelled

    with pytest.raises(Cancelled):
        archive_in_carrier(ward, folder / "a.mda5c", order, world[C].device, stop)

    def full(*_rest: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mda5_crf.sync.packing._Hashed.write", full)
    with pytest.raises(StoreError) as caught:
        archive_in_carrier(ward, folder / "a.mda5c", order, world[C].device)
    assert caught.value.code == "carrier.disk_full"
    assert not list(folder.iterdir()) and not exports(ward)
    assert not any(one.name == "mda5-pour" for one in threading.enumerate()), "the writer still waits"
