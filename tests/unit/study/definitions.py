"""The small definition for tests, and ways to change it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mda5_crf.errors import DefinitionError, Problem
from mda5_crf.study.load import load_source
from mda5_crf.study.source import pack, read_directory

MINI = Path(__file__).parents[2] / "data" / "definitions" / "mini"
TRIAL = Path(__file__).parents[3] / "resources" / "study" / "nct04966884"

Files = dict[str, str]


def mini() -> Files:
    """The files of the small definition."""
    files, problems = read_directory(MINI)
    assert problems == []
    return files


def changed(file: str, old: str, new: str, files: Files | None = None) -> Files:
    """The small definition with one piece of text replaced; it must be there once."""
    files = dict(files or mini())
    assert files[file].count(old) == 1, f"{file}: {old!r} is there {files[file].count(old)} times"
    files[file] = files[file].replace(old, new)
    return files


def problems_of(files: Files) -> list[Problem]:
    """What the loader says of these files; an empty list when it takes them."""
    try:
        load_source(pack(files))
    except DefinitionError as error:
        return list(error.problems)
    return []


class Case(NamedTuple):
    """One mistake: ``old`` of ``file`` becomes ``new`` ("" = append), and ``says`` is said about a line.

    The line is that of ``#!`` in the new text, else of ``at``, else the one where the new text begins.
    Unless ``more``, nothing else is said: one mistake, one problem.
    """

    file: str
    old: str
    new: str
    says: str
    at: str = ""
    more: bool = False


def assert_said(case: Case) -> None:
    """Load the changed definition and compare what is said, where, and in both languages."""
    text = mini()[case.file]
    files = changed(case.file, case.old, case.new) if case.old else {**mini(), case.file: text + case.new}
    new = files[case.file]
    position = new.index(case.at) if case.at else (text.index(case.old) if case.old else len(text))
    if "#!" in case.new:
        position = new.index("#!")
    line = new[:position].count("\n") + 1
    problems = problems_of(files)
    said = [(problem.file, problem.line, problem.text.en) for problem in problems]
    assert any(file == case.file and at == line and case.says in sentence for file, at, sentence in said), (
        f"expected at {case.file}:{line}: {case.says}\nsaid: {said}"
    )
    assert case.more or len(said) == 1, said
    for problem in problems:
        assert problem.text.zh != problem.text.en
        assert "{" not in problem.text.en.replace("{ unit = …, factor = … }", "")
