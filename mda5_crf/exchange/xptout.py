"""SAS transport files, version 5, written record by record as SAS wrote them (TS-140).

Numbers are IBM hexadecimal floating point, which holds every double exactly; dates are days since 1960 with
format DATE9; texts are padded with blanks, UTF-8 where they are not ASCII. The caller has seen to names,
labels and lengths (:mod:`mda5_crf.exchange.fitting`).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from mda5_crf.exchange.datasets import Kind, Row, day
from mda5_crf.exchange.fitting import Field, Put, Sheet

_CARD: Final = 80
_MISSING: Final = b"\x2e" + bytes(7)
_EPOCH: Final = date(1960, 1, 1)
_NAMESTR: Final = struct.Struct(">hhhh8s40s8shhh2s8shhl52s")
_LONGEST: Final = 200
_PIECE: Final = 1 << 16
_MONTHS: Final = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_MOST_NAMES: Final = 9999


def write(put: Put, sheet: Sheet, rows: Iterable[Row], made: datetime) -> None:
    """One data set as a whole file."""
    out = _Cards(put)
    stamp = _stamp(made)
    fields = sheet.fields
    assert len(fields) <= _MOST_NAMES
    out.card("HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + "0" * 30)
    out.card(f"{'SAS':8}{'SAS':8}{'SASLIB':8}{'9.4':8}{'MDA5CRF':8}{'':24}{stamp}")
    out.card(stamp)
    out.card("HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140")
    out.card("HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!" + "0" * 30)
    out.card(f"{'SAS':8}{sheet.name:8}{'SASDATA':8}{'9.4':8}{'MDA5CRF':8}{'':24}{stamp}")
    out.card(f"{stamp}{'':16}{sheet.label:40}")
    out.card(f"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000{len(fields):04}{'0' * 20}")
    place = 0
    for number, one in enumerate(fields, 1):
        length = _length(one)
        out.add(_namestr(one, number, length, place))
        place += length
    out.fill()
    out.card("HEADER RECORD*******OBS     HEADER RECORD!!!!!!!" + "0" * 30)
    lengths = [_length(one) for one in fields]
    for row in rows:
        out.add(b"".join(_cell(one, row, size) for one, size in zip(fields, lengths, strict=True)))
    out.fill()
    out.flush()


class _Cards:
    """Bytes in records of 80."""

    def __init__(self, put: Put) -> None:
        self._put = put
        self._held = bytearray()
        self._written = 0

    def card(self, text: str) -> None:
        """One record of text."""
        self.add(text.ljust(_CARD).encode("ascii"))

    def add(self, piece: bytes) -> None:
        """More bytes, wherever in a record they fall."""
        self._held += piece
        if len(self._held) >= _PIECE:
            self.flush()

    def fill(self) -> None:
        """Blanks up to the end of a record."""
        self._held += b" " * (-(self._written + len(self._held)) % _CARD)

    def flush(self) -> None:
        """Hand over what is held."""
        self._put(bytes(self._held))
        self._written += len(self._held)
        self._held.clear()


def _length(one: Field) -> int:
    """Bytes of a cell."""
    if one.kind.number or one.kind is Kind.DATE:
        return 8
    return _LONGEST if one.parts > 1 else max(1, one.facts.octets)


def _namestr(one: Field, number: int, length: int, place: int) -> bytes:
    numeric = one.kind.number or one.kind is Kind.DATE
    form, width = (b"DATE    ", 9) if one.kind is Kind.DATE else (b" " * 8, 0)
    return _NAMESTR.pack(
        1 if numeric else 2, 0, length, number, one.name.encode("ascii").ljust(8),
        one.label.encode("ascii").ljust(40), form, width, 0, 0, b"\0\0", b" " * 8, 0, 0, place, bytes(52),
    )  # fmt: skip


def _cell(one: Field, row: Row, length: int) -> bytes:
    text = one.cell(row)
    if one.kind is Kind.DATE:
        found = day(text)
        return _MISSING if found is None else ibm(float((found - _EPOCH).days))
    if one.kind.number:
        return ibm(float(text)) if text else _MISSING
    made = text.encode("utf-8").ljust(length)
    assert len(made) == length, one.name
    return made


def ibm(number: float) -> bytes:
    """A double as IBM hexadecimal floating point of 8 bytes, exactly. Raises OverflowError."""
    if not number:
        return bytes(8)
    fraction, power = math.frexp(abs(number))
    sixteens = -(-power // 4)
    if not -64 <= sixteens < 64:
        raise OverflowError("no IBM number")
    mantissa = int(fraction * (1 << 53)) << 3 >> (4 * sixteens - power)
    sign = 0x80 if number < 0 else 0
    return bytes([sign | sixteens + 64]) + mantissa.to_bytes(7, "big")


def _stamp(made: datetime) -> str:
    """A time as SAS has it: ``21AUG20:09:14:29``, UTC."""
    at = made.astimezone(UTC)
    return f"{at.day:02}{_MONTHS[at.month - 1]}{at.year % 100:02}:{at.hour:02}:{at.minute:02}:{at.second:02}"
