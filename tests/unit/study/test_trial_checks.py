"""Every edit check of the shipped definition, fired and held, on one clean participant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import evaluate, value_of
from mda5_crf.study.load import load
from mda5_crf.study.model import Severity, Study
from mda5_crf.study.state import FormState
from mda5_crf.study.values import Entry

DEFINITION = Path(__file__).parents[3] / "resources" / "study" / "nct04966884"
TODAY = date(2026, 9, 1)
SUBJECT = "d1:1"
Answers = dict[str, str]

LIMITS = {
    "CK": "50 190", "LDH": "120 240", "ALT": "5 45", "AST": "5 40", "ALP": "40 130", "GGT": "5 60",
    "BILI": "3 20",
    "BILDIR": "0 7", "ALB": "35 55", "PROT": "60 85", "CREAT": "45 104", "UREA": "2 8", "URATE": "150 420",
    "GLUC": "3.9 6.1", "CA": "2.1 2.6", "SODIUM": "135 145", "K": "3.5 5.3", "CHOL": "2.8 5.7",
    "TRIG": "0.4 1.7",
    "HDL": "1 2", "LDL": "1 3.4", "DDIMER": "0 0.5", "INR": "0.8 1.2", "APTT": "25 37", "TROPONI": "0 0.04",
    "CRP": "0 8", "ESR": "0 20", "FERRITIN": "10 300", "KL6": "50 500", "IGG": "7 16", "IGA": "0.7 4",
    "IGM": "0.4 2.3",
    "C3": "0.8 1.6", "C4": "0.1 0.4",
}  # fmt: skip
"""Analyte → reference limits; the clean result lies in the middle."""

MUSCLES = ("DELT", "BICEP", "GMAX", "GMED", "QUAD", "WRISTEX", "ANKDF")
GRADES = ("NECKFLEX", *(muscle + side for muscle in MUSCLES for side in "RL"))
QUESTIONS = tuple(f"HAQ01{n:02}" for n in (*range(1, 10), *range(23, 34)))
SYSTEMS = ("CON", "CUT", "SKE", "GI", "PUL", "CV")


@lru_cache(maxsize=1)
def study() -> Study:
    """The definition, read once."""
    return load(DEFINITION)


def _middle(limits: str) -> str:
    low, high = (float(end) for end in limits.split())
    return f"{(low + high) / 2:.2f}"


def _laboratory(event: str, form: str, day: str) -> Answers:
    here = {"LBPERF": "Y", "LBDAT": day, "LBFAST": "Y", "LBNAM": "LAB01"}
    for item in study().forms[form].items.values():
        code = item.name.removesuffix("_LBORRES")
        if item.name.endswith("_LBORRES") and code in LIMITS:
            low, high = LIMITS[code].split()
            here |= {item.name: _middle(LIMITS[code]), f"{code}_LBORNRLO": low, f"{code}_LBORNRHI": high}
    if form == "LBC":
        here["PROT_LBORRES"] = "72"
    elif event == "SCR":
        here |= {
            "MDA5_LBMETHOD": "ELISA",
            "MDA5_LBORRES": "POSITIVE",
            "MDA5_LBTITRE": "120",
            "MDA5_LBCUT": "32",
        }
        here |= {"RO52_LBORRES": "POSITIVE", "JO1AB_LBORRES": "NEGATIVE", "OTHMSA_LBORRES": "NONE"}
    return {f"{event}.{form}.{name}": text for name, text in here.items()}


def _measures(event: str, day: str, grade: str, vas: str, haq: str) -> Answers:
    """The clinical forms of a visit: one grade, one VAS, one answer everywhere."""
    forms = {
        "MMT": {"MKPERF": "Y", "MKDAT": day, "MKEVAL": "E1", **{f"{g}_MKORRES": grade for g in GRADES}},
        "IMACS": {
            "IMDAT": day, "PHGAPERF": "Y", "PHGA": vas, "PHGALIK": "2", "PHEVAL": "P1", "PTGAPERF": "Y",
            "PTGA": vas,
            "PTGALIK": "2", "PTGAHELP": "SUBJECT", "PTGALANG": "ZH-CN",
        },
        "HAQ": {
            "HAQPERF": "Y", "QSDAT": day, "QSPROBY": "SUBJECT", "QSLANG": "ZH-CN", "HAQAIDNO": "Y",
            "HAQHLPNO": "Y",
            **dict.fromkeys(QUESTIONS, haq),
        },
        "MDAAT": {
            "RSPERF": "Y", "RSDAT": day, "RSEVAL": "P1", "MD_EXTRA": vas, "MD_MUS": vas,
            **{f"MD_{system}_NA": "N" for system in SYSTEMS}, **{f"MD_{system}": vas for system in SYSTEMS},
        },
    }  # fmt: skip
    return {f"{event}.{form}.{name}": text for form, here in forms.items() for name, text in here.items()}


def _visit(event: str, day: str) -> Answers:
    vital = {
        "VSPERF": "Y", "VSDAT": day, "VSPOS": "SITTING", "SYSBP_VSORRES": "120", "DIABP_VSORRES": "78",
        "PULSE_VSORRES": "80", "RESP_VSORRES": "18", "TEMP_VSORRES": "36.6", "OXYSAT_VSORRES": "97",
        "OXYSAT_VSO2": "Y",
        "MRCGR": "2", "WEIGHT_VSORRES": "60",
    }  # fmt: skip
    here = {"SVOCCUR": "Y", "SVSTDAT": day, "SVCNTMOD": "ON SITE"}
    return {f"{event}.SV.{name}": text for name, text in here.items()} | {
        f"{event}.VS.{name}": text for name, text in vital.items()
    }


@lru_cache(maxsize=1)
def clean() -> Mapping[str, str]:
    """A participant with nothing to remark: screening, baseline, weeks 4 and 12, month 6."""
    answers: Answers = {}
    days = {
        "SCR": "2026-01-22",
        "BL": "2026-02-02",
        "W4": "2026-03-02",
        "W12": "2026-04-27",
        "W24": "2026-08-03",
    }
    for event, day in days.items():
        answers |= _visit(event, day) | _laboratory(event, "LBC", day) | _laboratory(event, "LBI", day)
        if event != "SCR":
            before = event == "BL"
            answers |= _measures(event, day, "8" if before else "9", "6.0" if before else "2.0", "1")
    answers |= {f"SCR.DM.{name}": text for name, text in {
        "SCRNUM": "S001", "BRTHDAT": "1980-06-15", "SEX": "F", "RACE": "ASIAN", "ETHNIC": "HAN",
        "CHILDPOT": "N",
    }.items()}  # fmt: skip
    answers |= {f"SCR.IC.{name}": text for name, text in {
        "DSDECOD": "INFORMED CONSENT OBTAINED", "RFICDAT": "2026-01-20", "ICVER": "2.0", "ICWHO": "SUBJECT",
        "ICOBTBY": "P1", "ICCOPY": "Y", "ICBIO": "Y", "ICPIPL": "Y", "SCRPRE": "N",
    }.items()}  # fmt: skip
    answers |= {f"SCR.IE.INCL0{n}_IEORRES": "Y" for n in range(1, 6)}
    answers |= {f"SCR.IE.EXCL0{n}_IEORRES": "N" for n in range(1, 9)}
    answers |= {
        "SCR.IE.IEDAT": "2026-01-30",
        "SCR.IE.IEYN": "Y",
        "SCR.IE.ENROLYN": "Y",
        "SCR.IE.ENROLDAT": "2026-02-01",
    }
    answers["SCR.VS.HEIGHT_VSORRES"] = "165"
    answers |= {f"LOG.EX.1.{name}": text for name, text in {
        "ECTRT": "TOFACITINIB", "ECOCCUR": "Y", "ECDOSE": "5", "ECDOSU": "mg", "ECDOSFRM": "TABLET",
        "ECDOSFRQ": "BID",
        "ECROUTE": "ORAL", "ECSTDAT": "2026-02-02", "ECSTTIM": "09:30", "ECONGO": "Y",
    }.items()}  # fmt: skip
    return answers


def key(path: str) -> ItemKey:
    """``W4.VS.TEMP_VSORRES`` or, in a row, ``LOG.EX.2.ECDOSE``."""
    event, form, *row, name = path.split(".")
    group = study().forms[form].items[name].group
    return ItemKey(SUBJECT, event, "", form, "", group, f"row{row[0]}" if row else "", name)


def participant(changes: Mapping[str, str]) -> SubjectData:
    """The clean participant with some answers changed; a text "@ND" is the missing code ND, "" no answer."""
    data = SubjectData(SUBJECT, "01-001", "01")
    for path, text in (dict(clean()) | dict(changes)).items():
        where = key(path)
        if where.group_repeat:
            rows = where._replace(group_repeat="", item="")
            if where.group_repeat not in data.rows.get(rows, []):
                data.add_row(rows, where.group_repeat)
        if text:
            data.put(where, Entry("", missing=text[1:]) if text.startswith("@") else Entry(text))
    return data


def state(form: str, changes: Mapping[str, str]) -> FormState:
    """The form ``EVENT.FORM`` of the changed participant."""
    event, oid = form.split(".")
    return evaluate(study(), participant(changes), ItemKey(SUBJECT, event, "", oid), TODAY)


def fired(form: str, changes: Mapping[str, str]) -> set[str]:
    """The checks that say something about the form."""
    return {finding.check for finding in state(form, changes).findings}


def _answers(text: str, form: str) -> Answers:
    """``A=1 B=2``: items of the form, or ``FORM.ITEM`` with its event, ``_`` for blank inside a text."""
    result = {}
    for part in text.split():
        name, _, answer = part.partition("=")
        path = name if name.count(".") > 1 else f"{form}.{name}"
        result[path] = answer.replace("~", " ")
    return result


ROW2 = (
    "1.ECONGO=N 1.ECENDAT=2026-03-31 2.ECTRT=TOFACITINIB 2.ECOCCUR=Y 2.ECDOSE=5 2.ECDOSU=mg 2.ECDOSFRM=TABLET"
)
ROW2 += " 2.ECDOSFRQ=BID 2.ECROUTE=ORAL 2.ECONGO=Y"

CASES: list[tuple[str, str, str, str]] = [
    # check, form, answers that fire it, answers that just do not
    ("SV-02", "W4.SV", "SVSTDAT=2026-03-10", "SVSTDAT=2026-03-09"),
    ("SV-02", "W4.SV", "SVSTDAT=2026-02-22", "SVSTDAT=2026-02-23"),
    ("SV-02", "SCR.SV", "SVSTDAT=2026-02-03", "SVSTDAT=2026-02-02"),
    ("SV-02", "BL.SV", "SVSTDAT=2026-02-01", ""),
    ("SV-02", "VEOT.SV", "SVOCCUR=Y SVSTDAT=2026-08-09 LOG.EX.1.ECONGO=N LOG.EX.1.ECENDAT=2026-08-01",
     "SVOCCUR=Y SVSTDAT=2026-08-08 LOG.EX.1.ECONGO=N LOG.EX.1.ECENDAT=2026-08-01"),
    ("SV-02", "SFU.SV", "SVOCCUR=Y SVSTDAT=2026-08-21 LOG.EX.1.ECONGO=N LOG.EX.1.ECENDAT=2026-08-01",
     "SVOCCUR=Y SVSTDAT=2026-08-22 LOG.EX.1.ECONGO=N LOG.EX.1.ECENDAT=2026-08-01"),
    ("SV-03", "BL.SV", "SCR.SV.SVSTDAT=2026-02-03", "SCR.SV.SVSTDAT=2026-02-02"),
    ("SV-03", "W4.SV", "SVSTDAT=2026-02-02", "SVSTDAT=2026-02-03"),
    ("SV-04", "W4.MMT", "MKDAT=2026-03-06", "MKDAT=2026-03-05"),
    ("SV-04", "W4.IMACS", "IMDAT=2026-03-06", "IMDAT=2026-02-27"),
    ("SV-04", "W4.HAQ", "QSDAT=2026-02-26", "QSDAT=2026-02-27"),
    ("SV-04", "W4.MDAAT", "RSDAT=2026-03-06", "RSDAT=2026-03-05"),
    ("DM-02", "SCR.DM", "BRTHDAT=@UNK", "BRTHDAT=1980"),
    ("DM-03", "SCR.DM", "BRTHDAT=2026-01-20", "BRTHDAT=2026-01-19"),
    ("DM-04", "SCR.DM", "BRTHDAT=2008-01-21", "BRTHDAT=2008-01-20"),
    ("DM-04", "SCR.DM", "BRTHDAT=1955-01-20", "BRTHDAT=1955-01-21"),
    ("IC-01", "SCR.IC", "SCR.VS.VSDAT=2026-01-19", "SCR.VS.VSDAT=2026-01-19 SCRPRE=Y"),
    ("IC-01", "SCR.IC", "SCR.LBI.LBDAT=2026-01-19", "SCR.LBI.LBDAT=2026-01-20"),
    ("IC-03", "SCR.IC", "ICCOPY=N", ""),
    ("IC-06", "SCR.IC", "ICPIPL=N", ""),
    ("IC-07", "SCR.IC", "ICWDDAT=2026-01-21", "ICWDDAT=2026-01-22"),
    ("IC-07", "W4.SV", "SCR.IC.ICWDDAT=2026-03-01", "SCR.IC.ICWDDAT=2026-03-02"),
    ("IC-07", "W4.VS", "VSDAT=2026-03-03 SCR.IC.ICWDDAT=2026-03-02", "SCR.IC.ICWDDAT=2026-03-01"),
    ("IC-07", "W4.LBC", "LBDAT=2026-03-03 SCR.IC.ICWDDAT=2026-03-02", "SCR.IC.ICWDDAT=2026-03-01"),
    ("IC-07", "W4.LBI", "LBDAT=2026-03-03 SCR.IC.ICWDDAT=2026-03-02", "SCR.IC.ICWDDAT=2026-03-02"),
    ("IC-07", "W4.MMT", "MKDAT=2026-03-03 SCR.IC.ICWDDAT=2026-03-02", "SCR.IC.ICWDDAT=2026-03-02"),
    ("IC-07", "W4.IMACS", "IMDAT=2026-03-03 SCR.IC.ICWDDAT=2026-03-02", "SCR.IC.ICWDDAT=2026-03-02"),
    ("IC-07", "W4.HAQ", "QSDAT=2026-03-03 SCR.IC.ICWDDAT=2026-03-02", "SCR.IC.ICWDDAT=2026-03-02"),
    ("IC-07", "W4.MDAAT", "RSDAT=2026-03-03 SCR.IC.ICWDDAT=2026-03-02", "SCR.IC.ICWDDAT=2026-03-02"),
    ("IC-07", "LOG.EX", "SCR.IC.ICWDDAT=2026-02-01", "SCR.IC.ICWDDAT=2026-02-02"),
    ("IE-01", "SCR.IE", "IEDAT=2026-02-03", "IEDAT=2026-02-02 ENROLDAT=2026-02-02"),
    ("IE-03", "SCR.IE", "SCR.LBI.MDA5_LBORRES=NEGATIVE", ""),
    ("IE-03", "SCR.IE", "SCR.LBI.MDA5_LBORRES=INDETERMINATE", "SCR.LBI.MDA5_LBORRES="),
    ("IE-03", "SCR.IE", "INCL02_IEORRES=N", "INCL02_IEORRES=N SCR.LBI.MDA5_LBORRES=NEGATIVE"),
    ("IE-05", "SCR.IE", "SCR.DM.BRTHDAT=2008-01-21", "SCR.DM.BRTHDAT=2008-01-20"),
    ("IE-05", "SCR.IE", "INCL04_IEORRES=N", "INCL04_IEORRES=N SCR.DM.BRTHDAT=1950-01-01"),
    ("IE-06", "SCR.IE", "SCR.IC.RFICDAT=", ""),
    ("IE-06", "SCR.IE", "INCL05_IEORRES=N", "INCL05_IEORRES=N SCR.IC.RFICDAT="),
    ("IE-10", "SCR.IE", "SCR.LBC.ALT_LBORRES=90.1", "SCR.LBC.ALT_LBORRES=90"),
    ("IE-10", "SCR.IE", "SCR.LBC.ALT_LBORRES=91", "SCR.LBC.ALT_LBORRES=91 EXCL04_IEORRES=Y"),
    ("IE-10.AST", "SCR.IE", "SCR.LBC.AST_LBORRES=80.1", "SCR.LBC.AST_LBORRES=80"),
    ("IE-14", "SCR.IE", "EXCL01_IEORRES=Y", "EXCL05_IEORRES=Y EXCL07_IEORRES=Y EXCL08_IEORRES=Y"),
    ("IE-14", "SCR.IE", "EXCL06_IEORRES=Y", "EXCL06_IEORRES=Y SCR.DM.SEX=M"),
    ("IE-14", "SCR.IE", "IEYN=N", "IEYN=N INCL03_IEORRES=N"),
    ("IE-14", "SCR.IE", "IEYN=N SCR.DM.SEX=M EXCL06_IEORRES=", "IEYN=N INCL03_IEORRES="),
    ("IE-15", "SCR.IE", "IEYN=N INCL03_IEORRES=N IETESTCD=INCL02", "IEYN=N INCL03_IEORRES=N IETESTCD=INCL03"),
    ("IE-15", "SCR.IE", "IEYN=N EXCL02_IEORRES=Y IETESTCD=INCL03", "IEYN=N EXCL02_IEORRES=Y IETESTCD=EXCL02"),
    ("IE-15", "SCR.IE", "IEYN=N EXCL02_IEORRES=Y EXCL05_IEORRES=Y IETESTCD=EXCL02,EXCL05",
     "IEYN=N EXCL02_IEORRES=Y EXCL05_IEORRES=Y IETESTCD=EXCL02"),
    ("IE-15", "SCR.IE", "IEYN=N EXCL06_IEORRES=Y IETESTCD=EXCL01", "IEYN=N EXCL06_IEORRES=Y IETESTCD=EXCL06"),
    ("IE-16", "SCR.IE", "IEYN=N INCL01_IEORRES=N IETESTCD=INCL01", "EXCL05_IEORRES=Y"),
    ("VS-01", "W4.VS", "VSDAT=2026-03-06", "VSDAT=2026-03-05"),
    ("VS-02", "W4.VS", "DIABP_VSORRES=120", "DIABP_VSORRES=119"),
    ("VS-06", "W52.VS", "VSPERF=Y HEIGHT_VSORRES=162.9", "VSPERF=Y HEIGHT_VSORRES=163"),
    ("VS-07", "W4.VS", "WEIGHT_VSORRES=66.1", "WEIGHT_VSORRES=66"),
    ("VS-07", "W12.VS", "W4.VS.WEIGHT_VSORRES=54 WEIGHT_VSORRES=60",
     "W4.VS.WEIGHT_VSORRES= WEIGHT_VSORRES=60"),
    ("VS.HEIGHT_VSORRES.REQUIRED", "SCR.VS", "HEIGHT_VSORRES=", "HEIGHT_VSORRES=@ND"),
    ("LBC-01", "W4.LBC", "LBDAT=2026-03-06", "LBDAT=2026-03-05"),
    ("LBI-01", "W4.LBI", "LBDAT=2026-03-06", "LBDAT=2026-02-27"),
    ("LBC-02", "W12.LBC", "LBREFID=A7 BL.LBC.LBREFID=A7", "LBREFID=A7 BL.LBC.LBREFID=A7 BL.LBC.LBNAM=LAB02"),
    ("LBC-02", "W12.LBC", "LBREFID=A7 W4.LBC.LBREFID=A7", "LBREFID=A7 W4.LBC.LBREFID=A8 W12.LBI.LBREFID=A7"),
    ("LBI-02", "W12.LBI", "LBREFID=A7 SCR.LBI.LBREFID=A7", "LBREFID=A7 W12.LBC.LBREFID=A7"),
    ("LBC-03", "W4.LBC", "LDH_LBORRES=9", "LDH_LBORRES=10"),
    ("LBC-03", "W4.LBC", "CK_LBORRES=500001", "CK_LBORRES=500000"),
    ("LBC-03.SOFT", "W4.LBC", "CK_LBORRES=10001", "CK_LBORRES=10000"),
    ("LBC-03.SOFT", "W4.LBC", "CK_LBORRES=9", "CK_LBORRES=<11"),
    ("LBI-03", "W4.LBI", "ESR_LBORRES=201", "ESR_LBORRES=200"),
    ("LBI-03.SOFT", "W4.LBI", "ESR_LBORRES=141", "ESR_LBORRES=140"),
    ("LBC-05.CK", "W4.LBC", "CK_LBORNRLO=190", "CK_LBORNRLO=189"),
    ("LBI-05.CRP", "W4.LBI", "CRP_LBORNRLO=9", "CRP_LBORNRLO="),
    ("LBC-08.CK", "W4.LBC", "CK_LBSTAT=NOT~DONE", "CK_LBSTAT=NOT~DONE CK_LBORRES="),
    ("LBI-08.ESR", "W4.LBI", "ESR_LBSTAT=NOT~DONE", "ESR_LBSTAT=NOT~DONE ESR_LBORRES="),
    ("LBC-09.BILI", "W4.LBC", "BILDIR_LBORRES=11.6", "BILDIR_LBORRES=11.5"),
    ("LBC-09.PROT", "W4.LBC", "PROT_LBORRES=45", "PROT_LBORRES=45.1"),
    ("LBC-10", "W4.LBC", "CHOL_LBORRES=4 HDL_LBORRES=1.3 LDL_LBORRES=3.01",
     "CHOL_LBORRES=4 HDL_LBORRES=1.3 LDL_LBORRES=3"),
    ("LBC-12", "W4.LBC", "ALT_LBORRES=136 BILI_LBORRES=41", "ALT_LBORRES=135 BILI_LBORRES=41"),
    ("LBC-12", "W4.LBC", "AST_LBORRES=121 BILI_LBORRES=41", "AST_LBORRES=121 BILI_LBORRES=40"),
    ("LBI-11", "W4.LBI", "MDA5_LBMETHOD=CLIA", "MDA5_LBMETHOD=ELISA"),
    ("LBI-11", "W12.LBI", "MDA5_LBMETHOD=CLIA", "MDA5_LBMETHOD="),
    ("LBI-12", "SCR.LBI", "MDA5_LBORRES=NEGATIVE MDA5_LBTITRE=12",
     "MDA5_LBORRES=NEGATIVE SCR.IE.INCL02_IEORRES=N"),
    ("LBI-13", "SCR.LBI", "MDA5_LBORRES=NEGATIVE", "MDA5_LBORRES=NEGATIVE MDA5_LBTITRE=32"),
    ("LBI-13", "SCR.LBI", "MDA5_LBTITRE=32", "MDA5_LBTITRE=32.1"),
    ("LBI.OTHMSA_LBORRES.QUERY", "SCR.LBI", "OTHMSA_LBORRES=KU", "OTHMSA_LBORRES="),
    ("LBI.MDA5_LBMETHOD.REQUIRED", "SCR.LBI", "MDA5_LBMETHOD=", ""),
    ("LBI.MDA5_LBORRES.REQUIRED", "SCR.LBI", "MDA5_LBORRES=", ""),
    ("LBI.MDA5_LBTITRE.REQUIRED", "SCR.LBI", "MDA5_LBTITRE=", "MDA5_LBTITRE=@ND"),
    ("LBI.MDA5_LBTITRE.REQUIRED", "SCR.LBI", "MDA5_LBTITRE=", "MDA5_LBTITRE= MDA5_LBMETHOD=CBA"),
    ("MMT-01", "W24.MMT", "NE_DELTL=NOT~DONE DELTL_MKORRES=", "W12.MMT.DELTL_MKORRES="),
    ("MMT-01", "BL.MMT", "MKPERF=N", ""),
    ("MMT-02", "W4.MMT", "MKEVAL=E2", ""),
    *((f"MMT-03.{g}", "W4.MMT", f"NE_{g}=NOT~DONE", f"NE_{g}=NOT~DONE {g}_MKORRES=") for g in GRADES),
    *((f"MMT-04.{m}", "W4.MMT", f"{m}R_MKORRES=5", f"{m}R_MKORRES=6") for m in MUSCLES),
    ("MMT-05", "W4.MMT", " ".join(f"{g}_MKORRES=10" for g in GRADES) + " BL.MMT.NECKFLEX_MKORRES=7",
     " ".join(f"{g}_MKORRES=10" for g in GRADES)),
    ("IM-01", "W4.IMACS", "PHGA=10.1", "PHGA=10"),
    ("IM-01", "W4.IMACS", "PTGA=62", "PTGA=0 PTGALIK=0"),
    ("IM-01.PHGA", "W4.IMACS", "PHGA=6.25", "PHGA=6.2"),
    ("IM-01.PTGA", "W4.IMACS", "PTGA=6.25", "PTGA=6.0"),
    ("IM-01.PHDMG", "W4.IMACS", "PHDMG=0.05", "PHDMG=0.1"),
    ("IM-02.PHGA", "W4.IMACS", "PHGA=0", "PHGA=0 PHGALIK=0"),
    ("IM-02.PHGA", "W4.IMACS", "PHGALIK=0", "PHGALIK="),
    ("IM-02.PTGA", "W4.IMACS", "PTGALIK=0", "PTGALIK=1"),
    ("HAQ-01", "W4.HAQ", "QSDAT=2026-03-03", "QSDAT=2026-03-01"),
    ("HAQ-02.DRESSING", "W4.HAQ", "HAQ0102=@NOT_ANSWERED", ""),
    ("HAQ-02.ARISING", "W4.HAQ", "HAQ0103=@NOT_ANSWERED", "HAQ0105=@NOT_ANSWERED"),
    ("HAQ-02.EATING", "W4.HAQ", "HAQ0107=@NOT_ANSWERED", ""),
    ("HAQ-02.WALKING", "W4.HAQ", "HAQ0109=@NOT_ANSWERED", ""),
    ("HAQ-02.HYGIENE", "W4.HAQ", "HAQ0125=@NOT_ANSWERED", ""),
    ("HAQ-02.REACH", "W4.HAQ", "HAQ0127=@NOT_ANSWERED", ""),
    ("HAQ-02.GRIP", "W4.HAQ", "HAQ0130=@NOT_ANSWERED", ""),
    ("HAQ-02.ACTIVITIES", "W4.HAQ", "HAQ0133=@NOT_ANSWERED", ""),
    ("HAQ-03", "W4.HAQ", "HAQ0101= HAQ0102= HAQ0103= HAQ0104= HAQ0108= HAQ0109=",
     "HAQ0101= HAQ0102= HAQ0103= HAQ0104="),
    ("HAQ-05.AID", "W4.HAQ", "HAQ0111=Y", "HAQ0111=Y HAQAIDNO="),
    ("HAQ-05.HELP", "W4.HAQ", "HAQ0145=Y", "HAQ0111=Y"),
    ("HAQ.HAQAIDNO.REQUIRED", "W4.HAQ", "HAQAIDNO=", "HAQAIDNO= HAQ0136=Y"),
    ("HAQ.HAQHLPNO.REQUIRED", "W4.HAQ", "HAQHLPNO=", "HAQHLPNO= HAQPERF=N"),
    ("MD-02", "W4.MDAAT", "MD_PUL=5.1", "MD_PUL=5.0"),
    ("MD-02", "W4.MDAAT", "MD_OTH_SP=kidney MD_OTH=5.1", "MD_OTH_SP=kidney MD_OTH=5"),
    ("MD-03", "W4.MDAAT", "MD_MUS=0", "MD_MUS=0 " + " ".join(f"W4.MMT.{g}_MKORRES=10" for g in GRADES)),
    ("TIS-01", "W24.TIS", "W24.IMACS.PTGA=", ""),
    ("EX-01", "LOG.EX", "1.ECDOSE=10", ""),
    ("EX-01", "LOG.EX", "1.ECDOSFRM=TABLET,~EXTENDED~RELEASE", "1.ECOCCUR=N 1.ECDOSE=10"),
    ("EX-02", "LOG.EX", "1.ECDOSFRQ=QD", "1.ECDOSFRQ=QD 1.ECADJ=DRUG~INTERACTION"),
    ("EX-03", "LOG.EX", "SCR.IE.ENROLDAT=2026-02-03", "SCR.IE.ENROLDAT=2026-02-02"),
    ("EX-05", "LOG.EX", ROW2 + " 2.ECSTDAT=2026-03-31", ROW2 + " 2.ECSTDAT=2026-04-01"),
    ("EX-05", "LOG.EX", ROW2 + " 2.ECSTDAT=2026-04-03", ROW2 + " 2.ECSTDAT=2026-04-02"),
    ("EX-06", "LOG.EX", ROW2 + " 2.ECSTDAT=2026-04-01 1.ECONGO=Y", ROW2 + " 2.ECSTDAT=2026-04-01"),
    ("EX.ECDOSU.HARD", "LOG.EX", "1.ECDOSU=g", ""),
    ("EX.ECDOSFRQ.HARD", "LOG.EX", "1.ECDOSFRQ=TID", "1.ECDOSFRQ=QOD"),
    ("EX.ECDOSFRQ.SOFT", "LOG.EX", "1.ECDOSFRQ=QOD", "1.ECDOSFRQ=TID"),
    ("EX.ECROUTE.HARD", "LOG.EX", "1.ECROUTE=NASAL", ""),
]  # fmt: skip

SWITCHED_OFF = {"LBC-11"}
CANNOT_FIRE = {"HAQ-04", "TIS-02"}
"""They guard the program's own scores: no answer leads to them while the scores are right."""


