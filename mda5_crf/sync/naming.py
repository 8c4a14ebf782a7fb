"""What a bundle's file is called: from which PC to which, and its number. A name is a help and no proof.

Only ASCII letters, digits, "-" and "_": such a name survives every stick, mail and zip file. It holds what
people call their PCs, never anything of a participant. A renamed file is taken like any other.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MOST: Final = 24
_NO: Final = re.compile(r"[^A-Za-z0-9]+")


def safe(name: str, device: str, site: str) -> str:
    """The name of a PC as a part of a file name; by site and id where no letter of it can stand there."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    found = _NO.sub("-", plain).strip("-")[:_MOST].strip("-")
    # "病房 3" would be left as "3", which says nothing: letters must be left.
    return found if re.search(r"[A-Za-z]", found) else f"Site-{site}-{device[:4]}"


def bundle_name(sender: tuple[str, str, str], receiver: tuple[str, str, str], number: int) -> str:
    """``MDA5_Ward-3_to_Centre_0014``, without ending. Each PC is its name, device and site."""
    return f"MDA5_{safe(*sender)}_to_{safe(*receiver)}_{number:04d}"
