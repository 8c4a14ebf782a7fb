"""A picture in the drawing: once in the file, however often it is shown."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFStream

from mda5_crf.pdf.ink import Image
from mda5_crf.pdf.png import Png

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas


class _HexString(PDFObject):  # type: ignore[misc]  # the library has no types
    """The table of colours, as PDF writes bytes that are no text."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def format(self, _document: object) -> bytes:
        """As it stands in the file."""
        return b"<" + self._data.hex().encode("ascii") + b">"


def _stream(png: Png) -> PDFStream:
    """The picture as an object of the file: the lines of the PNG, and how they are to be read."""
    decoding = {"Predictor": 15, "Colors": 1, "BitsPerComponent": png.depth, "Columns": png.width}
    entries = {
        "Type": PDFName("XObject"),
        "Subtype": PDFName("Image"),
        "Width": png.width,
        "Height": png.height,
        "BitsPerComponent": png.depth,
        "ColorSpace": PDFArray(
            [PDFName("Indexed"), PDFName("DeviceRGB"), len(png.table) // 3 - 1, _HexString(png.table)]
        ),
        "Filter": PDFArray([PDFName("FlateDecode")]),
        "DecodeParms": PDFArray([PDFDictionary(decoding)]),
    }
    return PDFStream(PDFDictionary(entries), png.lines)


def draw_image(canvas: Canvas, ink: Image, page_height: float) -> None:
    """Draw ``ink`` on the page that is open."""
    name = "png" + hashlib.sha256(ink.png.table + ink.png.lines).hexdigest()[:16]
    document = canvas._doc  # the library's own way to put a picture in twice is not open to other formats
    inside = document.getXObjectName(name)
    if inside not in document.idToObject:
        document.Reference(_stream(ink.png), inside)
    canvas.saveState()
    canvas.translate(ink.x, page_height - ink.y - ink.h)
    canvas.scale(ink.w, ink.h)
    canvas._code.append(f"/{inside} Do")
    canvas.restoreState()
    canvas._formsinuse.append(name)
