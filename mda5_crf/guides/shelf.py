"""Which guides there are, where they lie, and which pictures of theirs came with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mda5_crf.guides.blocks import Guide, Picture
from mda5_crf.guides.reading import Filling, Reading, read
from mda5_crf.settings import resource
from mda5_crf.text import Language, Text, message

NAMES: Final = ("quick-card", "clinician", "coordinator", "administrator", "datamanager")
"""The guides, in the order in which they are offered."""
CARD: Final = "quick-card"
"""The one that is two pages, to stand beside the keyboard."""
CARD_PAGES: Final = 2
LARGEST: Final = 512 * 1024
"""Bytes of one guide; more is none of ours."""


def folder() -> Path:
    """Where the texts lie: in a frozen program, an installed wheel or a checkout."""
    return resource("guides")


def name_of(guide: str) -> Text:
    """What people call the guide of that name."""
    return message(f"guides.name_{guide.replace('-', '_')}")


def load(name: str, language: Language, filling: Filling, where: Path | None = None) -> Reading:
    """Read a guide, of ``where`` instead of the program's own. A file that is not there reads as empty.

    What cannot be read must not take away the rest of the help; the making of the documents sees it.
    """
    file = (where or folder()) / f"{name}.{language}.md"
    try:
        with file.open("rb") as opened:
            text = opened.read(LARGEST).decode("utf-8", errors="replace")
    except OSError:
        text = ""
    return read(name, language, text, filling)


def picture_name(picture: Picture, language: Language) -> str:
    """The file of a picture, as the making of the documents writes it."""
    return f"{picture.scene}-{language}-{picture.size}.png"


def picture_file(picture: Picture, language: Language) -> Path | None:
    """The picture, where it came with the program or was made in this checkout; else None."""
    file = picture_name(picture, language)
    own = resource("guides", "images", file)
    made = resource().parent / "docs" / "guide" / "images" / file
    return next((one for one in (own, made) if one.is_file()), None)


def pictures_in(guide: Guide, where: Path) -> dict[str, Path]:
    """File name → place of those pictures of a guide that lie in a folder."""
    names = [picture_name(one, guide.language) for one in guide.pictures]
    return {name: where / name for name in names if (where / name).is_file()}


def with_pictures(guide: Guide) -> dict[str, Path]:
    """File name → place of those pictures of a guide that are there."""
    found = {picture_name(one, guide.language): picture_file(one, guide.language) for one in guide.pictures}
    return {name: file for name, file in found.items() if file is not None}
