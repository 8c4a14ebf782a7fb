"""``study check``, ``approve`` and ``diff``: what is wrong with a definition, who read it, what changed."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.output import one_line, say, say_error, say_json
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.settings import study_directory
from mda5_crf.text import Language, message

if TYPE_CHECKING:
    from mda5_crf.errors import Problem
    from mda5_crf.study.cases_prove import Proof
    from mda5_crf.study.model import Study

NAMED = 20
"""So many texts that wait for approval are named on a screen; ``--json`` names all."""


def run(options: argparse.Namespace) -> int:
    """The act asked for: 0 when all is well, 1 with every problem when it is not."""
    if options.act == "overlay":
        from mda5_crf.cli import overlays

        return overlays.run(options)
    if options.act in ("amend", "approve-for-site", "versions", "move-form"):
        from mda5_crf.cli import amending

        return amending.run(options)
    if options.act in ("export", "import"):
        from mda5_crf.cli import definitions

        return definitions.run(options)
    if (options.act != "diff" and options.other) or options.rest:
        raise UsageError("cli.study_words")
    if options.act == "approve":
        return _approve(options)
    if options.act == "diff":
        return _diff(options)
    return _check(options)


# -- check -----------------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    """Load the definition and prove what is kept beside it."""
    from mda5_crf.study.cases_prove import prove
    from mda5_crf.study.load import check, load

    directory = Path(options.directory) if options.directory else study_directory()
    problems = check(directory)
    study = None if problems else load(directory)
    proof = None if study is None else prove(study, directory)
    if proof is not None:
        problems = proof.problems
    if options.json:
        say_json(_as_json(directory, problems, study, proof))
    elif problems:
        say_problems(problems)
    if proof is not None and study is not None and not options.json:
        _say_proof(study, proof, options.language)
    return 1 if problems else 0


def say_problems(problems: list[Problem]) -> None:
    """All that is wrong with a definition, in both languages, on standard error."""
    for problem in problems:
        sys.stderr.write(f"{one_line(problem.in_('en'))}\n{one_line(problem.in_('zh'))}\n")
    say_error(message("study.definition_has_problems", count=len(problems)))


def _as_json(directory: Path, problems: list[Problem], study: Study | None, proof: Proof | None) -> object:
    from mda5_crf.study.load import statistics

    proved = {} if proof is None else {k: v for k, v in asdict(proof).items() if k != "problems"}
    return {
        "directory": str(directory),
        "problems": [
            {"file": p.file, "line": p.line, "path": p.path, "en": p.text.en, "zh": p.text.zh}
            for p in problems
        ],
        "statistics": {} if study is None or problems else asdict(statistics(study)),
        "proof": proved,
    }


def _say_proof(study: Study, proof: Proof, language: Language) -> None:
    from mda5_crf.study.load import statistics

    if not proof.problems:
        counts = ", ".join(f"{name} {count}" for name, count in asdict(statistics(study)).items())
        clean = message(
            "cli.study_clean", study=study.oid, version=study.version, hash=study.hash[:12], counts=counts
        )
        say(clean, language)
    if proof.has_cases:
        numbers = {"checks": proof.checks, "wanted": proof.wanted, "scenes": proof.scenes}
        say(message("cli.study_cases", **numbers, ranges=proof.ranges, edges=proof.edges), language)
    else:
        say(message("cli.study_no_cases"), language)
    if not proof.has_parity:
        say(message("cli.study_no_parity", texts=proof.texts), language)
        return
    say(message("cli.study_parity", texts=proof.texts, waiting=len(proof.waiting)), language)
    for path in proof.waiting[:NAMED]:
        sys.stdout.write(f"  {path}\n")
    if len(proof.waiting) > NAMED:
        say(message("cli.study_more", count=len(proof.waiting) - NAMED), language)


# -- approve ---------------------------------------------------------------------------------------


def _approve(options: argparse.Namespace) -> int:
    """Record that a person has read every text in both languages; give out the OIDs."""
    import datetime

    from mda5_crf.study import parity, parity_oids, source
    from mda5_crf.study.load import load

    who = " ".join((options.name or "").split())
    if not options.directory or not who:
        raise UsageError("cli.study_approve_words")
    directory = Path(options.directory)
    study = load(directory)
    problems: list[Problem] = []
    lock = parity.read_lock(directory, parity.NAME, problems)
    oids = parity.read_lock(directory, parity_oids.NAME, problems)
    if problems:
        say_problems(problems)
        return 1
    today = datetime.datetime.now(datetime.UTC).date()
    text, fresh = parity.approve(source.unpack(study.source), lock, who, today)
    _write(directory / parity.NAME, text)
    _write(directory / parity_oids.NAME, parity_oids.approve(study, oids))
    for found in fresh:
        sys.stdout.write(f"{found.path}\n  {one_line(found.text.en)}\n  {one_line(found.text.zh)}\n")
    say(message("cli.study_approved", count=len(fresh), name=who), options.language)
    return 0


def _write(path: Path, text: str) -> None:
    """Replace a file in one step: half a list of approvals would read as approvals taken back."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)


# -- diff ------------------------------------------------------------------------------------------


def _diff(options: argparse.Namespace) -> int:
    """What the second definition adds, takes away and changes."""
    from mda5_crf.study.differences import differences
    from mda5_crf.study.load import load

    if not options.directory or not options.other:
        raise UsageError("cli.study_diff_words")
    old, new = (load(_folder(word)) for word in (options.directory, options.other))
    found = differences(old, new)
    if options.json:
        say_json(
            {
                "old": old.hash,
                "new": new.hash,
                "differences": [
                    {"kind": d.kind, "path": d.path, "en": d.text.en, "zh": d.text.zh} for d in found
                ],
            }
        )
        return 0
    for difference in found:
        sys.stdout.write(f"{difference.path}: {one_line(difference.text.in_(options.language))}\n")
    say(message("cli.study_differences", count=len(found)), options.language)
    return 0


def _folder(word: str) -> Path:
    folder = Path(word)
    if not folder.is_dir():
        raise InputRefused("cli.study_no_folder", name=word)
    return folder
