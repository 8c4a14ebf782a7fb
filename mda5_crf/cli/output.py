"""How commands speak: words on standard error in both languages, tables or one JSON document on
standard output.
"""

from __future__ import annotations

import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from mda5_crf.text import Language, Text


def prepare_streams() -> None:
    """UTF-8 into pipes and files, whatever the PC's code page; a terminal that lacks a character shows
    "?". Where there is no stream at all (the starter without a console on Windows) words go nowhere.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if not stream.isatty():
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="replace")


def say_error(text: Text) -> None:
    """One sentence in both languages on standard error."""
    sys.stderr.write(f"{one_line(text.en)}\n{one_line(text.zh)}\n")


def say(text: Text, language: Language) -> None:
    """One sentence on standard output."""
    sys.stdout.write(f"{one_line(text.in_(language))}\n")


def say_json(document: object) -> None:
    """The one JSON document of a ``--json`` command: keys in the order given, text readable."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def one_line(text: str) -> str:
    """``text`` without line ends and characters that steer a terminal: what was typed must not draw
    our screen.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def width(text: str) -> int:
    """How many columns a terminal needs for ``text``; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(rows: Iterable[Sequence[object]], head: Sequence[str] = ()) -> None:
    """Print rows in aligned columns, a heading line first when given."""
    cells = [[one_line(str(c)) for c in row] for row in ([head] if head else [])]
    cells += [[one_line(str(c)) for c in row] for row in rows]
    if not cells:
        return
    widths = [max(width(r[i]) for r in cells if i < len(r)) for i in range(max(len(r) for r in cells))]
    for number, row in enumerate(cells):
        line = "  ".join(c + " " * (widths[i] - width(c)) for i, c in enumerate(row)).rstrip()
        sys.stdout.write(line + "\n")
        if head and number == 0:
            sys.stdout.write("  ".join("-" * w for w in widths) + "\n")
