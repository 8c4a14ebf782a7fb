"""The rules of FDA's PDF Specifications 4.1 (September 2016) that can be read off a file.

Not checked here, for no file tells it: that fonts are large enough, that colours survive grey paper (both are
tests of the layout), and that scans are absent (the program makes none). Needs ``pikepdf``, as
:mod:`mda5_crf.pdf.fullfonts`. Only for files that this program has just made: nothing foreign is opened here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from mda5_crf.pdf.fullfonts import tools
from mda5_crf.pdf.layout import A4, LETTER
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from types import ModuleType

    import pikepdf

VERSIONS: Final = ("1.4", "1.5", "1.6", "1.7")
MANY_PAGES: Final = 5  # from here on contents and bookmarks are wanted
DEEPEST: Final = 4
_NAME: Final = re.compile(r"[a-z0-9_-]+\.pdf")
_ACTS: Final = frozenset(
    ("/JavaScript", "/Launch", "/Rendition", "/Movie", "/Sound", "/SubmitForm", "/ImportData", "/GoTo3DView",
     "/RichMediaExecute", "/URI", "/GoToR", "/GoToE")
)  # fmt: skip
_FILES: Final = ("/FontFile", "/FontFile2", "/FontFile3")


class Finding(NamedTuple):
    """One rule that is broken, and where: a page, a font, a bookmark."""

    rule: str
    where: str = ""

    @property
    def words(self) -> Text:
        """The finding as a sentence."""
        return message(f"fda.{self.rule}", where=self.where)


def findings(data: bytes, name: str = "", *, whole_fonts: bool = False) -> tuple[Finding, ...]:
    """What a file breaks; empty when it keeps all rules.

    ``name``: its file name, not judged when empty. ``whole_fonts``: fonts must be embedded whole, as for
    submission. Raises InputRefused without pikepdf, and pikepdf's own error for what is no PDF at all.
    """
    qpdf = tools()
    with qpdf.open(io.BytesIO(data)) as pdf:
        found = [Finding("structure", str(problem)) for problem in pdf.check_pdf_syntax()]
        if pdf.pdf_version not in VERSIONS:
            found.append(Finding("version", pdf.pdf_version))
        if pdf.is_encrypted:
            found.append(Finding("encrypted"))
        found += _objects(qpdf, pdf, whole_fonts=whole_fonts)
        found += _pages(pdf)
        found += _outline(qpdf, pdf)
    if name and not _NAME.fullmatch(name):
        found.append(Finding("file_name", name))
    return tuple(dict.fromkeys(found))


def _objects(qpdf: ModuleType, pdf: pikepdf.Pdf, *, whole_fonts: bool) -> Iterator[Finding]:
    """What stands anywhere in the file."""
    for one in pdf.objects:
        for held in _nested(qpdf, one):
            if "/S" in held and str(held["/S"]) in _ACTS:
                yield Finding("active", str(held["/S"]).lstrip("/"))
            if "/JS" in held or "/AA" in held:
                yield Finding("active", "JavaScript" if "/JS" in held else "AA")
            if "/EF" in held or "/EmbeddedFiles" in held:
                yield Finding("attached")
            if held.get("/Type") == "/Font":
                yield from _font(held, whole=whole_fonts)
    if "/AcroForm" in pdf.Root:
        yield Finding("form_fields")


def _nested(qpdf: ModuleType, one: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """A dictionary with all that stand inside it and are no objects of their own."""
    if isinstance(one, qpdf.Array):
        inner = list(one)
    elif isinstance(one, qpdf.Dictionary | qpdf.Stream):
        yield one
        inner = [one[key] for key in one.keys()]  # noqa: SIM118 - a stream is no mapping
    else:
        return
    for held in inner:
        if isinstance(held, qpdf.Object) and not held.is_indirect:
            yield from _nested(qpdf, held)


def _font(font: pikepdf.Object, *, whole: bool) -> Iterator[Finding]:
    """A composite font is judged by what it is made of."""
    if font.get("/Subtype") == "/Type0":
        return
    name = str(font.get("/BaseFont", "?")).lstrip("/")
    described = font.get("/FontDescriptor")
    if described is None or not any(file in described for file in _FILES):
        yield Finding("font", name)
    elif whole and re.match(r"[A-Z]{6}\+", name):
        yield Finding("subset", name)


def _pages(pdf: pikepdf.Pdf) -> Iterator[Finding]:
    for number, page in enumerate(pdf.pages, start=1):
        for note in page.get("/Annots", ()):
            if note.get("/Subtype") != "/Link":
                yield Finding("annotation", str(number))
        left, bottom, right, top = (float(edge) for edge in page.mediabox)
        size = sorted((right - left, top - bottom))
        if not any(_near(size, sorted(paper)) for paper in (A4, LETTER)):
            yield Finding("paper", str(number))


def _near(size: list[float], paper: list[float]) -> bool:
    return all(abs(one - other) < 1.0 for one, other in zip(size, paper, strict=True))


def _outline(qpdf: ModuleType, pdf: pikepdf.Pdf) -> Iterator[Finding]:
    with pdf.open_outline() as outline:
        entries = list(_entries(outline.root, 1))
    if len(pdf.pages) >= MANY_PAGES and not entries:
        yield Finding("bookmarks")
    if entries and pdf.Root.get("/PageMode") != "/UseOutlines":
        yield Finding("opening")
    if any(level > DEEPEST for level, _ in entries):
        yield Finding("depth")
    for _, entry in entries:
        goal = entry.destination
        # [page /XYZ left top zoom]: zoom 0 or null leaves it as it is; a name leads to such a list.
        if isinstance(goal, qpdf.Array):
            parts = list(goal)
            if len(parts) != 5 or str(parts[1]) != "/XYZ" or parts[4] not in (None, 0):
                yield Finding("zoom", entry.title)


def _entries(items: Sequence[pikepdf.OutlineItem], level: int) -> Iterator[tuple[int, pikepdf.OutlineItem]]:
    for item in items:
        yield level, item
        yield from _entries(item.children, level + 1)
