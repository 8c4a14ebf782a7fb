"""``patterns``: participants by what is unlike the others, with a proposal for source verification."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.patternmodel import Seen


def run(options: argparse.Namespace) -> int:
    """Always 0: a pattern is no mistake."""
    from mda5_crf.services.patterns import patterns

    with open_session(options) as session:
        seen = patterns(session, sample=options.sample, seed=options.seed)
        if options.output:
            from mda5_crf.jobs.patternpaper import write

            write(session, seen, Path(options.output), options.lang)
    if options.json:
        say_json(document(seen))
        return 0
    tongue = options.language
    if not seen.cases:
        say(message("patterns.nobody"), tongue)
        return 0
    rows = []
    for one in seen.cases:
        if one.reasons:
            rows += [
                (one.rank, one.subjid, f"{one.score:.1f}", message(r.title).in_(tongue), r.words.in_(tongue))
                for r in one.reasons
            ]
    if rows:
        names = ("rank", "participant", "score", "pattern", "numbers")
        table(rows, [message(f"patterns.head_{name}").in_(tongue) for name in names])
    else:
        say(message("patterns.nothing"), tongue)
    say(message("patterns.by_chance", tried=seen.tried, cases=len(seen.cases), count=seen.by_chance), tongue)
    say(message("patterns.sample"), tongue)
    for chosen in seen.sample:
        name = "patterns.sample_drawn" if chosen.drawn else "patterns.sample_score"
        sys.stdout.write(f"  {message(name, subject=chosen.subjid).in_(tongue)}\n")
    say(message("patterns.sample_how", seed=seen.seed), tongue)
    say(message("patterns.about"), tongue)
    if options.output:
        say(message("patterns.saved", file=Path(options.output).name), tongue)
    return 0


def document(seen: Seen) -> dict[str, Any]:
    """As JSON: scores and chances as numbers, words in both languages."""
    return {
        "participants": [
            {
                "rank": one.rank, "subject": one.subjid, "site": one.site, "score": one.score,
                "numbers": one.numbers, "visits": one.visits,
                "reasons": [
                    {
                        "pattern": r.pattern, "count": r.count, "of": r.of, "chance": r.chance,
                        "weight": round(r.weight, 2), "en": r.words.en, "zh": r.words.zh,
                    }
                    for r in one.reasons
                ],
            }
            for one in seen.cases
        ],
        "sample": [asdict(one) for one in seen.sample],
        "seed": seen.seed,
        "tried": seen.tried,
        "by_chance": seen.by_chance,
    }  # fmt: skip
