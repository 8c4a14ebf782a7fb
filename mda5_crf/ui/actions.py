"""Every command of the window and every key, in one table. Menus, shortcuts and key card are made from it.

``scope`` says who acts: the window, the form page, or the field itself (keys that an input handles by
its nature and that stand here so that the printed card is complete).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mda5_crf.text import Text, message


class Scope(StrEnum):
    """Where a command acts."""

    WINDOW = "window"
    FORM = "form"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``keys`` in Qt's portable spelling, the first is shown; ``menu`` "" = in no menu; a
    ``checkable`` one is a preference that is on or off.
    """

    name: str
    keys: tuple[str, ...]
    menu: str
    scope: Scope
    checkable: bool = False

    @property
    def title(self) -> Text:
        """What it does, as menus and key card say it."""
        return message(f"ui.act_{self.name}")


MENUS = ("file", "study", "subject", "form", "record", "sync", "help")

_W, _F, _I = Scope.WINDOW, Scope.FORM, Scope.FIELD

TABLE: tuple[Command, ...] = (
    Command("print_form", ("Ctrl+P",), "file", _W),
    Command("print_visit", ("Ctrl+Shift+P",), "file", _W),
    Command("casebook", (), "file", _W),
    Command("print_many", (), "file", _W),
    Command("morning_cards", (), "file", _W),
    Command("print_calendar", (), "file", _W),
    Command("print_matrix", (), "file", _W),
    Command("print_blank", (), "file", _W),
    Command("archive", (), "file", _W),
    Command("export", (), "file", _W),
    Command("documents", (), "file", _W),
    Command("import_data", (), "file", _W),
    Command("lab_sheet", (), "file", _W),
    Command("coding", (), "file", _W),
    Command("matrix", ("Alt+Home",), "study", _W),
    Command("work_list", ("Ctrl+T",), "study", _W),
    Command("read_again", ("F5",), "study", _W),
    Command("language", ("Ctrl+L",), "study", _W),
    Command("text_larger", ("Ctrl++", "Ctrl+="), "study", _W),
    Command("text_smaller", ("Ctrl+-",), "study", _W),
    Command("text_normal", ("Ctrl+0",), "study", _W),
    Command("auto_advance", (), "study", _W, checkable=True),
    Command("show_voided", (), "study", _W, checkable=True),
    Command("lock", ("Ctrl+Shift+L",), "study", _W),
    Command("log_out", ("Ctrl+Q",), "study", _W),
    Command("enrol", ("Ctrl+N",), "subject", _W),
    Command("find_subject", ("Ctrl+F",), "subject", _W),
    Command("add_visit", ("Ctrl+Shift+N",), "subject", _W),
    Command("sae_clock", ("F2",), "subject", _W),
    Command("deviations", ("Ctrl+D",), "subject", _W),
    Command("sae_report", (), "form", _W),
    Command("complete", ("F12",), "form", _F),
    Command("sign", ("F11",), "form", _W),
    Command("second_entry", ("Ctrl+Shift+D",), "form", _W),
    Command("previous_form", ("Ctrl+PgUp",), "form", _W),
    Command("next_form", ("Ctrl+PgDown",), "form", _W),
    Command("next_attention", ("F4",), "form", _F),
    Command("previous_attention", ("Shift+F4",), "form", _F),
    Command("first_item", ("Ctrl+Home",), "form", _F),
    Command("last_item", ("Ctrl+End",), "form", _F),
    Command("go_to", ("Ctrl+G",), "form", _W),
    Command("confirm", ("F8",), "form", _F),
    Command("missing", ("Ctrl+U",), "form", _F),
    Command("zero_row", ("Ctrl+Shift+0",), "form", _F),
    Command("rest", ("Ctrl+Shift+R",), "form", _F),
    Command("paste_rows", ("Ctrl+Shift+V",), "form", _F),
    Command("add_row", ("Ctrl+Return",), "form", _F),
    Command("strike_row", ("Ctrl+Delete",), "form", _F),
    Command("next_row", ("Ctrl+Down",), "form", _F),
    Command("previous_row", ("Ctrl+Up",), "form", _F),
    Command("show_struck", ("Ctrl+Shift+S",), "form", _F),
    Command("take_limits", ("F7",), "form", _F),
    Command("add_form", ("Ctrl+Shift+Return",), "form", _W),
    Command("query", ("Ctrl+M",), "form", _F),
    Command("history", ("Ctrl+H",), "form", _F),
    Command("course", ("Ctrl+Shift+H",), "form", _W),
    Command("save_now", ("Ctrl+S",), "form", _F),
    Command("figures", ("Ctrl+Shift+O",), "record", _W),
    Command("listing", ("Ctrl+Shift+I",), "record", _W),
    Command("sign_more", (), "record", _W),
    Command("judgement", ("Ctrl+Shift+J",), "record", _W),
    Command("locks", (), "record", _W),
    Command("audit", ("Ctrl+Shift+A",), "record", _W),
    Command("people", (), "record", _W),
    Command("identities", (), "record", _W),
    Command("recovery", (), "record", _W),
    Command("queries", ("Ctrl+Shift+Q",), "record", _W),
    Command("conflicts", ("Ctrl+K",), "record", _W),
    Command("verify_source", ("Ctrl+Shift+E",), "record", _W),
    Command("check_page", (), "record", _W),
    Command("wrong_place", (), "record", _W),
    Command("voided", (), "record", _W),
    Command("redact", (), "record", _W),
    Command("correct_clock", (), "record", _W),
    Command("backups", (), "record", _W),
    Command("mailbag", ("Ctrl+B",), "sync", _W),
    Command("make_bundle", (), "sync", _W),
    Command("take_bundle", (), "sync", _W),
    Command("aside", (), "sync", _W),
    Command("devices", (), "sync", _W),
    Command("joining", (), "sync", _W),
    Command("patterns", (), "record", _W),
    Command("overlays", (), "record", _W),
    Command("definition", (), "record", _W),
    Command("guidance", ("F1",), "help", _W),
    Command("guides", ("Shift+F1",), "help", _W),
    Command("side_panel", ("F3",), "help", _W),
    Command("next_pane", ("F6",), "help", _W),
    Command("previous_pane", ("Shift+F6",), "help", _W),
    Command("key_card", ("Ctrl+F1",), "help", _W),
    Command("selfcheck", (), "help", _W),
    Command("about", (), "help", _W),
    Command("choices", ("F9",), "", _I),
    Command("next_item", ("Return", "Tab"), "", _I),
    Command("previous_item", ("Shift+Tab", "Shift+Return"), "", _I),
    Command("up_down", ("Up", "Down"), "", _I),
    Command("answer", ("1 … 9",), "", _I),
    Command("clear", ("Delete",), "", _I),
    Command("today", ("+",), "", _I),
    Command("put_back", ("Esc",), "", _I),
)


ALWAYS = ("language", "text_larger", "text_smaller", "text_normal", "guidance", "guides", "key_card", "about")
"""Commands that need no vault."""
WHILE_LOCKED = ("language", "text_larger", "text_smaller", "text_normal", "guidance", "guides")
"""Commands that still do something while the window is locked."""


def by_name(name: str) -> Command:
    """The command of that name. Raises StopIteration for an unknown one: our mistake."""
    return next(c for c in TABLE if c.name == name)
