"""The site's own lists: laboratories, reference ranges, versions of the consent form.

Rows are journal records and so are never edited: a row ends when it is struck or another takes its place.
What was filled into a form from a list stays there whatever becomes of the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.db import read_site
from mda5_crf.db.records import Draft
from mda5_crf.db.views import ReferenceRow
from mda5_crf.errors import InputRefused
from mda5_crf.services import referencerows
from mda5_crf.services.access import Action
from mda5_crf.services.referencelists import TABLES
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def listed(session: Session, table: str | None = None) -> tuple[ReferenceRow, ...]:
    """All rows of one list or of all, ended ones too, in order of creation."""
    if table is not None:
        _require_table(table)
    return tuple(row for row in read_site.references(session.vault.store) if table in (None, row.table))


def add(session: Session, table: str, row: Mapping[str, str], instead_of: str = "") -> ReferenceRow:
    """Add a row, or put it in the place of the live row ``instead_of``.

    Raises PermissionDenied, InputRefused (what is wrong with the row, in words), StoreError.
    """
    _require_own(session, table)
    before = None if not instead_of else _live(session, table, instead_of)
    clean = checked(session, table, row, without=before)
    content: dict[str, object] = {"table": table, "state": "live", "row": clean}
    if before is not None:
        content["replaces"] = before.identity
    (record,) = session.append([Draft("reference", "", content)])
    session.lists_changed()
    return next(one for one in listed(session, table) if one.identity == record.id)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one row of a file: ``number`` from 1; ``reason`` why it was not taken, or None."""

    number: int
    row: Mapping[str, str]
    reason: Text | None


def take_rows(
    session: Session, table: str, rows: Iterable[Mapping[str, str]], *, dry_run: bool = False
) -> tuple[Imported, ...]:
    """Add the rows that can be taken, in one transaction; each other one is returned with its reason.

    A row is checked against the list and the rows before it. ``dry_run`` writes nothing.
    Raises PermissionDenied, InputRefused (no such list, a centre), StoreError.
    """
    _require_own(session, table)
    live = _own_live(session)
    found, drafts = [], []
    for number, row in enumerate(rows, 1):
        try:
            clean = referencerows.checked(session, table, row, live)
        except InputRefused as refused:
            found.append(Imported(number, row, refused.text))
            continue
        live.append(ReferenceRow("", table, clean, session.site, "", session.now()))
        drafts.append(Draft("reference", "", {"table": table, "state": "live", "row": clean}))
        found.append(Imported(number, clean, None))
    if drafts and not dry_run:
        session.append(drafts)
        session.lists_changed()
    return tuple(found)


def strike(session: Session, identity: str, reason: str) -> None:
    """Take a row out of its list. What was filled in from it stays.

    Raises PermissionDenied, InputRefused (no such live row of this site, no reason), StoreError.
    """
    session.require(Action.REFERENCES)
    row = _live(session, None, identity)
    if not reason.strip():
        raise InputRefused("reference.reason_required")
    content = {"table": row.table, "state": "struck", "replaces": row.identity, "reason": reason.strip()}
    session.append([Draft("reference", "", content)])
    session.lists_changed()


def checked(
    session: Session, table: str, row: Mapping[str, str], without: ReferenceRow | None = None
) -> dict[str, str]:
    """The row as it would be stored: codes and units as the definition writes them, dates in ISO.

    Raises InputRefused. ``without`` is the row that it takes the place of.
    """
    _require_table(table)
    live = [r for r in _own_live(session) if r != without]
    return referencerows.checked(session, table, row, live)


def _own_live(session: Session) -> list[ReferenceRow]:
    return [row for row in listed(session) if row.live and row.site == session.site]


def _require_table(table: str) -> None:
    if table not in TABLES:
        raise InputRefused("reference.unknown_table", table=table, known=", ".join(TABLES))


def _require_own(session: Session, table: str) -> None:
    session.require(Action.REFERENCES)
    _require_table(table)
    if session.is_centre:
        raise InputRefused("reference.of_centre")


def _live(session: Session, table: str | None, identity: str) -> ReferenceRow:
    for row in listed(session, table):
        if row.identity == identity and row.live and row.site == session.site:
            return row
    raise InputRefused("reference.unknown_row", row=identity)
