"""``study export`` and ``study import``: a definition as a workbook or ODM, or out of a file of others."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.cli.output import one_line, say, say_error, say_json
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.settings import study_directory
from mda5_crf.text import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mda5_crf.exchange.grids import Note
    from mda5_crf.jobs.definitions import Former, Taken
    from mda5_crf.study.differences import Difference
    from mda5_crf.study.model import Study

ACTS: Final = ("export", "import")
NAMED: Final = 20
"""So many notes of one sort are shown on a screen; ``--json`` has all."""


def run(options: argparse.Namespace) -> int:
    """One of ACTS: 0 when all is well, 1 with every problem when it is not."""
    if options.other or options.rest or not options.directory:
        raise UsageError(f"sheets.words_{options.act}")
    return _export(options) if options.act == "export" else _import(options)


# -- export ------------------------------------------------------------------------------------------


def _export(options: argparse.Namespace) -> int:
    from mda5_crf.jobs.definitionsout import AS, write
    from mda5_crf.study.load import statistics

    if not options.output or options.kind not in AS:
        raise UsageError("sheets.words_export")
    study = _study(options)
    target = Path(options.output)
    write(study, target, options.kind)
    counts = statistics(study)
    if options.json:
        say_json({"file": target.name, "as": options.kind, "hash": study.hash, "items": counts.items})
        return 0
    told = {"forms": counts.forms, "items": counts.items, "checks": counts.checks}
    say(message("sheets.exported", file=target.name, **told), options.language)
    return 0


def _study(options: argparse.Namespace) -> Study:
    """The definition in a folder, or the one in force in a vault."""
    from mda5_crf.study.load import load

    place = Path(options.directory)
    if (place / "study.toml").is_file():
        return load(place)
    from mda5_crf.cli.login import open_session

    options.vault = options.directory
    with open_session(options) as session:
        return session.study


# -- import ------------------------------------------------------------------------------------------


def _import(options: argparse.Namespace) -> int:
    from mda5_crf.jobs import definitions

    if options.kind not in (None, *definitions.KINDS):
        raise UsageError("sheets.words_import")
    file = Path(options.directory)
    folder = Path(options.output) if options.output else None
    taken = definitions.take(file, options.kind or "", Path(options.events) if options.events else None)
    before = _before(options, taken, folder)
    found = None if before is None or taken.study is None else definitions.compare(taken, before)
    if options.json:
        written = _placed(options, taken, folder, quiet=True) if not taken.problems else False
        say_json(_as_json(taken, before, found) | {"written": written})
        return 1 if taken.problems else 0
    _tell(file, taken, options)
    if taken.problems:
        return 1
    if before is not None and found is not None:
        _tell_differences(found, before, options)
    written = _placed(options, taken, folder, quiet=False)
    return 0 if written or options.dry_run or folder is None else 1


def _before(options: argparse.Namespace, taken: Taken, folder: Path | None) -> Former | None:
    """What the imported definition is compared with: what ``--against`` names, what stands where it goes, or
    the program's own where it is the same study.
    """
    from mda5_crf.jobs.definitions import former

    if options.against:
        if not Path(options.against).is_dir():
            raise InputRefused("cli.study_no_folder", name=options.against)
        return former(Path(options.against))
    found = former(folder) if folder is not None else None
    if found is None and taken.study is not None:
        own = former(study_directory())
        found = own if own is not None and own.study.oid == taken.study.oid else None
    return found


def _placed(options: argparse.Namespace, taken: Taken, folder: Path | None, *, quiet: bool) -> bool:
    """Write it where it is to go, and say so; whether it was."""
    from mda5_crf.jobs.definitions import is_empty, place

    if folder is None or options.dry_run:
        if not quiet:
            say(message("sheets.nothing_written"), options.language)
        return False
    fresh = is_empty(folder)
    placed = place(taken, folder, replace=options.replace)
    if quiet:
        return True
    if fresh:
        say(message("sheets.wrote", name=str(folder), count=len(placed.written)), options.language)
    else:
        told = {"count": len(placed.written), "left": placed.left}
        say(message("sheets.wrote_some", name=str(folder), **told), options.language)
    for name in placed.deleted:
        say(message("sheets.took_away", name=name), options.language)
    return True


def _tell(file: Path, taken: Taken, options: argparse.Namespace) -> None:
    from mda5_crf.study.load import statistics

    counts = ", ".join(f"{name} {count}" for name, count in taken.notes.read.items() if count)
    if counts:
        say(message("sheets.read_as", file=file.name, kind=taken.kind, counts=counts), options.language)
    for line in taken.lines:
        say(line, options.language)
    for code, listed in (
        ("repaired", taken.notes.repaired), ("kept", taken.notes.kept), ("unknown", taken.notes.unknown),
    ):  # fmt: skip
        if listed:
            say(message(f"sheets.{code}", count=len(listed)), options.language)
            _list(listed, options)
    if taken.problems:
        for note in taken.problems:
            text = note.said()
            sys.stderr.write(f"{one_line(text.en)}\n{one_line(text.zh)}\n")
        say_error(message("sheets.problems", count=len(taken.problems)))
    elif taken.study is not None:
        found = statistics(taken.study)
        told = {"events": found.events, "forms": found.forms, "items": found.items, "checks": found.checks}
        say(message("sheets.makes", **told), options.language)


def _list(notes: Sequence[Note], options: argparse.Namespace) -> None:
    for note in notes[:NAMED]:
        sys.stdout.write(f"  {one_line(note.said().in_(options.language))}\n")
    if len(notes) > NAMED:
        say(message("cli.study_more", count=len(notes) - NAMED), options.language)


def _tell_differences(found: Sequence[Difference], before: Former, options: argparse.Namespace) -> None:
    if not found:
        say(message("sheets.same", name=before.name), options.language)
        return
    for difference in found:
        sys.stdout.write(f"{difference.path}: {one_line(difference.text.in_(options.language))}\n")
    say(message("cli.study_differences", count=len(found)), options.language)


def _as_json(taken: Taken, before: Former | None, found: Sequence[Difference] | None) -> dict[str, object]:
    from mda5_crf.jobs.definitions import as_json

    return {
        "as": taken.kind,
        **as_json(taken.notes),
        "hash": "" if taken.study is None else taken.study.hash,
        "against": "" if before is None else before.study.hash,
        "differences": [
            {"kind": d.kind, "path": d.path, "en": d.text.en, "zh": d.text.zh} for d in found or ()
        ],
    }
