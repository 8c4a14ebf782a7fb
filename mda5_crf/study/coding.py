"""Which answers are coded with a licensed dictionary, and the levels of the two dictionaries that are used.

The program knows the shape of MedDRA and WHODrug, never their content: terms and codes come from people who
hold a licence (docs/licences.md). An item says ``coding = "MEDDRA"`` or ``coding = "WHODRUG"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mda5_crf.study.model import Item, Study


class Dictionary(StrEnum):
    """A dictionary that answers may be coded with; the value stands in records and files."""

    MEDDRA = "MEDDRA"
    WHODRUG = "WHODRUG"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a dictionary. ``needed``: a coding without it is none. ``code``: what its code looks like;
    ``name`` and ``number``: what an SDTM variable is called behind the domain (``AE`` + ``DECOD``).
    """

    oid: str
    code: re.Pattern[str]
    name: str
    number: str
    needed: bool = False


_MEDDRA: Final = re.compile(r"1[0-9]{7}")
_DRUG: Final = re.compile(r"[0-9A-Z][0-9A-Z ./-]{2,19}")
_ATC: Final = re.compile(r"[A-Z](?:[0-9]{2}(?:[A-Z](?:[A-Z](?:[0-9]{2})?)?)?)?")

LEVELS: Final[Mapping[Dictionary, tuple[Level, ...]]] = {
    Dictionary.MEDDRA: (
        Level("LLT", _MEDDRA, "LLT", "LLTCD"),
        Level("PT", _MEDDRA, "DECOD", "PTCD", needed=True),
        Level("HLT", _MEDDRA, "HLT", "HLTCD"),
        Level("HLGT", _MEDDRA, "HLGT", "HLGTCD"),
        Level("SOC", _MEDDRA, "SOC", "SOCCD", needed=True),
    ),
    Dictionary.WHODRUG: (
        Level("DRUG", _DRUG, "DECOD", "DRGCD", needed=True),
        Level("ATC", _ATC, "ATC", "ATCCD"),
    ),
}
"""From the most particular level to the most general one."""
NAMES: Final[Mapping[Dictionary, str]] = {Dictionary.MEDDRA: "MedDRA", Dictionary.WHODRUG: "WHODrug"}


def coded_items(study: Study) -> Iterator[Item]:
    """The items of a definition that are coded, in its order."""
    for form in study.forms.values():
        yield from (item for item in form.items.values() if item.coding is not None)
