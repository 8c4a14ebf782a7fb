"""Pages read at one moment, with what their proofs need: now, or once more as an earlier print read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from mda5_crf.jobs.proving import Proving, proving
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.services.asof import Moment, head_printed
from mda5_crf.services.asof import as_of as past_session

if TYPE_CHECKING:
    from mda5_crf.services.pageproof import Print
    from mda5_crf.services.session import Session

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Again:
    """An earlier print that is to be made once more: its heads, when and by whom it was made."""

    moment: Moment
    made: datetime
    by: str

    @classmethod
    def of(cls, one: Print, moment: Moment) -> Again:
        """From the record of a print, as of ``moment``."""
        return cls(moment, datetime.fromisoformat(one.made), one.by)


@dataclass(frozen=True, slots=True)
class Asked:
    """What document is wanted. ``kind`` and ``order`` go into the record of the print (``jobs.proving``)."""

    kind: str
    subjects: Sequence[str]
    language: str
    order: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """Whose pages they are; "" where they are several persons'."""
        return self.subjects[0] if len(self.subjects) == 1 else ""


def read_at(
    session: Session, asked: Asked, again: Again | None, read: Callable[[Session], Read]
) -> tuple[Read, Letterhead, Proving]:
    """What ``read`` reads of the vault, head and foot of its pages, and their proof."""
    # The time by which the clocks of serious events run, also where the PC's own was put back since.
    made = session.trusted_now() if again is None else again.made
    by = session.person.name if again is None else again.by
    if again is None:
        opened: Any = nullcontext(session)
    else:
        moment = replace(again.moment, at=made) if again.moment.at is None else again.moment
        opened = past_session(session, moment, list(asked.subjects))
    with opened as shown:
        found = read(shown)
        newest = shown.vault.journal.heads()
        study = shown.study
    heads = {device: seq for device, (seq, _) in newest.items()}
    head = Letterhead(
        study,
        by,
        made.astimezone(session.zone),
        session.demo,
        head_printed(session, newest),
        proven=True,
    )
    proof = proving(
        session,
        asked.subject,
        asked.language,
        heads,
        asked.kind,
        asked.order,
        made,
        by=by,
        definition=study.hash,
    )
    return found, head, proof
