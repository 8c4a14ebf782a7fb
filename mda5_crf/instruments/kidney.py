"""Kidney function from serum creatinine, and calcium corrected for albumin.

CKD-EPI 2021: kidney.org and QxMD (constants), admiral package (examples and 88.42). Cockcroft–Gault:
UNVERIFIED, from general knowledge; drug labels speak of it, so the dose check uses it.
"""

from __future__ import annotations

from decimal import Decimal

from mda5_crf.instruments.exact import ONE, exact

_KAPPA = {"F": Decimal("0.7"), "M": Decimal("0.9")}
_ALPHA = {"F": Decimal("-0.241"), "M": Decimal("-0.302")}
_SEX_FACTOR = {"F": Decimal("1.012"), "M": ONE}
_EPI_UMOL_PER_MG = Decimal("88.42")
_CG_UMOL_PER_MG = Decimal("88.4")
_CG_SEX_FACTOR = {"F": Decimal("0.85"), "M": ONE}


@exact
def egfr_ckd_epi_2021(
    *,
    sex: str | None,
    age: Decimal | None,
    creatinine_umol_l: Decimal | None = None,
    creatinine_mg_dl: Decimal | None = None,
) -> Decimal | None:
    """Estimated glomerular filtration rate in mL/min/1.73 m², without race.

    ``age`` in whole years (≥ 18 in this study), ``sex`` "F" or "M"; creatinine in one of the two
    units, µmol/L ÷ 88.42 = mg/dL. None when anything is missing, the sex is another code, or the
    creatinine is not above 0. Raises TypeError when both units are given.
    """
    creatinine = _mg_dl(creatinine_umol_l, creatinine_mg_dl, _EPI_UMOL_PER_MG)
    if sex not in _KAPPA or age is None or creatinine is None:
        return None
    ratio = creatinine / _KAPPA[sex]
    low = min(ratio, ONE) ** _ALPHA[sex]
    high = max(ratio, ONE) ** Decimal("-1.200")
    return 142 * low * high * Decimal("0.9938") ** age * _SEX_FACTOR[sex]


@exact
def creatinine_clearance(
    *,
    sex: str | None,
    age: Decimal | None,
    weight_kg: Decimal | None,
    creatinine_umol_l: Decimal | None = None,
    creatinine_mg_dl: Decimal | None = None,
) -> Decimal | None:
    """Creatinine clearance by Cockcroft–Gault in mL/min, not indexed to body surface (UNVERIFIED).

    ``age`` in whole years, actual weight in kg, creatinine in one of the two units (µmol/L ÷ 88.4 =
    mg/dL). None when anything is missing, the sex is another code, or weight or creatinine is not
    above 0. Low muscle mass makes the result too high. Raises TypeError when both units are given.
    """
    creatinine = _mg_dl(creatinine_umol_l, creatinine_mg_dl, _CG_UMOL_PER_MG)
    if sex not in _CG_SEX_FACTOR or age is None or creatinine is None or weight_kg is None or weight_kg <= 0:
        return None
    return (140 - age) * weight_kg / (72 * creatinine) * _CG_SEX_FACTOR[sex]


@exact
def calcium_corrected(*, calcium_mmol_l: Decimal | None, albumin_g_l: Decimal | None) -> Decimal | None:
    """Calcium in mmol/L as it would be at an albumin of 40 g/L: Ca + 0.02 × (40 − albumin).

    None when either is missing. The CTCAE terms for calcium use this value.
    """
    if calcium_mmol_l is None or albumin_g_l is None:
        return None
    return calcium_mmol_l + Decimal("0.02") * (40 - albumin_g_l)


def _mg_dl(umol_l: Decimal | None, mg_dl: Decimal | None, factor: Decimal) -> Decimal | None:
    if umol_l is not None and mg_dl is not None:
        raise TypeError("creatinine is given in one unit, not in both")
    value = umol_l / factor if umol_l is not None else mg_dl
    return value if value is not None and value > 0 else None
