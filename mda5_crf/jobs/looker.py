"""The child of ``confined``: reads one order and its files from standard input, answers in JSON lines, ends.

    picture  FILE            → {"held": …}: what the QR codes in a PNG, JPEG or TIFF file hold
    codes    FILE            → {"pages": n}, then {"page": n, "code": …}: page codes among the words of a PDF
    compare  GENUINE FILE    → {"page": n, "what": name, "expected": …, "found": …}: what differs

Each thing is told as soon as it is found, so that a file that ends the child half-way has said something;
{"end": true} comes last. Any act may say {"refused": name}. What hostile bytes make a library raise is caught
nowhere: it ends the child. It imports nothing of the program but :mod:`mda5_crf.jobs.pagediff`.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
from collections.abc import Iterator
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image

MEMORY: Final = 1536 * 1024 * 1024
"""Bytes of address space, where the system can limit it; pictures and pages of ours need a third of it."""
CPU_SECONDS: Final = 40
PIXELS: Final = 60_000_000
"""A4 at 600 dpi has 35 million."""
FRAMES: Final = 8
"""Pages of a TIFF file that are looked at; one with more is refused."""
LONGEST: Final = 512
"""Signs of a QR code that are handed on: a page's has 202."""
MOST_CODES: Final = 32


def main() -> None:
    """Read, look, answer."""
    confine()
    stream, out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr = io.StringIO()  # libraries may chat
    logging.disable(logging.CRITICAL)  # and what they log of a file is for nobody
    order = json.loads(stream.readline(4096))
    files = [_exactly(stream, size) for size in order["sizes"]]
    for told in chain(look(order["act"], files), ({"end": True},)):
        out.write(json.dumps(told, ensure_ascii=True).encode("ascii") + b"\n")
        out.flush()
    os._exit(0)  # nothing that was read lives on to act at the end


def confine() -> None:
    """Take away what the work does not need: memory, time, files."""
    with contextlib.suppress(ImportError):  # Windows has no such limits; there time alone ends us
        import resource

        for what, most in (
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_CPU, CPU_SECONDS),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(what, (most, most))


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
