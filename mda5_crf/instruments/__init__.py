"""Scores, formulas and grades: pure functions of exact decimals.

Every argument is a keyword, every missing value is None, and what cannot be evaluated is None, never
0. No function knows forms, participants or files; ``study`` gives them their values. Each module
names its sources and marks as UNVERIFIED what no readable source states.
"""

from __future__ import annotations

from mda5_crf.instruments.body import bmi, bsa
from mda5_crf.instruments.ctcae import ctcae_grade
from mda5_crf.instruments.days import study_day, visit_window
from mda5_crf.instruments.haq import HAQ, haq_di
from mda5_crf.instruments.kidney import calcium_corrected, creatinine_clearance, egfr_ckd_epi_2021
from mda5_crf.instruments.mdaat import MDAAT, mdaat
from mda5_crf.instruments.mmt8 import MMT8, mmt8
from mda5_crf.instruments.summary import quantile
from mda5_crf.instruments.tis import TIS, total_improvement_score

__all__ = [
    "HAQ",
    "MDAAT",
    "MMT8",
    "TIS",
    "bmi",
    "bsa",
    "calcium_corrected",
    "creatinine_clearance",
    "ctcae_grade",
    "egfr_ckd_epi_2021",
    "haq_di",
    "mdaat",
    "mmt8",
    "quantile",
    "study_day",
    "total_improvement_score",
    "visit_window",
]
