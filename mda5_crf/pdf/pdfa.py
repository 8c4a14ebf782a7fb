"""A finished document as PDF/A-2b, for keeping: pages, links and bookmarks stay as they are.

Needs the extra ``[pdfa]`` (pikepdf), which the program does without otherwise. Everything happens in memory,
no clear page touches the disk. What comes out was checked by pikepdf's own validator, which refuses what it
does not know: it can be too strict, never too lax. It is not veraPDF.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused, StoreError

if TYPE_CHECKING:
    from types import ModuleType

FLAVOUR: Final = "2b"
INSTALL: Final = 'pip install "pikepdf[pdfa]"'
_METADATA_DATE: Final = re.compile(rb"(?<=<xmp:MetadataDate>)[^<]*")


def available() -> bool:
    """Whether the extra is installed here."""
    try:
        tools()
    except InputRefused:
        return False
    return True


def tools() -> tuple[ModuleType, ModuleType]:
    """``pikepdf`` and ``pikepdf.pdfa``. Raises InputRefused, which says what to install, without them."""
    try:
        import pikepdf
        from pikepdf import pdfa
    except ImportError:
        raise InputRefused("archive.needs_pikepdf", command=INSTALL) from None
    return pikepdf, pdfa


def as_pdfa(data: bytes, made: datetime) -> bytes:
    """``data`` as PDF/A-2b, its date ``made`` (aware). Same input, same bytes.

    Raises InputRefused without the extra, StoreError when what came out does not pass the validator.
    """
    qpdf, pdfa = tools()
    day = made.astimezone(UTC).replace(microsecond=0)
    with qpdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            if "/Trans" in page:
                del page["/Trans"]  # reportlab writes an empty transition, which the validator does not know
        stamp = qpdf.String(f"D:{day:%Y%m%d%H%M%S}+00'00'")
        pdf.docinfo["/CreationDate"] = stamp
        pdf.docinfo["/ModDate"] = stamp
        pdfa.prepare(pdf, FLAVOUR)
        packet = pdf.Root.Metadata.read_bytes()
        pdf.Root.Metadata.write(_METADATA_DATE.sub(day.isoformat().encode(), packet))
        out = io.BytesIO()
        pdf.save(out, **pdfa.resolve_save_kwargs(FLAVOUR, deterministic_id=True))
    if findings(out.getvalue()):
        raise StoreError("archive.not_pdfa")
    return out.getvalue()


def findings(data: bytes) -> tuple[str, ...]:
    """What the validator has against a file as PDF/A-2b, by the names of its rules; nothing when it passes.

    Raises InputRefused without the extra.
    """
    _, pdfa = tools()
    report = pdfa.validate_written(io.BytesIO(data), FLAVOUR)
    if report.passed:
        return ()
    return tuple(sorted({str(one.rule) for one in report.findings})) or ("unknown",)
