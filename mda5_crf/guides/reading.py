"""The subset of Markdown in which the guides are written, read into blocks.

Nothing is ever refused: what is no markup of ours is words, a tag of HTML too. What is a mistake (an unknown
placeholder, a heading without anchor, two of one anchor) is told beside the blocks with its line, so that the
program shows what there is and the making of the documents fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from mda5_crf.guides.blocks import (
    Block,
    Code,
    Entries,
    Guide,
    Heading,
    Line,
    Paragraph,
    Picture,
    Span,
    Style,
    Table,
    Warned,
)
from mda5_crf.text import Language

Filling = Callable[[str, str], Span | None]
"""What stands for a placeholder ``{kind:what}``, in the language of the guide; None when nobody knows it."""

PROGRAM: Final = "mda5-crf"
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)(?:\s*\{#([^}]*)\})?\s*$")
_ANCHOR: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_POINT: Final = re.compile(r"(-|\d{1,3}\.)\s+(.*)")
_PICTURE: Final = re.compile(r"!\[([^]]*)\]\(scene:([a-z0-9-]+)(?:/(\d{2,3}))?\)\s*$")
_LOOKS_LIKE_ONE: Final = re.compile(r"!\[[^]]*\]\(")
_RULER: Final = re.compile(r"\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_PLACE: Final = re.compile(r"\{([a-z]+)(?::([^{}]*))?\}")
_INLINE: Final = re.compile(r"`([^`]*)`|\*\*(.+?)\*\*|\{([a-z]+)(?::([^{}]*))?\}")
_DEEPEST: Final = 3
_BOLDER: Final = {Style.PLAIN: Style.BOLD}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at a line, counted from 1; ``kind`` is the rule, ``detail`` what broke it."""

    line: int
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A guide as read: what is wrong with it, and the command lines it names, each with its line."""

    guide: Guide
    mistakes: tuple[Mistake, ...]
    commands: tuple[tuple[int, str], ...]


def read(name: str, language: Language, text: str, filling: Filling) -> Reading:
    """Read one guide."""
    reader = _Reader(filling)
    blocks = tuple(reader.blocks(text.removeprefix("\ufeff").splitlines()))
    headings = [one for one in blocks if isinstance(one, Heading)]
    if not headings or headings[0] is not blocks[0] or [h.level for h in headings].count(1) != 1:
        reader.mistakes.append(Mistake(1, "title", "one heading of level 1, at the top"))
    return Reading(Guide(name, language, blocks), tuple(reader.mistakes), tuple(reader.commands))


class _Reader:
    def __init__(self, filling: Filling) -> None:
        self._filling = filling
        self._anchors: set[str] = set()
        self._at = 0
        self.mistakes: list[Mistake] = []
        self.commands: list[tuple[int, str]] = []

    def _wrong(self, kind: str, detail: str) -> None:
        self.mistakes.append(Mistake(self._at, kind, detail))

    # -- blocks

    def blocks(self, lines: list[str]) -> Iterator[Block]:
        """All blocks, in order."""
        place = 0
        while place < len(lines):
            self._at = place + 1
            line = lines[place].strip()
            if not line:
                place += 1
            elif line.startswith("```"):
                end = _until(lines, place + 1, lambda one: one.strip().startswith("```"))
                if end == len(lines):
                    self._wrong("code", "a block of code without its end")
                yield self._code(lines[place + 1 : end], place + 2)
                place = end + 1
            elif (heading := _HEADING.fullmatch(line)) is not None:
                yield self._heading(heading)
                place += 1
            elif line.startswith("|"):
                end = _until(lines, place, lambda one: not one.strip().startswith("|"))
                yield self._table(lines[place:end])
                place = end
            elif line.startswith(">"):
                end = _until(lines, place, lambda one: not one.strip().startswith(">"))
                yield self._warned([one.strip()[1:].strip() for one in lines[place:end]])
                place = end
            elif (picture := _PICTURE.fullmatch(line)) is not None:
                yield Picture(picture[2], int(picture[3] or 100), self.line(picture[1]))
                place += 1
            elif (point := _POINT.fullmatch(line)) is not None:
                end = _end_of_list(lines, place, numbered=point[1] != "-")
                yield self._entries([one for one in lines[place:end] if one.strip()])
                place = end
            else:
                end = _until(lines, place + 1, _begins_block)
                yield Paragraph(self.line(_joined(lines[place:end])))
                place = end

    def _heading(self, found: re.Match[str]) -> Heading:
        level, words, anchor = len(found[1]), found[2], found[3] or ""
        if level > _DEEPEST:
            self._wrong("heading", f"level {level}; the deepest is {_DEEPEST}")
        if _ANCHOR.fullmatch(anchor) is None:
            self._wrong("anchor", f"{{#{anchor}}} of {words}")
        elif anchor in self._anchors:
            self._wrong("anchor", f"{{#{anchor}}} for the second time")
        self._anchors.add(anchor)
        return Heading(min(level, _DEEPEST), anchor, self.line(words))

    def _code(self, lines: list[str], first: int) -> Code:
        typed = []
        for number, line in enumerate(lines):
            self._at = first + number
            typed.append(_PLACE.sub(self._in_code, line).rstrip())
            self._command(typed[-1])
        return Code(tuple(typed))

    def _in_code(self, found: re.Match[str]) -> str:
        return self._filled(found[1], found[2] or "", found[0]).text

    def _command(self, typed: str) -> None:
        """Note a command line, so that it is tried whether the program takes it."""
        if typed.startswith(f"{PROGRAM} "):
            self.commands.append((self._at, typed.removeprefix(PROGRAM).strip()))

    def _table(self, lines: list[str]) -> Table:
        rows = []
        for number, line in enumerate(lines):
            if number == 1 and _RULER.fullmatch(line.strip()):
                self._at += 1
                continue
            rows.append(tuple(self.line(cell) for cell in _cells(line)))
            if len(rows[-1]) != len(rows[0]):
                self._wrong("table", f"{len(rows[-1])} cells below {len(rows[0])}")
            self._at += 1
        wide = len(rows[0])
        even = [(*row[:wide], *(((),) * (wide - len(row)))) for row in rows]
        return Table(even[0], tuple(even[1:]))

    def _warned(self, lines: list[str]) -> Warned:
        parts: list[list[str]] = [[]]
        for line in lines:
            if line:
                parts[-1].append(line)
            else:
                parts.append([])
        return Warned(tuple(self.line(_joined(part)) for part in parts if part))

    def _entries(self, lines: list[str]) -> Entries:
        entries: list[list[str]] = []
        first = ""
        for number, line in enumerate(lines):
            point = _POINT.fullmatch(line.strip())
            if point is None:
                entries[-1].append(line)
                continue
            first = first or point[1]
            if (point[1] == "-") != (first == "-") or (line[:1].isspace() and number):
                self._wrong("list", f"one level, one kind: {line.strip()}")
            entries.append([point[2]])
        numbered = first != "-"
        made = tuple(self.line(_joined(entry)) for entry in entries)
        return Entries(numbered, made, int(first[:-1]) if numbered else 1)

    # -- lines

    def line(self, text: str) -> Line:
        """The spans of a line; neighbours of one style are one."""
        spans: list[Span] = []
        if _LOOKS_LIKE_ONE.search(text):
            self._wrong("picture", f"![…](scene:NAME) on a line of its own: {text}")
        start = 0
        for found in _INLINE.finditer(text):
            spans.append(Span(text[start : found.start()]))
            start = found.end()
            if found[1] is not None:
                code = _PLACE.sub(self._in_code, found[1])
                self._command(code)
                spans.append(Span(code, Style.CODE))
            elif found[2] is not None:
                within = self.line(found[2])
                spans += [replace(one, style=_BOLDER.get(one.style, one.style)) for one in within]
            else:
                spans.append(self._filled(found[3], found[4] or "", found[0]))
        spans.append(Span(text[start:]))
        return _merged(spans)

    def _filled(self, kind: str, what: str, written: str) -> Span:
        found = self._filling(kind, what.strip())
        if found is None:
            self._wrong("placeholder", written)
            return Span(written)
        if kind == "command":
            self.commands.append((self._at, what.strip().removeprefix(PROGRAM).strip()))
        return found


def _until(lines: list[str], start: int, ends: Callable[[str], bool]) -> int:
    """The first place from ``start`` on at which ``ends`` holds, else the end."""
    return next((place for place in range(start, len(lines)) if ends(lines[place])), len(lines))


def _begins_block(line: str) -> bool:
    bare = line.strip()
    return (
        not bare
        or bare.startswith(("```", "|", ">"))
        or any(one.fullmatch(bare) for one in (_HEADING, _PICTURE, _POINT))
    )


def _end_of_list(lines: list[str], start: int, *, numbered: bool) -> int:
    """Where a list ends; blank lines between entries of one kind do not end it."""
    end = start
    while end < len(lines):
        end = _until(lines, end, _ends_list)
        after = _until(lines, end, lambda one: bool(one.strip()))
        point = _POINT.fullmatch(lines[after].strip()) if after < len(lines) else None
        if after == end or point is None or (point[1] != "-") is not numbered:
            return end
        end = after
    return end


def _ends_list(line: str) -> bool:
    return _begins_block(line) and _POINT.fullmatch(line.strip()) is None


def _joined(lines: list[str]) -> str:
    """Lines of one paragraph as one; between Chinese characters a line end is no blank."""
    made = ""
    for line in (one.strip() for one in lines):
        tight = not made or (made[-1] > "\u2e7f" and line[:1] > "\u2e7f")
        made += line if tight else f" {line}"
    return made


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", bare)]


def _merged(spans: list[Span]) -> Line:
    made: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if made and made[-1].style is span.style and span.style in (Style.PLAIN, Style.BOLD):
            made[-1] = Span(made[-1].text + span.text, span.style)
        else:
            made.append(span)
    return tuple(made)
