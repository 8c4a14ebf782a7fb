"""A laboratory's sheet (flow cytometry, a central reader's file) into forms; see ``services/labplan``.

The file is read in a child process, which keeps to itself whatever tells who somebody is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.errors import InputRefused
from mda5_crf.exchange.sheetnames import OPTION
from mda5_crf.jobs import sheetrows
from mda5_crf.services import labmap, labplan, labtake
from mda5_crf.services.changes import Reason
from mda5_crf.services.labmap import LabMap
from mda5_crf.services.labplan import LabFile, LabLine, LabPlan
from mda5_crf.services.labtake import Taken
from mda5_crf.study.labwords import headings

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_LARGEST_MAP: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class LabSheet:
    """A sheet that was read: its rows below the headings, and what it means as far as is known."""

    file: LabFile
    rows: tuple[sheetrows.Row, ...]
    meaning: LabMap


def read(session: Session, file: Path, sheet: str = "", given: Mapping[str, Any] | None = None) -> LabSheet:
    """Read a sheet and what is known of its headings. Raises PermissionDenied, InputRefused."""
    return of_rows(session, sheetrows.read(file, sheet, {OPTION: True}), given)


def of_rows(session: Session, found: sheetrows.SheetRows, given: Mapping[str, Any] | None = None) -> LabSheet:
    """The sheet of rows that were read. Raises PermissionDenied, InputRefused."""
    place = headings(found.rows)
    if place is None:
        raise InputRefused("labs.no_headings", file=found.file.name)
    heads = found.rows[place][1]
    about = LabFile(found.file.name, found.sha256, found.sheet, found.dropped, found.others)
    return LabSheet(about, found.rows[place + 1 :], labmap.of_sheet(session, heads, given))


def plan(session: Session, sheet: LabSheet, meaning: LabMap | None = None) -> LabPlan:
    """What would become of each result. Raises PermissionDenied, InputRefused (columns missing)."""
    return labplan.plan(session, sheet.file, meaning or sheet.meaning, sheet.rows)


def take(
    session: Session, made: LabPlan, chosen: Collection[LabLine] | None = None, reason: Reason | None = None
) -> Taken:
    """Write what a person accepts; see ``labtake.take``."""
    return labtake.take(session, made, chosen, reason)


def read_map(file: Path) -> Mapping[str, Any]:
    """What a file (JSON) says a sheet means; see ``labmap.changed``. Raises InputRefused."""
    try:
        if file.stat().st_size > _LARGEST_MAP:
            raise InputRefused("labs.map_unread")
        said = json.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        raise InputRefused("labs.map_unread") from None
    if not isinstance(said, dict):
        raise InputRefused("labs.map_unread")
    return said
