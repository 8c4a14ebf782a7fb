"""Made-up laboratory results that fit each other, the course and the reference ranges of the site's list."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import Decimal

from mda5_crf.jobs.patient import Patient, text
from mda5_crf.jobs.synthetic import ULN

LABORATORY = "LAB01"
LIMITED = ("LBH", "LBC", "LBI")
"""The forms whose results have limits in the site's list."""

# Unit, lower and upper limit; two pairs where the sexes differ: women, men. "" is an open end.
_LIMITS: Mapping[str, tuple[str, ...]] = {
    "WBC": ("10⁹/L", "3.5", "9.5"), "NEUT": ("10⁹/L", "1.8", "6.3"), "LYM": ("10⁹/L", "1.1", "3.2"),
    "MONO": ("10⁹/L", "0.1", "0.6"), "EOS": ("10⁹/L", "0.02", "0.52"), "BASO": ("10⁹/L", "", "0.06"),
    "RBC": ("10¹²/L", "3.8", "5.1", "4.3", "5.8"), "HGB": ("g/L", "115", "150", "130", "175"),
    "HCT": ("%", "35", "45", "40", "50"), "PLAT": ("10⁹/L", "125", "350"),
    "CK": ("U/L", "40", str(ULN["ck"])), "LDH": ("U/L", "120", str(ULN["ldh"])),
    "ALT": ("U/L", "7", str(ULN["alt"])), "AST": ("U/L", "13", str(ULN["ast"])),
    "TROPONI": ("ng/mL", "", "0.04"), "ALP": ("U/L", "45", "125"), "GGT": ("U/L", "7", "50"),
    "BILI": ("µmol/L", "", "23"), "BILDIR": ("µmol/L", "", "8"), "ALB": ("g/L", "40", "55"),
    "PROT": ("g/L", "65", "85"), "CREAT": ("µmol/L", "41", "81", "57", "97"),
    "UREA": ("mmol/L", "2.6", "7.5"), "URATE": ("µmol/L", "155", "357", "208", "428"),
    "GLUC": ("mmol/L", "3.9", "6.1"),
    "CA": ("mmol/L", "2.11", "2.52"), "SODIUM": ("mmol/L", "137", "147"), "K": ("mmol/L", "3.5", "5.3"),
    "CHOL": ("mmol/L", "", "5.2"), "TRIG": ("mmol/L", "", "1.7"), "HDL": ("mmol/L", "1.04", "1.55"),
    "LDL": ("mmol/L", "", "3.37"), "DDIMER": ("mg/L FEU", "", "0.55"), "INR": ("ratio", "0.8", "1.2"),
    "APTT": ("s", "25", "37"), "CRP": ("mg/L", "", "8"), "ESR": ("mm/h", "", "20"),
    "FERRITIN": ("ng/mL", "13", "150", "30", "400"), "KL6": ("U/mL", "", "500"), "IGG": ("g/L", "7", "16"),
    "IGA": ("g/L", "0.7", "4.0"), "IGM": ("g/L", "0.4", "2.3"), "C3": ("g/L", "0.9", "1.8"),
    "C4": ("g/L", "0.1", "0.4"),
}  # fmt: skip

# What is out of range because of the disease itself; everything else out of range means nothing.
_OF_DISEASE = ("CK", "LDH", "AST", "ALT", "ALB", "LYM", "CRP", "ESR", "FERRITIN", "KL6", "DDIMER")


def reference_ranges() -> Iterator[dict[str, str]]:
    """Rows of the site's list of reference ranges for its laboratory."""
    for testcd, (unit, *limits) in _LIMITS.items():
        pairs = [limits[i : i + 2] for i in range(0, len(limits), 2)]
        for sex, (low, high) in zip(("F", "M") if len(pairs) == 2 else ("",), pairs, strict=True):
            yield {
                "laboratory": LABORATORY, "testcd": testcd, "unit": unit, "low": low, "high": high,
                "sex": sex,
            }  # fmt: skip


