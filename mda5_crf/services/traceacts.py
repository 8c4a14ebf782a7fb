"""Acts of a session by two persons: the wrong place, redaction, the clock. Part of ``Session``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason

if TYPE_CHECKING:
    from mda5_crf.services.clockright import ClockState
    from mda5_crf.services.moveback import BackPlan
    from mda5_crf.services.redacting import Proposal, Redacted
    from mda5_crf.services.session import Session
    from mda5_crf.services.wrongplace import Plan, VoidInfo


class TraceActs:
    """See the module text. ``second`` is (log-in, password) of another person at the keyboard."""

    @property
    def _traced(self) -> Session:
        return cast("Session", self)

    def plan_void(self, key: ItemKey) -> Plan:
        """What becomes void with a participant, visit, form or row; nothing is written."""
        from mda5_crf.services import wrongplace

        return wrongplace.plan_void(self._traced, key)

    def void(self, key: ItemKey, reason: Reason, second: tuple[str, str]) -> str:
        """Void it; it stays readable. Raises PermissionDenied, InputRefused, LoginRefused, StoreError."""
        from mda5_crf.services import wrongplace

        return wrongplace.void(self._traced, key, reason, second)

    def unvoid(self, key: ItemKey, reason: Reason, second: tuple[str, str]) -> str:
        """Let it count again. Raises as :meth:`void`."""
        from mda5_crf.services import wrongplace

        return wrongplace.unvoid(self._traced, key, reason, second)

    def plan_move(self, source: ItemKey, target: ItemKey) -> Plan:
        """Item by item what a move would do; nothing is written."""
        from mda5_crf.services import wrongplace

        return wrongplace.plan_move(self._traced, source, target)

    def move(self, plan: Plan, reason: Reason, second: tuple[str, str]) -> ItemKey:
        """Do what ``plan`` says; returns the place where it is now. Raises as :meth:`void`."""
        from mda5_crf.services import wrongplace

        return wrongplace.move(self._traced, plan, reason, second)[0]

    def plan_move_back(self, record: str) -> BackPlan:
        """What taking a move back would do; ``record``: its void. Nothing is written. Raises InputRefused."""
        from mda5_crf.services import moveback

        return moveback.plan(self._traced, record)

    def move_back(self, plan: BackPlan, reason: Reason, second: tuple[str, str]) -> tuple[str, ...]:
        """Take a move back; the ids of the records. Raises as :meth:`void`."""
        from mda5_crf.services import moveback

        return moveback.take_back(self._traced, plan, reason, second)

    def voids(self, subject: str = "") -> tuple[VoidInfo, ...]:
        """What was voided, newest first, restored things too."""
        from mda5_crf.services import wrongplace

        return wrongplace.listed(self._traced, subject)

    def renumber(self, subject: str, number: str, reason: Reason) -> str:
        """Give a participant another number: two persons stood under one. Raises as the enrolment."""
        from mda5_crf.services import wrongplace

        return wrongplace.renumber(self._traced, subject, number, reason)

    # -- redaction -------------------------------------------------------------------------------------

    def propose_redaction(
        self, records: Sequence[str], reason: Reason, left: Sequence[str], *, own_password: str
    ) -> str:
        """Propose that the content of records be emptied, for another to confirm; the proposal's id."""
        from mda5_crf.services import redacting

        return redacting.propose(self._traced, records, reason, left, own_password)

    def confirm_redaction(self, proposal: str, *, own_password: str) -> str:
        """Confirm the proposal of another person: emptied here, and wherever the record comes."""
        from mda5_crf.services import redacting

        return redacting.confirm(self._traced, proposal, own_password)

    def withdraw_redaction(self, proposal: str) -> None:
        """Take a proposal back, or refuse it."""
        from mda5_crf.services import redacting

        redacting.withdraw(self._traced, proposal)

    def redact(
        self,
        records: Sequence[str],
        reason: Reason,
        left: Sequence[str],
        *,
        own_password: str,
        second: tuple[str, str],
    ) -> str:
        """Propose and confirm in one sitting."""
        from mda5_crf.services import redacting

        return redacting.redact(self._traced, records, reason, left, own_password, second)

    def redactions(self) -> tuple[tuple[Proposal, ...], tuple[Redacted, ...]]:
        """What waits for a second person, and what stands; both oldest first."""
        from mda5_crf.services import redacting

        return redacting.proposed(self._traced), redacting.listed(self._traced)

    # -- the clock -------------------------------------------------------------------------------------

    @property
    def clock_seen(self) -> datetime | None:
        """The latest time this vault has seen; deadlines count from it when the clock shows less."""
        return self._traced._watch.latest

    @property
    def clock_earliest(self) -> datetime | None:
        """The time before which no right clock can be."""
        return self._traced._watch.earliest

    def clock_is_right(self) -> None:
        """What was seen before counts no longer. Internal to services."""
        from mda5_crf.services.clockright import earliest, reset_watch

        session = self._traced
        reset_watch(session.vault)
        session._watch.put_right(earliest(session.vault, session._program_day))

    def clock_state(self) -> ClockState:
        """What is known of the PC's clock, and what was recorded of it."""
        from mda5_crf.services import clockright

        return clockright.state(self._traced)

    def correct_clock(self, reason: str, second: tuple[str, str]) -> str:
        """Declare the PC's clock right, by two persons. Raises PermissionDenied, InputRefused, LoginRefused,
        StoreError.
        """
        from mda5_crf.services import clockright

        return clockright.correct(self._traced, reason, second)
