"""Ways to alter a PDF file. Each takes a source of chance and the genuine bytes and gives other bytes."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import pikepdf

Alteration = Callable[[random.Random, bytes], bytes]


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def _opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def _page(rng: random.Random, pdf: pikepdf.Pdf) -> Any:  # noqa: ANN401 - pikepdf's pages have no public type
    return pdf.pages[rng.randrange(len(pdf.pages))]


def byte_flipped(rng: random.Random, data: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
    return bytes(made) if bytes(made) != data else data[:-1]


def cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def appended(rng: random.Random, data: bytes) -> bytes:
    return data + rng.choice((b"\n", b"%more\n", rng.randbytes(20), data))


def saved_again(_rng: random.Random, data: bytes) -> bytes:
    return _saved(_opened(data))


def _written(commands: list[Any]) -> bytes:
    return pikepdf.unparse_content_stream([(operands, operator) for operands, operator in commands])


def _rewritten(rng: random.Random, data: bytes, change: Callable[[list[Any]], None]) -> bytes:
    pdf = _opened(data)
    page = _page(rng, pdf)
    commands = [[list(one.operands), one.operator] for one in pikepdf.parse_content_stream(page)]
    change(commands)
    page.Contents = pdf.make_stream(_written(commands))
    return _saved(pdf)


def digit_changed(rng: random.Random, data: bytes) -> bytes:
    """One sign of one word becomes another that the same font draws elsewhere on the page."""

    def change(commands: list[Any]) -> None:
        shown = [c for c in commands if str(c[1]) == "Tj" and len(bytes(c[0][0])) > 1]
        chosen = rng.choice(shown)
        old = bytes(chosen[0][0])
        place = rng.randrange(len(old))
        others = sorted(set(old) - {old[place]}) or [old[place] ^ 1]
        new = old[:place] + bytes([rng.choice(others)]) + old[place + 1 :]
        chosen[0] = [pikepdf.String(new)]

    return _rewritten(rng, data, change)


def text_moved(rng: random.Random, data: bytes) -> bytes:
    def change(commands: list[Any]) -> None:
        chosen = rng.choice([c for c in commands if str(c[1]) == "Tm"])
        chosen[0][5] = float(chosen[0][5]) + rng.choice((-30, 12, 50))

    return _rewritten(rng, data, change)


def command_removed(rng: random.Random, data: bytes) -> bytes:
    def change(commands: list[Any]) -> None:
        shown = [index for index, one in enumerate(commands) if str(one[1]) in ("Tj", "l", "re", "f")]
        del commands[rng.choice(shown)]

    return _rewritten(rng, data, change)


def rectangle_laid_over(rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    box = f"{rng.randrange(100, 400)} {rng.randrange(100, 700)} 80 14"
    _page(rng, pdf).contents_add(f"q 1 1 1 rg {box} re f Q".encode("ascii"))
    return _saved(pdf)


def picture_laid_over(rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    page = _page(rng, pdf)
    image = pikepdf.Stream(pdf, b"\xff" * 12)
    image.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=2, Height=2,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
    )  # fmt: skip
    name = page.add_resource(pdf.make_indirect(image), pikepdf.Name.XObject)
    page.contents_add(f"q 80 0 0 14 300 {rng.randrange(100, 700)} cm {name} Do Q".encode("ascii"))
    return _saved(pdf)


def page_removed(rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    del pdf.pages[rng.randrange(len(pdf.pages))]
    return _saved(pdf)


def page_added(_rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    pdf.add_blank_page()
    return _saved(pdf)


def pages_swapped(_rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    pdf.pages.reverse()
    return _saved(pdf)


def metadata_changed(rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    pdf.docinfo["/Title"] = f"Other {rng.random()}"
    return _saved(pdf)


def annotation_added(rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[300, 400, 380, 420],
        Contents=pikepdf.String("182"), DA=pikepdf.String("/Helv 9 Tf"),
    )  # fmt: skip
    _page(rng, pdf).Annots = pikepdf.Array([pdf.make_indirect(note)])
    return _saved(pdf)


def script_added(_rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    return _saved(pdf)


def attachment_added(_rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    pdf.attachments["x.txt"] = b"more"
    return _saved(pdf)


def page_turned(rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    _page(rng, pdf).Rotate = rng.choice((90, 180, 270))
    return _saved(pdf)


def page_trimmed(rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    _page(rng, pdf).CropBox = pikepdf.Array([0, rng.randrange(10, 400), 595, 842])
    return _saved(pdf)


def font_changed(rng: random.Random, data: bytes) -> bytes:
    """The words stay, their shapes do not."""
    pdf = _opened(data)
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and "/Length1" in thing:
            font = bytearray(thing.read_bytes())
            font[rng.randrange(len(font) // 2, len(font))] ^= 0x55
            thing.write(bytes(font))
            break
    return _saved(pdf)


def bookmark_changed(_rng: random.Random, data: bytes) -> bytes:
    pdf = _opened(data)
    with pdf.open_outline() as outline:
        outline.root[0].title = "Other"
    return _saved(pdf)


ALTERATIONS: dict[Alteration, str] = {
    byte_flipped: "", cut: "", appended: "", saved_again: "diff_bytes", digit_changed: "diff_words",
    text_moved: "", command_removed: "", rectangle_laid_over: "diff_drawing",
    picture_laid_over: "diff_drawing", page_removed: "diff_pages", page_added: "diff_pages",
    pages_swapped: "diff_words", metadata_changed: "diff_metadata", annotation_added: "diff_annotation",
    script_added: "diff_action", attachment_added: "diff_attachment", page_turned: "diff_size",
    page_trimmed: "diff_size", font_changed: "diff_resources", bookmark_changed: "diff_bookmarks",
}  # fmt: skip
"""Each with the name of what must be said of it, "" where that depends on chance."""
