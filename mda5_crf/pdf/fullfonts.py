"""The submission profile: both faces embedded whole, each once, the file ordered for reading page by page.

reportlab embeds of each face the glyphs that were used, in pieces of 256 that have one-byte codes. Here each
piece becomes a composite font over the one whole face: an embedded CMap says which glyph each of its codes
means. No page is touched, so every page looks and reads as before; a test compares them pixel by pixel.

Needs ``pikepdf``, which the program does without otherwise.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reportlab.pdfbase import pdfmetrics

from mda5_crf.errors import InputRefused
from mda5_crf.pdf.fonts import BOLD, FILES, REGULAR, font_folder, register
from mda5_crf.pdf.paper import Printed

if TYPE_CHECKING:
    from types import ModuleType

    import pikepdf

_PAIR = re.compile(rb"<([0-9A-Fa-f]{2})> <([0-9A-Fa-f]{4})>\s")
_BLOCK = 100  # entries of a CMap block, the most that the format allows
_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo 3 dict dup begin
/Registry (Adobe) def /Ordering (Identity) def /Supplement 0 def
end def
/CMapName /{name} def
/CMapType 1 def
/WMode 0 def
1 begincodespacerange
<00> <FF>
endcodespacerange
"""
_TAIL = """endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def tools() -> ModuleType:
    """``pikepdf``. Raises InputRefused, which says what to install, where it is not."""
    try:
        import pikepdf
    except ImportError:
        raise InputRefused("blankbook.needs_pikepdf") from None
    return pikepdf


def whole(printed: Printed) -> Printed:
    """A finished document in the submission profile. Raises InputRefused without pikepdf."""
    return replace(printed, data=embedded_whole(printed.data))


def embedded_whole(data: bytes) -> bytes:
    """The document of :func:`mda5_crf.pdf.draw.render` with both faces whole. Same input, same bytes.

    Raises InputRefused without pikepdf.
    """
    qpdf = tools()
    register()
    with qpdf.open(io.BytesIO(data)) as pdf:
        faces: dict[str, pikepdf.Object] = {}
        for one in list(pdf.objects):
            if not _is_piece(qpdf, one):
                continue
            face = str(one.BaseFont).rpartition("+")[2]
            if face not in (REGULAR, BOLD):
                continue
            if face not in faces:
                faces[face] = _descendant(qpdf, pdf, face, one.FontDescriptor)
            _compose(qpdf, pdf, one, face, faces[face])
        pdf.remove_unreferenced_resources()
        out = io.BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            linearize=True,
            object_stream_mode=qpdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


def _is_piece(qpdf: ModuleType, one: pikepdf.Object) -> bool:
    return isinstance(one, qpdf.Dictionary) and one.get("/Type") == "/Font" and "/ToUnicode" in one


def _compose(
    qpdf: ModuleType, pdf: pikepdf.Pdf, font: pikepdf.Object, face: str, descendant: pikepdf.Object
) -> None:
    """Make a piece a composite font in its place; what it says as text stays."""
    glyphs: dict[int, int] = pdfmetrics.getFont(face).face.charToGlyph
    codes = {
        int(code, 16): glyphs[int(char, 16)]
        for code, char in _PAIR.findall(font.ToUnicode.read_bytes())
        if int(char, 16) in glyphs
    }
    name = "CRF-" + str(font.BaseFont).lstrip("/").partition("+")[0]
    listed = sorted(codes.items())
    text = _HEAD.format(name=name)
    for start in range(0, len(listed), _BLOCK):
        block = listed[start : start + _BLOCK]
        lines = "".join(f"<{code:02X}> {glyph}\n" for code, glyph in block)
        text += f"{len(block)} begincidchar\n{lines}endcidchar\n"
    cmap = qpdf.Stream(pdf, (text + _TAIL).encode("ascii"))
    cmap.Type, cmap.CMapName, cmap.WMode = qpdf.Name.CMap, qpdf.Name("/" + name), 0
    cmap.CIDSystemInfo = _system(qpdf)
    for key in ("/FirstChar", "/LastChar", "/Widths", "/FontDescriptor", "/Name"):
        if key in font:
            del font[key]
    font.Subtype, font.BaseFont = qpdf.Name.Type0, qpdf.Name("/" + face)
    font.Encoding = pdf.make_indirect(cmap)
    font.DescendantFonts = qpdf.Array([descendant])


def _descendant(qpdf: ModuleType, pdf: pikepdf.Pdf, face: str, like: pikepdf.Object) -> pikepdf.Object:
    """The whole face, with the width of every glyph that a character has."""
    known = pdfmetrics.getFont(face).face
    file = qpdf.Stream(pdf, (font_folder() / FILES[face]).read_bytes())
    file.Length1 = (font_folder() / FILES[face]).stat().st_size
    described = qpdf.Dictionary(
        {key: like[key] for key in like.keys() if key not in ("/FontFile2", "/FontName")}  # noqa: SIM118
    )
    described.FontName = qpdf.Name("/" + face)
    described.FontFile2 = pdf.make_indirect(file)
    widths = {
        glyph: known.charWidths[code] for code, glyph in known.charToGlyph.items() if code in known.charWidths
    }
    made: pikepdf.Object = pdf.make_indirect(
        qpdf.Dictionary(
            Type=qpdf.Name.Font,
            Subtype=qpdf.Name.CIDFontType2,
            BaseFont=qpdf.Name("/" + face),
            CIDSystemInfo=_system(qpdf),
            FontDescriptor=pdf.make_indirect(described),
            CIDToGIDMap=qpdf.Name.Identity,
            DW=int(known.defaultWidth),
            W=qpdf.Array(_runs(qpdf, widths, int(known.defaultWidth))),
        )
    )
    return made


def _runs(qpdf: ModuleType, widths: dict[int, float], usual: int) -> list[Any]:
    """The widths that differ from the usual one, in the runs that the format has: first glyph, widths."""
    made: list[Any] = []
    before, run = -2, None
    for glyph in sorted(widths):
        wide = round(widths[glyph])
        if wide == usual:
            continue
        if glyph != before + 1 or run is None:
            run = qpdf.Array([])
            made += [glyph, run]
        run.append(wide)
        before = glyph
    return made


def _system(qpdf: ModuleType) -> pikepdf.Object:
    made: pikepdf.Object = qpdf.Dictionary(
        Registry=qpdf.String("Adobe"), Ordering=qpdf.String("Identity"), Supplement=0
    )
    return made
