"""Reading files of strangers in a process of its own, with a limit on time and memory.

Pictures and PDF files may come from anybody, and the libraries that read them are large. So nothing of a file
is parsed here: it goes through a pipe to ``python -m mda5_crf.jobs.looker``, which has no vault and no key,
and what comes back is JSON of bounded length. A child that hangs, grows or dies is an answer as well.

``ask`` sends small files and waits for the answer. ``stream`` sends a file of any size and hands on what the
child tells while it reads; what goes wrong there is an :class:`InputRefused` in words.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NoReturn, Self

from mda5_crf.errors import InputRefused
from mda5_crf.text import Text

SECONDS: Final = 30.0
"""A child that has said nothing by then is ended."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that are looked at."""
LOOKER: Final = "--looker"
"""What a program built as a folder is started with to be the child: it has no ``python -m``."""
PICTURES: Final = "--pictures"
"""The same for the child that takes the pictures of a demonstration (``cli/demo.py``)."""
LARGEST_STREAM: Final = 4 * 1024 * 1024 * 1024
"""Bytes of a file that is streamed."""
STREAM_MEMORY: Final = {"odm": 768 * 1024 * 1024, "sheet": 1024 * 1024 * 1024}
"""Bytes that the child of an act may ask for."""
LONGEST_LINE: Final = 64 * 1024 * 1024
"""Bytes of one line of a child: the data of one participant, one row of a sheet."""
_MIB: Final = 1024 * 1024
_MOST_TOLD: Final = (64 * _MIB, 24)
"""Bytes that may be told of an empty file, and of each byte of one. XML becomes JSON of 6 times at most."""
_PIECE: Final = 64 * 1024
_NO_MEMORY: Final = 3
_END: Final = {"end": True}
_CODE: Final = re.compile(r"[a-z0-9]{1,20}\.[a-z0-9_]{1,60}")
_MOST_ANSWER: Final = 4 * 1024 * 1024
_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child told, in its order. ``why`` it came to no end: "time" (ended by us) or "died"."""

    told: tuple[dict[str, Any], ...]
    why: str = ""

    @property
    def refused(self) -> str:
        """Why the child did not do the work, "" when it did."""
        return next((str(one["refused"]) for one in self.told if "refused" in one), "")


def ask(act: str, *files: bytes, seconds: float | None = None) -> Answer:
    """Let the child do ``act`` with ``files`` (see ``looker``). Never raises for what a file holds."""
    order = json.dumps({"act": act, "sizes": [len(one) for one in files]}).encode("ascii") + b"\n"
    child = _started()
    assert child.stdin is not None
    assert child.stdout is not None
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(SECONDS if seconds is None else seconds, end)
    timer.start()
    sender = threading.Thread(target=_send, args=(child.stdin, (order, *files)), daemon=True)
    sender.start()
    try:
        said = child.stdout.read(_MOST_ANSWER + 1)
    finally:
        child.kill()
        child.wait()
        timer.cancel()
        sender.join()
        child.stdout.close()
    told: list[dict[str, Any]] = []
    for line in said[:_MOST_ANSWER].splitlines():
        try:
            one = json.loads(line)
        except ValueError:
            break  # cut off in the middle
        if isinstance(one, dict):
            told.append(one)
    if told and told[-1].get("end") is True:
        return Answer(tuple(told[:-1]))
    return Answer(tuple(told), "time" if late.is_set() else "died")


def stream(act: str, file: Path, options: Mapping[str, Any] | None = None) -> Stream:
    """What the child tells of ``file`` while it reads it (acts ``odm`` and ``sheet`` of ``looker``).

    Nothing happens before the first line is asked for. ``next`` raises InputRefused, in words, for whatever
    is wrong with the file, and nothing else; lines that came before a refusal were true, but the file is not
    to be used. To stop early, ``close`` it, leave its ``with`` or forget it: the child ends with it.
    """
    return Stream(act, file, dict(options or {}))


def opened(file: Path) -> IO[bytes]:
    """A file of somebody else, opened to be read as it is, if it is a file. What waits for somebody (a pipe,
    a device) is never waited for. Raises InputRefused.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    try:
        if not file.is_file() and file.exists():
            raise InputRefused("hostile.file_special", file=file.name)
        source = os.fdopen(os.open(file, flags | getattr(os, "O_BINARY", 0)), "rb", buffering=0)
    except (OSError, ValueError):
        raise InputRefused("hostile.file_missing", file=file.name) from None
    about = os.fstat(source.fileno())
    code = "" if stat.S_ISREG(about.st_mode) else "hostile.file_special"
    if not code and about.st_size > LARGEST_STREAM:
        code = "hostile.file_large"
    if code:
        source.close()
        raise InputRefused(code, file=file.name, most=LARGEST_STREAM // _MIB)
    return source


class Stream(Iterator[dict[str, Any]]):
    """See ``stream``."""

    def __init__(self, act: str, file: Path, options: dict[str, Any]) -> None:
        self._course = _Course(act, file, options)
        self._lines = self._course.run()

    @property
    def size(self) -> int:
        """Bytes of the file; 0 before the first line."""
        return self._course.size

    @property
    def sent(self) -> int:
        """How many of them the child has taken: how far it is."""
        return self._course.sent

    @property
    def sha256(self) -> str:
        """Of exactly what was read, once the last line has come; "" before."""
        return self._course.sha256

    def __next__(self) -> dict[str, Any]:
        return next(self._lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # not begun
            self.close()

    def close(self) -> None:
        """End the child, if it has not ended. May be called twice."""
        self._lines.close()


class _Course:
    """One reading. Threads hold it, so that a ``Stream`` that nobody holds any more can go."""

    def __init__(self, act: str, file: Path, options: dict[str, Any]) -> None:
        self.act, self.file, self.options = act, file, options
        self.size = self.sent = 0
        self.sha256 = ""
        self._seconds = SECONDS
        self._moved = self._asked = 0.0
        self._broken, self._whole = "", False
        self._digest = hashlib.sha256()

    def run(self) -> Generator[dict[str, Any]]:
        source = opened(self.file)
        self.size = os.fstat(source.fileno()).st_size
        child = _started()
        assert child.stdin is not None
        assert child.stdout is not None
        over, late = threading.Event(), threading.Event()
        order = {
            "act": self.act,
            "options": self.options,
            "memory": STREAM_MEMORY[self.act],
            "seconds": 60 + 10 * self.size // _MIB,
        }
        first = json.dumps(order).encode("ascii") + b"\n"
        self._moved = time.monotonic()
        sender = threading.Thread(target=self._feed, args=(source, child.stdin, first), daemon=True)
        watcher = threading.Thread(target=self._watch, args=(child, over, late), daemon=True)
        try:
            sender.start()
            watcher.start()
            last: dict[str, Any] = {}
            for last in self._told(child.stdout):
                if last == _END or "refused" in last:
                    break
                yield last
            if last == _END:
                self._asked = time.monotonic()  # it says so, but does it take the rest of the file?
                sender.join()
            if self._broken:  # whatever the child made of half a file
                raise InputRefused(self._broken, file=self.file.name)
            if "refused" in last:
                self._refuse(last)
            if last != _END or not self._whole:
                self._died(child, late=late.is_set())
            self.sha256 = self._digest.hexdigest()
        finally:
            over.set()
            child.kill()
            child.wait()
            watcher.join()
            sender.join(2)  # a dead network drive may hold it; it is a daemon
            child.stdout.close()

    def _feed(self, source: IO[bytes], pipe: IO[bytes], first: bytes) -> None:
        """In a thread: the file through the pipe, summed on its way; watches that it stays what it was."""
        before = os.fstat(source.fileno())
        with source, suppress(OSError), pipe:  # a child that died reads no more
            pipe.write(first)
            while True:
                try:
                    piece = source.read(_PIECE)
                except OSError:
                    self._broken = "hostile.file_missing"
                    return
                now = os.fstat(source.fileno())
                if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                    self._broken = "hostile.file_changed"
                    return
                if not piece:
                    self._whole = True
                    return
                self._digest.update(piece)
                pipe.write(piece)
                self.sent += len(piece)
                self._moved = time.monotonic()

    def _watch(self, child: subprocess.Popen[bytes], over: threading.Event, late: threading.Event) -> None:
        """In a thread: end a child that neither takes nor tells anything while we wait for it."""
        while not over.wait(min(0.5, self._seconds / 4)):
            asked = self._asked
            if asked and time.monotonic() - max(asked, self._moved) > self._seconds:
                late.set()
                child.kill()
                return

    def _told(self, pipe: IO[bytes]) -> Iterator[dict[str, Any]]:
        """The lines of the child. Comes to an end where it does, or where it talks rubbish."""
        left, pieces, length = _MOST_TOLD[0] + _MOST_TOLD[1] * self.size, list[bytes](), 0
        while True:
            self._asked = time.monotonic()
            chunk = pipe.read1(4 * _PIECE)  # type: ignore[attr-defined]
            self._asked = 0.0
            if not chunk:
                return
            left -= len(chunk)
            length += len(chunk)
            pieces.append(chunk)
            if left < 0 or length > LONGEST_LINE:
                raise InputRefused("hostile.file_output", file=self.file.name)
            if b"\n" not in chunk:
                continue
            *lines, last = b"".join(pieces).split(b"\n")
            pieces, length = [last], len(last)
            for line in lines:
                try:
                    told = _DECODER.decode(line.decode("utf-8"))
                except (ValueError, RecursionError):
                    return
                if not isinstance(told, dict):
                    return
                yield told

    def _refuse(self, told: dict[str, Any]) -> NoReturn:
        """Say what the child refused, in our own words."""
        code, given = told["refused"], told.get("with", {})
        try:
            if not isinstance(code, str) or not _CODE.fullmatch(code) or not isinstance(given, dict):
                raise ValueError
            error = InputRefused(code, **{"file": self.file.name, **{k: _said(v) for k, v in given.items()}})
        except (ValueError, TypeError, LookupError, ImportError):
            error = InputRefused("hostile.file_died", file=self.file.name)
        raise error

    def _died(self, child: subprocess.Popen[bytes], *, late: bool) -> NoReturn:
        """Say why the child came to no end."""
        try:
            status = child.wait(2)
        except subprocess.TimeoutExpired:
            status = 0
        name = self.file.name
        if late or status == -getattr(signal, "SIGXCPU", signal.SIGTERM):
            raise InputRefused("hostile.file_time", file=name, seconds=round(self._seconds))
        if status == _NO_MEMORY:
            raise InputRefused("hostile.file_memory", file=name, most=STREAM_MEMORY[self.act] // _MIB)
        raise InputRefused("hostile.file_died", file=name)


def _nothing(word: str) -> NoReturn:
    raise ValueError(word)


_DECODER: Final = json.JSONDecoder(parse_constant=_nothing)


def _said(value: object) -> object:
    """A parameter of a sentence as the child gave it: a short text, a number, or a text in both languages."""
    if isinstance(value, list):
        english, chinese = value
        return Text(str(english)[:512], str(chinese)[:512])
    return value if isinstance(value, int) else str(value)[:512]


def _started() -> subprocess.Popen[bytes]:
    """A child that waits for its order."""
    how = [LOOKER] if getattr(sys, "frozen", False) else ["-m", "mda5_crf.jobs.looker"]
    return subprocess.Popen(  # noqa: S603 - this program itself, and two words of ours
        [sys.executable, *how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_surroundings(),
        close_fds=True,
    )


def _send(pipe: IO[bytes], pieces: tuple[bytes, ...]) -> None:
    with suppress(OSError), pipe:  # a child that died reads no more
        for piece in pieces:
            pipe.write(piece)


def _surroundings() -> dict[str, str]:
    """What the child needs of our environment, and the way to our own package."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "LANG", "TEMP") if name in os.environ}
    known = os.environ.get("PYTHONPATH", "")
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), known))), "PYTHONUTF8": "1"}
