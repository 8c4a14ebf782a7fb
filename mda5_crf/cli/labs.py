"""``import --as lab``: a laboratory's sheet, result by result with what becomes of it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.cli.data import reason_of
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import one_line, say, say_json
from mda5_crf.errors import InputRefused
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.labplan import LabLine, LabPlan
    from mda5_crf.services.labtake import Taken
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace, file: Path) -> int:
    """Show what would become of each result and, without ``--dry-run``, write what is new.

    What differs from what stands is written with ``--reason`` alone. ``--map`` names a JSON file.
    """
    from mda5_crf.jobs import labimport

    given = labimport.read_map(Path(options.map)) if options.map else None
    with open_session(options) as session:
        sheet = labimport.read(session, file, given=given)
        plan = labimport.plan(session, sheet)
        taken = None
        if not options.dry_run:
            taken = labimport.take(session, plan, reason=reason_of(options.reason))
        _tell(session, plan, taken, options)
    from mda5_crf.services.labplan import REFUSED

    left = plan.count(REFUSED)
    if left:
        raise InputRefused("labs.some_left", count=left)
    return 0


def _tell(session: Session, plan: LabPlan, taken: Taken | None, options: argparse.Namespace) -> None:
    from mda5_crf.services.labplan import FATES
    from mda5_crf.services.labwords import where

    counts = {fate: plan.count(fate) for fate in FATES}
    if options.json:
        said: dict[str, Any] = {
            "file": plan.file.name, "sha256": plan.file.sha256, "dropped": list(plan.file.dropped),
            "columns": dict(zip(plan.meaning.headings, plan.meaning.columns, strict=True)),
            "unknown_tests": list(plan.unknown), "counts": counts, "dry_run": taken is None,
            "written": 0 if taken is None else taken.values,
            "results": [_as_json(session, one) for one in plan.lines if not one.beside],
        }  # fmt: skip
        say_json(said)
        return
    for one in plan.lines:
        if not one.beside:
            sys.stdout.write(f"{one_line(words(one, where(session, one)).in_(options.language))}\n")
    for line in told(plan, taken):
        say(line, options.language)


def told(plan: LabPlan, taken: Taken | None) -> list[Text]:
    """The last sentences: what was kept back, how many of each, what was written."""
    from mda5_crf.services.labplan import FATES

    lines = []
    if plan.file.dropped:
        lines.append(message("labs.dropped", what=", ".join(plan.file.dropped)))
    if plan.file.others:
        lines.append(message("labs.other_sheets", sheet=plan.file.sheet, others=", ".join(plan.file.others)))
    lines.append(message("labs.counted", **{fate: plan.count(fate) for fate in FATES}))
    if taken is None:
        lines.append(message("labs.dry"))
    else:
        lines.append(message("labs.taken", count=taken.values, forms=taken.forms))
    return lines


def words(one: LabLine, place: Text) -> Text:
    """One line with what becomes of a result."""
    fate = message(f"labs.fate_{one.fate}")
    line = message(
        "labs.line", row=one.number, fate=fate, number=one.subjid or "-", test=one.test, result=one.typed
    )
    if place.en:
        line = message("labs.line_place", line=line, place=place)
    return line if one.why is None else message("labs.line_why", line=line, why=one.why)


def _as_json(session: Session, one: LabLine) -> dict[str, Any]:
    from mda5_crf.services.labwords import where

    return {
        "row": one.number, "participant": one.subjid, "date": one.day.isoformat() if one.day else None,
        "test": one.test, "result": one.typed, "outcome": one.fate, "cause": one.cause or None,
        "place": where(session, one).en or None, "visits": list(one.visits),
        "stands": None if one.stands is None else f"{one.stands.text} {one.stands.unit or ''}".strip(),
        "why": None if one.why is None else {"en": one.why.en, "zh": one.why.zh},
        "says": [said.en for said in one.says],
    }  # fmt: skip
