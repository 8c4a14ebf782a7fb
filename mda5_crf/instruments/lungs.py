"""Lung function: oxygenation index with its Berlin class, and DLCO corrected for haemoglobin.

Sources: Berlin definition tables (Crit Care cc11867, rcpjournals table 1, trialsjournal). DLCO: form A
from constants of a calculator page (calculator.city), form B from the R package pft (manual and unit
test). UNVERIFIED which of the two the ERS/ATS 2017 standard prints: the sponsor chooses; they differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from mda5_crf.instruments.codes import flag
from mda5_crf.instruments.exact import HUNDRED, ONE, exact

Berlin = Literal["MILD", "MODERATE", "SEVERE"]

_SEA_LEVEL = Decimal(760)
_LEAST_PEEP = Decimal(5)
_CLASSES: tuple[tuple[Decimal, Berlin], ...] = (
    (Decimal(100), "SEVERE"),
    (Decimal(200), "MODERATE"),
    (Decimal(300), "MILD"),
)
_REFERENCE_HB = {"M": Decimal(146), "F": Decimal(134)}
_DM_BY_VC = Decimal("0.7")
_ONE_AND_THAT = Decimal("1.7")


@dataclass(frozen=True, slots=True)
class PaO2FiO2:
    """``ratio`` in mmHg; ``category``: the Berlin class.

    No class (None) without PEEP or CPAP of at least 5 cmH2O, and above 300.
    """

    ratio: Decimal | None
    category: Berlin | None


@exact
def pao2_fio2(
    *,
    pao2_mmhg: Decimal | None,
    fio2: Decimal | None,
    peep: Decimal | None = None,
    baro_mmhg: Decimal | None = None,
    altitude: str | bool | None = "N",
) -> PaO2FiO2:
    """Arterial oxygen pressure (mmHg) ÷ inspired fraction; a fraction above 1 is read as percent.

    ``altitude`` "Y" (or True): the site lies above 1000 m, and the ratio is taken × ``baro_mmhg`` ÷
    760. None when a value it needs is missing or not above 0, or the fraction is above 100 %.
    Raises ValueError for another code of ``altitude``.
    """
    high = flag("altitude", altitude)
    pressure = baro_mmhg if high else _SEA_LEVEL
    if pao2_mmhg is None or fio2 is None or high is None or pressure is None:
        return PaO2FiO2(None, None)
    fraction = fio2 / HUNDRED if fio2 > ONE else fio2
    if not 0 < fraction <= ONE or pao2_mmhg <= 0 or pressure <= 0:
        return PaO2FiO2(None, None)
    # One division only: a ratio that is exactly 300 must come out as exactly 300.
    ratio = (pao2_mmhg * pressure) / (fraction * _SEA_LEVEL)
    if peep is None or peep < _LEAST_PEEP:
        return PaO2FiO2(ratio, None)
    return PaO2FiO2(ratio, next((name for limit, name in _CLASSES if ratio <= limit), None))


@exact
def dlco_hb_corrected(
    *, dlco: Decimal | None, hgb_g_l: Decimal | None, sex: str | None, form: str = "A"
) -> Decimal | None:
    """``dlco`` (any unit) as it would be at the reference haemoglobin (146 g/L men, 134 g/L women).

    Form "A" (default): × (0.7 × reference + Hb) ÷ (1.7 × Hb). Form "B": × 1.7 × reference ÷ (Hb + 0.7 ×
    reference). Both give 1 at the reference. None when a value is missing or not above 0, or the sex
    is another code than "M" and "F". Raises ValueError for another form.
    """
    if form not in ("A", "B"):
        raise ValueError("dlco_hb_corrected: the form is A or B")
    if dlco is None or dlco <= 0 or hgb_g_l is None or hgb_g_l <= 0 or sex not in _REFERENCE_HB:
        return None
    reference = _REFERENCE_HB[sex]
    if form == "A":
        return dlco * (_DM_BY_VC * reference + hgb_g_l) / (_ONE_AND_THAT * hgb_g_l)
    return dlco * _ONE_AND_THAT * reference / (hgb_g_l + _DM_BY_VC * reference)
