"""The definition of a study that came from another system, as ODM again: its own OIDs, every element.

What the study's own files say is written as they say it; everything else is what ``origin.json`` kept.
Content of other systems stands in its own namespaces, and is left out of a plain file (without extensions).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mda5_crf.exchange.odm_names import OWN
from mda5_crf.exchange.odmkept import together
from mda5_crf.exchange.odmorigin import origin_of
from mda5_crf.exchange.odmread import XML, Node
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.study.model import Study

_KNOWN: Final = {
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/2000/09/xmldsig#": "ds",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
    OWN: "mda5",
    "https://projectredcap.org": "redcap",
    "http://www.openclinica.org/ns/odm_ext_v130/v3.1": "OpenClinica",
    "http://www.openclinica.org/ns/rules/v3.1": "OpenClinicaRules",
    "http://www.mdsol.com/ns/odm/metadata": "mdsol",
}
_DECLARED: Final = frozenset({"xml"})
_STANDARD: Final = frozenset({"xml", "xlink", "ds"})
"""Namespaces that are part of ODM itself."""


def is_foreign(study: Study) -> bool:
    """Whether the study is written out as it came in."""
    return bool(study.origin) and "studies" in (origin_of(study) or {})


def write_foreign(out: XmlOut, studies: Sequence[Study]) -> None:
    """The Study elements of every definition, the one in force last; each version once."""
    written: set[tuple[str, tuple[str, ...]]] = set()
    nodes: list[Node] = []
    for study in reversed(studies):
        for node in foreign_nodes(study):
            versions = tuple(one[1].get("OID", "") for one in node[3] if one[0] == "MetaDataVersion")
            key = (node[1].get("OID", ""), versions)
            if key not in written or not versions:
                written.add(key)
                nodes.append(node)
    for node in nodes:
        write_node(out, node)


def foreign_nodes(study: Study) -> list[Node]:
    """The Study elements of a definition; none when its file had none."""
    origin = origin_of(study)
    return [] if origin is None or "studies" not in origin else together(origin, _sayer(study))


def _sayer(study: Study) -> Any:  # noqa: ANN401 - (thing, which, language) → text
    def say(thing: str, which: str, language: str) -> str:
        if thing.startswith("@"):
            text = study.events[thing[1:]].name
        elif "=" in thing:
            text = study.codelists[thing.partition("=")[0]].by_code[which].text
        elif "." in thing:
            text = study.item(thing).label
        else:
            text = study.forms[thing].name
        return text.zh if language == "zh" else text.en

    return say


def write_node(out: XmlOut, node: Node) -> None:
    """One node with all in it, the namespaces it needs declared on it."""
    from mda5_crf.exchange.odm2out import Gathered  # which is made of what writes 1.3.2

    if isinstance(out, Gathered):
        out.add(node)
        return
    prefixes = _prefixes(node)
    declared: dict[str, str | None] = {
        f"xmlns:{prefix}": uri
        for uri, prefix in prefixes.items()
        if prefix not in _DECLARED and (out.extensions or prefix in _STANDARD)
    }
    _write(out, node, prefixes, declared)


def open_tag(out: XmlOut, name: str, attributes: Mapping[str, str]) -> None:
    """Open an element whose children follow, the namespaces that its attributes need declared on it."""
    from mda5_crf.exchange.odm2out import Gathered

    if isinstance(out, Gathered):
        out.start(name, **attributes)
        return
    prefixes = _prefixes([name, attributes, None, []])
    told: dict[str, str | None] = {
        f"xmlns:{prefix}": uri
        for uri, prefix in prefixes.items()
        if prefix not in _DECLARED and out.extensions
    }
    for one, value in attributes.items():
        if out.extensions or one[0] != "{" or _prefix(one, prefixes) in _STANDARD:
            told[_shown(one, prefixes)] = value
    out.node(name, told, whole=False)


def _write(
    out: XmlOut, node: Node, prefixes: Mapping[str, str], declared: Mapping[str, str | None] | None = None
) -> None:
    name, attributes, text, inner = node
    if name == XML:
        out.raw(text or "")
        return
    if not prefixes and not declared:  # no name in it is anybody else's
        out.node(name, attributes, text if not inner else None, whole=not inner)
        if inner:
            for one in inner:
                _write(out, one, prefixes)
            out.end()
        return
    shown = _shown(name, prefixes)
    told: dict[str, str | None] = dict(declared or {})
    for one, value in attributes.items():
        if out.extensions or one[0] != "{" or _prefix(one, prefixes) in _STANDARD:
            told[_shown(one, prefixes)] = value
    kept = [
        one for one in inner if out.extensions or one[0][0] != "{" or _prefix(one[0], prefixes) in _STANDARD
    ]
    if not kept:
        out.node(shown, told, text, whole=True)
        return
    out.node(shown, told, whole=False)
    for one in kept:
        _write(out, one, prefixes)
    out.end()


def _prefix(name: str, prefixes: Mapping[str, str]) -> str:
    return prefixes.get(name[1:].partition("}")[0], "")


def _shown(name: str, prefixes: Mapping[str, str]) -> str:
    if name[0] != "{":
        return name
    prefix, local = _prefix(name, prefixes), name.rpartition("}")[2]
    return f"{prefix}:{local}" if prefix else local


def _prefixes(node: Node) -> dict[str, str]:
    """Address → prefix, of everything in the node."""
    found: dict[str, str] = {}
    _find(node, found)
    return found


def _find(node: Node, found: dict[str, str]) -> None:
    name, attributes, _, inner = node
    for one in (name, *attributes):
        if one[0] == "{":
            uri = one[1:].partition("}")[0]
            if uri and uri not in found:
                found[uri] = _KNOWN.get(uri) or f"ns{len(found) + 1}"
    for child in inner:
        _find(child, found)
