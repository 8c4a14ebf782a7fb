"""Where a vault lies, as a person names it: a folder, or the address of a centre's database."""

from __future__ import annotations

from pathlib import Path

from mda5_crf.db.pgaddress import read_address
from mda5_crf.db.place import address_text

Where = Path | str
"""A path, or the text of an address."""


def where_of(word: Path | str) -> Where:
    """What ``word`` names, there or not. Raises InputRefused for an address with a password in it, or none
    that can be understood.
    """
    address = address_text(word)
    if not address:
        return Path(word)
    read_address(address)
    return address


def is_address(word: Path | str) -> bool:
    """Whether ``word`` is meant as an address of a server, right or wrong."""
    return bool(address_text(word))