def test_a_clean_participant_raises_nothing() -> None:
    raised = {}
    for line in study().due:
        if line.event in ("SCR", "BL", "W4", "W12", "W24", "LOG") and (line.event, line.form) != ("BL", "IE"):
            found = [
                (finding.check, [part.item for part in finding.items])
                for finding in state(f"{line.event}.{line.form}", {}).findings
            ]
            if found:
                raised[line.event, line.form] = found
    assert raised == {}


@pytest.mark.parametrize(
    "check,form,wrong,right", CASES, ids=[f"{case[0]}-{case[1]}-{index}" for index, case in enumerate(CASES)]
)
def test_a_check_fires_when_something_is_wrong_and_only_then(
    check: str, form: str, wrong: str, right: str
) -> None:
    assert check in fired(form, _answers(wrong, form))
    assert check not in fired(form, _answers(right, form))


@pytest.mark.parametrize("event,check", [("BL", "SV-D1.BL"), ("W4", "SV-D1"), ("W24", "SV-D1")])
def test_a_visit_says_that_the_first_dose_is_not_entered(event: str, check: str) -> None:
    data = participant({})
    visit = ItemKey(SUBJECT, event, "", "SV")
    assert evaluate(study(), data, visit, TODAY).findings == ()
    data.strike_row(key("LOG.EX.1.ECSTDAT")._replace(group_repeat="", item=""), "row1")
    assert {finding.check for finding in evaluate(study(), data, visit, TODAY).findings} == {check}