def _header(patient: Patient, day: int, event: str, letter: str) -> dict[str, str]:
    return {
        "LBPERF": "Y",
        "LBDAT": patient.iso(day),
        "LBFAST": "Y",
        "LBNAM": LABORATORY,
        "LBREFID": f"{patient.subjid[3:]}{letter}-{event}-{max(day, 0)}",
    }


def _results(values: Mapping[str, str]) -> dict[str, str]:
    """Results, and what to say of those that are out of range because of the disease."""
    of_disease = {f"{test}_LBCLSIG": "DISEASE" for test in _OF_DISEASE if test in values}
    return {f"{test}_LBORRES": value for test, value in values.items()} | of_disease


def blood_count(patient: Patient, day: int, event: str) -> dict[str, str]:
    """Form LBH. The five kinds of cells add up to the leucocytes."""
    rng, active = patient.rng, patient.activity(day)
    cells = {
        "NEUT": 430 + active + rng.randint(-30, 40),
        "LYM": lymphocytes(patient, day),
        "MONO": rng.randint(30, 52),
        "EOS": rng.randint(4, 14),
        "BASO": rng.randint(1, 4),
    }
    haemoglobin = haemoglobin_of(patient, day)
    values = {name: text(count, 2) for name, count in cells.items()}
    values["WBC"] = text(sum(cells.values()), 2)
    values["HGB"] = str(haemoglobin)
    values["HCT"] = text(haemoglobin * 100 // 33, 1)
    values["RBC"] = text(haemoglobin * 10 // 3, 2)
    values["PLAT"] = str(rng.randint(170, 270))
    found = _header(patient, day, event, "H") | {"LBTIM": "07:40"} | _results(values)
    if event == "W12" and any(e.tests == "LYM" for e in patient.course.events):
        found["LYM_LBCLSIG"] = "CS"
    if patient.course.slip("sample", event):
        found["LBREFID"] = _header(patient, patient.course.at("W4"), "W4", "H")["LBREFID"]
    return found


def lymphocytes(patient: Patient, day: int) -> int:
    """Lymphocytes in 10⁷/L: low while the disease is active. The same on one day whoever asks."""
    steady = random.Random(f"{patient.subjid}/{day}")  # noqa: S311 - made-up data, not keys
    if 80 <= day <= 100 and any(e.tests == "LYM" for e in patient.course.events):
        return 62
    return 128 - patient.activity(day) // 2 + steady.randint(-4, 12)


def haemoglobin_of(patient: Patient, day: int) -> int:
    """Haemoglobin in g/L. The same on one day whoever asks."""
    steady = random.Random(f"{patient.subjid}/{day}/Hb")  # noqa: S311 - made-up data, not keys
    return (122 if patient.woman else 140) + steady.randint(-4, 5)


def chemistry(patient: Patient, day: int, event: str) -> dict[str, str]:
    """Form LBC. Enzymes are those of the score; lipids rise a little on the drug."""
    rng = patient.rng
    ill = 100 - patient.activity(day)
    drug = 0 < day <= patient.course.last_dose + 20
    values = {name.upper(): str(value) for name, value in patient.measures(day).enzymes.items()}
    values |= {
        "TROPONI": "<0.01",
        "ALP": str(rng.randint(58, 96)),
        "GGT": str(rng.randint(18, 46)),
        "BILI": text(rng.randint(72, 145), 1),
        "BILDIR": text(rng.randint(15, 42), 1),
        "ALB": text(345 + ill + rng.randint(0, 15), 1),
        "PROT": text(656 + ill + rng.randint(0, 40), 1),
        "CREAT": str(rng.randint(48, 72) if patient.woman else rng.randint(60, 86)),
        "UREA": text(rng.randint(40, 66), 1),
        "URATE": str(rng.randint(240, 335)),
        "GLUC": text(rng.randint(46, 59), 1),
        "CA": text(rng.randint(214, 232), 2),
        "SODIUM": str(rng.randint(138, 143)),
        "K": text(rng.randint(37, 45), 1),
        "CHOL": text(rng.randint(430, 480) + 45 * drug, 2),
        "TRIG": text(rng.randint(105, 150) + 15 * drug, 2),
        "HDL": text(rng.randint(112, 145), 2),
        "LDL": text(rng.randint(225, 270) + 30 * drug, 2),
        "DDIMER": text(rng.randint(25, 50) + (100 - ill) // 2, 2),
        "INR": text(rng.randint(94, 108), 2),
        "APTT": text(rng.randint(268, 342), 1),
    }
    if any(e.tests == "CHOL" and e.start <= day <= (e.last or day) for e in patient.course.events):
        values["CHOL"] = text(rng.randint(560, 610), 2)
    if patient.course.slip("grade3", event):
        values["GGT"] = "268"
    header = _header(patient, day, event, "C")
    if patient.course.slip("date", event):
        header["LBDAT"] = patient.iso(day + 21)
    return header | _results(values)


def immunology(patient: Patient, day: int, event: str) -> dict[str, str]:
    """Form LBI: inflammation, immunoglobulins, and at screening the antibodies."""
    rng, active = patient.rng, patient.activity(day)
    crp = active * rng.randint(8, 16) // 10
    failing = patient.failing(day)
    values = {
        "CRP": "<0.5 mg/dL" if crp < 50 else text(crp, 1),
        "ESR": str(8 + active * rng.randint(20, 34) // 100),
        "FERRITIN": str(2940 if failing else 90 + active * rng.randint(5, 12)),
        "KL6": str(1980 if failing else 280 + patient.lungs(day) * rng.randint(12, 17)),
        "IGG": text(rng.randint(92, 148), 1),
        "IGA": text(rng.randint(14, 32), 1),
        "IGM": text(rng.randint(8, 19), 1),
        "C3": text(rng.randint(94, 132), 2),
        "C4": text(rng.randint(18, 33), 2),
    }
    found = _header(patient, day, event, "I") | _results(values)
    if event in ("SCR", "W24", "W52"):
        found |= _antibody(patient, event, active)
    if event == "SCR":
        found |= {
            "RO52_LBORRES": rng.choice(("POSITIVE", "NEGATIVE")), "JO1AB_LBORRES": "NEGATIVE",
            "OTHMSA_LBORRES": "NONE", "ANA_LBORRES": "80",
        }  # fmt: skip
    return found


def _antibody(patient: Patient, event: str, active: int) -> dict[str, str]:
    blot = int(patient.subjid[3:]) % 3 == 0
    if blot:
        return {
            "MDA5_LBMETHOD": "LINE BLOT", "MDA5_LBORRES": "POSITIVE",
            "MDA5_LBGRADE": "3PLUS" if active > 60 else "2PLUS",
        }  # fmt: skip
    if patient.course.slip("assay", "W24") and event != "SCR":
        return {"MDA5_LBMETHOD": "LINE BLOT", "MDA5_LBORRES": "POSITIVE", "MDA5_LBGRADE": "2PLUS"}
    return {
        "MDA5_LBMETHOD": "ELISA", "MDA5_LBORRES": "POSITIVE", "MDA5_LBTITRE": str(45 + active),
        "MDA5_LBCUT": "32",
    }  # fmt: skip


def urine(patient: Patient, day: int) -> dict[str, str]:
    """Form LBU: nothing found."""
    return {
        "LBPERF": "Y",
        "LBDAT": patient.iso(day),
        "LBNAM": LABORATORY,
        "UPROT_LBORRES": "0",
        "URBC_LBORRES": str(patient.rng.randint(0, 3)),
        "UWBC_LBORRES": str(patient.rng.randint(0, 4)),
        "UGLUC_LBORRES": "0",
        "UPH_LBORRES": text(patient.rng.randint(55, 70), 1),
        "USG_LBORRES": text(patient.rng.randint(1008, 1024), 3),
    }


def research(patient: Patient, day: int, event: str) -> dict[str, str]:
    """Form LBR: cytokines, of one batch."""
    active = patient.activity(day)
    return {
        "LBPERF": "Y",
        "LBDAT": patient.iso(day),
        "LBNAM": "LAB09",
        "LBBATCH": f"R{patient.day1.year}-{event}",
        "INTLK18_LBORRES": str(180 + active * 7),
        "IFNA_LBORRES": text(20 + active * 2, 1),
        "INTLK6_LBORRES": text(18 + active, 1),
        "SFTPD_LBORRES": str(40 + patient.lungs(day) * 2),
    }


def infections(patient: Patient, day: int, event: str) -> dict[str, str]:
    """Form LBS. One participant has virus in the blood at week 12; one carries an old hepatitis B."""
    virus = event == "W12" and any(
        e.special and e.special.get("INFORG") == "CMV" for e in patient.course.events
    )
    found = {
        "LBPERF": "Y",
        "LBDAT": patient.iso(day),
        "CMVIGM_LBORRES": "NEGATIVE",
        "CMVDNA_LBORRES": "3200" if virus else "<500",
        "CMVLIM": "500",
        "EBVIGM_LBORRES": "NEGATIVE",
        "EBVDNA_LBORRES": "<400",
        "EBVLIM": "400",
    }
    old = patient.subjid.endswith("4")
    if old:
        found["HBVDNA_LBORRES"] = "<20"
    if event == "SCR":
        found |= {
            "HBSAG_LBORRES": "NEGATIVE",
            "HBCAB_LBORRES": "POSITIVE" if old else "NEGATIVE",
            "HCAB_LBORRES": "NEGATIVE",
            "HIV_LBORRES": "NEGATIVE",
            "SYPH_LBORRES": "NEGATIVE",
            "IGRA_METHOD": "QFT",
            "IGRADAT": patient.iso(day),
            "MYTBGIR_LBORRES": "NEGATIVE",
            "IGRA_NUM": text(patient.rng.randint(1, 12), 2),
            "IGRALIM": "0.35",
            "TBIMG": "N",
            "CMVIGG_LBORRES": "POSITIVE",
        }
    return found


def pregnancy_test(patient: Patient, day: int, event: str) -> dict[str, str]:
    """Form LBP."""
    return {
        "LBPERF": "Y",
        "LBSPEC": "SERUM" if event == "SCR" else "URINE",
        "LBDAT": patient.iso(day),
        "HCG_LBORRES": "NEGATIVE",
        "RPCONTR": ("CONDOM", "IUD", "ABSTINENCE")[int(patient.subjid[3:]) % 3],
    }


def flow_cytometry(patient: Patient, day: int) -> dict[str, str]:
    """Form FC. Absolute counts are those of the day's lymphocytes."""
    rng, lymph = patient.rng, Decimal(lymphocytes(patient, day)) / 100
    cd19, natural = rng.randint(14, 21), rng.randint(10, 14)
    cd3 = 97 - cd19 - natural
    cd4 = cd3 * rng.randint(58, 66) // 100
    shares = {"CD3": cd3, "CD4": cd4, "CD8": cd3 - cd4 - 2, "CD19": cd19, "NKCE": natural}
    naive, unswitched, switched = rng.randint(62, 72), rng.randint(7, 10), rng.randint(12, 16)
    found = {
        "FCPERF": "Y",
        "LBDAT": patient.iso(day),
        "LBTIM": "07:40",
        "FCRUNDTM": f"{patient.iso(day)}T14:30",
        "FCTUBE": "EDTA",
        "FCBPAN": "Y",
        "FCBEV": str(rng.randint(2500, 9000)),
        "FCMETH": "DUAL PLATFORM",
        "BNAIVE_LBORRES": str(naive),
        "BUSM_LBORRES": str(unswitched),
        "BSM_LBORRES": str(switched),
        "BDN_LBORRES": str(100 - naive - unswitched - switched),
        "BTRANS_LBORRES": text(rng.randint(30, 80), 1),
        "BPB_LBORRES": text(rng.randint(10, 60), 1),
    }
    for subset, share in shares.items():
        found[f"{subset}LY_LBORRES"] = str(share)
        found[f"{subset}_LBORRES"] = str((lymph * share * 10).quantize(Decimal(1)))
    return found
