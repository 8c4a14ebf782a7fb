"""``coding``: verbatim terms out to a coder, codes of licensed dictionaries back in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import one_line, say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.jobs.coding import Sent
    from mda5_crf.services.codingtake import Outcome, Plan
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """One act."""
    words: list[str] = list(options.words)
    needed = 1 if options.act == "import" else 0
    if len(words) < needed:
        raise UsageError("coding.word_needed")
    if len(words) > needed:
        raise UsageError("cli.usage_surplus", names=words[needed])
    if options.act == "export" and not options.output:
        raise UsageError("coding.output_needed")
    with open_session(options) as session:
        if options.act == "list":
            _list(session, options)
        elif options.act == "export":
            _tell_sent(_export(session, options), options)
        elif options.act == "import":
            return _import(session, Path(words[0]), options)
        else:
            return _suggested(session, options)
    return 0


def _export(session: Session, options: argparse.Namespace) -> Sent:
    from mda5_crf.jobs import coding

    file = Path(options.output)
    if options.synonyms:
        return coding.export_synonyms(session, file)
    return coding.export(
        session, file, each=options.each, everything=options.all, suggest=not options.no_suggestions
    )


def _tell_sent(sent: Sent, options: argparse.Namespace) -> None:
    if options.json:
        say_json(
            {"file": sent.file.name, "sha256": sent.sha256, "lines": sent.lines, "kept": sent.identifying}
        )
        return
    for line in sent.told():
        say(line, options.language)


def _list(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.services.codings import CODED, terms
    from mda5_crf.services.codingtake import coding_words

    found = [one for one in terms(session) if options.all or one.state != CODED]
    if options.json:
        say_json(
            [
                {
                    "id": one.id, "dictionary": one.dictionary.value, "term": one.verbatim,
                    "occurrences": len(one.occurrences), "waiting": one.waiting, "forms": one.places,
                    "state": one.state, "coded_as": coding_words(one.coding) or None,
                }
                for one in found
            ]
        )  # fmt: skip
        return
    everything = terms(session)
    say(
        message(
            "coding.summary", terms=len(everything), occurrences=sum(len(t.occurrences) for t in everything),
            waiting=sum(one.waiting for one in everything),
        ),
        options.language,
    )  # fmt: skip
    table(
        (
            [
                one.id, one.dictionary.value, str(len(one.occurrences)), one.places,
                message(f"coding.state_{one.state}").in_(options.language), one.verbatim,
                coding_words(one.coding),
            ]
            for one in found
        ),
        ["ID", "DICTIONARY", "COUNT", "FORMS", "STATE", "TERM", ""],
    )  # fmt: skip


def _import(session: Session, file: Path, options: argparse.Namespace) -> int:
    from mda5_crf.jobs import coding
    from mda5_crf.services import codingtake

    plan = (coding.plan_synonyms if options.synonyms else coding.plan)(session, file)
    written = 0
    if not options.dry_run:
        taken = (
            codingtake.accept_synonyms(session, plan, options.reason or "")
            if options.synonyms
            else codingtake.accept(session, plan, reason=options.reason or "")
        )
        written = len(taken)
    return _tell(plan, written, options)


def _suggested(session: Session, options: argparse.Namespace) -> int:
    """What the synonym list suggests; taken over when the person says ``--accept``."""
    from mda5_crf.services import codingtake

    plan = codingtake.suggestions(session)
    if not plan.outcomes:
        raise InputRefused("coding.none_known")
    written = len(codingtake.accept(session, plan)) if options.accept else 0
    options.dry_run = not options.accept
    return _tell(plan, written, options)


def _tell(plan: Plan, written: int, options: argparse.Namespace) -> int:
    from mda5_crf.services.codingtake import OUTCOMES, REFUSED

    counts = {fate: plan.count(fate) for fate in OUTCOMES}
    if options.json:
        say_json(
            {
                "file": plan.file.name, "sha256": plan.file.sha256, "dry_run": options.dry_run,
                "written": written, "counts": counts, "lines": [_as_json(one) for one in plan.outcomes],
            }
        )  # fmt: skip
    else:
        for one in plan.outcomes:
            sys.stdout.write(f"{one_line(words(one).in_(options.language))}\n")
        say(message("coding.counted", **counts), options.language)
        say(
            message("coding.dry") if options.dry_run else message("coding.taken", count=written),
            options.language,
        )
    if plan.count(REFUSED):
        raise InputRefused("coding.some_left", count=plan.count(REFUSED))
    return 0


def words(one: Outcome) -> Text:
    """One line with what becomes of it."""
    fate = message(f"coding.fate_{one.fate}")
    line = message("coding.line", number=one.number, fate=fate, term=one.verbatim)
    if one.given is not None:
        line = message("coding.line_codes", line=line, codes=one.given.words)
    if one.before:
        line = message("coding.line_before", line=line, before=one.before)
    return line if one.why is None else message("coding.line_why", line=line, why=one.why)


def _as_json(one: Outcome) -> dict[str, Any]:
    return {
        "row": one.number, "outcome": one.fate, "term": one.verbatim, "occurrences": len(one.about),
        "codes": None if one.given is None else {level: dict(c) for level, c in one.given.codes.items()},
        "before": one.before or None,
        "why": None if one.why is None else {"en": one.why.en, "zh": one.why.zh},
    }  # fmt: skip
