"""Workbooks, CSV and ODM files that nobody would write who means well."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping
from typing import Final

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
ODM: Final = (
    '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot" FileOID="F" '
    'CreationDateTime="2026-01-01T00:00:00">'
)
STUDY: Final = (
    '<Study OID="S"><GlobalVariables><StudyName>n</StudyName><StudyDescription>d</StudyDescription>'
    "<ProtocolName>p</ProtocolName></GlobalVariables></Study>"
)


def sheet(rows: str, before: str = "", after: str = "") -> str:
    """The XML of a sheet."""
    return f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def cells(*texts: str, row: int = 1) -> str:
    """A row of text cells."""
    inside = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{row}">{inside}</row>'


def parts(
    rows: str = "",
    *,
    whole: str = "",
    strings: str = "",
    styles: str = "",
    before: str = "",
    workbook: str = "",
) -> dict[str, str | bytes]:
    """The parts of a workbook of one sheet."""
    made: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": before
        + (
            workbook
            or f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets><sheet name="T" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" '
        f'Type="{_REL}/styles" Target="/xl/styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": whole or before + sheet(rows or cells("a", "b")),
    }
    if strings:
        made["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{strings}</sst>'
    if styles:
        made["xl/styles.xml"] = f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>'
    return made


def book(made: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """These parts as a file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as file:
        for name, data in made.items():
            file.writestr(name, data)
    return held.getvalue()


def streamed(made: Mapping[str, str | bytes], name: str, pieces: Iterable[bytes]) -> bytes:
    """The same with one part that is written piece by piece."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for other, data in made.items():
            if other != name:
                file.writestr(other, data)
        with file.open(name, "w", force_zip64=True) as part:
            for piece in pieces:
                part.write(piece)
    return held.getvalue()


def with_flags(data: bytes, *, flags: int = 0, size: int = -1, method: int = -1) -> bytes:
    """Every part said to be encrypted, of another size, or packed in another way."""
    made = bytearray(data)
    for mark, at_flags, at_method, at_size in ((b"PK\x03\x04", 6, 8, 22), (b"PK\x01\x02", 8, 10, 24)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            (old,) = struct.unpack_from("<H", made, place + at_flags)
            struct.pack_into("<H", made, place + at_flags, old | flags)
            if method >= 0:
                struct.pack_into("<H", made, place + at_method, method)
            if size >= 0:
                struct.pack_into("<I", made, place + at_size, size)
    return bytes(made)


def laughs(levels: int = 10) -> str:
    """Entities that unfold to ten to the power of ``levels`` words."""
    more = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels))
    return f'<!DOCTYPE ODM [<!ENTITY l0 "lol">{more}]>'


def odm(inside: str = STUDY, before: str = "") -> bytes:
    """An ODM file."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}{ODM}{inside}</ODM>'.encode()
