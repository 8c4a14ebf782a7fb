"""What a reader finds in a PDF: its text page by page, and its bookmarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO

import pypdf


def text_of(data: bytes) -> list[str]:
    """What a reader's search finds on each page, without blanks and line ends."""
    return list(_texts(data))


@lru_cache(maxsize=8)
def _texts(data: bytes) -> tuple[str, ...]:
    """Reading the text of a hundred pages takes seconds; several tests ask the same document."""
    return tuple(solid(page.extract_text()) for page in pypdf.PdfReader(BytesIO(data)).pages)


def solid(text: str) -> str:
    """A text as :func:`text_of` gives it."""
    return "".join(text.split())


def outline_of(reader: pypdf.PdfReader) -> list[tuple[int, str, int]]:
    """Level, title and page (from 1) of every bookmark."""

    def walk(entries: Sequence[object], level: int) -> Iterator[tuple[int, str, int]]:
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry, level + 1)
            elif isinstance(entry, pypdf.generic.Destination):
                number = reader.get_destination_page_number(entry)
                assert number is not None, entry
                yield level, str(entry["/Title"]).strip(), number + 1

    return list(walk(reader.outline, 0))
