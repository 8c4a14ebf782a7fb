"""Files that are far larger inside than outside, read in a child that may not have that much memory."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from mda5_crf.crypto import file_hash
from mda5_crf.errors import CrfError
from mda5_crf.study import source as sources
from mda5_crf.sync import joinfiles, joining
from mda5_crf.sync.sources import MAX_DEFINITIONS, MAX_SOURCE, source_lines
from tests.commandline import ROOT
from tests.faults.fuzzing import Range, Way, ended
from tests.unit.sync.forging import Line
from tests.unit.sync.joinkit import parts, written

MIB: Final = 1 << 20
MOST: Final = 300 * MIB
"""What a file may make this program ask for beyond what it had."""


@dataclass(frozen=True)
class Outcome:
    """What became of a bomb: code of the refusal ("" = taken), peak in MiB, seconds of the processor."""

    code: str
    peak: int
    seconds: float


def confined(read: Callable[[], object]) -> Outcome:
    """``read`` in a child of its own under a limit of memory."""
    import resource

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            most = pages * os.sysconf("SC_PAGE_SIZE") + MOST
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
            before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
            code = ""
            try:
                read()
            except CrfError as error:
                code = error.code
            took = time.process_time() - began
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
            os.write(writer, json.dumps([code, grown, took]).encode())
        except BaseException:  # noqa: BLE001 - the child must not go on as pytest
            traceback.print_exc()
            os._exit(1)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        answer = told.read()
    os.waitpid(child, 0)
    assert answer, "the child had not memory enough, or crashed: see standard error"
    return Outcome(*json.loads(answer))


def possible() -> bool:
    """Whether this system can limit a child's memory."""
    return sys.platform.startswith("linux")


def blown(unit: bytes, mebibytes: int = 400) -> bytes:
    """What inflates to so many copies of ``unit`` (1 MiB); only the sum at its very end is wrong."""
    deflate = zlib.compressobj(9)
    first = deflate.compress(unit) + deflate.flush(zlib.Z_FULL_FLUSH)
    block = deflate.compress(unit) + deflate.flush(zlib.Z_FULL_FLUSH)
    return first + block * (mebibytes - 1) + b"\x03\0" + bytes(4)


def bombs(targets: Range, *, full: bool) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every bomb with what reads it; those that take the longest to defuse are smaller unless ``full``."""
    way = targets.ways[1]  # the centre's bundle, which may bring definitions
    for name, packed in _packings():
        yield name, partial(way.plan, _around(way, packed))
    for name, lines in _lines(way, full):
        yield name, partial(way.plan, way.closed(lines, 2))
    for name, source in _definitions(full):
        yield f"invitation, {name}", partial(joining.looked_at, _invitation(targets, source), targets.now)
    head, _ = parts(targets.invitation)
    for said in (1000, sources.LARGEST_SOURCE):
        data = written(
            joinfiles.INVITATION, {**head, "source_len": said}, blown(bytes(MIB)), targets.authority
        )
        yield f"invitation, 400 MiB for {said}", partial(joining.looked_at, data, targets.now)


def _around(way: Way, packed: bytes) -> bytes:
    return way.closed([], 2, packed=lambda _: packed)


def _packings() -> Iterator[tuple[str, bytes]]:
    yield "one line of 400 MiB", blown(b"[" * MIB)
    yield "400 MiB of empty lines", blown(b"\n" * MIB)
    yield "packed twice", zlib.compress(blown(bytes(MIB)), 1)


def _lines(way: Way, full: bool) -> Iterator[tuple[str, list[bytes]]]:
    def whole(more: list[Line | bytes], **manifest: Any) -> list[bytes]:  # noqa: ANN401 - JSON
        lines: list[Line | bytes] = list(way.copied(2))
        assert isinstance(lines[0], dict)
        lines[0] = {"manifest": {**lines[0]["manifest"], **manifest}}
        return ended([lines[0], *more, *lines[1:]])

    many = {f"{number:016x}": {"seq": 1, "hash": "ab" * 32} for number in range(2000)}
    yield "a manifest of 2000 chains", whole([], heads=many, have=many, base=dict.fromkeys(many, 1))
    for name, source in _definitions(full):
        if len(source) <= MAX_SOURCE and (full or name == "empty objects"):
            yield (
                f"definition, {name}",
                whole([json.loads(o) for o in source_lines(file_hash(source), "X", source)]),
            )
    zeros = [
        json.loads(one)
        for n in range(MAX_DEFINITIONS)
        for one in source_lines(f"{n:064x}", "X", bytes(MAX_SOURCE))
    ]
    yield f"{MAX_DEFINITIONS} definitions of 8 MiB", whole(zeros)
    yield "one definition more", whole([*zeros, {"definition": {**zeros[0]["definition"], "hash": "f" * 64}}])
    larger = blown(bytes(MIB))
    pieces = [larger[at : at + 45 * 1024] for at in range(0, len(larger), 45 * 1024)]
    about = {"hash": "ab" * 32, "oid": "X", "parts": len(pieces)}
    yield "a definition of 400 MiB", whole([
        {"definition": {**about, "part": n, "data": b64encode(p).decode()}} for n, p in enumerate(pieces, 1)
    ])  # fmt: skip


def _definitions(full: bool) -> Iterator[tuple[str, bytes]]:
    """Sources of which a reader makes many times their size."""
    most = sources.LARGEST_SOURCE - 100
    yield "empty objects", b"[" + b"{}," * (most // 3) + b"{}]"
    yield "a number of 8 million digits", b"9" * most
    yield "nested a million deep", b"[" * most
    files, _ = sources.read_directory(ROOT / "tests" / "data" / "definitions" / "mini")
    for name, text in (
        ("a text of 7 MiB", 'a="' + "x" * (7 * MIB) + '"'),
        ("lists in lists", "a = " + "[" * 100_000 + "]" * 100_000),
        ("tables in tables", "a = " + "{a=" * 39_000 + "1" + "}" * 39_000),
        (
            "thousands of tables",
            "\n".join(f"[a{number}.b.c.d.e.f.g]" for number in range(20_000 if full else 3_000)),
        ),
    ):
        yield name, sources.pack({**files, "study.toml": text})


def _invitation(targets: Range, source: bytes) -> bytes:
    head, _ = parts(targets.invitation)
    hashed = file_hash(source)
    head |= {"source_len": len(source), "definition": hashed, "card": {**head["card"], "definition": hashed}}
    return written(joinfiles.INVITATION, head, zlib.compress(source, 9), targets.authority)
