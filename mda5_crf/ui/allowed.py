"""Which commands can be given now: by the rights of the person, and by what is on screen.

The window only mirrors rights; services refuse by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.services.access import Action
from mda5_crf.ui import sdv_acts
from mda5_crf.ui.actions import ALWAYS, TABLE, Scope

if TYPE_CHECKING:
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
    "sae_clock",
    "next_pane",
    "previous_pane",
)
_WITH_FORM = ("print_form", "print_visit", "previous_form", "next_form", "go_to", "side_panel", "course")
OFFICE: dict[str, Action] = {
    "wrong_place": Action.WRONG_PLACE,
    "redact": Action.REDACT,
    "correct_clock": Action.READ,
    "sign_more": Action.SIGN,
    "judgement": Action.READ,
    "locks": Action.READ,
    "backups": Action.BACK_UP,
    "queries": Action.READ,
    "audit": Action.SEE_AUDIT,
    "people": Action.SEE_AUDIT,
    "identities": Action.SEE_IDENTITIES,
    "recovery": Action.READ,
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
    found = {*_ANYWHERE, *ALWAYS}
    may = work.session.may
    found.update(name for name, action in OFFICE.items() if may(action))
    if may(Action.ENROL) and not work.session.is_centre:
        found.add("enrol")
    if work.page is not None:
        found.update(_WITH_FORM)
        found.update(c.name for c in TABLE if c.scope is Scope.FORM)
        if work.page.entry.readonly is not None:
            found.difference_update(_CHANGING)
        elif may(Action.ENTER):
            found.add("add_visit")
        if work.deviations.possible:
            found.add("deviations")
        sdv_acts.allow(found, work.page)
        if work.signing.possible:
            found.add("sign")
        if work.page.entry.form.repeating and work.page.may_add_form:
            found.add("add_form")
        work.second.limit(found, work.page)
    if not may(Action.BUNDLE):
        found.difference_update(("make_bundle", "take_bundle"))
    if not may(Action.PRINT):
        found.difference_update(("print_form", "print_visit"))
    return found
