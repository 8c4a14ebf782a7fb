"""kill -9 while somebody enters values, at every stage of a write.

What is promised: every field whose commit returned is there, nothing is there by half, the vault opens
at once, ``verify`` finds nothing. ``make test`` kills 20 times, ``make nightly`` 200 times.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.itemkey import ItemKey
from tests.faults import killing
from tests.faults.killing import IN_CHECKPOINT, IN_CLOSE, IN_COMMIT, ITEM, STAGES
from tests.wards import built, session_at

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="SIGKILL and fork; Windows ends processes its own way"
)
ROOT = Path(__file__).resolve().parents[2]
# Seconds, longer than each takes here: so the clock strikes before, within and after it.
LONGEST_DELAY = {IN_COMMIT: 0.001, IN_CHECKPOINT: 0.003, IN_CLOSE: 0.03}


@dataclass
class Life:
    """What one killed person saw."""

    stage: str
    acked: list[tuple[str, str]] = field(default_factory=list)
    tried: str = ""
    signal: int = 0


class Nursery:
    """The program that forks people off to be killed."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, killing.__file__, str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self._line() == ["ready"]

    def live(self, *job: object) -> Life:
        life = Life(str(job[2]))
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        while True:
            kind, *rest = self._line()
            if kind == "try":
                life.tried = rest[0]
            elif kind == "ack":
                life.acked.append((rest[0], rest[1]))
            else:
                life.signal = rest[0]
                return life

    def _line(self) -> list[Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the nursery ended"
        found: list[Any] = json.loads(line)
        return found

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        assert self.process.wait(10) == 0
        self.process.stdout.close()


@pytest.fixture
def ward_and_nursery(tmp_path: Path) -> Iterator[tuple[Path, Nursery]]:
    folder = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    nursery = Nursery(folder)
    yield folder, nursery
    nursery.end()


@pytest.mark.requirement("EMA-5", "E6-11")
def test_kill_during_entry(
    ward_and_nursery: tuple[Path, Nursery],
    times: Callable[[int, int], int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, nursery = ward_and_nursery
    with session_at(folder) as session:
        subject = session.enrol().identity
    rng = random.Random(20261123)
    fell: Counter[str] = Counter()
    durable: Counter[str] = Counter()
    shown = ""  # what the item showed before this life
    for number in range(times(20, 200)):
        stage = STAGES[number % len(STAGES)]
        nth, delay = rng.randint(1, 6), rng.uniform(0, LONGEST_DELAY.get(stage, 0))
        life = nursery.live(str(folder), subject, stage, nth, delay, f"life {number}")
        assert life.signal == signal.SIGKILL, f"{stage}: the process was not killed"
        fell[stage] += 1
        shown = _check(folder, subject, life, nth, shown)
        durable[stage] += shown == life.tried
    lines = [f"killed {fell.total()} times during entry; in brackets: the value under way had become durable"]
    lines += [f"  {stage:28} {fell[stage]:4}  ({durable[stage]})" for stage in STAGES]
    with capsys.disabled():
        # Standard error reaches the terminal from a worker process, too.
        sys.stderr.write("\n" + "\n".join(lines) + "\n")
    assert set(fell) == set(STAGES)


def _check(folder: Path, subject: str, life: Life, nth: int, before: str) -> str:
    """Everything that was acknowledged is there, the rest whole or not at all; returns what shows now."""
    with session_at(folder) as session:
        assert session.verify().troubles == ()
        for text, record in life.acked:
            found = session.vault.journal.get(record)
            assert found is not None, f"{life.stage}: an acknowledged record is gone"
            assert found.data["text"] == text
        key = ItemKey(subject, "BL", "", "SV")
        state = session.state(key)
        shown = next(s.value.text for k, s in state.items.items() if k.item == ITEM)
    last = life.acked[-1][0] if life.acked else before
    assert shown in (last, life.tried), (
        f"{life.stage}: shows neither the last acknowledged value nor the next"
    )
    by_clock = life.stage in (IN_COMMIT, IN_CHECKPOINT, IN_CLOSE)
    if not by_clock:
        assert len(life.acked) == nth - 1, f"{life.stage} was not reached at write {nth}"
        assert (shown == life.tried) == (life.stage == killing.AFTER_COMMIT), life.stage
    else:
        assert len(life.acked) >= nth - 1
    return shown


def test_a_transaction_cut_off_leaves_no_trace(ward_and_nursery: tuple[Path, Nursery]) -> None:
    """What was being typed at the moment of death stands in no record: not half a value, but none."""
    folder, nursery = ward_and_nursery
    with session_at(folder) as session:
        subject = session.enrol().identity
    life = nursery.live(str(folder), subject, killing.AFTER_SEAL, 3, 0.0, "cut off")
    with session_at(folder) as session:
        texts = [r.data.get("text") for r in session.vault.journal.records(kinds=("value",))]
    assert texts == [text for text, _ in life.acked] == ["cut off value 1", "cut off value 2"]


def test_the_lock_of_the_dead_holds_nobody_up(ward_and_nursery: tuple[Path, Nursery]) -> None:
    folder, nursery = ward_and_nursery
    with session_at(folder) as session:
        subject = session.enrol().identity
    nursery.live(str(folder), subject, killing.AFTER_COMMIT, 1, 0.0, "holder")
    assert (folder / "vault.lock").read_bytes(), "the dead left their name behind"
    with session_at(folder) as session:
        assert session.subjects()
