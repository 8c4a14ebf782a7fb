"""Reading a definition from a file of another make, and writing one as a workbook or as ODM.

What the file is, its content says. The tables in it are unfolded in a process of their own
(:mod:`mda5_crf.jobs.confined`); nothing is written before all of it was read, loaded and compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mda5_crf.errors import DefinitionError, InputRefused
from mda5_crf.exchange import workbookin
from mda5_crf.exchange.grids import Book, Note, Notes, book
from mda5_crf.exchange.settling import settled_files
from mda5_crf.jobs import confined
from mda5_crf.study import source as sources
from mda5_crf.study.differences import Difference, differences
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.study.writing import read_files, toml_files
from mda5_crf.text import Text, message

WORKBOOK: Final = "workbook"
REDCAP: Final = "redcap"
XLSFORM: Final = "xlsform"
ODM: Final = "odm"
KINDS: Final = (WORKBOOK, REDCAP, XLSFORM, ODM)
_HEAD: Final = 1024


@dataclass(slots=True)
class Taken:
    """What was read. ``study`` is None while there are ``problems``; ``lines``: what else is to be said."""

    kind: str
    description: dict[str, Any]
    files: dict[str, str]
    notes: Notes
    study: Study | None = None
    lines: list[Text] = field(default_factory=list)

    @property
    def problems(self) -> list[Note]:
        """Why it is no definition yet, all of it."""
        return self.notes.problems


def take(file: Path, kind: str = "", events: Path | None = None) -> Taken:
    """Read ``file``; ``kind`` is what it has to be ("" = whatever it is), ``events`` REDCap's second table.

    Raises InputRefused for a file that is none of KINDS, or that cannot be read at all.
    """
    if _is_markup(file):
        found = ODM
        taken = _odm(file) if kind in ("", ODM) else None
    else:
        tables = book(confined.stream("sheet", file))
        found = _kind(tables)
        taken = _tables(tables, found, events, file.stem) if kind in ("", found) else None
    if not found:
        raise InputRefused("sheets.not_known", file=file.name)
    if taken is None:
        raise InputRefused("sheets.other_kind", file=file.name, kind=found)
    return taken


def _is_markup(file: Path) -> bool:
    """Whether the first sign of a text is ``<``, in whatever Unicode; no more of it is looked at here."""
    with confined.opened(file) as stream:
        head = stream.read(_HEAD)
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _kind(tables: Book) -> str:
    from mda5_crf.exchange import redcapin, xlsformin

    if workbookin.is_workbook(tables):
        return WORKBOOK
    if xlsformin.is_form(tables):
        return XLSFORM
    return REDCAP if redcapin.is_dictionary(tables) else ""


def _tables(tables: Book, kind: str, events: Path | None, title: str) -> Taken:
    from mda5_crf.exchange import redcapin, xlsformin

    if kind == WORKBOOK:
        return _workbook(tables)
    if kind == XLSFORM:
        description, notes = xlsformin.read(tables)
    elif kind == REDCAP:
        second = None if events is None else book(confined.stream("sheet", events))
        description, notes = redcapin.read(tables, second, title)
    else:
        return Taken("", {}, {}, Notes())
    files = toml_files(description)
    taken = Taken(kind, description, files, notes)
    if not notes.problems:
        _load(taken)
    return taken


def _workbook(tables: Book) -> Taken:
    description, notes, origins = workbookin.read(tables)
    taken = Taken(WORKBOOK, description, toml_files(description), notes)
    if not notes.problems:
        try:
            taken.study = load_source(sources.pack(taken.files))
        except DefinitionError:
            notes.problems = workbookin.located(description, origins)
    return taken


def _load(taken: Taken) -> None:
    try:
        taken.study = load_source(sources.pack(taken.files))
    except DefinitionError as error:
        taken.notes.problems = [
            Note(message("sheets.at_definition", place=one.where(), what=one.text)) for one in error.problems
        ]


def _odm(file: Path) -> Taken:
    from mda5_crf.exchange.odmstudy import definition_from_odm

    imported = definition_from_odm(confined.stream("odm", file))
    taken = Taken(ODM, read_files(imported.files), imported.files, Notes())
    taken.lines = list(imported.report.lines())
    _load(taken)
    return taken


# -- against what is there -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Former:
    """A definition that an imported one is compared with."""

    name: str
    study: Study
    files: Mapping[str, str]


def former(folder: Path) -> Former | None:
    """The definition in ``folder``; None when there is none, or none that loads."""
    if not (folder / sources.SINGLE_FILES[0]).is_file():
        return None
    files, problems = sources.read_directory(folder)
    if problems:
        return None
    try:
        return Former(folder.name, load_source(sources.pack(files)), files)
    except DefinitionError:
        return None


def compare(taken: Taken, before: Former) -> list[Difference]:
    """What ``taken`` changes in ``before``. What says the same keeps its bytes from here on."""
    assert taken.study is not None
    taken.files = settled_files(taken.description, before.files, read_files(before.files))
    taken.study = load_source(sources.pack(taken.files))
    return differences(before.study, taken.study)


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a folder: files written, left as they were, and deleted."""

    written: Sequence[str]
    left: int
    deleted: Sequence[str]


def is_empty(folder: Path) -> bool:
    """Whether nothing stands there yet."""
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def place(taken: Taken, folder: Path, *, replace: bool = False) -> Placed:
    """Write the definition into ``folder``. Raises InputRefused for a full one, unless ``replace``.

    Only files whose content changes are touched; what lies beside the definition (cases, approvals) stays.
    """
    if not is_empty(folder) and not replace:
        raise InputRefused("sheets.folder_full", name=str(folder))
    (folder / "forms").mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in taken.files.items():
        target = folder / name
        if target.is_file() and target.read_bytes() == text.encode():
            continue
        beside = target.with_name(target.name + ".new")
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(target)
        written.append(name)
    gone = [
        path for path in sorted((folder / "forms").glob("*.toml")) if f"forms/{path.name}" not in taken.files
    ]
    for path in gone:
        path.unlink()
    return Placed(written, len(taken.files) - len(written), [f"forms/{path.name}" for path in gone])


def as_json(notes: Notes) -> dict[str, Any]:
    """The report of a file for ``--json``."""

    def told(listed: Sequence[Note]) -> list[dict[str, Any]]:
        return [
            {"sheet": one.sheet, "row": one.row, "column": one.column, "en": one.text.en, "zh": one.text.zh}
            for one in listed
        ]

    return {
        "read": dict(notes.read), "problems": told(notes.problems), "repaired": told(notes.repaired),
        "kept": told(notes.kept), "not_understood": told(notes.unknown),
    }  # fmt: skip
