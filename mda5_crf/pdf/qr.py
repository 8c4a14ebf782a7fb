"""QR codes as ink: the one maker for all pages. Level M, so that a crease or a stain costs nothing.

The signs are those of reportlab's encoder, which a test compares with. It builds a code module by module, and
took a third of the time of a casebook; here all that is the same for every code of one size is kept: where
which bit goes, the mask, and the remainders of the correction polynomial.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Final, NamedTuple

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel, QRMath, QRRSBlock, QRUtil

from mda5_crf.pdf.ink import Squares

_MASK: Final = 0
"""Any of the eight is a valid code. Weighing all of them takes five times as long, a page has one code, and
a casebook has hundreds of pages."""
_SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_ALPHANUMERIC: Final = re.compile(r"(?!\d*$)[0-9A-Z $%*+./:-]+")
"""What is written two signs in 11 bits; digits alone are written shorter still."""
_PAD: Final = (0xEC, 0x11)


def modules(text: str) -> tuple[str, ...]:
    """The rows of the smallest code that holds ``text``, "1" for black. Without the quiet zone around it."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    version = code.calculate_version()
    if not _ALPHANUMERIC.fullmatch(text):
        return _slowly(code, version)
    plan = _plan(version)
    return plan.placed(_words(text, version, sum(plan.blocks)))


def picture(text: str, x: float, y: float, side: float) -> Squares:
    """The code of ``text`` in a square of ``side`` points, left top at ``x``, ``y``.

    Four modules around it must stay white.
    """
    rows = modules(text)
    return Squares(x, y, side / len(rows), rows)


# -- inside --------------------------------------------------------------------------------------------


def _slowly(code: QRCode, version: int) -> tuple[str, ...]:
    """By reportlab alone: for what is rarely written, in bytes or digits."""
    code.version = version
    code.makeImpl(False, _MASK)
    return tuple("".join("1" if dark else "0" for dark in row) for row in code.modules)


def _words(text: str, version: int, room: int) -> bytes:
    """Mode, length and signs, filled up to ``room`` bytes."""
    pairs = (text[start : start + 2] for start in range(0, len(text), 2))
    signs = "".join(map(_pair, pairs))
    bits = f"0010{len(text):0{9 if version < 10 else 11 if version < 27 else 13}b}{signs}"
    bits += "0" * min(4, 8 * room - len(bits))
    bits += "0" * (-len(bits) % 8)
    held = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return held + bytes(_PAD[place % 2] for place in range(room - len(held)))


@cache
def _pair(signs: str) -> str:
    """Two signs in 11 bits, a last one in 6."""
    number = 0
    for sign in signs:
        number = 45 * number + _SIGNS.index(sign)
    return f"{number:0{11 if len(signs) == 2 else 6}b}"


class _Plan(NamedTuple):
    """What all codes of one size share.

    ``blocks``: data bytes of each block; ``remainders``: by the byte shifted out, all others of a step of
    the division, ``check`` bytes long; ``flipped``: the mask over data and check bytes, block after block;
    ``arrange`` picks of these bits, and of a "0" and a "1" after them, what each module shows.
    """

    side: int
    blocks: Sequence[int]
    check: int
    remainders: Sequence[int]
    bits: int
    flipped: int
    arrange: Callable[[str], tuple[str, ...]]

    def placed(self, data: bytes) -> tuple[str, ...]:
        """The rows of the code of these data bytes."""
        size, low = 8 * self.check, (1 << 8 * self.check) - 1
        whole, start = int.from_bytes(data, "big"), 0
        for count in self.blocks:
            left = 0
            for byte in data[start : start + count]:
                left = (left << 8 & low) ^ self.remainders[left >> size - 8 ^ byte]
            whole, start = whole << size | left, start + count
        shown = "".join(self.arrange(f"{whole ^ self.flipped:0{self.bits}b}01"))
        return tuple(shown[row : row + self.side] for row in range(0, len(shown), self.side))


@cache
def _plan(version: int) -> _Plan:
    """Learned from a code of nothing but zeros: what is black in it is pattern or mask."""
    blocks = QRRSBlock.getRSBlocks(version, QRErrorCorrectLevel.M)
    counts = [block.dataCount for block in blocks]
    check = blocks[0].totalCount - blocks[0].dataCount
    bits = 8 * (sum(counts) + check * len(counts))
    order = _order(counts, check)
    empty = QRCode(version, QRErrorCorrectLevel.M)
    empty.dataCache = [0] * (bits // 8)
    empty.makeImpl(False, _MASK)
    side = empty.getModuleCount()
    # Where no bit of the data goes, a module shows what it shows here: the "0" or the "1" at the end.
    source = [bits + dark for row in empty.modules for dark in row]
    flipped = bytearray(b"0" * bits)
    for place, (column, row) in zip(range(bits), empty.dataPosIterator(), strict=False):
        bit = 8 * order[place // 8] + place % 8
        source[row * side + column] = bit
        flipped[bit] = b"01"[empty.modules[row][column]]
    return _Plan(side, counts, check, _remainders(check), bits, int(flipped, 2), itemgetter(*source))


def _order(counts: Sequence[int], check: int) -> list[int]:
    """The bytes as they are drawn (the first of every block, the second, …), as places in all the blocks."""
    starts = [sum(counts[:block]) for block in range(len(counts))]
    data = [
        start + step
        for step in range(max(counts))
        for start, count in zip(starts, counts, strict=True)
        if step < count
    ]
    after = sum(counts)
    return [*data, *(after + block * check + step for step in range(check) for block in range(len(counts)))]


@cache
def _remainders(check: int) -> tuple[int, ...]:
    """Each byte times the correction polynomial of ``check`` bytes, without its first term."""
    terms = QRUtil.getErrorCorrectPolynomial(check).num[1:]
    made = [0]
    for byte in range(1, 256):
        log = QRMath.glog(byte)
        made.append(
            int.from_bytes(bytes(QRMath.gexp((log + QRMath.glog(t)) % 255) if t else 0 for t in terms), "big")
        )
    return tuple(made)
