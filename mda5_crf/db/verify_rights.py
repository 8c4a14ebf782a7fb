"""Judging again whether each record's author might write it, at that place of the chain and on that day.

A lawful seal says who wrote a record, not that he might: whoever holds the database key can, with another
tool, seal in his own name what the program would have refused him. ``db`` knows roles, not rights; the
question is asked of a callable, the same that the program asks before an act and a receiver when it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from mda5_crf.db import clock
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.troubles import Trouble
from mda5_crf.db.trust import Trust
from mda5_crf.db.verify_chain import Chain, Run, readable
from mda5_crf.text import Text

Rights = Callable[[str, Mapping[str, Any], Collection[str]], Text | None]
"""Given kind, content and the author's roles then and there: why the record should not be, or None."""


def check_rights(
    chain: Chain, found: Iterable[tuple[Any, ...]], trust: Trust, judge: Rights, passed: Collection[int]
) -> list[Trouble]:
    """What in ``chain`` its authors had no right to write; ``found`` are its rows, in order.

    ``passed`` are numbers that need no word more: set aside with a reason. Nor do runs whose seal is a
    trouble (who wrote them is not known) and rows that do not fit their hashes. Neighbours with the same
    reason are named as one.
    """
    wrong = {one.seq for one in (*chain.broken, *chain.rekeyed, *chain.recontented)}
    runs, troubles = iter(chain.runs), _Troubles(chain)
    run: Run | None = None
    for row in found:
        record = readable(row)
        if record is None or record.seq in wrong or record.seq in passed:
            continue
        while run is None or run.last < record.seq:
            run = next(runs)
        if not run.doubtful:
            troubles.note(run, record.seq, _reason(record, trust, judge))
    return troubles.found


class _Troubles:
    """Troubles of one chain, neighbours joined."""

    def __init__(self, chain: Chain) -> None:
        self.found: list[Trouble] = []
        self._chain = chain
        self._open: tuple[Run, int, int, Text] | None = None

    def note(self, run: Run, seq: int, reason: Text | None) -> None:
        """One record of ``run`` and why it should not be."""
        if reason is None:
            return
        first = seq
        if self._open is not None and self._open[0] is run and self._open[2:] == (seq - 1, reason):
            first = self._open[1]
            self.found.pop()
        self._open = run, first, seq, reason
        self.found.append(Trouble("not_entitled", self._chain.place(first, seq), reason))


def _reason(record: AuditRecord, trust: Trust, judge: Rights) -> Text | None:
    if record.content is None and record.kind == "query":
        return None  # what was asked is not known, and a query's acts have different rights
    if _founds(record, trust):
        return None
    try:
        data = record.data
    except (ValueError, RecursionError):
        return None  # no JSON, though hashed: named when it was folded
    try:
        day = _day(record.at[:16], record.zone)
    except (ValueError, IndexError, OverflowError):
        day = ""  # no day on which anybody held a task
    return judge(record.kind, data, trust.roles(record.device, record.person, record.clock, day))


def _founds(record: AuditRecord, trust: Trust) -> bool:
    """Whether it is the definition of a chain's founding, which comes before its author's certificate.

    Only of a keeper: nobody else gives a definition its right by beginning a chain of his own with it.
    """
    founding = record.kind == "definition" and record.seq == 2
    return founding and trust.is_keeper(record.person, record.device, record.clock + 1)


@lru_cache(maxsize=4096)
def _day(minute: str, zone: str) -> str:
    """The date on the author's wall clock; offsets are whole minutes."""
    return clock.local(f"{minute}:00.000Z", zone).date().isoformat()
