"""An AuditRecord of another system as plain facts, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Foreign = list[Any]
"""``[name, {attribute: value}, text or None, [children]]``, as the reader gives it."""
_PARTS: Final = (
    ("user", "UserRef", "UserOID"), ("location", "LocationRef", "LocationOID"),
    ("time", "DateTimeStamp", ""), ("reason", "ReasonForChange", ""), ("source", "SourceID", ""),
)  # fmt: skip


def audit_node(audit: Mapping[str, str]) -> Foreign:
    """The commonest AuditRecord that says ``audit``: its parts in the order of the standard, nothing else."""
    point = {"EditPoint": audit["point"]} if "point" in audit else {}
    made: Foreign = ["AuditRecord", point, None, []]
    for word, name, attribute in _PARTS:
        if (text := audit.get(word)) is not None:
            attributes = {attribute: text} if attribute else {}
            made[3].append([name, attributes, None if attribute else text, []])
    return made


def audit_of(node: Foreign) -> Mapping[str, str]:
    """An AuditRecord as plain facts."""
    found: dict[str, str] = {}
    if point := node[1].get("EditPoint"):
        found["point"] = point
    for child in node[3]:
        name, attributes, text = child[0], child[1], child[2]
        if name == "UserRef":
            found["user"] = attributes.get("UserOID", "")
        elif name == "LocationRef":
            found["location"] = attributes.get("LocationOID", "")
        elif name == "DateTimeStamp" and text:
            found["time"] = text.strip()
        elif name == "ReasonForChange" and text:
            found["reason"] = text[:4000]
        elif name == "SourceID" and text:
            found["source"] = text[:200]
    return {name: value for name, value in found.items() if value}
