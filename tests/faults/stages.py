"""Kills at named stages of an act: "before or after, never between", and how often at which stage.

As ``dying`` does it (a step is a SQL statement or an operation on a file), but every step has the name of the
stage it lies in. A first life writes them down; then each stage gets its share of the kills. At a COMMIT the
process is killed from outside, while it runs.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mda5_crf.db import store
from tests.commandline import remembered_keys
from tests.faults import counts, dying
from tests.faults.killing import die_in

COMMIT: Final = "in the commit"
BEGUN: Final = "begun"


@dataclass(frozen=True)
class Spot:
    """Where a stage begins: when ``name`` of ``owner`` is called, and, if there is one, when it returns."""

    owner: Any
    name: str
    entering: str
    leaving: str = ""


class Steps:
    """Names steps once armed; at step ``last`` the process ends."""

    def __init__(self, spots: Sequence[Spot], last: int, delay: float) -> None:
        self.stage, self.seen, self.armed = BEGUN, list[str](), False
        self._last, self._delay = last, delay
        self.late = False
        real = store.connect

        def connect(path: Path, key: bytes | bytearray) -> Any:  # noqa: ANN401 - as the driver
            raw = real(path, key)
            raw.set_trace_callback(self._statement)
            return raw

        store.connect = connect  # only in this process, which is about to end
        sys.addaudithook(self._audited)
        for spot in spots:
            setattr(spot.owner, spot.name, self._watched(spot, getattr(spot.owner, spot.name)))

    def _watched(self, spot: Spot, real: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - wrapped as it is
            self._come(spot.entering)
            found = real(*args, **named)
            if spot.leaving:
                self._come(spot.leaving)
            return found

        return watched

    def _come(self, stage: str) -> None:
        if self.armed:
            self.stage = stage
            self.step()

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        # A module is loaded in the first life that needs it and in none after that: no step of the act.
        if self.armed and event in dying.FILES and not str(arguments[0]).endswith((".py", ".pyc")):
            self.step()

    def _statement(self, sql: str) -> None:
        self.step(COMMIT if sql.lstrip()[:6].upper() == "COMMIT" else "")

    def step(self, stage: str = "") -> None:
        """The act has come this far."""
        if not self.armed:
            return
        self.seen.append(stage or self.stage)
        if len(self.seen) != self._last:
            return
        if stage == COMMIT:
            self.late = True
            die_in(self._delay)
        else:
            os.kill(os.getpid(), signal.SIGKILL)


def _child(act: dying.Act, folder: Path, steps: Steps, pipe: int) -> None:
    with remembered_keys():
        run = act(folder)
        steps.armed = True
        run()
        steps.armed = False
    if steps.late:
        time.sleep(60)  # whoever counts down outside ends it
    with os.fdopen(pipe, "wb") as told:
        told.write(json.dumps(steps.seen).encode())


def _live(
    act: dying.Act, folder: Path, spots: Sequence[Spot], last: int, delay: float = 0
) -> list[str] | None:
    """Do it in a child; the stages of all its steps, or None when it was killed at ``last``."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            _child(act, folder, Steps(spots, last, delay), writer)
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
    found: list[str] = json.loads(told)
    return found


def kill_at_every_stage(
    act: dying.Act,
    folder: Path,
    scratch: Path,
    spots: Sequence[Spot],
    check: Callable[[Path, str], None],
    kills: int,
) -> Mapping[str, int]:
    """Kill ``act`` ``kills`` times (and once at every stage at the least); ``check`` looks at what is left.

    Returns how often at which stage; the first failure is raised.
    """
    seen = _live(act, dying._copy(folder, scratch), spots, 0)
    assert seen, "an act without a step"
    places: dict[str, list[int]] = defaultdict(list)
    for number, stage in enumerate(seen, 1):
        places[stage].append(number)
    expected = {COMMIT} | {one for spot in spots for one in (spot.entering, spot.leaving) if one}
    assert set(places) - {BEGUN} == expected, set(places) ^ expected
    rng = random.Random(f"{act.__name__} {len(seen)}")
    found: dict[str, int] = dict.fromkeys(places, 0)
    while sum(found.values()) < max(kills, len(places)):
        stage = min(found, key=lambda one: found[one])
        place = dying._copy(folder, scratch)
        last, delay = rng.choice(places[stage]), rng.uniform(0, 0.003)
        assert _live(act, place, spots, last, delay) is None, f"step {last} of {len(seen)} was not reached"
        try:
            check(place, stage)
        except AssertionError as error:
            raise AssertionError(f"killed at step {last} of {len(seen)}, {stage}: {error}") from error
        found[stage] += 1
    for stage, count in found.items():
        counts.faults(f"kill -9: {act.__name__}, {stage}", injected=count, survived=count)
    return found
