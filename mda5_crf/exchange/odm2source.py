"""The definition's own source in a file of ODM 2.0 with extensions: what ODM has no place for comes back too.

It stands in ``mda5:Source`` elements of the MetaDataVersion (base64 of the zlib-compressed source, in pieces)
and counts only where the elements of the file say the same: a file that was edited is read by its elements.
"""

from __future__ import annotations

import binascii
import io
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from mda5_crf.crypto import base64_text, unbase64
from mda5_crf.errors import DefinitionError
from mda5_crf.exchange import odmread
from mda5_crf.exchange.odm2node import ONLY_1, ONLY_2, Node, all_of, copied, made, own, same, settle, without
from mda5_crf.exchange.odm_metadata import write_study
from mda5_crf.exchange.odm_names import ODM, OWN, version_oid
from mda5_crf.exchange.odm_proof import PIECE
from mda5_crf.exchange.odmgrammar import grammar
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.study.source import LARGEST_SOURCE, digest, unpack

_SOURCE: Final = own("Source")


def sources_of(studies: Iterable[Study]) -> dict[str, tuple[str, bytes]]:
    """OID of a MetaDataVersion → hash and source, of definitions of our own."""
    return {version_oid(one): (one.hash, one.source) for one in studies if not one.origin}


def put(study: Node, sources: Mapping[str, tuple[str, bytes]]) -> None:
    """Write the sources into a Study."""
    for version in all_of(study, "MetaDataVersion"):
        known = sources.get(version[1].get("OID", ""))
        if known is None:
            continue
        hash_, source = known
        packed = zlib.compress(source, 9)
        pieces = [packed[start : start + PIECE] for start in range(0, len(packed), PIECE)]
        for part, piece in enumerate(pieces, 1):
            said: dict[str, str | None] = {"Hash": hash_, "Part": str(part), "Parts": str(len(pieces))}
            version[3].append(made(_SOURCE, said, text=base64_text(piece)))


def files_of(studies: Iterable[Node]) -> dict[str, str] | None:
    """The files of the last definition that says its source, if its elements (as in 1.3) say the same."""
    found = None
    for version in (one for study in studies for one in all_of(study, "MetaDataVersion")):
        pieces = all_of(version, _SOURCE)
        if pieces:
            found = _files(version, pieces)
    return found


def _files(version: Node, pieces: list[Node]) -> dict[str, str] | None:
    try:
        packed = b"".join(unbase64(one[2] or "") for one in pieces)
        unpacker = zlib.decompressobj()
        source = unpacker.decompress(packed, LARGEST_SOURCE + 1)
        if unpacker.unconsumed_tail or not unpacker.eof or digest(source) != pieces[0][1].get("Hash"):
            return None
        study = load_source(source)
    except (ValueError, binascii.Error, zlib.error, DefinitionError):
        return None  # whoever wrote that: the elements are read
    return unpack(source) if _tells(version, study) else None


def _tells(version: Node, study: Study) -> bool:
    """Whether the elements are those that the definition is written as."""
    stream = io.BytesIO()
    out = XmlOut(stream.write)
    out.start("ODM", xmlns=ODM, xmlns_mda5=OWN)
    write_study(out, [study])
    out.close()
    stream.seek(0)
    events = odmread.lines(stream, {})
    written = next(one["node"] for one in events if one["what"] == "study")
    wanted = next(one for one in all_of(written, "MetaDataVersion"))
    mine = copied(version)
    without(mine, lambda one: one[0] == _SOURCE)
    shape = grammar("1.3.2")
    return same(settle(mine, shape, ONLY_1, ONLY_2), settle(wanted, shape, ONLY_1, ONLY_2))
