"""In which way a PDF file differs from the one it should be. Runs in the child of ``confined`` only.

Words are compared first, for they can be said; then what draws them (content, pictures, fonts), then what
lies over the page (annotations, its size), then what the document holds besides. Nothing here decides whether
a file is genuine: its bytes do, before this is asked.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, Final

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

CODE: Final = re.compile(r"(?<![0-9A-Z-])[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){4}(?![0-9A-Z-])")
MOST_PAGES: Final = 2000
MOST_TOLD: Final = 40
ENOUGH: Final = 6
"""Codes that say which document it is; the rest is compared, not read."""
_DEEPEST: Final = 40
_LONGEST: Final = 160
_BESIDES: Final = {
    "/OpenAction": "action", "/AA": "action", "/AcroForm": "form", "/OCProperties": "layers",
    "/Collection": "attachment", "/AF": "attachment", "/Metadata": "metadata", "/Perms": "signature",
}  # fmt: skip
_SIZES: Final = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit")
_NAMES: Final = {"/JavaScript": "script", "/EmbeddedFiles": "attachment"}


def codes(data: bytes) -> Iterator[dict[str, Any]]:
    """Number of pages, and the first page codes that stand among their words."""
    reader = _open(data)
    if reader is None:
        yield {"refused": "locked"}
        return
    count = len(reader.pages)
    if count > MOST_PAGES:
        yield {"refused": "pages"}
        return
    yield {"pages": count}
    left = ENOUGH
    for number in range(count):
        for code in CODE.findall(_words(reader, number)):
            yield {"page": number + 1, "code": code}
            left -= 1
        if left <= 0:
            return


def compare(genuine: bytes, given: bytes) -> Iterator[dict[str, Any]]:
    """What differs, page by page; nothing when only the writing of the file does."""
    own, other = _open(genuine), _open(given)
    assert own is not None, "our own file"
    if other is None:
        yield {"refused": "locked"}
        return
    own_count, count = len(own.pages), len(other.pages)
    if count > MOST_PAGES:
        yield {"refused": "pages"}
        return
    if own_count != count:
        yield {"page": 0, "what": "pages", "expected": str(own_count), "found": str(count)}
    yield from _besides(own, other, given)
    left = MOST_TOLD
    for number in range(min(own_count, count)):
        for told in _page(own, other, number):
            if left > 0:
                yield told
            left -= 1


def _open(data: bytes) -> PdfReader | None:
    """None for a file that is locked by a password: ours never are."""
    reader = PdfReader(io.BytesIO(data), strict=False)
    return None if reader.is_encrypted else reader


def _words(reader: PdfReader, number: int) -> str:
    return reader.pages[number].extract_text()


def _page(own: PdfReader, other: PdfReader, number: int) -> list[dict[str, Any]]:
    """Differences of one page. Its words are read only where what draws them differs: reading takes long."""
    mine, theirs = own.pages[number], other.pages[number]
    here = {"page": number + 1, "expected": "", "found": ""}
    told: list[dict[str, Any]] = []
    drawn = _content(mine) == _content(theirs)
    fonts = _digest(mine.get("/Resources")) == _digest(theirs.get("/Resources"))
    if not (drawn and fonts):
        told = [
            {"page": number + 1, "what": "words", "expected": before, "found": after}
            for before, after in _changed(_lines(_words(own, number)), _lines(_words(other, number)))
        ] or [{**here, "what": "resources" if drawn else "drawing"}]
    for what, names in (("annotation", ("/Annots",)), ("size", _SIZES)):
        if [_digest(mine.get(name)) for name in names] != [_digest(theirs.get(name)) for name in names]:
            told.append({**here, "what": what})
    if any(name in theirs and name not in mine for name in ("/AA", "/AF", "/Thumb")):
        told.append({**here, "what": "action"})
    return told


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _changed(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """Lines that differ, as pairs; "" where one was added or is missing. A few of them."""
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        mine, theirs = before[a:b], after[c:d]
        for index in range(max(len(mine), len(theirs))):
            pair = [one[index][:_LONGEST] if index < len(one) else "" for one in (mine, theirs)]
            found.append((pair[0], pair[1]))
    return found[:5]


def _content(page: DictionaryObject) -> bytes:
    made = page.get_contents()  # type: ignore[attr-defined]  # a PageObject
    return b"" if made is None else bytes(made.get_data())


def _digest(thing: object) -> str:
    """A hash of an object with all it refers to, whatever numbers objects have in this file."""
    return hashlib.sha256(_told(thing, 0, ()).encode("utf-8", "surrogatepass")).hexdigest()


def _told(thing: object, deep: int, above: tuple[int, ...]) -> str:
    if deep > _DEEPEST:
        return "deep"
    if isinstance(thing, IndirectObject):
        if thing.idnum in above:
            return f"up{len(above) - above.index(thing.idnum)}"
        found = thing.get_object()
        if isinstance(found, DictionaryObject) and found.get("/Type") in ("/Page", "/Pages", "/Catalog"):
            return "page"  # a link leads there; pages are compared for themselves
        return _told(found, deep + 1, (*above, thing.idnum))
    if isinstance(thing, StreamObject):
        data = hashlib.sha256(bytes(thing.get_data())).hexdigest()
        left = {k: v for k, v in thing.items() if k not in ("/Length", "/Filter", "/DecodeParms")}
        return f"stream {data} {_told(DictionaryObject(left), deep + 1, above)}"
    if isinstance(thing, DictionaryObject):
        inside = (f"{key} {_told(thing.raw_get(key), deep + 1, above)}" for key in sorted(thing))
        return f"<<{' '.join(inside)}>>"
    if isinstance(thing, ArrayObject | list):
        return f"[{' '.join(_told(one, deep + 1, above) for one in list.__iter__(thing))}]"
    return f"{type(thing).__name__} {thing}"


def _besides(own: PdfReader, other: PdfReader, given: bytes) -> list[dict[str, Any]]:
    """What the document has that is on no page."""
    mine, theirs = own.root_object, other.root_object
    found: list[str] = []
    for key, what in _BESIDES.items():
        if key in theirs and (key not in mine or _digest(mine[key]) != _digest(theirs[key])):
            found.append(what)
    names = theirs.get("/Names")
    names = names.get_object() if isinstance(names, PdfObject) else None
    if isinstance(names, DictionaryObject):
        found += [what for key, what in _NAMES.items() if key in names]
    if _digest(own.trailer.get("/Info")) != _digest(other.trailer.get("/Info")):
        found.append("metadata")
    if _digest(mine.get("/Outlines")) != _digest(theirs.get("/Outlines")):
        found.append("bookmarks")
    if given.count(b"%%EOF") > 1:
        found.append("revisions")
    return [{"page": 0, "what": what, "expected": "", "found": ""} for what in dict.fromkeys(found)]