def test_every_check_of_the_definition_is_tried_here() -> None:
    tried = {case[0] for case in CASES}
    built = {check.oid for form in study().forms.values() for check in form.checks}
    per_analyte = {oid for oid in built if oid[:7] in ("LBC-05.", "LBC-08.", "LBI-05.", "LBI-08.")}
    assert built - per_analyte - tried == SWITCHED_OFF | CANNOT_FIRE | {"SV-D1", "SV-D1.BL"}
    assert {oid[:7] for oid in per_analyte} == {oid[:7] for oid in per_analyte & tried}


def test_a_baseline_takes_at_most_250_answers() -> None:
    """As docs/study.md counts: what is required, the "none" ticks, then every limit and flag on top."""
    forms = ("BL.SV", "BL.VS", "BL.LBC", "BL.LBI", "BL.MMT", "BL.IMACS", "BL.HAQ", "BL.MDAAT", "LOG.EX")
    states = {form: state(form, {}) for form in forms}
    assert {form: (seen.answered, seen.expected) for form, seen in states.items()} == {
        "BL.SV": (3, 3), "BL.VS": (12, 12), "BL.LBC": (43, 43), "BL.LBI": (12, 12), "BL.MMT": (18, 18),
        "BL.IMACS": (8, 8), "BL.HAQ": (24, 24), "BL.MDAAT": (17, 17), "LOG.EX": (10, 10),
    }  # fmt: skip
    required = sum(seen.expected for seen in states.values())
    none_ticks, other_limits, optional, flags = 2, 54, 8, 10
    assert required + none_ticks == 149
    assert required + none_ticks + other_limits + optional + flags <= 250


