"""Rapidly progressive interstitial lung disease (RP-ILD) by the rule of this build.

UNVERIFIED as a whole: no source with a definition was readable. The window (90 days; 30 is the
stricter option) and the thresholds are design choices; the window is a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from mda5_crf.instruments.codes import Flag, flag

PAO2_FALL_MMHG = Decimal(10)
FVC_FALL_POINTS = Decimal(10)
HRCT_RISE = Decimal(50)

Change = Decimal | bool | None
"""A change as a number, or the finding itself (True, False) where a person has judged it."""


@dataclass(frozen=True, slots=True)
class RPILD:
    """``met`` "Y", "N", or None where what is known does not decide.

    ``days`` from the first respiratory symptom to the first finding. ``reasons``: the findings that
    are there, as codes of the list RPCRIT ("PAO2 FALL", "FVC FALL", "HRCT RISE").
    """

    met: Literal["Y", "N"] | None
    days: int | None
    reasons: tuple[str, ...]


def rp_ild(
    *,
    first_symptom: date | None,
    finding_date: date | None,
    dyspnoea: Flag,
    pao2_fall: Change,
    fvc_fall: Change,
    hrct_rise: Change,
    window_days: Decimal | int | None = 90,
    excluded: Flag = "Y",
) -> RPILD:
    """New or worse ``dyspnoea``, and a fall of PaO2 or FVC or a rise of the HRCT score, soon enough.

    ``pao2_fall`` in mmHg (10 or more counts), ``fvc_fall`` in points of % predicted (10 or more),
    ``hrct_rise`` in points of the Ichikado-type score (50 or more). ``finding_date``: the first such
    finding; it counts up to and including ``window_days`` after ``first_symptom`` (of the episode, for
    episodes on study). ``excluded``: infection and heart failure are ruled out.

    One part known to fail gives "N"; otherwise any unknown part gives None. A finding before the
    first symptom is unknown: a date is wrong or a person must judge. Raises ValueError for another
    code than "Y" and "N".
    """
    judged = {
        "PAO2 FALL": _reached(pao2_fall, PAO2_FALL_MMHG),
        "FVC FALL": _reached(fvc_fall, FVC_FALL_POINTS),
        "HRCT RISE": _reached(hrct_rise, HRCT_RISE),
    }
    reasons = tuple(code for code, there in judged.items() if there)
    days = None if first_symptom is None or finding_date is None else (finding_date - first_symptom).days
    parts = (
        flag("dyspnoea", dyspnoea),
        _any(tuple(judged.values())),
        None if days is None or days < 0 or window_days is None else days <= window_days,
        flag("excluded", excluded),
    )
    if False in parts:
        return RPILD("N", days, reasons)
    return RPILD(None if None in parts else "Y", days, reasons)


def rp_ild_met(
    *,
    first_symptom: date | None,
    finding_date: date | None,
    dyspnoea: Flag,
    pao2_fall: Change,
    fvc_fall: Change,
    hrct_rise: Change,
    window_days: Decimal | int | None = 90,
    excluded: Flag = "Y",
) -> str | None:
    """``met`` of :func:`rp_ild` alone ("Y", "N" or None): rows of a log can call a plain result only."""
    return rp_ild(
        first_symptom=first_symptom,
        finding_date=finding_date,
        dyspnoea=dyspnoea,
        pao2_fall=pao2_fall,
        fvc_fall=fvc_fall,
        hrct_rise=hrct_rise,
        window_days=window_days,
        excluded=excluded,
    ).met


def _reached(change: Change, threshold: Decimal) -> bool | None:
    return change >= threshold if isinstance(change, Decimal) else change


def _any(values: tuple[bool | None, ...]) -> bool | None:
    if True in values:
        return True
    return None if None in values else False
