"""MDAAT, visual analogue part (MYOACT): activity of six organ systems in the past four weeks.

Sources: copy of the IMACS 2009 document, PMC3748930 table 1. MITAX weights are UNVERIFIED and not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mda5_crf.instruments.exact import exact, total


@dataclass(frozen=True, slots=True)
class MDAAT:
    """``ratio`` 0–1 over the systems assessed (None when none was), ``assessed`` 0–6."""

    ratio: Decimal | None
    assessed: int


@exact
def mdaat(
    *,
    constitutional: Decimal | None = None,
    cutaneous: Decimal | None = None,
    skeletal: Decimal | None = None,
    gastrointestinal: Decimal | None = None,
    pulmonary: Decimal | None = None,
    cardiovascular: Decimal | None = None,
) -> MDAAT:
    """Sum of the assessed lines (0–10 cm each) ÷ (10 × their number).

    None = not assessable: the system is left out of sum and number. The lines "other", extramuscular
    and muscle do not enter.
    """
    lines = (constitutional, cutaneous, skeletal, gastrointestinal, pulmonary, cardiovascular)
    known = [line for line in lines if line is not None]
    return MDAAT(total(known) / (10 * len(known)) if known else None, len(known))