def test_a_late_visit_is_one_query() -> None:
    """The visit date says it; the measurements of that day do not say it again."""
    late = {path: "2026-03-12" for path in clean() if path.startswith("W4.") and path.endswith("DAT")}
    queries = [
        finding.check
        for form in ("SV", "VS", "LBC", "LBI", "MMT", "IMACS", "HAQ", "MDAAT", "TIS")
        for finding in state(f"W4.{form}", late).findings
        if finding.severity is Severity.QUERY
    ]
    assert queries == ["SV-02"]


def test_the_clearance_limit_decides_nothing_until_it_is_switched_on() -> None:
    assert "LBC-11" not in fired("W4.LBC", {"W4.LBC.CREAT_LBORRES": "290"})


def _with(**settings: str) -> Study:
    """The definition as a sponsor would switch it."""
    return replace(study(), settings={**study().settings, **settings})


@pytest.mark.parametrize(
    "changes,fires",
    [
        ("CREAT_LBORRES=119", True),  # 49.98 mL/min: (140 − 45) × 60 ÷ (72 × 119 ÷ 88.4) × 0.85
        ("CREAT_LBORRES=118.9", False),  # 50.03
        ("CREAT_LBORRES=119 LOG.EX.1.ECDOSFRQ=QD", False),
    ],
)
def test_the_clearance_limit_switched_on(changes: str, fires: bool) -> None:
    data = participant(_answers(changes, "W4.LBC"))
    findings = evaluate(
        _with(crcl_limit_decides="true"), data, ItemKey(SUBJECT, "W4", "", "LBC"), TODAY
    ).findings
    assert ("LBC-11" in {finding.check for finding in findings}) is fires


