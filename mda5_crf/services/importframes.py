"""The tree of an imported file without its answers, as contents of records.

``{"import", "n", "in", "part", "of", "digest", "nodes", "kept", "refs"}``: ``n`` is the place in the file,
``in`` what the element stood in (number of the ClinicalData, its attributes), ``nodes`` as in
:mod:`mda5_crf.services.importkinds`, ``kept`` answers not taken ([number of ItemData, text, AuditRecord]),
``refs`` those that another record had said before ([number, record]). What is too long for one record goes on
in the next ``part``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mda5_crf.crypto import file_hash
from mda5_crf.services.importkinds import Node

Beside = tuple[int, str] | tuple[int, str, dict[str, str]]
"""Number of an ItemData, text or record, and what its AuditRecord says where it has one."""
LARGEST: Final = 44 * 1024
"""Bytes of one part, roughly; a record's content may have 60 KiB."""
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def digest(nodes: Sequence[Any]) -> str:
    """What tells two trees apart."""
    return file_hash(_encode(nodes).encode("utf-8", "surrogatepass"))[:32]


def parts_of(
    head: Mapping[str, Any],
    nodes: Sequence[Node],
    kept: Sequence[Beside],
    refs: Sequence[Beside],
    seen: str,
) -> list[dict[str, Any]]:
    """Contents of the records that hold a tree, in order."""
    parts: list[dict[str, Any]] = []
    for nodes_of, kept_of, refs_of in _portions(nodes, kept, refs):
        content: dict[str, Any] = {**head, "part": len(parts), "nodes": nodes_of}
        if kept_of:
            content["kept"] = kept_of
        if refs_of:
            content["refs"] = refs_of
        parts.append(content)
    for part in parts:
        part["of"] = len(parts)
        part["digest"] = seen
    return parts


def _portions(
    nodes: Sequence[Node], kept: Sequence[Beside], refs: Sequence[Beside]
) -> Iterator[tuple[list[Node], list[Beside], list[Beside]]]:
    whole = len(_encode([nodes, kept, refs]).encode("utf-8", "surrogatepass"))
    if whole <= LARGEST:
        yield list(nodes), list(kept), list(refs)
        return
    some: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    size = 0
    for place, things in enumerate((nodes, kept, refs)):
        for one in things:
            weight = len(_encode(one).encode("utf-8", "surrogatepass")) + 1
            if size + weight > LARGEST and size:
                yield some
                some, size = ([], [], []), 0
            some[place].append(one)
            size += weight
    yield some
