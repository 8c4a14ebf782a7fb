"""The evidence as files: the PDF for people, and beside it the JSON that can be verified."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.errors import InputRefused
from mda5_crf.jobs.checkmodel import Evidence, Signed, one_text
from mda5_crf.jobs.written import Written
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.selfcheckreport import CheckLine, draw_evidence
from mda5_crf.settings import study_directory
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.pdf.voice import Tongue


def lines_of(evidence: Evidence) -> list[CheckLine]:
    """The checks for a table: on screen, on paper."""
    return [
        CheckLine(
            one.title, message(f"selfcheck.result_{one.found.result}"), one_text(one.found.lines),
            one.requirements,
        )
        for one in evidence.checks
    ]  # fmt: skip


def run_by(evidence: Evidence) -> Text:
    """Which program on which PC, when, by whom."""
    begun: datetime = evidence.begun
    return message(
        "selfcheck.run_by", version=evidence.version, pc=evidence.pc, system=evidence.system,
        begun=f"{begun:%Y-%m-%d %H:%M:%S}", zone=evidence.zone, by=both(evidence.by),
    )  # fmt: skip


def paper(evidence: Evidence, signed: Signed, language: Tongue = "both", study: Study | None = None) -> bytes:
    """The PDF. ``study``: whose name stands in the head, the shipped one by default."""
    below = [message("selfcheck.sum", sum=signed.sha256), signed.words]
    if signed.signature:
        below.append(message("selfcheck.signature_line", signature=signed.signature))
    head = Letterhead(study or load(study_directory()), "", evidence.begun)
    above = (evidence.verdict, run_by(evidence))
    return draw_evidence(lines_of(evidence), above, below, language, head).data


def write(
    evidence: Evidence, signed: Signed, path: Path, language: Tongue = "both", study: Study | None = None
) -> Path:
    """Write ``path`` and the JSON beside it, whose path is returned. Raises InputRefused, StoreError."""
    beside = path.with_suffix(".json")
    if beside == path:
        raise InputRefused("selfcheck.name_pdf", file=path.name)
    with Written(path) as pdf, Written(beside) as file:
        pdf.write(paper(evidence, signed, language, study))
        file.write(signed.file())
    return beside
