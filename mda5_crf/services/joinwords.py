"""What the audit trail says of PCs that join, are renamed or revoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mda5_crf.text import Text, both, catalogue, message

KINDS: Final = frozenset({"invitation", "joining", "peer", "revocation"})


def said(kind: str, data: Mapping[str, Any]) -> Text:
    """What the record says, in words; its keys and files are among the facts of the record."""
    if kind == "revocation":
        return _listed(data)
    name, state = str(data.get("name", "")), str(data.get("state", ""))
    code = f"trail_{kind}_{state}"
    if code not in catalogue("joining"):
        return both(f"{name}: {state}" if state else "")
    shown = f"{name} → {data['label']}" if data.get("label") else name
    return message(f"joining.{code}", name=shown, site=str(data.get("site", "")))


def _listed(data: Mapping[str, Any]) -> Text:
    listed = data.get("list")
    if not isinstance(listed, dict):
        return both("")
    entries = listed.get("entries")
    names = (
        [str(one.get("name")) for one in entries if isinstance(one, dict)]
        if isinstance(entries, list)
        else []
    )
    number = str(listed.get("number", ""))
    code = "trail_list" if names else "trail_list_empty"
    return message(f"joining.{code}", number=number, names=", ".join(names))
