"""Taking what a person accepts of a laboratory's sheet: ordinary values by the ordinary path.

Each value's record names the file, its hash and the row. What changed since the plan was made is left alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mda5_crf.db import read_coding
from mda5_crf.db.records import Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Reason, ReasonRequired
from mda5_crf.services.labmap import LabMap
from mda5_crf.services.labplan import DIFFERS, NEW_REPEAT, TAKEN, LabFile, LabLine, LabPlan
from mda5_crf.study.values import Entry

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Taken:
    """What was written: values, of how many forms; ``passed``: accepted, but no longer as planned."""

    values: int
    forms: int
    passed: int
    keys: tuple[ItemKey, ...] = ()


def take(
    session: Session, plan: LabPlan, chosen: Collection[LabLine] | None = None, reason: Reason | None = None
) -> Taken:
    """Write ``chosen`` (default: all that is new; of what differs only what is chosen), a transaction a form.

    What the forms need to hold them comes with them. Raises PermissionDenied, ReasonRequired, InputRefused,
    StoreError; what was written of forms before stays, and the next plan of the file says so.
    """
    session.require(Action.ENTER)
    accepted = [one for one in plan.lines if one.fate in TAKEN and not one.beside]
    if chosen is None:
        accepted = [one for one in accepted if one.fate != DIFFERS or reason is not None]
    else:
        accepted = [one for one in accepted if one in chosen]
    if plan.needs_reason(accepted) and reason is None:
        raise ReasonRequired("labs.reason_needed")
    remember(session, plan.meaning, plan.file)
    by_form: dict[ItemKey, list[LabLine]] = {}
    for one in accepted:
        assert one.key is not None
        by_form.setdefault(one.key.form_key(), []).append(one)
    values = passed = 0
    keys: list[ItemKey] = []
    for form, lines in by_form.items():
        rows = {one.number for one in lines}
        panel = {(one.key.group, _row(session, one.key)) for one in lines if one.key is not None}
        beside = [
            one
            for one in plan.lines
            if one.beside
            and one.fate in TAKEN
            and one.key is not None
            and one.key.form_key() == form
            and _belongs(session, one, rows, panel)
        ]
        place = form
        if form.form_repeat.startswith(NEW_REPEAT):
            place = session.add_form(form.event_key(), form.form)
        entry = session.entry(place)
        cells: dict[ItemKey, tuple[Entry, Any]] = {}
        for one in [*beside, *lines]:
            assert one.key is not None
            assert one.entry is not None
            key = one.key._replace(form_repeat=place.form_repeat)
            stands = entry.entry_at(key)
            if stands != one.stands:
                passed += not one.beside
                continue
            cells[key] = (one.entry, _origin(plan.file, one))
        changes = entry.take_sheet(cells, reason if plan.needs_reason([*beside, *lines]) else None)
        values += len(cells)
        keys += sorted(changes.touched)
    return Taken(values, len(by_form), passed, tuple(keys))


def _belongs(session: Session, one: LabLine, rows: set[int], panel: set[tuple[str, str]]) -> bool:
    """Whether what stands beside results belongs to the form itself, or to one of the accepted results."""
    assert one.key is not None
    named = _row(session, one.key)
    return not named or (one.number in rows and (one.key.group, named) in panel)


def _row(session: Session, key: ItemKey) -> str:
    item = session.item_at(key)
    return item.row or "" if item is not None else ""


def _origin(file: LabFile, line: LabLine) -> dict[str, object]:
    said: dict[str, object] = {SHEET: file.name, "sha256": file.sha256, "row": line.number}
    if line.flag:
        said["flag"] = line.flag
    return said


def remember(session: Session, meaning: LabMap, file: LabFile) -> bool:
    """Keep what the sheet means, unless exactly that is known already; returns whether it was written."""
    content = meaning.content()
    known = [row for row in read_coding.mappings(session.vault.store) if row.layout == meaning.layout]
    if known and {name: known[-1].content.get(name) for name in content} == content:
        return False
    session.append([Draft("mapping", "", {**content, "file": {"name": file.name, "sha256": file.sha256}})])
    return True
