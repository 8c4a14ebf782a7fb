"""A user at the keyboard who is killed: forks off people who enter values and die in a write.

Started as a program by ``test_kill``. Everything is imported and the password derived once; then, for each
job read from standard input, a child of its own opens the vault, enters values through the ordinary service
and is ended by SIGKILL. It says "try TEXT" before and "ack TEXT RECORD" after every commit that returned.
"""

# ruff: noqa: ANN401 - the functions of the program are wrapped as they are

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from mda5_crf.db import journal, projection
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from tests.wards import session_at

# Where in a write the process ends, in order. Those in _BY_CLOCK run on while another process counts down.
BEFORE_BEGIN = "before begin"
BEFORE_INSERT = "begun, nothing inserted"
AFTER_INSERT = "record inserted, not folded"
AFTER_FOLD = "folded, not sealed"
AFTER_SEAL = "sealed, not committed"
IN_COMMIT = "during commit"
AFTER_COMMIT = "committed, not yet returned"
IN_CHECKPOINT = "during WAL checkpoint"
IN_CLOSE = "during log-out"
STAGES = (
    BEFORE_BEGIN, BEFORE_INSERT, AFTER_INSERT, AFTER_FOLD, AFTER_SEAL,
    IN_COMMIT, AFTER_COMMIT, IN_CHECKPOINT, IN_CLOSE,
)  # fmt: skip
ITEM = "SVREASOC"  # free text: every value can be told from every other


def say(*words: object) -> None:
    """One line to the test, not held back in a buffer that dies with the process."""
    os.write(1, (json.dumps(words) + "\n").encode())


def die() -> None:
    """End as ``kill -9`` does."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def die_in(seconds: float) -> None:
    """Be killed from outside after ``seconds``, whatever is under way then."""
    victim = os.getpid()
    if os.fork() == 0:
        until = time.perf_counter() + seconds
        os.closerange(3, 256)  # the copy of the lock must not outlive the victim
        while time.perf_counter() < until:
            pass
        os.kill(victim, signal.SIGKILL)
        os._exit(0)


class Trap:
    """Ends the process at ``stage`` of the ``nth`` write to the journal."""

    def __init__(self, session: Session, stage: str, nth: int, delay: float) -> None:
        self.writes = 0
        self._stage, self._nth, self._delay = stage, nth, delay
        real_make, real_fold = getattr(journal, "make_record"), getattr(projection, "fold")  # noqa: B009

        def made(*args: Any, **named: Any) -> Any:
            self.at(BEFORE_INSERT)
            return real_make(*args, **named)

        def folded(*args: Any, **named: Any) -> None:
            self.at(AFTER_INSERT)
            real_fold(*args, **named)
            self.at(AFTER_FOLD)

        # Only in this process, which is about to end: the program itself has no such hooks.
        setattr(journal.Journal, "begin", self._begin())  # noqa: B010
        setattr(journal, "make_record", made)  # noqa: B010
        setattr(projection, "fold", folded)  # noqa: B010
        event.listen(session.vault.store.engine, "commit", lambda _: self.at(IN_COMMIT))

    def _begin(self) -> Callable[..., Any]:
        trap, real = self, journal.Journal.begin

        @contextmanager
        def begin(own: journal.Journal) -> Iterator[Any]:
            trap.writes += 1
            trap.at(BEFORE_BEGIN)
            with real(own) as tx:
                yield tx
                trap.at(AFTER_SEAL)
            trap.at(AFTER_COMMIT)

        return begin

    def at(self, stage: str) -> None:
        """The write has come to ``stage``."""
        if (stage, self.writes) == (self._stage, self._nth):
            if stage == IN_COMMIT:
                die_in(self._delay)
            else:
                die()


def live(folder: str, subject: str, stage: str, nth: int, delay: float, name: str) -> None:
    """Enter values until the end comes."""
    with session_at(Path(folder)) as session:
        _enter(session, subject, stage, nth, delay, name)


def _enter(session: Session, subject: str, stage: str, nth: int, delay: float, name: str) -> None:
    trap = Trap(session, stage, nth, delay)
    key = ItemKey(subject, "BL", "", "SV")
    entry = session.entry(key)
    item = key._replace(group=entry.form.items[ITEM].group, item=ITEM)
    for number in range(1, nth + 60):
        text = f"{name} value {number}"
        say("try", text)
        changes = entry.set_value(item, text)
        say("ack", text, changes.records[0])
        if trap.writes == nth and stage == IN_CHECKPOINT:
            die_in(delay)
            session.vault.store.checkpoint()
        if trap.writes == nth and stage == IN_CLOSE:
            die_in(delay)
            session.close()
            time.sleep(60)


def main() -> None:
    """Read jobs, one JSON list a line: folder, subject, stage, nth write, delay in seconds, name."""
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                live(*job)
            finally:
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, 0)
        say("end", os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with session_at(folder):  # derives the password and imports everything, once
        pass
    say("ready")
    main()