@pytest.mark.parametrize("criterion", ["EXCL05", "EXCL07", "EXCL08"])
def test_a_safety_criterion_switched_on_decides(criterion: str) -> None:
    switched = _with(**{f"{criterion.lower()}_decides": "true"})
    screening = ItemKey(SUBJECT, "SCR", "", "IE")
    data = participant({f"SCR.IE.{criterion}_IEORRES": "Y"})
    assert "IE-14" in {finding.check for finding in evaluate(switched, data, screening, TODAY).findings}
    assert "IE-14" not in {finding.check for finding in evaluate(study(), data, screening, TODAY).findings}


def test_the_score_of_month_six() -> None:
    data = participant({})
    shown = {
        name: value_of(study(), data, key(f"W24.TIS.{name}"), TODAY).text
        for name in study().forms["TIS"].items
    }
    assert shown == {
        "TISENZ": "LDH", "TISBASED": "BL", "TIS_PHGA": "17.5", "TIS_PTGA": "7.5", "TIS_MMT": "10",
        "TIS_HAQ": "0",
        "TIS_ENZ": "0", "TIS_EXT": "15", "TISNCOMP": "6", "TISTOT": "50", "TISCAT": "MODERATE",
        "TISRESP": "Y",
        "TISRESPO": "Y",
    }  # fmt: skip


