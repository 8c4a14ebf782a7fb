"""The patterns as a PDF; that the pages leave the vault is recorded before they do."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.jobs.written import Written
from mda5_crf.pdf.patternlist import draw_patterns
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.services.access import Action
from mda5_crf.services.patternmodel import Seen
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.pdf.voice import Tongue
    from mda5_crf.services.session import Session

WHAT: Final = "patterns"


def notes_of(seen: Seen) -> list[Text]:
    """What is to be known before the list is read."""
    about = message("patterns.by_chance", tried=seen.tried, cases=len(seen.cases), count=seen.by_chance)
    return [message("patterns.about"), about]


def sample_of(seen: Seen) -> list[Text]:
    """The proposal in words, and how it was made."""
    chosen = [
        message("patterns.sample_drawn" if one.drawn else "patterns.sample_score", subject=one.subjid)
        for one in seen.sample
    ]
    words = (
        Text(", ".join(one.en for one in chosen), "、".join(one.zh for one in chosen))
        if chosen
        else both("–")
    )
    return [words, message("patterns.sample_how", seed=seen.seed)]


def write(session: Session, seen: Seen, path: Path, language: Tongue = "both") -> None:
    """Raises PermissionDenied, InputRefused (the file is a folder), StoreError."""
    session.require(Action.PRINT)
    head = Letterhead(session.study, session.person.name, session.now(), session.demo)
    rows = [
        (f"{one.rank}", one.subjid, f"{one.score:.1f}", message(reason.title), reason.words)
        for one in seen.cases
        for reason in one.reasons
    ]
    with Written(path) as file:
        made = draw_patterns(rows, notes_of(seen), sample_of(seen), language, head)
        session.record_print(WHAT, hashlib.sha256(made.data).hexdigest(), made.pages)
        file.write(made.data)
