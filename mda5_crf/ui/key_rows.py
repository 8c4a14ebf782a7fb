"""The table of keys as it is printed. No Qt here: the command line prints the card too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf import __version__
from mda5_crf.text import message
from mda5_crf.ui.actions import MENUS, TABLE, Command

if TYPE_CHECKING:
    from mda5_crf.pdf import Printed, Tongue

FIELD = "field"
"""The section of the keys that stand in no menu."""


def printed_keys(command: Command) -> str:
    """The keys of a command as they stand on paper, joined by commas."""
    return ", ".join(command.keys)


def draw_card(language: Tongue) -> Printed:
    """The card, one page. Takes as long as importing what draws it."""
    from mda5_crf.pdf.keycard import KeyRow, draw_keys

    rows = [
        KeyRow(message(f"start.keys_{section}"), printed_keys(command), command.title)
        for section in (*MENUS, FIELD)
        for command in TABLE
        if command.keys and (command.menu or FIELD) == section
    ]
    foot = message("start.keys_foot", version=__version__)
    return draw_keys(rows, language, title=message("start.keys_title"), foot=foot)
