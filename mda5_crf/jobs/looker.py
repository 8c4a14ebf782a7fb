"""The child of ``confined``: reads one order and its files from standard input, answers in JSON lines, ends.

    picture  FILE            → {"held": …}: what the QR codes in a PNG, JPEG or TIFF file hold
    codes    FILE            → {"pages": n}, then {"page": n, "code": …}: page codes among the words of a PDF
    compare  GENUINE FILE    → {"page": n, "what": name, "expected": …, "found": …}: what differs

    odm      FILE            → what :mod:`mda5_crf.exchange.odm2in` tells of an ODM file, as 1.3
    sheet    FILE            → what :mod:`mda5_crf.exchange.sheetin` tells of a workbook or CSV file

Each thing is told as soon as it is found, so that a file that ends the child half-way has said something;
{"end": true} comes last. Any act may say {"refused": name}. What hostile bytes make a library raise is caught
nowhere: it ends the child. It imports nothing of the program but :mod:`mda5_crf.jobs.pagediff` and, for the
acts of the second kind, the one reader in ``exchange``. Those read a file of any size as it comes through the
pipe; many lines are sent together, and a refusal carries the code of its sentence.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final

from mda5_crf.jobs.limits import confine, shut, too_large

if TYPE_CHECKING:
    from PIL.Image import Image

PIXELS: Final = 60_000_000
"""A4 at 600 dpi has 35 million."""
FRAMES: Final = 8
"""Pages of a TIFF file that are looked at; one with more is refused."""
LONGEST: Final = 512
"""Signs of a QR code that are handed on: a page's has 202."""
MOST_CODES: Final = 32
NO_MEMORY: Final = 3
"""What the child ends with when memory is not enough."""
_LONGEST_ORDER: Final = 64 * 1024
_TOGETHER: Final = 128 * 1024
"""Bytes of lines that are sent together, unless …"""
_SOON: Final = 0.25
"""… so many seconds have passed."""
_written = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode


def main() -> None:
    """Read, look, answer."""
    stream, out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr = io.StringIO()  # libraries may chat
    logging.disable(logging.CRITICAL)  # and what they log of a file is for nobody
    order = json.loads(stream.readline(_LONGEST_ORDER))
    if "options" in order:
        confine(order["memory"], order["seconds"])
        shut()
        try:
            flow(order, stream, out)
        except MemoryError:
            os._exit(NO_MEMORY)  # whoever held the memory may hold it still
        os._exit(0)
    confine()
    files = [_exactly(stream, size) for size in order["sizes"]]
    for told in chain(look(order["act"], files), ({"end": True},)):
        out.write(json.dumps(told, ensure_ascii=True).encode("ascii") + b"\n")
        out.flush()
    os._exit(0)  # nothing that was read lives on to act at the end


def flow(order: Mapping[str, Any], stream: IO[bytes], out: IO[bytes]) -> None:
    """Tell what a reader tells, many lines together. Raises MemoryError, and what the reader breaks with."""
    from mda5_crf.errors import CrfError

    held: list[str] = []
    size, last = 0, time.monotonic()
    try:
        for told in reader(order["act"], stream, order["options"]):
            line = _written(told)
            held.append(line)
            size += len(line)
            if size >= _TOGETHER or time.monotonic() - last > _SOON:
                _send(out, held)
                size, last = 0, time.monotonic()
                if too_large(order["memory"]):
                    raise MemoryError
        while stream.read(1 << 20):
            pass  # what the reader left: the parent sends, and sums, the whole file
    except CrfError as error:
        held.append(
            _written({"refused": error.code, "with": {k: _plain(v) for k, v in error.params.items()}})
        )
    held.append('{"end":true}')
    _send(out, held)


def _send(out: IO[bytes], held: list[str]) -> None:
    held.append("")
    out.write("\n".join(held).encode("utf-8"))
    out.flush()
    held.clear()


def _plain(value: object) -> object:
    """A parameter of a sentence, as JSON; one in two languages as a list of both."""
    from mda5_crf.text import Text

    if isinstance(value, Text):
        return [value.en[:LONGEST], value.zh[:LONGEST]]
    return value if isinstance(value, int) else str(value)[:LONGEST]


def reader(act: str, stream: IO[bytes], options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What reads a file of any size as it comes."""
    if act == "odm" and options.get("own"):  # a whole archive of this program, to be taken back
        from mda5_crf.exchange import odmback

        return odmback.lines(stream, options)
    if act == "odm":
        from mda5_crf.exchange import odm2in

        return odm2in.lines(stream, options)
    if act == "sheet":
        from mda5_crf.exchange import sheetin

        told = sheetin.lines(stream, options)
        if not options.get("nameless"):
            return told
        from mda5_crf.exchange import sheetnames

        return sheetnames.nameless(told)
    raise ValueError("no such act")


def look(act: str, files: list[bytes]) -> Iterator[dict[str, Any]]:
    """Do one act."""
    if act == "picture":
        return picture(files[0])
    from mda5_crf.jobs import pagediff

    if act == "codes":
        return pagediff.codes(files[0])
    if act == "compare":
        return pagediff.compare(files[0], files[1])
    raise ValueError("no such act")


def picture(data: bytes) -> Iterator[dict[str, Any]]:
    """What the QR codes in a picture hold. The size is known before a pixel is decoded."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = PIXELS
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF")) as image:
        frames = getattr(image, "n_frames", 1)
        if frames > FRAMES:
            yield {"refused": "frames"}
            return
        seen: set[str] = set()
        for number in range(frames):
            image.seek(number)
            if image.width * image.height > PIXELS:
                yield {"refused": "large"}
                return
            for held in _held(image):
                if held not in seen and len(seen) < MOST_CODES:
                    seen.add(held)
                    yield {"held": held}


def _held(image: Image) -> list[str]:
    import zxingcpp

    grey = image.convert("L")
    pixels = memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))
    found = zxingcpp.read_barcodes(pixels, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    return [one.text for one in found if len(one.text) <= LONGEST]


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return data


if __name__ == "__main__":
    main()
