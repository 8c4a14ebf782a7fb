"""QR codes: sign for sign those of reportlab's own encoder, and read by another program."""

from __future__ import annotations

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from mda5_crf.pdf import qr

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def by_reportlab(text: str) -> tuple[str, ...]:
    """The same text, mask and level, by the slow way."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.version = code.calculate_version()
    code.makeImpl(False, 0)
    count = code.getModuleCount()
    return tuple("".join("1" if code.isDark(y, x) else "0" for x in range(count)) for y in range(count))


@settings(max_examples=40)
@given(st.text(ALPHANUMERIC, min_size=1, max_size=260))
@example("A")
@example("MDA5P1" + "0" * 196)
@example("0" * 30)
@example("A" * 20)
@example("A" * 221)
@example("A" * 222)
@example("mixed, 小写")
def test_the_same_modules_as_reportlab(text: str) -> None:
    assert qr.modules(text) == by_reportlab(text)


@pytest.mark.parametrize("signs", [1, 14, 60, 202, 330, 720])
def test_another_program_reads_it(signs: int) -> None:
    text = ("MDA5P1" + ALPHANUMERIC * 20)[:signs]
    rows = qr.modules(text)
    side = len(rows) + 8
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, module in enumerate(row):
            image.putpixel((x + 4, y + 4), 0 if module == "1" else 255)
    (found,) = zxingcpp.read_barcodes(image.resize((3 * side, 3 * side), Image.Resampling.NEAREST))
    assert found.text == text


def test_a_picture_fills_its_square() -> None:
    made = qr.picture("MDA5P1ABC", 10.0, 20.0, 50.0)
    assert (made.x, made.y) == (10.0, 20.0)
    assert made.side * len(made.rows) == pytest.approx(50.0)
