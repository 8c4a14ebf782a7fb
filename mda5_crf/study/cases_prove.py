"""Everything that is kept beside a definition to prove it: cases, limits, approved texts, OIDs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mda5_crf.errors import Problem
from mda5_crf.study import case_ranges, cases_run, parity, parity_oids
from mda5_crf.study import source as sources
from mda5_crf.study.case_files import read_folder
from mda5_crf.study.cases import read_cases
from mda5_crf.study.model import Study


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved, in numbers, and every problem.

    ``has_cases``: cases are kept at all; ``checks`` have good cases of ``wanted``, with ``scenes``;
    ``ranges`` were compared with the table of limits and ``edges`` texts tried at their ends. ``texts``
    stand in both languages; ``has_parity``: approvals are kept, and ``waiting`` texts wait for one.
    """

    problems: list[Problem]
    has_cases: bool
    checks: int
    wanted: int
    scenes: int
    ranges: int
    edges: int
    texts: int
    has_parity: bool
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """The cases of a folder, played, and what is wrong with files, scenes and checks."""

    report: cases_run.Report
    problems: list[Problem]
    has_cases: bool


def play(study: Study, directory: Path) -> Played:
    """Play the cases kept in ``directory``. Where none are kept, none are missed."""
    files, unreadable = read_folder(directory)
    cases, misread = read_cases(study, files)
    has_cases = bool(files) or bool(unreadable)
    report = cases_run.run(study, cases, None if has_cases else ())
    return Played(report, [*unreadable, *misread, *report.notes.problems(files)], has_cases)


def prove(study: Study, directory: Path, played: Played | None = None) -> Proof:
    """Prove the definition ``study``, loaded from ``directory``, with what is kept there.

    ``played``: its cases, when they have been played already.
    """
    played = played or play(study, directory)
    problems = list(played.problems)
    report = played.report
    limits = case_ranges.prove(study, directory)
    problems += limits.problems
    texts = parity.compare(sources.unpack(study.source), parity.read_lock(directory, parity.NAME, problems))
    problems += texts.problems
    problems += parity_oids.compare(study, parity.read_lock(directory, parity_oids.NAME, problems))
    return Proof(
        problems,
        played.has_cases,
        report.proved,
        len(report.outcomes),
        report.scenes,
        limits.ranges,
        limits.edges,
        texts.texts,
        texts.kept,
        texts.waiting,
    )
