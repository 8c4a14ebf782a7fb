"""What the placeholders of the guides stand for: commands and keys as the window has them, messages, version.

No Qt here: the command line prints the guides too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf import __version__
from mda5_crf.guides import shelf
from mda5_crf.guides.blocks import Guide, Span, Style
from mda5_crf.guides.reading import PROGRAM, Filling, Reading
from mda5_crf.settings import study_directory
from mda5_crf.text import Language, message
from mda5_crf.ui.actions import TABLE, Command

if TYPE_CHECKING:
    from mda5_crf.pdf.paper import Printed

BETWEEN: Final = " › "
"""Between a menu and the command in it."""
_PLACE: Final = re.compile(r"\{[a-z0-9_]*\}")
_MNEMONIC: Final = re.compile(r"\(&.\)|&")


def reading(name: str, language: Language, where: Path | None = None) -> Reading:
    """A guide with its placeholders filled; ``where`` another folder than the program's own."""
    return shelf.load(name, language, filling(language), where)


def draw(guide: Guide, pictures: Mapping[str, Path]) -> Printed:
    """A guide on paper; ``pictures``: file name → place. Imports what draws it."""
    from mda5_crf.pdf.guides import About, draw_guide
    from mda5_crf.pdf.png import read_png

    found = {name: read_png(file) for name, file in pictures.items()}
    study = _study()
    about = About(
        f"MDA5-CRF  {study['oid'][guide.language]}  {study['name'][guide.language]}",
        message("guides.foot", version=__version__).in_(guide.language),
    )
    return draw_guide(guide, about, {name: png for name, png in found.items() if png is not None})


def write_pdf(guide: Guide, file: Path, pictures: Mapping[str, Path] | None = None) -> int:
    """Write a guide to ``file``, with the pictures that came with the program unless others are given.

    Returns the number of pages. Raises InputRefused and StoreError as ``Written``.
    """
    from mda5_crf.jobs.written import Written

    with Written(file) as opened:
        printed = draw(guide, shelf.with_pictures(guide) if pictures is None else pictures)
        opened.write(printed.data)
    return printed.pages


def filling(language: Language) -> Filling:
    """What stands for a placeholder, in ``language``."""

    def fill(kind: str, what: str) -> Span | None:
        kinds = _KINDS.get(kind)
        return None if kinds is None else kinds(what, language)

    return fill


def menu_path(command: Command, language: Language) -> str:
    """Where a command stands and what it is called there: ``Record › Audit trail``."""
    title = command.title.in_(language).rstrip(" …")
    if not command.menu:
        return title
    menu = _MNEMONIC.sub("", message(f"ui.menu_{command.menu}").in_(language))
    return f"{menu}{BETWEEN}{title}"


def _command(name: str) -> Command | None:
    return next((one for one in TABLE if one.name == name), None)


def _key(what: str, _language: Language) -> Span | None:
    found = _command(what)
    return None if found is None or not found.keys else Span(found.keys[0], Style.KEY)


def _act(what: str, language: Language) -> Span | None:
    found = _command(what)
    return None if found is None else Span(menu_path(found, language), Style.KEY)


def _say(what: str, language: Language) -> Span | None:
    """A message as it stands; what is filled in when it is said becomes a dash of three points."""
    try:
        words = message(what).in_(language)
    except (KeyError, ImportError):
        return None
    return Span(_MNEMONIC.sub("", _PLACE.sub("…", words)).strip(), Style.BOLD)


def _typed(what: str, _language: Language) -> Span | None:
    return Span(f"{PROGRAM} {what.removeprefix(PROGRAM).strip()}", Style.CODE) if what else None


def _version(what: str, _language: Language) -> Span | None:
    return None if what else Span(__version__)


@cache
def _study() -> dict[str, dict[Language, str]]:
    """What stands at the head of the trial's definition: oid, version, name, protocol."""
    with (study_directory() / "study.toml").open("rb") as file:
        head = tomllib.load(file)["study"]
    return {
        **{one: {"en": str(head[one]), "zh": str(head[one])} for one in ("oid", "version")},
        **{one: {"en": str(head[one]["en"]), "zh": str(head[one]["zh"])} for one in ("name", "protocol")},
    }


def _of_study(what: str, language: Language) -> Span | None:
    found = _study().get(what)
    return None if found is None else Span(found[language])


_KINDS: dict[str, Callable[[str, Language], Span | None]] = {
    "key": _key,
    "act": _act,
    "say": _say,
    "command": _typed,
    "version": _version,
    "study": _of_study,
}
