"""``guide``: which guides there are, one of them at the terminal, or as a PDF."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import UsageError
from mda5_crf.guides.shelf import NAMES, name_of
from mda5_crf.guides.writing import as_markdown
from mda5_crf.text import Language, message
from mda5_crf.ui.guide_words import reading, write_pdf


def run(options: argparse.Namespace) -> int:
    """Without a name the list; without a file the text."""
    language: Language = options.lang or options.language
    if options.name is None:
        if options.output:
            raise UsageError("guides.name_needed", known=", ".join(NAMES))
        _list(options, language)
        return 0
    if options.name not in NAMES:
        raise UsageError("guides.unknown", word=options.name, known=", ".join(NAMES))
    guide = reading(options.name, language).guide
    if options.output is not None:
        pages = write_pdf(guide, Path(options.output))
        if options.json:
            say_json({"file": options.output, "guide": guide.name, "lang": language, "pages": pages})
        else:
            say(message("guides.written", file=options.output, pages=pages), options.language)
    elif options.json:
        say_json({"guide": guide.name, "lang": language, "title": guide.title, "text": as_markdown(guide)})
    else:
        sys.stdout.write(as_markdown(guide))
    return 0


def _list(options: argparse.Namespace, language: Language) -> None:
    found = [(one, name_of(one).in_(language), reading(one, language).guide.title) for one in NAMES]
    if options.json:
        say_json([{"guide": one, "for": whom, "title": title} for one, whom, title in found])
    else:
        table((one, title) for one, _, title in found)
