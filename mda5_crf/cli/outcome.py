"""The table of the primary outcome, printed from the database."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.output import say, table
from mda5_crf.text import Language, message

if TYPE_CHECKING:
    from mda5_crf.services.outcomes import Outcomes


def outcome_json(result: Outcomes) -> dict[str, object]:
    """The table as JSON; scores and parts are decimals written as text, null = not evaluable."""
    return {
        "event": result.event,
        "participants": result.participants,
        "evaluable": result.evaluable,
        "responders": result.responders,
        "major": result.major,
        "moderate": result.moderate,
        "minimal": result.minimal,
        "percent_observed": result.percent_observed,
        "percent_nonresponse": result.percent_missing_as_nonresponse,
        "median": result.median,
        "q1": result.q1,
        "q3": result.q3,
        "scores": {s.subjid: s.total for s in result.scores},
        "parts": {s.subjid: dict(s.parts) for s in result.scores},
        "categories": {s.subjid: s.category for s in result.scores},
    }


def print_outcome(result: Outcomes, language: Language) -> None:
    """Every score with its six parts, then the summary."""
    say(message("cli.outcome_title", event=result.event_name), language)
    none = message("cli.none").in_(language)

    def shown(value: object) -> str:
        return none if value is None else str(value)

    names = ("subject", "phga", "ptga", "mmt", "haq", "enz", "ext", "total", "category")
    table(
        (
            [s.subjid, *(shown(p) for p in s.parts.values()), shown(s.total), s.category_text.in_(language)]
            for s in result.scores
        ),
        [message(f"cli.head_{h}").in_(language) for h in names],
    )
    sys.stdout.write("\n")
    lines = (
        ("evaluable", f"{result.evaluable}"),
        ("observed", f"{result.responders}/{result.evaluable} ({shown(result.percent_observed)} %)"),
        (
            "nonresponse",
            f"{result.responders}/{result.participants} ({shown(result.percent_missing_as_nonresponse)} %)",
        ),
        ("categories", f"{result.major} / {result.moderate} / {result.minimal}"),
        ("median", f"{shown(result.median)} ({shown(result.q1)}–{shown(result.q3)})"),
    )
    table([message(f"cli.outcome_{name}").in_(language), value] for name, value in lines)
