"""``quarantine``: what was set aside, why and what to do; judging it again by the rules."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import one_line, say, say_json
from mda5_crf.errors import UsageError
from mda5_crf.services import quarantine
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """List, or judge again."""
    if options.act not in ("list", "judge-again"):
        raise UsageError("quarantine.words")
    with open_session(options) as session:
        if options.act == "list":
            _list(session, options)
        else:
            _again(session, options)
    return 0


def _again(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.sync.rejudging import judge_again

    found = judge_again(session)
    if options.json:
        released = [{"record": one, "en": why.en, "zh": why.zh} for one, why in found.released]
        say_json({"released": released, "staying": found.staying})
        return
    say(message("quarantine.judged", released=len(found.released), staying=found.staying), options.language)


def _list(session: Session, options: argparse.Namespace) -> None:
    found = quarantine.listed(session)
    if options.json:
        say_json([
            {
                "record": one.record, "kind": one.kind, "person": one.person, "device": one.device,
                "site": one.site, "at": one.at.isoformat() if one.at else None, "remedy": one.remedy,
                "reason": {"en": one.reason.en, "zh": one.reason.zh},
                "what_to_do": {"en": one.remedy_words.en, "zh": one.remedy_words.zh},
            }
            for one in found
        ])  # fmt: skip
        return
    if not found:
        say(message("quarantine.none"), options.language)
    lang = options.language
    for one in found:
        at = f"{one.at.astimezone(session.zone):%Y-%m-%d %H:%M}" if one.at else "–"
        head = f"{one.record}  {one.what.in_(lang)}  {one.author.in_(lang)}  {at}"
        sys.stdout.write(f"{one_line(head)}\n")
        sys.stdout.write(f"  {one_line(one.reason.in_(lang))}\n  → {one_line(one.remedy_words.in_(lang))}\n")
