"""What can go wrong, sorted by whose fault it is (docs/architecture.md, "Errors").

Every exception here carries a message of the catalogue in both languages, never a typed value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mda5_crf import __version__
from mda5_crf.text import Language, Text, message

_FORMAT = re.compile(r"([a-z0-9-]+)/([1-9][0-9]{0,8})")


def newer(found: object, known: object) -> dict[str, str]:
    """What each sentence about a newer program's file says: its format, the newest read here, our version."""
    return {"found": str(found), "known": str(known), "ours": __version__}


def later_format(found: object, known: str) -> str:
    """``mda5-crf-card/2`` where ``mda5-crf-card/1`` is known; empty for what is no later format of it."""
    name, _, number = known.rpartition("/")
    match = _FORMAT.fullmatch(found) if isinstance(found, str) else None
    if match is None or match[1] != name or int(match[2]) <= int(number):
        return ""
    return match[0]


class CrfError(Exception):
    """Base of all expected failures. ``code`` is a catalogue code, ``exit_status`` that of the commands."""

    exit_status = 1

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.text: Text = message(code, **params)

    def in_(self, language: Language) -> str:
        """The sentence to show."""
        return self.text.in_(language)


class UsageError(CrfError):
    """A command was called with words it does not know."""

    exit_status = 2


class InputRefused(CrfError):
    """What was asked cannot be done as asked; the sentence says what to do instead."""


class PermissionDenied(CrfError):
    """The person has no right to this act."""


class LoginRefused(CrfError):
    """Log-in or password do not open this vault. Says the same whichever was wrong."""


class StoreError(CrfError):
    """The machine failed: disk full, read-only, locked, damaged, from a newer version."""

    exit_status = 3


class BundleError(CrfError):
    """A bundle cannot be taken; nothing was written."""


class Cancelled(CrfError):
    """Somebody cancelled long work: everything is as it was before it began."""

    def __init__(self) -> None:
        super().__init__("start.cancelled")


class Problem:
    """One mistake in a definition: where (file, line or path inside it) and what."""

    __slots__ = ("file", "line", "path", "text")

    def __init__(self, text: Text, file: str = "", line: int = 0, path: str = "") -> None:
        self.text = text
        self.file = file
        self.line = line
        self.path = path

    def where(self) -> str:
        """``forms/VS.toml:12 group.MAIN.SYSBP_VSORRES`` — what is known of it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.path}".strip()

    def in_(self, language: Language) -> str:
        """Place and sentence on one line."""
        return f"{self.where()}: {self.text.in_(language)}"


class DefinitionError(CrfError):
    """A study definition has mistakes; ``problems`` lists all of them, not the first."""

    def __init__(
        self, problems: Sequence[Problem], code: str = "study.definition_has_problems", **params: object
    ) -> None:
        super().__init__(code, count=len(problems), **params)
        self.problems: tuple[Problem, ...] = tuple(problems)


class NewerDefinition(DefinitionError):
    """A definition is written in a newer version of the definition's language; no more was read of it."""

    def __init__(self, file: str, found: int, known: int) -> None:
        code, params = "study.language_newer", newer(found, known)
        super().__init__([Problem(message(code, **params), file)], code, **params)
