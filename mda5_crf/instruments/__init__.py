"""Scores, formulas and grades: pure functions of exact decimals.

Every argument is a keyword, every missing value is None, and what cannot be evaluated is None, never
0. No function knows forms, participants or files; ``study`` gives them their values. Each module
names its sources and marks as UNVERIFIED what no readable source states.
"""

from __future__ import annotations

from mda5_crf.instruments.blood_gas import henderson_hasselbalch_ph
from mda5_crf.instruments.body import bmi, bsa
from mda5_crf.instruments.bohan_peter import BohanPeter, bohan_peter
from mda5_crf.instruments.cdasi import CDASI, cdasi
from mda5_crf.instruments.ctcae import ctcae_grade
from mda5_crf.instruments.days import study_day, visit_window
from mda5_crf.instruments.eular_acr import EularAcr, eular_acr_2017
from mda5_crf.instruments.gap import GAP, ILDGAP, gap, ild_gap
from mda5_crf.instruments.haq import HAQ, haq_di
from mda5_crf.instruments.ichikado import Ichikado, ichikado
from mda5_crf.instruments.kidney import calcium_corrected, creatinine_clearance, egfr_ckd_epi_2021
from mda5_crf.instruments.lungs import PaO2FiO2, dlco_hb_corrected, pao2_fio2
from mda5_crf.instruments.mdaat import MDAAT, mdaat
from mda5_crf.instruments.mmt8 import MMT8, mmt8
from mda5_crf.instruments.rp_ild import RPILD, rp_ild, rp_ild_met
from mda5_crf.instruments.steroids import prednisone_equivalent
from mda5_crf.instruments.summary import quantile
from mda5_crf.instruments.tis import TIS, total_improvement_score

__all__ = [
    "CDASI",
    "GAP",
    "HAQ",
    "ILDGAP",
    "MDAAT",
    "MMT8",
    "RPILD",
    "TIS",
    "BohanPeter",
    "EularAcr",
    "Ichikado",
    "PaO2FiO2",
    "bmi",
    "bohan_peter",
    "bsa",
    "calcium_corrected",
    "cdasi",
    "creatinine_clearance",
    "ctcae_grade",
    "dlco_hb_corrected",
    "egfr_ckd_epi_2021",
    "eular_acr_2017",
    "gap",
    "haq_di",
    "henderson_hasselbalch_ph",
    "ichikado",
    "ild_gap",
    "mdaat",
    "mmt8",
    "pao2_fio2",
    "prednisone_equivalent",
    "quantile",
    "rp_ild",
    "rp_ild_met",
    "study_day",
    "total_improvement_score",
    "visit_window",
]
