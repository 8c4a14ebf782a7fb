"""Writing a definition to a file: as a workbook, or as ODM 1.3.2 or 2.0."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mda5_crf import __version__
from mda5_crf.errors import StoreError
from mda5_crf.study import source as sources
from mda5_crf.study.model import Study
from mda5_crf.study.writing import read_files

WORKBOOK: Final = "workbook"
ODM: Final = "odm"
ODM2: Final = "odm2"
AS: Final = (WORKBOOK, ODM, ODM2)


def write(study: Study, target: Path, kind: str) -> None:
    """Write ``study`` to ``target`` in one step; a file of that name is replaced. ``kind`` is one of AS.

    Raises InputRefused for a definition that a workbook cannot hold whole, StoreError for a file that would
    not be valid or cannot be written.
    """
    made = _workbook(study) if kind == WORKBOOK else _odm(study, newer=kind == ODM2)
    beside = target.with_name(target.name + ".new")
    try:
        beside.write_bytes(made)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreError("sheets.not_written", file=target.name) from error


def _workbook(study: Study) -> bytes:
    from mda5_crf.exchange.workbookout import write

    return write(read_files(sources.unpack(study.source)))


def _odm(study: Study, *, newer: bool) -> bytes:
    """One file with nothing but the definition, held against the schema unless it came from elsewhere."""
    from mda5_crf.exchange.odm2out import newest
    from mda5_crf.exchange.odm_check import SchemaCheck
    from mda5_crf.exchange.odm_file import SOURCE_SYSTEM, stamp
    from mda5_crf.exchange.odm_metadata import write_study
    from mda5_crf.exchange.odm_names import ODM as NAMESPACE
    from mda5_crf.exchange.odm_names import OWN
    from mda5_crf.exchange.xmlout import XmlOut

    held = bytearray()
    out = newest(study, held.extend) if newer else XmlOut(held.extend, extensions=True)
    made = stamp(datetime.now(UTC))
    out.start(
        "ODM", xmlns=NAMESPACE, xmlns_mda5=OWN, ODMVersion="1.3.2", FileType="Snapshot",
        Granularity="Metadata", FileOID=f"{study.oid}.{study.hash[:12]}.{made}", CreationDateTime=made,
        AsOfDateTime=made, SourceSystem=SOURCE_SYSTEM, SourceSystemVersion=__version__,
    )  # fmt: skip
    write_study(out, [study])
    out.close()
    if not newer and not study.origin:
        check = SchemaCheck()
        check.feed(bytes(held))
        check.close()
    return bytes(held)
