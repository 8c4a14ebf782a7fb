"""The study that a new vault is founded on, where it is not the program's own: what is read of it, in words.

A folder with a definition, an archive of this program, or whatever :mod:`mda5_crf.jobs.definitions` reads:
ODM of any version, REDCap's data dictionary, an XLSForm, a workbook. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import DefinitionError, InputRefused, Problem
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.exchange.grids import Note
    from mda5_crf.jobs.definitions import Taken
    from mda5_crf.study.model import Study

MOST_TOLD: Final = 200
"""Notes of one sort that are told one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a place holds. ``study`` is None while there are ``problems``; ``lines`` say what was read, what
    is kept without effect and what was not understood.
    """

    study: Study | None
    lines: tuple[Text, ...]
    problems: tuple[Problem, ...] = ()


def offered(place: Path) -> Offered:
    """Read the study in ``place``.

    Raises InputRefused for a place with nothing that is known, and what reading an archive raises
    (BundleError) when it is not whole.
    """
    from mda5_crf.jobs import archiveback, definitions

    if place.is_dir():
        return _folder(place)
    if not place.is_file():
        raise InputRefused("newstudy.missing", name=place.name)
    if archiveback.is_own_archive(place):
        study = archiveback.archive_study(place)
        return Offered(study, (message("newstudy.archive", file=place.name), _makes(study)))
    return _told(place, definitions.take(place))


def _folder(place: Path) -> Offered:
    from mda5_crf.study.load import load

    if not (place / "study.toml").is_file():
        raise InputRefused("newstudy.no_definition", name=place.name)
    try:
        study = load(place)
    except DefinitionError as error:
        problems = tuple(error.problems)
        lines = [message("sheets.at_definition", place=one.where(), what=one.text) for one in problems]
        return Offered(None, (*_some(lines), message("newstudy.problems", count=len(problems))), problems)
    return Offered(study, (message("newstudy.folder", name=place.name), _makes(study)))


def _told(file: Path, taken: Taken) -> Offered:
    lines: list[Text] = []
    counts = ", ".join(f"{name} {count}" for name, count in taken.notes.read.items() if count)
    if counts:
        lines.append(message("sheets.read_as", file=file.name, kind=taken.kind, counts=counts))
    lines += taken.lines
    for code, notes in (
        ("repaired", taken.notes.repaired), ("kept", taken.notes.kept), ("unknown", taken.notes.unknown),
    ):  # fmt: skip
        if notes:
            lines += [message(f"sheets.{code}", count=len(notes)), *_some(_said(notes))]
    if taken.study is None:
        lines += [*_some(_said(taken.problems)), message("newstudy.problems", count=len(taken.problems))]
        return Offered(None, tuple(lines), tuple(Problem(one.text, file.name) for one in taken.problems))
    return Offered(taken.study, (*lines, _makes(taken.study)))


def _said(notes: Sequence[Note]) -> list[Text]:
    return [one.said() for one in notes]


def _some(lines: Sequence[Text]) -> list[Text]:
    """Set in below what they belong to, and no more than anybody reads."""
    found = [Text(f"  {one.en}", f"  {one.zh}") for one in lines[:MOST_TOLD]]
    if len(lines) > MOST_TOLD:
        found.append(message("cli.study_more", count=len(lines) - MOST_TOLD))
    return found


def _makes(study: Study) -> Text:
    from mda5_crf.study.load import statistics

    found = statistics(study)
    told = {"events": found.events, "forms": found.forms, "items": found.items, "checks": found.checks}
    return message("sheets.makes", **told)
