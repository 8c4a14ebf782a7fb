"""Collects what is wrong with a definition; lines are looked up only when there is something to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from mda5_crf.errors import Problem
from mda5_crf.study.places import Path, line_of, places
from mda5_crf.text import Text, both, message


class Place(NamedTuple):
    """Where something of the definition stands.

    ``path`` is the TOML path (``("group", 0, "item", 3, "unit")``), from which the line is found;
    ``label`` the same in names, for people (``group.MAIN.SYSBP_VSORRES.unit``).
    """

    file: str
    path: Path = ()
    label: str = ""

    def at(self, key: str | int) -> Place:
        """The place of ``key`` inside this one."""
        return Place(self.file, (*self.path, key), f"{self.label}.{key}" if self.label else str(key))

    def named(self, label: str) -> Place:
        """The same place under another label."""
        return self._replace(label=label)


class Report:
    """All problems found so far, in the order of finding.

    One mistake in a template shows once, not once for each entry made from it: the same sentence about
    the same line is kept only the first time.
    """

    def __init__(self) -> None:
        self._found: list[tuple[Place, Text]] = []
        self._ready: list[Problem] = []
        self._muted: set[str] = set()
        self.foreign = False
        """The definition came from elsewhere (``[study] origin``): one language is enough."""

    def mute(self, *codes: str) -> None:
        """Say nothing of this sort from now on: it would only follow from a file that could not be read."""
        self._muted.update(codes)

    def add(self, place: Place, code: str, /, **params: object) -> None:
        """Note the problem ``study.<code>`` at ``place``."""
        if code not in self._muted:
            self._found.append((place, message(f"study.{code}", **params)))

    def take(self, problems: Iterable[Problem]) -> None:
        """Note problems that know their line already."""
        self._ready.extend(problems)

    @property
    def clean(self) -> bool:
        """True while nothing was found."""
        return not self._found and not self._ready

    def problems(self, files: Mapping[str, str]) -> list[Problem]:
        """Everything found, with lines, in the order of files and lines."""
        maps: dict[str, dict[Path, int]] = {}
        result = list(self._ready)
        seen: set[tuple[str, int, Text]] = set()
        for place, text in self._found:
            if place.file in files and place.file not in maps:
                maps[place.file] = places(files[place.file])
            line = line_of(maps.get(place.file, {}), place.path)
            if line and (place.file, line, text) in seen:
                continue
            seen.add((place.file, line, text))
            result.append(Problem(text, place.file, line, place.label))
        return sorted(result, key=lambda problem: (problem.file, problem.line))


def suggestion(word: str, known: Iterable[str]) -> Text:
    """``; did you mean X?`` when one of ``known`` is near ``word``, else nothing."""
    candidates = list(known)
    by_upper = {candidate.upper(): candidate for candidate in reversed(candidates)}
    near = get_close_matches(word.upper(), list(by_upper), n=1, cutoff=0.7)
    return message("study.did_you_mean", name=by_upper[near[0]]) if near else both("")
