"""In which language a page speaks: English, Chinese, or both, English first."""

from __future__ import annotations

from typing import Literal

from mda5_crf.pdf.fonts import BOLD, REGULAR, width
from mda5_crf.pdf.ink import BODY, TEXT, Strip, lines
from mda5_crf.text import LANGUAGES, Language, Text, message

Tongue = Literal["en", "zh", "both"]
_LOCALES: dict[Tongue, str] = {"en": "en-GB", "zh": "zh-CN", "both": "en-GB"}


class Voice:
    """Turns texts of the definition and of the catalogue into what this document says."""

    def __init__(self, tongue: Tongue) -> None:
        self.tongue: Tongue = tongue
        self.languages: tuple[Language, ...] = LANGUAGES if tongue == "both" else (tongue,)

    @property
    def locale(self) -> str:
        """The document language for the PDF's catalogue; a bilingual page opens with English."""
        return _LOCALES[self.tongue]

    def parts(self, text: Text) -> tuple[str, ...]:
        """The text in each language of the document; said once when both are the same."""
        return tuple(dict.fromkeys(part for part in (text.in_(one) for one in self.languages) if part))

    def say(self, text: Text, between: str = " ") -> str:
        """The text on one line, languages joined by ``between``."""
        return between.join(self.parts(text))

    def tell(self, code: str, **params: object) -> str:
        """A message of ``mda5_crf.text.pdf`` on one line."""
        return self.say(message(f"pdf.{code}", **params))

    def told(self, code: str, **params: object) -> Text:
        """A message of ``mda5_crf.text.pdf`` as a text."""
        return message(f"pdf.{code}", **params)

    def lines(
        self, text: Text, room: float, *, size: float = BODY, bold: bool = False, colour: str = TEXT
    ) -> list[Strip]:
        """The text wrapped to ``room``: on one line when it fits, else each language from a new line."""
        together = self.say(text, "  ")
        if width(together, BOLD if bold else REGULAR, size) <= room and "\n" not in together:
            return lines(together, room, size=size, bold=bold, colour=colour)
        return [
            strip
            for part in self.parts(text)
            for strip in lines(part, room, size=size, bold=bold, colour=colour)
        ]
