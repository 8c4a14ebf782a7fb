"""Double entry in figures: for each form how much agreed and how differences ended. Never by person."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from mda5_crf.db import read_second
from mda5_crf.services.second_book import form_second

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class SecondLine:
    """One form. ``first``, ``second``, ``other``: differences that ended so; ``once``: not entered twice."""

    subject: str
    event: str
    form: str
    stage: str
    agreed: int
    first: int
    second: int
    other: int
    open: int
    once: int

    @property
    def resolved(self) -> int:
        """All differences that ended."""
        return self.first + self.second + self.other

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        return asdict(self)


def report(session: Session, subject: str | None = None) -> tuple[SecondLine, ...]:
    """The forms of one participant, or of all, in which somebody entered something a second time.

    Raises PermissionDenied.
    """
    session.subjects()  # asks for the right to read
    lines = []
    for form in sorted(read_second.begun(session.vault.store)):
        if form.form not in session.study.forms or subject not in (None, form.subject):
            continue
        book = form_second(session, form)
        ended = Counter(one.choice for one in book.resolutions)
        lines.append(
            SecondLine(
                session.subjid(form.subject), session.event_label(form), session.form_label(form),
                book.stage.value, book.agreed, ended["first"], ended["second"], ended["other"], book.open,
                book.once,
            )
        )  # fmt: skip
    return tuple(sorted(lines, key=lambda line: line.subject))
