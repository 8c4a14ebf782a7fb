"""What a registered sender can put into a bundle that no program would: all refused, nothing written."""

from __future__ import annotations

import json
import sys
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import pytest

from mda5_crf.crypto import BoxPublic, canon
from mda5_crf.sync.lines import MAX_LINE, MAX_STRING, LineRefused, read_line, write_line
from tests.unit.sync.forging import Line, encode, forged, honest, put, record_lines
from tests.unit.sync.synckit import A, C, World, enter_value, item

SECONDS = 2.0
MIB_300 = 300 * 1024


@pytest.fixture(scope="module")
def pair(old_world: World) -> World:
    """A ward with a participant, and the centre."""
    enter_value(old_world[A], item(old_world[A].enrol().identity), "118")
    return old_world


def peak() -> int:
    """The most memory this process ever had, in KiB; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def refused(pair: World, **how: object) -> str:
    """The code of the refusal of a forged bundle, within its bounds of time and memory (plan and take)."""
    data = forged(pair[A], pair[C], **how)  # type: ignore[arg-type]
    file = put(pair.stick, data)
    memory, began = peak(), time.process_time()
    code = pair.refused(C, file).code
    # The processor's time, not the wall's: other tests run beside this one.
    assert time.process_time() - began < 4 * SECONDS  # coverage doubles it
    assert peak() - memory < MIB_300
    return code


def edited(edit: Callable[[list[Line]], object]) -> Callable[[list[Line]], list[Line]]:
    def change(lines: list[Line]) -> list[Line]:
        edit(lines)
        return lines

    return change


def of_kind(lines: list[Line], kind: str) -> list[int]:
    return [index for index, line in enumerate(lines) if kind in line]


# -- the age file ----------------------------------------------------------------------------------------


def test_age_4000_stanzas(pair: World) -> None:
    """A header with thousands of foreign stanzas would hold the package for minutes."""

    def boxed(plain: bytes, box: BoxPublic) -> bytes:
        whole = box.encrypt(plain)
        first, rest = whole.split(b"\n", 1)
        stanza = b"-> X25519 " + b"A" * 43 + b"\n" + b"B" * 43 + b"\n"
        return first + b"\n" + stanza * 4000 + rest

    assert refused(pair, boxed=boxed) == "sync.body_locked"


def test_armoured_body(pair: World) -> None:
    import base64

    def boxed(plain: bytes, box: BoxPublic) -> bytes:
        text = base64.encodebytes(box.encrypt(plain))
        return b"-----BEGIN AGE ENCRYPTED FILE-----\n" + text + b"-----END AGE ENCRYPTED FILE-----\n"

    assert refused(pair, boxed=boxed) == "sync.body_locked"


@pytest.mark.parametrize("body", [b"x", b"age-encryption.org/v1\n", b"\0" * 5000], ids=[1, 2, 3])
def test_body_is_no_age_file(pair: World, body: bytes) -> None:
    assert refused(pair, boxed=lambda _plain, _box: body) == "sync.body_locked"


# -- the packing -----------------------------------------------------------------------------------------


def test_not_packed(pair: World) -> None:
    assert refused(pair, packed=lambda plain: plain) == "sync.inside_damaged"


def test_packing_cut_or_continued(pair: World) -> None:
    assert refused(pair, packed=lambda plain: zlib.compress(plain)[:-4]) == "sync.inside_short"
    assert refused(pair, packed=lambda plain: zlib.compress(plain)[:-400]) == "sync.inside_short"
    assert refused(pair, packed=lambda plain: zlib.compress(plain) + b"more") == "sync.inside_trailing"
    twice = refused(pair, packed=lambda plain: zlib.compress(plain) * 2)
    assert twice == "sync.inside_trailing"


def test_zip_bomb_in_one_line(pair: World) -> None:
    bomb = zlib.compress(b"[" * (200 << 20), 9)
    assert refused(pair, packed=lambda _: bomb) == "sync.inside_line_long"


def test_zip_bomb_of_many_lines(pair: World) -> None:
    """The same record over and over packs a thousand times smaller than it is."""

    def bomb(lines: list[Line]) -> list[Line]:
        manifest = {**lines[0]["manifest"], "records": 5_000_000, "plain": 2**40}
        record = lines[of_kind(lines, "record")[0]]
        return [{"manifest": manifest}, *[record] * 50_000]

    code = refused(pair, change=bomb, recount=False, packed=lambda plain: zlib.compress(plain, 9))
    assert code == "sync.inside_too_large"


def test_more_plain_text_than_declared(pair: World) -> None:
    less = edited(lambda lines: lines[0]["manifest"].update(plain=100))
    # A small bundle comes in one piece: its true length is then found at its end.
    assert refused(pair, change=less, recount=False) == "sync.inside_counts"


# -- the lines -------------------------------------------------------------------------------------------


def test_line_10_mib(pair: World) -> None:
    import random

    noise = random.Random(1).randbytes(5 << 20).hex().encode()
    assert refused(pair, change=lambda lines: [lines[0], noise + b"\n"]) == "sync.inside_line_long"


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"record":' * 20_000 + b"1" + b"}" * 20_000,
        b'{"record":NaN}',
        b'{"record":1.5}',
        b'{"record":1e999}',
        b'{"record":1,"record":2}',
        b'{"record": 1}',
        b'{"record":"\\ud800"}',
        b'{"record":"\xff"}',
        b'\xef\xbb\xbf{"record":1}',
        b'{"record":12345678901234567890}',
        b'{"Record":1}',
        b'{"record":1,"seal":2}',
        b'{"unheard":1}',
        b'{"record":1}',
        b'{"record":{}}',
        b'{"manifest":{}}',
        b"[]",
        b"",
    ],
    ids=[
        "depth_100000", "depth_keys", "nan", "float", "infinity", "duplicate", "space", "lone_surrogate",
        "not_utf8", "bom", "integer", "capital", "two_things", "unknown", "no_record", "empty_record",
        "second_manifest", "list", "empty",
    ],
)  # fmt: skip
def test_depth_100000_nan_duplicate_float_lone_surrogate_and_others(pair: World, line: bytes) -> None:
    assert refused(pair, change=lambda lines: [lines[0], line + b"\n", *lines[1:]]) == "sync.inside_line"


def test_string_longer_than_64_kib(pair: World) -> None:
    def long(lines: list[Line]) -> None:
        lines[of_kind(lines, "record")[0]]["record"]["zone"] = "z" * (MAX_STRING + 1)

    assert refused(pair, change=edited(long)) == "sync.inside_line"


@pytest.mark.parametrize(
    "field, wrong",
    [
        ("device", "../../x"), ("device", "C:\\x"), ("device", "CON"), ("device", "x" * 300),
        ("device", "a\0b"), ("at", "yesterday"), ("at", "2026-13-01T00:00:00.000Z"), ("zone", "UTC"),
        ("zone", "UTC +99:99"), ("seq", 0), ("seq", True), ("clock", -1), ("replaces", "x"),
        ("replaces", [1]), ("kind", None), ("data", "{}"), ("data", "[1.5]"), ("salt", "AA=="),
        ("salt", None), ("extra", 1), ("prev", None), ("prev", 7), ("hash", "ab" * 32), ("content", None),
        ("key_hash", None),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("body", [1, 2])
def test_records_out_of_shape(pair: World, field: str, wrong: object, body: int) -> None:
    def change(lines: list[Line]) -> None:
        lines[of_kind(lines, "record")[-1]]["record"][field] = wrong

    # A content that is canonical but another one is found by its hash: the one sent, or the one sealed.
    code = "sync.inside_line"
    if wrong == "{}" or (field == "hash" and body == 1):
        code = "store.chain_altered" if body == 1 else "store.chain_unsealed"
    assert refused(pair, change=edited(change), body_format=body) == code


@pytest.mark.parametrize(
    "field, wrong",
    [
        ("heads", {"con": {"seq": 1, "hash": "ab" * 32}}),
        ("heads", {"ab" * 8: {"seq": 0, "hash": "ab" * 32}}),
        ("heads", {"ab" * 8: {"seq": 1, "hash": "x"}}), ("heads", {"ab" * 8: 1}), ("heads", []),
        ("base", {"ab" * 8: -1}), ("base", {"etc_passwd": 1}), ("base", 1), ("have", 0), ("receipts", {}),
        ("receipts", [1]), ("receipts", [{"number": 1, "sha256": "x"}]), ("receipts", [{"number": 1}]),
        ("receipts", [{"number": 1, "sha256": "ab" * 32}] * 101), ("number", "1"), ("records", -1),
        ("seals", 10**9), ("plain", "9"), ("version", 0), ("version", "1"), ("revocations", []),
        ("definitions", -1), ("definitions", 10**6), ("definitions", None),
        ("name", "../x"), ("program", 1),
    ],
    ids=str,
)  # fmt: skip
def test_path_in_manifest_out_of_shape(pair: World, field: str, wrong: object) -> None:
    def change(lines: list[Line]) -> None:
        lines[0]["manifest"][field] = wrong

    recount = field not in ("records", "seals", "plain", "definitions")
    assert refused(pair, change=edited(change), recount=recount) == "sync.inside_line"


def test_what_a_newer_program_may_add_is_not_passed_over(pair: World) -> None:
    revoked = edited(lambda lines: lines[0]["manifest"].update(revocations=[{"device": "ab" * 8, "last": 5}]))
    assert refused(pair, change=revoked, body_format=1) == "sync.version_newer"
    certified = edited(lambda lines: lines[0]["manifest"].update(certificates=1))
    assert refused(pair, change=certified) == "sync.version_newer"

    def between(lines: list[Line]) -> Iterable[Line]:
        first_seal = of_kind(lines, "seal")[0]
        return [*lines[:first_seal], {"certificate": {}}, *lines[first_seal:]]

    assert refused(pair, change=between) == "sync.version_newer"


def test_body_of_another_format_than_the_header_says(pair: World) -> None:
    for body in (1, 2):
        header = partial(replace, reader=3 - body)
        assert refused(pair, body_format=body, header=header) == "sync.inside_line"


@pytest.mark.parametrize("field", ["records", "seals", "plain", "definitions"])
@pytest.mark.parametrize("by", [-1, 1])
def test_count_lies(pair: World, field: str, by: int) -> None:
    true: dict[str, int] = json.loads(encode(honest(pair[A], pair[C])[1])[0])["manifest"]

    def lie(lines: list[Line]) -> None:
        lines[0]["manifest"].update({name: true[name] for name in ("records", "seals", "plain")})
        lines[0]["manifest"][field] += by

    code = "sync.inside_line" if (field, by) == ("definitions", -1) else "sync.inside_counts"
    assert refused(pair, change=edited(lie), recount=False) == code


def test_end_is_missing_wrong_or_followed(pair: World) -> None:
    assert refused(pair, ended=lambda lines: lines[:-1]) == "sync.inside_short"
    assert refused(pair, ended=lambda lines: [*lines[:-1], lines[-1][:-1]]) == "sync.inside_short"
    assert refused(pair, ended=lambda lines: [*lines, lines[-1]]) == "sync.inside_line"
    wrong = canon({"end": {"lines": 1, "sha256": "ab" * 32}}) + b"\n"
    assert refused(pair, ended=lambda lines: [*lines[:-1], wrong]) == "sync.inside_line"
    assert refused(pair, ended=lambda lines: [lines[-1]]) == "sync.inside_line"
    assert refused(pair, ended=lambda lines: []) == "sync.inside_short"


def test_sections_out_of_order(pair: World) -> None:
    assert refused(pair, change=lambda lines: [lines[0], *reversed(lines[1:])]) == "sync.inside_line"
    assert refused(pair, change=lambda lines: [lines[0], lines[0], *lines[1:]]) == "sync.inside_line"
    assert refused(pair, change=lambda lines: lines[1:], recount=False) == "sync.inside_line"


# -- chains ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body, code", [(1, "store.chain_altered"), (2, "store.chain_unsealed")])
def test_record_altered(pair: World, body: int, code: str) -> None:
    def change(lines: list[Line]) -> None:
        for index in of_kind(lines, "record"):
            if lines[index]["record"]["kind"] == "value":
                lines[index]["record"]["data"] = lines[index]["record"]["data"].replace("118", "181")

    assert refused(pair, change=edited(change), body_format=body) == code


def test_record_dropped(pair: World) -> None:
    drop = edited(lambda lines: lines.pop(5))
    assert refused(pair, change=drop, body_format=1) == "sync.gap"
    # A line that does not follow the one before says what it follows, and none says it without need.
    assert refused(pair, change=drop) == "sync.inside_line"

    def said(lines: list[Line]) -> None:
        lines.pop(5)
        lines[5]["record"]["prev"] = "ab" * 32

    assert refused(pair, change=edited(said)) == "sync.gap"


def test_line_that_says_what_it_follows_without_need(pair: World) -> None:
    def said(lines: list[Line]) -> None:
        record = pair[A].vault.journal.get(f"{pair[A].device}:4")
        assert record is not None
        at = next(i for i in of_kind(lines, "record") if lines[i]["record"]["seq"] == 4)
        lines[at]["record"]["prev"] = record.prev

    assert refused(pair, change=edited(said)) == "sync.inside_line"


def test_chain_that_follows_another_past(pair: World) -> None:
    """The first line of a chain says what it follows; that it is not what lies here is found."""
    pair.send(A, C)
    enter_value(pair[A], item(pair[A].enrol().identity), "118")

    def later(lines: list[Line]) -> list[Line]:
        ends = pair[C].vault.journal.heads()
        end = ends[pair[A].device][0]
        kept = [one for one in lines if "record" not in one or one["record"]["device"] != pair[A].device]
        with pair[A].vault.store.read() as tx:
            known = {**dict.fromkeys(ends, 2**53), pair[A].device: end}
            above = list(pair[A].vault.journal.above(known, tx))
        fresh = record_lines(above)
        fresh[0]["record"]["prev"] = "ab" * 32
        return [kept[0], *fresh, *kept[1:]]

    assert refused(pair, change=later) == "store.chain_broken"


def test_last_record_dropped(pair: World) -> None:
    last = edited(lambda lines: lines.pop(of_kind(lines, "record")[-1]))
    assert refused(pair, change=last) == "store.chain_unsealed"


def test_seals_dropped_or_exchanged(pair: World) -> None:
    def drop(lines: list[Line]) -> list[Line]:
        return [line for line in lines if "seal" not in line]

    assert refused(pair, change=drop) == "store.chain_unsealed"

    def other(lines: list[Line]) -> None:
        seal = lines[of_kind(lines, "seal")[0]]["seal"]
        seal["sig"] = "A" * 86 + "=="

    assert refused(pair, change=edited(other)) == "store.chain_unsealed"


def test_heads_that_the_records_do_not_reach(pair: World) -> None:
    def lie(lines: list[Line]) -> None:
        lines[0]["manifest"]["heads"][pair[A].device]["hash"] = "ab" * 32

    assert refused(pair, change=edited(lie)) == "sync.heads_differ"


# -- writing and reading lines ---------------------------------------------------------------------------


def test_lines_read_back() -> None:
    assert read_line(write_line("seal", {"text": "血清"})[:-1]) == ("seal", {"text": "血清"})
    longest = {"text": ["x" * MAX_STRING, "y" * MAX_STRING]}
    assert read_line(write_line("record", longest)[:-1]) == ("record", longest)


@pytest.mark.parametrize(
    "content",
    ["x" * (MAX_STRING + 1), {"a": ["血" * (MAX_STRING // 3 + 1)]}, ["x" * 60_000] * 5],
    ids=["one", "deep", "many"],
)
def test_lines_too_long_to_write(content: object) -> None:
    with pytest.raises(LineRefused):
        write_line("record", content)


def test_line_of_the_greatest_length() -> None:
    line = write_line("record", ["x" * 65_000] * 4)
    assert len(line) <= MAX_LINE
    with pytest.raises(LineRefused):
        read_line(b" " * MAX_LINE)
