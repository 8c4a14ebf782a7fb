"""The identification list and the screening log as PDF: gathered from the open list, drawn, noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.pdf.identities import Colophon, ListOnPaper, draw_list
from mda5_crf.services.identities import CODES, SCREENING, screening_items
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.pdf import Printed, Tongue
    from mda5_crf.services.identities import IdentityList
    from mda5_crf.services.session import Session

KINDS = (CODES, SCREENING)
_CODE_COLUMNS = (("initials", 8.0), ("name", 14.0), ("hospital", 14.0), ("idno", 18.0), ("phone", 14.0),
                 ("note", 22.0))  # fmt: skip


def print_list(session: Session, opened: IdentityList, what: str, language: Tongue) -> Printed:
    """The pages of ``what`` (CODES or SCREENING), noted in journal and trail before anybody has them.

    Raises PermissionDenied, StoreError; then there are no pages.
    """
    number = (message("identities.number"), 9.0)
    if what == CODES:
        headings = [number, *((message(f"identities.field_{f}"), wide) for f, wide in _CODE_COLUMNS)]
        rows = [
            (one.subjid, *(getattr(one, field) for field, _ in _CODE_COLUMNS))
            for one in opened.rows()
            if not one.empty
        ]
        title = message("identities.paper_codes")
    else:
        study = session.study
        labels = [(study.forms[form].items[item].label, 14.0) for form, item in screening_items(study)]
        headings = [number, (message("identities.field_initials"), 8.0), *labels]
        rows = [(line.subjid, line.initials, *line.values) for line in opened.screening()]
        title = message("identities.paper_screening")
    at = session.now().astimezone(session.zone)
    colophon = Colophon(session.study.oid, session.site, session.person.name, at, session.demo)
    printed = draw_list(ListOnPaper(title, headings, rows), language, colophon)
    opened.record_printed(what, printed.data, printed.pages)
    return printed
