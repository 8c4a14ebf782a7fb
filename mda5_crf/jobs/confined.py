"""Reading files of strangers in a process of its own, with a limit on time and memory.

Pictures and PDF files may come from anybody, and the libraries that read them are large. So nothing of a file
is parsed here: it goes through a pipe to ``python -m mda5_crf.jobs.looker``, which has no vault and no key,
and what comes back is JSON of bounded length. A child that hangs, grows or dies is an answer as well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

SECONDS: Final = 30.0
"""A child that has said nothing by then is ended."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that are looked at."""
LOOKER: Final = "--looker"
"""What a program built as a folder is started with to be the child: it has no ``python -m``."""
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
    how = [LOOKER] if getattr(sys, "frozen", False) else ["-m", "mda5_crf.jobs.looker"]
    child = subprocess.Popen(  # noqa: S603 - this program itself, and two words of ours
        [sys.executable, *how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_surroundings(),
        close_fds=True,
    )
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


def _send(pipe: IO[bytes], pieces: tuple[bytes, ...]) -> None:
    with suppress(OSError), pipe:  # a child that died reads no more
        for piece in pieces:
            pipe.write(piece)


def _surroundings() -> dict[str, str]:
    """What the child needs of our environment, and the way to our own package."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "LANG", "TEMP") if name in os.environ}
    known = os.environ.get("PYTHONPATH", "")
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), known))), "PYTHONUTF8": "1"}
