"""``study overlay``: checks that the centre softens, raises or switches off, and what it made of them."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from mda5_crf.cli.login import open_session, second_password_of
from mda5_crf.cli.output import one_line, say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.overlays import Line
    from mda5_crf.services.session import Session

ACTS = ("list", "set", "withdraw")


def run(options: argparse.Namespace) -> int:
    """List, set or withdraw. Who sets answers with the own password, and a second person with another."""
    act, rest = options.other or "list", list(options.rest)
    if not options.directory or act not in ACTS or len(rest) != (0 if act == "list" else 1):
        raise UsageError("overlay.words")
    if act == "set" and not (options.action and options.start):
        raise UsageError("overlay.words_set")
    options.vault = options.directory
    with open_session(options) as session:
        if act == "list":
            _list(session, options)
        elif act == "set":
            _set(session, rest[0], options)
        else:
            _withdraw(session, rest[0], options)
    return 0


def _set(session: Session, check: str, options: argparse.Namespace) -> None:
    from mda5_crf.services import overlays
    from mda5_crf.study.overlay import caution, days_words, severity_words

    start = _day(options.start)
    until = _day(options.until) if options.until else None
    warned = caution(session.definition, check, options.action)
    line = overlays.set_overlay(
        session, check, options.action, start, until, _reason(options),
        own_password=options.password, second=_second(options),
    )  # fmt: skip
    if options.json:
        say_json(as_json(line))
        return
    done = message(
        "overlay.set_done", check=check, action=severity_words(line.action), id=line.id,
        days=days_words(start, until),
    )  # fmt: skip
    say(done, options.language)
    if warned is not None:
        say(warned, options.language)


def _withdraw(session: Session, overlay: str, options: argparse.Namespace) -> None:
    from mda5_crf.services import overlays

    line = overlays.withdraw(
        session, overlay, _reason(options), own_password=options.password, second=_second(options)
    )
    if options.json:
        say_json(as_json(line))
    else:
        say(message("overlay.withdrawn_done", check=line.check), options.language)


def _list(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.services.overlays import listed
    from mda5_crf.study.overlay import days_words, severity_words

    lines = listed(session)
    if options.json:
        say_json([as_json(line) for line in lines])
        return
    if not lines:
        say(message("overlay.none"), options.language)
        return
    lang = options.language
    table(
        [
            line.id, line.check, severity_words(line.action).in_(lang),
            days_words(line.start, line.until).in_(lang), line.state_words.in_(lang),
            one_line(line.reason.in_(lang)), f"{line.person}, {line.second}",
        ]
        for line in lines
    )  # fmt: skip


def as_json(line: Line) -> dict[str, Any]:
    """One overlay as the commands show it."""
    return {
        "id": line.id, "check": line.check, "action": line.action, "from": line.start.isoformat(),
        "until": line.until.isoformat() if line.until else None, "state": line.state,
        "reason": {"en": line.reason.en, "zh": line.reason.zh}, "person": line.person, "second": line.second,
    }  # fmt: skip


def _reason(options: argparse.Namespace) -> Text:
    return Text(options.reason or "", options.reason_zh or "")


def _second(options: argparse.Namespace) -> tuple[str, str]:
    if not options.second:
        raise InputRefused("overlay.second_needed")
    return str(options.second), second_password_of(options)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputRefused("overlay.day_form", text=text) from None
