"""A process that ends by SIGKILL at a chosen step of any act: a SQL statement or an operation on a file.

The act runs in a child made by ``fork``. Once it runs to its end, and its steps are counted; then again and
again, each time from the same folder, and killed at another of them.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mda5_crf import settings
from mda5_crf.db import store
from tests.commandline import remembered_keys

Act = Callable[[Path], Callable[[], object]]
"""Given a folder of one's own, makes everything ready and returns the act itself."""

# Read here once: otherwise the first life opens these files, and is some steps longer than the others.
_ZONES = tuple(ZoneInfo(name) for name in ("UTC", "Asia/Shanghai"))
FILES = ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "os.rmdir", "shutil.copyfile")


class Steps:
    """Counts steps once armed, and ends the process at one of them."""

    def __init__(self, last: int, delay: float) -> None:
        self.count, self.armed = 0, False
        self._last, self._delay = last, delay
        real = store.connect

        def connect(path: Path, key: bytes | bytearray) -> Any:  # noqa: ANN401 - as the driver
            raw = real(path, key)
            raw.set_trace_callback(lambda _sql: self.step())
            return raw

        store.connect = connect  # only in this process, which is about to end
        sys.addaudithook(self._audited)

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        # A module is loaded in the first life that needs it and in none after that: no step of the act.
        if self.armed and event in FILES and not str(arguments[0]).endswith((".py", ".pyc")):
            self.step()

    def step(self) -> None:
        """The act has come this far."""
        if not self.armed:
            return
        self.count += 1
        if self.count == self._last:
            time.sleep(self._delay)
            os.kill(os.getpid(), signal.SIGKILL)


def _child(act: Act, folder: Path, last: int, pipe: int) -> None:
    with remembered_keys():
        steps = Steps(last, 0)
        run = act(folder)
        steps.armed = True
        run()
        steps.armed = False
    os.write(pipe, str(steps.count).encode())


def _live(act: Act, folder: Path, last: int) -> int | None:
    """Do it in a child; the number of steps, or None when it was killed at ``last``."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _child(act, folder, last, writer)
        except BaseException:  # noqa: BLE001 - the child must not go on as pytest
            traceback.print_exc()
            os._exit(1)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        told = answers.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
    assert told, "the act failed before it could be killed"
    return int(told)


def kill_everywhere(
    act: Act, folder: Path, scratch: Path, check: Callable[[Path], None], kills: int
) -> tuple[int, int]:
    """Kill ``act`` at ``kills`` of its steps, spread over all of them; ``check`` looks at what is left.

    Returns how often it was killed and how often all was well; the first failure is raised.
    """
    whole = _live(act, _copy(folder, scratch), 0)
    assert whole, "an act without a step"
    survived = 0
    chosen = list(_spread(whole, kills))
    for last in chosen:
        place = _copy(folder, scratch)
        assert _live(act, place, last) is None, f"step {last} of {whole} was not reached"
        check(place)
        survived += 1
    shutil.rmtree(scratch)
    return len(chosen), survived


def _spread(whole: int, kills: int) -> Iterable[int]:
    """One step from each of ``kills`` equal parts, the last step among them."""
    rng = random.Random(f"{whole} {kills}")
    kills = min(kills, whole)
    edges = [whole * part // kills for part in range(kills + 1)]
    steps = [rng.randint(low + 1, high) for low, high in itertools.pairwise(edges)]
    return sorted({*steps[:-1], whole})


def _copy(folder: Path, scratch: Path) -> Path:
    # This PC has seen the life before, which went further: as a witness it would rightly say so.
    (settings.config_directory() / settings.FILE).unlink(missing_ok=True)
    shutil.rmtree(scratch, ignore_errors=True)
    return Path(shutil.copytree(folder, scratch))
