"""Which chapter of which guide belongs to which page of the window: one table, for F1 and the Help menu.

A page may stand in several guides: whoever is in reads that of the own role, anybody else the first.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from mda5_crf.guides.shelf import NAMES
from mda5_crf.services.access import Role

Place = tuple[str, str]
"""Name of a guide, anchor in it."""

GUIDE_OF: Final[dict[str, str]] = {
    Role.INVESTIGATOR: "clinician",
    Role.DATA_ENTRY: "coordinator",
    Role.MONITOR: "coordinator",
    Role.READ_ONLY: "clinician",
    Role.DATA_MANAGER: "datamanager",
    Role.ADMINISTRATOR: "administrator",
}
"""The guide that somebody of a role reads first."""

SHELL: Final[dict[str, str]] = {
    "LoginPage": "login",
    "StartPage": "start",
    "NewVaultPage": "new_vault",
    "DemoPage": "demo",
    "RecoverPage": "recover",
    "JoinPage": "join",
    "RestorePage": "restore",
    "LockPage": "locked",
}
"""Class of a page without a vault → its row below."""

_C, _O, _A, _D = "clinician", "coordinator", "administrator", "datamanager"

HELP: Final[dict[str, tuple[Place, ...]]] = {
    "login": ((_C, "login"),),
    "start": ((_C, "start"),),
    "new_vault": ((_A, "new"),),
    "demo": ((_C, "start"),),
    "recover": ((_O, "recovery"), (_A, "recovery")),
    "join": ((_O, "joining"), (_A, "joining")),
    "restore": ((_O, "restore"), (_A, "restore")),
    "locked": ((_C, "lock"),),
    "matrix": ((_C, "matrix"), (_O, "daily")),
    "work_list": ((_C, "work_list"), (_O, "work_list")),
    "form": ((_C, "form"),),
    "second_entry": ((_C, "second_entry"),),
    "patterns": ((_D, "patterns"),),
    "selfcheck": ((_O, "selfcheck"), (_A, "selfcheck")),
    "mailbag": ((_O, "mailbag"), (_D, "mailbag")),
    "aside": ((_O, "aside"), (_A, "aside")),
    "devices": ((_O, "devices"), (_A, "devices")),
    "joining": ((_O, "joining"), (_A, "joining")),
    "overlays": ((_D, "overlays"),),
    "definition": ((_D, "definition"),),
    "print_form": ((_C, "print_form"),),
    "print_visit": ((_C, "print_visit"),),
    "print_many": ((_O, "print_many"),),
    "documents": ((_O, "documents"), (_D, "documents")),
    "check_page": ((_O, "check_page"),),
    "wrong_place": ((_C, "wrong_place"),),
    "voided": ((_C, "voided"), (_D, "redact")),
    "redact": ((_O, "redact"), (_D, "redact")),
    "correct_clock": ((_O, "correct_clock"), (_A, "correct_clock")),
    "identities": ((_O, "identities"), (_A, "identities")),
    "recovery": ((_O, "recovery"), (_A, "recovery")),
    "sign_more": ((_C, "sign_more"),),
    "judgement": ((_C, "judgement"),),
    "locks": ((_O, "locks"), (_D, "locks")),
    "backups": ((_O, "backups"), (_A, "backups")),
    "queries": ((_C, "query"), (_O, "queries"), (_D, "queries")),
    "conflicts": ((_O, "conflicts"), (_D, "conflicts")),
    "audit": ((_O, "audit"), (_A, "audit"), (_D, "audit")),
    "people": ((_O, "people"), (_A, "people")),
    "figures": ((_O, "figures"), (_D, "figures")),
    "listing": ((_O, "listings"), (_D, "listings")),
    "coding": ((_D, "coding"),),
    "import_data": ((_D, "import_data"),),
    "lab_sheet": ((_O, "lab_sheet"), (_D, "lab_sheet")),
}
"""Page → its chapters, the usual reader's first. Pages beside the forms by their command."""


def order_of(roles: Collection[str]) -> tuple[str, ...]:
    """The guides in the order in which somebody of these roles is offered them: the own ones first."""
    own = [guide for role, guide in GUIDE_OF.items() if role in roles]
    return tuple(dict.fromkeys([*own, *NAMES]))


def place_of(page: str, roles: Collection[str]) -> Place:
    """The chapter of a page for somebody of these roles; for a page of none the top of the own guide."""
    places, order = HELP.get(page, ()), order_of(roles)
    own = {GUIDE_OF[role] for role in roles if role in GUIDE_OF}
    mine = [place for place in places if place[0] in own]
    if mine:
        return min(mine, key=lambda place: order.index(place[0]))
    if places:
        return places[0]
    first = order[0] if own else "clinician"
    return first, first
