"""What ``verify`` answers with."""

from __future__ import annotations

from dataclasses import dataclass

from mda5_crf.text import Text, message


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: ``code`` for programs, ``place`` for finding it, ``text`` for people."""

    code: str
    place: str
    text: Text


def trouble(code: str, place: str, **params: object) -> Trouble:
    """A trouble with the sentence ``verify.<code>``."""
    return Trouble(code, place, message(f"verify.{code}", **params))
