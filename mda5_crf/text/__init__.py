"""Every sentence the program says, in both languages, by code.

Interface texts live here (one module per area); the texts of forms are data of the definition.
A code is ``area.name``; the area names the module of this package that holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in English and Simplified Chinese."""

    en: str
    zh: str

    def in_(self, language: Language) -> str:
        """The sentence in ``language`` ("en" or "zh")."""
        return self.en if language == "en" else self.zh

    def format(self, **params: object) -> Text:
        """Fill ``{name}`` places; a parameter that is a Text speaks the sentence's language."""
        return Text(
            self.en.format(**{k: v.en if isinstance(v, Text) else v for k, v in params.items()}),
            self.zh.format(**{k: v.zh if isinstance(v, Text) else v for k, v in params.items()}),
        )


def both(text: object) -> Text:
    """The same characters in both languages: numbers, codes, names of people."""
    return Text(str(text), str(text))


def catalogue(area: str) -> dict[str, tuple[str, str]]:
    """All messages of one area: name → (English, Chinese)."""
    messages: dict[str, tuple[str, str]] = import_module(f"{__name__}.{area}").MESSAGES
    return messages


def message(code: str, /, **params: object) -> Text:
    """The message ``area.name`` with its places filled.

    Raises KeyError for an unknown code: that is our mistake, found by a test that reads the source.
    """
    area, _, name = code.partition(".")
    return Text(*catalogue(area)[name]).format(**params) if params else Text(*catalogue(area)[name])