def test_a_missing_score_is_no_response_but_no_observed_case() -> None:
    data = participant({"W24.IMACS.PTGA": ""})
    assert value_of(study(), data, key("W24.TIS.TISCAT"), TODAY).text == "NOT EVALUABLE"
    assert value_of(study(), data, key("W24.TIS.TISRESP"), TODAY).text == "N"
    assert value_of(study(), data, key("W24.TIS.TISRESPO"), TODAY).text == ""


def test_before_its_window_is_over_nobody_is_a_non_responder() -> None:
    data = participant({"W24.IMACS.PTGA": ""})
    assert value_of(study(), data, key("W24.TIS.TISRESP"), date(2026, 8, 17)).text == ""
    assert value_of(study(), data, key("W24.TIS.TISRESP"), date(2026, 8, 18)).text == "N"


def test_stop_of_the_drug_before_month_six_is_no_response() -> None:
    stopped = {"LOG.EX.1.ECONGO": "N", "LOG.EX.1.ECENDAT": "2026-06-30"}
    assert value_of(study(), participant(stopped), key("W24.TIS.TISRESP"), TODAY).text == "N"
    after = stopped | {"LOG.EX.1.ECENDAT": "2026-08-20"}
    assert value_of(study(), participant(after), key("W24.TIS.TISRESP"), TODAY).text == "Y"


