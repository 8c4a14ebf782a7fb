"""Which commands can be given now: by the rights of the person, and by what is on screen.

The window only mirrors rights; services refuse by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.services.access import Action
from mda5_crf.ui import card_acts, sdv_acts
from mda5_crf.ui.actions import ALWAYS, TABLE, Scope

if TYPE_CHECKING:
    from mda5_crf.ui.form_page import FormPage
    from mda5_crf.ui.work_pages import WorkArea

_ANYWHERE = (
    "matrix",
    "work_list",
    "log_out",
    "lock",
    "find_subject",
    "make_bundle",
    "take_bundle",
    "auto_advance",
    "show_voided",
    "sae_clock",
    "next_pane",
    "previous_pane",
)
_WITH_FORM = (
    *("print_form", "print_visit", "casebook"),
    *("previous_form", "next_form", "go_to", "side_panel", "course"),
)
_READING = ("matrix", "work_list", "find_subject", "auto_advance", "sae_clock", "show_voided")
_ON_PAPER = ("morning_cards", "print_calendar", "print_matrix", "print_blank")
OFFICE: dict[str, Action] = {
    "mailbag": Action.BUNDLE,
    "aside": Action.BUNDLE,
    "devices": Action.BUNDLE,
    "joining": Action.JOIN,
    "figures": Action.READ,
    "listing": Action.READ,
    "patterns": Action.REVIEW_AUDIT,
    "selfcheck": Action.SEE_AUDIT,
    "overlays": Action.READ,
    "definition": Action.READ,
    "check_page": Action.PRINT,
    "print_many": Action.PRINT,
    "documents": Action.PRINT,
    "wrong_place": Action.WRONG_PLACE,
    "voided": Action.READ,
    "redact": Action.REDACT,
    "correct_clock": Action.SEE_AUDIT,
    "sign_more": Action.SIGN,
    "judgement": Action.READ,
    "locks": Action.READ,
    "backups": Action.BACK_UP,
    "queries": Action.READ,
    "conflicts": Action.READ,
    "audit": Action.SEE_AUDIT,
    "people": Action.SEE_AUDIT,
    "identities": Action.SEE_IDENTITIES,
    "recovery": Action.READ,
    "coding": Action.CODE,
    "lab_sheet": Action.ENTER,
    "import_data": Action.IMPORT,
}
"""Command of a page beside the forms → the right it takes to see it."""
_CHANGING = (
    "complete",
    "confirm",
    "missing",
    "zero_row",
    "rest",
    "paste_rows",
    "add_row",
    "strike_row",
    "take_limits",
    "save_now",
)


def allowed(work: WorkArea) -> set[str]:
    """The names of the commands that can be given."""
    found = {*_ANYWHERE, *_ON_PAPER, *ALWAYS}
    may = work.session.may
    found.update(name for name, action in OFFICE.items() if may(action))
    if may(Action.ENROL) and not work.session.is_centre:
        found.add("enrol")
    if may(Action.ADMIT_DEVICES) and work.session.is_centre:
        found.add("devices")
    if work.session.is_centre:
        found.discard("joining")
    if work.page is not None:
        _with_form(work, work.page, found)
    found.update(work.office.obeyed)
    if work.office.page is not None:
        found.add("read_again")
    if not may(Action.READ):
        found.difference_update(_READING)
    if may(Action.EXPORT) and may(Action.PRINT):
        found.add("archive")
    if may(Action.EXPORT) and may(Action.READ):
        found.add("export")
    if not may(Action.BUNDLE):
        found.difference_update(("make_bundle", "take_bundle"))
    if not may(Action.PRINT):
        found.difference_update(("print_form", "print_visit", "casebook", "sae_report", *_ON_PAPER))
    return found


def _with_form(work: WorkArea, page: FormPage, found: set[str]) -> None:
    """Add what can be given while a form is on screen."""
    found.update(_WITH_FORM)
    found.update(c.name for c in TABLE if c.scope is Scope.FORM)
    if page.entry.readonly is not None:
        found.difference_update(_CHANGING)
    elif work.session.may(Action.ENTER):
        found.add("add_visit")
    if work.deviations.possible:
        found.add("deviations")
    sdv_acts.allow(found, page)
    if card_acts.is_report(page):
        found.add("sae_report")
    if work.signing.possible:
        found.add("sign")
    if page.entry.form.repeating and page.may_add_form:
        found.add("add_form")
    work.second.limit(found, page)
