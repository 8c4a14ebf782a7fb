"""The report of a serious event from a vault: gathered, drawn, recorded with the proof of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused
from mda5_crf.jobs.moments import Again, Asked, read_at
from mda5_crf.jobs.printplan import choice_of
from mda5_crf.jobs.proving import Proving, tongue_of
from mda5_crf.jobs.proving import record as record_proven
from mda5_crf.jobs.recorded import Record, Told
from mda5_crf.jobs.saefacts import SaeFacts
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.saereport import Report, lay_report
from mda5_crf.pdf.voice import Tongue
from mda5_crf.services.access import Action

if TYPE_CHECKING:
    from mda5_crf.pdf.parts import Laid
    from mda5_crf.pdf.proof import Proofs
    from mda5_crf.services.asof import Moment
    from mda5_crf.services.pageproof import Print
    from mda5_crf.services.session import Session

KIND: Final = "sae-report"


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """One report read at one moment; drawing it asks the vault nothing."""

    report: Report
    language: Tongue
    head: Letterhead
    proving: Proving
    subject: str


def reports(session: Session, subject: str) -> list[Told]:
    """The reports of a participant that are not struck out, in order of creation."""
    form = choice_of(session.study).get("report", {}).get("form", "")
    return Record(session, subject).rows(form)


def gather(
    session: Session, subject: str, number: int, language: Tongue, again: Again | None = None
) -> ReportOrder:
    """Read report ``number``. Raises PermissionDenied, InputRefused (no such report, or it was struck)."""
    session.require(Action.PRINT)
    asked = Asked(KIND, [subject], language, {"number": number})
    report, head, proof = read_at(session, asked, again, lambda shown: _report(shown, subject, number))
    return ReportOrder(report, language, head, proof, subject)


def _report(session: Session, subject: str, number: int) -> Report:
    choice = choice_of(session.study)
    if "report" not in choice or choice["report"]["form"] not in session.study.forms:
        raise InputRefused("saereport.no_form")
    own, form = Record(session, subject), choice["report"]["form"]
    found = next((row for row in own.rows(form) if row.number == number), None)
    if found is None:
        known = ", ".join(f"{form}#{row.number}" for row in own.rows(form)) or "-"
        word = f"{form}#{number}"
        raise InputRefused("saereport.no_report", word=word, subject=session.subjid(subject), known=known)
    return SaeFacts(session, own, found, choice).report()


def draw(order: ReportOrder) -> Printed:
    """The pages. Touches nothing but ``order``."""
    return printed(lay_report(order.report, order.language, order.head, proof=order.proving.proofs))


def record(session: Session, order: ReportOrder, made: Printed) -> None:
    """Note that these pages leave the vault, before they do."""
    record_proven(session, f"{KIND} {order.report.label}", made, order.proving, order.subject)


def print_report(session: Session, subject: str, number: int, language: Tongue) -> Printed:
    """Gathered, drawn, recorded. Raises PermissionDenied, InputRefused, StoreError."""
    order = gather(session, subject, number, language)
    made = draw(order)
    record(session, order, made)
    return made


def lay_again(session: Session, one: Print, moment: Moment, proofs: Proofs) -> Laid:
    """A recorded report as of ``moment``, laid out once more, for checking a page."""
    tongue = tongue_of(one.language)
    order = gather(session, one.subject, int(one.order["number"]), tongue, Again.of(one, moment))
    return lay_report(order.report, tongue, order.head, proof=proofs)
