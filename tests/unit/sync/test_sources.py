"""Study definitions in bundles: in pieces, within bounds, put together again."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.crypto import base64_text, file_hash
from mda5_crf.db.tx import Tx
from mda5_crf.errors import BundleError
from mda5_crf.services.session import Session
from mda5_crf.sync import amendments, bundles, sources
from mda5_crf.sync.lines import LineRefused, read_line
from mda5_crf.sync.registry import Peer
from mda5_crf.sync.sources import MAX_DEFINITIONS, MAX_SOURCE, PIECE, SourceReader, source_lines
from mda5_crf.text import Text
from tests.unit.sync.forging import Line, forged, put
from tests.unit.sync.synckit import A, C, World

HASH, OID = "ab" * 32, "NCT04966884"
BOMB = zlib.compress(b"x" * (MAX_SOURCE + 1), 9)
NOISE = random.Random(3).randbytes(3 * PIECE).hex().encode()


def pieces(source: bytes, hashed: str = HASH) -> list[Line]:
    return [read_line(line[:-1])[1] for line in source_lines(hashed, OID, source)]


@pytest.mark.parametrize("source", [b"{}", b"x" * MAX_SOURCE, NOISE], ids=["small", "packs well", "noise"])
def test_pieces_give_the_source_back(source: bytes) -> None:
    reader = SourceReader()
    *first, last = pieces(source)
    assert all(reader.piece(one) is None for one in first)
    assert reader.piece(last) == (HASH, OID, source)
    reader.finish()


def test_a_definition_too_large_to_travel_is_not_written() -> None:
    with pytest.raises(LineRefused):
        list(source_lines(HASH, OID, b"x" * (MAX_SOURCE + 1)))


def broken() -> Iterator[tuple[str, list[Line]]]:
    one, *rest = pieces(NOISE)
    assert rest
    for field, wrong in (
        ("hash", "x"), ("hash", 1), ("oid", 7), ("oid", "x" * 300), ("part", 0), ("part", True), ("part", 2),
        ("parts", 0), ("parts", 10**6), ("parts", 1), ("data", ""), ("data", 5), ("data", "a"),
        ("data", base64_text(b"x" * (PIECE + 1))), ("more", 1),
    ):  # fmt: skip
        yield f"{field} {str(wrong)[:8]}", [{**one, field: wrong}]
    yield "second piece twice", [one, rest[0], rest[0]]
    yield "another between", [one, pieces(NOISE, "cd" * 32)[0]]
    yield "hash changes", [one, {**rest[0], "hash": "cd" * 32}]
    yield "oid changes", [one, {**rest[0], "oid": "other"}]
    yield "parts change", [one, {**rest[0], "parts": 2}]
    yield "no object", [[]]  # type: ignore[list-item]
    whole = pieces(b"{}")[0]
    yield "same definition again", [whole, whole]
    yield "too many", [pieces(b"{}", f"{n:064x}")[0] for n in range(MAX_DEFINITIONS + 1)]
    for name, packed in (
        ("no zlib", b"noise"), ("cut", zlib.compress(b"{}" * 99)[:-3]),
        ("more behind", zlib.compress(b"{}") + b"x"), ("bomb", BOMB),
    ):  # fmt: skip
        yield name, [{**whole, "data": base64_text(packed)}]


@pytest.mark.parametrize("lines", [pytest.param(lines, id=name) for name, lines in broken()])
def test_pieces_out_of_shape_are_refused(lines: list[Line]) -> None:
    reader = SourceReader()
    *first, last = lines
    for line in first:
        reader.piece(line)
    with pytest.raises(LineRefused):
        reader.piece(last)


def test_a_definition_without_its_end() -> None:
    reader = SourceReader()
    reader.piece(pieces(NOISE)[0])
    with pytest.raises(LineRefused):
        reader.finish()


# -- in bundles ------------------------------------------------------------------------------------------


def with_definitions(*found: Line) -> object:
    def change(lines: list[Line]) -> list[Line]:
        return [lines[0], *({"definition": one} for one in found), *lines[1:]]

    return change


def test_definitions_go_before_the_records_and_are_handed_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world[A].enrol()
    told: list[tuple[str, bytes]] = []

    def outgoing(_session: Session, _tx: Tx, peer: Peer, *_more: object) -> list[tuple[str, str, bytes]]:
        assert peer.device == world[C].device
        return [(file_hash(NOISE), OID, NOISE), (file_hash(b"{}"), OID, b"{}")]

    def incoming(_session: Session, _tx: Tx, hashed: str, source: bytes, *_more: object) -> Text | None:
        told.append((hashed, source))
        return Text("not this one", "不要这个") if source == b"{}" else None

    monkeypatch.setattr(amendments, "outgoing", outgoing)
    monkeypatch.setattr(amendments, "incoming", incoming)
    report = world.send(A, C)
    assert told == [(file_hash(NOISE), NOISE), (file_hash(b"{}"), b"{}")]
    assert [line.en for line in report.notes if line.en.startswith("not")] == ["not this one"]
    assert report.new and not report.aside


def test_more_definitions_than_a_bundle_may_hold_go_with_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [(f"{n:064x}", OID, b"{}") for n in range(MAX_DEFINITIONS + 4)]
    told: list[str] = []
    monkeypatch.setattr(amendments, "outgoing", lambda *_: many)
    monkeypatch.setattr(amendments, "incoming", lambda _s, _t, hashed, *_: told.append(hashed))
    world.send(A, C)
    assert told == [hashed for hashed, *_ in many[:MAX_DEFINITIONS]]


def test_a_definition_that_cannot_travel_is_named_and_nothing_is_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amendments, "outgoing", lambda *_: [(HASH, OID, b"x" * (MAX_SOURCE + 1))])
    with pytest.raises(BundleError, match="definition_too_large") as caught:
        world.make(A, C)
    assert OID in caught.value.in_("en") and OID in caught.value.in_("zh")
    assert list(world.stick.iterdir()) == []


@pytest.mark.parametrize(
    "found",
    [
        pieces(NOISE)[:1],
        [{**pieces(b"{}")[0], "data": base64_text(zlib.compress(b"x" * (300 << 20), 9)[:PIECE])}],
    ],
    ids=["half", "bomb"],
)
def test_definition_bomb_or_half_a_definition(world: World, found: list[Line], tmp_path: Path) -> None:
    data = forged(world[A], world[C], with_definitions(*found))  # type: ignore[arg-type]
    assert world.refused(C, put(tmp_path, data)).code == "sync.inside_line"


def test_definitions_in_a_body_of_format_1_or_behind_records(world: World, tmp_path: Path) -> None:
    whole = pieces(b"{}")
    old = forged(world[A], world[C], with_definitions(*whole), body_format=1)  # type: ignore[arg-type]
    assert world.refused(C, put(tmp_path, old)).code == "sync.inside_counts"
    late = forged(world[A], world[C], lambda lines: [*lines, {"definition": whole[0]}])
    assert world.refused(C, put(tmp_path, late)).code == "sync.inside_line"


def test_limits_are_what_the_format_says() -> None:
    assert (MAX_DEFINITIONS, MAX_SOURCE) == (16, 8 * 2**20)
    assert sources.MAX_LINES < 4000
    assert bundles.take is not None
