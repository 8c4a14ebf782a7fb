"""``recovery``: the sheets of a vault, made on a terminal; ``recover``: the way in with two of them.

The words of a sheet are shown to its holder on the terminal and taken off it again; they go into no file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import new_password_of, open_session, second_password_of, vault_of
from mda5_crf.cli.output import one_line, say, say_error, say_json
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import Language, Text, message

if TYPE_CHECKING:
    from mda5_crf.services.recovery import SheetPage, State

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_ACROSS = 3
_LONGEST_SHEET = 16 * 1024


def run(options: argparse.Namespace) -> int:
    """How the set stands, or the making of a new one."""
    from mda5_crf.services.recovery import Ceremony, state

    if options.act == "make":
        if not options.second:
            raise UsageError("cli.second_needed")
        if not _terminal():
            raise UsageError("recovery.terminal")
    with open_session(options) as session:
        if options.act == "state":
            _say_state(state(session), session.zone, options)
            return 0
        ceremony = Ceremony(
            session,
            options.holder,
            own_password=options.password,
            second=(options.second, second_password_of(options)),
        )
        try:
            for _ in options.holder:
                _one_sheet(ceremony.sheet(), ceremony.type_back, options.language)
            number = ceremony.finish(own_password=options.password)
        finally:
            ceremony.cancel()
        done = message("recovery.made", set=number)
        if options.json:
            say_json({"set": number, "holders": list(ceremony.holders)})
        else:
            say(done, options.language)
    return 0


def recover(options: argparse.Namespace) -> int:
    """Admit one keeper with two sheets."""
    from mda5_crf.services.recovery import NEEDED, NewKeeper
    from mda5_crf.services.recovery import recover as act

    for given, code in ((options.login, "login_needed"), (options.role, "role_needed")):
        if not given:
            raise UsageError(f"cli.{code}")
    files = options.share_file
    if files:
        sheets = [_read(file) for file in files]
    elif _terminal():
        sheets = [
            _ask(message("recovery.ask_sheet", place=place), options.language)
            for place in range(1, NEEDED + 1)
        ]
    else:
        raise UsageError("recovery.sheets_needed")
    keeper = NewKeeper(
        options.login,
        options.person or options.login,
        options.role,
        new_password_of(options),
        options.reason or "",
    )
    with act(vault_of(options.vault), sheets, keeper) as session:
        if options.json:
            say_json({"login": session.person.login, "state": "admitted", "renewed": True})
        else:
            say(message("recovery.admitted", login=session.person.login), options.language)
    return 0


def _say_state(state: State, zone: tzinfo, options: argparse.Namespace) -> None:
    if options.json:
        say_json(
            {
                "set": state.number,
                "made": state.made.isoformat() if state.made else None,
                "by": state.by,
                "second": state.second,
                "holders": list(state.holders),
                "stands": state.stands,
                "used": state.used.isoformat() if state.used else None,
            }
        )
        return
    for line in state.lines(zone):
        say(line, options.language)


def _one_sheet(page: SheetPage, type_back: Callable[[str], None], language: Language) -> None:
    """Show the sheet to its holder until it has been typed back without a mistake."""
    show = True
    while True:
        if show:
            _pause(message("recovery.alone", holder=page.holder), language)
            _write("\n".join(_lines(page, language)))
            _pause(message("recovery.copied"), language)
            _write(_CLEAR)
        typed = _ask(message("recovery.type_back", number=page.number), language)
        show = not typed.strip()
        if show:
            continue
        try:
            type_back(typed)
        except InputRefused as refused:
            say_error(refused.text)
        else:
            _write(_CLEAR)
            return


def _lines(page: SheetPage, language: Language) -> list[str]:
    lines = [one_line(line.in_(language)) for line in page.lines()]
    down = -(-len(page.words) // _ACROSS)
    for row in range(down):
        places = range(row, len(page.words), down)
        lines.append("".join(f"{place + 1:>4}. {page.words[place]:<12}" for place in places).rstrip())
    return ["", *lines, ""]


def _read(file: str) -> str:
    try:
        with Path(file).open(encoding="utf-8-sig") as stream:
            return stream.read(_LONGEST_SHEET)
    except (OSError, UnicodeDecodeError):
        raise InputRefused("cli.file_unreadable", file=file) from None


def _terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _write(text: str) -> None:
    # Not standard output: that may be a file.
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _pause(text: Text, language: Language) -> None:
    _write(one_line(text.in_(language)))
    if not sys.stdin.readline():
        raise UsageError("recovery.terminal")


def _ask(text: Text, language: Language) -> str:
    """Words on one or several lines, ended by an empty one."""
    _write(one_line(text.in_(language)))
    found: list[str] = []
    while line := sys.stdin.readline():
        if not line.strip():
            break
        found.append(line)
    else:
        raise UsageError("recovery.terminal")
    return " ".join(found)
