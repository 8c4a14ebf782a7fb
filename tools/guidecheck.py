"""What is stale in the guides: names, keys, scenes, anchors and commands that the program does not have.

The tests and ``make docs`` ask the same question.
"""

from __future__ import annotations

import contextlib
import io
import shlex
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import get_args

from mda5_crf.cli.parser import build, parse
from mda5_crf.errors import CrfError
from mda5_crf.guides import shelf
from mda5_crf.guides.blocks import Heading, Picture, structure
from mda5_crf.guides.reading import Reading
from mda5_crf.text import LANGUAGES, Language
from mda5_crf.ui.guide_words import reading
from mda5_crf.ui.help_map import HELP

SIZES = (90, 100, 110, 125, 150, 175)
"""Sizes of text that a picture may be taken at, in percent."""
_ALONE = "VAULT"
"""A vault without a command opens the window; the word stands for its folder."""

assert get_args(Language) == LANGUAGES

_grammar = cache(build)


def stale(scenes: Collection[str], where: Path | None = None) -> list[str]:
    """Every mistake, with its place. ``where``: another folder of texts than the program's own."""
    found: list[str] = []
    for name in shelf.NAMES:
        both = {tongue: reading(name, tongue, where) for tongue in LANGUAGES}
        for tongue, read in both.items():
            found += [f"{_file(name, tongue)}:{words}" for words in _one(read, scenes)]
        found += [f"{name}: {words}" for words in unlike(both["en"], both["zh"])]
    anchors = {name: {h.anchor for h in reading(name, "en", where).guide.headings} for name in shelf.NAMES}
    for page, places in HELP.items():
        found += [
            f"help_map.py: {page}: no {{#{anchor}}} in {name}"
            for name, anchor in places
            if anchor not in anchors.get(name, ())
        ]
    return found


def _file(name: str, tongue: Language) -> str:
    return f"resources/guides/{name}.{tongue}.md"


def _one(read: Reading, scenes: Collection[str]) -> Iterator[str]:
    for mistake in read.mistakes:
        yield f"{mistake.line}: {mistake.kind}: {mistake.detail}"
    for line, words in read.commands:
        problem = command_problem(words)
        if problem:
            yield f"{line}: command: {words}: {problem}"
    for picture in read.guide.pictures:
        problem = picture_problem(picture, scenes)
        if problem:
            yield f" picture: {problem}"


def picture_problem(picture: Picture, scenes: Collection[str]) -> str:
    """What is wrong with a picture, "" for nothing."""
    if picture.scene not in scenes:
        return f"no scene {picture.scene}"
    return "" if picture.size in SIZES else f"{picture.scene} at {picture.size} %"


def command_problem(words: str) -> str:
    """Why the program does not take a command line, "" when it does. Nothing is run."""
    said = io.StringIO()
    try:
        parts = shlex.split(words, comments=True)
        if parts == [_ALONE]:
            return ""
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            parse(parts, _grammar())
    except SystemExit as end:
        return "" if not end.code else said.getvalue().strip().splitlines()[-2]
    except (CrfError, ValueError) as problem:
        return str(problem.text.en) if isinstance(problem, CrfError) else str(problem)
    return ""


def unlike(english: Reading, chinese: Reading) -> list[str]:
    """Where the two languages are not built alike: after which anchor, and how. The first place a chapter."""
    found, seen = [], set[str]()
    pair = (english.guide, chinese.guide)
    if [h.anchor for h in pair[0].headings] != [h.anchor for h in pair[1].headings]:
        first, second = ([f"{'#' * h.level} {h.anchor}" for h in one.headings] for one in pair)
        return [f"headings differ: {sorted({*first} ^ {*second}) or 'their order'}"]
    parts = [_parts(structure(one), [b.anchor for b in one.headings]) for one in pair]
    for anchor, shapes in parts[0].items():
        if shapes != parts[1].get(anchor) and anchor not in seen:
            seen.add(anchor)
            found.append(
                f"{{#{anchor}}}: {', '.join(shapes)} in English, {', '.join(parts[1][anchor])} in Chinese"
            )
    return found


def _parts(shapes: list[str], anchors: list[str]) -> dict[str, list[str]]:
    """Shape by shape below each heading."""
    made: dict[str, list[str]] = {}
    left = iter(anchors)
    here = ""
    for shape in shapes:
        if shape.startswith("#"):
            here = next(left)
        made.setdefault(here, []).append(shape)
    return made


__all__ = ["SIZES", "Heading", "command_problem", "picture_problem", "stale", "unlike"]
