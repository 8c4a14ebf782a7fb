"""``deviations``: what the checks propose as protocol deviations; taking it over, dismissing it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mda5_crf.cli.address import subject_named
from mda5_crf.cli.data import reason_of
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.deviations import Proposal
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """One act. ``list`` may name a participant; a proposal is named as ``list`` shows it."""
    words = list(options.words)
    if options.act != "list" and len(words) != 1:
        raise UsageError("deviations.word_needed")
    if options.act == "list" and len(words) > 1:
        raise UsageError("cli.usage_surplus", names=words[1])
    reason = reason_of(options.reason)
    if options.act == "dismiss" and reason is None:
        raise UsageError("deviations.reason_needed")
    with open_session(options) as session:
        if options.act == "list":
            _list(session, words, options)
            return 0
        proposal = _named(session, words[0])
        if options.act == "take":
            row, _ = session.take_over(proposal, options.language, reason)
            label = session.form_label(row)
            said, document = message("deviations.recorded", row=label), {"row": label}
        else:
            assert reason is not None  # asked for above
            session.dismiss(proposal, reason)
            said, document = message("deviations.dismissed", check=proposal.check), {}
        if options.json:
            say_json({"proposal": proposal.id, "check": proposal.check, "act": options.act, **document})
        else:
            say(said, options.language)
    return 0


def _all(session: Session, subjects: list[str]) -> list[Proposal]:
    return [one for subject in subjects for one in session.deviation_proposals(subject)]


def _named(session: Session, word: str) -> Proposal:
    listed = _all(session, [subject.identity for subject in session.subjects()])
    found = [one for one in listed if one.id.startswith(word.strip().lower())]
    if len(found) != 1:
        raise InputRefused("deviations.unknown", proposal=word)
    return found[0]


def _list(session: Session, words: list[str], options: argparse.Namespace) -> None:
    wanted = [subject_named(session, words[0])] if words else session.subjects()
    found = _all(session, [subject.identity for subject in wanted])
    if options.json:
        say_json([_as_json(session, one) for one in found])
        return
    if not found:
        say(message("deviations.none"), options.language)
        return
    table(
        [
            one.id,
            session.subjid(one.place.subject),
            session.event_label(one.place),
            session.form_label(one.place),
            one.check,
            one.category,
            one.date or "",
            message(f"deviations.state_{one.state}").in_(options.language),
            one.message.in_(options.language),
        ]
        for one in found
    )


def _as_json(session: Session, one: Proposal) -> dict[str, object]:
    return {
        "proposal": one.id,
        "subject": session.subjid(one.place.subject),
        "event": session.event_label(one.place),
        "form": session.form_label(one.place),
        "item": one.anchor.item,
        "check": one.check,
        "category": one.category,
        "severity": one.severity.value,
        "date": None if one.date is None else one.date.isoformat(),
        "state": one.state,
        "row": None if one.row is None else session.form_label(one.row),
        "en": one.message.en,
        "zh": one.message.zh,
    }