def test_a_carried_enzyme_of_screening_is_baseline_when_it_is_at_most_seven_days_old() -> None:
    blank = {path: "" for path in clean() if path.startswith("BL.LBC.")}
    recent = blank | {"SCR.LBC.LBDAT": "2026-01-26", "SCR.SV.SVSTDAT": "2026-01-26"}
    assert value_of(study(), participant(recent), key("W24.TIS.TISENZ"), TODAY).text == "LDH"
    assert value_of(study(), participant(blank), key("W24.TIS.TISENZ"), TODAY).text == ""


@pytest.mark.parametrize(
    "result,low,high,position",
    [
        ("49", "50", "190", "LOW"), ("50", "50", "190", "NORMAL"), ("190", "50", "190", "NORMAL"),
        ("191", "50", "190", "HIGH"), ("191", "", "190", "HIGH"), ("100", "", "190", "NORMAL"), ("100", "",
        "", ""),
        ("<20", "50", "190", "LOW"), ("<100", "50", "190", ""), (">200", "", "190", "HIGH"), ("", "50",
        "190", ""),
    ],
)  # fmt: skip
def test_the_position_to_the_range(result: str, low: str, high: str, position: str) -> None:
    data = participant({"W4.LBC.CK_LBORRES": result, "W4.LBC.CK_LBORNRLO": low, "W4.LBC.CK_LBORNRHI": high})
    assert value_of(study(), data, key("W4.LBC.CK_LBNRIND"), TODAY).text == position


