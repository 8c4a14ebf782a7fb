"""How commands speak: words on standard error in both languages, tables or one JSON document on standard output."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence

from mda5_crf.text import Language, Text


def say_error(text: Text) -> None:
    """One sentence in both languages on standard error."""
    sys.stderr.write(f"{text.en}\n{text.zh}\n")


def say(text: Text, language: Language) -> None:
    """One sentence on standard output."""
    sys.stdout.write(f"{text.in_(language)}\n")


def say_json(document: object) -> None:
    """The one JSON document of a ``--json`` command: keys in the order given, text readable."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def width(text: str) -> int:
    """How many columns a terminal needs for ``text``; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(rows: Iterable[Sequence[object]], head: Sequence[str] = ()) -> None:
    """Print rows in aligned columns, a heading line first when given."""
    cells = [[str(c) for c in row] for row in ([head] if head else [])] + [[str(c) for c in r] for r in rows]
    if not cells:
        return
    widths = [max(width(r[i]) for r in cells if i < len(r)) for i in range(max(len(r) for r in cells))]
    for number, row in enumerate(cells):
        line = "  ".join(c + " " * (widths[i] - width(c)) for i, c in enumerate(row)).rstrip()
        sys.stdout.write(line + "\n")
        if head and number == 0:
            sys.stdout.write("  ".join("-" * w for w in widths) + "\n")
