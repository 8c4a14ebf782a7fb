"""``pdf card``, ``pdf calendar``, ``pdf matrix`` and ``pdf sae``."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from mda5_crf.cli.address import positive, split_number, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.jobs import daycards, daysheets, saereports
from mda5_crf.jobs.printplan import choice_of

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_ALL = "all"


def pages(options: argparse.Namespace) -> bytes:
    """The pages of the act, recorded. Raises UsageError, InputRefused, PermissionDenied, StoreError."""
    acts = {"card": _morning, "calendar": _calendar, "matrix": _matrix, "sae": _sae}
    if not options.words or (options.act == "matrix" and len(options.words) > 1):
        raise UsageError("cards.words")
    if options.act == "sae" and len(options.words) != 3:
        raise UsageError("cards.words")
    options.vault, *words = options.words
    with open_session(options) as session:
        return acts[options.act](session, words, options)


def _morning(session: Session, words: list[str], options: argparse.Namespace) -> bytes:
    day = _day(options.date) if options.date else None
    subjects = [subject_named(session, word).identity for word in words]
    return daycards.print_cards(session, subjects, day, options.lang).data


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise InputRefused("cards.bad_day", word=word) from None


def _calendar(session: Session, words: list[str], options: argparse.Namespace) -> bytes:
    if words == [_ALL]:
        subjects = [one.identity for one in session.subjects()]
    else:
        subjects = [subject_named(session, word).identity for word in words]
    order = daysheets.gather_calendar(session, subjects, options.lang)
    return daysheets.print_sheets(session, order).data


def _matrix(session: Session, _words: list[str], options: argparse.Namespace) -> bytes:
    return daysheets.print_sheets(session, daysheets.gather_matrix(session, options.lang)).data


def _sae(session: Session, words: list[str], options: argparse.Namespace) -> bytes:
    """The report may be named SAE#2 or 2."""
    subject = subject_named(session, words[0])
    form = choice_of(session.study).get("report", {}).get("form", "")
    name, number = split_number(words[1])
    if number is None and name.isdigit():
        number = positive(name, words[1])
    elif name != form or number is None:
        raise UsageError("cards.words")
    return saereports.print_report(session, subject.identity, number, options.lang).data