@pytest.mark.parametrize(
    "code,changes,grade",
    [
        ("CK", "CK_LBORRES=900", "2"), ("ALT", "ALT_LBORRES=136", "2"), ("K", "K_LBORRES=3.2", "1–2"),
        ("K", "K_LBORRES=6.1", "3"), ("SODIUM", "SODIUM_LBORRES=127", "2–3"), ("SODIUM",
        "SODIUM_LBORRES=140", "0"),
        ("CA", "CA_LBORRES=1.9 ALB_LBORRES=40", "2"), ("CA", "CA_LBORRES=1.9 ALB_LBORRES=20", "0"),
        ("K", "K_LBORRES=4 K_LBORNRHI=", ""),
    ],
)  # fmt: skip
def test_a_result_has_its_grade(code: str, changes: str, grade: str) -> None:
    data = participant(_answers(changes, "W4.LBC"))
    assert value_of(study(), data, key(f"W4.LBC.{code}_LBTOXGR"), TODAY).text == grade


def test_significance_is_asked_only_outside_the_range() -> None:
    flagged = state("W4.LBC", {"W4.LBC.CK_LBORRES": "200"})
    asked = {
        where.item
        for where, item in flagged.items.items()
        if item.required and where.item.endswith("_LBCLSIG")
    }
    assert asked == {"CK_LBCLSIG"}


def test_dosing_rows_count_their_days_and_doses() -> None:
    data = participant(
        _answers(ROW2 + " 2.ECSTDAT=2026-04-01 2.ECENDAT=2026-04-10 2.ECONGO=N 2.ECDOSFRQ=QD", "LOG.EX")
    )
    shown = {
        path: value_of(study(), data, key(f"LOG.EX.{path}"), TODAY).text
        for path in ("1.ECSPID", "2.ECSPID", "1.ECDAYS", "2.ECDAYS", "1.ECCUM", "2.ECCUM")
    }
    assert shown == {
        "1.ECSPID": "1", "2.ECSPID": "2", "1.ECDAYS": "58", "2.ECDAYS": "10", "1.ECCUM": "580",
        "2.ECCUM": "630",
    }  # fmt: skip


def test_a_missed_visit_asks_for_its_reason_only() -> None:
    missed = {"W4.SV.SVOCCUR": "N", "W4.SV.SVSTDAT": "", "W4.SV.SVCNTMOD": ""}
    required = {where.item for where, item in state("W4.SV", missed).items.items() if item.required}
    assert required == {"SVOCCUR", "SVREASOC"}


def test_a_routine_result_before_consent_serves_28_days() -> None:
    used = {"SCR.IC.SCRPRE": "Y"}
    assert "LBC.LBDAT.HARD" not in fired("SCR.LBC", used | {"SCR.LBC.LBDAT": "2026-01-05"})
    assert "LBC.LBDAT.HARD" in fired("SCR.LBC", used | {"SCR.LBC.LBDAT": "2026-01-04"})
    assert "LBC.LBDAT.HARD" in fired("SCR.LBC", {"SCR.LBC.LBDAT": "2026-01-19"})
    assert "LBC.LBDAT.HARD" in fired("SCR.LBC", {"SCR.LBC.LBDAT": "2026-09-02"})
