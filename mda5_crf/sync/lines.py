"""The lines inside a bundle: one canonical JSON object each, ``{"<what>": …}``, bounded in every way."""

from __future__ import annotations

from typing import Any, Final

from mda5_crf.crypto import CanonError, canon, parse_canon

MAX_LINE: Final = 256 * 1024
MAX_STRING: Final = 64 * 1024
KINDS: Final = ("manifest", "definition", "record", "certificate", "seal", "end")


class LineRefused(ValueError):
    """A line that no bundle may hold. The text never quotes it."""


def write_line(what: str, content: object) -> bytes:
    """One line with its end. Raises LineRefused for what would be too long to read back."""
    line = canon({what: content}) + b"\n"
    if len(line) > MAX_LINE or (len(line) > MAX_STRING and _long_string(content)):
        raise LineRefused("too long")
    return line


def read_line(line: bytes) -> tuple[str, Any]:
    """What a line (without its end) says: kind and content. Raises LineRefused."""
    if len(line) >= MAX_LINE:
        raise LineRefused("too long")
    try:
        whole = parse_canon(line)
    except CanonError:
        raise LineRefused("not canonical") from None
    if not isinstance(whole, dict) or len(whole) != 1:
        raise LineRefused("not one thing")
    ((what, content),) = whole.items()
    if what not in KINDS:
        raise LineRefused("unknown")
    if len(line) > MAX_STRING and _long_string(content):
        raise LineRefused("too long")
    return what, content


def _long_string(value: object) -> bool:
    """Whether a text of more than 64 KiB lies anywhere inside; the depth is bounded by the canonical form."""
    if isinstance(value, str):
        return len(value) > MAX_STRING // 4 and len(value.encode("utf-8")) > MAX_STRING
    if isinstance(value, dict):
        return any(_long_string(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_long_string(inner) for inner in value)
    return False
