"""A file of a stranger goes through a child: what it tells, how it fails, and that it is always ended."""

# ruff: noqa: E501 - tables of what a child may say

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.jobs import confined, limits, looker
from tests.commandline import ROOT

RAVE = ROOT / "tests" / "data" / "odm" / "rave-audit-transactional.xml"
Childs = list[subprocess.Popen[bytes]]


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Childs:
    """Every child that was started."""
    made: Childs = []
    real = confined._started

    def started() -> subprocess.Popen[bytes]:
        made.append(real())
        return made[-1]

    monkeypatch.setattr(confined, "_started", started)
    return made


@pytest.fixture
def saying(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], confined.Stream]:
    """A stream whose child is a program of the test, with a small file of its own."""
    monkeypatch.setattr(confined, "SECONDS", 0.4)
    file = tmp_path / "some.csv"
    file.write_bytes(b"a,b\n" * 50_000)

    def made(program: str) -> confined.Stream:
        monkeypatch.setattr(
            confined,
            "_started",
            lambda: subprocess.Popen(
                [sys.executable, "-S", "-c", f"import sys,time,os\nout=sys.stdout.buffer\n{program}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            ),
        )
        return confined.stream("sheet", file)

    return made


def code_of(lines: confined.Stream) -> str:
    with pytest.raises(InputRefused) as refused:
        list(lines)
    assert lines.sha256 == "" or lines.sent == lines.size
    assert refused.value.in_("en") != refused.value.in_("zh")
    return refused.value.code


def test_it_tells_what_the_reader_tells_and_sums_what_was_read() -> None:
    with confined.stream("odm", RAVE) as lines:
        first = next(lines)
        assert (first["what"], lines.sha256) == ("head", "")
        rest = list(lines)
    assert rest[-1]["what"] == "end" and len(rest) > 2000
    assert lines.sha256 == hashlib.sha256(RAVE.read_bytes()).hexdigest()
    assert lines.sent == lines.size == RAVE.stat().st_size
    with RAVE.open("rb") as stream:
        assert [first, *rest] == list(looker.reader("odm", stream, {}))


def test_nothing_is_started_before_it_is_asked(children: Childs, tmp_path: Path) -> None:
    lines = confined.stream("odm", tmp_path / "none.xml")
    lines.close()
    lines.close()
    assert list(lines) == [] and not children


@pytest.mark.parametrize("way", ["close", "with", "forgotten", "error"])
def test_whoever_stops_early_ends_the_child(children: Childs, way: str) -> None:
    lines = confined.stream("odm", RAVE)
    assert next(lines)
    if way == "close":
        lines.close()
    elif way == "with":
        with lines:
            next(lines)
    elif way == "error":
        with pytest.raises(ZeroDivisionError), lines:
            raise ZeroDivisionError
    else:
        del lines
        gc.collect()
    (child,) = children
    assert child.returncode is not None
    assert not [one for one in threading.enumerate() if "_feed" in one.name or "_watch" in one.name]


def test_a_child_that_hangs(saying: Callable[[str], confined.Stream]) -> None:
    began = time.monotonic()
    assert code_of(saying("time.sleep(60)")) == "hostile.file_time"
    lines = saying("sys.stdin.buffer.read(); out.write(b'{\"row\":1}\\n'); out.flush(); time.sleep(60)")
    assert code_of(lines) == "hostile.file_time"
    assert time.monotonic() - began < 5


def test_time_counts_only_while_we_wait(saying: Callable[[str], confined.Stream]) -> None:
    lines = saying(
        "out.write(b'{\"row\":1}\\n'); out.flush(); sys.stdin.buffer.read(); out.write(b'{\"end\":true}\\n')"
    )
    assert next(lines) == {"row": 1}
    time.sleep(1.2)
    assert list(lines) == [] and lines.sha256


def test_a_child_that_says_the_end_and_never_takes_the_file(saying: Callable[[str], confined.Stream]) -> None:
    lines = saying("out.write(b'{\"end\":true}\\n'); out.flush(); time.sleep(60)")
    assert code_of(lines) == "hostile.file_time"
    assert code_of(saying("out.write(b'{\"end\":true}\\n')")) == "hostile.file_died"


@pytest.mark.parametrize(
    "said",
    [
        "b''", "b'\\n'", "b'rubbish\\n'", "b'[1]\\n'", "b'{\\n'", "b'{\"row\": NaN}\\n'", "b'\\xff\\xfe\\n'",
        "b'{\"row\":1}'", "b'[' * 90_000 + b'\\n'", "b'{\"n\":' * 90_000 + b'\\n'", "b'{\"n\":' + b'9' * 5000 + b'}\\n'",
    ],
)  # fmt: skip
def test_a_child_that_talks_rubbish_or_dies(saying: Callable[[str], confined.Stream], said: str) -> None:
    assert code_of(saying(f"sys.stdin.buffer.read(); out.write({said})")) == "hostile.file_died"


@pytest.mark.parametrize(
    "said",
    [
        b'{"refused": 5}', b'{"refused": "hostile.no_such_sentence"}', b'{"refused": "no_such_area.x"}',
        b'{"refused": "../../x.y"}', b'{"refused": "hostile.rows"}', b'{"refused": "hostile.rows", "with": 5}',
        b'{"refused": "hostile.rows", "with": {"most": [1, 2, 3]}}', b'{"refused": "language.x"}',
    ],
)  # fmt: skip
def test_a_refusal_that_is_none(saying: Callable[[str], confined.Stream], said: bytes) -> None:
    assert code_of(saying(f"sys.stdin.buffer.read(); out.write({said!r} + b'\\n')")) == "hostile.file_died"


def test_a_refusal_is_said_in_our_words(saying: Callable[[str], confined.Stream]) -> None:
    said = b'{"refused":"hostile.rows","with":{"most":["many","' + "很多".encode() + b'"],"other":5}}\n'
    with pytest.raises(InputRefused) as refused:
        list(saying(f"sys.stdin.buffer.read(); out.write({said!r})"))
    assert refused.value.in_("en").startswith("The sheet has more than many rows")
    assert "很多" in refused.value.in_("zh")


def test_a_child_that_never_stops_talking(
    saying: Callable[[str], confined.Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "_MOST_TOLD", (1 << 20, 0))
    assert code_of(saying("while True: out.write(b'{\"row\":1}\\n' * 1000)")) == "hostile.file_output"
    monkeypatch.setattr(confined, "_MOST_TOLD", (64 << 20, 0))
    monkeypatch.setattr(confined, "LONGEST_LINE", 1 << 20)
    assert code_of(saying("while True: out.write(b'x' * 100_000)")) == "hostile.file_output"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are held on Linux")
def test_a_child_that_grows_is_ended_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(confined.STREAM_MEMORY, "sheet", 96 << 20)
    file = tmp_path / "large.csv"
    file.write_bytes(b"a,b\n" * 20_000_000)
    assert code_of(confined.stream("sheet", file)) == "hostile.file_memory"


def test_the_largest_memory_is_looked_at_as_well() -> None:
    assert limits.too_large(1 << 20)
    assert not limits.too_large(1 << 50)


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes, no devices")
def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "pipe.csv")
    (tmp_path / "circle.csv").symlink_to(tmp_path / "circle.csv")
    (tmp_path / "folder.csv").mkdir()
    found = {
        name: code_of(confined.stream("sheet", tmp_path / name))
        for name in ("pipe.csv", "link.csv", "folder.csv", "circle.csv", "none.csv")
    }
    found["zero"] = code_of(confined.stream("sheet", Path("/dev/zero")))
    special, missing = "hostile.file_special", "hostile.file_missing"
    assert found == {
        "pipe.csv": special, "link.csv": special, "folder.csv": special, "zero": special,
        "circle.csv": missing, "none.csv": missing,
    }  # fmt: skip
    (tmp_path / "real.csv").write_text("a,b\n")
    (tmp_path / "good.csv").symlink_to(tmp_path / "real.csv")
    told = list(confined.stream("sheet", tmp_path / "good.csv"))
    assert {"row": 1, "cells": ["a", "b"]} in told


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_bytes(b"a,b\n")
    monkeypatch.setattr(confined, "LARGEST_STREAM", 3)
    assert code_of(confined.stream("sheet", tmp_path / "x.csv")) == "hostile.file_large"


@pytest.mark.parametrize("change", ["longer", "shorter", "touched"])
def test_a_file_that_changes_while_it_is_read(
    saying: Callable[[str], confined.Stream], tmp_path: Path, change: str
) -> None:
    lines = saying(
        "out.write(b'{\"row\":1}\\n'); out.flush(); time.sleep(0.3)\n"
        "sys.stdin.buffer.read(); out.write(b'{\"end\":true}\\n')"
    )
    assert next(lines)
    file = tmp_path / "some.csv"
    if change == "longer":
        with file.open("ab") as more:
            more.write(b"x")
    elif change == "shorter":
        os.truncate(file, 5)
    else:
        os.utime(file, (1, 1))
    assert code_of(lines) == "hostile.file_changed"


def test_the_ways_out_of_the_child_are_shut(tmp_path: Path) -> None:
    """No file is written, no process started, nobody called."""
    program = """
import sys
from mda5_crf.jobs.limits import shut
import socket, subprocess, os
shut()
tries = [lambda: open(sys.argv[1], "w"), lambda: os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT),
         lambda: socket.create_connection(("127.0.0.1", 9)), lambda: socket.getaddrinfo("localhost", 9),
         lambda: subprocess.run(["true"]), lambda: os.system("true"), lambda: os.remove(sys.argv[0] or "x"),
         lambda: os.mkdir(sys.argv[1]), lambda: os.symlink("a", sys.argv[1])]
for one in tries:
    try:
        one()
    except PermissionError:
        print("shut")
open(os.devnull).close()
print("reads")
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["shut"] * 9 + ["reads"]
    assert not (tmp_path / "out").exists()
